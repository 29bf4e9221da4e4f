"""The warehouse: where parts lie, how a part replaces the last good one, how DuckDB sees them.

    warehouse/<table>/<batch>.parquet    one part per batch; corpus-wide tables have the one part `all`
    warehouse/.keys/<table>/<batch>.parquet    what a corpus-wide table keeps of each batch
    warehouse/.facts/<table>/<batch>.parquet    what a corpus-wide table has to say to each batch
    warehouse/tidywire.duckdb            views and comments only

A part is written aside, synced and renamed, so a reader sees the old part or the new one and never half of one. The
footer carries the part's fingerprint and a digest of each of its columns. What goes into a table is decided elsewhere.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from pipeline import render
from pipeline.contract import Table
from pipeline.fingerprints import column_digests, digest
from pipeline.tables import TABLES

if TYPE_CHECKING:
    import duckdb  # imported where it is used: the processes of a run need it not, and it is loud when they end

ALL = "all"
DATABASE = "tidywire.duckdb"
_PART = re.compile(r"b\d{6,}|all|seen")  # a file of another name in a table's folder is not ours
VIEWS = Path(__file__).with_name("views.sql")
ROW_GROUP = 100_000  # rows; large enough to compress, small enough for DuckDB to skip by document_id


class Busy(RuntimeError):
    """Another run is writing to this warehouse."""


class Damaged(OSError):
    """A part, or the database, cannot be read, or the tables do not agree."""


class Footer(NamedTuple):
    """What a part says about itself."""

    fingerprint: str
    n_rows: int
    n_bytes: int
    warnings: dict[str, int]
    columns: dict[str, str]
    """Column to a digest of its values."""


class Warehouse:
    """A folder of tables. Opening one neither creates nor changes anything."""

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)

    def folder(self, table: str) -> Path:
        """Where the parts of `table` lie; keys and facts are written `.keys/<table>` and `.facts/<table>`."""
        return self.root / table

    def part(self, table: str, batch: str) -> Path:
        """The file of one part."""
        return self.folder(table) / f"{batch}.parquet"

    def batches(self, table: str) -> list[str]:
        """The batches that have a part, sorted."""
        return sorted(path.stem for path in self.folder(table).glob("*.parquet") if _PART.fullmatch(path.stem))

    def footer(self, table: str, batch: str) -> Footer | None:
        """What the part says about itself; None when it is missing, damaged or not ours."""
        path = self.part(table, batch)
        try:
            with pq.ParquetFile(path) as file:
                said = file.metadata.metadata or {}
                n_rows = file.metadata.num_rows
            warnings, columns = json.loads(said[b"warnings"]), json.loads(said[b"columns"])
            return Footer(said[b"fingerprint"].decode(), n_rows, path.stat().st_size, warnings, columns)
        except (OSError, pa.ArrowInvalid, KeyError, ValueError):
            return None

    def read(self, table: str, batch: str = ALL, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """One part as a frame, or some of its columns; codes come back as strings.

        Raises `FileNotFoundError` or `Damaged`.
        """
        try:
            data = pq.read_table(
                self.part(table, batch),
                columns=None if columns is None else list(columns),
                partitioning=None,
                page_checksum_verification=True,
            )
        except FileNotFoundError:
            raise FileNotFoundError(f"{self.part(table, batch)} is not there; run again to make it") from None
        except (OSError, pa.ArrowInvalid) as error:
            raise Damaged(f"{self.part(table, batch)} is damaged ({error}); delete it and run again") from error
        frame = pl.DataFrame(pl.from_arrow(data))
        return frame.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))

    def publish(
        self, table: str, batch: str, data: pa.Table, fingerprint: str, warnings: Mapping[str, int] | None = None
    ) -> None:
        """Replace a part by validated rows, atomically. Raises `OSError` (disk full, no rights) before the swap."""
        said = {
            "fingerprint": fingerprint,
            "warnings": json.dumps(warnings or {}, sort_keys=True),
            "columns": json.dumps(column_digests(data), sort_keys=True),
        }
        schema = data.schema.with_metadata({**(data.schema.metadata or {}), **said})
        with (
            writing_aside(self.part(table, batch)) as aside,
            pq.ParquetWriter(aside, schema, compression="zstd", write_page_checksum=True) as out,
        ):
            out.write_table(data.cast(schema), row_group_size=ROW_GROUP)

    def drop(self, table: str, batch: str) -> None:
        """Remove a part whose documents are gone."""
        self.part(table, batch).unlink(missing_ok=True)

    def head(self, table: str, n_rows: int) -> pl.DataFrame:
        """The first rows of the table's first part that has any."""
        frame = pl.DataFrame()
        for batch in self.batches(table):
            frame = pl.read_parquet(self.part(table, batch), n_rows=n_rows, glob=False)
            if frame.height:
                break
        return frame

    def version(self, table: str) -> str:
        """A hash of the names and footers of the table's parts: the same until a part is made anew or dropped."""
        return digest([(batch, self.footer(table, batch)) for batch in self.batches(table)])

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep every other run out; the lock dies with the process.

        Raises `Busy` when another run holds it, and `ValueError` for a folder that holds something else.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        held = {entry.name for entry in self.root.iterdir()}
        strange = {name for name in held if not name.startswith(".")} - {"README.md"}
        if strange and not held & {".lock", ".keys", DATABASE}:
            raise ValueError(
                f"{self.root} holds other things ({min(strange)} …) and is no warehouse; choose a new folder"
            )
        lock = FileLock(self.root / ".lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise Busy(f"another run is writing to {self.root}; wait for it or choose another --warehouse") from None
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def session(self) -> Iterator[None]:
        """Hold the warehouse for one run and leave it with a current database. Raises `Busy` as `lock` does."""
        with self.lock():
            folders = (
                self.root,
                *(self.folder(table.name) for table in TABLES),
                *self.root.glob(".keys/*"),
                *self.root.glob(".facts/*"),
            )
            for left in (one for folder in folders for one in folder.glob("*.aside")):  # of a run that was killed
                left.unlink(missing_ok=True)
            yield
            write_database(self.root, "{table}/*.parquet", [one for one in TABLES if self.batches(one.name)])


def write_database(folder: Path, pattern: str, tables: Sequence[Table]) -> None:
    """Write `tidywire.duckdb`: views and comments only, over the Parquet files beside it.

    Older DuckDB versions can open it (storage version 1.0.0). Views on top come when all tables are there.
    Raises `OSError` when it cannot be written.
    """
    import duckdb  # noqa: PLC0415

    statements = render.sql_views(tables, pattern)
    if len(tables) == len(TABLES):
        statements += VIEWS.read_text(encoding="utf-8")
    try:
        with writing_aside(folder / DATABASE) as aside, duckdb.connect() as connection:
            connection.execute("SET VARIABLE tidywire_root = ?", [str(folder.resolve())])
            connection.execute(f"ATTACH {render.quoted(str(aside))} AS fresh (STORAGE_VERSION 'v1.0.0')")
            connection.execute("USE fresh")
            connection.execute(f"BEGIN; {statements}; COMMIT")  # a transaction a statement takes five times as long
            connection.execute("USE memory")
            connection.execute("DETACH fresh")
    except duckdb.Error as error:
        told = str(error).partition("\n")[0]
        raise OSError(f"{folder / DATABASE} could not be written ({told}); the tables beside it stand") from None


def connect(folder: Path) -> "duckdb.DuckDBPyConnection":
    """A read-only connection to the warehouse's database. Raises `FileNotFoundError` or `Damaged`."""
    import duckdb  # noqa: PLC0415

    database = folder / DATABASE
    if not database.is_file():
        raise FileNotFoundError(f"{database} does not exist; make it with: tidywire run --warehouse {folder}")
    try:
        connection = duckdb.connect(database, read_only=True)
    except duckdb.Error as error:
        raise Damaged(f"{database} cannot be opened; run again to make it anew ({error})") from None
    connection.execute("SET VARIABLE tidywire_root = ?", [str(folder.resolve())])
    return connection


@contextmanager
def writing_aside(path: Path) -> Iterator[Path]:
    """A name to write to; on success the file is synced and takes the place of `path`, on failure it is removed.

    A `path` that already holds the same bytes stays as it is: programs that have it open are not disturbed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{os.getpid()}.aside")
    try:
        yield aside
        with aside.open("rb+") as file:
            os.fsync(file.fileno())
        if _are_equal(aside, path):
            aside.unlink()
        else:
            aside.replace(path)
    except BaseException:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise


def _are_equal(one: Path, other: Path) -> bool:
    is_alike = other.is_file() and one.stat().st_size == other.stat().st_size
    return is_alike and one.read_bytes() == other.read_bytes()

"""The warehouse: where parts lie, how a part replaces the last good one, how DuckDB sees them.

    warehouse/<table>/<batch>.parquet    one part per batch; corpus-wide tables have the one part `all`
    warehouse/.keys/<table>/<batch>.parquet    what a corpus-wide table keeps of each batch
    warehouse/.facts/<table>/<batch>.parquet    what a corpus-wide table has to say to each batch
    warehouse/tidywire.duckdb            views and comments only

A reader sees the old part or the new one and never half of one, in a folder as in an object store (`storage.py`). The
footer carries the part's fingerprint and a digest of each of its columns. What goes into a table is decided elsewhere.
"""

import json
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import render, storage
from pipeline.contract import Table
from pipeline.fingerprints import column_digests, digest
from pipeline.remembered import remembered
from pipeline.storage import Place
from pipeline.tables import TABLES

if TYPE_CHECKING:
    import duckdb  # imported where it is used: the processes of a run need it not, and it is loud when they end

ALL = "all"
DATABASE = "tidywire.duckdb"
_PART = re.compile(r"b\d{6,}|all|seen")  # a file of another name in a table's folder is not ours
VIEWS = Path(__file__).with_name("views.sql")
ROW_GROUP = 100_000  # rows; large enough to compress, small enough for DuckDB to skip by document_id
_FOOTER = 16 * 1024  # bytes read from the end of a part at first; a longer footer (10 kB are usual) costs a second read


Depends: TypeAlias = Mapping[str, Mapping[str, str]]
"""What a part depends on: kind of thing to name to digest (`seeds` to `rules/boilerplate.csv`, `texts` to column)."""


class Damaged(OSError):
    """A part, or the database, cannot be read, or the tables do not agree."""


class Footer(NamedTuple):
    """What a part says about itself."""

    fingerprint: str
    n_rows: int
    warnings: dict[str, int]
    columns: dict[str, str]
    """Column to a digest of its values."""
    depends: str
    """What the fingerprint is a digest of, where the part was made by a step: a `Depends` as JSON, read only if it is asked for."""
    shares: dict[str, tuple[float, float]]
    """Part and whole, to be added up over the parts of the table."""


class Warehouse:
    """A folder of tables, here or in an object store. Opening one neither creates nor changes anything."""

    def __init__(self, root: Place | str) -> None:
        self.root = storage.place(root)

    def folder(self, table: str) -> Place:
        """Where the parts of `table` lie; keys and facts are written `.keys/<table>` and `.facts/<table>`."""
        return self.root / table

    def part(self, table: str, batch: str) -> Place:
        """The file of one part."""
        return self.folder(table) / f"{batch}.parquet"

    def batches(self, table: str) -> list[str]:
        """The batches that have a part, sorted."""
        stems = (
            name.removesuffix(".parquet") for name in storage.names(self.folder(table)) if name.endswith(".parquet")
        )
        return [stem for stem in stems if _PART.fullmatch(stem)]

    def footer(self, table: str, batch: str) -> Footer | None:
        """What the part says about itself; None when it is missing, damaged or not ours."""
        return self.footers(table, [batch])[batch]

    def footers(self, table: str, batches: Sequence[str]) -> dict[str, Footer | None]:
        """The footers of several parts of one table: from an object store they come many at a time."""
        parts = [self.part(table, batch) for batch in batches]
        held = zip(parts, storage.tails(parts, _FOOTER), strict=True)
        return dict(zip(batches, (_footer(part, tail) for part, tail in held), strict=True))

    def read(self, table: str, batch: str = ALL, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """One part as a frame, or some of its columns; codes come back as strings.

        Raises `FileNotFoundError` or `Damaged`.
        """
        part = self.part(table, batch)
        try:
            with pq.ParquetFile(storage.whole(part), page_checksum_verification=True) as file:
                wanted = file.schema_arrow.names if columns is None else list(columns)
                data = file.read(wanted).select(wanted)  # which alone says that a column is not there
        except FileNotFoundError:
            raise FileNotFoundError(f"{part} is not there; run again to make it") from None
        except (OSError, pa.ArrowInvalid, KeyError) as error:
            raise Damaged(f"{part} is damaged ({error}); delete it and run again") from error
        frame = pl.DataFrame(pl.from_arrow(data))
        return frame.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))

    def publish(self, table: str, batch: str, data: pa.Table, fingerprint: str, **said: Mapping[str, Any]) -> None:
        """Replace a part by validated rows, atomically; `said` are warnings, depends and shares, as of a `Footer`.

        Raises `OSError` (disk full, no rights) before the swap.
        """
        known = {"warnings": {}, "depends": {}, "shares": {}, **said, "columns": column_digests(data)}
        footer = {name: json.dumps(one, sort_keys=True, ensure_ascii=False) for name, one in known.items()}
        with (
            storage.replacing(self.part(table, batch)) as aside,
            pq.ParquetWriter(aside, data.schema, compression="zstd", write_page_checksum=True) as out,
        ):
            out.write_table(data, row_group_size=ROW_GROUP)
            out.add_key_value_metadata({"fingerprint": fingerprint, **footer})

    def drop(self, table: str, batch: str) -> None:
        """Remove a part whose documents are gone."""
        storage.remove(self.part(table, batch))

    def head(self, table: str, n_rows: int) -> pl.DataFrame:
        """The first rows of the table's first part that has any."""
        frame = pl.DataFrame()
        for batch in self.batches(table):
            frame = pl.read_parquet(storage.whole(self.part(table, batch)), n_rows=n_rows, glob=False)
            if frame.height:
                break
        return frame

    def version(self, table: str) -> str:
        """A hash of what stands in the table, part by part: a part made anew with the same rows does not change it."""
        footers = self.footers(table, self.batches(table))
        return digest(sorted((batch, footer and footer.columns) for batch, footer in footers.items()))

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep every other run out. Raises `Busy`, and `ValueError` for a folder that holds something else."""
        held = set(storage.names(self.root))
        strange = {name for name in held if not name.startswith(".")} - {"README.md"}
        if strange and not held & {".lock", ".keys", DATABASE}:
            raise ValueError(
                f"{self.root} holds other things ({min(strange)} …) and is no warehouse; choose a new folder"
            )
        with storage.alone(self.root / ".lock"):
            yield

    @contextmanager
    def session(self) -> Iterator[None]:
        """Hold the warehouse for one run and leave it with a current database. Raises `Busy` as `lock` does."""
        with self.lock():
            if isinstance(self.root, Path):
                hidden = (*self.root.glob(".keys/*"), *self.root.glob(".facts/*"))
                storage.sweep(self.root, *(self.root / table.name for table in TABLES), *hidden)
            yield
            self.write_database()

    def write_database(self) -> None:
        """Bring the database up to date with the tables that stand."""
        write_database(self.root, "{table}/*.parquet", [one for one in TABLES if self.batches(one.name)])


class Snapshot(Warehouse):
    """A warehouse while nobody writes to it: the footers of a table are read once, all of them together."""

    def __init__(self, root: Place | str) -> None:
        super().__init__(root)
        self._read: dict[str, dict[str, Footer | None]] = {}

    def footer(self, table: str, batch: str) -> Footer | None:
        """As of a `Warehouse`; a part that came later is not seen."""
        return self._held(table).get(batch)

    def batches(self, table: str) -> list[str]:
        """As of a `Warehouse`, parts that came later left out."""
        return list(self._held(table))

    def _held(self, table: str) -> dict[str, Footer | None]:
        if table not in self._read:
            self._read[table] = self.footers(table, super().batches(table))
        return self._read[table]


def _footer(part: Place, tail: bytes) -> Footer | None:
    """The footer of a part, of which the last bytes are given. A Parquet file ends with its footer's length and `PAR1`."""
    n_bytes = int.from_bytes(tail[-8:-4], "little") + 8
    try:
        held = tail if n_bytes <= len(tail) or len(tail) < _FOOTER else storage.tails([part], n_bytes)[0]
        metadata = pq.read_metadata(pa.BufferReader(held))
        said = metadata.metadata or {}
        rest = {name: json.loads(said[name.encode()]) for name in ("warnings", "columns", "shares")}
        return Footer(said[b"fingerprint"].decode(), metadata.num_rows, depends=said[b"depends"].decode(), **rest)
    except (OSError, pa.ArrowInvalid, KeyError, ValueError):
        return None


def write_database(folder: Place, pattern: str, tables: Sequence[Table]) -> None:
    """Write `tidywire.duckdb`: views and comments only, over the Parquet files beside it.

    Older DuckDB versions can open it (storage version 1.0.0). Views on top come when all tables are there.
    Raises `OSError` when it cannot be written.
    """
    statements = render.sql_views(tables, pattern)
    if len(tables) == len(TABLES):
        statements += VIEWS.read_text(encoding="utf-8")
    with storage.replacing(folder / DATABASE) as aside:
        aside.write_bytes(_database(statements, pattern, tuple(tables)))


@remembered
def _database(statements: str, pattern: str, tables: tuple[Table, ...]) -> bytes:
    """The file as DuckDB writes it; it names no folder, so that all warehouses with these tables have the same."""
    import duckdb  # noqa: PLC0415

    try:
        with tempfile.TemporaryDirectory() as scratch, duckdb.connect() as connection:
            for table in tables:  # DuckDB wants to see a view's columns: empty tables show them, wherever the rows are
                example = Path(scratch) / pattern.format(table=table.name).replace("*", ALL)
                example.parent.mkdir(parents=True, exist_ok=True)
                pq.write_table(render.arrow_schema(table).empty_table(), example)
            file = Path(scratch) / DATABASE
            connection.execute("SET VARIABLE tidywire_root = ?", [scratch])
            connection.execute(f"ATTACH {render.quoted(str(file))} AS fresh (STORAGE_VERSION 'v1.0.0')")
            connection.execute("USE fresh")
            connection.execute(f"BEGIN; {statements}; COMMIT")  # a transaction a statement takes five times as long
            connection.execute("USE memory")
            connection.execute("DETACH fresh")
            return file.read_bytes()
    except duckdb.Error as error:
        told = str(error).partition("\n")[0]
        raise OSError(f"{DATABASE} could not be written ({told}); the tables beside it stand") from None


def connect(folder: Place) -> "duckdb.DuckDBPyConnection":
    """A read-only connection to the warehouse's database. Raises `FileNotFoundError` or `Damaged`.

    Of a warehouse in an object store the database is fetched; what its views read is read from there, as it is asked for.
    """
    import duckdb  # noqa: PLC0415

    database = folder / DATABASE
    if DATABASE not in storage.names(folder):
        raise FileNotFoundError(f"{database} does not exist; make it with: tidywire run --warehouse {folder}")
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            connection = duckdb.connect(storage.fetched(database, Path(scratch)), read_only=True)
    except duckdb.Error as error:
        raise Damaged(f"{database} cannot be opened; run again to make it anew ({error})") from None
    if isinstance(folder, Path):
        folder = folder.resolve()
    else:
        connection.register_filesystem(storage.for_reading(folder))
    connection.execute("SET VARIABLE tidywire_root = ?", [str(folder)])
    return connection

"""The bundle to share: one Parquet file a table, codebook, Data Package, checksums, a database of views.

A release does not depend on the order in which articles arrived: every table is sorted by its key over all parts, so two
histories of the same corpus give the same bytes. Looking at the data belongs elsewhere.
"""

import hashlib
import json
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import render, tables
from pipeline.contract import Table
from pipeline.recheck import recheck
from pipeline.storage import Place
from pipeline.warehouse import ALL, DATABASE, ROW_GROUP, VIEWS, Damaged, Depends, Warehouse, write_database

_SLICE_DOCUMENTS = 20_000  # of one table sorted at a time; some hundred megabytes in memory
_MADE_WITH = {"settings": "setting", "registers": "own register", "seeds": "knowledge", "libraries": "library"}
_PATTERN = "data/{table}.parquet"


def write(root: Place, out: Path) -> None:
    """Write the bundle of the warehouse `root` to the folder `out`, which appears only when it is complete.

    Raises `FileNotFoundError` for a folder without tables, `Damaged` for tables that lack a part or break a rule, `Busy`
    while a run writes to them, and `ValueError` for an `out` that holds something.
    """
    warehouse = Warehouse(root)
    if not warehouse.batches("files"):
        raise FileNotFoundError(f"{root} holds no tables; make them with: tidywire run --warehouse {root}")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ValueError(f"{out} exists and is not empty; choose a new folder")
    with warehouse.lock():
        said: list[str] = []
        if not recheck(root, said.append):
            raise Damaged("\n".join([f"{root} cannot be released as it is; run again first.", *said]))
        out.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
        try:
            aside.chmod(0o755)
            _fill(warehouse, aside)
            if out.exists():
                out.rmdir()
            aside.rename(out)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise


def _fill(warehouse: Warehouse, folder: Path) -> None:
    (folder / "data").mkdir()
    for table in tables.TABLES:
        _write_table(warehouse, table, folder / _PATTERN.format(table=table.name))
    _write_text(folder / "codebook.md", render.markdown_codebook(tables.TABLES))
    _write_text(folder / "datapackage.json", _data_package(folder))
    _write_text(folder / "open.sql", _open_sql())
    _write_text(folder / "README.md", _readme(_made_with(warehouse)))
    write_database(folder, _PATTERN, tables.TABLES)
    sums = [f"{_sha256(path)}  {path.relative_to(folder).as_posix()}" for path in _files(folder)]
    _write_text(folder / "SHA256SUMS", "\n".join(sums) + "\n")


def _write_text(path: Path, text: str) -> None:
    """The same bytes on every system: `sha256sum` takes a carriage return for part of a file's name."""
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_table(warehouse: Warehouse, table: Table, path: Path) -> None:
    schema = render.arrow_schema(table)
    with (
        tempfile.TemporaryDirectory(dir=path.parent) as scratch,
        pq.ParquetWriter(path, schema, compression="zstd") as writer,
    ):
        for frame in _in_order(warehouse, table, Path(scratch)):
            writer.write_table(render.arrow_table(frame, table), row_group_size=ROW_GROUP)


def _in_order(warehouse: Warehouse, table: Table, scratch: Path) -> Iterator[pl.DataFrame]:
    """The table's rows sorted by key, in slices that fit in memory. Where to cut follows from the rows, not the parts.

    Every part is read once and dealt out to a file a slice in `scratch`; then every slice is sorted by itself.
    """
    batches = warehouse.batches(table.name)
    if batches == [ALL]:
        frame = warehouse.read(table.name)
        if table.name == "files":
            frame = frame.with_columns(batch=pl.lit(None, pl.String))  # where a document lies says nothing elsewhere
        yield table.shape(frame)
        return
    footers = warehouse.footers("texts", warehouse.batches("texts")).values()
    n_documents = sum(footer.n_rows for footer in footers if footer)
    digits = next(n for n in range(8) if n_documents <= _SLICE_DOCUMENTS * 16**n)
    for batch in batches:
        rows = table.shape(warehouse.read(table.name, batch))
        for (prefix,), dealt in rows.group_by(pl.col("document_id").str.head(2 + digits)):
            with (scratch / str(prefix)).open("ab") as file:
                dealt.write_ipc_stream(file, compression="lz4")
    for path in sorted(scratch.iterdir()):
        yield table.shape(pl.concat(_dealt(path)))
        path.unlink()


def _dealt(path: Path) -> Iterator[pl.DataFrame]:
    """The frames of one slice, written one after the other."""
    with path.open("rb") as file:
        while file.peek(1):
            yield pl.DataFrame(pl.from_arrow(pa.ipc.open_stream(file).read_all()))


def _data_package(folder: Path) -> str:
    resources = []
    for table in tables.TABLES:
        path = _PATTERN.format(table=table.name)
        resources.append(render.data_resource(table, path, (folder / path).stat().st_size, _sha256(folder / path)))
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "tidywire-release",
        "description": "News texts and what was found in them, by Tidywire.",
        "resources": resources,
    }
    return json.dumps(package, indent=2, ensure_ascii=False) + "\n"


def _open_sql() -> str:
    """Tables and views for a DuckDB shell started in the bundle's folder; without the comments on tables and columns."""
    views = "\n".join(
        f"CREATE OR REPLACE VIEW {table.name} AS SELECT * FROM read_parquet('{_PATTERN.format(table=table.name)}');"
        for table in tables.TABLES
    )
    head = "-- In this folder: duckdb -init open.sql\n"
    return f"{head}{views}\n\n{VIEWS.read_text(encoding='utf-8')}"


def _made_with(warehouse: Warehouse) -> Iterator[tuple[str, str, str]]:
    """Kind, name and value or digest of what the tables were made with, out of the footers of their parts."""
    said: dict[tuple[str, str], set[str]] = defaultdict(set)
    for table in tables.TABLES:
        for footer in warehouse.footers(table.name, warehouse.batches(table.name)).values():
            depends: Depends = json.loads(footer.depends) if footer else {}
            for kind, values in depends.items():
                for name, value in values.items() if kind in _MADE_WITH else ():
                    said[kind, name].add(value)
    yield "program", "tidywire", version("tidywire")
    for (kind, name), found in sorted(said.items(), key=lambda one: (list(_MADE_WITH).index(one[0][0]), one[0][1])):
        yield _MADE_WITH[kind], name, " or ".join(sorted(found))  # "or": parts of different runs


def _readme(made_with: Iterable[tuple[str, str, str]]) -> str:
    rows = "\n".join(f"| {kind} | `{name}` | {value} |" for kind, name, value in made_with)
    return f"""# What is in this folder

Raw news texts and what Tidywire found in them. Every span of every text is accounted for, every sentence and mention
points to the exact characters it came from.

- `data/`: one Parquet file a table
- `codebook.md`: every table and column; `datapackage.json`: the same for programs
- `{DATABASE}`: the tables as views, and views on top of them, for DuckDB, R (`duckdb`) and Python
- `open.sql`: the same in SQL to read, for a DuckDB shell started in this folder; what tables and columns mean is said in
  `{DATABASE}` and the codebook only
- `SHA256SUMS`: check with `sha256sum -c SHA256SUMS`

In R: `arrow::read_parquet("data/mentions.parquet")`. In Python: `pandas.read_parquet("data/mentions.parquet")`.
Offsets count characters (code points) from 0; in R that is `substr(text, char_start + 1, char_end)`.

Stata reads neither: write what you need as text, `tidywire query "FROM actor_months" --format csv --warehouse .`, and
`import delimited` it. No column has a name of more than 32 characters, a list or a structure in it.

{render.markdown_tables(tables.TABLES)}

## How it was made

| what | name | value, or digest of its contents |
|---|---|---|
{rows}

`actors.source` says which register an actor is from; blocks that a reader put back or took out have the rule `correction`,
and `corrections` holds the reasons. `files` and `issues` say what could not be read and what is in doubt.

Cite this data set by its `SHA256SUMS`, and Tidywire with the version above.

The rights in the texts stay with their publishers: see what you may pass on before you do.
"""


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

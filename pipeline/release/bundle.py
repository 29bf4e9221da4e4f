"""The bundle to share: one Parquet file a table, codebook, Data Package, checksums, a database of views.

A release does not depend on the order in which articles arrived: every table is sorted by its key over all parts, so two
histories of the same corpus give the same bytes. Looking at the data belongs elsewhere.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from pipeline import render, tables
from pipeline.contract import Table
from pipeline.warehouse import ALL, DATABASE, ROW_GROUP, VIEWS, Warehouse, write_database

_SLICE_DOCUMENTS = 20_000  # of one table sorted at a time; some hundred megabytes in memory
_PATTERN = "data/{table}.parquet"


def write(root: Path, out: Path) -> None:
    """Write the bundle of the warehouse `root` to the folder `out`, which appears only when it is complete.

    Raises `FileNotFoundError` for a warehouse that lacks (part of) a table and `ValueError` for a folder that holds something.
    """
    warehouse = Warehouse(root)
    footers = {
        table.name: [warehouse.footer(table.name, one) for one in warehouse.batches(table.name)]
        for table in tables.TABLES
    }
    if missing := [name for name, found in footers.items() if not found or None in found]:
        raise FileNotFoundError(f"{root} lacks {', '.join(missing)}; make them with: tidywire run --warehouse {root}")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ValueError(f"{out} exists and is not empty; choose a new folder")
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
    (folder / "codebook.md").write_text(render.markdown_codebook(tables.TABLES), encoding="utf-8")
    (folder / "datapackage.json").write_text(_data_package(folder), encoding="utf-8")
    (folder / "open.sql").write_text(_open_sql(), encoding="utf-8")
    (folder / "README.md").write_text(_readme(), encoding="utf-8")
    write_database(folder, _PATTERN, tables.TABLES)
    sums = [f"{_sha256(path)}  {path.relative_to(folder).as_posix()}" for path in _files(folder)]
    (folder / "SHA256SUMS").write_text("\n".join(sums) + "\n", encoding="utf-8")


def _write_table(warehouse: Warehouse, table: Table, path: Path) -> None:
    schema = render.arrow_schema(table)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for frame in _in_order(warehouse, table):
            writer.write_table(render.arrow_table(frame, table), row_group_size=ROW_GROUP)


def _in_order(warehouse: Warehouse, table: Table) -> Iterator[pl.DataFrame]:
    """The table's rows sorted by key, in slices that fit in memory. Where to cut follows from the rows, not the parts."""
    parts = [warehouse.part(table.name, batch) for batch in warehouse.batches(table.name)]
    rows = pl.scan_parquet(parts, glob=False)
    rows = rows.with_columns(pl.col(name).cast(pl.String) for name in table.schema if table[name].type == "code")
    if table.name == "files":
        rows = rows.with_columns(batch=pl.lit(None, pl.String))  # where a document lies here says nothing elsewhere
    if parts == [warehouse.part(table.name, ALL)]:
        yield table.shape(rows.collect())
        return
    n_documents = sum(
        footer.n_rows for batch in warehouse.batches("texts") if (footer := warehouse.footer("texts", batch))
    )
    digits = next(n for n in range(8) if n_documents <= _SLICE_DOCUMENTS * 16**n)
    for prefix in (f"d_{number:0{digits}x}" if digits else "d_" for number in range(16**digits)):
        frame = table.shape(rows.filter(pl.col("document_id").str.starts_with(prefix)).collect())
        if frame.height:
            yield frame


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
    """The views for a DuckDB shell started in the bundle's folder, without the database file."""
    views = "\n".join(
        f"CREATE OR REPLACE VIEW {table.name} AS SELECT * FROM read_parquet('{_PATTERN.format(table=table.name)}');"
        for table in tables.TABLES
    )
    head = "-- In this folder: duckdb -init open.sql\n"
    return f"{head}{views}\n\n{VIEWS.read_text(encoding='utf-8')}"


def _readme() -> str:
    return f"""# What is in this folder

Raw news texts and what Tidywire found in them. Every span of every text is accounted for, every sentence and mention
points to the exact characters it came from.

- `data/`: one Parquet file a table
- `codebook.md`: every table and column; `datapackage.json`: the same for programs
- `{DATABASE}`: the tables as views, and views on top of them, for DuckDB, R (`duckdb`) and Python
- `open.sql`: the same views for a DuckDB shell started in this folder
- `SHA256SUMS`: check with `sha256sum -c SHA256SUMS`

In R: `arrow::read_parquet("data/mentions.parquet")`. In Python: `pandas.read_parquet("data/mentions.parquet")`.
Offsets count characters (code points) from 0; in R that is `substr(text, char_start + 1, char_end)`.

{render.markdown_tables(tables.TABLES)}

The rights in the texts stay with their publishers: see what you may pass on before you do.
"""


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

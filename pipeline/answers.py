"""What the warehouse holds, and answers to SQL questions: a table for people; CSV, JSON or Parquet for programs."""

import csv
import json
import math
import shutil
import sys
from decimal import Decimal
from typing import Any

import duckdb

from pipeline.storage import Place
from pipeline.tables import BY_NAME, TABLES
from pipeline.warehouse import Warehouse, connect

_PAGE = (130, 50)  # columns and rows to fill where there is no terminal
_AT_ONCE = 10_000  # rows held in memory while an answer is written


def list_tables(root: Place) -> None:
    """Print every table with its rows, and every view and macro on top. Raises `FileNotFoundError` for a missing warehouse."""
    warehouse = Warehouse(root)
    with connect(root) as connection:
        views = connection.execute(
            "SELECT 'view', view_name, comment FROM duckdb_views() WHERE NOT internal ORDER BY view_oid"
        ).fetchall()
        macros = connection.execute(
            "SELECT 'macro', format('{}({})', function_name, list_aggregate(parameters, 'string_agg', ', ')), comment "
            "FROM duckdb_functions() WHERE NOT internal AND function_type = 'table_macro' ORDER BY ALL"
        ).fetchall()
    for table in TABLES:
        footers = warehouse.footers(table.name, warehouse.batches(table.name))
        n_rows = sum(footer.n_rows for footer in footers.values() if footer)
        print(f"{table.group:9} {table.name:18} {n_rows:>12,} rows   one per {table.grain}")
    for kind, name, comment in [*views, *macros]:
        if name not in BY_NAME:
            print(f"{kind:9} {name:18} {'':>17}   {comment}")


def answer(warehouse: Place, sql: str, form: str) -> None:
    """Print the answer to one question. Raises `ValueError` with DuckDB's words when it cannot be asked."""
    if form == "parquet" and sys.stdout.isatty():
        raise ValueError("Parquet is not for the terminal; add `> answer.parquet`")
    with connect(warehouse) as connection:
        try:
            _FORMS[form](connection, sql)
        except duckdb.Error as error:
            raise ValueError(f"{error}\nThe tables are listed by `tidywire tables`.") from None


def _as_table(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    relation = connection.sql(sql)
    if relation is not None:  # a statement without an answer
        relation.show(max_rows=200, max_col_width=80, max_width=shutil.get_terminal_size(_PAGE).columns)


def _as_csv(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    cursor = connection.execute(sql)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(_columns(cursor))
    while rows := cursor.fetchmany(_AT_ONCE):
        writer.writerows(rows)


def _as_json(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """An array of objects, one a line."""
    cursor = connection.execute(sql)
    names, separator = _columns(cursor), "[\n"
    while rows := cursor.fetchmany(_AT_ONCE):
        for row in rows:
            cells = _plain(dict(zip(names, row, strict=True)))
            sys.stdout.write(separator + json.dumps(cells, ensure_ascii=False, default=str))
            separator = ",\n"
    sys.stdout.write("\n]\n" if separator == ",\n" else "[]\n")


def _plain(value: Any) -> Any:
    """Decimals as numbers; what JSON has no word for (NaN, infinity) as null; keys as strings; at any depth."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    value = float(value) if isinstance(value, Decimal) else value
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _as_parquet(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    import pyarrow.parquet as pq  # noqa: PLC0415 (slow to import; only this form needs it)

    relation = connection.sql(sql)
    if relation is None:  # a statement without an answer
        return
    reader = relation.to_arrow_reader(_AT_ONCE)
    with pq.ParquetWriter(sys.stdout.buffer, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)


def _columns(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    return [column[0] for column in cursor.description or []]


_FORMS = {"table": _as_table, "csv": _as_csv, "json": _as_json, "parquet": _as_parquet}

"""One declaration, many forms: Arrow schema, DuckDB SQL, Markdown, Data Package.

Pure functions from `contract.Table` to text or plain objects. Nothing is written here, and nothing about a column may be
said here that is not in its declaration.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl
import pyarrow as pa

from pipeline.contract import Column, Table, Type

_ARROW: dict[Type, pa.DataType] = {
    "string": pa.string(),
    "code": pa.dictionary(pa.int8(), pa.string()),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}
_FRICTIONLESS: dict[Type, str] = {
    "string": "string",
    "code": "string",
    "int32": "integer",
    "int64": "integer",
    "float64": "number",
    "boolean": "boolean",
    "date": "date",
}


def arrow_schema(table: Table) -> pa.Schema:
    """Arrow schema with each column's description, unit and reference as field metadata."""
    fields = [
        pa.field(column.name, _ARROW[column.type], column.nullable, metadata=_field_metadata(column))
        for column in table.columns
    ]
    return pa.schema(fields, metadata={"table": table.name, "description": table.description, "grain": table.grain})


def arrow_table(frame: pl.DataFrame, table: Table) -> pa.Table:
    """A validated frame as Arrow data of exactly `arrow_schema(table)`; codes keep their declared order."""
    schema = arrow_schema(table)
    arrays = [_array(frame.get_column(column.name), column) for column in table.columns]
    return pa.Table.from_arrays(arrays, schema=schema)


def _array(values: pl.Series, column: Column) -> pa.Array:
    if column.type != "code":
        return values.to_arrow().cast(_ARROW[column.type])
    codes = list(column.codes)
    positions = values.replace_strict(codes, list(range(len(codes))), return_dtype=pl.Int8).to_arrow()
    return pa.DictionaryArray.from_arrays(positions, pa.array(codes))


def _field_metadata(column: Column) -> dict[str, str]:
    said = {"description": column.description, "unit": column.unit, "reference": column.reference}
    return {key: value for key, value in said.items() if value}


def constraints(column: Column, table: Table) -> list[str]:
    """What must be true of the column, as short phrases for people."""
    said: list[str] = []
    if column.name in table.key:
        said.append("key" if table.key == (column.name,) else "part of the key")
    if column.codes:
        said.append(f"one of {', '.join(column.codes)}")
    if column.minimum is not None:
        said.append(f"at least {column.minimum:g}")
    if column.maximum is not None:
        said.append(f"at most {column.maximum:g}")
    if column.pattern:
        said.append(f"matches {column.pattern}")
    if column.reference:
        said.append(f"occurs in {column.reference}")
    if column.unit:
        said.append(f"unit: {column.unit}")
    return said


def codebook_rows(tables: Iterable[Table]) -> list[dict[str, Any]]:
    """The rows of the `codebook` table: one per column of every table."""
    return [
        {
            "table_name": table.name,
            "column_name": column.name,
            "column_number": number,
            "type": column.type,
            "is_key": column.name in table.key,
            "is_nullable": column.nullable,
            "description": column.description,
            "codes": "; ".join(f"{code}: {meaning}" for code, meaning in column.codes.items()) or None,
            "unit": column.unit,
            "reference": column.reference,
            "derived_from": ", ".join(column.derived_from) or None,
            "example": str(column.example),
        }
        for table in tables
        for number, column in enumerate(table.columns, 1)
    ]


def markdown_codebook(tables: Sequence[Table]) -> str:
    """The codebook as one Markdown page."""
    parts = [
        "# Codebook",
        "Every table and column, rendered from the declarations in `pipeline/tables.py`. Offsets (`char_start`, "
        "`char_end`) are 0-based, half-open, in Unicode code points of `texts.text`; in DuckDB that is "
        "`text[char_start + 1 : char_end]`.",
        markdown_tables(tables),
        *(markdown_table(table) for table in tables),
    ]
    return "\n\n".join(parts) + "\n"


def markdown_tables(tables: Iterable[Table]) -> str:
    """The list of tables, one Markdown row each."""
    rows = [
        f"| {table.group} | `{table.name}` | {table.grain} | {', '.join(f'`{name}`' for name in table.key)} |"
        for table in tables
    ]
    return "\n".join(["| group | table | one row per | key |", "|---|---|---|---|", *rows])


def markdown_table(table: Table) -> str:
    """One table's chapter of the codebook."""
    lines = [f"## {table.name}", "", f"{table.description} One row per {table.grain}."]
    if table.caution:
        lines += ["", f"**Before you count:** {table.caution}"]
    lines += ["", "| column | type | description | constraints | example |", "|---|---|---|---|---|"]
    for column in table.columns:
        kind = f"{column.type}, may be null" if column.nullable else column.type
        said = "; ".join(constraints(column, table))
        cells = [f"`{column.name}`", kind, column.description, said, f"`{column.example}`"]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    for column in table.columns:
        if column.codes:
            lines += ["", f"Codes of `{column.name}`:", ""]
            lines += [f"- `{code}`: {meaning}" for code, meaning in column.codes.items()]
    return "\n".join(lines)


_DATABASE = r"^(duckdb:)?(.*[/\\])?tidywire\.duckdb\.tmp$"
HERE = f"""replace(replace(replace(coalesce(
    getvariable('tidywire_root') || '/',
    CASE WHEN regexp_matches(current_setting('temp_directory'), '{_DATABASE}')
         THEN regexp_extract(current_setting('temp_directory'), '{_DATABASE}', 2) ELSE '' END
  ), '[', '[[]'), '*', '[*]'), '?', '[?]')"""
"""SQL for the folder the database file lies in, so that views find their Parquet wherever the folder is moved.

DuckDB resolves relative paths against the working directory and refuses subqueries in `read_parquet`, but folds
`current_setting` to a constant, and `temp_directory` is by default the opened file's path and `.tmp`. Where the file is
attached to another database instead of opened, `SET VARIABLE tidywire_root = '<folder>'` says where it is."""


def _about(table: Table) -> str:
    """What the table holds and what to know before counting its rows, in one line of plain text."""
    caution = f" Before you count: {table.caution}" if table.caution else ""
    return f"{table.description} One row per {table.grain}.{caution}"


def sql_views(tables: Iterable[Table], pattern: str) -> str:
    """`CREATE VIEW` over Parquet beside the database file, with comments; `pattern` such as `{table}/*.parquet`."""
    return "\n".join(_sql_view(table, pattern.format(table=table.name)) for table in tables)


def _sql_view(table: Table, files: str) -> str:
    columns = ", ".join(column.name for column in table.columns)
    statements = [
        f"CREATE OR REPLACE VIEW {table.name} AS SELECT {columns} FROM read_parquet({HERE} || {quoted(files)});",
        f"COMMENT ON VIEW {table.name} IS {quoted(_about(table))};",
        *(f"COMMENT ON COLUMN {table.name}.{column.name} IS {quoted(column.description)};" for column in table.columns),
    ]
    return "\n".join(statements)


def quoted(text: str) -> str:
    """Text as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def data_resource(table: Table, path: str, n_bytes: int, sha256: str) -> dict[str, Any]:
    """The table as a resource of a Data Package (version 2)."""
    return {
        "name": table.name,
        "path": path,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": n_bytes,
        "hash": f"sha256:{sha256}",
        "description": _about(table),
        "schema": {
            "fields": [_data_field(column) for column in table.columns],
            "primaryKey": list(table.key),
            "foreignKeys": [
                {"fields": [column.name], "reference": {"resource": parent, "fields": [target]}}
                for column in table.columns
                if column.reference
                for parent, _, target in [column.reference.partition(".")]
            ],
        },
    }


def _data_field(column: Column) -> dict[str, Any]:
    limits = {
        "required": not column.nullable,
        "enum": list(column.codes) or None,
        "minimum": column.minimum,
        "maximum": column.maximum,
        "pattern": column.pattern,
    }
    return {
        "name": column.name,
        "type": _FRICTIONLESS[column.type],
        "description": column.description,
        **({"unit": column.unit} if column.unit else {}),
        "example": str(column.example),
        "constraints": {key: value for key, value in limits.items() if value is not None},
    }

"""One declaration, seven forms: whatever is rendered says the same about every table and column."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import render
from pipeline.contract import Column, Table
from pipeline.release import bundle
from pipeline.settings import ROOT
from pipeline.tables import BY_NAME, GROUPS, TABLES
from pipeline.warehouse import Warehouse, connect

EVERY = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
COLUMNS = [(table, column) for table in TABLES for column in table.columns]

SMALL = Table(
    "things", "test", "thing", ("thing_id",), "Things | and 'more'.",
    (
        Column("thing_id", "string", "Its id | name.", "t|1", unit="apples"),
        Column("kind", "code", "Its kind.", "b", nullable=True, codes={"b": "one", "a": "other | last"}),
        Column("n", "int64", "How many; it's a count.", 3, minimum=1, maximum=9, reference="others.n"),
    ),
    caution="Mind the gap.",
)  # fmt: skip


# --------------------------------------------------------------------------------------------------- the declarations


def test_the_tables_are_those_of_the_design() -> None:
    assert set(BY_NAME) == {
        "files", "texts", "repeated_lines", "blocks", "documents", "duplicates", "sentences", "mentions", "quotes",
        "actor_counts", "actors", "actor_aliases",
        "actor_offices", "rules", "corrections", "stripped_mentions", "outlets", "unmatched_names", "codebook", "issues",
    }  # fmt: skip
    assert {table.group for table in TABLES} == set(GROUPS)


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=[f"{t.name}.{c.name}" for t, c in COLUMNS])
def test_every_reference_and_source_names_a_column(table: Table, column: Column) -> None:
    for name in (*column.derived_from, *([column.reference] if column.reference else [])):
        parent, _, target = name.partition(".")
        assert target in BY_NAME[parent].schema


@EVERY
def test_every_key_column_may_not_be_null(table: Table) -> None:
    assert [name for name in table.key if table[name].nullable] == []


@EVERY
def test_every_example_has_the_type_and_the_form_it_is_an_example_of(table: Table) -> None:
    for column in table.columns:
        if "…" in str(column.example):  # cut short
            continue
        one = pl.DataFrame(
            {column.name: [column.example]}, schema={column.name: table.schema[column.name]}, strict=True
        )
        example = Table("example", "test", "example", (column.name,), "Example.", (column,))
        from pipeline.contract import validate  # noqa: PLC0415

        assert validate(one, example) == []


# -------------------------------------------------------------------------------------------------------------- Arrow


def test_arrow_fields_carry_type_nullability_and_what_is_said_of_them() -> None:
    schema = render.arrow_schema(SMALL)
    assert schema.types == [pa.string(), pa.dictionary(pa.int8(), pa.string()), pa.int64()]
    assert [field.nullable for field in schema] == [False, True, False]
    assert schema.field("thing_id").metadata == {b"description": b"Its id | name.", b"unit": b"apples"}
    assert schema.field("n").metadata == {b"description": b"How many; it's a count.", b"reference": b"others.n"}
    assert schema.metadata == {b"table": b"things", b"description": b"Things | and 'more'.", b"grain": b"thing"}


def test_a_resource_says_the_unit_and_what_to_know_before_counting() -> None:
    resource = render.data_resource(SMALL, "things.parquet", 1, "00")
    assert resource["description"] == "Things | and 'more'. One row per thing. Before you count: Mind the gap."
    assert [field.get("unit") for field in resource["schema"]["fields"]] == ["apples", None, None]


def test_codes_keep_their_declared_order_and_nulls_stay() -> None:
    frame = SMALL.frame([("x", "a", 1), ("y", None, 2), ("z", "b", 3)])
    column = render.arrow_table(frame, SMALL)["kind"].chunk(0)
    assert column.dictionary.to_pylist() == ["b", "a"]
    assert column.to_pylist() == ["a", None, "b"]


@pytest.mark.parametrize("rows", [[], [("x", None, 1)]], ids=["no rows", "only nulls"])
def test_frames_with_nothing_in_them_become_arrow(rows: list[tuple[object, ...]]) -> None:
    assert render.arrow_table(SMALL.frame(rows), SMALL).num_rows == len(rows)


@EVERY
def test_an_empty_frame_of_every_table_has_the_declared_schema(table: Table) -> None:
    assert render.arrow_table(table.frame(), table).schema.equals(render.arrow_schema(table), check_metadata=True)


# ----------------------------------------------------------------------------------------------------------- Markdown


def test_a_chapter_of_the_codebook() -> None:
    assert render.markdown_table(SMALL) == "\n".join(
        [
            "## things", "",
            "Things | and 'more'. One row per thing.", "",
            "**Before you count:** Mind the gap.", "",
            "| column | type | description | constraints | example |",
            "|---|---|---|---|---|",
            "| `thing_id` | string | Its id \\| name. | key; unit: apples | `t\\|1` |",
            "| `kind` | code, may be null | Its kind. | one of b, a | `b` |",
            "| `n` | int64 | How many; it's a count. | at least 1; at most 9; occurs in others.n | `3` |", "",
            "Codes of `kind`:", "",
            "- `b`: one",
            "- `a`: other | last",
        ]
    )  # fmt: skip


def test_the_codebook_page_is_current() -> None:
    """Refresh it with: tidywire codebook > docs/CODEBOOK.md"""
    command = [sys.executable, "-c", "from pipeline.cli import main; main(['codebook'])"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode("utf-8")
    written = (ROOT / "docs" / "CODEBOOK.md").read_text(encoding="utf-8")
    assert written == said, "refresh it with: tidywire codebook > docs/CODEBOOK.md"
    assert said.endswith("\n")
    assert not said.endswith("\n\n")


# ---------------------------------------------------------------------------------------------------------------- SQL


@pytest.mark.parametrize("text", ["plain", "it's", "''", "a;b--c", ""])
def test_quoted_text_comes_back(text: str) -> None:
    assert duckdb.execute(f"SELECT {render.quoted(text)}").fetchone() == (text,)


# ------------------------------------------------------------------------------------------- all say the same, really


@pytest.fixture(scope="module")
def released(warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("release") / "out"
    bundle.write(warehouse, out)
    return out


Said = list[tuple[str, str]]


def in_parquet(path: Path) -> Said:
    return [(field.name, field.metadata[b"description"].decode()) for field in pq.read_schema(path)]


def in_duckdb(warehouse: Path, table: str) -> Said:
    with connect(warehouse) as connection:
        query = "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index"
        return connection.execute(query, [table]).fetchall()


def in_codebook_table(warehouse: Path, table: str) -> Said:
    rows = Warehouse(warehouse).read("codebook").filter(pl.col("table_name") == table).sort("column_number")
    return list(rows.select("column_name", "description").iter_rows())


def in_data_package(released: Path, table: str) -> Said:
    package = json.loads((released / "datapackage.json").read_text())
    (resource,) = (one for one in package["resources"] if one["name"] == table)
    return [(field["name"], field["description"]) for field in resource["schema"]["fields"]]


def in_markdown(text: str, table: str) -> Said:
    chapter = text.partition(f"\n## {table}\n")[2].partition("\n## ")[0]
    rows = [line.replace("\\|", "¦").split(" | ") for line in chapter.splitlines() if line.startswith("| `")]
    return [(row[0].strip("| `"), row[2].replace("¦", "|")) for row in rows]


def in_dagster(table: str) -> Said:
    from pipeline.definitions import defs  # noqa: PLC0415

    (spec,) = (spec for spec in defs.resolve_all_asset_specs() if spec.key.to_user_string() == table)
    columns = spec.metadata["dagster/column_schema"].columns
    return [(column.name, column.description.partition("\n")[0]) for column in columns]


@EVERY
def test_all_renderings_name_and_describe_the_same_columns(table: Table, warehouse: Path, released: Path) -> None:
    declared = [(column.name, column.description) for column in table.columns]
    part = next((warehouse / table.name).glob("*.parquet"))
    assert in_parquet(part) == declared
    assert in_parquet(released / "data" / f"{table.name}.parquet") == declared
    assert in_duckdb(warehouse, table.name) == declared
    assert in_codebook_table(warehouse, table.name) == declared
    assert in_data_package(released, table.name) == declared
    assert in_markdown((released / "codebook.md").read_text(encoding="utf-8"), table.name) == declared
    assert in_dagster(table.name) == declared


_DUCKDB = {
    "string": "VARCHAR", "code": "VARCHAR", "int32": "INTEGER", "int64": "BIGINT", "float64": "DOUBLE", "boolean": "BOOLEAN",
    "date": "DATE",
}  # fmt: skip
_FRICTIONLESS = {"int32": "integer", "int64": "integer", "float64": "number", "code": "string"}


@EVERY
def test_all_renderings_give_the_same_types(table: Table, warehouse: Path, released: Path) -> None:
    with connect(warehouse) as connection:
        described = connection.execute(f"DESCRIBE {table.name}").fetchall()
    found = [_DUCKDB["code"] if kind.startswith("ENUM") else kind for _, kind, *_ in described]
    assert found == [_DUCKDB[column.type] for column in table.columns]
    package = json.loads((released / "datapackage.json").read_text())
    (resource,) = (one for one in package["resources"] if one["name"] == table.name)
    for column, field in zip(table.columns, resource["schema"]["fields"], strict=True):
        assert field["type"] == _FRICTIONLESS.get(column.type, column.type)
        assert field["constraints"]["required"] == (not column.nullable)
        assert field["constraints"].get("enum", []) == list(column.codes)
    assert resource["schema"]["primaryKey"] == list(table.key)
    assert Warehouse(warehouse).head(table.name, 1).columns == list(table.schema)

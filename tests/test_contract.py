"""The contract: every way a frame can be wrong is found, named, counted and shown; a bad declaration does not import."""

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipeline.contract import Column, Failure, Table, validate

PARENT = Table(
    "parents", "test", "parent", ("parent_id",), "Parents.", (Column("parent_id", "string", "The parent.", "p1"),)
)
TABLE = Table(
    "things", "test", "thing", ("thing_id", "number"), "Things.",
    (
        Column("thing_id", "string", "Its id.", "t1", pattern="t[0-9]"),
        Column("number", "int32", "Its number.", 1, minimum=1, maximum=9),
        Column("kind", "code", "Its kind.", "a", codes={"a": "one", "b": "other"}),
        Column("score", "float64", "Its score.", 0.5, minimum=0, maximum=1),
        Column("parent_id", "string", "Its parent.", "p1", nullable=True, reference="parents.parent_id"),
        Column("seen_on", "date", "When seen.", date(2024, 1, 1), nullable=True),
        Column("char_start", "int32", "Where it starts.", 0, minimum=0),
        Column("char_end", "int32", "Where it ends.", 3),
    ),
)  # fmt: skip
GOOD: list[dict[str, Any]] = [
    {"thing_id": "t1", "number": 1, "kind": "a", "score": 0.0, "parent_id": "p1", "seen_on": None, "char_start": 0, "char_end": 3},
    {"thing_id": "t1", "number": 2, "kind": "b", "score": 1.0, "parent_id": None, "seen_on": date(2024, 2, 29), "char_start": 3, "char_end": 4},
    {"thing_id": "t2", "number": 1, "kind": "a", "score": 0.5, "parent_id": "p2", "seen_on": None, "char_start": 0, "char_end": 9},
]  # fmt: skip
PARENTS = {"parents": PARENT.frame([("p1",), ("p2",)])}


def frame(**changes: Any) -> pl.DataFrame:
    """The good rows, the second one changed."""
    return pl.DataFrame([GOOD[0], {**GOOD[1], **changes}, GOOD[2]], schema=TABLE.schema)


def rules(failures: list[Failure]) -> dict[str, int]:
    return {failure.rule: failure.count for failure in failures}


def test_a_good_frame_breaks_no_rule() -> None:
    assert validate(frame(), TABLE, PARENTS) == []
    assert validate(TABLE.frame(), TABLE, PARENTS) == []


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({"thing_id": None}, {"thing_id_is_never_null", "rows_are_sorted_by_key"}),
        ({"thing_id": "x1"}, {"thing_id_has_its_form", "rows_are_sorted_by_key"}),
        ({"thing_id": "t1\n"}, {"thing_id_has_its_form"}),
        ({"thing_id": "t12"}, {"thing_id_has_its_form"}),
        ({"number": None}, {"number_is_never_null", "rows_are_sorted_by_key"}),
        ({"number": 0}, {"number_is_at_least_1", "rows_are_sorted_by_key"}),
        ({"number": 10}, {"number_is_at_most_9"}),
        ({"number": 1}, {"key_is_unique"}),
        ({"kind": "c"}, {"kind_is_a_known_code"}),
        ({"kind": ""}, {"kind_is_a_known_code"}),
        ({"kind": None}, {"kind_is_never_null"}),
        ({"score": -0.01}, {"score_is_at_least_0"}),
        ({"score": 1.01}, {"score_is_at_most_1"}),
        ({"score": float("inf")}, {"score_is_at_most_1"}),
        ({"score": float("nan")}, {"score_is_a_number", "score_is_at_most_1"}),
        ({"parent_id": "p3"}, {"every_parent_id_exists"}),
        ({"char_start": 4}, {"span_is_not_empty"}),
        ({"char_start": 5}, {"span_is_not_empty"}),
        ({"char_start": None}, {"char_start_is_never_null"}),
    ],
)
def test_a_bad_value_is_named(changes: dict[str, Any], broken: set[str]) -> None:
    assert set(rules(validate(frame(**changes), TABLE, PARENTS))) == broken


@pytest.mark.parametrize(
    ("bad", "what"),
    [
        (frame().drop("score"), "score"),
        (frame().with_columns(extra=1), "extra"),
        (frame().with_columns(pl.col("number").cast(pl.Int64)), "number"),
        (frame().select(reversed(TABLE.schema)), "order"),
        (pl.DataFrame(), "thing_id"),
    ],
)
def test_wrong_columns_are_told_before_anything_else(bad: pl.DataFrame, what: str) -> None:
    (failure,) = validate(bad, TABLE, PARENTS)
    assert failure.rule == "columns_are_those_declared"
    assert what in failure.rows[0]


def test_rows_out_of_order_are_found() -> None:
    assert rules(validate(frame().reverse(), TABLE, PARENTS)) == {"rows_are_sorted_by_key": 3}


def test_every_bad_row_is_counted_and_five_are_shown_by_their_key() -> None:
    many = TABLE.frame({**GOOD[0], "thing_id": f"t{n}", "score": 2.0} for n in range(8))
    (failure,) = validate(many, TABLE)
    assert (failure.rule, failure.count) == ("score_is_at_most_1", 8)
    assert failure.rows == tuple({"thing_id": f"t{n}", "number": 1} for n in range(5))
    assert str(failure).startswith("things: score_is_at_most_1: 8 rows\n    thing_id 't0',")


def test_both_rows_of_a_repeated_key_are_counted() -> None:
    assert rules(validate(frame(number=1), TABLE)) == {"key_is_unique": 2}


def test_a_reference_to_a_table_that_is_not_given_is_not_checked() -> None:
    assert validate(frame(parent_id="p3"), TABLE) == []
    assert validate(frame(parent_id="p3"), TABLE, {"others": PARENTS["parents"]}) == []


def test_rows_become_a_frame_of_the_declared_types_sorted_by_key() -> None:
    made = TABLE.frame(reversed(GOOD))
    assert dict(made.schema) == TABLE.schema
    assert validate(made, TABLE, PARENTS) == []
    assert TABLE.frame([tuple(row.values()) for row in GOOD]).equals(made)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "Bad Name"}, "lower snake case"),
        ({"name": "a" * 33}, "32 characters"),
        ({"description": " "}, "a description is required"),
        ({"type": "code"}, "codes go together"),
        ({"codes": {"a": "one"}}, "codes go together"),
    ],
)
def test_an_incomplete_column_does_not_import(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(Column("name", "string", "A name.", "x"), **change)


@pytest.mark.parametrize(
    ("change", "message"),
    [({"name": "Things"}, "lower snake case"), ({"key": ("thing_id", "nope")}, "key names no column: nope")],
)
def test_an_incomplete_table_does_not_import(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(TABLE, **change)


@pytest.mark.parametrize("missing", ["description", "example"])
def test_a_column_without_description_or_example_cannot_be_written_down(missing: str) -> None:
    said = {"name": "name", "type": "string", "description": "A name.", "example": "x"}
    with pytest.raises(TypeError, match=missing):
        Column(**{key: value for key, value in said.items() if key != missing})  # type: ignore[arg-type]

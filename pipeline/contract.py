"""What a table is, and whether a frame is one: `Column`, `Table`, `validate`.

The declarations themselves are in `tables.py`; what is made of them (Arrow, SQL, Markdown) in `render.py`. Nothing here
knows a particular table, writes a file or prints.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import polars as pl

Type = Literal["string", "code", "int32", "int64", "float64", "boolean", "date"]
Severity = Literal["error", "warning"]

POLARS: Mapping[Type, pl.DataType] = {
    "string": pl.String(),
    "code": pl.String(),
    "int32": pl.Int32(),
    "int64": pl.Int64(),
    "float64": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
}
"""Codes are strings in memory and dictionary-encoded on disk, so that R reads factors and Stata value labels."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")  # Stata cuts names at 32 characters


@dataclass(frozen=True)
class Column:
    """One column: what it holds, an example, and what must be true of every value.

    `codes` maps each allowed value to its meaning. `reference` names the `table.column` every value must occur in;
    `derived_from` names the columns the value is computed from. Bounds are inclusive. Raises `ValueError` when the
    declaration itself is incomplete.
    """

    name: str
    type: Type
    description: str
    example: str | int | float | bool | date
    nullable: bool = False
    codes: Mapping[str, str] = field(default_factory=dict)
    unit: str | None = None
    reference: str | None = None
    derived_from: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"column {self.name!r}: use lower snake case, at most 32 characters")
        if not self.description.strip():
            raise ValueError(f"column {self.name}: a description is required")
        if (self.type == "code") != bool(self.codes):
            raise ValueError(f"column {self.name}: type 'code' and a list of codes go together")
        if not self._admits(self.example):
            raise ValueError(f"column {self.name}: its own example {self.example!r} breaks its rules")

    def _admits(self, value: object) -> bool:
        if isinstance(value, str):
            fits = self.pattern is None or re.fullmatch(self.pattern, value)
            return bool(fits) and (not self.codes or value in self.codes)
        least = self.minimum if self.minimum is not None else -math.inf
        most = self.maximum if self.maximum is not None else math.inf
        return not isinstance(value, int | float) or least <= value <= most


@dataclass(frozen=True)
class Table:
    """One table: one row per `grain`, identified by `key`, columns in reading order.

    `caution` is the warning a user should read before counting rows. Raises `ValueError` for a key that is no column.
    """

    name: str
    group: str
    grain: str
    key: tuple[str, ...]
    description: str
    columns: tuple[Column, ...]
    caution: str | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"table {self.name!r}: use lower snake case, at most 32 characters")
        if missing := set(self.key) - {column.name for column in self.columns}:
            raise ValueError(f"table {self.name}: key names no column: {', '.join(sorted(missing))}")

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Column names and polars types, in order."""
        return {column.name: POLARS[column.type] for column in self.columns}

    def frame(self, rows: Any = ()) -> pl.DataFrame:
        """Rows (dicts or tuples in column order) as a frame of this table, sorted by key."""
        return self.shape(pl.DataFrame(list(rows), schema=self.schema, orient=_orient(rows)))

    def of_columns(self, columns: Mapping[str, Sequence[Any]]) -> pl.DataFrame:
        """Columns by name, others left out, as a frame of this table: cheaper than rows where there are many."""
        return self.shape(
            pl.DataFrame({name: pl.Series(columns[name], dtype=kind) for name, kind in self.schema.items()})
        )

    def shape(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with this table's columns, in order and by type, sorted by key."""
        shaped = frame.select(pl.col(name).cast(kind) for name, kind in self.schema.items())
        return shaped if self.is_in_order(shaped) else shaped.sort(self.key)

    def is_in_order(self, frame: pl.DataFrame) -> bool:
        """Whether each row's key comes after that of the row before: sorted, and no key twice. Many times faster than
        to sort, and what steps make is in order nearly always."""
        rises, same = pl.lit(False), pl.lit(True)
        for name in self.key:
            value, before = pl.col(name), pl.col(name).shift(1)
            rises |= same & (value > before)
            same &= value == before
        return frame.height < 2 or bool(frame.select(rises.slice(1).fill_null(False).all()).item())


def _orient(rows: Any) -> Literal["row"] | None:
    first = next(iter(rows), None)
    return "row" if isinstance(first, tuple) else None


@dataclass(frozen=True)
class Failure:
    """A rule a frame breaks: how many rows, up to five of them, and how bad it is."""

    table: str
    rule: str
    count: int
    rows: tuple[dict[str, Any], ...] = ()
    severity: Severity = "error"

    def __str__(self) -> str:
        head = f"{self.table}: {self.rule}: {self.count:,} row{'s' if self.count != 1 else ''}"
        return "\n".join([head, *(f"    {_told(row)}" for row in self.rows)])


def _told(row: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value!r}" for name, value in row.items())


def validate(frame: pl.DataFrame, table: Table, parents: Mapping[str, pl.DataFrame] | None = None) -> list[Failure]:
    """Every declared rule that `frame` breaks; an empty list means it may be published.

    `parents` holds the frames that references point to; a reference to a table that is not given is not checked.
    """
    if list(frame.schema.items()) != list(table.schema.items()):
        unlike = {
            name: f"expected {table.schema.get(name)}, found {frame.schema.get(name)}"
            for name in [*table.schema, *(set(frame.columns) - set(table.schema))]
            if table.schema.get(name) != frame.schema.get(name)
        } or {"order": f"expected {', '.join(table.schema)}"}
        return [Failure(table.name, "columns_are_those_declared", len(unlike), (unlike,))]

    rules = dict(rule for column in table.columns for rule in _rules(column))
    found = frame.select(broken.any().alias(rule) for rule, broken in rules.items())  # all at once, most are whole
    failures = [
        failure(table.name, rule, frame.filter(broken), table.key)
        for rule, broken in rules.items()
        if found[rule].item()
    ]
    if not table.is_in_order(frame):
        repeated = pl.struct(table.key).is_duplicated()
        failures.append(failure(table.name, "key_is_unique", frame.filter(repeated), table.key))
        if not frame.select(table.key).equals(frame.select(table.key).sort(table.key)):
            failures.append(Failure(table.name, "rows_are_sorted_by_key", frame.height))
    if {"char_start", "char_end"} <= set(table.schema):
        empty = pl.col("char_start") >= pl.col("char_end")
        failures.append(failure(table.name, "span_is_not_empty", frame.filter(empty), (*table.key, "char_end")))
    for column in table.columns:
        parent, _, target = (column.reference or "").partition(".")
        held = frame if parent == table.name else (parents or {}).get(parent)
        if held is not None:
            known = held.get_column(target).implode()
            orphans = frame.filter(pl.col(column.name).is_not_null() & ~pl.col(column.name).is_in(known))
            failures.append(failure(table.name, reference_rule(column), orphans, (*table.key, column.name)))
    return [broken for broken in failures if broken.count]


def reference_rule(column: Column) -> str:
    """The sentence that says a column's reference holds."""
    return f"every_{column.name}_exists"


def failure(table: str, rule: str, bad: pl.DataFrame, show: tuple[str, ...], severity: Severity = "error") -> Failure:
    """A `Failure` over the rows of `bad`, of which up to five are shown by the columns `show`."""
    shown = list(dict.fromkeys(name for name in show if name in bad.columns))
    return Failure(table, rule, bad.height, tuple(bad.head(5).select(shown).to_dicts()), severity)


def _rules(column: Column) -> list[tuple[str, pl.Expr]]:
    """(rule name, expression that is true where the rule is broken) for one column."""
    value = pl.col(column.name)
    rules: list[tuple[str, pl.Expr]] = []
    if not column.nullable:
        rules.append((f"{column.name}_is_never_null", value.is_null()))
    if column.codes:
        rules.append((f"{column.name}_is_a_known_code", value.is_not_null() & ~value.is_in(list(column.codes))))
    if column.minimum is not None:
        rules.append((f"{column.name}_is_at_least_{column.minimum:g}", value < column.minimum))
    if column.maximum is not None:
        rules.append((f"{column.name}_is_at_most_{column.maximum:g}", value > column.maximum))
    if column.pattern is not None:
        rules.append((f"{column.name}_has_its_form", ~value.str.contains(f"^(?:{column.pattern})$")))
    if column.type == "float64":
        rules.append((f"{column.name}_is_a_number", value.is_nan()))
    return rules

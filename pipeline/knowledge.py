"""Knowledge in, typed rows out: every file under `seeds/` and in a register of the user's is read here, and only here.

A knowledge file is described by the dataclass (or NamedTuple) of its rows, which lives beside the pure function that
uses it. Cells are converted by the annotation: `str`, `int`, `float`, `bool` (true/false), `date` (ISO 8601),
`Literal[...]` (closed vocabulary), `tuple[str, ...]` (values separated by `|`), each also as `T | None` (empty cell).
What a type cannot say, the row's own `__post_init__` says by raising `ValueError`. A field called `origin` is no
column: it tells a row where it was written. No matching, tagging or publishing belongs here.
"""

import csv
import math
import types
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

Row = TypeVar("Row")
_ORIGIN = "origin"


class SeedError(ValueError):
    """A knowledge file cannot be used; the message names file, row, column and what to do."""


def read_rows(
    path: Path, row_type: type[Row], origin: Callable[[str], Any] | None = None, label: str = ""
) -> list[Row]:
    """Rows of one CSV file, in file order; errors call it `label`, its name where none is given.

    `origin` makes of a place ("people.csv, row 12") what the row's field `origin` is to hold. Raises `SeedError` for a
    missing file, a header that is not exactly the row's columns, or a cell that does not fit.
    """
    return list(_rows(path, row_type, origin, label or path.name))


def columns(row_type: type) -> list[str]:
    """The columns of the CSV file of these rows, in order."""
    return [name for name in get_type_hints(row_type) if name != _ORIGIN]


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Named arrays of one `.npz` file, the weights of a learned model. Raises `SeedError` where it cannot be read."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise SeedError(f"{path.name}: cannot be read ({error}); restore it from the repository") from error


def _rows(path: Path, row_type: type[Row], origin: Callable[[str], Any] | None, label: str) -> Iterator[Row]:
    if not path.is_file():
        raise SeedError(f"{label}: no such file in {path.parent}; restore it from the repository")
    hints = get_type_hints(row_type)
    converters = {name: _converter(hints[name]) for name in columns(row_type)}
    with path.open(encoding="utf-8-sig", newline="") as file:  # spreadsheets like to add a BOM
        reader = csv.DictReader(file, strict=True)
        try:
            _check_header(label, list(reader.fieldnames or []), list(converters))
            for cells in reader:
                place = f"{label}, row {reader.line_num}"
                more = {_ORIGIN: origin(place)} if origin else {}
                yield _row(place, cells, converters, row_type, more)
        except csv.Error as error:
            raise SeedError(f"{label}, row {reader.line_num}: not valid CSV ({error})") from error
        except UnicodeDecodeError as error:
            raise SeedError(f"{label}: not in UTF-8; save it again as CSV in UTF-8") from error


def _check_header(label: str, header: list[str], expected: list[str]) -> None:
    if sorted(header) != sorted(expected):
        missing = ", ".join(sorted(set(expected) - set(header))) or "none"
        unknown = ", ".join(sorted(set(header) - set(expected))) or "none"
        raise SeedError(
            f"{label}, header: columns do not fit (missing: {missing}; unknown: {unknown}); "
            f"expected {', '.join(expected)}"
        )


def _row(
    place: str, cells: dict[str, str], converters: dict[str, "Converter"], row_type: type[Row], more: dict[str, Any]
) -> Row:
    values = {}
    for name, convert in converters.items():
        cell = cells.get(name)
        if cell is None or None in cells:
            raise SeedError(f"{place}: expected {len(converters)} cells; check commas and quotes")
        try:
            values[name] = convert(cell.strip())
        except ValueError as error:
            raise SeedError(f"{place}, column {name}: {cell!r} {error}") from None
    try:
        return row_type(**values, **more)
    except ValueError as error:
        raise SeedError(f"{place}: {error}") from None


Converter = Callable[[str], Any]


def _converter(hint: Any) -> Converter:
    """The function that turns a cell into a value of `hint`; it raises `ValueError` saying what was expected."""
    if get_origin(hint) in (Union, types.UnionType):
        (inner,) = [arg for arg in get_args(hint) if arg is not type(None)]
        convert = _converter(inner)
        return lambda cell: convert(cell) if cell else None
    if get_origin(hint) is Literal:
        codes = get_args(hint)
        return lambda cell: _one_of(cell, codes)
    if get_origin(hint) is tuple:
        return lambda cell: tuple(part.strip() for part in cell.split("|") if part.strip())
    return _SCALARS[hint]


def _one_of(cell: str, codes: tuple[str, ...]) -> str:
    if cell not in codes:
        raise ValueError(f"is not one of {', '.join(codes)}")
    return cell


def _text(cell: str) -> str:
    if not cell:
        raise ValueError("must not be empty")
    return cell


def _boolean(cell: str) -> bool:
    return _one_of(cell.lower(), ("true", "false")) == "true"


def _number(kind: type) -> Converter:
    def convert(cell: str) -> Any:
        try:
            number = kind(cell)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise ValueError(f"is not a number ({kind.__name__})")
        return number

    return convert


def _date(cell: str) -> date:
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise ValueError("is not a date; write YYYY-MM-DD") from None


_SCALARS: dict[Any, Converter] = {
    str: _text,
    bool: _boolean,
    int: _number(int),
    float: _number(float),
    date: _date,
}

"""The sidecar `metadata.csv`: outlet, date, url, title, language and author of articles whose files cannot say so.

It lies in any folder of the input and speaks for the files in and below that folder, by their name or relative path.
A sidecar that cannot be used is reported, never raised.
"""

import csv
import os.path
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path, PurePath, PurePosixPath
from typing import NamedTuple, Protocol, TypeVar

from pipeline.readers.given import Names, Spellings, accepted, given_of, iso_date, match
from pipeline.text.decode import Binary, Undecodable, decode

SIDECAR = "metadata.csv"

AnyPath = TypeVar("AnyPath", bound=PurePath)


class Problem(NamedTuple):
    """Something wrong in a sidecar: its path in the input, the row after the header (0: all of it), a sentence."""

    path: str
    row: int
    problem: str


class Located(Protocol):
    """What `discover` yields: a path relative to the input, and where the file lies."""

    @property
    def path(self) -> str: ...
    @property
    def source(self) -> str: ...


def read_sidecars(found: Sequence[Located], names: Names) -> tuple[dict[str, Mapping[str, str]], list[Problem]]:
    """What sidecars say about the files found, by path, and what is wrong with them.

    Keys of the cells: title, outlet, date (ISO 8601), url, language, author. The sidecar nearest to a file wins.
    """
    said: dict[str, dict[str, str]] = {}
    problems: list[Problem] = []
    paths = {_same(entry.path): entry.path for entry in found}
    for sidecar, source in sorted(sidecars(found).items(), key=lambda item: (len(item[0].parts), item[0])):
        for name, cells in _read(source, str(sidecar), names.column, problems, paths):
            path = paths.get(_same(str(sidecar.parent / name)))
            if path:
                said[path] = said.get(path, {}) | cells
    return dict(said), problems


def sidecars(found: Sequence[Located]) -> dict[PurePosixPath, Path]:
    """Every sidecar of the input: its path there, and where it lies."""
    parents = {(entry.path.rpartition("/")[0], os.path.dirname(entry.source)) for entry in found}
    places = {
        above / SIDECAR: beside / SIDECAR
        for folder, parent in parents
        for above, beside in zip(_upwards(PurePosixPath(folder)), _upwards(Path(parent)), strict=False)
    }
    return {path: source for path, source in places.items() if source.is_file()}


def _upwards(folder: AnyPath) -> list[AnyPath]:
    return [folder, *folder.parents]


def _same(path: str) -> str:
    """File systems and spreadsheets differ in how they write accents and slashes."""
    return unicodedata.normalize("NFC", path.replace("\\", "/"))


def _read(
    source: Path, path: str, spellings: Spellings, problems: list[Problem], there: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, str]]]:
    """(file name, cells) of each usable row; what is not usable is added to `problems`. `there` are all paths of the input."""
    try:
        text = decode(source.read_bytes()).text
        delimiter = max(",;\t", key=text.partition("\n")[0].count)
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except (OSError, Binary, Undecodable, csv.Error) as error:
        problems.append(Problem(path, 0, f"The sidecar cannot be read ({error}); save it as CSV in UTF-8."))
        return
    header = rows[0] if rows else []
    columns = match(header, spellings)
    if "file" not in columns:
        found = ", ".join(header) or "none"
        advice = f"name the column with the file names file (also accepted: {accepted('file', spellings)})"
        problems.append(Problem(path, 0, f"The sidecar has no column of file names (found: {found}); {advice}."))
        return
    places = {field: header.index(column) for field, column in columns.items()}
    named: set[str] = set()

    def is_there(name: str) -> bool:
        in_archive = _same(str(PurePosixPath(path).parent / name)) in there
        return in_archive or (source.parent / name.replace("\\", "/")).exists()

    for number, row in enumerate(rows[1:], 1):
        if not any(row):
            continue
        name, cells, problem = _row(row, len(header), places)
        if not problem and name in named:
            problem = f"Row {number} names {name} a second time; keep one of the two rows."
        elif not problem and not is_there(name):
            problem = f"Row {number} names {name}, which is not in the folder; correct the name or delete the row."
        elif problem:
            problem = f"Row {number} {problem}"
        if problem:
            problems.append(Problem(path, number, problem))
        if name and name not in named:
            named.add(name)
            yield name, cells


def _row(row: list[str], n_columns: int, places: dict[str, int]) -> tuple[str, dict[str, str], str | None]:
    """File name, cells, and what is wrong with them."""
    if len(row) != n_columns:
        return "", {}, f"has {len(row)} cells, the header has {n_columns}; check commas and quotes."
    name = row[places["file"]].strip()
    if not name:
        return "", {}, "names no file; fill the cell or delete the row."
    cells = given_of({field: row[place] for field, place in places.items()})
    written = cells.get("date")
    if written is None:
        return name, cells, None
    if date := iso_date(written):
        return name, cells | {"date": date}, None
    del cells["date"]
    return name, cells, f"gives {name} the date {written!r}, which cannot be read; write YYYY-MM-DD."

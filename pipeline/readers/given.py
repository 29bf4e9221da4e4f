"""What a record says about itself, under our names: which column, meta tag or JSON-LD key means title, outlet, date ...

The accepted spellings are rows of `rules/given.csv` in the seeds, in order of preference. Finding a title or a date in
the text itself is not done here.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from pipeline.knowledge import read_rows
from pipeline.readers.exports import EXPORTS_CSV, Export
from pipeline.text.dates import DATE, parse_date
from pipeline.text.decode import repair

GIVEN_CSV = "rules/given.csv"
GIVEN_FIELDS = ("title", "outlet", "date", "url", "language", "author")

Place = Literal["column", "meta", "json_ld"]


class GivenName(NamedTuple):
    """One accepted spelling: a name that means `field` where it stands as a column, meta tag or JSON-LD key."""

    field: Literal["text", "title", "outlet", "date", "url", "language", "author", "file"]
    place: Place
    name: str


Spellings = Mapping[str, list[str]]


class Names(NamedTuple):
    """For each place, field to accepted spellings, in order of preference; how exports tell records apart."""

    column: Spellings
    meta: Spellings
    json_ld: Spellings
    exports: tuple[Export, ...] = ()


NO_NAMES = Names({}, {}, {})


def names_of(seeds: str) -> Names:
    """The spellings and separators these seeds accept. Raises `SeedError`."""
    names: dict[Place, dict[str, list[str]]] = {"column": {}, "meta": {}, "json_ld": {}}
    for row in read_rows(Path(seeds) / GIVEN_CSV, GivenName):
        names[row.place].setdefault(row.field, []).append(_fold(row.name))
    return Names(**names, exports=tuple(read_rows(Path(seeds) / EXPORTS_CSV, Export)))


def _fold(name: str) -> str:
    """`Publish Date`, `publish-date` and `PUBLISH_DATE` are one name."""
    return re.sub(r"[\W_]+", "_", name.strip().casefold()).strip("_")


def accepted(field: str, spellings: Spellings) -> str:
    """The first of the accepted spellings of a field, for a sentence."""
    return ", ".join([*spellings.get(field, [])[:6], f"and others in {GIVEN_CSV}"])


def match(columns: Iterable[str], spellings: Spellings) -> dict[str, str]:
    """Field to the column that holds it; where several do, the first in the order of the seeds."""
    folded = {_fold(column): column for column in reversed(list(columns))}
    found = {field: [folded[name] for name in names if name in folded] for field, names in spellings.items()}
    return {field: columns[0] for field, columns in found.items() if columns}


def no_text_column(columns: Sequence[str], spellings: Spellings) -> str:
    """The sentence for a table without a column of texts."""
    found = ", ".join(columns[:20]) + (f" and {len(columns) - 20} more" if len(columns) > 20 else "")
    return (
        f"No column holds the text: found {found or 'none'}; rename the column with the articles to text "
        f"(also accepted: {accepted('text', spellings)}){fetched(columns, spellings)}."
    )


def fetched(columns: Iterable[str], spellings: Spellings) -> str:
    """What to do with a list of addresses, such as Media Cloud and GDELT give out."""
    return ", or fetch the pages it lists and give those" if "url" in match(columns, spellings) else ""


def given_of(cells: Mapping[str, object]) -> dict[str, str]:
    """Cells of a record by field, as single lines. An outlet that is an address is named by its host; the address is the
    article's where none is given and it leads to more than a front page."""
    given = single_lines(cells)
    address = _ADDRESS.fullmatch(given.get("outlet", ""))
    if address is None:
        return given
    of_article = {"url": address[0]} if address["page"] else {}
    return of_article | given | {"outlet": address["host"].lower()}


_ADDRESS = re.compile(r"https?://(?:www\.)?(?P<host>[^/?#\s]+)/?(?P<page>\S*)", re.IGNORECASE)


def single_lines(cells: Mapping[str, object]) -> dict[str, str]:
    """Cells by field, as single-line strings; empty and nested ones are left out, several authors are joined by `; `."""
    given = {field: _line(value) for field, value in cells.items() if field in GIVEN_FIELDS}
    return {field: line for field, line in given.items() if line}


def _line(value: object) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Mapping):  # an author as an object of his own
        return _line(value.get("name"))
    if isinstance(value, (list, tuple)):
        return "; ".join(filter(None, map(_line, value)))
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return " ".join(repair(str(value))[0].split())
    return ""


# -- dates ---------------------------------------------------------------------------------------------------------

_ISO = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?(?:[T ]\d\d:?\d\d.*)?")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T?\d{4,6}Z?)?")
_WRITTEN = re.compile(DATE)


@lru_cache(4096)
def iso_date(written: str) -> str | None:
    """`2024-03-12`, `2024-03` or `2024` as far as `written` says so; None when it does not, or not for certain.

    The day is the one written, in the time zone it was written in. `03/04/2024` may be two days, so it is none.
    """
    for form in (_COMPACT, _ISO):
        if found := form.fullmatch(written.strip()):
            return _calendar(found.groups())
    found = _WRITTEN.match(written.strip())
    day, precision = (found and parse_date(found.group())) or (None, "none")
    return day.isoformat()[: {"day": 10, "month": 7}[precision]] if day and precision != "year" else None


def _calendar(parts: Sequence[str | None]) -> str | None:
    numbers = [int(part) for part in parts if part]
    try:
        date(*[*numbers, 1, 1][:3])
    except ValueError:
        return None
    return "-".join([f"{numbers[0]:04}", *(f"{number:02}" for number in numbers[1:])])

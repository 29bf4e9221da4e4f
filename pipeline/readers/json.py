"""JSON: one article a file, as crawlers write them, a list of articles, or the answer of a news service with such a list in it.

The whole file is held in memory. A file with an object a line (`.jsonl` by another name) is read as one.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from pipeline.readers.given import NO_NAMES, Names, Spellings, match
from pipeline.readers.jsonl import JsonlReader, flat, record_of
from pipeline.readers.lines import layout_of
from pipeline.readers.record import MAX_BYTES, CorruptFile, Page, Record, plain_page, whole_file
from pipeline.text.decode import decode_unrepaired


class JsonReader:
    """`.json`: fields named as the columns of a table (`rules/given.csv`)."""

    format = "json"
    suffixes: tuple[str, ...] = (".json",)

    def records(
        self, file: BinaryIO, names: Names, *, number: int = 1, offset: int = 0, max_bytes: int = MAX_BYTES
    ) -> Iterator[Record]:
        if _is_lines(layout_of(file).head):
            yield from JsonlReader().records(file, names, number=number, offset=offset, max_bytes=max_bytes)
            return
        whole = whole_file(file, max_bytes)
        if not isinstance(whole.payload, bytes) or whole.status != "ok":
            yield whole._replace(problem=_TOO_LARGE.format(max_bytes)) if whole.status == "too_large" else whole
            return
        text, encoding, repairs = decode_unrepaired(whole.payload)
        articles = _articles(_value(text.removeprefix("\ufeff")), names.column)
        for place, article in enumerate(articles[number - 1 :], number):
            yield record_of(f"Record {place}", place, 0, article, names.column)._replace(
                encoding=encoding, repairs=repairs
            )

    def render(self, payload: bytes | str, names: Names = NO_NAMES) -> Page:
        return plain_page(payload)


_TOO_LARGE = (
    "The file holds more than {:,} bytes, which is too much to read at once; write one article a line into a file that ends "
    "in .jsonl (for a list: jq -c '.[]' articles.json > articles.jsonl) or raise the bound."
)


def _is_lines(head: str) -> bool:
    """Whether the first line is an object of its own and more follows."""
    first, _, rest = head.lstrip().partition("\n")
    try:
        return bool(rest.strip()) and isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


_BLANK = re.compile(r"\s*")


def _value(text: str) -> object:
    """What a text says; the list, where it is several values one after the other. Raises `CorruptFile`."""
    values, at = [], _end_of_blank(text, 0)
    try:
        while at < len(text):
            value, end = _DECODER.raw_decode(text, at)
            values.append(value)
            at = _end_of_blank(text, end)
    except json.JSONDecodeError as error:
        reason = f"{error.msg.removesuffix(' at')} at line {error.lineno}, column {error.colno}"
        raise CorruptFile(f"The JSON is broken or cut short ({reason}); fetch it again or mend it.") from error
    except (ValueError, RecursionError) as error:
        raise CorruptFile(f"The JSON cannot be read ({error}); write it again.") from error
    return values[0] if len(values) == 1 else values


_DECODER = json.JSONDecoder()


def _end_of_blank(text: str, start: int) -> int:
    return _BLANK.match(text, start).end()  # type: ignore[union-attr]  # fits anywhere


_DEPTH = 4  # of lists in answers: Elasticsearch has `hits.hits`, the Guardian `response.results`


def _articles(value: object, spellings: Spellings) -> Sequence[object]:
    """The objects with a text that stand highest, of all lists there, with those beside them; without any, the value itself."""
    level: list[object] = [value]
    for _ in range(_DEPTH):
        if found := [article for one in level for article in _list_in(one, spellings)]:
            return found
        level = [inner for one in level for inner in _inside(one)]
    return value if isinstance(value, list) else [value]


def _list_in(value: object, spellings: Spellings) -> Sequence[object]:
    """The first reading of a value in which something has a text; nothing where there is none."""
    readings = _readings(value, spellings)
    return next((many for many in readings if any(_has_text(item, spellings) for item in many)), ())


def _readings(value: object, spellings: Spellings) -> Iterator[Sequence[object]]:
    """The lists a value may be: itself, its one article, articles by their keys, or the columns of a table."""
    if isinstance(value, list):
        yield value
    if isinstance(value, dict):
        yield [value]
        if all(isinstance(item, dict) for item in value.values()):
            yield list(value.values())
            yield _rows(value, spellings)


def _rows(columns: Mapping[str, Mapping[str, object]], spellings: Spellings) -> Sequence[object]:
    """The rows of a table written by columns, as pandas does; none of what is no table."""
    column = match(columns, spellings).get("text", "")
    return [{name: cells.get(row) for name, cells in columns.items()} for row in columns.get(column, {})]


def _has_text(value: object, spellings: Spellings) -> bool:
    if not isinstance(value, dict):
        return False
    cells = flat(value)
    return "text" in (columns := match(cells, spellings)) and isinstance(cells[columns["text"]], str)


def _inside(value: object) -> list[object]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [item for item in inner if isinstance(item, (dict, list))]

"""JSON Lines: one JSON object a line, one article an object. A line that cannot be used is reported; the rest goes on.

The record's number is its line, so that a problem can be found in an editor. Blank lines are skipped.
"""

import json
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from pipeline.readers.given import NO_NAMES, Names, Spellings, accepted, fetched, given_of, match
from pipeline.readers.lines import Lines, LineTooLong, decode_line, layout_of
from pipeline.readers.record import MAX_BYTES, Page, Record, plain_page, too_large
from pipeline.text.decode import Binary, Undecodable


class JsonlReader:
    """`.jsonl`, `.ndjson`: fields named as the columns of a table (`rules/given.csv`)."""

    format = "jsonl"
    suffixes: tuple[str, ...] = (".jsonl", ".ndjson")

    def records(
        self, file: BinaryIO, names: Names, *, number: int = 1, offset: int = 0, max_bytes: int = MAX_BYTES
    ) -> Iterator[Record]:
        layout = layout_of(file)
        lines = Lines(file, layout.newline, offset, max_bytes)
        while True:
            start = lines.offset
            try:
                record = _record(number, start, next(lines), layout.encoding, names.column)
            except StopIteration:
                return
            except LineTooLong:
                problem = too_large(f"Line {number}", max_bytes)
                record = Record(number, offset=start, status="too_large", problem=problem)
            if record:
                yield record
            number += 1

    def render(self, payload: bytes | str, names: Names = NO_NAMES) -> Page:
        return plain_page(payload)


def _record(number: int, offset: int, line: bytes, encoding: str, spellings: Spellings) -> Record | None:
    def bad(problem: str) -> Record:
        return Record(number, offset=offset, status="bad_record", problem=problem)

    try:
        text, encoding, repairs = decode_line(line, encoding)
    except (Binary, Undecodable) as error:
        return bad(f"Line {number} is not text in any known encoding ({error}); fix the line or delete it.")
    text = text.removeprefix("\ufeff").strip()
    if not text:
        return None
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        reason = f"{error.msg.removesuffix(' at')} at character {error.pos + 1}"
        return bad(f"Line {number} is not valid JSON ({reason}); fix the line or delete it.")
    except (ValueError, RecursionError) as error:
        return bad(f"Line {number} is not JSON that can be read ({error}); fix the line or delete it.")
    record = record_of(f"Line {number}", number, offset, value, spellings)
    return record._replace(encoding=encoding, repairs=repairs)


def record_of(what: str, number: int, offset: int, value: object, spellings: Spellings) -> Record:
    """The article a JSON value is; `what` begins the sentence that says why it is none."""

    def bad(problem: str) -> Record:
        return Record(number, offset=offset, status="bad_record", problem=f"{what}{problem}")

    if not isinstance(value, dict):
        return bad(f" holds {_KINDS[type(value)]}, not an object; write one {{...}} with a text.")
    cells = flat(value)
    filled = [name for name, cell in cells.items() if cell not in (None, "", [])]
    columns = match(cells, spellings) | match(filled, spellings)
    if "text" not in columns:
        found = ", ".join([*map(str, cells)][:_SHOWN]) or "none"
        return bad(
            f" has no text: found {found}; name the field text (also accepted: {accepted('text', spellings)}){fetched(cells, spellings)}."
        )
    article = cells[columns["text"]]
    given = given_of({field: cells[column] for field, column in columns.items()})
    if article is None or article == "":
        return Record(number, "", offset, given, "empty", f"{what} holds no text; fill it or delete it.")
    if not isinstance(article, str):
        return bad(f": field {columns['text']} holds {_KINDS[type(article)]}, not a text; write it as one string.")
    return Record(number, article, offset, given)


_SHOWN = 12  # keys in a sentence


def flat(value: Mapping[str, object]) -> dict[str, object]:
    """An object with what stands in objects in it beside the rest: `source.name`, as pandas calls it."""
    inner = {
        f"{name}.{key}": cell for name, cells in value.items() if isinstance(cells, dict) for key, cell in cells.items()
    }
    return {name: cell for name, cell in value.items() if not isinstance(cell, dict)} | inner


_KINDS = {
    list: "a list",
    dict: "an object",
    str: "a string",
    int: "a number",
    float: "a number",
    bool: "true or false",
    type(None): "null",
}

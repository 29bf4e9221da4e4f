"""JSON Lines: one JSON object a line, one article an object. A line that cannot be used is reported; the rest goes on.

The record's number is its line, so that a problem can be found in an editor. Blank lines are skipped.
"""

import json
from collections.abc import Iterator
from typing import BinaryIO

from pipeline.readers.given import NO_NAMES, Names, Spellings, accepted, given_of, match
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
    if not isinstance(value, dict):
        return bad(f"Line {number} holds {_KINDS[type(value)]}, not an object; write one {{...}} with a text a line.")
    columns = match(value, spellings)
    if "text" not in columns:
        return bad(f"Line {number} has no text; name the field text (also accepted: {accepted('text', spellings)}).")
    article = value[columns["text"]]
    given = given_of({field: value[column] for field, column in columns.items()})
    if article is None or article == "":
        return Record(number, "", offset, given, "empty", f"Line {number} holds no text; fill it or delete the line.")
    if not isinstance(article, str):
        what = _KINDS[type(article)]
        return bad(f"Line {number}: field {columns['text']} holds {what}, not a text; write it as one string.")
    return Record(number, article, offset, given, encoding=encoding, repairs=repairs)


_KINDS = {
    list: "a list",
    dict: "an object",
    str: "a string",
    int: "a number",
    float: "a number",
    bool: "true or false",
    type(None): "null",
}

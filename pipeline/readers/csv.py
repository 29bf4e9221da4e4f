"""CSV and TSV: one article a row, a header with the names of the columns. A row that does not fit is reported.

Delimiter and encoding are judged by the head of the file. Quoting is read strictly: a stray quote mark would otherwise
change the text without a word. Rows are numbered after the header; blank ones are skipped.
"""

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import BinaryIO

from pipeline.readers.given import NO_NAMES, Names, Spellings, given_of, match, no_text_column
from pipeline.readers.lines import Layout, Lines, LineTooLong, decode_line, layout_of
from pipeline.readers.record import MAX_BYTES, Page, Record, plain_page, too_large
from pipeline.text.decode import Binary, Undecodable

Row = list[str] | Exception


class CsvReader:
    """A table as text; of `delimiters`, the first that yields a text column in the header is taken."""

    def __init__(self, name: str, suffixes: tuple[str, ...], delimiters: str) -> None:
        self.format, self.suffixes, self._delimiters = name, suffixes, delimiters

    def records(
        self, file: BinaryIO, names: Names, *, number: int = 1, offset: int = 0, max_bytes: int = MAX_BYTES
    ) -> Iterator[Record]:
        layout = layout_of(file)
        if not layout.head.strip():
            return
        csv.field_size_limit(max_bytes)
        delimiter, header = _header(layout, self._delimiters, names.column)
        columns = match(header, names.column)
        if "text" not in columns:
            yield Record(1, status="bad_record", problem=no_text_column(header, names.column))
            return
        places = {field: header.index(column) for field, column in columns.items()}
        lines = _TextLines(file, layout, offset, max_bytes)
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
        if offset == 0:
            next(rows)  # the header
        while True:
            start = lines.begin_row()
            try:
                row: Row = next(rows)
            except StopIteration:
                return
            except (csv.Error, LineTooLong, Binary, Undecodable) as error:
                row = error
            if row != []:
                record = _record(number, row, len(header), places, max_bytes)
                yield record._replace(offset=start, encoding=lines.encoding, repairs=lines.repairs)
                number += 1

    def render(self, payload: bytes | str, names: Names = NO_NAMES) -> Page:
        return plain_page(payload)


def _header(layout: Layout, delimiters: str, spellings: Spellings) -> tuple[str, list[str]]:
    """The delimiter and the column names: the first delimiter with a text column, else the one with most columns."""
    headers = {}
    for delimiter in delimiters:
        try:
            headers[delimiter] = next(csv.reader(StringIO(layout.head, newline=""), delimiter=delimiter))
        except (csv.Error, StopIteration):
            headers[delimiter] = []
    best = max(delimiters, key=lambda one: ("text" in match(headers[one], spellings), len(headers[one])))
    return best, headers[best]


class _TextLines(Iterator[str]):
    """Lines as the csv module wants them; remembers how those of the present row were decoded."""

    def __init__(self, file: BinaryIO, layout: Layout, offset: int, max_bytes: int) -> None:
        self._lines = Lines(file, layout.newline, offset, max_bytes)
        self._encoding = layout.encoding
        self.begin_row()

    def begin_row(self) -> int:
        """Forget the last row; the byte the next one begins at."""
        self.encoding = self._encoding
        self.repairs: tuple[str, ...] = ()
        return self._lines.offset

    def __next__(self) -> str:
        is_first = self._lines.offset == 0
        text, encoding, repairs = decode_line(next(self._lines), self._encoding)
        if encoding != self._encoding or repairs:
            self.encoding, self.repairs = encoding, tuple(dict.fromkeys(self.repairs + repairs))
        return text.removeprefix("\ufeff") if is_first else text


def _record(number: int, row: Row, n_columns: int, places: dict[str, int], max_bytes: int) -> Record:
    if isinstance(row, LineTooLong) or (isinstance(row, csv.Error) and "field limit" in str(row)):
        return Record(number, status="too_large", problem=too_large(f"Row {number}", max_bytes))
    if isinstance(row, Exception):
        advice = "put cells with commas, quotes or line breaks in quotes and double the quote marks inside"
        return Record(number, status="bad_record", problem=f"Row {number} is not valid CSV ({row}); {advice}.")
    if len(row) < n_columns or any(row[n_columns:]):
        advice = "a comma or a quote mark in its text may lack its quotes"
        problem = f"Row {number} has {len(row)} cells, the header has {n_columns}; {advice}."
        return Record(number, status="bad_record", problem=problem)
    cells: dict[str, Sequence[str]] = {field: row[place] for field, place in places.items()}
    article = row[places["text"]]
    if not article:
        problem = f"Row {number} holds no text; fill it or delete the row."
        return Record(number, "", 0, given_of(cells), "empty", problem)
    return Record(number, article, 0, given_of(cells))

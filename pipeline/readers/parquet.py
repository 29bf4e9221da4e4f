"""Parquet: one article a row, read a row group's slice at a time. Numbers and offsets are rows."""

import shutil
import tempfile
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.readers.given import NO_NAMES, Names, Spellings, given_of, match, no_text_column
from pipeline.readers.opening import is_packed
from pipeline.readers.record import MAX_BYTES, CorruptFile, Page, Record, plain_page, too_large
from pipeline.text.decode import Binary, Undecodable, decode_unrepaired

_SLICE = 256  # rows decoded at a time; a few MB of articles


class ParquetReader:
    """Text columns may be strings, dictionaries of strings, or bytes."""

    format = "parquet"
    suffixes: tuple[str, ...] = (".parquet", ".pq")

    def records(
        self, file: BinaryIO, names: Names, *, number: int = 1, offset: int = 0, max_bytes: int = MAX_BYTES
    ) -> Iterator[Record]:
        try:
            table = pq.ParquetFile(_seekable(file))
            columns = match(table.schema_arrow.names, names.column)
            problem = _no_text(table.schema_arrow, columns, names.column)
            if problem:
                yield Record(1, status="bad_record", problem=problem)
                return
            for row, cells in _rows(table, list(columns.values()), offset):
                yield _record(row, {field: cells[column] for field, column in columns.items()}, max_bytes)
        except (pa.ArrowException, OSError) as error:
            reason = str(error).split("\n")[0].rstrip(".")
            raise CorruptFile(
                f"The Parquet file is broken or cut short ({reason}); fetch or write it again."
            ) from error

    def render(self, payload: bytes | str, names: Names = NO_NAMES) -> Page:
        return plain_page(payload)


def _seekable(file: BinaryIO) -> BinaryIO:
    """Parquet is read from its end; a packed one is unpacked aside, since seeking starts over each time."""
    if not is_packed(file):
        return file
    file.seek(0)
    unpacked = tempfile.TemporaryFile()  # noqa: SIM115 (closed and removed with its last reference)
    shutil.copyfileobj(file, unpacked)
    return cast(BinaryIO, unpacked)


def _no_text(schema: pa.Schema, columns: dict[str, str], spellings: Spellings) -> str | None:
    if "text" not in columns:
        return no_text_column(schema.names, spellings)
    kind = schema.field(columns["text"]).type
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    if any(is_kind(kind) for is_kind in _TEXT_TYPES):
        return None
    return f"Column {columns['text']} holds {kind}, not text; store the articles as strings."


_TEXT_TYPES = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_string_view,
    pa.types.is_binary,
    pa.types.is_large_binary,
)


def _rows(table: pq.ParquetFile, columns: list[str], first: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """(row, its cells by column), from row `first` on; row groups before it are not read."""
    row = 0
    for group in range(table.num_row_groups):
        end = row + table.metadata.row_group(group).num_rows
        if first < end:
            for batch in table.iter_batches(_SLICE, row_groups=[group], columns=columns):
                if first < row + batch.num_rows:
                    start = max(first - row, 0)
                    yield from enumerate(batch.slice(start).to_pylist(), row + start)
                row += batch.num_rows
        row = end


def _record(row: int, cells: dict[str, Any], max_bytes: int) -> Record:
    number, article, given = row + 1, cells["text"], given_of(cells)
    if not article:
        problem = f"Row {number} holds no text; fill it or leave the row out."
        return Record(number, "", row, given, "empty", problem)
    if len(article) > max_bytes:
        return Record(number, None, row, given, "too_large", too_large(f"Row {number}", max_bytes))
    if isinstance(article, str):
        return Record(number, article, row, given)
    try:
        text, encoding, repairs = decode_unrepaired(article)
    except (Binary, Undecodable) as error:
        problem = f"Row {number} is not text ({error}); store the articles as strings."
        return Record(number, None, row, given, "bad_record", problem)
    return Record(number, text, row, given, encoding=encoding, repairs=repairs)

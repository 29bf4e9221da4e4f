"""Readers: from the bytes of a file to records, and from a record to its text. One small module a format.

To add a format, write a module with a `Reader` and name it in `READERS`; nothing else changes.
"""

import gzip
import os.path
import re
import zlib
from pathlib import Path
from typing import BinaryIO, cast

from pipeline.readers.csv import CsvReader
from pipeline.readers.html import HtmlReader
from pipeline.readers.jsonl import JsonlReader
from pipeline.readers.parquet import ParquetReader
from pipeline.readers.record import MAX_BYTES, CorruptFile, Page, Reader, Record
from pipeline.readers.txt import TextReader

__all__ = ["MAX_BYTES", "READERS", "CorruptFile", "Page", "Reader", "Record", "open_input", "reader_for"]

READERS: tuple[Reader, ...] = (
    TextReader(),
    HtmlReader(),
    JsonlReader(),
    CsvReader("csv", (".csv",), ",;\t|"),
    CsvReader("tsv", (".tsv", ".tab"), "\t"),
    ParquetReader(),
)
_BY_SUFFIX = {suffix: reader for reader in READERS for suffix in reader.suffixes}
_GZIP = b"\x1f\x8b"
_HTML = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)


def reader_for(path: str | Path, head: bytes = b"") -> Reader:
    """The reader of a file, by its ending (`.gz` aside).

    A file with an ending no reader claims is plain text, or a web page when its first bytes say so.
    """
    suffix = os.path.splitext(str(path).lower().removesuffix(".gz"))[1]
    return _BY_SUFFIX.get(suffix) or _BY_SUFFIX[".html" if _HTML.match(head) else ".txt"]


def open_input(path: Path) -> BinaryIO:
    """The file's bytes, decompressed when it is gzipped (told by its first bytes, not its name).

    Raises `OSError`, and `CorruptFile` while reading a broken gzip.
    """
    file = path.open("rb")
    if file.peek(2)[:2] != _GZIP:
        return file
    file.close()
    return cast(BinaryIO, _Gzip(path))


class _Gzip(gzip.GzipFile):
    def read(self, size: int | None = -1) -> bytes:
        try:
            return super().read(size)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            reason = str(error).rstrip(".")
            raise CorruptFile(f"The gzip file is broken or cut short ({reason}); fetch it again.") from error

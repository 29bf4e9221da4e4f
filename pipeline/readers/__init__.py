"""Readers: from the bytes of a file to records, and from a record to its text. One small module a format.

To add a format, write a module with a `Reader` and name it in `READERS`; nothing else changes.
"""

import os.path
import re
from pathlib import Path

from pipeline.readers.csv import CsvReader
from pipeline.readers.documents import DocumentReader
from pipeline.readers.docx import docx_text
from pipeline.readers.html import HtmlReader
from pipeline.readers.json import JsonReader
from pipeline.readers.jsonl import JsonlReader
from pipeline.readers.opening import open_input, unpacked_name
from pipeline.readers.parquet import ParquetReader
from pipeline.readers.record import MAX_BYTES, CorruptFile, Page, Reader, Record
from pipeline.readers.rtf import rtf_text
from pipeline.readers.txt import TextReader
from pipeline.readers.warc import WarcReader

__all__ = ["MAX_BYTES", "READERS", "CorruptFile", "Page", "Reader", "Record", "open_input", "reader_for"]

READERS: tuple[Reader, ...] = (
    TextReader(),
    HtmlReader(),
    JsonlReader(),
    JsonReader(),
    CsvReader("csv", (".csv",), ",;\t|"),
    CsvReader("tsv", (".tsv", ".tab"), "\t"),
    ParquetReader(),
    DocumentReader("docx", (".docx", ".docm"), docx_text),
    DocumentReader("rtf", (".rtf",), rtf_text),
    WarcReader(),
)
_BY_SUFFIX = {suffix: reader for reader in READERS for suffix in reader.suffixes}
_BY_HEAD = {  # of a file with an ending no reader claims; all else is plain text
    ".html": re.compile(
        rb"\s*(?:\xef\xbb\xbf)?\s*(?:<!--(?>.*?-->)\s*)*+<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
    ),
    ".rtf": re.compile(rb"\{\\rtf"),
    ".warc": re.compile(rb"WARC/\d"),
}


def reader_for(path: str | Path, head: bytes = b"") -> Reader:
    """The reader of a file, by its ending (`.gz` and its kin aside), or by its first bytes where no reader claims that."""
    suffix = os.path.splitext(unpacked_name(str(path).lower()))[1]
    told = next((ending for ending, first in _BY_HEAD.items() if first.match(head)), ".txt")
    return _BY_SUFFIX.get(suffix) or _BY_SUFFIX[told]

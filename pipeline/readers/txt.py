"""Plain text: one article a file."""

from collections.abc import Iterator
from typing import BinaryIO

from pipeline.readers.given import NO_NAMES, Names
from pipeline.readers.record import MAX_BYTES, Page, Record, plain_page, whole_file


class TextReader:
    """`.txt`, and any file whose ending no other reader claims."""

    format = "txt"
    suffixes: tuple[str, ...] = (".txt",)
    is_table = False

    def records(
        self, file: BinaryIO, names: Names, *, number: int = 1, offset: int = 0, max_bytes: int = MAX_BYTES
    ) -> Iterator[Record]:
        yield whole_file(file, max_bytes)

    def render(self, payload: bytes | str, names: Names = NO_NAMES) -> Page:
        return plain_page(payload)

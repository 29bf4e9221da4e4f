"""Documents of word processors: one article a file, or the many records of an export. What they hold is read as a text file is.

How the text is got out of one is not known here; each format has a module of its own.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import BinaryIO

from pipeline.readers.exports import is_cover
from pipeline.readers.given import NO_NAMES, Names
from pipeline.readers.record import MAX_BYTES, Page, Record, plain_page, too_large, whole_file
from pipeline.readers.txt import COVER, records_of


class DocumentReader:
    """A format, by the function that makes text of its bytes: None where that is more than so many. It may raise `CorruptFile`."""

    def __init__(self, name: str, suffixes: tuple[str, ...], text_of: Callable[[bytes, int], str | None]) -> None:
        self.format, self.suffixes = name, suffixes
        self._text_of = lru_cache(1)(text_of)  # a file is read again for each batch that holds records of it

    def records(
        self, file: BinaryIO, names: Names, *, number: int = 1, offset: int = 0, max_bytes: int = MAX_BYTES
    ) -> Iterator[Record]:
        whole = whole_file(file, max_bytes)
        if not isinstance(whole.payload, bytes) or whole.status != "ok":
            yield whole
            return
        text = self._text_of(whole.payload, max_bytes)
        raw = (text or "").encode("utf-8", "surrogatepass")
        if text is None or len(raw) > max_bytes:
            yield Record(1, status="too_large", problem=too_large("The document", max_bytes))
            return
        for record in records_of(raw, Record(1, text), names, number):
            is_list = record.payload is text and is_cover(text, names.exports)
            yield record._replace(status="cover", problem=COVER) if is_list else record

    def render(self, payload: bytes | str, names: Names = NO_NAMES) -> Page:
        return plain_page(payload)

"""What every reader speaks: the record it finds in a file, the page it makes of one, and the protocol of a reader.

No format is known here; each has a module of its own, and `pipeline.readers` lists them.
"""

from collections.abc import Iterator, Mapping
from typing import BinaryIO, Literal, NamedTuple, Protocol

from pipeline.readers.given import NO_NAMES, Names
from pipeline.text.decode import Decoded, decode, newline_style, repair

MAX_BYTES = 64 * 2**20
"""No news article comes near 64 MiB; what does is a dump or a disk image, and would not fit in memory with its tables."""

_FIRST = 64 * 2**10
"""Bytes asked for at first: Python makes room for all that is asked for before it reads one."""

RecordStatus = Literal["ok", "empty", "bad_record", "too_large", "cover"]


class Record(NamedTuple):
    """One article as it stands in its file, or the sentence that says why there is none."""

    number: int
    """1-based within the file: the line of a JSONL file, the row after the header of a table, the article of an export."""
    payload: bytes | str | None = None
    """The article's bytes (txt, html) or its text (tables, exports); None when the record is bad."""
    offset: int = 0
    """Where to seek to read it again: bytes into the decompressed file; 0 for a whole file; the row of a Parquet."""
    given: Mapping[str, str] = {}
    """What the record itself says: title, outlet, date, url, language, author."""
    status: RecordStatus = "ok"
    problem: str | None = None
    encoding: str = "utf-8"
    """Of a text payload: the encoding it was decoded from."""
    repairs: tuple[str, ...] = ()
    """Of a text payload: what had to be done to decode it."""
    is_whole: bool = False
    """Whether it is all of its file."""


class Page(NamedTuple):
    """A record's text; of a web page its source too; what its markup says."""

    decoded: Decoded
    source: str = ""
    given: Mapping[str, str] = {}


class CorruptFile(ValueError):
    """The container is broken: nothing more can be read from this file. The message is a plain sentence."""


class Reader(Protocol):
    """One input format. A new format is one module with one of these, listed in `pipeline.readers.READERS`."""

    format: str
    suffixes: tuple[str, ...]

    def records(
        self, file: BinaryIO, names: Names, *, number: int = 1, offset: int = 0, max_bytes: int = MAX_BYTES
    ) -> Iterator[Record]:
        """The records of a file, from the start or from one yielded before, by its number and offset.

        `names` are the accepted names of columns. Holds one record in memory, at most `max_bytes`. Raises `CorruptFile` where nothing more can be read,
        `Binary` or `Undecodable` where a table is no text.
        """

    def render(self, payload: bytes | str, names: Names = NO_NAMES) -> Page:
        """The text of one payload, and what its markup says under these names. Raises `Binary` or `Undecodable`."""


def plain_page(payload: bytes | str) -> Page:
    """A payload that is its own text."""
    if isinstance(payload, bytes):
        return Page(decode(payload))
    text, repairs = repair(payload)
    return Page(Decoded(text, "utf-8", newline_style(text), repairs))


def whole_file(file: BinaryIO, max_bytes: int) -> Record:
    """The one record of a file that is one article."""
    file.seek(0)
    raw = file.read(_FIRST)
    if len(raw) == _FIRST:
        raw += file.read(max(0, max_bytes + 1 - _FIRST))  # below 0 is all there is
    if len(raw) > max_bytes:
        return Record(1, status="too_large", problem=too_large("The file", max_bytes), is_whole=True)
    if not raw:
        problem = "The file is empty; fetch it again or delete it."
        return Record(1, b"", status="empty", problem=problem, is_whole=True)
    return Record(1, raw, is_whole=True)


def too_large(what: str, max_bytes: int) -> str:
    """The sentence for a file or record over the size bound."""
    return f"{what} holds more than {max_bytes:,} bytes, the bound for one article; split it or raise the bound."

"""The lines of a file with the byte each begins at, in any encoding and with any line break, in bounded memory."""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from pipeline.text.decode import Raw, decode_unrepaired

_BLOCK = 64 * 2**10  # also what encoding and line break are judged by


class LineTooLong(ValueError):
    """A line over the size bound; it is skipped and the next one can be read."""


class Layout(NamedTuple):
    """How a file of lines is written: the encoding, the bytes of its line break, its first lines as text."""

    encoding: str
    newline: bytes
    head: str


def layout_of(file: BinaryIO) -> Layout:
    """Judged by the first 64 KiB, cut at a line break. Raises `Binary` or `Undecodable`."""
    file.seek(0)
    raw = file.read(_BLOCK)
    whole_lines = raw[: raw.rfind(b"\n") + 1] if len(raw) == _BLOCK else raw
    text, encoding, _ = decode_unrepaired(whole_lines or raw)
    newline = "\r" if "\r" in text and "\n" not in text else "\n"
    return Layout(encoding, newline.encode(encoding), text.removeprefix("\ufeff"))


class Lines(Iterator[bytes]):
    """Iterates over lines, line breaks kept. `offset` is where the next one begins.

    Raises `LineTooLong` for a line of more than `max_bytes`, then goes on behind it.
    """

    def __init__(self, file: BinaryIO, newline: bytes, offset: int, max_bytes: int) -> None:
        file.seek(offset)
        self.offset = offset
        self._file, self._newline, self._max_bytes = file, newline, max_bytes
        self._buffer, self._at = b"", 0

    def __next__(self) -> bytes:
        is_too_long = False
        searched = self._at
        while (end := self._end_of_line(searched)) < 0:
            searched = max(self._at, len(self._buffer) - len(self._newline) + 1)
            if len(self._buffer) - self._at > self._max_bytes:
                is_too_long = True
                self._skip(searched)
            kept = self._buffer[self._at :]
            block = self._file.read(_BLOCK)
            searched -= self._at
            self._buffer, self._at = kept + block, 0
            if not block:
                end = len(kept)
                break
        line = self._buffer[self._at : end]
        self._skip(end)
        if is_too_long or len(line) > self._max_bytes:
            raise LineTooLong
        if not line:
            raise StopIteration
        return line

    def _skip(self, end: int) -> None:
        self.offset += end - self._at
        self._at = end

    def _end_of_line(self, start: int) -> int:
        """Just behind the next line break, or -1. In UTF-16 it must begin at a whole character."""
        width = len(self._newline)
        while (at := self._buffer.find(self._newline, start)) >= 0:
            if (self.offset + at - self._at) % width == 0:
                return at + width
            start = at + 1
        return -1


def decode_line(line: bytes, encoding: str) -> Raw:
    """A line as UTF-8 where it is (files are glued together), else in the encoding of its file, else in its own.

    Raises `Binary` or `Undecodable`.
    """
    for name in (encoding,) if encoding.startswith("utf") else ("utf-8", encoding):
        try:
            return line.decode(name), name, ()
        except UnicodeDecodeError:
            continue
    return decode_unrepaired(line)

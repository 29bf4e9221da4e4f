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
        self._block, self._at = b"", 0

    def __next__(self) -> bytes:
        start = self.offset
        pieces: list[bytes] = []  # joined once: a line may be as long as the bound
        end = None
        while end is None and self._has_more():
            end = self._end_of_line()
            piece = self._block[self._at : end]
            self.offset += len(piece)
            self._at += len(piece)
            pieces.append(piece)
            if self.offset - start > self._max_bytes:
                pieces.clear()
        if self.offset - start > self._max_bytes:
            raise LineTooLong
        if not pieces:
            raise StopIteration
        return b"".join(pieces)

    def _has_more(self) -> bool:
        if self._at == len(self._block):
            self._block, self._at = self._file.read(_BLOCK), 0
        return bool(self._block)

    def _end_of_line(self) -> int | None:
        """Just behind the next line break of the block, if it has one. In UTF-16 it must begin at a whole character.

        Blocks are even and begin where a character does, so that no line break lies across two of them.
        """
        width, start = len(self._newline), self._at
        while (at := self._block.find(self._newline, start)) >= 0:
            if (self.offset + at - self._at) % width == 0:
                return at + width
            start = at + 1
        return None


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

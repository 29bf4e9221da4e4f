"""Exports of newspaper databases (LexisNexis, Factiva, ProQuest ...): where in one text file each article begins and ends.

The lines that stand between records are rows of `rules/exports.csv` in the seeds. What is in doubt is one article. Reading
title, outlet or date off a record is not done here: a record has the same fields when it lies in a file of its own.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from itertools import accumulate, pairwise
from typing import Literal, NamedTuple

from pipeline.readers.lines import layout_of
from pipeline.text.decode import Binary, Undecodable

EXPORTS_CSV = "rules/exports.csv"


@dataclass(frozen=True)
class Export:
    """One way of telling records apart: a line of its own above each, below each, or between them."""

    export: str
    place: Literal["above", "below", "between"]
    needle: str
    """Stands in every such line, in ASCII: a file without two of them is not looked at."""
    line: str
    """Regular expression of the line, blanks around it aside; groups `number` and `total` must count up."""
    holds: str
    """Regular expression of how a line begins that more than half of the records hold."""
    cover: str | None
    """Regular expression of the lines a cover page above the first record ends with, where no separator does."""
    reason: str
    example: str

    def __post_init__(self) -> None:
        try:
            separator = self._separator
            self._field, self._cover_line  # noqa: B018 (compiled to be checked)
        except re.error as error:
            raise ValueError(f"{error.pattern!r} is no regular expression ({error}); correct it") from None
        example = separator.fullmatch(self.example)
        if not (self.needle.isascii() and example and self.needle in self.example):
            raise ValueError(f"the example {self.example!r} does not fit line and needle; correct one of the three")
        counted = example.groupdict()
        if counted and not (counted.keys() == {"number", "total"} and all(map(str.isdecimal, counted.values()))):
            raise ValueError("the groups of line must be number and total, of digits; correct it")

    def marks(self, text: str) -> list[re.Match[str]]:
        """The separators of a text, each a line with its break; of two with nothing between them, the first."""
        found: list[re.Match[str]] = []
        start, at = 0, text.find(self.needle)
        while at >= 0:  # no byte is looked at twice, whatever the lengths of lines
            start = text.rfind("\n", start, at) + 1 or start
            end = text.find("\n", at) + 1 or len(text)
            mark = self._separator.fullmatch(text, start, end)
            if mark and not (found and _is_blank(text, found[-1].end(), start)):
                found.append(mark)
            start, at = end, text.find(self.needle, end)
        return found

    def is_held(self, text: str, start: int, end: int) -> bool:
        """Whether this stretch has one of the fields of a record."""
        return self._field.search(text, start, end) is not None

    def cover_end(self, text: str, end: int) -> int:
        """Where the cover page above the first record ends, if the text up to `end` begins with one."""
        field = self._field.search(text, 0, end)
        lines = self._cover_line.finditer(text, 0, field.start()) if self._cover_line and field else ()
        return max((line.end() for line in lines), default=0)

    @cached_property
    def _separator(self) -> re.Pattern[str]:
        return re.compile(rf"[\s\ufeff]*(?:{self.line})\s*")

    @cached_property
    def _field(self) -> re.Pattern[str]:
        return re.compile(rf"{_LINE}(?:{self.holds})", re.MULTILINE)

    @cached_property
    def _cover_line(self) -> re.Pattern[str] | None:
        return re.compile(rf"{_LINE}(?:{self.cover})[^\S\n]*$\n?", re.MULTILINE) if self.cover else None


_LINE = r"^\ufeff?[^\S\n]*"  # words may be centred
_INK = re.compile(r"[^\s\ufeff\0\x1a]")  # nor a byte order mark or an old end of file


class Piece(NamedTuple):
    """A stretch of the bytes of a file: a record, or what stands before the first or behind the last."""

    start: int
    end: int
    is_record: bool


def split(raw: bytes, exports: Sequence[Export]) -> tuple[list[Piece], str]:
    """The pieces of an export, in order and without a gap, and its encoding; none of a file that is one article."""
    narrow = raw.replace(b"\0", b"") if b"\0" in raw[:1024] else raw  # finds ASCII in UTF-16 and UTF-32, too
    n_lines = {needle: narrow.count(needle.encode()) for needle in {export.needle for export in exports}}
    likely = [export for export in exports if n_lines[export.needle] > 1]
    if not likely:
        return [], ""
    try:
        encoding = layout_of(BytesIO(raw)).encoding
        codec, errors, width = _lossless(encoding)
        text = raw[: len(raw) // width * width].decode(codec, errors).replace("\r", "\n").replace("\f", "\n")
    except (Binary, Undecodable, UnicodeDecodeError):
        return [], ""
    pieces = next(filter(None, (_pieces(text, export) for export in likely)), [])
    if not pieces:
        return [], ""
    ends = list(accumulate(len(text[start:end].encode(codec, errors)) for start, end, _ in pieces))
    spans = pairwise([0, *ends[:-1], len(raw)])
    return [Piece(*span, piece.is_record) for span, piece in zip(spans, pieces, strict=True)], encoding


def _lossless(encoding: str) -> tuple[str, str, int]:
    """Codec, error handler and bytes a unit by which any bytes become a text and the text the same bytes again."""
    if encoding.startswith(("utf-16", "utf-32")):
        return encoding, "surrogatepass", 4 if "32" in encoding else 2
    return ("utf-8", "surrogateescape", 1) if encoding == "utf-8" else ("latin-1", "strict", 1)


def _pieces(text: str, export: Export) -> list[Piece]:
    """The pieces as this export would have them; none where its separators are too few or do not fit together.

    A piece at either end is a record by its own separator or by its fields; blank ones belong to their neighbour.
    """
    marks = export.marks(text)
    if len(marks) < 2 or not _counts_up(marks):
        return []
    cuts = {mark.end() if export.place == "below" else mark.start() for mark in marks} - {0, len(text)}
    if export.place == "below":
        cuts |= {export.cover_end(text, min(cuts))} - {0}
    edges = [0, *sorted(cuts), len(text)]
    if _is_blank(text, 0, edges[1]):
        del edges[1]
    if _is_blank(text, edges[-2], len(text)):
        del edges[-2]
    spans = list(pairwise(edges))
    is_held = [export.is_held(text, *span) for span in spans]
    starts = [mark.start() for mark in marks]
    is_marked = [bisect_left(starts, start) < bisect_left(starts, end) for start, end in spans]
    if export.place == "between":
        is_marked[-1] = False
    pieces = [Piece(*span, any(told)) for span, *told in zip(spans, is_held, is_marked, strict=True)]
    n_records = sum(piece.is_record for piece in pieces)
    return pieces if n_records > 1 and 2 * sum(is_held) > n_records else []


def _is_blank(text: str, start: int, end: int) -> bool:
    return _INK.search(text, start, end) is None


def _counts_up(marks: Sequence[re.Match[str]]) -> bool:
    """Whether numbered separators rise to their total, or begin anew at 1 where exports were put together."""
    numbers = [(int(mark["number"]), int(mark["total"])) for mark in marks if "number" in mark.re.groupindex]
    return all(number <= total for number, total in numbers) and all(
        here[0] == 1 or (here[1] == before[1] and here[0] > before[0]) for before, here in pairwise(numbers)
    )

"""Exports of newspaper databases (LexisNexis, Factiva, ProQuest ...): where in one text file each article begins and ends.

The lines that stand between records, the fields that records hold and the words that cover pages are known by are rows of
`rules/exports.csv` in the seeds. A separator belongs to no record, as the line break of a JSONL file does not. What is in
doubt is one article. Of what a record says of itself only that is read here which a field names beyond doubt.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from io import BytesIO
from itertools import accumulate, chain, islice, pairwise
from typing import Literal, NamedTuple

from pipeline.readers.lines import layout_of
from pipeline.text.decode import Binary, Undecodable

EXPORTS_CSV = "rules/exports.csv"

Span = tuple[int, int]


@dataclass(frozen=True)
class Export:
    """One way of telling records apart: a line of its own above each, below each, or between them; or the last of each."""

    export: str
    place: Literal["above", "below", "between", "last"]
    needle: str
    """Stands in every such line, in ASCII: a file without it is not looked at."""
    line: str
    """Regular expression of the line, blanks around it aside."""
    holds: str
    """Regular expression of how the fields of a record begin, a group for each kind: a record holds two. A named group in
    one is what the record says of itself: its outlet, date, url, author or title."""
    cover: str | None
    """Regular expression of how the lines of a cover page or of a summary begin, a group for each kind."""
    reason: str
    example: str

    def __post_init__(self) -> None:
        try:
            separator, _ = self._separator, self._told
        except re.error as error:
            raise ValueError(f"{error.pattern!r} is no regular expression ({error}); correct it") from None
        if not (self.needle.isascii() and separator.fullmatch(self.example) and self.needle in self.example):
            raise ValueError(f"the example {self.example!r} does not fit line and needle; correct one of the three")

    @property
    def n_least(self) -> int:
        """How many separators two records have at least."""
        return 1 if self.place == "between" else 2

    def separators(self, text: str) -> list[Span]:
        """The separators of a text, each a line with its break; where that is the record's own, what is behind it: nothing."""
        found: list[Span] = []
        start, at = 0, text.find(self.needle)
        while at >= 0:  # no byte is looked at twice, whatever the lengths of lines
            start = text.rfind("\n", start, at) + 1 or start
            end = text.find("\n", at) + 1 or len(text)
            if self._separator.fullmatch(text, start, end):
                found.append((end if self.place == "last" else start, end))
            start, at = end, text.find(self.needle, end)
        return found

    def is_sure(self, text: str, separators: Sequence[Span]) -> bool:
        """Whether of what stands above, below or between these lines, covers aside, two are records, and more than half.

        Who quotes such lines seldom quotes two kinds of fields with each.
        """
        ends_left_out = {"above": slice(1, None), "below": slice(-1), "last": slice(-1), "between": slice(None)}
        gaps = [gap for gap in _gaps(separators, 0, len(text))[ends_left_out[self.place]] if not _is_blank(text, *gap)]
        others = [gap for gap in gaps if not self._is_record(text, *gap)]
        n_others = sum(not any(self.covers(text, *gap)) for gap in others)
        return len(gaps) - len(others) > max(1, n_others)

    def covers(self, text: str, start: int, end: int, *, is_opening: bool = False) -> Iterator[Span]:
        """The covers in a stretch: from the first to the last of lines of one, each near the next, of two kinds or alone.

        Above a first record (`is_opening`), a cover goes down to it: the terms of a search may be any words.
        """
        for lines in self._runs(text, start, end):
            first, last = lines[0].start(), min(lines[-1].end() + 1, end)
            is_alone = len(lines) == 1 and _is_blank(text, start, first) and _is_blank(text, last, end)
            if is_alone or len({line.lastindex for line in lines}) > 1:
                yield first, end if is_opening else last
                if is_opening:
                    return

    def given(self, record: str) -> dict[str, str]:
        """What named groups find in a record: of each, what stands first."""
        found: dict[str, str] = {}
        if self._told.groupindex:
            for line in self._told.finditer(record.replace("\r", "\n")):
                found = {name: text for name, text in line.groupdict().items() if text} | found
        return found

    def _runs(self, text: str, start: int, end: int) -> Iterator[list[re.Match[str]]]:
        """Lines of covers, with no field in between, nor as much text as an article has."""
        run: list[re.Match[str]] = []
        for line in self._told.finditer(text, start, end):
            is_of_cover = self._is_of_cover(line)
            if run and not (is_of_cover and line.start() - run[-1].end() < _FAR):
                yield run
                run = []
            if is_of_cover:
                run.append(line)
        if run:
            yield run

    def _is_record(self, text: str, start: int, end: int) -> bool:
        kinds: set[int | None] = set()
        for line in self._told.finditer(text, start, end):
            if not self._is_of_cover(line):
                kinds.add(line.lastindex)
            if len(kinds) == self._n_needed:
                return True
        return False

    def _is_of_cover(self, line: re.Match[str]) -> bool:
        return (line.lastindex or 0) <= self._n_cover_kinds

    @cached_property
    def _separator(self) -> re.Pattern[str]:
        return re.compile(rf"[\s\ufeff]*(?:{self.line})\s*")

    @cached_property
    def _told(self) -> re.Pattern[str]:
        """What a line tells by how it begins: the last group is its kind, those of covers first."""
        return re.compile(rf"{_LINE}(?:{_grouped(self.cover or '(?!)')}|{_grouped(self.holds)}).*", re.MULTILINE)

    @cached_property
    def _n_cover_kinds(self) -> int:
        return re.compile(_grouped(self.cover or "(?!)")).groups

    @cached_property
    def _n_needed(self) -> int:
        return min(2, self._told.groups - self._n_cover_kinds)


_LINE = r"^\ufeff?[^\S\n]*+"  # words may be centred
_FAR = 500
"""Characters: a title with its source, in a list of results, has fewer, and hardly an article has."""

_MANY = 3  # separators: with one article, ProQuest sets two
_INK = re.compile(r"[^\s\ufeff\0\x1a]")  # nor a byte order mark or an old end of file


def _grouped(pattern: str) -> str:
    return pattern if re.compile(pattern).groups else f"({pattern})"


class Piece(NamedTuple):
    """A stretch of a file: a record, or a cover page."""

    start: int
    end: int
    is_record: bool


class Split(NamedTuple):
    """The pieces of an export, in bytes and in order, and its encoding; none of a file that is one article."""

    pieces: Sequence[Piece] = ()
    encoding: str = ""
    exports: Sequence[Export] = ()
    """Those that are sure of their separators."""
    doubt: str | None = None
    """Of one article: the sentence that says it may be an export after all."""


@lru_cache(1)  # a file is read again for each batch that holds records of it
def split(raw: bytes, exports: tuple[Export, ...]) -> Split:
    """Take a file apart where any of these exports is sure of its separators."""
    if not may_be_export(raw, exports):
        return Split()
    try:
        encoding = layout_of(BytesIO(raw)).encoding
        codec, errors, width = _lossless(encoding)
        text = raw[: len(raw) // width * width].decode(codec, errors).replace("\r", "\n").replace("\f", "\n")
    except (Binary, Undecodable, UnicodeDecodeError):
        return Split()
    found = {export: export.separators(text) for export in exports}
    sure = {export: separators for export, separators in found.items() if export.is_sure(text, separators)}
    if not sure:
        return Split(doubt=next((_doubt(*one) for one in found.items() if len(one[1]) >= _MANY), None))
    near = {export.export for export, separators in found.items() if separators}
    pieces = _pieces(text, sure, [export for export in exports if export.export in near])
    edges = sorted({0, *(edge for start, end, _ in pieces for edge in (start, end))})
    lengths = (len(text[start:end].encode(codec, errors)) for start, end in pairwise(edges))
    place = dict(zip(edges, accumulate(lengths, initial=0), strict=True)) | {len(text): len(raw)}
    return Split([Piece(place[start], place[end], is_record) for start, end, is_record in pieces], encoding, [*sure])


def may_be_export(raw: bytes, exports: Sequence[Export]) -> bool:
    """Whether as many separators as an export must have stand in it, in lines of their own or not."""
    narrow = raw.replace(b"\0", b"") if b"\0" in raw[:1024] else raw  # finds ASCII in UTF-16 and UTF-32, too
    near = [export for export in exports if narrow.count(export.needle.encode()) >= export.n_least]
    text = narrow.decode("latin-1") if near else ""
    return any(sum(1 for _ in islice(re.finditer(one.line, text), one.n_least)) == one.n_least for one in near)


def is_cover(text: str, exports: Sequence[Export]) -> bool:
    """Whether a text is nothing but a cover, as of an export with a file for each of its articles and one for their list."""
    covers = (cover for export in exports if export.cover for cover in export.covers(text, 0, len(text)))
    return any(_is_blank(text, 0, start) and _is_blank(text, end, len(text)) for start, end in covers)


def _lossless(encoding: str) -> tuple[str, str, int]:
    """Codec, error handler and bytes a unit by which any bytes become a text and the text the same bytes again."""
    if encoding.startswith(("utf-16", "utf-32")):
        return encoding, "surrogatepass", 4 if "32" in encoding else 2
    return ("utf-8", "surrogateescape", 1) if encoding == "utf-8" else ("latin-1", "strict", 1)


def _doubt(export: Export, separators: Sequence[Span]) -> str:
    return (
        f"It has {len(separators)} lines as {export.export} sets between records ({export.example!r}), but hardly any fields "
        f"of records beside them, and stays one article; if it is an export, add its fields to {EXPORTS_CSV}."
    )


def _pieces(text: str, sure: Mapping[Export, Sequence[Span]], exports: Sequence[Export]) -> list[Piece]:
    """What stands between the separators of all exports that are sure of theirs: covers of these exports, and records all else."""
    opens = {(export.export, start) for export in sure if export.place == "above" for start, _ in sure[export]}
    gaps = _gaps(sorted(chain.from_iterable(sure.values())), 0, len(text))
    pieces = [Piece(*gap, True) for gap in gaps if not _is_blank(text, *gap)]
    for export in exports:  # also one not sure of its separators: a cover tells where one record ends and begins, too
        if export.cover:
            pieces = [
                part for piece in pieces for part in _parts(text, piece, export, (export.export, piece.end) in opens)
            ]
    return pieces


def _parts(text: str, piece: Piece, export: Export, is_opening: bool) -> list[Piece]:
    """A piece with the covers this export knows as pieces of their own."""
    stretch = piece.start, piece.end
    covers = list(export.covers(text, *stretch, is_opening=is_opening)) if piece.is_record else []
    if not covers:
        return [piece]
    around = [Piece(*gap, True) for gap in _gaps(covers, *stretch) if not _is_blank(text, *gap)]
    return sorted([*around, *(Piece(*cover, False) for cover in covers)])


def _gaps(spans: Sequence[Span], start: int, end: int) -> list[Span]:
    """What the spans, in order, leave of a stretch."""
    return list(zip([start, *(last for _, last in spans)], [*(first for first, _ in spans), end], strict=True))


def _is_blank(text: str, start: int, end: int) -> bool:
    return _INK.search(text, start, end) is None

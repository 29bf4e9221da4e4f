"""A text as lines ready for matching, and what the look of a line tells: sentence, headline or wrapped line.

Only form is looked at here (length, last character, case, neighbours), never words, so that it works in every language.
Phrases are the business of `boilerplate.py`, the tiling of `blocks.py`.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.text.blocks import BLANKS


class Line(NamedTuple):
    """A line with ink on it: its 1-based number and its span without blanks at the edges."""

    number: int
    start: int
    end: int
    is_prose: bool


class Sheet(NamedTuple):
    """A text ready for matching; `plain` (simple quotes and spaces) and `folded` (lower case too) keep its offsets."""

    text: str
    plain: str
    folded: str
    lines: list[Line]
    is_wrapped: bool


def sheet(text: str) -> Sheet:
    """Fold the text and find its lines."""
    inked = list(_inked(text))
    simple = plain(text)
    return Sheet(text, simple, fold(simple), inked, _is_wrapped(text, inked))


# A line's end, or its ink: from the first character that is not blank to the last.
_END_OR_INK = re.compile(rf"(\r\n|\r|\n)|[^{BLANKS}](?:[^\r\n]*[^{BLANKS}])?")


def _inked(text: str) -> Iterator[Line]:
    number = 1
    for found in _END_OR_INK.finditer(text):
        start, end = found.span()
        if found[1]:
            number += 1
        else:
            yield Line(number, start, end, is_prose(text, start, end))


def plain(text: str) -> str:
    """Curly quotes and odd spaces as their plain forms, one character for one."""
    for odd, simple in (("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"'), ("\xa0", " "), ("\t", " "), ("\u202f", " ")):
        text = text.replace(odd, simple)
    return text


def fold(text: str) -> str:
    """Lower case, one character for one (the few capitals that lower to two characters stay)."""
    folded = text.lower()
    return folded if len(folded) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


# A line reads as a sentence when it is long enough to hold one and ends like one. 200 characters are prose without a
# full stop too (scripts that write none, quotations that go on). Han, kana and Thai say in one character what takes
# Latin script two or three, so that a third of the length does.
_SENTENCE_END = re.compile(r"[.!?…。！？।؟۔:;]['\")\]»›」』“”’]{0,3}\Z")
_DENSE = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
_MIN_PROSE, _SURE_PROSE = 45, 200


def is_prose(text: str, start: int, end: int) -> bool:
    """Whether the line `text[start:end]` looks like one sentence or more."""
    length = end - start
    if length < _MIN_PROSE and length * 3 >= _MIN_PROSE and _DENSE.search(text, start, end):
        length *= 3
    return length >= _SURE_PROSE or (length >= _MIN_PROSE and _SENTENCE_END.search(text, end - 4, end) is not None)


_NO_HEADLINE_END = re.compile(r"(?<!\.\.)[.;:,。।]['\")\]»”’]{0,2}\Z")
_MAX_HEADLINE = 200


def is_headline(text: str, start: int, end: int) -> bool:
    """Short, and not ending like a sentence; a headline may end with a question mark or be cut off with dots."""
    return end - start <= _MAX_HEADLINE and not _NO_HEADLINE_END.search(text, max(start, end - 3), end)


def _is_wrapped(text: str, inked: Sequence[Line]) -> bool:
    """Whether lines were broken at a fixed width: at least a quarter of the adjacent long lines go on in lower case.

    In such a text a line is part of a sentence, and nothing may be concluded from the way it ends.
    """
    adjacent = going_on = 0
    for line, following in pairwise(inked):
        if following.number == line.number + 1 and line.end - line.start > 30:
            adjacent += 1
            going_on += text[following.start].islower()
    return going_on >= 3 and going_on * 4 >= adjacent

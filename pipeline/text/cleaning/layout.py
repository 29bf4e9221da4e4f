"""A text as lines ready for matching, and what the look of a line tells: sentence, headline or wrapped line.

Only form is looked at here (length, last character, case, neighbours), never words, so that it works in every language.
Phrases are the business of `boilerplate.py`, the tiling of `blocks.py`.
"""

import re
from collections.abc import Sequence
from itertools import chain, pairwise, repeat
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.text.blocks import BLANKS
from pipeline.text.cleaning.markup import Markup


class Line(NamedTuple):
    """A line with ink on it: its 1-based number and its span without blanks at the edges."""

    number: int
    start: int
    end: int
    is_prose: bool


class Sheet(NamedTuple):
    """A text ready for matching; `plain` (simple quotes and spaces) and `folded` (lower case too) keep its offsets. `markup`:
    what the source tells of its lines, if it was a web page.
    """

    text: str
    plain: str
    folded: str
    lines: list[Line]
    is_wrapped: bool
    markup: Markup | None = None


def sheet(text: str) -> Sheet:
    """Fold the text and find its lines."""
    found = inked(text)
    simple = plain(text)
    return Sheet(text, simple, fold(simple), found, _is_wrapped(text, found))


_END = re.compile(r"(\r\n|\r|\n)")


def inked(text: str) -> list[Line]:
    """The lines with ink on them, from the first character that is not blank to the last."""
    found = []
    position = 0
    parts = _END.split(text) if "\r" in text else []
    lines = parts[::2] or text.split("\n")
    for number, (line, ending) in enumerate(zip(lines, chain(parts[1::2], repeat("\n")), strict=False), 1):
        if ink := line.strip(BLANKS):
            start = position + (line.index(ink) if len(ink) < len(line) else 0)
            end = start + len(ink)
            found.append(Line(number, start, end, is_prose(text, start, end)))
        position += len(line) + len(ending)
    return found


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
    if length < _MIN_PROSE:
        if length * 3 < _MIN_PROSE or not _DENSE.search(text, start, end):
            return False
        length *= 3
    return length >= _SURE_PROSE or _SENTENCE_END.search(text, end - 4, end) is not None


def lead(sheet: Sheet, is_open: Sequence[bool]) -> int:
    """Position of the first open line that is prose; the number of lines where there is none."""
    return next((i for i, line in enumerate(sheet.lines) if line.is_prose and is_open[i]), len(sheet.lines))


_SPEAKER = re.compile(r"[^\W\d_][\w .'-]{0,30}: \S")


def is_transcript(sheet: Sheet, is_open: Sequence[bool]) -> bool:
    """Whether three open lines or more begin with a name and a colon: what stands before it is a speaker, no place."""
    starts = (line.start for line, one in zip(sheet.lines, is_open, strict=True) if one)
    return sum(_SPEAKER.match(sheet.plain, start) is not None for start in starts) >= 3


# A mark of the end (`-0-`, `■`) may be glued to the last sentence.
_NO_HEADLINE_END = re.compile(r"(?<!\.\.)[.;:,。।](?:['\")\]»”’]{0,2}| ?[-–—#*■●◆□▪►]+(?:\d{1,2}[-–—#]+)?)\Z")
_LONGEST_END = 7  # characters
_MAX_HEADLINE = 200


def is_headline(text: str, start: int, end: int) -> bool:
    """Short, and not ending like a sentence; a headline may end with a question mark or be cut off with dots."""
    return end - start <= _MAX_HEADLINE and not _NO_HEADLINE_END.search(text, max(start, end - _LONGEST_END), end)


LIST_MARK = r"[•●▪▫◦‣·*–—-]|\d{1,2}[.)]"
"""How an item of a list begins."""
_COLON = (":", "：")


def is_closed(sheet: Sheet, line: Line) -> bool:
    """Whether a line, long or short, ends like a sentence; one that ends in a colon is the head of something."""
    return line.is_prose or not (is_headline(sheet.text, line.start, line.end) or _ends_in_colon(sheet, line))


def _ends_in_colon(sheet: Sheet, line: Line) -> bool:
    """Whether something must follow the line."""
    return sheet.text[line.end - 1] in _COLON


def _is_wrapped(text: str, inked: Sequence[Line]) -> bool:
    """Whether lines were broken at a fixed width: at least a quarter of the long lines go on in the next one, in lower case.

    In such a text a line is part of a sentence, and nothing may be concluded from the way it ends.
    """
    n_long = going_on = 0
    for line, following in pairwise(inked):
        if line.end - line.start > 30:
            n_long += 1
            going_on += following.number == line.number + 1 and text[following.start].islower()
    return going_on >= 3 and going_on * 4 >= n_long


# The article on a whole page is mostly the stretch with the most prose, every other line in it counting against it
# (maximum subarray). A line costs 48 characters, and a paragraph earns 480 at most, so that one long notice in the
# footer does not outweigh an article in short paragraphs. Values found on development pages of four collections; the
# result changes little around them.
_MAX_GAIN, _COST = 480, 48


def prose_run(prose: NDArray[Any]) -> slice:
    """The best contiguous run of prose; `prose`: how much of it there is in each line, zero where the line is none."""
    gain = np.append(0, np.cumsum(np.where(prose > 0, np.minimum(prose, _MAX_GAIN), -_COST)))
    end = int(np.argmax(gain - np.minimum.accumulate(gain)))
    return slice(int(np.argmin(gain[: end + 1])), end)


# Eight short lines above the first sentence are a menu: four of five whole pages have one, three of a hundred article
# texts do. A stretch with less than two fifths of all prose is not the article but one of several texts.
_MENU_LINES, _MENU_WIDTH = 8, 40
_MIN_SHARE = 0.4


def page_run(inked: Sequence[Line], is_open: Sequence[bool]) -> range | None:
    """Positions of the best run of prose on a whole page; None when the text does not look like one.

    `is_open` is false for lines known not to be body: they count against the run like any line that is not prose.
    """
    prose = np.array(
        [(line.end - line.start) * (line.is_prose and one) for line, one in zip(inked, is_open, strict=True)]
    )
    first = int(np.argmax(prose > 0)) if prose.any() else len(inked)
    if sum(line.end - line.start < _MENU_WIDTH for line in inked[:first]) < _MENU_LINES:
        return None
    run = prose_run(prose)
    return range(run.start, run.stop) if prose[run].sum() >= _MIN_SHARE * prose.sum() > 0 else None

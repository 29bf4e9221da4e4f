"""Stretches within a line of body that a rule takes: prefixes, suffixes and what stands anywhere in it.

Which lines are cut, and what becomes of the stretches, is decided in `boilerplate.py`.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from pipeline.text.blocks import trim
from pipeline.text.cleaning.layout import Line, Sheet
from pipeline.text.cleaning.matching import Hit, Pattern, patterns
from pipeline.text.cleaning.needles import gate
from pipeline.text.cleaning.rules import Rule

# A suffix begins where a sentence ends, or with the copyright sign itself.
_SUFFIX_START = re.compile(r"[.!?…\"')\]»] *|(?=©)")
_EDGE = 400  # characters of a line in which prefixes and suffixes are looked for; notices and credits are shorter


def cutter(
    prefixes: Sequence[Rule], suffixes: Sequence[Rule], inlines: Sequence[Rule]
) -> Callable[[Sheet, Line], list[Hit]]:
    """A function that gives the stretches of a line the rules take, in the order of the text."""
    tried = patterns(prefixes, "match"), patterns(suffixes, "fullmatch"), patterns(inlines, "search")
    every = [(group, pattern) for group, some in enumerate(tried) for pattern in some]
    candidates = gate([pattern.rule.needles for _, pattern in every])

    def cuts(sheet: Sheet, line: Line) -> list[Hit]:
        groups: tuple[list[Pattern], ...] = ([], [], [])
        for i in (found := candidates(sheet.folded[line.start : line.end])):
            group, pattern = every[i]
            groups[group].append(pattern)
        return sorted(_hits(sheet, line, *groups), key=lambda hit: hit[1]) if found else []

    return cuts


def _hits(
    sheet: Sheet, line: Line, prefixes: Sequence[Pattern], suffixes: Sequence[Pattern], inlines: Sequence[Pattern]
) -> Iterator[Hit]:
    start, end = line.start, line.end
    while start < end and (hit := _first(prefixes, sheet, start, min(end, start + _EDGE))) and start < hit[2]:
        yield hit
        start = trim(sheet.text, hit[2], end)[0]
    while hit := _suffix(suffixes, sheet, start, end):
        yield hit
        end = trim(sheet.text, start, hit[1])[1]
    while (hit := _first(inlines, sheet, start, end)) and start < hit[2]:
        yield hit
        start = hit[2]


def _suffix(suffixes: Sequence[Pattern], sheet: Sheet, start: int, end: int) -> Hit | None:
    if not suffixes:
        return None
    stops = _SUFFIX_START.finditer(sheet.plain, max(start, end - _EDGE), end)
    found = (_first(suffixes, sheet, stop.end(), end) for stop in stops if stop.end() < end)
    return next(filter(None, found), None)


def _first(patterns: Sequence[Pattern], sheet: Sheet, start: int, end: int) -> Hit | None:
    """The first place in the span that a pattern fits; where several fit there, what the first of them takes.

    Patterns that ignore case, which come first, are asked before the others.
    """
    hits = filter(None, (pattern.hit(sheet.folded, sheet.plain, start, end) for pattern in patterns))
    return min(hits, key=lambda hit: (hit[0].is_cased, hit[1]), default=None)

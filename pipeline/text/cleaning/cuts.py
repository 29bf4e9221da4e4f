"""Stretches within a line of body that a rule takes: prefixes, suffixes and what stands anywhere in it.

Which lines are cut, and what becomes of the stretches, is decided in `boilerplate.py`.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from pipeline.text.blocks import trim
from pipeline.text.cleaning.layout import Line, Sheet
from pipeline.text.cleaning.rules import Hit, Rule, matcher

# A suffix begins where a sentence ends, or with the copyright sign itself.
_SUFFIX_START = re.compile(r"[.!?…\"')\]»] *|(?=©)")
_EDGE = 400  # characters of a line in which prefixes and suffixes are looked for; notices and credits are shorter


def cutter(
    prefixes: Sequence[Rule], suffixes: Sequence[Rule], inlines: Sequence[Rule]
) -> Callable[[Sheet, Line], list[Hit]]:
    """A function that gives the stretches of a line the rules take, in the order of the text."""
    prefix, suffix, inline = matcher(prefixes, "match"), matcher(suffixes, "fullmatch"), matcher(inlines, "search")

    def hits(sheet: Sheet, start: int, end: int) -> Iterator[Hit]:
        while start < end and (hit := prefix(sheet, start, min(end, start + _EDGE))) and start < hit[2]:
            yield hit
            start = trim(sheet.text, hit[2], end)[0]
        while hit := first_suffix(sheet, start, end):
            yield hit
            end = trim(sheet.text, start, hit[1])[1]
        while (hit := inline(sheet, start, end)) and start < hit[2]:
            yield hit
            start = hit[2]

    def first_suffix(sheet: Sheet, start: int, end: int) -> Hit | None:
        stops = _SUFFIX_START.finditer(sheet.plain, max(start, end - _EDGE), end)
        found = (suffix(sheet, stop.end(), end) for stop in stops if stop.end() < end)
        return next(filter(None, found), None)

    return lambda sheet, line: sorted(hits(sheet, line.start, line.end), key=lambda hit: hit[1])

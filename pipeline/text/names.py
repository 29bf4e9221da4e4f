"""Capitalised names that no actor of the register covers: what to look at when the register is to grow.

Only finds and counts; it decides nothing about who is meant.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

_CAPITAL = r"(?<!\w)(?=[^\W\d_])(?![a-zß-öø-ÿ])\w[\w.-]*\w"
_JOINT = r"(?:of|for|de|del|der|di|da|dos|la|le|van|von|bin|ibn)"
_RUN = re.compile(rf"{_CAPITAL}(?:[ \u00a0](?:{_JOINT}[ \u00a0])?{_CAPITAL})*")


def unknown(sentences: Sequence[tuple[int, str]], known: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Each capitalised run of the sentences (start, text) that overlaps no known span, in order.

    A single word that opens its sentence is left out: there the capital says nothing. All-capital sentences too.
    """
    starts, ends = _merged(known)
    for start, text in sentences:
        if text.isupper():
            continue
        first = next((place for place, sign in enumerate(text) if sign.isalnum()), len(text))
        for run in _RUN.finditer(text):
            a, b = run.span()
            words = run.group()
            before = bisect_left(starts, start + b)
            is_known = before and ends[before - 1] > start + a
            if not is_known and (a > first or " " in words):
                yield words


def _merged(spans: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Starts and ends of the stretches the spans cover together, in order."""
    starts: list[int] = []
    ends: list[int] = []
    for start, end in sorted(spans):
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    return starts, ends

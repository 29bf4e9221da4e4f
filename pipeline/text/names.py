"""Capitalised names that no actor of the register covers: what to look at when the register is to grow.

Only finds and counts; it decides nothing about who is meant.
"""

import re
from collections.abc import Iterator, Sequence

_CAPITAL = r"(?<!\w)(?=[^\W\d_])(?![a-zß-öø-ÿ])\w[\w.-]*\w"
_JOINT = r"(?:of|for|de|del|der|di|da|dos|la|le|van|von|bin|ibn)"
_RUN = re.compile(rf"{_CAPITAL}(?:[ \u00a0](?:{_JOINT}[ \u00a0])?{_CAPITAL})*")


def unknown(sentences: Sequence[tuple[int, str]], known: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Each capitalised run of the sentences (start, text) that overlaps no known span, in order.

    A single word that opens its sentence is left out: there the capital says nothing. All-capital sentences too.
    """
    for start, text in sentences:
        if text.isupper():
            continue
        spans = [(a - start, b - start) for a, b in known if a < start + len(text) and b > start]
        for run in _RUN.finditer(text):
            a, b = run.span()
            words = run.group()
            opens = not any(map(str.isalnum, text[:a]))
            if (opens and " " not in words) or any(s < b and e > a for s, e in spans):
                continue
            yield words

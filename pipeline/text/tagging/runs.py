"""Runs of capitalised words: where a name that no list knows begins and ends.

Here belongs the shape of names only; whether a run is a person or a body is decided where something vouches for it.
"""

import re
from functools import lru_cache

from pipeline.text.tagging.grammar import CALENDAR, OPENERS, PARTICLES

_UPPER = re.escape("".join(c for c in map(chr, range(0x530)) if c.isupper()))
# "J.", "al-Abadi", "O'Neill", "Jean-Claude", "McCain"; a possessive "'s" stays outside.
_TOKEN = (
    rf"(?:(?:[{_UPPER}]\.)+|(?:(?:[Aa][lnrst]|[Aa]sh|[Ee]l)[-‑] ?)?(?:[dODL]['’])?[{_UPPER}](?:[^\W\d_])*"
    rf"(?:[-’'‑](?!s\b)[^\W\d_]+)*)"
)
_PARTICLE = rf"(?:(?:{'|'.join(sorted(PARTICLES))}) ){{0,2}}"
RUN = re.compile(rf"{_PARTICLE}{_TOKEN}(?: {_PARTICLE}{_TOKEN}){{0,5}}")
LONGEST_RUN = 70


def run_from(text: str, start: int, stop: int) -> int:
    """End of the capitalised run that begins at `start`; `start` itself if there is none."""
    run = RUN.match(text, start, min(stop, start + LONGEST_RUN))
    return run.end() if run else start


def run_to(text: str, end: int, floor: int) -> int:
    """Start of the capitalised run that ends at `end`, without sentence openers; `end` itself if there is none."""
    start = end
    if end <= floor:
        return end
    for token in reversed(text[max(floor, end - LONGEST_RUN) : end].split(" ")):
        length = len(token) if token in PARTICLES and start != end else _length_in_name(token)
        if not length:
            break
        start -= length + (start != end)
        if length < len(token):
            break
    while start < end and not (text[start].isupper() or text[start : start + 3].lower() in ("al-", "el-")):
        start = text.find(" ", start, end) + 1 or end  # a particle cannot begin a name here
    return start


@lru_cache(maxsize=1 << 14)  # the words before names and verbs come back all the time
def _length_in_name(token: str) -> int:
    """Characters of a name at the end of this word: all, those behind an opening mark, or none."""
    if RUN.fullmatch(token):
        return 0 if token in OPENERS or token in CALENDAR else len(token)
    opened = token.lstrip("“\"'‘(—–-")
    return len(opened) if opened != token and RUN.fullmatch(opened) and opened not in OPENERS else 0

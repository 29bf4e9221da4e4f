"""Set phrases as whole lines: one look-up in a dictionary, however many phrases in however many languages are known.

What is ignored about a line (case, marks and counters at its edges) and how a line of several phrases is taken apart is
decided here. What a phrase means is a row of `seeds/rules/boilerplate.csv`.
"""

import re
from collections.abc import Callable, Iterable
from typing import Literal, TypeVar

Form = Literal["whole", "marker", "label"]
"""How a phrase stands: as the whole line, before a colon and what does not end like a sentence, or both (a marker)."""

# Marks, bullets and icons before the phrase, the same and a counter after it. Quotation marks stay: a line in quotes
# is somebody's words.
_EDGES = re.compile(r"\A[^\w\"'«»„“”]+|(?:[^\w\"'«»„“”!?…。！？]|\d)+\Z")
_STOP = re.compile(r"[.?。？]\Z")
_MIN_CLOSED = 3  # words: "Next." and "Why?" may be sentences of the story, "Follow us on Facebook." is not
_BETWEEN = re.compile(r" *[|•·»›▶→] *|  +| [-–—/>] ")
_COLON = re.compile(r" *[:：»›→>|] *| / ")
_MAX_PART, _MAX_LINE, _MAX_LINK = 40, 160, 240  # characters of an item of a bar, of a bar, of a marker with its headline


T = TypeVar("T")


def phrasebook(rows: Iterable[tuple[str, Form, T]]) -> Callable[[str], T | None]:
    """`find(line)`: what stands beside the first phrase the folded line consists of, or begins with; else None.

    `rows`: (phrase, form, anything). A bar of several items is known by its first phrase, when half of them are phrases.
    """
    whole: dict[str, T] = {}
    before: dict[str, T] = {}
    for phrase, form, value in rows:
        if form != "label":
            whole.setdefault(_key(phrase), value)
        if form != "whole":
            before.setdefault(_key(phrase), value)

    def find(line: str) -> T | None:
        if len(line) > _MAX_LINK:
            return None
        key = _key(line)
        if not key:
            return None
        found = whole.get(key)
        return found or labelled(line) or (bar(line) if len(line) <= _MAX_LINE else None)

    def labelled(line: str) -> T | None:
        colon = _COLON.search(line)
        is_sentence = _STOP.search(line) and not line.endswith(("...", "?"))
        return before.get(_key(line[: colon.start()])) if colon and colon.end() < len(line) and not is_sentence else None

    def bar(line: str) -> T | None:
        parts = [part for part in _BETWEEN.split(line) if part]
        known = [found for part in parts if (found := whole.get(_key(part))) is not None]
        return known[0] if len(parts) > 1 and 2 * len(known) >= len(parts) and max(map(len, parts)) <= _MAX_PART else None

    return find


def _key(line: str) -> str:
    """What two lines that say the same phrase have in common; of a closed sentence, its stop too when it is short."""
    bare = _EDGES.sub("", " ".join(line.split()))
    return bare + "." if _STOP.search(line) and bare.count(" ") + 1 < _MIN_CLOSED else bare

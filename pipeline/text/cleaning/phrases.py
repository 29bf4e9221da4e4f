"""Set phrases as whole lines: one look-up in a dictionary, however many phrases in however many languages are known.

What is ignored about a line (case, marks and counters at its edges) and how a line of several phrases is taken apart is
decided here. What a phrase means is a row of `seeds/rules/boilerplate.csv`.
"""

import re
from collections.abc import Callable, Iterable
from typing import Literal, TypeVar
from unicodedata import normalize

Form = Literal["whole", "marker", "label"]
"""How a phrase stands: as the whole line, before a colon and what does not end like a sentence, or both (a marker)."""

# Marks, bullets and icons before the phrase, the same and a counter after it, are ignored. What ends in a signed figure is
# a row of a table. A line in quotation marks is somebody's words.
_QUOTES = frozenset("\"'«»„“”")
_STOPS = frozenset(".?。？؟")
_MIN_CLOSED = 3  # words: "Next." and "Why?" may be sentences of the story, "Follow us on Facebook." is not
# One of some signs, two spaces, a dash before a space, a slash between spaces; one set of characters first makes the
# search fast.
_SEPARATOR = re.compile(r"[]】:：|•·»›▶→> –—-](?:(?<![ –—-])| |[-–—/] )")
_BETWEEN = re.compile(r" *[|•·»›▶→] *|  +| [-–—/>] ")
_MAX_PART, _MAX_BAR, _MAX_LINK = 40, 160, 240  # characters of an item of a bar, of a bar, of a marker with its headline
_CHANGE = re.compile(r"[( ][+−–-]\d")
_MAX_MARKS = 12  # characters of icons and counters round a phrase

T = TypeVar("T")


def phrasebook(rows: Iterable[tuple[str, Form, T]]) -> Callable[[str], T | None]:
    """`find(line)`: what stands beside the first phrase the folded line consists of, or begins with; else None.

    `rows`: (phrase, form, anything). A bar of several items is known by its first phrase, when half of them are phrases.
    """
    whole: dict[str, T] = {}
    before: dict[str, T] = {}
    for phrase, form, value in rows:
        key = _key(phrase)
        if form != "label":
            whole.setdefault(key, value)
        if form != "whole":
            before.setdefault(key, value)

    longest = max(map(len, whole), default=0) + _MAX_MARKS

    def find(line: str) -> T | None:
        if len(line) > _MAX_LINK:
            return None
        found = whole.get(_key(line)) if len(line) <= longest else None
        if found is None and (mark := _SEPARATOR.search(line)):
            found = labelled(line, *mark.span()) or (bar(line) if len(line) <= _MAX_BAR else None)
        return found

    def labelled(line: str, edge: int, after: int) -> T | None:
        is_sentence = line[-1] in ".。" and not line.endswith("...")
        is_numbered = any(map(str.isdigit, line[:edge]))
        return None if is_sentence or is_numbered or after == len(line) else before.get(_key(line[:edge]))

    def bar(line: str) -> T | None:
        parts = [part for part in _BETWEEN.split(line) if part]
        known = [found for part in parts if (found := whole.get(_key(part))) is not None]
        return known[0] if 1 < len(known) >= len(parts) / 2 and max(map(len, parts)) <= _MAX_PART else None

    return find


def _key(line: str) -> str:
    """What two lines that say the same phrase have in common; of a closed sentence, its stop too when it is short."""
    start, end = 0, len(line)
    while start < end and not line[start].isalnum() and line[start] not in _QUOTES:
        start += 1
    while start < end and not line[end - 1].isalpha() and line[end - 1] not in _QUOTES:
        end -= 1
    if _CHANGE.search(line, end):
        end = len(line)
    bare = " ".join(line[start:end].split())
    return _alike(bare + "." if line[-1:] in _STOPS and bare.count(" ") + 1 < _MIN_CLOSED else bare)


# Accents, which capitals often lack, vowel points of Arabic and Hebrew, dots below Indic letters, joiners; no vowel signs.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u0670\u093c\u09bc\u0a3c\u0abc\u0b3c\u200b-\u200f]")
_LETTERS = str.maketrans("İıςىیکة", "iiσييكه")  # with other dots, final forms, and those of neighbouring languages
_AFTER_LATIN = "\u0250"


def _alike(phrase: str) -> str:
    """The phrase without what one writer spells out and another does not.

    A word alone keeps its accents: "réactions" are comments, "reactions" a subhead.
    """
    if phrase.isascii() or (" " not in phrase and phrase[0] < _AFTER_LATIN):
        return phrase.translate(_LETTERS)
    return _MARKS.sub("", normalize("NFKD", phrase.translate(_LETTERS))).lower()

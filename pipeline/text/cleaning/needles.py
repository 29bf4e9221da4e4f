"""Which patterns may fit a line at all: told by strings of which every match must hold one, looked for all at once.

A regular expression is read for such strings (Cox 2012, "Regular expression matching with a trigram index"), never
executed; what cannot be told is left open, so that a pattern that fits is never passed over. What a pattern means is the
business of `rules.py`.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from itertools import chain
from math import prod
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from re._casefix import _EXTRA_CASES as EXTRA_CASES  # type: ignore[import-not-found]
from typing import Any, NamedTuple

from ahocorasick_rs import BytesAhoCorasick, MatchKind

EDGE = "\n"
"""Stands before and after a line: no line holds it."""
Strings = frozenset[str]
UNTOLD: Strings = frozenset({""})
"""Nothing is known of what a match holds: the empty string stands in every line."""

_MOST = 300  # strings followed at once; `[*>-]? ?` before forty words makes some hundreds
_FEW = 50  # of them, followed into alternatives
_LONG = 10  # characters of a needle; more tell no more
# Letters that `(?i:...)` takes for another one and that lower case does not make that one, such as the long s.
_TWINS = {chr(code): frozenset(map(chr, twins)) for code, twins in EXTRA_CASES.items()}
_TWINS["i"] |= {"İ"}


@cache
def needles(regex: str, *, is_cased: bool, between: str = "") -> Strings:
    """Strings of which at least one stands in the folded form of all that the pattern fits, between two `between`, and
    every digit is a zero.

    `is_cased`: the pattern is matched to the text itself, not to its folded form.
    """
    edge = [(codes.LITERAL, ord(char)) for char in between]
    found = _best(_sequence(_read([*edge, *parser.parse(regex).data, *edge], folds=is_cased), UNTOLD))
    found = _fewest({one[:_LONG] for one in found})
    twins = (_TWINS.get(char, ()) for one in found for char in one) if "(?i" in regex else ()
    return found.union(*twins)


class _Told(NamedTuple):
    """All strings a part of a pattern matches (None: too many), else strings of which every match holds one."""

    whole: Strings | None
    needed: Strings


def _sequence(parts: Iterable["_Part"], left: Strings) -> _Told:
    """What is told of some parts in a row, when one of the strings `left` stands right before them."""
    run, needed, is_whole = left, UNTOLD, True
    for part in parts:
        if part.word:
            run = frozenset([one + part.word for one in run])
            continue
        told = _part(part, UNTOLD)
        if told.whole is not None and len(run) * len(told.whole) <= _MOST:
            run = frozenset(a + b for a in run for b in told.whole)
            needed = _rarest(needed, told.needed)
            continue
        if told.whole is None and run != UNTOLD and len(run) <= _FEW:
            told = _Told(None, _part(part, run).needed)
        needed = _rarest(needed, run, told.needed)
        run, is_whole = told.whole or UNTOLD, False
    return _Told(run, needed) if is_whole else _Told(None, _rarest(needed, run))


# A part is asked again for what stands before it, and dates stand in many patterns. To remember all of them is no faster and
# holds 12 MB.
_REMEMBERED = 256  # parts; sets of strings


@lru_cache(_REMEMBERED)
def _part(part: "_Part", left: Strings) -> _Told:
    """The same of one part."""
    if part.chars:
        return _Told(frozenset(a + b for a in left for b in part.chars), UNTOLD)
    if part.branches:
        return _either([_sequence(branch, left) for branch in part.branches])
    if part.is_empty:
        return _Told(left, _best(_sequence(part.ahead, UNTOLD)))
    return _Told(None, left)


def _either(told: Sequence[_Told]) -> _Told:
    if len(told) == 1:
        return told[0]
    whole = [one.whole for one in told if one.whole is not None]
    if len(whole) == len(told) and sum(map(len, whole)) <= _MOST:
        return _Told(frozenset(chain(*whole)), UNTOLD)
    return _Told(None, frozenset(chain(*map(_best, told))))


def _best(told: _Told) -> Strings:
    return _rarest(told.needed, told.whole or UNTOLD)


# -- reading a pattern ----------------------------------------------------------------------------------------------


class _Part(NamedTuple):
    """A part of a pattern, folded: letters in a row, one of some characters, one of some branches, or a place between
    characters, where `ahead` must follow. With none of these, it is something of which nothing is told.
    """

    word: str = ""
    chars: Strings = frozenset()
    branches: tuple[tuple["_Part", ...], ...] = ()
    is_empty: bool = False
    ahead: tuple["_Part", ...] = ()


def _read(items: Iterable[Any], *, folds: bool) -> tuple[_Part, ...]:
    """The parts of a parsed pattern, letters in a row joined; `folds`: whether letters stand for others in lower case."""
    parts, word = list[_Part](), ""
    for op, value in getattr(items, "data", items):  # what the parser returns is slow to walk
        letter = _folded(chr(value), folds=folds) if op is codes.LITERAL else None
        if letter:
            word += letter
            continue
        if word:
            parts.append(_Part(word))
            word = ""
        parts.append(_read_part(op, value, folds=folds))
    return (*parts, _Part(word)) if word else tuple(parts)


def _read_part(op: Any, value: Any, *, folds: bool) -> _Part:
    if op is codes.IN:
        return _Part(chars=_characters(value, folds=folds))
    if op is codes.BRANCH:
        return _Part(branches=tuple(_read(branch, folds=folds) for branch in value[1]))
    if op is codes.SUBPATTERN:
        return _Part(branches=(_read(value[3], folds=folds or bool(value[1] & re.IGNORECASE)),))
    if op is codes.MAX_REPEAT or op is codes.MIN_REPEAT:
        return _Part(branches=(_read(_unrolled(*value), folds=folds),))
    if op is codes.ASSERT and value[0] > 0:
        return _Part(is_empty=True, ahead=_read(value[1], folds=folds))
    return _Part(is_empty=op in (codes.AT, codes.ASSERT, codes.ASSERT_NOT))


_MOST_TIMES = 3


def _unrolled(least: int, most: int, items: Any) -> list[Any]:
    """A repetition written out, as far as it is short."""
    once: list[Any] = items.data
    if most > _MOST_TIMES:
        return [*once * min(least, _MOST_TIMES), (codes.ANY, None)]
    more: list[Any] = []
    for _ in range(most - least):
        more = [(codes.BRANCH, (None, [[*once, *more], []]))]
    return once * least + more


_MOST_MEMBERS = 26


def _characters(members: Sequence[Any], *, folds: bool) -> Strings:
    """The characters of a class, none where they are many."""
    found: set[str] = set()
    for op, value in members:
        first, last = value if op is codes.RANGE else (value, value)
        if op is codes.CATEGORY and value is codes.CATEGORY_DIGIT:
            first = last = ord("0")
        elif op not in (codes.LITERAL, codes.RANGE) or last - first >= _MOST_MEMBERS:
            return frozenset()
        for char in map(chr, range(first, last + 1)):
            if (folded := _folded(char, folds=folds)) is None:
                return frozenset()
            found.add(folded)
    return frozenset(found if len(found) <= _MOST_MEMBERS else ())


def _folded(char: str, *, folds: bool) -> str | None:
    """The character as it is in folded text; None where that depends on its neighbours."""
    if char == "Σ":
        return None
    if char.isdecimal():
        return "0"
    lower = char.lower() if folds else char
    return lower if len(lower) == 1 else char


# -- choosing among strings -----------------------------------------------------------------------------------------

_SHORT = 4  # characters; longer needles seldom hold another one


def _fewest(strings: Iterable[str]) -> Strings:
    """The strings without those that hold another one of them: "of" tells as much as "of" and " of "."""
    short = [one for one in strings if len(one) <= _SHORT]
    return frozenset(string for string in strings if not any(one in string and one != string for one in short))


# How often a character stands somewhere, roughly; what is no letter or common sign is rare.
_COMMON, _RARE = 0.05, 0.001


class _Rates(dict[str, float]):
    """Character to its rate."""

    def __missing__(self, char: str) -> float:
        return self.setdefault(char, _COMMON if char.isascii() and char.isalpha() else _RARE)


_RATES = _Rates({" ": 0.3, "0": 0.2, EDGE: _COMMON} | dict.fromkeys(".,'-", 0.1))


@lru_cache(_REMEMBERED)
def _rate(strings: Strings) -> float:
    """How often one of the strings is to be expected."""
    return sum([prod(map(_RATES.__getitem__, string[:_LONG])) for string in strings])


def _rarest(*sets: Strings) -> Strings:
    told = [strings for strings in sets if strings != UNTOLD]
    return min(told, key=_rate) if len(told) > 1 else (told or [UNTOLD])[0]


_ODD_DIGIT = re.compile(r"[^\D0-9]")
_DIGITS_ALIKE = bytes.maketrans(b"123456789", b"000000000")


def digits_alike(folded: str) -> bytes:
    """The text with a zero for every digit, in UTF-8."""
    western = folded if folded.isascii() else _ODD_DIGIT.sub("0", folded)
    return western.encode("utf-8", "surrogatepass").translate(_DIGITS_ALIKE)


_COMMONPLACE = 0.03  # a pattern told by what stands in so many lines is tried at all of them


def gate(told: Sequence[Strings]) -> Callable[[str], list[int]]:
    """`candidates(folded)`: positions in `told`, in order, of the sets of needles one of which stands in the text, digits
    being zeros."""
    always = [i for i, strings in enumerate(told) if _rate(strings) > _COMMONPLACE]
    owners: dict[str, list[int]] = {}
    for i, strings in enumerate(told):
        for string in () if i in always else sorted(strings):
            owners.setdefault(string, []).append(i)
    patterns = [string.encode("utf-8", "surrogatepass") for string in owners]
    owned = list(owners.values())
    if not patterns:
        return lambda _: always
    find = BytesAhoCorasick(patterns, matchkind=MatchKind.Standard).find_matches_as_indexes

    def candidates(folded: str) -> list[int]:
        hits = find(digits_alike(folded), overlapping=True)
        return sorted({*always, *chain.from_iterable([owned[hit[0]] for hit in hits])}) if hits else always

    return candidates

"""The characters and words of a text as numbers: classes of characters, hashes of words and lines.

Everything is computed over the whole text at once. Words are known by their hashes only, so that every language costs
the same and a lexicon is a table of small numbers. What they tell about a line is the business of `features.py`.
"""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.intp]
Hashes = NDArray[np.uint64]

UPPER, LETTER, DIGIT, WORD, STOP, COMMA, BAR, QUOTE, LINK, DENSE = (1 << i for i in range(10))
_SIGNS = {
    STOP: ".!?…。！？।؟۔",
    COMMA: ",;:、，،",
    BAR: "|•·›»>/→–—-",
    QUOTE: "\"'“”‘’«»„「」",
    LINK: "@#_=",
}
_DENSE_BLOCKS = ((0x0E00, 0x0EFF), (0x3040, 0x30FF), (0x3400, 0x9FFF))  # as in layout.py
_N_PLANE = 0x10000


@cache
def _classes() -> NDArray[np.uint16]:
    """The classes of every character of the basic plane; what lies beyond it counts as its last one, which has none."""
    table = np.zeros(_N_PLANE, np.uint16)
    for code, char in enumerate(map(chr, range(_N_PLANE - 1))):
        table[code] = UPPER * char.isupper() | LETTER * char.isalpha() | DIGIT * char.isdigit() | WORD * char.isalnum()
    for bit, signs in _SIGNS.items():
        table[[ord(sign) for sign in signs]] |= bit
    for first, last in _DENSE_BLOCKS:
        table[first : last + 1] |= DENSE
    return table


def codes(text: str) -> NDArray[np.uint32]:
    """The code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def classes(code_points: NDArray[np.uint32]) -> NDArray[np.uint16]:
    """The classes each of the characters belongs to, as bits."""
    return _classes()[np.minimum(code_points, _N_PLANE - 1)]


# -- words ----------------------------------------------------------------------------------------------------------


class Words(NamedTuple):
    """The words of a text, in order: hash, position of the line, length, and whether a capital opens it."""

    hashes: Hashes
    lines: Ints
    lengths: Ints
    capital: NDArray[np.bool_]


def words(kinds: NDArray[np.uint16], folded: NDArray[np.uint32], starts: Ints, ends: Ints) -> Words:
    """The words in the lines `starts` to `ends` of a text, given the classes of its characters and the folded text."""
    edges = np.flatnonzero(np.diff((kinds & WORD) > 0, prepend=False, append=False))
    first, after = edges[::2], edges[1::2]
    lines = np.searchsorted(starts, first, "right") - 1
    inside = (lines >= 0) & (first < ends[lines])
    first, after = first[inside], after[inside]
    return Words(hashes(folded, first, after), lines[inside], after - first, (kinds[first] & UPPER) > 0)


_BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2 to the 64
_FIRST, _LAST, _PAIR = np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9), np.uint64(0xD6E8FEB86659FD93)


@cache
def _powers(n: int) -> tuple[Hashes, Hashes]:
    """The first `n` powers of the base of the hashes, and their inverses, modulo 2 to the 64."""
    steps = (np.full(n, base, np.uint64) for base in (_BASE, pow(_BASE, -1, 1 << 64)))
    powers, inverses = (np.multiply.accumulate(np.append(np.uint64(1), step[1:])) for step in steps)
    return powers, inverses


def running(code_points: NDArray[np.uint32]) -> Hashes:
    """The polynomial of a text up to every character (Karp and Rabin 1987), from which any stretch has its hash."""
    sums = np.zeros(len(code_points) + 1, np.uint64)
    np.cumsum(code_points * _powers_of(code_points)[0], out=sums[1:])
    return sums


def _powers_of(text: NDArray[Any]) -> tuple[Hashes, Hashes]:
    powers, inverses = _powers(1 << (len(text) + 1).bit_length())
    return powers[: len(text)], inverses[: len(text)]


def hashes(code_points: NDArray[np.uint32], starts: Ints, ends: Ints) -> Hashes:
    """Hash of every span."""
    sums = running(code_points)
    return _spread((sums[ends] - sums[starts]) * _powers_of(sums)[1][starts])


def runs(sums: Hashes, n: int) -> Hashes:
    """Hash of the `n` characters from every character on, but for the last `n - 1`, given the `running` polynomial."""
    return _spread((sums[n:] - sums[:-n]) * _powers_of(sums)[1][:-n])


def _spread(sums: Hashes) -> Hashes:
    spread: Hashes = sums ^ (sums >> np.uint64(29))
    return spread


def grams(found: Words) -> tuple[Hashes, Ints]:
    """(hash, line) of words, pairs of neighbours, the first and the last word of a line."""
    joined = found.lines[1:] == found.lines[:-1]
    is_first, is_last = (np.ones(len(found.lines), bool) for _ in range(2))
    is_first[1:] = is_last[:-1] = ~joined
    pairs = ((found.hashes[:-1] * _PAIR) ^ found.hashes[1:])[joined]
    ends = (found.hashes[is_first] * _FIRST, found.hashes[is_last] * _LAST)
    lines = (found.lines, found.lines[:-1][joined], found.lines[is_first], found.lines[is_last])
    return np.concatenate([found.hashes, pairs, *ends]), np.concatenate(lines)


def slots(of: Hashes, n_slots: int) -> Ints:
    """Place of each hash in a table of `n_slots`, a power of two."""
    return ((of * np.uint64(_BASE)) >> np.uint64(65 - n_slots.bit_length())).astype(np.intp)


def of_text(of: Hashes, text: Ints) -> Hashes:
    """The hashes of words or lines, different in every text."""
    return of ^ (text.astype(np.uint64) * _PAIR)


def is_in(values: Hashes, table: Hashes) -> NDArray[np.bool_]:
    """Which of the values stand in the sorted table."""
    if not len(table):
        return np.zeros(len(values), bool)
    found: NDArray[np.bool_] = table[np.minimum(np.searchsorted(table, values), len(table) - 1)] == values
    return found


# The commonest function words of English: a quarter to a half of the words of English prose, and less than a tenth of
# those of any other language.
_FUNCTION_WORDS = "the of and to in a that is for on with was as by at from it his be are has have not this but"
_MIN_ENGLISH = 0.15


@cache
def _function_hashes() -> Hashes:
    lengths = np.array([len(word) for word in _FUNCTION_WORDS.split()], np.intp)
    ends = np.cumsum(lengths + 1) - 1
    return np.sort(hashes(codes(_FUNCTION_WORDS), ends - lengths, ends))


def function_words(found: Words) -> NDArray[np.bool_]:
    """Which of the words are function words of English."""
    return is_in(found.hashes, _function_hashes())


def is_english(n_function: NDArray[Any], n_words: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether so many words with so many function words among them are English."""
    found: NDArray[np.bool_] = (n_words > 0) & (n_function / np.maximum(n_words, 1) >= _MIN_ENGLISH)
    return found

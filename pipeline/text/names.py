"""Capitalised names that no actor of the register covers: what to look at when the register is to grow.

Only finds them and says whether they act; it decides nothing about who is meant. Names that the tagger vouches for
("Mayor Brandt") are mentions already; here are those it passes over.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from pipeline.text.tagging.drafts import Sentence
from pipeline.text.tagging.grammar import FUNCTION_WORDS, OPENERS

_CAPITAL = r"[^\W\d_a-zß-öø-ÿ](?<!\w.)[\w.-]*\w"
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_JOINT = r"(?:of|for|de|del|der|di|da|dos|la|le|van|von|bin|ibn)"
_RUN = re.compile(rf"{_CAPITAL}([ \u00a0](?:{_JOINT}[ \u00a0])?{_CAPITAL})*")  # the group: more than one word
_WORD_AFTER = re.compile(r"[ \u00a0]([a-z]+)(?:[ \u00a0]([a-z]+))?")


@dataclass(frozen=True, slots=True)
class NoiseWord:
    """One row of name_noise.csv: a capitalised word that is no part of an actor's name.

    edge: cut off where a name begins or ends with it ("Monday"). last: a name that ends so is none ("Street").
    """

    word: str
    place: Literal["edge", "last"]
    note: str | None


class Name(NamedTuple):
    """A name nobody covers: in which of the sentences, its words, and whether it speaks there."""

    sentence: int
    surface: str
    speaks: bool


def name_finder(
    noise: Sequence[NoiseWord], titles: Iterable[str], speech_forms: Iterable[str]
) -> Callable[[Sequence[tuple[int, str]], Sequence[tuple[int, int]]], Iterator[Name]]:
    """The returned `find(sentences, known)` gives each capitalised run of the sentences (start, text) that overlaps no
    known span, in order.

    A single word that opens its sentence is left out: there the capital says nothing. So are sentences in capitals and
    titles that capitalise every word.
    """
    edges = frozenset((*(row.word for row in noise if row.place == "edge"), *titles))
    last = frozenset(row.word for row in noise if row.place == "last")
    verbs = frozenset(speech_forms)

    def find(sentences: Sequence[tuple[int, str]], known: Sequence[tuple[int, int]]) -> Iterator[Name]:
        starts, ends = _merged(known)
        for number, (start, text) in enumerate(sentences):
            first = -1  # where the first word of the sentence begins, once that is asked for
            is_shouted: bool | None = None
            for run in _RUN.finditer(text):
                a, b = run.span()
                behind = bisect_right(starts, start + a)
                if behind and ends[behind - 1] >= start + b:
                    continue  # known as a whole
                if first < 0 and (opening := _LETTER_OR_DIGIT.search(text)):
                    first = opening.start()
                if run[1] is None:
                    is_name = (
                        a > first and text[a].isupper() and run[0] not in OPENERS and run[0].rstrip(".") not in edges
                    )
                else:
                    a, b = _within(text, a, b, first, edges)
                    is_name = a < b and (" " in text[a:b] or (a > first and text[a:b] not in OPENERS))
                before = bisect_left(starts, start + b) if is_name else 0
                if not is_name or (before and ends[before - 1] > start + a):
                    continue
                is_shouted = _is_shouted(text) if is_shouted is None else is_shouted
                if not is_shouted and text[a:b].rpartition(" ")[2] not in last:
                    yield Name(number, text[a:b], _speaks(text, a, b, verbs))

    return find


def _is_shouted(text: str) -> bool:
    """Capitals say nothing here: all are, or it is a title, without a full stop, that capitalises every word."""
    sentence = Sentence(text, 1, 0, len(text))
    return sentence.is_capitals or (sentence.is_title_case and not text.rstrip("”\"’' ").endswith((".", "!", "?")))


def _within(text: str, start: int, end: int, first: int, edges: frozenset[str]) -> tuple[int, int]:
    """The run without words at its edges that are no part of a name; a sentence's opening word may be one ("Yesterday")."""
    words = text[start:end].split()
    while words and (words[0].rstrip(".") in edges or (start == first and _is_opener(words[0]))):
        start += len(words.pop(0)) + 1
    while words and (words[-1].rstrip(".") in edges or not words[-1][0].isupper()):
        end -= len(words.pop()) + 1
    while words and not words[0][0].isupper():  # most scripts have no capitals
        start += len(words.pop(0)) + 1
    return (start, end) if words else (end, end)


def _is_opener(word: str) -> bool:
    return word[0].lower() + word[1:] in FUNCTION_WORDS


def _speaks(text: str, start: int, end: int, verbs: frozenset[str]) -> bool:
    """A verb of saying stands right behind it ("Brandt said", "Brandt later said"), or before it after a quotation."""
    after = _WORD_AFTER.match(text, end)
    if after and any(word in verbs for word in after.groups() if word):
        return True
    before = text[max(0, start - 25) : start].rstrip().rpartition(" ")
    return before[2] in verbs and before[0].endswith(("”", '"', "’", "'"))


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

"""Everything the tagger looks for, compiled into one automaton: one pass over a text finds names, roles and cue words.

Here belong what a surface can mean and the word-boundary test. How a surface is spelled stands in `spellings.py`; what a
hit means in its sentence is decided by the modules that read the hits (`readings.py`, `heads.py`, `people.py`).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple, TypeVar, get_args

from ahocorasick_rs import AhoCorasick, MatchKind

from pipeline.text.registering.register_rows import Actor, Alias, Branch, ContextRule, Register
from pipeline.text.spellings import Casing, cased, fold, spellings

WordKind = Literal[
    "organisation",
    "proper_body",
    "title",
    "given",
    "family_first",
    "adjunct",
    "abroad",
    "place",
    "group",
    "polity",
    "thing",
    "motion",
    "target",
    "weak",
    "locality",
    "relative",
]
T = TypeVar("T")

_CUES = frozenset(("title", "given", "family_first", "relative"))
_NOMINALS = frozenset(("group", "polity"))
_NOUNS = frozenset(("place", "locality", "motion", "target", "thing"))
_CLITICS = frozenset(("s", "d", "m", "t", "ll", "re", "ve"))
_SEEN_BEFORE, _SEEN_BEHIND = 2, 4  # characters beside a match that `_opens` and `_closes` look at
_LONGEST_SKIPPED = len("the ")
_NEIGHBOUR = 200  # characters between spans that are read rather than passed over


@dataclass(frozen=True, slots=True)
class NameWord:
    """One row of name_words.csv: a word that helps to read a name without naming an actor itself.

    organisation, proper_body: a body's noun, in any case ("army") or only capitalised ("Watch"). title, given,
    family_first, relative: what vouches for a person. adjunct: stands between a country and its noun ("special").
    place, locality: after an adjective or beside a capital, no actor. motion: "to" after it leads to a place. target: "on" after it leads to whom it meets ("sanctions").
    abroad: works in another's country ("ambassador"). group: a phrase for several actors. polity: a state, where capitalised ("our Nation"). thing: no person or body ends so. weak: no actor on its own.
    """

    word: str
    plural: str | None
    kind: WordKind
    sector: str | None
    note: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One actor a surface may stand for; each is made once."""

    actor: Actor
    kind: str
    context_rule: ContextRule
    casing: Casing


@dataclass(frozen=True, slots=True)
class Head:
    """A noun that makes an actor of what stands around it: a role ("minister") or a body ("ministry", "fleet")."""

    noun: str
    sector: str | None
    office: str | None
    branch: Branch | None
    is_body: bool
    is_proper: bool  # a body only where it is capitalised: "Watch", "Times"
    is_plural: bool


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """All that one surface can mean, shared by those that mean the same."""

    readings: tuple[Reading, ...]
    head: Head | None
    words: frozenset[WordKind]
    is_speech_verb: bool
    sole: Reading | None  # the one reading, where neither date nor document has a say
    is_head: bool  # makes an actor of its own: a role, a body, a group
    is_cue: bool  # a person's name may stand beside it
    is_noun: bool  # says what the name beside it does


Span = tuple[int, int]
Hit = tuple[int, int, Entry]  # a lexicon surface in a text: half-open code points


def compile_lexicon(
    register: Register, speech_forms: Iterable[str], words: Sequence[NameWord]
) -> Callable[[str, Iterable[Span]], list[Hit]]:
    """One automaton over all surfaces; the returned `find(text, spans)` gives the whole-word hits, overlapping ones too,
    sorted by start, longest first: all that lie in one of the sorted spans, and maybe others."""
    known = _known(register, speech_forms, words)
    surfaces = sorted({*known.aliases, *known.heads, *known.words, *known.verbs})
    entry_of = _entries(known, register)
    entries = _Made(lambda index: entry_of(surfaces[index]))
    # A leading "the " is matched and is no part of the name.
    skipped = [_LONGEST_SKIPPED * (one[:4].lower() == "the " and one in known.aliases) for one in surfaces]
    find_words = _word_finder(surfaces, entries, skipped)

    def find(text: str, spans: Iterable[Span]) -> list[Hit]:
        found: list[Hit] = []
        for start, end in _stretches(spans):
            hits = find_words(text, max(0, start - _LONGEST_SKIPPED), end)
            hits.sort(key=reading_order)
            found += hits
        return found

    return find


def word_finder(patterns: Mapping[str, T]) -> Callable[[str], list[tuple[int, int, T]]]:
    """One automaton over folded patterns; the returned function gives every whole-word match, overlapping ones too."""
    find_words = _word_finder(list(patterns), dict(enumerate(patterns.values())), [0] * len(patterns))
    return lambda text: find_words(text, 0, len(text))


class _Made(dict[int, T]):
    """Position of a pattern to its value, made when it is first asked for: of most patterns it never is."""

    def __init__(self, make: Callable[[int], T]) -> None:
        self._make = make

    def __missing__(self, index: int) -> T:
        return self.setdefault(index, self._make(index))


def _word_finder(
    patterns: list[str], values: Mapping[int, T], skipped: Sequence[int]
) -> Callable[[str, int, int], list[tuple[int, int, T]]]:
    """Every whole-word match in a stretch of a text, as a span that leaves the pattern's first `skipped` characters out."""
    automaton = AhoCorasick(patterns, matchkind=MatchKind.Standard, store_patterns=False)

    def find(text: str, start: int, end: int) -> list[tuple[int, int, T]]:
        first = max(0, start - _SEEN_BEFORE)
        folded = fold(text[first : end + _SEEN_BEHIND]) + "  "  # so that a word may begin before 0 and end at the end
        return [
            (first + a + skipped[index], first + b, values[index])
            for index, a, b in automaton.find_matches_as_indexes(folded, overlapping=True)
            if ((before := folded[a - 1]) == " " or (not before.isalpha() and _opens(folded, a)))
            and (
                (after := folded[b]) == ","
                or (after == " " and folded[b + 1] != "$")
                or (not after.isalpha() and _closes(folded, b))
            )
        ]

    return find


def _stretches(spans: Iterable[Span]) -> Iterator[Span]:
    """Sorted spans, neighbours taken together: to begin anew costs more than to read what stands between."""
    start = end = None
    for a, b in spans:
        if start is None or end is None:
            start, end = a, b
        elif a - end > _NEIGHBOUR:
            yield start, end
            start, end = a, b
        else:
            end = max(end, b)
    if start is not None and end is not None:
        yield start, end


def reading_order(hit: tuple[int, int, object]) -> int:
    """Sorts by start, longest first."""
    return (hit[0] << 32) - hit[1]


def _opens(folded: str, start: int) -> bool:
    """A word can begin at `start`: not after a letter or digit, nor inside an address or a contraction."""
    before = folded[start - 1]
    if before.isalnum() or before in "_@/":
        return False
    return not (before in "'." and start > 1 and folded[start - 2].isalnum() and folded[start - 2].islower())


def _closes(folded: str, end: int) -> bool:
    """A word can end at `end`: "Sana" does not end before "'a", "Russia" does before "'s" and not before ".com"."""
    after = folded[end]
    if after == " ":
        return folded[end + 1 : end + 2] != "$"
    if after.isalnum() or after in "_@$" or "\u0300" <= after <= "\u036f":
        return False
    if after == "'":
        tail = folded[end + 1 : end + 4]
        letters = tail[: next((i for i, c in enumerate(tail) if not c.isalnum()), len(tail))]
        return not letters or letters.lower() in _CLITICS
    return not (after == "." and folded[end + 1 : end + 2].islower())


class _Known(NamedTuple):
    """What is known of surfaces, as they are looked for."""

    aliases: Mapping[str, list[tuple[Alias, Casing]]]
    heads: Mapping[str, Head]
    words: Mapping[str, set[WordKind]]
    verbs: frozenset[str]


def _known(register: Register, speech_forms: Iterable[str], words: Sequence[NameWord]) -> _Known:
    aliases: dict[str, list[tuple[Alias, Casing]]] = defaultdict(list)
    heads: dict[str, Head] = {}
    kinds: dict[str, set[WordKind]] = defaultdict(set)
    verbs = frozenset(variant for form in speech_forms for variant in (fold(form), fold(form.capitalize())))
    for alias in register.aliases:
        for pattern, casing in spellings(alias):
            aliases[pattern].append((alias, casing))
    for word in words:
        if word.kind == "adjunct":
            continue
        for is_plural, surface in enumerate((word.word, word.plural)):
            if not surface:
                continue
            is_proper = word.kind == "proper_body"
            if is_proper or word.kind == "organisation":
                head = Head(word.word, word.sector, None, _branch(word.sector), True, is_proper, bool(is_plural))
                for variant in (surface, surface.upper()) if is_proper else cased(surface):
                    heads.setdefault(variant, head)
                continue
            if word.kind == "title" and word.sector:
                heads[surface] = Head(word.word, word.sector, None, None, False, False, False)
            for variant in (
                cased(surface)
                if word.kind in ("abroad", "place", "locality", "group", "target", "weak")
                else (fold(surface),)
            ):
                kinds[variant].add(word.kind)
    for role in register.roles:
        for is_plural, surface in enumerate((role.role, role.plural)):
            if surface:
                for variant in cased(surface):
                    is_body = variant in heads and heads[variant].is_body
                    heads[variant] = Head(
                        role.role, role.sector, role.office, role.branch, is_body, False, bool(is_plural)
                    )
    return _Known(aliases, heads, kinds, verbs)


def _entries(known: _Known, register: Register) -> Callable[[str], Entry]:
    """A function that gives all that a surface can mean."""
    actors = {actor.actor_id: actor for actor in register.actors}

    @cache
    def reading(actor_id: str, kind: str, context_rule: ContextRule, casing: Casing) -> Reading:
        return Reading(actors[actor_id], kind, context_rule, casing)

    entry = cache(_entry)

    def entry_of(surface: str) -> Entry:
        readings = dict.fromkeys(
            reading(alias.actor_id, alias.kind, alias.context_rule, casing)
            for alias, casing in known.aliases.get(surface, ())
        )
        words = frozenset(known.words.get(surface, ()))
        return entry(tuple(readings), known.heads.get(surface), words, surface in known.verbs)

    return entry_of


def _entry(readings: tuple[Reading, ...], head: Head | None, words: frozenset[WordKind], is_verb: bool) -> Entry:
    return Entry(
        readings,
        head,
        words,
        is_verb,
        sole=_sole(readings),
        is_head=head is not None or not _NOMINALS.isdisjoint(words),
        is_cue=is_verb or not _CUES.isdisjoint(words),
        is_noun=not _NOUNS.isdisjoint(words),
    )


def _sole(readings: tuple[Reading, ...]) -> Reading | None:
    reading = readings[0] if len(readings) == 1 else None
    return reading if reading and reading.context_rule == "none" and reading.actor.actor_type != "bloc" else None


def _branch(sector: str | None) -> Branch | None:
    return next((branch for branch in get_args(Branch) if branch == sector), None)

"""The persons a document names in full, and the short names that may mean them.

Whom a short name means where it stands is decided in `coreference.py`; which words make a name, in `people.py`.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from pipeline.text.tagging.drafts import Draft, Knowledge

_LONGEST_FAMILY_FIRST = 7  # "Kim Campbell" is no Korean
_SHORTEST_NAME = 3
_GENERATIONS = frozenset(("jr", "sr", "ii", "iii", "iv"))
_SHORTEST_VARIANT = 5  # letters of a first name: "Mark" and "Mary" are two persons

People = dict[str, Draft]
"""First and last name, in small letters -> a draft that names the person."""


def named_in_full(drafts: Iterable[Draft]) -> People:
    """One draft for every person the document names in full, by first and last name; one with a role if there is."""
    people: People = {}
    for draft in drafts:
        if (
            draft.actor_type == "person"
            and draft.form == "name"
            and not draft.is_trap
            and " " in (name := name_of(draft))
        ):
            key = key_of(name)
            known = people.setdefault(key, draft)
            if known.actor is None and (draft.actor is not None or (known.head is None and draft.head is not None)):
                people[key] = draft
    return people


def same_people(people: People) -> People:
    """The persons, with one draft for the variants of one name in the document, the first."""
    by_surname: dict[str, list[str]] = defaultdict(list)
    for key, draft in people.items():
        namesakes = by_surname[key.rpartition(" ")[2]]
        for namesake in namesakes:
            if _is_variant(people[namesake], draft):
                people[key] = people[namesake]
                break
        else:
            namesakes.append(key)
    return people


def _is_variant(one: Draft, other: Draft) -> bool:
    """ "Bryan Trent" and "Brian Trent", "Mark Trent" and "John Mark Trent": unless the register knows two persons."""
    if one.actor is not None and other.actor is not None:
        return one.actor is other.actor
    names, more = sorted((name_of(one).casefold().split(" "), name_of(other).casefold().split(" ")), key=len)
    if set(names) <= set(more):
        return True
    first, second = names[0], more[0]
    differing = sum(a != b for a, b in zip(first, second, strict=False))
    return len(names) == len(more) == 2 and len(first) == len(second) >= _SHORTEST_VARIANT and differing == 1


def short_forms(people: People, knowledge: Knowledge) -> dict[str, People]:
    """Short name -> the persons it may mean; a given name only where it is nobody's surname and its bearer unknown."""
    short: dict[str, People] = defaultdict(dict)
    given: dict[str, People] = defaultdict(dict)
    for draft in people.values():
        name = name_of(draft)
        key, surnames = key_of(name), _surnames(name, knowledge.family_first)
        for surname in surnames:
            short[surname][key] = draft
        first = name.partition(" ")[0]
        if draft.actor is None and len(first) >= _SHORTEST_NAME and first not in surnames:
            given[first][key] = draft
    return {**given, **short}


@lru_cache(maxsize=1 << 14)
def _surnames(name: str, family_first: frozenset[str]) -> tuple[str, ...]:
    """The surname forms of a full name, longest first: "Miller"; for "Leung Yiu-chung" "Leung"; "van Dam" before "Dam"."""
    words = _words(name)
    if words[0] in family_first and all(len(w) <= _LONGEST_FAMILY_FIRST or "-" in w for w in words[1:]):
        return words[0], " ".join(words[1:])
    last = words[-1]
    long = (" ".join(words[-2:]),) if len(words) > 2 and words[-2].islower() else ()
    return (*long, last, last.upper()) if len(last) >= _SHORTEST_NAME and last[0].isupper() else long


def name_of(draft: Draft) -> str:
    """The full name, of the register if the person is in it."""
    return draft.actor.name if draft.actor else draft.full_name or ""


@lru_cache(maxsize=1 << 14)
def key_of(name: str) -> str:
    """First and last name, in small letters."""
    words = _words(name.casefold())
    return f"{words[0]} {words[-1]}"


def _words(name: str) -> list[str]:
    """The words of a name without "Jr." and "III"."""
    words = name.split(" ")
    while len(words) > 2 and words[-1].rstrip(".").casefold() in _GENERATIONS:
        words.pop()
    return words

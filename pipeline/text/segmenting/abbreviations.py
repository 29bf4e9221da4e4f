"""The words that decide whether a mark ends a sentence: abbreviations by class, sentence starters, verbs of saying.

Rows come from `seeds/rules/abbreviations.csv` and `seeds/rules/speech_verbs.csv`. This module only answers which class
a word belongs to; where sentences end is decided in `sentences`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Kind = Literal[
    "never",  # e.g., vs.: no sentence ends here
    "title",  # Mr., Gov., Lt.: a name follows, so none ends here either
    "organisation",  # Inc., Corp.: ends before a sentence starter or a quotation
    "suffix",  # Jr., Ph.D., al.: as organisation
    "street",  # St., Ave., Dr.: as organisation
    "place",  # Calif., N.Y.: as organisation; after a comma (`Reno, Nev.`) before any capital
    "unit",  # ft., lb., min.: as organisation after a number, else an ordinary word
    "reference",  # No., p., est.: an ordinary word unless a number or a month follows
    "month",  # Jan., Tues.: ends before a capital that is no day or month
    "time",  # a.m., p.m.: ends before a capital that is no day, month or time zone
    "final",  # etc.: an ordinary word unless a bracket follows
    "exclaim",  # Yahoo!: a name that carries its mark
    "domain",  # com, org: `Example.Com` has lost no space
    "zone",  # Monday, May, Eastern, GMT: what goes on after a time
    "starter",  # the, he, but: a capital here means a new sentence
]


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """One word and its class: what a mark after it, or a capital at its head, may mean (see `Kind`)."""

    form: str
    kind: Kind
    note: str | None


class Verb(Protocol):
    """A verb of saying (see `SpeechVerb`), as far as it matters here: lemma and inflected forms."""

    @property
    def verb(self) -> str: ...
    @property
    def forms(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The rows arranged for look-up. `stops` holds every spelling after which a full stop is in doubt."""

    kinds: dict[str, Kind]
    stops: frozenset[str]
    domains: frozenset[str]
    zones: frozenset[str]
    starters: frozenset[str]
    saying: frozenset[str]
    lemmas: frozenset[str]


def lexicon(abbreviations: Sequence[Abbreviation], speech_verbs: Sequence[Verb]) -> Lexicon:
    """Arrange rows for look-up; of a form listed twice the last row holds."""

    def listed(kind: Kind) -> frozenset[str]:
        return frozenset(row.form for row in abbreviations if row.kind == kind)

    kinds = {row.form.rstrip(".!"): row.kind for row in abbreviations if row.form.endswith((".", "!"))}
    return Lexicon(
        kinds=kinds,
        stops=frozenset(kinds) | {form.capitalize() for form in kinds},
        domains=listed("domain"),
        zones=listed("zone"),
        starters=listed("starter"),
        saying=frozenset(form for row in speech_verbs for form in row.forms),
        lemmas=frozenset(row.verb for row in speech_verbs),
    )


_PARTS = re.compile(r"[-–—/:]")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")


def kind_of(word: str, known: Lexicon, shouting: bool = False) -> Kind | Literal["initials"] | None:
    """The class of a word without its stop; "initials" for `J` and `U.S`, None for an ordinary word.

    A form written small is also found with a capital; where the text is `shouting`, any form in capitals throughout.
    The last part of a compound (`D-Calif`, `then-Sen`) counts for the whole.
    """
    part = word if word.isalpha() else _PARTS.split(word)[-1]
    for form in (word,) if part == word else (word, part):
        kind = known.kinds.get(form)
        if kind is None and len(form) > 1 and form[0].isupper():
            if form[1:].islower() or shouting:
                kind = known.kinds.get(form.lower())
            if kind is None and shouting:
                kind = known.kinds.get(form.capitalize())
        if kind is not None:
            return kind
    if len(part) == 1 and part != word and not word[:-2].endswith("."):  # Mach-E, but J.-P.
        return None
    return "initials" if part[1:2] in ("", ".") and _INITIALS.fullmatch(part) else None

"""What a verb of saying is: one row of `seeds/rules/speech_verbs.csv`. Who uses it and how is decided elsewhere."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class SpeechVerb:
    """One row of speech_verbs.csv: a verb of saying, its forms, and what it takes besides a quotation.

    `that`: a clause; `claim`: a noun that stands for one ("denied the report"); `person`: the one who is told. `noun`: its
    base and its form in -s are nouns as well.
    """

    verb: str
    forms: tuple[str, ...]
    takes: tuple[Literal["that", "claim", "person", "noun"], ...]
    note: str | None

"""What a verb of saying is: one row of `seeds/rules/speech_verbs.csv`. Who uses it and how is decided elsewhere."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpeechVerb:
    """One row of speech_verbs.csv: a verb of saying with its forms."""

    verb: str
    forms: tuple[str, ...]
    note: str | None

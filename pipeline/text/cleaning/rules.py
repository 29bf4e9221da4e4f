"""What a row of `seeds/rules/boilerplate.csv` means. How rows are tried on lines stands in `matching.py`.

Scopes. `line`: the whole line. `top`: the whole line, above the second sentence-like line only. `under`: the whole
line, between the headline and the first sentence. `lead`: a stretch at the start of the first sentence-like line.
`pair`: the whole line, and the headline after it is a link. `list`: the same with the headlines up to the next
sentence. `tail`: the whole line, and all after it to the end, if the article stands before it. `prefix`: a stretch at
the start of a line. `suffix`: from the end of a sentence to the end of its line. `inline`: a stretch anywhere in a
line. `label`: the whole line, a phrase, a colon and what it announces. `end`: the whole line, below the last sentence
of the body only. `shape`: the whole line, a form of body text, asked last. `repeated`, `repeated_inside`,
`repeated_prose`: a short line outside the article's prose, one within it, a sentence before or after it, that stands in
`min_stories` stories of the outlet or more (`repeated.py`). `echo`, `head`, `model`, `correction`: rules whose condition
is code (`titles.py`, `model.py`, `corrections.py`), rows so that every removal can name its rule; the pattern says which
lines they touch.

A pattern that begins with `=` is a list of phrases between bars (`phrases.py` says how lines are compared to them). The
others are regular expressions without capturing groups. Curly quotes are matched as straight ones, tabs and
no-break spaces as spaces. A pattern without capital letters ignores case. `{date}`, `{time}` and `{name}` stand for the
written forms of dates, times of day and personal names, `{capital}` within `[...]` for the capital letters of Latin,
Greek and Cyrillic script.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

from pipeline.text.blocks import Kind
from pipeline.text.cleaning.layout import fold, plain
from pipeline.text.cleaning.needles import EDGE, UNTOLD, Strings, needles
from pipeline.text.cleaning.phrases import Form, phrasebook
from pipeline.text.dates import DATE, TIME
from pipeline.text.metadata import NAME
from pipeline.text.repetition import LEVELS

Scope = Literal[
    "line", "label", "top", "under", "end", "pair", "list", "tail", "prefix", "lead", "suffix", "inline", "shape",
    "echo", "head", "model", "correction", "repeated", "repeated_inside", "repeated_prose",
]  # fmt: skip
Profile = Literal["cautious", "standard", "strict"]
PROFILES: tuple[str, ...] = get_args(Profile)

_CAPITAL = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĘĚĞĢĪİĶŁĻŃŅŇŌŐŘŚŞŠŢŤŪŮŰŹŻŽΆ-ΫЀ-Я"
_FRAGMENTS = {"{date}": DATE, "{time}": TIME, "{name}": NAME, "{capital}": _CAPITAL}
_CASED = ("{name}", "{capital}")
_ESCAPED = re.compile(r"\\.")
_WITHIN = ("prefix", "lead", "suffix", "inline")  # a line; the other scopes are about the whole of one


@dataclass(frozen=True)
class Rule:
    """One row of the file; `profile` is the mildest profile in which the rule acts."""

    rule_id: str
    scope: Scope
    kind: Kind
    pattern: str
    profile: Profile
    is_active: bool
    rationale: str
    example: str
    note: str | None
    min_stories: int | None = None

    def __post_init__(self) -> None:
        if self.scope.startswith("repeated") != (self.min_stories in LEVELS):
            raise ValueError(
                f"column min_stories: {self.min_stories!r} does not fit scope {self.scope}; repeated lines are told by "
                f"{', '.join(map(str, LEVELS))} stories, for other scopes the cell is empty"
            )
        if self.phrases:
            if not phrasebook(phrases([self]))(fold(plain(self.example))):
                raise ValueError(f"column example: {self.example!r} is none of the phrases of rule {self.rule_id}")
            return
        try:
            compiled = re.compile(self.regex)
        except re.error as error:
            raise ValueError(f"column pattern: not a regular expression ({error})") from None
        if compiled.groups:
            raise ValueError("column pattern: write (?:...) instead of (...); capturing groups are not allowed")
        begins = {"prefix": compiled.match, "lead": compiled.match, "inline": compiled.search}
        found = begins.get(self.scope, compiled.fullmatch)
        example = plain(self.example)
        if not found(example if self.is_cased else example.lower()):
            raise ValueError(f"column example: {self.example!r} is not matched by the pattern of rule {self.rule_id}")

    @property
    def phrases(self) -> tuple[str, ...]:
        """The phrases of a pattern that is a list of them."""
        return tuple(self.pattern[1:].split("|")) if self.pattern.startswith("=") else ()

    @property
    def regex(self) -> str:
        """The pattern with its fragments spelled out."""
        regex = self.pattern
        for name, fragment in _FRAGMENTS.items():
            regex = regex.replace(name, fragment)
        return regex

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern, when it is first tried: a few articles call for some of hundreds."""
        return re.compile(self.regex)

    @cached_property
    def needles(self) -> Strings:
        """Strings of which one stands in whatever the pattern fits."""
        if self.phrases:
            return UNTOLD
        return needles(self.regex, is_cased=self.is_cased, between="" if self.scope in _WITHIN else EDGE)

    @property
    def is_cased(self) -> bool:
        """Whether letter case counts: it does when the pattern asks for a capital letter or a name."""
        letters = _ESCAPED.sub("", self.pattern)
        return any(fragment in letters for fragment in _CASED) or letters != letters.lower()


_FORMS: dict[str, Form] = {"pair": "marker", "list": "marker", "label": "label"}


def phrases(rules: Iterable[Rule]) -> Iterator[tuple[str, Form, Rule]]:
    """The phrases of the rules, as a phrasebook takes them."""
    for rule in rules:
        for phrase in rule.phrases:
            yield fold(plain(phrase.strip())), _FORMS.get(rule.scope, "whole"), rule

"""How many rules are tried on a line at once. What a rule means stands in `rules.py`, what becomes of a line elsewhere."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from pipeline.text.cleaning.layout import Line, Sheet, fold
from pipeline.text.cleaning.needles import EDGE, gate
from pipeline.text.cleaning.phrases import phrasebook
from pipeline.text.cleaning.rules import Rule, phrases

Hit = tuple[Rule, int, int]
"""A rule and the span it fits."""
LineMatcher = Callable[[Sheet, Line], Rule | None]

_REMEMBERED = 1 << 16  # lines; the pages of an outlet share most of their furniture


def line_matcher(rules: Sequence[Rule]) -> LineMatcher:
    """`match(sheet, line)`: the first of the rules that fits the line as a whole."""
    find = finder(rules)

    @lru_cache(_REMEMBERED)
    def known(plain: str) -> Rule | None:
        return find(fold(plain), plain)

    return lambda sheet, line: known(sheet.plain[line.start : line.end])


How = Literal["match", "fullmatch", "search"]


@dataclass(frozen=True)
class Pattern:
    """The pattern of a rule, ready to be tried, on the plain text where case counts."""

    rule: Rule
    is_cased: bool
    how: How

    @cached_property
    def fits(self) -> Callable[..., re.Match[str] | None]:
        """`fits(text, start, end)`: what the pattern fits, if it does; compiled when it is first tried."""
        fits: Callable[..., re.Match[str] | None] = getattr(self.rule.compiled, self.how)
        return fits

    def hit(self, folded: str, plain: str, start: int, end: int) -> Hit | None:
        """Where the pattern fits, if it does."""
        found = self.fits(plain if self.is_cased else folded, start, end)
        return (self.rule, *found.span()) if found else None


def patterns(rules: Iterable[Rule], how: How) -> list[Pattern]:
    """The patterns of the rules, in the order in which they are asked: those that ignore case come first."""
    found = [Pattern(rule, rule.is_cased, how) for rule in rules if not rule.phrases]
    return sorted(found, key=lambda pattern: pattern.is_cased)


def finder(rules: Sequence[Rule]) -> Callable[[str, str], Rule | None]:
    """`find(folded, plain)`: the first of the rules that fits a line as a whole, given in its two forms.

    Phrases are looked up first. Of the patterns, only those are tried that may fit (`needles.py`), which few do.
    """
    listed = phrasebook(phrases(rules)) if any(rule.phrases for rule in rules) else lambda _: None
    tried = patterns(rules, "fullmatch")
    candidates = gate([one.rule.needles for one in tried])

    def find(folded: str, plain: str) -> Rule | None:
        if rule := listed(folded):
            return rule
        for i in candidates(f"{EDGE}{folded}{EDGE}"):
            pattern = tried[i]
            if pattern.fits(plain if pattern.is_cased else folded):
                return pattern.rule
        return None

    return find

"""What has been decided about a line, how sure that is, and the blocks it makes. Who decides stands in `boilerplate.py`."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from pipeline.text.blocks import BODY_KINDS, Block, trim
from pipeline.text.cleaning.layout import Line, Sheet
from pipeline.text.cleaning.matching import Hit
from pipeline.text.cleaning.rules import Rule

# Probability that a stretch is body, by the scope that decided it. Exact phrases hardly ever err; a rule about the top
# of a text or a stretch within a line sees less. The model says for every line how sure it is.
_SCORES = {
    "line": 0.02,
    "label": 0.03,
    "pair": 0.02,
    "list": 0.03,
    "tail": 0.03,
    "top": 0.03,
    "under": 0.05,
    "end": 0.05,
    "prefix": 0.03,
    "lead": 0.05,
    "suffix": 0.05,
    "inline": 0.05,
    "echo": 0.03,
    "head": 0.15,
    "shape": 0.9,
    "repeated": 0.03,
    "repeated_inside": 0.1,
    "repeated_prose": 0.1,
}


class Verdict(NamedTuple):
    """What a line is, which rule says so, the probability that it is body, and the model's reason."""

    kind: str
    rule_id: str | None
    score: float
    reason: str | None = None


Verdicts = list[Verdict | None]
"""One for each line of the sheet; None = not decided yet. A stage decides more of them and changes no decision."""


def verdict_of(rule: Rule) -> Verdict:
    """What a rule says of the line or stretch it fits."""
    return Verdict(rule.kind, rule.rule_id, _SCORES[rule.scope])


def content(sheet: Sheet, verdicts: Iterable[Verdict], cuts: Callable[[Sheet, Line], list[Hit]]) -> Iterator[Block]:
    """A block for every line, or several where a rule about stretches of a line (`cuts`) fits a line of body."""
    for line, verdict in zip(sheet.lines, verdicts, strict=True):
        number, position, end, _ = line
        kind, rule_id, score, reason = verdict
        is_body = kind in BODY_KINDS
        if is_body:
            for rule, cut_start, cut_end in cuts(sheet, line):
                yield from _stretch(sheet, line, position, cut_start, verdict)
                yield from _stretch(sheet, line, cut_start, cut_end, verdict_of(rule))
                position = cut_end
        if position > line.start:
            yield from _stretch(sheet, line, position, end, verdict)
        else:
            yield Block(number, position, end, kind, is_body, rule_id, score, reason)


def _stretch(sheet: Sheet, line: Line, start: int, end: int, verdict: Verdict) -> Iterator[Block]:
    start, end = trim(sheet.text, start, end)
    if start < end:
        kind, rule_id, score, reason = verdict
        yield Block(line.number, start, end, kind, kind in BODY_KINDS, rule_id, score, reason)

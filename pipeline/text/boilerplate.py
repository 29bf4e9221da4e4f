"""The cleaning engine: which stretches of a raw article are boilerplate, and which rule says so.

The rules are rows of `seeds/rules/boilerplate.csv` (`rules.py` says what a row means); here they are applied, stage by
stage, to the lines of a text. A further judge of the lines no rule has decided (a learned classifier) is one more stage in `cleaner`. What a block is stands in `blocks.py`, the form of lines in
`layout.py`, facts mined from blocks in `metadata.py`.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, get_args

from pipeline.text.blocks import STRIPPED_KINDS, Block, Piece, tile, trim
from pipeline.text.cleaning.layout import Line, Sheet, gaps, is_headline, prose_run, repeats
from pipeline.text.cleaning.layout import sheet as read
from pipeline.text.cleaning.repeated import repeated_lines
from pipeline.text.cleaning.rules import PROFILES, Hit, Matcher, Rule, Scope, matcher
from pipeline.text.cleaning.titles import find_title

__all__ = ["Rule", "cleaner"]

# Probability that a stretch is body, by the scope that decided it. Exact phrases hardly ever err; a rule about the top
# of a text or a stretch within a line sees less; the best run of prose is a guess about layout.
_SCORES = {
    "line": 0.02,
    "label": 0.03,
    "pair": 0.02,
    "list": 0.03,
    "tail": 0.03,
    "top": 0.03,
    "end": 0.05,
    "prefix": 0.03,
    "suffix": 0.05,
    "inline": 0.05,
    "echo": 0.03,
    "furniture": 0.05,
    "head": 0.15,
    "gap": 0.15,
    "repeat": 0.1,
    "page": 0.15,
    "shape": 0.9,
    "repeated": 0.03,
    "repeated_inside": 0.1,
    "repeated_prose": 0.1,
}
_FOLLOWER_SCORE = 0.1  # decided by the marker above it
_TITLE_SCORE = 0.1
_BODY_SCORE = 0.95

_REPEATED = ("repeated", "repeated_inside", "repeated_prose")
_WHOLE_LINE = ("tail", "pair", "list", "line", "label")  # markers of what follows come first


class Verdict(NamedTuple):
    """What a line is, which rule says so, and the probability that it is body."""

    kind: str
    rule_id: str | None
    score: float


Verdicts = list[Verdict | None]
"""One for each line of the sheet; None = not decided yet. A stage decides more of them and changes no decision."""


def cleaner(rules: Sequence[Rule], profile: str = "standard") -> Callable[..., list[Block]]:
    """Compile the rules that act in `profile` into `clean(text, *, title=None, furniture=frozenset(), repeated={})`
    -> blocks.

    `title`: the title where it is known from elsewhere. `furniture`: 1-based numbers of lines that an HTML extractor
    holds for page furniture. `repeated`: line number to the stories of the outlet that hold the line, where several do.
    """
    allowed = PROFILES[: PROFILES.index(profile) + 1]
    scopes: dict[str, list[Rule]] = {scope: [] for scope in get_args(Scope)}
    for rule in rules:
        if rule.is_active and rule.profile in allowed:
            scopes[rule.scope].append(rule)
    whole_line = matcher([rule for scope in _WHOLE_LINE for rule in scopes[scope]], "fullmatch")
    names = ("top", "end", "echo", "head", "gap", "repeat", "page", "furniture", "shape")
    top, end, echo, head, gap, repeat, page, html, shape = (matcher(scopes[scope], "fullmatch") for scope in names)
    cut = _cutter(
        matcher(scopes["prefix"], "match"), matcher(scopes["suffix"], "fullmatch"), matcher(scopes["inline"], "search")
    )
    reach = {rule.rule_id: _MAX_LINKS for rule in scopes["list"]} | {rule.rule_id: 1 for rule in scopes["pair"]}
    told_often = [rule for scope in _REPEATED for rule in scopes[scope]]
    tails = {rule.rule_id: rule for rule in scopes["tail"]}

    def clean(
        text: str,
        *,
        title: str | None = None,
        furniture: frozenset[int] = frozenset(),
        repeated: Mapping[int, int] = MappingProxyType({}),
    ) -> list[Block]:
        sheet = read(text)
        verdicts: Verdicts = [None] * len(sheet.lines)
        _judge_lines(sheet, verdicts, whole_line, top)
        _judge(sheet, verdicts, [i for i, line in enumerate(sheet.lines) if line.number in furniture], html)
        _judge_title(sheet, verdicts, title, echo, head)
        for i, rule in repeated_lines(sheet, [verdict is None for verdict in verdicts], repeated, told_often).items():
            verdicts[i] = _verdict(rule)
        _judge_followers(sheet, verdicts, reach)
        _judge_tails(sheet, verdicts, tails)
        _judge(sheet, verdicts, repeats(sheet, _open(verdicts)), repeat)
        _judge_page(sheet, verdicts, page)
        _judge_end(sheet, verdicts, end)
        stripped = [verdict is not None and verdict.kind in STRIPPED_KINDS for verdict in verdicts]
        _judge(sheet, verdicts, gaps(sheet, _open(verdicts), stripped), gap)
        _judge_shapes(sheet, verdicts, shape)
        return tile(text, (piece for at in zip(sheet.lines, verdicts, strict=True) for piece in cut(sheet, *at)))

    return clean


def _judge(sheet: Sheet, verdicts: Verdicts, positions: Sequence[int], match: Matcher) -> None:
    """Decide the undecided lines at these positions that the rules fit."""
    for i in positions:
        hit = None if verdicts[i] else match(sheet, sheet.lines[i].start, sheet.lines[i].end)
        if hit:
            verdicts[i] = _verdict(hit[0])


def _open(verdicts: Verdicts) -> list[bool]:
    return [verdict is None for verdict in verdicts]


def _verdict(rule: Rule) -> Verdict:
    return Verdict(rule.kind, rule.rule_id, _SCORES[rule.scope])


_MAX_LINE = 700  # characters; page furniture is shorter, and long prose need not be asked


def _judge_lines(sheet: Sheet, verdicts: Verdicts, whole_line: Matcher, top: Matcher) -> None:
    prose_above = 0
    for i, line in enumerate(sheet.lines):
        if sheet.is_wrapped and sheet.text[line.start].islower():
            verdicts[i] = _continued(sheet, i, verdicts[i - 1]) if i else None
        elif line.end - line.start <= _MAX_LINE:
            hit = whole_line(sheet, line.start, line.end)
            if not hit and prose_above < 2:
                hit = top(sheet, line.start, line.end)
            verdicts[i] = _verdict(hit[0]) if hit else None
        prose_above += line.is_prose and not verdicts[i]


def _continued(sheet: Sheet, i: int, above: Verdict | None) -> Verdict | None:
    """The verdict on the line above, where that is boilerplate and its sentence goes on in this line."""
    line, before = sheet.lines[i], sheet.lines[i - 1]
    goes_on = line.number == before.number + 1 and sheet.text[before.end - 1] not in ".!?)]"
    return above._replace(score=_FOLLOWER_SCORE) if above and goes_on and above.kind in STRIPPED_KINDS else None


def _judge_title(sheet: Sheet, verdicts: Verdicts, title: str | None, echo: Matcher, head: Matcher) -> None:
    """The headline, its echoes, and what stands above it."""
    at, echoes = find_title(sheet, [i for i, verdict in enumerate(verdicts) if not verdict], title)
    if at is not None:
        verdicts[at] = Verdict("title", None, _TITLE_SCORE)
        _judge(sheet, verdicts, range(at), head)
    _judge(sheet, verdicts, echoes, echo)


_MAX_LINKS = 12
_MAX_SUBHEAD = 45  # characters; most headlines are longer, most subheads shorter


_ANNOUNCED = re.compile(r"[:：»›>|] ?\w")  # a marker with its headline on the same line announces no other


def _judge_followers(sheet: Sheet, verdicts: Verdicts, reach: dict[str, int]) -> None:
    """Headlines under a `pair` or `list` marker; a short one right above prose is left, as the subhead it may be.

    `reach`: rule -> how many headlines it may take.
    """
    if sheet.is_wrapped:
        return
    left, marker = 0, ""
    for i, line in enumerate(sheet.lines):
        verdict = verdicts[i]
        if verdict:
            if verdict.rule_id in reach and not _ANNOUNCED.search(sheet.plain, line.start, line.end):
                left, marker = reach[verdict.rule_id], verdict.rule_id
            continue
        is_above_prose = i + 1 < len(verdicts) and not verdicts[i + 1] and sheet.lines[i + 1].is_prose
        is_subhead = left > 1 and is_above_prose and line.end - line.start <= _MAX_SUBHEAD
        if left and is_headline(sheet.text, line.start, line.end) and not is_subhead:
            verdicts[i], left = Verdict("link_headline", marker, _FOLLOWER_SCORE), left - 1
        else:
            left = 0


_SOME_PROSE = 200  # characters; with less above it, no article can have ended


def _judge_tails(sheet: Sheet, verdicts: Verdicts, tails: dict[str, Rule]) -> None:
    """All after the first `tail` marker that has some prose above it, and at least as much as below it."""
    size = [(line.end - line.start) * (line.is_prose and not v) for line, v in zip(sheet.lines, verdicts, strict=True)]
    above, below = 0, sum(size)
    for i, verdict in enumerate(verdicts):
        above, below = above + size[i], below - size[i]
        rule = tails.get(verdict.rule_id or "") if verdict else None
        if rule and above >= max(below, _SOME_PROSE):
            follower = Verdict(rule.kind, rule.rule_id, _FOLLOWER_SCORE)
            verdicts[i + 1 :] = [later or follower for later in verdicts[i + 1 :]]
            return


def _judge_end(sheet: Sheet, verdicts: Verdicts, end: Matcher) -> None:
    """From the last line up to the last sentence of the body."""
    for i in range(len(verdicts) - 1, -1, -1):
        _judge(sheet, verdicts, [i], end)
        if not verdicts[i] and (sheet.lines[i].is_prose or sheet.is_wrapped):
            return


def _judge_page(sheet: Sheet, verdicts: Verdicts, page: Matcher) -> None:
    """On a whole page, what stands outside the best run of prose."""
    run = prose_run(sheet.lines, _open(verdicts))
    if run is not None:
        _judge(sheet, verdicts, [i for i in range(len(verdicts)) if i not in run], page)


def _judge_shapes(sheet: Sheet, verdicts: Verdicts, shape: Matcher) -> None:
    """List items and subheads, which stay body; a subhead stands above prose, stripped lines between them aside."""
    if sheet.is_wrapped:
        return
    prose_follows = False
    for i in range(len(verdicts) - 1, -1, -1):
        line, verdict = sheet.lines[i], verdicts[i]
        hit = None if verdict or line.is_prose else shape(sheet, line.start, line.end)
        if hit and (hit[0].kind != "subhead" or prose_follows):
            verdicts[i] = verdict = _verdict(hit[0])
        prose_follows = prose_follows and verdict.kind in STRIPPED_KINDS if verdict else line.is_prose


# A suffix begins where a sentence ends, or with the copyright sign itself.
_SUFFIX_START = re.compile(r"[.!?…\"')\]»] *|(?=©)")
_EDGE = 400  # characters of a line in which prefixes and suffixes are looked for; notices and credits are shorter


def _cutter(
    prefix: Matcher, suffix: Matcher, inline: Matcher
) -> Callable[[Sheet, Line, Verdict | None], Iterator[Piece]]:
    """A function that gives a line as one piece, or in several where a sub-line rule fits in a line of body."""

    def cut(sheet: Sheet, line: Line, verdict: Verdict | None) -> Iterator[Piece]:
        whole = verdict or Verdict("body", None, _BODY_SCORE)
        hits = list(body_hits(sheet, line.start, line.end)) if whole.score > 0.5 else []
        position = line.start
        for rule, start, end in sorted(hits, key=lambda hit: hit[1]):
            yield from piece(sheet, line, position, start, whole)
            yield from piece(sheet, line, start, end, _verdict(rule))
            position = end
        yield from piece(sheet, line, position, line.end, whole)

    def body_hits(sheet: Sheet, start: int, end: int) -> Iterator[Hit]:
        while start < end and (hit := prefix(sheet, start, min(end, start + _EDGE))) and start < hit[2]:
            yield hit
            start = trim(sheet.text, hit[2], end)[0]
        while hit := first_suffix(sheet, start, end):
            yield hit
            end = trim(sheet.text, start, hit[1])[1]
        while (hit := inline(sheet, start, end)) and start < hit[2]:
            yield hit
            start = hit[2]

    def first_suffix(sheet: Sheet, start: int, end: int) -> Hit | None:
        stops = _SUFFIX_START.finditer(sheet.plain, max(start, end - _EDGE), end)
        hits = (suffix(sheet, stop.end(), end) for stop in stops if stop.end() < end)
        return next(filter(None, hits), None)

    def piece(sheet: Sheet, line: Line, start: int, end: int, verdict: Verdict) -> Iterator[Piece]:
        start, end = trim(sheet.text, start, end)
        if start < end:
            yield Piece(line.number, start, end, *verdict)

    return cut

"""The cleaning engine: which stretches of a raw article are boilerplate, and which rule says so.

The rules are rows of `seeds/rules/boilerplate.csv` (`rules.py` says what a row means); here they are applied, stage by
stage, to the lines of a text; the lines no rule has decided are judged by the learned classifier of `model.py`. What a
block is stands in `blocks.py`, the form of lines in `layout.py`, facts mined from blocks in `metadata.py`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import Any, get_args

from pipeline.text.blocks import STRIPPED_KINDS, Block, tile
from pipeline.text.cleaning.cuts import cutter
from pipeline.text.cleaning.layout import Line, Sheet, is_closed, is_headline, is_transcript, lead
from pipeline.text.cleaning.layout import sheet as read
from pipeline.text.cleaning.markup import unpacked
from pipeline.text.cleaning.matching import Hit, LineMatcher, line_matcher
from pipeline.text.cleaning.model import Model, Opinion, judge
from pipeline.text.cleaning.reasons import explainer
from pipeline.text.cleaning.repeated import repeated_lines
from pipeline.text.cleaning.rules import PROFILES, Rule, Scope
from pipeline.text.cleaning.thresholds import doomed, spared
from pipeline.text.cleaning.titles import find_title
from pipeline.text.cleaning.verdicts import Verdict, Verdicts, content, verdict_of

__all__ = ["Rule", "cleaner", "ruler"]

_FOLLOWER_SCORE = 0.1  # decided by the marker above it
_TITLE_SCORE = 0.1
_BODY_SCORE = 0.95

MODEL = "model"  # the rule that stands for the learned classifier
_REPEATED = ("repeated", "repeated_inside", "repeated_prose")
_WHOLE_LINE = ("tail", "pair", "list", "line", "label")  # markers of what follows come first

_AT_ONCE = 64  # texts

Ruler = Callable[..., tuple[Sheet, Verdicts]]
Cleaner = Callable[..., list[Block]]
Cleaners = Callable[[Iterable[tuple[str, Mapping[str, Any]]]], Iterator[list[Block]]]


def cleaner(rules: Sequence[Rule], profile: str = "standard", model: Model | None = None) -> Cleaner:
    """Compile the rules that act in `profile` into `clean(text, *, title=None, markup="", repeated={})` -> blocks.

    `title`: the title where it is known from elsewhere. `markup`: of a web page, what its markup tells of each line, as
    packed by `cleaning/markup.py`. `repeated`: line number to the stories of the outlet that hold the line, where several do.
    The model acts if one is given and the row of `rules` that stands for it is active.
    """
    clean = cleaners(rules, profile, model)
    return lambda text, **known: next(clean([(text, known)]))


def cleaners(rules: Sequence[Rule], profile: str = "standard", model: Model | None = None) -> Cleaners:
    """The same for many texts, each with what is known of it, in less time: (text, known) one by one to blocks."""
    rule = ruler(rules, profile)
    scopes = _by_scope(rules, profile)
    judge_open = _judge_by(model, profile) if model and scopes["model"] else lambda ruled: [{} for _ in ruled]
    shape = line_matcher(scopes["shape"])
    cuts = cutter(scopes["prefix"], scopes["suffix"], scopes["inline"])
    lead_cuts = cutter([*scopes["lead"], *scopes["prefix"]], scopes["suffix"], scopes["inline"])

    def clean(texts: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[list[Block]]:
        waiting = iter(texts)
        while some := list(islice(waiting, _AT_ONCE)):
            ruled = [rule(text, **known) for text, known in some]
            for (sheet, verdicts), scores in zip(ruled, judge_open(ruled), strict=True):
                _judge_shapes(sheet, verdicts, shape, scores)
                whole = [one or Verdict("body", None, scores.get(i, _BODY_SCORE)) for i, one in enumerate(verdicts)]
                yield tile(sheet.text, content(sheet, whole, cutter_of(sheet, verdicts)))

    def cutter_of(sheet: Sheet, verdicts: Verdicts) -> Callable[[Sheet, Line], list[Hit]]:
        """What cuts a line: at the first sentence, the rules about it too."""
        opens = _open(verdicts)
        first = None if is_transcript(sheet, opens) else next(islice(sheet.lines, lead(sheet, opens), None), None)
        return lambda sheet, line: (lead_cuts if line is first else cuts)(sheet, line)

    return clean


def ruler(rules: Sequence[Rule], profile: str = "standard") -> Ruler:
    """Compile the rules about whole lines; the function takes what `clean` takes, and leaves open what no rule decides."""
    scopes = _by_scope(rules, profile)
    whole_line = line_matcher([rule for scope in _WHOLE_LINE for rule in scopes[scope]])
    names = ("top", "under", "end", "echo", "head")
    top, under, end, echo, head = (line_matcher(scopes[scope]) for scope in names)
    reach = {rule.rule_id: _MAX_LINKS for rule in scopes["list"]} | {rule.rule_id: 1 for rule in scopes["pair"]}
    told_often = [(rule, line_matcher([rule])) for scope in _REPEATED for rule in scopes[scope]]
    tails = {rule.rule_id: rule for rule in scopes["tail"]}

    def rule(
        text: str,
        *,
        title: str | None = None,
        markup: str = "",
        repeated: Mapping[int, int] = MappingProxyType({}),
    ) -> tuple[Sheet, Verdicts]:
        sheet = read(text)
        sheet = sheet._replace(markup=unpacked(markup, len(sheet.lines)))
        verdicts: Verdicts = [None] * len(sheet.lines)
        _judge_lines(sheet, verdicts, whole_line, top)
        _reopen_subheads(sheet, verdicts)
        _judge_title(sheet, verdicts, title, (echo, head, under))
        for i, taken_by in repeated_lines(sheet, _open(verdicts), repeated, told_often).items():
            verdicts[i] = verdict_of(taken_by)
        _judge_followers(sheet, verdicts, reach)
        _judge_tails(sheet, verdicts, tails)
        _judge_end(sheet, verdicts, end)
        return sheet, verdicts

    return rule


def _by_scope(rules: Sequence[Rule], profile: str) -> dict[str, list[Rule]]:
    allowed = PROFILES[: PROFILES.index(profile) + 1]
    scopes: dict[str, list[Rule]] = {scope: [] for scope in get_args(Scope)}
    for rule in rules:
        if rule.is_active and rule.profile in allowed:
            scopes[rule.scope].append(rule)
    return scopes


def _judge(sheet: Sheet, verdicts: Verdicts, positions: Sequence[int], match: LineMatcher) -> None:
    """Decide the undecided lines at these positions that the rules fit."""
    for i in positions:
        rule = None if verdicts[i] else match(sheet, sheet.lines[i])
        if rule:
            verdicts[i] = verdict_of(rule)


def _open(verdicts: Verdicts) -> list[bool]:
    return [verdict is None for verdict in verdicts]


_MAX_LINE = 700  # characters; page furniture is shorter, and long prose need not be asked


def _judge_lines(sheet: Sheet, verdicts: Verdicts, whole_line: LineMatcher, top: LineMatcher) -> None:
    prose_above = 0
    for i, line in enumerate(sheet.lines):
        goes_on = sheet.is_wrapped and (sheet.text[line.start].islower() or _is_inside(sheet, verdicts, i))
        if goes_on:
            verdicts[i] = _continued(sheet, i, verdicts[i - 1]) if i else None
        elif line.end - line.start <= _MAX_LINE:
            rule = whole_line(sheet, line) or (top(sheet, line) if prose_above < 2 else None)
            verdicts[i] = verdict_of(rule) if rule else None
        prose_above += line.is_prose and not verdicts[i]


_LIKE_SUBHEADS = frozenset({"navigation", "share", "newsletter", "read_more"})
_BARE = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)?")


def _reopen_subheads(sheet: Sheet, verdicts: Verdicts) -> None:
    """A word or two between two sentences, such as "Funding" or "More", is as often a head of the story as a button of the
    site, and the classifier is asked."""
    for i in range(1, len(verdicts) - 1):
        _, start, end, _ = sheet.lines[i]
        verdict = verdicts[i]
        is_button = verdict and verdict.kind in _LIKE_SUBHEADS and _BARE.fullmatch(sheet.plain, start, end)
        if is_button and all(sheet.lines[near].is_prose and not verdicts[near] for near in (i - 1, i + 1)):
            verdicts[i] = None


_FULL = 30  # characters; in a text of broken lines, a line as long was broken off


def _is_inside(sheet: Sheet, verdicts: Verdicts, i: int) -> bool:
    """Whether a broken line stands right under a full line that no rule has decided, and so within a paragraph."""
    above, line = sheet.lines[i - 1], sheet.lines[i]
    return above.number == line.number - 1 and not verdicts[i - 1] and above.end - above.start > _FULL


def _continued(sheet: Sheet, i: int, above: Verdict | None) -> Verdict | None:
    """The verdict on the line above, where that is boilerplate and its sentence goes on in this line."""
    line, before = sheet.lines[i], sheet.lines[i - 1]
    goes_on = line.number == before.number + 1 and sheet.text[before.end - 1] not in ".!?)]"
    return above._replace(score=_FOLLOWER_SCORE) if above and goes_on and above.kind in STRIPPED_KINDS else None


def _judge_title(sheet: Sheet, verdicts: Verdicts, title: str | None, by: tuple[LineMatcher, ...]) -> None:
    """The headline, its echoes, what stands above it, and between it and the first sentence."""
    echo, head, under = by
    at, echoes = find_title(sheet, [i for i, verdict in enumerate(verdicts) if not verdict], title)
    if at is not None:
        verdicts[at] = Verdict("title", None, _TITLE_SCORE)
        _judge(sheet, verdicts, range(at), head)
    _judge(sheet, verdicts, echoes, echo)
    if at is not None and not sheet.is_wrapped:
        _judge(sheet, verdicts, range(at + 1, lead(sheet, _open(verdicts))), under)


_MAX_LINKS = 12
_MAX_SUBHEAD = 45  # characters; most headlines are longer, most subheads shorter


_ANNOUNCED = re.compile(r"[:：»›>|] ?\w")  # a marker with its headline on the same line announces no other


def _judge_followers(sheet: Sheet, verdicts: Verdicts, reach: dict[str, int]) -> None:
    """Headlines under a `pair` or `list` marker; a short one right above a sentence is left, as the subhead it may be.

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
        is_above_sentence = i + 1 < len(verdicts) and not verdicts[i + 1] and is_closed(sheet, sheet.lines[i + 1])
        is_subhead = left > 1 and is_above_sentence and line.end - line.start <= _MAX_SUBHEAD
        if left and is_headline(sheet.text, line.start, line.end) and not is_subhead:
            verdicts[i], left = Verdict("link_headline", marker, _FOLLOWER_SCORE), left - 1
        else:
            left = 0


_SOME_PROSE = 200  # characters; with less above it, no article can have ended


def _judge_tails(sheet: Sheet, verdicts: Verdicts, tails: dict[str, Rule]) -> None:
    """All after the first `tail` marker that has some prose above it, and at least as much as below it.

    "Comments" right above a sentence, with no other boilerplate below, may be a subhead: the classifier is asked.
    """
    size = [(line.end - line.start) * (line.is_prose and not v) for line, v in zip(sheet.lines, verdicts, strict=True)]
    above, below = 0, sum(size)
    for i, verdict in enumerate(verdicts):
        above, below = above + size[i], below - size[i]
        rule = tails.get(verdict.rule_id or "") if verdict else None
        if rule and above >= max(below, _SOME_PROSE):
            lines_below = sheet.lines[i + 1 :]
            is_read_on = lines_below and lines_below[0].is_prose and not any(verdicts[i + 1 :])
            if rule.kind == "comment_form" and is_read_on:
                verdicts[i] = None
                return
            follower = Verdict(rule.kind, rule.rule_id, _FOLLOWER_SCORE)
            verdicts[i + 1 :] = [later or follower for later in verdicts[i + 1 :]]
            return


def _judge_end(sheet: Sheet, verdicts: Verdicts, end: LineMatcher) -> None:
    """From the last line up to the last sentence of the body; the only sentence is no end of anything."""
    n_prose = sum(line.is_prose and not verdict for line, verdict in zip(sheet.lines, verdicts, strict=True))
    for i in range(len(verdicts) - 1, -1, -1):
        is_prose = sheet.lines[i].is_prose and not verdicts[i]
        if is_prose and n_prose == 1:
            return
        _judge(sheet, verdicts, [i], end)
        if not verdicts[i] and (is_prose or sheet.is_wrapped):
            return
        n_prose -= is_prose


def _judge_by(model: Model, profile: str) -> Callable[[Sequence[tuple[Sheet, Verdicts]]], list[dict[int, float]]]:
    """A stage that strips the open lines the model holds for boilerplate, puts back what rules took from an article without
    reason, and gives the probabilities of all it judged, for some texts at once."""
    explain = explainer(model)

    def judge_open(ruled: Sequence[tuple[Sheet, Verdicts]]) -> list[dict[int, float]]:
        opinions = judge(model, [sheet for sheet, _ in ruled], [verdicts for _, verdicts in ruled])
        return [judge_one(*one, opinion) for one, opinion in zip(ruled, opinions, strict=True)]

    def judge_one(sheet: Sheet, verdicts: Verdicts, opinion: Opinion) -> dict[int, float]:
        told = dict(zip(opinion.positions, opinion.probabilities, strict=True))
        is_page = opinion.of_text is not None and opinion.of_text.forest == "page"
        gone = set(doomed(sheet, {i: p for i, p in told.items() if not verdicts[i]}, profile, is_page=is_page))
        for i in spared({i: p for i, p in told.items() if verdicts[i]}):
            verdicts[i] = None
        out = [at for at, i in enumerate(opinion.positions) if i in gone]
        for at, reason in zip(out, explain(opinion, out), strict=True):
            i = opinion.positions[at]
            verdicts[i] = Verdict(_looks(sheet, sheet.lines[i]), MODEL, opinion.probabilities[at], reason)
        return told

    return judge_open


_MIN_HEADLINE = 5  # words; names of sections and buttons are shorter


def _looks(sheet: Sheet, line: Line) -> str:
    """The likeliest kind of a line of boilerplate no rule knows, from its form alone."""
    if line.is_prose or not is_headline(sheet.text, line.start, line.end):
        return "other_boilerplate"
    n_words = sheet.text[line.start : line.end].count(" ") + 1
    return "link_headline" if n_words >= _MIN_HEADLINE else "navigation"


def _judge_shapes(sheet: Sheet, verdicts: Verdicts, shape: LineMatcher, scores: Mapping[int, float]) -> None:
    """List items and subheads, which stay body; a subhead stands above prose, stripped lines between them aside.

    `scores`: position of a line to the probability that it is body, as far as the model was asked.
    """
    if sheet.is_wrapped:
        return
    prose_follows = False
    for i in range(len(verdicts) - 1, -1, -1):
        line, verdict = sheet.lines[i], verdicts[i]
        rule = None if verdict or line.is_prose else shape(sheet, line)
        if rule and (rule.kind != "subhead" or prose_follows):
            verdict = verdict_of(rule)
            verdicts[i] = verdict = verdict._replace(score=scores.get(i, verdict.score))
        prose_follows = prose_follows and verdict.kind in STRIPPED_KINDS if verdict else line.is_prose

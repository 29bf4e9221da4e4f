"""Lines no rule knows by their words, told by what stands above and below them: between boilerplate, or below the story.

Only the form of lines is looked at, and what is known about their neighbours. What becomes of them is decided in
`boilerplate.py`; the form of lines stands in `layout.py`.
"""

import re
from collections.abc import Sequence
from itertools import groupby, pairwise

from pipeline.text.blocks import STRIPPED_KINDS
from pipeline.text.cleaning.layout import LIST_MARK, Sheet, ends_in_colon, is_closed

_INK = re.compile(r"[^\W_]")  # a line of stars or strokes parts chapters, too
_MAX_GAP = 30  # characters of a line between two of boilerplate that is not a headline of the story
# Below the last sentence, a row of a list or table is story for certain. A line of a box of facts, something in brackets
# or quotation marks, a sentence with something after it, a text in a script that marks no end of a sentence may be.
_ROW = re.compile(rf"{LIST_MARK}|\d{{4}}: |.*\S(?: {{2,}}| ?[|] ?)\S|.{{1,30}} \d+ ?[-–:] ?\d+ ")
_MAYBE = re.compile(
    r"[(\[]|.{3,30} [–—-] .|[^:]{2,40}: \S|.*[\"«»„「『]|.*[^\W\d]{2}[.!?…。][')\]]* "
    r"|(?=.{20}).*[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]|.{90}"
)
_SPOKEN = re.compile(r".*[\"«»„「『]")  # right below the last sentence, the story goes on without full stops
# Lines in a row that no rule knows: as many are a list or a table of the story as often as a box of links.
_MAX_RUN = 8
# A line without a full stop below the story is none of its own only where the story shows that it closes its lines: two of
# them or more, and for each that stands open (a subhead aside) more than four. Some write every line without a stop.
_MIN_CLOSED, _CLOSED_TO_LOOSE = 2, 4
_MAX_HEAD = 3  # lines above the first sentence that may be place, name and kicker; more of them are verse or a list


def gaps(sheet: Sheet, kinds: Sequence[str]) -> list[int]:
    """Positions of open lines among boilerplate, a few in a row at most: short ones with some right above and below, all
    below the last long sentence and the first boilerplate after it, and, where the story closes its lines, those below
    its last sentence or row that do not look like story.

    `kinds`: what each line was found to be, empty for an open one.
    """
    is_open = [not kind for kind in kinds]
    n_lines, prose = len(sheet.lines), [i for i, line in enumerate(sheet.lines) if is_open[i] and line.is_prose]
    if sheet.is_wrapped or not prose:
        return []
    is_stripped = [
        kind in STRIPPED_KINDS
        and (kind != "other_boilerplate" or _INK.search(sheet.plain, line.start, line.end) is not None)
        for kind, line in zip(kinds, sheet.lines, strict=True)
    ]
    table = _table(sheet, is_open, prose[-1] + 1)
    last = next(i for i in range(n_lines - 1, -1, -1) if is_open[i] and (i in table or _is_story(sheet, i)))
    run = _runs([is_open[i] and not line.is_prose and i != last for i, line in enumerate(sheet.lines)])
    maybe = [
        i > last and is_open[i] and _MAYBE.match(sheet.plain, *line[1:3]) is not None
        for i, line in enumerate(sheet.lines)
    ]
    goes_on = ends_in_colon(sheet, sheet.lines[last]) or any(
        maybe[i] and _SPOKEN.match(sheet.plain, *sheet.lines[i][1:3]) for i in range(last + 1, min(last + 2, n_lines))
    )
    is_over = any(is_open[last + 1 :]) and not goes_on and _closes(sheet, is_open, last, table)
    found, is_below, is_after = [], False, False
    for i, line in enumerate(sheet.lines):
        is_between = 0 < i < n_lines - 1 and is_stripped[i - 1] and is_stripped[i + 1]
        is_below = is_below or (i - 1 > prose[-1] and is_stripped[i - 1])
        is_after = is_after or (is_over and i > last and not any(maybe[i : i + 2]))
        is_out = is_below or (is_after and not maybe[i]) or (is_between and line.end - line.start <= _MAX_GAP)
        if 0 < run[i] <= _MAX_RUN and is_out:
            found.append(i)
    return found


def _runs(members: Sequence[bool]) -> list[int]:
    """For each position the length of the run of members it stands in; zero for what is none."""
    return [is_in * n for is_in, n in ((is_in, len(list(run))) for is_in, run in groupby(members)) for _ in range(n)]


def _closes(sheet: Sheet, is_open: Sequence[bool], last: int, table: set[int]) -> bool:
    """Whether nearly all lines of a story, from its first sentence on, end like sentences: all but its rows and what stands
    right above one of them."""
    is_sentence = [is_open[i] and is_closed(sheet, sheet.lines[i]) for i in range(last + 1)]
    first = is_sentence.index(True) if any(is_sentence) else last
    story = [is_sentence[i] or (is_open[i] and (i in table or _is_story(sheet, i))) for i in range(first, last + 1)]
    n_closed = sum(is_sentence)
    n_loose = sum(is_open[i] and not here and not below for i, (here, below) in enumerate(pairwise(story), first))
    n_loose += max(sum(is_open[:first]) - _MAX_HEAD, 0)
    return n_closed >= _MIN_CLOSED and n_closed > _CLOSED_TO_LOOSE * n_loose


def _is_story(sheet: Sheet, i: int) -> bool:
    """Whether a line ends like a sentence or has the mark of a list; a head (`:`) with nothing below it has neither."""
    line = sheet.lines[i]
    return is_closed(sheet, line) or _ROW.match(sheet.plain, line.start, line.end) is not None


def _table(sheet: Sheet, is_open: Sequence[bool], start: int) -> set[int]:
    """Positions, from `start` on, of open lines of the form of the one above or below: rows of a table."""
    forms = [_form(sheet, i) if is_open[i] else "" for i in range(start, len(is_open))]
    pairs = (i for i, (form, below) in enumerate(pairwise(forms), start) if form and form == below)
    return {row for i in pairs for row in (i, i + 1)}


_WORDS, _FIGURES = re.compile(r"[^\W\d_]+(?:[ '.-]+[^\W\d_]+)*"), re.compile(r"\d+")


def _form(sheet: Sheet, i: int) -> str:
    """Where in a line words and figures stand, which the rows of a table have in common; empty without both."""
    _, start, end, _ = sheet.lines[i]
    form = _FIGURES.sub("9", _WORDS.sub("a", sheet.plain[start:end]))
    return form if "9" in form and "a" in form else ""


# What stands round a story and not within it, as advertisements, links, appeals, players and notes may.
_AROUND = frozenset({"share", "navigation", "copyright", "comment_form"})
# Measured on pages and texts of many sites: of lines enclosed like this, 99 of 100 are boilerplate; with more in a row,
# longer ones, or more of the story below, often enough they are not.
_MAX_ENCLOSED, _LONGEST_ENCLOSED = 2, 300  # lines; characters of each
_MAX_REST = 0.15  # of the prose above that may stand below
_LAST_WORDS = 150  # characters that may stand below a note about the author, however short the story
SOME_PROSE = 200  # characters; with less above it, no article can have ended


def enclosed(sheet: Sheet, kinds: Sequence[str]) -> list[int]:
    """Positions of open lines, sentences too, late in a text between boilerplate and boilerplate or the end, where what
    stands right above them is of a kind that stands round a story. `kinds` as in `gaps`."""
    if sheet.is_wrapped:
        return []
    size = _prose(sheet, kinds)
    states = ["open" if not kind else "out" if kind in STRIPPED_KINDS else "kept" for kind in kinds]
    runs = [list(run) for _, run in groupby(range(len(kinds)), states.__getitem__)]
    found, above, total = list[int](), 0, sum(size)
    for before, run in pairwise(runs):
        above += sum(size[i] for i in before)
        below = total - above - sum(size[i] for i in run)
        is_around = states[run[0]] == "open" and any(kinds[i] in _AROUND for i in before)
        is_late = above >= SOME_PROSE and below <= _MAX_REST * above and states[run[-1] + 1 :][:1] in (["out"], [])
        if is_around and is_late and len(run) <= _MAX_ENCLOSED and all(_is_brief(sheet, i) for i in run):
            found += run
    return found


def _prose(sheet: Sheet, kinds: Sequence[str]) -> list[int]:
    """How much open prose there is in each line."""
    return [
        (line.end - line.start) * (line.is_prose and not kind) for line, kind in zip(sheet.lines, kinds, strict=True)
    ]


def _is_brief(sheet: Sheet, i: int) -> bool:
    return sheet.lines[i].end - sheet.lines[i].start <= _LONGEST_ENCLOSED


_NAME = re.compile(r"[^\W\d_][\w.-]+")


def about_authors(sheet: Sheet, kinds: Sequence[str]) -> list[int]:
    """Positions of open sentences, with hardly any prose below, that begin with two words of a name that stand side by side
    in a byline of the text and in no other sentence, and of the open lines below them. `kinds` as in `gaps`."""
    signed = {pair for i, kind in enumerate(kinds) if kind == "byline" for pair in _name_parts(sheet, i)}
    size, found, below = _prose(sheet, kinds), list[int](), 0
    if signed:  # who is written about signs nothing, though a bare name below the headline looks like it
        told = [
            pair for i, kind in enumerate(kinds) if size[i] or kind == "title" for pair in set(_name_parts(sheet, i))
        ]
        signed = {pair for pair in signed if told.count(pair) <= 1}
    above = sum(size) * bool(signed)
    for i in range(len(kinds) - 1, -1, -1):
        above -= size[i]
        if above < SOME_PROSE or below > max(_MAX_REST * above, _LAST_WORDS):
            break
        if not kinds[i] and is_closed(sheet, sheet.lines[i]) and not signed.isdisjoint(_name_parts(sheet, i, 2)):
            found.append(i)
        else:
            below += size[i]
    return [i for i in range(min(found, default=len(kinds)), len(kinds)) if not kinds[i]]


def _name_parts(sheet: Sheet, i: int, n_words: int | None = None) -> list[tuple[str, str]]:
    """Neighbours among the words of a line, or its first ones, that both begin with a capital letter."""
    _, start, end, _ = sheet.lines[i]
    words = _NAME.findall(sheet.plain[start:end])[:n_words]
    return [(a.lower(), b.lower()) for a, b in pairwise(words) if a[0].isupper() and b[0].isupper()]

"""Which line of a text is the headline, and which lines only say it again. What becomes of them is decided elsewhere."""

import re
from collections.abc import Sequence

from pipeline.text.cleaning.layout import Sheet, fold, is_headline, plain
from pipeline.text.dates import DATE

_HEAD_LINES = 12  # a headline and its repetitions stand among the first lines of an article
_PROSE_ABOVE_ECHO = 2  # a standfirst and a caption may stand between a headline and its repetition, not half the story


def find_title(sheet: Sheet, undecided: Sequence[int], known: str | None) -> tuple[int | None, list[int]]:
    """(position of the title's line, positions of its echoes), looked for among the first of the undecided lines.

    The title is the line that says the `known` title, or else the first headline above the prose.
    """
    outlet = _outlet_of_record(sheet)
    head = [i for i in undecided[:_HEAD_LINES] if i != outlet]  # a name of four words looks like a headline
    wanted = _words(fold(plain(known or "")))
    at = next((i for i in head if wanted and _echoes(_words_of(sheet, i), wanted)), None)
    if at is None:
        at = _first_headline(sheet, head)
    if at is None:
        return None, []
    title, echoes, prose_above = _words_of(sheet, at), [], 0
    for i in (i for i in head if i > at):
        words = _words_of(sheet, i)
        is_sentence = sheet.lines[i].is_prose and words != title
        prose_above += is_sentence
        if prose_above > _PROSE_ABOVE_ECHO:
            break
        if not is_sentence and _echoes(words, title):
            echoes.append(i)
    return at, echoes


# `March 12, 2019 Tuesday`, and the length of the story: a record of LexisNexis.
_RECORD_DATE = re.compile(rf"{DATE},? (?:mon|tues|wednes|thurs|fri|satur|sun)day\b")
_LENGTH = re.compile(r"^ *length: ?[\d,.]+ words", re.MULTILINE)


def _outlet_of_record(sheet: Sheet) -> int:
    """The line that names the outlet in a record of LexisNexis, right above its date; -1 in other texts."""
    if "length:" not in sheet.folded or not _LENGTH.search(sheet.folded):
        return -1
    head = sheet.lines[: 2 * _HEAD_LINES]
    dates = (i for i, line in enumerate(head) if _RECORD_DATE.match(sheet.folded, line.start, line.end))
    return next(dates, 0) - 1


def _first_headline(sheet: Sheet, head: Sequence[int]) -> int | None:
    first_prose = next((i for i in head if sheet.lines[i].is_prose), None)
    if first_prose is None:
        return None
    above = [i for i in head if i < first_prose and is_headline(sheet.text, sheet.lines[i].start, sheet.lines[i].end)]
    if sheet.is_wrapped:  # there, only a paragraph of one line can be a headline
        above = [i for i in above if sheet.lines[i + 1].number > sheet.lines[i].number + 1]
    # A section label ("Politics") may stand above the headline; a headline has four words, or many letters in one.
    said = ((i, _words_of(sheet, i)) for i in above)
    full = (i for i, words in said if len(words) >= 4 or sum(map(len, words)) > 4 * _MAX_LABEL)
    return next(full, above[0] if above else None)


_MAX_LABEL = 5  # letters of one word of a label in scripts without spaces, where a whole headline is one word

_WORD = re.compile(r"\w+(?:'\w+)?")
_MAX_TITLE = 400  # characters read; headlines are shorter


def _words_of(sheet: Sheet, i: int) -> list[str]:
    return _words(sheet.folded[sheet.lines[i].start : sheet.lines[i].end])


def _words(folded: str) -> list[str]:
    return _WORD.findall(folded[:_MAX_TITLE])


def _echoes(line: Sequence[str], title: Sequence[str]) -> bool:
    """Whether the line is the title cut off (three words or more), the title with a tail, or has nearly its words.

    A tail may be as long as the title (the name of the outlet); three words of five in common are nearly all.
    """
    shorter, longer = sorted((line, title), key=len)
    if len(shorter) >= 3 and list(longer[: len(shorter)]) == list(shorter):
        return len(line) <= 2 * len(title)
    return len(set(line) & set(title)) > 0.6 * len(set(line) | set(title))

"""Quotation marks: which stretches of a text are quoted. Who is quoted is `quotes.py`."""

import re
from collections.abc import Iterable, Iterator

Span = tuple[int, int]

_MARK = re.compile(r"[“”„«»\"‘’](?:(?<=[“”„«»\"])|(?<=‘)(?<!\w.)|(?<=’)(?!\w))")  # one class to search for: fast
_MAY_BE_MARK = re.compile('[“”„«»"‘’]')
_CLOSES = {"“": "”", "„": "“”", "«": "»", '"': '"', "‘": "’"}


def quoted(text: str, sentences: Iterable[Span]) -> Iterator[list[Span]]:
    """For each sentence the stretches inside quotation marks, without the marks.

    A quotation that is not closed goes on into the next sentence of its paragraph and ends with the paragraph.
    """
    opened = ""
    before = 0
    place = -1  # of the next mark, if it is one
    for start, end in sentences:
        if opened and "\n" in text[before:start]:
            opened = ""
        before = end
        if place < start:
            found = _MAY_BE_MARK.search(text, start)
            place = found.start() if found else len(text)
        if place >= end and not opened:
            yield []
            continue
        pieces: list[Span] = []
        since = start
        for mark in _MARK.finditer(text, start, end):
            if opened:
                if mark.group() in _CLOSES[opened]:
                    pieces.append((since, mark.start()))
                    opened = ""
            elif mark.group() in _CLOSES:
                opened, since = mark.group(), mark.end()
        if opened == "‘":  # an apostrophe, not a mark
            opened = ""
        if opened:
            pieces.append((since, end))
        yield [piece for piece in pieces if text[slice(*piece)].strip()]

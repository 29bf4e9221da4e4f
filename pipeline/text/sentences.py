"""Sentence spans of English news text, and whether each sentence lies in a quotation.

One compiled regex visits every mark that might end a sentence. Nine in ten are settled at a glance (a plain word, one
mark, a space, a capital); the rest by the class of the word before the mark and the shape of the word after it. Word
classes live in `abbreviations`; which stretches of a text are body, and who is being quoted, is decided elsewhere.

Conventions: sentences inside a quotation are split (as in Universal Dependencies); closing marks and footnote marks
belong to the sentence before; a blank line always ends a sentence; a single line break ends one too, unless its
block is hard-wrapped (`_Block.is_wrapped`). What happens in one block never depends on another.
"""

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import pairwise

from pipeline.text.segmenting.abbreviations import Abbreviation, Lexicon, Verb, lexicon
from pipeline.text.segmenting.boundaries import BLANK_LINE, BULLETS, OPENERS, Mark, ends, is_first

__all__ = ["Abbreviation", "Span", "quote_states", "segmenter"]

Span = tuple[int, int]

_MARKS = re.compile(
    r"""
    [.!?…\n\r)•⁃▪●◦‣]                                               # one class to search for, then what it is:
    (?: (?<=[a-z][a-z][.!?])(?:(?<=[.])["”])?[ ](?=["“(]?[A-Z])()   # 1: a plain word, one mark, a space, a capital
      | (?<=[\n\r])\s*                                              # a line break that no mark precedes
      | (?<=[•⁃▪●◦‣])                                               # a bullet
      | (?:(?<![^\s(].\))|(?<![^\s(]..\)))(?<=[\da-z]\))(?=[ ]\S)   # the number of an item: 1) or a)
      | (?<=[.!?…])(?<![.!?…].)
        ((?:(?<=[ ].)(?:[ ][.…](?!\w)){1,9}|[.!?…]*+))              # 2: further marks, spaced only if the first is
        ((?:                                                        # 3: what belongs to the sentence that ends:
            ["”’')\]}»*_] | [ ][)\]](?=\s|\Z)                       #    closing marks
          | [ ](?:["'”’]|'')(?=\s|\Z)                               #    a quotation mark adrift
          | [ ]?\[(?:\d{1,3}|\w|[a-z ]{1,24}needed)\]\.?            #    footnote marks
          | [ ]?[\u2600-\u27bf\ufe0f\u200d\U0001f300-\U0001faff]    #    emoji
          | [ ][:;]-?[()D](?!\w)                                    #    emoticons
        ){0,20})                                                    #    bounded, so that time stays linear
        (?: (\s+) | (?=["“‘'`(\[]|[^\W\d_a-z]) | \Z )               # 4: white space, or a sentence glued on
    )
    """,
    re.VERBOSE,
)
_LINE_BREAK = re.compile(r"\r\n?|\n")
_STRAIGHT = re.compile(r'"(?:(?<![^\s(\[—–].)(?=\S)(?P<opens>)|(?<=\S.)(?=[\s.,;:!?)\]—–]|\Z)(?P<closes>))?')
_ITEM = re.compile(r"\d{1,2}|[a-z]")
_NOTE_AHEAD = re.compile(r"\d{1,2}(?=[ ]([A-Z]\w*)[ ,])")

_QUOTE_MARKS = re.compile(
    r"""
    ["“”„«»'‘’`\r\n]
    (?: (?<=["“”„«»]) | (?<=`)` | (?<=')'
      | (?<=['‘])(?<![\w'‘].)(?=[^\W\d_])(?P<left>)
      | (?<=['’])(?<=\S.)(?!\w)(?P<right>)
      | (?<=[\r\n])(?:(?<=\r)\n)?+[^\S\r\n]*+[\r\n](?P<blank>)
    )
    """,
    re.VERBOSE,
)
_OPENS_AGAIN = re.compile(r"\s*(?:[\"“„«]|``)")
_OPENING_MARKS = frozenset(('"', "“", "„", "«", "``"))
_CLOSING_MARKS = frozenset(('"', "”", "»", "''"))
_LETTER = re.compile(r"[^\W_]")


def segmenter(abbreviations: Sequence[Abbreviation], speech_verbs: Sequence[Verb] = ()) -> Callable[[str], list[Span]]:
    """A function from a text to its sentence spans, with the word classes compiled in.

    Spans are half-open code point offsets, trimmed, in order, disjoint; together they cover all but white space.
    """
    known = lexicon(abbreviations, speech_verbs)

    def segment(text: str) -> list[Span]:
        return _segment(text, known)

    return segment


class _Block:
    """The lines from `start` to the next blank one as a whole; nothing is worked out unless it is asked for."""

    def __init__(self, text: str, start: int) -> None:
        self.text, self.start = text, start

    @cached_property
    def end(self) -> int:
        blank = BLANK_LINE.search(self.text, self.start)
        return blank.start() if blank else len(self.text)

    @cached_property
    def openers(self) -> frozenset[int]:
        """Places of the straight quotation marks that open a quotation, by the side the space is on or else in turn."""
        found: set[int] = set()
        inside = False
        for match in _STRAIGHT.finditer(self.text, self.start, self.end):
            inside = not inside if match.lastgroup is None else match.lastgroup == "opens"
            if inside:
                found.add(match.start())
        return frozenset(found)

    @cached_property
    def is_wrapped(self) -> bool:
        """Whether the line breaks come from wrapping at a column, and so mean no more than a space.

        They do if no line had room for the first word of the next, in a block of three lines or more that is 40 to
        100 columns wide: mail and teletype wrap at 60 to 80, while a page of headings leaves its lines short.
        """
        lines = [line for line in _LINE_BREAK.split(self.text[self.start : self.end]) if line.strip()]
        width = max(map(len, lines))
        return (
            len(lines) > 2
            and 40 <= width <= 100
            and all(len(line) + 1 + len(after.split(None, 1)[0]) > width for line, after in pairwise(lines))
        )


def _segment(text: str, known: Lexicon) -> list[Span]:
    spans: list[Span] = []
    add, stops = spans.append, known.stops
    start = len(text) - len(text.lstrip())
    close = len(text.rstrip())
    block = _Block(text, start)
    item = (-1, "")  # where the present list item begins, and the number or letter of the next

    for match in _MARKS.finditer(text, start, close):
        mark, after = match.span()
        easy = match.lastindex == 1
        if easy:
            word = text[text.rfind(" ", start, mark) + 1 or start : mark]
            if word not in stops and word.isalpha():
                add((start, after - 1))
                start = after
                continue
        elif after == close and text[mark] not in BULLETS:
            break
        character = text[mark]
        gap = " " if easy else match[0] if character in "\n\r" else match[4] or ""
        end = after - len(gap)
        if "\n" in gap or "\r" in gap:
            blank = gap == "\n\n" or (gap != "\n" and BLANK_LINE.search(gap) is not None)
            if blank or not block.is_wrapped:
                add((start, _trimmed(text, start, end)))
                start = after
                if blank:
                    block = _Block(text, start)
                continue
            if character in "\n\r":
                continue
        word = _word_before(text, start, mark)
        if character in BULLETS or (len(word) < 3 and character in ".)" and _ITEM.fullmatch(word)):
            place = _item_start(text, start, mark, word, item)
            if place > start:
                add((start, _trimmed(text, start, place)))
            if place >= 0:
                start, item = place, (place, _successor(word))
                continue
        if match.lastindex is None:
            continue
        run, closers = (character, text[mark + 1 : end]) if easy else (text[mark : match.end(2)], match[3])
        if '"' in closers and (not gap or ' "' in closers):
            place = next((place for place in range(end - len(closers), end) if place in block.openers), end)
            if place < end:
                closers, end, after = closers[: place - end], place, place
        if ends(Mark(text, start, mark, word, run, closers, after), known):
            end, after = _past_note(text, end, after, known)
            add((start, _trimmed(text, start, end)))
            start = after
    if start < close:
        add((start, close))
    return spans


def _item_start(text: str, start: int, mark: int, word: str, item: tuple[int, str]) -> int:
    """Where the list item begins whose bullet or number ends at `mark`; -1 if this is none.

    A list begins with its sentence, and goes on where the next number or another bullet stands.
    """
    number = mark - len(word)
    if is_first(text, start, number):
        return start
    if word:
        return number if item == (start, word) else -1
    return mark if text[start] in BULLETS and text[mark - 1].isspace() else -1


def _past_note(text: str, end: int, after: int, known: Lexicon) -> Span:
    """End and next start, past a footnote number that lost its raised place: `… minority rights. 4 Even though …`"""
    note = _NOTE_AHEAD.match(text, after)
    return (note.end(), note.end() + 1) if note and note[1].lower() in known.starters else (end, after)


def _successor(word: str) -> str:
    return str(int(word) + 1) if word.isdecimal() else chr(ord(word) + 1) if word else ""


def _trimmed(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip()) if end > start and text[end - 1].isspace() else end


def _word_before(text: str, start: int, mark: int) -> str:
    """The word that `mark` follows at once, without its opening marks; empty for a bullet, which follows none."""
    chunk = text[max(start, mark - 64) : mark]
    stands_alone = not chunk or chunk[-1].isspace() or text[mark] in BULLETS
    return "" if stands_alone else chunk.split()[-1].lstrip(OPENERS)


def quote_states(text: str, spans: Sequence[Span]) -> list[str]:
    """Whether each span (in order, disjoint) lies in a quotation: "none", "partial" or "full". Linear time.

    Full means from the first letter or digit to the last: marks and stops at the edges do not count.
    """
    nowhere = len(text) + 1
    quotations = iter([*_quotations(text), (nowhere, nowhere)])
    states: list[str] = []
    opened, closed = next(quotations)  # the first quotation that does not lie wholly before the present span
    for start, end in spans:
        while closed <= start:
            opened, closed = next(quotations)
        if opened >= end:
            states.append("none")
            continue
        first = _LETTER.search(text, start, end)
        last = _LETTER.search(text[start:end][::-1])
        inner = (first.start(), end - last.start()) if first and last else (start, end)
        while closed <= inner[0]:
            opened, closed = next(quotations)
        full = opened <= inner[0] and inner[1] <= closed
        states.append("full" if full else "partial" if opened < inner[1] else "none")
    return states


def _quotations(text: str) -> list[Span]:
    """Quotations with their marks, outermost only, in order.

    One that its paragraph leaves open counts if the next paragraph opens with a mark again, as the press writes long
    quotations; otherwise the mark is taken for a slip, and so is one that stands for inches.
    """
    found: list[Span] = []
    double = single = -1  # where a quotation began; -1 outside
    for match in _QUOTE_MARKS.finditer(text):
        place, mark = match.start(), match[0]
        if match.lastgroup == "blank":
            if double >= 0 and _OPENS_AGAIN.match(text, match.end()):
                found.append((double, place))
            double = single = -1
        elif match.lastgroup == "left":
            single = place if double < 0 and single < 0 else single
        elif match.lastgroup == "right":
            if 0 <= single < place - 2:  # not rock 'n' roll
                found.append((single, match.end()))
            single = -1
        elif double < 0 and mark in _OPENING_MARKS:
            inches = mark == '"' and text[place - 1 : place].isdigit()
            double, single = (double, single) if inches else (place, -1)
        elif double >= 0 and mark in _CLOSING_MARKS:
            found.append((double, match.end()))
            double = -1
    return found

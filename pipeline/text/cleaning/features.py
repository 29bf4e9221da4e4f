"""What the line classifier sees of texts: signals of every line, computed over all lines of several texts at once.

Five sorts of signals: the form of a line (length, case, punctuation), its words, its place in the text, what the rules
decided nearby, and means over its neighbours. What the signals mean for a line is the business of `model.py`. Nothing
a text is told by depends on the texts measured with it.
"""

from collections.abc import Sequence
from itertools import chain, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.text.blocks import STRIPPED_KINDS
from pipeline.text.cleaning import tokens
from pipeline.text.cleaning.layout import Sheet, prose_run

Lexicon = NDArray[np.int8]
"""Weight of every slot a hashed word or run of characters may fall into: positive where lines of articles have it."""
Floats = NDArray[np.float32]
Columns = dict[str, NDArray[Any]]
"""Signals by name, a value per line."""


class Page(NamedTuple):
    """Texts measured at once: spans of their lines, one text after the other, classes of the characters, the characters
    in lower case with all digits alike, the words, which of them are function words, what the rules said of a line.
    `text`: number of the text of each line; `first`: number of the first line of each text, and after the last text, of
    all lines.
    """

    starts: tokens.Ints
    ends: tokens.Ints
    text: tokens.Ints
    first: tokens.Ints
    classes: NDArray[np.uint16]
    letters: NDArray[np.uint32]
    words: tokens.Words
    is_function: NDArray[np.bool_]
    line_hashes: tokens.Hashes
    is_prose: NDArray[np.bool_]
    kinds: Sequence[str]

    @property
    def n_words(self) -> tokens.Ints:
        """Words of each line."""
        return np.bincount(self.words.lines, minlength=len(self.starts))

    @property
    def position(self) -> tokens.Ints:
        """Position of each line in its text."""
        return np.arange(len(self.text)) - self.first[self.text]

    @property
    def n_lines(self) -> tokens.Ints:
        """Lines of the text of each line."""
        return np.diff(self.first)[self.text]


_AFTER = np.zeros(8, np.uint32)  # behind the last line, so that its runs of characters may be asked for


def measure(sheets: Sequence[Sheet], kinds: Sequence[Sequence[str]]) -> Page:
    """Measure texts with at least one line each; `kinds`: what the rules took each line for, empty where they left it."""
    n_lines = [len(sheet.lines) for sheet in sheets]
    text = np.repeat(np.arange(len(sheets)), n_lines)
    before = np.cumsum([0, *(len(sheet.text) + 1 for sheet in sheets[:-1])])[text]
    lines = np.fromiter(chain(*chain(*(sheet.lines for sheet in sheets))), np.intp).reshape(-1, 4)
    starts, ends, is_prose = lines[:, 1] + before, lines[:, 2] + before, lines[:, 3] > 0
    classes = tokens.classes(tokens.codes("\n".join(sheet.text for sheet in sheets)))
    folded = tokens.codes("\n".join(sheet.folded for sheet in sheets))
    words = tokens.words(classes, folded, starts, ends)
    is_function = tokens.function_words(words)
    first, hashes = np.cumsum([0, *n_lines]), tokens.hashes(folded, starts, ends)
    letters = np.append(np.where(classes & tokens.DIGIT, np.uint32(ord("0")), folded), _AFTER)
    return Page(starts, ends, text, first, classes, letters, words, is_function, hashes, is_prose, list(chain(*kinds)))


def signals(page: Page, lexicon: Lexicon) -> Columns:
    """Every signal of every line."""
    columns = _form(page) | _lexical(page, lexicon) | _told(page)
    columns |= _place(page, columns["size"], columns["ruled"])
    columns |= _echo(page, columns["in_run"] & page.is_prose)
    return columns | _around(page, columns)


def _form(page: Page) -> Columns:
    """Length, case and punctuation."""
    classes = np.append(page.classes, np.uint16(0))
    spans = np.stack([page.starts, page.ends], 1).ravel()

    def count(bit: int) -> NDArray[np.int32]:
        found: NDArray[np.int32] = np.add.reduceat((classes & bit) > 0, spans, dtype=np.int32)[::2]
        return found

    length, letters, n_words = page.ends - page.starts, count(tokens.LETTER), page.n_words
    capital = np.bincount(page.words.lines, page.words.capital, len(page.starts))
    first, last, before = (classes[at] for at in (page.starts, page.ends - 1, np.maximum(page.ends - 2, 0)))
    return {
        "size": np.log1p(length + 2 * count(tokens.DENSE)),
        "n_words": n_words,
        "prose": page.is_prose,
        "stop": ((last | (last & tokens.QUOTE > 0) * before) & tokens.STOP) > 0,
        "upper": count(tokens.UPPER) / np.maximum(letters, 1),
        "capital": capital / np.maximum(n_words, 1),
        "digits": count(tokens.DIGIT) / length,
        "commas": count(tokens.COMMA) / length,
        "stops": np.minimum(count(tokens.STOP), 20),
        "bars": count(tokens.BAR) / length,
        "quotes": np.minimum(count(tokens.QUOTE), 20),
        "links": count(tokens.LINK) / length,
        "letters": letters / length,
        "word_length": letters / np.maximum(n_words, 1),
        "opens_upper": (first & tokens.UPPER) > 0,
        "opens_letter": (first & tokens.LETTER) > 0,
    }


_ENOUGH = 20  # words of prose that tell a language; with less, all words are asked


def is_english(page: Page) -> NDArray[np.bool_]:
    """Whether the prose of each text is English."""
    is_function, in_prose = page.is_function, page.is_prose[page.words.lines]
    text, n = page.text[page.words.lines], len(page.first) - 1
    n_prose = np.bincount(text, in_prose, n)
    asked = in_prose | (n_prose <= _ENOUGH)[text]
    return tokens.is_english(np.bincount(text, is_function & asked, n), np.bincount(text, asked, n))


RUNS = (3, 4)  # characters; they know the words of languages that write no spaces, and the stems of others
READ = 300  # characters of a line; the rest of a longer one says no more


def _lexical(page: Page, lexicon: Lexicon) -> Columns:
    """What the words and the runs of characters say; and whether the text is English."""
    n, lines = len(page.starts), page.words.lines
    hashes, at = tokens.grams(page.words)
    total, count = np.bincount(at, lexicon[tokens.slots(hashes, len(lexicon))], n), np.bincount(at, minlength=n)
    running = tokens.running(page.letters)
    for length, (starts, ends) in zip(RUNS, run_spans(page), strict=True):
        weights = lexicon[tokens.slots(tokens.runs(running, length), len(lexicon))]
        sums = np.append(0, np.cumsum(weights, dtype=np.int32))
        total += sums[ends] - sums[starts]
        count += ends - starts
    english = is_english(page)[page.text].astype(float)
    function = np.bincount(lines, page.is_function, n) * english / np.maximum(page.n_words, 1)
    return {"lexical": total / np.sqrt(np.maximum(count, 1)), "function": function, "english": english}


def run_spans(page: Page) -> list[tuple[tokens.Ints, tokens.Ints]]:
    """For every length of runs: first and after-last character of each line at which a run begins."""
    ends = np.minimum(page.ends, page.starts + READ)
    return [(page.starts, np.maximum(ends - length + 1, page.starts)) for length in RUNS]


# Markers of an article's head and of what follows it. Where a line stands between them tells the first article from the
# next one on the page, and the story from the notices after it.
_MARKERS = {
    "head": frozenset({"byline", "dateline", "title"}),
    "tail": frozenset({"read_more", "link_headline", "comment_form", "newsletter", "share"}),
    "copyright": frozenset({"copyright"}),
}
_FAR = 10_000  # lines: there is none on this side


def _told(page: Page) -> Columns:
    """What the lines that rules decided tell about the others."""
    text, here, end = page.text, np.arange(len(page.kinds)), len(page.kinds)
    first, last = page.first[:-1][text], page.first[1:][text] - 1
    ruled = np.array([kind in STRIPPED_KINDS for kind in page.kinds], bool)
    columns: Columns = {"ruled": ruled, "page_ruled": np.bincount(text, ruled)[text] / page.n_lines}
    for name, kinds in _MARKERS.items():
        is_one = np.array([kind in kinds for kind in page.kinds], bool)
        above = np.maximum.accumulate(np.where(is_one, here, -1))
        below = np.minimum.accumulate(np.where(is_one, here, end)[::-1])[::-1]
        count = np.cumsum(is_one)
        columns[f"{name}s_above"] = count - (count - is_one)[first]
        columns[f"since_{name}"] = np.minimum(np.where(above >= first, here - above, _FAR), _FAR)
        columns[f"until_{name}"] = np.minimum(np.where(below <= last, below - here, _FAR), _FAR)
    return columns


def _place(page: Page, size: NDArray[Any], ruled: NDArray[np.bool_]) -> Columns:
    """Where the line stands: in the text, in the prose, in or beside the best run of prose."""
    n, index, length = page.n_lines, page.position, np.expm1(size)
    prose = np.where(page.is_prose & ~ruled, length, 0)
    above, of_page = np.empty(len(prose)), np.empty((len(page.first) - 1, 6))
    for number, (start, end) in enumerate(pairwise(page.first.tolist())):
        mine = prose[start:end]
        np.cumsum(mine, out=above[start:end])
        run, total = prose_run(mine), mine.sum()
        in_run = mine[run].sum()
        all_ink = max(length[start:end].sum(), 1)
        of_page[number] = in_run, in_run / max(total, 1), total / all_ink, total, run.start, run.stop
    run_size, run_share, page_prose, total, start, stop = of_page[page.text].T
    above -= prose
    return {
        "run_size": run_size,
        "run_share": run_share,
        "page_lines": n,
        "page_prose": page_prose,
        "page_prose_lines": np.bincount(page.text, prose > 0)[page.text] / n,
        "index": index,
        "from_end": n - 1 - index,
        "position": index / np.maximum(n - 1, 1),
        "prose_above": above,
        "prose_below": total - above - prose,
        "prose_position": above / np.maximum(total, 1),
        "in_run": (index >= start) & (index < stop),
        "from_run_start": index - start,
        "from_run_end": index - stop + 1,
    }


_CONTENT = 5  # letters; shorter words are mostly function words, in any language with spaces


def _echo(page: Page, is_story: NDArray[np.bool_]) -> Columns:
    """How much of a line stands elsewhere too: in the first line, in the story, on the page as a whole."""
    n, words = len(page.starts), page.words
    own = tokens.of_text(words.hashes, page.text[words.lines])  # no text knows the words of another one
    title, at = np.unique(own[page.position[words.lines] == 0], return_index=True)
    in_title = np.bincount(words.lines, tokens.is_in(own, title), n)
    n_title = np.bincount(page.text[words.lines[page.position[words.lines] == 0][at]], minlength=len(page.first) - 1)
    content = words.lengths >= _CONTENT
    lines = words.lines[content]
    _, word = np.unique(own[content], return_inverse=True)
    told = is_story[lines]
    elsewhere = np.bincount(word, told)[word] > told
    _, line, times = np.unique(tokens.of_text(page.line_hashes, page.text), return_inverse=True, return_counts=True)
    return {
        "title_share": in_title / np.maximum(page.n_words, 1),
        "of_title": np.minimum(in_title / np.maximum(n_title, 1)[page.text], 2),
        "cohesion": np.bincount(lines, elsewhere, n) / np.maximum(np.bincount(lines, minlength=n), 1),
        "repeated": times[line],
    }


_NEXT = ("size", "stop", "capital", "lexical")
_SMOOTHED = ("size", "stop", "prose", "capital", "lexical", "ruled", "digits", "upper", "function", "stops", "cohesion")
_REACHES = (1, 3, 7)


def _around(page: Page, columns: Columns) -> Columns:
    """The lines next to it, and means over the lines at most 1, 3 and 7 away; beyond the text there is nothing."""
    found: Columns = {}
    first, after = page.first[:-1], page.first[1:]
    for name in _NEXT:
        found[f"{name}-1"], found[f"{name}+1"] = np.append(-1, columns[name][:-1]), np.append(columns[name][1:], -1)
        found[f"{name}-1"][first] = found[f"{name}+1"][after - 1] = -1
    stacked = np.stack([columns[name] for name in _SMOOTHED])
    sums = np.zeros((len(_SMOOTHED), len(page.text) + len(first)))  # of each text, with nothing before its first line
    for number, (start, end) in enumerate(pairwise(page.first.tolist())):
        np.cumsum(stacked[:, start:end], axis=1, out=sums[:, start + number + 1 : end + number + 1])
    index, n, base = page.position, page.n_lines, first[page.text] + page.text
    for reach in _REACHES:
        high, low = base + np.minimum(index + reach + 1, n), base + np.maximum(index - reach, 0)
        means = (sums[:, high] - sums[:, low]) / (2 * reach + 1)
        found |= {f"{name}~{reach}": mean for name, mean in zip(_SMOOTHED, means, strict=True)}
    return found

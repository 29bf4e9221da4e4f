"""What the line classifier sees of a text: signals of every line, computed over all lines at once.

Five sorts of signals: the form of a line (length, case, punctuation), its words, its place in the text, what the rules
decided nearby, and means over its neighbours. Words are judged only where the text is English, the language of the
lexicon; elsewhere those signals say nothing, and the classifier has learned to do without. What the signals mean for a
line is the business of `model.py`.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.text.blocks import STRIPPED_KINDS
from pipeline.text.cleaning import tokens
from pipeline.text.cleaning.layout import Sheet, prose_run

Lexicon = NDArray[np.int8]
"""Weight of every slot a hashed word may fall into: positive where lines of articles have the word."""
Floats = NDArray[np.float32]
Columns = dict[str, NDArray[Any]]
"""Signals by name, a value per line."""


class Page(NamedTuple):
    """A text measured once: spans of its lines, classes of its characters, its words, what the rules said of a line."""

    starts: tokens.Ints
    ends: tokens.Ints
    classes: NDArray[np.uint16]
    words: tokens.Words
    line_hashes: tokens.Hashes
    is_prose: NDArray[np.bool_]
    kinds: Sequence[str]

    @property
    def n_words(self) -> tokens.Ints:
        """Words of each line."""
        return np.bincount(self.words.lines, minlength=len(self.starts))


def measure(sheet: Sheet, kinds: Sequence[str]) -> Page:
    """Measure a text with at least one line; `kinds`: what the rules took each line for, empty where they left it."""
    starts, ends = (np.array([line[at] for line in sheet.lines], np.intp) for at in (1, 2))
    is_prose = np.array([line.is_prose for line in sheet.lines], bool)
    classes, folded = tokens.classes(tokens.codes(sheet.text)), tokens.codes(sheet.folded)
    words = tokens.words(classes, folded, starts, ends)
    return Page(starts, ends, classes, words, tokens.hashes(folded, starts, ends), is_prose, kinds)


def signals(page: Page, lexicon: Lexicon) -> Columns:
    """Every signal of every line."""
    columns = _form(page) | _lexical(page, lexicon) | _told(page)
    columns |= _place(page, columns["size"], columns["ruled"])
    columns |= _echo(page, columns["in_run"] & page.is_prose)
    return columns | _around(columns)


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


def is_english(page: Page) -> bool:
    """Whether the prose of the text is English."""
    is_function, in_prose = tokens.function_words(page.words), page.is_prose[page.words.lines]
    return tokens.is_english(is_function[in_prose] if in_prose.sum() > _ENOUGH else is_function)


def _lexical(page: Page, lexicon: Lexicon) -> Columns:
    """What the words say; nothing where the text is not English."""
    n, lines = len(page.starts), page.words.lines
    if not len(lexicon) or not is_english(page):
        return dict.fromkeys(("lexical", "lexical_sum", "function", "english"), np.zeros(n))
    is_function = tokens.function_words(page.words)
    hashes, at = tokens.grams(page.words)
    total = np.bincount(at, lexicon[tokens.slots(hashes, len(lexicon))], n)
    count = np.maximum(np.bincount(at, minlength=n), 1)
    function = np.bincount(lines, is_function, n) / np.maximum(page.n_words, 1)
    return {
        "lexical": total / count,
        "lexical_sum": total / np.sqrt(count),
        "function": function,
        "english": np.ones(n),
    }


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
    index, n = np.arange(len(page.kinds)), len(page.kinds)
    ruled = np.array([kind in STRIPPED_KINDS for kind in page.kinds], bool)
    columns: Columns = {"ruled": ruled, "page_ruled": np.full(n, ruled.mean())}
    for name, kinds in _MARKERS.items():
        is_one = np.array([kind in kinds for kind in page.kinds], bool)
        above = np.maximum.accumulate(np.where(is_one, index, -_FAR))
        below = np.minimum.accumulate(np.where(is_one, index, n + _FAR)[::-1])[::-1]
        columns[f"{name}s_above"] = np.cumsum(is_one)
        columns[f"since_{name}"] = np.minimum(index - above, _FAR)
        columns[f"until_{name}"] = np.minimum(below - index, _FAR)
    return columns


def _place(page: Page, size: NDArray[Any], ruled: NDArray[np.bool_]) -> Columns:
    """Where the line stands: in the text, in the prose, in or beside the best run of prose."""
    n = len(page.starts)
    index, length = np.arange(n), np.expm1(size)
    prose = np.where(page.is_prose & ~ruled, length, 0)
    above, total = np.cumsum(prose) - prose, prose.sum()
    run = prose_run(prose)
    of_page = {
        "run_size": prose[run].sum(),
        "run_share": prose[run].sum() / max(total, 1),
        "page_lines": n,
        "page_prose": total / max(length.sum(), 1),
        "page_prose_lines": (prose > 0).mean(),
    }
    return {name: np.full(n, value) for name, value in of_page.items()} | {
        "index": index,
        "from_end": n - 1 - index,
        "position": index / max(n - 1, 1),
        "prose_above": above,
        "prose_below": total - above - prose,
        "prose_position": above / max(total, 1),
        "in_run": (index >= run.start) & (index < run.stop),
        "from_run_start": index - run.start,
        "from_run_end": index - run.stop + 1,
    }


_CONTENT = 5  # letters; shorter words are mostly function words, in any language with spaces


def _echo(page: Page, is_story: NDArray[np.bool_]) -> Columns:
    """How much of a line stands elsewhere too: in the first line, in the story, on the page as a whole."""
    n, words = len(page.starts), page.words
    title = np.unique(words.hashes[words.lines == 0])
    in_title = np.bincount(words.lines, tokens.is_in(words.hashes, title), n)
    content = words.lengths >= _CONTENT
    lines = words.lines[content]
    _, word = np.unique(words.hashes[content], return_inverse=True)
    told = is_story[lines]
    elsewhere = np.bincount(word, told)[word] > told
    _, line, times = np.unique(page.line_hashes, return_inverse=True, return_counts=True)
    return {
        "title_share": in_title / np.maximum(page.n_words, 1),
        "of_title": np.minimum(in_title / max(len(title), 1), 2),
        "cohesion": np.bincount(lines, elsewhere, n) / np.maximum(np.bincount(lines, minlength=n), 1),
        "repeated": times[line],
    }


_NEXT = ("size", "stop", "capital", "lexical")
_SMOOTHED = ("size", "stop", "prose", "capital", "lexical", "ruled", "digits", "upper", "function", "stops", "cohesion")
_REACHES = (1, 3, 7)


def _around(columns: Columns) -> Columns:
    """The lines next to it, and means over the lines at most 1, 3 and 7 away; beyond the text there is nothing."""
    found: Columns = {}
    for name in _NEXT:
        found[f"{name}-1"] = np.append(-1, columns[name][:-1])
        found[f"{name}+1"] = np.append(columns[name][1:], -1)
    stacked = np.stack([columns[name] for name in _SMOOTHED])
    n = stacked.shape[1]
    sums = np.concatenate([np.zeros((len(_SMOOTHED), 1)), np.cumsum(stacked, axis=1)], axis=1)
    for reach in _REACHES:
        high, low = np.minimum(np.arange(n) + reach + 1, n), np.maximum(np.arange(n) - reach, 0)
        means = (sums[:, high] - sums[:, low]) / (2 * reach + 1)
        found |= {f"{name}~{reach}": mean for name, mean in zip(_SMOOTHED, means, strict=True)}
    return found

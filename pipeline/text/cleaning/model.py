"""The learned classifier of lines: the probability that a line is body, and the signals that spoke against it.

Boosted decision trees over the signals of `features.py`, evaluated with numpy alone. `bench/train_boilerplate.py` fits
them; whose labels they were fitted to is told beside the weights. Which lines are asked, and what becomes of them, is
decided in `boilerplate.py`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.text.cleaning import features
from pipeline.text.cleaning.layout import Sheet
from pipeline.text.cleaning.verdicts import Verdict, Verdicts

SCALE = 1000  # log odds are kept as whole numbers of thousandths, so that their sum is the same on every machine


class Forest(NamedTuple):
    """Trees as flat arrays. At node `i`, a line whose `signal[i]` is above `threshold[i]` goes on to `child[i, 1]`, any
    other to `child[i, 0]`; a leaf is its own child. `value[i]` is the log odds known at the node.
    """

    roots: NDArray[np.int32]
    signal: NDArray[np.int32]
    threshold: NDArray[np.float32]
    child: NDArray[np.int32]
    value: NDArray[np.int32]
    depth: NDArray[np.int32]


class Model(NamedTuple):
    """The names of the signals, the weights of words, the log odds that a line is body although a rule takes it (`takers`:
    the rule and the kind it gives), and the trees for articles that are nearly clean and for whole pages.
    """

    signals: NDArray[np.str_]
    lexicon: features.Lexicon
    takers: NDArray[np.str_]
    doubts: NDArray[np.float32]
    article: Forest
    page: Forest


_FORESTS = ("article", "page")
_TABLES = ("signals", "lexicon", "takers", "doubts")


def model(arrays: Mapping[str, NDArray[Any]]) -> Model:
    """The model that a file of arrays holds. Raises `ValueError` where they are not those of a model."""
    names = {*_TABLES, *(f"{forest}_{field}" for forest in _FORESTS for field in Forest._fields)}
    if set(arrays) != names:
        raise ValueError(f"holds the arrays {sorted(arrays)} instead of {sorted(names)}")
    article, page = (Forest(*(arrays[f"{forest}_{field}"] for field in Forest._fields)) for forest in _FORESTS)
    return Model(**{name: arrays[name] for name in _TABLES}, article=article, page=page)


def arrays(model: Model) -> dict[str, NDArray[Any]]:
    """The arrays a file is to hold for a model."""
    forests = {f"{name}_{field}": array for name in _FORESTS for field, array in getattr(model, name)._asdict().items()}
    return {name: getattr(model, name) for name in _TABLES} | forests


_MENU = 3  # lines; nineteen of twenty whole pages bring as many of their menus along, one nearly clean text in ten


def is_page(kinds: Sequence[str]) -> bool:
    """Whether a text is a whole page, as far as the rules tell that know the kinds of its lines."""
    return kinds.count("navigation") >= _MENU


class Opinion(NamedTuple):
    """What the model thinks of some lines of a page or an article: their positions, the probability that each is body, and
    the leaf each line (row) fell into in every tree (column).
    """

    is_page: bool
    positions: list[int]
    probabilities: list[float]
    leaves: NDArray[np.int32]


_MAX_CHARS = 1_000_000  # no article is longer, and memory grows with the text


def judge(model: Model, sheets: Sequence[Sheet], verdicts: Sequence[Verdicts]) -> list[Opinion]:
    """The model's opinion of the undecided lines in each text, and in articles, of those that rules it knows have taken.

    It has none of texts with lines broken at a fixed width, where a line is a part of a sentence.
    """
    kinds = [[verdict.kind if verdict else "" for verdict in of_text] for of_text in verdicts]
    opinions = [Opinion(is_page(taken), [], [], _NO_LEAVES) for taken in kinds]
    n_chars = [
        0 if sheet.is_wrapped or all(taken) else len(sheet.text) for sheet, taken in zip(sheets, kinds, strict=True)
    ]
    doubts = dict(zip(model.takers.tolist(), model.doubts.tolist(), strict=True))
    for of_pages, forest, known in ((False, model.article, doubts), (True, model.page, {})):
        for some in _groups([n * (opinion.is_page == of_pages) for n, opinion in zip(n_chars, opinions, strict=True)]):
            page = features.measure([sheets[i] for i in some], [kinds[i] for i in some])
            found = _opinions(model, forest, page, doubted(chain(*(verdicts[i] for i in some)), known))
            for i, told in zip(some, found, strict=True):
                opinions[i] = Opinion(of_pages, *told)
    return opinions


_OPEN = 9.0  # no rule is doubted as much


def taker(verdict: Verdict) -> str:
    """The name under which the model knows who took a line for boilerplate."""
    return f"{verdict.rule_id} {verdict.kind}"


def doubted(verdicts: Iterable[Verdict | None], known: Mapping[str, float]) -> NDArray[np.float32]:
    """Log odds that a line is body, as far as it matters who took it; not a number where he is not known."""
    return np.array([known.get(taker(one), np.nan) if one else _OPEN for one in verdicts], np.float32)


_NO_LEAVES = np.zeros((0, 0), np.int32)
_AT_ONCE = 100_000  # characters of texts measured together, so that their arrays stay near the processor


def _groups(n_chars: Sequence[int]) -> Iterator[list[int]]:
    """Positions of the texts to be judged, some at a time."""
    group: list[int] = []
    total = 0
    for i, n in enumerate(n_chars):
        if 0 < n <= _MAX_CHARS:
            if group and total + n > _AT_ONCE:
                yield group
                group, total = [], 0
            group, total = [*group, i], total + n
    if group:
        yield group


def _opinions(
    model: Model, forest: Forest, page: features.Page, doubt: NDArray[np.float32]
) -> Iterator[tuple[list[int], list[float], NDArray[np.int32]]]:
    columns = features.signals(page, model.lexicon) | {"doubt": doubt}
    asked = np.flatnonzero(~np.isnan(doubt))
    table = np.empty((len(asked), len(model.signals)), np.float32)
    for i, name in enumerate(model.signals.tolist()):
        table[:, i] = columns[name][asked]
    leaves = _leaves(forest, table)
    odds = forest.value.take(leaves).sum(axis=1) / SCALE
    positions, probabilities = page.position[asked].tolist(), np.round(1 / (1 + np.exp(-odds)), 3).tolist()
    edges = np.searchsorted(asked, page.first).tolist()
    for start, end in pairwise(edges):
        yield positions[start:end], probabilities[start:end], leaves[start:end]


_BLOCK, _FEW = 128, 16  # lines: what is known of them at once fits beside the processor


def _leaves(forest: Forest, table: NDArray[np.float32]) -> NDArray[np.int32]:
    """The leaf every line (row) falls into in every tree (column); `table` has a row per line, a column per signal.

    Trees go down level by level, each as if full: the children of place `i` of a level stand at `2i` and `2i + 1` of the
    next one, and a leaf is its own child.
    """
    (n_lines, n_signals), n_trees = table.shape, len(forest.roots)
    nodes, levels = forest.roots, []
    for _ in range(int(forest.depth[0])):
        levels.append((forest.signal[nodes].astype(np.intp), forest.threshold[nodes]))
        nodes = forest.child[nodes].ravel()
    leaves = np.empty((n_lines, n_trees), np.int32)
    for start in range(0, n_lines, _BLOCK):
        cells = table[start : start + _BLOCK]
        n = len(cells)
        row = np.repeat(np.arange(n) * n_signals, n_trees)
        place = np.tile(np.arange(n_trees), n)
        for signal, threshold in levels:
            at = signal.take(place)
            at += row
            is_above = cells.take(at) > threshold.take(place)
            place += place
            place += is_above
        leaves[start : start + n] = nodes.take(place).reshape(n, n_trees)
    return leaves


# -- reasons --------------------------------------------------------------------------------------------------------


def explainer(model: Model) -> Callable[[Opinion, Sequence[int]], list[str]]:
    """A function that tells, for some of the lines of an opinion, the two signals that spoke most against body.

    The log odds that a step on the path to a leaf took away count for the signal the step asked (Saabas 2014).
    """
    words, group = np.unique([_in_words(name) for name in model.signals.tolist()], return_inverse=True)
    names, of_article, of_page = words.tolist(), _votes(model.article, group), _votes(model.page, group)

    def reasons(opinion: Opinion, which: Sequence[int]) -> list[str]:
        votes = of_page if opinion.is_page else of_article
        found = np.empty((len(which), len(names)), np.int32)
        leaves = opinion.leaves[list(which)].T
        for start in range(0, len(which), _FEW):
            votes.take(leaves[:, start : start + _FEW], axis=0).sum(
                axis=0, dtype=np.int32, out=found[start : start + _FEW]
            )
        strongest = np.argsort(found, axis=1, kind="stable")[:, :2]
        told = np.take_along_axis(found, strongest, axis=1) < 0
        return [
            f"{names[one]}, {names[other]}" if is_other else names[one] if is_one else ""
            for (one, other), (is_one, is_other) in zip(strongest.tolist(), told.tolist(), strict=True)
        ]

    return reasons


def _votes(forest: Forest, group: NDArray[np.intp]) -> NDArray[np.int32]:
    """What the way to each node (row) took from the log odds, by group of signals (column)."""
    votes = np.zeros((len(forest.signal), group.max() + 1), np.int32)
    for node, children in enumerate(forest.child.tolist()):  # a node stands before its children
        for child in children:
            if child != node:
                votes[child] = votes[node]
                votes[child, group[forest.signal[node]]] += forest.value[child] - forest.value[node]
    return votes


_WORDS = {
    "length": ("size", "n_words", "letters", "word_length", "prose"),
    "punctuation": ("stop", "stops", "commas", "quotes"),
    "capitals": ("upper", "capital", "opens_upper", "opens_letter"),
    "digits and signs": ("digits", "bars", "links"),
    "words": ("lexical", "function", "english"),
    "words of the first line": ("title_share", "of_title"),
    "words shared with the story": ("cohesion",),
    "repeated in the text": ("repeated",),
    "boilerplate": ("ruled",),
    "rules like the one that fits": ("doubt",),
    "place among heads of articles": ("heads_above", "since_head", "until_head"),
    "place among links and forms": ("tails_above", "since_tail", "until_tail"),
    "place beside copyright lines": ("copyrights_above", "since_copyright", "until_copyright"),
    "place beside the story": ("in_run", "from_run_start", "from_run_end", "prose_above", "prose_below", "prose_position"),
    "place in the text": ("index", "from_end", "position"),
    "look of the whole text": ("page_ruled", "page_lines", "page_prose", "page_prose_lines", "run_size", "run_share"),
}  # fmt: skip


def _in_words(signal: str) -> str:
    """A signal as a reader may know it; what is measured on the neighbours says so."""
    name = re.split("[~+-]", signal)[0]
    words = next(words for words, names in _WORDS.items() if name in names)
    return f"{words} of the lines around" if name != signal else words

"""The learned classifier of lines: the probability that a line is body, and the signals that spoke against it.

Boosted decision trees over the signals of `features.py`, evaluated with numpy alone. `bench/train_boilerplate.py` fits
them; whose labels they were fitted to is told beside the weights. Which lines are asked, and what becomes of them, is
decided in `boilerplate.py`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.text.cleaning import features
from pipeline.text.cleaning.layout import Sheet

SCALE = 1000  # log odds are kept as whole numbers of thousandths, so that their sum is the same on every machine


class Model(NamedTuple):
    """Trees as flat arrays. At node `i`, a line whose `signal[i]` is above `threshold[i]` goes on to `child[i, 1]`, any
    other to `child[i, 0]`; a leaf is its own child. `value[i]` is the log odds known at the node.
    """

    signals: NDArray[np.str_]
    lexicon: features.Lexicon
    roots: NDArray[np.int32]
    signal: NDArray[np.int32]
    threshold: NDArray[np.float32]
    child: NDArray[np.int32]
    value: NDArray[np.int32]
    depth: NDArray[np.int32]


def model(arrays: Mapping[str, NDArray[Any]]) -> Model:
    """The model that a file of arrays holds. Raises `ValueError` where they are not those of a model."""
    if set(arrays) != set(Model._fields):
        raise ValueError(f"holds the arrays {sorted(arrays)} instead of {sorted(Model._fields)}")
    return Model(**arrays)


class Opinion(NamedTuple):
    """What the model thinks of some lines: their positions, the probability that each is body, and the leaf each line
    (column) fell into in every tree (row).
    """

    positions: list[int]
    probabilities: list[float]
    leaves: NDArray[np.intp]


_MAX_CHARS = 1_000_000  # no article is longer, and memory grows with the text


def judge(model: Model, sheet: Sheet, kinds: Sequence[str]) -> Opinion:
    """The model's opinion of the lines without a kind; `kinds` is what the rules took each line for.

    It has none of texts with lines broken at a fixed width, where a line is a part of a sentence.
    """
    asked = np.flatnonzero([not kind for kind in kinds])
    if not len(asked) or sheet.is_wrapped or len(sheet.text) > _MAX_CHARS:
        return Opinion([], [], np.zeros((len(model.roots), 0), np.intp))
    columns = features.signals(features.measure(sheet, kinds), model.lexicon)
    leaves = _leaves(model, np.stack([columns[name][asked].astype(np.float32) for name in model.signals.tolist()]))
    odds = model.value.take(leaves).sum(axis=0) / SCALE
    return Opinion(asked.tolist(), np.round(1 / (1 + np.exp(-odds)), 3).tolist(), leaves)


def _leaves(model: Model, table: NDArray[np.float32]) -> NDArray[np.intp]:
    """The leaf every line (column) falls into in every tree (row); `table` has a row per signal."""
    n_lines = table.shape[1]
    row, child, cells, line = (
        model.signal.astype(np.intp) * n_lines,
        model.child.ravel(),
        table.ravel(),
        np.arange(n_lines),
    )
    nodes = np.repeat(model.roots.astype(np.intp)[:, None], n_lines, axis=1)
    for _ in range(int(model.depth[0])):
        is_above = cells.take(row.take(nodes) + line) > model.threshold.take(nodes)
        nodes = child.take(2 * nodes + is_above).astype(np.intp)
    return nodes


# -- reasons --------------------------------------------------------------------------------------------------------


def explainer(model: Model) -> Callable[[Opinion, Sequence[int]], list[str]]:
    """A function that tells, for some of the lines of an opinion, the two signals that spoke most against body.

    The log odds that a step on the path to a leaf took away count for the signal the step asked (Saabas 2014).
    """
    words, group = np.unique([_in_words(name) for name in model.signals.tolist()], return_inverse=True)
    votes = np.zeros((len(model.signal), len(words)), np.int32)
    for node, children in enumerate(model.child.tolist()):  # a node stands before its children
        for child in children:
            if child != node:
                votes[child] = votes[node]
                votes[child, group[model.signal[node]]] += model.value[child] - model.value[node]

    def reasons(opinion: Opinion, which: Sequence[int]) -> list[str]:
        found = votes[opinion.leaves[:, list(which)]].sum(axis=0)
        strongest = np.argsort(found, axis=1, kind="stable")[:, :2]
        return [", ".join(words[i] for i in row if some[i] < 0) for row, some in zip(strongest, found, strict=True)]

    return reasons


_WORDS = {
    "length": ("size", "n_words", "letters", "word_length", "prose"),
    "punctuation": ("stop", "stops", "commas", "quotes"),
    "capitals": ("upper", "capital", "opens_upper", "opens_letter"),
    "digits and signs": ("digits", "bars", "links"),
    "words": ("lexical", "lexical_sum", "function", "english"),
    "words of the first line": ("title_share", "of_title"),
    "words shared with the story": ("cohesion",),
    "repeated in the text": ("repeated",),
    "boilerplate": ("ruled",),
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

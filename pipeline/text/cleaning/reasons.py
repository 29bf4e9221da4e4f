"""Why the learned classifier holds a line for boilerplate: the signals that spoke most against body, in words.

Which trees are asked, and what they answer, stands in `model.py`; what the signals are, in `features.py` and `markup.py`.
"""

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.text.cleaning.markup import TOLD
from pipeline.text.cleaning.model import FORESTS, UNHEARD, Forest, Model, Opinion

_FEW = 16  # lines: what is known of them at once fits beside the processor


def explainer(model: Model) -> Callable[[Opinion, Sequence[int]], list[str]]:
    """A function that tells, for some of the lines of an opinion, the two signals that spoke most against body.

    The log odds that a step on the path to a leaf took away count for the signal the step asked (Saabas 2014). What spoke
    against a line of a web page by its text alone is named as for any text.
    """
    groups = {}
    for forest in FORESTS:
        of_forest = model.markup_signals if forest == "markup" else model.signals
        words, group = np.unique([_in_words(name) for name in of_forest.tolist()], return_inverse=True)
        groups[forest] = words.tolist(), _votes(getattr(model, forest), group)

    def reasons(opinion: Opinion, which: Sequence[int]) -> list[str]:
        told = strongest(opinion, which)
        if opinion.of_text and which:
            at = {position: i for i, position in enumerate(opinion.of_text.positions)}
            known = [i for i in which if opinion.positions[i] in at]
            alone = dict(zip(known, strongest(opinion.of_text, [at[opinion.positions[i]] for i in known]), strict=True))
            told = [
                alone[i]
                if opinion.leaves[i, 0] == UNHEARD
                else list(
                    dict.fromkeys(
                        one for word in words for one in (alone[i][:1] if i in alone and word == _TEXT else [word])
                    )
                )
                for i, words in zip(which, told, strict=True)
            ]
        return [", ".join(words) for words in told]

    def strongest(opinion: Opinion, which: Sequence[int]) -> list[list[str]]:
        names, votes = groups[opinion.forest]
        found = np.empty((len(which), len(names)), np.int32)
        leaves = opinion.leaves[list(which)].T
        for start in range(0, len(which), _FEW):
            votes.take(leaves[:, start : start + _FEW], axis=0).sum(
                axis=0, dtype=np.int32, out=found[start : start + _FEW]
            )
        first = np.argsort(found, axis=1, kind="stable")[:, :2]
        is_against = np.take_along_axis(found, first, axis=1) < 0
        return [
            [names[i] for i, against in zip(*row, strict=True) if against]
            for row in zip(first.tolist(), is_against.tolist(), strict=True)
        ]

    return reasons


def _votes(forest: Forest, group: NDArray[np.intp]) -> NDArray[np.int32]:
    """What the way to each node (row) took from the log odds, by group of signals (column)."""
    votes = np.zeros((len(forest.signal), group.max(initial=0) + 1), np.int32)
    for node, children in enumerate(forest.child.tolist()):  # a node stands before its children
        for child in children:
            if child != node:
                votes[child] = votes[node]
                votes[child, group[forest.signal[node]]] += forest.value[child] - forest.value[node]
    return votes


_TEXT = "text alone"
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
    _TEXT: ("odds", "length", "sentence"),
    "links on the page": ("linked", "in_a", "block_linked", "parent_linked", "grandparent_linked"),
    "elements of the page": tuple(name for name in TOLD if name.startswith("in_") and name != "in_a"),
    "names of elements": tuple(name for name in TOLD if name.startswith(("under_", "named_"))),
    "place in the page's blocks": (
        "nesting", "steps_up", "steps_down", "block_size", "prose_beside", "parent_size", "grandparent_size", "on_page", "n_beside",
    ),
    "look of the whole text": ("page_ruled", "page_lines", "page_prose", "page_prose_lines", "run_size", "run_share"),
}  # fmt: skip


def _in_words(signal: str) -> str:
    """A signal as a reader may know it; what is measured on the neighbours says so."""
    name = re.split("[~+-]", signal)[0]
    words = next(words for words, names in _WORDS.items() if name in names)
    return f"{words} of the lines around" if name != signal else words

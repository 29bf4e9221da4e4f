"""The learned classifier of lines: the probability that a line is body.

Boosted decision trees over the signals of `features.py` and `markup.py`, evaluated with numpy alone. `bench/train_boilerplate.py` fits
them; whose labels they were fitted to is told beside the weights. Which lines are asked, and what becomes of them, is
decided in `boilerplate.py`; why it decides as it does, in words, in `reasons.py`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.text.cleaning import features, markup
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
    the rule and the kind it gives), and the trees for articles that are nearly clean, for whole pages, and for pages whose
    markup is known: these see what the others make of the text beside the signals of `markup.py`.
    """

    signals: NDArray[np.str_]
    lexicon: features.Lexicon
    takers: NDArray[np.str_]
    doubts: NDArray[np.float32]
    markup_signals: NDArray[np.str_]
    article: Forest
    page: Forest
    markup: Forest


_NONE = np.zeros(0, np.int32)
NO_TREES = Forest(_NONE, _NONE, np.zeros(0, np.float32), np.zeros((0, 2), np.int32), _NONE, np.zeros(1, np.int32))
"""Instead of trees for markup, where the model was fitted without the sources of pages."""
FORESTS = ("article", "page", "markup")
_TABLES = ("signals", "lexicon", "takers", "doubts", "markup_signals")


def model(arrays: Mapping[str, NDArray[Any]]) -> Model:
    """The model that a file of arrays holds. Raises `ValueError` where they are not those of a model."""
    names = {*_TABLES, *(f"{forest}_{field}" for forest in FORESTS for field in Forest._fields)}
    if set(arrays) != names:
        raise ValueError(f"holds the arrays {sorted(arrays)} instead of {sorted(names)}")
    forests = (Forest(*(arrays[f"{forest}_{field}"] for field in Forest._fields)) for forest in FORESTS)
    tables: tuple[Any, ...] = tuple(arrays[name] for name in _TABLES)
    return Model(*tables, *forests)


def arrays(model: Model) -> dict[str, NDArray[Any]]:
    """The arrays a file is to hold for a model."""
    forests = {f"{name}_{field}": array for name in FORESTS for field, array in getattr(model, name)._asdict().items()}
    return {name: getattr(model, name) for name in _TABLES} | forests


_MENU = 3  # lines; nineteen of twenty whole pages bring as many of their menus along, one nearly clean text in ten


def is_page(kinds: Sequence[str]) -> bool:
    """Whether a text is a whole page, as far as the rules tell that know the kinds of its lines."""
    return kinds.count("navigation") >= _MENU


UNHEARD = -1


class Opinion(NamedTuple):
    """What the model thinks of some lines of a text: the trees asked, the lines' positions, the probability that each is
    body, and the leaf each line (row) fell into in every tree (column). `of_text`: what it thought before it heard the markup,
    which stands where the leaves are `UNHEARD`.
    """

    forest: str
    positions: list[int]
    probabilities: list[float]
    leaves: NDArray[np.int32]
    of_text: "Opinion | None" = None


_MAX_CHARS = 1_000_000  # no article is longer, and memory grows with the text


def judge(model: Model, sheets: Sequence[Sheet], verdicts: Sequence[Verdicts]) -> list[Opinion]:
    """The model's opinion of the undecided lines in each text, and in articles, of those that rules it knows have taken.

    It has none of texts with lines broken at a fixed width, where a line is a part of a sentence, but for what their markup
    tells.
    """
    kinds = [[verdict.kind if verdict else "" for verdict in of_text] for of_text in verdicts]
    opinions = [Opinion("page" if is_page(taken) else "article", [], [], _NO_LEAVES) for taken in kinds]
    n_chars = [
        0 if sheet.is_wrapped or all(taken) else len(sheet.text) for sheet, taken in zip(sheets, kinds, strict=True)
    ]
    doubts = dict(zip(model.takers.tolist(), model.doubts.tolist(), strict=True))
    for name, forest, known in (("article", model.article, doubts), ("page", model.page, {})):
        for some in _groups([n * (opinion.forest == name) for n, opinion in zip(n_chars, opinions, strict=True)]):
            page = features.measure([sheets[i] for i in some], [kinds[i] for i in some])
            found = _opinions(model, forest, page, doubted(chain(*(verdicts[i] for i in some)), known))
            for i, told in zip(some, found, strict=True):
                opinions[i] = Opinion(name, *told)
    return [
        _with_markup(model, sheet, sheet.markup, taken, opinion)
        if sheet.markup is not None and len(model.markup.roots) and not all(taken)
        else opinion
        for sheet, taken, opinion in zip(sheets, kinds, opinions, strict=True)
    ]


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
    positions, probabilities = page.position[asked].tolist(), _probabilities(_odds(forest, leaves))
    edges = np.searchsorted(asked, page.first).tolist()
    for start, end in pairwise(edges):
        yield positions[start:end], probabilities[start:end], leaves[start:end]


def _odds(forest: Forest, leaves: NDArray[np.int32]) -> NDArray[np.int64]:
    """Log odds in thousandths."""
    odds: NDArray[np.int64] = forest.value.take(leaves).sum(axis=1, dtype=np.int64)
    return odds


def _probabilities(odds: NDArray[np.int64]) -> list[float]:
    rounded: list[float] = np.round(1 / (1 + np.exp(-odds / SCALE)), 3).tolist()
    return rounded


_TAKEN = -4 * SCALE  # log odds that stand for a line a rule has taken
_MOST = 6 * SCALE
# Log odds that the markup may take from what the text alone says: its trees have seen few sorts of pages, and hardly any
# that hold an article alone.
_HEARD = {"article": 2 * SCALE, "page": 4 * SCALE}


def page_signals(
    model: Model, sheet: Sheet, told: markup.Markup, kinds: Sequence[str], opinion: Opinion
) -> markup.Columns:
    """What is known of each line of a web page: the opinion of its text, and its markup."""
    is_ruled = np.array([bool(kind) for kind in kinds])
    odds = np.zeros(len(kinds), np.int64)  # no opinion
    odds[opinion.positions] = np.clip(_odds(getattr(model, opinion.forest), opinion.leaves), -_MOST, _MOST)
    odds[is_ruled] = _TAKEN
    size = np.array([line.end - line.start for line in sheet.lines])
    return markup.signals(told, odds, is_ruled, size, np.array([line.is_prose for line in sheet.lines]))


def _with_markup(model: Model, sheet: Sheet, told: markup.Markup, kinds: Sequence[str], opinion: Opinion) -> Opinion:
    """The opinion of the undecided lines once their markup is known; a line whose markup is not keeps the one of its text."""
    columns = page_signals(model, sheet, told, kinds, opinion)
    positions = [i for i, kind in enumerate(kinds) if not kind]
    table = np.stack([columns[name][positions] for name in model.markup_signals.tolist()], 1).astype(np.float32)
    leaves = _leaves(model.markup, table)
    of_text, is_known = columns["odds"][positions], markup.is_known(told)[positions]
    odds = np.where(is_known, np.maximum(_odds(model.markup, leaves), of_text - _HEARD[opinion.forest]), of_text)
    leaves[~is_known] = UNHEARD
    return Opinion("markup", positions, _probabilities(odds), leaves, opinion)


_BLOCK = 64  # lines: what is known of them at once fits beside the processor


def _leaves(forest: Forest, table: NDArray[np.float32]) -> NDArray[np.int32]:
    """The leaf every line (row) falls into in every tree (column); `table` has a row per line, a column per signal.

    Trees go down level by level, each as if full: the children of place `i` of a level stand at `2i` and `2i + 1` of the
    next one, and a leaf is its own child. All lines are asked the same at the roots.
    """
    (n_lines, n_signals), n_trees = table.shape, len(forest.roots)
    nodes, levels = forest.roots, []
    for _ in range(int(forest.depth[0])):
        levels.append((forest.signal[nodes].astype(np.intp), forest.threshold[nodes]))
        nodes = forest.child[nodes].ravel()
    (root_signal, root_threshold), *below = levels
    leaves = np.empty((n_lines, n_trees), np.int32)
    row = np.repeat(np.arange(_BLOCK) * n_signals, n_trees)
    left = np.tile(2 * np.arange(n_trees), _BLOCK)
    for start in range(0, n_lines, _BLOCK):
        cells = table[start : start + _BLOCK]
        n = len(cells) * n_trees
        place = left[:n] + (cells[:, root_signal] > root_threshold).ravel()
        for signal, threshold in below:
            at = signal.take(place)
            at += row[:n]
            is_above = cells.take(at) > threshold.take(place)
            place += place
            place += is_above
        leaves[start : start + _BLOCK] = nodes.take(place).reshape(-1, n_trees)
    return leaves

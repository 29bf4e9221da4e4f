"""Fit the classifier of lines to labelled pages and articles, and write its weights to seeds/models/boilerplate.npz.

    python bench/train_boilerplate.py FILE ...               fit to all of it
    python bench/train_boilerplate.py --check FILE ...       instead: what it reaches on pages of sites it has not seen

FILE.jsonl.gz holds pages: {"id", "site", "source_benchmark", "naive_text", "gold_body", "line_share"}, the last being the
share of each non-empty line that is body; or, after these, their sources: {"id", "html"}. FILE.jsonl holds articles with
labelled spans, as tests/gold/cleaning/train.jsonl.
`--check` fits five models, each without a fifth of the sites, and asks each about the pages of sites it has not seen; its
predictions go to `--out` for a scorer. The answer depends on nothing but the files. LightGBM and scikit-learn are needed
here, and only here (the `bench` extra).
"""

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import lightgbm
import numpy as np
import scipy.sparse
from sklearn.linear_model import SGDClassifier

ROOT = Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT)  # else the neighbour pipeline.py would stand for the package

from bench.labelled import N_FOLDS, N_SLOTS, OWN, RULES, Array, Row, Text, read
from pipeline.text.blocks import BODY_KINDS
from pipeline.text.boilerplate import cleaner
from pipeline.text.cleaning import features
from pipeline.text.cleaning.markup import is_known
from pipeline.text.cleaning.model import NO_TREES, SCALE, Forest, Model, arrays, doubted, judge, page_signals, taker

WEIGHTS = ROOT / "seeds" / "models" / "boilerplate.npz"
N_TREES = 200
GROWTH = {
    "objective": "binary", "num_leaves": 24, "max_depth": 6, "learning_rate": 0.1, "min_data_in_leaf": 60,
    "feature_fraction": 0.4, "max_bin": 63, "seed": 1, "deterministic": True, "force_row_wise": True,
    "num_threads": 1, "verbose": -1,
}  # fmt: skip
# Sources there are for few pages: fewer and smaller trees.
MARKUP_TREES = 150
MARKUP_GROWTH = GROWTH | {
    "num_leaves": 15, "min_data_in_leaf": 100, "bagging_fraction": 0.8, "bagging_freq": 1,
}  # fmt: skip


def lexicon(texts: Sequence[Text]) -> Array:
    """Log odds of body for every hashed word and run of characters (logistic regression), in sixteenths."""
    known = [one for one in texts if one.grams]
    first = np.cumsum([0, *(len(one.is_body) for one in known)])
    slots = np.concatenate([one.grams[0] for one in known])
    lines = np.concatenate([one.grams[1] + start for one, start in zip(known, first, strict=False)])
    counts = scipy.sparse.csr_matrix((np.ones(len(slots), np.float32), (lines, slots)), (first[-1], N_SLOTS))
    seen = np.asarray(counts.sum(axis=1)).ravel()
    table = scipy.sparse.diags(1 / np.sqrt(np.maximum(seen, 1))) @ counts
    weights = np.concatenate([np.full(len(one.is_body), OWN if one.row["setting"] == "own" else 1) for one in known])
    found = SGDClassifier(loss="log_loss", alpha=1e-5, max_iter=5, tol=None, average=True, random_state=1)
    found.fit(table, np.concatenate([one.is_body for one in known]), sample_weight=weights)
    return np.clip(np.round(found.coef_[0] * 16), -127, 127).astype(np.int8)


_FEW_LINES = 8  # a rule that took fewer is held for one like the others
_DOUBTED = ("line", "list")  # scopes; the other rules about whole lines look at more than the line, and hardly err


def doubts(texts: Sequence[Text]) -> dict[str, float]:
    """Log odds that a line of an article is body although a rule takes it, by the rule and the kind it gives."""
    may_err = {rule.rule_id for rule in RULES if rule.scope in _DOUBTED}
    body: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    for one in texts:
        weight = OWN if one.row["setting"] == "own" else 1
        for verdict, is_body, is_asked in zip(one.verdicts, one.is_body, one.is_asked, strict=True):
            if verdict and verdict.rule_id in may_err and is_asked:
                body[taker(verdict)] += weight * is_body
                taken[taker(verdict)] += weight
    usual = body.total() / taken.total()
    share = {name: (body[name] + _FEW_LINES * usual) / (n + _FEW_LINES) for name, n in sorted(taken.items())}
    return {name: math.log(p / (1 - p)) for name, p in share.items()}


def fit(texts: Sequence[Text], n_folds: int = N_FOLDS) -> Model:
    """The lexicon, trees for articles from all texts, trees for whole pages from those alone, and trees for pages with their
    sources. The trees see each text with a lexicon and doubts that were made without its site, as they will be used; the
    last ones, also with trees that were.
    """
    sources, texts = ([one for one in texts if bool(one.row["known"]) == has_source] for has_source in (True, False))
    tables, labels, weights, of_page, folds, without = [], [], [], [], [], {}
    for fold in range(n_folds):
        others = [one for one in texts if one.fold != fold]
        words, known = without[fold] = lexicon(others), doubts(others)
        for one in (one for one in texts if one.fold == fold):
            columns = features.signals(one.page, words) | {"doubt": doubted(one.verdicts, known)}
            asked = one.is_asked & ~np.isnan(columns["doubt"])
            tables.append(np.stack([column[asked] for column in columns.values()], 1).astype(np.float32))
            labels.append(one.is_body[asked])
            weights.append(one.weights[asked])
            of_page.append(np.full(len(labels[-1]), one.row["setting"] == "naive"))
            folds.append(np.full(len(labels[-1]), fold))
    table, label, weight, is_page, of_fold = map(np.concatenate, (tables, labels, weights, of_page, folds))

    def on_text(words: Array, known: Mapping[str, float], fold: int | None) -> Model:
        chosen = ((of_fold != fold) & some for some in (np.ones_like(is_page), is_page))
        forests = [forest(table[rows], label[rows], weight[rows]) for rows in chosen]
        takers, odds = np.array(list(known)), np.array(list(known.values()), np.float32)
        return Model(np.array(list(columns)), words, takers, odds, np.zeros(0, str), *forests, NO_TREES)

    model = on_text(lexicon(texts), doubts(texts), None)
    if not sources:
        return model
    unseen = {fold: on_text(*without[fold], fold) for fold in sorted({one.fold for one in sources})}
    return with_markup(model, [(one, unseen[one.fold]) for one in sources])


def with_markup(model: Model, pages: Sequence[tuple[Text, Model]]) -> Model:
    """The model with trees for pages whose sources are known, each given with a model of the text that has not seen it."""
    tables, labels, weights = [], [], []
    for one, unseen in pages:
        opinion = judge(unseen, [one.sheet._replace(markup=None)], [one.verdicts])[0]
        if opinion.positions:
            columns = page_signals(unseen, one.sheet, one.sheet.markup, one.page.kinds, opinion)
            asked = one.is_asked & is_known(one.sheet.markup)
            tables.append(np.stack(list(columns.values()), 1)[asked].astype(np.float32))
            labels.append(one.is_body[asked])
            weights.append(one.weights[asked])
    table, label, weight = map(np.concatenate, (tables, labels, weights))
    grown = forest(table, label, weight, MARKUP_GROWTH, MARKUP_TREES)
    return model._replace(markup_signals=np.array(list(columns)), markup=grown)


def forest(table: Array, labels: Array, weights: Array, growth: Row = GROWTH, n_trees: int = N_TREES) -> Forest:
    """Boosted trees; a row per line."""
    data = lightgbm.Dataset(table, labels, weight=weights * 1000, params=growth)
    return flat(lightgbm.train(growth, data, n_trees).dump_model()["tree_info"])


def flat(trees: Sequence[Row]) -> Forest:
    """The trees as arrays."""
    nodes: list[tuple[int, float, int, int, float]] = []

    def add(node: Row) -> tuple[int, int]:
        at = len(nodes)
        nodes.append((0, np.inf, at, at, node.get("leaf_value", node.get("internal_value"))))
        if "leaf_value" in node:
            return at, 0
        (no, left), (yes, right) = add(node["left_child"]), add(node["right_child"])
        nodes[at] = (node["split_feature"], node["threshold"], no, yes, node["internal_value"])
        return at, 1 + max(left, right)

    roots, depths = zip(*(add(tree["tree_structure"]) for tree in trees), strict=True)
    signal, threshold, no, yes, value = (np.array(column) for column in zip(*nodes, strict=True))
    # A signal is compared in single precision: the greatest such number that is not above the threshold decides alike.
    single = threshold.astype(np.float32)
    single = np.where(single > threshold, np.nextafter(single, np.float32(-np.inf)), single)
    return Forest(
        np.array(roots, np.int32), signal.astype(np.int32), single.astype(np.float32),
        np.stack([no, yes], 1).astype(np.int32), np.round(value * SCALE).astype(np.int32), np.array([max(depths)], np.int32),
    )  # fmt: skip


def check(texts: Sequence[Text], out: Path, profile: str) -> None:
    """Write the bodies found by models that have not seen the site."""
    with out.open("w", encoding="utf-8") as file:
        for fold in range(N_FOLDS):
            clean = cleaner(RULES, profile, fit([one for one in texts if one.fold != fold]))
            for row in (one.row for one in texts if one.fold == fold and one.row["id"] and one.row["setting"] != "own"):
                asked = {row["setting"]: row["naive_text"]}
                if row["setting"] == "naive":
                    asked["body"] = row["gold_body"]
                for setting, said in asked.items():
                    body = "\n\n".join(
                        said[b.char_start : b.char_end] for b in clean(said, **row["known"]) if b.kind in BODY_KINDS
                    )
                    found = {"setting": setting, "id": row["id"], "body": body}
                    print(json.dumps(found, ensure_ascii=False), file=file)


def main() -> None:
    """Train, or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--profile", default="standard")
    parser.add_argument("--out", type=Path, default=Path("predictions.jsonl"))
    options = parser.parse_args()
    texts = read(options.files)
    if options.check:
        check(texts, options.out, options.profile)
    else:
        WEIGHTS.parent.mkdir(exist_ok=True)
        np.savez_compressed(WEIGHTS, **arrays(fit(texts)))


if __name__ == "__main__":
    main()

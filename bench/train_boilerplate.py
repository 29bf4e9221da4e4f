"""Fit the classifier of lines to labelled pages, and write its weights to seeds/models/boilerplate.npz.

    python bench/train_boilerplate.py FILE.jsonl.gz ...      fit to all of it
    python bench/train_boilerplate.py --check FILE ...       instead: what it reaches on pages of sites it has not seen

Rows: {"id", "site", "source_benchmark", "naive_text", "gold_body", "line_share"}, the last being the share of each
non-empty line that is body. Whole pages and nearly clean texts of the same articles are mixed, so that one model serves
both. `--check` fits five models, each without a fifth of the sites, and asks each about the sites it has not seen; its
predictions go to `--out` for a scorer. The answer depends on nothing but the files. LightGBM is needed here, and only
here (the `bench` extra).
"""

import argparse
import gzip
import json
import re
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import lightgbm
import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT)  # else the neighbour pipeline.py would stand for the package

from pipeline.knowledge import read_rows
from pipeline.text.blocks import BODY_KINDS, lines
from pipeline.text.boilerplate import Rule, cleaner, ruler
from pipeline.text.cleaning import features, tokens
from pipeline.text.cleaning.model import SCALE, Model

WEIGHTS = ROOT / "seeds" / "models" / "boilerplate.npz"
N_FOLDS = 5
N_SLOTS = 1 << 16  # of the lexicon
N_TREES = 200
GROWTH = {
    "objective": "binary", "num_leaves": 24, "max_depth": 6, "learning_rate": 0.1, "min_data_in_leaf": 60,
    "feature_fraction": 0.4, "max_bin": 63, "seed": 1, "deterministic": True, "force_row_wise": True,
    "num_threads": 1, "verbose": -1,
}  # fmt: skip
NOTHING = np.zeros(0, np.int8)  # a lexicon that knows no language

Row = dict[str, Any]
Array = NDArray[Any]


class Text(NamedTuple):
    """A labelled text: its row, fold and measures; which of its lines are body, and which the rules leave open."""

    row: Row
    fold: int
    page: features.Page
    is_body: Array
    is_open: Array
    weights: Array


def read(paths: Iterable[Path]) -> list[Text]:
    """The texts, with rules applied. Lines weigh by the root of their length, texts all the same."""
    rule = ruler(read_rows(ROOT / "seeds" / "rules" / "boilerplate.csv", Rule))
    texts = []
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for row in ({"setting": path.name.split(".")[0], **json.loads(line)} for line in file):
                texts += [text(version, rule) for version in versions(row)]
    return [one for one in texts if len(one.page.starts)]


_SENTENCE = re.compile(r"(?<=[.!?…])(?:[\"'”»)]?) +|(?<=[。！？])")
_FEW = 4  # lines of body in a short article
_LITTLE = 40  # lines of debris; with more, the text is a whole page


def versions(row: Row) -> Iterator[Row]:
    """The text as it is and, of a text that is nearly clean, its body alone, of which nothing may go, and a form that
    exports have and web pages do not: a sentence a line, or an article that ends after a few lines, or both; the id decides.
    """
    yield row
    inked = [line for line in row["naive_text"].split("\n") if line.strip()]
    labelled = list(zip(inked, row["line_share"], strict=True))
    body = [i for i, (_, share) in enumerate(labelled) if share >= 0.5]
    if not body or len(labelled) - len(body) > _LITTLE:
        return
    yield _version(row, [labelled[i] for i in body])
    number = zlib.crc32(row["id"].encode())
    if number % 3 != 0:
        gone = set(body[1 + number % _FEW :])
        labelled = [one for i, one in enumerate(labelled) if i not in gone]
    if number % 3 != 1:
        parts = (
            (part, share) for line, share in labelled for part in (_SENTENCE.split(line) if share >= 0.5 else [line])
        )
        labelled = [(part, share) for part, share in parts if part.strip()]
    yield _version(row, labelled)


def _version(row: Row, labelled: Sequence[tuple[str, float]]) -> Row:
    """The row with these lines, each with its share of body, for its text; without an id, it is no page to be asked about."""
    text = "\n\n".join(line for line, _ in labelled)
    return row | {"id": None, "naive_text": text, "line_share": [share for _, share in labelled]}


def text(row: Row, rule: Any) -> Text:
    """One row, measured."""
    sheet, verdicts = rule(row["naive_text"])
    inked = (number for number, start, end in lines(row["naive_text"]) if row["naive_text"][start:end].strip())
    share = dict(zip(inked, row["line_share"], strict=True))
    kinds = [verdict.kind if verdict else "" for verdict in verdicts]
    page = features.measure([sheet], [kinds])
    is_body = np.array([share[line.number] >= 0.5 for line in sheet.lines], bool)
    is_open = np.array([not kind for kind in kinds], bool)
    weights = np.sqrt(1 + page.n_words)
    fold = zlib.crc32(row["site"].encode()) % N_FOLDS
    return Text(row, fold, page, is_body, is_open, weights / max(weights[is_open].sum(), 1))


def lexicon(texts: Sequence[Text]) -> Array:
    """Log odds of body for every hashed word of English texts (naive Bayes), in sixteenths."""
    counts = np.zeros((2, N_SLOTS))
    for one in texts:
        if features.is_english(one.page)[0]:
            hashes, at = tokens.grams(one.page.words)
            slots, is_body = tokens.slots(hashes, N_SLOTS), one.is_body[at]
            for label in (0, 1):
                counts[label] += np.bincount(slots[is_body == label], minlength=N_SLOTS)
    smooth = counts + 4
    odds = np.log(smooth / smooth.sum(axis=1, keepdims=True))
    return np.clip(np.round((odds[1] - odds[0]) * 16), -127, 127).astype(np.int8)


def fit(texts: Sequence[Text], n_folds: int = N_FOLDS) -> Model:
    """Lexicon and trees. The trees see each text with a lexicon that was made without its site, as it will be used;
    a third of the texts also without any, so that they learn to do without words.
    """
    tables, labels, weights = [], [], []
    for fold in range(n_folds):
        words = lexicon([one for one in texts if one.fold != fold])
        for i, one in enumerate(one for one in texts if one.fold == fold):
            for known in (words, NOTHING) if i % 3 == 0 else (words,):
                columns = features.signals(one.page, known)
                tables.append(np.stack([column[one.is_open] for column in columns.values()], 1).astype(np.float32))
                labels.append(one.is_body[one.is_open])
                weights.append(one.weights[one.is_open])
    data = lightgbm.Dataset(
        np.concatenate(tables), np.concatenate(labels), weight=np.concatenate(weights) * 1000, params=GROWTH
    )
    booster = lightgbm.train(GROWTH, data, N_TREES)
    return flat(booster.dump_model()["tree_info"], list(columns), lexicon(texts))


def flat(trees: Sequence[Row], signals: list[str], words: Array) -> Model:
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
    return Model(
        np.array(signals), words, np.array(roots, np.int32), signal.astype(np.int32), single.astype(np.float32),
        np.stack([no, yes], 1).astype(np.int32), np.round(value * SCALE).astype(np.int32), np.array([max(depths)], np.int32),
    )  # fmt: skip


def check(texts: Sequence[Text], out: Path, profile: str) -> None:
    """Write the bodies found by models that have not seen the site."""
    rules = read_rows(ROOT / "seeds" / "rules" / "boilerplate.csv", Rule)
    with out.open("w", encoding="utf-8") as file:
        for fold in range(N_FOLDS):
            clean = cleaner(rules, profile, fit([one for one in texts if one.fold != fold]))
            for row in (one.row for one in texts if one.fold == fold and one.row["id"]):
                asked = {row["setting"]: row["naive_text"]}
                if row["setting"] == "naive":
                    asked["body"] = row["gold_body"]
                for setting, said in asked.items():
                    body = "\n\n".join(said[b.char_start : b.char_end] for b in clean(said) if b.kind in BODY_KINDS)
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
        np.savez_compressed(WEIGHTS, **fit(texts)._asdict())


if __name__ == "__main__":
    main()

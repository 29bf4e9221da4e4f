"""Train the optional CRF tagger from labelled text of your own, and measure it on documents it was not trained on.

    python bench/train_crf.py DATA.jsonl [...] --model actors.crf [--licence 'CC BY|public domain']
    python bench/train_crf.py DATA.jsonl [...] --folds 7 --scorer ../shared/bench/eval_actors.py [--on gum_news.jsonl]
    tidywire run my_articles --tagger crf --tagger-model actors.crf

DATA, one document a line:
  {"id", "text", "mentions": [{"start", "end", "type", ...}], "date", "source", "licence"}
  start, end   0-based, half-open, in code points
  type         person, organisation (or organization), place, location, country; anything else is a name of no actor
  kind         if given, only "name" is trained on
  head_start, head_end, propn
               if given, the name is the run of proper nouns ([[start, end], ...]) around the head
Sources and licences of what was trained on are printed: a model is made from its texts, so share it only if all of them
allow it. With --folds every document is tagged by a model trained on the other folds; nothing is saved. `--on` scores
these files only; all others are trained on in every fold. Needs the `crf` extra.
"""

import argparse
import json
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT)  # else the neighbour pipeline.py would stand for the package

from pycrfsuite import Trainer

from bench import predict
from pipeline.settings import SEEDS
from pipeline.steps import engines
from pipeline.taggers import crf
from pipeline.text.tagging.proposed import Proposer

Row = dict[str, Any]
Sequences = list[tuple[list[list[str]], list[str]]]
_KNOWLEDGE = (str(SEEDS), "")
_LABELS = {"person": "person", "organisation": "organisation", "organization": "organisation"}
_LABELS |= dict.fromkeys(("place", "location", "country"), "place")
# Across folds, L2 made scores say more about being right; a little L1 halves the model.
_SETTINGS = {"c1": 0.02, "c2": 0.3, "max_iterations": 100, "feature.possible_transitions": True}
_AROUND_NAME = re.compile(r"^(?:[Tt]he |[Aa]n? )?(.*?)(?:['’]s?)?$", re.DOTALL)


def names(row: Row) -> list[tuple[int, int, str]]:
    """Names of a document: start, end, label; longer ones first."""
    found = [
        (*name_in(row["text"], one), _LABELS.get(one["type"].lower(), "other"))
        for one in row["mentions"]
        if one.get("kind", "name") == "name" and one.get("start") is not None
    ]
    return sorted(found, key=lambda name: name[0] - name[1])


def name_in(text: str, mention: Row) -> tuple[int, int]:
    """The name in a mention: the proper nouns around its head where they are given, without article and possessive."""
    start, end = mention["start"], mention["end"]
    head = mention.get("head_start", start), mention.get("head_end", end)
    run: tuple[int, int] | None = None
    for a, b in sorted(map(tuple, mention.get("propn", []))):
        is_next = run is not None and a - run[1] <= 1
        run = (run[0], b) if run is not None and is_next else (a, b)
        if a < head[1] and b > head[0]:
            start, end = run
    bare = _AROUND_NAME.search(text[start:end])
    return (start + bare.start(1), start + bare.end(1)) if bare else (start, end)


def sequences(row: Row) -> Sequences:
    """Features and labels of every sentence of a document; an inner name keeps its own label."""
    text, found = row["text"], names(row)
    describe = crf.describer(text)
    made = []
    for start, end in engines.segmenter(*_KNOWLEDGE)(text):
        tokens = crf.tokenize(text, start, end)
        labels = ["O"] * len(tokens)
        for a, b, label in found:
            inside = [place for place, (c, d) in enumerate(tokens) if c >= a and d <= b]
            for place in inside:
                labels[place] = f"{'I' if place > inside[0] else 'B'}-{label}"
            after = inside[-1] + 1 if inside else len(labels)
            if after < len(labels) and labels[after].startswith("I-"):
                labels[after] = f"B-{labels[after][2:]}"
        if tokens:
            made.append((describe(tokens), labels))
    return made


def train(documents: Sequence[Sequences], model: Path) -> None:
    """Train on the sentences of these documents and write the model."""
    trainer = Trainer(verbose=False)
    for features, labels in (sentence for one in documents for sentence in one):
        trainer.append(features, labels)
    trainer.set_params(_SETTINGS)
    trainer.train(str(model))


def cross_validated(rows: list[Row], others: list[Row], n_folds: int) -> Iterator[tuple[Row, Proposer]]:
    """Every row with a tagger that was trained on the other folds and on all of `others`."""
    of_others = [sequences(row) for row in others]
    made = [sequences(row) for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        for fold in range(n_folds):
            model = Path(folder) / f"{fold}.crf"
            train(of_others + [one for place, one in enumerate(made) if place % n_folds != fold], model)
            proposer = Proposer("tagger_crf", crf.load(str(model)))
            yield from ((row, proposer) for row in rows[fold::n_folds])


def measure(given: argparse.Namespace, rows: list[Row]) -> None:
    """Print the scores of the rules alone and with the CRF on documents it was not trained on."""
    scorer = predict.loaded_from(given.scorer)
    scored = [row for row in rows if given.on is None or row["file"] == given.on]
    others = [row for row in rows if given.on is not None and row["file"] != given.on]
    runs: dict[str, list[Row]] = {"rules": [], "rules + crf": []}
    for row, proposer in cross_validated(scored, others, given.folds):
        runs["rules"].append({"id": row["id"], **predict.actors(row)})
        runs["rules + crf"].append({"id": row["id"], **predict.actors(row, proposer)})
    print(f"{len(scored)} documents in {given.folds} folds, {len(others)} more in every training")
    for name, predicted in runs.items():
        scores, _ = scorer.score(scored, predicted)
        shown = {
            "core found": scores.get("core", {}).get("found"),
            "persons found": scores.get("person", {}).get("found"),
            "organisations found": scores.get("org", {}).get("found"),
            "precision": scores.get("precision", {}).get("all", {}).get("p"),
            "chains": scores.get("chain", {}).get("same_id"),
        }
        print(f"{name:12}", "  ".join(f"{measure} {value}" for measure, value in shown.items() if value is not None))


def main() -> None:
    """Read the labelled documents; train and save, or measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="+", type=Path, help="labelled documents, JSONL")
    parser.add_argument("--licence", default="", help="take only documents whose licence matches this expression")
    parser.add_argument("--model", type=Path, help="file to write")
    parser.add_argument("--folds", type=int, default=0, help="measure by cross-validation over documents instead")
    parser.add_argument("--scorer", type=Path, default=ROOT.parent / "shared" / "bench" / "eval_actors.py")
    parser.add_argument("--on", help="name of the file to score; the others are trained on in every fold")
    given = parser.parse_args()
    if bool(given.model) == bool(given.folds):
        parser.error("say --model FILE to train, or --folds N to measure")

    rows = [
        {**json.loads(line), "file": path.name}
        for path in given.data
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    rows = [row for row in rows if re.search(given.licence, row.get("licence", ""))]
    for (source, licence), n in sorted(
        Counter((row.get("source"), row.get("licence")) for row in rows).items(), key=str
    ):
        print(f"{n:5} documents  {source}: {licence}")
    if given.folds:
        measure(given, rows)
        return
    started = time.process_time()
    train([sequences(row) for row in rows], given.model)
    size = given.model.stat().st_size / 1e6
    print(f"{given.model}: {size:.1f} MB in {time.process_time() - started:.0f} CPU seconds")


if __name__ == "__main__":
    main()

"""Floors under the quality of every task, on labelled data that is not part of the project.

A row of `FLOORS` names a file by its digest, so that a number can never mean another file; a task knows how to score
one. A floor lies a little below what was measured: an error or two, not a percent. Raise it when quality rises.
"""

import gzip
import importlib.util
import json
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from pipeline.settings import ROOT

BENCH = ROOT.parent / "shared" / "bench"

pytestmark = [
    pytest.mark.quality,
    pytest.mark.skipif(not BENCH.is_dir(), reason="labelled data is not here: ../shared/bench"),
]


class Floor(NamedTuple):
    """A measure of a task on one file, as a share of 1, that must not fall below `least`."""

    task: str
    file: str
    digest: str  # the first 16 hex digits of the file's SHA-256
    measure: str
    least: float


FLOORS = [
    Floor("sentences", "sentences/SEED.para.jsonl", "bf8ec35fb3a0b771", "docs", 1.0),
    Floor("sentences", "sentences/GRS.flat.jsonl", "5a70ffb6046debe1", "docs", 47 / 48),
    Floor("sentences", "sentences/MASC-dev.para.jsonl", "85efa79e05be724e", "term", 0.980),
    Floor("sentences", "sentences/MASC-dev.flat.jsonl", "6a1c715a09fedfd1", "term", 0.986),
    Floor("sentences", "sentences/GUM-dev.para.jsonl", "a77e5ad6fc904561", "term", 0.997),
    Floor("sentences", "sentences/GUM-dev.flat.jsonl", "f569a16f8351687a", "term", 0.997),
    Floor("sentences", "sentences/GUM-dev.glue.jsonl", "f4c71a4780a2874b", "term", 0.989),
    Floor("sentences", "sentences/EWT-dev.para.jsonl", "07a4da4ab6aa69d6", "term", 0.974),
    Floor("actors", "actors/gum_news.jsonl", "799bc627817bd649", "core", 0.968),
    Floor("actors", "actors/gum_news.jsonl", "799bc627817bd649", "precision", 0.937),
    Floor("actors", "actors/gum_news.jsonl", "799bc627817bd649", "chain", 0.790),
    Floor("actors", "actors/gum_other.jsonl", "dcd6f55f5ab27530", "core", 0.957),
    Floor("actors", "actors/gum_news.jsonl", "799bc627817bd649", "countries", 1.0),
    Floor("actors", "actors/gum_other.jsonl", "dcd6f55f5ab27530", "countries", 0.980),
    Floor("actors", "actors/gum_other.jsonl", "dcd6f55f5ab27530", "chain", 0.690),
    Floor("actors", "actors/gum_other.jsonl", "dcd6f55f5ab27530", "precision", 0.941),
    Floor("actors", "actors/plover_gsr.jsonl", "a74456c45bf2cfae", "country", 0.916),
    Floor("actors", "actors/plover_gsr.jsonl", "a74456c45bf2cfae", "wrong", 0.968),
    Floor("actors", "actors/plover_gsr.jsonl", "a74456c45bf2cfae", "sector", 0.800),
    # The line classifier was fitted to these pages: the values pin what stands, and say nothing about unseen sites.
    Floor("boilerplate", "boilerplate/container.dev.jsonl.gz", "dbd4c34fda1d0c0c", "modern", 0.956),
    Floor("boilerplate", "boilerplate/container.dev.jsonl.gz", "dbd4c34fda1d0c0c", "wcxb", 0.960),
    Floor("boilerplate", "boilerplate/naive.dev.jsonl.gz", "d5ee31ef50a844b7", "modern", 0.95),
    Floor("boilerplate", "boilerplate/naive.dev.jsonl.gz", "d5ee31ef50a844b7", "wcxb", 0.954),
]


@cache
def module(path: Path) -> ModuleType:
    """A script as a module: a scorer that lies beside the labelled data, or our own predictions."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def scorer(name: str) -> ModuleType:
    """One of the scorers."""
    return module(BENCH / f"{name}.py")


def predictions(task: str, path: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(gold, predictions) of a file, by the code that `bench/predict.py` shows to anybody."""
    predict = module(ROOT / "bench" / "predict.py")
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    gold = [json.loads(line) for line in raw.splitlines()]
    return gold, [{"id": row["id"], **predict.TASKS[task](row)} for row in predict.documents(iter(gold))]


@cache
def sentences(path: Path) -> dict[str, float]:
    """F1 at final punctuation (`term`), of exact sentences (`sent`), and the share of faultless documents (`docs`)."""
    gold, predicted = predictions("sentences", path)
    found = {row["id"]: row["sentence_spans"] for row in predicted}
    scores = scorer("eval_sentences").evaluate(gold, found, by=())["ALL",]
    shares = {measure: scores[measure]["F1"] for measure in ("term", "sent")}
    return {**shares, "docs": scores["docs_right"] / scores["docs"]}


@cache
def actors(path: Path) -> dict[str, float]:
    """`core` political actors and `countries` found, `precision`, `country` right, not `wrong`, `sector` right, `chain` under one id."""
    scores, _ = scorer("eval_actors").score(*predictions("actors", path))
    places = {
        "core": ("core", "found"),
        "countries": ("country", "found"),
        "precision": ("precision", "all", "p"),
        "country": ("country_resolution", "right"),
        "wrong": ("country_resolution", "wrong"),
        "sector": ("sector", "right"),
        "chain": ("chain", "same_id"),
    }
    found = {}
    for measure, place in places.items():
        value = scores
        for step in place:
            value = value.get(step, {})
        if value != {}:
            found[measure] = 1 - value if measure == "wrong" else value
    return found


@cache
def boilerplate(path: Path) -> dict[str, float]:
    """Shingle F1 of the body on `modern` pages (seb, aed, fundus) and on `wcxb`."""
    gold, predicted = predictions("boilerplate", path)
    score, by_id = scorer("eval_boilerplate"), {row["id"]: row for row in predicted}
    groups = {"wcxb": [row for row in gold if row["source_benchmark"] == "wcxb"]}
    groups["modern"] = [row for row in gold if row["source_benchmark"] in ("seb", "aed", "fundus")]
    return {
        name: score.summary([score.score_doc(row, by_id[row["id"]]) for row in rows])["F1"]
        for name, rows in groups.items()
    }


TASKS: dict[str, Callable[[Path], dict[str, float]]] = {
    "sentences": sentences,
    "actors": actors,
    "boilerplate": boilerplate,
}


@pytest.mark.parametrize("floor", FLOORS, ids=lambda floor: f"{floor.file} {floor.measure}")
def test_quality_holds(floor: Floor) -> None:
    path = BENCH / floor.file
    digest = sha256(path.read_bytes()).hexdigest()[:16]
    assert digest == floor.digest, f"{floor.file} is not the file this floor was measured on"
    assert round(TASKS[floor.task](path)[floor.measure], 4) >= round(floor.least, 4)


def test_confidence_is_what_was_counted() -> None:
    bench = module(ROOT / "bench" / "confidence.py")
    files = [BENCH / "actors" / f"{name}.jsonl" for name in ("gum_news", "gum_other", "re3d", "plover_gsr")]
    counted = bench.precisions(json.loads(line) for file in files for line in file.read_text("utf-8").splitlines())
    assert counted
    assert {rule: bench.CONFIDENCE[rule] for rule in counted} == pytest.approx(counted, abs=0.051)

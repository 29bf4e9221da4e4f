"""Floors under the quality of every task, on labelled data that is not part of the project.

A row of `FLOORS` names a file by its digest, so that a number can never mean another file; a task knows how to score
one. A floor lies a little below what was measured: an error or two, not a percent. Raise it when quality rises.
"""

import importlib.util
import json
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

from pipeline.knowledge import read_rows
from pipeline.settings import ROOT, SEEDS
from pipeline.text.quotes import SpeechVerb
from pipeline.text.sentences import Abbreviation, segmenter

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
]


@cache
def scorer(name: str) -> ModuleType:
    """The scorer that lies beside the labelled data."""
    spec = importlib.util.spec_from_file_location(name, BENCH / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def sentences(path: Path) -> dict[str, float]:
    """F1 at final punctuation (`term`), of exact sentences (`sent`), and the share of faultless documents (`docs`)."""
    rules = SEEDS / "rules"
    segment = segmenter(
        read_rows(rules / "abbreviations.csv", Abbreviation), read_rows(rules / "speech_verbs.csv", SpeechVerb)
    )
    gold = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    found = {row["id"]: segment(row["text"]) for row in gold}
    scores = scorer("eval_sentences").evaluate(gold, found, by=())["ALL",]
    shares = {measure: scores[measure]["F1"] for measure in ("term", "sent")}
    return {**shares, "docs": scores["docs_right"] / scores["docs"]}


TASKS: dict[str, Callable[[Path], dict[str, float]]] = {"sentences": sentences}


@pytest.mark.parametrize("floor", FLOORS, ids=lambda floor: f"{floor.file} {floor.measure}")
def test_quality_holds(floor: Floor) -> None:
    path = BENCH / floor.file
    digest = sha256(path.read_bytes()).hexdigest()[:16]
    assert digest == floor.digest, f"{floor.file} is not the file this floor was measured on"
    assert round(TASKS[floor.task](path)[floor.measure], 4) >= round(floor.least, 4)

"""The corpora that speed is measured on: as many articles as asked for, the same bytes for the same seed."""

import runpy
from pathlib import Path

from pipeline.settings import ROOT

make = runpy.run_path(str(ROOT / "bench" / "make_corpus.py"))["make"]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file by its path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_one_seed_makes_one_corpus(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("same", 1), ("other", 2)):
        make(tmp_path / name, 300, seed)
    assert contents(tmp_path / "one") == contents(tmp_path / "same") != contents(tmp_path / "other")


def test_a_larger_corpus_begins_with_the_articles_of_a_smaller_one(tmp_path: Path) -> None:
    make(tmp_path / "small", 100, 1)
    make(tmp_path / "large", 300, 1)
    single = {path: raw for path, raw in contents(tmp_path / "small").items() if path.endswith((".txt", ".html"))}
    assert single.items() <= contents(tmp_path / "large").items()
    assert len(single) > 80


def test_articles_come_in_every_format_from_many_outlets_and_some_twice(tmp_path: Path) -> None:
    make(tmp_path / "corpus", 1_000, 1)
    made = contents(tmp_path / "corpus")
    assert {Path(path).suffix for path in made} == {".txt", ".html", ".jsonl", ".csv"}
    assert len({path.partition("/")[0] for path in made}) == 36
    assert len(set(made.values())) < len(made)
    assert any(not _is_utf8(raw) for raw in made.values())


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True

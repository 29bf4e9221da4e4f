"""What is kept from process to process: the same answer, and none that belongs to something else."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline import remembered as memory
from pipeline.knowledge import SeedError
from pipeline.remembered import remembered
from pipeline.steps import engines

ASKED: list[str] = []


def _longest(words: str, digest: str) -> str:
    ASKED.append(words)
    return max(words.split(), key=len)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    ASKED.clear()
    monkeypatch.setattr(memory, "FOLDER", tmp_path / "kept")
    return tmp_path / "kept"


def test_the_same_question_is_worked_out_once(folder: Path) -> None:
    assert [remembered(_longest)("a bee", "1") for _ in range(3)] == ["bee"] * 3
    assert ASKED == ["a bee"]


def test_another_question_other_code_and_another_python_are_worked_out_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recall = remembered(_longest)
    assert [recall("a bee", "1"), recall("a wasp", "1"), recall("a wasp", "2")] == ["bee", "wasp", "wasp"]
    monkeypatch.setattr(memory, "_surroundings", lambda: "other code")
    assert recall("a wasp", "2") == "wasp"
    assert len(ASKED) == 4


@pytest.mark.parametrize("left", [b"", b"no pickle", b"\x80\x05\x95"])
def test_a_damaged_file_is_made_anew(folder: Path, left: bytes) -> None:
    remembered(_longest)("a bee", "1")
    (file,) = folder.iterdir()
    for content in (left, file.read_bytes()[:-4], file.read_bytes().replace(b"bee", b"fee")):
        file.write_bytes(content)
        assert remembered(_longest)("a bee", "1") == "bee"
    assert len(ASKED) == 4


def _counted(n: int) -> tuple[NDArray[np.uint16], list[str], NDArray[np.int64]]:
    return np.arange(n, dtype=np.uint16), ["a", "b"], np.arange(3)


def test_arrays_come_back_from_the_file_s_own_pages(folder: Path) -> None:
    worked_out, recalled = (remembered(_counted)(1001) for _ in range(2))
    for one, other in zip(worked_out, recalled, strict=True):
        assert np.array_equal(one, other)
    assert [recalled[i].flags.owndata for i in (0, 2)] == [False, False]
    assert [recalled[i].flags.aligned for i in (0, 2)] == [True, True]
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:-4])
    assert np.array_equal(remembered(_counted)(1001)[2], worked_out[2])


def test_a_folder_that_cannot_be_written_to_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(memory, "FOLDER", tmp_path / "file")
    assert remembered(_longest)("a bee", "1") == "bee"


def test_rules_come_back_with_their_needles_and_without_being_read(folder: Path) -> None:
    seeds = str(memory.ROOT / "seeds")
    read, recalled = (engines._rules.__wrapped__(seeds, "1") for _ in range(2))
    assert read == recalled
    assert read is not recalled
    assert [rule.needles for rule in read] == [rule.needles for rule in recalled]
    assert all("needles" in vars(rule) and "compiled" not in vars(rule) for rule in recalled)


def test_a_fault_in_an_edited_file_is_named_whatever_is_remembered(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "seeds" / "rules" / "boilerplate.csv"
    file.parent.mkdir(parents=True)
    header, first, *_ = (memory.ROOT / "seeds" / "rules" / "boilerplate.csv").read_text(encoding="utf-8").splitlines()
    file.write_text(f"{header}\n{first}\n", encoding="utf-8")
    seeds = str(tmp_path / "seeds")
    assert len(engines.rules(seeds)) == 1
    file.write_text(f"{header}\n{first.replace(',ad,', ',ad,(', 1)}\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(SeedError, match=r"boilerplate.csv, row 2: column pattern: not a regular expression"):
            engines.rules(seeds)

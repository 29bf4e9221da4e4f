"""The README is true: its answers are the ones the sample gives, its list of tables is the declared one."""

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest

from pipeline import answers, render
from pipeline.settings import ROOT
from pipeline.tables import TABLES

README = (ROOT / "README.md").read_text(encoding="utf-8")
QUESTIONS = re.findall(r"```text\n\$ (tidywire query .+)\n((?:.*\n)*?)```", README)


@pytest.mark.parametrize(("command", "answer"), QUESTIONS, ids=range(len(QUESTIONS)))
def test_answers_are_those_the_sample_gives(
    warehouse: Path, command: str, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "130")
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        answers.answer(warehouse, shlex.split(command)[2], "table")
    assert said.getvalue().strip() == answer.strip()


def test_there_are_questions() -> None:
    assert len(QUESTIONS) >= 3


def test_the_list_of_tables_is_the_declared_one() -> None:
    listed = README.partition("<!-- tables -->\n")[2].partition("\n<!-- /tables -->")[0]
    assert listed == render.markdown_tables(TABLES)

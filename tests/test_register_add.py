"""`tidywire register add`: asked or told, shown, checked, and written whole or not at all."""

import csv
import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from pipeline.cli import OK, USAGE, main
from pipeline.knowledge import SeedError
from pipeline.registers import add as register_add
from pipeline.registers.add import Target, add
from pipeline.registers.newcomers import Answers
from pipeline.registers.reading import read_register

PERSON = Answers("person", "Ada Brandt", country="France")
Rows = dict[str, list[dict[str, str]]]


@pytest.fixture
def house(tmp_path: Path, seeds: Path) -> str:
    """Seeds with a few countries, two roles and one organisation."""
    folder = tmp_path / "seeds"
    shutil.copytree(seeds, folder)
    with (folder / "register" / "roles.csv").open("a", encoding="utf-8") as file:
        file.write("foreign minister,foreign ministers,GOV,foreign_minister,GOV,\nreeve,reeves,GOV,,GOV,\n")
    with (folder / "register" / "organisations.csv").open("a", encoding="utf-8") as file:
        file.write("igo:odes,League of Odes,igo,,,IGO,,,,,LOO,,,\n")
    return str(folder)


def told(answers: Answers, into: Path, house: str) -> Rows:
    """What is in the files of the register after these answers."""
    add(answers, Target(into, house, ()), None, is_sure=True)
    return written(into)


def written(into: Path) -> Rows:
    return {
        path.stem: [{k: v for k, v in row.items() if v} for row in csv.DictReader(io.StringIO(path.read_text("utf-8")))]
        for path in sorted(into.glob("*"))
    }


def answering(*said: str) -> Callable[[str], str]:
    waiting: Iterator[str] = iter(said)
    return lambda question: next(waiting)


ROWS: dict[str, tuple[Answers, Rows]] = {
    "a person with an office": (
        Answers("person", "Ada Brandt", country="France", alias="A. Brandt|Adi", office="foreign minister",
                first_day="2026-07-04"),
        {
            "people": [{"actor_id": "person:ada_brandt", "name": "Ada Brandt", "names": "A. Brandt",
                        "family_name": "Brandt", "short_names": "Adi", "iso3": "FRA"}],
            "offices": [{"person_actor_id": "person:ada_brandt", "office": "foreign_minister",
                         "office_actor_id": "FRA:GOV", "iso3": "FRA", "sector": "GOV", "valid_from": "2026-07-04"}],
        },
    ),
    "a family name that comes first": (
        Answers("person", "Kim Bo-ra"),
        {"people": [{"actor_id": "person:kim_bo_ra", "name": "Kim Bo-ra", "family_name": "Kim"}]},
    ),
    "an organ of a state": (
        Answers("organisation", "Ode Corps", "military", "FRA", alias="OC|Odes"),
        {"organisations": [{"actor_id": "FRA:ode_corps", "name": "Ode Corps", "actor_type": "military",
                            "parent_actor_id": "FRA:MIL", "iso3": "FRA", "plover_country": "FRA", "plover_sector": "MIL",
                            "names": "Odes", "acronyms": "OC"}]},
    ),
    "an international body": (
        Answers("organisation", "Bund Öde", "igo"),
        {"organisations": [{"actor_id": "igo:bund_ode", "name": "Bund Öde", "actor_type": "igo",
                            "plover_country": "IGO"}]},
    ),
    "an alias of a known actor": (
        Answers("alias", "League of Odes", alias="the Odes"),
        {"aliases": [{"actor_id": "igo:odes", "surface": "the Odes", "kind": "name", "case_rule": "exact",
                      "context_rule": "none", "language": "en"}]},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("answers", "expected"), ROWS.values(), ids=ROWS)
def test_answers_become_rows(answers: Answers, expected: Rows, tmp_path: Path, house: str) -> None:
    assert told(answers, tmp_path / "mine", house) == dict(sorted(expected.items()))


def test_an_office_in_an_international_body_has_no_country(tmp_path: Path, house: str) -> None:
    told(PERSON, tmp_path / "mine", house)
    rows = told(Answers("office", "Ada Brandt", office="foreign_minister", body="igo:odes"), tmp_path / "mine", house)
    assert rows["offices"] == [
        {"person_actor_id": "person:ada_brandt", "office": "foreign_minister", "office_actor_id": "igo:odes"}
    ]


def test_at_a_terminal_it_asks_and_proposes(tmp_path: Path, house: str) -> None:
    mine = tmp_path / "mine"
    ask = answering("person", "Ada Brandt", "france", "", "Adi", "foreign_minister", "", "2026-07-04", "", "", "y")
    add(Answers(), Target(mine, house, ()), ask, is_sure=False)
    assert written(mine)["people"][0]["actor_id"] == "person:ada_brandt"
    assert written(mine)["offices"][0]["valid_from"] == "2026-07-04"


def test_nothing_is_written_without_a_yes(tmp_path: Path, house: str) -> None:
    mine = tmp_path / "mine"
    assert add(PERSON, Target(mine, house, ()), None, is_sure=False)[-1].startswith("Nothing was written")
    asked: list[str] = []

    def no(question: str) -> str:
        asked.append(question)
        return ""

    add(PERSON, Target(mine, house, ()), no, is_sure=False)
    assert len(asked) == 1
    assert "people.csv: person:ada_brandt,Ada Brandt" in asked[0]  # the rows are shown before they are written
    assert not mine.exists()


BAD: dict[str, tuple[Answers, str]] = {
    "nothing said": (Answers(), "--kind is missing"),
    "kind": (Answers("thing", "A"), "--kind: 'thing' is not one of person,"),
    "no name": (Answers("person"), "--name is missing"),
    "no type": (Answers("organisation", "A B"), "--type is missing"),
    "country": (Answers("person", "A B", country="Odeland"), "--country: 'Odeland' is no country"),
    "office": (Answers("person", "A B", country="FRA", office="foreign_ministr"), "perhaps foreign_minister"),
    "role without office": (Answers("person", "A B", country="FRA", office="reeve"), "--office: 'reeve' is no office"),
    "nobody": (Answers("alias", "Leage of Odes", alias="X"), r"no actor of the register; .*League of Odes"),
    "taken": (
        Answers("organisation", "A B", "igo", id="igo:odes"),
        r"--id: igo:odes is League of Odes \(organ.*--kind",
    ),
    "id": (Answers("person", "A B", id="person:ÄB"), "mine/people.csv, row 2, person:ÄB: not an actor id"),
    "claim": (Answers("alias", "League of Odes", alias="France"), "mine/aliases.csv, row 2, France: claimed by"),
    "day": (
        Answers("person", "A B", country="FRA", office="foreign_minister", first_day="4 July"),
        "mine/offices.csv, row 2, column valid_from: '4 July'",
    ),
}


@pytest.mark.parametrize(("answers", "problem"), BAD.values(), ids=BAD)
def test_what_cannot_be_is_refused_and_nothing_written(
    answers: Answers, problem: str, tmp_path: Path, house: str
) -> None:
    mine = tmp_path / "mine"
    with pytest.raises(ValueError, match=problem):
        add(answers, Target(mine, house, ()), None, is_sure=True)
    assert not mine.exists()


def test_rows_are_appended_as_the_file_is_written(tmp_path: Path, house: str) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    columns = "name,actor_id,names,family_name,short_names,gender,iso3,wikidata_id,note"
    before = f"\ufeff{columns}\r\nBo Lind,person:bo_lind,,,,,,,".encode()  # a spreadsheet's, without a last line end
    (mine / "people.csv").write_bytes(before)
    told(PERSON, mine, house)
    assert (mine / "people.csv").read_bytes() == before + b"\r\nAda Brandt,person:ada_brandt,,Brandt,,,FRA,,\r\n"


def test_our_own_register_can_be_added_to(tmp_path: Path, house: str) -> None:
    add(PERSON, Target(Path(house) / "register", house, ()), None, is_sure=True)
    add(Answers("person", "Aba Lind"), Target(Path(house) / "register", house, ()), None, is_sure=True)
    people = written(Path(house) / "register")["people"]
    assert [row["actor_id"] for row in people] == ["person:aba_lind", "person:ada_brandt"]  # sorted, as our files are
    assert "person:ada_brandt" in {actor.actor_id for actor in read_register(house)[0].actors}


def test_a_disk_that_fills_up_between_two_files_leaves_none(
    tmp_path: Path, house: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "mine"
    told(Answers("person", "Bo Lind"), mine, house)
    before = written(mine)
    real = register_add.writing_aside

    def full(path: Path) -> AbstractContextManager[Path]:
        if path.stem == "offices":
            raise OSError(28, "No space left on device")
        return real(path)

    monkeypatch.setattr(register_add, "writing_aside", full)
    with pytest.raises(OSError, match="No space"):
        told(Answers("person", "Ada Brandt", country="FRA", office="foreign_minister"), mine, house)
    assert written(mine) == before


def test_the_command_writes_and_the_check_counts(
    tmp_path: Path, house: str, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = str(tmp_path / "mine")
    options = ["--into", mine, "--seeds", house, "--kind", "person", "--name", "Ada Brandt", "--alias", "Adi", "--yes"]
    assert main(["register", "add", *options]) == OK
    assert "Written. Next: tidywire run --register" in capsys.readouterr().out
    assert main(["register", "check", "--seeds", house, "--register", mine]) == OK
    assert "4 rows from mine" in capsys.readouterr().out  # the person and three surface forms
    assert main(["register", "add", *options]) == USAGE
    with pytest.raises(SeedError):
        read_register(house, [str(tmp_path / "nowhere")])

"""Registers of the user's own: they override ours row by row, and a fault in them is named by file and row."""

import shutil
from pathlib import Path

import pytest

from pipeline.fingerprints import seeds_digest
from pipeline.knowledge import SeedError
from pipeline.registers.reading import read_register
from pipeline.settings import Settings
from pipeline.text.registering.register_rows import Register

PEOPLE = "actor_id,name,names,family_name,short_names,gender,iso3,wikidata_id,note"
OFFICES = "person_actor_id,office,office_actor_id,iso3,sector,valid_from,valid_to,note"
ALIASES = "actor_id,surface,kind,case_rule,context_rule,language,note"
ORGANISATIONS = (
    "actor_id,name,actor_type,parent_actor_id,iso3,plover_country,plover_sector,cameo_code,wikidata_id,names,"
    "acronyms,valid_from,valid_to,note"
)
ROLES = "role,plural,sector,office,branch,note"
REMOVED = "file,key,note"
HEADERS = {
    "people": PEOPLE, "offices": OFFICES, "aliases": ALIASES, "organisations": ORGANISATIONS, "roles": ROLES,
    "removed": REMOVED,
}  # fmt: skip
ADA = "person:ada_brandt,Ada Brandt,,Brandt,,f,FRA,,"
TERM = "person:ada_brandt,mayor,FRA:GOV,FRA,GOV,2001-01-01,2005-01-01,"


def folder(at: Path, **files: str | list[str]) -> str:
    """A register folder of these files, each a row or rows under the header it needs."""
    at.mkdir(parents=True)
    for name, rows in files.items():
        lines = [HEADERS[name], *([rows] if isinstance(rows, str) else rows)]
        (at / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(at)


@pytest.fixture
def house(tmp_path: Path, seeds: Path) -> str:
    """Seeds with a few countries, one person with two terms, one role and one alias."""
    copy = tmp_path / "seeds"
    shutil.copytree(seeds, copy)
    for name, rows in {
        "people": [ADA, "person:bo_lind,Bo Lind,,Lind,,m,FRA,,"],
        "offices": [TERM, "person:ada_brandt,mayor,FRA:GOV,FRA,GOV,2010-01-01,,"],
        "aliases": ["person:ada_brandt,Adabra,name,exact,none,en,"],
        "roles": ["mayor,mayors,GOV,mayor,GOV,"],
    }.items():
        with (copy / "register" / f"{name}.csv").open("a", encoding="utf-8") as file:
            file.write("".join(f"{row}\n" for row in rows))
    return str(copy)


def names(register: Register) -> dict[str, tuple[str, str]]:
    """Name and source of every person."""
    return {a.actor_id: (a.name, a.source) for a in register.actors if a.actor_type == "person"}


def terms(register: Register) -> list[tuple[str, str, str]]:
    return [(str(o.valid_from), str(o.valid_to), o.source) for o in register.offices]


def test_a_row_with_the_same_key_takes_the_place_of_ours_and_a_new_one_is_added(house: str, tmp_path: Path) -> None:
    mine = folder(
        tmp_path / "mine",
        people=["person:ada_brandt,Ada Brandt-Roux,,Roux,,f,FRA,,", "person:cy_dahl,Cy Dahl,,Dahl,,,,,"],
        offices="person:ada_brandt,mayor,FRA:GOV,FRA,GOV,2001-01-01,2006-01-01,",
        roles="mayor,mayors,LEG,mayor,GOV,",
    )
    register, _ = read_register(house, [mine])
    assert names(register) == {
        "person:ada_brandt": ("Ada Brandt-Roux", "mine"),
        "person:bo_lind": ("Bo Lind", "tidywire"),
        "person:cy_dahl": ("Cy Dahl", "mine"),
    }
    assert terms(register) == [("2001-01-01", "2006-01-01", "mine"), ("2010-01-01", "None", "tidywire")]
    assert [(r.sector, r.source) for r in register.roles] == [("LEG", "mine")]
    surfaces = {(a.surface, a.source) for a in register.aliases if a.actor_id == "person:ada_brandt"}
    assert surfaces == {("Ada Brandt-Roux", "mine"), ("Roux", "mine"), ("Adabra", "tidywire")}


def test_of_two_registers_the_later_one_counts(house: str, tmp_path: Path) -> None:
    first = folder(tmp_path / "first", people="person:bo_lind,First Lind,,Lind,,,,,")
    then = folder(tmp_path / "then", people="person:bo_lind,Then Lind,,Lind,,,,,")
    assert names(read_register(house, [first, then])[0])["person:bo_lind"] == ("Then Lind", "then")
    assert names(read_register(house, [then, first])[0])["person:bo_lind"] == ("First Lind", "first")


@pytest.mark.parametrize(
    ("removed", "left"),
    [
        ("people,person:bo_lind,", ({"person:ada_brandt"}, 2, True)),
        ("people,person:ada_brandt,", ({"person:bo_lind"}, 0, False)),  # her terms and aliases go with her
        ("offices,person:ada_brandt|mayor|2001-01-01,", ({"person:ada_brandt", "person:bo_lind"}, 1, True)),
        ("aliases,person:ada_brandt|Adabra,", ({"person:ada_brandt", "person:bo_lind"}, 2, False)),
    ],
)
def test_removed_csv_takes_a_row_of_ours_away(
    house: str, tmp_path: Path, removed: str, left: tuple[set[str], int, bool]
) -> None:
    register, _ = read_register(house, [folder(tmp_path / "mine", removed=removed)])
    surfaces = {a.surface for a in register.aliases}
    assert (set(names(register)), len(register.offices), "Adabra" in surfaces) == left


FAULTS: dict[str, tuple[dict[str, str | list[str]], str]] = {
    "cell": ({"people": ADA.replace(",f,", ",f,").replace("Ada Brandt", "", 1)}, r"^mine/people.csv, row 2, column name: "),
    "key twice": ({"people": [ADA, ADA]}, r"^mine/people.csv, row 3, person:ada_brandt: .* mine/people.csv, row 2;"),
    "country": ({"people": ADA.replace("FRA", "QQQ")}, r"^mine/people.csv, row 2, person:ada_brandt: iso3 QQQ"),
    "term overlaps ours": (
        {"offices": TERM.replace("2001-01-01,2005", "2004-01-01,2008")},
        r"^mine/offices.csv, row 2, person:ada_brandt as mayor: .*2001-01-01 ends \(offices.csv, row 2\)$",
    ),
    "nobody's term": ({"offices": TERM.replace("ada", "eva")}, r"^mine/offices.csv, row 2, .* not in people.csv$"),
    "nobody's alias": ({"aliases": "XXX,X,name,exact,none,en,"}, r"^mine/aliases.csv, row 2, X of XXX: no such actor$"),
    "parent": (
        {"organisations": "ngo:a,A B,ngo,igo:none,,,,,,,,,,"},
        r"^mine/organisations.csv, row 2, ngo:a: parent_actor_id igo:none is no known actor$",
    ),
    "claim on ours": (
        {"organisations": "ngo:a,A B,ngo,,,,,,,France,,,,"},
        r"^mine/organisations.csv, row 2, France: claimed by FRA and ngo:a \(countries.csv, row \d+\); give one",
    ),
    "id of another file": (
        {"organisations": "person:bo_lind,A B,ngo,,,,,,,,,,,"},
        r"people.csv, row 3, person:bo_lind: this id is taken by mine/organisations.csv, row 2",
    ),
    "role": ({"roles": "reeve,mayors,JUD,,,"}, r"^mine/roles.csv, row 2, reeve: 'mayors' has another .*roles.csv, row 2\)$"),
    "removal of nothing": ({"removed": "people,person:eva,"}, r"^mine/removed.csv, row 2, column key: person:eva is no row"),
    "removal of a parent": ({"removed": "countries,FRA,"}, r"^people.csv, row 2, person:ada_brandt: iso3 FRA is not"),
}  # fmt: skip


@pytest.mark.parametrize(("files", "told"), FAULTS.values(), ids=FAULTS)
def test_a_fault_over_the_union_names_file_and_row(
    house: str, tmp_path: Path, files: dict[str, str | list[str]], told: str
) -> None:
    with pytest.raises(SeedError, match=told):
        read_register(house, [folder(tmp_path / "mine", **files)])


def test_a_register_that_is_none_is_refused(house: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "persons.csv").write_text("a\n")
    for name, told in (("nowhere", "no such register"), ("empty", "holds no CSV"), ("odd", "persons.csv is no file")):
        with pytest.raises(SeedError, match=told):
            read_register(house, [str(tmp_path / name)])


def test_a_file_whose_name_is_not_all_in_small_letters_is_not_passed_over(house: str, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    for name in ("removed.csv", "People.CSV"):
        (mine / name).write_text("file,key,note\n")
    with pytest.raises(SeedError, match=r"^mine: People.CSV is no file of a register; its files are countries.csv"):
        read_register(house, (str(mine),))


def test_two_registers_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="registers: mine stands for two"):
        Settings(registers=("a/mine", "b/mine"))
    with pytest.raises(ValueError, match="registers: tidywire stands for two"):
        Settings(registers=("tidywire",))


def test_the_fingerprint_follows_files_and_order_and_not_the_place(tmp_path: Path) -> None:
    one, two = folder(tmp_path / "one", people=ADA), folder(tmp_path / "two", people=ADA)
    moved = folder(tmp_path / "elsewhere" / "one", people=ADA)
    before = seeds_digest(str(tmp_path), (), (one, two))
    assert seeds_digest(str(tmp_path), (), (moved, two)) == before
    assert len({before, seeds_digest(str(tmp_path), (), (two, one)), seeds_digest(str(tmp_path), ())}) == 3
    (Path(one) / "people.csv").write_text(PEOPLE + "\n")
    assert seeds_digest(str(tmp_path), (), (one, two)) != before

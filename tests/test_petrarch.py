"""Dictionaries in the format of PETRARCH: what the files say, what their codes mean, what they add to the register."""

import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from conftest import run_steps
from hypothesis import given, settings
from hypothesis import strategies as st
from small_register import WORDS, small_register

from pipeline.knowledge import SeedError, read_rows
from pipeline.registers.reading import CAMEO_CSV, read_register
from pipeline.settings import SEEDS, Settings
from pipeline.text.mentions import tagger
from pipeline.text.register import ACTOR_ID
from pipeline.text.registering.cameo import CameoCode, Dictionary, extend
from pipeline.text.registering.casing import spellings
from pipeline.text.registering.petrarch import Agent, Block, Term, is_agents, read_actors, read_agents
from pipeline.text.registering.register_rows import Register
from pipeline.warehouse import ALL, Warehouse

CODES = read_rows(SEEDS / CAMEO_CSV, CameoCode)
ACTORS = """
# a comment
<!-- another -->   <!-- and one
over two lines -->
ODELAND_  [RUS]   ; old style of comment
+ODELANDIC_
+NORTH_ODE [KOR]
ILSE_BRANDT_  ; made up
\t[RUSELI 310101-701231]
    [RUSGOV 19710101-720331]
\t[RUSGOV >720401]
+PRESIDENT_BRANDT
\t[RUSELI]
BO_LIND_\t[FRAGOV <000101] [FRAELI]; on one line
"""


def test_an_actors_file_is_read_with_its_comments_synonyms_and_dates() -> None:
    blocks, complaints = read_actors(ACTORS)
    assert blocks == [
        Block(5, ("ODELAND", "ODELANDIC", "NORTH_ODE"), (Term("RUS"), Term("KOR"))),
        Block(
            8,
            ("ILSE_BRANDT", "PRESIDENT_BRANDT"),
            (
                Term("RUSELI", date(1931, 1, 1), date(1970, 12, 31)),
                Term("RUSGOV", date(1971, 1, 1), date(1972, 3, 31)),
                Term("RUSGOV", date(1972, 4, 1), None),
                Term("RUSELI"),
            ),
        ),
        Block(14, ("BO_LIND",), (Term("FRAGOV", None, date(2000, 1, 1)), Term("FRAELI"))),
    ]
    assert complaints == []


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("A_B_ [FRA]\nNOBODY_\nC_D_ [FRA]", 2, "NOBODY has no code"),
        ("[FRA]\nA_B_ [FRA]", 1, r"\[FRA\] belongs to no actor"),
        ("+A_B\nA_B_ [FRA]", 1, "belongs to no actor"),
        ("A_B_ [FRA]\n\t[FRAGOV", 2, "is not closed"),
        ("A_B_ [FRA]\n\t[FRAGOV 2004017-20061201]", 2, "no date restriction"),
        ("A_B_ [FRA]\n\t[FRAGOV 010231-020101]", 2, "no date restriction"),
        ("A_B_ [FRA]\n\t[FRAGOV 030101-020101]", 2, "no date restriction"),
        ("A_B_ [FRA]\n\t[FRAGOV when]", 2, "no date restriction"),
    ],
)
def test_a_bad_line_of_an_actors_file_is_told_and_the_rest_is_read(text: str, line: int, told: str) -> None:
    blocks, (complaint,) = read_actors(text)
    assert "A_B" in blocks[0].phrases
    assert complaint.line == line
    with pytest.raises(ValueError, match=told):
        raise ValueError(complaint.problem)


def test_an_agents_file_is_read_with_its_plurals_and_sets() -> None:
    text = """
    !PERSON! = MAN, MEN
    GROCER [~BUS] # comment
    MINISTRY [~GOV]
    AIRWAY [~BUS]
    BOSS [~BUS]
    THIEF {THIEVES} [~CRM]
    TROOP_ {} [~MIL}
    LAW!PERSON! [~COP]
    RIGHTS_GROUP [NGO~]
    """
    agents, complaints = read_agents(text)
    assert agents == [
        Agent(3, "GROCER", "GROCERS", "BUS"),
        Agent(4, "MINISTRY", "MINISTRIES", "GOV"),
        Agent(5, "AIRWAY", "AIRWAYS", "BUS"),
        Agent(6, "BOSS", "BOSSES", "BUS"),
        Agent(7, "THIEF", "THIEVES", "CRM"),
        Agent(8, "TROOP", None, "MIL"),
        Agent(9, "LAWMAN", None, "COP"),
        Agent(9, "LAWMEN", None, "COP"),
        Agent(10, "RIGHTS_GROUP", "RIGHTS_GROUPS", "NGO"),
    ]
    assert complaints == []
    assert is_agents(text)
    assert not is_agents(ACTORS)


@pytest.mark.parametrize(
    ("line", "told"), [("GROCER", "no agent code"), ("A [BUS]", "no agent"), ("X!Y! [~BUS]", "!Y!")]
)
def test_a_bad_line_of_an_agents_file_is_told(line: str, told: str) -> None:
    agents, (complaint,) = read_agents(f"{line}\nBAKER [~BUS]")
    assert [agent.noun for agent in agents] == ["BAKER"]
    assert complaint.line == 1
    assert told in complaint.problem


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("ILSE_VAN_BRANDT", ["Ilse van Brandt"]),
        ("HOUSE_OF_THE_ODES", ["House of the Odes"]),
        ("SEAN_O'LIND", ["Sean O'Lind"]),
        ("J._MCLIND", ["J. McLind"]),
        ("BO_KI-LAN", ["Bo Ki-Lan", "Bo Ki-lan"]),
        ("AL-ODEN", ["al-Oden", "Al-Oden"]),
        ("NATO", ["NATO", "Nato"]),
        ("UN", ["UN"]),
        ("U.N.", ["U.N."]),
        ("OHCHR_OFFICE", ["OHCHR Office"]),
        ("ARMY_OF_BO_(AB)", ["Army of Bo", "AB"]),
        ("ARMY_OF_BO_(ODELAND)", ["Army of Bo"]),
        ("", []),
    ],
)
def test_capitals_become_the_spellings_of_running_text(phrase: str, expected: list[str]) -> None:
    assert sorted(spellings(phrase, {"OHCHR"})) == sorted(expected)


def extended(actors: str = "", agents: str = "") -> Register:
    register, _ = extend(small_register(), [Dictionary("d.txt", read_actors(actors)[0], read_agents(agents)[0])], CODES)
    return register


def added(register: Register) -> dict[str, set[str]]:
    """The new surfaces of each actor."""
    found: dict[str, set[str]] = {}
    for alias in register.aliases:
        if alias.source == "d.txt":
            found.setdefault(alias.actor_id, set()).add(alias.surface)
    return found


def test_a_plain_country_code_adds_names_to_our_country() -> None:
    register = extended("RUSSIA_ [RUS]\n+RUSSIAN_\n+MOSCOW_\n+ODELAND_")
    assert added(register) == {"RUS": {"Odeland"}}  # what we know stays as it is: Moscow is the government
    assert len(register.actors) == len(small_register().actors)


def test_a_block_that_names_one_of_our_actors_is_that_actor() -> None:
    register = extended("VLADIMIR_PUTIN_\n+VLAD_PUTIN\n\t[RUSGOV >20000101]\n\t[RUSELI]")
    assert added(register) == {"person:vladimir_putin": {"Vlad Putin"}}
    assert register.offices == small_register().offices  # our terms count


def test_a_namesake_of_another_country_is_somebody_else() -> None:
    register = extended("VLADIMIR_PUTIN_\n+VLADI_P\n\t[FRAGOV >20000101]")
    assert added(register) == {"cameo:vladimir_putin": {"Vladi P"}}


NEW = {
    "government": ("ODE_BUREAU_ [RUSGOV]", ("government", "RUS", "GOV", "RUS:GOV")),
    "first role counts": ("ODE_STAFF_ [RUSGOVMIL]", ("government", "RUS", "GOV", "RUS:GOV")),
    "rebels": ("ODE_FRONT_ [RUSREB]", ("armed_group", "RUS", "REB", "RUS")),
    "media, not medicine": ("ODE_NEWS_ [RUSMED]", ("media", "RUS", "JRN", "RUS")),
    "an ethnic group": ("ODE_PEOPLE_ [RUSXYZ]", ("group", "RUS", None, "RUS")),
    "an organ of the UN": ("ODE_OFFICE_ [IGOUNO]", ("igo", None, None, "igo:un")),
    "a company of no country": ("ODE_WORKS_ [MNC]", ("company", None, "BUS", None)),
    "a region": ("ODE_COAST_ [WEU]", ("bloc", None, None, None)),
    "dated: a person": ("ODE_BO_ [RUSGOV >000101]", ("person", "RUS", None, None)),
    "of several countries": ("ODE_BO_ [RUSGOV <000101] [FRAGOV]", ("person", None, None, None)),
    "of the elite: a person": ("ODE_BO_ [RUSELI]", ("person", "RUS", None, None)),
    "an older code": ("ODE_CLUB_ [KOSPTY]", ("party", "XKX", "PTY", "XKX")),
}


@pytest.mark.parametrize(("actors", "expected"), NEW.values(), ids=NEW)
def test_a_code_gives_type_country_and_plover_sector(
    actors: str, expected: tuple[str, str | None, str | None, str | None]
) -> None:
    (actor,) = (actor for actor in extended(actors).actors if actor.actor_id.startswith("cameo:"))
    assert (actor.actor_type, actor.iso3, actor.plover_sector, actor.parent_actor_id) == expected


def test_dates_become_terms_that_overlap_no_more() -> None:
    register = extended(
        "ODE_BO_\n\t[RUSELI 600101-691231]\n\t[RUSGOV 700101-751231]\n\t[RUSGOV 720101-800101]\n\t[RUSMIL >810101]"
    )
    assert [
        (o.office, o.office_actor_id, o.valid_from, o.valid_to) for o in register.offices if o.source == "d.txt"
    ] == [
        ("eli", "RUS", date(1960, 1, 1), date(1970, 1, 1)),
        ("gov", "RUS:GOV", date(1970, 1, 1), date(1980, 1, 2)),
        ("mil", "RUS:MIL", date(1981, 1, 1), None),
    ]


def test_a_code_nobody_knows_and_the_null_code_add_nobody() -> None:
    blocks, _ = read_actors("A_B_ [QQQGOV]\nC_D_ [---]")
    register, complaints = extend(small_register(), [Dictionary("d.txt", blocks)], CODES)
    assert register == small_register()
    assert [(c.line, c.problem) for c in complaints["d.txt"]] == [
        (1, "QQQGOV begins with no known code; add QQQ to cameo.csv")
    ]


def test_agents_become_role_nouns_beside_ours() -> None:
    register = extended("", "PRESIDENT [~GOV]\nREEVE [~GOVLEG]\nCANON [~CHR]\nPRESS_OFFICER [~MED]")
    assert [(r.role, r.plural, r.sector, r.branch) for r in register.roles if r.source == "d.txt"] == [
        ("press officer", "press officers", "JRN", None),
        ("reeve", "reeves", "GOV", "GOV"),
    ]


def test_the_tagger_uses_dates_and_roles_of_a_dictionary() -> None:
    register = extended("ODE_BO_\n\t[RUSGOV 000101-041231]\n\t[RUSELI]", "REEVE [~GOV]")
    tag = tagger(register, (), WORDS)
    text = "Ode Bo met the Russian reeve."
    for day, sector in ((date(2002, 1, 1), "GOV"), (date(2010, 1, 1), "ELI")):
        person, role, _ = tag(text, [(0, len(text))], published_on=day)
        assert (person.actor_id, person.iso3, person.sector) == ("cameo:ode_bo", "RUS", sector)
    assert (role.role_text, role.iso3, role.sector) == ("reeve", "RUS", "GOV")


def test_dictionaries_stand_beside_folders(tmp_path: Path, seeds: Path) -> None:
    path = tmp_path / "my.actors.txt"
    path.write_bytes("ODE_W\xd6RN_ [FRAGOV]\r\nBAD_\r\n".encode("cp1252"))
    register, complaints = read_register(str(seeds), [str(path)])
    assert [a.name for a in register.actors if a.source == "my.actors.txt"] == ["Ode Wörn"]
    assert [c.line for c in complaints["my.actors.txt"]] == [2]


def test_a_file_that_is_no_dictionary_is_refused(tmp_path: Path, seeds: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Some notes\nof mine\n")
    with pytest.raises(SeedError, match=r"notes.txt: no actor or agent .* line 1: Some notes has no code"):
        read_register(str(seeds), [str(path)])


def test_a_dictionary_of_full_size_is_read_in_seconds() -> None:
    text = "\n".join(
        f"ODE_{n:x}_BO_\n+PRESIDENT_{n:x}\n\t[RUSELI 700101-9{n % 9}0101]\n\t[RUSGOV]" for n in range(17_000)
    )
    started = time.process_time()
    register = extended(text)
    assert len(register.aliases) > 34_000
    assert time.process_time() - started < 20  # about 2 s where nothing else runs


def test_a_run_with_a_dictionary_tells_its_sources_and_its_bad_lines(five: Settings, tmp_path: Path) -> None:
    path = tmp_path / "my.actors.txt"
    path.write_text("ODE_CLUB_ [FRAPTY]\nNOBODY_\nODE_X_ [QQQ]\n")
    outcomes = run_steps(replace(five, registers=(str(path),)))
    assert all(outcome.passed for outcome in outcomes.values())
    warehouse = Warehouse(five.warehouse)
    sources = {table: set(warehouse.read(table, ALL)["source"]) for table in ("actors", "actor_aliases")}
    assert sources == {table: {"tidywire", "my.actors.txt"} for table in sources}
    issues = warehouse.read("issues", ALL).filter(kind="dictionary_line")
    assert issues.select("severity", "place").rows() == [("note", "my.actors.txt, line 2 and 1 more")]
    assert str(tmp_path) not in "".join(map(str, warehouse.read("actors", ALL).rows()))


@settings(max_examples=200)
@given(
    st.lists(st.sampled_from([*"AÖß_+[]{}<>-~!=;#. ()\t\n\0", "RUS", "GOV", "010101", "<!--", "-->", "A_B_ [RUSGOV]"]))
)
def test_any_text_is_read_with_complaints_and_no_worse(pieces: list[str]) -> None:
    text = "".join(pieces)
    (blocks, bad_actors), (agents, bad_agents) = read_actors(text), read_agents(text)
    assert all(1 <= complaint.line <= text.count("\n") + 1 for complaint in (*bad_actors, *bad_agents))
    register, _ = extend(small_register(), [Dictionary("d.txt", blocks, agents)], CODES)
    assert [a.actor_id for a in register.actors] == sorted({a.actor_id for a in register.actors})
    assert all(ACTOR_ID.fullmatch(actor.actor_id) for actor in register.actors)
    assert all(alias.surface.strip() == alias.surface != "" for alias in register.aliases)


def test_the_table_of_codes_fits_the_register() -> None:
    register, _ = read_register(str(SEEDS))
    actors = {actor.actor_id: actor for actor in register.actors}
    sectors = {row.plover_sector for row in register.actors} | {role.sector for role in register.roles}
    codes = [code.code for code in CODES]
    assert codes == sorted(set(codes))
    assert not set(codes) & {key for key, actor in actors.items() if actor.actor_type == "country"}  # those win
    for code in CODES:
        assert code.actor_id is None or code.actor_id in actors
        assert (code.actor_id is not None) == (code.kind in ("country", "organisation"))
        assert code.sector is None or code.sector in sectors
        assert code.actor_type is not None or code.kind == "other"

"""The register: six files in, one checked whole out."""

from dataclasses import replace
from datetime import date

import pytest
from small_register import (
    ALIASES,
    COUNTRIES,
    OFFICES,
    ORGANISATIONS,
    PEOPLE,
    ROLES,
    alias,
    country,
    office,
    organisation,
    person,
    role,
    small_register,
)

from pipeline.text.register import build

FILES = {
    "countries": COUNTRIES,
    "organisations": ORGANISATIONS,
    "people": PEOPLE,
    "offices": OFFICES,
    "roles": ROLES,
    "aliases": ALIASES,
}


def aliases_of(actor_id: str) -> dict[str, tuple[str, str, str]]:
    return {
        a.surface: (a.kind, a.case_rule, a.context_rule) for a in small_register().aliases if a.actor_id == actor_id
    }


def test_every_country_has_its_branches():
    actors = {a.actor_id: a for a in small_register().actors}
    assert actors["RUS:MIL"].name == "military of Russia"
    assert (actors["RUS:MIL"].actor_type, actors["RUS:MIL"].parent_actor_id) == ("military", "RUS")
    assert {a.plover_sector for a in actors.values() if a.parent_actor_id == "RUS"} == {
        "GOV",
        "MIL",
        "LEG",
        "JUD",
        "COP",
    }


def test_tables_are_sorted_by_key():
    register = small_register()
    assert [a.actor_id for a in register.actors] == sorted(a.actor_id for a in register.actors)
    keys = [(a.actor_id, a.surface) for a in register.aliases]
    assert keys == sorted(set(keys))
    assert [r.role for r in register.roles] == sorted(r.role for r in register.roles)


@pytest.mark.parametrize(
    ("actor", "surface", "expected"),
    [
        ("RUS", "Russia", ("name", "fold", "none")),
        ("RUS", "Russian", ("adjective", "exact", "none")),
        ("RUS", "Russians", ("demonym", "exact", "none")),
        ("RUS:GOV", "Moscow", ("metonym", "exact", "none")),
        ("USA", "US", ("acronym", "exact", "none")),
        ("TCD", "Chad", ("name", "exact", "none")),
        ("TUR", "Turkey", ("name", "exact", "none")),  # a row of aliases.csv: the derived one would fold
        ("igo:un", "UN", ("acronym", "exact", "none")),
        ("person:kim_jong_un", "Kim Jong-un", ("name", "exact", "none")),
        ("person:kim_jong_un", "Kim", ("short", "exact", "full_name_first")),
        ("person:kim_jong_un", "Jong-un", ("short", "exact", "full_name_first")),
    ],
)
def test_aliases_are_derived_and_overridden(actor, surface, expected):
    assert aliases_of(actor)[surface] == expected


def test_a_capital_that_names_its_state_is_no_metonym():
    register = build([country("SGP", "Singapore", "", "Singapore")], [], [], [], [], [])
    assert [a.actor_id for a in register.aliases] == ["SGP"]


def test_a_metonym_written_for_a_country_means_its_government():
    register = build(COUNTRIES[:1], [], [], [], [], [alias("RUS", "Kremlin", "metonym")])
    assert [a.actor_id for a in register.aliases if a.surface == "Kremlin"] == ["RUS:GOV"]


def test_two_states_may_share_a_name_at_different_times():
    small_register()  # Prague
    overlapping = [replace(c, valid_to=None) if c.actor_id == "CSK" else c for c in COUNTRIES]
    with pytest.raises(ValueError, match=r"aliases.csv, Prague: claimed by C.*GOV and C.*GOV; give one"):
        build(**FILES | {"countries": overlapping})


PERSON = "person:vladimir_putin"
FAULTS = {
    "bad id": ({"people": [person("Žižek", "Slavoj Žižek", "Žižek")]}, "people.csv, person:Žižek: not an actor id"),
    "id twice": ({"countries": [*COUNTRIES, COUNTRIES[0]]}, "countries.csv, RUS: this id is taken"),
    "parent": (
        {"organisations": [organisation("igo:x", "X", "igo", parent_actor_id="igo:y")]},
        "organisations.csv, igo:x: parent_actor_id igo:y is no known actor",
    ),
    "country of a person": ({"people": [person("x", "X Y", "Y", "ZZZ")]}, "people.csv, person:x: iso3 ZZZ"),
    "person of an office": ({"offices": [office("x", "king", "RUS")]}, "offices.csv, person:x as king: this person"),
    "country of an office": (
        {"offices": [replace(OFFICES[0], iso3="ZZZ")]},
        f"offices.csv, {PERSON} as president: iso3 ZZZ",
    ),
    "body of an office": (
        {"offices": [replace(OFFICES[0], office_actor_id="RUS:XXX")]},
        f"offices.csv, {PERSON} as president: office_actor_id RUS:XXX",
    ),
    "term backwards": (
        {"offices": [replace(OFFICES[0], valid_to=date(1999, 1, 1))]},
        f"offices.csv, {PERSON} as president: valid_from 2000-05-07 is after",
    ),
    "terms overlap": (
        {"offices": [OFFICES[0], replace(OFFICES[2], valid_from=date(2008, 1, 1))]},
        f"offices.csv, {PERSON} as president: the term from 2008-01-01 begins before",
    ),
    "role with two meanings": (
        {"roles": [role("guard", "guards", "MIL"), role("warder", "guards", "COP")]},
        "roles.csv, warder: 'guards' has another sector or branch as guard",
    ),
    "alias of nobody": ({"aliases": [alias("XXX", "X", "name")]}, "aliases.csv, X of XXX: no such actor"),
    "alias claimed twice": (
        {"aliases": [*ALIASES, alias("JPN", "Russia", "name")]},
        "aliases.csv, Russia: claimed by JPN and RUS; give one of them a context_rule",
    ),
}


@pytest.mark.parametrize(("files", "message"), FAULTS.values(), ids=FAULTS)
def test_faults_name_file_and_key(files, message):
    with pytest.raises(ValueError, match="^" + message.replace("(", r"\(")):
        build(**FILES | files)


def test_a_context_rule_settles_a_claim():
    build(**FILES | {"aliases": [*ALIASES, alias("JPN", "Russia", "name", "same_country")]})

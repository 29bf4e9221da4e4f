"""The register's facts: codes against pycountry and Babel, uniqueness, references between files, dates in order."""

import csv
import re
from collections import defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

pycountry = pytest.importorskip("pycountry")
babel = pytest.importorskip("babel")

REGISTER = Path(__file__).parent.parent / "seeds" / "register"
COLUMNS = {
    "countries": "actor_id name iso3 iso2 iso_numeric cow_code cow_abbr gw_code vdem_id plover_country cameo_code "
    "wikidata_id names adjectives demonyms capitals valid_from valid_to note",
    "organisations": "actor_id name actor_type parent_actor_id iso3 plover_country plover_sector cameo_code "
    "wikidata_id names acronyms valid_from valid_to note",
    "people": "actor_id name names family_name short_names gender iso3 wikidata_id note",
    "offices": "person_actor_id office office_actor_id iso3 sector valid_from valid_to note",
    "roles": "role plural sector office branch note",
    "aliases": "actor_id surface kind case_rule context_rule language note",
}
OWN_CODES = {"DEW", "RVN", "XKX", "YAR"}  # states ISO 3166 never listed, or listed under a code that goes on
BRANCHES = {"GOV", "MIL", "LEG", "JUD", "COP"}
SECTORS = {  # PLOVER
    "GOV", "MIL", "LEG", "JUD", "COP", "OPP", "REB", "CVL", "JRN", "BUS", "PTY", "ELI", "SPY", "REL", "LAB", "EDU",
    "MED", "REF", "CRM", "UAF", "NGO", "AGR",
}  # fmt: skip
ORGANISATION_TYPES = {
    "government", "legislature", "judiciary", "military", "police", "igo", "ngo", "party", "armed_group", "company",
    "media", "group", "bloc",
}  # fmt: skip
# Offices that several people may hold at once under one body.
SHARED_OFFICES = {
    "ambassador", "chief_minister", "deputy_foreign_minister", "governor", "lawmaker", "opposition_leader",
    "party_official", "presidency_member", "representative", "senator", "special_envoy", "un_envoy",
}  # fmt: skip
# Roles too many people share for the role alone to name one; the person is found by name only.
UNLINKED_OFFICES = {"governor", "lawmaker", "representative", "senator", "special_envoy"}


def rows(table: str) -> list[dict[str, str]]:
    with (REGISTER / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def cell_values(row: dict[str, str], *columns: str) -> list[str]:
    return [value for column in columns for value in row[column].split("|") if value]


COUNTRIES, ORGANISATIONS, PEOPLE = rows("countries"), rows("organisations"), rows("people")
OFFICES, ROLES, ALIASES = rows("offices"), rows("roles"), rows("aliases")
COUNTRY_IDS = {row["actor_id"] for row in COUNTRIES}
ACTOR_IDS = COUNTRY_IDS | {row["actor_id"] for row in ORGANISATIONS + PEOPLE}
BRANCH_IDS = {f"{country}:{branch}" for country in COUNTRY_IDS for branch in BRANCHES}
ISO3 = {row["iso3"] for row in COUNTRIES}


@pytest.mark.parametrize("table", COLUMNS)
def test_every_file_has_its_columns_and_is_sorted(table: str) -> None:
    lines = rows(table)
    assert list(lines[0]) == COLUMNS[table].split()
    keys = [row[next(iter(row))] for row in lines]
    assert keys == sorted(keys)


@pytest.mark.parametrize("table", COLUMNS)
def test_cells_are_clean(table: str) -> None:
    for row in rows(table):
        for column, cell in row.items():
            parts = cell.split("|") if column != "note" else [cell]
            assert all(part == part.strip() and "  " not in part for part in parts), (column, cell)
            assert cell == "" or all(parts), f"empty value in {column} of {row}"
            assert len(set(parts)) == len(parts), f"value twice in {column} of {row}"


def test_current_iso_codes_are_those_of_iso_3166() -> None:
    for row in COUNTRIES:
        if row["actor_id"] in OWN_CODES or row["valid_to"]:
            continue
        country = pycountry.countries.get(alpha_3=row["actor_id"])
        assert (row["iso3"], row["iso2"], row["iso_numeric"]) == (country.alpha_3, country.alpha_2, country.numeric)
        assert row["iso2"] in babel.Locale("en").territories


def test_ended_states_carry_their_withdrawn_iso_codes() -> None:
    for row in COUNTRIES:
        if not row["valid_to"] or row["actor_id"] in OWN_CODES:
            continue
        historic = pycountry.historic_countries.get(alpha_3=row["actor_id"])
        assert historic is not None, row["actor_id"]
        assert getattr(historic, "alpha_2", row["iso2"]) == row["iso2"]
        assert getattr(historic, "numeric", row["iso_numeric"]) == row["iso_numeric"]


def test_every_un_member_and_contested_state_is_there() -> None:
    not_states = sum(1 for row in COUNTRIES if not row["cow_code"] or row["valid_to"])
    assert len(COUNTRIES) - not_states == 195  # 193 UN members, Kosovo and Taiwan
    assert {"VAT", "PSE", "XKX", "TWN", "ESH", "HKG", "MAC", "SUN", "YUG", "CSK", "DDR"} <= COUNTRY_IDS


def test_babel_english_name_is_one_of_ours() -> None:
    """CLDR's name, with '&' and 'St.' written out, is the name or one of the names of every current country."""

    def plain(name: str) -> str:
        name = name.replace("&", "and").replace("St.", "Saint").replace("’", "'").replace("Côte", "Cote")
        return re.sub(r" SAR China$", "", name).lower()

    territories = babel.Locale("en").territories
    different = {
        row["actor_id"]
        for row in COUNTRIES
        if not row["valid_to"]
        and plain(territories[row["iso2"]]) not in {plain(value) for value in cell_values(row, "name", "names")}
    }
    # Babel writes Congo - Kinshasa and Congo - Brazzaville, Myanmar (Burma), Saint Helena alone.
    assert different <= {"COD", "COG", "MMR", "SHN"}


@pytest.mark.parametrize("column", ["iso3", "cow_code", "gw_code", "iso_numeric", "iso2", "wikidata_id"])
def test_one_code_names_one_state_at_a_time(column: str) -> None:
    by_code = defaultdict(list)
    for row in COUNTRIES:
        if row[column]:
            by_code[row[column]].append((row["valid_from"] or "0001-01-01", row["valid_to"] or "9999-12-31"))
    for code, spans in by_code.items():
        spans.sort()
        assert all(end <= start for (_, end), (start, _) in pairwise(spans)), (column, code, spans)


@pytest.mark.parametrize(
    ("actor_id", "column", "code"),
    [
        ("USA", "cow_code", "2"),
        ("GBR", "cow_abbr", "UKG"),
        ("DEU", "cow_code", "255"),
        ("DEU", "gw_code", "260"),
        ("YEM", "cow_code", "679"),
        ("YEM", "gw_code", "678"),
        ("SRB", "gw_code", "340"),
        ("SRB", "cow_code", "345"),
        ("VNM", "gw_code", "816"),
        ("XKX", "plover_country", "KOS"),
        ("XKX", "cow_code", "347"),
        ("RUS", "vdem_id", "11"),
        ("KOR", "iso_numeric", "410"),
        ("USA", "wikidata_id", "Q30"),
    ],
)
def test_codes_that_are_easily_confused(actor_id: str, column: str, code: str) -> None:
    (row,) = [row for row in COUNTRIES if row["actor_id"] == actor_id]
    assert row[column] == code


def test_codes_have_their_form() -> None:
    forms = {
        "iso3": r"[A-Z]{3}",
        "iso2": r"[A-Z]{2}",
        "iso_numeric": r"\d{3}",
        "cow_code": r"\d{1,3}",
        "gw_code": r"\d{1,3}",
        "vdem_id": r"\d{1,3}",
        "cow_abbr": r"[A-Z]{3}",
        "plover_country": r"[A-Z]{3}",
        "wikidata_id": r"Q[1-9]\d*",
        "cameo_code": r"[A-Z]{3,12}",
    }
    for row in COUNTRIES + ORGANISATIONS + PEOPLE:
        for column, form in forms.items():
            assert not row.get(column) or re.fullmatch(form, row[column]), (row["actor_id"], column, row[column])


def test_actor_ids_are_unique_and_well_formed() -> None:
    ids = [row["actor_id"] for row in COUNTRIES + ORGANISATIONS + PEOPLE]
    assert len(ids) == len(set(ids))
    assert not set(ids) & BRANCH_IDS
    for row in ORGANISATIONS:
        prefix, _, slug = row["actor_id"].partition(":")
        assert prefix in COUNTRY_IDS | {"igo", "ngo", "party", "armed", "media", "company", "group", "bloc"}
        assert re.fullmatch(r"[a-z0-9_]+", slug), row["actor_id"]
    assert all(re.fullmatch(r"person:[a-z0-9_]+", row["actor_id"]) for row in PEOPLE)


def test_wikidata_ids_name_one_actor_each() -> None:
    ids = [row["wikidata_id"] for row in ORGANISATIONS + PEOPLE + COUNTRIES if row["wikidata_id"]]
    assert len(ids) == len(set(ids))


def test_references_between_files_hold() -> None:
    parents = ACTOR_IDS | BRANCH_IDS
    for row in ORGANISATIONS:
        assert row["actor_type"] in ORGANISATION_TYPES
        assert not row["parent_actor_id"] or row["parent_actor_id"] in parents - {row["actor_id"]}, row["actor_id"]
        assert not row["plover_sector"] or row["plover_sector"] in SECTORS
    for row in ORGANISATIONS + PEOPLE + OFFICES:
        assert not row["iso3"] or row["iso3"] in ISO3, row
    for row in ALIASES:
        assert row["actor_id"] in ACTOR_IDS, row["actor_id"]


def test_offices_belong_to_known_people_bodies_and_roles() -> None:
    people = {row["actor_id"] for row in PEOPLE}
    slugs = {row["office"] for row in ROLES}
    for row in OFFICES:
        assert row["person_actor_id"] in people, row["person_actor_id"]
        assert row["office_actor_id"] in ACTOR_IDS | BRANCH_IDS, row["office_actor_id"]
        assert row["office"] in slugs | UNLINKED_OFFICES, row["office"]
        assert not row["sector"] or row["sector"] in SECTORS
    without_office = people - {row["person_actor_id"] for row in OFFICES}
    assert all(row["note"] for row in PEOPLE if row["actor_id"] in without_office)


def test_dates_are_dates_and_in_order() -> None:
    for row in COUNTRIES + ORGANISATIONS + OFFICES:
        start, end = (date.fromisoformat(row[column]) if row[column] else None for column in ("valid_from", "valid_to"))
        assert not (start and end) or start < end, row
    assert all(row["valid_from"] for row in OFFICES)


def test_one_holder_of_an_office_at_a_time() -> None:
    """`valid_to` is the day of the hand-over: the successor's `valid_from` may equal it, not precede it."""
    by_office = defaultdict(list)
    for row in OFFICES:
        if row["office"] not in SHARED_OFFICES:
            by_office[row["office"], row["office_actor_id"]].append(row)
    for office, terms in by_office.items():
        terms.sort(key=lambda row: row["valid_from"])
        for earlier, later in pairwise(terms):
            assert earlier["valid_to"], (office, earlier["person_actor_id"], later["person_actor_id"])
            assert earlier["valid_to"] <= later["valid_from"], (office, earlier, later)


@pytest.mark.parametrize(
    ("country", "office", "day", "person"),
    [
        ("RUS", "president", "2005-06-01", "vladimir_putin"),
        ("RUS", "president", "2010-06-01", "dmitry_medvedev"),
        ("RUS", "president", "2023-09-13", "vladimir_putin"),
        ("RUS", "defence_minister", "2024-05-20", "andrei_belousov"),
        ("PRK", "leader", "2023-09-13", "kim_jong_un"),
        ("USA", "president", "2000-12-31", "bill_clinton"),
        ("USA", "president", "2025-01-20", "donald_trump"),
        ("USA", "foreign_minister", "2024-06-20", "antony_blinken"),
        ("KOR", "foreign_minister", "2024-06-20", "cho_tae_yul"),
        ("GBR", "prime_minister", "2022-10-01", "liz_truss"),
        ("SAU", "crown_prince", "2018-10-02", "mohammed_bin_salman"),
        ("DEU", "chancellor", "2021-12-08", "olaf_scholz"),
        ("JPN", "prime_minister", "2013-01-01", "shinzo_abe"),
        ("FRA", "foreign_minister", "2003-02-14", "dominique_de_villepin"),
    ],
)
def test_offices_on_known_days(country: str, office: str, day: str, person: str) -> None:
    (holder,) = {
        row["person_actor_id"]
        for row in OFFICES
        if row["office"] == office
        and row["office_actor_id"].startswith(f"{country}:")
        and row["valid_from"] <= day < (row["valid_to"] or "9999")
    }
    assert holder == f"person:{person}"


def test_every_state_has_a_head_on_record_since_2010() -> None:
    heads = {"president", "prime_minister", "king", "chancellor", "leader", "head_of_government"}
    covered = {
        row["office_actor_id"].split(":")[0]
        for row in OFFICES
        if row["office"] in heads and (row["valid_to"] or "9999") > "2010"
    }
    states = {row["actor_id"] for row in COUNTRIES if row["cow_code"] and not row["valid_to"]}
    assert states - covered <= {"SMR"}  # two captains regent, a new pair every half year


def test_roles_are_lower_case_and_unique() -> None:
    surfaces = [surface for row in ROLES for surface in cell_values(row, "role", "plural")]
    assert len({row["role"] for row in ROLES}) == len(ROLES) > 250
    assert len(surfaces) == len(set(surfaces))
    for row in ROLES:
        assert row["role"] == row["role"].lower()
        assert row["sector"] in SECTORS
        assert row["branch"] in BRANCHES | {""}


def test_aliases_use_the_closed_vocabularies() -> None:
    assert len({(row["actor_id"], row["surface"]) for row in ALIASES}) == len(ALIASES)
    for row in ALIASES:
        assert row["kind"] in {"name", "adjective", "demonym", "acronym", "metonym", "short"}
        assert row["case_rule"] in {"exact", "fold"}
        assert row["context_rule"] in {"none", "full_name_first", "same_country", "never"}
        assert row["language"] == "en"


def test_no_surface_is_claimed_twice_without_a_context_rule() -> None:
    rule = {(row["actor_id"], row["surface"]): row["context_rule"] for row in ALIASES}
    claims = {key for key, context in rule.items() if context == "none"}
    derived = [(row, ("name", "names", "adjectives", "demonyms", "capitals")) for row in COUNTRIES]
    derived += [(row, ("name", "names", "acronyms")) for row in ORGANISATIONS]
    derived += [(row, ("name", "names")) for row in PEOPLE]
    for row, columns in derived:
        claims |= {
            (row["actor_id"], surface)
            for surface in cell_values(row, *columns)
            if rule.get((row["actor_id"], surface), "none") == "none"
        }
    claimants = defaultdict(set)
    for actor_id, surface in claims:
        claimants[surface].add(actor_id)
    assert {surface: ids for surface, ids in claimants.items() if len(ids) > 1} == {}


@pytest.mark.parametrize(
    ("surface", "actor_id"),
    [
        ("South Koreans", "KOR"),
        ("Kyiv", "UKR"),
        ("Kiev", "UKR"),
        ("U.S.", "USA"),
        ("DPRK", "PRK"),
        ("Türkiye", "TUR"),
        ("Ivorian", "CIV"),
        ("State Department", "USA:state_department"),
        ("Security Council", "igo:un_security_council"),
        ("IDF", "ISR:idf"),
        ("Kim Jong-un", "person:kim_jong_un"),
        ("Volodymyr Zelenskyy", "person:volodymyr_zelensky"),
        ("al-Qaida", "armed:al_qaeda"),
    ],
)
def test_common_surfaces_are_known(surface: str, actor_id: str) -> None:
    columns = ("name", "names", "adjectives", "demonyms", "capitals", "acronyms")
    surfaces = {
        (value, row["actor_id"])
        for row in COUNTRIES + ORGANISATIONS + PEOPLE
        for value in cell_values(row, *(column for column in columns if column in row))
    } | {(row["surface"], row["actor_id"]) for row in ALIASES}
    assert (surface, actor_id) in surfaces

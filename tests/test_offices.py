"""Whose office a role is: a country's, or that of a body which is no organ of a state."""

from datetime import date

import pytest
from small_register import VERBS, WORDS, small_register

from pipeline.text.mentions import Mention, tagger
from pipeline.text.tagging.offices import office_book

TAG = tagger(small_register(), VERBS, WORDS)
BOOK = office_book(small_register().offices, {a.actor_id: a for a in small_register().actors})
DAY = date(2010, 1, 1)
Expected = tuple[str, str | None, str | None]


def persons(text: str, on: date | None = DAY) -> list[Expected]:
    """(surface, actor, country) of every person named or meant by a role, sentence by sentence."""
    spans, start = [], 0
    for sentence in text.split("|"):
        spans.append((start, start + len(sentence)))
        start += len(sentence) + 1
    plain = text.replace("|", " ")
    return [
        (plain[m.char_start : m.char_end], m.actor_id, m.iso3)
        for m in TAG(plain, spans, published_on=on)
        if m.actor_type == "person"
    ]


UN = "United Nations secretary general"
CASES: dict[str, tuple[str, list[Expected]]] = {
    "two of one country": (
        "Georgian President Bo Lind and foreign minister Mark Trent often met Vladimir Putin and president Peter Stone.",
        [
            ("Bo Lind", None, "GEO"),
            ("Mark Trent", None, "GEO"),
            ("Vladimir Putin", "person:vladimir_putin", "RUS"),
            ("Peter Stone", None, None),
        ],
    ),
    "the spokesman of a state's body is the state's": (
        "A spokesman for Russia’s foreign ministry spoke.",
        [("spokesman", "RUS:GOV", "RUS")],
    ),
    "the president of a state's league is not the state's": (
        "The president of Russia’s chess league spoke in Japan.",
        [("president", None, None)],
    ),
    "nor is it in a question": ("Who presidents call is not said.", []),
    "a verb is no role": ("Ines Silva, who presidents call, spoke.", [("Ines Silva", "person:ines_silva", None)]),
    "an international office has its holder and no country": (
        f"The {UN} spoke.",
        [(UN, "person:ines_silva", None)],
    ),
    "the holder's name has no country either, with the role": (
        f"{UN} Ines Silva spoke.|Silva left.",
        [("Ines Silva", "person:ines_silva", None), ("Silva", "person:ines_silva", None)],
    ),
    "nor with half the role": ("The chief Ines Silva spoke.", [("Ines Silva", "person:ines_silva", None)]),
    "nor alone": ("Ines Silva spoke.", [("Ines Silva", "person:ines_silva", None)]),
    "a rebel leader leads his group": (
        "The Ode Front leader spoke.",
        [("Ode Front leader", "person:tam_orlen", "GEO")],
    ),
    "and not his country": ("The Georgian leader spoke.", [("Georgian leader", "GEO:GOV", "GEO")]),
    "one party's leader is not another's": (
        "Red Party leader Bo Lind spoke.|The Blue Party leader left.|The Red Party leader stayed.",
        [("Bo Lind", None, "GEO"), ("Blue Party leader", "party:blues", "GEO"), ("Red Party leader", None, "GEO")],
    ),
    "one body's secretary general is not another's": (
        f"{UN} Ines Silva spoke.|The World Health Organization secretary general left.",
        [
            ("Ines Silva", "person:ines_silva", None),
            ("World Health Organization secretary general", "igo:who", None),
        ],
    ),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_whose_office_it_is(text: str, expected: list[Expected]) -> None:
    assert persons(text) == expected


NOW = date(2020, 1, 1)
PUTIN, BUSH = ("person:vladimir_putin", "RUS"), ("person:george_bush", "USA")


@pytest.mark.parametrize(
    ("text", "on", "expected"),
    [
        ("Vladimir Putin spoke.|The president left.", NOW, PUTIN),
        ("Vladimir Putin spoke.|The president left.|President Mark Trent agreed.", NOW, PUTIN),
        ("Vladimir Putin spoke.|The president left.|President Mark Trent agreed.", None, (None, "RUS")),
        ("Vladimir Putin often sat there with President Mark Trent.|The president left.", NOW, (None, "RUS")),
        ("George Bush spoke.|The president left.", NOW, (None, "USA")),
        ("George Bush spoke.|The president left.", date(2005, 1, 1), BUSH),
        ("The president left.|Vladimir Putin spoke.", NOW, (None, "RUS")),
    ],
)
def test_the_president_is_who_holds_the_office_until_another_is_named(
    text: str, on: date | None, expected: tuple[str | None, str | None]
) -> None:
    said = {surface: who for surface, *who in persons(text, on)}
    assert said["president"] == [*expected]


def test_after_the_office_a_person_belongs_to_the_country_again() -> None:
    assert persons("Ines Silva spoke.", date(2020, 1, 1)) == [("Ines Silva", "person:ines_silva", "FRA")]


def test_a_rebel_leader_is_no_government() -> None:
    text = "The Ode Front leader spoke."
    (leader,) = [m for m in TAG(text, [(0, len(text))], published_on=DAY) if isinstance(m, Mention) and m.role_text]
    assert leader.sector == "REB"


@pytest.mark.parametrize(
    ("place", "office", "on", "expected"),
    [
        ("RUS", "president", date(2009, 1, 1), ["person:dmitry_medvedev"]),
        ("RUS", "president", None, ["person:dmitry_medvedev", "person:vladimir_putin"]),
        ("igo:un", "secretary_general", DAY, ["person:ines_silva"]),
        ("igo:un", "secretary_general", date(2015, 1, 1), []),  # the day of the hand-over is the successor's
        ("FRA", "secretary_general", DAY, []),
        ("armed:front", "leader", DAY, ["person:tam_orlen"]),
        ("GEO", "leader", DAY, []),
        (None, "leader", DAY, ["person:tam_orlen"]),
    ],
)
def test_the_office_book(place: str | None, office: str, on: date | None, expected: list[str]) -> None:
    assert sorted(BOOK(place, office, on)) == expected

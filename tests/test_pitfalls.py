"""What dictionaries of actors get wrong, one named case each, with the real register and in our own wording.

A case is (text, what must be found: surface -> actor id, what must not be found as an actor). Cases that need no real
register are in test_mentions.py.
"""

from datetime import date

import pytest

from pipeline.settings import SEEDS
from pipeline.steps import engines
from pipeline.text.mentions import Mention

TODAY = date(2024, 6, 1)
ACTING = ("name", "adjective", "metonym", "role")


def mentions(text: str, on: date | None = TODAY) -> list[tuple[str, Mention]]:
    """(surface, mention) in reading order."""
    spans = engines.segmenter(str(SEEDS), "")(text)
    tag = engines.tagger(str(SEEDS), "")
    return [(text[m.char_start : m.char_end], m) for m in tag(text, spans, published_on=on)]


PITFALLS: dict[str, tuple[str, dict[str, str | None], list[str]]] = {
    "1 US is not us": ("The US said they were not fighting us.", {"US": "USA"}, ["us"]),
    "1 WHO in running text": ("Doctors from the WHO, who came late, left.", {"WHO": "igo:who"}, ["who"]),
    "1 capitals switch short acronyms off": (
        "IT IS RUSSIA WHO TOLD US",
        {"RUSSIA": "RUS"},
        ["IT", "IS", "WHO", "US"],
    ),
    "1 acronyms that are no words stay": (
        "U.S. TROOPS LEAVE NATO BASE",
        {"U.S.": "USA", "NATO": "igo:nato"},
        [],
    ),
    "2 lower-case name": ("Russia acted.\n\nrussia’s possible deal", {"Russia": "RUS", "russia": "RUS"}, []),
    "2 lower-case words": ("They ate turkey from fine china in a jersey.", {}, ["turkey", "china", "jersey"]),
    "3 Georgia the country": ("Georgia and Armenia signed. Tbilisi was glad.", {"Georgia": "GEO"}, []),
    "3 Niger is not Nigeria": ("Nigeria warned Niger.", {"Nigeria": "NGA", "Niger": "NER"}, []),
    "3 three Guineas": (
        "Guinea, Guinea-Bissau and Equatorial Guinea agreed; Papua New Guinea did not.",
        {"Guinea": "GIN", "Guinea-Bissau": "GNB", "Equatorial Guinea": "GNQ", "Papua New Guinea": "PNG"},
        [],
    ),
    "3 Dominica and the Dominican Republic": (
        "Dominica thanked the Dominican Republic.",
        {"Dominica": "DMA", "Dominican Republic": "DOM"},
        [],
    ),
    "3 two Congos": (
        "The Republic of the Congo warned the Democratic Republic of the Congo.",
        {"Republic of the Congo": "COG", "Democratic Republic of the Congo": "COD"},
        [],
    ),
    "3 Northern Ireland is not Ireland": ("Northern Ireland voted.", {"Northern Ireland": "GBR"}, ["Ireland"]),
    "3 American Samoa is neither": ("American Samoa voted.", {"American Samoa": "ASM"}, ["American", "Samoa"]),
    "3 Washington the person": ("George Washington slept here.", {}, ["Washington"]),
    "3 Washington the newspaper": ("The Washington Post wrote it.", {"Washington Post": "media:wapo"}, []),
    "3 given name that is a country": (
        "The boxer Israel Morgan said he would fight on.",
        {"Israel Morgan": None},
        ["Israel"],
    ),
    "4 peninsula": ("Peace on the Korean peninsula is far.", {}, ["Korean", "Korean peninsula"]),
    "4 region, sea and gulf": (
        "Ships left the South China Sea, the Gulf of Mexico and the Russian Far East.",
        {},
        ["China", "South China Sea", "Mexico", "Russian"],
    ),
    "4 part of a city": ("Clashes in East Jerusalem went on.", {}, ["Jerusalem"]),
    "5 fleet keeps its country": (
        "The Russian Pacific fleet sailed.",
        {"Russian Pacific fleet": "RUS:MIL", "Russian": "RUS"},
        [],
    ),
    "5 warplanes and troops": (
        "Israeli warplanes struck as US troops left.",
        {"Israeli": "ISR", "US": "USA"},
        [],
    ),
    "5 arms sent to a country are not its own": ("The US moved missiles to Iraq.", {"US": "USA"}, ["missiles to Iraq"]),
    "5 who works in a country is not of it": ("Our reporter in Tallinn saw it.", {}, ["reporter in Tallinn"]),
    "6 capitals act": ("Moscow and Pyongyang denied it.", {"Moscow": "RUS:GOV", "Pyongyang": "PRK:GOV"}, []),
    "6 capital as a place": ("He said so again in Pyongyang.", {}, ["Pyongyang"]),
    "6 capital in a compound": (
        "The Moscow-based firm, a London think tank and Kabul airport closed.",
        {},
        ["Moscow", "London", "Kabul"],
    ),
    "6 dateline": ("BEIJING (Reuters) - Prices rose.", {}, ["BEIJING"]),
    "7 possessives stay outside": (
        "Russia’s and the United States' ships met.",
        {"Russia": "RUS", "United States": "USA"},
        ["Russia’s"],
    ),
    "7 apostrophes inside": ("N’Djamena and Sana’a denied it.", {"N’Djamena": "TCD:GOV", "Sana’a": "YEM:GOV"}, []),
    "8 hyphens and capitals of Korean names": (
        "Kim Jong Un is Kim Jong-un is Kim Jong-Un.",
        dict.fromkeys(("Kim Jong Un", "Kim Jong-un", "Kim Jong-Un"), "person:kim_jong_un"),
        [],
    ),
    "8 short forms": (
        "Kim Jong-un spoke. Kim left, and Jong-un slept.",
        {"Kim": "person:kim_jong_un", "Jong-un": "person:kim_jong_un"},
        [],
    ),
    "9 acronym before a full stop": ("He left the U.S. It was late.", {"U.S.": "USA"}, []),
    "9 acronyms with and without dots": ("The UK, the UAE and the U.N. met.", {"UK": "GBR", "UAE": "ARE", "U.N.": "igo:un"}, []),
    "10 nothing invented inside a name": (
        "The UN Security Council met.",
        {"UN Security Council": "igo:un_security_council", "UN": "igo:un"},
        ["Security Council"],
    ),
    "10 a name nests once": (
        "Al Qaeda in the Arabian Peninsula claimed it.",
        {"Al Qaeda in the Arabian Peninsula": "armed:aqap", "Al Qaeda": "armed:al_qaeda"},
        ["Qaeda"],
    ),
    "10 person, body and country": (
        "US State Department spokesperson Mark Trent spoke.",
        {"US State Department": "USA:state_department", "Mark Trent": None, "US": "USA"},
        [],
    ),
    "10 another country's legislature": ("Peru's Congress voted.", {"Peru's Congress": "PER:LEG"}, []),
    "11 ethnic and hyphenated people": ("Many ethnic Albanians left.", {}, ["Albanians"]),
    "11 language": ("He said it in Russian, then in Turkish.", {}, ["Russian", "Turkish"]),
    "11 pro- and anti-": ("A pro-Beijing party won.", {}, ["Beijing"]),
    "12 role of a date": ("The Russian President left.", {"Russian President": "person:vladimir_putin"}, []),
    "13 coordination": (
        "Russian and Belarusian soldiers left.",
        {"Russian": "RUS:MIL", "Belarusian soldiers": "BLR:MIL"},
        ["Russian and Belarusian soldiers"],
    ),
    "13 a verb ends the phrase": ("Belarusian officials met former soldiers.", {"Belarusian": "BLR"}, ["former soldiers"]),
    "15 places": ("He flew from Komsomolsk-on-Amur to Vladivostok.", {}, ["Komsomolsk-on-Amur", "Vladivostok"]),
    "15 reefs named after people": ("Ships left Second Thomas Shoal.", {}, ["Second Thomas", "Thomas"]),
    "16 another given name": (
        "George W. Bush came. Then Laura Bush left.",
        {"George W. Bush": "person:george_w_bush", "Laura Bush": None},
        [],
    ),
    "17 states that ended": (
        "The Soviet Union, Yugoslavia and Czechoslovakia fell.",
        {"Soviet Union": "SUN", "Yugoslavia": "YUG", "Czechoslovakia": "CSK"},
        [],
    ),
    "18 contested states": (
        "Kosovo, Taiwan and Palestine spoke; Western Sahara and Hong Kong did not.",
        {"Kosovo": "XKX", "Taiwan": "TWN", "Palestine": "PSE", "Western Sahara": "ESH", "Hong Kong": "HKG"},
        [],
    ),
    "19 words that are surnames": ("It was May again. Rice burned in the bush.", {}, ["May", "Rice", "bush"]),
    "20 odd spaces": ("North\u00a0Korea fired.", {"North\u00a0Korea": "PRK"}, []),
    "20 decomposed letters": ("Co\u0302te d'Ivoire voted.", {"Co\u0302te d'Ivoire": "CIV"}, []),
    "21 a bloc has no country": ("He blamed the West for it.", {"West": "bloc:west"}, []),
}  # fmt: skip


@pytest.mark.parametrize(("text", "present", "absent"), PITFALLS.values(), ids=PITFALLS)
def test_pitfall(text, present, absent):
    found = {}
    for surface, mention in mentions(text):
        if mention.form in ACTING:
            found.setdefault(surface, mention.actor_id)
    assert {surface: found.get(surface, "missing") for surface in present} == present
    assert not found.keys() & set(absent)


def test_pitfall_12_a_former_president_does_not_govern():
    assert [m.sector for s, m in mentions("The former Ukrainian president left.") if m.form == "role"] == ["ELI"]


def test_pitfall_12_an_undated_role_is_the_office():
    assert dict(mentions("The Russian President left.", None))["Russian President"].actor_id == "RUS:GOV"


def test_pitfall_14_text_that_was_not_kept_is_not_looked_at():
    text = "Russia left. Read More: France"
    found = engines.tagger(str(SEEDS), "")(text, [(0, 12)])
    assert [m.actor_id for m in found] == ["RUS"]


def test_pitfall_21_groups_carry_no_country():
    text = "Both sides and the two leaders met the international community."
    groups = [(s, m.iso3) for s, m in mentions(text) if m.actor_type == "group"]
    assert groups == [("Both sides", None), ("the two leaders", None)]


def test_pitfall_22_pronouns_only_beside_verbs_of_saying():
    text = "Vladimir Putin left. He slept. He said no."
    assert [m.char_start for _, m in mentions(text) if m.form == "pronoun"] == [text.rindex("He")]


def test_weapons_act_for_whom_they_belong_to() -> None:
    found = mentions("The helicopter fell. He bought submarines. Missiles hit a tank. Russian missiles fell.")
    assert [(surface, one.iso3, one.sector) for surface, one in found if one.actor_type == "military"] == [
        ("Russian missiles", "RUS", "MIL")
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("China said Xi would come.", {"China": "CHN", "Xi": "person:xi_jinping"}),
        ("The letter Xi came first.", {}),
        ("Jim Jordan left. Jordan spoke.", {"Jim Jordan": None, "Jordan": None}),
        ("The UN called on Israel to stop.", {"UN": "igo:un", "Israel": "ISR"}),
    ],
)
def test_short_names_and_homonyms(text: str, expected: dict[str, str | None]) -> None:
    assert {surface: one.actor_id for surface, one in mentions(text) if one.mention_role == "actor"} == expected

"""The actor tagger: every known pitfall of dictionaries is a case here, in our own wording."""

import re
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_register import VERBS, WORDS, alias, country, person, small_register

from pipeline.text.lexicon import compile_lexicon
from pipeline.text.mentions import Mention, tagger
from pipeline.text.register import build

TAG = tagger(small_register(), VERBS, WORDS)
HITS = compile_lexicon(small_register(), [form for verb in VERBS for form in verb.forms], WORDS)


def split(text: str) -> list[tuple[int, int]]:
    """Sentence spans good enough for the cases below."""
    return [m.span() for m in re.finditer(r"\S[^\n]*?(?:[.!?](?=\s+[A-Z“]|$)|(?=\n|$))", text)]


def tagged(text: str, on: date | None = None) -> list[tuple[str, Mention]]:
    return [(text[m.char_start : m.char_end], m) for m in TAG(text, split(text), published_on=on)]


def actors(text: str, on: date | None = None) -> list[tuple[str, str | None]]:
    """(surface, actor id) of every name, adjective, capital and role."""
    return [(s, m.actor_id) for s, m in tagged(text, on) if m.form in ("name", "adjective", "metonym", "role")]


NAMES = {
    "acronym, not the pronoun": ("The US is not fighting us.", [("US", "USA")]),
    "acronyms are off in capitals": ("WHO TOLD US IT IS OVER IN RUSSIA", [("RUSSIA", "RUS")]),
    "acronym in mixed case": ("Doctors at WHO met IS fighters.", [("WHO", "igo:who"), ("IS", "armed:is")]),
    "full stop after an acronym": ("He left the U.S. It was late.", [("U.S.", "USA")]),
    "lower-case name with its capitalised one": (
        "Russia acts\nrussia’s possible deal",
        [("Russia", "RUS"), ("russia", "RUS")],
    ),
    "lower-case word is no name": ("They ate turkey and drank from fine china.", []),
    "possessive stays outside": (
        "Russia’s and the United States' ships",
        [("Russia", "RUS"), ("United States", "USA")],
    ),
    "apostrophe inside a name": (
        "N’Djamena and Côte d'Ivoire agreed.",
        [("N’Djamena", "TCD:GOV"), ("Côte d'Ivoire", "CIV")],
    ),
    "no accents": ("Talks with Cote d’Ivoire went on.", [("Cote d’Ivoire", "CIV")]),
    "longer country name wins": ("Nigeria and Niger differ.", [("Nigeria", "NGA"), ("Niger", "NER")]),
    "trap: peninsula": ("Peace on the Korean peninsula is far.", []),
    "trap: sea": ("Ships in the South China Sea turned.", []),
    "trap: region": ("A site in the Russian Far East burned.", []),
    "trap: web address": ("See russia.com or @Russia for more.", []),
    "currency": ("It cost US$ 20 and US $30.", []),
    "newspaper, not the city": ("The Washington Post wrote it.", [("Washington Post", "media:post")]),
    "city as a family name": ("Denzel Washington spoke.", [("Denzel Washington", None)]),
    "bloc without its article": ("He blamed the West for it.", [("West", "bloc:west")]),
    "not a bloc": ("He moved to the West Coast.", []),
    "inner name kept if it is the owner": (
        "The UN Security Council met.",
        [("UN Security Council", "igo:unsc"), ("UN", "igo:un")],
    ),
    "country before its department": (
        "The US State Department knew.",
        [("US State Department", "USA:state"), ("US", "USA")],
    ),
    "hyphen or not": (
        "Kim Jong Un or Kim Jong-Un",
        [("Kim Jong Un", "person:kim_jong_un"), ("Kim Jong-Un", "person:kim_jong_un")],
    ),
    "Kosovo and Taiwan have codes of their own": (
        "Kosovo spoke with Taiwan.",
        [("Kosovo", "XKX"), ("Taiwan", "TWN")],
    ),
    "a state that ended": ("The Soviet Union fell.", [("Soviet Union", "SUN")]),
    "ethnic group is not the state": ("Many ethnic Albanians left.", []),
    "language is no actor": ("He said it in Russian, then in Turkish.", []),
}


@pytest.mark.parametrize(("text", "expected"), NAMES.values(), ids=NAMES)
def test_names(text, expected):
    assert actors(text) == expected


HOMONYMS = {
    "a person called like a state": (
        "Peter Jordan sold his stake. Jordan left.",
        [("Peter Jordan", None, None), ("Jordan", None, None)],
    ),
    "with a role beside it": (
        "They beat spokesman Peter Jordan. Jordan said no.",
        [("Peter Jordan", "GOV", None), ("Jordan", "GOV", None)],
    ),
    "a place, even so": (
        "Anna Jordan lives in Jordan. Jordan spoke.",
        [("Anna Jordan", None, None), ("Jordan", None, "JOR"), ("Jordan", None, "JOR")],
    ),
    "a place with which a sentence begins": (
        "Anna Jordan left. In Jordan, Jordan spoke.",
        [("Anna Jordan", None, None), ("Jordan", None, "JOR"), ("Jordan", None, "JOR")],
    ),
    "a state that is named otherwise, too": (
        "Anna Jordan met Jordanian ministers. Jordan spoke.",
        [
            ("Anna Jordan", None, None),
            ("Jordanian ministers", "GOV", "JOR"),
            ("Jordanian", None, "JOR"),
            ("Jordan", None, "JOR"),
        ],
    ),
    "a state whose king is named": (
        "Anna Jordan met the president of Jordan. Jordan spoke.",
        [
            ("Anna Jordan", None, None),
            ("president of Jordan", "GOV", "JOR"),
            ("Jordan", None, "JOR"),
            ("Jordan", None, "JOR"),
        ],
    ),
    "a word that begins a sentence": ("A turkey is large. “Turkey is dry,” they found.", []),
    "a state that begins a sentence": (
        "A turkey crossed. Turkey is dry. In Turkey they left.",
        [("Turkey", None, "TUR")] * 2,
    ),
    "a word that the text does not have": ("Turkey is dry.", [("Turkey", None, "TUR")]),
}


@pytest.mark.parametrize(("text", "expected"), HOMONYMS.values(), ids=HOMONYMS)
def test_homonyms(text, expected):
    assert [(s, m.sector, m.iso3) for s, m in tagged(text) if m.form != "pronoun"] == expected


def test_a_person_of_the_register_is_no_trap_of_a_country():
    register = build(
        [country("TCD", "Chad", "Chadian", "N'Djamena")],
        [],
        [person("chad_smith", "Chad Smith", "Smith")],
        [],
        [],
        [alias("TCD", "Chad Smith", "name", "never")],
    )
    (mention,) = tagger(register, VERBS, WORDS)("Chad Smith left.", [(0, 16)])
    assert mention.actor_id == "person:chad_smith"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lo spoke in Chad.", ["person:ada_lo", "TCD"]),
        ("Lo spoke to a Chadian.", ["person:ada_lo", "TCD"]),
        ("Lo spoke.", []),
        ("Peter Lo spoke in Chad. Lo left.", [None, "TCD"]),
    ],
)
def test_a_family_name_whose_country_is_named(text, expected):
    register = build(
        [country("TCD", "Chad", "Chadian", "N'Djamena", demonyms=("Chadian",))],
        [],
        [person("ada_lo", "Ada Lo", "Lo", "TCD")],
        [],
        [],
        [alias("person:ada_lo", "Lo", "short", "same_country")],
    )
    assert [m.actor_id for m in tagger(register, VERBS, WORDS)(text, split(text))] == expected


CAPITALS = {
    "object of a verb of saying": ("He warned Kyiv of it.", {"Kyiv": "UKR:GOV"}),
    "listed behind it": (
        "Japan warned Moscow, Minsk and Tirana.",
        {"Moscow": "RUS:GOV", "Minsk": "BLR:GOV", "Tirana": "ALB:GOV"},
    ),
    "called on": ("Japan called on Kyiv to act.", {"Kyiv": "UKR:GOV"}),
    "governments": ("Moscow and Pyongyang denied it.", {"Moscow": "RUS:GOV", "Pyongyang": "PRK:GOV"}),
    "after a preposition of place": ("They met in Pyongyang on Monday.", {}),
    "dealt with": ("The talks between Moscow and Kyiv ended.", {"Moscow": "RUS:GOV", "Kyiv": "UKR:GOV"}),
    "possessive": ("Moscow’s answer came.", {"Moscow": "RUS:GOV"}),
    "list of cities": ("Flats cost most here: Tokyo, Moscow.", {}),
    "hyphen": ("A Moscow-based firm and pro-Beijing groups left.", {}),
    "airport": ("Kabul airport closed.", {}),
    "dateline": ("BEIJING (Reuters) - Prices rose.", {}),
    "visit": ("His visit to Tokyo ended.", {}),
}


@pytest.mark.parametrize(("text", "expected"), CAPITALS.values(), ids=CAPITALS)
def test_capitals(text, expected):
    assert {s: m.actor_id for s, m in tagged(text) if m.form == "metonym"} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Troops stood on Cyprus.", "place"),
        ("Japan called on Cyprus to act.", "actor"),
        ("Sanctions on Cyprus ended.", "actor"),
        ("They met on the border with Cyprus.", "place"),
        ("They met with Cyprus.", "actor"),
    ],
)
def test_where_and_whom(text, expected):
    assert [m.mention_role for s, m in tagged(text) if s == "Cyprus"] == [expected]


ROLES = {
    "adjective": ("The Russian ambassador left.", "Russian ambassador", "RUS", "GOV"),
    "possessive": ("Japan’s foreign minister left.", "Japan’s foreign minister", "JPN", "GOV"),
    "bare name": ("US special envoy officials left.", "US special envoy officials", "USA", "GOV"),
    "of": ("The president of Ukraine left.", "president of Ukraine", "UKR", "GOV"),
    "department": ("A US State Department spokesman left.", "US State Department spokesman", "USA", "GOV"),
    "first of two": ("Russian and Belarusian soldiers left.", "Russian", "RUS", "MIL"),
    "second of two": ("Russian and Belarusian soldiers left.", "Belarusian soldiers", "BLR", "MIL"),
    "former": ("The former Ukrainian president left.", "Ukrainian president", "UKR", "ELI"),
    "elect": ("The Ukrainian president-elect left.", "Ukrainian president-elect", "UKR", "ELI"),
    "rebel leader": ("Chadian rebel leaders left.", "Chadian rebel leaders", "TCD", "REB"),
}


@pytest.mark.parametrize(("text", "surface", "iso3", "sector"), ROLES.values(), ids=ROLES)
def test_roles(text, surface, iso3, sector):
    assert ("role", iso3, sector) in [(m.form, m.iso3, m.sector) for s, m in tagged(text) if s == surface]


BODIES = {
    "ministry": ("South Korea’s foreign ministry spoke.", "South Korea’s foreign ministry", "KOR:GOV", "GOV"),
    "fleet": ("The Russian Pacific fleet sailed.", "Russian Pacific fleet", "RUS:MIL", "MIL"),
    "warplanes": ("Turkish warplanes struck.", "Turkish warplanes", "TUR:MIL", "MIL"),
    "parliament": ("The Georgian parliament voted.", "Georgian parliament", "GEO:LEG", "LEG"),
    "unknown": ("The Fair Trade Commission met.", "Fair Trade Commission", None, "GOV"),
}


@pytest.mark.parametrize(("text", "surface", "actor", "sector"), BODIES.values(), ids=BODIES)
def test_bodies_keep_their_country_inside(text, surface, actor, sector):
    mentions = [m for _, m in tagged(text)]
    found = dict(tagged(text))[surface]
    assert (found.actor_id, found.sector) == (actor, sector)
    inside = [m for m in mentions if m.parent == mentions.index(found)]
    assert [m.actor_id for m in inside] == ([actor[:3]] if actor else [])


@pytest.mark.parametrize(
    ("on", "person"),
    [
        (date(2005, 1, 1), "person:vladimir_putin"),
        (date(2010, 1, 1), "person:dmitry_medvedev"),
        (date(2023, 1, 1), "person:vladimir_putin"),
        (None, "RUS:GOV"),
    ],
)
def test_a_role_is_the_person_who_holds_it_at_the_date(on, person):
    assert dict(actors("The Russian President left.", on))["Russian President"] == person


def test_an_undated_role_is_the_person_only_if_the_text_names_him():
    text = "The Russian President left. Earlier Vladimir Putin had waved."
    assert dict(actors(text))["Russian President"] == "person:vladimir_putin"


def test_the_date_decides_which_state_a_capital_stands_for():
    assert dict(actors("Prague denied it.", date(1980, 1, 1))) == {"Prague": "CSK:GOV"}
    assert dict(actors("Prague denied it.", date(2020, 1, 1))) == {"Prague": "CZE:GOV"}
    assert dict(actors("Prague denied it.")) == {"Prague": "CZE:GOV"}


PEOPLE = {
    "role and name": ("US State Department spokesperson Mark Trent spoke.", "Mark Trent", "spokesperson", "USA"),
    "apposition after": ("Mark Trent, a Russian official, spoke.", "Mark Trent", "official", "RUS"),
    "apposition before": ("The Russian ambassador, Mark Trent, spoke.", "Mark Trent", "ambassador", "RUS"),
    "president of": ("Mark Trent, president of Ukraine, spoke.", "Mark Trent", "president", "UKR"),
    "title": ("It was Gen Mark Trent again.", "Mark Trent", "Gen", None),
    "verb": ("Then Mark Trent said no.", "Mark Trent", None, None),
    "relative": ("We saw Mark Trent, who left.", "Mark Trent", None, None),
    "given name": ("We saw Peter Stone there.", "Peter Stone", None, None),
}


@pytest.mark.parametrize(("text", "surface", "role", "iso3"), PEOPLE.values(), ids=PEOPLE)
def test_unknown_persons(text, surface, role, iso3):
    found = dict(tagged(text))
    assert surface in found
    mention = found[surface]
    assert (mention.actor_type, mention.actor_id, mention.full_name) == ("person", None, surface)
    assert (mention.role_text, mention.iso3) == (role, iso3)


SHORT_NAMES = {
    "surname": ("Mr Mark Trent spoke. Trent left.", "Trent", None, "Mark Trent"),
    "surname first": ("Trent wins\nMr Mark Trent spoke.", "Trent", None, "Mark Trent"),
    "family name of the register": ("Kim Jong Un spoke. Kim left.", "Kim", "person:kim_jong_un", None),
    "short form of the register": ("Kim Jong Un spoke. Jong-un left.", "Jong-un", "person:kim_jong_un", None),
    "junior": ("Mr Mark Trent Jr. spoke. Trent left.", "Trent", None, "Mark Trent Jr"),
    "misspelt": ("Mr Bryan Trent spoke, then Brian Trent said no. Trent left.", "Trent", None, "Bryan Trent"),
    "with a middle name": (
        "Then Mark Trent said no. Mr John Mark Trent spoke. Trent left.",
        "Trent",
        None,
        "Mark Trent",
    ),
    "two of one name": ("Mr Mark Trent met Mrs Jane Trent. Trent left.", "Trent", None, None),
    "city as a surname": ("Then Anna Paris spoke. Paris denied it.", "Paris", None, "Anna Paris"),
    "two Kims": ("Kim Jong Un met Mrs Kim Yo Jong. Kim left.", "Kim", None, None),
    "surname of two words": (
        "Mayor Anna van Damme left. Later van Damme spoke.",
        "van Damme",
        None,
        "Anna van Damme",
    ),
    "role resolved backwards": (
        "The Russian ambassador left. They told the Russian ambassador, Mark Trent, to go.",
        "Russian ambassador",
        None,
        "Mark Trent",
    ),
}


@pytest.mark.parametrize(("text", "surface", "actor", "full_name"), SHORT_NAMES.values(), ids=SHORT_NAMES)
def test_short_names_mean_who_the_document_says(text, surface, actor, full_name):
    (mention, *_) = [m for s, m in tagged(text) if s == surface]
    assert (mention.actor_id, mention.full_name) == (actor, full_name)


@pytest.mark.parametrize("text", ["See the Trent Stone Report.", "Buy a Smart Goals today."])
def test_things_are_no_persons(text):
    assert not [s for s, m in tagged(text) if m.actor_type == "person"]


@pytest.mark.parametrize("text", ["It was May again.", "A Bush fire burned.", "Some bushes. May I?"])
def test_a_family_name_alone_is_a_word(text):
    assert tagged(text) == []


def test_a_title_and_a_known_family_name_are_the_office_holder():
    assert dict(actors("President Bush spoke."))["Bush"] == "person:george_bush"


def test_another_given_name_is_another_person():
    assert dict(actors("George Bush came. Then Laura Bush left."))["Laura Bush"] is None


def test_an_ambiguous_name_needs_its_country_in_the_text():
    assert dict(actors("Congolese rebels left."))["Congolese"] is None
    text = "Congolese rebels left the Democratic Republic of the Congo."
    assert dict(actors(text))["Congolese"] == "COD"


def test_a_capital_that_is_a_place_says_which_country():
    mention = dict(tagged("It rained in Kabul."))["Kabul"]
    assert (mention.form, mention.actor_id, mention.sector, mention.mention_role) == ("city", "AFG", None, "place")


def test_of_two_persons_of_one_name_the_one_named_far_more_often_is_likelier():
    text = "Mr Mark Trent met Mrs Jane Trent. Mark Trent spoke. Mark Trent left. Trent slept."
    mention = tagged(text)[-1][1]
    assert (mention.rule_id, mention.full_name) == ("ambiguous_surname", "Mark Trent")
    assert mention.confidence < 0.7


def test_a_full_name_needs_no_second_cue():
    assert [s for s, _ in tagged("Mr Mark Trent spoke. Rain fell on Mark Trent.")] == ["Mark Trent", "Mark Trent"]


def test_companies_and_media_carry_no_country_into_the_text():
    assert dict(tagged("The Washington Post wrote it."))["Washington Post"].iso3 is None


def test_an_acronym_defined_in_the_text_holds_for_the_text():
    found = [(s, m.full_name) for s, m in tagged("The Fair Trade Commission (FTC) met. FTC staff left.")]
    assert found.count(("FTC", "Fair Trade Commission")) == 2
    assert not [s for s, _ in tagged("The Fair Trade Goals (FTG) were met.") if "FTG" in s]
    assert not [s for s, _ in tagged("FTC staff left.") if s == "FTC"]


def test_an_outlet_may_be_named_by_its_address():
    assert [(s, m.actor_type) for s, m in tagged("(DailyThing.org) – It rained.")] == [("DailyThing.org", "media")]


def test_what_is_longer_than_an_address_is_none_and_costs_no_more():
    def seconds(n: int) -> float:
        text = "A.com" * n + " told DailyThing.org"
        begun = time.process_time()
        assert [surface for surface, _ in tagged(text)] == ["DailyThing.org"]
        return time.process_time() - begun

    # Linear is 8 times, quadratic 64 times; the constant forgives timers that tick coarsely.
    assert seconds(8_000) < 28 * min(seconds(1_000) for _ in range(3)) + 0.05


STANCES = {
    "actor": ("Russia attacked.", "actor"),
    "in": ("It rained in Russia.", "place"),
    "list": ("It rained in Turkey and Russia.", "place"),
    "city": ("He lives near Omsk, Russia.", "place"),
    "visit to": ("Her visit to Russia ended.", "place"),
    "visit later": ("Her visit to Turkey on 4 April and Russia on Monday ended.", "place"),
    "heading": ("Russia", "place"),
    "pair": ("The Turkey-Russia talks ended.", "actor"),
    "with": ("The talks with Russia ended.", "actor"),
    "compound": ("A Russia-led group met.", "modifier"),
    "owner": ("Russia's parliament met.", "modifier"),
}


@pytest.mark.parametrize(("text", "expected"), STANCES.values(), ids=STANCES)
def test_country_names_act_or_are_places(text, expected):
    assert dict(tagged(text))["Russia"].mention_role == expected


def test_adjectives_modify():
    assert dict(tagged("A Russian plan failed."))["Russian"].mention_role == "modifier"


NOMINALS = {
    "leaders": ("The two leaders met.", "The two leaders", "nominal", None),
    "sides": ("There both sides agreed.", "both sides", "nominal", None),
    "he said": ("Vladimir Putin left. He said no.", "He", "pronoun", "person:vladimir_putin"),
    "said it": ("Russia said it would go.", "it", "pronoun", "RUS"),
    "its": ("Japan kept its word.", "its", "pronoun", "JPN"),
    "their": ("Japan also kept their word.", "their", "pronoun", "JPN"),
    "whom he told": ("Vladimir Putin left. He warned Japan that it would lose.", "it", "pronoun", "JPN"),
    "I": ("“I will not go”, Vladimir Putin said.", "I", "pronoun", "person:vladimir_putin"),
    "we": ("The Russian president left. “We will not go”, President Vladimir Putin said.", "We", "pronoun", "RUS"),
    "the Nation": ("Japan prays. We love our Nation.", "Nation", "nominal", None),
}


@pytest.mark.parametrize(("text", "surface", "form", "actor"), NOMINALS.values(), ids=NOMINALS)
def test_what_refers_back_is_tagged_with_low_confidence(text, surface, form, actor):
    mention = dict(tagged(text))[surface]
    assert (mention.form, mention.actor_id) == (form, actor)
    assert mention.confidence <= 0.7


def test_text_outside_the_sentences_is_not_looked_at():
    text = "Russia left. Japan came. China slept."
    assert [text[m.char_start : m.char_end] for m in TAG(text, [(13, 24)])] == ["Japan"]
    assert [m.sentence_number for m in TAG(text, [(25, 37), (0, 12)])] == [2, 1]


def test_a_name_is_not_looked_for_before_the_text_begins():
    assert actors("who Mark Trent") == []


def test_no_mention_crosses_a_sentence():
    assert TAG("North Korea", [(0, 5), (6, 11)]) == []


PIECES = st.sampled_from(
    ["Russia", "Russian", " President ", "Vladimir Putin", "’s", "\u00a0", "-", "\r\n", "\x00", "İ", "ß", "e\u0301", "US",
     " said ", "“", "”", "(", ")", ", ", ". ", "Kim", "of ", "the ", "UN", "foreign ministry", "\u200b", "Mr ", "Trent ",
     "who ", "Mark Trent"]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=6), max_size=25), st.data())
def test_any_text_gives_sound_mentions(pieces, data):
    text = "".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True)))
    sentences = list(zip(cuts[::2], cuts[1::2], strict=False))
    mentions = TAG(text, sentences)
    assert mentions == sorted(mentions, key=lambda m: (m.char_start, -m.char_end))
    for index, mention in enumerate(mentions):
        start, end = sentences[mention.sentence_number - 1]
        assert start <= mention.char_start < mention.char_end <= end
        assert 0 < mention.confidence <= 1
        if mention.parent is not None:
            outer = mentions[mention.parent]
            assert mention.parent < index
            assert outer.char_start <= mention.char_start
            assert mention.char_end <= outer.char_end


@given(st.lists(PIECES | st.text(max_size=6) | st.just(" and so on" * 30), max_size=25), st.data())
def test_what_stands_in_a_sentence_is_found_whatever_else_is_read(pieces, data):
    text = "".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))

    def inside(hits):
        return [hit for hit in hits if any(start <= hit[0] and hit[1] <= end for start, end in spans)]

    assert inside(HITS(text, spans)) == inside(HITS(text, [(0, len(text))]))

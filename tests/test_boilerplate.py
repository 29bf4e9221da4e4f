"""The cleaning engine: its rules on tables of lines, its promises as properties, its quality on labelled articles."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.knowledge import SeedError, read_arrays, read_rows
from pipeline.text.blocks import BODY_KINDS, KINDS, STRIPPED_KINDS, Block
from pipeline.text.boilerplate import Rule, cleaner, cleaners
from pipeline.text.cleaning.markup import TOLD, packed
from pipeline.text.cleaning.model import model

ROOT = Path(__file__).parent.parent
RULES = read_rows(ROOT / "seeds" / "rules" / "boilerplate.csv", Rule)
MODEL = model(read_arrays(ROOT / "seeds" / "models" / "boilerplate.npz"))
GOLD = Path(__file__).parent / "gold" / "cleaning"
LEAD = "The harbour was closed on Monday after a crane fell into the basin, the port authority said."
NEXT = "Nobody was hurt, and the basin is expected to open again before the end of the week."


@cache
def clean(profile: str = "standard") -> Callable[..., list[Block]]:
    return cleaner(RULES, profile, MODEL)


@cache
def by_rules(profile: str = "standard") -> Callable[..., list[Block]]:
    """Without the model, which weighs a line by what became of the others."""
    return cleaner(RULES, profile)


def content(text: str, **known: object) -> list[tuple[str, str]]:
    return [(b.kind, text[b.char_start : b.char_end]) for b in clean()(text, **known) if b.kind != "blank"]


def kinds_of(line: str) -> list[tuple[str, str]]:
    """What becomes of a line in the middle of an article."""
    return content("\n\n".join(["Crane falls into harbour basin", LEAD, NEXT, line, NEXT]))[3:-1]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule_id)
def test_a_rule_acts_on_its_own_example(rule: Rule) -> None:
    """In an article, unless its condition is code: the example is cut, and with the kind of the rule."""
    if rule.scope in ("echo", "head", "model", "correction") or rule.min_stories:
        pytest.skip("acts on a condition that is code; tested below")
    above = (
        [] if rule.scope in ("top", "under", "lead") else [LEAD, NEXT, "Old harbour"]
    )  # a bare word may be a subhead
    line = f"{LEAD} {rule.example}" if rule.scope == "suffix" else rule.example
    below = [] if rule.scope == "end" else [LEAD, NEXT]
    text = "\n\n".join(["Crane falls into harbour basin", *above, line, *below])
    with_rule = cleaner([rule], "strict")(text)
    assert [b.kind for b in with_rule if b.rule_id == rule.rule_id] == [rule.kind]
    assert all(b.kind in STRIPPED_KINDS or b.rule_id is None for b in with_rule) or rule.kind not in STRIPPED_KINDS


def test_rule_ids_are_unique() -> None:
    assert len({rule.rule_id for rule in RULES}) == len(RULES)


def test_spreadsheets_hold_every_cell() -> None:
    """What is longer they cut off without a word."""
    assert max(len(rule.pattern) for rule in RULES) < 32_767


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("ADVERTISEMENT", "ad"),
        ("Anzeige", "ad"),
        ("Share this:", "share"),
        ("Facebook Twitter Email", "share"),
        ("Follow us on Instagram and X", "share"),
        ("Sign up for our weekly newsletter", "newsletter"),
        ("Already a subscriber? Log in to keep reading.", "newsletter"),
        ("Home › World › Africa", "navigation"),
        ("READ MORE: Ferry fares to rise", "read_more"),
        ("Lesen Sie auch: Fähren werden teurer", "read_more"),
        ("© 2024 Maren Courier", "copyright"),
        ("Photo: Ola Brandt/AFP", "caption"),
        ("Updated: March 4, 2024", "dateline"),
        ("By Ida Lund and Rolf Eide", "byline"),
        ("Читайте также: паромы подорожают", "read_more"),
        ("📩 Boletín | Suscríbete", "newsletter"),
        ("أضف تعليقا", "comment_form"),
        ("Home » Nordland » Häfen", "navigation"),
        ("Subscribe for $1 a week", "newsletter"),
        ("-30-", "other_boilerplate"),
        ("With reporting by Ola Brandt in Oslo", "byline"),
        ("Last updated: 18:05", "other_boilerplate"),
        ("f  t  in  ✉", "share"),
        ("We use cookies to improve your experience on this site.", "other_boilerplate"),
        ("İLGİLİ HABER: köprü kapandı", "read_more"),  # capitals with and without dots
        ("ΔΙΑΒΑΣΤΕ ΕΠΙΣΗΣ: Η γέφυρα έκλεισε", "read_more"),  # capitals without accents
        ("اقرأ ايضا: الجسر مغلق", "read_more"),  # without hamza
        ("संबंधित खबरें", "read_more"),  # without the dot below
        ("यह भी पढ़ें- पुल बंद", "read_more"),
        ("[관련기사] 다리 폐쇄", "read_more"),
        ("【延伸閱讀】大橋封閉", "read_more"),
    ],
)
def test_furniture_is_named(line: str, kind: str) -> None:
    assert [found for found, _ in kinds_of(line)] == [kind]


@pytest.mark.parametrize(
    "line",
    [
        "“Read more,” her teacher had written under the essay, “and write less.”",
        "Read more slowly, the doctor told him, and use a lamp.",
        "Advertisement was a word that he disliked.",
        "Share this burden with us, the bishop asked the rich.",
        "Copyright was no concern of his in 2024, he told the court.",
        "By Monday the water had reached the second step.",
        "By Angela Brede and her party the law was called a mistake.",
        "Follow the money, as the saying on Main Street goes.",
        "Sign up, they told us, and see the world.",
        "Related by marriage, the two ministers never met alone.",
        "Subscribe to my view or leave the party, she is said to have told him.",
        "Comments on the draft were due on Friday.",
        "The minister writes in his weekly newsletter that taxes will rise.",
        "To read this as a defeat would be wrong, she said.",
        "This report may not be the last, the auditor warned.",
        "The opinions expressed at the meeting were loud and many.",
        "Photos from the scene show smoke over the basin.",
        "By joining the pact the six states agree to share their power.",
        "Unlock the gates, the crowd shouted.",
        "Subscribers can leave the network at any time, the court held.",
        "Input from farmers was ignored.",
        "I understand the policy and I do not like it.",
        "Access this year was limited to those with a boat.",
        "You have reached the end of the pier when you hear the bell.",
        "He also threatened to leave.",
        "“No.”",
        "“Subscribe,” he said.",
        "Visitors read of cookies there and laugh.",
        "Reserved rights, in these hills, belong to the goats.",
        "The Reuters building (London) is for sale.",
    ],
)
def test_a_sentence_that_only_sounds_like_furniture_stays(line: str) -> None:
    assert kinds_of(line) == [("body", line)]


def test_a_notice_is_named_in_a_language_that_writes_no_spaces() -> None:
    story = [
        "政府は10日、国境の検問所を再開すると発表した。輸送業者は歓迎している。",
        "住民からは不安の声も上がっている。",
    ]
    assert content("\n\n".join(["検問所、来週にも再開", *story, "無断転載を禁じます"]))[-1] == (
        "copyright",
        "無断転載を禁じます",
    )


RECORDS = {
    "LexisNexis": (
        ["Crane falls into harbour basin", "March 4, 2024 Monday", "Section: NEWS; Pg. 4", "Length: 312 words", "Byline: By IDA LUND", "Body"],
        ["Graphic", "Classification", "Language: ENGLISH", "Document-Type: News", "Subject: CRANES (90%); PORTS (89%)", "Load-Date: March 5, 2024"],
    ),
    "Factiva": (
        ["HD Crane falls into harbour basin", "BY By Ida Lund", "WC 312 words", "PD 4 March 2024", "SN Harbor Post", "SC HARPST", "LA English", "LP"],
        ["TD", "NS c24 : Capacity | ccat : Corporate News", "RE nord : Nordland", "PUB Harbor Post Ltd", "AN Document HARPST0020240304ek34000b5"],
    ),
    "ProQuest": (
        ["Crane falls into harbour basin", "Author: Lund, Ida", "Publication info: Harbor Post; Varnberg [Varnberg]. 04 Mar 2024: A.4.", "ProQuest document link", "Full text:"],
        ["Subject: Cranes; Harbours", "First page: A.4", "ISSN: 12345678", "ProQuest document ID: 2190142512", "Last updated: 2024-03-05"],
    ),
    "Retriever": (
        ["Crane falls into harbour basin", "Harbor Post, 2024-03-04", "Publicerat i print.", "Sida 4"],
        ["Läs hela artikeln på https://harborpost.example/crane"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("above", "below"), RECORDS.values(), ids=RECORDS)
def test_of_a_record_in_an_export_the_story_stays(above: list[str], below: list[str]) -> None:
    found = content("\n".join([*above, LEAD, NEXT, *below]))
    assert [line for kind, line in found if kind in BODY_KINDS] == [LEAD, NEXT]


@pytest.mark.parametrize(
    "line",
    [
        "IPC analysts said on Monday that famine was near in two districts.",
        "ART AND THE CENSOR",
        "DE KLERK: We will talk to everybody.",
        "REPORTER: Minister, will you resign?",
        "Terms: two years, unpaid",
        "Location: City Hall, 6 p.m.",
        "Source: a diplomat who was in the room and took notes on a napkin.",
    ],
)
def test_what_only_looks_like_a_field_of_a_record_stays(line: str) -> None:
    for lines in ([line, LEAD, NEXT], [LEAD, NEXT, line, NEXT], [LEAD, NEXT, line]):
        text = "\n\n".join(["Crane falls into harbour basin", *lines])
        taken = [b.rule_id for b in by_rules("cautious")(text) if (b.rule_id or "").startswith("export")]
        assert taken == []


def test_a_row_of_a_table_is_no_menu() -> None:
    row = "Harbour North | 12 berths | 3 cranes | 40 men"
    assert kinds_of(row) == [("list_item", row)]


@pytest.mark.parametrize(
    ("line", "pieces"),
    [
        (f"(HarborPost.org) – {LEAD}", [("outlet_prefix", "(HarborPost.org) –"), ("body", LEAD)]),
        (f"OSLO, March 4 (Reuters) - {LEAD}", [("dateline", "OSLO, March 4 (Reuters) -"), ("body", LEAD)]),
        (f"KYIV, Ukraine — {LEAD}", [("dateline", "KYIV, Ukraine —"), ("body", LEAD)]),
        (f"Berlin (dpa) - {LEAD}", [("dateline", "Berlin (dpa) -"), ("body", LEAD)]),
        (f"(AA) - 20 April 2022 - {LEAD}", [("dateline", "(AA) - 20 April 2022 -"), ("body", LEAD)]),
        (f"ARNE/OSTIN, 31 July 2022: {LEAD}", [("dateline", "ARNE/OSTIN, 31 July 2022:"), ("body", LEAD)]),
        (
            f"TOKYO (Wire) Sat., April 15, 2023 – {LEAD}",
            [("dateline", "TOKYO (Wire) Sat., April 15, 2023 –"), ("body", LEAD)],
        ),
        (
            f"GOMA, Democratic Republic of Congo, June 13, 2022 - {LEAD}",
            [("dateline", "GOMA, Democratic Republic of Congo, June 13, 2022 -"), ("body", LEAD)],
        ),
        (f"{LEAD} © 2024 Harbor Post", [("body", LEAD), ("copyright", "© 2024 Harbor Post")]),
        (f"{LEAD} Read More: Ferry fares rise", [("body", LEAD), ("read_more", "Read More: Ferry fares rise")]),
        (
            f"{LEAD} (Reporting by Ola Brandt) © 2024 Harbor Post",
            [("body", LEAD), ("byline", "(Reporting by Ola Brandt)"), ("copyright", "© 2024 Harbor Post")],
        ),
        (
            f"{LEAD} [Read more: Ferry fares rise] {NEXT}",
            [("body", LEAD), ("read_more", "[Read more: Ferry fares rise]"), ("body", NEXT)],
        ),
        (f"{LEAD} Read more: it was a sign.", [("body", f"{LEAD} Read more: it was a sign.")]),
    ],
)
def test_a_line_is_cut_where_a_stretch_of_it_is_furniture(line: str, pieces: list[tuple[str, str]]) -> None:
    assert kinds_of(line) == pieces


@pytest.mark.parametrize(
    "place",
    [
        "Mexico City -", "DHAKA:", "TEHRAN, Iran --", "MOSCOW, MARCH 5 -", "VARNBERG, March 12 (Newswell) -",
        "Zamora, 22 nov (Andina Sur).-", "Doha:", "بيروت -", "УСТЬ-КАМЕНЬ, 21 мая —",
    ],
)  # fmt: skip
def test_a_dateline_stands_before_the_first_sentence_only(place: str) -> None:
    text = "\n\n".join(["Crane falls into basin", f"{place} {LEAD}", f"{place} {NEXT}"])
    assert content(text)[1:3] == [("dateline", place), ("body", LEAD)]
    spoken = "\n\n".join(["Crane falls into basin", *(f"Reve: {line}" for line in (LEAD, NEXT, LEAD))])
    assert {kind for kind, _ in content(spoken)[1:]} == {"body"}


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Sofia Brandell", "byline"),
        ("Publicat: Miercuri, 12 august 2020, 09:30", "dateline"),
        ("নিজস্ব প্রতিবেদক", "byline"),
        ("Eine Reportage von Ida Lund", "byline"),
        ("Ana kapı > Yaşam", "navigation"),
        ("A crane in harbour basin. Photo: Ola Brandt/AFP", "caption"),
    ],
)
def test_what_stands_between_headline_and_story(line: str, kind: str) -> None:
    assert content("\n\n".join(["Crane falls into harbour basin", line, LEAD, NEXT]))[1] == (kind, line)


@pytest.mark.parametrize(
    "below",
    [
        ["The crane was older than the town", "It had a name", "Nobody will say which"],
        ["Cranes since 1900", "Old Anna (iron) 412 t", "Long Peter (steel) 388 t", "Red Ole (steel) 367 t"],
        ["A docker wrote this:", "I saw it fall", "And I was glad"],
        [f"{i} in the basin" for i in ("Cranes", "Boats", "Buoys", "Gulls", "Eels", "Kegs", "Ropes", "Boots", "Hats")],
        ["* * *", "The second crane never came"],
    ],
    ids=["lines without stops", "table", "after a colon", "long list", "second chapter"],
)
def test_what_has_no_full_stop_below_the_last_sentence_may_be_story(below: list[str]) -> None:
    loose = ["The crane was red", "The basin was not"]
    story = ["Crane falls into basin", LEAD, *loose, "Nobody was hurt.", *below]
    found = content("\n\n".join([*story, "Share this:", "Habari nyingine za mji"]))
    assert [line for kind, line in found if kind in BODY_KINDS] == [one for one in story[1:] if one != "* * *"]


@pytest.mark.parametrize(
    ("above", "line", "is_story"),
    [
        ("Share this:", "Good journalism costs money. Support our newsroom with a gift today.", False),
        ("Advertisement", "The crane is to be lifted out on Friday by two others.", True),
        ("Share this:", f"{NEXT} {LEAD} {NEXT} {LEAD}", True),
    ],
    ids=["an appeal", "below an advertisement", "a long one"],
)
def test_a_sentence_between_boilerplate_late_in_the_text(above: str, line: str, is_story: bool) -> None:
    found = content("\n\n".join(["Crane falls into basin", LEAD, NEXT, LEAD, above, line, "Privacy policy"]))
    assert (found[-2][0] == "body") == is_story


def test_a_bare_word_between_two_sentences_may_be_a_subhead() -> None:
    story = ["Crane falls into harbour basin", LEAD, NEXT, "Funding", LEAD, NEXT]
    assert ("subhead", "Funding") in content("\n\n".join(story))
    assert ("subhead", "Background") in content("\n\n".join([*story[:3], "Background", *story[4:]]))
    assert ("navigation", "Funding") in content("\n\n".join([*story[:3], "Home", "Funding", "Contact", *story[4:]]))


def test_in_a_short_article_a_sentence_goes_beyond_doubt_only() -> None:
    text = "\n\n".join(["Boi vira atração", f"{LEAD} {NEXT}", "PUBLICIDADE", "O dono leu a notícia.", "Galerias"])
    assert ("body", "O dono leu a notícia.") in content(text)


def test_headlines_after_a_marker_are_links_but_a_subhead_is_not() -> None:
    text = "\n\n".join(
        ["Crane falls", LEAD, "Related stories", "Ferry fares to rise again in the spring", "A second crane", LEAD]
    )
    assert [kind for kind, _ in content(text)] == ["title", "body", "read_more", "link_headline", "subhead", "body"]
    short = ["Crane falls", LEAD, "Related stories", "Ferry fares to rise again", "A second crane", "It fell.", NEXT]
    assert [kind in BODY_KINDS for kind, _ in content("\n\n".join(short))][-4:] == [False, True, True, True]
    ended = content("\n\n".join(["Crane falls", LEAD, "Related stories", "Ferry fares rise", "It was lifted.-30-"]))
    assert ended[-1][0] in BODY_KINDS


def test_comments_right_above_a_sentence_may_be_a_subhead() -> None:
    refused = "The ministry would not comment on the list before its lawyers had read it, a spokesman said."
    assert ("subhead", "Comments") in content("\n\n".join(["Crane falls", LEAD, NEXT, LEAD, "Comments", refused]))
    form = "Your email address will not be published."
    assert ("comment_form", refused) in content(
        "\n\n".join(["Crane falls", LEAD, NEXT, LEAD, "Comments", refused, form])
    )


@pytest.mark.parametrize(("head", "kind"), [("Réactions", "comment_form"), ("Reactions", "subhead")])
def test_a_word_alone_keeps_its_accents(head: str, kind: str) -> None:
    assert (kind, head) in content("\n\n".join(["Crane falls", LEAD, NEXT, LEAD, head, NEXT, "Privacy policy"]))


def test_a_tail_needs_an_article_before_it() -> None:
    comments = ["Comments (2)", "First!", "What a crane that must have been, I would have loved to see it fall."]
    after = content("\n\n".join(["Crane falls into basin", LEAD, NEXT, NEXT, *comments]))
    assert [kind for kind, _ in after[-3:]] == ["comment_form"] * 3
    before = content("\n\n".join(["Crane falls into basin", "Comments (2)", LEAD, NEXT]))
    assert [kind for kind, _ in before] == ["title", "comment_form", "body", "body"]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Etes-vous sur place ? Racontez", "other_boilerplate"),
        ("Annak is, akinek tetszett? Mutasd meg", "other_boilerplate"),
        ("Flere nyheder fra havnen", "read_more"),
        ("이 시각 주요 뉴스", "read_more"),
        ("Skicka till en vän", "share"),
        ("Nahlásit chybu v textu", "other_boilerplate"),
        ("Šéfredaktor: Jan Novotný", "other_boilerplate"),
        ("Följ Hamnposten på Instagram", "share"),
        ("Bli abonnent i dag", "newsletter"),
    ],
)
def test_what_is_asked_of_the_reader_below_the_story(line: str, kind: str) -> None:
    assert content("\n\n".join(["Crane falls into basin", LEAD, NEXT, line]))[-1] == (kind, line)


def test_echoes_of_the_title_are_stripped() -> None:
    text = "\n\n".join(["Crane falls into harbour basin at Port Maren", "crane falls into harbour", LEAD])
    assert [kind for kind, _ in content(text)] == ["title", "title_echo", "body"]


def test_a_known_title_is_found_below_a_label() -> None:
    text = "\n\n".join(["The long read from our archive", "Crane falls into basin", LEAD, NEXT])
    assert ("title", "Crane falls into basin") in content(text, title="Crane falls into basin – Harbor Post")
    assert ("title", "The long read from our archive") in content(text)


def test_on_a_whole_page_the_best_run_of_prose_stays() -> None:
    menu = ["Harbours", "Rivers", "Lakes", "Canals", "Seas", "Ponds", "Springs", "Wells", "Tides", "Crane falls"] * 6
    story = [
        LEAD,
        NEXT,
        "Ola Brandt, who has run the port for nine years, said that the crane had been inspected in March.",
        "“We heard a noise like a train, and then the whole quay was under water,” a docker told reporters.",
        "Three ships were sent on to other harbours while divers looked for the cabin of the crane.",
    ]
    text = "\n".join([*menu, *story, *menu])
    assert [line for kind, line in content(text) if kind in BODY_KINDS] == story
    stripped = [b for b in clean()(text) if b.kind in STRIPPED_KINDS]
    assert {b.rule_id for b in stripped} == {"model"}
    assert all(b.reason for b in stripped if b.rule_id == "model")


def test_broken_lines_are_not_taken_for_headlines() -> None:
    broken = [
        "Related stories",
        "The harbour was closed after a crane fell",
        "into the basin, which had been opened only",
        "by Angela Brede",
        "and Peter Ruud of the port authority, when",
        "the crane was lifted.",
    ]
    assert [kind for kind, _ in content("\n".join(broken))] == ["read_more", *["body"] * 5]


def test_a_time_within_a_broken_paragraph_is_no_dateline() -> None:
    paragraph = [
        "The harbour was closed after a crane fell into the",
        "basin, which had been opened by the port authority at",
        "7 a.m.",
        "and was busy with ships that had waited since the",
        "evening before for the fog over the outer piers to",
        "lift, as the harbour master told the town council.",
    ]
    text = "\n".join(["Crane falls into harbour basin", "", *paragraph, "", *paragraph])
    assert "7 a.m." in [line for kind, line in content(text) if kind in BODY_KINDS]


def test_the_model_stands_behind_its_rule() -> None:
    """Where its row is switched off, or no weights are given, lines no rule decides are body."""
    text = "\n".join(["Crane falls into harbour basin", LEAD, NEXT, "Weather in the capital today"])
    rows = [replace(rule, is_active=rule.rule_id != "model") for rule in RULES]
    assert cleaner(rows, model=MODEL)(text) == cleaner(RULES)(text)


def test_a_line_known_by_its_form_is_as_sure_as_the_model_says() -> None:
    text = "\n\n".join(["Crane falls into harbour basin", LEAD, NEXT, "Three tugs", LEAD, NEXT])
    scores = {b.kind: b.score for b in cleaner(RULES, model=MODEL)(text)}
    assert scores["subhead"] != {b.kind: b.score for b in cleaner(RULES)(text)}["subhead"]


_MOST_DOUBTED = str(MODEL.takers[MODEL.doubts.argmax()])


@pytest.mark.parametrize(("taker", "stripped"), [("mine navigation", [LEAD]), (_MOST_DOUBTED, [])])
def test_the_model_overrules_a_rule_only_if_it_knows_it(taker: str, stripped: list[str]) -> None:
    """A rule of one's own acts, whatever the classifier thinks."""
    rule_id, kind = taker.split()
    rule = replace(RULES[0], rule_id=rule_id, kind=kind, pattern=r".*port authority.*", example=LEAD)
    tugs = "Two tugs were sent from the naval yard to raise the jib, and divers were to look at the quay wall in the afternoon."
    more = [tugs.replace("Two", "Three"), NEXT.replace("Nobody", "No one")]
    text = "\n\n".join(["Crane falls into harbour basin", NEXT, tugs, LEAD, *more])
    blocks = cleaner([rule, *RULES], model=MODEL)(text)
    assert [text[b.char_start : b.char_end] for b in blocks if b.rule_id == rule_id] == stripped


def test_weights_of_another_form_are_refused() -> None:
    with pytest.raises(ValueError, match="holds the arrays"):
        model({"signals": MODEL.signals})


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("x,line,ad,(ad,cautious,true,why,ad,,", "column pattern: not a regular expression"),
        ("x,line,ad,(ad),cautious,true,why,ad,,", "column pattern: write"),
        ("x,line,ad,ad,cautious,true,why,advert,,", "column example: 'advert' is not matched"),
        ("x,line,adverts,ad,cautious,true,why,ad,,", "column kind"),
        ("x,word,ad,ad,cautious,true,why,ad,,", "column scope"),
        ("x,line,ad,ad,cautious,true,why,ad,,2", "column min_stories"),
        ("x,repeated,ad,ad,cautious,true,why,ad,,", "column min_stories"),
        ("x,repeated,ad,ad,cautious,true,why,ad,,3", "column min_stories: 3 .* told by 2, 5, 10"),
    ],
)
def test_a_bad_rule_says_what_is_wrong(tmp_path: Path, row: str, message: str) -> None:
    path = tmp_path / "boilerplate.csv"
    path.write_text(f"rule_id,scope,kind,pattern,profile,is_active,rationale,example,note,min_stories\n{row}\n")
    with pytest.raises(SeedError, match=message):
        read_rows(path, Rule)


LINES = st.sampled_from(
    [
        "Advertisement",
        "Read Next",
        "Crane falls",
        LEAD,
        NEXT,
        "Share",
        "",
        "Comments",
        "Related stories",
        "17",
        "By Ida Lund",
    ]
)
TEXTS = st.text() | st.text(alphabet="aB. \r\n©“”\x00\ufeff\u2028") | st.lists(LINES, max_size=25).map("\n".join)


@given(TEXTS)
def test_blocks_tile_any_text(text: str) -> None:
    blocks = clean()(text)
    assert "".join(text[b.char_start : b.char_end] for b in blocks) == text
    edges = [0, *(b.char_end for b in blocks)]
    assert [b.char_start for b in blocks] == edges[:-1]
    assert edges[-1] == len(text)
    assert all(b.char_start < b.char_end and b.kind in KINDS and 0 <= b.score <= 1 for b in blocks)
    assert all((b.kind in BODY_KINDS) == b.is_body for b in blocks)
    assert not any(a.kind == b.kind == "blank" for a, b in pairwise(blocks))
    assert all(b.rule_id for b in blocks if b.kind in STRIPPED_KINDS)
    assert [b.line_number for b in blocks] == sorted(b.line_number for b in blocks)


@given(TEXTS)
@settings(max_examples=5)
def test_cleaning_is_deterministic(text: str) -> None:
    assert clean()(text) == cleaner(RULES, model=MODEL)(text)


@given(st.lists(LINES, max_size=25), st.sampled_from(["Advertisement", "Share this article:", "© 2024 Harbor Post"]))
def test_a_rule_about_the_last_line_changes_no_body_before_it(body: list[str], tail: str) -> None:
    text = "\n".join(body)
    before = [b[:4] for b in by_rules()(text) if b.is_body]
    assert [b[:4] for b in by_rules()(f"{text}\n{tail}") if b.is_body] == before


def test_the_only_paragraph_is_no_note_about_its_author() -> None:
    text = "Maria Okonjo was elected president of Ostin on Sunday, the first woman in the office. Her rival conceded."
    assert [block.kind for block in clean()(text, title="Ostin elects a woman")] == ["body"]


@given(st.lists(LINES, max_size=25))
def test_a_stricter_profile_keeps_no_more(body: list[str]) -> None:
    title = "Crane blocks the harbour of Ostin"  # known: which line is guessed to be one depends on what is stripped
    text = "\n".join([title, *body])
    n_body = [
        sum(b.char_end - b.char_start for b in by_rules(p)(text, title=title) if b.is_body)
        for p in ("cautious", "standard", "strict")
    ]
    assert n_body == sorted(n_body, reverse=True)


def test_texts_cleaned_together_are_cleaned_as_each_alone() -> None:
    rows = [json.loads(row) for row in (GOLD / "dev.jsonl").read_text(encoding="utf-8").splitlines()]
    texts = ["", " \n\n", *(row["text"] for row in rows), "\n\n".join(row["text"] for row in rows)]
    told = np.zeros((sum(bool(line.strip()) for line in texts[-1].split("\n")), len(TOLD)), np.uint8)
    known = [{"title": "Crane falls"}, *({} for _ in texts[2:]), {"markup": packed(told)}]
    together = list(cleaners(RULES, "standard", MODEL)(zip(texts, known, strict=True)))
    assert together == [clean()(text, **one) for text, one in zip(texts, known, strict=True)]


def scores(split: str) -> tuple[int, int, int, int]:
    """(articles, those that lose a character of body, boilerplate spans, those that stay out of the body)"""
    rows = [json.loads(row) for row in (GOLD / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()]
    n_losing = n_spans = n_found = 0
    for row in rows:
        text, kinds = row["text"], [""] * len(row["text"])
        for block in clean()(text):
            kinds[block.char_start : block.char_end] = [block.kind] * (block.char_end - block.char_start)
        got = [({kinds[i] for i in range(s, e) if not text[i].isspace()}, kind) for s, e, kind in row["spans"]]
        n_losing += any(kind in BODY_KINDS and not found <= BODY_KINDS for found, kind in got)
        n_spans += sum(kind in STRIPPED_KINDS for _, kind in got)
        n_found += sum(kind in STRIPPED_KINDS and not found & BODY_KINDS for found, kind in got)
    return len(rows), n_losing, n_spans, n_found


REPEATED = "Most read today in the harbour"
MENU = [f"Menu item {i}" for i in range(9)]


@pytest.mark.parametrize(
    ("lines", "n_stories", "profile", "stripped"),
    [
        ([LEAD, NEXT, REPEATED], 2, "standard", True),
        ([LEAD, NEXT, REPEATED], 1, "standard", False),
        ([LEAD, NEXT, REPEATED], 2, "cautious", False),
        ([REPEATED, LEAD, NEXT], 2, "standard", False),
        (["A crane falls into the basin", REPEATED, LEAD, NEXT], 2, "standard", True),
        ([LEAD, REPEATED, NEXT], 9, "strict", False),
        ([LEAD, REPEATED, "Harbour", NEXT], 2, "standard", True),
        ([*MENU, LEAD, NEXT, REPEATED, *MENU, LEAD], 2, "cautious", False),
        ([LEAD, NEXT, SENTENCE := "Our letter of the week brings you the best stories."], 9, "strict", False),
        ([LEAD, NEXT, SENTENCE], 10, "standard", False),
        ([LEAD, NEXT, SENTENCE], 10, "strict", True),
        ([LEAD, SENTENCE, NEXT], 10, "strict", False),
        ([REPEATED, "Nothing else"], 10, "strict", False),
    ],
    ids=[
        "after the article", "in this story only", "not in this profile", "the headline", "above the article",
        "a subhead", "within the article", "on a page, not in this profile", "too few stories", "a sentence stays",
        "a sentence, if wanted", "a sentence within the article", "no article",
    ],
)  # fmt: skip
def test_lines_of_other_stories(lines: list[str], n_stories: int, profile: str, stripped: bool) -> None:
    text = "\n\n".join(lines)
    number = next(2 * i + 1 for i, line in enumerate(lines) if line in (REPEATED, SENTENCE))
    blocks = by_rules(profile)(text, repeated={number: n_stories})
    (found,) = [block for block in blocks if block.line_number == number and block.kind != "blank"]
    assert (found.rule_id or "").startswith("repeated") == stripped
    others = [block for block in blocks if block.line_number != number]
    assert others == [block for block in by_rules(profile)(text) if block.line_number != number]


def test_labels_cover_the_articles() -> None:
    for split in ("train", "dev", "held"):
        for row in (GOLD / f"{split}.jsonl").read_text(encoding="utf-8").splitlines():
            article = json.loads(row)
            position = 0
            for start, end, kind in article["spans"]:
                assert kind in KINDS
                assert not article["text"][position:start].strip()
                assert article["text"][start:end].strip()
                position = end
            assert not article["text"][position:].strip()


@pytest.mark.parametrize(
    ("split", "most_losing", "least_share"),
    [("train", 88, 0.8), ("dev", 4, 0.95), ("held", 13, 0.88)],
    ids=["train", "dev", "held"],
)
def test_quality_on_labelled_articles(split: str, most_losing: int, least_share: float) -> None:
    n_articles, n_losing, n_spans, n_found = scores(split)
    assert n_articles >= 100
    assert n_losing <= most_losing
    assert n_found >= least_share * n_spans


SAMPLE_FURNITURE = {
    "000_e2cd8b078215a0c5.txt": [
        (3, "title_echo"),
        (5, "title_echo"),
        (19, "read_more"),
        (25, "ad"),
        (27, "read_more"),
        (29, "link_headline"),
        (31, "read_more"),
        (33, "link_headline"),
        (35, "comment_form"),
        (37, "comment_form"),
    ],
    "004_fb382d852abdf1f2.txt": [(3, "outlet_prefix"), (19, "copyright")],
}


@pytest.mark.parametrize("name", SAMPLE_FURNITURE)
@pytest.mark.parametrize("profile", ["cautious", "standard", "strict"])
def test_the_sample_articles(name: str, profile: str) -> None:
    """All boilerplate is found, and what is left is the title and body, whole."""
    text = (ROOT / "seeds" / "articles" / name).read_bytes().decode()
    blocks = [b for b in clean(profile)(text) if b.kind != "blank"]
    assert [(b.line_number, b.kind) for b in blocks if b.kind in STRIPPED_KINDS] == SAMPLE_FURNITURE[name]
    assert [b.line_number for b in blocks if b.kind == "title"] == [1]
    stripped = {line for line, _ in SAMPLE_FURNITURE[name]} - {3 if name.startswith("004") else 0}
    whole = {n for n, line in enumerate(text.split("\n"), 1) if line.strip()} - stripped - {1}
    assert {b.line_number for b in blocks if b.is_body} == whole
    assert {b.kind for b in blocks if b.is_body} == {"body"}

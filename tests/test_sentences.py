"""Sentence spans: a table of cases a rule, then the properties every text must have."""

import time
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.knowledge import read_rows
from pipeline.settings import SEEDS, Settings
from pipeline.steps import STEPS, Context
from pipeline.text.sentences import Abbreviation, quote_states, segmenter
from pipeline.text.speech import SpeechVerb

ABBREVIATIONS = read_rows(SEEDS / "rules" / "abbreviations.csv", Abbreviation)
SPEECH_VERBS = read_rows(SEEDS / "rules" / "speech_verbs.csv", SpeechVerb)
segment = segmenter(ABBREVIATIONS, SPEECH_VERBS)

# A bar stands where a sentence ends; the text is the case without its bars.
CASES = {
    "plain": [
        "The talks failed.| Both sides left.",
        "Will they return?| Nobody knows!| The hall is empty.",
        "No stop at all in this headline",
        "the minister resigned.| nobody was told.",
        "Short of breath ... he left.",
        "Prices rose by 3.5 percent to $1.2 billion.| Wages fell.",
        "It cost 10 cents.| 5 people paid.",
    ],
    "title": [
        "Gov. Ann Lee met Sens. Roe and Poe.| Lt. Col. Bo Hart did not.",
        "She asked Dr. No about it.| Gen. He Weidong nodded.",
        "Mr. T. Bell and Messrs. Orr and Ives came.",
        "MR. BELL CAME.| THE REST STAYED HOME.",
        "The then-Rep. Cole and ex-Sgt. Pike agreed.",
    ],
    "initials": [
        "The novels of J. R. R. Tolkien sell.| So do those of C.S. Lewis.",
        "U.S. State Department officials met in the U.S.| The talks went well.",
        "He flew to the U.N.| But nobody came.",
        "She joined the U.S. Navy.| It was 1999.",
        "The D.C. Circuit ruled against him.",
        "A meeting between you and I.| Did it help?",
        "Their car, a Mach-E.| Few were sold.",
        "The writer J.-P. Morel spoke.",
        "THEY LEFT THE U.S.| THE REST STAYED.",
        "IT IS NO. 1.| GO NOW.",
    ],
    "place": [
        "Workers in Reno, Nev.| Officials disagreed.",
        "Sens. Al Roe, D-S.D., and Jo Poe, R-Calif., voted no.",
        "RENO, Nev. (AP) — A dam broke.| Nobody was hurt.",
        "RENO, Nev. — A dam broke.",
        "They moved to Dayton, Ohio.| Few followed.",
        "A storm hit St. Louis and Main St.| The mayor fled.",
    ],
    "organisation": [
        "Bell Inc. said so.| They own Orr Corp.| It denied that.",
        "Bell Inc. (BLL) rose and Orr Co. Chairman Ed Fox left.",
        "They sued Bell Inc.| “We will win,” she said.",
        "John Orr Jr. and Ann Fox, Ph.D., spoke.| So did King Jr.| Then all left.",
        "They brought flags, drums, etc.| Nobody slept.",
        "Works by Fox et al. 2008 are known.",
    ],
    "month": [
        "He died on Sept. 11.| She lived.",
        "It is open Mon. to Fri.| The rest is closed.",
        "They met on Sat. Jan. 5.| It rained.",
    ],
    "time": [
        "They met at 8 p.m. Thursday.| It rained.",
        "They met at 9 a.m.| Police came.",
        "The bomb fell at 8:15 a.m. Hiroshima time.",
        "It ended at 3 p.m. EST.| It began at 6 a.m. (1100 GMT).",
        "At 5 a.m. Mr. Orr woke.| He left at 6 p.m.| Mr. Fox stayed.",
    ],
    "reference": [
        "The town (pop. 256,000) is No. 1 on p. 7.| That is all.",
        "He said no.| Nobody asked why.",
        "The house, est. 1890, is on map no. 5.",
        "The court cited Fox v. Orr in the ruling.",
        "Its op-ed.| The co-op.| Each was new.",
    ],
    "unit": ["He is 5 ft. 2 in. tall.", "The door he came in.| Mary saw him.", "A rod of 6 ft.| The rest fell."],
    "exclaim": ["She works at Yahoo! Mail.| He left Yahoo!| The rest stayed."],
    "glued": [
        "They denied the allegation.|Talking to reporters, he left.",
        "It began in 2009.|He left.| “Stop.”|They did.",
        'He said "stop."|They stopped.|"We go," she said.',
        "Was it true?|Nobody knew.|“Ask them.”",
        "They left the U.S.|The war went on.",
        "Write to J.Fox@example.com or see www.example.com/A.Html today.",
        "It uses its .Net tools, System.Text.Json and errors.New(x).",
        "Example.Com fell.| So did Example.com.",
    ],
    "quotation": [
        "“We will go.| We will not stay,” he said.| “It is over.”| They left.",
        "“Why?” Mr. Orr asked.| “Never!” Ann Fox said in a statement.",
        "“Who pays?” State Department spokesman Ed Fox asked.",
        "“Who pays?” Ann Fox asked Monday.| “Who?” Bo Hart asked softly.",
        "“Who pays?”| Analysts say the plan is sound.",
        "“Who pays?”| He said nothing.",
        '"This is it," she said.| "Go!" he cried.',
        "‘This is it.’| The rest left.",
        "They called it ``a slip.''| Nobody laughed.",
    ],
    "brackets": [
        "He left (nobody saw it).| She stayed.",
        "Ask someone (a friend? a teacher?) first.",
        "The house burned.| (credit: Ann Fox.)| Few saw it.",
        "He left.| (Nobody saw it.)| She stayed.",
        "He worked there (it was 1990.) and left.",
        "The film Wow! (1965) is good.| It (!) won.",
        "The claim is old.[12]| It is false. [3]| The end.[citation needed]",
        "Rights of minorities matter. 4| Even so, few care.",
    ],
    "ellipsis": [
        "They fled ...| The army came.",
        "They fled….| The army came.",
        "The rule was clear.| ... The rest was not.",
        "Well . . . it depends.",
        "She said, “... We will go.”",
    ],
    "dashes": [
        "“It is over.”| — Ann Fox",
        "Prices rose.| -- The bank said so.",
        "All is well.| ----- Sent by mail",
        "MOSCOW (AP) — Russia will not yield.| It said so on Monday.",
        "LONDON, Jan. 5 (Reuters) - The pound fell.| It rose later.",
    ],
    "lists": [
        "1. The first point| 2. The second point",
        "1) The first point| 2) The second point",
        "a. The first point| b. The second point",
        "• 9. The first point| • 10. The second point",
        "1. The first point.| 2. The second point.",
        "He had two aims: 1) peace and 2) bread.",
        "2.1. Scope of the law",
    ],
    "emoji and addresses": [
        "We won! 🎉| The party goes on.",
        "See https://example.org/a.B?c=D&e=F.G now.| Or not.",
        "Read it all.| https://example.org/a",
        "Nice. :)| The end.",
    ],
}


def spans_of(case: str) -> tuple[str, list[tuple[int, int]]]:
    text, spans = "", []
    for part in case.split("|"):
        start = len(text) + len(part) - len(part.lstrip())
        text += part
        spans.append((start, len(text)))
    return text, spans


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=f"{name}: {case[:40]}") for name in CASES for case in CASES[name]]
)
def test_case(case: str) -> None:
    text, spans = spans_of(case)
    assert [text[a:b] for a, b in segment(text)] == [text[a:b] for a, b in spans]


WRAPPED = (
    "The president of the council told reporters\n"
    "on Monday that Mr. Fox would not be invited\n"
    "to the talks. Nobody was surprised by this."
)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("A heading\n\nThe text. It goes on.", ["A heading", "The text.", "It goes on."]),
        ("A heading\r\n\r\nThe text.", ["A heading", "The text."]),
        ("A heading\r\rThe text.", ["A heading", "The text."]),
        ("A heading \n \t \n The text. \n", ["A heading", "The text."]),
        ("One line\nAnother line\nA third", ["One line", "Another line", "A third"]),
        ("One line\r\nanother line", ["One line", "another line"]),
        (WRAPPED, [WRAPPED[:101], WRAPPED[102:]]),
        (WRAPPED.replace("\n", "\r\n"), [WRAPPED[:101].replace("\n", "\r\n"), WRAPPED[102:]]),
        ("", []),
        (" \n\n ", []),
        ("\0", ["\0"]),
    ],
)
def test_lines(text: str, sentences: list[str]) -> None:
    assert [text[a:b] for a, b in segment(text)] == sentences


@pytest.mark.parametrize("article", sorted((SEEDS / "articles").glob("*.txt")), ids=lambda path: path.stem)
def test_sample_articles_split_at_every_stop_that_ends_a_sentence(article) -> None:  # type: ignore[no-untyped-def]
    text = article.read_text(encoding="utf-8")
    sentences = [text[a:b] for a, b in segment(text)]
    assert all("\n" not in sentence and ". " not in sentence for sentence in sentences)
    assert sum(len(line.split(". ")) for line in text.splitlines() if line.strip()) == len(sentences)


# Texts rich in what the rules look at.
MARKS = st.text(alphabet=" \n\r\t.!?…\"“”'‘’()[]{}*_-—–•:;,01aAbBiI\u00a0\u2028🎉", max_size=60)
WORDS = st.lists(
    st.sampled_from(
        ["The", "war", "ended", "U.S.", "Mr.", "Fox", "a.m.", "No.", "1.", "2)", "a.", "said", ".", "?”", "“Why", '"', "...",
         ". . .", "Reno, Nev.", "\n", "\n\n", "\r\n", "(AP)", "—", "end.The", "[1]", "• ", "x@y.Z", "Inc.", "5 ft."]
    )
).map(" ".join)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=80), MARKS, WORDS)


@given(TEXTS)
@example("a.\u2028b.\x0bC.\x85D.")
@example("word. )")
def test_spans_are_trimmed_ordered_and_cover_all_but_white_space(text: str) -> None:
    spans = segment(text)
    assert all(a < b and not text[a].isspace() and not text[b - 1].isspace() for a, b in spans)
    assert all(b <= c for (_, b), (c, _) in pairwise(spans))
    outside = "".join(text[b:c] for (_, b), (c, _) in pairwise([(0, 0), *spans, (len(text), len(text))]))
    assert not outside.strip()


@given(TEXTS, TEXTS)
@example("word. )", "x")
@example("x. ", "1) a 2) b")
@example("•0 •", "0")
def test_a_blank_line_keeps_texts_apart(one: str, other: str) -> None:
    shift = len(one) + 2
    expected = [*segment(one), *((a + shift, b + shift) for a, b in segment(other))]
    assert segment(one + "\n\n" + other) == expected


PIECES = [
    "{We go.}",
    "He said, {no.}",
    "{Why?} Mr. Orr asked.",
    "It is {odd}.",
    "{Go on,} she said.",
    "The U.S. {If} is big.",
    "It ended.",
]


@given(st.lists(st.lists(st.sampled_from(PIECES), min_size=1), min_size=1), st.sampled_from([" ", ""]))
def test_straight_and_curly_marks_give_the_same_spans(paragraphs: list[list[str]], between: str) -> None:
    text = "\n\n".join(between.join(pieces) for pieces in paragraphs)
    curly, straight = (text.translate(str.maketrans("{}", marks)) for marks in ("“”", '""'))
    assert segment(curly) == segment(straight)
    assert quote_states(curly, segment(curly)) == quote_states(straight, segment(straight))


@pytest.mark.parametrize(
    "unit",
    ["word ", "word. Word ", "a.b", "A.", ". . . ", "....a", 'a."B', "[1].", "[1].a", ". ' ", "Mr. ", "at 5 a.m. Mr. ",
     "1. a 2. b ", "2. ", "• a ", "?”a", "“", '"', "'a ", "\n ", "\n", "x\r", " ", ")", "1) ", ".)", "(.", "end.The", "\u00a0.",
     "“Why?” The Fox ", "lorem ipsum dolor sit amet consectetur elit\n"],
)  # fmt: skip
def test_time_grows_no_faster_than_the_text(unit: str) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit)) + "a"
        best = 9.0
        for _ in range(2):
            begun = time.process_time()
            quote_states(text, segment(text))
            best = min(best, time.process_time() - begun)
        return best

    # Linear is 8 times, quadratic 64 times; the constant forgives timers that tick coarsely.
    assert seconds(32_000) < 28 * seconds(4_000) + 0.05


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("He left. “We go. We stay,” he said. “It is over.” The end.", "none full partial full none"),
        ('"We go. We stay," he said. "It is over." The end.', "full partial full none"),
        ("He called it a “slip”. It was.", "partial none"),
        ("‘We go. It is late.’ They left.", "full full none"),
        ("They called it ``a slip.'' It was.", "partial none"),
        ("“We go. We stay.\n\n“We sing.” They sang.", "full full full none"),
        ("“We go, he said. He left.\n\nThe end.", "none none none"),
        ("He is 6'2\" tall. He said it.", "none none"),
        ("It’s the leaders’ hour. They don’t care.", "none none"),
        ("Rock 'n' roll lives. The leaders' hour came.", "none none"),
        ("", ""),
    ],
)
def test_quote_states(text: str, states: str) -> None:
    assert quote_states(text, segment(text)) == states.split()


def test_without_knowledge_marks_alone_decide() -> None:
    assert segmenter([])("He met Mr. Fox. They left.") == [(0, 10), (11, 15), (16, 26)]


def test_every_abbreviation_survives_a_capital_where_its_class_says_so() -> None:
    for row in ABBREVIATIONS:
        if row.kind in {"never", "title"}:
            text = f"It was {row.form} Fox and no other."
            assert segment(text) == [(0, len(text))], row.form
        if row.kind in {"organisation", "suffix", "month", "street", "place"}:
            text = f"It was {row.form} The rest was not."
            assert len(segment(text)) == 2, row.form


def test_forms_are_listed_once_a_class() -> None:
    forms = [(row.form, row.kind in {"starter", "zone", "domain"} and row.kind) for row in ABBREVIATIONS]
    assert len(forms) == len(set(forms))


# ------------------------------------------------------------------------------------------------------ in kept blocks


@pytest.mark.parametrize(
    ("tiles", "sentences"),
    [
        (["One went.", "\u200b\u200b\n\n", "Two came. Three stayed."], [(1, "One went."), (2, "Two came."), (2, "Three stayed.")]),
        (["One went.", "\n\n\ufeff", "Two came."], [(1, "One went."), (2, "Two came.")]),
        (["One went.", "\n\n\u200b\n\n", "Two came."], [(1, "One went."), (2, "Two came.")]),
        (["One went", "\n\u200b", "home."], [(1, "One went"), (2, "home.")]),
        (["\ufeff\n", "One went.", "\n", "Two came.", "\n\u200b"], [(1, "One went."), (2, "Two came.")]),
    ],
)  # fmt: skip
def test_what_no_line_shows_belongs_to_no_sentence(tiles: list[str], sentences: list[tuple[int, str]]) -> None:
    """Each sentence with the number of the kept line it begins in; tiles without a letter are blank."""
    blocks, start = [], 0
    for number, tile in enumerate(tiles, 1):
        kind = "body" if any(map(str.isalnum, tile)) else "blank"
        blocks.append(("d", number, kind, start, start := start + len(tile)))
    names = ["document_id", "block_number", "kind", "char_start", "char_end"]
    frame = STEPS["sentences"].run(
        Context(Settings(), "", {}),
        pl.DataFrame({"document_id": ["d"], "text": ["".join(tiles)]}),
        pl.DataFrame(blocks, schema=names, orient="row"),
    )
    assert frame.select("paragraph_number", "text").rows() == sentences

"""The quote finder: kinds, cues and speakers, in our own wording."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_register import VERBS, WORDS, small_register

from pipeline.text.mentions import tagger
from pipeline.text.quotes import quoter
from pipeline.text.quoting import subjects
from pipeline.text.quoting.sentence import PAUSE

TAG = tagger(small_register(), VERBS, WORDS)
FIND = quoter(VERBS)


def split(text: str) -> list[tuple[int, int]]:
    return [m.span() for m in re.finditer(r"\S[^\n]*?(?:[.!?][”\"]?(?=\s+[A-Z“\"]|$)|(?=\n|$))", text)]


def quotes(text: str) -> list[tuple[str, str, str | None, str | None]]:
    """(quoted text, kind, cue, surface of the speaker)."""
    sentences = split(text)
    mentions = TAG(text, sentences)
    found = []
    for quote in FIND(text, sentences, mentions):
        speaker = None if quote.speaker is None else mentions[quote.speaker]
        name = speaker and text[speaker.char_start : speaker.char_end]
        found.append((text[quote.char_start : quote.char_end], quote.kind, quote.cue, name))
    return found


CASES = {
    "somebody's office": (
        "Vladimir Putin’s press office said the talks had failed.",
        [("the talks had failed", "indirect", "said", "Vladimir Putin")],
    ),
    "the name behind a title, not the role before it": (
        "The rebels’ leader, Gen Peter Trent, said the talks had failed.",
        [("the talks had failed", "indirect", "said", "Peter Trent")],
    ),
    "the name, not the country its office is in": (
        "The U.S. ambassador to Japan, Peter Trent, said the talks had failed.",
        [("the talks had failed", "indirect", "said", "Peter Trent")],
    ),
    "the name behind a nominal": (
        "Its leader, Peter Trent, said the talks had failed.",
        [("the talks had failed", "indirect", "said", "Peter Trent")],
    ),
    "an apposition before an auxiliary": (
        "The ambassador, Peter Trent, had warned that the talks would fail.",
        [("the talks would fail", "indirect", "warned", "Peter Trent")],
    ),
    "an apposition before a day": (
        "The ambassador, Peter Trent, on Tuesday warned that the talks would fail.",
        [("the talks would fail", "indirect", "warned", "Peter Trent")],
    ),
    "inverted, with a capital article": (
        '"We are done," wrote The Washington Post.',
        [("We are done,", "direct", "wrote", "Washington Post")],
    ),
    "a noun that ends the sentence": ("The coalition fell, ending nine years of that claim.", []),
    "a noun behind a preposition": ("The two men, who share a name, made no answer to the claim.", []),
    "a verb of many": (
        "The coalition will fall, experts claim.",
        [("The coalition will fall", "indirect", "claim", None)],
    ),
    "a semicolon ends it": (
        "Mark Trent said the talks had failed; the ships left.",
        [("the talks had failed", "indirect", "said", "Mark Trent")],
    ),
    "a semicolon goes on": (
        "Mark Trent said that talks had failed; and that ships had left.",
        [("talks had failed; and that ships had left", "indirect", "said", "Mark Trent")],
    ),
    "indirect with that": (
        "Russia said that it would leave.",
        [("it would leave", "indirect", "said", "Russia")],
    ),
    "indirect without that": ("Moscow said the plan was dead.", [("the plan was dead", "indirect", "said", "Moscow")]),
    "indirect before the cue": (
        "The bridge will close next year, Mark Trent said.",
        [("The bridge will close next year", "indirect", "said", "Mark Trent")],
    ),
    "direct before the cue": (
        "“We will leave”, Vladimir Putin said.",
        [("We will leave", "direct", "said", "Vladimir Putin")],
    ),
    "quoted as saying": (
        "Vladimir Putin was quoted as saying the plan was dead.",
        [("the plan was dead", "indirect", "saying", "Vladimir Putin")],
    ),
    "quoted by an agency as saying": (
        "“We go on,” Vladimir Putin was quoted by the Volta news agency as saying.",
        [("We go on,", "direct", "saying", "Vladimir Putin")],
    ),
    "direct, cue first": ('Mark Trent said: "We are done."', [("We are done.", "direct", "said", "Mark Trent")]),
    "direct, inverted": ('"We are done," said Mark Trent.', [("We are done,", "direct", "said", "Mark Trent")]),
    "mixed": (
        "Japan warned that the test was “a threat” to peace.",
        [("the test was “a threat” to peace", "mixed", "warned", "Japan")],
    ),
    "fragment beside its speaker": (
        "Ukraine “deeply worried” over talks",
        [("deeply worried", "fragment", None, "Ukraine")],
    ),
    "fragment to somebody": (
        "The idea is “most welcome” to Japan.",
        [("most welcome", "fragment", None, "Japan")],
    ),
    "object": ("Moscow denied the claims.", [("the claims", "indirect", "denied", "Moscow")]),
    "auxiliaries and adverbs": (
        "Seoul has also repeatedly said that talks failed.",
        [("talks failed", "indirect", "said", "Seoul")],
    ),
    "apposition": (
        "Mark Trent, a Russian spokesman, said that talks failed.",
        [("talks failed", "indirect", "said", "Mark Trent")],
    ),
    "two speakers": (
        "Russia and Belarus said that talks failed.",
        [("talks failed", "indirect", "said", "Russia")],
    ),
    "addressee": (
        "Japan told China that it would wait.",
        [("it would wait", "indirect", "told", "Japan")],
    ),
    "pronoun": (
        "Vladimir Putin left. He said that it was late.",
        [("it was late", "indirect", "said", "He")],
    ),
    "role": ("The spokesman said that it was late.", [("it was late", "indirect", "said", "spokesman")]),
    "aside of the reporter": (
        "Japan said that it would wait, which pleased nobody.",
        [("it would wait", "indirect", "said", "Japan")],
    ),
    "according to": (
        "According to Mark Trent, a Russian spokesman, it was late.",
        [("it was late", "indirect", "According to", "Mark Trent")],
    ),
    "saying inside a statement": (
        "Japan said that China said it would wait.",
        [("China said it would wait", "indirect", "said", "Japan")],
    ),
    "no statement": ("Russia warned North Korea again.", []),
    "a verb that takes no clause": ("Moscow condemned the strike.", []),
    "somebody of the speaker's": (
        "An aide to Mark Trent denied that talks failed.",
        [("talks failed", "indirect", "denied", None)],
    ),
    "spokesman for somebody": (
        "A spokesman for Mark Trent said that talks failed.",
        [("talks failed", "indirect", "said", "spokesman")],
    ),
    "nobody the register knows": (
        "A resident told Japan that talks failed.",
        [("talks failed", "indirect", "told", None)],
    ),
    "addressee before a bare clause": (
        "Moscow told Japan the talks were over.",
        [("the talks were over", "indirect", "told", "Moscow")],
    ),
    "addressee before a quotation": (
        "Moscow told reporters: “It is late.”",
        [("It is late.", "direct", "told", "Moscow")],
    ),
    "day before that": ("Moscow said on Friday that it was late.", [("it was late", "indirect", "said", "Moscow")]),
    "title between the quotation and the name": (
        "“It is late,” Army spokesman Mark Trent said.",
        [("It is late,", "direct", "said", "Mark Trent")],
    ),
    "name in apposition to a role": (
        "“It is late,” the Russian spokesman, Mark Trent, said.",
        [("It is late,", "direct", "said", "Mark Trent")],
    ),
    "name in apposition to a noun": (
        "A witness, Vladimir Putin, said that it was late.",
        [("it was late", "indirect", "said", "Vladimir Putin")],
    ),
    "exclamation and a role": ("“No!” said the spokesman.", [("No!", "direct", "said", "spokesman")]),
    "verb of the quotation first, then the next statement": (
        "“It is late,” Mark Trent said, adding that talks failed.",
        [("It is late,", "direct", "said", "Mark Trent"), ("talks failed", "indirect", "adding", "Mark Trent")],
    ),
    "one subject, two verbs": (
        "Vladimir Putin went to Japan and said that it was late.",
        [("it was late", "indirect", "said", "Vladimir Putin")],
    ),
    "passive": ("Vladimir Putin was told that it was late.", []),
    "what leads to the verb is no statement": (
        "On Friday, Mark Trent said that it was late.",
        [("it was late", "indirect", "said", "Mark Trent")],
    ),
    "fragment that a verb introduces": (
        "Mark Trent condemned the plan as “a gift” yesterday.",
        [("a gift", "fragment", "condemned", "Mark Trent")],
    ),
    "the one condemned does not speak": (
        "Mark Trent condemned Vladimir Putin “a liar” again.",
        [("a liar", "fragment", "condemned", "Mark Trent")],
    ),
    "somebody else’s claims": (
        "Mark Trent condemned Vladimir Putin’s claims “of old” again.",
        [("of old", "fragment", "condemned", "Mark Trent")],
    ),
    "the minister, not the country": (
        "“It is late,” said Russia’s Foreign Minister Mark Trent.",
        [("It is late,", "direct", "said", "Mark Trent")],
    ),
    "the minister, not the country, at the other end": (
        "Russia’s Foreign Minister Mark Trent thanked Japan but said: “It is late.”",
        [("It is late.", "direct", "said", "Mark Trent")],
    ),
    "relative clause, then a quotation": (
        "Mark Trent, who has said he would stay, told reporters in Tokyo: “It is late.”",
        [("he would stay", "indirect", "said", "Mark Trent"), ("It is late.", "direct", "told", "Mark Trent")],
    ),
    "source who is not named": (
        "“It is late,” the spokesman, who asked not to be named, said.",
        [("It is late,", "direct", "said", "spokesman")],
    ),
    "name of the place before the quotation": (
        "TOKYO - “It is late,” Mark Trent said.",
        [("It is late,", "direct", "said", "Mark Trent")],
    ),
    "quotation before according to": (
        "“It is late,” according to Vladimir Putin.",
        [("It is late,", "direct", "according to", "Vladimir Putin")],
    ),
    "according to, in the middle": (
        "Japan, according to Mark Trent, told Moscow that it was late.",
        [("it was late", "indirect", "told", "Japan")],
    ),
    "aside between dashes": (
        "Vladimir Putin — who met Mark Trent in Tokyo — said that it was late.",
        [("it was late", "indirect", "said", "Vladimir Putin")],
    ),
    "what somebody had told": (
        "Moscow said Mark Trent had told Japan that it was late.",
        [("Mark Trent had told Japan that it was late", "indirect", "said", "Moscow")],
    ),
    "two with their offices": (
        "“It is late,” Vladimir Putin and Army spokesman Mark Trent said.",
        [("It is late,", "direct", "said", "Vladimir Putin")],
    ),
    "one with two callings": (
        "“It is late,” Russian spokesman and Army spokesman Mark Trent said.",
        [("It is late,", "direct", "said", "Mark Trent")],
    ),
    "relative clause that ends the sentence": (
        "Moscow condemned Mark Trent, who said that it was late, making no secret of it.",
        [("it was late, making no secret of it", "indirect", "said", "Mark Trent")],
    ),
    "that twice": (
        "Moscow said that talks had failed and that it was late.",
        [("talks had failed and that it was late", "indirect", "said", "Moscow")],
    ),
    "that is a pronoun": ("Mark Trent said that many times.", []),
    "where it was said": (
        "Moscow said on Telegram the talks were over.",
        [("the talks were over", "indirect", "said", "Moscow")],
    ),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_quotes(text, expected):
    assert quotes(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("And according to Russia, the plan is dead.", [("the plan is dead", "indirect", "according to", "Russia")]),
        ("But, according to Russia, the plan is dead.", [("the plan is dead", "indirect", "according to", "Russia")]),
        ("He left, according to Russia.", [("He left", "indirect", "according to", "Russia")]),
        ("And according to Russia.", []),
        ("Russia said that .", []),
    ],
)
def test_a_statement_is_never_empty(text, expected):
    assert quotes(text) == expected


def test_a_quotation_goes_on_into_the_next_sentence():
    text = "“We will leave”, Vladimir Putin said. “It is late. We are done.”"
    assert [(kind, speaker) for _, kind, _, speaker in quotes(text)] == [("direct", "Vladimir Putin")] * 3


def test_an_open_paragraph_belongs_to_who_closes_the_quotation():
    text = "Japan said that it was late.\n\n“We go on. All of us.\n\n“We end,” Vladimir Putin said."
    assert [speaker for *_, speaker in quotes(text)] == ["Japan"] + ["Vladimir Putin"] * 3


def test_an_open_mark_ends_with_its_paragraph():
    text = "“We will leave, Putin said.\n\nThe bridge is closed. Mark Trent said that it was late."
    assert quotes(text)[-1] == ("it was late", "indirect", "said", "Mark Trent")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Japan said that it was late.", "named"),
        ("Vladimir Putin left. He said that it was late.", "pronoun"),
        ("The spokesman said that it was late.", "role_only"),
        ("“Nobody knows,” it was said.", "unknown"),
    ],
)
def test_speaker_status(text, status):
    sentences = split(text)
    assert FIND(text, sentences, TAG(text, sentences))[-1].speaker_status == status


PIECES = st.sampled_from(
    ["“", "”", '"', "‘", "’", "Russia", " said ", " that ", "He ", "it ", ", ", ". ", "\n\n", "according to ", "the ",
     "Mark Trent", " was ", "\x00", "\r", "‘s", "told ", "And ", "But, ", "as "]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=5), max_size=25), st.data())
def test_any_text_gives_sound_quotes(pieces, data):
    text = "".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True)))
    sentences = list(zip(cuts[::2], cuts[1::2], strict=False))
    mentions = TAG(text, sentences)
    for quote in FIND(text, sentences, mentions):
        start, end = sentences[quote.sentence_number - 1]
        assert start <= quote.char_start < quote.char_end <= end
        assert quote.speaker is None or 0 <= quote.speaker < len(mentions)
        assert (quote.speaker is None) == (quote.speaker_status == "unknown")


WORDS_BEFORE = (
    "has have had is are was were be been being got will would did does do not also then later again just once even still "
    "first never already further soon and but who which to of for from in at with near inside within by about on the a an "
    "his her its their quickly Monday yesterday today continued_to went_on_to quoted_as quoted_by_it_as on_Monday envoy’s envoy's aide board –"
)


def test_a_search_that_the_last_word_saves_would_find_nothing():
    words = [word.replace("_", " ") for word in WORDS_BEFORE.split()]
    for first, second, pause in product(["of", *words], words, ["", " ", ",", ", ", ",  ", "\n", ", \n", "“"]):
        lead = f"An aide {first} {second}{pause}"
        last = lead.rstrip(PAUSE).rpartition(" ")[2]
        for pattern, whole, ends in (
            (subjects._SHARED, subjects._SHARED_WORDS, subjects._SHARED_ENDS),
            (subjects._PASSIVE, subjects._PASSIVE_WORDS, "ly"),
            (subjects._PREPOSITION, subjects._PREPOSITION_WORDS, ()),
        ):
            assert last in whole or last.endswith(ends) or not pattern.search(lead)
        if last not in subjects._AUXILIARY_WORDS and not last.endswith(subjects._AUXILIARY_ENDS):
            near_the_end = subjects._NO_AUXILIARIES.search(lead, max(0, len(lead) - subjects._LONGEST_PAUSE))
            assert near_the_end.span() == subjects._AUXILIARIES.search(lead).span()

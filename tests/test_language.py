"""The language of texts, against the library whose method it is; and words, against their definition in Python."""

import re
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from pipeline.steps.engines import languages
from pipeline.text import language
from pipeline.text.words import n_words

SPOKEN = {
    "The minister said on Monday that the talks would go on.": "en",
    "Der Minister sagte am Montag, dass die Gespräche weitergehen.": "de",
    "Le ministre a déclaré lundi que les pourparlers continueraient.": "fr",
    "Министр заявил в понедельник, что переговоры продолжатся.": "ru",
    "部長は月曜日、協議は続くと述べ、次の会合の日程を来週中に発表する予定だと記者団に語った。": "ja",
}


@pytest.mark.parametrize(("text", "code"), [*SPOKEN.items(), ("12.30 42", None), ("", None), ("A bc. " * 6, None)])
def test_language(text: str, code: str | None) -> None:
    assert [found for found, _ in language.identify([text], languages)] == [code]


def test_no_model_is_asked_for_where_there_is_nothing_to_identify() -> None:
    assert language.identify(["", "12.30 42"], pytest.fail) == [(None, None)] * 2
    assert language.identify([], pytest.fail) == []


def test_no_text_depends_on_its_neighbours() -> None:
    texts = [text * n for n in (1, 7, 90) for text in [*SPOKEN, "", "!"]] * 14
    alone = {text: language.identify([text], languages) for text in texts}
    assert language.identify(texts, languages) == [answer for text in texts for answer in alone[text]]


@cache
def identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def by_library(text: str) -> dict[str, float]:
    """Language to probability, of the first 500 characters where they leave no doubt."""
    glance = dict(identifier().rank(text[:500]))
    return glance if max(glance.values()) >= 0.999 else dict(identifier().rank(text[:4_000]))


def test_a_text_that_a_glance_does_not_settle_is_read_on() -> None:
    mixed = "".join(text[:40] for text in SPOKEN) * 3
    text = mixed[:500] + " The council voted on the bridge after a long debate." * 60
    assert max(dict(identifier().rank(text[:500])).values()) < 0.999
    assert language.identify([text], languages) == [("en", pytest.approx(by_library(text)["en"], abs=1e-4))]


WORDED = st.lists(st.sampled_from([word for text in SPOKEN for word in text.split()])).map(" ".join)


@given(
    st.lists(st.text(max_size=400) | WORDED | WORDED.map(str.upper) | st.text("\u0300\u0301aeiouç가각", max_size=60))
)
def test_the_answer_is_that_of_the_library(texts: list[str]) -> None:
    for text, (code, probability) in zip(texts, language.identify(texts, languages), strict=True):
        if code is None:
            assert sum(map(str.isalpha, text)) < 20
        else:
            known = by_library(text)
            assert [known[code], max(known.values())] == pytest.approx([probability] * 2, abs=1e-4)


@given(st.text(st.characters(exclude_categories=["Cn", "Cs"]) | st.sampled_from("aé’'-_ 1²Ⅷ")))
def test_words_are_those_of_python(text: str) -> None:
    assert n_words([text]) == [len(re.findall(r"\w+(?:[’'\-]\w+)*", text))]


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("en", ("en", 1.0)),
        ("en-US", ("en", 1.0)),
        ("pt_BR", ("pt", 1.0)),
        ("english", None),
        ("eng", None),
        (None, None),
    ],
)
def test_a_declared_language(tag: str | None, said: tuple[str, float] | None) -> None:
    assert language.declared(tag) == said

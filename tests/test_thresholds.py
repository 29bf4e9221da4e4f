"""The cut of the learned classifier, on made-up probabilities."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.cleaning.layout import sheet
from pipeline.text.cleaning.rules import PROFILES
from pipeline.text.cleaning.thresholds import doomed, spared

SENTENCE = "The port authority said that the basin was closed for a week."
CLEAR_PAGE = [0.95] * 20 + [0.02] * 40
UNSURE_PAGE = [0.95] * 4 + [0.45] * 16 + [0.02] * 40
ARTICLE = [0.9] * 30
SHORT = [0.9] * 4


def gone(probabilities: list[float], profile: str) -> list[float]:
    """What goes from a text of as many sentences."""
    text = sheet("\n\n".join([SENTENCE] * len(probabilities)))
    return [probabilities[i] for i in doomed(text, dict(enumerate(probabilities)), profile)]


@pytest.mark.parametrize(
    ("probabilities", "profile", "expected"),
    [
        ([*CLEAR_PAGE, 0.4], "standard", [0.02] * 40 + [0.4]),
        ([*CLEAR_PAGE, 0.4], "cautious", [0.02] * 40),
        ([*CLEAR_PAGE, 0.6], "standard", [0.02] * 40),
        ([*CLEAR_PAGE, 0.6], "strict", [0.02] * 40 + [0.6]),
        (UNSURE_PAGE, "standard", [0.02] * 40),
        ([0.0] * 40, "standard", []),
        ([], "standard", []),
    ],
    ids=["a page", "cautiously", "likelier than not", "strictly", "much is unsure", "nothing likely", "nothing asked"],
)
def test_what_goes_from_a_page(probabilities: list[float], profile: str, expected: list[float]) -> None:
    assert gone(probabilities, profile) == expected


@pytest.mark.parametrize(
    ("probabilities", "profile", "expected"),
    [
        ([*ARTICLE, 0.3], "standard", []),
        ([*ARTICLE, 0.1], "standard", [0.1]),
        ([*SHORT, 0.1], "standard", []),
        ([*SHORT, 0.01], "standard", [0.01]),
        ([*SHORT, 0.01], "cautious", []),
        ([*SHORT, 0.05], "strict", [0.05]),
    ],
)
def test_what_goes_from_an_article(probabilities: list[float], profile: str, expected: list[float]) -> None:
    assert gone(probabilities, profile) == expected


def test_from_a_short_article_a_sentence_goes_later_than_another_line() -> None:
    text = sheet("\n\n".join([SENTENCE] * 4 + ["It was lifted again on Friday.", "Harbour news"]))
    assert doomed(text, dict(enumerate([0.9] * 4 + [0.04] * 2)), "standard") == [5]


def test_an_article_keeps_the_list_below_a_sentence() -> None:
    lines = [SENTENCE] * 30 + ["• Ships: 412", "• Held: 9", "Harbour news", "• More ships"]
    assert doomed(sheet("\n\n".join(lines)), dict(enumerate([0.9] * 30 + [0.02] * 4)), "standard") == [32, 33]


@given(st.lists(st.integers(0, 1000), max_size=60))
def test_a_stricter_profile_takes_no_less(thousandths: list[int]) -> None:
    taken = [len(gone([n / 1000 for n in thousandths], profile)) for profile in PROFILES]
    assert taken == sorted(taken)


def test_what_stays_against_a_rule() -> None:
    assert spared({0: 0.05, 4: 0.4, 5: 0.6}) == [5]

"""The cut of the learned classifier, on made-up probabilities."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.cleaning.layout import sheet
from pipeline.text.cleaning.rules import PROFILES
from pipeline.text.cleaning.thresholds import doomed, least

SENTENCE = "The port authority said that the basin was closed for a week."
CLEAR_PAGE = [0.95] * 20 + [0.02] * 40
UNSURE_PAGE = [0.95] * 4 + [0.45] * 16 + [0.02] * 40


def cut(probabilities: list[float], profile: str) -> float:
    """The least probability on a text of as many sentences."""
    return least(sheet("\n\n".join([SENTENCE] * len(probabilities))), dict(enumerate(probabilities)), profile)


@pytest.mark.parametrize(
    ("probabilities", "profile", "expected"),
    [
        ([*CLEAR_PAGE, 0.4], "standard", 0.95),
        ([*CLEAR_PAGE, 0.4], "cautious", 0.4),
        ([*CLEAR_PAGE, 0.6], "standard", 0.6),
        ([*CLEAR_PAGE, 0.6], "strict", 0.95),
        (UNSURE_PAGE, "standard", 0.45),
        ([0.9] * 30 + [0.3], "standard", 0.3),
        ([0.9] * 30 + [0.1], "standard", 0.9),
        ([0.9] * 4 + [0.1], "standard", 0.1),
        ([0.9] * 4 + [0.002], "standard", 0.9),
        ([0.0, 0.0], "standard", 0.0),
        ([], "standard", 0.0),
    ],
    ids=[
        "a page", "a page, cautiously", "likelier than not", "likelier than not, strictly", "much is unsure", "an article",
        "debris of an article", "a short article", "debris of a short article", "nothing likely", "nothing asked",
    ],
)  # fmt: skip
def test_the_cut_by_sort_of_text(probabilities: list[float], profile: str, expected: float) -> None:
    assert cut(probabilities, profile) == expected


def test_a_short_article_keeps_its_sentences() -> None:
    text = sheet("\n\n".join([SENTENCE] * 4 + ["It was lifted.", "Harbour news"]))
    assert doomed(text, dict(enumerate([0.9] * 4 + [0.002] * 2)), "standard") == [5]


def test_an_article_keeps_the_list_below_a_sentence() -> None:
    lines = [SENTENCE] * 20 + ["• Ships: 412", "• Held: 9", "Harbour news", "• More ships"]
    assert doomed(sheet("\n\n".join(lines)), dict(enumerate([0.9] * 20 + [0.02] * 4)), "standard") == [22, 23]


@given(st.lists(st.integers(0, 1000), max_size=40))
def test_a_stricter_cut_is_no_lower(thousandths: list[int]) -> None:
    cuts = [cut([n / 1000 for n in thousandths], profile) for profile in PROFILES]
    assert cuts == sorted(cuts)

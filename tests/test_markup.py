"""What the markup tells of each line of a web page: read off the page, packed beside the text, heard by the classifier."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.knowledge import read_arrays, read_rows
from pipeline.readers.html import HtmlReader
from pipeline.readers.markup import markup
from pipeline.text.boilerplate import Rule, cleaner
from pipeline.text.cleaning.layout import inked
from pipeline.text.cleaning.markup import TOLD, UNKNOWN, is_known, packed, unpacked
from pipeline.text.cleaning.model import NO_TREES, model

SEEDS = Path(__file__).parent.parent / "seeds"
RULES = read_rows(SEEDS / "rules" / "boilerplate.csv", Rule)
MODEL = model(read_arrays(SEEDS / "models" / "boilerplate.npz"))
CLEAN = cleaner(RULES, model=MODEL)
STORY = (
    "The harbour of Port Maren was closed on Monday after a crane fell into the basin, the port authority said.",
    "Nobody was hurt, and the basin is expected to open again before the end of the week, a spokesman said.",
    "The crane had stood at the quay for forty years; in March, inspectors had asked for it to be taken down.",
    "Fishing boats waited outside the mole for a second day, and the ferry to Ostin left from the old pier.",
)
ELSEWHERE = "Fishermen of the northern islands, whose boats have waited for weeks, blame the ministry."
PAGE = f"""<html><body><nav class="top-menu"><ul><li><a href="/">Front page</a></li><li><a href="/w">World</a></li></ul></nav>
<main><article><h1>Crane falls into harbour basin at Port Maren</h1>
<div class="article-body"><p>{STORY[0]}</p><p>{STORY[1]} <a href="/q">Questions and answers</a></p>
<div class="related-teasers"><a href="/f">{ELSEWHERE}</a></div>
<p>{STORY[2]}</p><p>{STORY[3]}</p></div></article></main>
<footer><p>Imprint</p></footer></body></html>"""


def told(line: str, what: str, page: str = PAGE) -> int:
    text = HtmlReader().render(page.encode()).decoded.text
    lines = [text[one.start : one.end] for one in inked(text)]
    return int(markup(text, page)[lines.index(line), TOLD.index(what)])


@pytest.mark.parametrize(
    ("line", "what", "expected"),
    [
        (STORY[0], "in_p", 8),  # eighths of an element
        (STORY[0], "in_a", 0),
        (STORY[0], "linked", 0),
        (STORY[0], "under_story", 8),
        (STORY[0], "named_story", 0),
        (STORY[0], "in_article", 8),
        (STORY[0], "steps_up", 1),  # from the paragraph to the block that holds the story
        (ELSEWHERE, "linked", 100),  # percent
        (ELSEWHERE, "named_teasers", 1),
        (ELSEWHERE, "under_story", 8),
        ("Imprint", "in_footer", 8),
        ("Imprint", "steps_up", 2),
        ("Imprint", "steps_down", 3),  # over main and article to the block of the story
        ("Imprint", "in_main", 0),
    ],
)
def test_a_line_knows_what_stands_around_it(line: str, what: str, expected: int) -> None:
    assert told(line, what) == expected


def test_a_line_that_is_a_link_in_part_is_so_in_percent() -> None:
    assert told(f"{STORY[1]} Questions and answers", "linked") == round(
        100 * 19 / (19 + len(STORY[1].replace(" ", "")))
    )


def test_a_line_that_the_page_does_not_hold_is_unknown() -> None:
    assert (markup(f"{STORY[0]}\nAnother text altogether", PAGE) == UNKNOWN).all(axis=1).tolist() == [False, True]


@pytest.mark.parametrize("source", ["", "<p>Front page", "<div>" * 50_000 + STORY[0]])
def test_a_page_that_holds_no_line_or_is_too_deep_tells_nothing(source: str) -> None:
    assert markup(STORY[0], source).size == 0


HIDDEN_MENU = "<div style='display:none'>" + "".join(f"<a href='/{n}'>Section {n}</a>" for n in range(3000)) + "</div>"


@pytest.mark.parametrize(
    "inside",
    [
        'The <span style="display:none">beautiful </span>harbour',  # is not rendered
        "The <button>play</button>harbour",
        f"The harbour</p>{HIDDEN_MENU}<p>",
        f"The harbour</p>{HIDDEN_MENU.replace('display:none', 'color:red')}<p>",
        "\u00e2\u20ac\u0153The harbour\u00e2\u20ac\u009d",  # the text has quotes where the source has this
        "The <object>old </object>harbour",
    ],
)
def test_lines_are_found_whatever_is_rendered_otherwise(inside: str) -> None:
    page = PAGE.replace("The harbour", inside)
    text = HtmlReader().render(page.encode()).decoded.text
    lines = [text[one.start : one.end] for one in inked(text)]
    known = dict(zip(lines, is_known(markup(text, page)), strict=True))
    assert all(known[line] for line in (*STORY[1:], "Imprint") if line in known)
    assert all(is_found for line, is_found in known.items() if "harbour" in line)


@given(st.text(st.sampled_from("ab <>/=\"'p\n\x00é\u200b"), max_size=80), st.text(max_size=80))
def test_any_source_tells_something_of_every_line_or_nothing(source: str, text: str) -> None:
    assert markup(text, source).shape in ((0, len(TOLD)), (len(inked(text)), len(TOLD)))


@given(st.integers(1, 9), st.randoms(use_true_random=False))
def test_what_is_packed_is_unpacked(n_lines: int, random: np.random.Generator) -> None:
    rows = np.frombuffer(random.randbytes(n_lines * len(TOLD)), np.uint8).reshape(n_lines, len(TOLD))  # type: ignore[attr-defined]
    assert packed(rows).isascii()
    assert (unpacked(packed(rows), n_lines) == rows).all()


@pytest.mark.parametrize("n_lines", [2, 4])
def test_markup_of_another_text_is_refused(n_lines: int) -> None:
    with pytest.raises(ValueError, match="for a text of 3"):
        unpacked(packed(np.zeros((n_lines, len(TOLD)), np.uint8)), 3)


def test_no_markup_is_no_evidence() -> None:
    assert packed(markup("", PAGE)) == ""
    assert unpacked("", 3) is None


def test_the_classifier_hears_the_markup() -> None:
    """A teaser that reads like a sentence of the story is told by the box and the link it stands in."""

    def score(page: str) -> float:
        text = HtmlReader().render(page.encode()).decoded.text
        blocks = CLEAN(text, markup=packed(markup(text, page)))
        return next(one.score for one in blocks if text[one.char_start : one.char_end] == ELSEWHERE)

    box = f'<div class="related-teasers"><a href="/f">{ELSEWHERE}</a></div>'
    assert score(PAGE) < score(PAGE.replace(box, f"<p>{ELSEWHERE}</p>"))


def test_a_model_without_trees_for_markup_judges_by_the_text() -> None:
    text = HtmlReader().render(PAGE.encode()).decoded.text
    deaf = cleaner(RULES, model=MODEL._replace(markup=NO_TREES, markup_signals=np.zeros(0, str)))
    assert deaf(text, markup=packed(markup(text, PAGE))) == deaf(text) == CLEAN(text)


def test_a_line_whose_markup_is_unknown_is_judged_by_its_text() -> None:
    text = HtmlReader().render(PAGE.encode()).decoded.text
    told = markup(text, PAGE)
    sentence = next(i for i, one in enumerate(inked(text)) if text[one.start : one.end] == STORY[2])
    told[sentence] = UNKNOWN

    def score(markup: str) -> float:
        blocks = CLEAN(text, markup=markup)
        return next(one.score for one in blocks if text[one.char_start : one.char_end] == STORY[2])

    assert score(packed(told)) == score("")


def test_the_markup_of_lines_broken_at_a_fixed_width_is_heard() -> None:
    """Where the text alone tells nothing."""
    broken = " ".join(STORY).replace(", ", ",<br>\n")
    teasers = "".join(f'<li><a href="/{n}">Ferry {n} to Ostin leaves from another pier</a></li>' for n in range(12))
    page = f"""<html><body><nav><a href="/p">Politics</a> <br><a href="/s">Sport</a><br><a href="/b">Business</a></nav>
<h1>Crane falls into harbour basin at Port Maren</h1><div class="article-body">{broken}</div>
<aside class="related-teasers"><ul>{teasers}</ul></aside></body></html>"""
    text = HtmlReader().render(page.encode()).decoded.text
    is_body = {
        text[one.char_start : one.char_end]: one.is_body for one in CLEAN(text, markup=packed(markup(text, page)))
    }
    assert all(is_body[line] for line in broken.split("<br>\n"))
    assert not any(kept for line, kept in is_body.items() if line.startswith("Ferry"))
    assert all(one.is_body for one in CLEAN(text) if text[one.char_start :].startswith("Ferry"))


def test_what_the_classifier_strips_from_a_page_has_its_reasons() -> None:
    teasers = "".join(f'<li><a href="/{n}">Ferry {n} to Ostin leaves from another pier</a></li>' for n in range(9))
    page = PAGE.replace("</article>", f'</article><aside class="latest"><ul>{teasers}</ul></aside>')
    text = HtmlReader().render(page.encode()).decoded.text
    stripped = [one for one in CLEAN(text, markup=packed(markup(text, page))) if one.rule_id == "model"]
    assert [text[one.char_start : one.char_end] for one in stripped if "Ferry" in text[one.char_start : one.char_end]]
    for one in stripped:
        assert one.reason
        assert "text alone" not in one.reason.split(", ")


@pytest.mark.parametrize(
    "wrapper", ["footer", "nav", "aside", "form", 'div class="related-teasers"', 'div class="comments"']
)
def test_a_story_stays_whatever_its_block_is_called(wrapper: str) -> None:
    page = PAGE.replace('<div class="article-body">', f"<{wrapper}>").replace(
        "</p></div></article>", f"</p></{wrapper.split(maxsplit=1)[0]}></article>"
    )
    text = HtmlReader().render(page.encode()).decoded.text
    body = {
        text[one.char_start : one.char_end] for one in CLEAN(text, markup=packed(markup(text, page))) if one.is_body
    }
    assert {STORY[0], STORY[2], STORY[3]} <= body

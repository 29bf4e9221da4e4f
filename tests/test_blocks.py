"""Lines, trimming and the tiling of a text by blocks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.blocks import BLANKS, BODY_KINDS, KEPT_KINDS, KINDS, STRIPPED_KINDS, Block, lines, tile, trim


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("a", [(1, 0, 1)]),
        ("a\n", [(1, 0, 1)]),
        ("a\nb", [(1, 0, 1), (2, 2, 3)]),
        ("a\r\nb\rc\n\nd", [(1, 0, 1), (2, 3, 4), (3, 5, 6), (4, 7, 7), (5, 8, 9)]),
        ("a\x0bb\u2028c\x85d", [(1, 0, 7)]),
    ],
)
def test_a_line_ends_at_n_rn_or_r_and_nowhere_else(text: str, expected: list[tuple[int, int, int]]) -> None:
    assert list(lines(text)) == expected


@given(st.text(alphabet=st.sampled_from("ab\r\n \u2028")))
def test_lines_are_what_lies_between_endings(text: str) -> None:
    normal = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    expected = normal.split("\n") if text else []
    assert [text[start:end] for _, start, end in lines(text)] == expected


@pytest.mark.parametrize(
    ("text", "span"),
    [("  ab\t", (2, 4)), ("\ufeffab\u200b", (1, 3)), ("\x00", (0, 1)), ("a\xa0b", (0, 3))],
)
def test_trim_leaves_ink(text: str, span: tuple[int, int]) -> None:
    assert trim(text, 0, len(text)) == span


@given(st.text())
def test_trimming_takes_blanks_and_nothing_else(text: str) -> None:
    start, end = trim(text, 0, len(text))
    assert 0 <= start <= end <= len(text)
    assert text[start:end] == text.strip(BLANKS)


def test_gaps_become_blank_blocks() -> None:
    text = "\nTitle\n\nBody. \n"
    blocks = tile(text, [Block(2, 1, 6, "title", False, None, 0.1), Block(4, 8, 13, "body", True, None, 0.9)])
    assert [(b.line_number, text[b.char_start : b.char_end], b.kind, b.is_body) for b in blocks] == [
        (1, "\n", "blank", False),
        (2, "Title", "title", False),
        (2, "\n\n", "blank", False),
        (4, "Body.", "body", True),
        (4, " \n", "blank", False),
    ]
    assert tile("", []) == []
    assert [b.kind for b in tile(" \n", [])] == ["blank"]


def test_every_kind_is_kept_or_stripped_or_blank() -> None:
    assert BODY_KINDS < KEPT_KINDS
    assert not KEPT_KINDS & STRIPPED_KINDS
    assert KEPT_KINDS | STRIPPED_KINDS | {"blank"} == set(KINDS)

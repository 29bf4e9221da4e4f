"""Lines an outlet repeats: whose they are, how stories are told apart, what is counted, and that order is nothing."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.repetition import LEVELS, STORY_HASHES, level, line_keys, lines, outlet, repeated


@pytest.mark.parametrize(
    ("given_outlet", "url", "path", "expected"),
    [
        ("Fjord Gazette", "https://www.example.org/a", "2024/a.txt", "Fjord Gazette"),
        (None, "https://www.example.org/a", "2024/a.txt", "example.org"),
        (None, "http://news.example.co.uk:8080/a?b", "a.txt", "example.co.uk"),
        (None, "https://m.example.com.au", "a.txt", "example.com.au"),
        (None, "https://abc.de/x", "a.txt", "abc.de"),
        (None, "news.example.org/a", "a.txt", "example.org"),
        (None, "HTTPS://EXAMPLE.ORG./", "a.txt", "example.org"),
        (None, "http://localhost/a", "a.txt", "localhost"),
        (None, "http://192.0.2.1:80/a", "a.txt", "192.0.2.1"),
        (None, "http://[broken", "gazette/2024/a.txt", "gazette/2024"),
        (None, None, "gazette/a.txt", "gazette"),
        (None, "", "a.txt", "."),
    ],
)
def test_an_outlet_is_told_by_name_site_or_folder(
    given_outlet: str | None, url: str | None, path: str, expected: str
) -> None:
    assert outlet(given_outlet, url, path) == expected


def paragraph(number: int) -> str:
    return f"The harbour board met {number} times in the spring and put off its vote on the new quay until week {number * 7} at the earliest."


def text(story: int, *lines: str, n_paragraphs: int = 6, changed: int = 0) -> str:
    """A story of its own paragraphs, of which the last `changed` are told anew, above lines of the outlet."""
    numbers = [story * 100 + i + (50 if i >= n_paragraphs - changed else 0) for i in range(n_paragraphs)]
    return "\n\n".join([*map(paragraph, numbers), *lines])


def frame(*documents: tuple[str, str]) -> pl.DataFrame:
    """Keys of (outlet, text) pairs."""
    rows = [
        (whose, *(keys.stories or (None,) * 3), keys.hashes) for whose, one in documents for keys in [line_keys(one)]
    ]
    schema = {"outlet": pl.String, **dict.fromkeys(STORY_HASHES, pl.Int64), "line_hashes": pl.List(pl.Int64)}
    return pl.DataFrame(rows, schema=schema, orient="row")


def hash_of(line: str) -> int:
    return line_keys(line).hashes[0]


BOX = "Most read this week"


@pytest.mark.parametrize(
    ("documents", "counted"),
    [
        ([("a", text(1, BOX)), ("a", text(2, BOX))], (2, 2)),
        ([("a", text(1, BOX)), ("a", text(2, BOX.upper() + "  "))], (2, 2)),
        ([("a", text(1, BOX, BOX)), ("a", text(2, BOX)), ("a", text(3))], (2, 2)),
        ([("a", text(1, BOX)), ("b", text(2, BOX))], None),
        ([("a", text(1, BOX))], None),
        ([("a", text(1, BOX)), ("a", text(1, BOX, "A correction was made."))], None),
        ([("a", text(1, BOX)), ("a", text(1, BOX, changed=1))], None),
        ([("a", text(1, BOX)), ("a", text(1, BOX)), ("a", text(2, BOX))], (3, 2)),
        ([("a", BOX), ("a", BOX)], None),
        ([("a", BOX), ("a", text(1, BOX)), ("a", text(2, BOX))], (3, 2)),
    ],
    ids=[
        "two stories", "case and spaces do not count", "twice in a text is once", "two outlets", "one document",
        "a copy with a line more", "a corrected version", "a copy is no story", "texts without a story",
        "a text without a story adds none",
    ],
)  # fmt: skip
def test_stories_are_counted_and_not_documents(
    documents: list[tuple[str, str]], counted: tuple[int, int] | None
) -> None:
    found = repeated(lines(frame(*documents)))
    box = found.filter(pl.col("line_hash") == hash_of(BOX)).select("n_documents", "n_stories").rows()
    assert box == ([counted] if counted else [])


@pytest.mark.parametrize("changed", range(4))
def test_the_body_of_a_story_told_again_is_hardly_ever_repeated(changed: int) -> None:
    """Twenty stories told three times, with up to three of eight paragraphs new: one line of the body in twenty at most."""
    told = [
        ("a", text(story, n_paragraphs=8, changed=version * changed // 2))
        for story in range(20)
        for version in (0, 1, 2)
    ]
    assert repeated(lines(frame(*told))).height <= (8 if changed else 0)


def test_the_story_of_a_whole_page_is_its_article() -> None:
    """Notices that stand on every page are sentences, too; counted as the story, they would make all pages one."""
    menu = "\n".join(f"Menu {i}" for i in range(12))
    notices = [f"{paragraph(9000 + i)} This notice is on every page." for i in range(3)]
    pages = [("a", f"{menu}\n{text(story)}\n" + "\nMore\n\nLinks\n" * 8 + "\n".join(notices)) for story in (1, 2, 3)]
    found = dict(repeated(lines(frame(*pages))).select("line_hash", "n_stories").iter_rows())
    assert found[hash_of("Menu 3")] == found[hash_of(notices[0])] == 3


LINES = st.lists(st.sampled_from(["x", "y", "z", "w"]), max_size=4)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 5), LINES), max_size=12))
def test_order_does_not_count(documents: list[tuple[str, int, list[str]]]) -> None:
    told = [(whose, text(story, *lines)) for whose, story, lines in documents]
    once, again = (repeated(lines(frame(*some))).sort("outlet", "line_hash") for some in (told, told[::-1]))
    assert again.equals(once)


def test_a_number_of_stories_is_told_by_the_level_it_reaches() -> None:
    told = pl.DataFrame({"n": [2, 3, 4, 5, 9, 10, 999]}).select(n=level(pl.col("n")))["n"]
    assert told.to_list() == [2, 2, 2, 5, 5, 10, 10]
    assert LEVELS == (2, 5, 10)


@given(st.text(st.sampled_from("aé\x00\ud800\r\n \u200b."), max_size=40))
def test_every_text_has_keys(anything: str) -> None:
    keys = line_keys(anything)
    assert len(keys.numbers) == len(keys.hashes)
    assert all(-(2**63) <= one < 2**63 for one in keys.hashes)

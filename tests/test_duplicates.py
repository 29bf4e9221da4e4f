"""Texts told twice: equal bodies, nearly equal ones, clusters."""

import re

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rensa import RMinHash

from pipeline.text.duplicates import pairs, signatures

STORY = " ".join(f"The council of town {n} voted on plan {n * 7} after a debate of {n + 3} hours." for n in range(30))
OTHER = " ".join(f"Fishermen at pier {n} landed {n * 11} crates before the storm of day {n}." for n in range(30))


SIGNED = {"document_id": pl.String, "body_sha256": pl.String, "signature": pl.Binary}


def signed(**bodies: str) -> pl.DataFrame:
    names = sorted(bodies)
    told = [bodies[name] for name in names]
    return pl.DataFrame([names, [str(hash(body)) for body in told], signatures(told)], schema=SIGNED)


def found(**bodies: str) -> list[tuple[str, str, str, str]]:
    return [
        (row["document_id"], row["other_document_id"], row["kind"], row["cluster_id"])
        for row in pairs(signed(**bodies))
    ]


@pytest.mark.parametrize(
    ("bodies", "expected"),
    [
        ({"a": STORY, "b": OTHER}, []),
        ({"a": STORY, "b": STORY}, [("a", "b", "exact", "a")]),
        ({"a": STORY, "b": STORY + " More to follow."}, [("a", "b", "near", "a")]),
        ({"a": "Short.", "b": "Short indeed."}, []),
        ({"a": "Short.", "b": "Short."}, [("a", "b", "exact", "a")]),
        ({"c": STORY, "a": OTHER, "b": STORY}, [("b", "c", "exact", "b")]),
        (
            {"a": STORY, "b": STORY, "c": STORY + " More to follow."},
            [("a", "b", "exact", "a"), ("a", "c", "near", "a")],
        ),
        ({}, []),
    ],
)
def test_pairs(bodies: dict[str, str], expected: list[tuple[str, str, str, str]]) -> None:
    assert found(**bodies) == expected


def test_a_signature_is_the_same_everywhere() -> None:
    story, shouted, short, empty = signatures([STORY, STORY.upper(), "too short " * 9 + "indeed", ""])
    assert len(story) == 126 * 4
    assert story == shouted
    assert short == empty == b""
    assert signatures(["too short " * 10]) != [b""]


@given(st.text(st.characters(exclude_categories=["Cn", "Cs"]) | st.sampled_from(" .ßİ")), st.integers(20, 30))
def test_shingles_are_five_words_in_python_too(odd: str, n: int) -> None:
    words = re.findall(r"\w+", " ".join([odd, *(f"word{number}" for number in range(n)), odd]).casefold())
    sketch = RMinHash(num_perm=126, seed=1)
    sketch.update([" ".join(words[at : at + 5]) for at in range(len(words) - 4)])
    assert signatures([" ".join(words)]) == [np.array(sketch.digest(), dtype="<u4").tobytes()]

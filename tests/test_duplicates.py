"""Texts told twice: equal bodies, nearly equal ones, clusters."""

import polars as pl
import pytest

from pipeline.text.duplicates import pairs, signature

STORY = " ".join(f"The council of town {n} voted on plan {n * 7} after a debate of {n + 3} hours." for n in range(30))
OTHER = " ".join(f"Fishermen at pier {n} landed {n * 11} crates before the storm of day {n}." for n in range(30))


SIGNED = {"document_id": pl.String, "body_sha256": pl.String, "signature": pl.Binary}


def signed(**bodies: str) -> pl.DataFrame:
    rows = [(name, str(hash(body)), signature(body)) for name, body in sorted(bodies.items())]
    return pl.DataFrame(rows, schema=SIGNED, orient="row")


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
    assert len(signature(STORY)) == 126 * 4
    assert signature(STORY) == signature(STORY.upper())
    assert signature("too short") == b""

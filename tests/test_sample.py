"""Right on the two sample articles, from raw bytes to speakers. The labels in `gold/` were made by hand.

The two articles are a demonstration and a gate, not evidence of quality: that is measured in `test_quality.py`.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.settings import SEEDS
from pipeline.steps import engines
from pipeline.warehouse import connect

GOLD = Path(__file__).parent / "gold"
FIRST, SECOND = "d_ac551e30c43fea6f", "d_460f0889da88163c"
NAMES = {"000_e2cd8b078215a0c5": FIRST, "004_fb382d852abdf1f2": SECOND}
TEXTS = {NAMES[path.stem]: path.read_bytes().decode() for path in (SEEDS / "articles").glob("*.txt")}

STRIPPED = {
    FIRST: [
        ("title_echo", "russia’s possible military deal"),
        ("title_echo", "russia’s possible military deal"),
        ("read_more", "Read More: Russia Drone attack on Ukraine"),
        ("ad", "Vinkmag ad"),
        ("read_more", "Read Previous"),
        ("link_headline", "iPhone 12 banned in France amid radiation fears"),
        ("read_more", "Read Next"),
        ("link_headline", "8 Cold Calling Tips for Marketers"),
        ("comment_form", "Leave a Reply"),
        ("comment_form", "Your email address will not be published. Required fields are marked *"),
    ],
    SECOND: [("outlet_prefix", "(VitalNews.org) –"), ("copyright", "Copyright 2024, VitalNews.org")],
}


def labels(name: str) -> dict[str, list[dict[str, Any]]]:
    """Gold rows of one file, by document."""
    rows = defaultdict(list)
    for line in (GOLD / name).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        rows[NAMES[row["doc"]]].append(row)
    return rows


@pytest.fixture(scope="module")
def tables(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(warehouse) as connection:
        yield connection


@pytest.mark.parametrize("document", [FIRST, SECOND])
def test_all_boilerplate_is_stripped_and_not_one_character_of_body(
    tables: duckdb.DuckDBPyConnection, document: str
) -> None:
    blocks = tables.execute(
        "SELECT kind, text, is_body, rule_id FROM blocks WHERE document_id = ? ORDER BY block_number", [document]
    ).fetchall()
    assert "".join(text for _, text, _, _ in blocks) == TEXTS[document]
    kept = ("title", "body", "blank")
    assert [(kind, text) for kind, text, _, _ in blocks if kind not in kept] == STRIPPED[document]
    assert all(rule for kind, _, _, rule in blocks if kind not in kept)
    rest = TEXTS[document]
    for _, text in STRIPPED[document]:
        rest = rest.replace(text, "", 1) if text != "russia’s possible military deal" else rest.replace(text, "")
    assert " ".join(text for kind, text, _, _ in blocks if kind in ("title", "body")).split() == rest.split()


def test_documents_say_what_is_known_and_nothing_else(tables: duckdb.DuckDBPyConnection) -> None:
    facts = tables.execute(
        "SELECT document_id, outlet, outlet_basis, published_on::VARCHAR, published_precision, published_basis, kind "
        "FROM documents ORDER BY document_id"
    ).fetchall()
    assert facts == [
        (SECOND, "VitalNews.org", "text", "2024-01-01", "year", "copyright", "article"),
        (FIRST, None, "none", None, "none", "none", "article"),
    ]


def test_france_stands_in_stripped_mentions_only(tables: duckdb.DuckDBPyConnection) -> None:
    def france(table: str) -> int:
        return tables.execute(f"SELECT count(*) FROM {table} WHERE iso3 = 'FRA'").fetchone()[0]

    assert (france("mentions"), france("stripped_mentions")) == (0, 1)


@pytest.mark.parametrize("document", [FIRST, SECOND])
def test_sentences(tables: duckdb.DuckDBPyConnection, document: str) -> None:
    gold = [tuple(span) for row in labels("sample_sentences.jsonl")[document] for span in row["spans"]]
    segment = engines.segmenter(str(SEEDS), "")
    assert segment(TEXTS[document]) == gold
    kept = tables.execute("SELECT char_end FROM sentences WHERE document_id = ?", [document]).fetchall()
    away = tables.execute(
        "SELECT char_start, char_end FROM blocks WHERE document_id = ? AND kind NOT IN ('title', 'body', 'blank')",
        [document],
    ).fetchall()
    assert {end for (end,) in kept} == {end for _, end in gold if not any(a < end <= b for a, b in away)}


def test_mentions_on_the_whole_texts() -> None:
    """Names, adjectives, metonyms and roles exactly as labelled; no trap tagged."""
    found = {}
    for document, text in TEXTS.items():
        spans = engines.segmenter(str(SEEDS), "")(text)
        for mention in engines.tagger(str(SEEDS), "")(text, spans):
            found[document, mention.char_start, mention.char_end] = mention.form
    hits: dict[str, list[bool]] = defaultdict(list)
    for document, rows in labels("sample_mentions.jsonl").items():
        for row in rows:
            if row["level"] == "trap":
                forms = [
                    form
                    for (one, start, end), form in found.items()
                    if one == document and start < row["end"] and end > row["start"]
                ]
                hits["trap"].append(any(form in ("name", "metonym", "role") for form in forms))
            elif not row["optional"]:
                hits[row["level"]].append((document, row["start"], row["end"]) in found)
    counts = {level: (sum(right), len(right)) for level, right in hits.items()}
    assert counts["trap"] == (0, 8)
    assert counts["name"][0] >= 91
    assert [counts[level] for level in ("adj", "metonym", "role")] == [(9, 9), (4, 4), (8, 8)]


SPEAKERS = {
    "Vladimir_Putin": "person:vladimir_putin",
    "Matthew_Miller": "person:matthew_miller",
    "Antony_Blinken": "person:antony_blinken",
    "RUS_government": "RUS:GOV",
    "PRK_government": "PRK:GOV",
    "KOR_government": "KOR:GOV",
    "KOR_Foreign_Ministry": "KOR:GOV",
}


def test_quotes_have_their_speakers(tables: duckdb.DuckDBPyConnection) -> None:
    """At least 14 of the 16 labelled statements are overlapped by a quote of the right speaker."""
    found = tables.execute("SELECT document_id, char_start, char_end, speaker_actor_id FROM quotes").fetchall()
    right = [
        any(
            document == one and start < row["end"] and end > row["start"]
            and speaker in {SPEAKERS.get(name, name) for name in row["speakers"]}
            for one, start, end, speaker in found
        )
        for document, rows in labels("sample_quotes.jsonl").items()
        for row in rows
    ]  # fmt: skip
    assert len(right) == 16
    assert sum(right) >= 14

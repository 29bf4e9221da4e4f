"""Every check fires on a table broken in just its way, and on nothing else; the good table passes them all."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from pipeline import checks, contract
from pipeline.checks import broken_rules
from pipeline.steps import STEPS, reads
from pipeline.tables import BY_NAME
from pipeline.warehouse import ALL, Warehouse

Frames = dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def good(warehouse: Path) -> Frames:
    """The sample's tables; the two articles lie in one batch."""
    house = Warehouse(warehouse)
    return {name: house.read(name, ALL if ALL in house.batches(name) else "b000001") for name in BY_NAME}


def inputs(frames: Frames, table: str) -> Frames:
    return {name: frames[name] for name in (reads(STEPS[table].run) if table in STEPS else ())}


@pytest.mark.parametrize("table", BY_NAME)
def test_the_good_table_passes(good: Frames, table: str) -> None:
    assert broken_rules(table, good[table], inputs(good, table)) == []


@pytest.mark.parametrize("table", BY_NAME)
def test_an_empty_table_made_of_empty_tables_passes(table: str) -> None:
    empty = {name: one.frame() for name, one in BY_NAME.items()}
    assert broken_rules(table, empty[table], inputs(empty, table)) == []


def where(condition: pl.Expr, **values: object) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """The frame with these values in the first row that meets the condition."""

    def change(frame: pl.DataFrame) -> pl.DataFrame:
        place = frame.with_row_index("at").filter(condition)["at"][0]
        return frame.with_row_index("at").with_columns(
            pl.when(pl.col("at") == place).then(pl.lit(value, frame.schema[name])).otherwise(name).alias(name)
            for name, value in values.items()
        ).drop("at")  # fmt: skip

    return change


def without(condition: pl.Expr) -> Callable[[pl.DataFrame], pl.DataFrame]:
    def change(frame: pl.DataFrame) -> pl.DataFrame:
        place = frame.with_row_index("at").filter(condition)["at"][0]
        return frame.with_row_index("at").filter(pl.col("at") != place).drop("at")

    return change


def repeated_as_body(frame: pl.DataFrame) -> pl.DataFrame:
    """A line that was stripped for what it says stands in another document as body."""
    words = frame.filter((pl.col("kind") == "comment_form") & (pl.col("score") <= 0.05))["text"][0]
    return where(pl.col("is_body"), text=words.upper())(frame)


BODY, STRIPPED = pl.col("kind") == "body", pl.col("kind").is_in(list(checks.block.STRIPPED_KINDS))
NESTED, RESOLVED = pl.col("parent_mention_number").is_not_null(), pl.col("actor_id").is_not_null()
SPOKEN, SPEAKER = pl.col("speaker_actor_id").is_not_null(), "every_speaker_is_a_mention"
BLANK_AFTER = pl.col("char_end") == 72  # the title of one sample article; a blank line follows
FIRST = pl.lit(True)
TILES, SLICE = "blocks_tile_every_text", "every_block_equals_its_slice"

BREAKAGES: list[tuple[str, str, Callable[[pl.DataFrame], pl.DataFrame], set[str]]] = [
    # table, what is broken, how, the checks that fire
    ("texts", "wrong length", where(FIRST, n_chars=7), {"every_text_has_its_stated_length"}),
    ("blocks", "gap", without(BODY), {TILES}),
    ("blocks", "first missing", without(FIRST), {TILES}),
    ("blocks", "last missing", lambda frame: frame.head(-1), {TILES}),
    ("blocks", "a document missing", lambda frame: frame.filter(pl.col("document_id") != frame["document_id"][0]), {TILES}),
    ("blocks", "overlap", where(BODY & (pl.col("block_number") > 1), char_start=0), {TILES, SLICE}),
    ("blocks", "changed letter", where(BODY, text="x"), {TILES, SLICE}),
    ("blocks", "shifted", where(BODY, char_end=9_999), {TILES, SLICE}),
    ("blocks", "no reason", where(STRIPPED, rule_id=None), {"every_stripped_block_names_its_rule"}),
    ("blocks", "boilerplate as body", repeated_as_body, {"no_known_boilerplate_survives", TILES, SLICE}),
    ("documents", "one missing", without(FIRST), {"every_text_has_a_document"}),
    ("documents", "nearly all gone", where(FIRST, kind="article", share_stripped=0.95), {"no_article_is_nearly_all_stripped"}),
    ("sentences", "over a stripped block", where(FIRST, char_start=0, char_end=9_999), {
        "every_sentence_lies_inside_a_kept_block", "every_sentence_equals_its_slice"}),
    ("sentences", "in white space", where(BLANK_AFTER, char_start=72, char_end=73, text="\n"), {
        "every_sentence_lies_inside_a_kept_block"}),
    ("sentences", "changed letter", where(FIRST, text="x"), {"every_sentence_equals_its_slice"}),
    ("mentions", "changed letter", where(FIRST, surface="x"), {"every_mention_surface_equals_its_slice"}),
    ("mentions", "another sentence", where(pl.col("sentence_number") == 1, sentence_number=2), {"every_mention_lies_inside_its_sentence"}),
    ("mentions", "no such sentence", where(FIRST, sentence_number=999), {"every_mention_lies_inside_its_sentence"}),
    ("mentions", "no such parent", where(NESTED, parent_mention_number=999), {"every_mention_lies_inside_its_parent"}),
    ("mentions", "parent elsewhere", where(NESTED & (pl.col("mention_number") > 5), parent_mention_number=1), {"every_mention_lies_inside_its_parent"}),
    ("mentions", "no such actor", where(RESOLVED, actor_id="nobody"), {"every_actor_id_exists"}),
    ("quotes", "no such actor", where(SPOKEN, speaker_actor_id="nobody"), {"every_speaker_actor_id_exists", SPEAKER}),
    ("quotes", "another actor", where(SPOKEN, speaker_actor_id="FRA"), {SPEAKER}),
    ("quotes", "no such mention", where(SPOKEN, speaker_mention_number=999), {SPEAKER}),
    ("quotes", "no such sentence", where(FIRST, sentence_number=999), {"every_quote_begins_in_its_sentence"}),
    ("quotes", "beyond the text", where(FIRST, char_end=99_999), {"every_quote_begins_in_its_sentence"}),
    ("stripped_mentions", "changed letter", where(FIRST, surface="x"), {"every_stripped_surface_equals_its_slice"}),
    ("outlets", "actors of boilerplate", where(FIRST, n_mentions=1, n_stripped_mentions=90), {"share_of_actors_that_came_from_boilerplate"}),
    ("outlets", "one rule takes all", where(FIRST, share_of_rule=0.41, n_documents=5), {"no_rule_removes_more_than_40_percent_of_an_outlet"}),
    ("outlets", "one rule, few documents", where(FIRST, share_of_rule=0.41, n_documents=4), set()),
    ("outlets", "few actors", where(FIRST, n_mentions=1, n_stripped_mentions=9), set()),
    ("issues", "lost correction", where(FIRST, kind="correction_without_block"), {"every_correction_finds_its_block"}),
    ("rules", "not described", where(FIRST, rationale=None), {"every_rule_that_acted_is_described", "rationale_is_never_null"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "breakage", "change", "fires"), BREAKAGES, ids=[f"{b[0]}: {b[1]}" for b in BREAKAGES]
)
def test_what_is_broken_is_found(
    good: Frames, table: str, breakage: str, change: Callable[[pl.DataFrame], pl.DataFrame], fires: set[str]
) -> None:
    found = broken_rules(table, change(good[table]), inputs(good, table))
    assert {failure.rule for failure in found} == fires
    assert all(failure.table == table and failure.count for failure in found)
    assert all(failure.rows for failure in found)


def test_every_check_is_tried() -> None:
    assert {check.name for check in checks.CHECKS} <= {name for *_, fires in BREAKAGES for name in fires}


def test_a_finding_shows_where_it_is(good: Frames) -> None:
    (found,) = broken_rules("mentions", where(FIRST, surface="x")(good["mentions"]), inputs(good, "mentions"))
    document_id = good["mentions"]["document_id"][0]
    assert found == contract.Failure(
        "mentions", "every_mention_surface_equals_its_slice", 1,
        ({"document_id": document_id, "mention_number": 1, "surface": "x"},),
    )  # fmt: skip


@pytest.mark.parametrize("check", checks.CHECKS, ids=lambda check: check.name)
def test_a_check_is_a_sentence_about_a_declared_table(check: checks.Check) -> None:
    assert check.table is BY_NAME[check.table.name]
    assert check.name.count("_") >= 2
    assert check.description.endswith(".")
    assert set(check.show) <= set(check.table.schema)


def test_the_corpus_and_its_worst_outlets_are_named(good: Frames) -> None:
    one = good["outlets"][:1]
    counts = {"a": (90, 10), "b": (10, 90), "c": (0, 400)}
    outlets = pl.concat(
        one.with_columns(outlet=pl.lit(name), n_mentions=pl.lit(kept), n_stripped_mentions=pl.lit(stripped))
        for name, (kept, stripped) in counts.items()
    ).select(pl.col(name).cast(kind) for name, kind in BY_NAME["outlets"].schema.items())
    (found,) = broken_rules("outlets", outlets, inputs(good, "outlets"))
    assert [(row["outlet"], row["share_of_stripped_mentions"]) for row in found.rows] == [
        ("c", 1.0),
        ("b", 0.9),
        ("(all outlets)", 0.833),
    ]


def test_an_outlet_is_counted_as_its_tables_are(good: Frames) -> None:
    """Both sample articles lie in one folder, which is all that is known of their outlets beforehand."""
    (row,) = good["outlets"].to_dicts()
    blocks = good["blocks"].filter(pl.col("kind") != "blank").with_columns(n=pl.col("text").str.len_chars())
    stripped = blocks.filter(STRIPPED)
    outermost = pl.col("parent_mention_number").is_null()
    assert (row["outlet"], row["n_documents"], row["n_chars"]) == (".", 2, blocks["n"].sum())
    assert row["share_stripped"] == round(stripped["n"].sum() / blocks["n"].sum(), 6)
    assert row["n_mentions"] == good["mentions"].filter(outermost).height
    assert row["n_stripped_mentions"] == good["stripped_mentions"].filter(outermost).height
    by_rule = dict(stripped.group_by("rule_id").agg(pl.col("n").sum()).iter_rows())
    by_rule.pop("model", None)  # no rule that could be too wide
    assert row["share_of_rule"] == round(max(by_rule.values()) / blocks["n"].sum(), 6)
    assert by_rule[row["rule_id"]] == max(by_rule.values())

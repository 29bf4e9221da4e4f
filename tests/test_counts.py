"""Counts by actor and month: what counts once, where an article stands whose month is not known, and that batches add up."""

from datetime import date

import duckdb
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipeline.settings import Settings
from pipeline.steps import Context
from pipeline.steps.counts import actor_counts, counts_of_batch
from pipeline.steps.frames import added_up
from pipeline.warehouse import VIEWS

CONTEXT = Context(Settings(), "", {})
DOCUMENTS = {
    "d_1": (date(2024, 6, 20), "day"),
    "d_2": (date(2024, 6, 1), "month"),
    "d_3": (date(2024, 1, 1), "year"),
    "d_4": (None, "none"),
}
MENTIONS = [
    ("d_1", "RUS"),
    ("d_1", "RUS"),
    ("d_1", None),
    ("d_2", "RUS"),
    ("d_2", "PRK"),
    ("d_3", "RUS"),
    ("d_4", "PRK"),
]
COUNTS = [
    ("PRK", "2024-06", 1, 1),
    ("PRK", "undated", 1, 1),
    ("RUS", "2024", 1, 1),
    ("RUS", "2024-06", 3, 2),
]


def kept(*batches: tuple[str, ...]) -> list[pl.DataFrame]:
    """What is kept of batches of these documents."""
    of_documents = {"document_id": pl.String, "published_on": pl.Date, "published_precision": pl.String}
    of_mentions = {"document_id": pl.String, "actor_id": pl.String}
    return [
        counts_of_batch(
            CONTEXT,
            pl.DataFrame([(name, *DOCUMENTS[name]) for name in names], schema=of_documents, orient="row"),
            pl.DataFrame([one for one in MENTIONS if one[0] in names], schema=of_mentions, orient="row"),
        )
        for names in batches
    ]


def test_a_month_a_year_and_no_date_are_rows_of_their_own() -> None:
    assert actor_counts(CONTEXT, kept(tuple(DOCUMENTS)), pl.DataFrame()).rows() == COUNTS


def test_batches_add_up() -> None:
    assert actor_counts(CONTEXT, kept(("d_1", "d_4"), ("d_2",), ("d_3",), ()), pl.DataFrame()).rows() == COUNTS


@given(st.lists(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 9)), max_size=5), min_size=1, max_size=5))
def test_sums_do_not_depend_on_how_many_are_held(batches: list[list[tuple[str, int]]]) -> None:
    schema = {"name": pl.String, "n": pl.Int64}
    frames = [pl.DataFrame(rows, schema=schema, orient="row") for rows in batches]
    one_at_a_time = added_up(frames, ["name"], at_once=0).sort("name")
    assert one_at_a_time.equals(added_up([pl.concat(frames)], ["name"]).sort("name"))


def test_the_view_gives_months_as_dates_and_the_rest_in_one_row() -> None:
    counts = pl.DataFrame(COUNTS, schema=["actor_id", "period", "n_mentions", "n_documents"], orient="row")
    statement = VIEWS.read_text("utf-8").partition("VIEW actor_months")[2].partition(";")[0]
    with duckdb.connect() as connection:
        connection.register("actors", pl.DataFrame({"actor_id": ["PRK", "RUS"], "name": ["North Korea", "Russia"]}))
        connection.register("actor_counts", counts)
        connection.execute(f"CREATE VIEW actor_months {statement}")
        rows = connection.execute("FROM actor_months ORDER BY ALL").fetchall()
    assert rows == [
        ("PRK", "North Korea", date(2024, 6, 1), 1, 1),
        ("PRK", "North Korea", None, 1, 1),
        ("RUS", "Russia", date(2024, 6, 1), 3, 2),
        ("RUS", "Russia", None, 1, 1),
    ]

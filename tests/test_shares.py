"""Rows dealt out to files: none is lost, equal ones stay together, and memory holds what was asked for."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.steps.shares import shares

FRAMES = st.lists(st.lists(st.text("abcdefgh", max_size=3) | st.none(), max_size=30), max_size=8)


@given(FRAMES, st.integers(1, 40))
def test_every_row_is_in_one_share_with_its_equals(columns: list[list[str | None]], at_once: int) -> None:
    frames = [
        pl.DataFrame({"name": names, "n": range(len(names))}, {"name": pl.String, "n": pl.Int64}) for names in columns
    ]
    found = [share.rows() for share in shares(iter(frames), "name", at_once)]
    rows = [[str(row) for one in some for row in one] for some in (found, map(pl.DataFrame.rows, frames))]
    assert sorted(rows[0]) == sorted(rows[1])
    homes = [{name for name, _ in share} for share in found]
    assert sum(map(len, homes)) == len(set().union(*homes))


@pytest.mark.parametrize(("n_rows", "n_names"), [(0, 1), (10, 10), (100, 100), (5_000, 5_000), (300, 1), (300, 3)])
def test_no_share_is_larger_than_it_has_to_be(n_rows: int, n_names: int) -> None:
    frames = [pl.DataFrame({"name": [number % n_names]}) for number in range(n_rows)]
    sizes = [share.height for share in shares(frames, "name", 50)]
    assert sum(sizes) == n_rows
    assert all(size <= max(50, n_rows // n_names) for size in sizes)

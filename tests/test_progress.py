"""Progress: said in articles, with a rate and the time left, and not more often than one can read."""

import pytest

from pipeline.progress import Meter, how_far


@pytest.mark.parametrize(
    ("table", "done", "total", "seconds", "expected"),
    [
        ("mentions", 0, 10_000, 3.0, "mentions: 0 of 10,000 articles"),
        ("mentions", 1_200, 10_000, 3.0, "mentions: 1,200 of 10,000 articles, 400 a second, 0:22 left"),
        ("quotes", 5, 1_000, 10.0, "quotes: 5 of 1,000 articles, 0.5 a second, 33:10 left"),
        ("quotes", 5, 100_000, 10.0, "quotes: 5 of 100,000 articles, 0.5 a second, 55:33:10 left"),
        ("files", 2_000, 2_000, 2.0, "files: 2,000 of 2,000 files, 1,000 a second, 0:00 left"),
        ("actors", 0, 0, 1.0, "actors: 0 of 0 articles"),
        ("texts", 5, 10, 0.0, "texts: 5 of 10 articles"),
    ],
)
def test_how_far_a_step_is(table: str, done: int, total: int, seconds: float, expected: str) -> None:
    assert how_far(table, done, total, seconds) == expected


def test_an_hour_of_work_is_not_a_flood() -> None:
    """A step of 72,000 articles, 20 a second, heard of 3,600 times; then one that takes five seconds."""
    said: list[str] = []
    now = 100.0
    meter = Meter(said.append, clock=lambda: now)
    meter("texts", 0, 72_000)
    for second in range(1, 3_601):
        now += 1
        meter("texts", 20 * second, 72_000)
    assert len(said) == 360
    assert said[0] == "texts: 200 of 72,000 articles, 20 a second, 59:50 left"
    for second in range(6):
        meter("blocks", 20 * second, 100)
        now += 1
    assert len(said) == 360

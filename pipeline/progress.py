"""How far a step is, in words and at a bearable rate: articles done, articles a second, time left.

Who counts is `batches.py`; where the words go (a terminal's live line, a plain line, Dagster's log) is said by who asks.
"""

import time
from collections.abc import Callable

EVERY = 10.0  # seconds between two lines: a minute of work is read at a glance, an hour is not a flood


class Meter:
    """Measures one step after another: hears (table, articles done, articles to do), says how far the table is.

    `say` is called at most every so many seconds, and not for what takes no longer than that. A stage begins with nothing
    done.
    """

    def __init__(
        self, say: Callable[[str], None], every: float = EVERY, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._say, self._every, self._clock = say, every, clock
        self._began = self._said = clock()

    def __call__(self, table: str, done: int, total: int) -> None:
        """Hear how far a table is."""
        now = self._clock()
        if not done:
            self._began = self._said = now
        elif now - self._said >= self._every:
            self._said = now
            self._say(how_far(table, done, total, now - self._began))


def how_far(table: str, done: int, total: int, seconds: float) -> str:
    """`mentions: 1,200 of 10,000 articles, 400 a second, 0:22 left`; rate and time once there is something to go by."""
    said = f"{table}: {done:,} of {total:,} {'files' if table == 'files' else 'articles'}"
    if not done or not seconds:
        return said
    left = round((total - done) * seconds / done)
    clock = f"{left // 3600}:{left // 60 % 60:02}:{left % 60:02}" if left >= 3600 else f"{left // 60}:{left % 60:02}"
    return f"{said}, {_rate(done / seconds)} a second, {clock} left"


def _rate(per_second: float) -> str:
    return f"{per_second:,.0f}" if per_second >= 10 else f"{per_second:.1f}"

"""The pool: every task once, few at a time, an error handed on, and silence at the end."""

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator

import pytest

from pipeline.pool import _pool, spread
from pipeline.settings import ROOT


def test_every_task_is_done_once() -> None:
    assert sorted(spread(str, iter(range(20)), 2)) == sorted(map(str, range(20)))
    assert list(spread(str, iter([]), 2)) == []


def test_tasks_are_taken_as_they_are_needed() -> None:
    taken = []

    def tasks() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    results = spread(str, tasks(), 2)
    next(results)
    assert len(taken) <= 4


def test_an_error_is_handed_on_and_the_next_pool_is_a_new_one() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        list(spread(int, iter(["1", "two", "3"]), 2))
    assert sorted(spread(int, iter(["1", "2"]), 2)) == [1, 2]


def _worker(_: int) -> int:
    return os.getpid()


def test_workers_that_have_done_much_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.pool._MUCH", 8)
    few, much, after = (set(spread(_worker, iter(range(n)), 2)) for n in (4, 8, 4))
    assert few & much
    assert not much & after


def _allocator(_: int) -> str:
    import pyarrow  # noqa: PLC0415 (as a worker does, with its first task)

    return pyarrow.default_memory_pool().backend_name


def test_arrow_takes_memory_from_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ARROW_DEFAULT_MEMORY_POOL", raising=False)
    _pool.cache_clear()
    assert list(spread(_allocator, iter([1, 2]), 2)) == ["system", "system"]


def test_workers_end_without_a_word() -> None:
    """Libraries in them complain when a thread is still running at the end."""
    code = """
        from pathlib import Path
        from pipeline.pool import _pool, spread
        from pipeline.warehouse import connect
        if __name__ == "__main__":
            try:
                list(spread(connect, iter([Path("nowhere"), Path("nowhere")]), 2))
            except FileNotFoundError as error:
                print("as expected")
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("as expected\n", "")

"""The pool: every task once, few at a time, an error handed on, and silence at the end."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from pathlib import Path

import pytest

from pipeline import pool
from pipeline.pool import end_workers, spread
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
    end_workers()
    assert list(spread(_allocator, iter([1, 2]), 2)) == ["system", "system"]


def test_workers_end_without_a_word() -> None:
    """Libraries in them complain when a thread is still running at the end."""
    code = """
        from pathlib import Path
        from pipeline.pool import spread
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


def _die(task: tuple[str, int]) -> str:
    """The process is killed, as for want of memory, as often as the task says; each time leaves a file."""
    folder, times = task
    held = Path(folder) / str(times)
    if len(list(held.glob("*"))) < times:
        held.mkdir(exist_ok=True)
        (held / str(os.getpid())).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return str(times)


def test_what_was_under_way_when_a_worker_was_killed_is_done_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tasks = [(str(tmp_path), times) for times in (0, 0, 1, 0, 0)]
    assert sorted(spread(_die, iter(tasks), 2)) == ["0", "0", "0", "0", "1"]
    assert "', 1): its process was killed" in caplog.text
    assert 1 not in pool._pools  # whoever did a task alone is gone, with the memory it held


def test_a_task_that_kills_its_process_again_is_named_and_the_others_are_done(tmp_path: Path) -> None:
    results = spread(_die, iter([(str(tmp_path), times) for times in (0, 9, 0, 0, 0, 0)]), 2)
    assert [next(results) for _ in range(5)] == ["0"] * 5
    with pytest.raises(BrokenExecutor, match=r"', 9\): the process was killed twice.* --batch-bytes"):
        next(results)


def test_where_every_process_is_killed_it_soon_ends(tmp_path: Path) -> None:
    taken = iter([(str(tmp_path / str(n)), 9) for n in range(100)])
    for one in range(100):
        (tmp_path / str(one)).mkdir()
    with pytest.raises(BrokenExecutor, match="killed twice"):
        list(spread(_die, taken, 2))
    assert len(list(taken)) > 90


def _sleep(seconds: int) -> int:
    time.sleep(seconds)
    return seconds


def test_who_breaks_off_does_not_wait_for_a_worker_that_hangs() -> None:
    results = spread(_sleep, iter([0, 600]), 2)
    assert next(results) == 0
    started = time.monotonic()
    results.close()  # type: ignore[attr-defined]
    assert time.monotonic() - started < 60


def test_a_worker_that_hangs_is_told_of(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr("pipeline.pool._LONG", 0.1)
    assert list(spread(_sleep, iter([2]), 2)) == [2]
    assert "nothing was finished for 0 minutes; under way: 2." in caplog.text

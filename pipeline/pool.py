"""This machine's cores: a pool of processes that a run keeps over its steps.

What a worker does is handed in; nothing here knows a batch or a table.
"""

import atexit
import gc
import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, as_completed, wait
from contextlib import ExitStack
from functools import cache
from multiprocessing import get_context, parent_process
from threading import Event, Thread
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


def spread(function: Callable[[Task], Result], tasks: Iterator[Task], n_workers: int) -> Iterator[Result]:
    """Results as they come, never more than twice as many tasks under way as there are workers; a single worker is this
    process.

    Workers stay for what is spread next, unless they have done much: then they hold twice what a fresh one does.
    """
    if n_workers < 2:
        yield from map(function, tasks)
        return
    pool = _pool(n_workers)
    waiting = set()
    n_tasks = 0
    try:
        for n_tasks, task in enumerate(tasks, 1):  # noqa: B007
            waiting.add(pool.submit(function, task))
            if len(waiting) >= 2 * n_workers:
                ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (one.result() for one in ready)
        for one in as_completed(waiting):
            yield one.result()
        if n_tasks >= _MUCH:
            _pool.cache_clear()
            pool.shutdown()
    except BaseException:
        _pool.cache_clear()
        pool.shutdown(cancel_futures=True)  # and wait: nobody may write once the warehouse is let go
        raise


_MUCH = 64  # batches, beside which the second or two to begin anew do not count


_open = ExitStack()


@cache
def _pool(n_workers: int) -> ProcessPoolExecutor:
    """Spawned: forked children hang in polars."""
    return _open.enter_context(ProcessPoolExecutor(n_workers, mp_context=get_context("spawn"), initializer=_begin))


def end_workers() -> None:
    """Let the workers go, and what they share with this process."""
    _pool.cache_clear()
    _open.close()


def collect_rarely() -> None:
    """Let Python look for circles of garbage a thousand times less often: rows of tables are millions of tuples, which
    it would walk again and again (a tenth of the time), and hardly anything here makes circles."""
    gc.set_threshold(1_000_000, 50, 100)


_FRUGAL = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",  # its own allocator keeps some 80 MB a process that nobody needs any more
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:0,muzzy_decay_ms:0",  # of polars: it would keep what it once had, 200 MB
    "MALLOC_ARENA_MAX": "1",  # of the C library, for processes yet to begin: 40 MB; a worker has no threads to speak of
    "MALLOC_TRIM_THRESHOLD_": "1000000",  # bytes free at the end of its heap that are given back
    "MALLOC_MMAP_THRESHOLD_": "262144",  # bytes from which a piece is given back by itself
}


def hand_back_memory() -> None:
    """Let allocators give back what is free; to be said before Arrow is imported. It costs no time that can be measured."""
    for name, value in _FRUGAL.items():
        os.environ.setdefault(name, value)


def _begin() -> None:
    """What a worker does first. There are as many as cores, so each has one for its frames."""
    os.environ.setdefault("POLARS_MAX_THREADS", "1")  # read when polars is imported, with the first task
    collect_rarely()
    hand_back_memory()
    _end_with_parent()


def _end_with_parent() -> None:
    """Workers of a run that was killed would wait for ever: they hold both ends of the pipe they read from."""
    parent, over = parent_process(), Event()

    def watch() -> None:
        while not over.wait(1):
            if parent and not parent.is_alive():
                os._exit(1)

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    atexit.register(lambda: (over.set(), watcher.join()))  # type: ignore[func-returns-value]

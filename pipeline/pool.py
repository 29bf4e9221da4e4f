"""This machine's cores: a pool of processes that a run keeps over its steps.

What a worker does is handed in; nothing here knows a batch or a table.
"""

import atexit
import gc
import logging
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ProcessPoolExecutor, wait
from itertools import islice
from multiprocessing import active_children, get_context, parent_process
from threading import Event, Thread
from typing import TypeVar

_LOG = logging.getLogger(__name__)
Task = TypeVar("Task")
Result = TypeVar("Result")


def spread(function: Callable[[Task], Result], tasks: Iterator[Task], n_workers: int) -> Iterator[Result]:
    """Results as they come, never more than twice as many tasks under way as there are workers; a single worker is this
    process.

    Workers stay for what is spread next, unless they have done much: then they hold twice what a fresh one does. What was
    under way when one was killed is done again. Raises what a task raises, and `BrokenExecutor` in the end, which names
    the tasks that cannot be done; a task says by `str` what it is.
    """
    if n_workers < 2:
        yield from map(function, tasks)
        return
    waiting: dict[Future[Result], Task] = {}
    hopeless: list[Task] = []
    n_tasks = 0
    try:
        while len(hopeless) <= _FEW:
            more = list(islice(tasks, 2 * n_workers - len(waiting)))
            n_tasks += len(more)
            waiting |= {_submitted(n_workers, function, task): task for task in more}
            if not waiting:
                break
            ready = _ready(waiting)
            lost = [one for one in ready if _is_lost(one)]
            if lost:  # with one worker, all that was under way is
                ready = wait(waiting).done
                lost = [one for one in ready if _is_lost(one)]
                end_workers()
            yield from [one.result() for one in ready if one not in lost]
            for one in lost:
                yield from _alone(function, waiting[one], hopeless)
            if lost:  # memory is short: no worker stays beside those to come
                end_workers()
            waiting = {one: task for one, task in waiting.items() if one not in ready}
        if n_tasks >= _MUCH:
            end_workers()
    except BaseException as error:
        try:
            end_workers(at_once=not isinstance(error, Exception))
        except BaseException:  # Ctrl-C, because one of them hangs
            end_workers(at_once=True)
            raise
        raise
    if hopeless:
        raise BrokenExecutor(
            f"{', '.join(map(str, hopeless))}: the process was killed twice, the second time with nothing beside it, most "
            "likely because memory ran out. What was finished stands. Free memory or give a smaller --batch-bytes (which "
            "counts for new batches), and run again"
        )


_FEW = 3  # tasks that kill their process before no more are tried: it is not the tasks
_LONG = 600.0  # seconds without any result, ten times what a large batch takes
_MUCH = 64  # batches, beside which the second or two to begin anew do not count


def _submitted(n_workers: int, function: Callable[[Task], Result], task: Task) -> "Future[Result]":
    try:
        return _pool(n_workers).submit(function, task)
    except BrokenExecutor as error:  # a worker has just been killed, and nobody was told yet
        lost: Future[Result] = Future()
        lost.set_exception(error)
        return lost


def _ready(waiting: "Mapping[Future[Result], Task]") -> "set[Future[Result]]":
    """What is done, once something is."""
    while not (ready := wait(waiting, timeout=_LONG, return_when=FIRST_COMPLETED).done):
        under_way = ", ".join(str(task) for one, task in waiting.items() if one.running())
        _LOG.warning(
            "nothing was finished for %.0f minutes; under way: %s. Ctrl-C breaks off, and what was finished stands",
            _LONG / 60, under_way,
        )  # fmt: skip
    return ready


def _is_lost(future: "Future[Result]") -> bool:
    return isinstance(future.exception(), BrokenExecutor)


def _alone(function: Callable[[Task], Result], task: Task, hopeless: list[Task]) -> Iterator[Result]:
    """The result of a task that was lost: there may be memory enough for it alone. Notes a task that is lost again."""
    _LOG.warning("%s: its process was killed, or one beside it; it is done again", task)
    try:
        yield _pool(1).submit(function, task).result()
    except BrokenExecutor:
        hopeless.append(task)
        end_workers()


_pools: dict[int, ProcessPoolExecutor] = {}


def _pool(n_workers: int) -> ProcessPoolExecutor:
    """Spawned: forked children hang in polars."""
    if n_workers not in _pools:
        _pools[n_workers] = ProcessPoolExecutor(n_workers, mp_context=get_context("spawn"), initializer=_begin)
    return _pools[n_workers]


def end_workers(*, at_once: bool = False) -> None:
    """Let the workers go, and wait: nobody may write once the warehouse is let go. At once means in the middle of their
    tasks, as for Ctrl-C: a part is published whole or not at all."""
    if at_once:
        for worker in active_children():
            worker.kill()
    while _pools:
        _pools.popitem()[1].shutdown(cancel_futures=True)


def collect_rarely() -> None:
    """Let Python look for circles of garbage a thousand times less often: rows of tables are millions of tuples, which
    it would walk again and again (a tenth of the time), and hardly anything here makes circles."""
    gc.set_threshold(1_000_000, 50, 100)


_FRUGAL = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",  # its own allocator keeps some 80 MB a process that nobody needs any more
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:0,muzzy_decay_ms:0",  # of polars: it would keep what it once had, 200 MB
    "MALLOC_ARENA_MAX": "1",  # of the C library, for processes yet to begin: 40 MB; a worker has no threads to speak of
    # Bytes free at the end of its heap that are given back, and bytes from which a piece is given back by itself. What the
    # classifier works on is below both: to ask the system for it each time anew was a tenth of a worker's time.
    "MALLOC_TRIM_THRESHOLD_": "8000000",
    "MALLOC_MMAP_THRESHOLD_": "2000000",
}


def hand_back_memory() -> None:
    """Let allocators give back what is free; to be said before Arrow is imported. It costs no time that can be measured."""
    for name, value in _FRUGAL.items():
        os.environ.setdefault(name, value)


def _begin() -> None:
    """What a worker does first. There are as many as cores, so each has one for its frames."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the run itself ends its workers
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

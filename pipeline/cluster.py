"""A Ray cluster's cores: the engine for more than one machine, over the same function as `pool.py`.

Plain tasks and not Ray Data: a part is made, checked and published by the task itself, so no rows flow between tasks that
Ray Data could stream, and tasks are made as they are needed, where Ray Data wants them all at once. Where and when a task
runs is Ray's business; nothing is scheduled here.
"""

import logging
import platform
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor
from dataclasses import replace
from functools import cache, lru_cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol, Self, TypeAlias, TypeVar

from pipeline.settings import Settings
from pipeline.storage import place

_TRIES = 4  # of one part whose node or process dies, as Ray itself does
_SEEDS = ("register/*.csv", "rules/*.csv", "models/*.npz")
_LOG = logging.getLogger(__name__)


class Part(Protocol):
    """A task: which part it makes, and with which settings."""

    table: str
    batch: str
    settings: Settings

    def _replace(self, **changes: Any) -> Self: ...


Task = TypeVar("Task", bound=Part)
Result = TypeVar("Result")


def spread(function: Callable[[Task], Result], tasks: Iterator[Task], n_at_once: int) -> Iterator[Result]:
    """Results as they come from the nodes; 0 at once means twice as many tasks under way as the cluster has cores.

    A task whose node dies is tried again elsewhere: parts are published whole, so it may be done twice and shows once.
    Raises what a task raises, `ConnectionError` where no cluster is found, and `BrokenExecutor` for a task that is lost
    every time.
    """
    ray = import_module("ray")  # an extra, and slow to import
    _connect()
    tries: dict[Any, tuple[Task, int]] = {}
    libraries, seeds = ray.put(_libraries()), None

    def submit(task: Task, n_tries: int = 1) -> None:
        tries[on_node.remote(function, task, seeds, libraries)] = (task, n_tries)

    def finished() -> list[Result]:
        """The next result; none where its task was lost and is tried again."""
        ready = ray.wait(list(tries), num_returns=1)[0][0]
        task, n_tries = tries.pop(ready)
        try:
            return [ray.get(ready)]
        except ray.exceptions.RayTaskError as error:
            raise error.cause from error
        except ray.exceptions.RayError as error:
            if n_tries == _TRIES or not isinstance(error, lost_with):
                told = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
                raise BrokenExecutor(
                    f"{task.table} {task.batch} was lost, at try {n_tries} of {_TRIES} ({told}). Look at the nodes and their "
                    "memory (a smaller --batch-bytes counts for new batches). What was finished stands; run again"
                ) from error
            _LOG.warning("%s %s was lost (%s) and is tried again", task.table, task.batch, type(error).__name__)
            submit(task, n_tries + 1)
            return []

    lost_with = (ray.exceptions.NodeDiedError, ray.exceptions.WorkerCrashedError, ray.exceptions.OutOfMemoryError)
    on_node = ray.remote(_on_node).options(max_retries=0, runtime_env=_python())  # lost tasks are seen and told here
    try:
        for task in tasks:
            seeds = seeds or ray.put(_packed(task.settings))
            submit(task)
            if len(tries) >= (n_at_once or 2 * int(ray.cluster_resources().get("CPU", 1))):
                yield from finished()
        while tries:
            yield from finished()
    except BaseException:
        for one in tries:
            ray.cancel(one)
        if tries:
            ray.wait(list(tries), num_returns=len(tries))  # nobody may write once the warehouse is let go
        raise


def _connect() -> None:
    """Join the cluster that `RAY_ADDRESS` names, or the one this machine belongs to; our code travels along."""
    ray = import_module("ray")
    if ray.is_initialized():
        return
    code = {"py_modules": [str(Path(__file__).parent)], "excludes": ["__pycache__"]}
    try:
        ray.init(address="auto", runtime_env=code, log_to_driver=False, logging_level=logging.WARNING)
    except ConnectionError as error:
        raise ConnectionError(
            f"no Ray cluster found ({error}); start one with `ray start --head`, or say where it is with RAY_ADDRESS"
        ) from None


def _python() -> dict[str, str]:
    """Ray quotes all it starts a worker with but the interpreter: where every node is this machine, it is named quoted."""
    ray = import_module("ray")
    here = {ray.util.get_node_ip_address()}
    is_here = {node["NodeManagerAddress"] for node in ray.nodes() if node["Alive"]} <= here
    return {"py_executable": shlex.quote(sys.executable)} if is_here and " " in sys.executable else {}


Packed: TypeAlias = tuple[tuple[str, bytes], ...]
"""Files by their relative names."""


def _on_node(function: Callable[[Task], Result], task: Task, seeds: Packed, libraries: dict[str, str]) -> Result:
    """One task on a node, once the node is known to be fit: the same libraries, and the warehouse within reach."""
    warehouse, here = place(task.settings.warehouse), platform.node()
    if isinstance(warehouse, Path) and not (warehouse / ".lock").exists():
        raise FileNotFoundError(f"{here} does not see {warehouse}; a cluster needs a warehouse on shared storage")
    for name, there in libraries.items():
        if _version(name) != there:
            raise RuntimeError(f"{here} has {name} {_version(name)}, not {there}; install the same on every node")
    folder = _unpacked(seeds).name
    own = tuple(f"{folder}/registers/{Path(one).name}" for one in task.settings.registers)
    return function(task._replace(settings=replace(task.settings, seeds=f"{folder}/seeds", registers=own)))


def _libraries() -> dict[str, str]:
    """Versions of what Tidywire needs on every node: all but Dagster, which only starts a run."""
    said = (re.match(r"[\w.-]+", one) for one in requires("tidywire") or () if "extra ==" not in one)
    return {name: _version(name) for name in (one[0] for one in said if one) if not name.startswith("dagster")}


@cache
def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "nothing"


def _packed(settings: Settings) -> Packed:
    """The seeds and the user's own registers; a node need not have them, and each run has its own."""
    seeds = Path(settings.seeds)
    paths = {f"seeds/{path.relative_to(seeds).as_posix()}": path for glob in _SEEDS for path in seeds.glob(glob)}
    for own in map(Path, settings.registers):
        inside = own.glob("*") if own.is_dir() else [own]
        paths |= {f"registers/{path.relative_to(own.parent).as_posix()}": path for path in inside if path.is_file()}
    return tuple((name, path.read_bytes()) for name, path in sorted(paths.items()))


@lru_cache(maxsize=1)
def _unpacked(seeds: Packed) -> "TemporaryDirectory[str]":
    folder = TemporaryDirectory(prefix="tidywire-seeds-")
    for name, held in seeds:
        path = Path(folder.name) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(held)
    return folder

"""What a step is: the function that makes one table, and everything its result depends on.

Steps register themselves in `STEPS` in reading order. When and where they run is decided in `batches.py`.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import polars as pl

from pipeline.contract import Table
from pipeline.settings import Settings


class Context(NamedTuple):
    """What a step may know besides its frames: settings, a digest of its seeds, where the batch's files lie."""

    settings: Settings
    seeds_digest: str
    sources: Mapping[str, str]


Function = Callable[..., pl.DataFrame]


@dataclass(frozen=True)
class Step:
    """How one table is made and what its result depends on.

    A `batch` step makes one part per batch. A `corpus` step makes the single part `all`, from whole tables and from what
    `keys` keeps of each batch. `given` names the columns of `files` it uses, `seeds` globs below the seeds folder,
    `options` settings, `libraries` distributions, `chosen` says the version of what the settings choose: a change in any of
    them makes a part stale. `registers` says whether the user's own registers count among its seeds. `shows` names tables that
    show the same seeds to the user: they come first although their rows are not read. `tells` are the declarations the
    rows are made from, where these are more than the table's own.
    """

    table: Table
    run: Function
    scope: Literal["batch", "corpus"] = "batch"
    keys: Function | None = None
    given: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()
    registers: bool = False
    options: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    chosen: Callable[[Settings], str | None] | None = None
    shows: tuple[str, ...] = ()
    tells: tuple[Table, ...] = ()

    @property
    def upstream(self) -> tuple[str, ...]:
        """The tables that must stand first: those it reads, those its keys read, those that show its seeds."""
        return tuple(dict.fromkeys((*reads(self.run), *(reads(self.keys) if self.keys else ()), *self.shows)))


STEPS: dict[str, Step] = {}


def reads(function: Function) -> tuple[str, ...]:
    """The tables a step's function takes: its parameters, but for the context and the keys."""
    return tuple(name for name in inspect.signature(function).parameters if name not in ("context", "keys"))


def step(table: Table, **depends: Any) -> Callable[[Function], Function]:
    """Register the function below as the one that makes `table`."""

    def enter(run: Function) -> Function:
        STEPS[table.name] = Step(table, run, **depends)
        return run

    return enter

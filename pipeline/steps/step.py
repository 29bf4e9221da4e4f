"""What a step is: the functions that make one table, and everything their results depend on.

Steps register themselves in `STEPS` in reading order. When and where they run is decided in `batches.py`.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import polars as pl

from pipeline.contract import Table
from pipeline.settings import Settings


class Context(NamedTuple):
    """What a step may know besides its frames: settings, a digest of its seeds, where the batch's files lie."""

    settings: Settings
    seeds_digest: str
    sources: Mapping[str, str]


Keys = Iterable[pl.DataFrame]
"""What is kept of each batch, one frame a batch; read from disk each time it is gone through."""
Function = Callable[..., pl.DataFrame]
Stage = Literal["keys", "table", "facts"]


@dataclass(frozen=True)
class Step:
    """How one table is made and what its result depends on.

    A `batch` step makes one part per batch. A `corpus` step makes the single part `all`, from whole tables and from what
    `keys` keeps of each batch. Its `facts`, if any, are what the table has to say to one batch, made from the table, the
    batch's keys and other parts of the batch: a batch step that reads the table gets these instead, so that it is stale
    only when they are others.

    `uses` names the columns the functions get of a table they read (all where it is silent), `seeds` globs below the
    seeds folder, `options` settings, `libraries` distributions, `chosen` says the version of what a setting chooses: a
    change in any of them makes a part stale. `registers` says whether the user's own registers count among its seeds.
    It gets the columns `finds_by` of `files`, too, which only say where a document lies and may change. `shows` names
    tables that show the same seeds to the user: they come first although their rows are not read. `tells` are the
    declarations the rows are made from, where these are more than the table's own. `shares` are what a run tells about the
    table besides its rows: what is counted of which whole, each a sum over the rows.
    """

    table: Table
    run: Function
    scope: Literal["batch", "corpus"] = "batch"
    keys: Function | None = None
    facts: Function | None = None
    uses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    finds_by: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()
    registers: bool = False
    options: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    chosen: Mapping[str, Callable[[Settings], str | None]] = field(default_factory=dict)
    shows: tuple[str, ...] = ()
    tells: tuple[Table, ...] = ()
    shares: Mapping[str, tuple[pl.Expr, pl.Expr]] = field(default_factory=dict)

    @property
    def upstream(self) -> tuple[str, ...]:
        """The tables that must stand first: those its functions read, those that show its seeds."""
        read = [name for function in self.functions.values() for name in reads(function) if name != self.table.name]
        return tuple(dict.fromkeys((*read, *self.shows)))

    @property
    def functions(self) -> dict[Stage, Function]:
        """What makes the parts of each stage."""
        made: dict[Stage, Function | None] = {"table": self.run, "keys": self.keys, "facts": self.facts}
        return {stage: function for stage, function in made.items() if function}


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

"""What a run would do and why, without doing it: the input looked at, every part asked for its reasons.

A part hangs on the contents of the columns it uses. What lies in a part that is yet to be made nobody knows, so what hangs on
it is made "at most": if it comes out as it was, nothing more is done.
"""

from collections.abc import Callable, Iterator, Mapping
from graphlib import TopologicalSorter
from typing import NamedTuple

from pipeline import intake
from pipeline.batches import Outcome, standing_outcome
from pipeline.fingerprints import column_digests
from pipeline.render import arrow_table
from pipeline.settings import Settings
from pipeline.staleness import (
    Part,
    Stale,
    folder_of,
    slices_of,
    stale_parts,
    surplus,
    told,
    wanted,
)
from pipeline.steps import STEPS, Step, reads
from pipeline.tables import FILES, TABLES
from pipeline.warehouse import ALL, Snapshot

_NOTHING = "up to date"


class TablePlan(NamedTuple):
    """What a run would do to one table: parts it makes and why, parts it may make by the tables that may change."""

    table: str
    certain: Mapping[str, tuple[str, ...]]
    possible: Mapping[str, tuple[str, ...]]
    kept: tuple[str, ...]
    dropped: tuple[str, ...]

    def __str__(self) -> str:
        n_all = len(self.certain) + len(self.possible) + len(self.kept)
        said = []
        if self.certain:
            said.append(f"{len(self.certain):,} of {n_all:,} parts: {told(self.certain.values())}")
        if self.possible:
            more = "more " if self.certain else ""
            awaited = [tuple(f"{name} may change" for name in names) for names in self.possible.values()]
            said.append(f"at most {len(self.possible):,} {more}of {n_all:,}: {told(awaited)}")
        if self.dropped:
            said.append(f"{len(self.dropped):,} dropped: their documents are gone")
        return "; ".join(said) or _NOTHING


def in_order() -> list[str]:
    """The tables in the order a run makes them."""
    return list(TopologicalSorter({name: step.upstream for name, step in STEPS.items()}).static_order())


def plan(settings: Settings) -> list[TablePlan]:
    """What a run with these settings would do, table by table; nothing is written. Raises what keeps a run from beginning."""
    return list(_plans(settings, intake.look(settings), Snapshot(settings.warehouse)))


def nothing_to_do(settings: Settings) -> list[Outcome] | None:
    """What a run comes to that finds nothing to do; None where it would find something. Files and footers are looked at,
    and at the first difference no further. Raises what keeps a run from beginning."""
    listed, warehouse = intake.look(settings, opens=False), Snapshot(settings.warehouse)
    if listed.n_opened or listed.seen is not None:
        return None
    if any(str(one) != _NOTHING for one in _plans(settings, listed, warehouse)):
        return None
    slices = slices_of(listed.files)
    parts = {name: wanted(step, "table", slices) for name, step in STEPS.items()}
    return [intake.outcome_of(listed)] + [
        standing_outcome(STEPS[name], {batch: warehouse.footer(name, batch) for batch in batches}, batches)
        for name, batches in parts.items()
    ]


def _plans(settings: Settings, listed: intake.Listed, warehouse: Snapshot) -> Iterator[TablePlan]:
    slices = slices_of(listed.files)
    files, pending = column_digests(arrow_table(listed.files, FILES)), set[Part]()

    def contents(place: Part) -> Mapping[str, str] | None:
        if place == ("files", ALL):
            return files
        footer = None if place in pending else warehouse.footer(*place)
        return footer and footer.columns

    for name in in_order():
        if name == "files":
            todo, kept = ({ALL: listed.reasons}, ()) if listed.reasons else ({}, (ALL,))
            yield TablePlan(name, todo, {}, kept, ())
            continue
        step, stale = STEPS[name], dict[str, Stale]()
        for stage in ("keys", "table", "facts"):
            if stage in step.functions:
                found = stale_parts(stage, step, settings, slices, warehouse=warehouse, contents=contents)
                pending |= {(folder_of(name, stage), batch) for batch in found}
                stale = found if stage == "table" else stale
        yield TablePlan(
            name,
            {batch: one.reasons for batch, one in stale.items() if one.reasons},
            {batch: _awaited(step, one, pending) for batch, one in stale.items() if not one.reasons},
            tuple(batch for batch in wanted(step, "table", slices) if batch not in stale),
            surplus(warehouse, "table", step, slices),
        )


def _awaited(step: Step, stale: Stale, pending: set[Part]) -> tuple[str, ...]:
    """The tables a part waits for; instead of what is counted of the batches, those it is counted from, if they may change."""
    if not step.keys or "counts" not in stale.awaits:
        return stale.awaits
    changing = {folder for folder, _ in pending}
    behind = (name for name in reads(step.keys) if name in changing)
    return tuple(dict.fromkeys((*(name for name in stale.awaits if name != "counts"), *behind))) or ("counts",)


def tell(settings: Settings, say: Callable[[str], None]) -> None:
    """Say what a run would do, one line for each table it would touch, in reading order."""
    plans = {one.table: one for one in plan(settings)}
    todo = [plans[table.name] for table in TABLES if str(plans[table.name]) != _NOTHING]
    for one in todo:
        say(f"  {one.table:18} {one}")
    rest = len(plans) - len(todo)
    say(f"{rest} tables are {_NOTHING}." if todo else f"Nothing to do: all {rest} tables are {_NOTHING}.")
    if any(one.possible for one in todo):
        say("At most: nothing more is done where the tables they wait for come out as they were.")
    say("Nothing was written.")

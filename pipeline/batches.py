"""Which documents belong to which batch, which parts are stale, and running a step over them.

A part is left alone while its fingerprint matches: that covers the step's code, its inputs' fingerprints, and the seeds,
settings and libraries it uses. `make_part` is all an engine ever calls; nothing here knows what a step does.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import polars as pl

from pipeline import checks, cluster, pool, render
from pipeline.checks import broken_rules
from pipeline.contract import Failure, Table
from pipeline.fingerprints import (
    code_digest,
    declaration_digest,
    digest,
    frame_digest,
    library_versions,
    seeds_digest,
)
from pipeline.readers.discover import discover
from pipeline.settings import Settings
from pipeline.steps import STEPS, Context, Step, reads
from pipeline.storage import Place
from pipeline.tables import BY_NAME
from pipeline.warehouse import ALL, Snapshot, Warehouse

Report = Callable[[int, int], None]
"""Called with (parts done, parts to do) as a step goes on."""


def assign(rows: pl.DataFrame, previous: pl.DataFrame, batch_bytes: int) -> pl.DataFrame:
    """`rows` of `files` with their batch filled in.

    A document keeps its batch, a changed file's new document takes its predecessor's while there is room, and newcomers
    fill the last batch up to `batch_bytes` before a new one is opened. Rows without a document have no batch.
    """
    good = pl.col("status") == "ok"
    by_id = previous.filter(good).select("document_id", "batch")
    by_path = previous.filter(good).select("path", "record_number", predecessor="batch")
    known = (
        rows.join(by_id, on="document_id", how="left", maintain_order="left")
        .join(by_path, on=["path", "record_number"], how="left", maintain_order="left")
        .with_columns(batch=pl.when(good).then("batch"))
    )
    sizes: dict[str, int] = dict(known.drop_nulls("batch").group_by("batch").agg(pl.sum("n_bytes")).iter_rows())

    def has_room(batch: str, n_bytes: int) -> bool:
        return not sizes.get(batch) or sizes[batch] + n_bytes <= batch_bytes

    batches, last = known["batch"].to_list(), max(sizes, default=_batch_name(1))
    homeless = known.with_row_index("place").filter(good & pl.col("batch").is_null())
    changed_first = homeless.sort("predecessor", nulls_last=True, maintain_order=True)
    for place, before, n_bytes in changed_first.select("place", "predecessor", "n_bytes").iter_rows():
        options = (before or last, last, _batch_name(int(last[1:]) + 1))
        batch = next(one for one in options if has_room(one, n_bytes))
        sizes[batch] = sizes.get(batch, 0) + n_bytes
        batches[place] = batch
        last = max(last, batch)
    return known.with_columns(batch=pl.Series(batches, dtype=pl.String)).drop("predecessor")


def _batch_name(number: int) -> str:
    return f"b{number:06d}"


class Task(NamedTuple):
    """One part to make: all a worker needs to know."""

    table: str
    batch: str
    is_keys: bool
    fingerprint: str
    settings: Settings
    files: pl.DataFrame
    sources: dict[str, str]


@dataclass(frozen=True)
class Outcome:
    """What became of one step: parts made, left alone and dropped; rows now standing; rules broken."""

    table: str
    made: tuple[str, ...]
    kept: tuple[str, ...]
    dropped: tuple[str, ...]
    n_rows: int
    failures: tuple[Failure, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether no rule of severity `error` is broken."""
        return not any(failure.severity == "error" for failure in self.failures)


def run_step(step: Step, settings: Settings, report: Report = lambda done, total: None) -> Outcome:
    """Bring one table up to date: make stale parts, leave the rest, drop parts without documents.

    Parts that break a rule are not published: the last good one stays, and the outcome names the rule.
    """
    started = time.monotonic()
    warehouse = Warehouse(settings.warehouse)
    name = step.table.name
    slices = _slices(warehouse) if step.scope == "batch" or step.keys else {}
    if step.keys:
        _drop(warehouse, _keys(name), slices)
        _make(step, settings, slices, _stale(step, settings, slices, is_keys=True), report, is_keys=True)
    wanted = list(slices) if step.scope == "batch" else [ALL]
    to_make = _stale(step, settings, slices)
    failures = _make(step, settings, slices, to_make, report)
    dropped = _drop(warehouse, name, wanted)
    n_rows = 0
    for batch, footer in warehouse.footers(name, wanted).items():
        if footer:
            n_rows += footer.n_rows
            if batch not in to_make:
                failures += [Failure(name, rule, count, (), "warning") for rule, count in footer.warnings.items()]
    kept = tuple(batch for batch in wanted if batch not in to_make)
    return Outcome(name, tuple(to_make), kept, dropped, n_rows, _merged(failures), time.monotonic() - started)


def _slices(warehouse: Warehouse) -> dict[str, pl.DataFrame]:
    """The rows of `files` that became documents, by batch; one empty batch when there are none."""
    good = warehouse.read("files").filter(pl.col("status") == "ok")
    slices = {str(batch): rows for (batch,), rows in sorted(good.partition_by("batch", as_dict=True).items())}
    return slices or {_batch_name(0): good}


def _keys(table: str) -> str:
    return f".keys/{table}"


def _drop(warehouse: Warehouse, table: str, wanted: Iterable[str]) -> tuple[str, ...]:
    gone = tuple(sorted(set(warehouse.batches(table)) - set(wanted)))
    for batch in gone:
        warehouse.drop(table, batch)
    return gone


def _stale(step: Step, settings: Settings, slices: dict[str, pl.DataFrame], *, is_keys: bool = False) -> dict[str, str]:
    """Batch and new fingerprint of every part that has to be made."""
    warehouse = Snapshot(settings.warehouse)
    function = step.keys if is_keys and step.keys else step.run
    of_step = step_version(step, settings, is_keys=is_keys)
    batches = list(slices) if is_keys or step.scope == "batch" else [ALL]
    stale = {}
    for batch in batches:
        inputs = {name: _input_fingerprint(warehouse, step, name, batch, slices) for name in reads(function)}
        if step.keys and not is_keys:
            kept = {one: warehouse.footer(_keys(step.table.name), one) for one in slices}
            inputs["keys"] = digest({one: footer and footer.fingerprint for one, footer in kept.items()})
        fingerprint = digest(of_step, inputs)
        footer = warehouse.footer(_keys(step.table.name) if is_keys else step.table.name, batch)
        if footer is None or footer.fingerprint != fingerprint:
            stale[batch] = fingerprint
    return stale


def step_version(step: Step, settings: Settings, *, is_keys: bool = False) -> str:
    """What a step's parts depend on besides their inputs: code, declaration, checks, seeds, options, libraries, choices."""
    if is_keys and step.keys:
        own = [code_digest(step.keys)]
    else:
        own = [
            code_digest(step.run),
            declaration_digest(*(step.tells or (step.table,))),
            checks.version(step.table.name),
        ]
    options = {name: getattr(settings, name) for name in step.options}
    chosen = step.chosen(settings) if step.chosen else None
    return digest(own, options, _knowledge(step, settings), library_versions(step.libraries), chosen)


def _knowledge(step: Step, settings: Settings) -> str:
    """Digest of the seeds and of the user's registers, as far as the step uses them."""
    return seeds_digest(settings.seeds, step.seeds, settings.registers if step.registers else ())


def _input_fingerprint(warehouse: Warehouse, step: Step, name: str, batch: str, slices: dict[str, pl.DataFrame]) -> str:
    if name == "files" and batch in slices:
        return frame_digest(slices[batch].select(step.given))
    footer = warehouse.footer(name, _part_of(name, batch))
    if footer is None:
        raise Missing(f"{name} has no readable part {batch}; materialize {name} before {step.table.name}")
    return footer.fingerprint


class Missing(RuntimeError):
    """A step's input is not there yet."""


def _part_of(table: str, batch: str) -> str:
    return batch if _scope(table) == "batch" else ALL


def _make(
    step: Step,
    settings: Settings,
    slices: dict[str, pl.DataFrame],
    to_make: dict[str, str],
    report: Report,
    *,
    is_keys: bool = False,
) -> list[Failure]:
    """Make these parts; the rules broken, by name."""
    sources = {}
    if to_make and step.table.name == "texts":
        sources = {found.path: found.source for found in discover([Path(one) for one in settings.inputs])}
    tasks = (
        Task(step.table.name, batch, is_keys, fingerprint, settings, rows, of_batch)
        for batch, fingerprint in to_make.items()
        for rows in [slices.get(batch, pl.DataFrame())]
        for of_batch in [{path: sources[path] for path in rows["path"] if path in sources} if sources else {}]
    )
    failures: list[Failure] = []
    made = _engine(settings, len(to_make))(make_part, tasks)
    for done, broken in enumerate(made, 1):
        failures.extend(broken)
        report(done, len(to_make))
    return sorted(failures, key=lambda failure: failure.rule)


def _engine(
    settings: Settings, n_tasks: int
) -> Callable[[Callable[[Task], list[Failure]], Iterator[Task]], Iterable[list[Failure]]]:
    """What runs a function over tasks: this process when there is no more than one, else processes or a cluster."""
    if n_tasks < 2 or (settings.engine == "local" and settings.n_workers < 2):
        return map
    if settings.engine == "ray":
        return partial(cluster.spread, n_at_once=settings.workers)
    return partial(pool.spread, n_workers=settings.n_workers)


def make_part(task: Task) -> list[Failure]:
    """Make, check and publish one part; rules of severity `error` that it breaks keep the last good part in place."""
    step = STEPS[task.table]
    warehouse = Warehouse(task.settings.warehouse)
    function = step.keys if task.is_keys and step.keys else step.run
    frames = {
        name: task.files if name == "files" and task.batch != ALL else warehouse.read(name, _part_of(name, task.batch))
        for name in reads(function)
    }
    context = Context(task.settings, _knowledge(step, task.settings), task.sources)
    if task.is_keys:
        warehouse.publish(_keys(task.table), task.batch, function(context, **frames).to_arrow(), task.fingerprint)
        return []
    if step.keys:
        folder = _keys(task.table)
        frames["keys"] = pl.concat([warehouse.read(folder, batch) for batch in warehouse.batches(folder)])
    frame = function(context, **frames)
    failures = broken_rules(step.table.name, frame, frames)
    if not any(failure.severity == "error" for failure in failures):
        warnings = {failure.rule: failure.count for failure in failures}
        data = render.arrow_table(frame, step.table)
        warehouse.publish(task.table, task.batch, data, task.fingerprint, warnings)
    return failures


def _merged(failures: Sequence[Failure]) -> tuple[Failure, ...]:
    """One failure a rule: counts added up, the first five rows kept."""
    merged: dict[str, Failure] = {}
    for failure in failures:
        one = merged.get(failure.rule, replace(failure, count=0, rows=()))
        merged[failure.rule] = replace(one, count=one.count + failure.count, rows=(*one.rows, *failure.rows)[:5])
    return tuple(merged.values())


def recheck(root: Place, say: Callable[[str], None]) -> bool:
    """Check every published part again, without changing any; True when all is well. `say` hears each finding."""
    warehouse = Warehouse(root)
    if warehouse.footer("files", ALL) is None:
        raise FileNotFoundError(f"{root} holds no tables; make them with: tidywire run --warehouse {root}")
    slices = _slices(warehouse)
    batches, is_well = list(slices), True
    for name in ("files", *STEPS):
        step = STEPS.get(name)
        needs = [one for one in (reads(step.run) if step else ()) if one != "files"]
        wanted = batches if _scope(name) == "batch" else [ALL]
        odd = set(wanted) ^ set(warehouse.batches(name))
        failures = [Failure(name, "parts_are_those_of_files", len(odd), ({"parts": sorted(odd)},))] if odd else []
        for batch in wanted:
            try:
                frames = _referenced(warehouse, BY_NAME[name])
                frames |= {one: warehouse.read(one, _part_of(one, batch)) for one in (name, *needs)}
            except OSError as error:
                unread = {"part": batch, "problem": str(error)}
                failures.append(Failure(name, "part_is_there_and_readable", 1, (unread,)))
                continue
            failures += broken_rules(name, frames[name], frames)
            if name == "texts" and set(frames[name]["document_id"]) != set(slices[batch]["document_id"]):
                failures.append(Failure(name, "documents_are_those_of_files", 1, ({"part": batch},)))
        merged = _merged(failures)
        is_well &= not any(failure.severity == "error" for failure in merged)
        say("\n".join(map(str, merged)) or f"{name}: all checks passed")
    return is_well


def _referenced(warehouse: Warehouse, table: Table) -> dict[str, pl.DataFrame]:
    """The columns a table refers to, out of all parts of their tables; but not what lies in parts of the same batch."""
    targets = [column.reference.partition(".") for column in table.columns if column.reference]
    return {
        parent: pl.concat([warehouse.read(parent, batch).select(target) for batch in warehouse.batches(parent)])
        for parent, _, target in targets
        if parent != table.name and not _scope(table.name) == _scope(parent) == "batch"
    }


def _scope(table: str) -> str:
    return STEPS[table].scope if table in STEPS else "corpus"

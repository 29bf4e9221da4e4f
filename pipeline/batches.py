"""Which documents belong to which batch, which parts are stale, and running a step over them.

A part is left alone while its fingerprint matches: that covers the step's code, what stands in the columns it uses of its
inputs, and the seeds, settings and libraries it uses. An input that was made anew and holds the same as before changes
nothing. `make_part` is all an engine ever calls; nothing here knows what a step does.
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
from pipeline.contract import Failure
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
from pipeline.steps import STEPS, Context, Stage, Step, reads
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
    stage: Stage
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
    slices = slices_of(warehouse) if step.scope == "batch" or step.keys or step.facts else {}
    if step.keys:
        _bring_up_to_date("keys", step, settings, slices, report)
    wanted = _wanted(step, "table", slices)
    to_make, failures, dropped = _bring_up_to_date("table", step, settings, slices, report)
    n_rows = 0
    for batch, footer in warehouse.footers(name, wanted).items():
        if footer:
            n_rows += footer.n_rows
            if batch not in to_make:
                failures += [Failure(name, rule, count, (), "warning") for rule, count in footer.warnings.items()]
    kept = tuple(batch for batch in wanted if batch not in to_make)
    outcome = Outcome(name, to_make, kept, dropped, n_rows, merged(failures), time.monotonic() - started)
    if step.facts and outcome.passed:
        _bring_up_to_date("facts", step, settings, slices, report)
    return outcome


def _bring_up_to_date(
    stage: Stage, step: Step, settings: Settings, slices: dict[str, pl.DataFrame], report: Report
) -> tuple[tuple[str, ...], list[Failure], tuple[str, ...]]:
    """Make the stale parts of one stage and drop those without documents: parts made, rules broken, parts dropped."""
    to_make = _stale(stage, step, settings, slices)
    failures = _make(stage, step, settings, slices, to_make, report=report)
    warehouse, folder = Warehouse(settings.warehouse), folder_of(step.table.name, stage)
    dropped = tuple(sorted(set(warehouse.batches(folder)) - set(_wanted(step, stage, slices))))
    for batch in dropped:
        warehouse.drop(folder, batch)
    return tuple(to_make), failures, dropped


def _wanted(step: Step, stage: Stage, slices: dict[str, pl.DataFrame]) -> list[str]:
    return [ALL] if stage == "table" and step.scope == "corpus" else list(slices)


def slices_of(warehouse: Warehouse) -> dict[str, pl.DataFrame]:
    """The rows of `files` that became documents, by batch; one empty batch when there are none."""
    good = warehouse.read("files").filter(pl.col("status") == "ok")
    slices = {str(batch): rows for (batch,), rows in sorted(good.partition_by("batch", as_dict=True).items())}
    return slices or {_batch_name(0): good}


def folder_of(table: str, stage: Stage) -> str:
    """Where the parts of one stage lie in the warehouse."""
    return table if stage == "table" else f".{stage}/{table}"


Part = tuple[str, str]
"""Folder and part."""


def inputs_of(step: Step, stage: Stage, batch: str) -> dict[str, Part]:
    """Parameter of the stage's function to the part it is read from.

    A batch reads of a corpus-wide table the facts about itself, where the table has such. Of `files`, it gets its slice.
    """
    own = step.table.name
    places = {}
    for name in reads(step.functions[stage]):
        has_facts = name in STEPS and STEPS[name].facts is not None
        if name == own:
            places[name] = (own, ALL)
        elif batch != ALL and has_facts:
            places[name] = (folder_of(name, "facts"), batch)
        else:
            places[name] = (name, batch if scope_of(name) == "batch" else ALL)
    if stage == "facts" and step.keys:
        places["keys"] = (folder_of(own, "keys"), batch)
    return places


def _stale(stage: Stage, step: Step, settings: Settings, slices: dict[str, pl.DataFrame]) -> dict[str, str]:
    """Batch and new fingerprint of every part that has to be made."""
    warehouse = Snapshot(settings.warehouse)
    of_step = step_version(step, settings, stage)
    all_keys = {}
    if stage == "table" and step.keys:
        all_keys = {one: _contents(warehouse, step, (folder_of(step.table.name, "keys"), one)) for one in slices}
    stale = {}
    for batch in _wanted(step, stage, slices):
        inputs: dict[str, object] = {"all keys": all_keys}
        for name, place in inputs_of(step, stage, batch).items():
            if name == "files" and batch in slices:
                inputs[name] = frame_digest(slices[batch].select(step.uses["files"]))
            else:
                inputs[name] = _contents(warehouse, step, place, step.uses.get(name))
        fingerprint = digest(of_step, inputs)
        footer = warehouse.footer(folder_of(step.table.name, stage), batch)
        if footer is None or footer.fingerprint != fingerprint:
            stale[batch] = fingerprint
    return stale


def _contents(warehouse: Warehouse, step: Step, place: Part, uses: Sequence[str] | None = None) -> dict[str, str]:
    """Digests of the columns of a part that a step uses; None = of all."""
    footer = warehouse.footer(*place)
    if footer is None:
        table, batch = place
        raise Missing(f"{table} has no readable part {batch}; materialize {table} before {step.table.name}")
    return {name: value for name, value in footer.columns.items() if uses is None or name in uses}


class Missing(RuntimeError):
    """A step's input is not there yet."""


def step_version(step: Step, settings: Settings, stage: Stage = "table") -> str:
    """What a step's parts depend on besides their inputs: code, declaration, checks, seeds, options, libraries, choices."""
    own = [code_digest(step.functions[stage])]
    if stage == "table":
        own += [declaration_digest(*(step.tells or (step.table,))), checks.version(step.table.name)]
    options = {name: getattr(settings, name) for name in step.options}
    chosen = step.chosen(settings) if step.chosen else None
    return digest(own, options, _knowledge(step, settings), library_versions(step.libraries), chosen)


def _knowledge(step: Step, settings: Settings) -> str:
    """Digest of the seeds and of the user's registers, as far as the step uses them."""
    return seeds_digest(settings.seeds, step.seeds, settings.registers if step.registers else ())


def _make(
    stage: Stage,
    step: Step,
    settings: Settings,
    slices: dict[str, pl.DataFrame],
    to_make: dict[str, str],
    *,
    report: Report,
) -> list[Failure]:
    """Make these parts; the rules broken, by name."""
    sources = {}
    if to_make and step.table.name == "texts":
        sources = {found.path: found.source for found in discover([Path(one) for one in settings.inputs])}
    tasks = (
        Task(step.table.name, batch, stage, fingerprint, settings, rows, of_batch)
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
    frames = {
        name: task.files.select(*step.uses["files"], *step.finds_by)
        if name == "files" and task.batch != ALL
        else warehouse.read(*place, step.uses.get(name))
        for name, place in inputs_of(step, task.stage, task.batch).items()
    }
    context = Context(task.settings, _knowledge(step, task.settings), task.sources)
    function, folder = step.functions[task.stage], folder_of(task.table, task.stage)
    if task.stage != "table":
        warehouse.publish(folder, task.batch, function(context, **frames).to_arrow(), task.fingerprint)
        return []
    frame = function(context, **frames, **({"keys": Keys(warehouse, task.table)} if step.keys else {}))
    failures = broken_rules(task.table, frame, frames)
    if not any(failure.severity == "error" for failure in failures):
        warnings = {failure.rule: failure.count for failure in failures}
        data = render.arrow_table(frame, step.table)
        warehouse.publish(folder, task.batch, data, task.fingerprint, warnings)
    return failures


@dataclass(frozen=True)
class Keys:
    """The keys of a table, one frame a batch, read as they are asked for: they may be more than fits in memory."""

    warehouse: Warehouse
    table: str

    def __iter__(self) -> Iterator[pl.DataFrame]:
        folder = folder_of(self.table, "keys")
        return (self.warehouse.read(folder, batch) for batch in self.warehouse.batches(folder))


def merged(failures: Sequence[Failure]) -> tuple[Failure, ...]:
    """One failure a rule: counts added up, the first five rows kept."""
    by_rule: dict[str, Failure] = {}
    for failure in failures:
        one = by_rule.get(failure.rule, replace(failure, count=0, rows=()))
        by_rule[failure.rule] = replace(one, count=one.count + failure.count, rows=(*one.rows, *failure.rows)[:5])
    return tuple(by_rule.values())


def scope_of(table: str) -> str:
    """Whether a table has a part per batch or one for the whole corpus."""
    return STEPS[table].scope if table in STEPS else "corpus"

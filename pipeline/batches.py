"""Which documents belong to which batch, and running a step over the batches whose parts are stale.

Which parts these are is found out in `staleness.py`. `make_part` is all an engine ever calls; nothing here knows what a step
does.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from pipeline import cluster, culprits, pool, render
from pipeline.checks import broken_rules
from pipeline.contract import Failure
from pipeline.fingerprints import digest, seeds_digest
from pipeline.readers.discover import discover
from pipeline.settings import Settings
from pipeline.staleness import Stale, folder_of, inputs_of, slices_of, stale_parts, standing, surplus, wanted
from pipeline.steps import STEPS, Context, Stage, Step
from pipeline.warehouse import ALL, Depends, Footer, Snapshot, Warehouse

Report = Callable[[int, int], None]
"""Called with (articles done, articles to do) when a stage of a step begins, and whenever a part of it is made."""


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
    depends: Depends
    settings: Settings
    files: pl.DataFrame
    sources: dict[str, str]

    def __str__(self) -> str:
        return f"{self.table} {self.batch}"


class Made(NamedTuple):
    """What became of one part: the rules it breaks."""

    batch: str
    failures: list[Failure]


@dataclass(frozen=True)
class Outcome:
    """What became of one step: parts made and why, left alone and dropped; rows now standing; rules broken."""

    table: str
    reasons: Mapping[str, tuple[str, ...]]
    kept: tuple[str, ...]
    dropped: tuple[str, ...]
    n_rows: int
    failures: tuple[Failure, ...]
    seconds: float
    n_articles: int = 0
    """Articles of the batches that were worked on."""
    shares: Mapping[str, float] = field(default_factory=dict)

    @property
    def made(self) -> tuple[str, ...]:
        """The parts made anew."""
        return tuple(self.reasons)

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
    reads_batches = step.scope == "batch" or step.keys or step.facts
    slices = _slices(settings.warehouse, warehouse.version("files")) if reads_batches else {}
    worked_on: set[str] = set()
    stale, failures, dropped = dict[str, Stale](), list[Failure](), tuple[str, ...]()
    if step.keys:
        stale_keys, failures, _ = _bring_up_to_date("keys", step, settings, slices, report)
        worked_on |= stale_keys.keys()
    if not failures:
        stale, failures, dropped = _bring_up_to_date("table", step, settings, slices, report)
        worked_on |= stale.keys()
    kept = tuple(batch for batch in wanted(step, "table", slices) if batch not in stale)
    standing_now = standing_outcome(step, warehouse.footers(name, wanted(step, "table", slices)), kept)
    outcome = replace(
        standing_now,
        reasons={batch: one.reasons for batch, one in stale.items()},
        dropped=dropped,
        failures=merged([*failures, *standing_now.failures]),
        seconds=time.monotonic() - started,
        n_articles=sum(slices[batch].height for batch in worked_on & slices.keys()),
    )
    if step.facts and outcome.passed:
        _bring_up_to_date("facts", step, settings, slices, report)
    return outcome


def standing_outcome(step: Step, footers: Mapping[str, Footer | None], kept: Collection[str]) -> Outcome:
    """What the parts of a table say of themselves; warnings are those of the parts left alone."""
    n_rows, shares, failures = 0, dict.fromkeys(step.shares, (0.0, 0.0)), list[Failure]()
    for batch, footer in footers.items():
        if footer:
            n_rows += footer.n_rows
            shares = {
                one: (part + more[0], whole + more[1])
                for one, (part, whole) in shares.items()
                for more in [footer.shares.get(one, (0.0, 0.0))]  # a last good part may be of another version
            }
            if batch in kept:
                failures += [
                    Failure(step.table.name, rule, count, (), "warning") for rule, count in footer.warnings.items()
                ]
    told = {one: part / whole for one, (part, whole) in shares.items() if whole}
    return Outcome(step.table.name, {}, tuple(kept), (), n_rows, merged(failures), 0.0, 0, told)


def _bring_up_to_date(
    stage: Stage, step: Step, settings: Settings, slices: dict[str, pl.DataFrame], report: Report
) -> tuple[dict[str, Stale], list[Failure], tuple[str, ...]]:
    """Make the stale parts of one stage and drop those without documents: parts made, rules broken, parts dropped."""
    snapshot = Snapshot(settings.warehouse)
    stale = stale_parts(stage, step, settings, slices, warehouse=snapshot, contents=standing(snapshot, step))
    failures = _make(stage, step, settings, slices, stale, report=report)
    dropped = surplus(snapshot, stage, step, slices)
    for batch in dropped:
        snapshot.drop(folder_of(step.table.name, stage), batch)
    return stale, failures, dropped


def _make(
    stage: Stage,
    step: Step,
    settings: Settings,
    slices: dict[str, pl.DataFrame],
    to_make: dict[str, Stale],
    *,
    report: Report,
) -> list[Failure]:
    """Make these parts; the rules broken, by name."""
    sources = {}
    if to_make and step.table.name == "texts":
        sources = {found.path: found.source for found in discover([Path(one) for one in settings.inputs])}
    tasks = (
        Task(step.table.name, batch, stage, stale.depends, settings, rows, of_batch)
        for batch, stale in to_make.items()
        for rows in [slices.get(batch, pl.DataFrame())]
        for of_batch in [{path: sources[path] for path in rows["path"] if path in sources} if sources else {}]
    )
    everything = sum(rows.height for rows in slices.values())
    n_articles = {batch: slices[batch].height if batch in slices else everything for batch in to_make}
    failures: list[Failure] = []
    done, total = 0, sum(n_articles.values())
    report(done, total)
    for made in _engine(settings, len(to_make))(make_part, tasks):
        failures.extend(made.failures)
        done += n_articles[made.batch]
        report(done, total)
    return sorted(failures, key=lambda failure: failure.rule)


def _engine(settings: Settings, n_tasks: int) -> Callable[[Callable[[Task], Made], Iterator[Task]], Iterable[Made]]:
    """What runs a function over tasks: this process when there is no more than one, else processes or a cluster."""
    if n_tasks < 2 or (settings.engine == "local" and settings.n_workers < 2):
        return map
    if settings.engine == "ray":
        return partial(cluster.spread, n_at_once=settings.workers)
    return partial(pool.spread, n_workers=settings.n_workers)


def make_part(task: Task) -> Made:
    """Make, check and publish one part; rules of severity `error` that it breaks keep the last good part in place.

    Raises `OSError` for seeds that are no longer those the part would be said to depend on.
    """
    step = STEPS[task.table]
    warehouse = Warehouse(task.settings.warehouse)
    frames = {name: _input(task, name, *place) for name, place in inputs_of(step, task.stage, task.batch).items()}
    context = Context(task.settings, _knowledge(task), task.sources)
    function, folder, depends = step.functions[task.stage], folder_of(task.table, task.stage), dict(task.depends)
    make = partial(function, context)
    keys = {"keys": Keys(warehouse, task.table)} if step.keys and task.stage == "table" else {}
    try:
        frame = make(**frames, **keys)
    except BaseException as error:
        is_of_a_text = task.batch != ALL and task.stage != "facts" and culprits.is_of_a_text(error)
        if is_of_a_text and (failure := culprits.broken_by(make, task.table, frames, task.files)):
            return Made(task.batch, [failure])
        raise
    if _knowledge(task) != digest(depends["seeds"], depends["registers"]):
        raise OSError(f"seeds or registers were edited while {task} was made of them; run again")
    if task.stage != "table":
        warehouse.publish(folder, task.batch, frame.to_arrow(), digest(depends), depends=depends)
        return Made(task.batch, [])
    if step.finds_by and (unread := task.files.join(frame, on="document_id", how="anti")["path"].to_list()):
        depends["unread"] = dict.fromkeys(unread, "")  # which no part depends on: it is stale from the start
    failures = broken_rules(task.table, frame, frames)
    if not any(failure.severity == "error" for failure in failures):
        said: dict[str, Mapping[str, Any]] = {
            "warnings": {failure.rule: failure.count for failure in failures},
            "depends": depends,
            "shares": {
                name: frame.select(part=part.sum(), whole=whole.sum()).row(0)
                for name, (part, whole) in step.shares.items()
            },
        }
        data = render.arrow_table(frame, step.table)
        del frame  # a table of the whole corpus need not be in memory twice while it is written
        warehouse.publish(folder, task.batch, data, digest(depends), **said)
    return Made(task.batch, failures)


def _knowledge(task: Task) -> str:
    """Digest of the seeds and registers as they are now."""
    step = STEPS[task.table]
    return seeds_digest(task.settings.seeds, step.seeds, task.settings.registers if step.registers else ())


def _input(task: Task, name: str, folder: str, part: str) -> pl.DataFrame:
    step = STEPS[task.table]
    if name == "files" and task.batch != ALL:
        return task.files.select(*step.uses["files"], *step.finds_by)
    if part == ALL and task.batch != ALL:
        return _whole(task.settings.warehouse, folder, step.uses.get(name), digest(task.depends[name]))
    return Warehouse(task.settings.warehouse).read(folder, part, step.uses.get(name))


@lru_cache(maxsize=1)
def _slices(warehouse: str, contents: str) -> dict[str, pl.DataFrame]:
    """The rows of `files` by batch, read once for all steps of a run."""
    return slices_of(Warehouse(warehouse).read("files"))


@lru_cache(maxsize=1)
def _whole(warehouse: str, table: str, columns: tuple[str, ...] | None, contents: str) -> pl.DataFrame:
    """A table of the whole corpus, read once a process and not for each batch."""
    return Warehouse(warehouse).read(table, ALL, columns)


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

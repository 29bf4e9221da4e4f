"""What lies in the input folder, compared with what lay there before: the `files` table.

Files whose size and time have not changed are not opened again: what was seen in them is remembered in
`.keys/files/seen.parquet`, which may be deleted at any time. Reading and decoding belong in `readers/`.
"""

import os.path
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from pipeline.batches import Outcome, Report, assign
from pipeline.checks import broken_rules
from pipeline.fingerprints import code_digest, digest, frame_digest, library_versions, seeds_digest
from pipeline.pool import spread
from pipeline.readers.discover import FileRow, Found, discover, examine
from pipeline.readers.exports import EXPORTS_CSV
from pipeline.readers.given import GIVEN_CSV, Names, names_of
from pipeline.readers.sidecar import Problem, read_sidecars, sidecars
from pipeline.render import arrow_table
from pipeline.settings import Settings
from pipeline.storage import place
from pipeline.tables import FILES
from pipeline.warehouse import ALL, Damaged, Warehouse

_SEEN = (".keys/files", "seen")
_LIBRARIES = (
    "charset-normalizer",
    "fastwarc",
    "ftfy",
    "pyarrow",
    "resiliparse",
    "striprtf",
)  # they decide what can be read
_CHUNK = 2_000  # files between two reports, and rows kept as Python objects at a time
_ROW = {name: FILES.schema[name] for name in FileRow._fields}
_STATE = {"path": pl.String(), "size": pl.Int64(), "mtime_ns": pl.Int64()}
_SEEN_SCHEMA = {**_ROW, **_STATE, "by": pl.String()}
_GIVEN = [name for name in FILES.schema if name.startswith("given_")]


class NoInputError(ValueError):
    """The input holds no files at all: more likely a mistake than a wish to empty the warehouse."""


def take_in(settings: Settings, report: Report = lambda done, total: None) -> Outcome:
    """Bring `files` up to date with the input folder.

    Raises `NoInputError` before anything is changed, `NoSuchInput` for an input that does not exist, and `SeedError`.
    """
    started = time.monotonic()
    warehouse = Warehouse(settings.warehouse)
    listed = look(settings, report)
    if listed.seen is not None:
        warehouse.publish(*_SEEN, listed.seen.to_arrow(), listed.by)
    outcome = outcome_of(listed)
    if listed.reasons and not outcome.failures:
        warehouse.publish("files", ALL, arrow_table(listed.files, FILES), digest(frame_digest(listed.files)))
    return replace(outcome, seconds=time.monotonic() - started)


class Listed(NamedTuple):
    """What `files` is to hold, why this is not what it holds; what to remember of the files, if that is something else."""

    files: pl.DataFrame
    reasons: tuple[str, ...]
    seen: pl.DataFrame | None
    by: str
    n_opened: int


def outcome_of(listed: Listed) -> Outcome:
    """What becomes of `files`."""
    failures = tuple(broken_rules("files", listed.files, {}))
    reasons, kept = ({ALL: listed.reasons}, ()) if listed.reasons else ({}, (ALL,))
    return Outcome("files", reasons, kept, (), listed.files.height, failures, 0.0, listed.n_opened)


def look(settings: Settings, report: Report = lambda done, total: None, *, opens: bool = True) -> Listed:
    """Compare the input folder with what lay there before, and write nothing. Raises as `take_in` does.

    With `opens` false no file is opened, and new or changed ones are only counted.
    """
    warehouse = Warehouse(settings.warehouse)
    found = articles(settings)
    names, by = names_of(settings.seeds), version(settings)
    seen, n_opened, is_other = _look(found, warehouse, settings, names, by=by, report=report if opens else None)
    said, problems = read_sidecars(found, names)
    rows = _without_repeats(_with_sidecars(seen.select(FileRow._fields), said))
    rows = pl.concat([rows, _problem_rows(problems)], how="diagonal").sort("path", "record_number")
    before = _before(warehouse)
    files = FILES.shape(assign(rows, before, settings.batch_bytes))
    return Listed(files, _reasons(files, before, warehouse), seen if is_other else None, by, n_opened)


def version(settings: Settings) -> str:
    """What is seen in a file depends on besides its bytes."""
    seeds = seeds_digest(settings.seeds, (GIVEN_CSV, EXPORTS_CSV))
    return digest(code_digest(examine), seeds, library_versions(_LIBRARIES), settings.max_file_bytes)


def _reasons(files: pl.DataFrame, before: pl.DataFrame, warehouse: Warehouse) -> tuple[str, ...]:
    """Why `files` is not up to date, counted by path; empty when it is."""
    footer = warehouse.footer("files", ALL)
    if footer is None or footer.n_rows != before.height:
        return ("damaged" if ALL in warehouse.batches("files") else "missing",)
    if files.equals(before):
        return ()
    old, new = set(before["path"]), set(files["path"])
    shared = [name for name, kind in files.schema.items() if before.schema.get(name) == kind]
    differing = [
        set(one.join(other, on=shared, how="anti", nulls_equal=True)["path"])
        for one, other in ((files, before), (before, files))
    ]
    changed = (differing[0] | differing[1]) & old & new
    counts = {"new": len(new - old), "changed": len(changed), "gone": len(old - new)}
    told = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    return (f"input: {told}" if told else "declaration changed",)


def articles(settings: Settings) -> list[Found]:
    """The files of the input, sorted by path; not the warehouse's own where it lies in the same folder.

    Raises `NoInputError` when there are none and `NoSuchInput` for an input that does not exist.
    """
    found, warehouse = discover([Path(one) for one in settings.inputs]), place(settings.warehouse)
    if isinstance(warehouse, Path):
        found = _outside(found, warehouse.resolve())
    if not found:
        raise NoInputError(
            f"No files in {', '.join(settings.inputs)}; the warehouse is left as it is (what lies in it is no input)."
        )
    return found


def _outside(found: list[Found], warehouse: Path) -> list[Found]:
    """The files that do not lie in the warehouse."""
    parents = {os.path.dirname(one.source) for one in found}
    real = {parent: Path(parent).resolve() for parent in parents}  # links lead there, too
    near = {parent for parent in parents if real[parent].is_relative_to(warehouse) or real[parent] == warehouse.parent}

    def is_own(source: str) -> bool:
        parent, name = os.path.split(source)
        return parent in near and (real[parent] / name).is_relative_to(warehouse)

    return [one for one in found if not is_own(one.source)]


def listing(settings: Settings) -> list[tuple[str, int, int]]:
    """Path, size and time of every article and sidecar: while these stay, the input holds nothing new."""
    try:
        found = articles(settings)
    except NoInputError:
        return []
    beside = [(str(path), source.stat()) for path, source in sorted(sidecars(found).items())]
    return [(one.path, one.size, one.mtime_ns) for one in found] + [
        (path, status.st_size, status.st_mtime_ns) for path, status in beside
    ]


def _look(
    found: list[Found], warehouse: Warehouse, settings: Settings, names: Names, *, by: str, report: Report | None
) -> tuple[pl.DataFrame, int, bool]:
    """Rows of every file found; how many were new or looked changed, which alone are opened, if anyone is to hear of it;
    whether to remember others."""
    again = (pl.col("by") != by) | (pl.col("status") == "unreadable")  # rights leave no trace in size and time
    remembered = _remembered(warehouse).filter(~again.any().over("path"))
    there = pl.DataFrame({name: [getattr(one, name) for one in found] for name in _STATE}, schema=_STATE)
    before = remembered.join(there, on=list(_STATE), how="semi", maintain_order="left")
    is_known = there["path"].is_in(before["path"].unique().implode())
    fresh = [found[place] for place in (~is_known).arg_true()]
    frames = [before]
    if report:
        report(0, len(fresh))
        tasks = (
            _Glance(fresh[at : at + _CHUNK], names, settings.max_file_bytes, by) for at in range(0, len(fresh), _CHUNK)
        )
        for frame in spread(_seen, tasks, settings.n_workers if len(fresh) > _CHUNK else 1):
            frames.append(frame)
            report(min((len(frames) - 1) * _CHUNK, len(fresh)), len(fresh))
    return pl.concat(frames).sort("path", "record_number"), len(fresh), bool(fresh) or before.height < remembered.height


class _Glance(NamedTuple):
    """Some files to look into, and what the look depends on."""

    files: list[Found]
    names: Names
    max_bytes: int
    by: str

    def __str__(self) -> str:
        return f"{self.files[0].path} to {self.files[-1].path}"


def _seen(task: _Glance) -> pl.DataFrame:
    """The rows of these files, with their state."""
    rows = [
        (*row, one.size, one.mtime_ns, task.by)
        for one in task.files
        for row in examine(one, task.names, task.max_bytes)
    ]
    return pl.DataFrame(rows, schema=_SEEN_SCHEMA, orient="row")


def _remembered(warehouse: Warehouse) -> pl.DataFrame:
    empty = pl.DataFrame(schema=_SEEN_SCHEMA)
    if warehouse.footer(*_SEEN) is None:
        return empty
    try:
        seen = warehouse.read(*_SEEN)
    except Damaged:
        return empty
    return seen if dict(seen.schema) == dict(empty.schema) else empty


_HOMES = ("path", "record_number", "status", "document_id", "batch")


def _before(warehouse: Warehouse) -> pl.DataFrame:
    """The rows of `files` as they stand, whatever version of ours wrote them; none on the first run, none where the part
    does not say where documents lie."""
    if warehouse.footer("files", ALL) is None:
        return FILES.frame()
    rows = warehouse.read("files")
    is_ours = all(rows.schema.get(name) == FILES.schema[name] for name in _HOMES)
    return rows if is_ours else FILES.frame()


def _with_sidecars(rows: pl.DataFrame, said: dict[str, Any]) -> pl.DataFrame:
    """What sidecars say takes the place of what records and pages say about themselves."""
    cells = [
        {"path": path, "sidecar_fields": ",".join(sorted(given)), **{f"sidecar_{k}": v for k, v in given.items()}}
        for path, given in said.items()
    ]
    schema = {"path": pl.String, "sidecar_fields": pl.String} | {
        name.replace("given_", "sidecar_"): pl.String for name in _GIVEN
    }
    beside = pl.DataFrame(cells, schema=schema, orient="row")
    joined = rows.join(beside, on="path", how="left", maintain_order="left")
    is_dated = (pl.col("status") == "ok") & pl.col("sidecar_date").is_not_null()  # a good row's problem is its date
    return joined.with_columns(
        *(pl.coalesce(name.replace("given_", "sidecar_"), name).alias(name) for name in _GIVEN),
        problem=pl.when(~is_dated).then("problem"),
    ).select(*rows.columns, "sidecar_fields")


def _without_repeats(rows: pl.DataFrame) -> pl.DataFrame:
    """Only the first row of each document is `ok`; the others with the same bytes are `duplicate`."""
    first = rows.with_columns(is_alone=pl.len().over("path") == 1).filter(pl.col("status") == "ok")
    first = first.unique("document_id", keep="first", maintain_order=True)
    first = first.select("document_id", "is_alone", first_path="path", first_record="record_number")
    joined = rows.join(first, on="document_id", how="left", maintain_order="left")
    is_repeat = (pl.col("status") == "ok") & (
        (pl.col("path") != pl.col("first_path")) | (pl.col("record_number") != pl.col("first_record"))
    )
    of_many = pl.format("{}, record {}", "first_path", "first_record")
    place = pl.when("is_alone").then("first_path").otherwise(of_many)
    told = pl.format("It has the same bytes as {}; nothing is lost and nothing is to do.", place)
    return joined.with_columns(
        status=pl.when(is_repeat).then(pl.lit("duplicate")).otherwise("status"),
        problem=pl.when(is_repeat).then(told).otherwise("problem"),
    ).select(rows.columns)


def _problem_rows(problems: list[Problem]) -> pl.DataFrame:
    """Sidecar rows that could not be used, as bad records; several problems of one row in one sentence each."""
    told = pl.DataFrame(problems, schema={"path": pl.String, "row": pl.Int32, "problem": pl.String}, orient="row")
    rows = told.group_by("path", pl.col("row").clip(1).alias("record_number"), maintain_order=True)
    return rows.agg(pl.col("problem").unique(maintain_order=True).str.join(" ")).with_columns(
        status=pl.lit("bad_record"), format=pl.lit("csv")
    )

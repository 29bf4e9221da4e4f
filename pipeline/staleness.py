"""Which parts are stale, and why: everything a part depends on, by name.

What a part depended on when it was made stands in its footer, and its fingerprint is a digest of that. A part is stale when
something is different now; the names of what differs are the reason. An input that was made anew and holds the same as
before changes nothing. Parts are made in `batches.py`; what a run would make is said beforehand in `plan.py`.
"""

import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

import polars as pl

from pipeline import checks
from pipeline.fingerprints import (
    code_digest,
    column_digests,
    declaration_digest,
    digest,
    library_versions,
    registers_digests,
    seeds_digests,
)
from pipeline.settings import Settings
from pipeline.steps import STEPS, Stage, Step, reads
from pipeline.warehouse import ALL, Depends, Warehouse

Part = tuple[str, str]
"""Folder and part."""
Contents = Callable[[Part], Mapping[str, str] | None]
"""Digests of a part's columns; None while nobody can know them, because the part will be made anew."""
_N_TOLD = 3  # reasons or columns named in one line


class Missing(RuntimeError):
    """A step's input is not there yet."""


class Stale(NamedTuple):
    """Why a part is stale, and what it depends on now. Without reasons it may turn out stale, by the inputs it awaits."""

    depends: Depends
    reasons: tuple[str, ...]
    awaits: tuple[str, ...] = ()


def slices_of(files: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The rows of `files` that became documents, by batch; one empty batch when there are none."""
    good = files.filter(pl.col("status") == "ok")
    slices = {str(batch): rows for (batch,), rows in sorted(good.partition_by("batch", as_dict=True).items())}
    return slices or {"b000000": good}


def scope_of(table: str) -> str:
    """Whether a table has a part per batch or one for the whole corpus."""
    return STEPS[table].scope if table in STEPS else "corpus"


def folder_of(table: str, stage: Stage) -> str:
    """Where the parts of one stage lie in the warehouse."""
    return table if stage == "table" else f".{stage}/{table}"


def wanted(step: Step, stage: Stage, slices: Collection[str]) -> list[str]:
    """The parts that have to stand."""
    return [ALL] if stage == "table" and step.scope == "corpus" else list(slices)


def surplus(warehouse: Warehouse, stage: Stage, step: Step, slices: Collection[str]) -> tuple[str, ...]:
    """The parts that stand and whose documents are gone."""
    return tuple(sorted(set(warehouse.batches(folder_of(step.table.name, stage))) - set(wanted(step, stage, slices))))


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


def standing(warehouse: Warehouse, step: Step) -> Contents:
    """The contents of parts as they stand. Raises `Missing` for one that does not."""

    def contents(place: Part) -> Mapping[str, str]:
        footer = warehouse.footer(*place)
        if footer is None:
            table, batch = place
            raise Missing(f"{table} has no readable part {batch}; materialize {table} before {step.table.name}")
        return footer.columns

    return contents


def stale_parts(
    stage: Stage,
    step: Step,
    settings: Settings,
    slices: Mapping[str, pl.DataFrame],
    *,
    warehouse: Warehouse,
    contents: Contents,
) -> dict[str, Stale]:
    """The parts of one stage that are stale, and those that may be because contents they use are not known yet."""
    folder, always = folder_of(step.table.name, stage), own_depends(step, settings, stage)
    there = set(warehouse.batches(folder))
    counted: dict[str, Mapping[str, str] | None] = {}
    if stage == "table" and step.keys:
        keys = {batch: contents((folder_of(step.table.name, "keys"), batch)) for batch in slices}
        counted = {"batches": {"": digest(list(keys))}, "counts": None if None in keys.values() else {"": digest(keys)}}
    stale = {}
    for batch in wanted(step, stage, slices):
        now = {**always, **counted}
        for name, place in inputs_of(step, stage, batch).items():
            uses = step.uses.get(name)
            is_slice = name == "files" and batch in slices
            found = _of_slice(slices[batch], step.uses["files"]) if is_slice else contents(place)
            now[name] = found and {one: said for one, said in found.items() if uses is None or one in uses}
        depends = {name: said for name, said in now.items() if said is not None}
        awaits = tuple(name for name in now if name not in depends)
        footer = warehouse.footer(folder, batch)
        if footer and not awaits and footer.fingerprint == digest(depends):
            continue
        reasons: tuple[str, ...] = ("damaged" if batch in there else "missing",)
        if footer:
            reasons = _differing(json.loads(footer.depends), depends, awaits)
        stale[batch] = Stale(depends, reasons, awaits)
    return stale


def _of_slice(rows: pl.DataFrame, columns: tuple[str, ...]) -> dict[str, str]:
    """Digests of the columns of a batch's slice of `files`, whatever the order of its rows."""
    return column_digests(rows.select(columns).sort(columns).to_arrow())


def own_depends(step: Step, settings: Settings, stage: Stage) -> Depends:
    """What a step's parts depend on besides their inputs: code, seeds, registers, settings, libraries."""
    code = {"": code_digest(step.functions[stage])}
    if stage == "table":
        shares = [(name, *map(str, exprs)) for name, exprs in step.shares.items()]
        code["declaration"] = digest(declaration_digest(*(step.tells or (step.table,))), shares)
        code["checks"] = checks.version(step.table.name)
    chosen = {name: str(getattr(settings, name)) for name in step.options}
    chosen |= {name: version for name, version_of in step.chosen.items() if (version := version_of(settings))}
    return {
        "code": code,
        "seeds": seeds_digests(settings.seeds, step.seeds),
        "registers": registers_digests(settings.registers if step.registers else ()),
        "settings": chosen,
        "libraries": library_versions(step.libraries),
    }


def step_version(step: Step, settings: Settings) -> str:
    """A digest of what a step's parts depend on besides their inputs, at any stage."""
    return digest([own_depends(step, settings, stage) for stage in step.functions])


def _differing(before: Depends, now: Depends, awaits: Collection[str]) -> tuple[str, ...]:
    """What is not as it was, kind by kind, with the names of what differs."""
    reasons = []
    for kind in sorted((before.keys() | now.keys()) - set(awaits)):
        old, new = before.get(kind, {}), now.get(kind, {})
        names = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
        if names:
            told = _few([name for name in names if name], ", ")
            reasons.append(f"{kind} changed ({told})" if told else f"{kind} changed")
    return tuple(reasons)


def told(reasons: Collection[tuple[str, ...]]) -> str:
    """The reasons of several parts in one line, the most frequent first; how many parts each concerns, unless all."""
    counts = Counter(reason for of_part in reasons for reason in of_part).most_common()
    parts = {n: f" ({n:,} {'part' if n == 1 else 'parts'})" if n < len(reasons) else "" for _, n in counts}
    return _few([reason + parts[n] for reason, n in counts], "; ")


def _few(names: list[str], between: str) -> str:
    return between.join([*names[:_N_TOLD], *(["…"] if len(names) > _N_TOLD else [])])

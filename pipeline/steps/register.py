"""The register's tables: who is known beforehand, what a reader decided beforehand."""

from collections.abc import Iterable
from dataclasses import asdict
from itertools import groupby
from typing import Any

import polars as pl

from pipeline import tables
from pipeline.contract import Table
from pipeline.steps.engines import REGISTER_SEEDS, actor_register
from pipeline.steps.engines import corrections as rows_of_corrections
from pipeline.steps.step import Context, step
from pipeline.text.cleaning.corrections import CORRECTIONS_CSV
from pipeline.text.register import Register


@step(tables.ACTORS, scope="corpus", seeds=REGISTER_SEEDS, registers=True)
def actors(context: Context) -> pl.DataFrame:
    """Flatten countries, their branches, organisations and people."""
    return _frame(tables.ACTORS, _register(context).actors)


@step(tables.ACTOR_ALIASES, scope="corpus", seeds=REGISTER_SEEDS, registers=True)
def actor_aliases(context: Context, actors: pl.DataFrame) -> pl.DataFrame:
    """Collect every surface form, the exceptions of aliases.csv applied."""
    return _frame(tables.ACTOR_ALIASES, _register(context).aliases)


@step(tables.ACTOR_OFFICES, scope="corpus", seeds=REGISTER_SEEDS, registers=True)
def actor_offices(context: Context, actors: pl.DataFrame) -> pl.DataFrame:
    """Number the terms of each person in each office."""
    terms = groupby(_register(context).offices, key=lambda term: (term.person_actor_id, term.office))
    numbers = [number for _, held in terms for number, _ in enumerate(held, 1)]
    return _frame(tables.ACTOR_OFFICES, _register(context).offices, term_number=numbers)


def _register(context: Context) -> Register:
    settings = context.settings
    return actor_register(settings.seeds, settings.registers)


def _frame(table: Table, rows: Iterable[Any], **more: list[int]) -> pl.DataFrame:
    """Rows of the register as a table of its columns; `more` are columns the rows do not have."""
    held = list(rows)
    cells = {name: more.get(name) or [getattr(row, name) for row in held] for name in table.schema}
    return table.shape(pl.DataFrame(cells, schema=table.schema))


def corrections_of_batch(context: Context, corrections: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    """What `corrections` has to say to a batch: the rows about its documents."""
    return corrections.join(files, on="document_id", how="semi").sort("row_number")


@step(
    tables.CORRECTIONS,
    scope="corpus",
    facts=corrections_of_batch,
    uses={"files": ("document_id",)},
    seeds=(CORRECTIONS_CSV,),
)
def corrections(context: Context) -> pl.DataFrame:
    """Number the rows of the file."""
    rows = rows_of_corrections(context.settings.seeds, context.seeds_digest)
    return tables.CORRECTIONS.frame([{"row_number": number, **asdict(row)} for number, row in enumerate(rows, 2)])

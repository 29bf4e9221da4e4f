"""The register's tables: who is known beforehand."""

from dataclasses import asdict
from itertools import groupby

import polars as pl

from pipeline import tables
from pipeline.steps.engines import actor_register
from pipeline.steps.step import Context, step


@step(tables.ACTORS, scope="corpus", seeds=("register/*.csv",))
def actors(context: Context) -> pl.DataFrame:
    """Flatten countries, their branches, organisations and people."""
    return tables.ACTORS.frame(
        [asdict(actor) for actor in actor_register(context.settings.seeds, context.seeds_digest).actors]
    )


@step(tables.ACTOR_ALIASES, scope="corpus", seeds=("register/*.csv",))
def actor_aliases(context: Context, actors: pl.DataFrame) -> pl.DataFrame:
    """Collect every surface form, the exceptions of aliases.csv applied."""
    return tables.ACTOR_ALIASES.frame(
        [asdict(alias) for alias in actor_register(context.settings.seeds, context.seeds_digest).aliases]
    )


@step(tables.ACTOR_OFFICES, scope="corpus", seeds=("register/*.csv",))
def actor_offices(context: Context, actors: pl.DataFrame) -> pl.DataFrame:
    """Number the terms of each person in each office."""
    terms = groupby(
        actor_register(context.settings.seeds, context.seeds_digest).offices,
        key=lambda term: (term.person_actor_id, term.office),
    )
    rows = [{**asdict(term), "term_number": number} for _, held in terms for number, term in enumerate(held, 1)]
    return tables.ACTOR_OFFICES.frame(rows)

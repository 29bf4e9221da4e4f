"""What a careful user looks at next: what cleaning kept out, what the register does not know."""

from typing import Any

import polars as pl

from pipeline import tables, taggers
from pipeline.steps.engines import TAGGER_SEEDS, tagger
from pipeline.steps.frames import by_document, dates, mention_cells, parent_number
from pipeline.steps.step import Context, step
from pipeline.text import names
from pipeline.text.blocks import STRIPPED_KINDS


@step(
    tables.STRIPPED_MENTIONS,
    seeds=TAGGER_SEEDS,
    registers=True,
    libraries=("ahocorasick_rs",),
    chosen=taggers.version,
    shows=("actor_aliases", "actor_offices"),
)
def stripped_mentions(
    context: Context, texts: pl.DataFrame, documents: pl.DataFrame, blocks: pl.DataFrame, actors: pl.DataFrame
) -> pl.DataFrame:
    """Tag the stripped blocks as if they had been kept: what cleaning kept out."""
    settings = context.settings
    tag = tagger(settings.seeds, context.seeds_digest, settings.registers, taggers.proposer(settings))
    published = dates(documents)
    stripped = by_document(blocks.filter(pl.col("kind").is_in(list(STRIPPED_KINDS))))
    rows: list[tuple[Any, ...]] = []
    for document_id, text in texts.select("document_id", "text").iter_rows():
        away = stripped.get(document_id, [])
        found = tag(text, [(b["char_start"], b["char_end"]) for b in away], published_on=published[document_id])
        for number, one in enumerate(found, 1):
            home = away[one.sentence_number - 1]
            rows.append(
                (document_id, number, home["block_number"], home["kind"], *mention_cells(text, one))
                + (one.rule_id, one.confidence, parent_number(one))
            )
    return tables.STRIPPED_MENTIONS.frame(rows)


def names_of_batch(context: Context, sentences: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    """What `unmatched_names` keeps of a batch: each unknown name with its counts."""
    tagged = by_document(mentions.filter(pl.col("actor_id").is_not_null()))
    found = [
        (document_id, surface)
        for (document_id,), spoken in sentences.group_by("document_id", maintain_order=True)
        for surface in names.unknown(
            [(row["char_start"], row["text"]) for row in spoken.iter_rows(named=True)],
            [(row["char_start"], row["char_end"]) for row in tagged.get(str(document_id), [])],
        )
    ]
    frame = pl.DataFrame(found, schema={"document_id": pl.String, "surface": pl.String}, orient="row")
    return frame.group_by("surface").agg(
        n_mentions=pl.len().cast(pl.Int64),
        n_documents=pl.col("document_id").n_unique().cast(pl.Int64),
        example_document_id=pl.col("document_id").min(),
    ).sort("surface")  # fmt: skip


@step(tables.UNMATCHED_NAMES, scope="corpus", keys=names_of_batch)
def unmatched_names(context: Context, keys: pl.DataFrame) -> pl.DataFrame:
    """Add up the batches' unknown names."""
    total = keys.group_by("surface").agg(
        pl.col("n_mentions").sum(), pl.col("n_documents").sum(), pl.col("example_document_id").min()
    )
    return tables.UNMATCHED_NAMES.shape(total)

"""What was found, added up over the whole corpus: the series researchers plot first."""

import polars as pl

from pipeline import tables
from pipeline.steps.frames import added_up
from pipeline.steps.step import Context, Keys, step

_PERIODS = {"day": "%Y-%m", "month": "%Y-%m", "year": "%Y", "none": "undated"}
_KEY = list(tables.ACTOR_COUNTS.key)


def counts_of_batch(context: Context, documents: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    """What `actor_counts` keeps of a batch: its own counts."""
    dated = pl.concat(
        documents.filter(pl.col("published_precision") == precision).select(
            "document_id", period=pl.col("published_on").dt.strftime(form).fill_null(form)
        )
        for precision, form in _PERIODS.items()
    )
    found = mentions.drop_nulls("actor_id").group_by("document_id", "actor_id").agg(n_mentions=pl.len().cast(pl.Int64))
    of_document = found.join(dated, on="document_id")
    counts = pl.col("n_mentions").sum(), pl.len().cast(pl.Int64).alias("n_documents")
    return of_document.group_by(_KEY).agg(counts).sort(_KEY)


@step(
    tables.ACTOR_COUNTS,
    scope="corpus",
    keys=counts_of_batch,
    uses={
        "documents": ("document_id", "published_on", "published_precision"),
        "mentions": ("document_id", "actor_id"),
        "actors": ("actor_id",),
    },
)
def actor_counts(context: Context, keys: Keys, actors: pl.DataFrame) -> pl.DataFrame:
    """Add up the batches' counts: a document is in one batch only, so none is counted twice."""
    return tables.ACTOR_COUNTS.shape(added_up(keys, _KEY))

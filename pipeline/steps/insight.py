"""What a careful user looks at next: what cleaning kept out, what the register does not know."""

from collections.abc import Callable, Iterator

import polars as pl

from pipeline import tables, taggers
from pipeline.steps.engines import NAME_SEEDS, TAGGER_SEEDS, name_finder, tagger
from pipeline.steps.frames import added_up, by_document, dates, mention_columns
from pipeline.steps.shares import shares
from pipeline.steps.step import Context, Keys, step
from pipeline.text.blocks import STRIPPED_KINDS
from pipeline.text.mentions import Mention
from pipeline.text.names import Name
from pipeline.text.repetition import OUTLET_IS_IN, outlet


@step(
    tables.STRIPPED_MENTIONS,
    uses={
        "texts": ("document_id", "text"),
        "documents": ("document_id", "published_on"),
        "blocks": ("document_id", "block_number", "kind", "char_start", "char_end"),
        "actors": ("actor_id",),
    },
    seeds=TAGGER_SEEDS,
    registers=True,
    libraries=("ahocorasick_rs",),
    chosen={"tagger": taggers.version},
    shows=("actor_aliases", "actor_offices"),
)
def stripped_mentions(
    context: Context, texts: pl.DataFrame, documents: pl.DataFrame, blocks: pl.DataFrame, actors: pl.DataFrame
) -> pl.DataFrame:
    """Tag the stripped blocks as if they had been kept: what cleaning kept out."""
    settings = context.settings
    tag = tagger(settings.seeds, context.seeds_digest, settings.registers, taggers.proposer(settings))
    published = dates(documents)
    of_rules = blocks.filter(pl.col("kind").is_in(list(STRIPPED_KINDS)))
    stripped = by_document(of_rules, "char_start", "char_end", "block_number", "kind")
    tagged: list[tuple[str, str, list[Mention]]] = []
    homes: list[tuple[int, str]] = []
    for document_id, text in texts.select("document_id", "text").iter_rows():
        away = stripped.get(document_id, [])
        found = tag(text, [span for *span, _, _ in away], published_on=published[document_id])
        tagged.append((document_id, text, found))
        homes += [away[one.sentence_number - 1][2:] for one in found]
    numbers, kinds = [number for number, _ in homes], [kind for _, kind in homes]
    columns = {**mention_columns(tagged), "block_number": numbers, "block_kind": kinds}
    return tables.STRIPPED_MENTIONS.of_columns(columns)


_TOTALS = ("n_documents", "n_chars", "n_mentions", "n_stripped_mentions")


def outlets_of_batch(
    context: Context, files: pl.DataFrame, blocks: pl.DataFrame, mentions: pl.DataFrame, stripped_mentions: pl.DataFrame
) -> pl.DataFrame:
    """What `outlets` keeps of a batch: each outlet's counts, and in a row of its own what each rule stripped of it."""
    known = [(document_id, outlet(*of)) for document_id, *of in files.select(OUTLET_IS_IN).iter_rows()]
    whose = pl.DataFrame(known, schema={"document_id": pl.String, "outlet": pl.String}, orient="row")
    inked = blocks.filter(pl.col("kind") != "blank").select(
        "document_id", n_chars=pl.col("char_end") - pl.col("char_start"),
        rule_id=pl.when(pl.col("kind").is_in(list(STRIPPED_KINDS))).then("rule_id"),
    )  # fmt: skip
    counted = [
        whose.select("outlet", n_documents=1),
        inked.join(whose, on="document_id").select("outlet", "n_chars"),
        inked.drop_nulls("rule_id").join(whose, on="document_id").select("outlet", "rule_id", "n_chars"),
        *(
            found.filter(pl.col("parent_mention_number").is_null())
            .join(whose, on="document_id")
            .select("outlet", pl.lit(1).alias(name))
            for name, found in (("n_mentions", mentions), ("n_stripped_mentions", stripped_mentions))
        ),
    ]
    empty = pl.DataFrame(schema={"outlet": pl.String, "rule_id": pl.String, **dict.fromkeys(_TOTALS, pl.Int64)})
    rows = pl.concat([empty, *counted], how="diagonal_relaxed")
    return rows.group_by("outlet", "rule_id").agg(pl.col(_TOTALS).sum()).sort("outlet", "rule_id")


@step(
    tables.OUTLETS,
    scope="corpus",
    keys=outlets_of_batch,
    uses={
        "files": OUTLET_IS_IN,
        "blocks": ("document_id", "kind", "char_start", "char_end", "rule_id"),
        "mentions": ("document_id", "parent_mention_number"),
        "stripped_mentions": ("document_id", "parent_mention_number"),
        "rules": ("rule_id", "scope"),
    },
)
def outlets(context: Context, rules: pl.DataFrame, keys: Keys) -> pl.DataFrame:
    """Add up the batches' counts, and find the rule that strips most."""
    total = added_up(keys, ("outlet", "rule_id"))
    by_rule = total.join(rules, on="rule_id")
    largest = (
        by_rule.filter(pl.col("scope") != "model")  # which judges line by line, and is no rule that could be too wide
        .sort(-pl.col("n_chars"), "rule_id")
        .unique("outlet", keep="first", maintain_order=True)
        .select("outlet", "rule_id", of_rule="n_chars")
    )
    stripped = by_rule.group_by("outlet").agg(stripped=pl.col("n_chars").sum())
    n_all = pl.col("n_mentions") + pl.col("n_stripped_mentions")
    of_chars = {"share_stripped": pl.col("stripped"), "share_of_rule": pl.col("of_rule")}
    return tables.OUTLETS.shape(
        total.filter(pl.col("rule_id").is_null())
        .drop("rule_id")
        .join(stripped, on="outlet", how="left")
        .join(largest, on="outlet", how="left")
        .with_columns(
            share_of_stripped_mentions=pl.when(n_all > 0).then((pl.col("n_stripped_mentions") / n_all).round(6)),
            **{name: (part.fill_null(0) / pl.max_horizontal("n_chars", 1)).round(6) for name, part in of_chars.items()},
        )
    )


# Rules that find names of the register, or a common noun ("the House").
_NOT_NEW = ("ambiguous_name", "ambiguous_surname", "short_name", "register_short_name", "bare_body")
_LONGEST_EXAMPLE = 300  # characters; longer sentences are lists
_FOUND = {
    "document_id": pl.String,
    "surface": pl.String,
    "acts": pl.Boolean,
    "suggested_type": pl.String,
    "suggested_iso3": pl.String,
    "sentence_number": pl.Int32,
}
_BEST_FIRST = (~pl.col("acts"), "document_id", "sentence_number")


def names_of_batch(context: Context, sentences: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    """What `unmatched_names` keeps of a batch: each unknown name with its counts, by what the texts say of its kind."""
    find = name_finder(context.settings.seeds, context.seeds_digest)
    found = pl.concat([_vouched_for(mentions), _runs(sentences, mentions, find)])
    said = pl.col("suggested_type", "suggested_iso3").drop_nulls().mode().sort().first()
    of_document = (
        found.sort("surface", *_BEST_FIRST)
        .group_by("surface", "document_id", maintain_order=True)
        .agg(said, pl.len().cast(pl.Int64).alias("n_mentions"), pl.first("acts", "sentence_number"))
    )
    kept = (
        of_document.sort("surface", *_BEST_FIRST)
        .group_by("surface", "suggested_type", "suggested_iso3", maintain_order=True)
        .agg(
            pl.col("n_mentions").sum(),
            n_documents=pl.len().cast(pl.Int64),
            n_acting_documents=pl.col("acts").sum().cast(pl.Int64),
            acts=pl.first("acts"),
            document_id=pl.first("document_id"),
            sentence_number=pl.first("sentence_number"),
        )
    )
    place = ("document_id", "sentence_number")
    examples = sentences.select(*place, example=pl.col("text").str.slice(0, _LONGEST_EXAMPLE))
    return kept.join(examples, on=place, how="left", maintain_order="left")


def _vouched_for(mentions: pl.DataFrame) -> pl.DataFrame:
    """The names that a rule of the tagger vouches for, although no actor has them."""
    is_new = ~pl.col("rule_id").fill_null("").is_in(_NOT_NEW) & (pl.col("full_name") != "")
    return mentions.filter(pl.col("actor_id").is_null() & (pl.col("form") == "name") & is_new).select(
        "document_id",
        surface="full_name",
        acts=pl.col("mention_role").eq_missing(pl.lit("actor")),
        suggested_type="actor_type",
        suggested_iso3="iso3",
        sentence_number="sentence_number",
    )


def _runs(sentences: pl.DataFrame, mentions: pl.DataFrame, find: Callable[..., Iterator[Name]]) -> pl.DataFrame:
    """The capitalised runs that no mention covers."""
    known = by_document(mentions, "char_start", "char_end")
    homes = by_document(sentences, "sentence_number", "zone")
    found = [
        (document_id, name.surface, name.speaks or zone == "title", None, None, number)
        for document_id, said in by_document(sentences, "char_start", "text").items()
        for name in find(said, known.get(document_id, []))
        for number, zone in [homes[document_id][name.sentence]]
    ]
    return pl.DataFrame(found, schema=_FOUND, orient="row")


@step(
    tables.UNMATCHED_NAMES,
    scope="corpus",
    keys=names_of_batch,
    uses={
        "sentences": ("document_id", "sentence_number", "zone", "char_start", "text"),
        "mentions": ("document_id", "sentence_number", "char_start", "char_end", "form", "full_name")
        + ("actor_id", "actor_type", "iso3", "mention_role", "rule_id"),
        "actor_aliases": ("surface",),
    },
    seeds=NAME_SEEDS,
)
def unmatched_names(context: Context, keys: Keys, actor_aliases: pl.DataFrame) -> pl.DataFrame:
    """Add up the batches' unknown names and rank them: first the documents in which a name acts, then all mentions.

    What the register knows and the tagger took for a place or a trap is left out.
    """
    named = shares(keys, "surface", _NAMES_AT_ONCE)
    new = pl.concat(_added_up(share.join(actor_aliases, on="surface", how="anti")) for share in named).sort("surface")
    gain = ("n_acting_documents", "n_documents", "n_mentions")
    order = pl.arg_sort_by(*gain, descending=True, maintain_order=True)
    return tables.UNMATCHED_NAMES.shape(new.with_columns(rank=order.arg_sort() + 1))


_NAMES_AT_ONCE = 250_000  # some 100 MB


def _added_up(found: pl.DataFrame) -> pl.DataFrame:
    """Each name over the batches that found it."""
    total = (
        found.sort("surface", *_BEST_FIRST)
        .group_by("surface", maintain_order=True)
        .agg(
            pl.col("n_mentions", "n_documents", "n_acting_documents").sum(),
            example_document_id=pl.first("document_id"),
            example_sentence_number=pl.first("sentence_number"),
            example=pl.first("example"),
        )
    )
    for suggestion in ("suggested_type", "suggested_iso3"):
        votes = found.drop_nulls(suggestion).group_by("surface", suggestion).agg(votes=pl.col("n_mentions").sum())
        most = votes.sort("surface", -pl.col("votes"), suggestion).unique("surface", keep="first", maintain_order=True)
        total = total.join(most.select("surface", suggestion), on="surface", how="left")
    return total

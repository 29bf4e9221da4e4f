"""What goes with the data: the rules and what they did, the codebook, the problems found."""

from hashlib import sha256
from typing import Any

import polars as pl

from pipeline import render, tables
from pipeline.steps import engines
from pipeline.steps.step import Context, step


def rule_hits(context: Context, blocks: pl.DataFrame) -> pl.DataFrame:
    """What `rules` keeps of a batch: how often each rule acted."""
    hits = blocks.filter(pl.col("rule_id").is_not_null()).group_by("rule_id")
    counts = hits.agg(n_hits=pl.len().cast(pl.Int64), n_documents=pl.col("document_id").n_unique().cast(pl.Int64))
    return counts.sort("rule_id")


@step(tables.RULES, scope="corpus", keys=rule_hits, seeds=("rules/boilerplate.csv",))
def rules(context: Context, keys: pl.DataFrame) -> pl.DataFrame:
    """List the rules with what they did to this corpus; a rule that acted and is not listed would fail its check."""
    known = [
        {name: getattr(rule, name) for name in tables.RULES.schema if not name.startswith("n_")}
        for rule in engines.rules(context.settings.seeds, context.seeds_digest)
        if rule.is_active
    ]
    hits = keys.group_by("rule_id").agg(pl.col("n_hits", "n_documents").sum())
    counted = pl.DataFrame(known).join(hits, on="rule_id", how="full", coalesce=True)
    return tables.RULES.shape(counted.with_columns(pl.col("n_hits", "n_documents").fill_null(0)))


@step(tables.CODEBOOK, scope="corpus")
def codebook(context: Context) -> pl.DataFrame:
    """Describe every column of every table, as a table."""
    return tables.CODEBOOK.frame(render.codebook_rows(tables.TABLES))


_LOSSLESS = ("ok", "duplicate")  # statuses of `files` in which nothing was lost
_ODD_DOCUMENTS: dict[str, tuple[pl.Expr, str, str, str]] = {
    # kind: (which documents, severity, problem, suggestion)
    "undated_document": (
        pl.col("published_precision") == "none", "note", "The article has no date.",
        "Give its date in metadata.csv; until then it stands in the undated row of every count over time.",
    ),
    "no_body": (
        pl.col("kind") == "not_article", "warning", "No article text was found.",
        "Look at it with `tidywire show`; if it is an index or an error page, take it out of the input.",
    ),
    "mostly_stripped": (
        (pl.col("kind") == "article") & (pl.col("share_stripped") > 0.5), "warning",
        "More than half of the text was stripped.", "Look at it with `tidywire show`; rules are in seeds/rules/.",
    ),
    "other_language": (
        pl.col("language").is_not_null() & (pl.col("language") != "en"), "note",
        "The article is not in English, the language of the register and of most rules.",
        "Leave it out of counts of mentions, or add surfaces of its language to the register.",
    ),
}  # fmt: skip


def odd_documents(context: Context, documents: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """What `issues` keeps of a batch: documents a careful user should look at."""
    found = [
        (severity, kind, place, problem, suggestion)
        for kind, (odd, severity, problem, suggestion) in _ODD_DOCUMENTS.items()
        for place in documents.filter(odd)["document_id"]
    ]
    found += [
        ("note", "repaired_text", place, f"The text was repaired while decoding: {repairs}.",
         "Compare it with the file if exact wording matters.")
        for place, repairs in texts.filter(pl.col("repairs") != "").select("document_id", "repairs").iter_rows()
    ]  # fmt: skip
    return pl.DataFrame(found, schema=_ISSUE, orient="row")


_ISSUE = {name: pl.String for name in tables.ISSUES.schema if name != "issue_id"}


@step(tables.ISSUES, scope="corpus", keys=odd_documents, given=("status",))
def issues(context: Context, files: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """Collect what is wrong with the input and odd about the documents."""
    told = files.filter(pl.col("problem").is_not_null())
    of_files = [_file_issue(row) for row in told.iter_rows(named=True)]
    rows = [*keys.rows(), *of_files]
    return tables.ISSUES.frame([(f"i_{_short_hash(row)}", *row) for row in dict.fromkeys(rows)])


def _file_issue(row: dict[str, Any]) -> tuple[str, ...]:
    is_lost = row["status"] not in _LOSSLESS
    place = row["path"] if row["record_number"] == 1 else f"{row['path']}, record {row['record_number']}"
    advice = "The sentence says what to do; run again afterwards: only this file is read again."
    return ("error" if is_lost else "note", f"file_{row['status']}", place, row["problem"], advice)


def _short_hash(row: tuple[str, ...]) -> str:
    return sha256("\0".join(row[1:4]).encode("utf-8", "surrogatepass")).hexdigest()[:16]

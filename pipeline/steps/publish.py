"""What goes with the data: the rules and what they did, the codebook, the problems found."""

from hashlib import sha256
from typing import Any, NamedTuple

import polars as pl

from pipeline import render, tables
from pipeline.readers.sidecar import SIDECAR
from pipeline.steps.engines import REGISTER_SEEDS, registers
from pipeline.steps.engines import rules as boilerplate_rules
from pipeline.steps.frames import added_up, without_block
from pipeline.steps.step import Context, Keys, step
from pipeline.text.cleaning.corrections import CORRECTIONS_CSV


def rule_hits(context: Context, blocks: pl.DataFrame) -> pl.DataFrame:
    """What `rules` keeps of a batch: how often each rule acted."""
    hits = blocks.filter(pl.col("rule_id").is_not_null()).group_by("rule_id")
    counts = hits.agg(n_hits=pl.len().cast(pl.Int64), n_documents=pl.col("document_id").n_unique().cast(pl.Int64))
    return counts.sort("rule_id")


@step(
    tables.RULES,
    scope="corpus",
    keys=rule_hits,
    uses={"blocks": ("document_id", "rule_id")},
    seeds=("rules/boilerplate.csv",),
    libraries=("ahocorasick_rs",),
)
def rules(context: Context, keys: Keys) -> pl.DataFrame:
    """List the rules with what they did to this corpus; a rule that acted and is not listed would fail its check."""
    known = [
        {name: getattr(rule, name) for name in tables.RULES.schema if not name.startswith("n_")}
        for rule in boilerplate_rules(context.settings.seeds)
        if rule.is_active
    ]
    hits = added_up(keys, ("rule_id",))
    counted = pl.DataFrame(known, infer_schema_length=None).join(hits, on="rule_id", how="full", coalesce=True)
    return tables.RULES.shape(counted.with_columns(pl.col("n_hits", "n_documents").fill_null(0)))


@step(tables.CODEBOOK, scope="corpus", tells=tables.TABLES)
def codebook(context: Context) -> pl.DataFrame:
    """Describe every column of every table, as a table."""
    return tables.CODEBOOK.frame(render.codebook_rows(tables.TABLES))


class Oddity(NamedTuple):
    """A property of documents that a careful user should know of, and what to do about it."""

    is_odd: pl.Expr
    severity: str
    problem: str
    suggestion: str


_ODDITIES: dict[str, Oddity] = {
    "undated_document": Oddity(
        pl.col("published_precision") == "none", "note", "No date is known.",
        "Give it in metadata.csv; until then the article stands in the undated row of every count over time.",
    ),
    "no_body": Oddity(
        pl.col("kind") == "not_article", "warning", "No article text was found.",
        "Look at it with `tidywire show`; if it is an index or an error page, take it out of the input.",
    ),
    "mostly_stripped": Oddity(
        (pl.col("kind") == "article") & (pl.col("share_stripped") > 0.5), "warning",
        "More than half of the text was stripped.", "Look at it with `tidywire show`; the rules are in seeds/rules.",
    ),
    "other_language": Oddity(
        pl.col("language").is_not_null() & (pl.col("language") != "en"), "note",
        "It is not in English, the language of the register and of most rules.",
        "Leave it out of counts of mentions, or add surfaces of its language to the register.",
    ),
    "repaired_text": Oddity(
        pl.col("repairs") != "", "note", "The text was repaired while decoding; `texts.repairs` says how.",
        "Compare it with the file if exact wording matters.",
    ),
}  # fmt: skip


def odd_documents(
    context: Context,
    files: pl.DataFrame,
    documents: pl.DataFrame,
    *,
    texts: pl.DataFrame,
    blocks: pl.DataFrame,
    corrections: pl.DataFrame,
) -> pl.DataFrame:
    """What `issues` keeps of a batch: how many documents are odd in which way, and the first; files that could not be read
    any more and lost corrections one by one."""
    both = documents.join(texts.select("document_id", "repairs"), on="document_id").sort("document_id")
    found = [(kind, both.filter(oddity.is_odd)["document_id"]) for kind, oddity in _ODDITIES.items()]
    counts = [(kind, len(ids), ids[0]) for kind, ids in found if len(ids)]
    odd = pl.DataFrame(counts, schema={"kind": pl.String, "n": pl.Int64, "first": pl.String}, orient="row")
    gone = files.join(texts, on="document_id", how="anti").select(
        kind=pl.lit(_GONE), n=pl.lit(1, pl.Int64), first="path"
    )
    return pl.concat([odd, gone.unique(), _lost(without_block(corrections, blocks), "correction_without_block")])


_GONE = "file_gone"
_LOST = {
    "correction_without_block": "No block of the document has this text: the rules cut it in another way now.",
    "correction_without_document": "There is no such document: it is another text now, or it has gone.",
}


def _lost(corrections: pl.DataFrame, kind: str) -> pl.DataFrame:
    place = pl.format(f"seeds/{CORRECTIONS_CSV}, row {{}}: {{}}", "row_number", "document_id")
    return corrections.select(kind=pl.lit(kind), n=pl.lit(1, pl.Int64), first=place)


@step(
    tables.ISSUES,
    scope="corpus",
    keys=odd_documents,
    uses={
        "files": ("path", "record_number", "status", "problem", "document_id"),
        "documents": ("document_id", "published_precision", "kind", "share_stripped", "language"),
        "texts": ("document_id", "repairs"),
        "blocks": ("document_id", "rule_id", "text"),
    },
    seeds=REGISTER_SEEDS,
    registers=True,
)
def issues(context: Context, files: pl.DataFrame, corrections: pl.DataFrame, keys: Keys) -> pl.DataFrame:
    """Collect what is wrong with the input and the dictionaries, file by file, and odd about the documents, kind by kind."""
    told = files.filter(pl.col("problem").is_not_null() & ~pl.col("status").is_in(["duplicate", "cover"]))
    found, is_lost = pl.concat(keys), pl.col("kind").is_in(list(_LOST))
    is_gone = pl.col("kind") == _GONE
    odd = found.filter(~is_lost & ~is_gone).group_by("kind").agg(pl.col("n").sum(), pl.col("first").min())
    unknown = corrections.join(files, on="document_id", how="anti")
    lost = pl.concat([found.filter(is_lost), _lost(unknown, "correction_without_document")])
    rows = [*map(_of_file, told.iter_rows(named=True)), *(_of_kind(*row) for row in odd.iter_rows())]
    rows += [_of_gone(path) for path in found.filter(is_gone)["first"].unique()]
    rows += [_of_correction(kind, place) for kind, _, place in lost.iter_rows()]
    own = context.settings.registers
    if own:  # nothing else can hold a bad line: a fault in a CSV file stops the run
        _, complaints = registers(context.settings.seeds, own)
        rows += [_of_dictionary(source, len(lines), *lines[0]) for source, lines in complaints.items()]
    return tables.ISSUES.frame(rows)


def _of_file(row: dict[str, Any]) -> tuple[str, ...]:
    place = row["path"] if row["record_number"] == 1 else f"{row['path']}, record {row['record_number']}"
    is_sidecar = row["path"].endswith(SIDECAR)  # it speaks of articles and is none: nothing was lost
    severity = "note" if row["status"] == "ok" else "warning" if is_sidecar else "error"
    kind = "file_note" if row["status"] == "ok" else "sidecar" if is_sidecar else f"file_{row['status']}"
    advice = "Do what the sentence says and run again: only what changed is read again."
    return (_issue_id(kind, place), severity, kind, place, row["problem"], advice)


def _of_gone(path: str) -> tuple[str, ...]:
    problem = "It went or changed after it was listed and before it was read; what could not be read is in no table."
    return (_issue_id(_GONE, path), "error", _GONE, path, problem, "Run again once it stays as it is.")


def _of_dictionary(source: str, n: int, line: int, problem: str) -> tuple[str, ...]:
    place = f"{source}, line {line}" + (f" and {n - 1:,} more" if n > 1 else "")
    advice = "Mend the line or leave it; `tidywire register check --register PATH` lists all of them."
    return (_issue_id("dictionary_line", source), "note", "dictionary_line", place, f"Not used: {problem}.", advice)


def _of_kind(kind: str, n: int, first: str) -> tuple[str, ...]:
    oddity = _ODDITIES[kind]
    place = first if n == 1 else f"{first} and {n - 1:,} more documents"
    return (_issue_id(kind), oddity.severity, kind, place, oddity.problem, oddity.suggestion)


def _of_correction(kind: str, place: str) -> tuple[str, ...]:
    advice = "Look at the document with `tidywire show`; then change the row or delete it."
    return (_issue_id(kind, place), "warning", kind, place, _LOST[kind], advice)


def _issue_id(*what: str) -> str:
    return "i_" + sha256("|".join(what).encode("utf-8", "surrogatepass")).hexdigest()[:16]

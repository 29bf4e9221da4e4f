"""From texts to blocks, documents and duplicates: what is kept, what is stripped, what is told twice."""

from datetime import date
from hashlib import sha256
from typing import Any

import polars as pl

from pipeline import tables
from pipeline.steps.engines import CLEANER_SEEDS, cleaner
from pipeline.steps.frames import block, by_document, from_ranges
from pipeline.steps.step import Context, step
from pipeline.text import duplicates as likeness
from pipeline.text import language, metadata
from pipeline.text.blocks import STRIPPED_KINDS, Block
from pipeline.text.words import n_words


@step(
    tables.BLOCKS, given=("document_id", "given_title"), seeds=CLEANER_SEEDS, options=("profile",), libraries=("numpy",)
)
def blocks(context: Context, files: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """Tile each text with blocks, each stripped one with its rule."""
    clean = cleaner(context.settings.seeds, context.seeds_digest, context.settings.profile)
    titles = dict(files.select("document_id", "given_title").iter_rows())
    rows: list[tuple[Any, ...]] = []
    for document_id, furniture, text in texts.select("document_id", "furniture_lines", "text").iter_rows():
        title = titles[document_id]
        for number, found in enumerate(clean(text, title=title, furniture=from_ranges(furniture)), 1):
            start, end = found.char_start, found.char_end
            rows.append(
                (document_id, number, found.line_number, start, end, found.kind, found.is_body, found.rule_id)
                + (found.score, found.reason, text[start:end])
            )
    return tables.BLOCKS.frame(rows)


_GIVEN = tuple(name for name in tables.FILES.schema if name.startswith("given_"))


@step(
    tables.DOCUMENTS, given=("document_id", "format", "sidecar_fields", *_GIVEN), libraries=("py3langid",)
)  # fmt: skip
def documents(context: Context, files: pl.DataFrame, texts: pl.DataFrame, blocks: pl.DataFrame) -> pl.DataFrame:
    """Put together what sidecar, page and text say about each article; the first of them that knows wins."""
    given = {row["document_id"]: row for row in files.iter_rows(named=True)}
    tiles = by_document(blocks)
    return tables.DOCUMENTS.frame(
        [
            _document(document_id, text, [block(tile) for tile in tiles.get(document_id, [])], given[document_id])
            for document_id, text in texts.select("document_id", "text").iter_rows()
        ]
    )


def _document(document_id: str, text: str, tiles: list[Block], given: dict[str, Any]) -> dict[str, Any]:
    facts = metadata.facts(text, tiles)
    body = "\n\n".join(text[tile.char_start : tile.char_end] for tile in tiles if tile.is_body)
    ink = _ink(text)
    stripped = sum(_ink(text[tile.char_start : tile.char_end]) for tile in tiles if tile.kind in STRIPPED_KINDS)
    published = _given_date(given["given_date"])
    published_on, precision = published or (facts.published_on, facts.published_precision)
    code, score = language.declared(given["given_language"]) or language.identify(body)
    return {
        "document_id": document_id,
        "title": given["given_title"] or facts.title,
        "outlet": given["given_outlet"] or facts.outlet,
        "outlet_basis": _basis(given, "outlet") if given["given_outlet"] else facts.outlet_basis,
        "author": given["given_author"] or facts.author,
        "url": given["given_url"],
        "published_on": published_on,
        "published_precision": precision,
        "published_basis": _basis(given, "date") if published else facts.published_basis,
        "language": code,
        "language_score": score,
        "kind": facts.kind,
        "n_chars": len(text),
        "n_body_chars": sum(tile.char_end - tile.char_start for tile in tiles if tile.is_body),
        "n_body_words": n_words(body),
        "share_stripped": round(stripped / ink, 6) if ink else 0.0,
        "body_sha256": sha256(" ".join(body.casefold().split()).encode("utf-8")).hexdigest(),
    }


def _given_date(written: str | None) -> tuple[date, str] | None:
    """First possible day and precision of `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, as the readers write dates."""
    if not written:
        return None
    precision = {4: "year", 7: "month", 10: "day"}[len(written)]
    return date.fromisoformat(f"{written}-01-01"[:10]), precision


def _basis(given: dict[str, Any], name: str) -> str:
    """Where a given value comes from: a web page speaks for itself unless a sidecar speaks for it."""
    by_sidecar = name in (given["sidecar_fields"] or "").split(",")
    return "sidecar" if by_sidecar or given["format"] != "html" else "page"


def _ink(text: str) -> int:
    """Characters that are not white space."""
    return sum(map(len, text.split()))


def body_signatures(context: Context, blocks: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """What `duplicates` keeps of a batch: a MinHash signature per article with a body."""
    bodies = blocks.filter("is_body").group_by("document_id").agg(pl.col("text").str.join("\n")).sort("document_id")
    signed = [(document_id, likeness.signature(body)) for document_id, body in bodies.iter_rows()]
    frame = pl.DataFrame(signed, schema={"document_id": pl.String, "signature": pl.Binary}, orient="row")
    return frame.join(documents.select("document_id", "body_sha256"), on="document_id").sort("document_id")


@step(tables.DUPLICATES, scope="corpus", keys=body_signatures, libraries=("rensa",))
def duplicates(context: Context, keys: pl.DataFrame) -> pl.DataFrame:
    """Pair the articles that tell the same text, by MinHash and locality-sensitive hashing."""
    return tables.DUPLICATES.frame(likeness.pairs(keys.sort("document_id")))

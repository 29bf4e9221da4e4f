"""From texts to blocks, documents and duplicates: what is kept, what is stripped, what is told twice."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from hashlib import sha256
from itertools import repeat
from typing import Any

import polars as pl

from pipeline import tables
from pipeline.steps.engines import CLEANER_SEEDS, cleaners, languages
from pipeline.steps.frames import blocks_of
from pipeline.steps.shares import shares
from pipeline.steps.step import Context, Keys, step
from pipeline.text import duplicates as likeness
from pipeline.text import language, metadata, repetition
from pipeline.text.blocks import STRIPPED_KINDS, Block
from pipeline.text.cleaning.corrections import corrected, folded
from pipeline.text.words import n_words

_LINE_KEYS: dict[str, Any] = {
    **dict.fromkeys(("document_id", "outlet"), pl.String),
    **dict.fromkeys(repetition.STORY_HASHES, pl.Int64),
    **{"line_numbers": pl.List(pl.Int32), "line_hashes": pl.List(pl.Int64)},
}


_NO_STORY = (None,) * len(repetition.STORY_HASHES)


def lines_of_batch(context: Context, files: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """What `repeated_lines` keeps of a batch: outlet, story and lines of each document, as hashes."""
    outlets = {
        document_id: repetition.outlet(*known)
        for document_id, *known in files.select(repetition.OUTLET_IS_IN).iter_rows()
    }
    keyed = [
        (document_id, outlets[document_id], *(keys.stories or _NO_STORY), keys.numbers, keys.hashes)
        for document_id, text in texts.select("document_id", "text").iter_rows()
        for keys in [repetition.line_keys(text)]
    ]
    return pl.DataFrame(keyed, schema=_LINE_KEYS, orient="row")


def lines_repeated_elsewhere(context: Context, repeated_lines: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """What `repeated_lines` has to say to a batch: its lines that stand in other stories, and in how many at least."""
    lines = keys.select("document_id", "outlet", line_number="line_numbers", line_hash="line_hashes")
    found = lines.explode("line_number", "line_hash").join(repeated_lines, on=["outlet", "line_hash"])
    told = found.select("document_id", "line_number", n_stories=repetition.level(pl.col("n_stories")))
    return told.sort("document_id", "line_number")


@step(
    tables.REPEATED_LINES,
    scope="corpus",
    keys=lines_of_batch,
    facts=lines_repeated_elsewhere,
    uses={
        "files": repetition.OUTLET_IS_IN,
        "texts": ("document_id", "text"),
        "repeated_lines": ("outlet", "line_hash", "n_stories"),
    },
)
def repeated_lines(context: Context, keys: Keys) -> pl.DataFrame:
    """Count the stories each line of an outlet stands in."""
    told = shares(map(repetition.lines, keys), "line_hash", _LINES_AT_ONCE)
    return tables.REPEATED_LINES.shape(pl.concat(map(repetition.repeated, told)))


_LINES_AT_ONCE = 1_000_000  # some 250 MB


@step(
    tables.BLOCKS,
    uses={
        "files": ("document_id", "given_title"),
        "texts": ("document_id", "markup", "text"),
        "corrections": ("document_id", "text", "verdict"),
    },
    seeds=CLEANER_SEEDS,
    options=("profile",),
    libraries=("ahocorasick_rs", "numpy"),
)
def blocks(
    context: Context, files: pl.DataFrame, texts: pl.DataFrame, repeated_lines: pl.DataFrame, corrections: pl.DataFrame
) -> pl.DataFrame:
    """Tile each text with blocks, each stripped one with its rule."""
    clean = cleaners(context.settings.seeds, context.seeds_digest, context.settings.profile)
    titles = dict(files.select("document_id", "given_title").iter_rows())
    verdicts: dict[str, dict[str, str]] = {}
    for document_id, words, verdict in corrections.select("document_id", "text", "verdict").iter_rows():
        verdicts.setdefault(document_id, {})[folded(words)] = verdict
    repeated: dict[str, dict[int, int]] = {}
    for document_id, line_number, n_stories in repeated_lines.iter_rows():
        repeated.setdefault(document_id, {})[line_number] = n_stories
    given = list(texts.select("document_id", "markup", "text").iter_rows())
    known = (
        {
            "title": titles[document_id],
            "markup": markup,
            "repeated": repeated.get(document_id, {}),
        }
        for document_id, markup, _ in given
    )
    cleaned = clean(zip((text for *_, text in given), known, strict=True))
    ids, numbers, words, found = list[str](), list[int](), list[str](), list[Block]()
    for (document_id, _, text), tiles in zip(given, cleaned, strict=True):
        said = corrected(text, tiles, verdicts.get(document_id, {}))
        ids += [document_id] * len(said)
        numbers += range(1, len(said) + 1)
        words += [text[start:end] for _, start, end, *_ in said]
        found += said
    columns = dict(zip(Block._fields, zip(*found, strict=True) if found else repeat(()), strict=False))
    return tables.BLOCKS.of_columns(columns | {"document_id": ids, "block_number": numbers, "text": words})


_GIVEN = tuple(name for name in tables.FILES.schema if name.startswith("given_"))


@step(
    tables.DOCUMENTS,
    uses={
        "files": ("document_id", "format", "sidecar_fields", *_GIVEN),
        "texts": ("document_id", "text"),
        "blocks": ("document_id", "block_number", "char_start", "char_end", "kind", "is_body", "rule_id"),
    },
    libraries=("numpy", "py3langid"),
    shares={"share_stripped": (pl.col("share_stripped") * pl.col("n_chars"), pl.col("n_chars"))},
)
def documents(context: Context, files: pl.DataFrame, texts: pl.DataFrame, blocks: pl.DataFrame) -> pl.DataFrame:
    """Put together what sidecar, page and text say about each article; the first of them that knows wins."""
    given = {row["document_id"]: row for row in files.iter_rows(named=True)}
    tiles = blocks_of(blocks.filter(pl.col("kind") != "blank"))
    read = [(given[name], text, tiles.get(name, [])) for name, text in texts.select("document_id", "text").iter_rows()]
    told = _bodies(
        [
            "\n\n".join(text[tile.char_start : tile.char_end] for tile in of_text if tile.is_body)
            for _, text, of_text in read
        ],
        [known["given_language"] for known, *_ in read],
    )
    return tables.DOCUMENTS.frame([_document(*one) | body for one, body in zip(read, told, strict=True)])


def _bodies(bodies: Sequence[str], tags: Iterable[str | None]) -> Iterator[dict[str, Any]]:
    """What is told of each body, all of them read together; a tag is what somebody says its language is."""
    declared = [language.declared(tag) for tag in tags]
    open_ones = [body for body, said in zip(bodies, declared, strict=True) if not said]
    identified = iter(language.identify(open_ones, languages))
    for body, said, n_body_words in zip(bodies, declared, n_words(bodies), strict=True):
        code, score = said or next(identified)
        yield {
            "language": code,
            "language_score": score,
            "n_body_words": n_body_words,
            "body_sha256": sha256(" ".join(body.casefold().split()).encode("utf-8")).hexdigest(),
        }


def _document(given: dict[str, Any], text: str, tiles: list[Block]) -> dict[str, Any]:
    facts = metadata.facts(text, tiles)
    ink = _ink(text)
    stripped = _ink("".join([text[tile.char_start : tile.char_end] for tile in tiles if tile.kind in STRIPPED_KINDS]))
    published = _given_date(given["given_date"])
    published_on, precision = published or (facts.published_on, facts.published_precision)
    return {
        "document_id": given["document_id"],
        "title": given["given_title"] or facts.title,
        "outlet": given["given_outlet"] or facts.outlet,
        "outlet_basis": _basis(given, "outlet") if given["given_outlet"] else facts.outlet_basis,
        "author": given["given_author"] or facts.author,
        "url": given["given_url"],
        "published_on": published_on,
        "published_precision": precision,
        "published_basis": _basis(given, "date") if published else facts.published_basis,
        "kind": facts.kind,
        "n_chars": len(text),
        "n_body_chars": sum(tile.char_end - tile.char_start for tile in tiles if tile.is_body),
        "share_stripped": round(stripped / ink, 6) if ink else 0.0,
    }


def _given_date(written: str | None) -> tuple[date, str] | None:
    """First possible day and precision of `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, as the readers write dates."""
    if not written:
        return None
    precision = {4: "year", 7: "month", 10: "day"}[len(written)]
    return date.fromisoformat(f"{written}-01-01"[:10]), precision


def _basis(given: dict[str, Any], name: str) -> str:
    """Where a given value comes from: a web page speaks for itself unless a sidecar speaks for it."""
    is_page = given["format"] in ("html", "warc")
    by_sidecar = name in (given["sidecar_fields"] or "").split(",")
    return "page" if is_page and not by_sidecar else "sidecar"


def _ink(text: str) -> int:
    """Characters that are not white space."""
    return len("".join(text.split()))


def body_signatures(context: Context, blocks: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """What `duplicates` keeps of a batch: a MinHash signature per article with a body."""
    bodies = blocks.filter("is_body").group_by("document_id").agg(pl.col("text").str.join("\n")).sort("document_id")
    signed = pl.Series("signature", likeness.signatures(bodies["text"]), dtype=pl.Binary)
    frame = bodies.select("document_id", signed)
    return frame.join(documents.select("document_id", "body_sha256"), on="document_id").sort("document_id")


@step(
    tables.DUPLICATES,
    scope="corpus",
    keys=body_signatures,
    uses={"blocks": ("document_id", "is_body", "text"), "documents": ("document_id", "body_sha256")},
    libraries=("rensa",),
)
def duplicates(context: Context, keys: Keys) -> pl.DataFrame:
    """Pair the articles that tell the same text, by MinHash and locality-sensitive hashing."""
    return tables.DUPLICATES.frame(likeness.pairs(pl.concat(keys).sort("document_id")))

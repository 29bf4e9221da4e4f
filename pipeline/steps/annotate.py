"""From kept blocks to sentences, mentions and quotes."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

import polars as pl

from pipeline import tables, taggers
from pipeline.steps.engines import TAGGER_SEEDS, quoter, segmenter, tagger
from pipeline.steps.frames import by_document, dates, mention_columns, mentions_of
from pipeline.steps.step import Context, step
from pipeline.text.mentions import Mention
from pipeline.text.sentences import quote_states
from pipeline.text.words import n_words

_PLACE = ("zone", "paragraph_number", "char_start", "char_end")
_ZONES = {"title": "title", "body": "body", "list_item": "body", "subhead": "subhead", "caption": "caption"}


@step(
    tables.SENTENCES,
    uses={
        "texts": ("document_id", "text"),
        "blocks": ("document_id", "block_number", "kind", "char_start", "char_end"),
    },
    seeds=("rules/abbreviations.csv", "rules/speech_verbs.csv"),
)
def sentences(context: Context, texts: pl.DataFrame, blocks: pl.DataFrame) -> pl.DataFrame:
    """Segment the kept blocks; a sentence never crosses a stripped block or a change of zone."""
    segment = segmenter(context.settings.seeds, context.seeds_digest)
    inked = by_document(blocks.filter(pl.col("kind") != "blank"), "kind", "char_start", "char_end")
    columns: dict[str, list[Any]] = {name: [] for name in tables.SENTENCES.schema}
    for document_id, text in texts.select("document_id", "text").iter_rows():
        found = list(_zoned_spans(text, inked.get(document_id, []), segment))
        spans = [(start, end) for _, _, start, end in found]
        for name, cells in zip(_PLACE, zip(*found, strict=True), strict=False):  # no cells where nothing was found
            columns[name] += cells
        columns["document_id"] += [document_id] * len(found)
        columns["sentence_number"] += range(1, len(found) + 1)
        columns["quote_state"] += quote_states(text, spans)
        columns["text"] += [text[start:end] for start, end in spans]
    columns["n_words"] = n_words(columns["text"])
    return tables.SENTENCES.of_columns(columns)


def _zoned_spans(
    text: str, tiles: list[tuple[Any, ...]], segment: Callable[[str], list[tuple[int, int]]]
) -> Iterator[tuple[str, int, int, int]]:
    """`_PLACE` of each sentence; `tiles` are (kind, start, end) of what is not blank.

    Neighbouring lines are segmented together, so that a sentence broken over hard-wrapped lines stays whole. What is unseen
    between lines (a byte order mark, a zero-width space) begins and ends no sentence.
    """
    n_before = 0  # kept blocks before the run
    for zone, stretch in groupby(tiles, lambda tile: _ZONES.get(tile[0])):
        if zone is None:
            continue
        run = list(stretch)
        starts, ends = [tile[1] for tile in run], [tile[2] for tile in run]
        offset = starts[0]
        for a, b in segment(text[offset : ends[-1]]):
            start, end = offset + a, offset + b
            first, last = bisect_right(ends, start), bisect_left(starts, end) - 1
            if start < starts[first] or end > ends[last]:
                start, end = max(start, starts[first]), min(end, ends[last])
            if start < end:
                yield zone, n_before + first + 1, start, end
        n_before += len(run)


_IS_NAME = pl.col("form") == "name"


@step(
    tables.MENTIONS,
    uses={
        "texts": ("document_id", "text"),
        "documents": ("document_id", "published_on"),
        "sentences": ("document_id", "sentence_number", "zone", "char_start", "char_end"),
        "actors": ("actor_id",),
    },
    seeds=TAGGER_SEEDS,
    registers=True,
    libraries=("ahocorasick_rs",),
    chosen={"tagger": taggers.version},
    shows=("actor_aliases", "actor_offices"),
    shares={"share_of_names_unmatched": (_IS_NAME & pl.col("actor_id").is_null(), _IS_NAME)},
)
def mentions(
    context: Context, texts: pl.DataFrame, documents: pl.DataFrame, sentences: pl.DataFrame, actors: pl.DataFrame
) -> pl.DataFrame:
    """Tag the actors of each document's sentences, given its date."""
    settings = context.settings
    tag = tagger(settings.seeds, context.seeds_digest, settings.registers, taggers.proposer(settings))
    published = dates(documents)
    of_document = by_document(sentences, "char_start", "char_end", "zone")
    tagged: list[tuple[str, str, list[Mention]]] = []
    zones: list[str] = []
    for document_id, text in texts.select("document_id", "text").iter_rows():
        spoken = of_document.get(document_id, [])
        found = tag(text, [(start, end) for start, end, _ in spoken], published_on=published[document_id])
        tagged.append((document_id, text, found))
        zones += [spoken[one.sentence_number - 1][2] for one in found]
    return tables.MENTIONS.of_columns(mention_columns(tagged) | {"zone": zones})


@step(
    tables.QUOTES,
    uses={
        "texts": ("document_id", "n_chars", "text"),
        "sentences": ("document_id", "sentence_number", "char_start", "char_end"),
        "mentions": ("document_id", "mention_number", "sentence_number", "char_start", "char_end", "form", "actor_id")
        + ("actor_type", "full_name", "role_text", "mention_role"),
        "actors": ("actor_id",),
    },
    seeds=("rules/speech_verbs.csv",),
    libraries=("ahocorasick_rs",),
)
def quotes(
    context: Context, texts: pl.DataFrame, sentences: pl.DataFrame, mentions: pl.DataFrame, actors: pl.DataFrame
) -> pl.DataFrame:
    """Find who is reported to have said what."""
    find = quoter(context.settings.seeds, context.seeds_digest)
    spoken, named = by_document(sentences, "char_start", "char_end"), mentions_of(mentions)
    rows: list[tuple[Any, ...]] = []
    for document_id, text in texts.select("document_id", "text").iter_rows():
        tagged = named.get(document_id, [])
        for number, quote in enumerate(find(text, spoken.get(document_id, []), tagged), 1):
            speaker = None if quote.speaker is None else tagged[quote.speaker]
            rows.append(
                (document_id, number, quote.sentence_number, quote.char_start, quote.char_end, quote.kind, quote.cue)
                + (None if quote.speaker is None else quote.speaker + 1, speaker and speaker.actor_id)
                + (quote.speaker_status,)
            )
    return tables.QUOTES.frame(rows)

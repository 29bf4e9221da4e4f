"""What must be true of a table beyond its columns, as sentences.

Every check takes the frame of one batch and the frames it was made from, and returns the rows that break it. Checks run
before publication; one of severity `error` keeps the last good part in place. Rules a column can state by itself (types,
codes, ranges, references) belong in `tables.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import polars as pl

from pipeline import tables
from pipeline.contract import Failure, Severity, Table, failure, validate
from pipeline.fingerprints import code_digest, digest
from pipeline.text import blocks as block

Frames = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Check:
    """One sentence about one table; `find` returns the rows for which it is false."""

    table: Table
    name: str
    description: str
    find: Callable[[pl.DataFrame, Frames], pl.DataFrame]
    severity: Severity = "error"
    show: tuple[str, ...] = ()

    def run(self, frame: pl.DataFrame, frames: Frames) -> Failure:
        """The check's failure over this frame; its count is 0 when all is well."""
        bad = self.find(frame, frames)
        return failure(self.table.name, self.name, bad, (*self.table.key, *self.show), self.severity)


def _tiled(blocks: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Documents whose blocks do not glue back to the text, or do not touch."""
    glued = blocks.group_by("document_id", maintain_order=True).agg(
        whole=pl.col("text").str.join(""),
        touch=(pl.col("char_start") == pl.col("char_end").shift(1, fill_value=0)).all(),
        block_number=pl.lit(1, pl.Int32),
    )
    both = frames["texts"].select("document_id", "text").join(glued, on="document_id", how="left")
    whole = pl.col("whole").fill_null("") == pl.col("text")
    return both.filter(~(whole & pl.col("touch").fill_null(True)))


def _unlike_slice(frame: pl.DataFrame, frames: Frames, words: str) -> pl.DataFrame:
    """Rows whose words are not the slice of the text they point to."""
    texts = dict(frames["texts"].select("document_id", "text").iter_rows())
    columns = (frame.get_column(name).to_list() for name in ("document_id", "char_start", "char_end", words))
    unlike = [texts.get(one, "")[start:end] != found for one, start, end, found in zip(*columns, strict=True)]
    return frame.filter(pl.Series(unlike, dtype=pl.Boolean))


def _outside_kept_blocks(sentences: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Sentences that do not begin and end in title, body or caption, or that reach over a stripped block."""
    is_kept = pl.col("kind").is_in(list(block.BODY_KINDS | {"title", "caption"}))
    blocks = frames["blocks"].filter(pl.col("kind") != "blank").with_columns(is_kept=is_kept)
    changes = (pl.col("is_kept") != pl.col("is_kept").shift(1)).fill_null(True)
    blocks = blocks.with_columns(stretch=changes.cum_sum().over("document_id"))
    spans = blocks.select("document_id", "is_kept", "stretch", start="char_start", end="char_end").sort("start")

    def stretch_at(place: pl.Expr, name: str) -> pl.DataFrame:
        found = sentences.select("document_id", "sentence_number", place=place).sort("place")
        home = found.join_asof(spans, left_on="place", right_on="start", by="document_id", check_sortedness=False)
        inside = pl.when(pl.col("is_kept") & (pl.col("place") < pl.col("end"))).then("stretch")
        return home.select("document_id", "sentence_number", inside.alias(name))

    key = ["document_id", "sentence_number"]
    first, last = stretch_at(pl.col("char_start"), "first"), stretch_at(pl.col("char_end") - 1, "last")
    both = sentences.join(first, on=key, maintain_order="left").join(last, on=key, maintain_order="left")
    return both.filter(pl.col("first").is_null() | pl.col("first").ne_missing(pl.col("last")))


def _outside_sentence(frame: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Mentions that are not wholly inside the sentence they name."""
    spans = frames["sentences"].select(
        "document_id", "sentence_number", sentence_start="char_start", sentence_end="char_end"
    )
    rows = frame.join(spans, on=["document_id", "sentence_number"], how="left")
    inside = (pl.col("char_start") >= pl.col("sentence_start")) & (pl.col("char_end") <= pl.col("sentence_end"))
    return rows.filter(~inside.fill_null(False))


def _outside_parent(frame: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Mentions that are not inside the mention they call their parent."""
    parents = frame.select(
        "document_id", parent_mention_number="mention_number", parent_start="char_start", parent_end="char_end"
    )
    rows = frame.filter(pl.col("parent_mention_number").is_not_null()).join(
        parents, on=["document_id", "parent_mention_number"], how="left"
    )
    inside = (pl.col("char_start") >= pl.col("parent_start")) & (pl.col("char_end") <= pl.col("parent_end"))
    return rows.filter(~inside.fill_null(False))


def _ill_placed(quotes: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Quotes that do not begin in the sentence they name, or end beyond their text."""
    sentences = frames["sentences"].select("document_id", "sentence_number", first="char_start", last="char_end")
    rows = quotes.join(sentences, on=["document_id", "sentence_number"], how="left", maintain_order="left")
    rows = rows.join(
        frames["texts"].select("document_id", "n_chars"), on="document_id", how="left", maintain_order="left"
    )
    begins = (pl.col("char_start") >= pl.col("first")) & (pl.col("char_start") < pl.col("last"))
    return rows.filter(~(begins & (pl.col("char_end") <= pl.col("n_chars"))).fill_null(False))


def _without_speaker(quotes: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Quotes whose speaker is no mention of the document, or a mention of somebody else."""
    named = frames["mentions"].select("document_id", "actor_id", speaker_mention_number="mention_number")
    known = named.with_columns(is_there=pl.lit(True))
    on = ["document_id", "speaker_mention_number"]
    spoken = quotes.filter(pl.col("speaker_mention_number").is_not_null())
    rows = spoken.join(known, on=on, how="left", maintain_order="left")
    same = pl.col("speaker_actor_id").eq_missing(pl.col("actor_id"))
    return rows.filter(~(pl.col("is_there").fill_null(False) & same))


def _of_other_length(texts: pl.DataFrame, _: Frames) -> pl.DataFrame:
    return texts.filter(pl.col("text").str.len_chars() != pl.col("n_chars"))


def _without_document(frame: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Texts that became no document (shown by their id)."""
    return frames["texts"].select("document_id").join(frame, on="document_id", how="anti")


def _mostly_stripped(frame: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    return frame.filter((pl.col("kind") == "article") & (pl.col("share_stripped") > 0.9))


def _unexplained(frame: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    return frame.filter(pl.col("kind").is_in(list(block.STRIPPED_KINDS)) & pl.col("rule_id").is_null())


_SURE = 0.05  # a phrase of its own decided, not the neighbours
_OWN_WORDS = ("title_echo", "outlet_prefix", "link_headline")  # stripped for where they stand, not for what they say


def _surviving(blocks: pl.DataFrame, _: Frames) -> pl.DataFrame:
    """Body blocks whose words were stripped as boilerplate in another place of the batch."""
    is_own = pl.col("kind").is_in(list(block.STRIPPED_KINDS - set(_OWN_WORDS)))
    is_known = is_own & (pl.col("score") <= _SURE) & (pl.col("rule_id") != "model")  # which looks at the neighbours
    words = pl.col("text").str.to_lowercase().str.replace_all(r"\s+", " ")
    known = blocks.filter(is_known).select(words=words).unique()
    return blocks.filter("is_body").with_columns(words=words).join(known, on="words", how="semi")


def _undescribed_rule(frame: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    return frame.filter(pl.col("rationale").is_null())


def _lost_correction(issues: pl.DataFrame, _: Frames) -> pl.DataFrame:
    return issues.filter(pl.col("kind").str.starts_with("correction_without_"))


_MOST_STRIPPED_MENTIONS, _LEAST_MENTIONS = 0.5, 20  # more actors in the boilerplate than in the articles; not by chance
_MOST_OF_A_RULE, _LEAST_DOCUMENTS = 0.4, 5


def _from_boilerplate(outlets: pl.DataFrame, _: Frames) -> pl.DataFrame:
    """The corpus as a whole and outlets, worst first, most of whose actors stand in boilerplate."""
    both = ("n_mentions", "n_stripped_mentions")
    shares = pl.concat(
        [outlets.select("outlet", *both), outlets.select(pl.lit("(all outlets)").alias("outlet"), pl.col(both).sum())]
    )
    n_all = pl.col("n_mentions") + pl.col("n_stripped_mentions")
    shares = shares.with_columns(share_of_stripped_mentions=(pl.col("n_stripped_mentions") / n_all).round(3))
    bad = (n_all >= _LEAST_MENTIONS) & (pl.col("share_of_stripped_mentions") > _MOST_STRIPPED_MENTIONS)
    return shares.filter(bad).sort("share_of_stripped_mentions", descending=True)


def _stripped_by_one_rule(outlets: pl.DataFrame, _: Frames) -> pl.DataFrame:
    is_much = (pl.col("share_of_rule") > _MOST_OF_A_RULE) & (pl.col("n_documents") >= _LEAST_DOCUMENTS)
    return outlets.filter(is_much).sort("share_of_rule", descending=True)


CHECKS: tuple[Check, ...] = (
    Check(tables.TEXTS, "every_text_has_its_stated_length", "`n_chars` is the length of the text.",
          _of_other_length),
    Check(tables.BLOCKS, "blocks_tile_every_text", "Glued together, the blocks of a text are the text; none overlap.", _tiled),
    Check(tables.BLOCKS, "every_block_equals_its_slice", "A block's text is what its offsets point to.",
          partial(_unlike_slice, words="text")),
    Check(tables.BLOCKS, "every_stripped_block_names_its_rule", "Nothing is stripped without a reason.", _unexplained),
    Check(tables.BLOCKS, "no_known_boilerplate_survives", "What is stripped in one place stands in no other as body.",
          _surviving, "warning", ("text",)),
    Check(tables.DOCUMENTS, "every_text_has_a_document", "No text is lost on the way to the documents.", _without_document),
    Check(tables.DOCUMENTS, "no_article_is_nearly_all_stripped",
          "An article that loses nine tenths of its text deserves a look.", _mostly_stripped, "warning", ("share_stripped",)),
    Check(tables.SENTENCES, "every_sentence_lies_inside_a_kept_block", "A sentence begins and ends in kept text and crosses no stripped block.",
          _outside_kept_blocks, show=("text",)),
    Check(tables.SENTENCES, "every_sentence_equals_its_slice", "A sentence's text is what its offsets point to.",
          partial(_unlike_slice, words="text"), show=("text",)),
    Check(tables.MENTIONS, "every_mention_surface_equals_its_slice", "A mention's words are what its offsets point to.",
          partial(_unlike_slice, words="surface"), show=("surface",)),
    Check(tables.MENTIONS, "every_mention_lies_inside_its_sentence", "No mention crosses a sentence.", _outside_sentence,
          show=("surface",)),
    Check(tables.MENTIONS, "every_mention_lies_inside_its_parent", "Mentions nest.", _outside_parent, show=("surface",)),
    Check(tables.QUOTES, "every_quote_begins_in_its_sentence", "A quote begins in its sentence and ends in its text.", _ill_placed),
    Check(tables.QUOTES, "every_speaker_is_a_mention", "The speaker is a mention of the document, of the actor named.",
          _without_speaker, show=("speaker_mention_number", "speaker_actor_id")),
    Check(tables.STRIPPED_MENTIONS, "every_stripped_surface_equals_its_slice", "A mention's words are what its offsets point to.",
          partial(_unlike_slice, words="surface"), show=("surface",)),
    Check(tables.OUTLETS, "share_of_actors_that_came_from_boilerplate",
          "More actors stand in the articles than in their boilerplate, over all and in each outlet.",
          _from_boilerplate, "warning", ("share_of_stripped_mentions", "n_mentions", "n_stripped_mentions")),
    Check(tables.OUTLETS, "no_rule_removes_more_than_40_percent_of_an_outlet", "A rule that takes that much deserves a look.",
          _stripped_by_one_rule, "warning", ("rule_id", "share_of_rule", "n_documents")),
    Check(tables.RULES, "every_rule_that_acted_is_described", "No block names a rule that the rules do not list.", _undescribed_rule),
    Check(tables.ISSUES, "every_correction_finds_its_block", "A block that was put back or taken out by hand is still there.",
          _lost_correction, "warning", ("place", "problem")),
)  # fmt: skip


def of(table: str) -> tuple[Check, ...]:
    """The checks of one table."""
    return tuple(check for check in CHECKS if check.table.name == table)


def version(table: str) -> str:
    """A hash of the table's checks: when it changes, standing parts have to be checked anew."""
    said = []
    for check in of(table):
        find, bound = (check.find.func, check.find.keywords) if isinstance(check.find, partial) else (check.find, {})
        said.append((check.name, check.severity, bound, code_digest(find)))
    return digest(said)


def broken_rules(table: str, frame: pl.DataFrame, frames: Mapping[str, pl.DataFrame]) -> list[Failure]:
    """Every rule the frame breaks: those its columns declare, then, if the columns are right, its semantic checks."""
    failures = validate(frame, tables.BY_NAME[table], frames)
    if any(failure.rule == "columns_are_those_declared" for failure in failures):
        return failures
    return failures + [found for check in of(table) if (found := check.run(frame, frames)).count]

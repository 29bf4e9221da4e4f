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
    rows = frame.join(frames["texts"].select("document_id", whole="text"), on="document_id", how="left")
    length = pl.col("char_end") - pl.col("char_start")
    return rows.filter(pl.col("whole").str.slice(pl.col("char_start"), length).ne_missing(pl.col(words)))


def _over_stripped(sentences: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Sentences that overlap a stripped block."""
    stripped = frames["blocks"].filter(pl.col("kind").is_in(list(block.STRIPPED_KINDS)))
    spans = stripped.select("document_id", away_start="char_start", away_end="char_end")
    overlap = (pl.col("char_start") < pl.col("away_end")) & (pl.col("char_end") > pl.col("away_start"))
    return sentences.join(spans, on="document_id").filter(overlap)


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


def _unknown_actor(frame: pl.DataFrame, frames: Frames, column: str) -> pl.DataFrame:
    known = frames["actors"]["actor_id"].implode()
    return frame.filter(pl.col(column).is_not_null() & ~pl.col(column).is_in(known))


def _without_document(frame: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Texts that became no document (shown by their id)."""
    return frames["texts"].select("document_id").join(frame, on="document_id", how="anti")


def _mostly_stripped(frame: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    return frame.filter((pl.col("kind") == "article") & (pl.col("share_stripped") > 0.9))


def _unexplained(frame: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    return frame.filter(pl.col("kind").is_in(list(block.STRIPPED_KINDS)) & pl.col("rule_id").is_null())


_SURE = 0.05  # a phrase of its own decided, not the neighbours or the layout
_OWN_WORDS = ("title_echo", "outlet_prefix", "link_headline")  # stripped for where they stand, not for what they say


def _surviving(blocks: pl.DataFrame, _: Frames) -> pl.DataFrame:
    """Body blocks whose words were stripped as boilerplate in another place of the batch."""
    folded = blocks.with_columns(words=pl.col("text").str.to_lowercase().str.replace_all(r"\s+", " "))
    known = folded.filter(
        pl.col("kind").is_in(list(block.STRIPPED_KINDS - set(_OWN_WORDS))) & (pl.col("score") <= _SURE)
    )
    return folded.filter("is_body").join(known.select("words").unique(), on="words", how="semi")


def _undescribed_rule(frame: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    return frame.filter(pl.col("rationale").is_null())


CHECKS: tuple[Check, ...] = (
    Check(tables.TEXTS, "every_text_has_its_stated_length", "`n_chars` is the length of the text.",
          lambda frame, _: frame.filter(pl.col("text").str.len_chars() != pl.col("n_chars"))),
    Check(tables.BLOCKS, "blocks_tile_every_text", "Glued together, the blocks of a text are the text; none overlap.", _tiled),
    Check(tables.BLOCKS, "every_block_equals_its_slice", "A block's text is what its offsets point to.",
          partial(_unlike_slice, words="text")),
    Check(tables.BLOCKS, "every_stripped_block_names_its_rule", "Nothing is stripped without a reason.", _unexplained),
    Check(tables.BLOCKS, "no_known_boilerplate_survives", "What is stripped in one place stands in no other as body.",
          _surviving, "warning", ("text",)),
    Check(tables.DOCUMENTS, "every_text_has_a_document", "No text is lost on the way to the documents.", _without_document),
    Check(tables.DOCUMENTS, "no_article_is_nearly_all_stripped",
          "An article that loses nine tenths of its text deserves a look.", _mostly_stripped, "warning", ("share_stripped",)),
    Check(tables.SENTENCES, "every_sentence_lies_inside_a_kept_block", "No sentence reaches into a stripped block.", _over_stripped),
    Check(tables.SENTENCES, "every_sentence_equals_its_slice", "A sentence's text is what its offsets point to.",
          partial(_unlike_slice, words="text"), show=("text",)),
    Check(tables.MENTIONS, "every_mention_surface_equals_its_slice", "A mention's words are what its offsets point to.",
          partial(_unlike_slice, words="surface"), show=("surface",)),
    Check(tables.MENTIONS, "every_mention_lies_inside_its_sentence", "No mention crosses a sentence.", _outside_sentence,
          show=("surface",)),
    Check(tables.MENTIONS, "every_mention_lies_inside_its_parent", "Mentions nest.", _outside_parent, show=("surface",)),
    Check(tables.MENTIONS, "every_actor_id_exists", "Every resolved mention is an actor of the register.",
          partial(_unknown_actor, column="actor_id"), show=("surface", "actor_id")),
    Check(tables.QUOTES, "every_speaker_exists", "Every resolved speaker is an actor of the register.",
          partial(_unknown_actor, column="speaker_actor_id"), show=("speaker_actor_id",)),
    Check(tables.STRIPPED_MENTIONS, "every_stripped_surface_equals_its_slice", "A mention's words are what its offsets point to.",
          partial(_unlike_slice, words="surface"), show=("surface",)),
    Check(tables.RULES, "every_rule_that_acted_is_described", "No block names a rule that the rules do not list.", _undescribed_rule),
)  # fmt: skip


def of(table: str) -> tuple[Check, ...]:
    """The checks of one table."""
    return tuple(check for check in CHECKS if check.table.name == table)


def broken_rules(table: str, frame: pl.DataFrame, frames: Mapping[str, pl.DataFrame]) -> list[Failure]:
    """Every rule the frame breaks: those its columns declare, then, if the columns are right, its semantic checks."""
    failures = validate(frame, tables.BY_NAME[table], frames)
    if any(failure.rule == "columns_are_those_declared" for failure in failures):
        return failures
    return failures + [found for check in of(table) if (found := check.run(frame, frames)).count]

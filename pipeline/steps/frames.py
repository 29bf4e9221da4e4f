"""Rows of frames as the values the text functions take, and back."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial
from itertools import accumulate, repeat
from typing import Any, TypeVar

import polars as pl

from pipeline.text.blocks import Block
from pipeline.text.cleaning.corrections import CORRECTION, folded
from pipeline.text.mentions import Mention

Row = TypeVar("Row", bound=tuple[Any, ...])


def by_document(frame: pl.DataFrame, *names: str) -> dict[str, list[tuple[Any, ...]]]:
    """These cells of the frame's rows, as tuples, under their document; the frame is sorted by document."""
    return _grouped(frame, tuple, [frame.get_column(name).to_list() for name in names])


def blocks_of(blocks: pl.DataFrame) -> dict[str, list[Block]]:
    """The rows of `blocks` under their document; what the frame does not hold is None."""
    return _rows_of(blocks, Block, Block._fields)


def mentions_of(mentions: pl.DataFrame) -> dict[str, list[Mention]]:
    """The rows of `mentions` under their document; what the frame does not hold, and `parent`, is None."""
    return _rows_of(mentions, Mention, Mention._fields)


def _rows_of(frame: pl.DataFrame, kind: type[Row], names: Sequence[str]) -> dict[str, list[Row]]:
    columns = [frame.get_column(name).to_list() if name in frame.columns else repeat(None) for name in names]
    make = partial(tuple.__new__, kind)  # the `_make` of a named tuple, without a call in Python for each row
    return _grouped(frame, make, columns)


def _grouped(
    frame: pl.DataFrame, make: Callable[[Iterable[Any]], Row], columns: Sequence[Iterable[Any]]
) -> dict[str, list[Row]]:
    """Rows made from columns of cells, under their document."""
    rows = list(map(make, zip(*columns, strict=False)))  # not strict: a column may repeat one value for ever
    runs = frame.get_column("document_id").rle().struct
    ends = list(accumulate(runs.field("len"), initial=0))
    return {name: rows[a:b] for name, a, b in zip(runs.field("value"), ends, ends[1:], strict=False)}


Tagged = Sequence[tuple[str, str, Sequence[Mention]]]
"""Document, its text, its mentions."""


def mention_columns(tagged: Tagged) -> dict[str, Sequence[Any]]:
    """The columns that `mentions` and `stripped_mentions` share, from `document_id` to `parent_mention_number`."""
    cells = list(zip(*(one for *_, found in tagged for one in found), strict=True)) or repeat(())
    columns: dict[str, Sequence[Any]] = dict(zip(Mention._fields, cells, strict=False))
    return columns | {
        "document_id": [document_id for document_id, _, found in tagged for _ in found],
        "mention_number": [number for *_, found in tagged for number in range(1, len(found) + 1)],
        "surface": [text[one.char_start : one.char_end] for _, text, found in tagged for one in found],
        "parent_mention_number": [None if parent is None else parent + 1 for parent in columns["parent"]],
    }


_AT_ONCE = 1_000_000  # rows; some 50 MB


def added_up(frames: Iterable[pl.DataFrame], by: Sequence[str], at_once: int = _AT_ONCE) -> pl.DataFrame:
    """The rows of one frame or more summed up by these columns, in no order; few of them are held in memory at a time."""
    held: list[pl.DataFrame] = []
    n_sums = 0  # rows of the sums so far, which would be summed again and again if they counted
    for frame in frames:
        held.append(frame)
        if sum(map(len, held)) > n_sums * 2 + at_once:
            held = [_summed(held, by)]
            n_sums = len(held[0])
    return _summed(held, by)


def _summed(frames: Sequence[pl.DataFrame], by: Sequence[str]) -> pl.DataFrame:
    return pl.concat(frames).group_by(by).agg(pl.all().sum())


def without_block(corrections: pl.DataFrame, blocks: pl.DataFrame) -> pl.DataFrame:
    """The corrections that acted on no block: no block of their document has their text (any more)."""
    acted = blocks.filter(pl.col("rule_id") == CORRECTION).select("document_id", "text").iter_rows()
    known = {(document_id, folded(words)) for document_id, words in acted}
    rows = corrections.select("document_id", "text").iter_rows()
    lost = [(document_id, folded(words)) not in known for document_id, words in rows]
    return corrections.filter(pl.Series(lost, dtype=pl.Boolean))


def dates(documents: pl.DataFrame) -> dict[str, date | None]:
    """Document to the day, or first day of the month or year, it was published on."""
    return dict(documents.select("document_id", "published_on").iter_rows())

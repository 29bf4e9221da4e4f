"""Rows of frames as the values the text functions take, and back."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import polars as pl

from pipeline.text.blocks import Block
from pipeline.text.cleaning.corrections import CORRECTION, folded
from pipeline.text.mentions import Mention


def by_document(frame: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """The frame's rows, as dicts, under their document; order is kept."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in frame.iter_rows(named=True):
        found.setdefault(row["document_id"], []).append(row)
    return found


def block(row: dict[str, Any]) -> Block:
    """A row of `blocks`."""
    return Block(*(row[name] for name in Block._fields))


def mention(row: dict[str, Any]) -> Mention:
    """A row of `mentions`."""
    parent = row["parent_mention_number"]
    cells: dict[str, Any] = {name: row.get(name) for name in Mention._fields}
    return Mention(**{**cells, "parent": None if parent is None else parent - 1})


_SHARED = ("form", "actor_id", "actor_type", "iso3", "sector", "full_name", "role_text", "mention_role")


def mention_cells(text: str, found: Mention) -> tuple[Any, ...]:
    """The cells that `mentions` and `stripped_mentions` share, from `char_start` to `mention_role`."""
    start, end = found.char_start, found.char_end
    return (start, end, text[start:end], *(getattr(found, name) for name in _SHARED))


def without_block(corrections: pl.DataFrame, blocks: pl.DataFrame) -> pl.DataFrame:
    """The corrections that acted on no block: no block of their document has their text (any more)."""
    acted = blocks.filter(pl.col("rule_id") == CORRECTION).select("document_id", "text").iter_rows()
    known = {(document_id, folded(words)) for document_id, words in acted}
    rows = corrections.select("document_id", "text").iter_rows()
    lost = [(document_id, folded(words)) not in known for document_id, words in rows]
    return corrections.filter(pl.Series(lost, dtype=pl.Boolean))


def parent_number(found: Mention) -> int | None:
    """The 1-based number of the enclosing mention."""
    return None if found.parent is None else found.parent + 1


def dates(documents: pl.DataFrame) -> dict[str, date | None]:
    """Document to the day, or first day of the month or year, it was published on."""
    return dict(documents.select("document_id", "published_on").iter_rows())


def as_ranges(numbers: Iterable[int]) -> str:
    """`1-3,7` for 1, 2, 3, 7."""
    return ",".join(f"{a}-{b}" if a < b else str(a) for a, b in _ranges(numbers))


def _ranges(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    start = end = None
    for number in sorted(numbers):
        if start is None or end is None or number != end + 1:
            if start is not None and end is not None:
                yield start, end
            start = number
        end = number
    if start is not None and end is not None:
        yield start, end


def from_ranges(written: str) -> frozenset[int]:
    """The numbers that `as_ranges` wrote."""
    pairs = (part.partition("-") for part in written.split(",") if part)
    return frozenset(number for a, _, b in pairs for number in range(int(a), int(b or a) + 1))

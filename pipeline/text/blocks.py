"""What a block is: a contiguous stretch of a text with one kind, and the promise that blocks tile the text.

Lines, the closed vocabulary of kinds and the tiling live here. Which kind a stretch has is decided elsewhere.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, get_args

Kind = Literal[
    "title",
    "title_echo",
    "byline",
    "dateline",
    "outlet_prefix",
    "body",
    "subhead",
    "caption",
    "list_item",
    "ad",
    "read_more",
    "link_headline",
    "navigation",
    "share",
    "newsletter",
    "comment_form",
    "copyright",
    "other_boilerplate",
    "blank",
]
KINDS: tuple[str, ...] = get_args(Kind)

BODY_KINDS = frozenset({"body", "subhead", "list_item"})
"""The running text of the article: `is_body`."""

KEPT_KINDS = BODY_KINDS | {"title", "caption", "byline", "dateline"}
"""The newsroom's own words: the body and what stands around it. Not body, yet not boilerplate either."""

STRIPPED_KINDS = frozenset(KINDS) - KEPT_KINDS - {"blank"}
"""Boilerplate. Title echoes and outlet prefixes count as such: they repeat what the title and the outlet say once."""


class Block(NamedTuple):
    """One stretch of a text: `text[char_start:char_end]`, starting on the 1-based line `line_number`."""

    line_number: int
    char_start: int
    char_end: int
    kind: str
    is_body: bool
    rule_id: str | None
    score: float
    reason: str | None = None


_LINE_END = re.compile(r"\r\n|\r|\n")


def lines(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield (1-based number, start, end) of every line, without its ending: `\\n`, `\\r\\n` or `\\r`, nothing else.

    An ending at the end of the text opens no further line; an empty text has none.
    """
    number, start = 1, 0
    for ending in _LINE_END.finditer(text):
        yield number, start, ending.start()
        number, start = number + 1, ending.end()
    if start < len(text):
        yield number, start, len(text)


# White space as `str.isspace` has it, and format characters that leave no ink at the edge of a line (byte order mark,
# zero-width space and joiners, direction marks, soft hyphen).
BLANKS = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\xad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
)


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without blanks at its edges; empty, at `start`, when there is nothing else in it."""
    ink = text[start:end]
    start += len(ink) - len(ink.lstrip(BLANKS))
    return start, max(start, start + len(ink.strip(BLANKS)))


def tile(text: str, content: Iterable[Block]) -> list[Block]:
    """Blocks that cover the text exactly: those given, in order and not overlapping, and a blank in every gap."""
    blocks: list[Block] = []
    position, line_number = 0, 1
    for block in content:
        if block.char_start > position:
            blocks.append(Block(line_number, position, block.char_start, "blank", False, None, 0.0))
        blocks.append(block)
        line_number, _, position, *_ = block
    if position < len(text):
        blocks.append(Block(line_number, position, len(text), "blank", False, None, 0.0))
    return blocks

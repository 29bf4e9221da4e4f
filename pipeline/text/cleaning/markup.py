"""What the markup of a web page tells of each line of its text: how it travels beside the text, and what the classifier
makes of it.

How it is read off a page is the business of `readers/markup.py`; what becomes of the lines, of `boilerplate.py`.
"""

from base64 import b85decode, b85encode
from typing import Any

import numpy as np
from numpy.typing import NDArray

Markup = NDArray[np.uint8]
"""A row for each line with ink on it, a column for each of `TOLD`; `UNKNOWN` where the page does not hold the line."""

UNKNOWN = 255

TAGS = (
    "a", "p", "h", "li", "nav", "footer", "aside", "header", "form", "figure", "figcaption", "blockquote",
    "article", "main", "section", "time", "div", "span", "ul", "strong", "em",
)  # fmt: skip
"""Elements that tell, however they are used; what stands in a table does not, for it may be a menu or results."""
NAMES = ("story", "comments", "teasers", "prompts", "facts", "menus", "hidden", "body")
"""What the names given to elements (class, id, role) make of them."""
TOLD = (
    *(f"in_{tag}" for tag in TAGS),  # elements around the line, in eighths, by the characters of the line
    *(f"under_{name}" for name in NAMES),  # the same by name
    *(f"named_{name}" for name in NAMES),  # its own block
    "linked",  # percent of its characters
    *("nesting", "steps_up", "steps_down"),  # depth, and the way over blocks to where most prose stands
    *("block_size", "block_linked", "prose_beside"),
    *("parent_size", "parent_linked", "grandparent_size", "grandparent_linked"),
    *("on_page", "n_beside"),
)

Whole = NDArray[np.int64]
Columns = dict[str, NDArray[Any]]
"""Signals by name, a value per line."""


_RUN = 255  # the longest a byte can count


def packed(markup: Markup) -> str:
    """The same as a line of ASCII, run by run of equal values; empty for no lines."""
    if not markup.size:
        return ""
    told = np.ascontiguousarray(markup.T).ravel()
    starts = np.union1d(np.flatnonzero(np.diff(told)) + 1, np.arange(0, len(told), _RUN))
    runs = np.column_stack([told[starts], np.diff(starts, append=len(told))])
    return b85encode(runs.astype(np.uint8).tobytes()).decode()


def unpacked(written: str, n_lines: int) -> Markup | None:
    """What `packed` was given; None for an empty string. Raises `ValueError` where it is not about so many lines."""
    if not written:
        return None
    value, length = np.frombuffer(b85decode(written), np.dtype((np.uint8, 2))).T
    told = np.repeat(value, length)
    if len(told) != len(TOLD) * n_lines:
        raise ValueError(f"markup of {len(told) / len(TOLD):g} lines for a text of {n_lines}")
    return told.reshape(len(TOLD), n_lines).T


def is_known(markup: Markup) -> NDArray[np.bool_]:
    """Whether the page holds the line."""
    known: NDArray[np.bool_] = (markup != UNKNOWN).any(axis=1)
    return known


_STEPS = (-2, -1, 1, 2)
_NEAR = ("odds", "ruled", "length", "sentence", "in_a", "in_p", "in_h", "linked", "nesting", "steps_up", "steps_down",
         "block_size", "block_linked")  # fmt: skip
_REACHES = {"3": 3, "8": 8, "page": 1_000_000}  # lines
_NOTHING = -1000  # beyond the edges of the text


def signals(
    markup: Markup, odds: Whole, is_ruled: NDArray[np.bool_], size: Whole, is_prose: NDArray[np.bool_]
) -> Columns:
    """All signals of the lines of one text.

    `odds`: what the text alone tells, log odds of body in thousandths; `size`: characters of the line.
    """
    columns: Columns = {
        "odds": odds,
        "ruled": is_ruled.astype(np.int64),
        "length": size,
        "sentence": is_prose.astype(np.int64),
    }
    columns |= dict(zip(TOLD, markup.T.astype(np.int64), strict=True))
    n = len(odds)
    edge = np.full(max(_STEPS), _NOTHING)
    for name in _NEAR:
        wide = np.concatenate([edge, columns[name], edge])
        columns |= {f"{name}{step:+d}": wide[len(edge) + step : len(edge) + step + n] for step in _STEPS}
    sums, sizes = (np.concatenate([[0], np.cumsum(values)]) for values in (odds * size, size))
    at = np.arange(n)
    for name, reach in _REACHES.items():
        low, high = np.maximum(at - reach, 0), np.minimum(at + reach + 1, n)
        columns[f"odds~{name}"] = (sums[high] - sums[low]) / (sizes[high] - sizes[low])
    return columns

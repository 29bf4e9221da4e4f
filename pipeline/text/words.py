"""What counts as a word."""

from collections.abc import Sequence

import polars as pl

_LETTER = r"[\p{L}\p{N}_]"  # as `\w` in Python; in Rust that has accents that stand alone, too
_WORD = rf"{_LETTER}+(?:[’'\-]{_LETTER}+)*"


def n_words(texts: Sequence[str]) -> list[int]:
    """Words of each text: runs of letters and digits, joined by apostrophes or hyphens."""
    return pl.Series(texts, dtype=pl.String).str.count_matches(_WORD).to_list()

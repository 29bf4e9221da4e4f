"""What counts as a word."""

from collections.abc import Sequence

import polars as pl

WORD_CHARACTERS = r"\p{L}\p{N}_"
r"""For a set in a pattern of polars: `\w` of Python. That of polars has accents that stand alone, too."""
_WORD = rf"[{WORD_CHARACTERS}]+(?:[’'\-][{WORD_CHARACTERS}]+)*"


def n_words(texts: Sequence[str]) -> list[int]:
    """Words of each text: runs of letters and digits, joined by apostrophes or hyphens."""
    return pl.Series(texts, dtype=pl.String).str.count_matches(_WORD).to_list()

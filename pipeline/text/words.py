"""What counts as a word."""

import re

_WORD = re.compile(r"\w+(?:[’'\-]\w+)*")


def n_words(text: str) -> int:
    """Words: runs of letters and digits, joined by apostrophes or hyphens."""
    return len(_WORD.findall(text))

"""How a surface may be spelled in a text: folded one to one, with and without accents, in capitals or small letters.

What a surface means, and where it may begin and end, is decided in `lexicon.py`.
"""

import unicodedata
from collections.abc import Iterator
from typing import Literal

from pipeline.text.registering.register_rows import Alias

Casing = Literal["cased", "upper", "lower"]

# One code point each to one code point, so that offsets survive. Hyphens become spaces: "Kim Jong-un" is "Kim Jong Un".
_FOLDS = (
    *((c, "'") for c in "\u2018\u2019\u201b\u02bc\u02bb\u00b4`\u2032\uff07"),
    *((c, " ") for c in "-\u2010\u2011\u00ad\u00a0\u2009\u202f\u2007\n\t"),
)
_ASCII_FOLDS = tuple(pair for pair in _FOLDS if pair[0].isascii())


def fold(text: str) -> str:
    """`text` with apostrophes, hyphens and odd spaces made plain, one code point for one."""
    for character, plain in _ASCII_FOLDS if text.isascii() else _FOLDS:
        text = text.replace(character, plain)
    return text


def spellings(alias: Alias) -> Iterator[tuple[str, Casing]]:
    """Folded spellings of an alias: as written, without accents, decomposed; in capitals; in small letters if allowed."""
    written = [alias.surface]
    if not alias.surface.isascii():
        decomposed = unicodedata.normalize("NFD", alias.surface)
        written += ["".join(c for c in decomposed if not unicodedata.combining(c)), decomposed]
    for spelling in dict.fromkeys(written):
        pattern = fold(spelling)
        yield pattern, "cased"
        if pattern.startswith("the "):
            yield "The " + pattern[4:], "cased"
        words = pattern.split(" ")
        if alias.kind != "acronym":
            if alias.kind in ("name", "short") and any(w.islower() for w in words[1:]) and len(words) > 1:
                yield " ".join(w[:1].upper() + w[1:] for w in words), "cased"  # "Kim Jong Un" beside "Kim Jong-un"
            if not pattern.isupper():
                yield pattern.upper(), "upper"
            if alias.case_rule == "fold" and not pattern.islower():
                yield pattern.lower(), "lower"


def cased(surface: str) -> tuple[str, ...]:
    """A common noun as it stands in running text, at the start of a sentence, in a title and in capitals."""
    pattern = fold(surface)
    small_words = {"of", "for", "the", "and", "in", "to"}
    title = " ".join(w if w in small_words else w[:1].upper() + w[1:] for w in pattern.split(" "))
    mixed = title[:1].lower() + title[1:]  # "secretary of State"
    return tuple(dict.fromkeys((pattern, pattern[:1].upper() + pattern[1:], title, mixed, pattern.upper())))

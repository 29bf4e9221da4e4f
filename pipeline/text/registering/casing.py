"""Other spellings of a name: in running text (KOFI_ANNAN_ is "Kofi Annan", NATO_ stays NATO), and as part of an id.

Only spelling belongs here; whom a phrase means is `cameo.py`. Nothing in the capitals says which word is a name and which
an abbreviation, so short words are both.
"""

import re
import unicodedata
from collections.abc import Container, Iterator, Sequence

_SMALL_WORDS = "of for the and in to on at by de la del der di da dos van von bin ibn al el y e i ul"
_SMALL = frozenset(_SMALL_WORDS.split())
_INITIALS = re.compile(r"(?:\w\.)+\w?")
_PARENTHESIS = re.compile(r"[_ ]*\(([^)]*)\)?")
_INNER_CAPITAL = re.compile(r"^(Mc|\w')(\w)")
_ARABIC_ARTICLE = re.compile(r"\b(A[lnrst]|Ash|El)-(\w)")
_LONGEST_ACRONYM = 5
_SHORTEST_WORD = 4  # "WHO" and "IS" are no names in small letters


def spellings(phrase: str, acronyms: Container[str]) -> Iterator[str]:
    """The forms a phrase may have in a text, the fullest first; `acronyms` are words known to keep their capitals."""
    words = _PARENTHESIS.sub("", phrase).replace("_", " ").split()
    if not words:
        return
    if len(words) == 1 and _may_be_acronym(words[0], acronyms):
        yield words[0]
        if len(_letters(words[0])) < _SHORTEST_WORD or "." in words[0] or words[0] in acronyms:
            return
    name = " ".join(_cased(word, acronyms, is_first=not place) for place, word in enumerate(words))
    yield name
    if _ARABIC_ARTICLE.search(name):
        yield _ARABIC_ARTICLE.sub(lambda found: f"{found[1].lower()}-{found[2].upper()}", name)
    elif "-" in name:
        yield re.sub(r"-\w", lambda found: found.group().lower(), name)  # "Ban Ki-moon"
    for inner in _PARENTHESIS.findall(phrase):
        if _abbreviates(inner, words):
            yield inner


def slug(name: str) -> str:
    """The name in small ASCII letters, digits and underscores, for an actor's id; hexadecimal if it has none."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_") or "x" + name.encode().hex()


def _letters(word: str) -> str:
    return word.replace(".", "").replace("-", "")


def _may_be_acronym(word: str, acronyms: Container[str]) -> bool:
    return len(_letters(word)) <= _LONGEST_ACRONYM or word in acronyms


def _abbreviates(inner: str, words: Sequence[str]) -> bool:
    """The letters are initials of the words, in order: "ANO", and not "GREECE"."""
    initials = iter(part[0] for word in words for part in word.split("-") if part)
    return 1 < len(inner) <= _LONGEST_ACRONYM + 1 and all(letter in initials for letter in inner)


def _cased(word: str, acronyms: Container[str], *, is_first: bool) -> str:
    if word in acronyms or _INITIALS.fullmatch(word) or not set("AEIOUYÄÖÜÉÈÁÍÓÚ") & set(word):
        return word
    first, *rest = word.lower().split("-")
    if first in _SMALL and not is_first and not rest:
        return first
    inner = [part if part in _SMALL else part.capitalize() for part in rest]
    return "-".join((_INNER_CAPITAL.sub(lambda found: found[1] + found[2].upper(), first.capitalize()), *inner))

"""Does this mark end a sentence? The rules: first the shape of what follows, then the class of the word before.

Each rule is a fact of English newspaper typing and names its example. Finding the marks, blocks and list items is the
work of `sentences`; the words of each class are rows (see `abbreviations`).
"""

import re
from typing import NamedTuple

from pipeline.text.segmenting.abbreviations import Lexicon, kind_of

BULLETS = "•⁃▪●◦‣"
OPENERS = "\"“‘'`([{«¿¡*_" + BULLETS
_AHEAD = re.compile(r"""(["“‘'`(\[{«¿¡*_]*)([^\W_]*)(\S?)""")  # opening marks, first word, the character after it
_SECTION = re.compile(r"\d{1,3}(?:\.\d{1,3})*|[^\W\d_]")
_NUMBER_AHEAD = re.compile(r"[IVXLC]+|[A-Z]|\w*\d\w*")
_LOCAL_TIME = re.compile(r"\S+[ ]time\b")
_YEAR_AHEAD = re.compile(r"\((?:1\d|20)\d\d\b")
_DOUBLE_QUOTES = frozenset('"“`')
_OPENING_QUOTES = frozenset("\"“'‘")
_CODE = re.compile(r"\w+(?:[()]|(?<=\w\w)\.[^\W\d_])")  # `errors.New(…)`, `System.Text.Json`
_ADDRESS = frozenset("@=")
_CLOSING_QUOTES = frozenset("\"”’'»")
_DOTS = (".", "…")
_SPACED_DOTS = frozenset(" .…")
_DASHES = ("-", "–", "—")
_AFTER_SAYING = frozenset(
    ("after", "again", "as", "at", "before", "during", "from", "in", "later", "on", "to", "when", "while", "with")
)
BLANK_LINE = re.compile(r"[\r\n](?:(?<=\r)\n)?+[^\S\r\n]*+[\r\n]")


class Mark(NamedTuple):
    """A mark that may end the sentence begun at `start`, its surroundings, and where the next sentence would begin."""

    text: str
    start: int
    mark: int
    word: str  # before the mark, without its opening marks; empty after a space
    run: str  # the mark and those that follow it at once: `.`, `?!`, `...`, `. . .`
    closers: str
    after: int

    def ahead(self, size: int) -> str:
        """The next `size` characters, but nothing of another block."""
        return BLANK_LINE.split(self.text[self.after : self.after + size], maxsplit=1)[0]


class _Next(NamedTuple):
    """The word after a mark, the marks that open it, and the character that follows it at once."""

    opening: str
    word: str
    then: str

    def is_starter(self, known: Lexicon) -> bool:
        return self.word.lower() in known.starters and self.then not in (".", "-")


def is_first(text: str, start: int, place: int) -> bool:
    """Whether nothing but opening marks and bullets stands between `start` and `place`."""
    return place - start < 8 and not text[start:place].strip(OPENERS + " ")


def ends(at: Mark, known: Lexicon) -> bool:
    """Whether a sentence ends here: first by the shape of what follows, then by the class of the word before."""
    match = _AHEAD.match(at.text, at.after)
    assert match  # every part of the pattern may be empty
    following = _Next(*match.groups())
    first = following.word[:1] or following.then
    if at.mark == at.start or (not at.text[at.after - 1].isspace() and not _is_glued(at, following, known)):
        return False
    if first in _DASHES and not following.opening:  # `… it. — Smith`, `… it. -- The`
        tail = at.ahead(16)
        return tail.startswith("---") or (tail.lstrip("-–— ")[:1].isupper() and kind_of(at.word, known) is None)
    if first in _DOTS:  # a sentence, then dots for what was left out
        return at.run == "." and at.word != "" and at.ahead(16).lstrip(".… " + OPENERS)[:1].isalnum()
    if first.islower() and following.word.islower():
        return _ends_before_small(at, following, known)
    if "(" in following.opening and _YEAR_AHEAD.match(at.text, at.after):  # `Meurtres! (1965)`
        return False
    if at.run == "…" or (len(at.run) > 1 and at.run[0] in _DOTS):
        after_opener = at.text[at.mark - 1] in _OPENING_QUOTES  # “... and so on
        return not after_opener and not first.isdigit() and "(" not in following.opening
    if at.run != ".":
        if at.text[at.mark - 1] == "(" and ")" in at.closers:  # (!)
            return False
        if at.run == "!" and known.kinds.get(at.word) == "exclaim":
            return following.is_starter(known)
        return _CLOSING_QUOTES.isdisjoint(at.closers) or not _speaker_follows(at.ahead(120), known)
    if is_first(at.text, at.start, at.mark - len(at.word)) and _SECTION.fullmatch(at.word):
        return False
    shouting = first.isdigit() or (len(following.word) > 1 and following.word.isupper())
    kind = kind_of(at.word, known, shouting)
    return kind is None or _ends_after(kind, at, following, known)


def _ends_before_small(at: Mark, following: _Next, known: Lexicon) -> bool:
    """Whether a sentence ends although the next word is written small: careless typing, addresses, credits."""
    if following.word == "www" or at.text.startswith("://", at.after + len(following.word)):
        return True
    if kind_of(at.word, known) is not None:
        return False
    if following.opening:
        return at.run == "." and following.opening[0] in "(["
    before = at.text[max(at.start, at.mark - 80) : at.mark]
    if before.rfind("(") > before.rfind(")"):  # (a friend? a teacher?)
        return False
    plain = at.word.islower() and at.word.isalpha() and (len(at.word) > 3 or at.word in known.starters)
    return not at.closers and _SPACED_DOTS.isdisjoint(at.run[1:]) and at.run != "…" and plain


def _ends_after(kind: str, at: Mark, following: _Next, known: Lexicon) -> bool:
    """Whether a sentence ends after an abbreviation of this class, the next word not being written small."""
    upper = following.word[:1].isupper()
    starter = following.is_starter(known)
    quoted = not _DOUBLE_QUOTES.isdisjoint(following.opening) or not _CLOSING_QUOTES.isdisjoint(at.closers)
    likely = starter or (upper and quoted)
    number = at.mark - len(at.word)
    before = at.text[max(at.start, number - 4) : number].rstrip()
    if "(" in following.opening and kind not in ("unit", "reference"):  # `Inc. (AAPL)`, `RENO, Nev. (AP) —`
        return False
    match kind:
        case "organisation" | "suffix" | "street":
            return likely
        case "month":
            return upper and following.word not in known.zones
        case "initials":
            return starter or (likely and len(at.word) > 1)
        case "place":
            return likely or (upper and before.endswith(","))
        case "unit":
            return likely or not before[-1:].isdigit()
        case "reference":
            return starter or not _NUMBER_AHEAD.fullmatch(following.word or following.then)
        case "time":
            if kind_of(following.word, known) == "title" and following.then == ".":
                return len(at.text[at.start : at.mark].split()) > 3  # not `At 5 a.m. Mr. Smith …`
            local = _LOCAL_TIME.match(at.ahead(40))
            return upper and following.word not in known.zones and local is None
        case _:  # of never, title, final, exclaim
            return kind in ("final", "exclaim")


def _is_glued(at: Mark, following: _Next, known: Lexicon) -> bool:
    """Whether a space was lost before `following`: `allegation.Talking`, but not `Example.Com` or `its .Net`."""
    if not following.word[:1].isupper() or following.word.lower() in known.domains:
        return False
    if at.closers or following.opening:
        return at.word != ""
    starter = following.word.lower() in known.starters and following.then == ""
    right = at.ahead(48).split(None, 1)[0]
    if not _ADDRESS.isdisjoint(at.word + right) or _CODE.match(right):
        return False
    if at.word == "" or ("." in at.word and not at.word[-1].isdigit()):
        return starter
    if at.run != ".":
        return True
    if following.then == "." and len(following.word) == 1:  # `said.U.S. troops`, but not `D-S.D.`
        return at.word[-2:].islower()
    shouting = len(following.word) > 1 and following.word.isupper() and at.word.isupper()
    return starter or not (shouting or is_first(at.text, at.start, at.mark - len(at.word)))


def _speaker_follows(ahead: str, known: Lexicon) -> bool:
    """Whether a name and a verb of saying come next: `“Why?” Mr. Smith asked.`, `“Why?” Kremlin aide Ann Lee said.`

    Not if the verb takes an object, for then it has a sentence of its own: `“Why?” Smith said the plan …`.
    """
    words = ahead.split()
    if not words or not words[0][0].isupper() or (words[0].lower() in known.starters and words[0] != "I"):
        return False
    for position, word in enumerate(words[:8]):
        verb = word.rstrip(".,:;")
        if position and verb in known.saying and (words[0] == "I" or verb not in known.lemmas):
            adjunct = words[position + 1].rstrip(".,") if position + 1 < len(words) else ""
            known_adjunct = adjunct in _AFTER_SAYING or adjunct in known.zones or adjunct.endswith("ly")
            return verb != word or adjunct == "" or known_adjunct
        if word.endswith(",") or (word in known.starters and word not in ("of", "for")):
            break
    return False

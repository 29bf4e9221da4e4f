"""Facts about an article mined from its own text: title, outlet, author, date, and whether it is an article at all.

Only the title and what stands around the body is read (byline, dateline, outlet prefix, copyright line), and a dateline the
body begins with: a date or a name in running text is about the news, not about the article. What a sidecar file says wins
elsewhere.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import NamedTuple

from pipeline.text.blocks import Block
from pipeline.text.dates import DATE, YEAR, parse_date


class Facts(NamedTuple):
    """What the text says about itself; None where it does not say."""

    title: str | None
    outlet: str | None
    outlet_basis: str  # text, copyright, none
    author: str | None
    published_on: date | None  # first day of the month or year when the precision is month or year
    published_precision: str  # day, month, year, none
    published_basis: str  # text, copyright, none
    kind: str  # article, stub, not_article


_UPPER = r"[^\W\d_a-zß-öø-ÿ]"
_PARTICLES = "de|da|del|della|di|dos|du|la|le|van|von|der|den|ten|el|al|bin"
NAME = rf"{_UPPER}[\w'.-]*(?: (?:{_UPPER}[\w'.-]*|(?:{_PARTICLES})\b)){{1,4}}"
"""The same for a personal name of two to five words, each with a capital but for particles."""


def facts(text: str, blocks: Sequence[Block]) -> Facts:
    """Facts stated in `text` around its body, found with the help of its blocks."""
    title = next((_HEADLINE.sub("", text[b.char_start : b.char_end]) for b in blocks if b.kind == "title"), None)
    outlet, outlet_basis = _outlet(text, blocks)
    published_on, precision, basis = _published(text, blocks)
    return Facts(
        title, outlet, outlet_basis, _author(text, blocks), published_on, precision, basis, _kind(text, blocks)
    )


# What comes before the headline or the outlet in a record of an export.
_HEADLINE = re.compile(r"^(?:HD\s+|(?i:headline|title):\s*)")
_FIELD = re.compile(r"^(?:SN\s+|(?i:[a-z ]{4,20}):\s*)")
# Both of these were read off the stripped stretches themselves, never off running text.
_COPYRIGHT = re.compile(r"(?i:copyright|©|\(c\))")
_NOT_HOLDER = re.compile(r"^CY\s|(?i:copyright|©|\(c\)|(?:19|20)\d\d(?: ?[-–] ?(?:(?:19|20)\d\d|present))?|\bby\b)")
_HOLDER_END = re.compile(r"(?i:\.? ?\ball rights\b|\. |[|•·;<])")
_MAX_HOLDER_WORDS = 6  # longer is a sentence about rights, not a name
_UNLABELLED = re.compile(r"(?!PD\b)[^:]+")  # the date, where it has no label
_N_WORDS, _CLOCK = re.compile(r"\d[\d.,]* [^\W\d]+"), re.compile(r"\d\d?[:.]\d\d.{0,12}")


def _outlet(text: str, blocks: Sequence[Block]) -> tuple[str | None, str]:
    for block in blocks:
        if block.kind == "outlet_prefix":
            name = _FIELD.sub("", text[block.char_start : block.char_end]).strip("()[] \t\xa0-–—:|")
            return name + ")" * (name.count("(") - name.count(")")), "text"  # of `The Times; London (UK)`, too
    if named := _outlet_of_record(text, blocks):
        return named, "text"
    for block in blocks:
        holder = _holder(text[block.char_start : block.char_end]) if block.kind == "copyright" else None
        if holder:
            return holder, "copyright"
    return None, "none"


def _outlet_of_record(text: str, blocks: Sequence[Block]) -> str | None:
    """LexisNexis names the outlet right above the date, Factiva between words, date, time and its code; the copyright in
    their records is the publisher's."""
    if not any(block.rule_id in ("export_field", "export_code") for block in blocks):
        return None
    lines = [(block, text[block.char_start : block.char_end].strip()) for block in blocks if block.kind != "blank"]
    for place, (block, line) in enumerate(lines[1:-2], 1):
        if block.rule_id == "export_date" and _UNLABELLED.fullmatch(line):
            at = place - 1
        elif block.kind == "dateline" and _N_WORDS.fullmatch(lines[place - 1][1]):
            at = place + 1 + bool(_CLOCK.fullmatch(lines[place + 1][1]))
        else:
            continue
        named, name = lines[at]
        if named.kind not in ("title", "copyright") and len(name.split()) <= _MAX_HOLDER_WORDS:
            return name
    return None


def _holder(notice: str) -> str | None:
    """Whose copyright a notice states, if it names a holder in a few words."""
    if not _COPYRIGHT.search(notice):
        return None
    name = _HOLDER_END.split(_NOT_HOLDER.sub(" ", notice).strip(" ,.:-–—"), maxsplit=1)[0]
    words = name.strip(" ,.:-–—").split()
    return " ".join(words) if 0 < len(words) <= _MAX_HOLDER_WORDS and not words[0].islower() else None


_AUTHOR = re.compile(
    rf"(?:^|(?<=[\s|•·]))(?i:(?:written |reported |reporting |story |words |text )?(?:(?:by|von|par|por|di|door|byline|author):?\s+)+)"
    rf"({NAME}(?:(?:, {NAME})*,? (?:and|&|und|et|y|e) {NAME})?)"
)
_LAST_FIRST = rf"{_UPPER}[\w'-]+(?: {_UPPER}[\w'-]+)?, {_UPPER}[\w'.-]*(?: {_UPPER}[\w'.-]*)*"
_INVERTED = re.compile(rf"(?i:authors?):\s*({_LAST_FIRST}(?:; {_LAST_FIRST})*)")  # as ProQuest writes names


def _author(text: str, blocks: Sequence[Block]) -> str | None:
    bylines = (text[b.char_start : b.char_end] for b in blocks if b.kind == "byline")
    found = next(filter(None, (_INVERTED.fullmatch(line) or _AUTHOR.search(line) for line in bylines)), None)
    return found.group(1) if found else None


_DATE, _YEAR = re.compile(DATE), re.compile(YEAR)
_LATER = re.compile(r"(?i:updated|modified|aktualisiert|mis à jour|actualizado|atualizado|aggiornato|bijgewerkt)")


# "TOKYO (Volta) Sat., April 15, 2023 –", "GOMA, Democratic Republic of Congo, June 13, 2022 -": names, then the date.
_PLACES = rf"(?:{_UPPER}[\w'’.-]*|\({_UPPER}[^()]{{0,30}}\)|of|de|the)"
_LED_BY = rf"{_UPPER}['’]?{_UPPER}[\w'’.-]*(?:[ ,/]{{1,2}}{_PLACES}){{0,6}},? [-–—]{{0,2}} ?"
_DATELINE = re.compile(rf"(?P<places>{_LED_BY})?{DATE} ?(?:[-–—:]|\({_UPPER})")


def _published(text: str, blocks: Sequence[Block]) -> tuple[date | None, str, str]:
    """The first date above or around the body, before one of an update, before one in the dateline the body begins with,
    before the year of a copyright line."""
    stated = [text[b.char_start : b.char_end] for b in blocks if b.kind in ("byline", "dateline")]
    dated = [(bool(_LATER.search(line[: found.start()])), parsed) for line in stated for found, parsed in _dates(line)]
    if dated:
        return *min(dated, key=lambda pair: pair[0])[1], "text"
    if led := _led(text, blocks):
        return *led, "text"
    notices = (text[b.char_start : b.char_end] for b in blocks if b.kind == "copyright")
    for notice in filter(_COPYRIGHT.search, notices):
        if years := _YEAR.findall(notice):
            return date(int(max(years)), 1, 1), "year", "copyright"
    return None, "none", "none"


def _led(text: str, blocks: Sequence[Block]) -> tuple[date, str] | None:
    """The date in what is left of a dateline at the beginning of the body."""
    before = None
    for block in blocks:
        if block.is_body:
            found = _DATELINE.match(text, block.char_start, block.char_end)
            is_led = found and (found["places"] or before == "dateline")
            return next((parsed for _, parsed in _dates(found.group())), None) if found and is_led else None
        before = before if block.kind == "blank" else block.kind
    return None


def _dates(line: str) -> Iterator[tuple[re.Match[str], tuple[date, str]]]:
    for found in _DATE.finditer(line) if _YEAR.search(line) else ():  # most bylines have none, and a date costs more
        parsed = parse_date(found.group())
        if parsed:
            yield found, parsed


_WORD = re.compile(r"\w+")
_NO_SPACES = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")  # Thai, Lao, kana, Han: two letters to a word
_NO_ARTICLE, _STUB, _PAYWALLED = 10, 40, 150  # words: a sentence; a teaser; a teaser with its subscription prompt


def _kind(text: str, blocks: Sequence[Block]) -> str:
    body = " ".join(text[b.char_start : b.char_end] for b in blocks if b.is_body)
    n_words = sum(
        1 for _ in islice(_WORD.finditer(body), _PAYWALLED)
    )  # no more than the last bound below are of interest
    if n_words < _PAYWALLED:
        n_words += len(_NO_SPACES.findall(body)) // 2
    has_paywall = any(b.rule_id is not None and b.rule_id.startswith("paywall") for b in blocks)
    if n_words < _NO_ARTICLE:
        return "not_article"
    return "stub" if n_words < (_PAYWALLED if has_paywall else _STUB) else "article"

"""Dictionaries in the format of TABARI and PETRARCH, read: actors with dated codes, agents with their plurals.

Here belongs the format (docs/source/dictionaries.rst and PETRreader.py of openeventdata/petrarch2) with what real files
do to it; a line that cannot be used becomes a complaint. What the codes mean is `cameo.py`.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple


class Term(NamedTuple):
    """A code and the days, both included, on which it holds; None: without bound."""

    code: str
    first_day: date | None = None
    last_day: date | None = None


class Block(NamedTuple):
    """An actor: its phrases as written, the first one its own and the rest synonyms, and its codes."""

    line: int
    phrases: tuple[str, ...]
    terms: tuple[Term, ...]


class Agent(NamedTuple):
    """A noun, its plural if it has one, and the code it adds to an actor's."""

    line: int
    noun: str
    plural: str | None
    code: str


class Complaint(NamedTuple):
    """A line that could not be used, and why."""

    line: int
    problem: str


NULL_CODE = "---"
"""The code of phrases that are found and mean nobody."""

_XML_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_CODES = re.compile(r"\[\s*([^\]}\[\s]+)\s*([^\]}\[]*)[\]}]")
_AGENT_CODE = re.compile(r"~[A-Z0-9]+|[A-Z0-9]+~")
_MARKER = re.compile(r"!([^!\s]+)!")
_SET = re.compile(r"!([^!\s]+)!\s*=(.*)")
_EARLIEST_SHORT_YEAR = 31  # "310101" is 1931 and "300101" 2030, as in TABARI and PETRARCH


def is_agents(text: str) -> bool:
    """Whether this is an agents file: its codes are to be joined to an actor's (`[~GOV]`, `[NGO~]`)."""
    return any("~" in code for code, _ in _CODES.findall(_XML_COMMENT.sub("", text[:100_000])))


def read_actors(text: str) -> tuple[list[Block], list[Complaint]]:
    """The blocks of an actors file, in order."""
    blocks: list[Block] = []
    complaints: list[Complaint] = []
    line, phrases, terms = 0, list[str](), list[Term]()

    def close() -> None:
        if phrases and terms:
            blocks.append(Block(line, tuple(phrases), tuple(terms)))
        elif phrases:
            complaints.append(Complaint(line, f"{phrases[0]} has no code; write [CODE] behind it or below it"))

    for number, said in _lines(text):
        phrase, bracket, rest = said.partition("[")
        phrase = phrase.strip().strip("_").strip()
        if not said.startswith(("[", "+")):
            close()
            line, phrases, terms = number, [phrase], []
        elif not phrases:
            complaints.append(
                Complaint(number, f"{said[:40]} belongs to no actor; a block begins with the actor's name")
            )
            continue
        elif said.startswith("+"):
            phrases.append(phrase.lstrip("+").strip().strip("_").strip())
        for term in _terms(bracket + rest):
            if isinstance(term, str):
                complaints.append(Complaint(number, term))
            else:
                terms.append(term)
    close()
    return blocks, complaints


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Number and content of every line that says something, comments taken out."""
    for number, raw in enumerate(_without_xml_comments(text).split("\n"), 1):
        said = raw.partition("#")[0].partition(";")[0].strip()
        if said:
            yield number, said


def _without_xml_comments(text: str) -> str:
    return _XML_COMMENT.sub(lambda comment: "\n" * comment.group().count("\n"), text)


def _terms(said: str) -> Iterator[Term | str]:
    """The codes in brackets, each with its dates; for those that cannot be read, why."""
    if said and not _CODES.search(said):
        yield f"{said[:40]} is not closed; write [CODE] or [CODE 010131-020228]"
    for code, restriction in _CODES.findall(said):
        try:
            yield Term(code, *_days(restriction.replace(" ", "")))
        except ValueError:
            yield f"{restriction!r} is no date restriction; write <YYMMDD, >YYMMDD or YYMMDD-YYMMDD"


def _days(restriction: str) -> tuple[date | None, date | None]:
    """First and last day. Raises `ValueError`."""
    if not restriction:
        return None, None
    if restriction[0] == "<":
        return None, _day(restriction[1:])
    if restriction[0] == ">":
        return _day(restriction[1:]), None
    first, _, last = restriction.partition("-")
    days = _day(first), _day(last)
    if days[0] > days[1]:
        raise ValueError(restriction)
    return days


def _day(digits: str) -> date:
    """YYYYMMDD or YYMMDD. Raises `ValueError`."""
    if not digits.isdecimal() or len(digits) not in (6, 8):
        raise ValueError(digits)
    year, rest = int(digits[:-4]), digits[-4:]
    if len(digits) == 6:
        year += 2000 if year < _EARLIEST_SHORT_YEAR else 1900
    return date(year, int(rest[:2]), int(rest[2:]))


def read_agents(text: str) -> tuple[list[Agent], list[Complaint]]:
    """The nouns of an agents file, in order, substitution sets (`!PERSON!`) written out."""
    agents: list[Agent] = []
    complaints: list[Complaint] = []
    sets: dict[str, list[str]] = {}
    for number, said in _lines(text):
        if defined := _SET.fullmatch(said):
            sets[defined[1]] = [one.strip() for one in defined[2].split(",") if one.strip()]
            continue
        code = _CODES.search(said)
        phrase = said[: code.start()].strip() if code else ""
        if code is None or not _AGENT_CODE.fullmatch(code[1]):
            complaints.append(Complaint(number, f"{said[:40]} has no agent code; write [~CODE] or [CODE~] behind it"))
            continue
        noun, brace, plural = phrase.partition("{")
        unknown = [name for name in _MARKER.findall(noun) if name not in sets]
        if unknown or noun.count("!") % 2:
            name = unknown[0] if unknown else noun
            complaints.append(Complaint(number, f"!{name}! is not defined; write !{name}! = MAN, WOMAN above"))
            continue
        noun = noun.strip().strip("_")
        if "!" in noun:
            agents += [Agent(number, one, None, code[1].strip("~")) for one in _substituted(noun, sets)]
        elif noun:
            other = plural.partition("}")[0].strip().strip("_") if brace else _plural(noun)
            agents.append(Agent(number, noun, other or None, code[1].strip("~")))
    return agents, complaints


def _substituted(noun: str, sets: dict[str, list[str]]) -> Iterator[str]:
    marker = _MARKER.search(noun)
    if marker is None:
        yield noun
        return
    for one in sets[marker[1]]:
        yield from _substituted(noun[: marker.start()] + one + noun[marker.end() :], sets)


def _plural(noun: str) -> str:
    """The regular plural, as PETRARCH forms it; "AIRWAY" keeps its Y."""
    if noun.endswith("Y") and noun[-2:-1] not in "AEIOU":
        return noun[:-1] + "IES"
    return noun + ("ES" if noun.endswith("S") else "S")

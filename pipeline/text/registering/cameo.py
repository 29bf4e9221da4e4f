"""Actors, aliases, offices and roles out of a PETRARCH-style dictionary, beside those the register has.

Here belongs what CAMEO codes are taken to mean. The register's own word counts first: a surface it
knows is left as it is, and a phrase of one of its actors makes the whole block that actor. The format is `petrarch.py`, what the capitals stand for `casing.py`.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, NamedTuple

from pipeline.text.register import BRANCHES, office_order
from pipeline.text.registering.casing import slug, spellings
from pipeline.text.registering.petrarch import NULL_CODE, Agent, Block, Complaint, Term
from pipeline.text.registering.register_rows import (
    Actor,
    ActorType,
    Alias,
    Branch,
    Office,
    Origin,
    Register,
    Role,
)
from pipeline.text.spellings import fold


@dataclass(frozen=True, slots=True)
class CameoCode:
    """One row of cameo.csv: three letters of a CAMEO code, and what they are in the register.

    country: an own code for a state. role: gives type and PLOVER sector, the first one in a code counts. organisation:
    gives the actor it belongs to. region, other: tell nothing about country and sector.
    """

    code: str
    kind: Literal["country", "role", "organisation", "region", "other"]
    actor_id: str | None
    actor_type: ActorType | None
    sector: str | None
    note: str | None


class Dictionary(NamedTuple):
    """One file: its name, and what `petrarch.py` read in it."""

    source: str
    blocks: Sequence[Block] = ()
    agents: Sequence[Agent] = ()


class Meaning(NamedTuple):
    """What a chain of codes ("AFGGOVMIL") says."""

    country: Actor | None
    parent: Actor | None
    actor_type: ActorType
    sector: str | None
    is_plain: bool  # a country and nothing else


_BRANCH_OF: Mapping[str | None, Branch] = {branch: branch for branch, _, _ in BRANCHES}


def extend(
    register: Register, dictionaries: Iterable[Dictionary], codes: Sequence[CameoCode]
) -> tuple[Register, dict[str, list[Complaint]]]:
    """The register with what the dictionaries add to it, and by file what could not be understood in them."""
    made = _Extension(register, codes)
    for dictionary in dictionaries:
        for block in dictionary.blocks:
            made.add_block(block, dictionary.source)
        for agent in dictionary.agents:
            made.add_agent(agent, dictionary.source)
    return made.register(), made.complaints


class _Extension:
    """What has been taken from the dictionaries so far, and the indexes that say what is taken already."""

    def __init__(self, register: Register, codes: Sequence[CameoCode]) -> None:
        self._before = register
        self._codes = {code.code: code for code in codes}
        self._actors = {actor.actor_id: actor for actor in register.actors}
        self._countries = _by_country_code(register.actors)
        self._named: dict[str, set[str]] = defaultdict(set)
        for alias in register.aliases:
            if alias.kind in ("name", "acronym") and alias.context_rule == "none":
                self._named[_key(alias.surface)].add(alias.actor_id)
        self._taken = {_key(alias.surface) for alias in register.aliases}
        self._nouns = {noun for role in register.roles for noun in (role.role, role.plural) if noun}
        self._acronyms = {alias.surface for alias in register.aliases if alias.kind == "acronym"}
        self._terms: dict[tuple[str, str, str | None], list[Office]] = defaultdict(list)
        self._aliases: list[Alias] = []
        self._roles: list[Role] = []
        self.complaints: dict[str, list[Complaint]] = defaultdict(list)

    def register(self) -> Register:
        """All of it, sorted as a register is."""
        terms = [term for held in self._terms.values() for term in _joined(held)]
        return replace(
            self._before,
            actors=tuple(self._actors[key] for key in sorted(self._actors)),
            aliases=tuple(sorted((*self._before.aliases, *self._aliases), key=lambda a: (a.actor_id, a.surface))),
            offices=tuple(sorted((*self._before.offices, *terms), key=office_order)),
            roles=tuple(sorted((*self._before.roles, *self._roles), key=lambda role: role.role)),
        )

    def add_block(self, block: Block, source: str) -> None:
        """An actor of the register with new names, or a new actor with the terms its dates tell of."""
        meanings = [(term, self._meaning(term, block, source)) for term in block.terms if term.code != NULL_CODE]
        meant = [(term, meaning) for term, meaning in meanings if meaning is not None]
        surfaces = [one for phrase in block.phrases for one in spellings(phrase, self._acronyms)]
        if not meant or not surfaces:
            return
        origin = Origin(source, f"{source}, line {block.line}")
        countries = {m.country.actor_id: m.country for _, m in meant if m.country is not None}
        is_person = any(m.actor_type == "person" or ((t.first_day or t.last_day) and not m.is_plain) for t, m in meant)
        if all(m.is_plain for _, m in meant):
            actors = list(countries.values())  # of several states of one name, the date decides
        else:
            actors = [self._known(surfaces, set(countries)) or self._new(surfaces, meant, origin, is_person=is_person)]
        for surface in dict.fromkeys(surfaces):
            if _key(surface) not in self._taken:
                is_short = is_person and " " not in surface and any(" " in one for one in surfaces)
                self._aliases += [_alias(actor, surface, origin, is_short=is_short) for actor in actors]
        self._taken |= {_key(surface) for surface in surfaces}
        if is_person and actors[0].source == source:
            for term, meaning in meant:
                self._add_term(actors[0], term, meaning, origin)

    def _meaning(self, term: Term, block: Block, source: str) -> Meaning | None:
        meaning = _meaning(term.code, self._countries, self._codes, self._actors)
        if meaning is None:
            self.complaints[source].append(
                Complaint(block.line, f"{term.code} begins with no known code; add {term.code[:3]} to cameo.csv")
            )
        return meaning

    def _known(self, surfaces: Iterable[str], countries: set[str]) -> Actor | None:
        """The one actor of the register that these names mean, if its country is one of theirs."""
        ids = {actor_id for surface in surfaces for actor_id in self._named.get(_key(surface), ())}
        known = [self._actors[actor_id] for actor_id in ids]
        fitting = [actor for actor in known if not (actor.iso3 and countries) or actor.iso3 in countries]
        return fitting[0] if len(fitting) == 1 else None

    def _new(
        self, surfaces: Sequence[str], meant: Sequence[tuple[Term, Meaning]], origin: Origin, *, is_person: bool
    ) -> Actor:
        """The block as an actor of its own, with the country all its codes agree on and the sector of the first."""
        (term, first), countries = meant[0], {m.country for _, m in meant}
        country = first.country if len(countries) == 1 else None
        name = next((surface for surface in surfaces if " " in surface), surfaces[0])
        actor_id = "cameo:" + slug(name)
        kind: ActorType = "person" if is_person else first.actor_type
        branch = self._actors.get(f"{country.actor_id}:{first.sector}") if country else None
        parent = first.parent or branch or country
        actor = Actor(
            actor_id=actor_id,
            name=name,
            actor_type=kind,
            parent_actor_id=None if is_person or parent is None else parent.actor_id,
            iso3=country.iso3 if country else None,
            plover_country=country.plover_country if country else "IGO" if kind == "igo" else None,
            plover_sector=None if is_person else first.sector,
            cameo_code=term.code,
            origin=origin,
        )
        return self._actors.setdefault(actor_id, actor)

    def _add_term(self, person: Actor, term: Term, meaning: Meaning, origin: Origin) -> None:
        """What the person was, from when to when; dictionaries name no office, so its sector stands for it."""
        country, sector = meaning.country, meaning.sector
        branch = self._actors.get(f"{country.actor_id}:{sector}") if country else None
        body = meaning.parent or branch or country
        end = term.last_day + timedelta(days=1) if term.last_day else None  # the day of the hand-over
        office = Office(
            person_actor_id=person.actor_id,
            office=(sector or meaning.actor_type).lower(),
            office_actor_id=body.actor_id if body else None,
            iso3=country.iso3 if country else None,
            sector=sector,
            valid_from=term.first_day,
            valid_to=end,
            origin=origin,
        )
        self._terms[office.person_actor_id, office.office, office.office_actor_id].append(office)

    def add_agent(self, agent: Agent, source: str) -> None:
        """A role noun the register does not have."""
        row = next((self._codes[one] for one in _chunks(agent.code) if one in self._codes), None)
        if row is None:
            return  # ethnic and religious groups have no PLOVER sector
        noun, plural = (_noun(one) for one in (agent.noun, agent.plural or ""))
        if noun and noun not in self._nouns:
            plural = plural if plural not in self._nouns else ""
            self._nouns |= {noun, plural}
            branch = _BRANCH_OF.get(row.sector)
            origin = Origin(source, f"{source}, line {agent.line}")
            self._roles.append(Role(noun, plural or None, row.sector, None, branch, origin=origin))


def _by_country_code(actors: Iterable[Actor]) -> dict[str, Actor]:
    """States by every three letters that stand for them; those that still exist first."""
    found: dict[str, Actor] = {}
    states = [actor for actor in actors if actor.actor_type == "country"]
    for actor in sorted(states, key=lambda actor: actor.valid_to is not None):
        for code in (actor.actor_id, actor.cameo_code, actor.plover_country):
            if code:
                found.setdefault(code, actor)
    return found


def _chunks(code: str) -> list[str]:
    return [code[at : at + 3] for at in range(0, len(code), 3)]


def _meaning(
    code: str, countries: Mapping[str, Actor], codes: Mapping[str, CameoCode], actors: Mapping[str, Actor]
) -> Meaning | None:
    first, *rest = _chunks(code.upper().partition("/")[0])
    country = countries.get(first)
    row = codes.get(first)
    if country is None and row is not None and row.kind == "country":
        country = actors.get(row.actor_id or "")
    if country is None and row is None:
        return None
    chain = [codes[one] for one in (rest if country else (first, *rest)) if one in codes]
    role = next((one for one in chain if one.kind == "role"), None)
    bodies = [one for one in chain if one.kind == "organisation"]
    parent = actors.get(bodies[-1].actor_id or "") if bodies else None
    said = role or (bodies[-1] if bodies else chain[0] if chain and not country else None)
    kind: ActorType = (said.actor_type if said else None) or "group"
    return Meaning(country, parent, kind, said.sector if said else None, country is not None and not rest)


def _alias(actor: Actor, surface: str, origin: Origin, *, is_short: bool) -> Alias:
    if is_short:
        return Alias(actor.actor_id, surface, "short", "exact", "full_name_first", "en", origin=origin)
    kind: Literal["name", "acronym"] = "acronym" if surface.replace(".", "").isupper() else "name"
    return Alias(actor.actor_id, surface, kind, "exact", "none", "en", origin=origin)


def _noun(phrase: str) -> str:
    return " ".join(phrase.replace("_", " ").lower().split())


def _key(surface: str) -> str:
    """Surfaces that differ in capitals, accents, hyphens and a leading article are one."""
    if not surface.isascii():
        surface = "".join(c for c in unicodedata.normalize("NFD", surface) if not unicodedata.combining(c))
    return " ".join(fold(surface).casefold().removeprefix("the ").split())


def _joined(terms: Iterable[Office]) -> Iterator[Office]:
    """Terms that overlap as one; dictionaries list a reshuffle as a second term within the first."""
    current: Office | None = None
    for term in sorted(terms, key=lambda term: term.valid_from or date.min):
        if current is not None and (term.valid_from or date.min) <= (current.valid_to or date.max):
            later = max(current.valid_to or date.max, term.valid_to or date.max)
            current = replace(current, valid_to=None if later == date.max else later)
            continue
        if current is not None:
            yield current
        current = term
    if current is not None:
        yield current

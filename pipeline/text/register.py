"""The actor register: the rows of its files in, the tables the tagger and the warehouse read out.

Here belong the flattening into actors, offices and roles and the checks that need more than one row. The shapes are
`register_rows.py`, several registers as one `overlay.py`, surface forms `aliases.py`, matching text `lexicon.py`; files
are read by `pipeline/registers/`.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from pipeline.text.registering.aliases import all_aliases
from pipeline.text.registering.register_rows import (
    Actor,
    ActorType,
    Alias,
    AliasRow,
    Branch,
    Country,
    Office,
    OfficeRow,
    Organisation,
    Person,
    Register,
    Role,
    RoleRow,
)

__all__ = [
    "BRANCHES",
    "Actor",
    "Alias",
    "AliasRow",
    "Branch",
    "Country",
    "Office",
    "OfficeRow",
    "Organisation",
    "Person",
    "Register",
    "Role",
    "RoleRow",
    "build",
]

# (sector, actor type, name) of the branches every country has; the codes are PLOVER's.
BRANCHES: tuple[tuple[Branch, ActorType, str], ...] = (
    ("GOV", "government", "government of {}"),
    ("MIL", "military", "military of {}"),
    ("LEG", "legislature", "legislature of {}"),
    ("JUD", "judiciary", "judiciary of {}"),
    ("COP", "police", "police of {}"),
)
ACTOR_ID = re.compile(r"[A-Z]{3}(?::[A-Z]{3})?(?::[a-z0-9_]+)?|[a-z_]+:[a-z0-9_]+")


def build(  # noqa: PLR0917 - one argument a file, in reading order
    countries: Sequence[Country],
    organisations: Sequence[Organisation],
    people: Sequence[Person],
    offices: Sequence[OfficeRow],
    roles: Sequence[RoleRow],
    aliases: Sequence[AliasRow],
) -> Register:
    """The register from its six files.

    Raises `ValueError` naming file, row and key: bad or repeated id, unknown parent, person or country, overlapping
    terms of one person in one office, two names claiming one surface without a context rule.
    """
    actors = _actors(countries, organisations, people)
    _check_offices(offices, actors)
    _check_roles(roles)
    return Register(
        actors=tuple(actors[key] for key in sorted(actors)),
        aliases=all_aliases(countries, organisations, people, aliases, actors),
        offices=tuple(
            sorted(
                (
                    Office(
                        o.person_actor_id,
                        o.office,
                        o.office_actor_id,
                        o.iso3,
                        o.sector,
                        o.valid_from,
                        o.valid_to,
                        origin=o.origin,
                    )
                    for o in offices
                ),
                key=office_order,
            )
        ),
        genders={p.actor_id: p.gender for p in people if p.gender},
        roles=tuple(
            Role(r.role, r.plural, r.sector, r.office, r.branch, origin=r.origin)
            for r in sorted(roles, key=lambda r: r.role)
        ),
    )


def office_order(term: Office) -> tuple[str, str, str, date]:
    """What the terms of a register are sorted by."""
    return term.person_actor_id, term.office, term.office_actor_id or "", term.valid_from or date.min


def _actors(
    countries: Sequence[Country], organisations: Sequence[Organisation], people: Sequence[Person]
) -> dict[str, Actor]:
    actors: dict[str, Actor] = {}
    rows = [
        *(("countries.csv", actor) for c in countries for actor in _country_actors(c)),
        *(("organisations.csv", _organisation_actor(o)) for o in organisations),
        *(("people.csv", _person_actor(p)) for p in people),
    ]
    for file, actor in rows:
        here = f"{actor.place(file)}, {actor.actor_id}"
        if not ACTOR_ID.fullmatch(actor.actor_id):
            raise ValueError(f"{here}: not an actor id; write RUS, RUS:GOV, RUS:GOV:slug or igo:slug, in ASCII")
        if actor.actor_id in actors:
            taken = actors[actor.actor_id].origin
            raise ValueError(
                f"{here}: this id is taken{f' by {taken.place}' if taken else ''}; every actor has one row"
            )
        actors[actor.actor_id] = actor
    codes = {c.iso3 or c.actor_id for c in countries}
    for file, actor in rows:
        here = f"{actor.place(file)}, {actor.actor_id}"
        if actor.parent_actor_id and actor.parent_actor_id not in actors:
            raise ValueError(f"{here}: parent_actor_id {actor.parent_actor_id} is no known actor")
        if actor.iso3 and actor.iso3 not in codes:
            raise ValueError(f"{here}: iso3 {actor.iso3} is not in countries.csv")
    return actors


def _country_actors(c: Country) -> Iterator[Actor]:
    """The state and its branches, all with the codes and dates of the state."""
    state = Actor(
        actor_id=c.actor_id,
        name=c.name,
        actor_type="country",
        iso3=c.iso3 or c.actor_id,
        cow_code=c.cow_code,
        gw_code=c.gw_code,
        plover_country=c.plover_country or c.iso3,
        cameo_code=c.cameo_code,
        wikidata_id=c.wikidata_id,
        valid_from=c.valid_from,
        valid_to=c.valid_to,
        origin=c.origin,
    )
    yield state
    for sector, actor_type, name in BRANCHES:
        yield replace(
            state,
            actor_id=f"{c.actor_id}:{sector}",
            name=name.format(c.name),
            actor_type=actor_type,
            parent_actor_id=c.actor_id,
            plover_sector=sector,
            cameo_code=c.cameo_code and c.cameo_code + sector,
            wikidata_id=None,
        )


def _organisation_actor(o: Organisation) -> Actor:
    return Actor(
        o.actor_id, o.name, o.actor_type, o.parent_actor_id, o.iso3, None, None, o.plover_country or o.iso3,
        o.plover_sector, o.cameo_code, o.wikidata_id, o.valid_from, o.valid_to, origin=o.origin,
    )  # fmt: skip


def _person_actor(p: Person) -> Actor:
    return Actor(
        p.actor_id, p.name, "person", None, p.iso3, plover_country=p.iso3, wikidata_id=p.wikidata_id, origin=p.origin
    )


def _check_offices(offices: Sequence[OfficeRow], actors: dict[str, Actor]) -> None:
    terms: dict[tuple[str, str, str | None, str | None], list[OfficeRow]] = defaultdict(list)
    for o in offices:
        key = f"{o.place('offices.csv')}, {o.person_actor_id} as {o.office}"
        if o.person_actor_id not in actors:
            raise ValueError(f"{key}: this person is not in people.csv")
        if o.office_actor_id and o.office_actor_id not in actors:
            raise ValueError(f"{key}: office_actor_id {o.office_actor_id} is no known actor")
        if o.iso3 and o.iso3 not in actors:
            raise ValueError(f"{key}: iso3 {o.iso3} is not in countries.csv")
        if o.valid_from and o.valid_to and o.valid_from > o.valid_to:
            raise ValueError(f"{key}: valid_from {o.valid_from} is after valid_to {o.valid_to}")
        terms[o.person_actor_id, o.office, o.office_actor_id, o.iso3].append(o)
    for (person, office, *_), held in terms.items():
        held.sort(key=lambda o: o.valid_from or date.min)
        for earlier, later in pairwise(held):
            if (earlier.valid_to or date.max) > (later.valid_from or date.min):
                raise ValueError(
                    f"{later.place('offices.csv')}, {person} as {office}: the term from {later.valid_from} "
                    f"begins before the one from {earlier.valid_from} ends"
                    + (f" ({earlier.origin.place})" if earlier.origin else "")
                )


def _check_roles(roles: Sequence[RoleRow]) -> None:
    meaning: dict[str, RoleRow] = {}
    for row in roles:
        for surface in filter(None, (row.role, row.plural)):
            other = meaning.setdefault(surface, row)
            if (other.sector, other.branch) != (row.sector, row.branch):
                raise ValueError(
                    f"{row.place('roles.csv')}, {row.role}: {surface!r} has another sector or branch as {other.role}"
                    + (f" ({other.origin.place})" if other.origin else "")
                )

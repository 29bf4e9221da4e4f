"""Surface forms of actors: derived from their rows, overridden by written ones, each claimed once.

Which actor a surface means in a text is `readings.py`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from pipeline.text.registering.register_rows import (
    HOUSE,
    Actor,
    Alias,
    AliasKind,
    AliasRow,
    Country,
    Organisation,
    Person,
)

# Shorter lower-case names are words too often ("chad", "mali"); a row of aliases.csv can say otherwise.
SHORTEST_FOLDED_NAME = 6


def all_aliases(
    countries: Sequence[Country],
    organisations: Sequence[Organisation],
    people: Sequence[Person],
    written: Sequence[AliasRow],
    actors: Mapping[str, Actor],
) -> tuple[Alias, ...]:
    """Derived aliases, overridden by the written ones of the same actor and surface."""
    aliases = {
        (alias.actor_id, alias.surface): alias
        for alias in (
            *(a for c in countries for a in _country_aliases(c)),
            *(a for o in organisations for a in _organisation_aliases(o)),
            *(a for p in people for a in _person_aliases(p)),
        )
    }
    for row in written:
        if row.actor_id not in actors:
            raise ValueError(f"{row.place('aliases.csv')}, {row.surface} of {row.actor_id}: no such actor")
        actor_id = row.actor_id
        if row.kind == "metonym" and actors[actor_id].actor_type == "country":
            actor_id += ":GOV"  # a capital stands for the government
        aliases[actor_id, row.surface] = Alias(
            actor_id, row.surface, row.kind, row.case_rule, row.context_rule, row.language, origin=row.origin
        )
    _check_claims((aliases[key] for key in sorted(aliases)), actors)
    return tuple(aliases[key] for key in sorted(aliases))


def _country_aliases(c: Country) -> Iterator[Alias]:
    names = dict.fromkeys((c.name, *c.names))
    for surface in c.adjectives:
        yield Alias(c.actor_id, surface, "adjective", origin=c.origin)
    for surface in c.demonyms:
        if surface not in c.adjectives:  # "Iraqi" is both; the adjective reading says how it is used
            yield Alias(c.actor_id, surface, "demonym", origin=c.origin)
    for surface in names:
        folded = len(surface) >= SHORTEST_FOLDED_NAME
        kind: AliasKind = "acronym" if surface.replace(".", "").isupper() else "name"
        yield Alias(c.actor_id, surface, kind, "fold" if folded and kind == "name" else "exact", origin=c.origin)
    for surface in c.capitals:
        if surface not in names:  # Singapore the city is Singapore the state
            yield Alias(f"{c.actor_id}:GOV", surface, "metonym", origin=c.origin)


def _organisation_aliases(o: Organisation) -> Iterator[Alias]:
    for surface in (o.name, *o.names):
        yield Alias(o.actor_id, surface, "name", origin=o.origin)
    for surface in o.acronyms:
        yield Alias(o.actor_id, surface, "acronym", origin=o.origin)


def _person_aliases(p: Person) -> Iterator[Alias]:
    for surface in (*p.short_names, *filter(None, (p.family_name,))):
        yield Alias(p.actor_id, surface, "short", context_rule="full_name_first", origin=p.origin)
    for surface in (p.name, *p.names):
        yield Alias(p.actor_id, surface, "name", origin=p.origin)


def _check_claims(aliases: Iterable[Alias], actors: Mapping[str, Actor]) -> None:
    """One surface may have one unconditional actor at any one date; the others need a context rule."""
    claims: dict[str, list[Alias]] = defaultdict(list)
    for alias in aliases:
        if alias.context_rule != "none":
            continue
        for other in claims[alias.surface]:
            if contemporary(actors[alias.actor_id], actors[other.actor_id]):
                first, then = sorted((other, alias), key=lambda a: a.source != HOUSE)  # to be mended in the user's own
                raise ValueError(
                    f"{then.place('aliases.csv')}, {alias.surface}: claimed by {other.actor_id} and {alias.actor_id}"
                    f"{f' ({first.origin.place})' if first.origin else ''}; give one of them a context_rule"
                )
        claims[alias.surface].append(alias)


def contemporary(one: Actor, other: Actor) -> bool:
    """There are days on which both exist."""
    return (one.valid_from or date.min) < (other.valid_to or date.max) and (other.valid_from or date.min) < (
        one.valid_to or date.max
    )

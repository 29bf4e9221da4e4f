"""Answers about an actor in, rows of a register out: what `tidywire register add` writes.

Here belong the questions, what is proposed where nothing is said, and which file each answer goes to. Asking, checking and
writing are `add.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import NamedTuple, get_args

from pipeline.text.register import BRANCHES
from pipeline.text.registering.casing import slug
from pipeline.text.registering.register_rows import Actor, ActorType, Register, Role

Cells = dict[str, str]
KINDS = ("person", "organisation", "office", "alias")
TYPES = tuple(one for one in get_args(ActorType) if one not in ("country", "person"))
_PREFIXES = {"armed_group": "armed"}
_STATE_ORGANS: Mapping[str, str] = {actor_type: sector for sector, actor_type, _ in BRANCHES}


@dataclass(frozen=True)
class Answers:
    """What the user said, every field by its option; several aliases are separated by `|`."""

    kind: str | None = None
    name: str | None = None
    type: str | None = None
    country: str | None = None
    id: str | None = None
    alias: str | None = None
    office: str | None = None
    body: str | None = None
    first_day: str | None = None
    last_day: str | None = None
    note: str | None = None


class Question(NamedTuple):
    """A field of the answers, how it is asked for, for which kinds, and for which of them it must be answered."""

    field: str
    option: str
    text: str
    kinds: Sequence[str] = KINDS
    needed: Sequence[str] = ()


_NEW = ("person", "organisation")
_HELD = ("person", "office")
QUESTIONS = (
    Question("kind", "--kind", f"What is to be added: {', '.join(KINDS)}", needed=KINDS),
    Question("name", "--name", "Name (of a known actor: name or id)", needed=KINDS),
    Question("type", "--type", f"What it is: {', '.join(TYPES)}", ("organisation",), ("organisation",)),
    Question("country", "--country", "Country, by name or ISO code", (*_NEW, "office")),
    Question("id", "--id", "Id", _NEW),
    Question("alias", "--alias", "Other names, separated by |", (*_NEW, "alias"), ("alias",)),
    Question("office", "--office", "Office, such as foreign_minister", _HELD, ("office",)),
    Question("body", "--body", "Id of the body it is held in, if that is not the government", _HELD),
    Question("first_day", "--from", "From which day on (YYYY-MM-DD)", _HELD),
    Question("last_day", "--to", "To which day (YYYY-MM-DD)", _HELD),
    Question("note", "--note", "Source, where it is not common knowledge"),
)
_OF_AN_OFFICE = ("body", "first_day", "last_day")


def complete(answers: Answers, register: Register, ask: Callable[[str], str] | None) -> Answers:
    """The answers with those that are missing: asked for, proposed, or refused with the option to give.

    Who gives a name as an option is asked for nothing that may stay empty. Raises `ValueError`.
    """
    is_guided = ask is not None and answers.name is None
    for question in QUESTIONS:
        is_needed = question.field == "kind" or answers.kind in question.needed
        if question.field != "kind" and answers.kind not in question.kinds:
            continue
        if question.field in _OF_AN_OFFICE and not answers.office:
            continue
        given = getattr(answers, question.field)
        if given is None:
            proposal = _proposed_id(answers) if question.field == "id" else ""
            if ask is not None and (is_needed or is_guided):
                given = ask(f"{question.text}{f' [{proposal}]' if proposal else ''}: ")
            given = (given or "").strip() or proposal
            if is_needed and not given:
                raise ValueError(f"{question.option} is missing; give it, or none at all at a terminal to be asked")
        answers = replace(answers, **{question.field: _sound(question.field, given.strip(), register) or None})
    taken = {actor.actor_id: actor for actor in register.actors}.get(answers.id or "")
    if taken is not None and answers.kind in _NEW:
        raise ValueError(
            f"--id: {answers.id} is {taken.name} ({taken.place('the register')}); to add to that actor say --kind office "
            "or --kind alias, to add another one give another --id"
        )
    if answers.kind in ("office", "alias"):
        answers = replace(answers, id=_known(answers.id or answers.name or "", register).actor_id)
    return answers


def _sound(field: str, said: str, register: Register) -> str:
    """An answer as it goes into a row. Raises `ValueError` naming what can be said instead."""
    choices = {"kind": KINDS, "type": TYPES}.get(field)
    if choices and said not in choices:
        raise ValueError(f"--{field}: {said!r} is not one of {', '.join(choices)}")
    return _iso3(said, register) if field == "country" and said else said


def _iso3(country: str, register: Register) -> str:
    states = {actor.actor_id: actor for actor in register.actors if actor.actor_type == "country"}
    same = [a for a in register.aliases if a.kind in ("name", "acronym") and a.surface.casefold() == country.casefold()]
    meant = {country.upper()} & set(states) or {a.actor_id for a in same} & set(states)
    if len(meant) != 1:
        raise ValueError(f"--country: {country!r} is no country of the register; write its ISO code, such as FRA")
    state = states[meant.pop()]
    return state.iso3 or state.actor_id


def _proposed_id(answers: Answers) -> str:
    name = slug(answers.name or "")
    if answers.kind == "person":
        return f"person:{name}"
    if answers.type in _STATE_ORGANS and answers.country:
        return f"{answers.country}:{name}"
    return f"{_PREFIXES.get(answers.type or '', answers.type)}:{name}"


def _known(said: str, register: Register) -> Actor:
    """The actor of that id or full name."""
    actors = {actor.actor_id: actor for actor in register.actors}
    same = {a.actor_id for a in register.aliases if a.surface == said and a.kind in ("name", "acronym")}
    meant = {said} & set(actors) or same
    if len(meant) != 1:
        near = get_close_matches(said, [*actors, *(actor.name for actor in actors.values())], 3)
        raise ValueError(
            f"--name: {said!r} is {'more than one' if meant else 'no'} actor of the register; give its id"
            + (f" (perhaps {', '.join(near)})" if near else "")
        )
    return actors[meant.pop()]


def rows(answers: Answers, register: Register, family_first: set[str]) -> dict[str, list[Cells]]:
    """The new rows by file, in an order in which each may stand without the next. Raises `ValueError`."""
    made: dict[str, list[Cells]] = {}
    aliases = [one.strip() for one in (answers.alias or "").split("|") if one.strip()]
    if answers.kind == "organisation":
        made["organisations"] = [_organisation(answers, aliases, register)]
    if answers.kind == "person":
        made["people"] = [_person(answers, aliases, family_first)]
    if answers.office:
        made["offices"] = [_term(answers, register)]
    if answers.kind == "alias":
        actor = _known(answers.id or "", register)
        made["aliases"] = [_alias(alias, actor, answers.note or "") for alias in aliases]
    return made


def _organisation(answers: Answers, aliases: Sequence[str], register: Register) -> Cells:
    acronyms = [alias for alias in aliases if _is_acronym(alias)]
    sectors = [actor.plover_sector or "" for actor in register.actors if actor.actor_type == answers.type]
    branch = _STATE_ORGANS.get(answers.type or "")
    return {
        "actor_id": answers.id or "",
        "name": answers.name or "",
        "actor_type": answers.type or "",
        "parent_actor_id": f"{answers.country}:{branch}" if answers.country and branch else "",
        "iso3": answers.country or "",
        "plover_country": answers.country or ("IGO" if answers.type == "igo" else ""),
        "plover_sector": max(sorted(set(sectors)), key=sectors.count, default=""),  # what most bodies of the type have
        "names": "|".join(alias for alias in aliases if alias not in acronyms),
        "acronyms": "|".join(acronyms),
        "note": answers.note or "",
    }


def _person(answers: Answers, aliases: Sequence[str], family_first: set[str]) -> Cells:
    words = (answers.name or "").split()
    return {
        "actor_id": answers.id or "",
        "name": answers.name or "",
        "names": "|".join(alias for alias in aliases if " " in alias),
        "family_name": words[0 if words[0] in family_first else -1] if len(words) > 1 else "",
        "short_names": "|".join(alias for alias in aliases if " " not in alias),
        "iso3": answers.country or "",
        "note": answers.note or "",
    }


def _term(answers: Answers, register: Register) -> Cells:
    role = _role(answers.office or "", register)
    actors = {actor.actor_id: actor for actor in register.actors}
    person, body = actors.get(answers.id or ""), actors.get(answers.body or "")
    iso3 = answers.country or (body.iso3 if body else person.iso3 if person and not answers.body else None)
    if body is not None and body.actor_type == "igo":
        iso3 = None
    return {
        "person_actor_id": answers.id or "",
        "office": role.office or "",
        "office_actor_id": answers.body or (f"{iso3}:{role.branch or 'GOV'}" if iso3 else ""),
        "iso3": iso3 or "",
        "sector": (role.sector or "") if iso3 else "",
        "valid_from": answers.first_day or "",
        "valid_to": answers.last_day or "",
        "note": answers.note or "",
    }


def _role(office: str, register: Register) -> Role:
    """The role of an office, by its slug ("foreign_minister") or a noun for it ("top diplomat")."""
    held = {term.office: Role(term.office, None, term.sector, term.office, None) for term in register.offices}
    offices = {role.office: role for role in reversed(register.roles) if role.office}
    nouns = {role.role: role for role in register.roles if role.office}
    found = offices.get(slug(office)) or nouns.get(office) or held.get(slug(office))
    if found is None:
        near = dict.fromkeys(get_close_matches(slug(office), [*offices, *held], 3))
        told = f"perhaps {', '.join(near)}" if near else "add a row to roles.csv first"
        raise ValueError(f"--office: {office!r} is no office of roles.csv or offices.csv; {told}")
    return found


def _alias(surface: str, actor: Actor, note: str) -> Cells:
    is_short = actor.actor_type == "person" and " " not in surface
    return {
        "actor_id": actor.actor_id,
        "surface": surface,
        "kind": "short" if is_short else "acronym" if _is_acronym(surface) else "name",
        "case_rule": "exact",
        "context_rule": "full_name_first" if is_short else "none",
        "language": "en",
        "note": note,
    }


def _is_acronym(surface: str) -> bool:
    return " " not in surface and surface.replace(".", "").isupper()

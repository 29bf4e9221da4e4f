"""Who holds a role: "Russian President" by the document itself, else by the dated offices of the register.

Here belong the look-up of office holders and the resolution of roles that stand without a name. Finding role phrases is
`heads.py`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache

from pipeline.text.registering.register_rows import Actor, Office
from pipeline.text.tagging.drafts import Draft, Knowledge, Sentence

# Bodies that are no organ of a state: their offices are their own, whatever country they belong to.
_OWN_OFFICES = frozenset(("igo", "ngo", "party", "armed_group", "company", "media", "bloc"))


def office_book(
    offices: Iterable[Office], actors: Mapping[str, Actor]
) -> Callable[[str | None, str, date | None], list[str]]:
    """Person ids who held an office at a date; undated, all who ever did.

    The office is one of a country (its ISO code) or of a body that is no organ of a state (its id); of either, for None.
    """
    held: dict[tuple[str | None, str], list[Office]] = defaultdict(list)
    for term in offices:
        body = actors.get(term.office_actor_id or "")
        is_own = body is not None and body.actor_type in _OWN_OFFICES
        # "group_leader", "party_leader": within its body, the leader
        office = term.office.removeprefix("group_").removeprefix("party_") if is_own else term.office
        for place in (term.office_actor_id if is_own else term.iso3, None):
            held[place, office].append(term)

    def holders(place: str | None, office: str, on: date | None) -> list[str]:
        terms = held.get((place, office), [])
        if on is not None:
            terms = [t for t in terms if (t.valid_from or date.min) <= on < (t.valid_to or date.max)]
        return list(dict.fromkeys(t.person_actor_id for t in terms))

    return holders


def _place(role: Draft) -> str | None:
    """Whose office a role is: the body's beside it, if that is no organ of a state, else the country's."""
    owner = role.owner
    if owner is not None and owner.actor_type in _OWN_OFFICES:
        meant = [owner.actor] if owner.actor else [reading.actor for reading in owner.candidates]
        return "|".join(actor.actor_id for actor in meant) or owner.full_name
    return role.iso3


def service_book(offices: Iterable[Office]) -> Callable[[str, date | None], tuple[Office | None, bool]]:
    """The latest office of a person at a date, and whether it has ended; undated, the latest of all, as if held."""
    held: dict[str, list[Office]] = defaultdict(list)
    for office in sorted(offices, key=lambda o: o.valid_from or date.min):
        held[office.person_actor_id].append(office)

    @lru_cache(maxsize=1 << 14)
    def service(person: str, on: date | None) -> tuple[Office | None, bool]:
        terms = [t for t in held.get(person, ()) if on is None or (t.valid_from or date.min) <= on]
        if not terms:
            return None, False
        current = [t for t in terms if on is None or on < (t.valid_to or date.max)]
        return (current or terms)[-1], not current

    return service


def resolve_roles(sentences: list[Sentence], knowledge: Knowledge, published_on: date | None) -> None:
    """Give singular roles their person where exactly one is meant.

    In order: the one person this document names in that role and country or body; the holder at the document's date;
    undated, the one holder whom the document names. A role without a country is, while nobody is named in it, that of the
    one holder who is named before it; else the one person named in that role. Otherwise the role keeps its office.
    """
    drafts = [d for s in sentences for d in s.drafts if not d.is_trap]
    named: dict[tuple[str | None, str], dict[str, Draft]] = defaultdict(dict)
    present: dict[str, int] = {}  # who is named, and where first
    for draft in drafts:
        if draft.form == "name" and draft.actor is not None:
            at = present.get(draft.actor.actor_id, draft.start)
            present[draft.actor.actor_id] = min(at, draft.start)
    current: dict[str, list[str]] = {}  # holders of an office, whatever its country
    for draft in drafts:
        if draft.form == "name" and draft.head is not None and draft.actor_type == "person" and not draft.is_former:
            key = draft.actor.actor_id if draft.actor else draft.full_name
            if key:
                named[_place(draft), draft.head.noun][key] = draft
                named[None, draft.head.noun][key] = draft
    for draft in drafts:
        head = draft.head
        if draft.form != "role" or head is None or head.is_plural or draft.is_former or _is_person(draft):
            continue
        place = _place(draft)
        in_text = list(named.get((place, head.noun), {}).values())
        ids: list[str] = []
        if draft.rule != "bare_role":
            if head.office and place and len(in_text) != 1:
                ids = knowledge.holders(place, head.office, published_on)
                ids = ids if published_on else [i for i in ids if i in present]
        elif head.office and published_on and all(person.start > draft.start for person in in_text):
            if head.office not in current:
                current[head.office] = knowledge.holders(None, head.office, published_on)
            ids = [i for i in current[head.office] if i in present and present[i] < draft.start]
        if len(ids) == 1:
            actor = knowledge.actors[ids[0]]
            _become(draft, actor, None, draft.iso3 if draft.owner else actor.iso3)
        elif len(in_text) == 1:
            (person,) = in_text
            is_same_place = draft.rule == "bare_role" or place == draft.iso3
            _become(draft, person.actor, person.full_name, person.iso3 if is_same_place else None)


def _is_person(draft: Draft) -> bool:
    return bool(draft.full_name) or (draft.actor is not None and draft.actor.actor_type == "person")


def _become(role: Draft, actor: Actor | None, full_name: str | None, iso3: str | None) -> None:
    role.actor, role.full_name, role.iso3 = actor, full_name, role.iso3 or iso3

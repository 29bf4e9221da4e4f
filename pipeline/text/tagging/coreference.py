"""Who a short name means, within one document: surnames, given names, ambiguous names, roles that belong to a name.

Nothing here looks beyond the document; two persons who share a surname leave it unresolved.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

from pipeline.text.lexicon import Reading
from pipeline.text.registering.register_rows import Actor
from pipeline.text.tagging.drafts import BY_START, Draft, Knowledge, Sentence, occurrences, sentence_at
from pipeline.text.tagging.homonyms import drop_common_words
from pipeline.text.tagging.namesakes import People, key_of, name_of, named_in_full, same_people, short_forms
from pipeline.text.tagging.readings import settle
from pipeline.text.tagging.runs import run_to

_NATIONAL_SECTORS = frozenset(("GOV", "MIL", "LEG", "JUD", "COP", "OPP", "PTY", "REB"))
_MAIN_COUNTRY = 0.8  # share of the country names; on dev .8 filled 40 % of the gaps and got 1 in 100 wrong
_FAR_MORE = 3
_HYPHENS = ("-", "‑")
_IN = re.compile(r"\b[Ii]n $")


def resolve_names(sentences: list[Sentence], knowledge: Knowledge, published_on: date | None) -> None:
    """Give short names their person and ambiguous names their country; add short names of persons named in full."""
    drafts = [d for s in sentences for d in s.drafts]
    if not drafts:
        return
    people = same_people(named_in_full(drafts))
    short = short_forms(people, knowledge)
    _confirm_names(drafts)
    drop_common_words(sentences)
    for draft in drafts:
        if draft.rule == "short_name":
            _resolve_short(draft, people, short, knowledge, sentences[0].text)
            _confirm_short(draft, people, drafts)
        elif draft.actor_type == "person" and draft.form == "name" and draft.actor is None and draft.full_name:
            _resolve_unknown(draft, people, short)
    _take_from_places(drafts, short, sentences[0].text)
    taken = {d.end for d in drafts if not d.is_trap}
    for name, referents in short.items():
        _add_occurrences(sentences, name, referents, taken)
    drafts = [d for s in sentences for d in s.drafts]
    for draft in drafts:
        if draft.referent is not None:
            _inherit(draft, draft.referent)
        if draft.owner is not None and draft.iso3 is None:
            draft.iso3 = draft.owner.iso3
        if draft.actor is not None and draft.actor.actor_type == "person":
            _serve(draft, draft.actor, knowledge, published_on)
    for sentence in sentences:
        if len(sentence.drafts) > 1:
            _share_country(sentence)
    _infer_country([d for d in drafts if not d.is_trap])


def _serve(draft: Draft, person: Actor, knowledge: Knowledge, published_on: date | None) -> None:
    """Sector and country of a known person by the office held: ELI after it, no country in an international body.

    What is said beside the name counts more: a role gives the sector, and whose it is the country.
    """
    office, is_past = knowledge.service(person.actor_id, published_on)
    if office is None:
        return
    if draft.role_text is None:
        draft.sector = "ELI" if is_past else draft.sector or office.sector
    body = knowledge.actors.get(office.office_actor_id or "")
    is_international = body is not None and body.actor_type == "igo" and office.iso3 is None
    if is_international and not is_past and draft.owner is None:
        draft.iso3 = None


def _share_country(sentence: Sentence) -> None:
    """ "Russian President Ada Kern and Foreign Minister Bo Lind": both are Russia's."""
    officials = [
        d for d in sentence.drafts if d.actor_type == "person" and d.form == "name" and d.head and not d.is_trap
    ]
    officials.sort(key=BY_START)
    for first, second in pairwise(officials):
        gap = sentence.text[first.end : second.start].split()
        if (
            second.actor is None
            and second.iso3 is None
            and first.iso3
            and gap == ["and", *(second.role_text or "").split()]
        ):
            second.iso3 = first.iso3


def _infer_country(drafts: list[Draft]) -> None:
    """Offices, bodies and "our Nation" without a country belong to the one country the document names, if it names just one."""
    homeless = [
        d
        for d in drafts
        if d.iso3 is None and d.actor is None and (d.sector in _NATIONAL_SECTORS or d.rule == "nation_nominal")
    ]
    countries = Counter([d.iso3 for d in drafts if d.actor is not None and d.actor.iso3]) if homeless else None
    if not countries:
        return
    ((iso3, n),) = countries.most_common(1)
    if n < _MAIN_COUNTRY * countries.total():
        return
    for draft in homeless:
        draft.iso3 = iso3


def _confirm_names(drafts: list[Draft]) -> None:
    """A name several actors share means the one the document confirms, if that is one.

    `same_country` is confirmed by another mention of the actor's country, `full_name_first` by one of the actor. A
    name in small letters counts where the same actor is named in capitals too ("jersey" and "turkey" are words).
    """
    unsure = [d for d in drafts if d.candidates or d.rule == "lower_case_name"]
    if not unsure:
        return
    sure = [(d.actor, d.form) for d in drafts if d.actor and d.rule != "lower_case_name" and not d.candidates]
    ids = {actor.actor_id for actor, _ in sure}
    countries = {  # a state that has ended must be named: "Soviet-era" does not make Moscow the Soviet Union
        actor.iso3 for actor, form in sure if actor.actor_type == "country" and (form == "name" or not actor.valid_to)
    }
    for draft in unsure:
        if draft.rule == "lower_case_name" and draft.actor is not None:
            draft.is_trap = draft.actor.actor_id not in ids
        elif draft.candidates and draft.rule != "short_name":
            default = draft.actor
            if default is not None and default.iso3 in countries:
                continue
            confirmed = [r for r in draft.candidates if _is_confirmed(r, ids, countries)]
            if len(confirmed) == 1:
                settle(draft, confirmed[0])
            elif default is None:
                draft.is_trap = not _stays_open(draft)


def _stays_open(draft: Draft) -> bool:
    """An unconfirmed name is kept, unresolved, where it can only mean a person or one of several states."""
    first = draft.candidates[0]
    if draft.actor_type == "person":
        draft.full_name = first.actor.name
        return first.kind == "name"
    is_state = draft.actor_type == "country" and first.kind in ("name", "adjective", "demonym")
    return is_state and (len(draft.candidates) > 1 or first.kind == "name")


def _is_confirmed(reading: Reading, ids: set[str], countries: set[str | None]) -> bool:
    if reading.context_rule == "same_country" and reading.actor.iso3 is not None:
        return reading.actor.iso3 in countries
    return reading.actor.actor_id in ids


def _take_from_places(drafts: list[Draft], short: Mapping[str, People], text: str) -> None:
    """ "Paris" in a document about Anna Paris is she; "Jordan" in one about Ann Jordan, if nothing else is Jordanian there."""
    if not short:
        return
    bare = [
        (draft, referents)
        for draft in drafts
        if (draft.form == "metonym" or (draft.form == "name" and draft.actor_type == "country"))
        and draft.outer is None
        and not draft.is_trap
        and (referents := short.get(text[draft.start : draft.end]))
    ]
    countries = {draft.iso3 for draft, _ in bare if draft.form == "name"}
    owned = (
        {id(d.owner) for d in drafts if d.head is not None and (d.head.office or d.head.branch)} if countries else ()
    )
    ours = {
        id(draft)
        for draft, _ in bare
        if id(draft) not in owned and not _IN.search(text, max(0, draft.start - 4), draft.start)
    }
    others = {d.iso3 for d in drafts if d.iso3 in countries and id(d) not in ours and not d.is_trap}
    for draft, referents in bare:
        if draft.form == "metonym" or draft.iso3 not in others:
            _become_person(draft, referents)


def _become_person(place: Draft, referents: People) -> None:
    place.actor, place.iso3, place.sector, place.actor_type, place.form = None, None, None, "person", "name"
    place.rule = "surname" if len(referents) == 1 else "ambiguous_surname"
    if len(referents) == 1:
        (referent,) = referents.values()
        _inherit(place, referent)


def _resolve_short(draft: Draft, people: People, short: Mapping[str, People], knowledge: Knowledge, text: str) -> None:
    """A family name of the register: the person of that name in this document, or the holder of the title beside it."""
    referents = dict(short.get(draft.surface, {}))
    ids = {r.actor.actor_id for r in draft.candidates}
    referents |= {key: p for key, p in people.items() if p.actor is not None and p.actor.actor_id in ids}
    if len(referents) == 1:
        (referent,) = referents.values()
        _inherit(draft, referent)
        return
    if referents:
        _leave_open(draft, referents, text)
        return
    named = [r.actor for r in draft.candidates if _fits(r.actor, draft, knowledge)]
    if len(named) == 1:
        draft.actor = named[0]
    if len({a.iso3 for a in named}) == 1:
        draft.iso3 = draft.iso3 or named[0].iso3  # father and son: the country is sure, the person is not
        draft.full_name = None if draft.actor else draft.surface
        return
    if draft.role_text is None:
        draft.is_trap = True  # a bare family name, and nobody of that name: "Rice", "May", "Bush"
    else:
        draft.full_name = draft.surface


def _confirm_short(draft: Draft, people: People, drafts: list[Draft]) -> None:
    """A family name that needs no full name where its country is named, and nobody else of that name: "Xi" beside China."""
    known = [r.actor for r in draft.candidates if r.context_rule == "same_country"] if draft.is_trap else []
    if len(known) != 1 or any(draft.surface in name_of(person).split(" ") for person in people.values()):
        return
    if any(d.iso3 == known[0].iso3 and d.rule != "short_name" and not d.is_trap for d in drafts):
        draft.actor, draft.iso3, draft.is_trap = known[0], known[0].iso3, False


def _fits(actor: Actor, draft: Draft, knowledge: Knowledge) -> bool:
    """The person held the office named beside the short name, or governed ("the Bush administration")."""
    if actor.iso3 is None or draft.iso3 not in (None, actor.iso3):
        return False
    if draft.head is not None and draft.head.office:
        return actor.actor_id in knowledge.holders(None, draft.head.office, None)
    governed = draft.outer is not None and draft.outer.head is not None and draft.outer.head.branch == "GOV"
    office, _ = knowledge.service(actor.actor_id, None)
    return governed and draft.head is None and office is not None and office.sector == "GOV"


def _resolve_unknown(draft: Draft, people: People, short: Mapping[str, People]) -> None:
    name = draft.full_name or ""
    referents = short.get(name, {}) if " " not in name else {"": people[key_of(name)]} if key_of(name) in people else {}
    if len(referents) == 1:
        (referent,) = referents.values()
        if referent is not draft:
            _inherit(draft, referent)


def _inherit(draft: Draft, referent: Draft) -> None:
    draft.actor = referent.actor or draft.actor
    draft.full_name = None if referent.actor else referent.full_name or draft.full_name
    draft.iso3 = draft.iso3 or referent.iso3
    draft.sector = draft.sector or referent.sector


def _add_occurrences(sentences: Sequence[Sentence], name: str, referents: Mapping[str, Draft], taken: set[int]) -> None:
    """Append the name wherever it stands alone; mostly it ends a full name, and `taken` are the ends of such."""
    text = sentences[0].text
    for at in occurrences(text, name):
        end = at + len(name)
        if end in taken or text[at - 1 : at] in _HYPHENS or text[end : end + 1] in _HYPHENS:
            continue
        sentence = sentence_at(sentences, at, end)
        if sentence is not None and sentence.is_free(at, end):
            draft = _short_name(sentence, at, end, referents)
            if draft is not None:
                sentence.drafts.append(draft)


def _leave_open(draft: Draft, referents: Mapping[str, Draft], text: str) -> None:
    """Two persons of one name: unresolved, unless the document names one of them far more often in full."""
    draft.rule = "ambiguous_surname"
    counts = {key: text.count(name_of(referent)) for key, referent in referents.items()}
    *_, second, first = sorted(counts, key=lambda key: counts[key])
    if counts[first] >= _FAR_MORE * max(counts[second], 1):
        _inherit(draft, referents[first])


def _short_name(sentence: Sentence, start: int, end: int, referents: Mapping[str, Draft]) -> Draft | None:
    text = sentence.text
    draft = Draft(start, end, "name", "surname", None, "person", surface=text[start:end])
    for referent in referents.values():
        full = end - len(name_of(referent))
        if sentence.start <= full < start and text[full:end] == name_of(referent) and sentence.is_free(full, end):
            draft.start = full
            _inherit(draft, referent)
            return draft
    if len(referents) > 1:
        _leave_open(draft, referents, text)
        return draft
    (referent,) = referents.values()
    is_given = referent.full_name is not None and referent.full_name.startswith(draft.surface + " ")
    if is_given and text[end : end + 1] == " " and text[end + 1 : end + 2].isupper():
        return None  # "Ahmed" is not the one in "Ahmed Street"
    if text[start - 1 : start] == " ":
        longer = run_to(text, start - 1, sentence.start)
        if longer < start - 1 and sentence.is_free(longer, start) and not sentence.is_title_case:
            return None  # another first name: another person, for whom nothing vouches
    _inherit(draft, referent)
    return draft

"""Which register actor a surface stands for in its sentence: case, date, traps, longest match and nesting.

Here belongs what can be said from the hit and its sentence. Roles and bodies around a name are `heads.py`; what needs
the whole document (surnames, ambiguous names) is `coreference.py`.
"""

from datetime import date
from functools import lru_cache

from pipeline.text.lexicon import Entry, Hit, Reading
from pipeline.text.registering.register_rows import Actor
from pipeline.text.tagging.drafts import Draft, Form, Sentence
from pipeline.text.tagging.grammar import OPENERS

_FORMS: dict[str, tuple[Form, str]] = {
    "name": ("name", "register_name"),
    "acronym": ("name", "register_acronym"),
    "short": ("name", "register_short_name"),
    "adjective": ("adjective", "register_adjective"),
    "demonym": ("adjective", "register_adjective"),
    "metonym": ("metonym", "register_metonym"),
}
_PRIVATE = frozenset(("company", "media"))  # their seat says nothing about whom they speak for
_LONGEST_WORDLIKE = 3  # letters


def add_register_names(sentence: Sentence, published_on: date | None) -> None:
    """Append a draft for every register name, outermost first; traps are kept as drafts so that they shadow."""
    outer: Draft | None = None
    nested_end = 0
    for hit in sentence.names:
        start, end, entry = hit
        is_inside = outer is not None and start < outer.end
        if outer is not None and is_inside and (outer.is_trap or end > outer.end or start < nested_end):
            continue
        if outer is not None and entry.head is not None and _is_of_another(outer, start, entry, sentence.text):
            continue
        draft = _draft(hit, sentence, published_on)
        if draft is None:
            continue
        if outer is not None and is_inside:
            if not _belongs(draft, outer):
                continue
            draft.outer, nested_end = outer, end
        else:
            if outer is not None and _is_own_country(outer, draft, sentence.text):
                draft.start, outer.outer = outer.start, draft
            outer = draft
        sentence.drafts.append(draft)


def _draft(hit: Hit, sentence: Sentence, published_on: date | None) -> Draft | None:
    """The unconditional reading, with the conditional ones as candidates for the document to choose from."""
    start, end, entry = hit
    if entry.sole is not None and not sentence.is_capitals:
        form, rule, actor, actor_type, iso3, sector = _meaning(entry.sole)
        return _settled(Draft(start, end, form, rule, actor, actor_type, iso3, sector), sentence.text)
    draft = Draft(start, end, "name", "ambiguous_name")
    readings = entry.readings
    if sentence.is_capitals:  # in capitals "US" may be "us": acronyms count for nothing there
        readings = tuple(r for r in readings if r.kind != "acronym" or _is_plain(sentence.text[start:end]))
    if not readings or (readings[0].actor.actor_type == "bloc" and _is_part(sentence.text, start, end)):
        return None
    is_never, firm, conditional = _by_rule(readings)
    if is_never:
        draft.is_trap = True
        return draft
    if len(firm) > 1:
        firm = [r for r in firm if _exists(r.actor, published_on)] or firm
        firm = [r for r in firm if r.actor.valid_to is None] or firm  # undated: the state that still exists
    draft.candidates = tuple([r for r in conditional if _exists(r.actor, published_on)])
    if firm:
        settle(draft, firm[0])
        return _settled(draft, sentence.text)
    readings = draft.candidates or readings
    draft.form, _ = _FORMS[readings[0].kind]
    types = {r.actor.actor_type for r in readings}
    draft.actor_type = types.pop() if len(types) == 1 else None
    if draft.actor_type == "person" and readings[0].kind == "short":
        draft.rule = "short_name"
        draft.surface = sentence.text[start:end]
    return draft


@lru_cache(maxsize=1 << 14)
def _by_rule(readings: tuple[Reading, ...]) -> tuple[bool, list[Reading], list[Reading]]:
    """Whether the surface is a trap only, the readings that hold anywhere, those that hang on the document."""
    firm = [r for r in readings if r.context_rule == "none"]  # somebody who is called so is no trap of a country's
    is_never = not firm and any(r.context_rule == "never" for r in readings)
    return is_never, firm, [r for r in readings if r.context_rule not in ("none", "never")]


def _settled(draft: Draft, text: str) -> Draft:
    """The draft, or the ethnic group that it turns out to be."""
    if draft.form == "adjective" and _is_ethnic(text, draft.start):
        return Draft(draft.start, draft.end, "nominal", "ethnic_group", None, "group", sector="CVL")
    return draft


def settle(draft: Draft, reading: Reading) -> None:
    """Decide for one reading."""
    draft.form, draft.rule, draft.actor, draft.actor_type, draft.iso3, draft.sector = _meaning(reading)


@lru_cache(maxsize=1 << 14)
def _meaning(reading: Reading) -> tuple[Form, str, Actor, str, str | None, str | None]:
    """Form, rule, actor, its type, country and sector, as a draft takes them."""
    actor = reading.actor
    form, rule = _FORMS[reading.kind]
    if reading.casing == "lower":
        rule = "lower_case_name"
    iso3 = None if actor.actor_type in _PRIVATE and not actor.parent_actor_id else actor.iso3
    if reading.kind == "demonym":  # "Russians" are not their state
        return form, rule, actor, "group", iso3, "CVL"
    return form, rule, actor, actor.actor_type, iso3, actor.plover_sector


def _exists(actor: Actor, on: date | None) -> bool:
    """The actor exists at the date; without a date, that cannot be told."""
    return on is None or (actor.valid_from or date.min) <= on < (actor.valid_to or date.max)


def _is_ethnic(text: str, start: int) -> bool:
    """ "ethnic Albanians" and "Chinese-Americans" belong to another state than the one they are named after."""
    return text[start - 7 : start].casefold() == "ethnic "


def _belongs(nested: Draft, outermost: Draft) -> bool:
    """ "UN" is kept inside "UN Security Council", "Iraq" in "Central Bank of Iraq" and "UN Mission in Iraq"; "Korea" in
    "South Korea" not."""
    inner, outer = nested.actor, outermost.actor
    if inner is None or outer is None or inner.actor_id == outer.actor_id or outer.actor_type in ("country", "person"):
        return False
    if inner.actor_type != "country":
        return inner.actor_id == outer.parent_actor_id
    is_mission = outer.actor_type == "igo" and outer.iso3 is None and nested.form == "name"
    return inner.iso3 == outer.iso3 or is_mission or inner.actor_id == outer.parent_actor_id


def _is_plain(acronym: str) -> bool:
    """ "U.S." and "NATO" are no words, as "US" and "WHO" are."""
    return "." in acronym or len(acronym) > _LONGEST_WORDLIKE


def _is_of_another(country: Draft, start: int, entry: Entry, text: str) -> bool:
    """ "Peru's Congress" is not the Congress of the register."""
    actor = country.actor
    return (
        actor is not None
        and actor.actor_type == "country"
        and text[country.end : start] in (" ", "'s ", "’s ")
        and all(r.context_rule != "none" and r.actor.iso3 != actor.iso3 for r in entry.readings)
    )


def _is_own_country(country: Draft, body: Draft, text: str) -> bool:
    """ "US" directly before "State Department" is part of that name."""
    return (
        country.end + 1 == body.start
        and country.actor is not None
        and body.actor is not None
        and country.actor.actor_type == "country"
        and body.actor.actor_type not in ("country", "person", "bloc")
        and body.form == "name"
        and body.iso3 == country.iso3
        and text[country.end] == " "
    )


def _is_part(text: str, start: int, end: int) -> bool:
    """A capitalised word stands beside it: "the West" is no bloc in "the West Coast" nor in "Airfield West"."""
    before = text[start - 25 : start].rsplit(" ", 2)
    return (text[end : end + 1] in (" ", "-") and text[end + 1 : end + 2].isupper()) or (
        text[start - 1 : start] == "-"
        or (len(before) > 1 and before[-1] == "" and before[-2][:1].isupper() and before[-2] not in OPENERS)
    )

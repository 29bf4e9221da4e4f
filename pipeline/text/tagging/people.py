"""Persons: names the register does not know, and the roles that stand with names.

An unknown name is read only where something vouches for it: a title or role before it, a given name, a speech verb
beside it, an apposition, a party. Who is meant by a surname is `coreference.py`; register names are `readings.py`.
"""

import re

from pipeline.text.registering.register_rows import Actor
from pipeline.text.tagging.drafts import Draft, Sentence
from pipeline.text.tagging.grammar import CALENDAR, OPENERS
from pipeline.text.tagging.runs import run_from, run_to

_DETERMINERS = r"(?:the |a |an |then |former |his |her |their |its |who is |who was |currently )*"
_APPOSITION = re.compile(rf"(?:,| [–—-]) {_DETERMINERS}(?:[a-z-]+ ){{0,2}}$")
_SYLLABLES = re.compile(r" [A-Z][a-z]+[-‑][A-Za-z][a-z]+")  # "Yiu-chung" after a family name that comes first
_LONGEST_NAME = 5  # words
_SHORT = ("short_name", "register_short_name")
_VOUCHED = frozenset(("role_and_name", "title_and_name"))
_NEEDS_CASE = frozenset(("role_and_name", "speaker_name"))
_POSSESSIVE = re.compile(r"['’]s (?=[A-Z])")
_MEMBER = re.compile(r" (?:of|from) (?:the )?$")
_EMPLOYERS = frozenset(("party", "ngo", "igo", "armed_group"))  # a company owns products


def add_people(sentence: Sentence) -> None:
    """Append unknown persons and write roles onto the names they stand with."""
    if sentence.drafts:
        _read_drafts(sentence)
    text = sentence.text
    for start, end, entry in sentence.cues:
        words = entry.words
        if words and not sentence.is_capitals:
            if "title" in words:
                n_least = 2 if text[start].islower() else 1
                titled = _add_run(sentence, _after(text, end), "title_and_name", n_least)
                if titled is not None:
                    titled.title = text[start:end]
            if "given" in words and text[start - 1 : start] != "-":
                _add_run(sentence, start, "given_name", 2)
            syllables = _SYLLABLES.match(text, end, sentence.end) if "family_first" in words else None
            if syllables:
                _add_between(sentence, start, syllables.end(), "given_name", 2)
            if "relative" in words:
                _add_run_to(sentence, start - 1 - (text[start - 2 : start - 1] == ","), "apposition_name")
        if entry.is_speech_verb:
            _add_speaker(sentence, start, end)


def _read_drafts(sentence: Sentence) -> None:
    """Names beside roles, around known short names, and beside parties and organisations."""
    text = sentence.text
    roles, short, employers = [], [], []
    for draft in sentence.drafts:
        if draft.form == "role":
            roles.append(draft)
        elif draft.form == "name" and draft.actor_type == "person":
            if draft.rule in _SHORT:
                short.append(draft)
        elif draft.form == "name" and draft.actor_type in _EMPLOYERS:
            employers.append(draft)
    for draft in roles:
        _attach_name(sentence, draft)
        draft.is_trap |= draft.is_weak
    for draft in short:
        _extend_short(sentence, draft)
    for draft in employers:
        member = _MEMBER.search(text, max(sentence.start, draft.start - 12), draft.start)
        if member and draft.actor_type == "party":
            _serve(_add_run_to(sentence, member.start(), "body_and_name"), draft)
        owned = _POSSESSIVE.match(text, draft.end)
        if owned and not sentence.is_title_case:
            _serve(_add_run(sentence, owned.end(), "body_and_name", 2), draft)


def _serve(person: Draft | None, body: Draft) -> None:
    """A party's people have its country and sector."""
    if person is not None and person.owner is None:
        person.owner, person.sector = body, person.sector or body.sector


def _after(text: str, end: int) -> int:
    end += text[end : end + 1] == "."
    return end + 1 if text[end : end + 1] == " " else -1


def _attach_name(sentence: Sentence, role: Draft) -> None:
    """A name directly after a role ("President X"), or in apposition before or after it."""
    text = sentence.text
    head = role.head
    if head is None or role.form != "role":
        return
    start = _after(text, role.end)
    if start > 0:
        start = _skip_titles(sentence, start)
        name = _person_at(sentence, start)
        if (name is None or name.rule in _SHORT) and not head.is_plural:
            name = _add_run(sentence, start, "role_and_name", 2 if role.is_weak else 1) or name
        if name is not None:
            if not head.is_plural or role.rule == "country_and_role":
                _take_role(name, role)
            if not head.is_plural:
                _drop(role)
            return
    if head.is_plural:
        return
    if text.startswith(", ", role.end):
        start = _skip_titles(sentence, role.end + 2)
        name = _person_at(sentence, start)
        if name is None and role.rule == "country_and_role":
            name = _add_run(sentence, start, "apposition_name", 2)
        if name is not None and (name.end == sentence.end or text[name.end] in ',.;:)”"—–'):
            _join(role, name)
            return
    end = _end_before_apposition(sentence, role.start)
    if end is not None:
        name = _person_to(sentence, end)
        if name is None and not sentence.is_title_case:
            name = _add_run_to(sentence, end, "apposition_name")
        if name is not None:
            _join(role, name)


def _skip_titles(sentence: Sentence, start: int) -> int:
    """Past "Dr.", "Lt. Gen.", "Sheikh": titles are not part of the name."""
    for cue, end, entry in sentence.cues:
        if cue == start and "title" in entry.words:
            after = _after(sentence.text, end)
            start = after if after > 0 else start
    return start


def _drop(role: Draft) -> None:
    """The role is an attribute of the name beside it now, not a mention."""
    role.is_trap = True
    if role.owner is not None and role.owner.outer is role:
        role.owner.outer = None


def _take_role(name: Draft, role: Draft) -> None:
    name.role_text = role.role_text
    name.sector = role.sector or name.sector
    name.iso3 = role.iso3 or (name.iso3 if role.owner is None else None)  # no country in an international body
    name.head = role.head
    name.owner = role.owner
    name.is_former = role.is_former


def _join(role: Draft, name: Draft) -> None:
    """Role and name are two mentions of one person."""
    _take_role(name, role)
    role.full_name, role.actor = name.full_name, name.actor or role.actor
    role.referent = name


def _end_before_apposition(sentence: Sentence, start: int) -> int | None:
    """Where the name ends in "NAME, then the special …" and "NAME – a …"."""
    before = sentence.text[max(sentence.start, start - 40) : start]
    gap = _APPOSITION.search(before) if "," in before or " –" in before or " —" in before or " -" in before else None
    return start - len(before) + gap.start() if gap else None


def _person_at(sentence: Sentence, start: int) -> Draft | None:
    for draft in sentence.drafts:
        if draft.start == start and draft.actor_type == "person" and draft.form == "name":
            return draft
    return None


def _person_to(sentence: Sentence, end: int) -> Draft | None:
    for draft in sentence.drafts:
        if draft.end == end and draft.actor_type == "person" and draft.form == "name":
            return draft
    return None


def _add_run(sentence: Sentence, start: int, rule: str, n_least: int) -> Draft | None:
    """A person draft for the capitalised run that starts at `start`, if nothing else stands there."""
    if start < 0:
        return None
    return _add_between(sentence, start, run_from(sentence.text, start, sentence.end), rule, n_least)


def _add_run_to(sentence: Sentence, end: int, rule: str) -> Draft | None:
    """A person draft for the capitalised run of two words or more that ends at `end`."""
    return _add_between(sentence, run_to(sentence.text, end, sentence.start), end, rule, 2)


def _extend_short(sentence: Sentence, short: Draft) -> None:
    """ "Laura Bush", "Kim Yo Jong": with another given name beside it, a family name is another person's."""
    text = sentence.text
    if short.is_trap:
        return
    start = short.start
    if text[start - 1 : start] == " ":
        run_start = run_to(text, start - 1, sentence.start)
        start = run_start if run_start < start - 1 and sentence.is_free(run_start, start - 1) else start
    is_family_first = any(at == short.start and "family_first" in entry.words for at, _, entry in sentence.cues)
    end = run_from(text, short.start, sentence.end) if is_family_first else short.end
    if (start < short.start or end > short.end) and not _is_shouted(sentence):
        _add_between(sentence, start, end, "given_name", 2)


def _add_speaker(sentence: Sentence, start: int, end: int) -> None:
    """ "Mark Trent said"; "…” said Mark Trent": the verb's place is given."""
    text = sentence.text
    if sentence.text[start].isupper():
        return  # "the Data Breach Report"
    word = sentence.word_before(start)
    if word[:1].isupper() and word not in OPENERS:
        _add_run_to(sentence, start - 1, "speaker_name")
    is_after = text[start - 2 : start - 1] in ("”", '"', "’", "'") and text[end : end + 1] == " "
    if is_after and text[end + 1 : end + 2].isupper():
        _add_run(sentence, end + 1, "speaker_name", 2)


def _is_shouted(sentence: Sentence) -> bool:
    """Capitals say nothing here."""
    return sentence.is_capitals or sentence.is_title_case


def _add_between(sentence: Sentence, start: int, end: int, rule: str, n_least: int) -> Draft | None:
    """A person draft on the run, cut back to where another name begins; None if too little is left."""
    text = sentence.text
    if end <= start or text.count(" ", start, end) + 1 < n_least:
        return None
    swallowed = []
    for draft in sentence.drafts:
        if draft.start < end and draft.end > start:
            if draft.rule in _SHORT or _is_name_part(draft, start, rule, sentence):
                swallowed.append(draft)
            elif draft.start <= start:
                return None
            else:
                end = min(end, draft.start - 1)
    tokens = text[start:end].split(" ")
    while tokens and (tokens[0] in OPENERS or tokens[0] in CALENDAR):
        start += len(tokens.pop(0)) + 1
    while tokens and (tokens[-1] in CALENDAR or (tokens[-1] in OPENERS and len(tokens) > 2)):
        end -= len(tokens.pop()) + 1
    if len(tokens) < n_least or end <= start or not (rule in _VOUCHED or any(map(str.islower, text[start:end]))):
        return None
    if len(tokens) > _LONGEST_NAME or len(tokens[-1]) == 1 or any(len(t) > 2 and t.isupper() for t in tokens[:-1]):
        return None  # "Gen Z"; "The Acme EKG Pour-Over Kettle boasts"
    inside = [entry for at, stop, entry in (*sentence.heads, *sentence.nouns) if at >= start and stop <= end]
    is_thing = any("thing" in e.words for e in inside)
    is_given = rule in _VOUCHED or any(at == start and "given" in entry.words for at, _, entry in sentence.cues)
    if any(e.head for e in inside) or (is_thing and (len(tokens) > 2 or not is_given)):
        return None  # "Hill School" is a body, "Mark Twain Award" and "Smart Camera" are things, "Mark Law" is a person
    if rule in _NEEDS_CASE and _is_shouted(sentence):
        return None
    if len(tokens) == 1 and swallowed:
        return swallowed[0] if swallowed[0].rule in _SHORT else None  # "President Putin": the known name takes the role
    for draft in swallowed:
        draft.is_trap = True
    sentence.drafts = [d for d in sentence.drafts if d not in swallowed]
    draft = Draft(start, end, "name", rule, None, "person", full_name=" ".join(text[start:end].split()))
    draft.actor = _same_person(draft, swallowed)
    if draft.actor is not None:
        draft.iso3, draft.full_name = draft.actor.iso3, None
    sentence.drafts.append(draft)
    return draft


def _same_person(name: Draft, short: list[Draft]) -> Actor | None:
    """ "Donald John Trump" holds the short name of somebody whose first and last names are these."""
    words = (name.full_name or "").casefold().split(" ")
    known = {a.actor_id: a for d in short for a in (d.actor, *(r.actor for r in d.candidates)) if a is not None}
    same = [
        a
        for a in known.values()
        if a.name.casefold().split(" ")[:: len(a.name.split(" ")) - 1 or 1] == words[:: len(words) - 1]
    ]
    return same[0] if len(same) == 1 else None


def _is_name_part(draft: Draft, start: int, rule: str, sentence: Sentence) -> bool:
    """ "Paris" in "singer Paris Hall", "Washington" in "Denzel Washington", "Holland" in "mayor Ann Holland": a place name
    inside a person's."""
    text = sentence.text
    if draft.actor_type not in ("country", "government") or " " in text[draft.start : draft.end] or draft.outer:
        return False
    is_given = any(cue == start and "given" in entry.words for cue, _, entry in sentence.cues)
    if draft.start == start:
        return rule != "given_name" and (draft.form == "metonym" or is_given)
    return (
        (is_given or rule in ("given_name", "apposition_name"))
        and draft.form in ("metonym", "name")
        and text.find(" ", start) + 1 == draft.start
    )

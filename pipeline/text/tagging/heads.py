"""Actors made by a noun: "Russian ambassador", "president of Russia", "South Korea's foreign ministry", "Pacific fleet".

Every phrase starts from a head noun the lexicon found; whose it is says `owners.py`. Names that stand beside a role are
`people.py`; which person holds a role is `offices.py`.
"""

import re

from pipeline.text.lexicon import Head, Hit
from pipeline.text.register import BRANCHES, Actor
from pipeline.text.tagging.drafts import Draft, Knowledge, Sentence
from pipeline.text.tagging.grammar import ARTICLES, DETERMINERS, FUNCTION_WORDS, POSSESSORS
from pipeline.text.tagging.owners import HYPHENS, is_past, owners_of
from pipeline.text.tagging.runs import run_from, run_to

_BODY_TYPES: dict[str | None, str] = {sector: actor_type for sector, actor_type, _ in BRANCHES} | {
    "PTY": "party",
    "BUS": "company",
    "JRN": "media",
    "REB": "armed_group",
    "NGO": "ngo",
}
_PRIVATE = {"ngo": "NGO", "company": "BUS", "media": "JRN", "armed_group": "REB"}
_NATIONAL = ARTICLES | POSSESSORS
# A noun follows, as far as endings tell: "military deal", not "military said", "military has", "military attacked".
_COMPOUND = re.compile(r" (?!\w+(?:ed|s)\b)([a-z]{3,})")
_OF_NAME = re.compile(r" (?:of|for) (?:the )?(?=[A-Z])")
_AND_NAME = re.compile(r",? and (?=[A-Z])")
# "the two" goes on to its noun, unless a verb follows.
_NOUN = re.compile(
    r"(?<=two) (?!(?:is|are|was|were|has|have|had|will|would|met|can|could|may|did|do|agreed|and|in|on) )\w"
)


# Without a country or a name beside them, nouns of other sectors ("people", "doctors") are no political actors.
PUBLIC_SECTORS = frozenset(("GOV", "MIL", "LEG", "JUD", "COP", "REB", "OPP", "ELI", "PTY", "REF", "SPY", "UAF"))


def add_heads(sentence: Sentence, knowledge: Knowledge) -> None:
    """Append role, body and group mentions; a head inside a register name is part of that name and gives none."""
    names = [d for d in sentence.drafts if d.outer is None]  # by start
    index, last_end = 0, 0
    for hit in sentence.heads:
        start, end, entry = hit
        if start < last_end and "group" not in entry.words:  # "the leaders of the two countries" holds two groups
            continue
        while index < len(names) and names[index].end <= start:
            index += 1
        if index < len(names) and names[index].start < end:
            continue
        head = entry.head
        if head is not None and (_is_part(hit, head, sentence) or _is_verb(hit, head, sentence)):
            continue
        if head is None:
            phrases = _group(sentence, hit)
        else:
            left = names[index - 1 :: -1] if index else []
            right = names[index] if index < len(names) else None
            phrases = _owned(sentence, hit, head, owners_of(sentence, left, right, hit, knowledge), knowledge)
            phrases = phrases or [_bare_body(sentence, hit, head) if head.is_body else _bare_role(sentence, hit, head)]
        for phrase in phrases:
            if phrase is not None:
                last_end = max(end, phrase.end)
                sentence.drafts.append(phrase)
        if head is not None and head.is_body and phrases[0] is not None:
            names.insert(index, phrases[0])


def _is_part(hit: Hit, head: Head, sentence: Sentence) -> bool:
    """ "a drone attack": the noun describes the next one."""
    start, end, entry = hit
    is_weak = head.is_body and not head.is_plural and "weak" in entry.words and head.noun[-1] != "s"
    is_common = is_weak and (sentence.text[start].islower() or sentence.is_title_case)
    after = _COMPOUND.match(sentence.text, end) if is_common else None
    return after is not None and after[1] not in FUNCTION_WORDS


def _is_verb(hit: Hit, head: Head, sentence: Sentence) -> bool:
    """ "who chairs the bloc", "who heads the army"."""
    return head.is_plural and not head.is_body and sentence.word_before(hit[0]).lower() == "who"


def _is_determined(sentence: Sentence, start: int) -> bool:
    """ "the", "a" or "Peru's" stands before, with two words between at most."""
    for word in sentence.before(start, 3):
        if word.lower() in DETERMINERS or word[-2:] in ("'s", "’s"):
            return True
        if not word.replace("-", "").isalnum():
            return False
    return False


def _owned(
    sentence: Sentence, hit: Hit, head: Head, owners: list[tuple[Draft, int, bool]], knowledge: Knowledge
) -> list[Draft | None]:
    text = sentence.text
    hit_start, hit_end, _ = hit
    phrases: list[Draft | None] = []
    for owner, phrase_end, is_former in owners:
        # "Russian" of "Russian and Belarusian soldiers" stands alone: two mentions side by side.
        end = phrase_end if owner is owners[0][0] else owner.end
        actor = _branch_actor(owner, head, knowledge)
        start = min(owner.start, hit_start)
        if head.is_body:
            has_tail = end == hit_end and text[hit_start].isupper()
            stop = _tail(text, end, sentence.end) if has_tail else end
            is_name = any(word[:1].isupper() for word in text[max(start, owner.end) : stop].split())
            phrase = Draft(start, stop, "name" if is_name else "nominal", "country_and_body", actor)
            phrase.actor_type = _BODY_TYPES.get(head.sector)
        else:
            phrase = Draft(start, end, "role", "country_and_role", actor or owner.actor, "person")
            phrase.role_text = text[hit_start:hit_end]
        phrase.iso3 = owner.iso3
        if head.is_body:
            phrase.sector = head.sector
        else:
            between = text[owner.end : hit_start].split() if owner.end < hit_start else []
            adjunct = next((s for s in map(knowledge.adjuncts.get, map(str.lower, between)) if s), None)
            phrase.sector = "ELI" if is_former else adjunct or _sector(owner, head)
            phrase.is_former = is_former or adjunct == "OPP"  # a shadow minister does not hold the office
        phrase.head, phrase.owner = head, owner
        if owner.outer is None and start == owner.start:
            owner.outer = phrase
        phrases.append(phrase)
    return phrases


def _branch_actor(owner: Draft, head: Head, knowledge: Knowledge) -> Actor | None:
    """The government, military … of the owner's country, unless the owner is a body of its own."""
    if head.branch is None or owner.actor is None or owner.actor.actor_type not in ("country", "government"):
        return None
    return knowledge.actors.get(f"{owner.iso3}:{head.branch}")


def _sector(owner: Draft, head: Head) -> str | None:
    """A spokesman is of his body's sector: military for an army, rebel for an armed group, as is the group's leader."""
    is_common = head.office is None or owner.actor_type in ("armed_group", "party")
    if owner.form != "metonym" and is_common and head.sector in (None, "GOV"):
        return owner.sector or _PRIVATE.get(owner.actor_type or "") or head.sector
    return head.sector


def _group(sentence: Sentence, hit: Hit) -> list[Draft | None]:
    start, end, entry = hit
    if "polity" in entry.words:
        return [_polity(sentence, start, end)]
    if _NOUN.match(sentence.text, end):
        return [None]
    return [Draft(start, end, "nominal", "group_nominal", None, "group")]


def _polity(sentence: Sentence, start: int, end: int) -> Draft | None:
    """ "our Nation", "the Republic", with no other name beside it: the state the document is about."""
    text = sentence.text
    is_determined = sentence.word_before(start).lower() in _NATIONAL
    goes_on = text[end : end + 1] in (" ", *HYPHENS) and text[end + 1 : end + 2].isupper()
    if not is_determined or goes_on or text.startswith(" of ", end) or sentence.is_capitals or sentence.is_title_case:
        return None
    return Draft(start, end, "nominal", "nation_nominal", None, "country")


def _bare_role(sentence: Sentence, hit: Hit, head: Head) -> Draft:
    """A role without a country beside it: "officials"; with a possessive it is a nominal, "their ministers".

    Whether it stays is decided when it is known whether a name stands beside it (`people.py`).
    """
    text = sentence.text
    hit_start, end, entry = hit
    start = _possessor(sentence, hit_start)
    possessor = start < hit_start
    role = Draft(start, end, "nominal" if possessor else "role", "bare_role", None, "person")
    role.is_former = is_past(sentence, start)
    is_common = text[hit_start].islower() and (
        "weak" in entry.words or not (head.is_plural or possessor or _is_determined(sentence, start))
    )
    role.is_weak = is_common or (head.sector not in PUBLIC_SECTORS and not possessor)
    role.sector, role.role_text, role.head = "ELI" if role.is_former else head.sector, text[hit_start:end], head
    return role


def _possessor(sentence: Sentence, start: int) -> int:
    """Start of "their" in "their defence minister"; `start` itself if nobody owns the role."""
    at = start
    for word in sentence.before(start, 2):
        at -= len(word) + 1
        if word.lower() in POSSESSORS:
            return at
        if not (word.islower() and word.replace("-", "").isalpha()):
            break
    return start


def _bare_body(sentence: Sentence, hit: Hit, head: Head) -> Draft | None:
    """A body without a country beside it: "Human Rights Commission", "the Senate"; in small letters a nominal."""
    text = sentence.text
    hit_start, hit_end, entry = hit
    start, end, rule = hit_start, hit_end, "bare_body"
    if text[start].isupper() and not (sentence.is_capitals or sentence.is_title_case):
        if text[start - 1 : start] == " ":
            run_start = run_to(text, start - 1, sentence.start)
            start = run_start if run_start < start - 1 else start
        end = _tail(text, end, sentence.end)
        if end - start > hit_end - hit_start:
            rule = "capitalised_body"
        elif head.sector != "LEG" and (head.is_proper or sentence.word_before(start).lower() not in ARTICLES):
            return None  # "Congress" needs no article, "the Board" is no name
        if head.is_plural and head.sector not in PUBLIC_SECTORS:
            return None  # "Innovative Companies"
        body = Draft(start, end, "name", rule, None, _BODY_TYPES.get(head.sector))
        body.full_name = " ".join(text[start:end].split())
    elif head.is_proper or "weak" in entry.words or head.sector not in PUBLIC_SECTORS:
        return None
    else:
        body = Draft(start, end, "nominal", rule, None, _BODY_TYPES.get(head.sector))
    body.sector, body.head = head.sector, head
    return body


def _tail(text: str, end: int, stop: int) -> int:
    """The end of a body's name: "Ministry" goes on in "Ministry of Foreign Affairs and Trade"."""
    of = _OF_NAME.match(text, end, stop)
    if of is None:
        return end
    end = run_from(text, of.end(), stop)
    more = _AND_NAME.match(text, end, stop)
    return run_from(text, more.end(), stop) if more else end

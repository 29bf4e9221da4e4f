"""What a mention does in its sentence: it acts, it is a place, or it modifies a noun.

Only the words beside the mention are read. Source of the rules: counts on labelled conflict reports and news, where
"preposition of place + country" was a place in 211 of 213 cases. A capital that is a place or a modifier is no mention
of a government and is dropped.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import TypeAlias

from pipeline.text.lexicon import WordKind
from pipeline.text.registering.register_rows import Actor
from pipeline.text.tagging.drafts import BY_START, Draft, MentionRole, Sentence
from pipeline.text.tagging.grammar import DETERMINERS, FUNCTION_WORDS, POSSESSORS
from pipeline.text.tagging.runs import run_to

_DIRECTIONS = frozenset(
    ("north", "south", "east", "west", "northern", "southern", "eastern", "western", "central", "downtown", "capital,")
)
_PLACE_BEFORE = _DIRECTIONS | frozenset(
    ("in", "into", "inside", "within", "from", "near", "across", "throughout", "around", "outside", "at", "via", "over",
     "on", "off", "beyond")
)  # fmt: skip
_BETWEEN = frozenset(
    ("the", "both", "neighbouring", "neighboring", "nearby", "mainland", "northeast", "northwest", "southeast",
     "southwest", "of", "all", "parts", "much")
)  # fmt: skip
_BORDERS = frozenset(("border", "borders", "frontier", "borderland"))
_N_BETWEEN = 5  # words that may stand between a preposition of place and its name
_LONGEST_WAY = 25  # characters between a word of motion and its destination
_CITY_BEFORE = re.compile(r"(?<![\w’'])(?!(?:However|Meanwhile|Earlier|Today|Yesterday),)[A-Z][\w’'-]+, (?:in )?$")
_AND = re.compile(r",? (?:and|or) (?:the |in )?")
# "visited Turkey on 4 April and Uzbekistan", "to Turkey November 16 and to Lebanon"
_AND_LATER = re.compile(r" (?:on |from )?[\w -]*\d[\w -]* and (?:to |in )?(?:the )?")
_COMMA = re.compile(r", (?:the )?")
_GOES_ON = re.compile(r",| and | or ")
_DATELINE = re.compile(r"(?:, [A-Z][a-z]{2,8}\.? \d{1,2})?(?: \([A-Z][\w /.]+\))?,? ?[-–—] | \([A-Z][\w /.]+\)")
_LANGUAGE = frozenset(("in", "into", "from", "speak", "speaks", "spoke", "speaking", "fluent", "translated"))
# A government acts ("Moscow denied", "Moscow’s plan") or is dealt with ("talks with Moscow").
_AFTER = re.compile(r"(['’]s?) | ([a-z]+)\b")
_RELATIONS = frozenset(
    ("with", "between", "by", "against", "to", "toward", "towards", "urge", "urged", "told", "accuse", "accused",
     "warned", "both")
)  # fmt: skip
_PREDICATES = frozenset(
    ("has", "have", "had", "is", "was", "were", "are", "will", "would", "could", "should", "may", "might", "must", "can",
     "did", "does", "do", "said", "says", "along", "also", "still", "now", "then", "today", "never")
)  # fmt: skip
_INDEFINITE = (DETERMINERS | POSSESSORS) - {"the"}
_HYPHENS = ("-", "‑", "–")
_NO_WORDS: frozenset[WordKind] = frozenset()
_STATES = frozenset(("country", "government"))
Ends: TypeAlias = defaultdict[WordKind, set[int]]
"""Where words that tell what stands beside them end, by what they tell."""


def add_stance(sentence: Sentence, actors: Mapping[str, Actor]) -> None:
    """Fill `mention_role` of every draft. A capital that is a place stands for its country there; one that modifies a
    noun is dropped, as are adjectives of places and languages."""
    words: dict[int, frozenset[WordKind]] = {}
    ends: Ends = defaultdict(set)
    for start, end, entry in sentence.nouns:
        words[start] = words.get(start, _NO_WORDS) | entry.words
        for kind in entry.words:
            ends[kind].add(end)
    previous: Draft | None = None
    for draft in sorted(sentence.drafts, key=BY_START):
        if draft.mention_role is None:
            draft.mention_role = _stance(draft, sentence, previous, ends)
        if draft.form == "metonym":
            if draft.outer is None and draft.mention_role == "actor":
                after = words.get(draft.end + 1, _NO_WORDS)
                draft.mention_role = _city_stance(draft, sentence, previous, after, ends)
            if draft.mention_role == "place":
                _become_place(draft, actors)
            elif draft.mention_role == "modifier":
                draft.is_trap = True
        elif draft.form == "adjective":
            is_place = "place" in words.get(draft.end + 1, _NO_WORDS)
            draft.is_trap |= is_place or _is_language(draft, sentence)
        if draft.outer is None and not (draft.form == "role" and draft.is_trap):
            previous = draft


def _become_place(city: Draft, actors: Mapping[str, Actor]) -> None:
    """ "in Kabul" says where, as "in Afghanistan" does."""
    country = actors.get(city.iso3 or "")
    if country is None:
        city.is_trap = True
    else:
        city.actor, city.actor_type, city.sector = country, country.actor_type, None
        city.form, city.rule = "city", "capital_as_place"


def _stance(draft: Draft, sentence: Sentence, previous: Draft | None, ends: Ends) -> MentionRole:
    text, start, end = sentence.text, draft.start, draft.end
    if draft.form == "adjective" and draft.actor_type != "group":
        return "modifier"
    if draft.actor_type not in _STATES or draft.form not in ("name", "metonym"):
        return "actor"
    if text[end : end + 1] in _HYPHENS or text[start - 1 : start] in _HYPHENS:
        return "actor" if _is_pair(draft, sentence) else "modifier"
    if draft.outer is not None:
        return "modifier"
    if _is_place(sentence, start, ends["target"]):
        return "place"
    if start == sentence.start and _DATELINE.match(text, end):
        return "place"
    if ends["motion"] and _is_destination(sentence, start, ends["motion"]):
        return "place"
    if start == sentence.start and not any(map(str.isalnum, text[end : sentence.end])):
        return "place"  # a heading
    if previous is not None and previous.mention_role == "place":
        if _AND_LATER.fullmatch(text, previous.end, start):
            return "place"
        if _AND.fullmatch(text, previous.end, start):
            return "place"
        if _COMMA.fullmatch(text, previous.end, start) and _GOES_ON.match(text, end):
            return "place"
    is_next = previous is not None and start - previous.end <= len(", the ")
    if not is_next and _CITY_BEFORE.search(text, max(sentence.start, start - 30), start):
        return "place"
    return "actor"


def _is_place(sentence: Sentence, start: int, targets: set[int]) -> bool:
    """ "in", "across much of the", "northern" or "border with" stands before; not "sanctions on"."""
    words = sentence.before(start, _N_BETWEEN)
    for place, word in enumerate(map(str.lower, words)):
        if word in _PLACE_BEFORE:
            return not (word == "on" and start - sum(len(w) + 1 for w in words[: place + 1]) - 1 in targets)
        if word not in _BETWEEN:
            return word == "with" and words[place + 1 : place + 2] != [] and words[place + 1].lower() in _BORDERS
    return False


def _is_destination(sentence: Sentence, start: int, motion: set[int]) -> bool:
    """A noun or verb of motion leads here: "visit Russia", "flew home to Russia"; `motion` holds their ends."""
    if start - 1 in motion:
        return True
    words = sentence.before(start, 3)
    at = start - 1
    if words and words[0] in ("the", "neighbouring", "neighboring"):
        at -= len(words.pop(0)) + 1
    if not words or words[0] not in ("to", "for"):
        return False
    at -= len(words.pop(0)) + 1
    if words and words[0] in ("back", "on", "over"):
        at -= len(words[0]) + 1
    return any(at - _LONGEST_WAY <= end <= at for end in motion)


def _is_related(sentence: Sentence, start: int, targets: set[int]) -> bool:
    """ "with", "between … and", "accused" or "pressure on" stands before."""
    if any(end + 1 == start for _, end, _ in sentence.verbs):
        return True
    words = sentence.before(start, 3)
    if words[:1] == ["on"]:
        return start - len(" on ") in targets
    if len(words) == 3 and words[0] == "and" and words[1][:1].isupper():
        return words[2].lower() in _RELATIONS
    return bool(words) and words[0].lower() in _RELATIONS


def _is_pair(draft: Draft, sentence: Sentence) -> bool:
    """ "US-Iraq relations" are between two actors, a "US-led" group is led by one."""
    return any(
        (other.start == draft.end + 1 or other.end + 1 == draft.start)
        and other.actor_type in _STATES
        and other.actor is not draft.actor
        for other in sentence.drafts
    )


def _city_stance(
    draft: Draft, sentence: Sentence, previous: Draft | None, after: frozenset[WordKind], ends: Ends
) -> MentionRole:
    """A capital stands for a government unless a noun beside it says otherwise."""
    text, localities = sentence.text, ends["locality"]
    if "locality" in after or (
        text[draft.end : draft.end + 1] == " " and text[draft.end + 1 : draft.end + 2].isupper()
    ):
        return "modifier"  # "Kabul airport", "the Paris Declaration"
    if localities and text.startswith(" of ", (of := draft.start - len(" of "))) and of in localities:
        return "place"  # "the city of Moscow"
    if text[draft.start - 1 : draft.start] == " " and run_to(text, draft.start - 1, sentence.start) < draft.start - 1:
        return "modifier"  # "Greater London"
    if sentence.word_before(draft.start).lower() in _INDEFINITE:
        return "modifier"  # "a London think tank"
    if previous is not None and previous.form == "metonym" and _is_joined(text, previous.end, draft.start):
        return "actor"  # "blamed Moscow, Minsk and Tehran"
    is_actor = _is_related(sentence, draft.start, ends["target"]) or _is_subject(draft, sentence)
    return "actor" if is_actor else "place"


def _is_joined(text: str, end: int, start: int) -> bool:
    return bool(_COMMA.fullmatch(text, end, start) or _AND.fullmatch(text, end, start))


def _is_subject(city: Draft, sentence: Sentence) -> bool:
    """A verb follows, as far as the next word tells, or a possessive, or another capital with its verb."""
    text = sentence.text
    near = [d for d in sentence.drafts if city.end < d.start <= city.end + 5 and d.actor_type in _STATES]
    other = near[0] if near else None
    if other is not None and text[city.end : other.start] in (" and ", ", ", " or "):
        return _is_subject(other, sentence)
    after = _AFTER.match(text, city.end, sentence.end)
    return after is not None and (after[1] is not None or after[2] in _PREDICATES or after[2] not in FUNCTION_WORDS)


def _is_language(draft: Draft, sentence: Sentence) -> bool:
    """ "said in Russian": nothing follows that the adjective could describe."""
    text = sentence.text
    return (
        draft.actor_type != "group"
        and not (text[draft.end : draft.end + 1] in (" ", "-") and text[draft.end + 1 : draft.end + 2].isalpha())
        and sentence.word_before(draft.start) in _LANGUAGE
    )

"""What a mention does in its sentence: it acts, it is a place, or it modifies a noun.

Only the words beside the mention are read. Source of the rules: counts on labelled conflict reports and news, where
"preposition of place + country" was a place in 211 of 213 cases. A capital that is a place or a modifier is no mention
of a government and is dropped.
"""

import re

from pipeline.text.lexicon import WordKind
from pipeline.text.tagging.drafts import Draft, MentionRole, Sentence
from pipeline.text.tagging.grammar import FUNCTION_WORDS
from pipeline.text.tagging.runs import run_to

_PLACE_BEFORE = re.compile(
    r"\b(?:in|into|inside|within|from|near|across|throughout|around|outside|outside of|at|via|over|on|off|beyond|"
    r"north|south|east|west|northern|southern|eastern|western|central|downtown|capital,) "
    r"(?:the |both |all of |parts of |much of |neighbou?ring |nearby |mainland |"
    r"(?:north|south|east|west|northeast|northwest|southeast|southwest|northern|southern|eastern|western|central) )*$",
    re.IGNORECASE,
)
_TO = re.compile(r" (?:back |on |over )?(?:to|for) (?:the |neighbou?ring )?$")
_CITY_BEFORE = re.compile(r"(?<![\w’'])(?!(?:However|Meanwhile|Earlier|Today|Yesterday),)[A-Z][\w’'-]+, (?:in )?$")
_AND = re.compile(r",? (?:and|or) (?:the |in )?")
_COMMA = re.compile(r", (?:the )?")
_GOES_ON = re.compile(r",| and | or ")
_DATELINE = re.compile(r"(?:, [A-Z][a-z]{2,8}\.? \d{1,2})?(?: \([A-Z][\w /.]+\))?,? ?[-–—] | \([A-Z][\w /.]+\)")
_LANGUAGE = re.compile(r"\b(?:in|into|from|speaks?|spoke|speaking|fluent|translated) $")
# A government acts ("Moscow denied", "Moscow’s plan") or is dealt with ("talks with Moscow").
_AFTER = re.compile(r"(['’]s?) | ([a-z]+)\b")
_RELATION_BEFORE = re.compile(
    r"\b(?:with|between|by|against|to|towards?|urged?|told|accused?|warned|[Bb]oth) (?:[A-Z][\w-]+ and )?$"
)
_PREDICATES = frozenset(
    ("has", "have", "had", "is", "was", "were", "are", "will", "would", "could", "should", "may", "might", "must", "can",
     "did", "does", "do", "said", "says", "along", "also", "still", "now", "then", "today", "never")
)  # fmt: skip
_OF = re.compile(r" of (?:the )?$")
_HYPHENS = ("-", "‑", "–")
_STATES = frozenset(("country", "government"))


def add_stance(sentence: Sentence) -> None:
    """Fill `mention_role` of every draft; adjectives of places and languages are dropped with the capitals."""
    words: dict[int, frozenset[WordKind]] = {}
    for hit in sentence.hits:
        if hit.entry.words:
            words[hit.start] = words.get(hit.start, frozenset()) | hit.entry.words
    localities = {hit.end for hit in sentence.hits if "locality" in hit.entry.words}
    motion = [hit.end for hit in sentence.hits if "motion" in hit.entry.words]
    previous: Draft | None = None
    for draft in sorted(sentence.drafts, key=lambda d: d.start):
        if draft.mention_role is None:
            draft.mention_role = _stance(draft, sentence, previous, motion)
        after = words.get(draft.end + 1, frozenset())
        if draft.form == "metonym" and draft.outer is None and draft.mention_role == "actor":
            draft.mention_role = _city_stance(draft, sentence, after, localities)
        if (draft.form == "metonym" and draft.mention_role != "actor") or (
            draft.form == "adjective" and ("place" in after or _is_language(draft, sentence))
        ):
            draft.is_trap = True
        if draft.outer is None and not (draft.form == "role" and draft.is_trap):
            previous = draft


def _stance(draft: Draft, sentence: Sentence, previous: Draft | None, motion: list[int]) -> MentionRole:
    text, start, end = sentence.text, draft.start, draft.end
    if draft.form == "adjective" and draft.actor_type != "group":
        return "modifier"
    if draft.actor_type not in _STATES or draft.form not in ("name", "metonym"):
        return "actor"
    if text[end : end + 1] in _HYPHENS or text[start - 1 : start] in _HYPHENS:
        return "modifier"
    if draft.outer is not None:
        return "modifier"
    if _PLACE_BEFORE.search(text, max(sentence.start, start - 40), start):
        return "place"
    if start == sentence.start and _DATELINE.match(text, end):
        return "place"
    to = _TO.search(text, max(sentence.start, start - 25), start)
    if start - 1 in motion or (to and any(to.start() - 25 <= at <= to.start() for at in motion)):
        return "place"
    if previous is not None and previous.mention_role == "place":
        if _AND.fullmatch(text, previous.end, start):
            return "place"
        if _COMMA.fullmatch(text, previous.end, start) and _GOES_ON.match(text, end):
            return "place"
    if _CITY_BEFORE.search(text, max(sentence.start, start - 30), start) and not (
        previous is not None and start - previous.end <= len(", the ")
    ):
        return "place"
    return "actor"


def _city_stance(draft: Draft, sentence: Sentence, after: frozenset[WordKind], localities: set[int]) -> MentionRole:
    """A capital stands for a government unless a noun beside it says otherwise."""
    text = sentence.text
    if "locality" in after or (
        text[draft.end : draft.end + 1] == " " and text[draft.end + 1 : draft.end + 2].isupper()
    ):
        return "modifier"  # "Kabul airport", "the Paris Declaration"
    of = _OF.search(text, max(sentence.start, draft.start - 8), draft.start)
    if of and of.start() in localities:
        return "place"  # "the city of Moscow"
    if text[draft.start - 1 : draft.start] == " " and run_to(text, draft.start - 1, sentence.start) < draft.start - 1:
        return "modifier"  # "Greater London"
    is_related = _RELATION_BEFORE.search(text, max(sentence.start, draft.start - 20), draft.start) is not None
    return "actor" if is_related or _is_subject(draft, sentence) else "place"


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
        and _LANGUAGE.search(text, max(sentence.start, draft.start - 15), draft.start) is not None
        and not (text[draft.end : draft.end + 1] in (" ", "-") and text[draft.end + 1 : draft.end + 2].isalpha())
    )

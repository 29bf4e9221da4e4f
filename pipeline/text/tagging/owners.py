"""Whose a role or body is: the country, body or capital that stands with its noun, in every order English has.

To the left ("the Russian deputy foreign minister"), in coordination ("Russian and Belarusian soldiers"), after "of".
What is made of owner and noun is `heads.py`.
"""

import re
from collections.abc import Iterator

from pipeline.text.lexicon import Entry, Hit
from pipeline.text.tagging.drafts import Draft, Knowledge, Sentence
from pipeline.text.tagging.grammar import FUNCTION_WORDS

_FORMER = frozenset(("former", "ex", "then", "ousted", "deposed", "outgoing"))
_FORMERLY = _FORMER | {"late"}
HYPHENS = ("-", "‑")
_ELECT = re.compile(r"[-‑](?:elect|designate)\b")
_GAP = re.compile(r"(?P<possessive>['’]s?)?(?P<words>(?: [^\W\d_][\w.]*(?:[-’'][^\W\d_]+)*){0,4}) ")
_LONGEST_GAP = 60
_POSSESSIVES = ("'s ", "’s ")
_AND = re.compile(r",? (?:and|or) (?:the )?|, (?:the )?|[-/–]")
_AND_ALSO = re.compile(r" (?:and|or) (?:the )?|[-/–]")
_OF = re.compile(r" (?:based )?(of|for|from|in|inside|across|throughout) (?:the )?")
# Who else is "in" a country may be there for another: "troops in Iraq", "our reporter in Tallinn".
_LOCAL = frozenset(
    ("GOV", "LEG", "JUD", "COP", "REB", "OPP", "UAF", "CVL", "REF", "EDU", "LAB", "REL", "AGR", "CRM", "MED")
)


def owners_of(
    sentence: Sentence, left: list[Draft], right: Draft | None, hit: Hit, knowledge: Knowledge
) -> list[tuple[Draft, int, bool]]:
    """(owner, end of the phrase, former): the name before the noun with those coordinated to it, or the one after "of".

    `left` holds the names before the noun, nearest first.
    """
    text = sentence.text
    start, end, entry = hit
    elect = _ELECT.match(text, end) if text[end : end + 1] in HYPHENS else None
    hit_end = elect.end() if elect else end
    if left and _is_ready(left, sentence, start):
        words = _between(text, left[0], start, knowledge)
        if words is not None:
            is_former = (
                elect is not None or not _FORMERLY.isdisjoint(map(str.lower, words)) or is_past(sentence, left[0].start)
            )
            return [(owner, hit_end, is_former) for owner in _coordinated(text, left)]
    of = _OF.match(text, end)
    if of and right is not None and of.end() == right.start and not right.is_trap and _may_own(right, of[1], entry):
        if not text.startswith(_POSSESSIVES, right.end):
            return [(right, right.end, is_past(sentence, start))]
        # Of a body of the state's: its spokesman is the state's, but the president of France's league is not France's.
        if entry.head is not None and (not entry.head.office or entry.head.office.endswith("spokesperson")):
            return [(right, end, is_past(sentence, start))]
    return []


def _is_ready(left: list[Draft], sentence: Sentence, start: int) -> bool:
    """The nearest name can own what follows: not in "Russian officials told soldiers" nor in "pro-Russian rebels"."""
    name = left[0]
    is_prefixed = sentence.text[name.start - 1 : name.start] in HYPHENS and not (
        len(left) > 1 and left[1].end + 1 == name.start
    )
    return (
        not (name.is_trap or is_prefixed)
        and (name.outer is None or name.outer.end + 1 == start)
        and not any(name.end < verb[0] < start for verb in sentence.verbs)
    )


def _may_own(name: Draft, preposition: str, noun: Entry) -> bool:
    """The name after "of", "for", "from" or "in" says whose the role or body is."""
    if name.form not in ("name", "metonym") or name.actor_type == "person" or name.rule == "bare_body":
        return False
    if preposition in ("of", "for"):
        return True
    return noun.head is not None and noun.head.sector in _LOCAL and "abroad" not in noun.words


def _coordinated(text: str, left: list[Draft]) -> Iterator[Draft]:
    """The nearest name, and "Russian" before "and Belarusian soldiers", "Peru" before "and Chile’s presidents"."""
    nearest = later = left[0]
    yield nearest
    joint = _AND if nearest.form == "adjective" else _AND_ALSO
    for earlier in left[1:]:
        is_alike = earlier.form == nearest.form and earlier.actor_type == nearest.actor_type != "person"
        if not is_alike or earlier.is_trap or not joint.fullmatch(text, earlier.end, later.start):
            return
        yield earlier
        later = earlier


def _between(text: str, owner: Draft, start: int, knowledge: Knowledge) -> list[str] | None:
    """The words between an owner and its head noun, or None if they do not make one phrase."""
    if start - owner.end > _LONGEST_GAP:
        return None
    gap = _GAP.fullmatch(text, owner.end, start)
    if gap is None:
        return None
    words = gap["words"].split()
    if any(word in FUNCTION_WORDS for word in words):
        return None
    if gap["possessive"] or owner.form == "adjective" or all(word[0].isupper() for word in words):
        return words
    return words if all(word in knowledge.adjuncts for word in words) else None


def is_past(sentence: Sentence, start: int) -> bool:
    """ "former", "ex-" or "then" stands before, with two words between at most."""
    if sentence.text[start - 3 : start].lower() == "ex-":
        return True
    for word in sentence.before(start, 3):
        if word.lower().partition("-")[0] in _FORMER:
            return True
        if not word.replace("-", "").isalnum():
            return False
    return False

"""Who says it: the subject of a verb of saying, before it, after it or behind "according to".

What is said is `statements.py`. A subject need not be a mention: "a resident said" has one, and nobody is named.
"""

import re
from typing import NamedTuple

from pipeline.text.quoting.sentence import Sentence, Verb
from pipeline.text.tagging.drafts import Mention

__all__ = ["Subject", "after_verb", "before_verb", "is_noun", "is_owned_noun", "is_passive", "named_at"]


class Subject(NamedTuple):
    """The phrase from `start` to `end` speaks; `speaker` is the index of the mention that names it, if one does."""

    start: int
    end: int
    speaker: int | None


_REACH = 200  # characters between the start of a subject and its verb
# A pattern bound to the end is tried at every character before it, which is dear; so each comes with the last words, or
# their endings, for which the pattern can hold, and is tried only then.
_DAY = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|today|yesterday)"
# Between a subject and its verb stand auxiliaries, adverbs, days, and a relative pronoun.
_BETWEEN = (
    "has|have|had|is|are|was|were|be|been|being|will|would|did|does|do|not|also|then|later|again|just|once|even|still|"
    "first|never|already|further|soon|and|but"
)
_QUOTED = r"quoted (?:by (?:[\w.’'-]+ ){1,4}?)?as"
_AUXILIARIES = re.compile(
    rf"(?:['’]s)?(?:,? (?:who|which))?,?(?: (?:{_BETWEEN}|(?:on )?{_DAY}|continued to|went on to|{_QUOTED}|[a-z]+ly))*,? ?$"
)
_AUXILIARY_WORDS = frozenset(("to", "as", "today", "yesterday", "who", "which", *_BETWEEN.split("|")))
_AUXILIARY_ENDS = ("day", "ly", "'s", "’s")
_NO_AUXILIARIES = re.compile(r",? ?$")  # what `_AUXILIARIES` finds where there are none
_LONGEST_PAUSE = len(", \n")
_SHARED = re.compile(r"\b(?:and|but)(?: [a-z]+ly| also| then| later| has| had)* $")
_SHARED_WORDS = frozenset(("also", "then", "later", "has", "had"))
_SHARED_ENDS = ("and", "but", "ly")
_BE = "is|are|was|were|be|been|being|got"
_LONGEST_PASSIVE = 40  # characters before the verb
_PASSIVE = re.compile(rf" (?:{_BE})(?: [a-z]+ly| also| later| once| not| already)* ?$")
_PASSIVE_WORDS = frozenset(("also", "later", "once", "not", "already", *_BE.split("|")))
_COMPLEMENT = re.compile(r" (?:in|at|of|for|from|on|with|to|near|close to|as) [^,“”\"–—]{1,60}")
_STAFF = re.compile(r"['’]s? (?:[a-z]+ )?office")
_DASHED = re.compile(r" [–—] [^–—“”\"]+ [–—] $")
_GOVERNING = "to|of|for|from|in|at|with|near|inside|within|by|about|on"
_PREPOSITION = re.compile(rf"(\w+ )?\b(?:{_GOVERNING}) (?:the |an? |his |her |its |their )?$")
_PREPOSITION_WORDS = frozenset(("the", "a", "an", "his", "her", "its", "their", *_GOVERNING.split("|")))
_POSSESSIVE = re.compile(r"(?:['’]s|s['’]) $")
_OWNED = re.compile(r"(?:['’]s|(?<=s)['’]) ")
_OFFICE = re.compile(r"(?:[\w-]+ )*")
_LONGEST_OFFICE = 60  # characters between an owner and the name of the one owned
_PRONOUN = re.compile(r"\b(?:I|we|you|they|he|she|who) (?:[a-z]+ly |also |still |do |did )*$", re.IGNORECASE)
_QUANTIFIER = re.compile(r"(?:one|two|three|some|many|most|all|both|none|several|few|each|either|any) ", re.IGNORECASE)
# What may stand between the comma and the name or role behind it: "the", "General".
_OPENING = re.compile(r", (?:an? |the |his |her |its |their |then |former )*(?:[A-Z][\w.-]* ){0,3}$")
_PHRASE_BACKWARDS = re.compile(r"(?: [\w.'’&-]+)*")
_ASIDE = re.compile(r", [^“”\"]{1,120}")
_AND_OFFICE = re.compile(r" and (?:[\w-]+ )+")
_LINKS = re.compile(
    r"(?:(?:and|but|or|as|while|when|where|because|after|before|that|which|who|however|then|so) )+", re.IGNORECASE
)
_DETERMINER = re.compile(
    r"(?:the|an?|his|her|its|their|this|that|these|those|no|in|at|on|of|to|for|by) ", re.IGNORECASE
)
_LONGEST_PHRASE = 9  # words: longer ones are clauses of their own
_INVERTING = frozenset(',”"’?!»')


def before_verb(sentence: Sentence, verb: Verb, last: str, earlier: int | None) -> Subject | None:
    """The phrase before the verb that is its subject: in an apposition the name, never the object of a preposition.

    `last` is the word before the verb, `earlier` is the speaker of the verb before: "X smiled and said", "X said …, adding that" share their subject.
    """
    text = sentence.text
    floor = max(sentence.start, verb.start - _REACH)
    for _, b in sentence.pieces_before(verb.start):
        floor = max(floor, b + 1)
    lead = text[floor : verb.start]
    is_shared = (last in _SHARED_WORDS or last.endswith(_SHARED_ENDS)) and _SHARED.search(lead)
    if is_shared or (verb.form.is_participle and lead.endswith(", ")):
        start = verb.start - len(lead) + len(lead.rstrip(" ,"))
        return Subject(start, verb.start, earlier if earlier is not None else _opening(sentence))
    dashed = _DASHED.search(lead) if last.endswith(("–", "—")) else None
    if last in _AUXILIARY_WORDS or last.endswith(_AUXILIARY_ENDS):
        auxiliaries = dashed or _AUXILIARIES.search(lead)
    else:
        auxiliaries = dashed or _NO_AUXILIARIES.search(lead, max(0, len(lead) - _LONGEST_PAUSE))
    end = floor + (auxiliaries.start() if auxiliaries else len(lead))
    is_closed = auxiliaries is not None and auxiliaries.group().startswith(",") and "who" not in auxiliaries.group()[:6]
    candidates = [i for i in sentence.near(floor, end) if sentence.mentions[i].char_end <= end]
    for i in sorted(candidates, key=lambda i: sentence.mentions[i].char_end, reverse=True):
        mention = sentence.mentions[i]
        gap = text[mention.char_end : end]
        if _STAFF.fullmatch(gap) and mention.actor_type == "person":  # whoever speaks there speaks for him
            return _at(sentence, floor, end, i)
        is_aside = is_closed and _ASIDE.fullmatch(gap)
        if mention.mention_role != "actor" or not (not gap or is_aside or _COMPLEMENT.fullmatch(gap)):
            continue
        if is_closed and not gap:
            opening = _OPENING.search(text, max(floor, mention.char_start - 40), mention.char_start)
            if opening is None:
                continue
            named = _ending(sentence, opening.start())
            if named is None or (mention.form == "name" and not _is_named(sentence.mentions[named], mention)):
                start = _phrase_start(text, floor, opening.start())
                return Subject(start, end, i) if start < opening.start() else None
            return _at(sentence, floor, end, named)
        if not _is_object(sentence, floor, mention.char_start):
            return _at(sentence, floor, end, _first_of(sentence, i))
    start = _phrase_start(text, floor, end)
    return Subject(start, end, None) if _has_noun(text[start:end]) else None


def _is_named(first: Mention, name: Mention) -> bool:
    """The first of two in apposition is named itself: not "its leader", nor "Peru" in "the ambassador to Peru, Ada Kern,"."""
    if first.form in ("role", "nominal"):
        return False
    return name.actor_type != "person" or first.actor_type == "person"


def _opening(sentence: Sentence) -> int | None:
    """The acting mention the sentence begins with."""
    near = (i for i in sentence.near(sentence.start, sentence.start + len("The ")))
    first = next((i for i in near if sentence.mentions[i].mention_role == "actor"), None)
    return None if first is None else _possessed(sentence, first)


def _possessed(sentence: Sentence, owner: int) -> int | None:
    """ "Hungary’s new foreign minister Anna Kiss": the person, not the country; somebody's unnamed aide is nobody."""
    text, mentions = sentence.text, sentence.mentions
    owned = _OWNED.match(text, mentions[owner].char_end, sentence.end)
    if not owned:
        return owner
    for i in sentence.near(owned.end(), owned.end() + _LONGEST_OFFICE):
        between = text[owned.end() : mentions[i].char_start]
        office = mentions[i].role_text or ""
        if mentions[i].actor_type == "person" and between.strip().endswith(office) and _OFFICE.fullmatch(between):
            return i if office or not between else None
    return None


def _at(sentence: Sentence, floor: int, end: int, speaker: int) -> Subject:
    first = sentence.mentions[speaker].char_start
    for i in sentence.near(first - _REACH, first):
        if sentence.mentions[i].char_end > first:  # the outermost mention that holds it
            first = sentence.mentions[i].char_start
            break
    return Subject(_phrase_start(sentence.text, floor, first), end, speaker)


def _phrase_start(text: str, floor: int, end: int) -> int:
    """Where the words that lead to `end` without a comma begin, links such as "and" left out."""
    lead = text[floor:end] if end == floor or text[end - 1] == " " else text[floor:end] + " "
    phrase = _PHRASE_BACKWARDS.match(lead[::-1])
    start = floor + len(lead) - (phrase.end() if phrase else 0)
    links = _LINKS.match(text, start, end)
    return links.end() if links else start


def _is_object(sentence: Sentence, floor: int, start: int) -> bool:
    """Whether the phrase at `start` hangs on a noun by a preposition: "an aide to", "a source close to the"."""
    may_be = sentence.word_before(start) in _PREPOSITION_WORDS
    preposition = _PREPOSITION.search(sentence.text[floor:start]) if may_be else None
    return bool(preposition and preposition.group(1) and not _QUANTIFIER.match(preposition.group(1)))


def _has_noun(phrase: str) -> bool:
    words = phrase.split()
    return 0 < len(words) <= _LONGEST_PHRASE and not (len(words) == 1 and _DETERMINER.match(words[0] + " "))


def _ending(sentence: Sentence, position: int) -> int | None:
    """The outermost acting mention that ends at `position`."""
    ending = (
        i
        for i in sentence.near(position - _REACH, position)
        if sentence.mentions[i].char_end == position and sentence.mentions[i].mention_role == "actor"
    )
    return next(ending, None)


def _first_of(sentence: Sentence, last: int) -> int:
    """ "Miller and Stone said": the first; one that stands after a comma only if the comma closes an apposition."""
    start = sentence.mentions[last].char_start
    for i in sentence.near(start - _REACH, start):
        gap = sentence.text[sentence.mentions[i].char_end : start]
        if not gap.startswith((" and ", ", and ")):
            continue
        name, office = _named(sentence, i), sentence.mentions[last].role_text
        is_other = sentence.mentions[name].form == "name"  # not "American academic and writer Mark Trent"
        if office and is_other and gap.endswith(f" {office} ") and _AND_OFFICE.fullmatch(gap):
            gap = " and "
        if sentence.mentions[i].mention_role == "actor" and (
            gap in (" and ", " and the ") or (name != i and gap in (", and ", ", and the "))
        ):
            return name
    return _named(sentence, last)


def _named(sentence: Sentence, role: int) -> int:
    """The person a role stands in apposition to, or the role."""
    mention = sentence.mentions[role]
    opening = mention.form == "role" and _OPENING.search(
        sentence.text, max(sentence.start, mention.char_start - 40), mention.char_start
    )
    named = _ending(sentence, opening.start()) if opening else None
    return named if named is not None and sentence.mentions[named].actor_type == "person" else role


def is_owned_noun(sentence: Sentence, verb: Verb, subject: Subject) -> bool:
    """ "called her rival’s remarks “dull”": what somebody else speaks of; "in his remarks: “…”" is a cue."""
    return (
        is_noun(sentence, verb, subject)
        and bool(_POSSESSIVE.search(sentence.text[subject.start : verb.start]))
        and sentence.text[verb.end : verb.end + 1] not in (":", ",")
    )


def is_noun(sentence: Sentence, verb: Verb, subject: Subject) -> bool:
    """ "recent claims", "the board’s report": a form that is a noun as well, and no actor stands right before it."""
    if not verb.form.may_be_noun:
        return False
    between = sentence.text[subject.start : verb.start]
    return bool(_POSSESSIVE.search(between)) or (subject.speaker is None and not _PRONOUN.search(between))


def is_passive(sentence: Sentence, verb: Verb, last: str) -> bool:
    """ "He was told", "an attack claimed by Daesh": the subject does not speak. `last` is the word before the verb."""
    if verb.form.is_participle:
        return False
    text = sentence.text
    if (last in _PASSIVE_WORDS or last.endswith("ly")) and _PASSIVE.search(
        text[max(sentence.start, verb.start - _LONGEST_PASSIVE) : verb.start]
    ):
        return True
    return text.startswith(" by ", verb.end)


def after_verb(sentence: Sentence, verb: Verb) -> Subject | None:
    """ "…", said Miller: the phrase after a verb that follows a closing mark or a comma."""
    if verb.start - 2 < sentence.start or sentence.text[verb.start - 2] not in _INVERTING:
        return None
    return Subject(verb.start, verb.end, named_at(sentence, verb.end + 1))


def named_at(sentence: Sentence, position: int) -> int | None:
    """The mention that the phrase at `position` names; a name before the role it stands with."""
    near = [i for i in sentence.near(position, position + 60) if sentence.mentions[i].mention_role != "modifier"]
    gaps = {i: sentence.text[position : sentence.mentions[i].char_start] for i in near}
    first = next((i for i in near if gaps[i].lower() in ("", "the ", "a ", "an ")), None)
    if first is not None and sentence.mentions[first].form == "role":
        end = sentence.mentions[first].char_end
        for i in near:
            if sentence.mentions[i].form == "name" and sentence.text[end : sentence.mentions[i].char_start] == ", ":
                return i
    if first is not None:
        return _possessed(sentence, first)
    return next(
        (i for i in near if sentence.mentions[i].actor_type == "person" and not re.search(r"[,;:“”\"]", gaps[i])), None
    )

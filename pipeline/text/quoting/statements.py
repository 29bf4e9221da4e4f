"""What is said: the stretch that hangs on a verb of saying, before or after it. Who says it is `subjects.py`."""

import re

from pipeline.text.quoting.sentence import Sentence, Verb
from pipeline.text.quoting.subjects import Subject, is_noun
from pipeline.text.tagging.marks import Span

__all__ = ["after_cue", "around_according", "bare_before", "quoted_before"]

_AUXILIARY = (
    r"(?:would|will|was|were|is|are|had|has|have|could|should|may|might|must|can|cannot|do|does|did|"
    r"(?:would|wo|was|were|is|are|had|has|have|could|should|must|ca|do|does|did)n['’]t)\b"
)
_DAY = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|today|yesterday)"
_WHEN = re.compile(
    rf"(?:,? (?:(?:on |late |early )*{_DAY}|in an? (?:\w+ )?(?:statement|interview|post|speech)|"
    r"on [A-Z]\w*(?: [A-Z]\w+)?))?"
)
_THAT = re.compile(
    r"(?: [^,.;:“”\"\n]{1,70}?)??,? (?:that|whether) "
    r"(?!he same |(?:\w+ times|before|again|publicly|repeatedly)(?:[.,;!?]|$))"
)
_NO_OBJECT = (
    r"(?!(?:to|of|in|on|at|with|by|for|from|about|against|and|or|as|into|over|how|when|after|before|during|if) )"
)
_CLAUSE = re.compile(rf":? {_NO_OBJECT}(?:[^\s,.;:“”\"]+ ){{1,9}}?{_AUXILIARY}")
_SHORT_CLAUSE = re.compile(r" (?:he|she|it|they|we|I|there|this)(?:['’]\w+|\b) (?!(?:to|in|on|at|with|and|or) )")
_FINITE = re.compile(r" [a-z]+(?:ed|s)\b")  # after the name that begins the statement
_CLAIM = re.compile(r" (?:the|any|all|those|these|such|his|her|its|their) [\w-]+(?: [\w-]+){0,3}[.!]?\s*$")
_ADDRESSEE = re.compile(
    r" (?:them|him|her|us|me|you|(?:the |an? |his |her |its |their |state |local )*(?:\w+ )?"
    r"(?:reporters?|journalists?|lawmakers|senators|parliament|media|television|TV|radio|channel|agency|newspaper|"
    r"conference|court|council|committee|assembly|audience|crowd|supporters|followers|police|colleagues))\b"
)
_ASIDE = re.compile(r", (?:which|who)\b|, (?:\w+ly )?[a-z]+ing (?:that|to) ")
# A comma after which the sentence's own verb comes: no participle, conjunction, preposition or new subject.
_RESUMES = re.compile(
    r", (?!(?:\w+ing|and|but|or|nor|so|as|while|when|where|whereas|with|without|which|who|that|if|unless|because|since|after|"
    r"before|despite|in|on|at|by|for|from|to|of|the|an?|he|she|it|they|we|I)\b)[a-z]"
)
_OCCASION = re.compile(r" (?:after|as|at|before|by|during|from|in|of|on|to|via|with) [^,.;:?!“”\"]{1,80}: ")
_WHO = re.compile(r",? (?:who|which) ")
_NEXT_CLAUSE = re.compile(r"; (?!(?:and |or |but )?(?:that|whether|to) )")  # "that …; and that …" goes on
_LABEL = re.compile(r"[^a-z“”\"]+: |[^“”\"]{1,40} [–—-]+ ")  # "INTERVIEW: “…”", "LIMA - “…”"
_LINK = re.compile(r"\b(?:as|it|but|and)$", re.IGNORECASE)
_OPENER = re.compile(r"[\s,]*(?:and|but|yet|so|as|it|also|still|however|meanwhile)?[\s,]*", re.IGNORECASE)
_TAIL = re.compile(
    rf"(?:,? (?:{_DAY}|(?:on|in|at|to|from|during|after|before|through|via|late|early|earlier|later|last|this) )[^,“”\"]{{0,70}})?"
    r"(?:,? [a-z]+ly)?[.!?]?\s*$"
)
_RELATIVE = re.compile(r"\b(?:which|who|whom|that|whose)\b")
_ADVERBIAL = re.compile(
    r"(?:In|On|At|By|For|From|After|Before|During|Of|With|Speaking|Asked|Citing|Despite|Under) [^,]+,"
)
_PAUSES = frozenset(",.?!…—–-")  # before the mark that closes a quotation with an attribution
_LONGEST_LINK = 20  # characters: ", but as "
_LONGEST_APART = 2  # characters of punctuation and space between a quotation and its attribution
_SHORTEST_BARE = 12  # characters: "However, he said" states nothing


def after_cue(sentence: Sentence, verb: Verb, subject: Subject) -> Span | None:
    """What follows the verb: a quotation, "that …", a clause, or the claim a verb such as "deny" takes."""
    text, end = sentence.text, _clause_end(sentence, verb, subject)
    told, has_subject = _addressed(sentence, verb), subject.start < subject.end
    is_open = has_subject or text[verb.end : verb.end + 1] in (",", ":")  # not "a print called “Cowboys”"
    for at in (verb.end, told) if is_open else ():
        for a, b in sentence.pieces_from(at):
            is_next = a <= at + 1 + _LONGEST_APART and not text[at : a - 1].strip(" ,:")
            if is_next or _OCCASION.fullmatch(text, at, a - 1):
                closes_all = b + 1 >= end or not text[b + 1 : min(end, b + 9)].strip(' .,”"’')
                return (a, b) if closes_all or text[b - 1] in ",.!?" else (a - 1, end)
    if is_noun(sentence, verb, subject):
        return None
    if "that" in verb.form.verb.takes and has_subject:
        has_that = text.find(" that ", told, end) >= 0 or text.find(" whether ", told, end) >= 0
        that = _THAT.match(text, told, end) if has_that else None
        is_inner = that and re.search(_AUXILIARY, text[told : that.end()])  # "said X had told Y that …"
        if that and not is_inner and not any(a < that.end() - 1 for a, _ in sentence.pieces_from(verb.end)):
            return that.end(), _without_aside(sentence, that.end(), end)
        if _SHORT_CLAUSE.match(text, told, end) or _CLAUSE.match(text, told, end) or _names_subject(sentence, told):
            start = told + 1 + (text[told] in ",:")
            return (start, _without_aside(sentence, start, end)) if start < end else None
    if subject.speaker is not None and "claim" in verb.form.verb.takes and _CLAIM.match(text, verb.end, sentence.end):
        return verb.end + 1, end
    return None


def _clause_end(sentence: Sentence, verb: Verb, subject: Subject) -> int:
    """The end of what may be said: that of the sentence, a semicolon, or the comma that closes "Kiss, who said …, "."""
    end = sentence.bare_end()
    breaks = (at.start() for at in _NEXT_CLAUSE.finditer(sentence.text, verb.end, end))
    end = next((at for at in breaks if not sentence.is_quoted(at)), end)
    if subject.end == verb.start or not _WHO.match(sentence.text, subject.end, verb.start):
        return end
    commas = (comma.start() for comma in _RESUMES.finditer(sentence.text, verb.end, end))
    return next((at for at in commas if not sentence.is_quoted(at)), end)


def _addressed(sentence: Sentence, verb: Verb) -> int:
    """Where the statement may begin: after the one who is told, the day and the occasion."""
    text, at = sentence.text, verb.end
    if "person" in verb.form.verb.takes:
        addressee = _ADDRESSEE.match(text, at, sentence.end)
        gaps = {i: text[at : sentence.mentions[i].char_start] for i in sentence.near(at, at + len(" the "))}
        told = [sentence.mentions[i].char_end for i, gap in gaps.items() if gap in (" ", " the ", " a ")]
        at = addressee.end() if addressee else max(told, default=at)
    when = _WHEN.match(text, at, sentence.end)
    return when.end() if when else at


def _names_subject(sentence: Sentence, at: int) -> bool:
    """ "… Hamas uses hospitals": a mention and a finite verb."""
    return any(
        _FINITE.match(sentence.text, sentence.mentions[i].char_end)
        for i in sentence.near(at, at + len(" the "))
        if sentence.text[at : sentence.mentions[i].char_start] in (" ", " the ")
    )


def _without_aside(sentence: Sentence, start: int, end: int) -> int:
    """The end of the statement before the reporter's own ", which …" or ", adding that …"."""
    for aside in _ASIDE.finditer(sentence.text, start, end):
        if not sentence.is_quoted(aside.start()):  # inside quotation marks it is the speaker's
            return aside.start()
    return end


def quoted_before(sentence: Sentence, verb: Verb, subject: Subject) -> Span | None:
    """The quotation that ends where "X said" or "said X" begins, with what leads to it."""
    if not sentence.pieces:
        return None
    text, stop = sentence.text, _lead_end(sentence, subject.start)
    is_closed = text[verb.start - 2] == ","  # "the envoy, who asked not to be named, said"
    is_relative = not is_closed and _RELATIVE.search(text, subject.start, verb.start)
    if is_noun(sentence, verb, subject) or is_relative:
        return None
    for a, b in sentence.pieces_before(stop):
        if stop <= b + 1 + _LONGEST_APART and (text[b - 1] in _PAUSES or text[b + 1 : b + 2] == ","):
            has_lead = a - 1 > sentence.start and not _LABEL.fullmatch(text, sentence.start, a - 1)
            return (a, b) if not has_lead else (sentence.start, stop - (text[stop - 1] == ","))
    return None


def bare_before(sentence: Sentence, verb: Verb, subject: Subject) -> Span | None:
    """The clause that ends with a comma where "X said" begins; with "X said" the sentence must end."""
    text, stop = sentence.text, _lead_end(sentence, subject.start)
    if text[stop - 1] != "," or stop - sentence.start < _SHORTEST_BARE or "that" not in verb.form.verb.takes:
        return None
    is_finite = not verb.form.is_participle and not text.endswith(" to ", 0, verb.start)
    if is_noun(sentence, verb, subject) and not text.endswith("s ", 0, verb.start):
        return None  # "years of their rule", "for comment"; "experts claim" says it
    told = _addressed(sentence, verb) if subject.start < verb.start else verb.end
    if not is_finite or not _TAIL.match(text, told, sentence.end) or _ADVERBIAL.fullmatch(text, sentence.start, stop):
        return None
    return None if _RELATIVE.search(text, subject.start, verb.start) else (sentence.start, stop - 1)


def _lead_end(sentence: Sentence, phrase_start: int) -> int:
    """The end of what stands before the phrase, without space and linking words."""
    floor = max(sentence.start, phrase_start - _LONGEST_LINK)
    lead = sentence.text[floor:phrase_start].rstrip()
    link = _LINK.search(lead, max(0, len(lead) - len("and")))
    return floor + (len(lead[: link.start()].rstrip()) if link else len(lead))


def around_according(sentence: Sentence, start: int, end: int, speaker: int | None) -> Span | None:
    """ "According to X, …" and "…, according to X": what is left of the sentence."""
    if not _OPENER.fullmatch(sentence.text, sentence.start, start):
        stop = _lead_end(sentence, start)
        if stop - sentence.start < _SHORTEST_BARE and sentence.text.find(", ", end, sentence.end) > 0:
            return None  # "Macron, according to Le Monde, told …"
        whole = [(a, b) for a, b in sentence.pieces_before(stop) if a - 1 <= sentence.start and stop <= b + 2]
        return whole[0] if whole else (sentence.start, stop - (sentence.text[stop - 1] in ","))
    stop = end
    if speaker is not None:
        stop = sentence.mentions[speaker].char_end
        for i in sentence.near(stop, stop + 20):
            role = sentence.mentions[i]
            if role.form == "role" and re.fullmatch(
                r", (?:the |an? |then |former )*", sentence.text[stop : role.char_start]
            ):
                stop = role.char_end
    comma = sentence.text.find(", ", stop, sentence.end)
    return (comma + 2, sentence.bare_end()) if comma > 0 else None

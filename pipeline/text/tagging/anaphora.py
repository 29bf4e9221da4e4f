"""Pronouns, where a pattern says who is meant: the subject of a verb of saying, what follows "said that", and "I" and
"we" in the words of a named speaker.

Low confidence throughout. Everything else that refers back stays untagged.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from pipeline.text.lexicon import Hit
from pipeline.text.tagging.drafts import BY_START, Draft, Knowledge, Sentence, occurrences

_PRONOUNS = frozenset(("he", "she", "they", "it"))
# What may stand between a pronoun and its verb of saying, besides adverbs in -ly.
_AUXILIARIES = frozenset(
    ("has", "had", "have", "also", "then", "later", "again", "further", "once", "recently", "previously", "earlier",
     "did", "does", "would", "not")
)  # fmt: skip
_SAID_THAT = re.compile(r"(?: that| if| whether)? (he|she|it|they)(?=[’' ])")
_OWN = re.compile(r"(?<![\w’'])(its|itself|themselves)(?!\w)")
_THEIR = re.compile(r" (?:\w+ ){1,3}(their) ")
_OWN_WORDS = ("its", "itself", "themselves", "their")
_OBLIQUE = frozenset(("to", "of", "with", "for", "by", "against", "on", "in", "from", "about"))
_FIRST_PERSON = re.compile(r"(?<![\w’'])(?:(I|[Mm]y|[Mm]e|myself)|([Ww]e|us|[Oo]ur|ourselves))(?![\w’'])")
_TITLES = {"Mr": "m", "Sir": "m", "Lord": "m", "Mrs": "f", "Ms": "f", "Miss": "f", "Dame": "f", "Lady": "f"}
_NEAR = 25  # characters between a speaker and the verb or the quotation
_N_REMEMBERED = 3  # speakers that "she" may go back to, past the last "he"
_SINGULAR_BODY = frozenset(
    ("country", "government", "igo", "ngo", "party", "armed_group", "company", "media", "military", "legislature")
)


def add_pronouns(sentences: Sequence[Sentence], knowledge: Knowledge) -> None:
    """Append pronouns with what they stand for."""
    speakers: list[Draft] = []
    owning = sorted(at for word in _OWN_WORDS for at in occurrences(sentences[0].text, word)) if sentences else []
    for sentence in sentences:
        if not (sentence.drafts or (speakers and sentence.verbs)):
            continue
        drafts = [d for d in sentence.drafts if not d.is_trap]
        pronouns: list[Draft] = []
        for verb in sentence.verbs:
            pronouns += _around_verb(sentence, drafts, verb, speakers, knowledge)
        if bisect_left(owning, sentence.start) < bisect_left(owning, sentence.end):
            pronouns += _own(sentence, drafts)
        subject = _subject(sentence, drafts)
        if subject is not None:
            speakers = [*speakers[-_N_REMEMBERED:], subject]
        taken: set[int] = set()
        for pronoun in pronouns:
            if pronoun.start not in taken:
                taken.add(pronoun.start)
                sentence.drafts.append(pronoun)


def _own(sentence: Sentence, drafts: list[Draft]) -> Iterator[Draft]:
    """ "its" and "itself" are the nearest body's before; "their" too where it is the object of what that body did."""
    text, start, end = sentence.text, sentence.start, sentence.end
    bodies = [d for d in drafts if d.actor_type in _SINGULAR_BODY and d.form != "adjective"]
    for own in _OWN.finditer(text, start, end) if bodies else ():
        before = [d for d in bodies if d.end < own.start()]
        if before:
            yield _pronoun(own.start(), own.end(), max(before, key=lambda d: (d.end, d.start)))
    for body in bodies:
        their = _THEIR.match(text, body.end, end) if body.start == start else None
        if their:
            yield _pronoun(their.start(1), their.end(1), body)


def _around_verb(
    sentence: Sentence, drafts: list[Draft], verb: Hit, speakers: list[Draft], knowledge: Knowledge
) -> Iterator[Draft]:
    start, end, _ = verb
    has_object = sentence.text[end + 1 : end + 2].isupper()
    told = next((d for d in drafts if d.start == end + 1 and d.form == "name"), None) if has_object else None
    subject = _pronoun_before(sentence, start)
    if subject is not None:
        pronoun = sentence.text[slice(*subject)]
        speaker = next((d for d in reversed(speakers) if _agrees(pronoun, d, knowledge.genders)), None)
        if speaker is not None:
            yield _pronoun(*subject, speaker)
        if told is not None:
            yield from _said_that(sentence, told.end, told, knowledge.genders)
        return
    before = [
        d for d in drafts if start - _NEAR < d.end <= start and d.mention_role == "actor" and d.form != "adjective"
    ]
    if before:
        nearest = max(before, key=lambda d: (d.end, d.start))
        if sentence.word_before(nearest.start) not in _OBLIQUE:
            yield from _said_that(sentence, told.end if told else end, told or nearest, knowledge.genders)
            yield from _first_person(sentence, nearest, knowledge)


def _said_that(sentence: Sentence, at: int, said: Draft, genders: Mapping[str, str]) -> Iterator[Draft]:
    """ "Russia said it …", "threatened South Korea that it …"."""
    object_ = _SAID_THAT.match(sentence.text, at, sentence.end)
    if object_ and _agrees(object_[1], said, genders):
        yield _pronoun(object_.start(1), object_.end(1), said)


def _first_person(sentence: Sentence, speaker: Draft, knowledge: Knowledge) -> Iterator[Draft]:
    """ "“I know that we …”, NAME said": the speaker, and the speaker's country for an office holder."""
    text = sentence.text
    closing = text.rfind("”", sentence.start, speaker.start)
    if speaker.actor_type != "person" or not 0 <= speaker.start - closing <= _NEAR:
        return
    opening = text.rfind("“", sentence.start, closing)
    for own in _FIRST_PERSON.finditer(text, max(opening, sentence.start), closing):
        if own[1]:
            yield _pronoun(*own.span(), speaker)
        elif speaker.iso3 and speaker.sector in ("GOV", "MIL"):
            nation = Draft(0, 0, "name", "", knowledge.actors.get(speaker.iso3), "country", speaker.iso3)
            yield _pronoun(*own.span(), nation)


def _pronoun_before(sentence: Sentence, start: int) -> tuple[int, int] | None:
    """ "he" in "he also said"; in "he’d say" too."""
    for word in sentence.before(start, 4):
        start -= len(word) + 1
        if word not in _AUXILIARIES and word[-2:] != "ly":
            pronoun = word.replace("’", "'").partition("'")[0]
            return (start, start + len(pronoun)) if pronoun.lower() in _PRONOUNS else None
    return None


def _subject(sentence: Sentence, drafts: list[Draft]) -> Draft | None:
    """The person a following "he said" goes back to: the last speaker, else the first person named."""
    people = [d for d in drafts if d.actor_type == "person" and d.form == "name"]
    for start, _, _ in sentence.verbs if people else ():
        near = [d for d in people if 0 <= start - d.end < 40]
        if near:
            return near[-1]
    return min(people, key=BY_START, default=None)


def _agrees(pronoun: str, antecedent: Draft, genders: Mapping[str, str]) -> bool:
    is_person = antecedent.actor_type == "person"
    gender = {"he": "m", "she": "f"}.get(pronoun.casefold())
    if gender is None or not is_person:
        return gender is None and not is_person
    known = genders.get(antecedent.actor.actor_id) if antecedent.actor else _TITLES.get(antecedent.title or "")
    return known in (None, gender)


def _pronoun(start: int, end: int, antecedent: Draft) -> Draft:
    return Draft(
        start, end, "pronoun", "speaker_pronoun", antecedent.actor, antecedent.actor_type, antecedent.iso3,
        antecedent.sector, full_name=antecedent.full_name, mention_role="actor",
    )  # fmt: skip

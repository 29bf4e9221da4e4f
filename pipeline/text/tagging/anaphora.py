"""Pronouns, where a pattern says who is meant: the subject of a verb of saying, and what follows "said that".

Low confidence throughout. Everything else that refers back stays untagged.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from pipeline.text.lexicon import Hit
from pipeline.text.tagging.drafts import Draft, Sentence

_PRONOUNS = frozenset(("he", "she", "they", "it"))
# What may stand between a pronoun and its verb of saying, besides adverbs in -ly.
_AUXILIARIES = frozenset(
    ("has", "had", "have", "also", "then", "later", "again", "further", "once", "recently", "previously", "earlier",
     "did", "does", "would", "not")
)  # fmt: skip
_SAID_THAT = re.compile(r"(?: that| if| whether)? (he|she|it|they)(?=[’' ])")
_OWN = re.compile(r"(?<![\w’'])(its|itself|themselves)(?!\w)")
_TITLES = {"Mr": "m", "Sir": "m", "Lord": "m", "Mrs": "f", "Ms": "f", "Miss": "f", "Dame": "f", "Lady": "f"}
_N_REMEMBERED = 3  # speakers that "she" may go back to, past the last "he"
_SINGULAR_BODY = frozenset(
    ("country", "government", "igo", "ngo", "party", "armed_group", "company", "media", "military", "legislature")
)


def add_pronouns(sentences: Iterable[Sentence], genders: Mapping[str, str]) -> None:
    """Append pronouns with what they stand for."""
    speakers: list[Draft] = []
    for sentence in sentences:
        if not (sentence.drafts or (speakers and sentence.verbs)):
            continue
        drafts = [d for d in sentence.drafts if not d.is_trap]
        pronouns: list[Draft] = []
        for verb in sentence.verbs:
            pronouns += _around_verb(sentence, drafts, verb, speakers, genders)
        bodies = [d for d in drafts if d.actor_type in _SINGULAR_BODY and d.form != "adjective"]
        for own in _own(sentence) if bodies else ():
            before = [d for d in bodies if d.end < own.start()]
            if before:
                pronouns.append(_pronoun(own.start(), own.end(), max(before, key=lambda d: (d.end, d.start))))
        subject = _subject(sentence, drafts)
        if subject is not None:
            speakers = [*speakers[-_N_REMEMBERED:], subject]
        taken: set[int] = set()
        for pronoun in pronouns:
            if pronoun.start not in taken:
                taken.add(pronoun.start)
                sentence.drafts.append(pronoun)


def _own(sentence: Sentence) -> Iterator[re.Match[str]]:
    text, start, end = sentence.text, sentence.start, sentence.end
    if text.find("its", start, end) >= 0 or text.find("themselves", start, end) >= 0:
        yield from _OWN.finditer(text, start, end)


def _around_verb(
    sentence: Sentence, drafts: list[Draft], verb: Hit, speakers: list[Draft], genders: Mapping[str, str]
) -> Iterator[Draft]:
    text = sentence.text
    start, end, _ = verb
    subject = _pronoun_before(sentence, start)
    if subject is not None:
        pronoun = text[slice(*subject)]
        speaker = next((d for d in reversed(speakers) if _agrees(pronoun, d, genders)), None)
        if speaker is not None:
            yield _pronoun(*subject, speaker)
        return
    before = [d for d in drafts if d.end <= start and d.mention_role == "actor" and d.form != "adjective"]
    if before:
        nearest = max(before, key=lambda d: (d.end, d.start))
        told = [d for d in drafts if d.start == end + 1 and d.form == "name"]  # "threatened South Korea that it …"
        said = told[0] if told else nearest
        object_ = _SAID_THAT.match(text, told[0].end if told else end, sentence.end)
        if object_ and start - nearest.end < 25 and _agrees(object_[1], said, genders):
            yield _pronoun(object_.start(1), object_.end(1), said)


def _pronoun_before(sentence: Sentence, start: int) -> tuple[int, int] | None:
    """ "he" in "he also said"; in "he’d say" too."""
    for word in sentence.before(start, 4):
        start -= len(word) + 1
        pronoun = word.replace("’", "'").partition("'")[0]
        if pronoun.lower() in _PRONOUNS:
            return start, start + len(pronoun)
        if word not in _AUXILIARIES and word[-2:] != "ly":
            return None
    return None


def _subject(sentence: Sentence, drafts: list[Draft]) -> Draft | None:
    """The person a following "he said" goes back to: the last speaker, else the first person named."""
    people = [d for d in drafts if d.actor_type == "person" and d.form == "name"]
    for start, _, _ in sentence.verbs if people else ():
        near = [d for d in people if 0 <= start - d.end < 40]
        if near:
            return near[-1]
    return min(people, key=lambda d: d.start, default=None)


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

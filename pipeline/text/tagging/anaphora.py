"""Pronouns, where a pattern says who is meant: the subject of a verb of saying, and what follows "said that".

Low confidence throughout. Everything else that refers back stays untagged.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from pipeline.text.lexicon import Hit
from pipeline.text.tagging.drafts import Draft, Sentence

_SPEAKER = re.compile(
    r"(?<![\w’'])([Hh]e|[Ss]he|[Tt]hey|[Ii]t)(?=[’' ])(?:['’]\w+)?"
    r"(?: (?:has|had|have|also|then|later|again|further|once|recently|previously|earlier|did not|does not|would not|[a-z]+ly))* $"
)
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
        if not (sentence.drafts or (speakers and sentence.hits)):
            continue
        drafts = [d for d in sentence.drafts if not d.is_trap]
        pronouns: list[Draft] = []
        for hit in sentence.hits:
            if hit.entry.is_speech_verb:
                pronouns += _around_verb(sentence, drafts, hit, speakers, genders)
        bodies = [d for d in drafts if d.actor_type in _SINGULAR_BODY and d.form != "adjective"]
        for own in _OWN.finditer(sentence.text, sentence.start, sentence.end) if bodies else ():
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


def _around_verb(
    sentence: Sentence, drafts: list[Draft], verb: Hit, speakers: list[Draft], genders: Mapping[str, str]
) -> Iterator[Draft]:
    text, start, end = sentence.text, verb.start, verb.end
    subject = _SPEAKER.search(text, max(sentence.start, start - 40), start)
    speaker = next((d for d in reversed(speakers) if subject and _agrees(subject[1], d, genders)), None)
    if subject and speaker is not None:
        yield _pronoun(subject.start(1), subject.end(1), speaker)
    before = [d for d in drafts if d.end <= start and d.mention_role == "actor" and d.form != "adjective"]
    if subject is None and before:
        nearest = max(before, key=lambda d: (d.end, d.start))
        told = [d for d in drafts if d.start == end + 1 and d.form == "name"]  # "threatened South Korea that it …"
        said = told[0] if told else nearest
        object_ = _SAID_THAT.match(text, told[0].end if told else end, sentence.end)
        if object_ and start - nearest.end < 25 and _agrees(object_[1], said, genders):
            yield _pronoun(object_.start(1), object_.end(1), said)


def _subject(sentence: Sentence, drafts: list[Draft]) -> Draft | None:
    """The person a following "he said" goes back to: the last speaker, else the first person named."""
    people = [d for d in drafts if d.actor_type == "person" and d.form == "name"]
    for hit in sentence.hits:
        if hit.entry.is_speech_verb:
            near = [d for d in people if 0 <= hit.start - d.end < 40]
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

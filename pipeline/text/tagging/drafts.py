"""What the tagging steps pass to one another: the sentence they look at, the mention they are building, the rule's name.

Here belong the shapes shared by `readings.py`, `heads.py`, `people.py`, `stance.py` and `mentions.py`; no step does.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Literal, NamedTuple

from pipeline.text.lexicon import Head, Hit, Reading
from pipeline.text.registering.register_rows import Actor, Office

Form = Literal["name", "adjective", "metonym", "city", "role", "nominal", "pronoun"]
MentionRole = Literal["actor", "place", "modifier"]

# Rule of a mention -> confidence: its precision on labelled development documents (news, interviews, speeches, conflict
# reports, event sentences) as bench/confidence.py counts it, rounded to .05, at most .95. Rules with too few cases have
# .5, or the value of the rule they are closest to.
CONFIDENCE = {
    "register_name": 0.95,
    "register_acronym": 0.9,
    "register_adjective": 0.95,
    "register_metonym": 0.8,
    "capital_as_place": 0.95,
    "register_short_name": 0.9,
    "short_name": 0.95,
    "lower_case_name": 0.8,
    "ambiguous_name": 0.3,
    "ethnic_group": 0.5,
    "role_and_name": 0.95,
    "title_and_name": 0.95,
    "given_name": 0.95,
    "apposition_name": 0.85,
    "body_and_name": 0.9,
    "speaker_name": 0.9,
    "surname": 0.95,
    "ambiguous_surname": 0.5,
    "country_and_role": 0.95,
    "country_and_body": 0.95,
    "capitalised_body": 0.95,
    "defined_acronym": 0.9,
    "web_address": 0.5,
    "bare_role": 0.9,
    "bare_body": 0.85,
    "group_nominal": 0.5,
    "nation_nominal": 0.7,
    "speaker_pronoun": 0.7,
}
OPENING_MARKS = "(“\"'‘["
_LONGEST_LEAD = 40  # characters before a mention that are looked at


class Mention(NamedTuple):
    """One actor mention: half-open code points into the text, which actor, how it is worded and what it does there.

    `parent` is the index of the smallest enclosing mention in the same list. `full_name` names a person or body the
    register does not know by the fullest form in the same document, so that its mentions can be counted together.
    """

    sentence_number: int
    char_start: int
    char_end: int
    form: Form
    actor_id: str | None
    actor_type: str | None
    iso3: str | None
    sector: str | None
    role_text: str | None
    mention_role: MentionRole
    rule_id: str
    confidence: float
    parent: int | None
    full_name: str | None = None


@dataclass(slots=True, eq=False)
class Draft:
    """A mention in the making."""

    start: int
    end: int
    form: Form
    rule: str
    actor: Actor | None = None
    actor_type: str | None = None
    iso3: str | None = None
    sector: str | None = None
    role_text: str | None = None
    mention_role: MentionRole | None = None
    title: str | None = None
    full_name: str | None = None
    candidates: tuple[Reading, ...] = ()
    head: Head | None = None
    outer: "Draft | None" = None
    owner: "Draft | None" = None
    referent: "Draft | None" = None
    surface: str = ""  # of short names only
    score: float | None = None  # of a proposed name: how sure its tagger is
    is_former: bool = False
    is_weak: bool = False  # an actor only with a name beside it
    is_trap: bool = False


BY_START = attrgetter("start")


class Sentence:
    """One sentence of a text with what was found in it: lexicon hits, sorted by use, and the drafts made of them."""

    names: Sequence[Hit] = ()  # stand for actors of the register
    heads: Sequence[Hit] = ()  # make an actor of what stands around them
    cues: Sequence[Hit] = ()  # vouch for a person's name beside them
    verbs: Sequence[Hit] = ()  # of saying
    nouns: Sequence[Hit] = ()  # tell what the name beside them does
    _is_capitals: bool | None = None
    _is_title_case: bool | None = None

    def __init__(self, text: str, number: int, start: int, end: int) -> None:
        self.text = text
        self.number = number
        self.start = start
        self.end = end
        self.drafts: list[Draft] = []

    def take(self, hits: Iterable[Hit]) -> None:
        """Sort the hits that end in this sentence by what they are good for; one hit may be good for several things."""
        names, heads, cues, verbs, nouns = [], [], [], [], []
        for hit in hits:
            _, end, entry = hit
            if end > self.end:
                continue
            if entry.readings:
                names.append(hit)
            if entry.is_head:
                heads.append(hit)
            if entry.is_cue:
                cues.append(hit)
                if entry.is_speech_verb:
                    verbs.append(hit)
            if entry.is_noun:
                nouns.append(hit)
        self.names, self.heads, self.cues, self.verbs, self.nouns = names, heads, cues, verbs, nouns

    @property
    def is_capitals(self) -> bool:
        """Every letter is a capital."""
        if self._is_capitals is None:
            self._is_capitals = self.text[self.start : self.end].isupper()
        return self._is_capitals

    @property
    def is_title_case(self) -> bool:
        """Nearly every long word is capitalised, so that a capital says nothing."""
        if self._is_title_case is None:
            self._is_title_case = _is_title_case(self.text[self.start : self.end].split())
        return self._is_title_case

    def before(self, start: int, n: int) -> list[str]:
        """Up to `n` words before `start`, nearest first, back to an opening mark; none if no space stands between."""
        if start <= self.start or self.text[start - 1] != " ":
            return []
        floor = start - _LONGEST_LEAD
        words = self.text[floor if floor > self.start else self.start : start - 1].rsplit(" ", n)
        near: list[str] = []
        for word in words[: -n - 1 : -1]:
            near.append(word.lstrip(OPENING_MARKS))
            if len(near[-1]) < len(word):
                break
        return near

    def word_before(self, start: int) -> str:
        """The word before `start`, without opening marks; empty if no space stands between."""
        if start <= self.start or self.text[start - 1] != " ":
            return ""
        at = self.text.rfind(" ", self.start, start - 1) + 1
        return self.text[at if at > self.start else self.start : start - 1].lstrip(OPENING_MARKS)

    def is_free(self, start: int, end: int) -> bool:
        """No name stands there; dropped roles and dropped short names do not count."""
        for d in self.drafts:
            if d.start < end and d.end > start and not (d.is_trap and (d.form == "role" or d.rule == "short_name")):
                return False
        return True


def _is_title_case(words: list[str]) -> bool:
    n_long = n_lower = 0
    most = len(words) / 4
    for word in words:
        if len(word) > 3 and (first := word[0]).isalpha():
            n_long += 1
            if first.islower():
                n_lower += 1
                if n_lower >= most:
                    return False
    return n_long > 2 and n_lower * 4 < n_long


class Knowledge(NamedTuple):
    """What the steps look up: actors by id, person ids by (country or body, office, date), a person's office by date and gender, words."""

    actors: Mapping[str, Actor]
    holders: Callable[[str | None, str, date | None], list[str]]
    genders: Mapping[str, str]
    family_first: frozenset[str]
    service: Callable[[str, date | None], tuple[Office | None, bool]]
    adjuncts: Mapping[str, str | None]


def sentence_at(sentences: Sequence[Sentence], start: int, end: int) -> Sentence | None:
    """The sentence that holds the span, if one does; `sentences` are sorted."""
    index = bisect_right(sentences, start, key=BY_START) - 1
    return sentences[index] if index >= 0 and end <= sentences[index].end else None


def occurrences(text: str, name: str) -> Iterator[int]:
    """Where `name` stands in `text` as a word of its own."""
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        if not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum()):
            yield at
        at = text.find(name, end)

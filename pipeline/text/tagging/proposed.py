"""Spans that an optional tagger proposes, as drafts beside those of the rules.

Here it is decided which proposals become mentions and where they begin and end. Who proposes is not known here; who is
meant is left to the register and to `coreference.py`.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from pipeline.text.tagging.drafts import Draft, Sentence, sentence_at


class Span(NamedTuple):
    """A proposal: half-open code points into the text, what is named there, how sure the tagger is, 0 to 1.

    `label` is `person`, `organisation`, or the actor type where the tagger knows it (`party`, `company` …).
    """

    char_start: int
    char_end: int
    label: str
    score: float


Tag = Callable[[str, Sequence[tuple[int, int]], date | None], Iterable[Span]]
"""`tag(text, sentences, date)` gives spans; sentences are half-open spans, the date is the article's, if known."""


class Proposer(NamedTuple):
    """A tagger and the rule that its mentions name."""

    rule: str
    tag: Tag


# Countries are left out: the register has them all, so that one it does not know is a mistake or a place.
_TYPES: Mapping[str, str | None] = {"person": "person", "organisation": None} | {
    one: one
    for one in ("armed_group", "company", "government", "igo", "judiciary", "legislature", "media", "military", "ngo")
    + ("party", "police")
}
_BEFORE = re.compile(r"(?:[Tt]he |[Aa]n? |[\s\"'“”‘’(\[–—,;:-])+")
_AFTER = re.compile(r"(?:['’]s|[\s\"'“”‘’)\]–—,;:!?-])+$")


def add_proposed(sentences: Sequence[Sentence], proposer: Proposer, published_on: date | None) -> None:
    """Append what is proposed where no mention stands: register and rules go first, and lose nothing to a proposal.

    A person needs two words; one word counts where `coreference.py` finds it to be the surname of somebody named in full.
    """
    if not sentences:
        return
    spans = proposer.tag(sentences[0].text, [(one.start, one.end) for one in sentences], published_on)
    for span in sorted(spans, key=lambda one: (one.char_start, -one.char_end)):
        sentence = sentence_at(sentences, span.char_start, span.char_end)
        if sentence is None or span.label not in _TYPES:
            continue
        start, end = _beside(sentence, *_trimmed(sentence.text, span.char_start, span.char_end))
        name = " ".join(sentence.text[start:end].split())
        if _is_name(sentence, start, end) and (span.label != "person" or " " in name):
            kind, score = _TYPES[span.label], round(span.score, 2)
            sentence.drafts.append(Draft(start, end, "name", proposer.rule, None, kind, full_name=name, score=score))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without article, quotation marks and possessive."""
    before = _BEFORE.match(text, start, end)
    start = before.end() if before else start
    after = _AFTER.search(text[start:end])
    return start, start + after.start() if after else end


def _beside(sentence: Sentence, start: int, end: int) -> tuple[int, int]:
    """What is left beside the mentions that cover its ends: "President Ann Example" after the role is "Ann Example"."""
    for draft in sorted(sentence.drafts, key=lambda one: one.start):
        if draft.start <= start < draft.end:
            start = draft.end
    for draft in sorted(sentence.drafts, key=lambda one: -one.end):
        if draft.start < end <= draft.end:
            end = draft.start
    return _trimmed(sentence.text, start, end)


def _is_name(sentence: Sentence, start: int, end: int) -> bool:
    """Whole words, one of them capitalised, where nothing else stands."""
    text = sentence.text
    is_whole = not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())
    return start < end and is_whole and any(map(str.isupper, text[start:end])) and sentence.is_free(start, end)

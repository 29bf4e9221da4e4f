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
_ARTICLE = re.compile(r"(?:[Tt]he|[Aa]n?) +")
_MARKS = " \t\n\u00a0\"'“”‘’()[]–—,;:!?-"
_OWNED = ("country", "igo")  # whose names stand in those of others: "Bank of Russia"


def add_proposed(sentences: Sequence[Sentence], proposer: Proposer, published_on: date | None) -> None:
    """Append what is proposed where no mention stands: register and rules go first, and lose nothing to a proposal.

    An organisation may hold the name of a country. A person needs two words; one word counts where `coreference.py`
    finds it to be the surname of somebody named in full.
    """
    if not sentences:
        return
    spans = proposer.tag(sentences[0].text, [(one.start, one.end) for one in sentences], published_on)
    for span in sorted(spans, key=lambda one: (one.char_start, -one.char_end)):
        sentence = sentence_at(sentences, span.char_start, span.char_end)
        if sentence is not None and span.label in _TYPES:
            start, end, held = _place(sentence, span)
            name = " ".join(sentence.text[start:end].split())
            if _is_name(sentence.text, start, end) and (span.label != "person" or " " in name):
                kind, score = _TYPES[span.label], round(span.score, 2)
                draft = Draft(start, end, "name", proposer.rule, None, kind, full_name=name, score=score)
                for inner in held:
                    inner.outer = inner.outer or draft
                sentence.drafts.append(draft)


def _place(sentence: Sentence, span: Span) -> tuple[int, int, list[Draft]]:
    """Start and end beside other mentions, and the countries held: "President Ann Example" is "Ann Example" after the role.

    An empty place if nothing is left.
    """
    start, end = _trimmed(sentence.text, span.char_start, span.char_end)
    near = [one for one in sentence.drafts if one.start < end and one.end > start]
    held = [one for one in near if span.label != "person" and _is_held(one, start, end)]
    for one in sorted((one for one in near if one not in held), key=lambda one: one.start):
        if one.start <= start:
            start = max(start, one.end)
        else:
            end = min(end, one.start) if one.end >= end else start
    start, end = _trimmed(sentence.text, start, end)
    return start, end, [one for one in held if start <= one.start and one.end <= end]


def _is_held(draft: Draft, start: int, end: int) -> bool:
    is_inside = start <= draft.start and draft.end <= end and draft.end - draft.start < end - start
    return is_inside and draft.actor_type in _OWNED and draft.form in ("name", "adjective")


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without article, quotation marks and possessive."""
    name = text[start:end].rstrip(_MARKS)
    name = name.removesuffix("'s").removesuffix("’s").rstrip(_MARKS)
    end = start + len(name)
    start = end - len(name.lstrip(_MARKS))
    article = _ARTICLE.match(text, start, end)
    return (article.end() if article else start), end


def _is_name(text: str, start: int, end: int) -> bool:
    """Whole words, one of them capitalised."""
    is_whole = not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())
    return start < end and is_whole and any(map(str.isupper, text[start:end]))

"""Names a document introduces itself: an acronym in brackets after its full name, an outlet's web address.

They hold for that document only.
"""

import re
from collections.abc import Iterator

from pipeline.text.tagging.drafts import Draft, Sentence, occurrences, sentence_at

_ACRONYM = re.compile(r" \((?:the )?([A-Z][A-Za-z&.-]{1,11})\)")
_ENDING = r"\.(?:com|org|net|info|co\.uk|news)"
_ADDRESS = re.compile(rf"(?:www\.)?[A-Z][\w-]*{_ENDING}(?![\w@/-])")
_ANY_ENDING = re.compile(_ENDING)
_WITHIN = "_@/.-"
_LONGEST_ADDRESS = 253  # characters of a host's name (RFC 1035)


def add_introduced(text: str, sentences: list[Sentence]) -> None:
    """Append acronyms the text defines, wherever they come back, and outlets named by their address."""
    for start, end in _addresses(text):
        sentence = sentence_at(sentences, start, end)
        if sentence is not None and sentence.is_free(start, end):
            sentence.drafts.append(Draft(start, end, "name", "web_address", None, "media", full_name=text[start:end]))
    defined: dict[str, Draft] = {}
    for bracket in _ACRONYM.finditer(text):
        sentence = sentence_at(sentences, *bracket.span())
        if sentence is not None and sum(c.isupper() for c in bracket[1]) > 1:
            body = _body_before(sentence, bracket.start(), bracket[1])
            if body is not None:
                defined.setdefault(bracket[1], body)
    for acronym, body in defined.items():
        for at in occurrences(text, acronym):
            sentence = sentence_at(sentences, at, at + len(acronym))
            if sentence is not None and sentence.is_free(at, at + len(acronym)):
                sentence.drafts.append(
                    Draft(
                        at,
                        at + len(acronym),
                        "name",
                        "defined_acronym",
                        body.actor,
                        body.actor_type,
                        body.iso3,
                        body.sector,
                        full_name=body.full_name,
                    )
                )


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    """Spans of "DailyThing.org" and "www.Thing.co.uk", each found from its ending."""
    for ending in _ANY_ENDING.finditer(text):
        at = ending.start()
        start, floor = at, max(0, at - _LONGEST_ADDRESS)
        while start >= floor and start and (text[start - 1].isalnum() or text[start - 1] in _WITHIN):
            start -= 1
        address = _ADDRESS.match(text, start) if start >= floor else None
        if address and address.start() <= at < address.end():
            yield address.span()


def _body_before(sentence: Sentence, end: int, acronym: str) -> Draft | None:
    """The body that ends before the bracket and has the acronym's letters, in their order."""
    for draft in sentence.drafts:
        if draft.end == end and draft.form == "name" and draft.actor_type not in ("person", "country"):
            letters = iter(sentence.text[draft.start : end].casefold())
            if not draft.is_trap and all(c in letters for c in acronym.casefold() if c.isalpha()):
                return draft
    return None

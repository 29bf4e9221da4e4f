"""The actor tagger: a text and its sentences in, mentions out.

Here the steps are put in order and drafts become mentions. Each step has its module: `lexicon.py` finds surfaces in one
pass, `readings.py` reads register names, `heads.py` roles and bodies, `people.py` persons, `stance.py` what each one does.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from pipeline.text.lexicon import Hit, NameWord, compile_lexicon
from pipeline.text.register import Register
from pipeline.text.speech import SpeechVerb
from pipeline.text.tagging.anaphora import add_pronouns
from pipeline.text.tagging.coreference import resolve_names
from pipeline.text.tagging.drafts import CONFIDENCE, Knowledge, Mention, Sentence
from pipeline.text.tagging.heads import add_heads
from pipeline.text.tagging.introduced import add_introduced
from pipeline.text.tagging.offices import office_book, resolve_roles, service_book
from pipeline.text.tagging.people import add_people
from pipeline.text.tagging.proposed import Proposer, add_proposed
from pipeline.text.tagging.readings import add_register_names
from pipeline.text.tagging.stance import add_stance

__all__ = ["Mention", "tagger"]

_LONGEST_SENTENCE = 4000


def tagger(
    register: Register,
    speech_verbs: Sequence[SpeechVerb],
    words: Sequence[NameWord] = (),
    proposer: Proposer | None = None,
) -> Callable[..., list[Mention]]:
    """Compile the register once; the returned `tag(text, sentences, *, published_on=None)` gives the mentions.

    `sentences` are the half-open spans to be tagged, title first; nothing outside is looked at and no mention crosses
    one. Mentions are sorted by start, longest first; an undated document resolves roles to offices, not persons. A
    `proposer` may add names that neither register nor rules find.
    """
    find = compile_lexicon(register, (form for verb in speech_verbs for form in verb.forms), words)
    actors = {actor.actor_id: actor for actor in register.actors}
    knowledge = Knowledge(
        actors=actors,
        holders=office_book(register.offices, actors),
        service=service_book(register.offices),
        genders=register.genders,
        family_first=frozenset(word.word for word in words if word.kind == "family_first"),
        adjuncts={word.word: word.sector for word in words if word.kind == "adjunct"},
    )

    def tag(text: str, sentences: Sequence[tuple[int, int]], *, published_on: date | None = None) -> list[Mention]:
        scopes = _scopes(text, sentences)
        _hand_out(scopes, find(text, ((scope.start, scope.end) for scope in scopes)))
        for scope in scopes:
            if scope.names:
                add_register_names(scope, published_on)
            if scope.heads:
                add_heads(scope, knowledge)
            if scope.drafts or scope.cues:
                add_people(scope)
        if proposer:
            add_proposed(scopes, proposer, published_on)
        add_introduced(text, scopes)
        resolve_names(scopes, knowledge, published_on)
        resolve_roles(scopes, knowledge, published_on)
        for scope in scopes:
            if scope.drafts:
                add_stance(scope, knowledge.actors)
        add_pronouns(scopes, knowledge)
        return _mentions(scopes)

    return tag


def _scopes(text: str, sentences: Sequence[tuple[int, int]]) -> list[Sentence]:
    """The sentences by place, far too long ones in pieces."""
    scopes = []
    for place in sorted(range(len(sentences)), key=sentences.__getitem__):
        start, end = sentences[place]
        if end - start <= _LONGEST_SENTENCE:
            scopes.append(Sentence(text, place + 1, start, end))
        else:
            scopes += [Sentence(text, place + 1, *piece) for piece in _pieces(text, start, end)]
    return scopes


def _hand_out(scopes: list[Sentence], hits: list[Hit]) -> None:
    """Give each sentence the hits that lie inside it."""
    starts = [start for start, _, _ in hits]
    starts.append(len(scopes[-1].text) + 1 if scopes else 0)  # behind every sentence
    last = 0
    for scope in scopes:
        if starts[last] >= scope.end:  # as in most stripped blocks
            continue
        first = bisect_left(starts, scope.start, last)
        last = bisect_left(starts, scope.end, first)
        if first < last:
            scope.take(hits[first:last])


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence cut at a space where it is far too long: the steps look at all mentions of a sentence at once."""
    while end - start > _LONGEST_SENTENCE:
        space = text.rfind(" ", start, start + _LONGEST_SENTENCE) + 1
        stop = space if space > start else start + _LONGEST_SENTENCE
        yield start, stop
        start = stop
    yield start, end


def _mentions(scopes: list[Sentence]) -> list[Mention]:
    drafts = [(draft, scope.number) for scope in scopes for draft in scope.drafts if not draft.is_trap]
    order = [(draft.start, -draft.end, draft.outer is not None, index) for index, (draft, _) in enumerate(drafts)]
    order.sort()
    mentions: list[Mention] = []
    open_spans: list[int] = []
    seen: set[tuple[int, int, str | None, str]] = set()
    for _, _, _, index in order:
        draft, number = drafts[index]
        key = (draft.start, draft.end, draft.iso3, draft.form)
        if key in seen:
            continue
        seen.add(key)
        while open_spans and mentions[open_spans[-1]].char_end < draft.end:
            open_spans.pop()
        mentions.append(
            Mention(
                number,
                draft.start,
                draft.end,
                draft.form,
                draft.actor.actor_id if draft.actor else None,
                draft.actor_type,
                draft.iso3,
                draft.sector,
                draft.role_text,
                draft.mention_role or "actor",
                draft.rule,
                CONFIDENCE[draft.rule] if draft.score is None else draft.score,
                open_spans[-1] if open_spans else None,
                draft.full_name,
            )
        )
        open_spans.append(len(mentions) - 1)
    return mentions

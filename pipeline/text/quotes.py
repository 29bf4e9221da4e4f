"""Attributed statements: direct, indirect, mixed and fragment quotes with their cue and speaker.

A statement hangs on a cue: a verb of saying with its subject, or "according to". What is quoted and hangs on no cue is
a fragment, or goes on with the statement before it. A statement never crosses its sentence. Mentions are given. Who
says and what is said are read in `quoting/`.
"""

import re
from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

from pipeline.text.lexicon import reading_order, word_finder
from pipeline.text.quoting.sentence import Form, Sentence, Verb, forms_of
from pipeline.text.quoting.statements import after_cue, around_according, bare_before, quoted_before
from pipeline.text.quoting.subjects import Subject, after_verb, before_verb, is_owned_noun, is_passive, named_at
from pipeline.text.speech import SpeechVerb
from pipeline.text.tagging.drafts import Mention
from pipeline.text.tagging.marks import Span, quoted

QuoteKind = Literal["direct", "indirect", "mixed", "fragment"]
SpeakerStatus = Literal["named", "pronoun", "role_only", "unknown"]


class Quote(NamedTuple):
    """One attributed statement: half-open code points; `speaker` is an index into the mentions given."""

    sentence_number: int
    char_start: int
    char_end: int
    kind: QuoteKind
    cue: str | None
    speaker: int | None
    speaker_status: SpeakerStatus


class _Cue(NamedTuple):
    start: int
    end: int
    speaker: int | None
    spans: Iterator[Span]  # read only where the cue stands in no statement yet


_ACCORDING = "ccording to "
_TO_SPEAKER = re.compile(r"[”\"’»]? (?:to|by|for|from) (?:the |an? )?")
_GOES_ON = re.compile(r"\s*[“„«\"]?")
_CLAUSE_END = re.compile(r"[.;:?!][”\"’]? ")
_BESIDE = 200  # characters between the start of a mention and the fragment beside it


def quoter(
    speech_verbs: Sequence[SpeechVerb],
) -> Callable[[str, Sequence[Span], Sequence[Mention]], list[Quote]]:
    """Compile the verbs once; the returned `find(text, sentences, mentions)` gives the quotes, sorted by start.

    `sentences` are the spans the mentions were tagged in, in the same order; the mentions are sorted by start.
    """
    find_verbs = word_finder(forms_of(speech_verbs))

    def find(text: str, sentences: Sequence[Span], mentions: Sequence[Mention]) -> list[Quote]:
        order = sorted(range(len(sentences)), key=sentences.__getitem__)
        pieces_of = quoted(text, [sentences[i] for i in order])
        verbs = sorted(find_verbs(text), key=reading_order)
        starts = [start for start, _, _ in verbs]
        begins = [mention.char_start for mention in mentions]
        according = -1  # the next place of these words
        quotes: list[Quote] = []
        n_before = 0  # verbs before the sentence
        for place, pieces in zip(order, pieces_of, strict=True):
            start, end = sentences[place]
            first = bisect_left(starts, start, n_before)
            n_before = bisect_left(starts, end, first)
            if according <= start:
                found = text.find(_ACCORDING, start + 1)
                according = found if found >= 0 else len(text)
            if first < n_before or pieces or according < end:
                sentence = Sentence(text, place + 1, start, end, pieces, mentions, begins, according)
                quotes += _quotes(sentence, _longest(verbs[first:n_before]), quotes[-1] if quotes else None)
        return _closed(text, sorted(quotes, key=lambda q: (q.char_start, q.char_end)))

    return find


def _closed(text: str, quotes: list[Quote]) -> list[Quote]:
    """A quotation left open at the end of a sentence or paragraph is spoken by the one named where it closes."""
    cue = None
    for i in range(len(quotes) - 2, -1, -1):
        quote, after = quotes[i], quotes[i + 1]
        goes_on = quote.kind == after.kind == "direct" and _GOES_ON.fullmatch(text, quote.char_end, after.char_start)
        cue = (after.cue or cue) if goes_on else None
        if cue and not quote.cue:
            quotes[i] = quote._replace(speaker=after.speaker, speaker_status=after.speaker_status)
    return quotes


def _longest(found: list[tuple[int, int, Form]]) -> list[Verb]:
    """Verbs, sorted, inside no other: "continued to say" goes before "say"."""
    kept: list[Verb] = []
    for start, end, form in found:
        if not kept or end > kept[-1].end:
            kept.append(Verb(start, end, form))
    return kept


def _quotes(sentence: Sentence, verbs: list[Verb], previous: Quote | None) -> list[Quote]:
    """All statements of the sentence."""
    found: list[Quote] = []
    taken: list[Span] = []

    def take(span: Span, *cue: Any) -> None:
        insort(taken, span)
        found.append(_quote(sentence, span, *cue))

    cues: list[_Cue] = []
    for cue in _cues(sentence, verbs):
        cues.append(cue)
        if not _overlap(taken, cue.start, cue.end):
            for span in cue.spans:
                if span[0] < span[1] and not _overlap(taken, *span):  # "He said that." says nothing
                    take(span, sentence.text[cue.start : cue.end], cue.speaker)
    for piece in sentence.pieces:
        if not _overlap(taken, *piece):
            take(piece, *_uncued(sentence, piece, previous, cues))
    return found


def _overlap(spans: list[Span], start: int, end: int) -> bool:
    """Whether one of these sorted spans, which do not overlap, shares a character with the range."""
    at = bisect_left(spans, (end,)) if spans else 0
    return at > 0 and spans[at - 1][1] > start


def _cues(sentence: Sentence, verbs: list[Verb]) -> Iterator[_Cue]:
    """Every cue outside quotation marks."""
    earlier: int | None = None
    for verb in verbs:
        if sentence.is_quoted(verb.start) or sentence.text.endswith("-", 0, verb.start):
            continue
        last = sentence.word_before(verb.start)
        if is_passive(sentence, verb, last):
            continue
        subject = (
            before_verb(sentence, verb, last, earlier)
            or after_verb(sentence, verb)
            or Subject(verb.start, verb.start, None)
        )
        if is_owned_noun(sentence, verb, subject):
            continue
        yield _Cue(verb.start, verb.end, subject.speaker, _statements(sentence, verb, subject))
        earlier = earlier if subject.speaker is None else subject.speaker
    at = sentence.according
    start, end = at - 1, at + len(_ACCORDING) - 1
    if end < sentence.end and not sentence.is_quoted(at):
        speaker = named_at(sentence, end + 1)
        span = around_according(sentence, start, end, speaker)
        yield _Cue(start, end, speaker, iter((span,) if span else ()))


def _statements(sentence: Sentence, verb: Verb, subject: Subject) -> Iterator[Span]:
    """What hangs on the verb: the quotation before it, what follows it, or else the clause before it."""
    before = quoted_before(sentence, verb, subject)
    after = after_cue(sentence, verb, subject) if subject.end <= verb.start else None
    yield from filter(None, (before, after))
    if not before and not after and subject.start < subject.end and (span := bare_before(sentence, verb, subject)):
        yield span


def _uncued(
    sentence: Sentence, piece: Span, previous: Quote | None, cues: list[_Cue]
) -> tuple[str | None, int | None, QuoteKind]:
    """Cue, speaker and kind of a quotation that hangs on no verb.

    A whole sentence goes on with the quotation before it; else it is a fragment of somebody beside it, or of the one
    who acts by the verb before it: "X called the plan “a gift”".
    """
    text, (start, end) = sentence.text, piece
    if not text[sentence.start : start].strip('“„«"‘ ') and not text[end : sentence.end].strip('”»"’., '):
        continues = previous is not None and previous.sentence_number == sentence.number - 1
        return None, previous.speaker if previous and continues else None, "direct"
    beside = [i for i in sentence.near(start - _BESIDE, start) if 0 <= start - 1 - sentence.mentions[i].char_end <= 1]
    to = _TO_SPEAKER.match(text, end, sentence.end)
    if to:
        beside += sentence.near(to.end(), to.end())
    cue = next((cue for cue in reversed(cues) if cue.end < start), None)
    is_object = cue and beside and text[cue.end : sentence.mentions[beside[0]].char_start] in (" ", " the ")
    if beside and not is_object:  # "X called Y “a liar”": Y does not speak
        return None, beside[0], "fragment"
    if cue and not _CLAUSE_END.search(text, cue.end, start):
        return text[cue.start : cue.end], cue.speaker, "fragment"
    return None, None, "fragment"


def _quote(
    sentence: Sentence, span: Span, cue: str | None, speaker: int | None, kind: QuoteKind | None = None
) -> Quote:
    if kind is None and not sentence.pieces:
        kind = "indirect"
    elif kind is None:
        first, last = bisect_left(sentence.pieces, (span[0],)), bisect_left(sentence.pieces, (span[1],))
        inside = [piece for piece in sentence.pieces[first:last] if piece[1] <= span[1]]
        kind = "direct" if inside == [span] else "mixed" if inside else "indirect"
    status = _status(None if speaker is None else sentence.mentions[speaker])
    return Quote(sentence.number, *span, kind, cue, speaker, status)


def _status(speaker: Mention | None) -> SpeakerStatus:
    if speaker is None:
        return "unknown"
    if speaker.form == "pronoun":
        return "pronoun"
    is_known = (
        speaker.actor_type != "person" or speaker.form == "name" or (speaker.actor_id or "").startswith("person:")
    )
    return "named" if is_known or speaker.full_name else "role_only"

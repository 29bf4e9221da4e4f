"""Attributed statements: direct, indirect, mixed and fragment quotes with their cue and speaker.

A statement hangs on a cue (a verb of saying, "according to") whose subject is a mention; what is quoted and hangs on no
cue is a fragment, or goes on with the statement before it. A statement never crosses its sentence. Mentions are given.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple

from pipeline.text.lexicon import word_finder
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


# Between a subject and its verb stand auxiliaries, adverbs, a short prepositional phrase or something between commas.
_SUBJECT_GAP = re.compile(
    r"(?:['’]s)?(?:,? (?:who|which))?(?:, [^“”\"]{1,120},)?"
    r"(?: (?:in|at|of|for|from|on|with) [^,“”\"]{1,40})?"
    r"(?: (?:has|have|had|is|was|were|be|been|will|would|did|does|do|not|also|then|later|again|just|once|even|still|"
    r"first|never|already|further|soon|then|and|but|yesterday|today|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|"
    r"continued to|went on to|[a-z]+ly))* ?"
)
_APPOSITION = re.compile(r", (?:the |a |an |then |former )*")
_THAT = re.compile(r"(?: [^,.;:“”\"\n]{1,70}?)?,? that (?!he same )")
_CLAUSE = re.compile(
    r"[,:]? (?!(?:to|of|in|on|at|with|by|for|from|about|against|and|or|as|into|over|how|when|after|before|during|if) )"
    r"(?:[^\s,.;:“”\"]+ ){1,9}?(?:would|will|was|were|is|are|had|has|have|could|should|may|might|must|can|cannot|do|does|did|"
    r"(?:would|wo|was|were|is|are|had|has|have|could|should|must|ca|do|does|did)n['’]t)\b"
)
_FINITE = re.compile(r" [a-z]+(?:ed|s)\b")  # after the name that begins the statement
_ASIDE = re.compile(r", (?:which|who)\b")
_SHORT_CLAUSE = re.compile(r" (?:he|she|it|they|we|I|there|this)(?:['’]\w+|\b)")
_OBJECT = re.compile(r" (?:the|any|all|those|these|such|his|her|its|their) [\w-]+(?: [\w-]+){0,3}[.!]?\s*$")
_TO_SPEAKER = re.compile(r"[”\"’»]? (?:to|by|for|from) (?:the |an? )?")
_ACCORDING = "ccording to "
_LONGEST_SUBJECT = 200  # characters between the start of a subject and its verb
_LONGEST_APART = 2  # characters of punctuation and space between a quotation and its attribution


def quoter(
    speech_verbs: Sequence[SpeechVerb],
) -> Callable[[str, Sequence[Span], Sequence[Mention]], list[Quote]]:
    """Compile the verbs once; the returned `find(text, sentences, mentions)` gives the quotes, sorted by start.

    `sentences` are the spans the mentions were tagged in, in the same order.
    """
    find_verbs = word_finder({form: form for verb in speech_verbs for form in verb.forms})

    def find(text: str, sentences: Sequence[Span], mentions: Sequence[Mention]) -> list[Quote]:
        order = sorted(range(len(sentences)), key=lambda i: sentences[i])
        pieces_of = quoted(text, [sentences[i] for i in order])
        verbs = sorted((start, -end) for start, end, _ in find_verbs(text))
        starts = [verb[0] for verb in verbs]
        of_sentence: dict[int, list[int]] = {}
        for index, mention in enumerate(mentions):
            of_sentence.setdefault(mention.sentence_number, []).append(index)
        quotes: list[Quote] = []
        for place, pieces in zip(order, pieces_of, strict=True):
            start, end = sentences[place]
            inside = _longest(verbs[bisect_left(starts, start) : bisect_left(starts, end)])
            if inside or pieces or _ACCORDING in text[start:end]:
                reader = _Sentence(text, place + 1, start, end, pieces, mentions, of_sentence.get(place + 1, []))
                quotes += reader.quotes(inside, quotes[-1] if quotes else None)
        return sorted(quotes, key=lambda q: (q.char_start, q.char_end))

    return find


def _longest(verbs: list[Span]) -> list[Span]:
    """(start, -end) of verbs, sorted -> (start, end) of those inside no other: "continued to say" goes before "say"."""
    kept: list[Span] = []
    for start, minus_end in verbs:
        if not kept or -minus_end > kept[-1][1]:
            kept.append((start, -minus_end))
    return kept


class _Sentence(NamedTuple):
    """One sentence with its quoted stretches and its mentions."""

    text: str
    number: int
    start: int
    end: int
    pieces: list[Span]
    mentions: Sequence[Mention]
    indexes: list[int]

    def quotes(self, verbs: list[Span], previous: Quote | None) -> list[Quote]:
        """All statements of the sentence."""
        found: list[Quote] = []
        for cue in self._cues(verbs):
            if any(q.char_start <= cue.start < q.char_end for q in found):
                continue  # saying reported inside a statement
            span = self._after(cue) or self._before(cue)
            if span and not any(q.char_start < span[1] and q.char_end > span[0] for q in found):
                found.append(self._quote(span, self.text[cue.start : cue.end], cue.speaker))
        for piece in self.pieces:
            if not any(q.char_start < piece[1] and q.char_end > piece[0] for q in found):
                found.append(self._uncued(piece, previous, found))
        return found

    def _near(self, start: int, stop: int) -> list[int]:
        """Mentions that begin in the range, both ends included."""
        first = bisect_left(self.indexes, start, key=self._start)
        return self.indexes[first : bisect_right(self.indexes, stop, key=self._start)]

    def _start(self, index: int) -> int:
        return self.mentions[index].char_start

    def _cues(self, verbs: list[Span]) -> Iterator[_Cue]:
        for start, end in verbs:
            if not any(a <= start < b for a, b in self.pieces):
                speaker = self._subject(start)
                if speaker is None:
                    speaker = self._inverted(start, end)
                yield _Cue(start, end, speaker)
        at = self.text.find(_ACCORDING, self.start, self.end)
        if at > 0 and not any(a <= at < b for a, b in self.pieces):
            yield _Cue(at - 1, at + len(_ACCORDING) - 1, self._starting(at + len(_ACCORDING)))

    def _subject(self, verb: int) -> int | None:
        """The nearest mention before the verb that can be its subject; in an apposition, the name."""
        for i in sorted(
            self._near(verb - _LONGEST_SUBJECT, verb),
            key=lambda i: (-self.mentions[i].char_end, self.mentions[i].char_start),
        ):
            if self.mentions[i].char_end > verb:
                continue
            mention = self.mentions[i]
            if mention.mention_role == "actor" and _SUBJECT_GAP.fullmatch(self.text, mention.char_end, verb):
                return self._first_of(i)
        return None

    def _first_of(self, last: int) -> int:
        """ "Miller and Stone said": the first; one that stands after a comma only if the comma closes an apposition."""
        start = self.mentions[last].char_start
        for i in self._near(start - _LONGEST_SUBJECT, start):
            gap = self.text[self.mentions[i].char_end : start]
            name = self._name_of(i)
            if self.mentions[i].mention_role == "actor" and (
                gap in (" and ", " and the ") or (name != i and gap in (", and ", ", and the "))
            ):
                return name
        return self._name_of(last)

    def _name_of(self, role: int) -> int:
        mention = self.mentions[role]
        if mention.form == "role":
            for i in self._near(mention.char_start - _LONGEST_SUBJECT, mention.char_start):
                name = self.mentions[i]
                if name.actor_type == "person" and _APPOSITION.fullmatch(self.text, name.char_end, mention.char_start):
                    return i
        return role

    def _inverted(self, verb_start: int, verb_end: int) -> int | None:
        """ "…", said Miller."""
        if self.text[verb_start - 2 : verb_start - 1] not in (",", "”", '"', "’", "?", "!"):
            return None
        return self._starting(verb_end + 1)

    def _starting(self, position: int) -> int | None:
        """The mention that begins at `position`, after an article at most; a name before the role it stands with."""
        near = self._near(position, position + 40)
        for i in near:
            gap = self.text[position : self.mentions[i].char_start]
            if gap in ("", "the ", "a ", "an ") and self.mentions[i].mention_role != "modifier":
                return i
        for i in near:
            gap = self.text[position : self.mentions[i].char_start]
            if self.mentions[i].actor_type == "person" and not re.search(r"[,.;:“”\"]", gap):
                return i
        return None

    def _after(self, cue: _Cue) -> Span | None:
        """What follows the cue: "that …", a clause, a quotation, or a short object ("denied the claims")."""
        text, end = self.text, self._bare_end()
        if text[cue.start + 1 : cue.end] == _ACCORDING[:-1]:
            return self._around(cue)
        for a, b in self.pieces:
            if cue.end <= a <= cue.end + 1 + _LONGEST_APART and not text[cue.end : a - 1].strip(" ,:"):
                closes_all = b + 1 >= end or not text[b + 1 : end].strip(' .,”"’')
                return (a, b) if closes_all or text[b - 1] in ",.!?" else (a - 1, end)
        if cue.speaker is None:
            return None
        that = _THAT.match(text, cue.end, end)
        if that and not any(a < that.end() - 1 and b > cue.end for a, b in self.pieces):
            return that.end(), self._without_aside(that.end(), end)
        if (
            _SHORT_CLAUSE.match(text, cue.end, end)
            or _CLAUSE.match(text, cue.end, end)
            or _OBJECT.match(text, cue.end, self.end)
            or any(
                _FINITE.match(text, self.mentions[i].char_end)
                for i in self._near(cue.end, cue.end + len(" the "))
                if text[cue.end : self.mentions[i].char_start] in (" ", " the ")
            )
        ):
            start = cue.end + 1 + (text[cue.end] in ",:")
            return (start, self._without_aside(start, end)) if start < end else None
        return None

    def _without_aside(self, start: int, end: int) -> int:
        """The end of the statement before the reporter's own ", which …"; inside quotation marks it is the speaker's."""
        for aside in _ASIDE.finditer(self.text, start, end):
            if not any(a <= aside.start() < b for a, b in self.pieces):
                return aside.start()
        return end

    def _around(self, cue: _Cue) -> Span | None:
        """ "According to X, …" and "…, according to X": what is left of the sentence."""
        if cue.start - self.start > 1:
            return self._before(cue)
        stop = cue.end
        if cue.speaker is not None:
            stop = self.mentions[cue.speaker].char_end
            roles = [self.mentions[i] for i in self._near(stop, stop + 20) if self.mentions[i].form == "role"]
            stop = max(
                (m.char_end for m in roles if _APPOSITION.fullmatch(self.text, stop, m.char_start)), default=stop
            )
        comma = self.text.find(", ", stop, self.end)
        return (comma + 2, self._bare_end()) if comma > 0 else None

    def _before(self, cue: _Cue) -> Span | None:
        """What stands before "…, X said" or "…, said X"."""
        start = cue.start
        if cue.speaker is not None and self.mentions[cue.speaker].char_start < cue.start:
            start = self.mentions[cue.speaker].char_start
            outer = [self.mentions[i] for i in self._near(start - _LONGEST_SUBJECT, start)]
            start = min((m.char_start for m in outer if m.char_end > start), default=start)
        lead = self.text[self.start : start].rstrip()
        lead = re.sub(r"\b(?:[Tt]he|[Aa]n?|[Aa]s|[Ii]t|[Bb]ut|[Aa]nd)$", "", lead).rstrip()
        if not lead or lead[-1] not in ',”"’?!':
            return None
        stop = self.start + len(lead)
        for a, b in self.pieces:
            if b < stop <= b + 1 + _LONGEST_APART:
                if a - 1 <= self.start:
                    return a, b
                return (self.start, stop - (self.text[stop - 1] == ","))
        if cue.speaker is None or len(lead) < 12:  # "However, he said": no statement is that short
            return None
        return self.start, stop - (lead[-1] == ",")

    def _bare_end(self) -> int:
        """The end of the sentence without its final stop; a closing quotation mark stays."""
        end = self.end
        while end > self.start and self.text[end - 1].isspace():
            end -= 1
        return end - 1 if self.text[end - 1 : end] in (".", "!", "?") and end - 1 > self.start else end

    def _uncued(self, piece: Span, previous: Quote | None, found: list[Quote]) -> Quote:
        """A quotation without a verb: it goes on with the one before, or is a fragment of somebody beside it."""
        start, end = piece
        whole = not self.text[self.start : start].strip('“„«"‘ ') and not self.text[end : self.end].strip('”»"’., ')
        if whole:
            continues = previous is not None and previous.sentence_number == self.number - 1
            return self._quote(piece, None, previous.speaker if previous and continues else None, "direct")
        beside = [
            i for i in self._near(start - _LONGEST_SUBJECT, start) if 0 <= start - 1 - self.mentions[i].char_end <= 1
        ]
        to = _TO_SPEAKER.match(self.text, end, self.end)
        if to:
            beside += self._near(to.end(), to.end())
        speaker = beside[0] if beside else found[-1].speaker if found else None
        return self._quote(piece, None, speaker, "fragment")

    def _quote(self, span: Span, cue: str | None, speaker: int | None, kind: QuoteKind | None = None) -> Quote:
        if kind is None:
            inside = [p for p in self.pieces if p[0] >= span[0] and p[1] <= span[1]]
            kind = "direct" if inside == [span] else "mixed" if inside else "indirect"
        return Quote(
            self.number, *span, kind, cue, speaker, _status(self.mentions[speaker] if speaker is not None else None)
        )


def _status(speaker: Mention | None) -> SpeakerStatus:
    if speaker is None:
        return "unknown"
    if speaker.form == "pronoun":
        return "pronoun"
    is_known = (
        speaker.actor_type != "person" or speaker.form == "name" or (speaker.actor_id or "").startswith("person:")
    )
    return "named" if is_known or speaker.full_name else "role_only"

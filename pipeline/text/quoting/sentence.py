"""One sentence as the quote finder sees it: its quoted stretches, its mentions and its verbs of saying."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.text.speech import SpeechVerb
from pipeline.text.tagging.drafts import Mention
from pipeline.text.tagging.marks import Span

PAUSE = " ,\n"
_LONGEST_LEAD = 40  # characters before a position that are looked at


@dataclass(slots=True, eq=False)
class Form:
    """A form of a verb of saying: "claims" may be a noun, "claiming" is a participle."""

    verb: SpeechVerb
    may_be_noun: bool
    is_participle: bool


def forms_of(verbs: Sequence[SpeechVerb]) -> dict[str, Form]:
    """All forms of the verbs; the base and its form in -s are nouns where the verb says so."""
    return {
        form: Form(verb, "noun" in verb.takes and form in (verb.verb, f"{verb.verb}s"), form.endswith("ing"))
        for verb in verbs
        for form in verb.forms
    }


@dataclass(slots=True, eq=False)
class Verb:
    """A form of a verb of saying in the text."""

    start: int
    end: int
    form: Form


@dataclass(slots=True, eq=False)
class Sentence:
    """A sentence, half-open, in its document: `mentions` are all of the document, sorted by start, `begins` their starts."""

    text: str
    number: int
    start: int
    end: int
    pieces: list[Span]
    mentions: Sequence[Mention]
    begins: Sequence[int]
    according: int  # where "ccording to" stands next, in it or behind it

    def near(self, start: int, stop: int) -> range:
        """Indexes of the sentence's mentions that begin in the range, both ends included."""
        first = bisect_left(self.begins, start if start > self.start else self.start)
        return range(first, bisect_right(self.begins, stop if stop < self.end else self.end - 1, first))

    def word_before(self, position: int) -> str:
        """The last word before `position`, or its end if it is very long; pauses between them do not count."""
        lead = self.text[max(self.start, position - _LONGEST_LEAD) : position].rstrip(PAUSE)
        return lead[lead.rfind(" ") + 1 :]

    def is_quoted(self, position: int) -> bool:
        """Whether the character stands inside quotation marks."""
        return bool(self.pieces) and any(position < end for _, end in self.pieces_before(position + 1))

    def pieces_before(self, position: int) -> list[Span]:
        """The last quoted stretch that begins before `position`, in a list that is empty when there is none."""
        at = bisect_left(self.pieces, (position,)) if self.pieces else 0
        return self.pieces[at - 1 : at] if at else []

    def pieces_from(self, position: int) -> list[Span]:
        """The first quoted stretch that begins at `position` or later, in a list as above."""
        at = bisect_left(self.pieces, (position,)) if self.pieces else 0
        return self.pieces[at : at + 1]

    def bare_end(self) -> int:
        """The end of the sentence without its final stop; a closing quotation mark stays."""
        end = self.end
        while end > self.start and self.text[end - 1].isspace():
            end -= 1
        return end - 1 if self.text[end - 1 : end] in (".", "!", "?") and end - 1 > self.start else end

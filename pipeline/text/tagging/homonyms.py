"""States that are called like a common word: the bird at the beginning of a sentence is not the state.

What a name shared by persons, or by a person and a place, means is `coreference.py`.
"""

from pipeline.text.tagging.drafts import OPENING_MARKS, Draft, Sentence, occurrences


def drop_common_words(sentences: list[Sentence]) -> None:
    """ "Turkey" at the beginning of a sentence is the bird where the text has "turkey" and no Turk.

    That a capital there says nothing, and that the rest of the text decides, is Mikheev's (Computational Linguistics 28, 2002).
    """
    first = [d for s in sentences for d in s.drafts if d.actor_type == "country" and _begins(d, s)]
    text = sentences[0].text if first else ""
    words = {
        name for name in {text[d.start : d.end] for d in first} if any(True for _ in occurrences(text, name.lower()))
    }
    unsure = {id(d): d for d in first if text[d.start : d.end] in words}
    if not unsure:
        return
    named = {
        d.actor.iso3
        for s in sentences
        for d in s.drafts
        if d.actor is not None and not (d.is_trap or id(d) in unsure or s.is_title_case)
    }
    for draft in unsure.values():
        draft.is_trap = draft.iso3 not in named


def _begins(draft: Draft, sentence: Sentence) -> bool:
    """A state's name with which the sentence begins."""
    start = draft.start
    is_first = start == sentence.start or not sentence.text[sentence.start : start].strip(OPENING_MARKS)
    return is_first and draft.rule == "register_name"

"""The CRF tagger: a linear model of the words around a name, trained by the user with `bench/train_crf.py`.

Here are its tokens and features, which training and tagging share, and what is read off its labels. Features: the words
and their shapes, beginnings and endings, two words to either side, and whether the text also has the word in small
letters (after Finkel, Grenager and Manning, ACL 2005). It knows no register: what that lists needs no model.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from pipeline.taggers import TaggerError, library_version, model_digest
from pipeline.text.lexicon import word_finder
from pipeline.text.spellings import fold
from pipeline.text.tagging.proposed import Span, Tag

_TOKEN = re.compile(r"(?:[A-Z]\.)+|['’]s\b|\w+(?:[&.]\w+)*|[^\w\s]")
_SMALL_WORD = re.compile(r"\b[a-zß-öø-ÿ]\w*")
_REPEATED = re.compile(r"(.)\1+")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
LEAST_SCORE = 0.6  # of a name at its clearest; across folds .7 lost names, .5 added as many mistakes as names
_NO_MODEL = "train one on data of yours with: python bench/train_crf.py DATA.jsonl --model FILE"

Tokens = list[tuple[int, int]]


def version(model: str) -> str:
    """The library and the model file. Raises `TaggerError`."""
    return f"{library_version('python-crfsuite', 'crf')}, {model_digest(model, _NO_MODEL)}"


def load(model: str) -> Tag:
    """The trained model as a tagger. What is clearly a name in one place of a text is proposed wherever it stands in it (one
    sense per discourse: Gale, Church and Yarowsky, HLT 1992)."""
    from pycrfsuite import Tagger  # noqa: PLC0415 (in an extra)

    tagger = Tagger()
    try:
        tagger.open(model)
    except ValueError as error:
        raise TaggerError(f"tagger_model: {model} is no CRF model ({error}); {_NO_MODEL}") from error

    def tag(text: str, sentences: Sequence[tuple[int, int]], date: date | None) -> Iterator[Span]:
        describe = describer(text)
        clearest: dict[str, tuple[float, str]] = {}
        for start, end in sentences:
            tokens = tokenize(text, start, end)
            labels = tagger.tag(describe(tokens)) if tokens else []
            for first, last in _runs(labels):
                name = fold(text[tokens[first][0] : tokens[last][1]])
                score = min(tagger.marginal(labels[place], place) for place in range(first, last + 1))
                clearest[name] = max(clearest.get(name, (0.0, "")), (score, labels[first][2:]))
        clear = {name: found for name, found in clearest.items() if found[0] >= LEAST_SCORE and name.strip()}
        for start, end, (score, label) in word_finder(clear)(text) if clear else ():
            yield Span(start, end, label, score)

    return tag


def tokenize(text: str, start: int, end: int) -> Tokens:
    """Words and marks between two offsets, as half-open spans of `text`."""
    return [token.span() for token in _TOKEN.finditer(text, start, end)]


def describer(text: str) -> Callable[[Tokens], list[list[str]]]:
    """A function from the tokens of one sentence of `text` to the features of each."""
    small = set(_SMALL_WORD.findall(text))

    def describe(tokens: Tokens) -> list[list[str]]:
        words = [text[start:end] for start, end in tokens]
        low = [word.casefold() for word in words]
        shapes = [_shape(word) for word in words]
        return [_features(place, words, low, shapes, small) for place in range(len(tokens))]

    return describe


def _shape(word: str) -> str:
    """ "Xx" for "Miller", "X.X." for "U.S.", "d" for "2024"."""
    marked = _LETTER_OR_DIGIT.sub(lambda c: "d" if c[0].isdigit() else "X" if c[0].isupper() else "x", word)
    return _REPEATED.sub(r"\1", marked)


def _features(place: int, words: list[str], low: list[str], shapes: list[str], small: set[str]) -> list[str]:
    word, shape = low[place], shapes[place]
    found = ["bias", f"word={word}", f"shape={shape}", f"length={min(len(word), 8)}"]
    found += [f"begins={word[:n]}" for n in (1, 2, 3)] + [f"ends={word[-n:]}" for n in (1, 2, 3, 4)]
    if words[place][:1].isupper():
        found.append(f"small={word in small}")
    if place == 0:
        found.append("first")
    for step in (-2, -1, 1, 2):
        other = place + step
        if 0 <= other < len(words):
            found += [f"{step}word={low[other]}", f"{step}shape={shapes[other]}"]
            if step in (-1, 1):
                pair = (shapes[other], shape) if step < 0 else (shape, shapes[other])
                found += [f"{step}ends={low[other][-3:]}", f"{step}shapes={'|'.join(pair)}"]
        else:
            found.append(f"{step}none")
    return found


def _runs(labels: Sequence[str]) -> Iterator[tuple[int, int]]:
    """First and last token of each name: B-person I-person."""
    first = None
    for place, label in enumerate([*labels, "O"]):
        if first is not None and label != f"I-{labels[first][2:]}":
            yield first, place - 1
            first = None
        if first is None and label != "O":
            first = place

"""Which language a text is in. Nothing here knows articles or tables.

Method: langid (Lui and Baldwin 2012, ACL) with the model and the arithmetic of py3langid, for many texts at once: an
automaton reads them byte by byte in lock step, and naive Bayes weighs the features it tells.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_FILE, LanguageIdentifier

_GLANCE = 500  # characters; nine texts in ten are settled by them
_SURE = 0.999  # at which a glance gave the answer of the whole sample for all of 1,900 pages and texts in 20 languages
_SAMPLE = 4_000  # characters; more changes nothing and costs time
_LEAST_LETTERS = 20  # below this the answer is a guess, and an unknown is better than a guess
_AT_ONCE = 256  # texts; a step of the automaton costs little more for them than for one, and 20 MB at the most

_TAG = re.compile(r"([a-z]{2})(?:[-_].*)?$")

Answer = tuple[str | None, float | None]


class Model(NamedTuple):
    """What is known of languages."""

    codes: list[str]  # of languages; one written in two scripts comes twice
    twins: list[tuple[int, int]]  # places of its first and of its other coming
    prior: NDArray[np.float32]  # by language
    weights: NDArray[np.float16]  # by feature and language
    row: NDArray[np.intp]  # state to the first of its moves
    moves: NDArray[np.uint32]  # by row and byte: the next state
    told: NDArray[np.int32]  # state to the feature that ends there, or -1


def unpacked() -> Model:
    """The model, as the library brings it; this takes half a second."""
    known = LanguageIdentifier.from_model_file(MODEL_FILE)
    codes = known.nb_classes
    twins = [(codes.index(code), place) for place, code in enumerate(codes) if codes.index(code) != place]
    row = np.asarray(known.tk_row).astype(np.intp) * 256
    told = np.asarray(known.tk_output, dtype=np.int32)
    return Model(codes, twins, known.nb_pc, known.nb_ptc, row, np.asarray(known.tk_nextmove), told)


def identify(texts: Sequence[str], known: Callable[[], Model]) -> list[Answer]:
    """ISO 639-1 code and probability (0 to 1) of each text; (None, None) where there is too little of it to tell.

    `known`: the model, asked for only where there is something to tell.
    """
    answers: list[Answer] = [(None, None)] * len(texts)
    waiting = [number for number, text in enumerate(texts) if _is_legible(text)]
    for length in (_GLANCE, _SAMPLE):
        doubtful = []
        for number, (code, probability) in zip(
            waiting, _classified([texts[n][:length] for n in waiting], known), strict=True
        ):
            answers[number] = code, round(probability, 4)  # the last digits depend on the machine's arithmetic
            if probability < _SURE and len(texts[number]) > length:
                doubtful.append(number)
        waiting = doubtful
    return answers


def declared(name: str | None) -> tuple[str, float] | None:
    """A language tag somebody wrote (`en`, `en-US`, `pt_BR`) as code and certainty; None if it is no such tag.

    Codes of three letters are none: `eng` and `en` would be two languages.
    """
    tag = _TAG.match((name or "").strip().lower())
    return (tag.group(1), 1.0) if tag else None


def _is_legible(text: str) -> bool:
    return len(list(islice(filter(str.isalpha, text[:_SAMPLE]), _LEAST_LETTERS))) == _LEAST_LETTERS


def _classified(samples: Sequence[str], known: Callable[[], Model]) -> Iterator[tuple[str, float]]:
    """Most probable language of each sample, and its probability."""
    for start in range(0, len(samples), _AT_ONCE):
        model = known()
        read = [_as_read(sample) for sample in samples[start : start + _AT_ONCE]]
        scores = _scores(_features(read, model), model) / np.sqrt(
            [[max(len(one), 1)] for one in read], dtype=np.float32
        )
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        scores /= scores.sum(axis=1, keepdims=True)
        for first, twin in model.twins:
            scores[:, first] += scores[:, twin]
        best = scores.argmax(axis=1)
        yield from zip((model.codes[one] for one in best), scores.max(axis=1).tolist(), strict=True)


def _as_read(sample: str) -> bytes:
    text = sample.lower() if sample.isupper() else sample
    return unicodedata.normalize("NFC", text).encode("utf-8", "surrogatepass")


def _features(read: Sequence[bytes], model: Model) -> list[NDArray[np.int32]]:
    """The features of each text, in the order in which the automaton comes to them."""
    lengths = np.array([len(one) for one in read])
    letters = np.zeros((lengths.max(), len(read)), np.uint8)  # by position: a step reads what lies together
    for number, one in enumerate(read):
        letters[: len(one), number] = np.frombuffer(one, np.uint8)
    found = np.empty(letters.shape, np.int32)
    state = np.zeros(len(read), np.intp)
    for position, letter in enumerate(letters):
        state = model.moves[model.row[state] + letter]
        found[position] = model.told[state]
    found[np.arange(len(found))[:, None] >= lengths] = -1
    return [of_text[of_text >= 0] for of_text in np.ascontiguousarray(found.T)]


def _scores(features: Sequence[NDArray[np.int32]], model: Model) -> NDArray[Any]:
    """Log-likelihood of each language (columns) for each text (rows); sums run within a text."""
    is_used = np.zeros(len(model.weights), np.bool_)
    is_used[np.concatenate(features)] = True
    weights = model.weights[is_used].astype(np.float32)  # once for all texts: for each, it took half of the time
    place = np.cumsum(is_used) - 1
    scores = np.zeros((len(features), len(model.codes)), np.float32)
    for score, of_text in zip(scores, features, strict=True):
        if of_text.size:
            seen, counts = np.unique(place[of_text], return_counts=True)
            score[:] = np.log1p(counts, dtype=np.float32) @ weights[seen] + model.prior
    return scores

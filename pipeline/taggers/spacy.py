"""spaCy's named entities as proposals, from any installed pipeline package or folder with entities.

The labels are those of OntoNotes and of CoNLL. spaCy's entities carry no score of their own.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from importlib import metadata

from pipeline.taggers import library_version, model_digest
from pipeline.text.tagging.proposed import Span, Tag

_LABELS = {"PERSON": "person", "PER": "person", "ORG": "organisation"}
SCORE = 0.5  # as for rules with too few cases to be measured
_NO_MODEL = "name an installed spaCy package or the folder of a pipeline; see https://spacy.io/models"


def version(model: str) -> str:
    """The library and the pipeline. Raises `TaggerError`."""
    library = library_version("spacy", "spacy")
    try:
        return f"{library}, {model} {metadata.version(model)}"
    except (metadata.PackageNotFoundError, ValueError):  # a folder
        return f"{library}, {model_digest(model, _NO_MODEL)}"


def load(model: str) -> Tag:
    """The pipeline as a tagger; sentence by sentence, so that no entity crosses one."""
    import spacy  # noqa: PLC0415 (in an extra)

    pipeline = spacy.load(model)

    def tag(text: str, sentences: Sequence[tuple[int, int]], date: date | None) -> Iterator[Span]:
        parsed = pipeline.pipe(text[start:end] for start, end in sentences)
        for (start, _), sentence in zip(sentences, parsed, strict=True):
            for entity in sentence.ents:
                if entity.label_ in _LABELS:
                    yield Span(start + entity.start_char, start + entity.end_char, _LABELS[entity.label_], SCORE)

    return tag

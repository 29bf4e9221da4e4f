"""GLiNER's answers as proposals: a model asked for persons and kinds of organisations by name.

The model is a folder on this machine; nothing is fetched. Scores may differ in the last digits between machines.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from pipeline.taggers import library_version, model_digest
from pipeline.text.tagging.proposed import Span, Tag

# What the model is asked for -> what is proposed.
_LABELS = {
    "person": "person",
    "organization": "organisation",
    "political party": "party",
    "armed group": "armed_group",
    "government agency": "government",
}
_LEAST_SCORE = 0.5  # the library's own
_NO_MODEL = "name the folder of a GLiNER model on this machine"


def version(model: str) -> str:
    """The libraries and the model's folder. Raises `TaggerError`."""
    libraries = [library_version(name, "gliner") for name in ("gliner", "torch", "transformers")]
    return ", ".join([*libraries, model_digest(model, _NO_MODEL)])


def load(model: str) -> Tag:
    """The model as a tagger; sentence by sentence, since it reads no more than a few hundred words at a time."""
    from gliner import GLiNER  # noqa: PLC0415 (in an extra)

    network = GLiNER.from_pretrained(model, local_files_only=True)

    def tag(text: str, sentences: Sequence[tuple[int, int]], date: date | None) -> Iterator[Span]:
        for start, end in sentences:
            for found in network.predict_entities(text[start:end], list(_LABELS), threshold=_LEAST_SCORE):
                label = _LABELS[found["label"]]
                yield Span(start + found["start"], start + found["end"], label, float(found["score"]))

    return tag

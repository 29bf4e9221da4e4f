"""What a user would write instead of this pipeline, with the usual tools: the peer of bench/pipeline.py.

    python bench/naive.py FOLDER OUT [WORKERS]

Lines are kept or dropped by length and stop words (as jusText does), spaCy splits sentences and finds the surfaces of our
register, pandas writes texts, sentences and mentions as Parquet. It finds no roles, speakers, dates or duplicates, keeps no
account of what it drops and starts anew each time.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import spacy
from spacy.lang.en.stop_words import STOP_WORDS

sys.path[0] = str(Path(__file__).resolve().parents[1])  # else the neighbour pipeline.py would stand for the package

from pipeline.settings import SEEDS
from pipeline.steps.engines import actor_register

_LONG, _SHORT = 70, 20  # characters; jusText's bounds are 200 and 70, made for pages with more markup
_STOP_SHARE = 0.3  # of words; jusText's lower bound


def kept(text: str) -> str:
    """The lines that look like running text, and short ones between two of them."""
    lines = [line for line in text.splitlines() if line.strip()]
    good = [_is_good(line) for line in lines]
    near = [good[max(0, place - 1) : place + 2] for place in range(len(lines))]
    return "\n\n".join(
        line
        for line, is_good, around in zip(lines, good, near, strict=True)
        if is_good or (len(line) > _SHORT and len(around) == 3 and around[0] and around[2])
    )


def _is_good(line: str) -> bool:
    words = line.lower().split()
    return len(line) >= _LONG and sum(word in STOP_WORDS for word in words) >= _STOP_SHARE * len(words)


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """(text, path) of every file."""
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        yield kept(path.read_bytes().decode("utf-8", "replace")), str(path.relative_to(folder))


def main(folder: Path, out: Path, n_workers: int) -> None:
    """Read, clean, split, find, write."""
    nlp = spacy.blank("en")
    nlp.max_length = 100_000_000
    nlp.add_pipe("sentencizer")
    aliases = actor_register(str(SEEDS)).aliases
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "ACTOR", "pattern": one.surface, "id": one.actor_id} for one in aliases])
    documents, sentences, mentions = [], [], []
    for doc, path in nlp.pipe(texts(folder), as_tuples=True, n_process=n_workers, batch_size=50):
        documents.append({"path": path, "text": doc.text})
        for number, sentence in enumerate(doc.sents, 1):
            cells = {"path": path, "sentence": number, "start": sentence.start_char, "end": sentence.end_char}
            sentences.append({**cells, "text": sentence.text})
        for found in doc.ents:
            cells = {"path": path, "start": found.start_char, "end": found.end_char}
            mentions.append({**cells, "surface": found.text, "actor": found.ent_id_})
    out.mkdir(parents=True)
    for name, rows in (("documents", documents), ("sentences", sentences), ("mentions", mentions)):
        pd.DataFrame(rows).to_parquet(out / f"{name}.parquet", compression="zstd")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else os.cpu_count() or 1)

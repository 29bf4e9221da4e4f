"""Predictions for scorers: the same pure functions the pipeline runs, on anybody's labelled data.

    python bench/predict.py sentences   < gold.jsonl > predictions.jsonl
    python bench/predict.py actors      < gold.jsonl > predictions.jsonl    [--tagger crf --tagger-model FILE]
    python bench/predict.py boilerplate < gold.jsonl > predictions.jsonl

Gold, one JSON object a line:
  sentences    {"id", "text"}                      -> {"id", "sentence_spans": [[start, end], ...]}
  actors       {"id", "text", "date"}              -> {"id", "mentions": [{start, end, text, cls, form, role, iso3, sector,
                                                                    actor, rule, is_nested}]}
               {"doc", ...} for a label of a sample article: its text is read from seeds/articles
  boilerplate  {"id", "naive_text"} or {"id", "html"} -> {"id", "body", "keep"}   keep: indices of kept non-empty lines
Offsets are 0-based, half-open, in code points.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache, partial
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

sys.path[0] = str(Path(__file__).resolve().parents[1])  # else the neighbour pipeline.py would stand for the package

from pipeline import taggers
from pipeline.readers.html import HtmlReader
from pipeline.readers.markup import markup
from pipeline.settings import SEEDS, Settings
from pipeline.steps import engines
from pipeline.text.blocks import lines
from pipeline.text.cleaning.markup import packed
from pipeline.text.mentions import Mention
from pipeline.text.tagging.proposed import Proposer

_CLASSES = {"country": "country", "person": "person", "group": "group", None: "other"}
_FORMS = {"adjective": "adj"}
_KNOWLEDGE = (str(SEEDS), "")


def sentences(row: dict[str, Any]) -> dict[str, Any]:
    """Sentence spans of the whole text."""
    return {"sentence_spans": engines.segmenter(*_KNOWLEDGE)(row["text"])}


def actors(row: dict[str, Any], proposer: Proposer | None = None) -> dict[str, Any]:
    """Mentions in all sentences of the text, given its date; with those an optional tagger proposes."""
    text = row["text"]
    day = date.fromisoformat(row["date"]) if row.get("date") else None
    spans = engines.segmenter(*_KNOWLEDGE)(text)
    tag = engines.tagger(*_KNOWLEDGE, proposer=proposer)
    return {"mentions": [_mention(text, one) for one in tag(text, spans, published_on=day)]}


def _mention(text: str, one: Mention) -> dict[str, Any]:
    actor = _register().get(one.actor_id or "")
    kind = (
        "org" if one.actor_type is None and one.rule_id.startswith("tagger_") else _CLASSES.get(one.actor_type, "org")
    )
    nonstate = actor.plover_country if actor and not actor.iso3 else None
    return {
        "start": one.char_start,
        "end": one.char_end,
        "text": text[one.char_start : one.char_end],
        "cls": kind,
        "form": _FORMS.get(one.form, one.form),
        "role": one.mention_role,
        "iso3": one.iso3 or nonstate or "",
        "sector": one.sector or "",
        "actor": _label(one, actor),
        "rule": one.rule_id,
        "is_nested": one.parent is not None,
    }


def _label(one: Mention, actor: Any) -> str:
    """One string for one actor: a person's name, a register id, or the fullest name in the text."""
    if actor is not None:
        return actor.name if actor.actor_type == "person" else actor.actor_id.replace(":GOV", "_government")
    return one.full_name or f"{one.iso3 or ''}_{one.role_text or ''}"


@cache
def _register() -> dict[str, Any]:
    return {actor.actor_id: actor for actor in engines.actor_register(_KNOWLEDGE[0]).actors}


def boilerplate(row: dict[str, Any]) -> dict[str, Any]:
    """The body, and which of the non-empty lines are mostly body."""
    text, known = row.get("naive_text"), dict[str, Any]()
    if text is None:
        page = HtmlReader().render(row["html"].encode("utf-8", "surrogatepass"))
        text = page.decoded.text
        known = {"markup": packed(markup(text, page.source)), "title": page.given.get("title")}
    blocks = engines.cleaner(*_KNOWLEDGE, "standard")(text, **known)
    body = [block for block in blocks if block.is_body]
    kept: dict[int, int] = {}
    for block in body:
        kept[block.line_number] = kept.get(block.line_number, 0) + block.char_end - block.char_start
    filled = [(number, text[start:end].strip()) for number, start, end in lines(text) if text[start:end].strip()]
    return {
        "body": "\n\n".join(text[block.char_start : block.char_end] for block in body),
        "keep": [index for index, (number, line) in enumerate(filled) if kept.get(number, 0) * 2 > len(line)],
    }


TASKS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "sentences": sentences,
    "actors": actors,
    "boilerplate": boilerplate,
}


def documents(rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The rows; labels of sample articles (`doc`) become one row per article, with its text."""
    seen = set()
    for row in rows:
        if "doc" not in row:
            yield row
        elif row["doc"] not in seen:
            seen.add(row["doc"])
            text = (SEEDS / "articles" / f"{row['doc']}.txt").read_bytes().decode()
            yield {"id": row["doc"], "text": text}


def loaded_from(path: Path) -> Any:
    """A Python file as a module: a scorer that lies elsewhere."""
    spec = spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path} is no Python file")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Read gold from standard input, write predictions to standard output."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=TASKS)
    parser.add_argument("--tagger", default="", help="optional tagger for actors")
    parser.add_argument("--tagger-model", default="", help="its model")
    given = parser.parse_args()
    proposer = taggers.proposer(Settings(tagger=given.tagger, tagger_model=given.tagger_model))
    predict = partial(actors, proposer=proposer) if proposer else TASKS[given.task]
    for row in documents(json.loads(line) for line in sys.stdin if line.strip()):
        print(json.dumps({"id": row["id"], **predict(row)}, ensure_ascii=False))


if __name__ == "__main__":
    main()

"""Quality and speed of actor tagging, ours beside its peers, in one run on the same texts.

    python bench/actors.py [FOLDER] [--scorer FILE] [--crf MODEL] [--dictionary FILE ...] [--skip NAME ...]

FOLDER holds gold files, one document a line ({"id", "text", "date", "mentions"}): plover_gsr, gum_news, gum_other, re3d and
seeds_gold (labels of the sample articles), each .jsonl; measures whose file is missing are left out. The scorer is a Python
file with `score` and `score_seeds`. The peers get every surface of our register that needs no context and nothing else: a
bare pyahocorasick automaton with a word-boundary test, spaCy's PhraseMatcher and EntityRuler. `--dictionary` adds actors
files in the format of PETRARCH, codes by date, matched where the text has a capital. `--crf` adds our tagger with a model of
`train_crf.py`: train that on other documents than these, or its figures mean nothing.
CPU speed leaves out sentence segmentation; on a busy machine only the ratio to pyahocorasick means anything. The peers are
in the `bench` extra; one that is missing is skipped.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT)  # else the neighbour pipeline.py would stand for the package

from bench import predict
from pipeline import taggers
from pipeline.settings import SEEDS, Settings
from pipeline.steps import engines

Row = dict[str, Any]
Tool = Callable[[Row], list[Row]]
_KNOWLEDGE = (str(SEEDS), "")
_FORMS = {"adjective": "adj", "demonym": "adj", "metonym": "metonym"}
_CLASSES = {"country": "country", "person": "person", "group": "group"}


class Meaning(NamedTuple):
    """What a peer says of a surface; the keys are those of the scorer."""

    cls: str
    form: str
    iso3: str
    sector: str
    actor: str


def surfaces() -> dict[str, Meaning]:
    """Every surface of the register that may be tagged wherever it stands, with its first meaning."""
    register = engines.actor_register(_KNOWLEDGE[0])
    actors = {actor.actor_id: actor for actor in register.actors}
    found: dict[str, Meaning] = {}
    for alias in register.aliases:
        actor = actors[alias.actor_id]
        if alias.context_rule == "none" and alias.kind != "short":
            kind = _CLASSES.get(actor.actor_type, "org")
            country = actor.iso3 or actor.plover_country or ""
            label = actor.name if kind == "person" else actor.actor_id.replace(":GOV", "_government")
            meaning = Meaning(kind, _FORMS.get(alias.kind, "name"), country, actor.plover_sector or "", label)
            found.setdefault(alias.surface, meaning)
    return found


def said(start: int, end: int, meaning: Meaning) -> Row:
    """A prediction as the scorer reads it."""
    return {"start": start, "end": end, **meaning._asdict()}


def ours(model: str = "") -> Tool:
    """Our tagger as it is, or with a CRF."""
    proposer = taggers.proposer(Settings(tagger="crf" if model else "", tagger_model=model))
    return lambda row: predict.actors(row, proposer)["mentions"]


def find_longest(automaton: Any, text: str) -> Iterator[tuple[int, int, Any]]:
    """Whole-word matches from left to right, the longest of those that overlap."""
    matches = [
        (start, -stop, value)
        for end, (length, value) in automaton.iter(text)
        for start, stop in [(end + 1 - length, end + 1)]
        if not (text[start - 1 : start].isalnum() or text[stop : stop + 1].isalnum())
    ]
    last = 0
    for start, minus_stop, value in sorted(matches, key=itemgetter(0, 1)):
        if start >= last:
            last = -minus_stop
            yield start, last, value


def pyahocorasick(known: dict[str, Any]) -> Tool:
    from ahocorasick import Automaton  # noqa: PLC0415

    automaton = Automaton()
    for surface, meaning in known.items():
        automaton.add_word(surface, (len(surface), meaning))
    automaton.make_automaton()
    return lambda row: [said(*found) for found in find_longest(automaton, row["text"])]


def phrase_matcher(known: dict[str, Meaning]) -> Tool:
    import spacy  # noqa: PLC0415
    from spacy.matcher import PhraseMatcher  # noqa: PLC0415
    from spacy.util import filter_spans  # noqa: PLC0415

    language = spacy.blank("en")
    matcher = PhraseMatcher(language.vocab)
    for surface in known:
        matcher.add(surface, [language.make_doc(surface)])

    def tag(row: Row) -> list[Row]:
        spans = filter_spans(matcher(language.make_doc(row["text"]), as_spans=True))
        return [said(span.start_char, span.end_char, known[span.label_]) for span in spans]

    return tag


def entity_ruler(known: dict[str, Meaning]) -> Tool:
    import spacy  # noqa: PLC0415

    language = spacy.blank("en")
    language.add_pipe("entity_ruler").add_patterns([{"label": one, "pattern": one} for one in known])
    return lambda row: [
        said(entity.start_char, entity.end_char, known[entity.label_]) for entity in language(row["text"]).ents
    ]


def dictionary(files: list[Path]) -> Tool:
    """Actors files of PETRARCH alone: a code is a country of three letters and sectors."""
    from ahocorasick import Automaton  # noqa: PLC0415

    from pipeline.text.registering.petrarch import read_actors  # noqa: PLC0415

    automaton = Automaton()
    for block in (block for path in files for block in read_actors(path.read_text("utf-8", "replace"))[0]):
        for phrase in block.phrases:
            plain = phrase.replace("_", " ").strip().lower()
            automaton.add_word(plain, (len(plain), block))
    automaton.make_automaton()

    def tag(row: Row) -> list[Row]:
        text, day = row["text"], date.fromisoformat(row["date"]) if row.get("date") else date.max
        lowered = "".join(one.lower() if len(one.lower()) == 1 else one for one in text)
        found = []
        for start, end, block in find_longest(automaton, lowered):
            if text[start].isupper():
                in_time = [
                    term.code
                    for term in block.terms
                    if (term.first_day or date.min) <= day <= (term.last_day or date.max)
                ]
                code = (in_time or [block.terms[-1].code])[0]
                if code != "---":  # found, and nobody
                    found.append(said(start, end, Meaning("other", "name", code[:3], code[3:6], block.phrases[0])))
        return found

    return tag


def stances(gold: list[Row], predicted: list[Row]) -> float | None:
    """Share of country names, as actor or place, that agree with a label as organisation or location."""
    of_document = {row["id"]: {(one["start"], one["end"]): one for one in row["mentions"]} for row in predicted}
    pairs = [
        (label["type"] == "Location", found["role"] == "place")
        for row in gold
        for label in row["mentions"]
        if label["type"] in ("Location", "Organisation") and label["kind"] == "name"
        for found in [of_document[row["id"]].get((label["start"], label["end"]))]
        if found and found["cls"] == "country" and found["form"] == "name" and "role" in found
    ]
    return sum(wanted == got for wanted, got in pairs) / len(pairs) if pairs else None


def at(scores: Any, *places: str) -> float | None:
    """A score out of nested ones, if it is there."""
    for place in places:
        scores = (scores or {}).get(place)
    return scores


Measure = Callable[[Any, list[Row], list[Row]], list[float | None]]
"""From the scorer, gold and predictions to one or two shares."""


def share(*places: tuple[str, ...]) -> Measure:
    """These places of what `score` says."""
    return lambda scorer, gold, predicted: [at(scorer.score(gold, predicted)[0], *place) for place in places]


def sample(level: str, measure: str) -> Measure:
    """A level of labels of the sample articles, in what `score_seeds` says."""
    return lambda scorer, gold, predicted: [at(scorer.score_seeds(gold, predicted), level, measure)]


MEASURES: list[tuple[str, tuple[str, ...], Measure]] = [
    ("PLOVER, country right / wrong", ("plover_gsr",),
     share(("country_resolution", "right"), ("country_resolution", "wrong"))),
    ("PLOVER, sector right", ("plover_gsr",), share(("sector", "right"))),
    ("GUM news, political actors found / precision", ("gum_news",), share(("core", "found"), ("precision", "all", "p"))),
    ("GUM other, political actors found / precision", ("gum_other",),
     share(("core", "found"), ("precision", "all", "p"))),
    ("GUM, country names found / precision", ("gum_news", "gum_other"),
     share(("country", "found"), ("precision", "country", "p"))),
    ("GUM news, one id for one person", ("gum_news",), share(("chain", "same_id"))),
    ("re3d, actor or place right", ("re3d",), lambda scorer, gold, predicted: [stances(gold, predicted)]),
    *((f"samples, {level} found", ("seeds_gold",), sample(level, "found"))
      for level in ("name", "adj", "metonym", "role", "pronoun", "nominal")),
    ("samples, traps tagged", ("seeds_gold",), sample("trap", "tagged")),
    ("samples, role resolved to the person", ("seeds_gold",), sample("role", "actor")),
]  # fmt: skip


def speeds(tools: dict[str, Tool], rows: list[Row], rounds: int = 3) -> dict[str, float]:
    """Megabytes (UTF-8) a CPU second, the best of some rounds in which the tools take turns."""
    size = sum(len(row["text"].encode()) for row in rows) / 1e6
    best = dict.fromkeys(tools, float("inf"))
    for _ in range(rounds):
        for name, tag in tools.items():
            begun = time.process_time()
            for row in rows:
                tag(row)
            best[name] = min(best[name], time.process_time() - begun)
    return {name: size / seconds for name, seconds in best.items()}


def main() -> None:
    """Read the gold files, run every tool, print the table."""
    shared = ROOT.parent / "shared" / "bench"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=shared / "actors")
    parser.add_argument("--scorer", type=Path, default=shared / "eval_actors.py")
    parser.add_argument("--crf", help="model of the optional CRF tagger")
    parser.add_argument("--dictionary", nargs="+", type=Path, help="actors files in the format of PETRARCH")
    parser.add_argument("--skip", nargs="*", default=[], help="tools to leave out")
    given = parser.parse_args()

    known = surfaces()
    loaders: dict[str, Callable[[], Tool]] = {
        "ours": ours,
        **({"ours + crf": partial(ours, given.crf)} if given.crf else {}),
        "pyahocorasick": partial(pyahocorasick, known),
        "PhraseMatcher": partial(phrase_matcher, known),
        "EntityRuler": partial(entity_ruler, known),
        **({"dictionary": partial(dictionary, given.dictionary)} if given.dictionary else {}),
    }
    tools: dict[str, Tool] = {}
    for name, load in loaders.items():
        try:
            tools |= {} if name in given.skip else {name: load()}
        except ImportError as error:
            print(f"{name}: skipped ({error}); install the extra bench, or crf")

    scorer = predict.loaded_from(given.scorer)
    wanted = {name for _, files, _ in MEASURES for name in files}
    paths = sorted(path for path in given.folder.glob("*.jsonl") if path.stem in wanted)
    gold = {path.stem: [json.loads(line) for line in path.open(encoding="utf-8")] for path in paths}
    texts = {name: list(predict.documents(iter(rows))) for name, rows in gold.items()}
    found = {
        tool: {name: [{"id": row["id"], "mentions": tag(row)} for row in rows] for name, rows in texts.items()}
        for tool, tag in tools.items()
    }
    print(f"{len(known):,} surfaces\n{'':46}" + "".join(f"{name:>16}" for name in tools))
    for label, files, measure in MEASURES:
        if all(name in gold for name in files):
            cells = []
            for tool in tools:
                predicted = [row for name in files for row in found[tool][name]]
                shares = measure(scorer, [row for name in files for row in gold[name]], predicted)
                cells.append(" / ".join("-" if one is None else f"{one:.3f}" for one in shares))
            print(f"{label:46}" + "".join(f"{cell:>16}" for cell in cells))
    speed = speeds(tools, [row for rows in texts.values() for row in rows])
    print(f"{'speed, MB a CPU second':46}" + "".join(f"{speed[tool]:16.3f}" for tool in tools))
    if "pyahocorasick" in speed:
        ratios = [speed[tool] / speed["pyahocorasick"] for tool in tools]
        print(f"{'speed, of pyahocorasick':46}" + "".join(f"{ratio:16.4f}" for ratio in ratios))


if __name__ == "__main__":
    main()

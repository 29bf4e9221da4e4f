"""How often each tagging rule is right on labelled documents, beside the confidence its mentions carry.

    python bench/confidence.py gold.jsonl [more.jsonl ...]

Gold is that of `bench/predict.py actors` with its labels: {"id", "text", "date", "mentions": [{start, end, head_start,
head_end, type, kind, iso3, atype}]}. A mention is right if it touches the head of a labelled actor of its kind and
gives no other country than the label; a person or pronoun also has to be who the label's chain is about. In files that label every entity a name, role or capital that touches no
label is wrong; an adjective or a name inside another mention, which such files do not list, is not counted, nor is
anything outside the labels of files that label event participants only (kind "unknown").

Prints a row a rule: n, precision, precision rounded to .05 (none below ten cases from four documents), confidence, and where the two differ.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

sys.path[0] = str(Path(__file__).resolve().parents[1])  # else the neighbour pipeline.py would stand for the package
sys.path.insert(1, str(Path(__file__).resolve().parent))

import predict

from pipeline.text.tagging.drafts import CONFIDENCE

Pairs = list[tuple[dict[str, Any], list[dict[str, Any]]]]
FEWEST, FEWEST_DOCUMENTS = 10, 4  # cases, and documents they are from, that make a precision
STEP = 0.05
_KINDS = {"person": "person", "country": "country", "place": "country", "location": "country"}
_ALIKE = ({"country", "org"}, {"country", "group"}, {"group", "person"}, {"group", "org"})


def judged(row: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """(rule, right) of every mention of one labelled document that its labels can judge."""
    labels = [m for m in row["mentions"] if m.get("start") is not None]
    is_partial = any(m.get("kind") == "unknown" for m in labels)
    pairs = [(p, [m for m in labels if _touches(p, m)]) for p in predict.actors(row)["mentions"]]
    meant = _meant(pairs)
    for mention, touched in pairs:
        if touched:
            yield mention["rule"], any(_fits(mention, m) and _is_who(mention, m, meant) for m in touched)
        elif not is_partial and mention["form"] != "adj" and not mention["is_nested"]:
            yield mention["rule"], False


def _meant(pairs: Pairs) -> dict[str, str]:
    """Chain of labels -> the actor most of its names are resolved to."""
    actors: dict[str, Counter[str]] = defaultdict(Counter)
    for mention, touched in pairs:
        for label in touched:
            if label.get("chain") and label["kind"] == "name" and mention["form"] == "name":
                actors[label["chain"]][mention["actor"]] += 1
    return {chain: some.most_common(1)[0][0] for chain, some in actors.items()}


def _is_who(mention: dict[str, Any], label: dict[str, Any], meant: dict[str, str]) -> bool:
    """Persons and pronouns: the actor that the other names of the chain are resolved to."""
    if mention["form"] != "pronoun" and not (mention["cls"] == "person" and mention["form"] == "name"):
        return True
    return meant.get(label.get("chain") or "", mention["actor"]) == mention["actor"]


def _touches(mention: dict[str, Any], label: dict[str, Any]) -> bool:
    start, end = label.get("head_start", label["start"]), label.get("head_end", label["end"])
    inside = label["start"] <= mention["start"] and mention["end"] <= label["end"]
    return bool(mention["start"] < end and mention["end"] > start and (inside or mention["end"] >= end))


def _fits(mention: dict[str, Any], label: dict[str, Any]) -> bool:
    """No other country than the label's, and the label's kind; roles and nominals may be labelled as what they serve."""
    if label.get("iso3") and mention["iso3"]:
        return bool(mention["iso3"] == label["iso3"])
    kind = _KINDS.get(label["type"].lower(), "org")
    is_open = label.get("kind") == "unknown" or mention["form"] in ("role", "nominal", "pronoun")
    return is_open or mention["cls"] in (kind, "other") or {mention["cls"], kind} in _ALIKE


def count(rows: Iterable[dict[str, Any]]) -> tuple[Counter[str], Counter[str], dict[str, set[str]]]:
    """Of every rule: mentions, right mentions, documents."""
    n, right = Counter[str](), Counter[str]()
    documents: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for rule, is_right in judged(row):
            n[rule] += 1
            right[rule] += is_right
            documents[rule].add(row["id"])
    return n, right, documents


def precisions(rows: Iterable[dict[str, Any]]) -> dict[str, float]:
    """Rule -> precision, rounded, at most .95; of rules with enough cases."""
    n, right, documents = count(rows)
    return {
        rule: min(0.95, round(right[rule] / n[rule] / STEP) * STEP)
        for rule in n
        if n[rule] >= FEWEST and len(documents[rule]) >= FEWEST_DOCUMENTS
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", nargs="+", type=Path)
    rows = [json.loads(line) for path in parser.parse_args().gold for line in path.read_text("utf-8").splitlines()]
    n, right, _ = count(rows)
    rounded = precisions(rows)
    print(f"{'rule':24}{'n':>6}{'precision':>11}{'rounded':>9}{'confidence':>12}")
    for rule, confidence in CONFIDENCE.items():
        precision = f"{right[rule] / n[rule]:11.3f}" if n[rule] else f"{'-':>11}"
        shown = f"{rounded[rule]:9.2f}" if rule in rounded else f"{'-':>9}"
        mark = "  differs" if abs(rounded.get(rule, confidence) - confidence) > STEP / 2 else ""
        print(f"{rule:24}{n[rule]:>6}{precision}{shown}{confidence:>12.2f}{mark}")


if __name__ == "__main__":
    main()

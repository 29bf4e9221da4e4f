"""Quality and speed of sentence segmentation, ours beside its peers, in one run on the same texts.

    python bench/sentences.py [FOLDER] [--skip NAME ...] [--errors GROUP]

FOLDER holds gold files `<source>.<setting>.jsonl`, one document a line: {"source", "genre", "text", "sentence_spans"};
settings are `para` (a blank line between paragraphs), `flat` (a space instead) and `glue` (some not even that).
Quality is F1 over sentence ends inside paragraphs; an end without final punctuation counts neither for nor against,
since no tool can know where a corpus ran headings together. CPU speed includes character offsets; on a busy machine
only the ratio to sentencex means anything. The peers are in the `bench` extra; one that is missing is skipped.
"""

import argparse
import json
import re
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT)  # else the neighbour pipeline.py would stand for the package

from pipeline.knowledge import read_rows
from pipeline.text.sentences import Abbreviation, segmenter
from pipeline.text.speech import SpeechVerb

Segment = Callable[[str], list[tuple[int, int]]]
Row = dict[str, Any]

SPOKEN = {"conversation", "court", "podcast", "vlog"}


def is_wire(row: Row) -> bool:
    """Newswire and newspaper text."""
    return bool(row["genre"] == "news" and row["source"] != "SEED")


def is_core(row: Row) -> bool:
    """News and other edited writing."""
    if row["source"].startswith("EWT"):
        return row["genre"] in {"weblog", "newsgroup"}
    return is_wire(row) or (row["source"].startswith(("GUM", "PUD")) and row["genre"] not in SPOKEN)


GROUPS: dict[str, tuple[str, Callable[[Row], bool]]] = {
    "CORE para": ("para", is_core),
    "CORE flat": ("flat", is_core),
    "WIRE para": ("para", is_wire),
    "WIRE flat": ("flat", is_wire),
    "glued": ("glue", is_core),
    "samples": ("para", lambda row: row["source"] == "SEED"),
}


def ours() -> Segment:
    rules = ROOT / "seeds" / "rules"
    return segmenter(
        read_rows(rules / "abbreviations.csv", Abbreviation), read_rows(rules / "speech_verbs.csv", SpeechVerb)
    )


def sentencex() -> Segment:
    from sentencex import get_sentence_boundaries  # noqa: PLC0415

    return lambda text: [(one["start_index"], one["end_index"]) for one in get_sentence_boundaries("en", text)]


def nupunkt() -> Segment:
    from nupunkt import sent_spans  # noqa: PLC0415

    return lambda text: list(sent_spans(text))


def blingfire() -> Segment:
    from blingfire import text_to_sentences_and_offsets  # noqa: PLC0415

    return lambda text: [tuple(span) for span in text_to_sentences_and_offsets(text)[1]]


def syntok() -> Segment:
    from syntok.segmenter import analyze  # noqa: PLC0415

    def segment(text: str) -> list[tuple[int, int]]:
        spans = []
        for block in re.finditer(r"\S(?:.|\n(?!\s*\n))*", text):  # its own offsets start anew in each paragraph
            for paragraph in analyze(block[0]):
                for tokens in map(list, paragraph):
                    end = tokens[-1].offset + len(tokens[-1].value)
                    spans.append((block.start() + tokens[0].offset, block.start() + end))
        return spans

    return segment


def pysbd() -> Segment:
    from pysbd import Segmenter  # noqa: PLC0415

    tool = Segmenter(language="en", clean=False, char_span=True)
    return lambda text: [(one.start, one.end) for one in tool.segment(text)]


TOOLS = {tool.__name__: tool for tool in (ours, sentencex, nupunkt, blingfire, syntok, pysbd)}


def trimmed(text: str, spans: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Spans without white space at either side; empty ones left out."""
    cut = ((a + len(text[a:b]) - len(text[a:b].lstrip()), a + len(text[a:b].rstrip())) for a, b in spans)
    return {(a, b) for a, b in cut if a < b}


_AT_LINE_END = re.compile(r"[^\S\n]*\n")
_FINAL = re.compile(r"""[.!?…][\s"'`)\]}*’“”»]*$""")


def ends(row: Row, spans: Iterable[tuple[int, int]]) -> set[int]:
    """Sentence ends but for the last of the text and those of paragraphs."""
    text = row["text"]
    last = len(text.rstrip())
    return {b for _, b in trimmed(text, spans) if b != last and not _AT_LINE_END.match(text, b)}


def judged(row: Row, segment: Segment) -> tuple[set[int], set[int]]:
    """Gold and predicted ends that count for this document."""
    gold, found = ends(row, row["sentence_spans"]), ends(row, segment(row["text"]))
    free = {end for end in gold if not _FINAL.search(row["text"], max(0, end - 12), end)}
    return gold - free, found - free


def f1(rows: list[Row], segment: Segment) -> float:
    """F1 at final punctuation over all rows, in percent."""
    pairs = [judged(row, segment) for row in rows]
    hits = sum(len(gold & found) for gold, found in pairs)
    total = sum(len(gold) + len(found) for gold, found in pairs)
    return 200 * hits / total if total else 100.0


def solved(rows: list[Row], segment: Segment) -> int:
    """Documents whose sentences are all exact."""
    return sum(
        trimmed(row["text"], row["sentence_spans"]) == trimmed(row["text"], segment(row["text"])) for row in rows
    )


def speeds(tools: dict[str, Segment], texts: list[str], budget: float = 20, turn: int = 200) -> dict[str, float]:
    """Megabytes (UTF-8) a CPU second.

    Tools take turns of `turn` texts, so that all meet the same machine; no tool sees a text twice, so that caches of
    results do not help; one that has used up its budget of seconds drops out.
    """
    spent = dict.fromkeys(tools, 0.0)
    size = dict.fromkeys(tools, 0)
    for segment in tools.values():
        segment("Models are loaded. This is not measured.")
    for first in range(0, len(texts), turn):
        for name, segment in tools.items():
            if spent[name] < budget:
                begun = time.process_time()
                for text in texts[first : first + turn]:
                    segment(text)
                spent[name] += time.process_time() - begun
                size[name] += sum(len(text.encode()) for text in texts[first : first + turn])
    return {name: size[name] / spent[name] / 1e6 if spent[name] else float("nan") for name in tools}


def documents(texts: Iterable[str], size: int = 2_000) -> list[str]:
    """Texts cut at paragraph breaks into pieces of an article's length."""
    pieces: list[str] = []
    for text in texts:
        piece = ""
        for paragraph in text.split("\n\n"):
            piece = f"{piece}\n\n{paragraph}" if piece else paragraph
            if len(piece) > size:
                pieces.append(piece)
                piece = ""
        pieces.extend([piece] if piece else [])
    return pieces


def show_errors(rows: list[Row], segment: Segment) -> None:
    """Print every end missed (-) or invented (+), with its surroundings."""
    for row in rows:
        gold, found = judged(row, segment)
        for end in sorted(gold ^ found):
            before, after = row["text"][max(0, end - 60) : end], row["text"][end : end + 50]
            print("-" if end in gold else "+", row.get("id", row["source"]), repr(f"{before} | {after}"))


def main() -> None:
    """Read the gold files, run every tool, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT.parent / "shared" / "bench" / "sentences")
    parser.add_argument("--skip", nargs="*", default=[], choices=TOOLS, help="tools to leave out")
    parser.add_argument("--files", default="*", help="only files of this name before the setting, such as '*-dev'")
    parser.add_argument("--errors", choices=GROUPS, help="print our errors in this group instead")
    given = parser.parse_args()

    rows: dict[str, list[Row]] = {}
    for path in sorted(given.folder.glob(f"{given.files}.*.jsonl")):
        setting = path.name.split(".")[-2]
        rows.setdefault(setting, []).extend(map(json.loads, path.read_text(encoding="utf-8").splitlines()))
    groups = {name: [row for row in rows.get(setting, []) if wanted(row)] for name, (setting, wanted) in GROUPS.items()}
    groups = {name: members for name, members in groups.items() if members}
    golden = [row for row in rows.get("flat", []) if row["source"] == "GRS"]
    if given.errors:
        show_errors(groups.get(given.errors, []), ours())
        return

    tools: dict[str, Segment] = {}
    for name, load in TOOLS.items():
        if name in given.skip:
            continue
        try:
            tools[name] = load()
        except ImportError as error:
            print(f"{name}: skipped ({error}); install the bench extra")
    speed = speeds(tools, documents(row["text"] for row in rows.get("para") or golden))
    print("F1 in percent; MB/s of CPU time, with spans")
    print(
        "".join(
            [f"{'tool':10}", *(f"{name:>11}" for name in groups), f"{f'of {len(golden)}':>8}{'MB/s':>8}{'ratio':>8}"]
        )
    )
    for name, segment in tools.items():
        scores = "".join(f"{f1(members, segment):11.2f}" for members in groups.values())
        ratio = speed[name] / speed["sentencex"] if "sentencex" in speed else float("nan")
        print(f"{name:10}{scores}{solved(golden, segment):8}{speed[name]:8.2f}{ratio:8.3f}", flush=True)


if __name__ == "__main__":
    main()

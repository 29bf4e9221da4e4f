"""Quality and speed of boilerplate removal, ours beside published rules and extractors, in one run on the same pages.

    python bench/boilerplate.py FOLDER [--unseen PREDICTIONS] [--skip NAME ...] [--resamples 200]

FOLDER holds `naive.dev.jsonl.gz` (whole pages as text), `container.dev.jsonl.gz` (nearly clean text) and, for HTML,
`pages.dev.jsonl.gz`; the scorer `eval_boilerplate.py` lies beside it. `body` is the labelled body alone, of which nothing
should go. Quality is F1 of 4-gram shingles with its interval from resampling sites, on `modern` pages (seb, aed, fundus)
and on wcxb; speed is megabytes of text (of HTML) a CPU second.
Our weights were fitted to pages of this folder: what they reach on unseen sites is told by `--unseen`, a file written by
`train_boilerplate.py --check`. Peers are in the `bench` extra; one that is missing is skipped.
"""

import argparse
import gzip
import importlib.util
import json
import random
import re
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT)  # else the neighbour pipeline.py would stand for the package

from pipeline.readers.html import HtmlReader
from pipeline.readers.markup import markup
from pipeline.settings import SEEDS
from pipeline.steps import engines
from pipeline.text.cleaning.markup import packed

Row = dict[str, Any]
Extract = Callable[[str], str]
GROUPS = {"modern": ("seb", "aed", "fundus"), "wcxb": ("wcxb",)}
SETTINGS = {
    "naive": ("naive", "naive_text"),
    "container": ("container", "naive_text"),
    "body": ("naive", "gold_body"),
    "pages": ("pages", "html"),
}
"""File and column of what goes in."""


# -- ours -----------------------------------------------------------------------------------------------------------


def ours(profile: str) -> Callable[..., str]:
    clean = engines.cleaner(str(SEEDS), "", profile)

    def body(text: str, **known: Any) -> str:
        return "\n\n".join(text[block.char_start : block.char_end] for block in clean(text, **known) if block.is_body)

    return body


def ours_from_html() -> Extract:
    body = ours("standard")

    def from_html(html: str) -> str:
        page = HtmlReader().render(html.encode("utf-8", "surrogatepass"))
        text = page.decoded.text
        return body(text, markup=packed(markup(text, page.source)), title=page.given.get("title"))

    return from_html


# -- peers: text in ---------------------------------------------------------------------------------------------------


def lines_that(keep: Callable[[str], bool]) -> Extract:
    return lambda text: "\n\n".join(line for line in text.split("\n") if line.strip() and keep(line.strip()))


_C4_STRAIGHT, _C4_CURLY = (re.compile(rf"[.!?{quotes}]\Z") for quotes in ("\"'", "\"'”’"))
_C4_POLICY = re.compile(r"javascript|terms of use|privacy policy|cookies? policy|uses cookies", re.IGNORECASE)


def is_c4_line(end: re.Pattern[str]) -> Callable[[str], bool]:
    """Raffel et al. 2020: five words or more, final punctuation, no policy notice."""
    return lambda line: len(line.split()) >= 5 and bool(end.search(line)) and not _C4_POLICY.search(line)


_REFINED_WIDGET = re.compile(
    r"^(?:sign-?in|log ?in)|(?:read more\.{0,3}|items in cart)$|^\d+ (?:likes|shares|comments)", re.I
)


def is_refinedweb_line(line: str) -> bool:
    """Penedo et al. 2023, G.2: not mostly capitals, no number, no counter, more than one word, no short widget line."""
    letters = [char for char in line if char.isalpha()]
    mostly_capitals = sum(map(str.isupper, letters)) > 0.5 * len(letters)
    n_words = len(line.split())
    return not (mostly_capitals or not letters or n_words == 1 or (n_words <= 10 and _REFINED_WIDGET.search(line)))


def best_prose_run(text: str) -> str:
    """The contiguous lines with the greatest sum, where sentences count for and other lines against."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    gains = [min(len(line), 480) if is_c4_line(_C4_CURLY)(line) else -48 for line in lines]
    best, best_sum, start, total = (0, 0), 0, 0, 0
    for i, gain in enumerate(gains):
        total += gain
        if total > best_sum:
            best, best_sum = (start, i + 1), total
        elif total < 0:
            start, total = i + 1, 0
    return "\n\n".join(lines[slice(*best)])


def justext_lines() -> Extract:
    import justext.core  # noqa: PLC0415

    stop_list = justext.get_stoplist("English")

    def body(text: str) -> str:
        paragraphs = []
        for line in (line.strip() for line in text.split("\n") if line.strip()):
            paragraph = justext.core.Paragraph(justext.core.PathInfo())
            paragraph.append_text(line)
            paragraphs.append(paragraph)
        justext.core.classify_paragraphs(paragraphs, stop_list)
        justext.core.revise_paragraph_classification(paragraphs)
        return "\n\n".join(one.text for one in paragraphs if one.class_type == "good")

    return body


# -- peers: HTML in ---------------------------------------------------------------------------------------------------


def resiliparse_main() -> Extract:
    from resiliparse.extract.html2text import extract_plain_text  # noqa: PLC0415

    return lambda html: str(extract_plain_text(html, main_content=True))


def readability() -> Extract:
    from lxml import html as lxml_html  # noqa: PLC0415
    from readability import Document  # noqa: PLC0415

    return lambda html: str(lxml_html.fromstring(Document(html).summary()).text_content())


def trafilatura(**mode: bool) -> Callable[[], Extract]:
    def load() -> Extract:
        from trafilatura import extract  # noqa: PLC0415

        return lambda html: extract(html, include_comments=False, **mode) or ""

    return load


FROM_TEXT: dict[str, Callable[[], Extract]] = {
    "nothing removed": lambda: lambda text: text,
    "C4 lines, straight quotes": lambda: lines_that(is_c4_line(_C4_STRAIGHT)),
    "C4 lines, curly quotes": lambda: lines_that(is_c4_line(_C4_CURLY)),
    "RefinedWeb lines": lambda: lines_that(is_refinedweb_line),
    "best prose run": lambda: best_prose_run,
    "jusText, English": justext_lines,
    **{f"tidywire {profile}": lambda profile=profile: ours(profile) for profile in ("cautious", "standard", "strict")},
}
FROM_HTML: dict[str, Callable[[], Extract]] = {
    "resiliparse main": resiliparse_main,
    "readability": readability,
    "trafilatura": trafilatura(),
    "trafilatura precision": trafilatura(favor_precision=True),
    "trafilatura fast": trafilatura(fast=True),
    "tidywire": ours_from_html,
}

# -- the table --------------------------------------------------------------------------------------------------------


def read(path: Path) -> list[Row]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def scorer(folder: Path) -> Any:
    spec = importlib.util.spec_from_file_location("eval_boilerplate", folder.parent / "eval_boilerplate.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"eval_boilerplate.py is not in {folder.parent}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def quality(score: Any, rows: list[Row], bodies: Iterable[str], resamples: int) -> str:
    """F1 with its interval, for every group of pages."""
    scored = [score.score_doc(row, {"body": body}) for row, body in zip(rows, bodies, strict=True)]
    cells = []
    for sources in GROUPS.values():
        at = [i for i, row in enumerate(rows) if row["source_benchmark"] in sources]
        some, docs = [rows[i] for i in at], [scored[i] for i in at]
        if not docs:
            cells.append(f"{'':22}")
            continue
        low, high = score.boot(score.by_site(some, docs), ("F1",), resamples, random.Random(7))["F1"]
        cells.append(f"{score.summary(docs)['F1']:.3f} [{low:.3f}, {high:.3f}]  ")
    return "".join(cells)


def run(folder: Path, skip: Iterable[str], unseen: Path | None, resamples: int) -> None:
    score = scorer(folder)
    labels = {row["id"]: row for row in read(folder / "naive.dev.jsonl.gz")}
    for setting, (file, column) in SETTINGS.items():
        rows = [labels[row["id"]] | row for row in read(folder / f"{file}.dev.jsonl.gz")]
        megabytes = sum(len(row[column].encode("utf-8", "surrogatepass")) for row in rows) / 1e6
        print(
            f"\n{setting}: {len(rows)} pages, {megabytes:.0f} MB\n{'':28}"
            + "".join(f"{name:22}" for name in GROUPS)
            + "MB/s"
        )
        for name, load in (FROM_HTML if column == "html" else FROM_TEXT).items():
            if name in skip:
                continue
            try:
                extract = load()
            except ImportError as missing:
                print(f"{name:28}not installed ({missing.name})")
                continue
            start = time.process_time()
            bodies = [extract(row[column]) for row in rows]
            seconds = time.process_time() - start
            print(f"{name:28}{quality(score, rows, bodies, resamples)}{megabytes / seconds:.2f}", flush=True)
        if unseen:
            found = {(one["setting"], one["id"]): one["body"] for one in map(json.loads, unseen.open(encoding="utf-8"))}
            bodies = [found[setting, row["id"]] for row in rows]
            print(f"{'tidywire, unseen sites':28}{quality(score, rows, bodies, resamples)}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--skip", nargs="*", default=[])
    parser.add_argument("--unseen", type=Path)
    parser.add_argument("--resamples", type=int, default=200)
    options = parser.parse_args()
    run(options.folder, options.skip, options.unseen, options.resamples)


if __name__ == "__main__":
    main()

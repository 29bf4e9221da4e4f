"""Labelled pages and articles as `train_boilerplate.py` learns from them: read, labelled line by line, ruled and measured.

What is fitted to them is decided there; which files there are is told in its docstring.
"""

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.knowledge import read_rows
from pipeline.readers.html import HtmlReader
from pipeline.readers.markup import markup
from pipeline.settings import SEEDS
from pipeline.text.blocks import BODY_KINDS, STRIPPED_KINDS, lines
from pipeline.text.boilerplate import Rule, ruler
from pipeline.text.cleaning import features, tokens
from pipeline.text.cleaning.layout import Sheet
from pipeline.text.cleaning.markup import packed
from pipeline.text.cleaning.verdicts import Verdicts

RULES = read_rows(SEEDS / "rules" / "boilerplate.csv", Rule)
N_FOLDS = 5
N_SLOTS = 1 << 17  # of the lexicon
OWN = 2  # weight of an article of our own beside a page
PAGES = ("naive", "pages")

Row = dict[str, Any]
Array = NDArray[Any]


class Text(NamedTuple):
    """A labelled text: its row, fold, lines and measures; what the rules say of its lines, which are body, and about which
    the trees are asked; what the lexicon learns from it, if anything.
    """

    row: Row
    fold: int
    sheet: Sheet
    page: features.Page
    verdicts: Verdicts
    is_body: Array
    is_asked: Array
    weights: Array
    grams: tuple[Array, Array] | None


def read(paths: Iterable[Path]) -> list[Text]:
    """The texts, with rules applied. Lines weigh by the root of their length, texts all the same."""
    rule = ruler(RULES)
    texts: list[Text] = []
    labelled: dict[str, Row] = {}
    for path in paths:
        for row in rows(path):
            if "html" in row:
                texts += [text(source(row["html"], labelled[row["id"]]), rule)] if row["id"] in labelled else []
                continue
            labelled[row["id"]] = row
            texts += [text(version, rule) for version in versions(row)]
    return [one for one in texts if len(one.page.starts)]


def source(html: str, row: Row) -> Row:
    """A labelled page as it comes from its source, its lines labelled as the same lines of the page's row."""
    page = HtmlReader().render(html.encode("utf-8", "surrogatepass"))
    said = page.decoded.text
    found, known = ([_words(line) for line in one.split("\n") if line.strip()] for one in (said, row["naive_text"]))
    share = [float(line in _words(row["gold_body"])) for line in found]
    for at, there, n in SequenceMatcher(None, found, known, autojunk=False).get_matching_blocks():
        share[at : at + n] = row["line_share"][there : there + n]
    told = {"title": page.given.get("title"), "markup": packed(markup(said, page.source))}
    return row | {"setting": "pages", "naive_text": said, "line_share": share, "known": told}


def _words(said: str) -> str:
    return " ".join(re.findall(r"\w+", said.casefold()))


def rows(path: Path) -> Iterator[Row]:
    """The rows of a file of pages, or of one of articles with labelled spans, which have no site: a hundred of them that
    were written together count as one.
    """
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            if "spans" in row:
                row |= {
                    "site": row["id"][:-2],
                    "naive_text": row["text"],
                    "line_share": shares(row["text"], row["spans"]),
                }
                yield row | {"setting": "own", "known": {}}
            else:
                yield row | {"setting": path.name.split(".")[0], "known": {}}


def shares(text: str, spans: Sequence[tuple[int, int, str]]) -> list[float]:
    """The share of each non-empty line that is body."""
    is_body = np.zeros(len(text), bool)
    for start, end, kind in spans:
        is_body[start:end] = kind in BODY_KINDS
    return [float(is_body[start:end].mean()) for _, start, end in lines(text) if text[start:end].strip()]


_SENTENCE = re.compile(r"(?<=[.!?…])(?:[\"'”»)]?) +|(?<=[。！？])")
_FEW = 4  # lines of body in a short article
_LITTLE = 40  # lines of debris; with more, the text is a whole page


def versions(row: Row) -> Iterator[Row]:
    """The text as it is and, of a text that is nearly clean, its body alone, of which nothing may go, and a form that
    exports have and web pages do not: a sentence a line, or an article that ends after a few lines, or both; the id decides.
    """
    yield row
    inked = [line for line in row["naive_text"].split("\n") if line.strip()]
    labelled = list(zip(inked, row["line_share"], strict=True))
    body = [i for i, (_, share) in enumerate(labelled) if share >= 0.5]
    if not body or len(labelled) - len(body) > _LITTLE:
        return
    yield _version(row, [labelled[i] for i in body])
    number = zlib.crc32(row["id"].encode())
    if number % 3 != 0:
        gone = set(body[1 + number % _FEW :])
        labelled = [one for i, one in enumerate(labelled) if i not in gone]
    if number % 3 != 1:
        parts = (
            (part, share) for line, share in labelled for part in (_SENTENCE.split(line) if share >= 0.5 else [line])
        )
        labelled = [(part, share) for part, share in parts if part.strip()]
    yield _version(row, labelled)


def _version(row: Row, labelled: Sequence[tuple[str, float]]) -> Row:
    """The row with these lines, each with its share of body, for its text; without an id, it is no page to be asked about."""
    text = "\n\n".join(line for line, _ in labelled)
    return row | {"id": None, "naive_text": text, "line_share": [share for _, share in labelled]}


def text(row: Row, rule: Any) -> Text:
    """One row, measured."""
    sheet, verdicts = rule(row["naive_text"], **row["known"])
    inked = (number for number, start, end in lines(row["naive_text"]) if row["naive_text"][start:end].strip())
    share = dict(zip(inked, row["line_share"], strict=True))
    kinds = [verdict.kind if verdict else "" for verdict in verdicts]
    page = features.measure([sheet], [kinds])
    is_body = np.array([share[line.number] >= 0.5 for line in sheet.lines], bool)
    is_open = np.array([not kind for kind in kinds], bool)
    weights = np.sqrt(1 + page.n_words)
    weights *= (OWN if row["setting"] == "own" else 1) / max(weights[is_open].sum(), 1)
    fold = zlib.crc32(row["site"].encode()) % N_FOLDS
    is_article = row["setting"] not in PAGES and row["id"] is not None  # menus teach no words of articles
    is_asked = is_open | (is_article & np.array([kind in STRIPPED_KINDS for kind in kinds]))
    return Text(row, fold, sheet, page, verdicts, is_body, is_asked, weights, grams(page) if is_article else None)


def grams(page: features.Page) -> tuple[Array, Array]:
    """(slot in the lexicon, line) of all that the lexicon weighs."""
    hashes, at = tokens.grams(page.words)
    found, lines, running = [hashes], [at], tokens.running(page.letters)
    for length, (starts, ends) in zip(features.RUNS, features.run_spans(page), strict=True):
        line = np.repeat(np.arange(len(starts)), ends - starts)
        begin = np.concatenate([np.arange(start, end) for start, end in zip(starts, ends, strict=True)])
        found.append(tokens.runs(running, length)[begin])
        lines.append(line)
    slots = tokens.slots(np.concatenate(found), N_SLOTS)
    return slots.astype(np.int32), np.concatenate(lines).astype(np.int32)

"""Which lines an outlet repeats from story to story: what is kept of each text, and the count over a corpus.

Only 64-bit hashes of lines are kept, never text. Documents of one story (wire copies, corrected versions) share their
body, so stories are counted, not documents. What becomes of a repeated line is decided in `boilerplate.py`.
"""

from hashlib import blake2b
from typing import NamedTuple
from urllib.parse import urlsplit

import polars as pl

from pipeline.text.cleaning.layout import inked, page_run

OUTLET_IS_IN = ("document_id", "given_outlet", "given_url", "path")
"""Columns of `files` that tell the outlet of a document, as `outlet` takes them."""
STORY_HASHES = ("story_1", "story_2", "story_3")
"""Two documents that share half of their paragraphs agree in one of three min-hashes or more seven times in eight."""
LEVELS = (2, 5, 10)
"""How many stories a rule may ask for. All that is told of a line is the highest of these it reaches: with the number
itself, every article that comes would change what is told about all articles of its outlet."""
_LONG = 100  # characters; a shorter sentence on a page is as often a teaser or a notice as part of the story


class LineKeys(NamedTuple):
    """What is kept of a text: min-hashes of its story, and number and hash of each line with ink on it."""

    stories: tuple[int, ...] | None
    numbers: list[int]
    hashes: list[int]


def outlet(given: str | None, url: str | None, path: str) -> str:
    """The outlet as it is known before a text is read: the given name, else the site, else the folder of the file.

    The site is the host of the address without what stands before its registered name, as far as the form of the name
    tells: `news.example.co.uk` is `example.co.uk`.
    """
    return given or _site(url) or path.rpartition("/")[0] or "."


_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "go", "gob", "gov", "ne", "net", "or", "org"})


def _site(url: str | None) -> str | None:
    try:
        host = urlsplit(url if url and "//" in url else f"//{url or ''}").hostname or ""
    except ValueError:  # not an address
        return None
    labels = host.rstrip(".").split(".")
    if labels[-1].isdecimal():  # a number, which has no registered name
        return host
    return (
        ".".join(labels[-3 if len(labels[-1]) == 2 and labels[-2:-1] and labels[-2] in _SECOND_LEVEL else -2 :]) or None
    )


def line_keys(text: str) -> LineKeys:
    """Hashes of the lines of a text; letter case and runs of white space do not count.

    The story is told by the long lines of prose, on a whole page by those of the article: least hashes of that set, as
    in Broder 1997. A text without such a line tells no story.
    """
    lines = inked(text)
    run = page_run(lines, [True] * len(lines)) or range(len(lines))
    folded = [
        " ".join(text[line.start : line.end].casefold().split()).encode("utf-8", "surrogatepass") for line in lines
    ]
    long = [folded[i] for i in run if lines[i].is_prose and lines[i].end - lines[i].start >= _LONG]
    wide = [blake2b(line, digest_size=8 * len(STORY_HASHES)).digest() for line in long]
    stories = (
        tuple(min(_number(hashed[at : at + 8]) for hashed in wide) for at in range(0, 8 * len(STORY_HASHES), 8))
        if wide
        else None
    )
    return LineKeys(
        stories,
        [line.number for line in lines],
        [_number(blake2b(line, digest_size=8).digest()) for line in folded],
    )


def level(n_stories: pl.Expr) -> pl.Expr:
    """The highest of the `LEVELS` a number of stories reaches."""
    return pl.max_horizontal(*(pl.when(n_stories >= least).then(least) for least in LEVELS)).cast(pl.Int32)


def _number(digest: bytes) -> int:
    return int.from_bytes(digest, "little", signed=True)


def lines(keys: pl.DataFrame) -> pl.DataFrame:
    """One row per document and different line, from one row per document with outlet, `STORY_HASHES` and line_hashes."""
    told = keys.select("outlet", *STORY_HASHES, line_hash=pl.col("line_hashes").list.unique())
    return told.explode("line_hash").drop_nulls("line_hash")


def repeated(told: pl.DataFrame) -> pl.DataFrame:
    """(outlet, line_hash, n_documents, n_stories) of every line that stands in two stories of an outlet or more.

    `told`: what `lines` says of all documents, or of some lines in all documents. A line stands in as many stories as it
    has different values of the min-hash that differs least.
    """
    often = told.filter(pl.col("line_hash").is_duplicated())  # most lines stand nowhere else, and grouping costs most
    stories = [pl.col(name).drop_nulls().n_unique() for name in STORY_HASHES]
    counted = often.group_by("outlet", "line_hash").agg(
        n_documents=pl.len().cast(pl.Int64), n_stories=pl.min_horizontal(stories).cast(pl.Int64)
    )  # fmt: skip
    return counted.filter(pl.col("n_stories") > 1)

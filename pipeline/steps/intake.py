"""From raw files to texts. Which files there are is found in `pipeline/intake.py`."""

from contextlib import suppress
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import polars as pl

from pipeline import tables
from pipeline.readers import CorruptFile, Page
from pipeline.readers.discover import ChangedFile, load
from pipeline.readers.given import names_of
from pipeline.readers.markup import markup
from pipeline.steps.step import Context, step
from pipeline.text.cleaning.markup import packed


@step(
    tables.TEXTS,
    uses={"files": ("document_id", "sha256", "format", "encoding", "repairs")},
    finds_by=("path", "record_number", "record_offset"),
    libraries=("ahocorasick_rs", "charset-normalizer", "fastwarc", "ftfy", "resiliparse", "selectolax", "striprtf"),
)
def texts(context: Context, files: pl.DataFrame) -> pl.DataFrame:
    """Read and decode each document once; render HTML to its visible text.

    What can no longer be read as it was listed is left out, and told of in `issues`; the part is made again next time.
    Raises `ChangedFile` where that is true of everything: then a disk or folder has gone rather than a file.
    """
    names, max_bytes = names_of(context.settings.seeds), context.settings.max_file_bytes
    wanted = files.select("path", "record_number", "record_offset", "sha256", "document_id").iter_rows()
    rows: list[tuple[Any, ...]] = []
    for path, of_file in groupby(wanted, key=itemgetter(0)):
        if path not in context.sources:  # gone since
            continue
        places = [record[1:] for record in of_file]
        ids = {number: document_id for number, _, _, document_id in places}
        with suppress(ChangedFile, CorruptFile, OSError):
            for number, page in load(Path(context.sources[path]), [place[:3] for place in places], names, max_bytes):
                rows.append(_text_row(ids[number], page))
    if files.height and not rows:
        raise ChangedFile(f"{files['path'][0]} and all listed with it have changed or gone; run again.")
    return tables.TEXTS.frame(rows)


def _text_row(document_id: str, page: Page) -> tuple[Any, ...]:
    decoded = page.decoded
    told = packed(markup(decoded.text, page.source)) if page.source else ""
    return (
        *(document_id, decoded.encoding, decoded.newline_style, ",".join(decoded.repairs), len(decoded.text)),
        *(told, decoded.text),
    )

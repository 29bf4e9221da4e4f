"""From raw files to texts. Which files there are is found in `pipeline/intake.py`."""

from pathlib import Path
from typing import Any

import polars as pl

from pipeline import tables
from pipeline.readers import Page
from pipeline.readers.discover import ChangedFile, load
from pipeline.readers.given import names_of
from pipeline.steps.frames import as_ranges
from pipeline.steps.step import Context, step


@step(
    tables.TEXTS,
    uses={"files": ("document_id", "sha256", "format", "encoding", "repairs")},
    finds_by=("path", "record_number", "record_offset"),
    libraries=("charset-normalizer", "ftfy", "resiliparse"),
)
def texts(context: Context, files: pl.DataFrame) -> pl.DataFrame:
    """Read and decode each document once; render HTML to its visible text."""
    names, rows = names_of(context.settings.seeds), []
    for (path,), wanted in files.group_by("path", maintain_order=True):
        ids = dict(zip(wanted["record_number"], wanted["document_id"], strict=True))
        places = list(wanted.select("record_number", "record_offset", "sha256").iter_rows())
        if path not in context.sources:
            raise ChangedFile(f"{path} has gone since it was listed; run again.")
        for number, page in load(Path(context.sources[str(path)]), places, names, context.settings.max_file_bytes):
            rows.append(_text_row(ids[number], page))
    return tables.TEXTS.frame(rows)


def _text_row(document_id: str, page: Page) -> dict[str, Any]:
    decoded = page.decoded
    return {
        "document_id": document_id,
        "encoding": decoded.encoding,
        "newline_style": decoded.newline_style,
        "repairs": ",".join(decoded.repairs),
        "n_chars": len(decoded.text),
        "furniture_lines": as_ranges(page.furniture),
        "text": decoded.text,
    }

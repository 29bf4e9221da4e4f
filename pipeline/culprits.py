"""Which texts a step cannot work on, once it has failed on a batch: a defect of ours, told as a rule that is broken.

So the batch keeps its last good part, all other batches are made, and who runs it learns which file to take out meanwhile.
"""

import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import polars as pl

from pipeline.contract import Failure
from pipeline.readers.discover import ChangedFile

RULE = "the_step_can_work_on_every_text"
_N_SHOWN = 5
_PACKAGE = Path(__file__).parent


def is_of_a_text(error: BaseException) -> bool:
    """Whether what a step raised may lie in a text: not in the disk, in files that went, or in want of memory. What panics
    in Rust is no `Exception`."""
    is_other = isinstance(error, OSError | ChangedFile | MemoryError)
    return (isinstance(error, Exception) and not is_other) or type(error).__name__ == "PanicException"


def broken_by(
    make: Callable[..., object], table: str, frames: Mapping[str, pl.DataFrame], files: pl.DataFrame
) -> Failure | None:
    """The texts for which `make` raises by themselves; None where it raises without any, or only for several together.

    `files` are the rows of the batch.
    """
    documents = files["document_id"].to_list()
    if _raised(make, frames, "") is not None:
        return None
    found = {one: error for one in documents if (error := _raised(make, frames, one)) is not None}
    if not found:
        return None
    rows = list(_rows(files.filter(pl.col("document_id").is_in(list(found))).head(_N_SHOWN), found))
    return Failure(table, RULE, len(found), tuple(rows), "error")


def _raised(make: Callable[..., object], frames: Mapping[str, pl.DataFrame], document: str) -> BaseException | None:
    """What is raised for one document of the batch."""
    of_one = {
        name: frame.filter(document_id=document) if "document_id" in frame.columns else frame
        for name, frame in frames.items()
    }
    try:
        make(**of_one)
    except BaseException as error:
        if not is_of_a_text(error):
            raise
        return error
    return None


def _rows(files: pl.DataFrame, found: Mapping[str, BaseException]) -> Iterator[dict[str, object]]:
    for document_id, path, number in files.select("document_id", "path", "record_number").iter_rows():
        error = found[document_id]
        own = [one for one in traceback.extract_tb(error.__traceback__) if _PACKAGE in Path(one.filename).parents]
        place = f"{Path(own[-1].filename).relative_to(_PACKAGE.parent)}, line {own[-1].lineno}"
        told = f"{type(error).__name__} in {place}: {error}"
        advice = "take it out of the input until this is mended, and tell us"
        yield {"path": path, "record_number": number, "problem": told, "advice": advice}

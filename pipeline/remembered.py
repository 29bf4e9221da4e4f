"""What took long to work out of files, kept from one process to the next: rules that were checked, models unpacked.

Lies in `.cache/` beside the project and may be deleted at any time. Only pure functions of their arguments, of our code and
of installed libraries belong here; what a run makes lies in the warehouse.
"""

import pickle
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache, wraps
from mmap import ACCESS_READ, mmap
from typing import BinaryIO, ParamSpec, TypeVar

from pipeline.fingerprints import digest, library_versions, package_digest
from pipeline.settings import ROOT
from pipeline.storage import writing_aside

FOLDER = ROOT / ".cache"
Given = ParamSpec("Given")
Found = TypeVar("Found")


def remembered(function: Callable[Given, Found]) -> Callable[Given, Found]:
    """The function, its last answer kept in a file: the same arguments, code and libraries give that answer again.

    Arguments must tell all that the function reads, files by a digest. Arrays come back as the file's own pages, read
    when they are looked at and shared by all processes. A folder that cannot be written to keeps nothing.
    """

    @wraps(function)
    def recall(*args: Given.args, **kwargs: Given.kwargs) -> Found:
        file, key = FOLDER / f"{function.__module__}.{function.__name__}.pickle", digest(_surroundings(), args, kwargs)
        with suppress(OSError, EOFError, ValueError, pickle.UnpicklingError), file.open("rb") as held:
            known, sizes, packed = pickle.load(held)
            if known == key:
                found: Found = pickle.loads(packed, buffers=_pages(held, sizes))
                return found
        found = function(*args, **kwargs)
        arrays: list[pickle.PickleBuffer] = []
        packed = pickle.dumps(found, pickle.HIGHEST_PROTOCOL, buffer_callback=arrays.append)
        with suppress(OSError), writing_aside(file) as aside, aside.open("wb") as held:
            pickle.dump((key, [array.raw().nbytes for array in arrays], packed), held)
            for array in arrays:
                held.seek(_aligned(held.tell()))
                held.write(array)
        return found

    return recall


def _pages(file: BinaryIO, sizes: Iterable[int]) -> Iterator[memoryview]:
    """What stands behind the place in the file, in pieces of these sizes."""
    memory, start = memoryview(mmap(file.fileno(), 0, access=ACCESS_READ)), file.tell()
    for size in sizes:
        start = _aligned(start)
        yield memory[start : start + size]
        start += size


def _aligned(place: int) -> int:
    return place + -place % 64


@cache
def _surroundings() -> str:
    return digest(sys.version, package_digest(), library_versions(("duckdb", "numpy", "py3langid")))

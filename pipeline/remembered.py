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
from typing import ParamSpec, TypeVar
from zlib import crc32

from pipeline.fingerprints import digest, library_versions, package_digest
from pipeline.settings import ROOT
from pipeline.storage import writing_aside

FOLDER = ROOT / ".cache"
Given = ParamSpec("Given")
Found = TypeVar("Found")


def remembered(function: Callable[Given, Found]) -> Callable[Given, Found]:
    """The function, its last answer kept in a file: the same arguments, code and libraries give that answer again.

    Arguments must tell all that the function reads, files by a digest. Arrays come back as the file's own pages,
    shared by all processes. A damaged file is made anew; a folder that cannot be written to keeps nothing.
    """

    @wraps(function)
    def recall(*args: Given.args, **kwargs: Given.kwargs) -> Found:
        file, key = FOLDER / f"{function.__module__}.{function.__name__}.kept", digest(_surroundings(), args, kwargs)
        with suppress(OSError, ValueError), file.open("rb") as held:
            pages = memoryview(mmap(held.fileno(), 0, access=ACCESS_READ))
            if pages[:_SUM] == _checksum(pages[_SUM:]):  # else what comes back may be anything
                held.seek(_SUM)
                known, sizes, packed = pickle.load(held)
                if known == key:
                    found: Found = pickle.loads(packed, buffers=_pieces(pages, held.tell(), sizes))
                    return found
        found = function(*args, **kwargs)
        arrays: list[pickle.PickleBuffer] = []
        packed = pickle.dumps(found, pickle.HIGHEST_PROTOCOL, buffer_callback=arrays.append)
        with suppress(OSError), writing_aside(file) as aside, aside.open("wb+") as held:
            held.seek(_SUM)
            pickle.dump((key, [array.raw().nbytes for array in arrays], packed), held)
            for array in arrays:
                held.seek(_aligned(held.tell()))
                held.write(array)
            held.flush()
            total = _checksum(memoryview(mmap(held.fileno(), 0, access=ACCESS_READ))[_SUM:])
            held.seek(0)
            held.write(total)
        return found

    return recall


_SUM = 8  # bytes in front


def _checksum(held: memoryview) -> bytes:
    """To find damage; 70 MB take 16 ms."""
    return crc32(held).to_bytes(_SUM, "little")


def _pieces(pages: memoryview, start: int, sizes: Iterable[int]) -> Iterator[memoryview]:
    """What stands in the file from there, in pieces of these sizes."""
    for size in sizes:
        start = _aligned(start)
        yield pages[start : start + size]
        start += size


def _aligned(place: int) -> int:
    return place + -place % 64


@cache
def _surroundings() -> str:
    return digest(sys.version, package_digest(), library_versions(("duckdb", "numpy", "py3langid")))

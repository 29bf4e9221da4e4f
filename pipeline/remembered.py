"""What took long to work out of files, kept from one process to the next: rules that were checked, models unpacked.

Lies in `.cache/` beside the project and may be deleted at any time. Only pure functions of their arguments, of our code and
of installed libraries belong here; what a run makes lies in the warehouse.
"""

import pickle
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache, wraps
from typing import ParamSpec, TypeVar

from pipeline.fingerprints import digest, library_versions, package_digest
from pipeline.settings import ROOT
from pipeline.storage import writing_aside

FOLDER = ROOT / ".cache"
Given = ParamSpec("Given")
Found = TypeVar("Found")


def remembered(function: Callable[Given, Found]) -> Callable[Given, Found]:
    """The function, its last answer kept in a file: the same arguments, code and libraries give that answer again.

    Arguments must tell all that the function reads, files by a digest. A folder that cannot be written to keeps nothing.
    """

    @wraps(function)
    def recall(*args: Given.args, **kwargs: Given.kwargs) -> Found:
        file, key = FOLDER / f"{function.__module__}.{function.__name__}.pickle", digest(_surroundings(), args, kwargs)
        with suppress(OSError, EOFError, pickle.UnpicklingError), file.open("rb") as held:
            if pickle.load(held) == key:
                found: Found = pickle.load(held)
                return found
        found = function(*args, **kwargs)
        with suppress(OSError), writing_aside(file) as aside, aside.open("wb") as held:
            pickle.dump(key, held)
            pickle.dump(found, held, pickle.HIGHEST_PROTOCOL)
        return found

    return recall


@cache
def _surroundings() -> str:
    return digest(sys.version, package_digest(), library_versions(("duckdb", "numpy", "py3langid")))

"""What a result depends on, as short hashes: code, seeds, libraries, rows.

A fingerprint says only whether something changed. Deciding what to do about it belongs in `batches.py`.
"""

import hashlib
import inspect
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import polars as pl

_PACKAGE = __name__.partition(".")[0]
_STEPS = f"{_PACKAGE}.steps."
_SHARED = {f"{_PACKAGE}.{name}" for name in ("contract", "tables", "settings", "knowledge", "steps.step")}
"""What every step leans on. It carries and validates rows; a table's own columns enter the fingerprint by themselves."""


def digest(*things: Any) -> str:
    """Sixteen hex digits of the SHA-256 of JSON-like values; the order of dictionary keys does not count."""
    said = json.dumps(things, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def frame_digest(frame: pl.DataFrame) -> str:
    """Digest of a frame's rows, whatever their order."""
    return digest(frame.columns, frame.sort(frame.columns).write_csv(null_value="\0"))


def seeds_digest(seeds: str, globs: Sequence[str]) -> str:
    """Digest of the knowledge files a step uses, by name and bytes."""
    paths = sorted({path for glob in globs for path in Path(seeds).glob(glob)})
    return digest([(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in paths])


def library_versions(names: Sequence[str]) -> dict[str, str]:
    """Installed versions of the distributions a step's answer depends on."""
    return {name: version(name) for name in names}


@cache
def code_digest(function: Callable[..., Any]) -> str:
    """Digest of the source of a step's function and of all our code it can reach.

    Reach is read off the names the code uses: functions of `steps/` are followed one by one, other modules of ours as
    a whole, with everything they import. An edit anywhere behind a step makes its parts stale, without a version number
    that somebody has to remember to raise.
    """
    sources = [inspect.getsource(one).replace("\r\n", "\n") for one in _reach(function)]
    return digest(sources)


def _reach(function: Callable[..., Any]) -> list[FunctionType | ModuleType]:
    found: dict[str, FunctionType | ModuleType] = {}
    waiting: list[Any] = [function]
    while waiting:
        thing = inspect.unwrap(waiting.pop()) if callable(waiting[-1]) else waiting.pop()
        module = thing.__name__ if isinstance(thing, ModuleType) else getattr(thing, "__module__", None) or ""
        if not module.startswith(f"{_PACKAGE}.") or module in _SHARED:
            continue
        if module.startswith(_STEPS) and isinstance(thing, FunctionType):
            name, uses = f"{module}.{thing.__qualname__}", _uses(thing)
        elif module.startswith(_STEPS):
            continue
        else:
            thing = sys.modules[module]
            name, uses = module, list(vars(thing).values())
        if name not in found:
            found[name] = thing
            waiting.extend(uses)
    return [found[name] for name in sorted(found)]


def _uses(function: FunctionType) -> list[Any]:
    """What the names in a function's code stand for."""
    names = sorted(set(_names(function.__code__)))
    return [function.__globals__[name] for name in names if name in function.__globals__]


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)

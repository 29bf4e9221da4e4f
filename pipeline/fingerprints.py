"""What a result depends on, as short hashes: code, seeds, libraries, rows, columns.

A fingerprint says only whether something changed. Deciding what to do about it belongs in `batches.py`.
"""

import ast
import hashlib
import io
import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib.machinery import ModuleSpec
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa

from pipeline.contract import Table

_PACKAGE = __name__.partition(".")[0]
_FINE = (f"{_PACKAGE}.steps.", f"{_PACKAGE}.checks")
"""Modules of many small definitions, of which a step leans on some only."""
_SHARED = {
    f"{_PACKAGE}.{name}"
    for name in (
        "batches",
        "checks",
        "cluster",
        "contract",
        "fingerprints",
        "knowledge",
        "render",
        "settings",
        "steps.step",
    )
    + ("remembered", "staleness", "storage", "tables", "warehouse")
}
"""What every step leans on. It carries, checks and writes rows; what tables declare enters fingerprints by itself."""


def digest(*things: Any) -> str:
    """Sixteen hex digits of the SHA-256 of JSON-like values; the order of dictionary keys does not count."""
    said = json.dumps(things, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def frame_digest(frame: pl.DataFrame) -> str:
    """Digest of a frame's rows, whatever their order; written out some thousand at a time."""
    said = hashlib.sha256()
    for some in frame.sort(frame.columns).iter_slices(10_000):
        said.update(some.write_csv(include_header=False, null_value="\0").encode())
    return digest(frame.columns, said.hexdigest())


def column_digests(data: pa.Table) -> dict[str, str]:
    """Digest of each column's values in their order, however Arrow lays them out in memory."""
    return {name: _column_digest(_joined(data.column(name))) for name in data.column_names}


def _joined(column: pa.ChunkedArray) -> pa.Array:
    """One array; joining a single one would copy it."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _column_digest(values: pa.Array) -> str:
    if isinstance(values, pa.DictionaryArray):
        values = values.dictionary_decode()
    if pa.types.is_boolean(values.type):
        values = values.cast(pa.uint8())  # the unused bits of the last byte do not count
    said = _Digest()
    for part in (values.drop_null(), values.is_valid().cast(pa.uint8())):  # what lies where a value is missing neither
        with pa.ipc.new_stream(said, pa.schema([("", part.type)])) as stream:
            stream.write_table(pa.table([part], names=[""]))
    return said.sha256.hexdigest()[:16]


class _Digest(io.RawIOBase):
    """A file of which only a hash is kept."""

    def __init__(self) -> None:
        self.sha256 = hashlib.sha256()

    def write(self, some: Any) -> int:
        self.sha256.update(some)
        return len(some)

    def writable(self) -> bool:
        return True


def seeds_digest(seeds: str, globs: Sequence[str], registers: Sequence[str] = ()) -> str:
    """Digest of the knowledge files a step uses, by name and bytes; of the user's registers in their order, too."""
    return digest(seeds_digests(seeds, globs), registers_digests(registers))


def seeds_digests(seeds: str, globs: Sequence[str]) -> dict[str, str]:
    """Knowledge file, by its name below the seeds folder, to a digest of its bytes."""
    paths = sorted({path for glob in globs for path in Path(seeds).glob(glob)})
    return {path.relative_to(seeds).as_posix(): _bytes_digest(path) for path in paths}


def registers_digests(registers: Sequence[str]) -> dict[str, str]:
    """File of the user's registers, by register and name, to a digest of its bytes and of the register's turn."""
    said: dict[str, str] = {}
    for turn, register in enumerate(map(Path, registers)):
        for path in [register] if register.is_file() else sorted(register.glob("*.csv")):
            name = f"{register.name}/{path.name}"
            earlier = [said[name]] if name in said else []  # of a folder called the same elsewhere
            said[name] = digest(turn, _bytes_digest(path), *earlier)
    return said


def _bytes_digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def library_versions(names: Sequence[str]) -> dict[str, str]:
    """Installed versions of the distributions a step's answer depends on."""
    return {name: _version(name) for name in names}


_version = cache(version)  # a file is read and parsed for each


def declaration_digest(*tables: Table) -> str:
    """Digest of everything tables declare, codes in their order: it decides the bytes of a part."""
    return digest([repr(table) for table in tables])


@cache
def package_digest() -> str:
    """Digest of all our code: where it is the same, so is what it computes."""
    folder = Path(__file__).parent
    return digest({path.relative_to(folder).as_posix(): _bytes_digest(path) for path in sorted(folder.rglob("*.py"))})


@cache
def code_digest(function: Callable[..., Any]) -> str:
    """Digest of the source of a function and of all our code it can reach.

    Read from the source files: in `steps/` and `checks.py` from definition to definition by the names each one uses,
    elsewhere from module to module by their imports. An edit anywhere behind a step makes its parts stale, without a
    version number that somebody has to remember to raise.
    """
    start = (function.__module__, function.__name__ if _is_fine(function.__module__) else None)
    return digest([_source(*place) for place in _reach(start)])


Place = tuple[str, str | None]
"""A module and a definition in it; None stands for the whole module."""


def _reach(start: Place) -> list[Place]:
    found, waiting = {start}, [start]
    while waiting:
        fresh = {place for place in _uses(*waiting.pop()) if place not in found}
        found |= fresh
        waiting.extend(fresh)
    return sorted(found, key=str)


@cache
def _uses(module: str, name: str | None) -> tuple[Place, ...]:
    """The places one place leans on directly."""
    held = _parsed(module)
    if name is None:
        return tuple(place for place in held.imported.values() if place)
    used = held.definitions[name].names
    places = ((module, one) if one in held.definitions else held.imported.get(one) for one in used)
    return tuple(place for place in places if place)


class _Definition(NamedTuple):
    """Source of what a module defines at its top level, and the names it uses; decorators are no part of a function."""

    source: str
    names: frozenset[str]


class _Module(NamedTuple):
    """A module's definitions, where there are many small ones; where its imported names come from, None for code not ours."""

    definitions: dict[str, _Definition]
    imported: dict[str, Place | None]


@cache
def _parsed(module: str) -> _Module:
    """What is kept of a module's syntax tree; the tree itself is large."""
    tree = _tree(module)
    imported: dict[str, Place | None] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.asname or alias.name: _place(alias.name, None) for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            imported |= {alias.asname or alias.name: _place(node.module, alias.name) for alias in node.names}
    return _Module(dict(_definitions(tree, _text(module).encode())) if _is_fine(module) else {}, imported)


_IMPORT = re.compile(r"^[ \t]*(?:import|from)[ \t][^(\n]*(?:\([^)]*\))?[^\n]*$", re.MULTILINE)


def _tree(module: str) -> ast.Module:
    """Syntax of a module; of one that counts as a whole, only of its imports: nine tenths of the time are saved."""
    text = _text(module)
    try:
        return ast.parse(text if _is_fine(module) else "\n".join(one.strip() for one in _IMPORT.findall(text)))
    except SyntaxError:  # a line of prose begins like an import
        return ast.parse(text)


def _place(module: str, name: str | None) -> Place | None:
    if name and _spec(f"{module}.{name}"):
        module, name = f"{module}.{name}", None
    if not module.startswith(f"{_PACKAGE}.") or module in _SHARED:
        return None
    return module, name if _is_fine(module) else None


def _is_fine(module: str) -> bool:
    return module.startswith(_FINE)


def _definitions(tree: ast.Module, text: bytes) -> Iterator[tuple[str, _Definition]]:
    lines = text.split(b"\n")
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            node.decorator_list = []
            names = [node.name]
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [target.id for target in targets if isinstance(target, ast.Name)]
        else:
            continue
        inside = list(ast.walk(node))
        own = {one.arg for one in inside if isinstance(one, ast.arg)}  # a parameter hides a definition of its name
        used = frozenset(one.id for one in inside if isinstance(one, ast.Name)) - own
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        source = b"\n".join([*lines[first:last], lines[last][: node.end_col_offset]])[node.col_offset :].decode()
        yield from ((name, _Definition(source, used)) for name in names)


def _source(module: str, name: str | None) -> str:
    return _text(module) if name is None else _parsed(module).definitions[name].source


@cache
def _text(module: str) -> str:
    spec = _spec(module) or sys.modules[module].__spec__
    if spec is None or spec.origin is None:
        raise ImportError(f"{module} has no source file")
    return Path(spec.origin).read_text(encoding="utf-8").replace("\r\n", "\n")


@cache
def _spec(module: str) -> ModuleSpec | None:
    """Where a module lies; None when there is no such module."""
    if not module.startswith(f"{_PACKAGE}."):
        return None
    try:
        return find_spec(module)
    except ModuleNotFoundError:  # a name in a module that is no package
        return None

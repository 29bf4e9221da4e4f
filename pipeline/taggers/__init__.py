"""Optional taggers: models that propose names beside those of the register and the rules.

Here: what a tagger is, and how the one that the settings name is found and told apart from its other versions. Each of
our own has its module; any package may bring another by an entry point in the group `tidywire.taggers`. What becomes of
a proposal is decided in `text/tagging/proposed.py`.
"""

import hashlib
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Protocol, cast

from pipeline.fingerprints import code_digest, digest
from pipeline.settings import Settings
from pipeline.text.tagging.proposed import Proposer, Tag

GROUP = "tidywire.taggers"
_OWN_RULES = ("crf", "spacy", "gliner")


class TaggerError(ValueError):
    """A tagger cannot be used; the message says what to install, to train or to name."""


class Tagger(Protocol):
    """What an entry point names: a module or an object with these two functions, both given the setting `tagger_model`."""

    def version(self, model: str) -> str:
        """What its answers depend on: versions of libraries, digest of the model. Loads nothing; raises `TaggerError`."""

    def load(self, model: str) -> Tag:
        """The function `tag(text, sentences, date)` that proposes spans. Raises `TaggerError`."""


def version(settings: Settings) -> str | None:
    """What the proposals depend on: tagger, its package and code, its libraries, its model. None without a tagger."""
    if not settings.tagger:
        return None
    entry = _entry(settings.tagger)
    found = _loaded(entry)
    package = entry.dist and (entry.dist.name, entry.dist.version)
    return digest(entry.name, package, code_digest(found.load), found.version(settings.tagger_model))


def proposer(settings: Settings) -> Proposer | None:
    """The tagger the settings name, loaded once a process and version of its model; None without one."""
    said = version(settings)
    return None if said is None else _proposer(settings.tagger, settings.tagger_model, said)


@lru_cache(maxsize=1)
def _proposer(name: str, model: str, version: str) -> Proposer:
    rule = f"tagger_{name}" if name in _OWN_RULES else "tagger_other"
    return Proposer(rule, _loaded(_entry(name)).load(model))


def _entry(name: str) -> metadata.EntryPoint:
    known = metadata.entry_points(group=GROUP)
    if name not in known.names:
        there = ", ".join(sorted(known.names)) or "none"
        raise TaggerError(
            f"tagger: {name!r} is not installed (there is: {there}). A tagger comes with a package that names it under the "
            f"entry point group {GROUP}; Tidywire's own come with: pip install -e '.[crf]'"
        )
    return known[name]


def _loaded(entry: metadata.EntryPoint) -> Tagger:
    try:
        return cast(Tagger, entry.load())
    except (ImportError, AttributeError) as error:
        raise TaggerError(f"tagger: {entry.name} ({entry.value}) cannot be loaded: {error}") from error


def library_version(distribution: str, extra: str) -> str:
    """Name and version of an installed library. Raises `TaggerError` with the extra that brings it."""
    try:
        return f"{distribution} {metadata.version(distribution)}"
    except metadata.PackageNotFoundError as error:
        raise TaggerError(f"tagger: {distribution} is not installed; pip install -e '.[{extra}]' brings it") from error


def model_digest(model: str, advice: str) -> str:
    """Digest of a model's file, or of all files of its folder. Raises `TaggerError` with the advice if there is none."""
    path = Path(model)
    if not model or not path.exists():
        raise TaggerError(f"tagger_model: {f'there is no {model}' if model else 'none is given'}; {advice}")
    files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    return digest([(one.relative_to(path).as_posix(), _hashed(one, *_state(one))) for one in files])


def _state(file: Path) -> tuple[int, int]:
    status = file.stat()
    return status.st_size, status.st_mtime_ns


@lru_cache(maxsize=256)
def _hashed(file: Path, size: int, mtime_ns: int) -> str:
    """Hash of a file's bytes, read again when its size or time is another: models are large, and each part asks."""
    with file.open("rb") as held:
        return hashlib.file_digest(held, "sha256").hexdigest()

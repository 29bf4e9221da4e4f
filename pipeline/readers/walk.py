"""From what the user names (folders, files, patterns) to the places of files on disk. No file is opened here."""

import fnmatch
import glob
import os
from collections.abc import Iterator
from pathlib import Path

from pipeline.readers import reader_for
from pipeline.readers.opening import unpacked_name


class NoSuchInput(ValueError):
    """An input the user named does not exist; the message says which."""


def expand(path: Path) -> list[tuple[Path, Path]]:
    """(the folder paths are relative to, the folder or file), several for a pattern."""
    if os.path.lexists(path):
        return [(path if os.path.isdir(path) else path.parent, path)]
    if not glob.has_magic(str(path)):
        raise NoSuchInput(f"There is no file or folder {path}; check the spelling.")
    root = next(parent for parent in path.parents if not glob.has_magic(str(parent)))
    if "**" in path.parts:  # glob itself would run in circles through links
        parts = path.relative_to(root).parts
        sources = map(Path, walk(str(root), set()))
        matches = [source for source in sources if _is_match(source.relative_to(root).parts, parts)]
    else:
        matches = [Path(match) for match in sorted(glob.glob(str(path)))]
    if not matches:
        raise NoSuchInput(f"No file matches {path}; check the pattern.")
    return [(root, match) for match in matches]


def _is_match(names: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    """Whether the pattern fits the path or a folder it lies in; `**` stands for any folders or none."""
    if not names or not pattern:
        return not pattern
    if pattern[0] == "**":
        return _is_match(names, pattern[1:]) or _is_match(names[1:], pattern)
    return fnmatch.fnmatchcase(names[0], pattern[0]) and _is_match(names[1:], pattern[1:])


def walk(top: str, seen: set[tuple[int, int]]) -> Iterator[str]:
    """Files below a folder, and the folders that cannot be opened or are named like files.

    Links to folders come last: what is also there without a link keeps its own path.
    """
    links: list[str] = []
    folders = [top]
    while folders or links:
        folder = folders.pop() if folders else links.pop(0)
        try:
            if (identity := _identity(folder)) in seen:
                continue
            seen.add(identity)
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            yield folder
            continue
        for entry in entries:
            if entry.name.startswith("."):
                continue
            is_folder = _is_folder(entry)
            if is_folder:
                (links if entry.is_symlink() else folders).append(entry.path)
            if not is_folder or is_named_like_file(entry.name):
                yield entry.path


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle
        return False


def _identity(folder: str) -> tuple[int, int]:
    status = os.stat(folder)
    return status.st_dev, status.st_ino


def is_named_like_file(folder: str) -> bool:
    """Whether it ends as files do that a reader claims."""
    name = Path(unpacked_name(os.path.basename(folder).lower()))
    return name.suffix in reader_for(name).suffixes

"""Where the warehouse's files lie: in a folder, or below a prefix of an object store (`s3://`, `gs://`).

How a file is replaced whole, how its end is read and how one writer keeps others out, here and there. An object store needs
no renaming: a PUT is seen whole or not at all. What the bytes mean belongs in `warehouse.py`.
"""

import os
import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from errno import EINVAL
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, Union
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem
    from upath import UPath

Place: TypeAlias = Union[Path, "UPath"]
"""A file or folder; both kinds know `/`, `name`, `stem` and `parent`."""

_SCHEMES = {"s3": "s3fs", "gs": "gcsfs"}


class Busy(RuntimeError):
    """Another run is writing to this warehouse."""


def place(root: str | Place) -> Place:
    """The place a setting names: a path, `file://`, `s3://` or `gs://`.

    Raises `ValueError` for any other scheme and where the scheme's package is missing.
    """
    scheme, is_url, _ = str(root).partition("://")
    if not isinstance(root, str) or not is_url:
        return Path(root) if isinstance(root, str) else root
    if scheme == "file":
        from urllib.request import url2pathname  # noqa: PLC0415 (brings all of HTTP)

        return Path(url2pathname(urlsplit(root).path))
    if scheme not in _SCHEMES:
        raise ValueError(f"{root}: a warehouse is a folder or begins with file://, {'://, '.join(_SCHEMES)}://")
    from upath import UPath  # noqa: PLC0415 (not where a folder will do)

    found = UPath(root.rstrip("/"), use_listings_cache=False)  # other processes write there, too
    try:
        found.fs  # noqa: B018 (made when first asked for)
    except ImportError:
        needed = _SCHEMES[scheme]
        raise ValueError(f"{root} needs the package {needed}; pip install -e '.[{scheme}]'") from None
    return found


@contextmanager
def _reaching(far: "UPath") -> Iterator[None]:
    """Each store's client has errors of its own for what is an `OSError` here: no network, no credentials."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise OSError(f"{far} cannot be reached: {error}") from error


def names(folder: Place) -> list[str]:
    """Names of what lies in a folder, sorted; none where there is no folder. One request."""
    with suppress(FileNotFoundError, NotADirectoryError):
        if isinstance(folder, Path):
            return sorted(os.listdir(folder))
        with _reaching(folder):
            entries = folder.fs.ls(folder.path, detail=False)
        return sorted(entry.rstrip("/").rpartition("/")[2] for entry in entries)
    return []


def whole(file: Place) -> Path | BytesIO:
    """A file as readers of Parquet take it; from an object store it comes in one request."""
    if isinstance(file, Path):
        return file
    with _reaching(file):
        return BytesIO(file.fs.cat_file(file.path, start=0))  # without a start it asks for the size first


def tails(files: Sequence[Place], n_bytes: int) -> list[bytes]:
    """The last bytes of each file, one request each, many at a time; nothing for a file that is not there.

    Nor for one that cannot be read in a folder. Raises `OSError` for an object store that does not answer.
    """
    far = [file for file in files if not isinstance(file, Path)]
    if not far:
        return [_tail(file, n_bytes) for file in files if isinstance(file, Path)]
    with _reaching(far[0].parent):
        found = far[0].fs.cat_ranges(
            [file.path for file in far], [-n_bytes] * len(far), [None] * len(far), on_error="return"
        )
        for error in found:
            is_not_there = (
                isinstance(error, FileNotFoundError) or getattr(error, "errno", 0) == EINVAL
            )  # of an empty one
            if isinstance(error, Exception) and not is_not_there:
                raise error  # a busy store is no damaged part: all of a corpus would be made again
    return [one if isinstance(one, bytes) else b"" for one in found]


def _tail(file: Path, n_bytes: int) -> bytes:
    with suppress(OSError), file.open("rb") as held:
        held.seek(-min(n_bytes, os.fstat(held.fileno()).st_size), os.SEEK_END)
        return held.read()
    return b""


def fetched(file: Place, folder: Path) -> Path:
    """A file on this machine: itself, or a copy in `folder`."""
    if isinstance(file, Path):
        return file
    with _reaching(file):
        file.fs.get_file(file.path, str(folder / file.name))
    return folder / file.name


def for_reading(folder: "UPath") -> "AbstractFileSystem":
    """The object store as one reader sees it, who lists a folder once and asks no more about the files in it."""
    store = folder.fs
    return type(store)(**{**store.storage_options, "use_listings_cache": True, "skip_instance_cache": True})


def remove(file: Place) -> None:
    """Delete a file; it need not be there."""
    if isinstance(file, Path):
        file.unlink(missing_ok=True)
    else:
        with suppress(FileNotFoundError), _reaching(file):
            file.fs.rm_file(file.path)


@contextmanager
def replacing(file: Place) -> Iterator[Path]:
    """A name on this machine to write to; on success what was written takes the place of `file`, on failure it goes."""
    if isinstance(file, Path):
        with writing_aside(file) as aside:
            yield aside
        return
    with tempfile.TemporaryDirectory() as scratch:
        aside = Path(scratch) / file.name
        yield aside
        with _reaching(file):
            file.fs.put_file(str(aside), file.path)


@contextmanager
def writing_aside(path: Path) -> Iterator[Path]:
    """A name to write to; on success the file is synced and takes the place of `path`, on failure it is removed.

    A `path` that already holds the same bytes stays as it is: programs that have it open are not disturbed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{os.getpid()}.aside")
    try:
        yield aside
        with aside.open("rb+") as file:
            os.fsync(file.fileno())
        if _are_equal(aside, path):
            aside.unlink()
        else:
            aside.replace(path)
    except BaseException as error:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno and not error.filename:  # libraries do not say which file
            raise OSError(error.errno, os.strerror(error.errno), str(path)) from error
        raise


def sweep(*folders: Path) -> None:
    """Delete what a killed run was writing aside."""
    for left in (one for folder in folders for one in folder.glob("*.aside")):
        left.unlink(missing_ok=True)


def _are_equal(one: Path, other: Path) -> bool:
    is_alike = other.is_file() and one.stat().st_size == other.stat().st_size
    return is_alike and one.read_bytes() == other.read_bytes()


@contextmanager
def alone(lock: Place) -> Iterator[None]:
    """Keep every other writer out by the file `lock`. Raises `Busy`.

    In a folder the lock dies with its process. In an object store it is an object that only one writer can create (a
    conditional PUT); it says who holds it, and outlives a writer that is killed.
    """
    with _file_lock(lock) if isinstance(lock, Path) else _object_lock(lock):
        yield


@contextmanager
def _file_lock(lock: Path) -> Iterator[None]:
    held = FileLock(lock)
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        held.acquire(timeout=0)
    except Timeout:
        raise Busy(f"another run is writing to {lock.parent}; wait for it or choose another --warehouse") from None
    except (PermissionError, FileNotFoundError, FileExistsError, NotADirectoryError) as error:
        raise ValueError(f"{lock.parent} cannot be written to ({error.strerror}); choose another --warehouse") from None
    try:
        yield
    finally:
        held.release()


@contextmanager
def _object_lock(lock: "UPath") -> Iterator[None]:
    owner = f"process {os.getpid()} on {socket.gethostname()} since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC".encode()
    try:
        with _reaching(lock):
            lock.fs.pipe_file(lock.path, owner, mode="create")
    except FileExistsError:
        try:
            with _reaching(lock):
                other = lock.fs.cat_file(lock.path).decode(errors="replace")
        except FileNotFoundError:
            raise Busy(f"another run has been writing to {lock.parent} and has just ended; run again") from None
        raise Busy(
            f"another run is writing to {lock.parent}: {other}. Wait for it; if it was killed, delete {lock} and run again"
        ) from None
    try:
        yield
    finally:
        with suppress(OSError), _reaching(lock):  # whoever comes next is told what to do
            if lock.fs.cat_file(lock.path) == owner:
                lock.fs.rm_file(lock.path)

"""The bytes of a file as they were before anyone packed them: gzip, bzip2, xz, Zstandard, and files in a ZIP archive.

A ZIP archive is a folder here: what lies in it is opened by a path that goes on behind the archive's. What the bytes mean
is not judged here.
"""

import bz2
import gzip
import io
import lzma
import os.path
import zipfile
import zlib
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import IO, Any, BinaryIO, NamedTuple

import pyarrow as pa

from pipeline.readers.record import CorruptFile

PACKED = (".gz", ".bz2", ".xz", ".zst")
"""Endings a packed file has behind its own."""
ARCHIVE = ".zip"

_BLOCK = 64 * 2**10
_BROKEN = (  # what the libraries raise for bytes they cannot unpack; RuntimeError is a password
    *(EOFError, OSError, zlib.error, lzma.LZMAError),
    *(zipfile.BadZipFile, NotImplementedError, RuntimeError, UnicodeDecodeError),
)


class _Kind(NamedTuple):
    """A way of packing, known by its first bytes whatever the name of the file."""

    name: str
    first: bytes | tuple[bytes, ...]
    unpack: Callable[[IO[bytes]], Any]


_KINDS = (
    _Kind("gzip", b"\x1f\x8b", lambda file: gzip.GzipFile(fileobj=file)),
    _Kind("bzip2", tuple(b"BZh%d1AY" % level for level in range(1, 10)), bz2.BZ2File),
    _Kind("xz", b"\xfd7zXZ\0", lzma.LZMAFile),
    _Kind("Zstandard", b"(\xb5/\xfd", lambda file: pa.CompressedInputStream(pa.PythonFile(file, "r"), "zstd")),
)


def open_input(path: Path) -> BinaryIO:
    """The file's bytes, unpacked. Raises `OSError`, and `CorruptFile` where they cannot be, also while reading."""
    file = open_packed(path)
    head = file.peek(8)
    kind = next((kind for kind in _KINDS if head.startswith(kind.first)), None)
    if kind is None:
        return file
    file.close()
    return io.BufferedReader(_Unpacked(partial(open_packed, path), kind), _BLOCK)


def open_packed(path: Path) -> io.BufferedReader:
    """The file's bytes as they lie on disk or in an archive. Raises as `open_input` does."""
    is_near = ARCHIVE in str(path.parent).lower()
    archive = next((above for above in path.parents if is_near and is_archive(above.name) and above.is_file()), None)
    if archive is None:
        return path.open("rb")
    member = partial(_open_member, str(archive), path.relative_to(archive).as_posix())
    return io.BufferedReader(_Unpacked(member, None), _BLOCK)


def is_packed(file: BinaryIO) -> bool:
    """Whether to seek backwards in it is to start over."""
    return isinstance(getattr(file, "raw", None), _Unpacked)


def unpacked_name(name: str) -> str:
    """A file's name without the ending that says it is packed."""
    stem, ending = os.path.splitext(name)
    return stem if ending.lower() in PACKED else name


class _Unpacked(io.RawIOBase):
    """A stream that only runs forwards, made one in which any byte can be sought."""

    def __init__(self, opened: Callable[[], IO[bytes]], kind: _Kind | None) -> None:
        self._opened, self._kind, self._at = opened, kind, 0
        self._start()

    def _start(self) -> None:
        self._file = self._opened()
        unpack = self._kind.unpack if self._kind else lambda file: file
        self._stream = self._try(lambda: unpack(self._file))

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self._try(lambda: self._stream.read(len(buffer)))
        buffer[: len(chunk)] = chunk
        self._at += len(chunk)
        return len(chunk)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence != io.SEEK_SET:
            raise io.UnsupportedOperation("Places are counted from the start.")
        if offset < self._at:
            self._file.close()
            self._at = 0
            self._start()
        skipped = bytearray(_BLOCK)
        while self._at < offset and self.readinto(memoryview(skipped)[: offset - self._at]):
            pass
        return self._at

    def tell(self) -> int:
        return self._at

    def close(self) -> None:
        self._file.close()
        super().close()

    def _try(self, do: Callable[[], Any]) -> Any:
        try:
            return do()
        except _BROKEN as error:
            name = f"{self._kind.name} file" if self._kind else "ZIP archive"
            raise _broken(name, error) from error


def _broken(name: str, error: Exception) -> CorruptFile:
    reason = str(error).rstrip(".") or type(error).__name__
    if "password" in reason:
        return CorruptFile(f"The {name} is locked with a password; unpack it and give its contents.")
    return CorruptFile(f"The {name} is broken or cut short ({reason}); fetch it again.")


# -- archives ------------------------------------------------------------------------------------------------------


def members(archive: str) -> dict[str, int]:
    """The files in a ZIP archive by their paths in it, with their sizes; hidden ones aside.

    Raises `CorruptFile`, `OSError`.
    """
    return {path: info.file_size for path, info in _directory(archive).files.items()}


class _Directory(NamedTuple):
    archive: zipfile.ZipFile
    files: dict[str, zipfile.ZipInfo]


def _directory(archive: str) -> _Directory:
    status = os.stat(archive)
    return _read_directory(archive, status.st_mtime_ns, status.st_size)


@lru_cache(2)  # one after the other, the files of an archive are opened, and to read its directory may take seconds
def _read_directory(archive: str, mtime_ns: int, size: int) -> _Directory:
    try:
        opened = zipfile.ZipFile(archive)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise _broken("ZIP archive", error) from error
    files = {
        "/".join(part for part in info.filename.split("/") if part not in ("", ".", "..")): info
        for info in opened.infolist()
        if not info.filename.endswith("/")
    }
    return _Directory(opened, {path: info for path, info in files.items() if not _is_hidden(path)})


def _is_hidden(path: str) -> bool:
    return path.startswith("__MACOSX/") or any(part.startswith(".") for part in path.split("/"))


def is_archive(name: str) -> bool:
    """Whether a file is a folder here, by its name."""
    return name.lower().endswith(ARCHIVE)


def _open_member(archive: str, name: str) -> IO[bytes]:
    opened, files = _directory(archive)
    if name not in files:
        raise FileNotFoundError(2, f"{name} is no longer in the archive")
    try:
        return opened.open(files[name])
    except _BROKEN as error:
        raise _broken("ZIP archive", error) from error

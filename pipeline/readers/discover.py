"""From what the user names (folders, files, patterns) to the files in it, and from a file to its rows of `files`.

Reading formats belongs to the readers; deciding about duplicates and batches belongs to the intake asset.
"""

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from pipeline.readers import MAX_BYTES, CorruptFile, Page, Reader, Record, open_input, reader_for
from pipeline.readers.given import NO_NAMES, Names, iso_date
from pipeline.readers.opening import is_archive, is_packed, members, open_packed
from pipeline.readers.sidecar import SIDECAR
from pipeline.readers.walk import expand, is_named_like_file, walk
from pipeline.text.decode import Binary, Undecodable


class ChangedFile(ValueError):
    """A file is no longer what it was when it was examined."""


class Found(NamedTuple):
    """One entry of the input: a file that can be opened, or what stands in its place."""

    path: str
    """Relative to the input, posix, storable: bytes of a name that are not UTF-8 are written as `\\xe9`."""
    source: str
    """Where it lies; a string, since a corpus has a million of them."""
    status: Literal["ok", "not_file", "unreadable", "corrupt", "empty"] = "ok"
    problem: str | None = None
    size: int = 0
    mtime_ns: int = 0


# -- discovery -----------------------------------------------------------------------------------------------------


def discover(inputs: Sequence[Path]) -> list[Found]:
    """Every file of the inputs and of ZIP archives in them, sorted by path. Hidden files and sidecars are no articles.

    Paths are relative to the folder given, to the folder of a file or pattern, or to what several inputs have in
    common. Links to folders are followed once, so that loops end. Raises `NoSuchInput`.
    """
    places = [place for item in inputs for place in expand(Path(os.path.abspath(item)))]
    base = Path(os.path.commonpath([root for root, _ in places]))
    found: dict[str, Found] = {}
    seen: set[tuple[int, int]] = set()
    for _, top in places:
        for source in walk(str(top), seen) if os.path.isdir(top) else [str(top)]:
            if os.path.basename(source) != SIDECAR:
                entry = _inspect(source, str(base))
                is_folder = entry.status == "ok" and is_archive(source)
                found |= {one.path: one for one in (_in_archive(entry) if is_folder else [entry])}
    return [found[path] for path in sorted(found)]


def _inspect(source: str, base: str) -> Found:
    relative = source[len(base.rstrip(os.sep)) + 1 :] or "."
    path = os.fsencode(relative.replace(os.sep, "/")).decode("utf-8", "backslashreplace")
    try:
        status = os.stat(source)
    except OSError as error:
        if os.path.islink(source):
            target = os.fsencode(os.readlink(source)).decode("utf-8", "backslashreplace")
            problem = f"This is a link to {target}, which is not there; restore the file or delete the link."
            return Found(path, source, "not_file", problem)
        return Found(path, source, "unreadable", _cannot_open(error))
    if stat.S_ISREG(status.st_mode):
        return Found(path, source, size=status.st_size, mtime_ns=status.st_mtime_ns)
    if not stat.S_ISDIR(status.st_mode):
        problem = "This is a pipe, socket or device, not a file; take it out of the folder."
    elif is_named_like_file(source) and os.access(source, os.R_OK | os.X_OK):
        problem = "This is a folder with the name of a file; the files in it are read, but rename it."
    else:
        return Found(path, source, "unreadable", "This folder cannot be opened; give yourself the right to read it.")
    return Found(path, source, "not_file", problem)


def _in_archive(archive: Found) -> Iterator[Found]:
    """The files in a ZIP archive, as old as the archive is; or the archive, where it cannot be read."""
    try:
        sizes = members(archive.source)
    except CorruptFile as error:
        yield archive._replace(status="corrupt", problem=str(error))
        return
    except OSError as error:
        yield archive._replace(status="unreadable", problem=_cannot_open(error))
        return
    if not sizes:
        yield archive._replace(status="empty", problem="The ZIP archive holds no files; fetch it again or delete it.")
    for path, size in sizes.items():
        one = Found(f"{archive.path}/{path}", f"{archive.source}/{path}", size=size, mtime_ns=archive.mtime_ns)
        is_sidecar = os.path.basename(path) == SIDECAR
        yield one._replace(status="not_file", problem=_SIDECAR_PACKED) if is_sidecar else one


_SIDECAR_PACKED = "A sidecar in an archive is not read; put it beside the archive and name the articles in it as archive.zip/article.txt."


def _cannot_open(error: OSError) -> str:
    return f"It cannot be read ({error.strerror or error}); check its permissions and the disk."


# -- examination ---------------------------------------------------------------------------------------------------


class FileRow(NamedTuple):
    """A row of `files`, good or bad, but for its batch; `duplicate` is found by whoever sees all rows."""

    path: str
    record_number: int
    status: str
    problem: str | None
    sha256: str | None = None
    n_bytes: int = 0
    document_id: str | None = None
    file_sha256: str | None = None
    record_offset: int = 0
    format: str | None = None
    encoding: str | None = None
    repairs: str | None = None
    given_title: str | None = None
    given_outlet: str | None = None
    given_date: str | None = None
    given_url: str | None = None
    given_language: str | None = None
    given_author: str | None = None


def examine(found: Found, names: Names, max_bytes: int = MAX_BYTES) -> Iterator[FileRow]:
    """The rows of one file, in order, one record in memory at a time. Never raises for what a file holds.

    `sha256` and `n_bytes` are of the article's bytes after decompression (of a table's record: of its text in UTF-8),
    `file_sha256` is of the file as it lies on disk. `given_date` is ISO 8601 (YYYY, YYYY-MM or YYYY-MM-DD).
    """
    bad = FileRow(found.path, 1, found.status, found.problem, n_bytes=found.size)
    if found.status != "ok":
        yield bad
        return
    n_records = 0

    def rest_is(status: str, problem: str) -> FileRow:
        return bad._replace(record_number=n_records + 1, status=status, problem=problem)

    try:
        with open_input(Path(found.source)) as file:
            reader = reader_for(found.source, file.read(1024))
            bad = bad._replace(format=reader.format)
            file_sha256 = None
            for record in reader.records(file, names, max_bytes=max_bytes):
                if not file_sha256 and (not record.is_whole or is_packed(file)):
                    file_sha256 = _digest(found.source)  # otherwise it is the article's
                n_records = record.number
                yield _row(found, reader, record, names, file_sha256)
    except CorruptFile as error:
        yield rest_is("corrupt", str(error))
    except Binary as error:
        yield rest_is("binary", str(error))
    except Undecodable as error:
        yield rest_is("undecodable", str(error))
    except OSError as error:
        yield rest_is("unreadable", _cannot_open(error))
    else:
        if not n_records:
            yield rest_is("empty", "It holds no records; fill it or delete it.")


def _digest(source: str) -> str:
    """Of the file as it lies on disk, or in its archive."""
    with open_packed(Path(source)) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _row(found: Found, reader: Reader, record: Record, names: Names, file_sha256: str | None) -> FileRow:
    row = FileRow(
        path=found.path,
        record_number=record.number,
        status=record.status,
        problem=record.problem,
        n_bytes=found.size if record.is_whole else 0,
        file_sha256=file_sha256,
        record_offset=record.offset,
        format=reader.format,
    )
    if record.payload is None:
        return _with_given(row, record.given)
    raw = _as_bytes(record.payload)
    sha256 = hashlib.sha256(raw).hexdigest()
    row = row._replace(sha256=sha256, n_bytes=len(raw), file_sha256=file_sha256 or sha256)
    try:
        page = _page(reader, record, names)
    except Binary as error:
        return row._replace(status="binary", problem=str(error))
    except Undecodable as error:
        return row._replace(status="undecodable", problem=str(error))
    given = {**record.given, **page.given}
    row = _with_given(row, given)._replace(encoding=page.decoded.encoding, repairs=",".join(page.decoded.repairs))
    if row.status == "ok" and not page.decoded.text.strip():
        what = "The file" if record.is_whole else f"Record {record.number}"
        return row._replace(status="empty", problem=f"{what} holds no text that could be read; fetch it again.")
    if row.status == "ok":
        row = row._replace(document_id=f"d_{sha256[:16]}")
        if "date" in given and row.given_date is None:
            row = row._replace(problem=f"The date {given['date']!r} cannot be read and is left out; write YYYY-MM-DD.")
    return row


def _page(reader: Reader, record: Record, names: Names) -> Page:
    """The record's text, with the encoding and the repairs of the table it stands in."""
    page = reader.render(record.payload or "", names)
    if isinstance(record.payload, str):
        repairs = record.repairs + page.decoded.repairs
        page = page._replace(decoded=page.decoded._replace(encoding=record.encoding, repairs=repairs))
    return page


def _as_bytes(payload: bytes | str) -> bytes:
    return payload if isinstance(payload, bytes) else payload.encode("utf-8", "surrogatepass")


def _with_given(row: FileRow, given: Mapping[str, str]) -> FileRow:
    return row._replace(
        given_title=given.get("title"),
        given_outlet=given.get("outlet"),
        given_date=iso_date(given.get("date", "")),
        given_url=given.get("url"),
        given_language=given.get("language"),
        given_author=given.get("author"),
    )


# -- reading again -------------------------------------------------------------------------------------------------

_NEAR = 64  # records; reading over them costs less than finding the place anew


def load(
    source: Path, wanted: Sequence[tuple[int, int, str]], names: Names, max_bytes: int = MAX_BYTES
) -> Iterator[tuple[int, Page]]:
    """(record number, its page) of exactly the records wanted, given as (number, offset, sha256) of `examine`; one pass.

    Names and bound must be those they were examined with. What markup says is not read again. Raises `ChangedFile`
    where the bytes are no longer those listed, `CorruptFile`, `OSError`.
    """
    with open_input(source) as file:
        reader = reader_for(str(source), file.read(1024))
        records: Iterator[Record] = iter(())
        last = -1
        for number, offset, sha256 in sorted(wanted):
            if last < 0 or (number - last > _NEAR and offset):  # at 0 nothing is nearer: a JSON file is read as a whole
                records = reader.records(file, names, number=number, offset=offset, max_bytes=max_bytes)
            record = next((record for record in records if record.number >= number), None)
            payload = record and record.payload
            if record is None or payload is None or hashlib.sha256(_as_bytes(payload)).hexdigest() != sha256:
                raise ChangedFile(f"{source.name}, record {number}, has changed since it was listed; run again.")
            yield number, _page(reader, record, NO_NAMES)
            last = number

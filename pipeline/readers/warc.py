"""Web archives (WARC, and the WET files of Common Crawl with the text of pages): a page a record, read as a web page is.

Redirects, errors, pictures, styles and the like are no pages: how many there were is told in one row. When a page was
fetched is not when it was published, and is not read.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from pipeline.readers.given import NO_NAMES, Names
from pipeline.readers.html import HtmlReader
from pipeline.readers.record import MAX_BYTES, CorruptFile, Page, Record, plain_page, too_large
from pipeline.text.decode import Binary, Undecodable, decode_unrepaired

_KINDS = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.revisit | WarcRecordType.conversion
_PAGES = ("text/html", "application/xhtml+xml")
_PACKED = ("Transfer-Encoding", "Content-Encoding")
_OK = 200


class WarcReader:
    """`.warc`, `.wet`; offsets are bytes into the unpacked archive."""

    format = "warc"
    suffixes: tuple[str, ...] = (".warc", ".wet")

    def records(
        self, file: BinaryIO, names: Names, *, number: int = 1, offset: int = 0, max_bytes: int = MAX_BYTES
    ) -> Iterator[Record]:
        file.seek(offset)
        n_others = 0
        try:
            for record in ArchiveIterator(file, record_types=_KINDS, auto_decode="none"):
                if _is_page(record):
                    yield _record(number, offset + record.stream_pos, record, max_bytes)
                    number += 1
                else:
                    n_others += 1
        except OSError as error:
            raise CorruptFile(f"The web archive is broken or cut short ({error}); fetch it again.") from error
        if n_others:
            yield Record(number, status="cover", problem=_OTHERS.format(n_others))

    def render(self, payload: bytes | str, names: Names = NO_NAMES) -> Page:
        return plain_page(payload) if isinstance(payload, str) else HtmlReader().render(payload, names)


_OTHERS = "Redirects, errors, pictures, styles and the like in this archive: {:,}. None is a page; nothing is to do."


def _is_page(record: WarcRecord) -> bool:
    if record.record_type == WarcRecordType.conversion:
        return True
    if record.record_type == WarcRecordType.response and record.is_http_parsed:
        return record.http_headers.status_code == _OK and (record.http_content_type or "").lower() in _PAGES
    kind = (record.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    return record.record_type == WarcRecordType.resource and kind in _PAGES


def _unpacked(record: WarcRecord, raw: bytes, max_bytes: int) -> bytes:
    """A page as it was before it was packed for its way; raises `OSError`. Done apart from the archive, in which fastwarc 2.0
    finds nothing behind a page that is packed and chunked, or broken."""
    http = record.http_headers
    packed = [(name, value) for name in _PACKED if http and (value := http.get(name))]
    if not packed:
        return raw
    fields = "".join(f"{name}: {value}\r\n" for name, value in packed)
    block = f"HTTP/1.1 200 OK\r\n{fields}\r\n".encode() + raw
    head = f"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: {len(block)}\r\n\r\n"
    alone = ArchiveIterator(BytesIO(head.encode() + block), auto_decode="all")
    return bytes(next(iter(alone)).reader.read(max_bytes + 1))


def _record(number: int, offset: int, record: WarcRecord, max_bytes: int) -> Record:
    address = record.headers.get("WARC-Target-URI") or ""
    given = {"url": address.strip("<>")} if address else {}
    raw = record.reader.read(max_bytes + 1)
    is_cut = len(raw) < min(record.content_length, max_bytes)
    try:
        raw = raw if is_cut else _unpacked(record, raw, max_bytes)
    except OSError as error:  # packed in another way than it says, as some crawlers leave it
        problem = f"Record {number} is broken or cut short ({error}); fetch the page again."
        return Record(number, None, offset, given, "bad_record", problem)
    if len(raw) > max_bytes:
        return Record(number, None, offset, given, "too_large", too_large(f"Record {number}", max_bytes))
    if is_cut:
        problem = f"Record {number} is cut short; fetch the archive again."
        return Record(number, None, offset, given, "bad_record", problem)
    if not raw:
        return Record(number, b"", offset, given, "empty", f"Record {number} is empty; nothing is to do.")
    if record.record_type != WarcRecordType.conversion:
        return Record(number, raw, offset, given)
    try:
        text, encoding, repairs = decode_unrepaired(raw)
    except (Binary, Undecodable) as error:
        problem = f"Record {number} is not text in any known encoding ({error}); nothing of it is read."
        return Record(number, None, offset, given, "bad_record", problem)
    return Record(number, text, offset, given, encoding=encoding, repairs=repairs)

"""Web archives (WARC, and the WET files of Common Crawl with the text of pages): a page a record, read as a web page is.

Redirects, errors, pictures, styles and the like are no pages: how many there were is told in one row. When a page was
fetched is not when it was published, and is not read.
"""

from collections.abc import Iterator
from typing import BinaryIO

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from pipeline.readers.given import NO_NAMES, Names
from pipeline.readers.html import HtmlReader
from pipeline.readers.record import MAX_BYTES, CorruptFile, Page, Record, plain_page, too_large
from pipeline.text.decode import Binary, Undecodable, decode_unrepaired

_KINDS = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.revisit | WarcRecordType.conversion
_PAGES = ("text/html", "application/xhtml+xml")
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
            for record in ArchiveIterator(file, record_types=_KINDS, auto_decode="all"):
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


def _record(number: int, offset: int, record: WarcRecord, max_bytes: int) -> Record:
    address = record.headers.get("WARC-Target-URI") or ""
    given = {"url": address.strip("<>")} if address else {}
    try:
        raw = record.reader.read(max_bytes + 1)
    except OSError as error:  # packed in another way than it says, as some crawlers leave it
        problem = f"Record {number} is broken or cut short ({error}); fetch the page again."
        return Record(number, None, offset, given, "bad_record", problem)
    if len(raw) > max_bytes:
        return Record(number, None, offset, given, "too_large", too_large(f"Record {number}", max_bytes))
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

"""Plain text: one article a file, or the many records of an export from a newspaper database."""

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from pipeline.readers.exports import Export, Piece, split
from pipeline.readers.given import NO_NAMES, Names, given_of
from pipeline.readers.lines import decode_line
from pipeline.readers.record import MAX_BYTES, Page, Record, plain_page, whole_file
from pipeline.text.decode import Binary, Undecodable


class TextReader:
    """`.txt`, and any file whose ending no other reader claims."""

    format = "txt"
    suffixes: tuple[str, ...] = (".txt",)

    def records(
        self, file: BinaryIO, names: Names, *, number: int = 1, offset: int = 0, max_bytes: int = MAX_BYTES
    ) -> Iterator[Record]:
        whole = whole_file(file, max_bytes)
        return records_of(whole.payload if isinstance(whole.payload, bytes) else b"", whole, names, number)

    def render(self, payload: bytes | str, names: Names = NO_NAMES) -> Page:
        return plain_page(payload)


def records_of(raw: bytes, whole: Record, names: Names, number: int) -> Iterator[Record]:
    """The records of an export from this number on, their offsets bytes of `raw`; of what is none, the whole."""
    pieces, encoding, exports, doubt = split(raw, names.exports)
    if not pieces:
        yield whole._replace(problem=whole.problem or doubt)
    articles_first = sorted(pieces, key=lambda piece: not piece.is_record)  # they keep the numbers of the export
    for place, piece in enumerate(articles_first[number - 1 :], number):
        yield _record(place, raw, piece, encoding, exports)


def _record(number: int, raw: bytes, piece: Piece, encoding: str, exports: Sequence[Export]) -> Record:
    try:
        text, encoding, repairs = decode_line(raw[piece.start : piece.end], encoding)
    except (Binary, Undecodable) as error:
        problem = f"Record {number} is not text in any known encoding ({error}); mend it or delete it."
        return Record(number, offset=piece.start, status="bad_record", problem=problem)
    article = text.removeprefix("\ufeff").strip()  # the same in every export, first or last
    record = Record(number, article, piece.start, encoding=encoding, repairs=repairs)
    if not piece.is_record:
        return record._replace(status="cover", problem=COVER)
    return record._replace(given=given_of({name: cell for one in exports for name, cell in one.given(article).items()}))


COVER = (
    "It tells of the articles of an export (the search, a list of results, a summary) and is none; nothing is to do."
)

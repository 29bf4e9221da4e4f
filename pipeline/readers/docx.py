"""Word documents (`.docx`), as Nexis Uni delivers them: one article a file, or the many records of an export.

Only the text of the body is read, a paragraph a line. Headers and footers of pages, notes, and what was deleted while
changes were tracked are no part of it.
"""

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO
from xml.etree import ElementTree

from pipeline.readers.given import NO_NAMES, Names
from pipeline.readers.record import MAX_BYTES, CorruptFile, Page, Record, plain_page, too_large, whole_file
from pipeline.readers.txt import records_of


class DocxReader:
    """`.docx`; its text is cut as that of a `.txt` is."""

    format = "docx"
    suffixes: tuple[str, ...] = (".docx", ".docm")

    def records(
        self, file: BinaryIO, names: Names, *, number: int = 1, offset: int = 0, max_bytes: int = MAX_BYTES
    ) -> Iterator[Record]:
        whole = whole_file(file, max_bytes)
        if not isinstance(whole.payload, bytes) or whole.status != "ok":
            yield whole
            return
        try:
            text = _text(whole.payload, max_bytes)
        except _TooLarge:
            yield Record(1, status="too_large", problem=too_large("The document", max_bytes))
            return
        except (*_NO_DOCUMENT, KeyError) as error:
            raise CorruptFile(
                f"This is no Word document, or one broken, cut short or locked ({error}); fetch it again, or save it as text."
            ) from error
        yield from records_of(text.encode(), Record(1, text), names, number)

    def render(self, payload: bytes | str, names: Names = NO_NAMES) -> Page:
        return plain_page(payload)


class _TooLarge(ValueError):
    """The body takes more room than an article may."""


_NO_DOCUMENT = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ElementTree.ParseError)
_WORD = (  # as all write it; ISO 29500 Strict, as some programs save
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}",
)
_INK = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "p": "\n"}
_MARKUP = 20  # bytes of XML for one of text, at most: Nexis Uni's have 3 to 5


def _text(raw: bytes, max_bytes: int) -> str:
    with zipfile.ZipFile(BytesIO(raw)) as parts:
        body = parts.getinfo("word/document.xml")
        if body.file_size > _MARKUP * max_bytes:
            raise _TooLarge
        xml = parts.read(body)
    if b"<!DOCTYPE" in xml[:1024]:
        raise ElementTree.ParseError("it declares entities, which no word processor does")
    text = "".join(_strings(xml))
    if len(text) > max_bytes:
        raise _TooLarge
    return text


def _strings(xml: bytes) -> Iterator[str]:
    """Its text in order; of what is drawn a second time, for old programs, the first drawing."""
    n_second = 0
    for event, element in ElementTree.iterparse(BytesIO(xml), ("start", "end")):
        name = element.tag.rpartition("}")[2] if element.tag.startswith(_WORD) else element.tag
        if name.endswith("}Fallback"):
            n_second += 1 if event == "start" else -1
        elif event == "end":
            yield "" if n_second else (element.text or "") if name == "t" else _INK.get(name, "")
            element.clear()

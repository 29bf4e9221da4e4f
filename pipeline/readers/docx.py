"""The text of a Word document (`.docx`), as Nexis Uni delivers them: of the body alone, a paragraph a line.

Headers and footers of pages, notes, and what was deleted or moved away while changes were tracked are no part of it.
"""

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from xml.etree import ElementTree

from pipeline.readers.record import CorruptFile

_WORD = (  # as all write it; ISO 29500 Strict, as some programs save
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}",
)
_NOT_READ = frozenset(
    ("pPr", "del", "moveFrom")
)  # its stops are called as tabs are; what was deleted or stands elsewhere now
_INK = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "p": "\n"}
_MARKUP = 8  # times the bound: markup takes more room than its text, and what unpacks to more still is a bomb
_NO_DOCUMENT = (  # of ZIP, of XML, of encodings
    *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError),
    *(ElementTree.ParseError, ValueError, LookupError),
)


def docx_text(raw: bytes, max_bytes: int) -> str | None:
    """The text of the document these bytes are; None where it may be far more than the bound. Raises `CorruptFile`."""
    try:
        with zipfile.ZipFile(BytesIO(raw)) as parts:
            body = parts.getinfo("word/document.xml")
            if body.file_size > _MARKUP * max_bytes:
                return None
            xml = parts.read(body)
        if b"<!DOCTYPE" in xml[:1024]:
            raise ElementTree.ParseError("it declares entities, which no word processor does")
        return "".join(_strings(xml))
    except _NO_DOCUMENT as error:
        raise CorruptFile(
            f"This is no Word document, or one broken, cut short or locked ({error}); fetch it again, or save it as text."
        ) from error


def _strings(xml: bytes) -> Iterator[str]:
    """Its text in order; of what is drawn a second time, for old programs, the first drawing."""
    n_around = 0  # elements of which nothing is read
    for event, element in ElementTree.iterparse(BytesIO(xml), ("start", "end")):
        name = element.tag.rpartition("}")[2] if element.tag.startswith(_WORD) else element.tag
        if name in _NOT_READ or name.endswith("}Fallback"):
            n_around += 1 if event == "start" else -1
        elif event == "end":
            yield "" if n_around else (element.text or "") if name == "t" else _INK.get(name, "")
            element.clear()

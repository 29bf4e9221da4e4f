"""The text of a Rich Text file (`.rtf`), as Factiva delivers them, by way of striprtf."""

import re

from pipeline.readers.record import CorruptFile

_FIRST = b"{\\rtf"
_PLAIN = (  # means the same; striprtf would set into the text the address of a link, a bar behind a cell
    (re.compile(r"\\fldinst\{"), r"\\fldinst {"),
    (re.compile(r"\\(?:nest)?cell(?![a-z])"), r"\\tab"),
)


def rtf_text(raw: bytes, max_bytes: int) -> str:
    """The text of the document these bytes are; no longer than they. Raises `CorruptFile`."""
    if not raw.startswith(_FIRST):
        raise CorruptFile("This is no RTF document; give its name the ending of what it is, or fetch it again.")
    from striprtf.striprtf import rtf_to_text  # noqa: PLC0415 (few corpora hold one)

    marked = raw.decode("cp1252", "replace")
    for mark, plain in _PLAIN:
        marked = mark.sub(plain, marked)
    try:
        return str(rtf_to_text(marked, errors="replace"))
    except (ValueError, TypeError, LookupError, ArithmeticError) as error:
        raise CorruptFile(f"The RTF document is broken ({error}); fetch it again, or save it as text.") from error

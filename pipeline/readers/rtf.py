"""The text of a Rich Text file (`.rtf`), as Factiva delivers them, by way of striprtf."""

from pipeline.readers.record import CorruptFile

_FIRST = b"{\\rtf"
_LINK = "HYPERLINK"


def rtf_text(raw: bytes, max_bytes: int) -> str:
    """The text of the document these bytes are; no longer than they. Raises `CorruptFile`."""
    if not raw.startswith(_FIRST):
        raise CorruptFile("This is no RTF document; give its name the ending of what it is, or fetch it again.")
    from striprtf.striprtf import rtf_to_text  # noqa: PLC0415 (few corpora hold one)

    unlinked = raw.decode("cp1252", "replace").replace(
        _LINK, _LINK.lower() + "_"
    )  # or addresses would stand in the text
    try:
        return str(rtf_to_text(unlinked, errors="replace"))
    except (ValueError, TypeError, LookupError) as error:
        raise CorruptFile(f"The RTF document is broken ({error}); fetch it again, or save it as text.") from error

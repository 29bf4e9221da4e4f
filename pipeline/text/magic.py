"""Formats that are not text, told by their first bytes. Closed grammar of file formats; nothing is opened here."""

_CONVERT = "save or convert it as plain text"
_UNPACK = "unpack it and give its contents"
_FULL_TEXT = "get the articles themselves, as text or as Word documents"
_NO_TEXT = "take it out of the folder"
_KINDS = (  # (offset, first bytes, what it is, what to do)
    (0, b"%PDF-", "a PDF document", "get it as text or as a Word document, or convert it (for example with pdftotext)"),
    (
        0,
        b"PK\x03\x04",
        "a ZIP archive or an Office document (xlsx, odt, epub)",
        "unpack it, or save it as text or as .docx",
    ),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document (doc, xls, ppt)", "save it as text or as .docx"),
    (0, b"{\\rtf", "an RTF document", "give its name the ending .rtf"),
    (0, b"TY  - ", "a list of references (RIS)", _FULL_TEXT),
    (0, b"\xef\xbb\xbfTY  - ", "a list of references (RIS)", _FULL_TEXT),
    (0, b"%!PS", "a PostScript document", _CONVERT),
    (0, b"\x89PNG\r\n", "a PNG image", _NO_TEXT),
    (0, b"\xff\xd8\xff", "a JPEG image", _NO_TEXT),
    (0, b"GIF8", "a GIF image", _NO_TEXT),
    (0, b"II*\0", "a TIFF image", _NO_TEXT),
    (0, b"MM\0*", "a TIFF image", _NO_TEXT),
    (8, b"WEBP", "a WebP image", _NO_TEXT),
    (4, b"ftyp", "a film or sound recording", _NO_TEXT),
    (0, b"ID3", "a sound recording", _NO_TEXT),
    (0, b"OggS", "a sound recording", _NO_TEXT),
    (0, b"\x1f\x8b", "a gzip archive inside another", _UNPACK),
    (0, b"BZh", "a bzip2 archive", _UNPACK),
    (0, b"\xfd7zXZ\0", "an xz archive", _UNPACK),
    (0, b"(\xb5/\xfd", "a Zstandard archive", _UNPACK),
    (0, b"7z\xbc\xaf", "a 7z archive", _UNPACK),
    (0, b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (257, b"ustar", "a tar archive", _UNPACK),
    (0, b"PAR1", "a Parquet table", "give its name the ending .parquet"),
    (0, b"SQLite format 3\0", "an SQLite database", "export its articles as CSV or JSONL"),
    (0, b"\x7fELF", "a program", _NO_TEXT),
)


def kind_of_binary(raw: bytes) -> tuple[str, str] | None:
    """(what it is, what to do) for bytes that begin like a known binary format, else None."""
    for offset, first, what, advice in _KINDS:
        if raw.startswith(first, offset):
            return what, advice
    return None

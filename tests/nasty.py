"""One fixture of every bad or odd input, written on demand: no binary file is kept in the repository.

`write_nasty_folder(folder)` returns what must stand in `files` for each record, to be used by the tests of the readers
and by the run from end to end. Sizes are chosen for a bound of `MAX_BYTES` an article.
"""

import bz2
import gzip
import io
import json
import lzma
import os
import random
import socket
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, cast

import ftfy  # noqa: F401 (brings the codec sloppy-windows-1252)
import pyarrow as pa
import pyarrow.parquet as pq

MAX_BYTES = 100_000

ARTICLE = (
    "Harbour talks resume in Málaga\n\n"
    "The foreign ministers of Norland and Sudmark met in Málaga on Tuesday. “We are not there yet,” the host said – "
    "but the €40 million fund for the café owners’ harbour would stay.\n\n"
    "A second round is planned for next week, the ministry said in a statement.\n"
)
LATIN = ARTICLE.translate(str.maketrans({"“": '"', "”": '"', "’": "'", "–": "-", "€": "EUR "}))
PLAIN = "The council of Norland voted on Monday to keep the bridge open.\n\nOpponents said they would appeal.\n"
PAGE = """<!doctype html><html lang="en-GB"><head><meta charset="{charset}"><title>Harbour talks - The Norland Post</title>
<meta property="og:title" content="Harbour talks resume"><meta property="og:site_name" content="The Norland Post">
<link rel="canonical" href="https://post.example/harbour"><script type="application/ld+json">{{"@graph": [
{{"@type": "WebSite", "name": "Post"}}, {{"@type": ["NewsArticle"], "datePublished": "2024-03-12T23:30:00-05:00",
"headline": "Harbour talks resume in Málaga", "author": [{{"@type": "Person", "name": "Ada Lund"}}, {{"name": "Ole Vik"}}]}}]}}
</script></head><body><nav class="menu"><a href="/">Front page</a> <a href="/w">World</a></nav><article>
<h1>Harbour talks resume</h1><p>The foreign ministers of Norland and Sudmark met in Málaga on Tuesday and spoke for three
hours about the harbour, its fund and the many fishing boats that have not left it since the winter.</p>
<p>A second round is planned for next week, the ministry said in a statement that was read to reporters.</p>
<figure><img src="x.jpg" alt="A picture nobody reads"><figcaption>The harbour on Tuesday</figcaption></figure></article>
<div class="sidebar related"><h3>Read next</h3><a href="/o">Another story</a></div><div hidden>Not shown</div>
<footer>© 2024 The Norland Post</footer></body></html>"""


EXPORT = (
    "Download Request: All Documents: 1-2\nTime Of Request: Friday\n\n   1 of 2 DOCUMENTS\n\nThe Norland Post\n\nLENGTH: 40 words\nBYLINE: Ole Vik\n\n"
    f"{ARTICLE}\n   2 of 2 DOCUMENTS\n\nThe Norland Post\n\nLENGTH: 16 words\nBYLINE: Ole Vik\n\n{PLAIN}"
)


LIST = (  # of documents that Nexis Uni delivers each in its own file
    "User Name: Ada Lund\nDate and Time: Friday\nJob Number: 84012345\n\nDocuments (2)\n1. Harbour talks resume\n"
    "Client/Matter: -None-\nSearch Terms: harbour\n2. The bridge stays open\nClient/Matter: -None-\n"
    "Search Terms: harbour\n| About LexisNexis | Privacy Policy\n"
)


class Expected(NamedTuple):
    """What `files` must say of one record: its status, and words its sentence must contain ('' for none)."""

    status: str
    words: str = ""


OK = Expected("ok")


def _csv(*rows: str) -> str:
    return "\n".join(rows) + "\n"


def _lines(*values: object) -> str:
    return "".join(
        (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)) + "\n" for value in values
    )


def _parquet(**columns: pa.Array) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink, row_group_size=2)
    return sink.getvalue()


def _zip(files: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(zipfile.ZipInfo(path), content)
    return sink.getvalue()


def _docx(*paragraphs: str) -> bytes:
    """A Word document with these paragraphs, each in two runs and after a deletion."""
    body = "".join(
        f"<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:t>{text[:3]}</w:t></w:r>"
        f"<w:r><w:t xml:space='preserve'>{text[3:]}</w:t></w:r></w:p>"
        for text in paragraphs
    )
    return word_document(body)


def word_document(body: str) -> bytes:
    """A Word document with this markup as its body."""
    space = "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'"
    return _zip({"word/document.xml": f"<w:document {space}><w:body>{body}</w:body></w:document>".encode()})


def _tar() -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        entry = tarfile.TarInfo("article.txt")
        entry.size = len(PLAIN)
        archive.addfile(entry, io.BytesIO(PLAIN.encode()))
    return sink.getvalue()


def _zstd(raw: bytes) -> bytes:
    return cast(bytes, pa.compress(raw, "zstd", asbytes=True))


def _warc(*records: tuple[str, bytes], is_packed: bool = True) -> bytes:
    """A web archive of these records: type, content."""
    whole = b""
    for number, (kind, content) in enumerate(records, 1):
        head = (
            f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Date: 2024-05-04T00:00:00Z\r\n"
            f"WARC-Record-ID: <urn:uuid:{number:032}>\r\nWARC-Target-URI: https://post.example/{number}\r\n"
            f"Content-Type: {'application/http; msgtype=response' if kind == 'response' else 'text/plain'}\r\n"
            f"Content-Length: {len(content)}\r\n\r\n"
        )
        one = head.encode() + content + b"\r\n\r\n"
        whole += _gzip(one) if is_packed else one
    return whole


def _http(body: bytes, head: str = "", kind: str = "text/html", status: str = "200 OK") -> tuple[str, bytes]:
    return "response", f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{head}\r\n".encode() + body


def _gzip(raw: bytes) -> bytes:
    return gzip.compress(raw, mtime=0)


JSONL = _lines(
    {"text": ARTICLE, "title": "Harbour talks", "published_at": "2024-03-12", "authors": ["Ada Lund", "Ole Vik"]},
    '{"text": "cut short',
    "[1, 2]",
    {"headline": "No text"},
    {"text": None},
    {"text": ["one", "two"]},
    "",
    {"text": "x" * (MAX_BYTES + 10)},
    '{"text": "A lone half \\ud83d of a character, said Norland."}',
    {"body": PLAIN, "date": "some day", "source": "The Post"},
)
CSV = _csv(
    "Title,Text,Publish Date",
    f'Harbour,"{PLAIN}",2024-03-12',
    "Ragged,one,two,three",
    "Short,one",
    'Quotes,"He said "no" to it",2024',
    "Empty,,2024",
    "",
    'Last,"A ""quoted"" word, and a comma",12 March 2024',
)
DICTIONARY = pa.array([ARTICLE, None, PLAIN, PLAIN]).dictionary_encode()
DATES = pa.array([19_000, 19_001, None, 19_003], pa.date32())
PARQUET = _parquet(content=DICTIONARY, pub_date=DATES)

WARC = _warc(
    ("warcinfo", b"software: x\r\n"),
    _http(PAGE.format(charset="utf-8").encode() + b"\n\n"),
    _http(b"\x89PNG", kind="image/png"),
    _http(b"<html>Gone</html>", status="404 Not Found"),
    _http(_gzip(b"<html><p>The council of Norland met.</p></html>"), "Content-Encoding: gzip\r\n"),
)

FILES: list[tuple[str, bytes, list[Expected]]] = [
    # encodings
    ("encodings/utf8.txt", ARTICLE.encode(), [OK]),
    ("encodings/utf8_bom.txt", ARTICLE.encode("utf-8-sig"), [OK]),
    ("encodings/utf16_le.txt", b"\xff\xfe" + ARTICLE.encode("utf-16-le"), [OK]),
    ("encodings/utf16_be.txt", b"\xfe\xff" + ARTICLE.encode("utf-16-be"), [OK]),
    ("encodings/utf16_le_unmarked.txt", ARTICLE.encode("utf-16-le"), [OK]),
    ("encodings/utf16_be_unmarked.txt", ARTICLE.encode("utf-16-be"), [OK]),
    ("encodings/windows_1252.txt", ARTICLE.encode("cp1252"), [OK]),
    ("encodings/latin_1.txt", LATIN.encode("latin-1"), [OK]),
    ("encodings/mojibake.txt", ARTICLE.encode().decode("sloppy-windows-1252").encode(), [OK]),
    ("encodings/mixed.txt", ARTICLE.encode() + "Málaga".encode("cp1252"), [OK]),
    ("encodings/cut_character.txt", ARTICLE.encode() + "é".encode()[:1], [OK]),
    ("encodings/stray_nul.txt", PLAIN.replace("council", "coun\0cil").encode(), [OK]),
    ("encodings/padded_with_nul.txt", PLAIN.encode() + bytes(500), [OK]),
    ("encodings/crlf.txt", PLAIN.replace("\n", "\r\n").encode(), [OK]),
    ("encodings/cr.txt", PLAIN.replace("\n", "\r").encode(), [OK]),
    ("encodings/mixed_newlines.txt", PLAIN.replace("\n", "\r\n", 1).encode(), [OK]),
    ("encodings/noise.txt", bytes(range(0x80, 0x100)) * 9, [Expected("undecodable", "no known encoding")]),
    # nothing in them
    ("empty/empty.txt", b"", [Expected("empty", "empty")]),
    ("empty/blank.txt", b" \n\r\n\t", [Expected("empty", "no text")]),
    ("empty/only_bom.txt", b"\xef\xbb\xbf", [Expected("empty", "no text")]),
    ("empty/script_only.html", b"<html><script>1</script></html>", [Expected("empty", "no text")]),
    ("empty/empty.jsonl", b"", [Expected("empty", "no records")]),
    ("empty/header_only.csv", b"title,text\n", [Expected("empty", "no records")]),
    ("empty/empty.csv.gz", _gzip(b""), [Expected("empty", "no records")]),
    # not text
    ("binary/only_nul.txt", bytes(300), [Expected("binary", "NUL")]),
    ("binary/picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(99), [Expected("binary", "PNG")]),
    ("binary/random.dat", random.Random(1).randbytes(4000), [Expected("binary", "not text")]),
    ("binary/report.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", [Expected("binary", "PDF")]),
    ("binary/report.xlsx", _zip({"xl/workbook.xml": b"<x/>"}), [Expected("binary", "Office")]),
    ("binary/articles.tar.gz", _gzip(_tar()), [Expected("binary", "tar")]),
    ("binary/twice.txt.gz", _gzip(_gzip(PLAIN.encode())), [Expected("binary", "gzip")]),
    # names, sizes, doubles
    ("names/with spaces, ümlaut and 東京.txt", PLAIN.encode(), [OK]),
    ("names/no_ending", PLAIN.encode(), [OK]),
    ("names/unknown.ending", PLAIN.encode(), [OK]),
    ("names/.hidden.txt", PLAIN.encode(), []),
    ("twins/a.txt", b"Twins are one document, said Norland.\n", [OK]),
    ("twins/b.txt", b"Twins are one document, said Norland.\n", [OK]),
    ("large/large.txt", b"x" * (MAX_BYTES + 1), [Expected("too_large", "100,000")]),
    ("large/bomb.txt.gz", _gzip(b"x" * (MAX_BYTES + 1)), [Expected("too_large", "100,000")]),
    # gzip
    ("gzip/article.txt.gz", _gzip(ARTICLE.encode()), [OK]),
    ("gzip/unnamed.txt", _gzip(ARTICLE.encode() + b"\n"), [OK]),
    ("gzip/not_gzipped.txt.gz", PLAIN.encode() + b"\n", [OK]),
    ("gzip/cut.txt.gz", _gzip(ARTICLE.encode())[:-30], [Expected("corrupt", "gzip")]),
    ("gzip/page.html.gz", _gzip(PAGE.format(charset="utf-8").encode() + b"\n"), [OK]),
    ("gzip/records.jsonl.gz", _gzip(_lines({"text": PLAIN + "one"}, {"text": PLAIN + "two"}).encode()), [OK, OK]),
    ("gzip/records.csv.gz", _gzip(b"id,body\n1,one by one\n2,two by two\n"), [OK, OK]),
    ("gzip/records.parquet.gz", _gzip(PARQUET), [OK, Expected("empty", "Row 2"), OK, OK]),
    # pages
    ("pages/page.html", PAGE.format(charset="utf-8").encode(), [OK]),
    ("pages/latin.htm", PAGE.format(charset="iso-8859-1").encode("cp1252"), [OK]),
    ("pages/article?id=3", b"\n" + PAGE.format(charset="utf-8").encode(), [OK]),
    ("pages/picture.html", b"\xff\xd8\xff\xe0" + bytes(99), [Expected("binary", "JPEG")]),
    # other documents
    ("documents/letter.docx", _docx(*ARTICLE.strip().split("\n")), [OK]),
    ("documents/export.DOCX", _docx(*EXPORT.strip().split("\n")), [OK, OK, Expected("cover", "nothing is to do")]),
    ("documents/list.docx", _docx(*LIST.split("\n")), [Expected("cover", "nothing is to do")]),
    ("documents/not_word.docx", _zip({"xl/workbook.xml": b"<x/>"}), [Expected("corrupt", "no Word document")]),
    ("documents/broken.docx", _zip({"word/document.xml": b"<w:document>"}), [Expected("corrupt", "no Word document")]),
    ("documents/text.docx", PLAIN.encode(), [Expected("corrupt", "not a zip file")]),
    ("documents/empty.docx", b"", [Expected("empty", "empty")]),
    ("documents/large.docx", _docx("x" * (MAX_BYTES + 1)), [Expected("too_large", "100,000")]),
    ("documents/no.rtf", PLAIN.encode(), [Expected("corrupt", "no RTF document")]),
    ("documents/references.ris", b"TY  - NEWS\r\nTI  - Talks\r\nER  - \r\n", [Expected("binary", "references")]),
    # JSON
    ("json/article.json", b'{"maintext": "One, said Norland, in a file."}', [OK]),
    (
        "json/answer.json",
        b'{"articles": [{"content": "Two, said Norland."}, {"title": "No text"}]}',
        [OK, Expected("bad_record", "Record 2")],
    ),
    ("json/lines.json", b'{"text": "Three, he said."}\n{"text": "Four, he', [OK, Expected("bad_record", "Line 2")]),
    ("json/utf16.json", '[{"text": "Málaga, said Norland."}]'.encode("utf-16"), [OK]),
    ("json/cut.json", b'[{"text": "One."}, {"te', [Expected("corrupt", "cut short")]),
    ("json/settings.json", b'{"indent": 2}', [Expected("bad_record", "found indent")]),
    ("json/large.json", b'[{"text": "' + b"x" * MAX_BYTES + b'"}]', [Expected("too_large", "jsonl")]),
    ("json/empty.json", b"", [Expected("empty", "empty")]),
    ("json/none.json", b"[]", [Expected("empty", "no records")]),
    ("json/picture.json", b"\x89PNG\r\n\x1a\n" + bytes(99), [Expected("binary", "PNG")]),
    # archives
    (
        "archives/many.zip",
        _zip({"in/a.txt": b"A, said Norland.", "b.jsonl": b'{"text": "B"}\n', ".x": b"", "__MACOSX/y": b""}),
        [],
    ),
    ("archives/many.zip/in/a.txt", b"", [OK]),
    ("archives/many.zip/b.jsonl", b"", [OK]),
    ("archives/empty.zip", _zip({}), [Expected("empty", "no files")]),
    ("archives/cut.zip", _zip({"a.txt": PLAIN.encode()})[:-30], [Expected("corrupt", "ZIP")]),
    ("archives/article.txt.bz2", bz2.compress(b"Once, said Norland."), [OK]),
    ("archives/article.txt.xz", lzma.compress(b"Twice, said Norland."), [OK]),
    (
        "archives/records.jsonl.zst",
        _zstd(_lines({"text": "One, he said."}, {"text": "Two, he said."}).encode()),
        [OK, OK],
    ),
    ("archives/cut.txt.bz2", bz2.compress(PLAIN.encode())[:-9], [Expected("corrupt", "bzip2")]),
    ("archives/cut.txt.xz", lzma.compress(PLAIN.encode())[:-30], [Expected("corrupt", "xz")]),
    ("archives/cut.txt.zst", _zstd(PLAIN.encode())[:-9], [Expected("corrupt", "Zstandard")]),
    # web archives
    ("crawl/pages.warc.gz", WARC, [OK, OK, Expected("cover", "pictures, styles and the like in this archive: 2.")]),
    (
        "crawl/texts.warc.wet",
        _warc(("conversion", b"Said Norland."), ("conversion", b"Said Sudmark."), is_packed=False),
        [OK, OK],
    ),
    ("crawl/none.warc", b"no archive\n", [Expected("corrupt", "web archive")]),
    # exports
    (
        "exports/records.txt",
        EXPORT.encode("cp1252"),
        [OK, OK, Expected("cover", "nothing is to do")],
    ),
    ("exports/record.txt", EXPORT.partition("2 of 2")[0].encode("cp1252"), [OK]),
    # tables
    (
        "tables/records.jsonl",
        JSONL.encode(),
        [
            OK,
            Expected("bad_record", "Line 2 is not valid JSON"),
            Expected("bad_record", "Line 3 holds a list"),
            Expected("bad_record", "Line 4 has no text"),
            Expected("empty", "Line 5"),
            Expected("bad_record", "holds a list, not a text"),
            Expected(""),  # a blank line is no record
            Expected("too_large", "Line 8"),
            OK,
            Expected("ok", "'some day'"),
        ],
    ),
    (
        "tables/records.csv",
        CSV.encode(),
        [
            OK,
            Expected("bad_record", "Row 2 has 4 cells, the header has 3"),
            Expected("bad_record", "Row 3 has 2 cells"),
            Expected("bad_record", "Row 4 is not valid CSV"),
            Expected("empty", "Row 5"),
            OK,
        ],
    ),
    ("tables/semicolons.csv", "titel;text\nMálaga;Grüße aus Málaga, schrieb er\n".encode("cp1252"), [OK]),
    ("tables/utf16.csv", "id,text\n1,The harbour\n2,The bridge\n".encode("utf-16"), [OK, OK]),
    ("tables/old_mac.csv", b"id,text\r1,The old harbour\r2,The old bridge\r", [OK, OK]),
    ("tables/bom.tsv", "text\tdate\nThe harbour, again\t2024\n".encode("utf-8-sig"), [OK]),
    ("tables/unclosed.csv", b'id,text\n1,fine words\n2,"never closed\n3,x\n', [OK, Expected("bad_record", "Row 2")]),
    ("tables/no_text.csv", b"id,headline\n1,x\n", [Expected("bad_record", "found id, headline")]),
    ("tables/binary.csv", b"\x89PNG\r\n\x1a\n" + bytes(99), [Expected("binary", "PNG")]),
    ("tables/binary.jsonl", b"%PDF-1.7\n", [Expected("binary", "PDF")]),
    ("tables/records.parquet", PARQUET, [OK, Expected("empty", "Row 2"), OK, OK]),
    (
        "tables/bytes.parquet",
        _parquet(text=pa.array([b"caf\xe9 au lait", b"\x89PNG\r\n"])),
        [OK, Expected("bad_record", "Row 2 is not text")],
    ),
    ("tables/no_text.parquet", _parquet(id=pa.array([1])), [Expected("bad_record", "found id")]),
    ("tables/numbers.parquet", _parquet(text=pa.array([1])), [Expected("bad_record", "holds int64")]),
    ("tables/cut.parquet", PARQUET[:-40], [Expected("corrupt", "Parquet")]),
    ("tables/metadata.csv", b"file,outlet,date\nrecords.csv,The Norland Post,2024-03-12\nno_such.txt,x,\n", []),
    ("metadata.csv", "filename;outlet\nencodings/utf8.txt;Málaga Post\n".encode("cp1252"), []),
]


def write_nasty_folder(folder: Path) -> dict[tuple[str, int], Expected]:
    """Writes every fixture below `folder`; returns (path, record number) to what `files` must say of it."""
    expected: dict[tuple[str, int], Expected] = {}
    for path, content, records in FILES:
        target = folder / path
        if ".zip/" not in path:  # what lies in an archive is only expected
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        expected |= {(path, number): record for number, record in enumerate(records, 1) if record.status}
    (folder / "odd" / "folder.txt").mkdir(parents=True)
    (folder / "odd" / "folder.txt" / "inside.txt").write_text("A note from inside a folder, said Norland.\n")
    expected |= {("odd/folder.txt", 1): Expected("not_file", "folder"), ("odd/folder.txt/inside.txt", 1): OK}
    for name, write, outcome in _SPECIAL:
        try:
            write(folder / "odd" / name)
        except OSError:
            continue  # this system has no such thing
        path = os.fsencode(f"odd/{name}").decode("utf-8", "backslashreplace")
        expected |= {(path, 1): outcome} if outcome.status else {}
    return expected


def _unreadable(path: Path) -> None:
    """A file its owner may not read; root may, so root gets one that fails when it is read."""
    if os.geteuid():
        path.write_bytes(b"secret")
        path.chmod(0)
    elif sys.platform == "linux":
        path.symlink_to("/proc/self/mem")
    else:
        raise OSError("root reads everything here")


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(path.parent)  # the name of a socket may have a hundred characters only
        try:
            listener.bind(path.name)
        finally:
            os.chdir(here)


_SPECIAL: list[tuple[str, Callable[[Path], object], Expected]] = [
    ("broken_link.txt", lambda path: path.symlink_to("nowhere.txt"), Expected("not_file", "nowhere.txt")),
    ("itself.txt", lambda path: path.symlink_to(path.name), Expected("not_file", "link")),
    ("loop", lambda path: path.symlink_to("."), Expected("")),
    ("pipe.txt", os.mkfifo, Expected("not_file", "pipe")),
    ("socket.txt", _socket, Expected("not_file", "socket")),
    ("unreadable.txt", _unreadable, Expected("unreadable", "cannot be read")),
    (os.fsdecode(b"caf\xe9.txt"), lambda path: path.write_text("A name in Latin-1, said Norland.\n"), OK),
]

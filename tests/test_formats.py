"""What crawlers, news services and databases deliver: JSON in any of its shapes, archives, Word documents, web archives."""

import gzip
import io
import json
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from pipeline.readers import open_input, reader_for
from pipeline.readers.discover import discover, examine, load
from pipeline.readers.docx import docx_text
from pipeline.readers.given import names_of
from pipeline.readers.json import JsonReader
from pipeline.readers.sidecar import read_sidecars
from pipeline.settings import SEEDS
from tests.nasty import EXPORT, FILES, MAX_BYTES, word_document

NAMES = names_of(str(SEEDS))
FILE = {path: raw for path, raw, _ in FILES}
ONE, TWO = {"text": "One, he said."}, {"text": "Two, he said."}


def texts(value: object) -> list[object]:
    raw = value if isinstance(value, str) else json.dumps(value)
    records = list(reader_for("a.json").records(io.BytesIO(raw.encode()), NAMES))
    assert [record.number for record in records] == list(range(1, len(records) + 1))
    return [record.payload or record.status for record in records]


@pytest.mark.parametrize(
    "value",
    [
        [ONE, TWO],
        {"status": "ok", "articles": [ONE, TWO]},
        {"articles": {"results": [ONE, TWO], "page": 1}},
        {"response": {"status": "ok", "results": [{"fields": {"bodyText": one["text"]}} for one in (ONE, TWO)]}},
        {"text": {"0": ONE["text"], "7": TWO["text"]}, "date": {"0": "2024", "7": "2024"}},
        {"id1": ONE, "id2": TWO},
        [{"status": "ok", "articles": [ONE]}, {"status": "ok", "articles": []}, {"status": "ok", "articles": [TWO]}],
        {"2024-05-03": [ONE], "2024-05-04": [TWO]},
        [[ONE], [TWO]],
        "\ufeff" + json.dumps(ONE) + "\n" + json.dumps(TWO),
        json.dumps(ONE, indent=1) + "\n" + json.dumps(TWO, indent=1),
    ],
)
def test_articles_are_found_in_any_shape_of_json(value: object) -> None:
    assert texts(value) == ["One, he said.", "Two, he said."]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"maintext": "One.", "text": None}, ["One."]),
        ([ONE, {"title": "No text"}, "x", {"text": ""}], ["One, he said.", "bad_record", "bad_record", "empty"]),
        ({"indent": 2}, ["bad_record"]),
        ([], []),
        (3, ["bad_record"]),
    ],
)
def test_what_is_no_article_is_told(value: object, expected: list[str]) -> None:
    assert texts(value) == expected


@pytest.mark.parametrize(
    ("article", "expected"),
    [
        (  # news-please
            {
                "maintext": "x",
                "source_domain": "post.example",
                "date_publish": "2024-05-03 08:30:00",
                "authors": ["A B"],
            },
            {"outlet": "post.example", "date": "2024-05-03 08:30:00", "author": "A B"},
        ),
        (  # trafilatura
            {"text": "x", "raw_text": "y", "source": "https://www.post.example/a", "hostname": "post.example"},
            {"outlet": "post.example", "url": "https://www.post.example/a"},
        ),
        (  # NewsAPI
            {"content": "x", "source": {"id": None, "name": "Post"}, "publishedAt": "2024-05-03T08:30:00Z"},
            {"outlet": "Post", "date": "2024-05-03T08:30:00Z"},
        ),
        (  # Event Registry
            {
                "body": "x",
                "source": {"uri": "post.example", "title": "Post"},
                "authors": [{"name": "A B"}, {"name": "C D"}],
            },
            {"outlet": "Post", "author": "A B; C D"},
        ),
        (  # Webz
            {
                "text": "x",
                "thread": {"site": "post.example", "url": "https://post.example/b"},
                "published": "2024-05-03",
            },
            {"outlet": "post.example", "date": "2024-05-03"},
        ),
        ({"text": "x", "source_url": "http://Post.example/"}, {"outlet": "post.example"}),  # newspaper
        ({"text": "x", "title": "", "headline": "T"}, {"title": "T"}),
    ],
)
def test_what_crawlers_and_services_say_of_an_article_is_read(article: object, expected: dict[str, str]) -> None:
    [record] = reader_for("a.json").records(io.BytesIO(json.dumps(article).encode()), NAMES)
    assert record.given == expected


@pytest.mark.parametrize(
    ("header", "is_list_of_addresses"),
    [
        ("id,indexed_date,language,media_name,media_url,publish_date,title,url", True),  # Media Cloud
        ("GKGRECORDID,DATE,SourceCommonName,DocumentIdentifier", True),  # GDELT
        ("id,headline", False),
    ],
)
def test_of_a_list_of_addresses_it_is_said_what_to_do(header: str, is_list_of_addresses: bool) -> None:
    [record] = reader_for("a.csv").records(io.BytesIO(f"{header}\n".encode()), NAMES)
    assert ("fetch the pages it lists" in (record.problem or "")) == is_list_of_addresses


@pytest.mark.parametrize("raw", ['[{"text": "One."}, {"te', "{", "[1 2]", "[" * 100_000, "x"])
def test_json_that_is_cut_short_says_so(tmp_path: Path, raw: str) -> None:
    (tmp_path / "a.json").write_text(raw)
    [row] = examine(discover([tmp_path])[0], NAMES)
    assert row.status == "corrupt"
    assert "JSON" in (row.problem or "")


@pytest.mark.parametrize(
    "path",
    ["documents/export.DOCX", "crawl/pages.warc.gz", "crawl/texts.warc.wet", "archives/records.jsonl.zst", "many.json"],
)
def test_any_record_is_read_again_from_its_place(tmp_path: Path, path: str) -> None:
    raw = FILE.get(path) or json.dumps([ONE, TWO]).encode()
    target = tmp_path / Path(path).name
    target.write_bytes(raw)
    rows = [row for row in examine(discover([target])[0], NAMES, MAX_BYTES) if row.status == "ok"]
    assert len(rows) == 2
    for row in rows:
        place = (row.record_number, row.record_offset, str(row.sha256))
        assert [number for number, _ in load(target, [place], NAMES, MAX_BYTES)] == [row.record_number]


def test_a_list_is_taken_apart_once_however_few_of_it_are_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.json").write_text(json.dumps([{"text": f"Story {number}."} for number in range(300)]))
    rows = list(examine(discover([tmp_path])[0], NAMES))
    calls = []
    records = JsonReader.records
    monkeypatch.setattr(JsonReader, "records", lambda *args, **kwargs: calls.append(1) or records(*args, **kwargs))
    wanted = [(row.record_number, row.record_offset, str(row.sha256)) for row in rows[::100]]
    assert [number for number, _ in load(tmp_path / "a.json", wanted, NAMES)] == [1, 101, 201]
    assert len(calls) == 1


def test_an_export_says_the_same_as_text_and_as_word(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(FILE["documents/export.DOCX"])
    (tmp_path / "a.txt").write_text(EXPORT)
    word, text = ({row.sha256 for row in examine(found, NAMES)} for found in discover([tmp_path]))
    assert word == text


def test_of_a_word_document_only_what_it_says_now_is_read() -> None:
    run = "<w:r><w:t>{}</w:t><w:tab/></w:r>".format
    stops = '<w:pPr><w:tabs><w:tab w:val="left" w:pos="720"/></w:tabs></w:pPr>'
    changes = "".join(f"<w:{kind}>{run(kind)}</w:{kind}>" for kind in ("moveFrom", "del", "moveTo", "ins"))
    document = word_document(f"<w:p>{stops}{run('It stands.')}{changes}</w:p>")
    assert docx_text(document, MAX_BYTES) == "It stands.\tmoveTo\tins\t\n"


def test_an_export_as_a_web_page_is_many_records(tmp_path: Path) -> None:
    page = "<html><body>" + "".join(f"<p>{line}</p>\n" for line in EXPORT.split("\n") if line) + "</body></html>"
    (tmp_path / "a.html").write_bytes(page.encode("cp1252"))
    (tmp_path / "b.html").write_text(page.replace("LENGTH:", "").replace("BYLINE:", ""))  # who quotes two such lines
    first, second = ([*examine(found, NAMES)] for found in discover([tmp_path]))
    assert [row.status for row in first] == ["ok", "ok", "cover"]
    assert {row.encoding for row in first} == {"windows-1252"}
    assert [row.status for row in second] == ["ok"]
    places = [(row.record_number, row.record_offset, str(row.sha256)) for row in first]
    pages = [page for _, page in load(tmp_path / "a.html", places, NAMES)]
    assert [bool(page.source) for page in pages] == [False] * 3
    assert "<p>" not in pages[1].decoded.text


def test_an_rtf_document_is_its_text_without_addresses_of_links(tmp_path: Path) -> None:
    link = r'{\field{\*\fldinst{HYPERLINK "https://post.example"}}{\fldrslt the minister}}'
    rtf = r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\info{\title x}}\f0 " + EXPORT.replace("\n", "\\par\n")
    rtf = "".join(one if one.isascii() else rf"\u{ord(one)}?" for one in rtf.replace("the host", link) + "}")
    (tmp_path / "a.rtf").write_text(rtf)
    (tmp_path / "b.doc").write_text(rtf)  # as older databases name it
    (tmp_path / "e.rtf").write_text(r"{\rtf1\trowd\cellx900 HD\cell Ferry strike\cell\row}")
    [(_, page)] = load(tmp_path / "e.rtf", [(1, 0, sha256(b"HD\tFerry strike\t\n").hexdigest())], NAMES)
    assert page.decoded.text == "HD\tFerry strike\t\n"
    (tmp_path / "e.rtf").unlink()
    (tmp_path / "c.rtf").write_text(r"{\rtf1 \u9999999999?}")
    (tmp_path / "d.rtf").write_text("No RTF.")
    first, second, *broken = ([*examine(found, NAMES)] for found in discover([tmp_path]))
    assert [row.status for row in first] == ["ok", "ok", "cover"]
    assert [row.sha256 for row in first] == [row.sha256 for row in second]
    assert {row.status for rows in broken for row in rows} == {"corrupt"}
    places = [(row.record_number, row.record_offset, str(row.sha256)) for row in first]
    texts = [page.decoded.text for _, page in load(tmp_path / "a.rtf", places, NAMES)]
    assert "met in Málaga on Tuesday. “We are not there yet,” the minister said" in texts[0]


def test_no_page_of_a_web_archive_is_lost_behind_one_that_is_packed(tmp_path: Path) -> None:
    page = b"<p>It is so, he said.</p>"
    small = gzip.compress(page)
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(small), small)
    packed = {
        b"": page,
        b"Content-Encoding: gzip": small,
        b"Transfer-Encoding: chunked\r\nContent-Encoding: gzip": chunked,
    }
    blocks = [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n%s\r\n\r\n%s" % one for one in packed.items()]
    blocks = [block.replace(b"html\r\n\r\n\r\n", b"html\r\n\r\n") for block in blocks]
    head = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n"
    (tmp_path / "a.warc").write_bytes(b"".join(head % (len(block), block) for block in blocks[::-1] * 2))
    rows = [*examine(discover([tmp_path])[0], NAMES)]
    assert [(row.status, row.sha256) for row in rows] == [("ok", sha256(page).hexdigest())] * 6
    assert [
        number
        for row in rows[3:]
        for number, _ in load(tmp_path / "a.warc", [(row.record_number, row.record_offset, str(row.sha256))], NAMES)
    ] == [4, 5, 6]


def test_a_broken_page_of_a_web_archive_is_told_and_hides_no_other(tmp_path: Path) -> None:
    def page(fields: str) -> str:
        block = f"HTTP/1.1 200 OK\r\nContent-Type: Text/HTML\r\n{fields}\r\n<p>It is so, he said.</p>"
        head = f"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: {len(block)}"
        return f"{head}\r\n\r\n{block}\r\n\r\n"

    (tmp_path / "a.warc").write_bytes("".join(map(page, ("", "Transfer-Encoding: chunked\r\n", ""))).encode())
    first, second, third = examine(discover([tmp_path])[0], NAMES)
    assert (first.status, second.status, third.status) == ("ok", "bad_record", "ok")
    assert "Record 2 is broken" in (second.problem or "")
    (tmp_path / "a.warc").write_bytes(page("").encode() + page("").encode()[:-15])
    first, second = examine(discover([tmp_path])[0], NAMES)
    assert (first.status, second.status, second.problem) == (
        "ok",
        "bad_record",
        "Record 2 is cut short; fetch the archive again.",
    )


# -- archives ------------------------------------------------------------------------------------------------------


def test_an_archive_is_a_folder(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "News.ZIP", "w") as archive:
        for name in ("./a.txt", "in//../b.txt", "metadata.csv", "/c.html"):
            archive.writestr(name, f"<html>It is {name}, he said.</html>")
    (tmp_path / "metadata.csv").write_text("file,outlet\nNews.ZIP/in/b.txt,Post\nNews.ZIP/no.txt,Post\n")
    found = discover([tmp_path])
    assert [one.path for one in found] == [
        "News.ZIP/a.txt",
        "News.ZIP/c.html",
        "News.ZIP/in/b.txt",
        "News.ZIP/metadata.csv",
    ]
    rows = {row.path: row.status for one in found for row in examine(one, NAMES)}
    assert rows.pop("News.ZIP/metadata.csv") == "not_file"
    assert set(rows.values()) == {"ok"}
    said, [problem] = read_sidecars(found, NAMES)
    assert said == {"News.ZIP/in/b.txt": {"outlet": "Post"}}
    assert "News.ZIP/no.txt, which is not in the folder" in problem.problem


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl"])
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b"said Norland", b"said norland", "Bad CRC"),
        (b"PK\1\2\x14\3\x14\0\0\0", b"PK\1\2\x14\3\x14\0\1\0", "password"),
        (b"PK\1\2\x14\3\x14\0\0\0\0", b"PK\1\2\x14\3\x14\0\0\0\x63", "broken"),
    ],
)
def test_a_file_that_cannot_be_unpacked_stops_no_other(
    tmp_path: Path, name: str, old: bytes, new: bytes, words: str
) -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr(name, '{"text": "A note, said Norland, in an archive."}\n' * 2)
        archive.writestr("b.txt", "Another, said Sudmark.")
    assert old in sink.getvalue()
    (tmp_path / "a.zip").write_bytes(sink.getvalue().replace(old, new, 1))
    first, second = (row for one in discover([tmp_path]) for row in examine(one, NAMES))
    assert (first.status, second.status) == ("corrupt", "ok")
    assert words in (first.problem or "")


@pytest.mark.parametrize("path", ["archives/article.txt.bz2", "archives/article.txt.xz", "archives/records.jsonl.zst"])
def test_any_byte_of_a_packed_file_can_be_sought(tmp_path: Path, path: str) -> None:
    target = tmp_path / Path(path).name
    target.write_bytes(FILE[path])
    with open_input(target) as file:
        whole = file.read()
        for at in (5, 2, 0, len(whole), len(whole) + 9, 1):
            file.seek(at)
            assert file.read() == whole[at:]


def test_names_of_files_in_an_archive_may_be_broken(tmp_path: Path) -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name in ("é.txt", "b.txt", "\0"):
            archive.writestr(zipfile.ZipInfo(name), "It is so, he said.")
    (tmp_path / "a.zip").write_bytes(
        sink.getvalue().replace("é".encode(), b"\xc3x", 1)
    )  # before the bytes, not in the list
    rows = {row.path: row.status for one in discover([tmp_path]) for row in examine(one, NAMES)}
    assert rows.pop("a.zip/é.txt") == "corrupt"
    assert rows.pop("a.zip/b.txt") == "ok"

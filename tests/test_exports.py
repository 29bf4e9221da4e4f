"""Exports of newspaper databases: each record is an article, what is no export stays one, nothing is lost in between."""

import gzip
import io
import re
import shutil
from collections import Counter
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.knowledge import SeedError, read_rows
from pipeline.readers import Record, reader_for
from pipeline.readers.discover import discover, examine, load
from pipeline.readers.exports import EXPORTS_CSV, Export, Split, split
from pipeline.readers.given import names_of
from pipeline.settings import SEEDS, Settings
from pipeline.show import show
from pipeline.steps.engines import inventory
from pipeline.summary import summary
from pipeline.warehouse import Warehouse
from tests.conftest import article, run_steps

NAMES = names_of(str(SEEDS))
RULE = "_" * 60
COVER = (
    "Download Request: All Documents\nTime Of Request: March 8, 2019\nTerms: ferry AND\nstrike\nLanguage: English\n\n"
)


def nexis(*bodies: str, head: str = "{} of {} DOCUMENTS", cover: str = COVER) -> str:
    records = (
        f"{head.format(number, len(bodies)).center(78)}\n\n{'The Norland Post':^78}\n\nMarch {number}, 2019 Friday\n\n"
        f"Ferry strike enters week {number}\n\nBYLINE: Ole Vik\n\nLENGTH: 90 words\n\n{body}\n\n"
        f"LOAD-DATE: March {number}, 2019\n\n"
        for number, body in enumerate(bodies, 1)
    )
    return cover + "".join(records)


def nexis_uni(*bodies: str) -> str:
    listed = "".join(
        f"{n}. Week {n}\n\nClient/Matter: -None-\nSearch Terms: ferry\n\n" for n in range(1, len(bodies) + 1)
    )
    records = (
        f"Page 1 of 2\nFerry strike enters week {number}\n\nThe Norland Post\nMarch {number}, 2019 Friday\n\n"
        f"Length:\xa090 words\nByline:\xa0Ole Vik\n\nBody\n\n{body}\n\nLoad-Date: March {number}, 2019\n\nEnd of Document\n\n"
        for number, body in enumerate(bodies, 1)
    )
    return f"Job Number: 84012345\n\nDocuments ({len(bodies)})\n\n{listed}| About LexisNexis | Privacy\n\n" + "".join(
        records
    )


def factiva(*bodies: str, label: str = "Document") -> str:
    records = (
        f"Ferry strike enters week {number}\nBy Ole Vik\n90 words\n{number} March 2019\nThe Norland Post\nNORPST\nEnglish\n\n"
        f"{body}\n\n{label} NORPST0020190312ef3c{number:05}\n\n"
        for number, body in enumerate(bodies, 1)
    )
    return (
        "".join(records)
        + f"Search Summary\nText\tferry\nResults Found\t{len(bodies)}\nTimestamp\t21 March 2019 10:12\n"
    )


def coded(*bodies: str) -> str:
    records = (
        f"HD Ferry strike enters week {number}\nBY By Ole Vik\nWC 90 words\nPD {number} March 2019\nSN The Norland Post\n"
        f"LA English\n\nTD {body}\n\nPUB Norland Media Ltd\nAN   Document NORPST0020190312ef3c{number:05}\n\n"
        for number, body in enumerate(bodies, 1)
    )
    return "".join(records)


def proquest(*bodies: str) -> str:
    records = (
        f"{RULE}\n\nFerry strike enters week {number}\n\nAuthor: Vik, Ole\n\nFull text: {body}\n\n"
        f"Publication title: The Norland Post\n\nPublication date: Mar {number}, 2019\n\nProQuest document ID: 219014{number}\n\n"
        for number, body in enumerate(bodies, 1)
    )
    return (
        "".join(records) + f"{RULE}\n\nContact us at: support@proquest.example\n\nDatabase copyright 2019 ProQuest\n\n"
    )


def retriever(*bodies: str) -> str:
    listed = "".join(
        f"> Ferry strike enters week {n}, The Norland Post, 2019-03-0{n}\n\n" for n in range(1, len(bodies) + 1)
    )
    records = (
        f"\nFerry strike enters week {number}\nThe Norland Post, 2019-03-{number:02} 09:31\nPublicerat på webb. \n\n{body}\n\n"
        f"© The Norland Post\n\nSe webartikeln på https://ret.example/{number}\n"
        for number, body in enumerate(bodies, 1)
    )
    return f"Norland University\nDatum 2019-03-21\n\nNyheter:\n\n{listed}" + f"{'=' * 78}\n".join(records)


BODIES = (
    "Ferry workers in Málaga began another week of strikes on Friday, the union said.\n\nNo talks were planned.",
    "The minister of transport said the ferries of Norland would sail again “within days”.",
    "Hoteliers on the islands counted their losses, and asked the government for help.",
)
MADE = {
    **{"nexis": nexis, "nexis_uni": nexis_uni, "factiva": factiva, "coded": coded},
    **{"proquest": proquest, "retriever": retriever},
}
HAS_COVER = {"nexis", "nexis_uni", "factiva", "proquest", "retriever"}


def records_of(raw: bytes | str, *, number: int = 1, offset: int = 0) -> list[Record]:
    file = io.BytesIO(raw.encode() if isinstance(raw, str) else raw)
    return list(reader_for("a.txt").records(file, NAMES, number=number, offset=offset))


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("name", MADE)
def test_each_record_is_an_article_in_any_encoding(name: str, codec: str, newline: str) -> None:
    *records, last = records_of(MADE[name](*BODIES).replace("\n", newline).encode(codec))
    if name in HAS_COVER:
        assert (last.number, last.status) == (4, "cover")
        assert not any(body[:20] in str(last.payload) for body in BODIES)
    else:
        records.append(last)
    for number, (record, body) in enumerate(zip(records, BODIES, strict=True), 1):
        assert (record.number, record.status) == (number, "ok")
        text = reader_for("a.txt").render(record.payload or "").decoded.text
        assert body.replace("\n", newline) in text
        assert f"week {number}" in text
        assert f"week {number + 1}" not in text


@pytest.mark.parametrize(
    ("text", "n"),
    [
        (nexis(*BODIES, head="Document {} of {}"), 3),
        (nexis(*BODIES, head="Dokument {} von {}"), 3),
        (nexis(*BODIES, head="Document {} de {}", cover=""), 3),
        (nexis(*BODIES, head="FOCUS - {} of {} DOCUMENTS"), 3),
        (nexis(*BODIES) + nexis(*BODIES[:2]), 5),  # two exports in one file
        (nexis(*BODIES).replace("2 of 3 DOC", "9 of 12 DOC"), 3),  # parts, in the order of their names
        (nexis(*BODIES).replace("LENGTH: 90 words", "", 1), 3),
        (factiva(*BODIES, label="Dokument").replace("words", "Wörter"), 3),
        (factiva(*BODIES, label="AN\nDocument"), 3),
        (proquest(*BODIES).replace(RULE, f"{RULE}\n\n{RULE}"), 3),
        (proquest(*BODIES).removeprefix(RULE), 3),
        ("Search Summary\nText\tferry\nTimestamp\t21 March 2019\n\n" + coded(*BODIES), 3),
        (nexis_uni(*BODIES).removesuffix("End of Document\n\n"), 3),  # cut short
        (nexis_uni(*BODIES).replace("End of Document", "\fEnd of Document\f"), 3),
    ],
)
def test_variants(text: str, n: int) -> None:
    assert [record.number for record in records_of(text) if record.status == "ok"] == list(range(1, n + 1))


QUOTING = (
    f"{BODIES[0]}\n\nDocument 1 of 2\n\nThe first page of the file was blank.\n\nDocument 2 of 2\n\nSo was the second."
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        article(1),
        QUOTING,
        "Q: Is this the end?\n\nA: It is.\n\nEnd of Document\n\nQ: And now?\n\nEnd of Document\n",
        f"LEASE\n\n{RULE}\nSigned by the tenant\n\n{RULE}\nSigned by the owner\n\n{RULE}\nWitness\n",
        f"Sources\n\n90 words on ferries\n\n{'Document NORPST0020190312ef3c00001' * 2}\n",
        "Sources\n\nThe Post\nDocument NORPST0020190312ef3c00001\nThe Herald\nDocument HARHER0020190312ef3c00002\n",
        "Contents\n\n1 of 3 DOCUMENTS\n2 of 3 DOCUMENTS\n3 of 3 DOCUMENTS\n\nLENGTH: 90 words\n",
        f"{BODIES[0]}\n\nDocument 1 of 2\n\nLanguage: English\n\nIt leaks.\n\nDocument 2 of 2\n\nLanguage: Dutch\n\nIt sinks.",
        f"{BODIES[0]}\n\nSection: Owner\nEnd of Document\n\nSection: Ship\nEnd of Document\n\n{BODIES[1]}",
        f"The lease\n\n{RULE}\n\nFull text of one: pay.\n\n{RULE}\n\nFull text of two: mend.\n\n{RULE}\n\n{BODIES[0]}",
        "How to cite\n\n90 words\nThe Post\nDocument NORPST0020190312ef3c00001\n\n"
        "120 words\nThe Herald\nDocument HARHER0020190312ef3c00002\n\nCopy the last line.",
        nexis(*BODIES).replace("of 3 DOCUMENTS", "of 3 DOCUMENTS he found in a box"),
        nexis(BODIES[0]),
        nexis_uni(BODIES[0]),
        factiva(BODIES[0]),
        coded(BODIES[0]),
        proquest(BODIES[0]),
    ],
)
def test_what_is_no_export_stays_one_article_of_all_its_bytes(text: str) -> None:
    [record] = records_of(text)
    assert record.payload == text.encode()
    assert record.is_whole


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        (f"LEASE\n\n{RULE}\nTenant\n\n{RULE}\nOwner\n\n{RULE}\nWitness\n", "It has 3 lines as proquest sets"),
        (proquest(BODIES[0]), ""),
        (QUOTING, ""),
        (article(1), ""),
    ],
)
def test_an_export_that_nothing_else_shows_to_be_one_is_told_of(text: str, doubt: str) -> None:
    [record] = records_of(text)
    assert record.status == "ok"
    assert (record.problem or "").startswith(doubt)
    assert bool(record.problem) == bool(doubt)


@given(st.text(), st.sampled_from(["utf-8", "utf-16", "cp1252"]))
def test_a_text_without_separators_is_one_record(text: str, codec: str) -> None:
    raw = text.encode(codec, "ignore")
    assert split(raw, NAMES.exports) == Split()
    assert [record.payload for record in records_of(raw)] == [raw]


LINES = st.sampled_from(
    [
        *("1 of 2 DOCUMENTS", "Document 2 of 2", "End of Document", RULE, "\f", "Document NORPST0020190312ef3c00001"),
        *(
            "LENGTH: 9 words",
            "90 words",
            "Full text: x",
            "Job Number: 1\nDocuments (2)",
            "Terms: x\nSend To: y",
            "\x1a",
        ),
        *("Málaga", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), " ", ""),
        *("1 of 2 DOCUMENTS\nLENGTH: 9 words\nBYLINE: A", "Length: 9 words\nBody\nEnd of Document"),
        *("90 words\n1 March 2019\nDocument NORPST0020190312ef3c00001", f"{RULE}\nFull text: x\nDocument URL: y"),
    ]
)


@given(
    st.lists(LINES, max_size=14),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "cp1252"]),
    st.binary(max_size=3),
)
def test_pieces_tile_the_bytes_and_records_their_pieces(
    lines: list[str], newline: str, codec: str, more: bytes
) -> None:
    """Whatever the bytes: no overlap, and all but separators and blanks is a record's or a cover's."""
    raw = newline.join(lines).encode(codec, "ignore") + more
    pieces, encoding, _, _ = split(raw, NAMES.exports)
    edges = [0, *(edge for start, end, _ in pieces for edge in (start, end)), len(raw)]
    assert edges == sorted(edges)
    if pieces:
        assert sum(piece.is_record for piece in pieces) > 1
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            assert BETWEEN.fullmatch(raw[start:end].decode(encoding, "replace"))
    records = records_of(raw)
    assert [record.number for record in records] == list(range(1, len(records) + 1))
    assert sorted(record.offset for record in records) == ([piece.start for piece in pieces] or [0])


BETWEEN = re.compile(r"(?:[\s\ufeff\0\x1a]|\d of \d DOCUMENTS|Document \d of \d|End of Document|_{60}|={78})*\ufffd?")
"""And half a unit of UTF-16 at the end of a file."""


@given(st.lists(st.sampled_from(BODIES), min_size=2, max_size=5), st.sampled_from(sorted(MADE)))
def test_payloads_blanks_and_separators_are_the_file(bodies: list[str], name: str) -> None:
    text = MADE[name](*bodies)
    rest = text
    for record in sorted(records_of(text), key=lambda record: record.offset):
        between, payload, rest = rest.partition(str(record.payload))
        assert payload
        assert BETWEEN.fullmatch(between)
    assert BETWEEN.fullmatch(rest)


ORDINARY = f"Snow on the passes\n\n{BODIES[2]}\n\nThe army sent bread.\n\n"


FUSED = {(one, two) for one in ("nexis", "retriever") for two in ("factiva", "coded")}
PAIRS = [pair for pair in permutations(MADE, 2) if pair not in FUSED]
"""Between LexisNexis or Retriever and Factiva without a cover stands no line: one record is two articles, and none is lost."""


@pytest.mark.parametrize(
    ("text", "n", "n_covers"),
    [
        *((MADE[one](*BODIES) + MADE[two](*BODIES), 6, len(HAS_COVER & {one, two})) for one, two in PAIRS),
        *((make(*BODIES) * 3, 9, 3 * (name in HAS_COVER)) for name, make in MADE.items()),
        (ORDINARY + nexis(*BODIES, cover=""), 4, 0),
        (ORDINARY + nexis_uni(*BODIES), 4, 1),
        (ORDINARY + proquest(*BODIES), 4, 1),
        (coded(*BODIES) + ORDINARY, 4, 0),
        (factiva(*BODIES) + ORDINARY, 4, 1),
        (nexis_uni(*BODIES) + ORDINARY, 4, 1),
        (proquest(*BODIES) + ORDINARY, 4, 1),
        (proquest(*BODIES) + ORDINARY * 5 + "Contact us at: desk@norland.example\n", 4, 1),
        (nexis(BODIES[0]).replace("DOCUMENTS", "DOCUMENT") * 3, 3, 3),
        (nexis_uni(*BODIES).replace("The Norland Post", "News"), 3, 1),
        (nexis_uni(*BODIES).replace(BODIES[0], f"Documents (3)\n\n{BODIES[0]}"), 3, 1),
    ],
)
def test_a_cover_is_known_by_its_words_and_all_else_is_a_record(text: str, n: int, n_covers: int) -> None:
    told = Counter(record.status for record in records_of(text))
    assert (told["ok"], told["cover"], told.total()) == (n, n_covers, n + n_covers)


@pytest.mark.parametrize("head", ["{} of {} DOCUMENTS", "Document {} de {}", "Dokument {} von {}"])
def test_a_separator_is_no_part_of_a_record(head: str) -> None:
    """The total of hits is in it: one article more would make all others new documents."""
    fewer, more = (records_of(nexis(*bodies, head=head)) for bodies in (BODIES[:2], BODIES))
    assert [record.payload for record in fewer[:2]] == [record.payload for record in more[:2]]
    assert str(more[0].payload).startswith("The Norland Post")


def test_named_fields_are_what_a_record_says_of_itself() -> None:
    first, _, third, cover = records_of(retriever(*BODIES).replace("\n", "\r\n"))
    said = {"outlet": "The Norland Post", "date": "2019-03-01", "url": "https://ret.example/1"}
    assert (first.given, cover.given) == (said, {})
    assert third.given["date"] == "2019-03-03"
    first, *_ = records_of(proquest(*(f"{body}\n\nDocument URL: https://post.example/a" for body in BODIES)))
    assert first.given == {"url": "https://post.example/a"}


def test_the_number_factiva_gives_a_record_is_its_own() -> None:
    """Outlets are read off it."""
    assert [
        str(record.payload).endswith(f"\nDocument NORPST0020190312ef3c0000{n}")
        for n, record in enumerate(records_of(factiva(*BODIES)), 1)
    ] == [True, True, True, False]


@pytest.mark.parametrize("name", MADE)
def test_any_record_is_read_again_from_its_place(tmp_path: Path, name: str) -> None:
    raw = MADE[name](*(f"{body} ({n})" for n in range(40) for body in BODIES)).encode()
    records = records_of(raw)
    for place in (0, 1, 64, 65, 119):
        assert records_of(raw, number=records[place].number, offset=records[place].offset) == records[place:]
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(raw))
    rows = {row.record_number: row for entry in discover([path]) for row in examine(entry, NAMES)}
    wanted = [(n, rows[n].record_offset, str(rows[n].sha256)) for n in (1, 2, 70, 120)]
    texts = {n: page.decoded.text for n, page in load(path, wanted, NAMES)}
    assert texts == {record.number: record.payload for record in records if record.number in (1, 2, 70, 120)}


def test_a_record_is_the_same_document_first_or_last() -> None:
    """In exports that overlap, whatever blanks stand around it."""
    one, two, three = ("HD " + part for part in coded(*BODIES).split("HD ")[1:])
    orders = ("\ufeff" + one + two + three, "\n\n" + three + one + "\n" + two.strip())
    assert len({frozenset(record.payload for record in records_of(text)) for text in orders}) == 1


def test_a_record_keeps_its_own_encoding_and_a_broken_one_stops_no_other() -> None:
    """Exports glued together; bytes that are no text in any encoding."""
    one, two, _ = ("HD " + part for part in coded(*(f"{body}\n" * 20 for body in BODIES)).split("HD ")[1:])
    first, second = records_of(one.encode() + two.encode("cp1252"))
    assert BODIES[0] in str(first.payload)
    assert BODIES[1] in str(second.payload)
    assert (first.encoding, second.encoding) == ("utf-8", "windows-1252")
    noise = b"WC 9 words\n" + bytes(range(1, 9)) * 9 + b"\xff\nDocument NORPST0020190312ef3c00003\n"
    first, second, third = records_of(one.encode() + noise + two.encode())
    assert (first.status, second.status, third.status) == ("ok", "bad_record", "ok")
    assert "mend it or delete it" in (second.problem or "")


def test_every_separator_is_found_by_its_example() -> None:
    exports = read_rows(SEEDS / EXPORTS_CSV, Export)
    assert exports
    for export in exports:
        assert len(export.separators(f"x\n  {export.example} \nx\n{export.example}")) == 2


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (",End of Document,", ",End of (Document,", "no regular expression"),
        (",End of Document\n", ",The end\n", "does not fit"),
        (",nexis_uni", ",nexis_uni", ""),
    ],
)
def test_a_broken_separator_is_found_before_a_run(tmp_path: Path, seeds: Path, old: str, new: str, words: str) -> None:
    shutil.copytree(seeds, tmp_path / "seeds")
    path = tmp_path / "seeds" / EXPORTS_CSV
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    if words:
        with pytest.raises(SeedError, match=rf"exports\.csv, row 6.*{words}"):
            inventory(str(tmp_path / "seeds"))
    else:
        assert any("separators of exports" in line for line in inventory(str(tmp_path / "seeds")))


# -- end to end ----------------------------------------------------------------------------------------------------


@pytest.fixture
def settings(tmp_path: Path, seeds: Path) -> Settings:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "plain.txt").write_text(article(1), encoding="utf-8")
    for name, make in MADE.items():
        (folder / f"{name}.txt").write_text(make(*map(article, (2, 3, 4))), encoding="utf-8")
    return Settings((str(folder),), str(tmp_path / "warehouse"), str(seeds), workers=1)


def read(settings: Settings, table: str) -> pl.DataFrame:
    warehouse = Warehouse(settings.warehouse)
    return pl.concat(warehouse.read(table, batch) for batch in warehouse.batches(table))


def test_records_become_documents_with_title_outlet_and_date(settings: Settings) -> None:
    run_steps(settings)
    files, documents = read(settings, "files"), read(settings, "documents")
    assert dict(files["status"].value_counts().iter_rows()) == {"ok": 19, "cover": 5}
    joined = files.filter(pl.col("path") != "plain.txt").join(documents, on="document_id")
    assert {title.strip() for title in joined["title"]} == {f"Ferry strike enters week {n}" for n in (1, 2, 3)}
    assert joined["published_on"].dt.strftime("%Y-%m").unique().to_list() == ["2019-03"]
    by_name = dict(joined.select("path", "outlet").iter_rows())
    assert {by_name[f"{name}.txt"] for name in ("coded", "proquest", "retriever")} == {"The Norland Post"}
    assert not read(settings, "issues")["kind"].str.contains("cover").any()
    whole = files.filter(pl.col("path") == "nexis.txt")
    assert whole["file_sha256"].n_unique() == 1
    assert whole["sha256"].n_unique() == 4


def test_a_sidecar_speaks_for_all_records_and_a_record_added_costs_one_batch(settings: Settings) -> None:
    folder = Path(settings.inputs[0])
    (folder / "metadata.csv").write_text("file,outlet\ncoded.txt,Harbour Herald\n")
    run_steps(settings)
    rows = read(settings, "files").filter(pl.col("path") == "coded.txt")
    assert rows["given_outlet"].to_list() == ["Harbour Herald"] * 3
    (folder / "coded.txt").write_text(coded(*map(article, (2, 3, 4, 5))), encoding="utf-8")
    outcomes = run_steps(settings)
    assert len(outcomes["texts"].made) == 1
    assert run_steps(settings)["texts"].made == ()


def test_a_repeated_record_is_a_duplicate_that_names_the_first(settings: Settings) -> None:
    folder = Path(settings.inputs[0])
    (folder / "later.txt").write_text(coded(*map(article, (2, 3))), encoding="utf-8")
    run_steps(settings)
    told = read(settings, "files").filter(pl.col("path") == "later.txt").select("status", "problem").rows()
    assert told == [
        ("duplicate", f"It has the same bytes as coded.txt, record {n}; nothing is lost and nothing is to do.")
        for n in (1, 2)
    ]


def test_one_record_of_many_is_shown(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    summary(settings, list(run_steps(settings).values()), 0.0)
    assert "tidywire show 'coded.txt, record 1'" in capsys.readouterr().out
    show(Path(settings.warehouse), "coded.txt, record 2", "never")
    assert "title    Ferry strike enters week 2" in capsys.readouterr().out
    with pytest.raises(ValueError, match=r"several documents(?s:.*)coded\.txt, record 1\n.*coded\.txt, record 2\n"):
        show(Path(settings.warehouse), "coded.txt")
    with pytest.raises(ValueError, match=r"'nexis.txt, record 4' is no document but cover: It tells of"):
        show(Path(settings.warehouse), "nexis.txt, record 4")


def test_separators_are_those_of_the_seeds(settings: Settings, tmp_path: Path) -> None:
    own = tmp_path / "own seeds"
    shutil.copytree(settings.seeds, own)
    (Path(settings.inputs[0]) / "own.txt").write_text("=== 1\nTEXT: one\n=== 2\nTEXT: two\n=== 3\nTEXT: three\n")
    with (own / EXPORTS_CSV).open("a") as file:
        file.write("mine,above,===,=== \\d+,TEXT:,,Ours.,=== 1\n")
    for seeds, n in ((settings.seeds, 1), (str(own), 3)):
        run_steps(replace(settings, seeds=seeds))
        assert read(settings, "files").filter(pl.col("path") == "own.txt").height == n

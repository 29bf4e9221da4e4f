"""From files to texts: every odd input has its status and sentence, and every record can be read again."""

import gzip
import io
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.knowledge import SeedError, read_rows
from pipeline.readers import CorruptFile, Record, open_input, reader_for
from pipeline.readers.discover import ChangedFile, FileRow, discover, examine, load
from pipeline.readers.exports import EXPORTS_CSV
from pipeline.readers.given import GIVEN_CSV, GivenName, iso_date, names_of
from pipeline.readers.lines import Lines, LineTooLong
from pipeline.readers.markup import markup
from pipeline.readers.record import whole_file
from pipeline.readers.sidecar import read_sidecars
from pipeline.readers.walk import NoSuchInput
from pipeline.settings import ROOT, SEEDS
from pipeline.steps.engines import inventory
from tests.nasty import (
    ARTICLE,
    CSV,
    EXPORT,
    FILES,
    JSONL,
    LATIN,
    MAX_BYTES,
    PAGE,
    PARQUET,
    PLAIN,
    Expected,
    write_nasty_folder,
)

NAMES = names_of(str(SEEDS))
LONE_HALF = "A lone half \ufffd of a character, said Norland."


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[tuple[str, int], Expected]]:
    folder = tmp_path_factory.mktemp("nasty input")
    return folder, write_nasty_folder(folder)


@pytest.fixture(scope="module")
def rows(nasty: tuple[Path, dict[tuple[str, int], Expected]]) -> dict[tuple[str, int], FileRow]:
    found = discover([nasty[0]])
    return {(row.path, row.record_number): row for entry in found for row in examine(entry, NAMES, MAX_BYTES)}


def test_every_odd_input_has_its_status_and_a_sentence(
    nasty: tuple[Path, dict[tuple[str, int], Expected]], rows: dict[tuple[str, int], FileRow]
) -> None:
    expected = nasty[1]
    assert {key: row.status for key, row in rows.items()} == {key: record.status for key, record in expected.items()}
    for key, record in expected.items():
        problem = rows[key].problem or ""
        assert record.words in problem, key
        assert bool(problem) == bool(record.words), key
        assert not problem or problem.endswith("."), key


def test_only_good_records_are_documents(rows: dict[tuple[str, int], FileRow]) -> None:
    for row in rows.values():
        assert (row.document_id is not None) == (row.status == "ok")
        row.path.encode()
    assert rows["twins/a.txt", 1].document_id == rows["twins/b.txt", 1].document_id
    assert rows["gzip/article.txt.gz", 1].document_id == rows["encodings/utf8.txt", 1].document_id
    assert rows["gzip/article.txt.gz", 1].file_sha256 != rows["encodings/utf8.txt", 1].file_sha256


def place(row: FileRow) -> tuple[int, int, str]:
    """What `load` wants of a row."""
    assert row.sha256
    return row.record_number, row.record_offset, row.sha256


@pytest.mark.parametrize(
    ("path", "number", "decoded"),
    [
        ("encodings/utf8.txt", 1, (ARTICLE, "utf-8", "lf", ())),
        ("encodings/utf8_bom.txt", 1, (ARTICLE, "utf-8", "lf", ("bom",))),
        ("encodings/utf16_le.txt", 1, (ARTICLE, "utf-16-le", "lf", ("bom",))),
        ("encodings/utf16_be.txt", 1, (ARTICLE, "utf-16-be", "lf", ("bom",))),
        ("encodings/utf16_le_unmarked.txt", 1, (ARTICLE, "utf-16-le", "lf", ())),
        ("encodings/utf16_be_unmarked.txt", 1, (ARTICLE, "utf-16-be", "lf", ())),
        ("encodings/windows_1252.txt", 1, (ARTICLE, "windows-1252", "lf", ())),
        ("encodings/latin_1.txt", 1, (LATIN, "windows-1252", "lf", ())),
        ("encodings/mojibake.txt", 1, (ARTICLE, "utf-8", "lf", ("mojibake",))),
        ("encodings/mixed.txt", 1, (ARTICLE + "Málaga", "utf-8", "lf", ("mixed_encodings",))),
        ("encodings/cut_character.txt", 1, (ARTICLE, "utf-8", "lf", ("truncated",))),
        ("encodings/stray_nul.txt", 1, (PLAIN, "utf-8", "lf", ("nul",))),
        ("encodings/padded_with_nul.txt", 1, (PLAIN, "utf-8", "lf", ("nul",))),
        ("encodings/crlf.txt", 1, (PLAIN.replace("\n", "\r\n"), "utf-8", "crlf", ())),
        ("encodings/cr.txt", 1, (PLAIN.replace("\n", "\r"), "utf-8", "cr", ())),
        ("encodings/mixed_newlines.txt", 1, (PLAIN.replace("\n", "\r\n", 1), "utf-8", "mixed", ())),
        ("gzip/article.txt.gz", 1, (ARTICLE, "utf-8", "lf", ())),
        ("tables/records.jsonl", 1, (ARTICLE, "utf-8", "lf", ())),
        ("tables/records.jsonl", 9, (LONE_HALF, "utf-8", "none", ("surrogate",))),
        ("tables/records.csv", 1, (PLAIN, "utf-8", "lf", ())),
        ("tables/records.csv", 6, ('A "quoted" word, and a comma', "utf-8", "none", ())),
        ("tables/semicolons.csv", 1, ("Grüße aus Málaga, schrieb er", "windows-1252", "none", ())),
        ("tables/utf16.csv", 2, ("The bridge", "utf-16-le", "none", ())),
        ("tables/old_mac.csv", 2, ("The old bridge", "utf-8", "none", ())),
        ("tables/bom.tsv", 1, ("The harbour, again", "utf-8", "none", ())),
        ("tables/records.parquet", 1, (ARTICLE, "utf-8", "lf", ())),
        ("gzip/records.parquet.gz", 3, (PLAIN, "utf-8", "lf", ())),
        ("tables/bytes.parquet", 1, ("café au lait", "windows-1252", "none", ())),
    ],
)
def test_text_is_untouched_but_for_named_repairs(
    nasty: tuple[Path, dict[tuple[str, int], Expected]],
    rows: dict[tuple[str, int], FileRow],
    path: str,
    number: int,
    decoded: tuple[str, str, str, tuple[str, ...]],
) -> None:
    [(loaded, page)] = load(nasty[0] / path, [place(rows[path, number])], NAMES, MAX_BYTES)
    assert loaded == number
    assert page.decoded == decoded


@pytest.mark.parametrize(
    ("path", "number", "cells"),
    [
        ("tables/records.jsonl", 1, ("Harbour talks", None, "2024-03-12", None, None, "Ada Lund; Ole Vik")),
        ("tables/records.jsonl", 10, (None, "The Post", None, None, None, None)),
        ("tables/records.csv", 6, ("Last", None, "2024-03-12", None, None, None)),
        ("tables/records.parquet", 1, (None, None, "2022-01-08", None, None, None)),
        (
            *("pages/latin.htm", 1),
            (
                *("Harbour talks resume in Málaga", "The Norland Post", "2024-03-12", "https://post.example/harbour"),
                *("en-GB", "Ada Lund; Ole Vik"),
            ),
        ),
        ("encodings/utf8.txt", 1, (None,) * 6),
        ("exports/records.txt", 1, (None,) * 6),
    ],
)
def test_what_the_record_itself_says(
    rows: dict[tuple[str, int], FileRow], path: str, number: int, cells: tuple[str | None, ...]
) -> None:
    assert rows[path, number][-6:] == cells


# -- reading again -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_gzipped", [False, True])
@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("a.jsonl", JSONL.encode()),
        ("a.csv", CSV.encode()),
        ("a.csv", CSV.replace("\n", "\r\n").encode("utf-8-sig")),
        ("a.csv", CSV.encode("utf-16")),
        ("a.csv", CSV.encode("utf-16-be")),
        ("a.parquet", PARQUET),
        ("a.txt", ARTICLE.encode()),
        ("a.txt", EXPORT.encode("utf-16")),
        ("a.html", PAGE.format(charset="utf-8").encode()),
    ],
)
def test_any_record_can_be_read_again_from_its_place(tmp_path: Path, name: str, raw: bytes, is_gzipped: bool) -> None:
    path = tmp_path / (f"{name}.gz" if is_gzipped else name)
    path.write_bytes(gzip.compress(raw) if is_gzipped else raw)
    reader = reader_for(path)

    def read(number: int = 1, offset: int = 0) -> list[Record]:
        with open_input(path) as file:
            return list(reader.records(file, NAMES, number=number, offset=offset, max_bytes=MAX_BYTES))

    records = read()
    assert records
    for place, record in enumerate(records):
        assert read(record.number, record.offset) == records[place:]


@pytest.mark.parametrize("wanted", [[1, 2, 3], [2, 600], [1, 70, 71, 599], list(range(1, 601))])
@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".csv", ".csv.gz", ".parquet", ".parquet.gz"])
def test_load_yields_exactly_the_records_wanted(tmp_path: Path, suffix: str, wanted: list[int]) -> None:
    texts = [f"Story {number} of “Norland”,\nand more." for number in range(1, 601)]
    path = tmp_path / f"records{suffix}"
    path.write_bytes(gzip.compress(_table(texts, suffix)) if suffix.endswith(".gz") else _table(texts, suffix))
    places = {row.record_number: place(row) for entry in discover([path]) for row in examine(entry, NAMES)}
    pages = load(path, [places[number] for number in wanted], NAMES)
    assert [(number, page.decoded.text) for number, page in pages] == [(n, texts[n - 1]) for n in wanted]


def _table(texts: list[str], suffix: str) -> bytes:
    if suffix.startswith(".parquet"):
        sink = io.BytesIO()
        pq.write_table(pa.table({"text": texts}), sink, row_group_size=250)
        return sink.getvalue()
    if suffix.startswith(".csv"):
        return ("text\n" + "".join(f'"{text}"\n' for text in texts)).encode()
    return "".join(json.dumps({"text": text}) + "\n" for text in texts).encode()


def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "one"}\n{"text": "two"}\n')
    places = [place(row) for row in examine(discover([path])[0], NAMES)]
    assert [page.decoded.text for _, page in load(path, places, NAMES)] == ["one", "two"]
    for now in ('{"text": "one"}\n', '{"text": "one"}\n{"text": "TWO"}\n', '{"text": "one"}\n{"text": null}\n'):
        path.write_text(now)
        with pytest.raises(ChangedFile, match=r"a\.jsonl, record 2"):
            list(load(path, places, NAMES))


def test_a_cut_gzip_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(ARTICLE.encode())[:-20])
    with pytest.raises(CorruptFile, match="cut short"), open_input(path) as file:
        file.read()


def test_records_before_the_cut_are_kept(tmp_path: Path) -> None:
    lines = "".join(json.dumps({"text": f"Story {number} " + "x y z " * 400}) + "\n" for number in range(300))
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(lines.encode())[:-30])
    statuses = [row.status for row in examine(discover([path])[0], NAMES)]
    assert set(statuses[:-1]) == {"ok"}
    assert statuses[-1] == "corrupt"
    assert len(statuses) > 100


TEXTS = st.lists(
    st.text(st.characters(exclude_categories=["Cc", "Cn", "Co", "Cs"]) | st.sampled_from('\n",;\t'), min_size=1)
)


@given(TEXTS, st.sampled_from([",", ";", "\t"]), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_csv_cells_come_back(texts: list[str], delimiter: str, codec: str) -> None:
    quoted = ('"' + text.replace('"', '""') + '"' for text in texts)
    table = f"id{delimiter}text\n" + "".join(f"1{delimiter}{text}\n" for text in quoted)
    records = reader_for(Path("a.csv")).records(io.BytesIO(table.encode(codec)), NAMES)
    assert [record.payload for record in records] == texts


@given(st.binary(max_size=400), st.sampled_from([path for path, _, _ in FILES]))
def test_any_bytes_under_any_name_become_rows(raw: bytes, name: str) -> None:
    reader = reader_for(Path(name), raw)
    try:
        for record in reader.records(io.BytesIO(raw), NAMES):
            if record.payload is not None:
                reader.render(record.payload, NAMES)
    except ValueError as error:  # CorruptFile, Binary, Undecodable: each a sentence
        assert str(error).endswith(".")  # noqa: PT017


@given(
    st.lists(st.text("ab\u0a01\u0100\n", max_size=9), max_size=9),
    st.sampled_from(["utf-8", "utf-16-le", "utf-16-be", "utf-32-le"]),
    st.sampled_from([4, 8, 64]),
    st.integers(1, 40),
)
def test_lines_come_whole_or_are_too_long(texts: list[str], codec: str, block: int, max_bytes: int) -> None:
    """Wherever blocks end, and where halves of characters look like line breaks."""
    raw = "\n".join(texts).encode(codec)
    expected = [line.encode(codec) for line in io.StringIO("\n".join(texts), newline="\n")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.readers.lines._BLOCK", block)
        lines = Lines(io.BytesIO(raw), "\n".encode(codec), 0, max_bytes)
        end = 0
        for line in expected:
            assert lines.offset == end
            end += len(line)
            if len(line) <= max_bytes:
                assert next(lines) == line
            else:
                with pytest.raises(LineTooLong):
                    next(lines)
        assert list(lines) == []


def test_a_long_line_is_not_copied_for_every_block() -> None:
    raw = b"x" * 40_000_000
    started = time.perf_counter()
    assert next(Lines(io.BytesIO(raw), b"\n", 0, len(raw))) == raw
    assert time.perf_counter() - started < 2  # ten times as long, were it


# -- discovery -----------------------------------------------------------------------------------------------------


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for path in ("a/1.txt", "a/b/2.txt", "c/3.txt", "c/metadata.csv", "c/.x.txt", ".git/4.txt"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(PLAIN)
    (tmp_path / "a" / "again").symlink_to(tmp_path / "c")
    (tmp_path / "c" / "loop").symlink_to(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("inputs", "paths"),
    [
        ([""], ["a/1.txt", "a/b/2.txt", "c/3.txt"]),
        (["a/b"], ["2.txt"]),
        (["a/1.txt"], ["1.txt"]),
        (["a/b", "c"], ["a/b/2.txt", "c/3.txt", "c/loop/a/1.txt"]),
        (["a/b", "a/b/2.txt", "a/1.txt"], ["1.txt", "b/2.txt"]),
        (["*/*.txt"], ["a/1.txt", "c/3.txt"]),
        (["a/**/*.txt"], ["1.txt", "again/3.txt", "b/2.txt"]),
    ],
)
def test_paths_are_relative_to_the_input(tree: Path, inputs: list[str], paths: list[str]) -> None:
    found = [entry.path for entry in discover([tree / name for name in inputs])]
    assert found == paths


@pytest.mark.parametrize("missing", ["nothing.txt", "*.nothing"])
def test_an_input_that_does_not_exist_is_named(tree: Path, missing: str) -> None:
    with pytest.raises(NoSuchInput, match="check the"):
        discover([tree / missing])


# -- pages, sidecars, dates ----------------------------------------------------------------------------------------


def test_a_page_is_its_visible_text() -> None:
    page = reader_for(Path("a.html")).render(PAGE.format(charset="utf-8").encode())
    lines = page.decoded.text.split("\n")
    assert lines[0].strip() == "Front page World"
    assert "The harbour on Tuesday" in lines
    assert not {"A picture nobody reads", "Not shown"} & set(lines)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Crane falls | Harbor Post", "Crane falls"),
        ("Crane falls - HARBOR POST", "Crane falls"),
        ("Crane falls on the Harbor Post", "Crane falls on the Harbor Post"),
        ("Harbor Post", "Harbor Post"),
    ],
)
def test_a_title_does_not_hold_its_outlet(title: str, expected: str) -> None:
    page = (
        f'<html><head><title>{title}</title><meta property="og:site_name" content="Harbor Post"></head><p>Text.</html>'
    )
    assert reader_for(Path("a.html")).render(page.encode(), NAMES).given["title"] == expected


@pytest.mark.parametrize(
    "raw", [b"<div>" * 50_000 + b"deep", b"<font>x" * 20_000, b"<p>x" * 20_000, b"<a" * 50_000, b"<!--x-->" * 9_000]
)
def test_a_page_made_without_care_takes_no_longer(raw: bytes) -> None:
    started = time.perf_counter()
    page = reader_for(Path("a.html"), raw[:1024]).render(raw)
    markup(page.decoded.text, page.source)
    assert time.perf_counter() - started < 5  # minutes, were the time to grow with the square of the depth


def test_sidecars_speak_for_their_folder_and_below(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a.txt", "in/b.txt", "in/Málaga.txt"):
        (tmp_path / name).write_text(PLAIN)
    (tmp_path / "metadata.csv").write_bytes(
        "﻿path;Source;Date;lang\na.txt;The Post;3 May 2024;en\nin\\b.txt;Far;2023;\n\n".encode()
    )
    (tmp_path / "in" / "metadata.csv").write_text(
        "filename,outlet,date\nb.txt,Near,\nMa\u0301laga.txt,“Post”,2024-13-01\n"
        "none.txt,x,\nb.txt,Twice,\n,x,\nb.txt,too,many,cells\n"
    )
    said, problems = read_sidecars(discover([tmp_path]), NAMES)
    assert said == {
        "a.txt": {"outlet": "The Post", "date": "2024-05-03", "language": "en"},
        "in/b.txt": {"outlet": "Near", "date": "2023"},
        "in/Málaga.txt": {"outlet": "“Post”"},
    }
    assert [(problem.path, problem.row) for problem in problems] == [("in/metadata.csv", row) for row in range(2, 7)]
    for problem, words in zip(problems, ("'2024-13-01'", "none.txt", "second", "no file", "4 cells"), strict=True):
        assert words in problem.problem


@pytest.mark.parametrize(
    ("raw", "words"),
    [(b"outlet,date\nx,2024\n", "no column of file names"), (b'file,x\n"a', "cannot be read"), (b"", "no column")],
)
def test_a_broken_sidecar_is_one_problem(tmp_path: Path, raw: bytes, words: str) -> None:
    (tmp_path / "a.txt").write_text(PLAIN)
    (tmp_path / "metadata.csv").write_bytes(raw)
    said, [problem] = read_sidecars(discover([tmp_path]), NAMES)
    assert (said, problem.path, problem.row) == ({}, "metadata.csv", 0)
    assert words in problem.problem


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2024-03-12", "2024-03-12"),
        ("2024-3", "2024-03"),
        ("2024", "2024"),
        ("2024-03-12T23:30:00-05:00", "2024-03-12"),
        ("2024-03-12 08:15:00.5+00:00", "2024-03-12"),
        ("20240312", "2024-03-12"),
        ("2024/03/12", "2024-03-12"),
        ("12 March 2024", "2024-03-12"),
        ("March 12, 2024", "2024-03-12"),
        ("March 2024", "2024-03"),
        ("12. März 2024, 10 Uhr", "2024-03-12"),
        ("Tue, 12 Mar 2024 10:00:00 GMT", "2024-03-12"),
        ("03/04/2024", None),
        ("2024-02-30", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_are_read_only_where_they_are_certain(written: str, date: str | None) -> None:
    assert iso_date(written) == date


def test_the_seeds_decide_what_a_column_means(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / GIVEN_CSV).write_text("field,place,name\ntext,column,Prose\n")
    shutil.copy(SEEDS / EXPORTS_CSV, tmp_path / EXPORTS_CSV)
    names = names_of(str(tmp_path))
    (row,) = reader_for(Path("a.csv")).records(io.BytesIO(b"prose,text\nyes,no\n"), names)
    assert row.payload == "yes"
    (row,) = reader_for(Path("a.csv")).records(io.BytesIO(b"text\nno\n"), names)
    assert "(also accepted: prose, and others in rules/given.csv)" in (row.problem or "")


def test_a_broken_file_of_spellings_is_found_before_a_run(tmp_path: Path, seeds: Path) -> None:
    assert any("names of columns" in line for line in inventory(str(seeds)))
    shutil.copytree(seeds, tmp_path / "seeds")
    path = tmp_path / "seeds" / GIVEN_CSV
    path.write_text(path.read_text(encoding="utf-8").replace("place", "where", 1), encoding="utf-8")
    with pytest.raises(SeedError, match=r"given\.csv, header"):
        inventory(str(tmp_path / "seeds"))


def test_reading_does_not_depend_on_the_code_that_judges_texts() -> None:
    """Else an edit of it would have every file read again."""
    loaded = "import sys, pipeline.readers.discover; print(*(name for name in sys.modules if '.text.' in name))"
    run = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True)
    ours = {name for name in run.stdout.split() if name.startswith("pipeline.")}
    assert ours == {"pipeline.text.dates", "pipeline.text.decode", "pipeline.text.magic"}


def test_no_spelling_means_two_fields() -> None:
    names = [(row.place, row.name) for row in read_rows(SEEDS / GIVEN_CSV, GivenName)]
    assert len(names) == len(set(names))


def test_no_more_is_read_of_a_large_file_than_its_bound_asks_for() -> None:
    file = io.BytesIO(bytes(300_000))
    assert whole_file(file, 1_000).status == "too_large"
    assert file.tell() < 100_000

"""The warehouse: a part is replaced whole or not at all, and DuckDB finds the tables wherever the folder goes."""

import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipeline import render, warehouse
from pipeline.contract import Column, Table
from pipeline.fingerprints import column_digests
from pipeline.settings import ROOT
from pipeline.storage import Busy, writing_aside
from pipeline.tables import BY_NAME, TABLES
from pipeline.warehouse import ALL, Damaged, Footer, Warehouse, connect, write_database

TABLE = Table(
    "things", "test", "thing", ("thing_id",), "Things.",
    (Column("thing_id", "string", "Its id.", "t1"), Column("kind", "code", "Its kind.", "b", True, codes={"b": "x", "a": "y"})),
)  # fmt: skip
ONE = render.arrow_table(TABLE.frame([("t1", "a"), ("t2", None)]), TABLE)
TWO = render.arrow_table(TABLE.frame([("t3", "b")]), TABLE)


def listing(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


# -------------------------------------------------------------------------------------------------------------- parts


def test_opening_a_warehouse_makes_nothing(tmp_path: Path) -> None:
    house = Warehouse(tmp_path / "new")
    assert (house.batches("things"), house.footer("things", ALL), house.head("things", 5).height) == ([], None, 0)
    assert not (tmp_path / "new").exists()


def test_what_is_published_is_read_back(tmp_path: Path) -> None:
    house = Warehouse(tmp_path)
    house.publish("things", "b000002", ONE, "print", warnings={"rule": 3})
    house.publish("things", "b000001", TWO, "other")
    assert house.batches("things") == ["b000001", "b000002"]
    assert house.read("things", "b000002").equals(TABLE.frame([("t1", "a"), ("t2", None)]))
    assert house.footer("things", "b000002") == Footer("print", 2, {"rule": 3}, column_digests(ONE), "{}", {})
    house.drop("things", "b000001")
    house.drop("things", "b000001")
    assert house.batches("things") == ["b000002"]


def test_the_same_rows_and_fingerprint_make_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        Warehouse(tmp_path / name).publish("things", ALL, ONE, "print", warnings={"b": 1, "a": 2})
    assert Warehouse(tmp_path / "one").part("things", ALL).read_bytes() == (
        Warehouse(tmp_path / "two").part("things", ALL).read_bytes()
    )
    one, two = (Warehouse(tmp_path / name) for name in ("one", "two"))
    assert one.version("things") == two.version("things")
    one.publish("things", ALL, ONE, "made anew")
    assert one.version("things") == two.version("things"), "the same rows"
    one.publish("things", ALL, TWO, "made anew")
    assert one.version("things") != two.version("things")


@pytest.mark.parametrize("how", ["while writing", "while syncing", "while renaming", "interrupted"])
def test_a_write_that_fails_leaves_the_old_part_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    house = Warehouse(tmp_path)
    house.publish("things", ALL, ONE, "print")
    before = house.part("things", ALL).read_bytes()

    def fail(*_: object, **__: object) -> None:
        raise KeyboardInterrupt if how == "interrupted" else OSError(28, "No space left on device")

    place = {"while syncing": "storage.os.fsync", "while renaming": "storage.Path.replace"}.get(
        how, "warehouse.pq.ParquetWriter.write_table"
    )
    monkeypatch.setattr(f"pipeline.{place}", fail)
    with pytest.raises((OSError, KeyboardInterrupt)):
        house.publish("things", ALL, TWO, "other")
    monkeypatch.undo()
    assert house.part("things", ALL).read_bytes() == before
    assert listing(tmp_path) == ["things/all.parquet"]


def test_a_full_disk_leaves_the_old_part(tmp_path: Path) -> None:
    """A real limit on the size of files, in a process of its own."""
    house = Warehouse(tmp_path)
    house.publish("things", ALL, ONE, "print")
    before = house.part("things", ALL).read_bytes()
    code = """
        import resource, signal, sys
        from pipeline import render
        from pipeline.tables import TEXTS
        from pipeline.warehouse import ALL, Warehouse
        import pyarrow as pa, os
        big = pa.table({"thing_id": [os.urandom(40).hex() for _ in range(20_000)]})
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        try:
            Warehouse(sys.argv[1]).publish("things", ALL, big, "other")
        except OSError as error:
            print("OSError:", error)
    """
    said = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), tmp_path], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "OSError" in said.stdout
    assert house.part("things", ALL).read_bytes() == before
    assert listing(tmp_path) == ["things/all.parquet"]


def test_a_part_without_a_column_that_is_asked_for_says_so(tmp_path: Path) -> None:
    Warehouse(tmp_path).publish("things", ALL, ONE, "print")
    with pytest.raises(Damaged, match=r"no_such.*delete it and run again"):
        Warehouse(tmp_path).read("things", ALL, ["no_such"])


def _cut(held: bytes) -> bytes:
    return held[:-9]


@pytest.mark.parametrize(
    "damage", [_cut, lambda held: b"", lambda held: b"PAR1" + held[4:-4] + b"XXXX", lambda held: b"a,b\n1,2\n"],
    ids=["cut", "empty", "no magic", "no Parquet"],
)  # fmt: skip
def test_a_damaged_part_has_no_footer_and_says_so_when_read(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    house = Warehouse(tmp_path)
    house.publish("things", ALL, ONE, "print")
    path = house.part("things", ALL)
    path.write_bytes(damage(path.read_bytes()))
    assert house.footer("things", ALL) is None
    with pytest.raises(Damaged, match=r"things/all\.parquet is damaged"):
        house.read("things", ALL)


def test_a_parquet_file_of_somebody_else_has_no_footer(tmp_path: Path) -> None:
    (tmp_path / "things").mkdir()
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "things" / "all.parquet")
    assert Warehouse(tmp_path).footer("things", ALL) is None


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"things/b000007\.parquet"):
        Warehouse(tmp_path).read("things", "b000007")


def test_writing_aside_never_shows_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    with writing_aside(path) as aside:
        aside.write_text("half")
        assert not path.exists()
    assert path.read_text() == "half"
    assert listing(tmp_path) == ["new/file"]


def test_writing_the_same_bytes_again_leaves_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("same")
    before = path.stat()
    for text, is_kept in (("same", True), ("some", False)):
        with writing_aside(path) as aside:
            aside.write_text(text)
        assert path.read_text() == text
        assert (path.stat().st_ino == before.st_ino) == is_kept
        assert listing(tmp_path) == ["file"]


# --------------------------------------------------------------------------------------------------------------- lock

HOLD = """
import sys, time
from pipeline.warehouse import Warehouse
with Warehouse(sys.argv[1]).session():
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the warehouse."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, tmp_path], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_run_is_turned_away_until_the_first_is_gone(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    house = Warehouse(tmp_path)
    with pytest.raises(Busy, match="another run is writing"), house.session():
        pass
    left = tmp_path / "texts" / "b000001.parquet.1.aside"
    left.parent.mkdir()
    left.touch()
    holder.kill()  # kill -9: nothing is tidied up
    holder.wait()
    with house.session():
        assert not left.exists()
    with house.session():
        pass


def test_a_session_that_breaks_frees_the_warehouse(tmp_path: Path) -> None:
    house = Warehouse(tmp_path)
    with pytest.raises(ZeroDivisionError), house.session():
        raise ZeroDivisionError
    with house.session():
        pass


# ------------------------------------------------------------------------------------------------------------- DuckDB

NAMES = ["moved", "with spaces", 'it\'s "quoted"', "[brackets] {braces}", "star * mark", "żółw ü 新聞", "a%20b$HOME"]


@pytest.mark.parametrize("name", NAMES)
def test_the_database_works_wherever_its_folder_is_moved(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Opened from another directory, by absolute and by relative path, with plain DuckDB and nothing set."""
    moved = tmp_path / name / "house"
    shutil.copytree(warehouse, moved)
    n_sentences = sum(Warehouse(moved).read("sentences", one).height for one in Warehouse(moved).batches("sentences"))
    for place, path in (("/", moved), (moved, "."), (tmp_path, f"{name}/house")):
        monkeypatch.chdir(place)
        with duckdb.connect(Path(path) / "tidywire.duckdb", read_only=True) as connection:
            assert connection.execute("SELECT count(*) FROM sentences").fetchone() == (n_sentences,)
            assert connection.execute("SELECT count(*) > 0 FROM kwic('Korea', 10)").fetchone() == (True,)
    with connect(Path(os.path.relpath(moved))) as connection:
        assert connection.execute("SELECT count(*) FROM sentences").fetchone() == (n_sentences,)


@pytest.mark.parametrize("name", NAMES)
def test_the_code_works_in_a_folder_of_any_name(warehouse: Path, tmp_path: Path, name: str) -> None:
    shutil.copytree(warehouse, tmp_path / name)
    house = Warehouse(tmp_path / name)
    assert house.head("sentences", 2).height == 2
    write_database(tmp_path / name, "{table}/*.parquet", TABLES)
    with duckdb.connect(tmp_path / name / "tidywire.duckdb", read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM corpus").fetchone() == (2,)


def test_it_can_be_attached_to_another_database(warehouse: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{warehouse}/tidywire.duckdb' AS tidywire (READ_ONLY)")
        connection.execute(f"SET VARIABLE tidywire_root = '{warehouse}'")
        assert connection.execute("SELECT count(*) FROM tidywire.documents").fetchone() == (2,)
        connection.execute("USE tidywire")  # else the macro looks for its tables in the other database
        assert connection.execute("SELECT count(*) > 0 FROM kwic('Korea', 9)").fetchone() == (True,)


def test_several_processes_read_it_at_once(warehouse: Path) -> None:
    code = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); print('open', flush=True); "
        "sys.stdin.readline(); print(c.execute('SELECT count(*) FROM corpus').fetchone()[0])"
    )
    command = [sys.executable, "-c", code, warehouse / "tidywire.duckdb"]
    readers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/") for _ in range(3)
    ]
    assert [reader.stdout and reader.stdout.readline() for reader in readers] == ["open\n"] * 3
    with connect(warehouse) as connection:
        assert connection.execute("SELECT count(*) FROM corpus").fetchone() == (2,)
    assert [reader.communicate("\n")[0] for reader in readers] == ["2\n"] * 3


def test_a_reader_goes_on_while_the_database_is_replaced(warehouse: Path, tmp_path: Path) -> None:
    shutil.copytree(warehouse, tmp_path / "house")
    with connect(tmp_path / "house") as reader:
        with Warehouse(tmp_path / "house").session():
            pass
        assert reader.execute("SELECT count(*) FROM corpus").fetchone() == (2,)


def test_it_holds_views_with_comments_and_no_table(warehouse: Path) -> None:
    with connect(warehouse) as connection:
        assert connection.execute("SELECT count(*) FROM duckdb_tables()").fetchone() == (0,)
        views = dict(connection.execute("SELECT view_name, comment FROM duckdb_views() WHERE NOT internal").fetchall())
    assert set(views) == {table.name for table in TABLES} | {
        "corpus", "mentions_flat", "document_actors", "dyads", "actor_months",
    }  # fmt: skip
    assert all(views.values())


def test_a_view_says_what_to_know_before_counting(warehouse: Path) -> None:
    with connect(warehouse) as connection:
        comments = dict(connection.execute("SELECT view_name, comment FROM duckdb_views()").fetchall())
    assert [table.name for table in TABLES if table.caution and table.caution not in comments[table.name]] == []


def test_the_database_is_small(warehouse: Path) -> None:
    assert (warehouse / "tidywire.duckdb").stat().st_size < 2_000_000


def test_the_database_is_written_anew_only_when_it_has_to_be(warehouse: Path, tmp_path: Path) -> None:
    shutil.copytree(warehouse, tmp_path / "house")
    database = tmp_path / "house" / "tidywire.duckdb"
    held, before = database.read_bytes(), database.stat()
    with Warehouse(tmp_path / "house").session():
        pass
    assert (database.stat().st_ino, database.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    for damage in (held[:-9], b"not a database"):
        database.write_bytes(damage)
        with Warehouse(tmp_path / "house").session():
            pass
        assert database.read_bytes() == held


def test_a_warehouse_without_tables_has_a_database_without_views(tmp_path: Path) -> None:
    with Warehouse(tmp_path).session():
        pass
    with connect(tmp_path) as connection:
        assert connection.execute("SELECT count(*) FROM duckdb_views() WHERE NOT internal").fetchone() == (0,)


def test_a_missing_database_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="tidywire run --warehouse"):
        connect(tmp_path)


@pytest.mark.parametrize(
    "question",
    [
        "SELECT doc_id, text, title, outlet, published_on, path FROM corpus ORDER BY ALL",
        "SELECT * FROM mentions_flat",
        "SELECT document_id, actor_id, name, n_mentions FROM document_actors",
        "SELECT iso3, other_iso3, published_on FROM dyads",
        "SELECT actor_id, name, month, n_mentions FROM actor_months WHERE month IS NULL",
        "SELECT before, keyword, after FROM kwic('military', 30)",
    ],
)
def test_every_view_answers(warehouse: Path, question: str) -> None:
    with connect(warehouse) as connection:
        assert connection.execute(question).fetchone() is not None


def test_the_corpus_begins_with_the_columns_r_expects(warehouse: Path) -> None:
    with connect(warehouse) as connection:
        corpus = connection.sql("FROM corpus")
        assert corpus.columns[:2] == ["doc_id", "text"]
        texts = [row[1] for row in corpus.fetchall()]
    assert not any("Read More" in text or "©" in text for text in texts)


def test_the_corpus_keeps_hard_wrapped_lines_together() -> None:
    """One newline between neighbouring body lines, a blank line over anything else; the first has nothing before it."""
    blocks = [
        (1, 1, "Headline", False), (2, 2, "", False), (3, 3, "The talks", True), (4, 4, "went on", True),
        (5, 5, "for days.", True), (6, 7, "Officials left.", True), (7, 8, "Read more", False), (8, 9, "They", True),
        (9, 9, "(ad)", False), (10, 9, "returned.", True),
    ]  # fmt: skip
    with duckdb.connect() as connection:
        for name in ("documents", "files", "mentions", "actors"):
            connection.register("rows", BY_NAME[name].frame())
            connection.execute(f"CREATE TABLE {name} AS FROM rows")
        connection.execute("INSERT INTO documents (document_id) VALUES ('d_1'), ('d_2')")
        connection.execute("INSERT INTO files (path, status, document_id) VALUES ('a', 'ok', 'd_1')")
        connection.execute("INSERT INTO files (path, status, document_id) VALUES ('b', 'duplicate', 'd_1')")
        connection.execute(
            "CREATE TABLE blocks (document_id VARCHAR, block_number INT, line_number INT, text VARCHAR, is_body BOOLEAN)"
        )
        connection.executemany("INSERT INTO blocks VALUES ('d_1', ?, ?, ?, ?)", blocks)
        connection.execute(warehouse.VIEWS.read_text(encoding="utf-8").partition("COMMENT ON VIEW")[0])
        assert connection.execute("SELECT doc_id, text, path FROM corpus").fetchall() == [
            ("d_1", "The talks\nwent on\nfor days.\n\nOfficials left.\n\nThey\n\nreturned.", "a")
        ]


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("texts", "SELECT count(*) FROM blocks JOIN texts t USING (document_id) WHERE blocks.text <> t.text[char_start + 1 : char_end]"),
        ("mentions", "SELECT count(*) FROM mentions JOIN texts USING (document_id) WHERE surface <> text[char_start + 1 : char_end]"),
    ],
)  # fmt: skip
def test_duckdb_slices_give_the_words(warehouse: Path, name: str, question: str) -> None:
    with connect(warehouse) as connection:
        assert connection.execute(question).fetchone() == (0,)


def test_duckdb_counts_code_points_as_we_do() -> None:
    """Flags, combining accents and characters beyond the first plane; whole clusters would shift every offset."""
    text = "🇩🇪 cafe\u0301 👨‍👩‍👧 𝒳 end"
    start = text.index("end")
    found = duckdb.execute("SELECT $1[$2 + 1 : $3], length($1)", [text, start, start + 3]).fetchone()
    assert found == ("end", len(text))


# --------------------------------------------------------------------------------------------------------------- kwic

SENTENCES = {
    "repeated": "The army, the ARMY and the Army's army.",
    "regex": "He paid $5.00 (five) for a+b in the U.S. yesterday. USA too.",
    "accents": "Élysée and élysée: İstanbul, ISTANBUL, straße STRASSE.",
    "plain": "Nothing of the kind.",
}


@pytest.fixture(scope="module")
def kwic() -> Iterator[duckdb.DuckDBPyConnection]:
    """The macro as it stands in views.sql, over sentences of our own."""
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE sentences (document_id VARCHAR, sentence_number INTEGER, text VARCHAR)")
        rows = [(name, 1, text) for name, text in SENTENCES.items()]
        connection.executemany("INSERT INTO sentences VALUES (?, ?, ?)", rows)
        macro = warehouse.VIEWS.read_text(encoding="utf-8").partition("CREATE OR REPLACE MACRO")
        connection.execute(macro[1] + macro[2])
        yield connection


@pytest.mark.parametrize(
    ("keyword", "width", "expected"),
    [
        ("army", 6, [
            ("repeated", 1, "The ", "army", ", the "), ("repeated", 2, ", the ", "ARMY", " and t"),
            ("repeated", 3, "d the ", "Army", "'s arm"), ("repeated", 4, "rmy's ", "army", "."),
        ]),
        ("u.s.", 4, [("regex", 1, "the ", "U.S.", " yes")]),
        ("$5.00 (five)", 3, [("regex", 1, "id ", "$5.00 (five)", " fo")]),
        ("a+b", 2, [("regex", 1, "r ", "a+b", " i")]),
        ("[x", 2, []),
        ("élysée", 5, [("accents", 1, "", "Élysée", " and "), ("accents", 2, " and ", "élysée", ": İst")]),
        ("istanbul", 2, [("accents", 1, ": ", "İstanbul", ", "), ("accents", 2, ", ", "ISTANBUL", ", ")]),
        ("straße", 2, [("accents", 1, ", ", "straße", " S")]),
        ("nowhere", 2, []),
        ("", 2, []),
    ],
)  # fmt: skip
def test_keyword_in_context(
    kwic: duckdb.DuckDBPyConnection, keyword: str, width: int, expected: list[tuple[object, ...]]
) -> None:
    query = "SELECT document_id, hit_number, before, keyword, after FROM kwic($1, $2)"
    assert kwic.execute(query, [keyword, width]).fetchall() == expected

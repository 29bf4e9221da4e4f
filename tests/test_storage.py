"""Storage: a warehouse in an object store keeps the promises of one in a folder, down to the bytes.

The store is moto's server on this machine, which speaks S3's protocol.
"""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from errno import EBUSY
from pathlib import Path
from uuid import uuid4

import polars as pl
import pyarrow as pa
import pytest
from conftest import made, run_steps, write_articles

from pipeline import answers, pool, storage, warehouse
from pipeline.recheck import recheck
from pipeline.release import bundle
from pipeline.settings import ROOT, Settings
from pipeline.storage import Busy, Place, place
from pipeline.warehouse import ALL, Damaged, Footer, Snapshot, Warehouse, connect

ONE, TWO = pa.table({"thing_id": ["t1", "t2"]}), pa.table({"thing_id": ["t3"]})
PACKAGES = "pip install -e '.[test]' brings an object store for tests"


@pytest.fixture(scope="session")
def _bucket() -> Iterator[str]:
    server = pytest.importorskip("moto.server", reason=PACKAGES).ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    s3fs = pytest.importorskip("s3fs", reason=PACKAGES)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        pool.end_workers()  # processes that started before do not know the address
        s3fs.S3FileSystem().mkdir("bucket")
        yield "s3://bucket"
    server.stop()


@pytest.fixture
def far(_bucket: str) -> str:
    """An empty prefix of the object store."""
    return f"{_bucket}/a prefix/{uuid4().hex}"


@pytest.fixture(params=["folder", "file://", "s3://"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A place for a warehouse, one of each kind."""
    if request.param == "s3://":
        return str(request.getfixturevalue("far"))
    return str(tmp_path) if request.param == "folder" else (tmp_path / "with space").as_uri()


def contents(root: Place) -> dict[str, bytes]:
    """Every file below a place by its relative name, but not the lock of a folder."""
    if isinstance(root, Path):
        files = {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    else:
        paths = root.fs.find(root.path)
        files = {path.removeprefix(f"{root.path}/"): root.fs.cat_file(path) for path in paths}
    return {name: data for name, data in files.items() if name != ".lock"}


def said(footer: Footer | None) -> tuple[str, int, dict[str, int]] | None:
    return footer and (footer.fingerprint, footer.n_rows, footer.warnings)


# ------------------------------------------------------------------------------------------------------------- places


@pytest.mark.parametrize(
    ("said", "meant"),
    [("/data/house", "/data/house"), ("a/b", "a/b"), ("file:///data/my%20house", "/data/my house"), ("C:\\data", "C:\\data")],
)  # fmt: skip
def test_a_path_is_a_path(said: str, meant: str) -> None:
    assert place(said) == Path(meant)


def test_a_prefix_is_kept_as_it_is_from_any_directory(far: str) -> None:
    settings = Settings(warehouse=f"{far}/").absolute()
    assert settings.warehouse == far
    assert Settings(warehouse="file:///data/house").absolute().warehouse == "/data/house"


@pytest.mark.parametrize(
    ("said", "told"),
    [("ftp://host/house", "begins with file://, s3://, gs://"), ("gs://bucket/house", r"pip install -e '\.\[gs\]'")],
)
def test_a_place_that_cannot_be_used_says_what_to_do(said: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    with pytest.raises(ValueError, match=told):
        Settings(warehouse=said)


# -------------------------------------------------------------------------------------------------------------- parts


def test_what_is_published_is_read_back(root: str) -> None:
    house = Warehouse(root)
    assert (house.batches("things"), house.footer("things", ALL), house.head("things", 5).height) == ([], None, 0)
    house.publish("things", "b000002", ONE, "print", warnings={"rule": 3})
    house.publish("things", "b000001", TWO, "other")
    assert house.batches("things") == ["b000001", "b000002"]
    assert house.read("things", "b000002").equals(pl.DataFrame(pl.from_arrow(ONE)))
    batches = ["b000003", "b000002", "b000001"]
    assert {batch: said(footer) for batch, footer in house.footers("things", batches).items()} == {
        "b000003": None, "b000002": ("print", 2, {"rule": 3}), "b000001": ("other", 1, {}),
    }  # fmt: skip
    assert house.head("things", 5)["thing_id"].to_list() == ["t3"]
    before = house.version("things")
    house.drop("things", "b000001")
    house.drop("things", "b000001")
    assert house.batches("things") == ["b000002"]
    assert house.version("things") != before
    with pytest.raises(FileNotFoundError, match=r"things/b000001\.parquet is not there"):
        house.read("things", "b000001")


def test_a_snapshot_reads_the_footers_of_a_table_once_and_together(root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    house, asked, tails = Warehouse(root), [], storage.tails
    for number in range(1, 5):
        house.publish("things", f"b{number:06}", ONE, str(number))
    monkeypatch.setattr(storage, "tails", lambda files, n_bytes: asked.append(len(files)) or tails(files, n_bytes))
    still = Snapshot(root)
    for number in range(1, 5):
        assert said(still.footer("things", f"b{number:06}")) == (str(number), 2, {})
        assert still.footer("nothings", f"b{number:06}") is None
    assert asked == [4, 0]


def test_a_footer_of_any_length_is_read(root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    house = Warehouse(root)
    house.publish("things", ALL, ONE, "print", warnings={"rule": 3})
    for n_bytes in (8, 100, 10_000_000):
        monkeypatch.setattr(warehouse, "_FOOTER", n_bytes)
        assert said(house.footer("things", ALL)) == ("print", 2, {"rule": 3})


@pytest.mark.parametrize("held", [b"", b"PAR1", b"a,b\n1,2\n", b"\xff" * 100], ids=["empty", "short", "csv", "long"])
def test_a_damaged_part_has_no_footer_and_says_so_when_read(root: str, held: bytes) -> None:
    house = Warehouse(root)
    house.publish("things", ALL, ONE, "print")
    house.part("things", ALL).write_bytes(held)
    assert house.footer("things", ALL) is None
    with pytest.raises(Damaged, match=r"things/all\.parquet is damaged"):
        house.read("things", ALL)


@pytest.mark.parametrize("error", [OSError(28, "No space left"), KeyboardInterrupt()], ids=["full", "interrupted"])
def test_a_write_that_fails_leaves_the_old_part_and_nothing_else(
    root: str, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    house = Warehouse(root)
    house.publish("things", ALL, ONE, "print")
    before = contents(house.root)

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("pipeline.warehouse.pq.ParquetWriter.write_table", fail)
    with pytest.raises(type(error)):
        house.publish("things", ALL, TWO, "other")
    assert contents(house.root) == before


def test_a_store_that_does_not_answer_is_an_error_of_the_system(far: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clients of object stores have errors of their own; the command line knows `OSError`."""
    house = Warehouse(far)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("Unable to locate credentials")

    for name, use in (
        ("ls", lambda: house.batches("things")),
        ("cat_file", lambda: house.read("things", ALL)),
        ("cat_ranges", lambda: house.footer("things", ALL)),
        ("put_file", lambda: house.publish("things", ALL, ONE, "print")),
        ("rm_file", lambda: house.drop("things", ALL)),
    ):
        monkeypatch.setattr(house.root.fs, name, fail)  # type: ignore[union-attr]
        with pytest.raises(OSError, match="Unable to locate credentials"):
            use()
        monkeypatch.undo()


# --------------------------------------------------------------------------------------------------------------- lock


def test_a_prefix_has_one_writer(far: str) -> None:
    house = Warehouse(far)
    with house.lock():
        with (
            pytest.raises(Busy, match=r"process \d+ on .+ since .+ if it was killed, delete .+/\.lock and run"),
            house.lock(),
        ):
            pass
        assert contents(house.root) == {}
    with pytest.raises(ZeroDivisionError), house.session():
        raise ZeroDivisionError
    with house.session():
        pass


def test_a_lock_that_goes_while_it_is_looked_at_turns_away_in_a_sentence(
    far: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> bytes:
        raise FileNotFoundError

    house = Warehouse(far)
    with house.lock(), monkeypatch.context() as patched:
        patched.setattr(place(house.root).fs, "cat_file", gone)
        with pytest.raises(Busy, match="has just ended; run again"), house.lock():
            pass


def test_a_prefix_that_holds_other_things_is_left_alone(far: str) -> None:
    (place(far) / "holiday.jpg").write_bytes(b"")
    with pytest.raises(ValueError, match="is no warehouse"), Warehouse(far).lock():
        pass


KILLED = """
import os, sys
import pyarrow as pa
from pipeline import storage
from pipeline.warehouse import ALL, Warehouse
house = Warehouse(sys.argv[1])
with house.session(), storage.replacing(house.part("things", ALL)) as aside:
    aside.write_bytes(b"half a part")
    os.kill(os.getpid(), 9)
"""


def test_a_writer_that_is_killed_leaves_the_last_good_part(far: str) -> None:
    house = Warehouse(far)
    house.publish("things", ALL, ONE, "print")
    (house.root / ".keys" / "files" / "seen.parquet").write_bytes(b"")  # a warehouse, then
    before = contents(house.root)
    killed = subprocess.run([sys.executable, "-c", KILLED, far], cwd=ROOT, check=False)
    assert killed.returncode == -9
    assert contents(house.root) == before
    with pytest.raises(Busy, match="if it was killed, delete"), house.lock():
        pass
    storage.remove(house.root / ".lock")  # as the message says
    with house.session():
        house.publish("things", ALL, TWO, "other")
    assert house.read("things").height == 1


def test_a_store_that_is_busy_is_not_taken_for_damaged_parts(far: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """They would all be made again, and their documents put into other batches."""
    warehouse = Warehouse(far)
    warehouse.publish("things", "b000001", ONE, "first")
    store = type(warehouse.root.fs)

    async def busy(*_: object, **__: object) -> None:
        raise OSError(EBUSY, "Please reduce your request rate.")

    monkeypatch.setattr(store, "_cat_file", busy)
    with pytest.raises(OSError, match="reduce your request rate"):
        warehouse.footer("things", "b000001")
    monkeypatch.undo()
    assert said(warehouse.footer("things", "b000001")) == ("first", 2, {})


# ---------------------------------------------------------------------------------------------------------- whole runs


def test_a_run_goes_on_where_an_object_store_did_not_take_a_part(
    five: Settings, far: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote = replace(five, warehouse=far)
    store = type(place(far).fs)  # type: ignore[union-attr]
    real, n_asked = store._call_s3, 0

    async def call(self: object, method: str, *args: object, **kwargs: object) -> object:
        nonlocal n_asked
        n_asked += method == "put_object"
        if method == "put_object" and n_asked % 25 == 0:
            raise OSError(EBUSY, "Please reduce your request rate.")
        return await real(self, method, *args, **kwargs)

    monkeypatch.setattr(store, "_call_s3", call)
    n_broken = 0
    while n_broken < 20:
        try:
            run_steps(remote)
        except OSError:
            n_broken += 1
        else:
            break
    monkeypatch.undo()
    assert 0 < n_broken < 20
    assert made(run_steps(remote)) == {}
    here, there = contents(Path(five.warehouse)), contents(place(far))
    assert {name for name in here.keys() | there.keys() if here.get(name) != there.get(name)} <= {
        ".keys/files/seen.parquet"
    }


def test_a_run_makes_the_same_bytes_in_an_object_store(five: Settings, far: str, tmp_path: Path) -> None:
    remote = replace(five, warehouse=far, workers=2)
    assert all(outcome.passed for outcome in run_steps(remote).values())
    here, there = contents(Path(five.warehouse)), contents(place(far))
    assert there.keys() == here.keys()
    differing = {name for name in here if here[name] != there[name]}
    assert differing <= {".keys/files/seen.parquet"}  # the times of the copied input

    assert made(run_steps(remote)) == {}
    write_articles(Path(five.inputs[0]), 6)
    for settings in (remote, five):
        assert made(run_steps(settings))["sentences"] == ("b000003",)
    assert recheck(place(far), print)
    bundle.write(place(far), tmp_path / "far")
    bundle.write(place(five.warehouse), tmp_path / "near")
    assert contents(tmp_path / "far") == contents(tmp_path / "near")


def test_the_tables_of_an_object_store_can_be_asked(
    five: Settings, far: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(FileNotFoundError, match=f"tidywire run --warehouse {far}"):
        connect(place(far))
    run_steps(replace(five, warehouse=far))
    with connect(place(far)) as connection:
        assert connection.execute("SELECT count(*) FROM corpus").fetchone() == (5,)
        assert connection.execute("SELECT count(*) FROM kwic('dispute', 9)").fetchone() == (5,)
    answers.list_tables(place(far))
    assert "files                         5 rows" in capsys.readouterr().out

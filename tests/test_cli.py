"""The command line, as a user meets it: what is printed, what is refused, how it ends."""

import csv
import hashlib
import io
import json
import os
import re
import runpy
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import duckdb
import polars as pl
import pytest
from conftest import article, run_steps, write_articles
from sqlalchemy.exc import OperationalError

from pipeline.assets import history, runs
from pipeline.cli import FAILED, OK, USAGE, build_parser, main
from pipeline.knowledge import SeedError
from pipeline.readers import CorruptFile
from pipeline.readers.discover import ChangedFile
from pipeline.readers.walk import NoSuchInput
from pipeline.settings import ROOT, Settings
from pipeline.steps import STEPS
from pipeline.steps.step import Context
from pipeline.tables import TABLES
from pipeline.warehouse import DATABASE, Damaged, Warehouse, connect

Told = tuple[int, str, str]


@pytest.fixture
def tidywire(capfd: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """Carry out a command in this process; its exit status and what it printed."""

    def carry_out(*arguments: object) -> Told:
        capfd.readouterr()
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as done:
            status = int(str(done.code))
        return status, *capfd.readouterr()

    return carry_out


_WITHOUT_DAGSTER = """
import sys
sys.modules["dagster"] = None  # importing it now is an error
from pipeline.cli import main
sys.exit(main())
"""


def options(settings: Settings) -> list[str]:
    return [*settings.inputs, "--warehouse", settings.warehouse, "--seeds", settings.seeds, "--workers", "1",
            "--batch-bytes", str(settings.batch_bytes)]  # fmt: skip


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ---------------------------------------------------------------------------------------------------------------- run


def test_a_run_ends_with_what_there_is_and_what_to_type_next(five: Settings, tidywire: Callable[..., Told]) -> None:
    write_articles(Path(five.inputs[0]), 6)
    status, said, _ = tidywire("run", *options(five))
    assert status == OK
    for table in TABLES:
        assert re.search(rf"{table.group} +{table.name} +[\d,]+ rows", said)
    assert re.search(r"texts +6 rows +parts: 1 made, 2 left alone: files changed \(document_id, ", said)
    assert five.warehouse in said
    for command in re.findall(r"^  tidywire (query|show) (.+)$", said, re.MULTILINE):
        assert five.warehouse in command[1]
    status, said, _ = tidywire("run", *options(five))
    assert status == OK
    assert said.count("up to date") == len(TABLES)


def test_a_run_with_nothing_to_do_needs_no_dagster_and_mends_the_database(five: Settings) -> None:
    (ROOT / ".dagster").mkdir(exist_ok=True)  # without a history a run writes one
    database = Path(five.warehouse) / DATABASE
    database.write_bytes(b"no database")
    found = subprocess.run(
        [sys.executable, "-c", _WITHOUT_DAGSTER, "run", *options(five)],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert (found.returncode, found.stderr) == (OK, "")
    assert found.stdout.count("up to date") == len(TABLES)
    with connect(Path(five.warehouse)) as connection:
        assert connection.execute("SELECT count(*) FROM documents").fetchone() == (5,)


def test_a_plan_says_what_a_run_would_do_and_does_nothing(five: Settings, tidywire: Callable[..., Told]) -> None:
    before = contents(Path(five.warehouse))
    assert tidywire("plan", *options(five)) == (
        OK, f"Nothing to do: all {len(TABLES)} tables are up to date.\nNothing was written.\n", ""
    )  # fmt: skip
    write_articles(Path(five.inputs[0]), 6)
    status, said, _ = tidywire("plan", *options(five), "--profile", "strict")
    assert status == OK
    assert re.search(r"^  files +1 of 1 parts: input: 1 new$", said, re.MULTILINE)
    assert re.search(
        r"^  blocks +3 of 3 parts: settings changed \(profile\); files changed \(document_id.+\(1 part\)$",
        said,
        re.MULTILINE,
    )
    assert re.search(
        r"^  documents +1 of 3 parts: files .+; at most 2 more of 3: blocks may change$", said, re.MULTILINE
    )
    assert said.endswith(
        "At most: nothing more is done where the tables they wait for come out as they were.\nNothing was written.\n"
    )
    assert contents(Path(five.warehouse)) == before


def test_a_run_on_a_pipe_says_now_and_then_how_far_it_is(
    five: Settings, tidywire: Callable[..., Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    edited = [*options(five), "--profile", "strict"]
    _, _, said = tidywire("run", *edited)
    assert "articles" not in said, "it took no ten seconds"
    monkeypatch.setattr("pipeline.progress.Meter.__init__.__defaults__", (0.0, time.monotonic))
    _, _, said = tidywire("run", *options(five))
    assert re.findall(r"^blocks: (\d) of 5 articles, [\d,.]+ a second, 0:0\d left$", said, re.MULTILINE) == [
        "2",
        "4",
        "5",
    ]


@pytest.mark.skipif(os.name != "posix", reason="needs a terminal of its own")
def test_a_run_on_a_terminal_shows_one_live_line(five: Settings) -> None:
    import pty  # noqa: PLC0415 (POSIX)

    screen, terminal = pty.openpty()
    code = "import sys; from pipeline.cli import command; sys.exit(command())"
    command = [sys.executable, "-c", code, "run", *options(five), "--profile", "strict"]
    run = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=terminal, env=os.environ | {"TERM": "xterm"}
    )
    os.close(terminal)
    shown = b""
    with suppress(OSError):  # the terminal is gone with its last writer
        while some := os.read(screen, 65536):
            shown += some
    os.close(screen)
    assert run.wait() == OK
    assert re.search(rb"\w+: \d of 5 articles", shown)
    assert re.sub(rb"\x1b\[[?\d;]*\w|[\r\n]", b"", shown.rpartition(b"\r")[2]) == b"", "nothing of it stays"


def test_what_a_run_says_to_type_next_works(five: Settings, tidywire: Callable[..., Told]) -> None:
    import shlex  # noqa: PLC0415

    _, said, _ = tidywire("run", *options(five))
    commands = [shlex.split(line)[1:] for line in said.splitlines() if re.match(r"  tidywire (query|show)", line)]
    assert len(commands) == 3
    for command in commands:
        status, answer, _ = tidywire(*command)
        assert status == OK
        assert answer.strip()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "required: COMMAND"),
        (["dance"], "invalid choice: 'dance'"),
        (["run", "no such folder"], "There is no file or folder"),
        (["run", "no*match.txt"], "No file matches"),
        (["run", "--profile", "bold"], "not one of cautious, standard, strict"),
        (["run", "--workers", "many"], "invalid int value"),
        (["run", "--batch-bytes", "0"], "must be at least 1"),
        (["run", "--warehouse", "a.csv"], "cannot be written to"),
        (["run", "--register", "nowhere"], "no such register"),
        (["run", "--seeds", "nowhere"], "no such register"),
        (["ui", "no such folder"], "There is no file or folder"),
        (["ui", "--port", "99999"], "from 1 to 65535"),
        (["ui", "--register", "nowhere"], "no such register"),
        (["plan", "no such folder"], "There is no file or folder"),
        (["query"], "required: SQL"),
        (["query", "SELECT 1", "--warehouse", "nowhere"], "tidywire run --warehouse nowhere"),
        (["show", "x", "--warehouse", "nowhere"], "tidywire run --warehouse nowhere"),
        (["tables", "--warehouse", "nowhere"], "tidywire run --warehouse nowhere"),
        (["check", "--warehouse", "nowhere"], "tidywire run --warehouse nowhere"),
        (["release", "out", "--warehouse", "nowhere"], "tidywire run --warehouse nowhere"),
        (["codebook", "nothing"], "there is no table nothing; there are files, texts"),
        (["codebook", "dyads"], 'tidywire query "DESCRIBE dyads"'),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, list) else "",
)
def test_what_cannot_be_carried_out_ends_with_2_and_says_why(
    tidywire: Callable[..., Told], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").touch()
    if arguments[:1] == ["run"] and "--warehouse" not in arguments:
        arguments = [*arguments, "--warehouse", str(tmp_path / "warehouse")]
    status, _, complaint = tidywire(*arguments)
    assert status == USAGE
    assert told in complaint
    assert "Traceback" not in complaint
    assert not (tmp_path / "nowhere").exists()
    assert not (tmp_path / "warehouse").exists(), "nothing is begun"


def test_relative_paths_are_those_of_the_shell(
    five: Settings, tidywire: Callable[..., Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(five.warehouse).parent)
    near = replace(five, inputs=("articles",), warehouse="warehouse")
    status, said, _ = tidywire("run", *options(near))
    assert status == OK
    assert said.count("up to date") == len(TABLES)
    assert runs.run(near)
    assert not (ROOT / "articles").exists()


def test_an_empty_folder_leaves_the_warehouse_as_it_is(five: Settings, tidywire: Callable[..., Told]) -> None:
    before = contents(Path(five.warehouse))
    empty = Path(five.warehouse).parent / "empty"
    empty.mkdir()
    status, _, complaint = tidywire("run", *options(replace(five, inputs=(str(empty),))))
    assert status == USAGE
    assert "No files in" in complaint
    after = contents(Path(five.warehouse))
    assert {name for name in before | after if before.get(name) != after.get(name)} <= {"tidywire.duckdb", ".lock"}


def test_a_folder_of_which_nothing_can_be_read_ends_with_1(
    five: Settings, tidywire: Callable[..., Told], tmp_path: Path
) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    (folder / "blank.txt").touch()
    status, said, _ = tidywire("run", *options(replace(five, inputs=(str(folder),))))
    assert status == FAILED
    assert "1 problem: see the table issues.\nNo article could be read." in said


def test_notes_are_no_problems(five: Settings, tidywire: Callable[..., Told], tmp_path: Path) -> None:
    folder = tmp_path / "undated"
    folder.mkdir()
    (folder / "one.txt").write_text("Crane falls\n\nThe crane fell on a day that nobody wrote down, it is said.")
    _, said, _ = tidywire("run", *options(replace(five, inputs=(str(folder),))))
    assert re.search(r"^\d+ notes?: see the table issues\.$", said, re.MULTILINE)
    (folder / "blank.txt").touch()
    _, said, _ = tidywire("run", *options(replace(five, inputs=(str(folder),))))
    assert re.search(r"^1 problem and \d+ notes?: see the table issues\.$", said, re.MULTILINE)


def test_seeds_that_cannot_be_used_are_named(five: Settings, tidywire: Callable[..., Told]) -> None:
    seeds = Path(five.warehouse).parent / "seeds"
    shutil.copytree(five.seeds, seeds)
    with (seeds / "rules" / "abbreviations.csv").open("a") as file:
        file.write("Zzz.,no such kind,\n")
    status, _, complaint = tidywire("run", *options(replace(five, seeds=str(seeds))))
    assert status == USAGE
    assert "abbreviations.csv, row" in complaint
    assert "column kind" in complaint


def test_a_second_run_on_the_same_warehouse_is_turned_away(five: Settings, tidywire: Callable[..., Told]) -> None:
    with Warehouse(five.warehouse).session():
        status, _, complaint = tidywire("run", *options(five))
    assert status == USAGE
    assert "another run is writing" in complaint


def test_ctrl_c_breaks_the_run_off_and_the_next_goes_on(
    five: Settings, tidywire: Callable[..., Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(5)

    write_articles(Path(five.inputs[0]), 6)
    monkeypatch.setattr("pipeline.steps.annotate.segmenter", interrupted)
    status, said, complaint = tidywire("run", *options(five))
    assert status == 130
    assert "the same command goes on from there" in complaint
    assert "Next:" not in said
    monkeypatch.undo()
    status, said, _ = tidywire("run", *options(five))
    assert status == OK
    assert re.search(r"blocks .*up to date", said)
    assert re.search(r"sentences .*1 made", said)


FULL = OperationalError("INSERT", {}, Exception("database or disk is full"))


@pytest.mark.parametrize("fault", [(None, 70), (None, 200), (FULL, 3), (FULL, 70), (FULL, 200)], ids=str)
def test_a_run_that_breaks_off_where_only_dagster_is_at_work_says_so(
    five: Settings, tidywire: Callable[..., Told], monkeypatch: pytest.MonkeyPatch, fault: tuple[Exception | None, int]
) -> None:
    """When it writes this event somebody presses Ctrl-C, or the disk is full."""
    write_articles(Path(five.inputs[0]), 6)
    real, (error, at), written = history._Events.store_event, fault, []

    def store_event(storage: history._Events, event: object) -> None:
        written.append(event)
        if len(written) == at and not error:
            os.kill(os.getpid(), signal.SIGINT)
        if len(written) >= at and error:
            raise error
        real(storage, event)

    monkeypatch.setattr(history._Events, "store_event", store_event)
    status, said, complaint = tidywire("run", *options(five))
    assert (status, "Next:" in said, "Traceback" in complaint) == (FAILED if error else 130, False, False)
    assert "the same command goes on from there" in complaint
    assert ("run again to go on from there" in complaint) == bool(error)
    monkeypatch.undo()
    assert tidywire("run", *options(five))[0] == OK


def test_a_full_disk_breaks_the_run_off_in_a_sentence(
    five: Settings, tidywire: Callable[..., Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    write_articles(Path(five.inputs[0]), 6)
    monkeypatch.setattr("pipeline.warehouse.pq.ParquetWriter.write_table", full)
    status, _, complaint = tidywire("run", *options(five))
    assert status == FAILED
    assert f"tidywire: [Errno 28] No space left on device: '{five.warehouse}" in complaint
    assert "Make room where the warehouse, the temporary folder" in complaint
    assert "Traceback" not in complaint


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ChangedFile("a.txt has changed"), FAILED),
        (CorruptFile("a.txt.gz is cut short"), FAILED),
        (BrokenExecutor("a worker died"), FAILED),
        (Damaged("a part is damaged"), FAILED),
        (NoSuchInput("there is no a.txt"), USAGE),
        (SeedError("row 3"), USAGE),
        (FileNotFoundError("no warehouse"), USAGE),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, Exception) else "",
)
def test_a_run_that_broke_off_ends_with_1_and_wrong_input_with_2(
    tidywire: Callable[..., Told], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: Exception, expected: int
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(runs, "run", fail)
    status, _, complaint = tidywire("run", "--warehouse", tmp_path)
    assert (status, complaint) == (expected, f"tidywire: {error}\n")


@pytest.fixture
def broken_mentions(monkeypatch: pytest.MonkeyPatch) -> None:
    """The step that makes mentions points one character beside the words."""
    real = STEPS["mentions"]

    def mentions(context: Context, **frames: pl.DataFrame) -> pl.DataFrame:
        return real.run(context, **frames).with_columns(pl.col("char_start") + 1)

    def run(
        context: Context, texts: pl.DataFrame, documents: pl.DataFrame, sentences: pl.DataFrame, actors: pl.DataFrame
    ) -> pl.DataFrame:
        return mentions(context, texts=texts, documents=documents, sentences=sentences, actors=actors)

    monkeypatch.setitem(STEPS, "mentions", replace(real, run=run))


@pytest.mark.usefixtures("broken_mentions")
def test_a_failed_check_ends_with_1_and_leaves_the_last_good_table(
    five: Settings, tidywire: Callable[..., Told]
) -> None:
    write_articles(Path(five.inputs[0]), 6)
    before = contents(Path(five.warehouse) / "mentions")
    status, said, _ = tidywire("run", *options(five))
    assert status == FAILED
    assert re.search(r"mentions .*FAILED its checks", said)
    assert re.search(r"quotes .*not reached", said)
    assert "error: mentions: every_mention_surface_equals_its_slice:" in said
    assert "Not published: mentions" in said
    assert contents(Path(five.warehouse) / "mentions") == before
    status, said, _ = tidywire("query", "SELECT count(*) > 0 AS there FROM mentions", "--warehouse", five.warehouse)
    assert status == OK
    assert "true" in said


# -------------------------------------------------------------------------------------------------------------- query

QUESTION = "SELECT iso3, name, n_mentions FROM document_actors WHERE actor_id = 'FRA' ORDER BY n_mentions DESC LIMIT 1"


@pytest.fixture
def ask(five: Settings, tidywire: Callable[..., Told]) -> Callable[..., Told]:
    return lambda *arguments: tidywire("query", *arguments, "--warehouse", five.warehouse)


def test_an_answer_as_a_table(ask: Callable[..., Told]) -> None:
    status, said, _ = ask(QUESTION)
    assert status == OK
    assert "n_mentions" in said
    assert "France" in said


def test_an_answer_as_csv(ask: Callable[..., Told]) -> None:
    status, said, _ = ask("SELECT 1 AS a, NULL AS b, 'x, \"y\"\nz' AS c", "--format", "csv")
    assert status == OK
    assert list(csv.reader(io.StringIO(said))) == [["a", "b", "c"], ["1", "", 'x, "y"\nz']]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1 AS a, NULL AS b, 'ü\"' AS c, DATE '2024-02-29' AS d", [{"a": 1, "b": None, "c": 'ü"', "d": "2024-02-29"}]),
        ("SELECT 1 AS a WHERE false", []),
        ("SELECT unnest([1, 2]) AS a", [{"a": 1}, {"a": 2}]),
        ("SELECT 1.5 AS a, 'nan'::DOUBLE AS b", [{"a": 1.5, "b": None}]),
        ("SELECT [1, 2] AS a, {'x': 1} AS b", [{"a": [1, 2], "b": {"x": 1}}]),
        ("SELECT [1.5, 'inf'::DOUBLE] AS a, {'x': [2.5, NULL]} AS b", [{"a": [1.5, None], "b": {"x": [2.5, None]}}]),
        ("SELECT ['nan'::DOUBLE] AS a, MAP {DATE '2024-02-29': 0.5} AS b", [{"a": [None], "b": {"2024-02-29": 0.5}}]),
    ],
)  # fmt: skip
def test_an_answer_as_json(ask: Callable[..., Told], sql: str, expected: list[dict[str, object]]) -> None:
    status, said, _ = ask(sql, "--format", "json")
    assert status == OK
    assert json.loads(said, parse_constant=pytest.fail) == expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [(["--help"], OK), (["codebook", "mentions"], OK), (["codebook", "nothing"], USAGE), (["nothing"], USAGE)],
)
def test_the_shell_hears_how_it_went(arguments: list[str], expected: int) -> None:
    code = "import sys; from pipeline.cli import command; sys.exit(command())"
    done = subprocess.run([sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, bool(done.stdout), bool(done.stderr)) == (expected, expected == OK, expected != OK)


def test_a_run_on_two_workers_leaves_nothing_behind(five: Settings) -> None:
    """Python says on the standard error which semaphores nobody gave back."""
    code = "import sys; from pipeline.cli import command; sys.exit(command())"
    given = ["run", *options(five), "--profile", "strict", "--workers", "2"]
    done = subprocess.run([sys.executable, "-c", code, *given], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "leaked" not in done.stderr


def test_an_answer_as_parquet(five: Settings) -> None:
    code = "import sys; from pipeline.cli import command; sys.exit(command())"
    command = [
        sys.executable,
        "-c",
        code,
        "query",
        "FROM documents",
        "--format",
        "parquet",
        "--warehouse",
        five.warehouse,
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    assert pl.read_parquet(io.BytesIO(done.stdout)).height == 5


@pytest.mark.parametrize("form", ["table", "csv", "json", "parquet"])
@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELECT nothing FROM documents", "nothing"),
        ("SELEKT 1", "syntax error"),
        ("FROM nowhere", "nowhere"),
        ("CREATE TABLE x (a INT)", "read-only"),
        ("DROP VIEW corpus", "read-only"),
    ],
)
def test_a_question_that_cannot_be_asked(ask: Callable[..., Told], sql: str, told: str, form: str) -> None:
    status, _, complaint = ask(sql, "--format", form)
    assert status == USAGE
    assert told in complaint
    assert "listed by `tidywire tables`" in complaint


def test_a_damaged_database_is_a_sentence(five: Settings, ask: Callable[..., Told]) -> None:
    (Path(five.warehouse) / "tidywire.duckdb").write_bytes(b"not a database" * 1000)
    status, _, complaint = ask("SELECT 1")
    assert status == FAILED
    assert "tidywire.duckdb cannot be opened" in complaint


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["query", "SELECT 'it’s\nso' AS a", "--format", "csv"], 'a\n"it’s\nso"\n'),
        (["show", "001"], "“We have signed paper 1"),
        (["show", "nó’body"], "means no document"),
    ],
    ids=["csv", "show", "complaint"],
)
def test_what_is_printed_is_utf_8_whatever_the_locale(five: Settings, arguments: list[str], expected: str) -> None:
    code = "import sys; from pipeline.cli import command; sys.exit(command())"
    done = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-c", code, *arguments, "--warehouse", five.warehouse],
        cwd=ROOT, env=os.environ | {"PYTHONIOENCODING": "cp1252:strict"}, capture_output=True, check=False,
    )  # fmt: skip
    assert expected in (done.stdout + done.stderr).decode("utf-8")


@pytest.mark.parametrize(
    ("asked", "first"),
    [('query "FROM range(1000000)" --format csv', "range\n"), ("show 006 --color never", "document d_")],
    ids=["query", "show"],
)
def test_a_pipe_that_closes_early_is_no_error(five: Settings, asked: str, first: str) -> None:
    (Path(five.inputs[0]) / "006.txt").write_text("A line of a long article.\n" * 20_000, encoding="utf-8")
    run_steps(five)
    code = "import sys; from pipeline.cli import command; sys.exit(command())"
    command = f'"{sys.executable}" -c "{code}" {asked} --warehouse "{five.warehouse}"'
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} | head -1"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.count("\n"), done.stderr) == (0, 1, "")
    assert done.stdout.startswith(first)


def test_the_version_is_told(tidywire: Callable[..., Told]) -> None:
    status, said, _ = tidywire("--version")
    assert (status, said) == (OK, f"tidywire {version('tidywire')}\n")


# --------------------------------------------------------------------------------------------------------------- show


def test_show_reads_one_document(warehouse: Path, tidywire: Callable[..., Told]) -> None:
    status, said, _ = tidywire("show", "004_fb382d852abdf1f2.txt", "--warehouse", warehouse)
    assert status == OK
    assert "VitalNews.org" in said
    assert "⟨1⟩" in said
    house = Warehouse(warehouse)
    (document_id,) = house.read("files").filter(pl.col("path").str.starts_with("004"))["document_id"]
    rules = house.read("blocks", "b000001").filter(
        (pl.col("document_id") == document_id) & (pl.col("kind") == "copyright")
    )
    assert f"[{rules['rule_id'][0]}]" in said
    assert "\x1b" not in said


def test_show_colours_when_asked(warehouse: Path, tidywire: Callable[..., Told]) -> None:
    assert "\x1b[" in tidywire("show", "004", "--color", "always", "--warehouse", warehouse)[1]


def test_what_show_prints_is_the_text_and_no_more(five: Settings, tidywire: Callable[..., Told]) -> None:
    """Without sentence numbers and rule names, what stands below the facts is the raw text."""
    _, said, _ = tidywire("show", "003.txt", "--warehouse", five.warehouse)
    body = said.partition("\n\n")[2]
    assert article(3).strip() in re.sub(r"⟨\d+⟩ |\[[a-z_0-9]+\] ", "", body)


def test_show_breaks_lines_as_the_text_does(tmp_path: Path, seeds: Path, tidywire: Callable[..., Told]) -> None:
    """Line feed, carriage return or both: what is shown is the same."""
    shown = []
    for name, newline in (("lf", "\n"), ("cr", "\r"), ("crlf", "\r\n")):
        home = tmp_path / name
        write_articles(home / "articles", 7)
        (home / "articles" / "007.txt").write_text(article(7), encoding="utf-8", newline=newline)
        settings = Settings((str(home / "articles"),), str(home / "warehouse"), str(seeds), workers=1)
        run_steps(settings)
        _, said, _ = tidywire("show", "007.txt", "--warehouse", settings.warehouse)
        shown.append([line.rstrip() for line in said.splitlines()[1:-1]])  # the first and the last hold the id
    assert shown[0] == shown[1] == shown[2]
    assert any(line.endswith(article(7).splitlines()[0]) for line in shown[0])


@pytest.mark.parametrize(
    ("wanted", "told"),
    [("zzz", "means no document"), ("00", "means several documents"), ("d_", "means several documents")],
)
def test_show_says_when_it_is_not_clear_what_is_meant(
    five: Settings, tidywire: Callable[..., Told], wanted: str, told: str
) -> None:
    status, _, complaint = tidywire("show", wanted, "--warehouse", five.warehouse)
    assert status == USAGE
    assert told in complaint
    assert ("003.txt" in complaint) == ("several" in told)


def test_show_takes_an_id_the_beginning_of_one_and_a_path(five: Settings, tidywire: Callable[..., Told]) -> None:
    (document_id,) = Warehouse(five.warehouse).read("texts", "b000003")["document_id"]
    for wanted in (document_id, document_id[:9], document_id[2:9], "005.txt", "005"):
        status, said, _ = tidywire("show", wanted, "--warehouse", five.warehouse)
        assert status == OK
        assert document_id in said


def test_show_takes_a_whole_path_that_is_part_of_many_others(five: Settings, tidywire: Callable[..., Told]) -> None:
    folder = Path(five.inputs[0])
    for number in range(11, 20):
        (folder / f"{number}_003.txt").write_text(article(number))
    shutil.copy(folder / "003.txt", folder / "000_copy_003.txt")  # now `003.txt` is the duplicate
    run_steps(five)
    for wanted in ("003.txt", "000_copy_003.txt", "19_003.txt"):
        status, _, complaint = tidywire("show", wanted, "--warehouse", five.warehouse)
        assert status == OK, complaint


@pytest.mark.usefixtures("broken_mentions")
def test_show_after_a_first_run_that_failed_says_what_to_do(
    five: Settings, tidywire: Callable[..., Told], tmp_path: Path
) -> None:
    other = replace(five, warehouse=str(tmp_path / "other"))
    run_steps(other)
    status, _, complaint = tidywire("show", "003.txt", "--warehouse", other.warehouse)
    assert status == USAGE
    assert "not all there; run again" in complaint


def test_a_text_cannot_steer_the_terminal(tmp_path: Path, seeds: Path, tidywire: Callable[..., Told]) -> None:
    """Escape, bell, backspace and the eight-bit controls, in text, title and path, are shown, not obeyed."""
    evil = "Head\x1b[31mline \x07\x08 \x9b2J \u202e end"
    folder = tmp_path / "articles"
    folder.mkdir()
    rows = [
        {"title": evil, "outlet": evil, "author": evil, "text": f"{evil} {n}\n\nOfficials spoke to reporters." * 3}
        for n in (1, 2)
    ]
    (folder / "evil\x1b[2J.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    settings = Settings((str(folder),), str(tmp_path / "warehouse"), str(seeds), workers=1)
    run_steps(settings)
    ids = Warehouse(settings.warehouse).read("texts", "b000001")["document_id"]
    for wanted in (ids[0], "jsonl"):  # the second is not clear and lists paths
        _, said, complaint = tidywire("show", wanted, "--warehouse", settings.warehouse)
        assert not [
            one
            for one in said + complaint
            if one != "\n" and (ord(one) < 32 or 126 < ord(one) < 160 or one == "\u202e")
        ]
    for command in (["query", "SELECT path, given_title FROM files"], ["query", "SELECT problem, place FROM issues"]):
        _, said, _ = tidywire(*command, "--warehouse", settings.warehouse)
        assert "\x1b" not in said


def test_show_gives_the_row_that_corrects(five: Settings, tidywire: Callable[..., Told]) -> None:
    """Copied as it stands, it puts the block back."""
    _, said, _ = tidywire("show", "003.txt", "--warehouse", five.warehouse, "--color", "never")
    row = said.splitlines()[-1]
    assert row.endswith(",Read More: Storm number 3 hits the coast,keep,why")
    seeds = Path(five.warehouse).parent / "seeds"
    shutil.copytree(five.seeds, seeds)
    with (seeds / "rules" / "corrections.csv").open("a", encoding="utf-8") as file:
        file.write(row + "\n")
    run_steps(replace(five, seeds=str(seeds)))
    _, said, _ = tidywire("show", "003.txt", "--warehouse", five.warehouse, "--color", "never")
    assert "⟩ Read More: Storm number 3 hits the coast" in said
    assert said.splitlines()[-1].endswith(",strip,why")


# ------------------------------------------------------------------------------------------------ tables and codebook


def test_tables_lists_tables_and_views(five: Settings, tidywire: Callable[..., Told]) -> None:
    status, said, _ = tidywire("tables", "--warehouse", five.warehouse)
    assert status == OK
    for table in TABLES:
        assert re.search(rf"{table.group} +{table.name} +[\d,]+ rows", said)
    assert re.search(r"texts +5 rows", said)
    for view in ("corpus", "mentions_flat", "document_actors", "dyads", "actor_months", "kwic(keyword, width)"):
        assert f" {view} " in said


def test_codebook_of_one_table_and_of_all(tidywire: Callable[..., Told]) -> None:
    status, said, _ = tidywire("codebook", "mentions")
    assert status == OK
    assert said.startswith("## mentions\n")
    assert "## quotes" not in said
    status, said, _ = tidywire("codebook")
    assert status == OK
    assert all(f"\n## {table.name}\n" in said for table in TABLES)


# -------------------------------------------------------------------------------------------------------------- check


def test_check_finds_what_is_broken(five: Settings, tidywire: Callable[..., Told]) -> None:
    status, said, _ = tidywire("check", "--warehouse", five.warehouse)
    assert status == OK
    assert said.count("all checks passed") == len(TABLES)
    Warehouse(five.warehouse).part("blocks", "b000002").unlink()
    status, said, _ = tidywire("check", "--warehouse", five.warehouse)
    assert status == FAILED
    assert "blocks: parts_are_those_of_files" in said
    assert "blocks: part_is_there_and_readable" in said


# ------------------------------------------------------------------------------------------------------------ release


@pytest.fixture(scope="module")
def released(warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of the sample, unpacked somewhere else than where it was written."""
    out = tmp_path_factory.mktemp("release") / "new" / "out"
    assert main(["release", str(out), "--warehouse", str(warehouse)]) == OK
    elsewhere = tmp_path_factory.mktemp("else where [it's]") / "data set"
    shutil.move(out, elsewhere)
    return elsewhere


def test_a_release_holds_what_it_says(released: Path) -> None:
    files = contents(released)
    assert set(files) == {
        "README.md", "SHA256SUMS", "codebook.md", "datapackage.json", "open.sql", "tidywire.duckdb",
        *(f"data/{table.name}.parquet" for table in TABLES),
    }  # fmt: skip
    sums = dict(reversed(line.split("  ", 1)) for line in files["SHA256SUMS"].decode().splitlines())
    assert set(sums) == set(files) - {"SHA256SUMS"}
    assert {name: hashlib.sha256(files[name]).hexdigest() for name in sums} == sums
    assert released.stat().st_mode & 0o755 == 0o755


def test_a_release_says_how_it_was_made(released: Path, seeds: Path) -> None:
    said = (released / "README.md").read_text(encoding="utf-8")
    assert f"| program | `tidywire` | {version('tidywire')} |" in said
    assert "| setting | `profile` | standard |" in said
    for name in ("register/people.csv", "rules/corrections.csv", "models/boilerplate.npz"):
        assert re.search(rf"\| knowledge \| `{name}` \| [0-9a-f]{{16}} \|", said)
        assert (seeds / name).exists()
    assert f"| library | `numpy` | {version('numpy')} |" in said


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="sha256sum is not installed")
def test_the_checksums_verify_as_the_readme_says(released: Path) -> None:
    subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=released, check=True)


def test_a_release_works_where_it_is_unpacked(released: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    with duckdb.connect(released / "tidywire.duckdb", read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM corpus").fetchone() == (2,)
        assert connection.execute("SELECT count(*) > 0 FROM kwic('Korea', 9)").fetchone() == (True,)
    monkeypatch.chdir(released)
    with duckdb.connect() as connection:
        connection.execute((released / "open.sql").read_text(encoding="utf-8"))
        for view in ("corpus", "dyads", "actor_months", *(table.name for table in TABLES)):
            assert connection.execute(f"SELECT count(*) FROM {view}").fetchone() is not None


def test_the_data_package_describes_the_files(released: Path) -> None:
    package = json.loads((released / "datapackage.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in package["resources"]] == [table.name for table in TABLES]
    names = {one["name"] for one in package["resources"]}
    for resource in package["resources"]:
        held = (released / resource["path"]).read_bytes()
        assert resource["bytes"] == len(held)
        assert resource["hash"] == f"sha256:{hashlib.sha256(held).hexdigest()}"
        columns = pl.read_parquet(io.BytesIO(held)).columns
        assert [field["name"] for field in resource["schema"]["fields"]] == columns
        for key in resource["schema"]["foreignKeys"]:
            assert key["reference"]["resource"] in names


def test_a_release_holds_all_rows_in_order(released: Path, warehouse: Path) -> None:
    house = Warehouse(warehouse)
    for table in TABLES:
        rows = pl.read_parquet(released / "data" / f"{table.name}.parquet", glob=False)
        assert rows.height == sum(house.read(table.name, batch).height for batch in house.batches(table.name))
        keys = rows.select(pl.col(table.key).cast(pl.String) if table.name == "codebook" else table.key)
        assert keys.equals(keys.sort(table.key))


def test_a_release_cut_into_slices_is_the_same_whatever_the_parts(
    five: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a large table is cut must not depend on how its parts compress."""
    from pipeline.release import bundle  # noqa: PLC0415

    other = replace(five, warehouse=str(tmp_path / "other"), batch_bytes=1_000_000)
    run_steps(other)
    monkeypatch.setattr(bundle, "_SLICE_DOCUMENTS", 2)
    for settings, out in ((five, "one"), (other, "two")):
        bundle.write(Path(settings.warehouse), tmp_path / out)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    texts = pl.read_parquet(tmp_path / "one" / "data" / "texts.parquet")
    assert texts.height == 5
    assert texts["document_id"].is_sorted()


@pytest.mark.parametrize("there", ["file in it", "file"])
def test_a_release_writes_over_nothing(
    five: Settings, tidywire: Callable[..., Told], tmp_path: Path, there: str
) -> None:
    out = tmp_path / "out"
    if there == "file":
        out.write_text("mine")
    else:
        out.mkdir()
        (out / "thesis.txt").write_text("mine")
    status, _, complaint = tidywire("release", out, "--warehouse", five.warehouse)
    assert status == USAGE
    assert "not empty" in complaint
    assert "mine" in ((out / "thesis.txt") if out.is_dir() else out).read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["five", "out"] or {p.name for p in tmp_path.iterdir()} == {
        "five",
        "out",
    }


def test_a_release_into_an_empty_folder_and_one_that_fails(
    five: Settings, tidywire: Callable[..., Told], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    part = Warehouse(five.warehouse).part("texts", "b000002")
    held = part.read_bytes()
    part.write_bytes(held[:-9])
    status, _, complaint = tidywire("release", out, "--warehouse", five.warehouse)
    assert status != OK
    assert "Traceback" not in complaint
    assert not any(out.iterdir())
    part.write_bytes(held)
    assert tidywire("release", out, "--warehouse", five.warehouse)[0] == OK
    assert (out / "SHA256SUMS").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"five", "out"}


# ------------------------------------------------------------------------------------------------------ documentation

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = next(action.choices for action in build_parser()._actions if action.choices)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_an_example(command: str, tidywire: Callable[..., Told]) -> None:
    status, said, _ = tidywire(command, "--help")
    assert status == OK
    assert f"example: tidywire {command}" in said


@pytest.mark.skipif(README.count("\n") < 10, reason="the README is still to be written")
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"`tidywire {command}" in README or f"tidywire {command} " in README


def test_the_benchmark_finds_the_package_from_its_own_folder() -> None:
    pytest.importorskip("psutil", reason="the benchmark's own needs are not installed")
    command = runpy.run_path(str(ROOT / "bench" / "pipeline.py"))["TIDYWIRE"]
    subprocess.run([*command, "--help"], cwd=ROOT / "bench", stdout=subprocess.DEVNULL, check=True)


def test_every_command_the_readme_shows_exists() -> None:
    assert set(re.findall(r"(?:^|`|\$ )tidywire ([a-z]+)", README, re.MULTILINE)) <= set(COMMANDS)


# ----------------------------------------------------------------------------------------- other people's files


def test_a_folder_of_other_things_is_no_warehouse(tmp_path: Path, seeds: Path, tidywire: Callable[..., Told]) -> None:
    """Files of the user's in folders named like tables stay where they are."""
    own = tmp_path / "home" / "documents" / "thesis.parquet"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"mine")
    folder = write_articles(tmp_path / "articles", 1)
    status, _, said = tidywire("run", str(folder), "--warehouse", str(tmp_path / "home"), "--seeds", str(seeds))
    assert status == USAGE
    assert "is no warehouse" in said
    assert own.read_bytes() == b"mine"


def test_a_file_that_is_no_part_stays_in_the_warehouse(five: Settings) -> None:
    own = Path(five.warehouse) / "documents" / "notes.txt"
    own.write_text("mine")
    (Path(five.warehouse) / "documents" / "mine.parquet").write_bytes(b"mine")
    assert "mine" not in Warehouse(five.warehouse).batches("documents")

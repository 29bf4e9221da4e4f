"""The cluster engine: the bytes of the local one, on several simulated nodes, also when one of them dies."""

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import pytest
from conftest import made, run_steps, write_articles

from pipeline import cluster
from pipeline.cli import FAILED, main
from pipeline.settings import SEEDS, Settings
from pipeline.warehouse import Warehouse

pytest.importorskip("ray", reason="pip install -e '.[test]' brings Ray")
QUICK = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 500, "health_check_failure_threshold": 4}


@pytest.fixture(scope="module")
def nodes() -> Iterator[list[Any]]:
    """A cluster of a head that works nothing and three nodes of one core each, all on this machine."""
    import ray  # noqa: PLC0415
    from ray.cluster_utils import Cluster  # noqa: PLC0415

    ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])  # nodes have our package, but not its tests
    head = {"num_cpus": 0, "include_dashboard": False, "_system_config": QUICK}
    simulated = Cluster(initialize_head=True, head_node_args=head)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_ADDRESS", simulated.address)
        yield [simulated, *(simulated.add_node(num_cpus=1) for _ in range(3))]
    ray.shutdown()
    simulated.shutdown()


def parts(settings: Settings) -> dict[str, bytes]:
    root = Path(settings.warehouse)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*.parquet")}


class Note(NamedTuple):
    """A task that writes down that it began, and where."""

    table: str
    batch: str
    settings: Settings


def begin(note: Note) -> str:
    import ray  # noqa: PLC0415

    with (Path(note.table) / note.batch).open("a") as file:
        file.write(ray.get_runtime_context().get_node_id() + "\n")
    time.sleep(1)
    return note.batch


def fail(note: Note) -> str:
    raise FileNotFoundError(f"{note.batch} is gone")


def die(note: Note) -> str:
    os.kill(os.getpid(), signal.SIGKILL)
    return note.batch


def knowledge(folder: str) -> dict[str, bytes]:
    """Every file but the sample articles and what is there for people to read; names relative to the folder."""
    paths = {path.relative_to(folder).as_posix(): path for path in Path(folder).rglob("*.*") if path.suffix != ".md"}
    return {name: path.read_bytes() for name, path in paths.items() if not name.startswith("articles/")}


def knowledge_there(note: Note) -> tuple[str, dict[str, bytes], list[dict[str, bytes] | bytes]]:
    own = map(Path, note.settings.registers)
    held = [knowledge(str(one)) if one.is_dir() else one.read_bytes() for one in own]
    return note.settings.seeds, knowledge(note.settings.seeds), held


@pytest.fixture
def notes(five: Settings, tmp_path: Path) -> Iterator[list[Note]]:
    (tmp_path / "notes").mkdir()
    with Warehouse(five.warehouse).lock():
        yield [Note(str(tmp_path / "notes"), f"b{number}", five) for number in range(6)]


def test_a_run_makes_the_same_bytes_on_a_cluster(five: Settings, tmp_path: Path, nodes: list[Any]) -> None:
    write_articles(Path(five.inputs[0]), *range(6, 20))
    here = replace(five, warehouse=str(tmp_path / "here"))
    there = replace(five, warehouse=str(tmp_path / "there"), engine="ray")
    for settings in (here, there):
        assert all(outcome.passed for outcome in run_steps(settings).values())
    assert len(parts(here)) > 100
    assert parts(there) == parts(here)
    assert made(run_steps(there)) == {}


def test_seeds_and_registers_travel_with_the_run(notes: list[Note], tmp_path: Path, nodes: list[Any]) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "people.csv").write_text("id\n")
    (tmp_path / "actors.txt").write_text("FRANCE [FRA]\n")
    own = (str(tmp_path / "mine"), str(tmp_path / "actors.txt"))
    everything = replace(notes[0].settings, seeds=str(SEEDS), registers=own)
    (folder, held, mine), *_ = cluster.spread(knowledge_there, iter([notes[0]._replace(settings=everything)]), 0)
    assert folder != str(SEEDS)
    assert held == knowledge(str(SEEDS))
    assert mine == [{"people.csv": b"id\n"}, b"FRANCE [FRA]\n"]


def test_an_error_is_handed_on_as_it_is(notes: list[Note], nodes: list[Any]) -> None:
    with pytest.raises(FileNotFoundError, match="b0 is gone"):
        list(cluster.spread(fail, iter(notes[:1]), 0))


def test_a_task_that_is_lost_every_time_is_named(notes: list[Note], nodes: list[Any]) -> None:
    with pytest.raises(BrokenExecutor, match=r" b0 was lost, at try 4 of 4 \(WorkerCrashedError: .*run again"):
        list(cluster.spread(die, iter(notes[:1]), 0))


def test_a_node_without_the_warehouse_or_with_other_libraries_is_named(
    notes: list[Note], nodes: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = notes[0]._replace(settings=replace(notes[0].settings, warehouse=str(tmp_path / "elsewhere")))
    with pytest.raises(FileNotFoundError, match=f"{socket.gethostname()} does not see .*elsewhere"):
        list(cluster.spread(begin, iter([lost]), 0))
    monkeypatch.setattr(cluster, "_libraries", lambda: {"polars": "0.0.1", "nosuch": "1"})
    with pytest.raises(RuntimeError, match=r"has polars .+, not 0\.0\.1; install the same on every node"):
        list(cluster.spread(begin, iter(notes[:1]), 0))


def test_a_node_that_dies_loses_and_doubles_nothing(
    five: Settings, tmp_path: Path, nodes: list[Any], notes: list[Note], caplog: pytest.LogCaptureFixture
) -> None:
    """The node is killed while it works on a task, which then begins a second time."""
    simulated, *working = nodes
    by_id = {node.node_id: node for node in working}

    def kill() -> None:
        while not (begun := list((tmp_path / "notes").iterdir())) or not (place := begun[0].read_text().strip()):
            time.sleep(0.02)
        simulated.remove_node(by_id[place], allow_graceful=False)

    killer = Thread(target=kill, daemon=True)
    killer.start()
    results = list(cluster.spread(begin, iter(notes), 0))
    killer.join()
    assert sorted(results) == [note.batch for note in notes]
    begun = [len(path.read_text().split()) for path in (tmp_path / "notes").iterdir()]
    assert sorted(begun) == [1, 1, 1, 1, 1, 2]
    assert [record.message for record in caplog.records if "is tried again" in record.message]


def test_a_run_goes_on_when_a_node_dies(five: Settings, tmp_path: Path, nodes: list[Any]) -> None:
    """In the middle of a whole run: every part is there once, with the bytes it has where nothing happened."""
    simulated = nodes[0]
    extra = simulated.add_node(num_cpus=1)
    there = replace(five, warehouse=str(tmp_path / "there"), engine="ray")
    killed = []

    def kill() -> None:
        while not list(Path(there.warehouse).glob("sentences/*.parquet")):
            time.sleep(0.02)
        simulated.remove_node(extra, allow_graceful=False)
        killed.append(extra)

    killer = Thread(target=kill, daemon=True)
    killer.start()
    assert all(outcome.passed for outcome in run_steps(there).values())
    killer.join()
    assert killed
    assert parts(there).keys() == parts(five).keys()
    seen = ".keys/files/seen.parquet"  # the times of the copied input
    assert {name for name, held in parts(there).items() if held != parts(five)[name]} <= {seen}


def test_an_engine_that_cannot_be_used_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="engine: 'spark' is not one of local, ray"):
        Settings(engine="spark")  # type: ignore[arg-type]
    monkeypatch.setattr("pipeline.settings.find_spec", lambda _: None)
    with pytest.raises(ValueError, match=r"pip install -e '\.\[ray\]'"):
        Settings(engine="ray")


def test_a_cluster_that_is_not_there_is_told(
    five: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import ray  # noqa: PLC0415

    ray.shutdown()
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setattr("ray.init", lambda **_: (_ for _ in ()).throw(ConnectionError("nothing runs here")))
    write_articles(Path(five.inputs[0]), 6, 7, 8, 9)
    common = ["--warehouse", five.warehouse, "--seeds", five.seeds, "--batch-bytes", "900", "--engine", "ray"]
    assert main(["run", *five.inputs, *common]) == FAILED
    assert "start one with `ray start --head`, or say where it is with RAY_ADDRESS" in capsys.readouterr().err

"""One run of all assets in this process, and the web server: what `tidywire run` and `tidywire ui` do."""

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from dagster._core.instance import InstanceRef  # the only way to name both folders; covered by a test
from rich.console import Console
from rich.logging import RichHandler
from rich.progress import BarColumn, Progress, TextColumn
from sqlalchemy.exc import SQLAlchemyError

from pipeline import taggers
from pipeline.assets.asset import Run
from pipeline.assets.history import held_open
from pipeline.batches import Outcome
from pipeline.intake import articles
from pipeline.progress import Meter, how_far
from pipeline.settings import ROOT, Settings
from pipeline.steps import engines
from pipeline.summary import summary
from pipeline.tables import GROUPS
from pipeline.warehouse import Warehouse

_HOST = "127.0.0.1"  # there is no password: never reachable from another machine
_PORTS = range(1, 1 << 16)
_SUPERSEDED = "ignore:Function `dev_command` is superseded"  # by a command that reports use to its makers
_STANDS = "What was finished stands; run again to go on from there"
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def run(settings: Settings) -> bool:
    """Bring every table up to date; True when all checks passed and an article was read. Prints progress and a summary.

    Raises what broke the run: `ValueError` for input or seeds that cannot be used, `OSError` for a full disk, `Busy`,
    `KeyboardInterrupt`.
    """
    from pipeline.definitions import defs, everything  # noqa: PLC0415 (definitions import this package)

    started, settings = time.monotonic(), settings.absolute()
    _look_ahead(settings)
    console = Console(stderr=True, highlight=False)
    logging.getLogger("pipeline").handlers = [RichHandler(console=console, show_time=False, show_path=False)]
    with Warehouse(settings.warehouse).session(), _history() as instance, _telling(console) as report:
        shared = Run(settings, report=report)
        result = defs.resolve_job_def(everything.name).execute_in_process(
            run_config=_QUIET,
            instance=instance,
            resources={"run": dg.ResourceDefinition.hardcoded_resource(shared)},
            raise_on_error=False,
        )
    error = shared.error or _outside_of_steps(result, shared.outcomes)
    if isinstance(error, dg.DagsterExecutionInterruptedError):
        raise KeyboardInterrupt
    if error is not None:
        raise error
    has_articles = summary(settings, shared.outcomes, time.monotonic() - started)
    return result.success and has_articles


def _look_ahead(settings: Settings) -> None:
    """Nothing is begun with an input, a register or a tagger that is not there or cannot be used: raises what is wrong."""
    articles(settings)
    engines.registers(settings.seeds, settings.registers)  # remembered, so the run does not read it twice
    taggers.version(settings)


def _outside_of_steps(result: dg.ExecuteInProcessResult, outcomes: Sequence[Outcome]) -> BaseException | None:
    """What broke a run off between two steps, where only Dagster is at work: Ctrl-C, or that it cannot write its history."""
    if result.success or not all(outcome.passed for outcome in outcomes):
        return None
    told = [getattr(event.event_specific_data, "error", None) for event in result.all_events if event.is_failure]
    last = next((error for error in reversed(told) if error), None)
    if last and last.cls_name == dg.DagsterExecutionInterruptedError.__name__:
        return dg.DagsterExecutionInterruptedError()
    said = last.message.strip() if last else "it does not say why"
    return OSError(f"Dagster broke the run off ({said}). {_STANDS}")


@contextmanager
def _history() -> Iterator[dg.DagsterInstance]:
    """The run history beside the project, whatever the shell says; `dagster.yaml` names it relative to the root."""
    os.environ.pop("DAGSTER_HOME", None)
    before = Path.cwd()
    os.chdir(ROOT)
    home = ROOT / ".dagster"
    home.mkdir(exist_ok=True)
    try:
        ref = held_open(InstanceRef.from_dir(str(home), config_dir=str(ROOT)))
        with dg.DagsterInstance.from_ref(ref) as instance:
            yield instance
    except SQLAlchemyError as error:
        told = str(error).partition("\n")[0]
        raise OSError(f"the run history in {home} cannot be used ({told}). {_STANDS}") from error
    finally:
        os.chdir(before)


@contextmanager
def _telling(console: Console) -> Iterator[Callable[[str, int, int], None]]:
    """Who hears of a step's progress: on a terminal one live line, on a pipe a plain one now and then."""
    if not console.is_terminal:
        yield Meter(console.print)
        return
    with Progress(BarColumn(), TextColumn("{task.description}"), console=console, transient=True) as progress:
        bar = progress.add_task("")
        line = Meter(lambda said: progress.update(bar, description=said), every=0)

        def report(table: str, done: int, total: int) -> None:
            progress.update(bar, completed=done, total=max(total, 1), description=how_far(table, done, total, 0))
            line(table, done, total)

        yield report


def serve(settings: Settings, port: int) -> int:
    """Run Dagster's web server and daemon on this machine until Ctrl-C; returns their exit status.

    Raises `RuntimeError` when the port is taken, and as `run` does for what cannot be used.
    """
    if port not in _PORTS:
        raise ValueError(f"port: {port} is no port; choose one from {_PORTS[0]} to {_PORTS[-1]}, such as --port 3000")
    if _answers(port):
        raise RuntimeError(f"port {port} is taken by another program; choose another, such as --port {port + 1}")
    settings = settings.absolute()
    _look_ahead(settings)
    environment = {"DAGSTER_HOME": str(ROOT), "DAGSTER_DISABLE_TELEMETRY": "yes", **settings.environment()}
    options = ("--host", _HOST, "--port", str(port), "--log-level", "warning")
    command = (sys.executable, "-W", _SUPERSEDED, "-m", "dagster", "dev", *options)
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment)
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())  # Ctrl-C reaches the server by itself
    try:
        print("Starting; this takes some seconds.", flush=True)
        while server.poll() is None and not _answers(port):
            time.sleep(0.2)
        if server.poll() is None:
            print(f"Tidywire is at {_address(port)}\nCtrl-C ends it.", flush=True)
        return server.wait()
    except KeyboardInterrupt:
        print("Ending; this takes some seconds.", flush=True)
        server.wait()
        return 0


def _address(port: int) -> str:
    """The page of the whole graph, every group open."""
    groups = ",".join(f"global%40global%3A{group}" for group in GROUPS)
    return f"http://{_HOST}:{port}/asset-groups?expanded={groups}"


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((_HOST, port)) == 0

"""The Dagster UI as a user meets it: one click makes every table, and its pages say what the codebook says."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from conftest import write_articles
from playwright.sync_api import Page, expect, sync_playwright

from pipeline import checks
from pipeline.settings import ROOT
from pipeline.tables import MENTIONS, TABLES

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 180  # seconds; a start takes 6 on an idle machine

pytestmark = [
    pytest.mark.ui,
    pytest.mark.skipif(BROWSER is None, reason="no browser found: install chromium or google-chrome"),
    pytest.mark.skipif(os.name != "posix", reason="ends the servers by process group, which is POSIX"),
]


@pytest.fixture
def project(tmp_path: Path, seeds: Path) -> Path:
    """A copy of the project in a path with a space: the run history is its own, not ours."""
    copy = tmp_path / "a copy"
    shutil.copytree(ROOT / "pipeline", copy / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(seeds, copy / "seeds")
    for name in ("dagster.yaml", "pyproject.toml"):
        shutil.copy(ROOT / name, copy)
    return copy


@pytest.fixture
def address(project: Path) -> Iterator[str]:
    """The address `tidywire ui` prints, once it answers; in the end Ctrl-C, and no process is left."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", "import sys; from pipeline.cli import command; sys.exit(command())", "ui"]
    articles = write_articles(project / "articles", 1, 2)
    environment = os.environ | {"PYTHONPATH": str(project), "DAGSTER_HOME": "/somebody/else"}
    log = project / "ui.log"
    with log.open("w") as out:
        server = subprocess.Popen(
            [*command, str(articles), "--port", str(port)],
            cwd=project, env=environment, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    try:
        yield _eventually(lambda: _printed_address(log, server), f"no address printed in {log}")
        os.killpg(server.pid, signal.SIGINT)
        assert server.wait(PATIENCE) == 0
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        page = browser.new_page(viewport={"width": 1600, "height": 1200})
        page.set_default_timeout(PATIENCE * 1000)
        yield page
        browser.close()


def test_one_click_turns_the_graph_green(address: str, page: Page, project: Path) -> None:
    hosts = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))

    page.goto(address)
    page.get_by_role("button", name="Materialize all").click()
    status = _eventually(lambda: _status_of_last_run(address), "no run ended")

    assert status == "SUCCESS", (project / "ui.log").read_text()
    assert _materialized(address) == {table.name for table in TABLES}
    page.goto(_url(address, "/assets/mentions"))
    _see(page, MENTIONS["surface"].description)
    check = checks.of("mentions")[0]
    page.goto(_url(address, f"/assets/mentions?view=checks&checkDetail={check.name}"))
    _see(page, check.description)
    _see(page, "Passed")
    assert hosts <= {urlsplit(address).netloc, ""}, "the pages ask nobody else"
    assert not list(project.glob(".tmp_dagster_home*")), "the history is in .dagster"


def _see(page: Page, text: str) -> None:
    expect(page.get_by_text(text, exact=True).first).to_be_visible(timeout=PATIENCE * 1000)


def _eventually(ask: Callable[[], str | None], complaint: str) -> str:
    """What `ask` answers, as soon as it is something."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if answer := ask():
            return answer
        time.sleep(0.3)
    raise AssertionError(f"{complaint} after {PATIENCE} s")


def _printed_address(log: Path, server: subprocess.Popen[bytes]) -> str | None:
    said = log.read_text()
    assert server.poll() is None, said
    return next((word for word in said.split() if word.startswith("http://")), None)


def _url(address: str, path: str) -> str:
    return f"http://{urlsplit(address).netloc}{path}"


def _ask(address: str, query: str) -> dict:
    body = json.dumps({"query": query}).encode()
    with urlopen(Request(_url(address, "/graphql"), body, {"Content-Type": "application/json"})) as answer:
        return json.load(answer)["data"]


def _status_of_last_run(address: str) -> str | None:
    answer = _ask(address, "{runsOrError(limit: 1) {... on Runs {results {status}}}}")
    ended = {"SUCCESS", "FAILURE", "CANCELED"}
    return next((run["status"] for run in answer["runsOrError"]["results"] if run["status"] in ended), None)


def _materialized(address: str) -> set[str]:
    """Names of the assets that have been materialized."""
    nodes = _ask(address, "{assetNodes {assetKey {path} assetMaterializations(limit: 1) {runId}}}")["assetNodes"]
    return {node["assetKey"]["path"][-1] for node in nodes if node["assetMaterializations"]}

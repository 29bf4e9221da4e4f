"""Speed and memory of the whole pipeline, each as a ratio in one run on the same files.

    python bench/pipeline.py [--articles 2000] [--large 20000] [--seed 1] [--scratch FOLDER]
    python bench/pipeline.py --folder MY_ARTICLES

Articles come from make_corpus.py. Every command runs in a process of its own; CPU seconds are those of all its processes
as the system accounts for them, memory is the largest sum of their resident memory, sampled twenty times a second. Times
on a busy machine are noise: read the ratios. Beside the pipeline run

  floor   what cannot be avoided: read the files, decode them as UTF-8, write their text as zstd Parquet with polars
  peer    what a user would write instead: naive.py, spaCy and pandas on all cores (in the `bench` extra; skipped without)

The defaults end in about ten minutes on two cores; `--large 200000` takes some ten times as long. With `--folder` the
same files stand in for both corpora, and nothing is added or edited.
"""

import argparse
import csv
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT)  # else this file would stand for the package

from pipeline.warehouse import connect

_FLOOR = """
import pathlib, sys
import polars as pl
paths = sorted(path for path in pathlib.Path(sys.argv[1]).rglob("*") if path.is_file())
texts = [path.read_bytes().decode("utf-8", "replace") for path in paths]
pl.DataFrame({"path": [str(path) for path in paths], "text": texts}).write_parquet(sys.argv[2], compression="zstd")
"""
_MAIN = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from pipeline.cli import command; sys.exit(command())"
TIDYWIRE = (sys.executable, "-P", "-c", _MAIN)
"""`-P`: in this folder, this file would stand for the package."""

_CORPUS = (sys.executable, str(ROOT / "bench" / "make_corpus.py"))
_PEER = (sys.executable, str(ROOT / "bench" / "naive.py"))

QUERIES = {
    "count by actor and month": "SELECT * FROM actor_months",
    "one document": "SELECT * FROM sentences WHERE document_id = (SELECT max(document_id) FROM documents)",
    "keyword search": "SELECT count(*) FROM sentences WHERE text ILIKE '%sanctions package%'",
}


class Cost(NamedTuple):
    """Wall and CPU seconds and peak memory in MB of one command and all processes it started, and what it printed."""

    wall: float
    cpu: float
    memory: float
    said: str

    @property
    def made(self) -> dict[str, int]:
        """Table to the number of parts made, as the run's summary says."""
        return {name: int(count) for name, count in re.findall(r"^ +\w+ +(\w+) .*parts: (\d+) made", self.said, re.M)}


def measure(*command: str) -> Cost:
    """Run a command to its end. Raises `CalledProcessError` when it fails."""
    started, peak = time.monotonic(), 0
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=said)
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            peak = max(peak, _resident(process.pid))
            time.sleep(0.05)
        wall, process.returncode = time.monotonic() - started, os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        said.seek(0)
        return Cost(wall, usage.ru_utime + usage.ru_stime, peak / 1e6, said.read().decode())


def _resident(pid: int) -> int:
    total = 0
    try:
        head = psutil.Process(pid)
        for one in [head, *head.children(recursive=True)]:
            total += one.memory_info().rss
    except psutil.Error:  # one has just ended
        pass
    return total


class Bench:
    """One run of all measurements in a scratch folder."""

    def __init__(self, scratch: Path, small: Path, large: Path) -> None:
        self.scratch, self.small, self.large = scratch, small, large
        self.seeds = scratch / "seeds"
        shutil.copytree(ROOT / "seeds", self.seeds)

    def run(self, name: str, folder: Path) -> Cost:
        """Bring the warehouse of this name up to date with the folder."""
        options = ("--warehouse", str(self.scratch / name), "--seeds", str(self.seeds))
        return told(f"tidywire run, {name}", measure(*TIDYWIRE, "run", str(folder), *options), folder)

    def floor(self, name: str, folder: Path) -> Cost:
        """Read, decode, write."""
        return told(
            f"floor, {name}",
            measure(sys.executable, "-c", _FLOOR, str(folder), str(self.scratch / f"{name}.parquet")),
            folder,
        )

    def rows(self, *, is_made: bool) -> Iterator[tuple[str, str, str, str]]:
        """(measure, found, to reach, stretch)."""
        small, large = self.run("small", self.small), self.run("large", self.large)
        floor = self.floor("large", self.large)
        again = self.run("large", self.large)
        n_small, n_large = megabytes(self.small), megabytes(self.large)
        if find_spec("spacy") and find_spec("pandas"):
            peer = told("peer", measure(*_PEER, str(self.small), str(self.scratch / "peer")), self.small)
            found = f"{peer.cpu / small.cpu:.1f} times (CPU), {peer.wall / small.wall:.1f} (wall)"
            yield "faster than the peer, small", found, "6 times", "15 times"
        yield "CPU s/MB", f"{small.cpu / n_small:.3f} small, {large.cpu / n_large:.3f} large", "", ""
        yield "CPU against the floor, large", f"{large.cpu / floor.cpu:.0f} times", "40 times", "15 times"
        yield "cost per MB, large to small", f"{large.cpu / n_large / (small.cpu / n_small):.2f}", "1.15", "1.05"
        yield "peak memory, large", f"{large.memory:,.0f} MB", "1,500 MB", "800 MB"
        yield "peak memory, large to small", f"{large.memory / small.memory:.2f}", "1.2", ""
        share = f"{again.wall / large.wall:.2%} (wall), {again.cpu / large.cpu:.2%} (CPU)"
        yield "second run, nothing changed", share, "1 %", ""
        if is_made:
            yield "100 new articles", self.changed(large, self.add_articles), "one batch of each table", ""
            yield "one actor row edited", self.changed(large, self.edit_actor), "mentions and what hangs on them", ""
        yield from self.queries()
        for what in ("first run", "up to date"):
            start = self.run("samples", ROOT / "seeds" / "articles")
            yield f"two sample articles, {what}", f"{start.wall:.1f} s wall, {start.cpu:.1f} s CPU", "3 s", "2 s"

    def changed(self, first: Cost, change: Callable[[], None]) -> str:
        """What a run does after a change, and its cost as a share of the first run's."""
        change()
        cost = self.run("large", self.large)
        made = ", ".join(f"{name} {count}" for name, count in cost.made.items())
        return f"{cost.cpu / first.cpu:.1%} (CPU); parts made: {made}"

    def add_articles(self) -> None:
        """A hundred articles that were not there."""
        measure(*_CORPUS, "--articles", "100", "--seed", "20260101", str(self.large / "new"))

    def edit_actor(self) -> None:
        """Another spelling for one person of the register."""
        people = self.seeds / "register" / "people.csv"
        header, row, *others = list(csv.reader(people.read_text(encoding="utf-8").splitlines()))
        place = header.index("names")
        row[place] = f"{row[place]}|{row[place]} Bench".strip("|")
        with people.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, row, *others])

    def queries(self) -> Iterator[tuple[str, str, str, str]]:
        """Best of three, over the large warehouse."""
        with connect(self.scratch / "large") as connection:
            counted = connection.execute("SELECT count(*) FROM sentences").fetchone()
            for (name, sql), bound in zip(QUERIES.items(), ("0.2 s", "0.05 s", "2 s"), strict=True):
                best = min(_seconds(lambda sql=sql: connection.execute(sql).fetchall()) for _ in range(3))
                yield (
                    f"{name}, {counted[0] if counted else 0:,} sentences",
                    f"{best:.3f} s",
                    f"{bound} on 10 million",
                    "",
                )


def _seconds(work: Callable[[], object]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


def megabytes(folder: Path) -> float:
    """Size of all files of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def told(name: str, cost: Cost, folder: Path) -> Cost:
    """The cost, printed as soon as it is known."""
    speed = f"{megabytes(folder) / cost.wall:8.2f} MB/s"
    print(f"{name:24}{cost.wall:9.1f} s wall{cost.cpu:9.1f} s CPU{cost.memory:9,.0f} MB{speed}", flush=True)
    return cost


def main() -> None:
    """Make corpora, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="measure on these files instead of a made corpus")
    parser.add_argument("--articles", type=int, default=2_000, help="articles of the small corpus")
    parser.add_argument("--large", type=int, default=20_000, help="articles of the large corpus")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scratch", type=Path, help="where to put corpora and tables (default: the system's place)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.scratch) as name:
        scratch = Path(name)
        small, large = options.folder, options.folder
        if options.folder is None:
            small, large = scratch / "corpus_small", scratch / "corpus_large"
            for folder, count in ((small, options.articles), (large, options.large)):
                measure(*_CORPUS, "--articles", str(count), "--seed", str(options.seed), str(folder))
        rows = list(Bench(scratch, small, large).rows(is_made=options.folder is None))
    print(f"\n| measure | found | to reach | stretch |\n|---|---|---|---|\n{chr(10).join(map(_line, rows))}")


def _line(row: tuple[str, ...]) -> str:
    return f"| {' | '.join(row)} |"


if __name__ == "__main__":
    main()

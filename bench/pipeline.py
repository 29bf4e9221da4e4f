"""Speed and memory of the whole pipeline on any folder, beside the floor, in one run on the same files.

    python bench/pipeline.py FOLDER [--workers N]

The floor is what cannot be avoided: read the files, decode them as UTF-8, write their text as zstd Parquet. Both run in
processes of their own. Times on a busy machine are noise: read the ratios. Memory is the largest sum of the resident
memory of all processes of a run, sampled twenty times a second (needs psutil, in the `bench` extra).
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import psutil

_FLOOR = """
import pathlib, sys
import polars as pl
paths = sorted(path for path in pathlib.Path(sys.argv[1]).rglob("*") if path.is_file())
texts = [path.read_bytes().decode("utf-8", "replace") for path in paths]
pl.DataFrame({"path": [str(path) for path in paths], "text": texts}).write_parquet(sys.argv[2], compression="zstd")
"""

TIDYWIRE = [sys.executable, "-P", "-c", "import sys; from pipeline.cli import main; sys.exit(main())"]
"""`-P`: in this folder, this file would stand for the package."""


class Cost(NamedTuple):
    """Wall and CPU seconds, and peak memory in MB, of one command and all processes it started."""

    wall: float
    cpu: float
    memory: float


def measure(command: list[str]) -> Cost:
    """Run a command to its end. Raises `CalledProcessError` when it fails."""
    started, cpu, peak = time.monotonic(), {}, 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            resident = 0
            for one in _family(process.pid):
                try:
                    times = one.cpu_times()
                    cpu[one.pid] = times.user + times.system
                    resident += one.memory_info().rss
                except psutil.Error:  # it has just ended
                    continue
            peak = max(peak, resident)
            time.sleep(0.05)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Cost(time.monotonic() - started, sum(cpu.values()), peak / 1e6)


def _family(pid: int) -> list[psutil.Process]:
    try:
        head = psutil.Process(pid)
        return [head, *head.children(recursive=True)]
    except psutil.Error:
        return []


def main() -> None:
    """Measure the floor, a first run and a second run with nothing changed; print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--workers", default="0", help="processes for batches; 0 means one per core")
    options = parser.parse_args()
    files = [path for path in options.folder.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    with tempfile.TemporaryDirectory() as scratch:
        house = f"{scratch}/warehouse"
        run = [*TIDYWIRE, "run", str(options.folder), "--warehouse", house, "--workers", options.workers]
        costs = {
            "floor": measure([sys.executable, "-c", _FLOOR, str(options.folder), f"{scratch}/floor.parquet"]),
            "first run": measure(run),
            "second run": measure(run),
        }
    print(f"{len(files):,} files, {size:,.1f} MB")
    print(f"{'':12}{'wall s':>9}{'CPU s':>9}{'MB/s':>9}{'CPU s/MB':>10}{'memory MB':>11}{'CPU / floor':>13}")
    for name, cost in costs.items():
        print(
            f"{name:12}{cost.wall:9.1f}{cost.cpu:9.1f}{size / cost.wall:9.2f}{cost.cpu / size:10.3f}"
            f"{cost.memory:11.0f}{cost.cpu / costs['floor'].cpu:13.1f}"
        )


if __name__ == "__main__":
    main()

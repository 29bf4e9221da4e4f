"""More rows than fit in memory, a share at a time. Nothing here knows what the rows are."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pyarrow as pa

_WAYS = 64
_DEEPEST = 4  # times that rows are dealt out; those that are together even then have one value


def shares(frames: Iterable[pl.DataFrame], by: str, at_once: int, _depth: int = 0) -> Iterator[pl.DataFrame]:
    """All rows of the frames, in new frames that keep equal values of `by` together; in no particular order.

    Memory holds some `at_once` rows. Where there are more, they are dealt out by hash to files for the time being, and
    what is in a file is dealt out again if it has to be: the frames are gone through once, however many they are.
    """
    waiting = iter(frames)
    held = _first(waiting, at_once)
    more = next(waiting, None)
    if more is None or _depth == _DEEPEST:
        rest = () if more is None else (more, *waiting)
        yield from [pl.concat([*held, *rest])] if held else []
        return
    with TemporaryDirectory(prefix="tidywire-") as scratch:
        some = _gathered(chain(held, [more], waiting), 1 + at_once // 8)  # a frame each would make many small pieces
        _deal(some, by, _depth, Path(scratch))
        del held, more
        for file in sorted(Path(scratch).iterdir()):
            yield from shares(_dealt(file), by, at_once, _depth + 1)


def _first(frames: Iterator[pl.DataFrame], n_rows: int) -> list[pl.DataFrame]:
    """Frames from the front, of so many rows or a little more."""
    held: list[pl.DataFrame] = []
    while n_rows > 0 and (frame := next(frames, None)) is not None:
        held.append(frame)
        n_rows -= frame.height
    return held


def _gathered(frames: Iterator[pl.DataFrame], n_rows: int) -> Iterator[pl.DataFrame]:
    while held := _first(frames, n_rows):
        yield pl.concat(held)


def _deal(frames: Iterable[pl.DataFrame], by: str, seed: int, folder: Path) -> None:
    """Write each row to the file of its share."""
    packed = pa.ipc.IpcWriteOptions(compression="lz4")
    with ExitStack() as files:
        streams: dict[int, pa.RecordBatchStreamWriter] = {}
        for frame in frames:
            way = pl.col(by).hash(seed) % _WAYS
            for share in frame.with_columns(_way=way).partition_by("_way"):
                number, rows = share["_way"][0], share.drop("_way").to_arrow()
                if number not in streams:
                    stream = pa.ipc.new_stream(str(folder / f"{number:02}.arrows"), rows.schema, options=packed)
                    streams[number] = files.enter_context(stream)
                streams[number].write(rows)


def _dealt(file: Path) -> Iterator[pl.DataFrame]:
    with pa.OSFile(str(file)) as source, pa.ipc.open_stream(source) as stream:
        for rows in stream:
            yield pl.DataFrame(pl.from_arrow(rows))

"""`tidywire register add`: show the rows, check them as a run would read them, write them whole or not at all.

Which rows the answers make is `newcomers.py`; what makes a register sound is `text/register.py`.
"""

import csv
import io
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from pipeline.knowledge import columns, read_rows
from pipeline.registers.newcomers import Answers, Cells, complete, rows
from pipeline.registers.reading import ROW_TYPES, read_register
from pipeline.storage import writing_aside
from pipeline.text.lexicon import NameWord


class Target(NamedTuple):
    """The register that is added to, our own under `seeds` or a folder of the user's, and what is read beside it."""

    into: Path
    seeds: str
    others: tuple[str, ...]

    @property
    def is_ours(self) -> bool:
        """Whether rows are added to the register that comes with Tidywire."""
        return self.into.resolve() == (Path(self.seeds) / "register").resolve()


def add(answers: Answers, target: Target, ask: Callable[[str], str] | None, *, is_sure: bool) -> list[str]:
    """Append the rows the answers make, if the user is sure; returns the lines that tell what was done.

    `ask` puts a question to the user; None: nobody is there to answer. Raises `ValueError` for an answer that is missing
    or cannot be, and `SeedError` for rows that do not fit the registers; nothing is written then.
    """
    standing = (*target.others, str(target.into)) if target.into.is_dir() and not target.is_ours else target.others
    register, _ = read_register(target.seeds, standing)
    words = read_rows(Path(target.seeds) / "rules" / "name_words.csv", NameWord)
    family_first = {word.word for word in words if word.kind == "family_first"}
    new = rows(complete(answers, register, ask), register, family_first)
    files = {name: _appended(target.into / f"{name}.csv", some, is_sorted=target.is_ours) for name, some in new.items()}
    _check(files, target)
    shown = [f"{target.into / name}.csv: {line}" for name, some in new.items() for line in _told(name, some)]
    if not is_sure and ask is None:
        return [*shown, "Nothing was written; say --yes to write it."]
    if not is_sure and ask is not None:
        said = ask("\n".join(["", *shown, "Write this? [y/N] "]))
        if said.strip().lower() not in ("y", "yes"):
            return ["Nothing was written."]
    _write(files, target.into)
    return [*shown, "Written. Next: tidywire run" + ("" if target.is_ours else f" --register {target.into}")]


def _told(name: str, new: Sequence[Cells]) -> list[str]:
    return _lines(new, columns(ROW_TYPES[name]), "\n").splitlines()


def _lines(new: Sequence[Cells], header: Sequence[str], newline: str) -> str:
    out = io.StringIO()
    csv.DictWriter(out, header, restval="", lineterminator=newline).writerows(new)
    return out.getvalue()


def _appended(path: Path, new: Sequence[Cells], *, is_sorted: bool) -> bytes:
    """The file's bytes as they are, or a header, and the new rows in the order of its columns; ours are sorted."""
    if not path.is_file():
        header = columns(ROW_TYPES[path.stem])
        return (",".join(header) + "\n" + _lines(new, header, "\n")).encode()
    before = path.read_bytes().decode()
    newline = "\r\n" if "\r\n" in before else "\n"
    header = next(csv.reader([before.removeprefix("\ufeff").partition("\n")[0]]))
    text = before + ("" if before.endswith("\n") else newline) + _lines(new, header, newline)
    if is_sorted:
        first, *rows_of_file = text.splitlines(keepends=True)
        text = first + "".join(sorted(rows_of_file, key=lambda line: next(csv.reader([line]))[0]))
    return text.encode()


def _check(files: Mapping[str, bytes], target: Target) -> None:
    """Read the registers as they would be. Raises `SeedError`."""
    with tempfile.TemporaryDirectory() as folder:
        seeds = Path(folder) / "seeds" if target.is_ours else Path(target.seeds)
        trial = seeds / "register" if target.is_ours else Path(folder) / target.into.resolve().name
        trial.mkdir(parents=True)
        if target.is_ours:
            shutil.copytree(Path(target.seeds) / "rules", seeds / "rules")
        for path in target.into.glob("*.csv"):
            shutil.copy(path, trial)
        for name, data in files.items():
            (trial / f"{name}.csv").write_bytes(data)
        read_register(str(seeds), target.others if target.is_ours else (*target.others, str(trial)))


def _write(files: Mapping[str, bytes], into: Path) -> None:
    """Put all files in place; if one cannot be, those before it are put back as they were."""
    with ExitStack() as undo:
        for name, data in files.items():
            path = into / f"{name}.csv"
            before = path.read_bytes() if path.is_file() else None
            with writing_aside(path) as aside:
                aside.write_bytes(data)
            undo.callback(_put_back, path, before)
        undo.pop_all()


def _put_back(path: Path, before: bytes | None) -> None:
    if before is None:
        path.unlink()
    else:
        path.write_bytes(before)

"""The registers of a run, read: ours under the seeds, and the folders and dictionaries the user names after it.

Here belongs which files a register is made of. How rows are read is `knowledge.py`, how they fit together
`text/register.py`, what a dictionary says `text/registering/petrarch.py` and `cameo.py`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.knowledge import SeedError, read_rows
from pipeline.text.register import build
from pipeline.text.registering import petrarch
from pipeline.text.registering.cameo import CameoCode, Dictionary, extend
from pipeline.text.registering.overlay import overlay
from pipeline.text.registering.petrarch import Agent, Block, Complaint
from pipeline.text.registering.register_rows import (
    HOUSE,
    AliasRow,
    Country,
    OfficeRow,
    Organisation,
    Origin,
    Person,
    Register,
    Removal,
    RoleRow,
    Rows,
)

ROW_TYPES: Mapping[str, type] = {
    "countries": Country,
    "organisations": Organisation,
    "people": Person,
    "offices": OfficeRow,
    "roles": RoleRow,
    "aliases": AliasRow,
    "removed": Removal,
}
"""The files of a register, by name without `.csv`, and what their rows are."""
CAMEO_CSV = "rules/cameo.csv"


def read_register(seeds: str, registers: Sequence[str] = ()) -> tuple[Register, dict[str, list[Complaint]]]:
    """Everything known about actors, and by dictionary the lines that could not be used.

    A later folder overrides an earlier one row by row; dictionaries only add. Raises `SeedError` naming file, row and
    column.
    """
    folders = [Path(one) for one in registers if not _is_dictionary(Path(one))]
    files = [Path(one) for one in registers if _is_dictionary(Path(one))]
    rows = [read_folder(Path(seeds) / "register"), *(read_folder(folder, folder.name) for folder in folders)]
    register = united(rows)
    complaints: dict[str, list[Complaint]] = {}
    if files:
        read = [_dictionary(path) for path in files]
        register, complaints = extend(
            register, [dictionary for dictionary, _ in read], read_rows(Path(seeds) / CAMEO_CSV, CameoCode)
        )
        for dictionary, of_file in read:
            complaints[dictionary.source] = sorted([*of_file, *complaints.get(dictionary.source, [])])
    return register, {source: found for source, found in complaints.items() if found}


def united(rows: Sequence[Rows]) -> Register:
    """One register out of several, a later one overriding. Raises `SeedError` where they do not fit together."""
    try:
        return build(*overlay(rows)[:-1])
    except ValueError as error:
        raise SeedError(str(error)) from error


def read_folder(folder: Path, source: str = HOUSE) -> Rows:
    """The rows of one folder; ours has all files, another one any of them. Raises `SeedError`."""
    is_ours = source == HOUSE
    if not folder.is_dir():
        raise SeedError(f"{folder}: no such register; name a folder of CSV files or a dictionary file")
    present = {path.stem: path for path in sorted(folder.glob("*.csv"))}
    tables = {path.name for path in folder.iterdir() if path.suffix.lower() == ".csv"}  # People.CSV, too
    if unknown := tables - {f"{name}.csv" for name in ROW_TYPES}:
        raise SeedError(f"{source}: {', '.join(sorted(unknown))} is no file of a register; {_known_files()}")
    if not present:
        raise SeedError(f"{folder}: holds no CSV file; {_known_files()}, and a dictionary is named by its file")
    wanted = [name for name in ROW_TYPES if name in present or (is_ours and name != "removed")]
    return Rows(**{name: _rows(folder / f"{name}.csv", source, is_ours=is_ours) for name in wanted})


def _rows(path: Path, source: str, *, is_ours: bool) -> list[Any]:
    def origin(place: str) -> Origin:
        return Origin(source, place)

    return read_rows(path, ROW_TYPES[path.stem], origin, path.name if is_ours else f"{source}/{path.name}")


def _known_files() -> str:
    return f"its files are {', '.join(f'{name}.csv' for name in ROW_TYPES)}"


def _is_dictionary(path: Path) -> bool:
    return path.is_file()


def _dictionary(path: Path) -> tuple[Dictionary, list[Complaint]]:
    """A dictionary file and its bad lines. Raises `SeedError` if nothing in it can be used."""
    text = _text(path)
    blocks, agents = list[Block](), list[Agent]()
    if petrarch.is_agents(text):
        agents, complaints = petrarch.read_agents(text)
    else:
        blocks, complaints = petrarch.read_actors(text)
    if not blocks and not agents:
        first = f"; line {complaints[0].line}: {complaints[0].problem}" if complaints else ""
        raise SeedError(f"{path.name}: no actor or agent in the format of PETRARCH was found in it{first}")
    return Dictionary(path.name, blocks, agents), complaints


def _text(path: Path) -> str:
    """Dictionaries are in ASCII, UTF-8 or what Windows wrote."""
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace").replace("\r\n", "\n").replace("\r", "\n")

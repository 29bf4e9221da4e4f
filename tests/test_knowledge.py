"""Knowledge files: typed rows in, and an error that says which cell to mend."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, NamedTuple

import pytest

from pipeline.knowledge import SeedError, read_arrays, read_rows


@dataclass(frozen=True)
class Row:
    name: str
    kind: Literal["big", "small"]
    n: int | None
    share: float | None
    is_active: bool
    valid_from: date | None
    surfaces: tuple[str, ...]
    note: str | None

    def __post_init__(self) -> None:
        if self.n == 13:
            raise ValueError("13 is unlucky; choose another number")


HEADER = "name,kind,n,share,is_active,valid_from,surfaces,note"
LINE = "Ada,big,1,0.5,true,2024-02-29,A|B c,hello"


def write(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path = folder / "rows.csv"
    path.write_bytes("\n".join(lines).encode(encoding))
    return path


def test_every_type_of_cell(tmp_path: Path) -> None:
    rows = read_rows(write(tmp_path, HEADER, LINE, 'Bob,small,,,False,,,"two\nlines, with comma"'), Row)
    assert rows == [
        Row("Ada", "big", 1, 0.5, True, date(2024, 2, 29), ("A", "B c"), "hello"),
        Row("Bob", "small", None, None, False, None, (), "two\nlines, with comma"),
    ]


def test_a_named_tuple_describes_rows_too(tmp_path: Path) -> None:
    class Pair(NamedTuple):
        a: str
        b: int

    assert read_rows(write(tmp_path, "a,b", "x,1"), Pair) == [Pair("x", 1)]


@pytest.mark.parametrize(
    ("lines", "encoding"),
    [
        ([HEADER, LINE], "utf-8-sig"),  # what spreadsheets write
        ([HEADER + "\r", LINE + "\r"], "utf-8"),
        ([",".join(reversed(HEADER.split(","))), ",".join(reversed(LINE.split(",")))], "utf-8"),
        ([HEADER, LINE, ""], "utf-8"),
        ([HEADER, " Ada , big ,1, 0.5 ,TRUE,2024-02-29, A | B c |, hello "], "utf-8"),
    ],
    ids=["bom", "crlf", "other order", "blank line", "spaces"],
)
def test_what_spreadsheets_do_to_a_file_does_no_harm(tmp_path: Path, lines: list[str], encoding: str) -> None:
    assert read_rows(write(tmp_path, *lines, encoding=encoding), Row)[0].surfaces == ("A", "B c")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([], ["rows.csv, header", "missing: is_active, kind, n, name"]),
        (["name,kind"], ["rows.csv, header", "missing: is_active, n, note", "unknown: none", "expected name, kind, n"]),
        ([HEADER + ",extra"], ["rows.csv, header", "unknown: extra"]),
        ([HEADER + ",note"], ["rows.csv, header"]),
        ([HEADER.replace(",", ";")], ["rows.csv, header"]),
        ([HEADER, LINE, "Bob,small"], ["rows.csv, row 3", "expected 8 cells"]),
        ([HEADER, LINE + ",more"], ["rows.csv, row 2", "expected 8 cells"]),
        ([HEADER, LINE.replace("Ada", " ")], ["rows.csv, row 2, column name", "must not be empty"]),
        ([HEADER, LINE.replace("big", "huge")], ["rows.csv, row 2, column kind", "'huge'", "big, small"]),
        ([HEADER, LINE.replace("1,0.5", "one,0.5")], ["rows.csv, row 2, column n", "'one'", "not a number"]),
        ([HEADER, LINE.replace("0.5", "0;5")], ["rows.csv, row 2, column share", "not a number"]),
        ([HEADER, LINE.replace("0.5", "nan")], ["rows.csv, row 2, column share", "not a number"]),
        ([HEADER, LINE.replace("true", "yes")], ["rows.csv, row 2, column is_active", "true, false"]),
        ([HEADER, LINE.replace("2024-02-29", "2023-02-29")], ["rows.csv, row 2, column valid_from", "YYYY-MM-DD"]),
        ([HEADER, LINE.replace(",1,", ",13,")], ["rows.csv, row 2", "13 is unlucky"]),
        ([HEADER, LINE, '"Bob,small'], ["rows.csv, row 2", "not valid CSV"]),
        (['"name'], ["rows.csv", "not valid CSV"]),
    ],
)  # fmt: skip
def test_an_error_names_file_row_and_column(tmp_path: Path, lines: list[str], told: list[str]) -> None:
    with pytest.raises(SeedError) as caught:
        read_rows(write(tmp_path, *lines), Row)
    for part in told:
        assert part in str(caught.value)


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER, LINE, LINE.replace("Ada", "Zoë"), encoding="cp1252")
    with pytest.raises(SeedError, match=r"rows\.csv.*UTF-8"):
        read_rows(path, Row)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match=r"rows\.csv: no such file"):
        read_rows(tmp_path / "rows.csv", Row)


def test_arrays_that_cannot_be_read_say_so(tmp_path: Path) -> None:
    for name, raw in (("missing.npz", None), ("torn.npz", b"PK\x03\x04"), ("text.npz", b"weights")):
        if raw is not None:
            (tmp_path / name).write_bytes(raw)
        with pytest.raises(SeedError, match=f"{name}: cannot be read .*; restore it from the repository"):
            read_arrays(tmp_path / name)

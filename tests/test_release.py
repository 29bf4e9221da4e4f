"""A release is made of one generation of tables that agree, or not at all."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from pipeline.cli import FAILED, USAGE, main
from pipeline.release import bundle
from pipeline.settings import Settings
from pipeline.storage import Busy
from pipeline.tables import TEXTS
from pipeline.warehouse import Damaged, Warehouse


def test_nothing_is_released_while_a_run_writes(five: Settings, tmp_path: Path) -> None:
    with Warehouse(five.warehouse).session(), pytest.raises(Busy, match="another run is writing"):
        bundle.write(Path(five.warehouse), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_warehouse_is_held_while_it_is_released(
    five: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(warehouse: Warehouse, folder: Path) -> None:
        with pytest.raises(Busy), warehouse.session():
            pass

    monkeypatch.setattr(bundle, "_fill", fill)
    bundle.write(Path(five.warehouse), tmp_path / "out")
    with Warehouse(five.warehouse).session():
        pass


def lose_a_part(warehouse: Warehouse) -> None:
    warehouse.part("blocks", "b000002").unlink()


def exchange_parts(warehouse: Warehouse) -> None:
    """As if one of two tables were of an older run."""
    warehouse.part("mentions", "b000001").replace(warehouse.part("mentions", "b000002"))


@pytest.mark.parametrize(
    ("happens", "told"),
    [(lose_a_part, "blocks: part_is_there_and_readable"), (exchange_parts, "every_mention_surface_equals_its_slice")],
)
def test_tables_that_do_not_agree_are_not_released(
    five: Settings, tmp_path: Path, capfd: pytest.CaptureFixture[str], happens: Callable[[Warehouse], None], told: str
) -> None:
    happens(Warehouse(five.warehouse))
    with pytest.raises(Damaged, match=told):
        bundle.write(Path(five.warehouse), tmp_path / "out")
    assert main(["release", str(tmp_path / "out"), "--warehouse", five.warehouse]) == FAILED
    assert "run again first" in capfd.readouterr().err
    assert {path.name for path in tmp_path.iterdir()} == {"five"}


def test_a_folder_without_tables_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["release", str(tmp_path / "out"), "--warehouse", str(tmp_path / "empty")]) == USAGE
    assert not list((tmp_path / "empty").iterdir())


def test_every_part_is_read_once_however_many_slices_there_are(
    five: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse, reads, read = Warehouse(five.warehouse), [], Warehouse.read

    def counted(self: Warehouse, table: str, batch: str = "all") -> pl.DataFrame:
        reads.append(batch)
        return read(self, table, batch)

    scratch = tmp_path / "scratch"
    scratch.mkdir()
    whole = pl.concat([warehouse.read("texts", batch) for batch in warehouse.batches("texts")]).sort("document_id")
    monkeypatch.setattr(Warehouse, "read", counted)
    monkeypatch.setattr(bundle, "_SLICE_DOCUMENTS", 1)
    slices = list(bundle._in_order(warehouse, TEXTS, scratch))
    assert reads == ["b000001", "b000002", "b000003"]
    assert len(slices) > 1
    assert pl.concat(slices).equals(whole)

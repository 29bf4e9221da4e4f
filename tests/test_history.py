"""The run history: written through connections that stay open, read by Dagster as if it had written it itself."""

from pathlib import Path

import dagster as dg
from dagster._core.instance import InstanceRef
from dagster._core.storage.runs.sqlite.sqlite_run_storage import SqliteRunStorage

from pipeline.assets.history import held_open


def test_dagster_reads_the_history_as_its_own(tmp_path: Path) -> None:
    said = {"storage": {"sqlite": {"base_dir": str(tmp_path / "history")}}, "telemetry": {"enabled": False}}
    ref = InstanceRef.from_dir(str(tmp_path), overrides=said)

    @dg.asset
    def table() -> dg.MaterializeResult[None]:
        return dg.MaterializeResult(metadata={"rows": 3})

    with dg.DagsterInstance.from_ref(held_open(ref)) as instance:
        assert type(instance.run_storage) is not SqliteRunStorage  # else this would test nothing
        runs = [dg.materialize([table], instance=instance).run_id for _ in range(2)]
        written = [len(instance.all_logs(run)) for run in runs]
    with dg.DagsterInstance.from_ref(ref) as instance:
        assert type(instance.run_storage) is SqliteRunStorage
        assert {run.run_id: run.status for run in instance.get_runs()} == dict.fromkeys(
            runs, dg.DagsterRunStatus.SUCCESS
        )
        assert [len(instance.all_logs(run)) for run in runs] == written
        assert min(written) > 5
        latest = instance.get_latest_materialization_event(table.key)
        assert latest is not None
        assert latest.run_id == runs[-1]


def test_a_history_that_lies_elsewhere_is_left_alone(tmp_path: Path) -> None:
    postgres = {"module": "dagster_postgres", "class": "DagsterPostgresStorage", "config": {}}
    ref = InstanceRef.from_dir(str(tmp_path), overrides={"storage": {"custom": postgres}})
    assert held_open(ref) is ref

"""What Dagster loads: the assets, the job that makes them all, the sensor that watches the input folder."""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import dagster as dg

from pipeline.assets import ASSETS
from pipeline.assets.asset import Run
from pipeline.fingerprints import digest
from pipeline.readers.discover import discover
from pipeline.settings import Settings
from pipeline.warehouse import Warehouse

_DEFAULTS = Settings.configured()
_CONFIG = {
    option.name: dg.Field(
        [str] if isinstance(getattr(_DEFAULTS, option.name), tuple) else type(getattr(_DEFAULTS, option.name)),
        default_value=list(value) if isinstance(value := getattr(_DEFAULTS, option.name), tuple) else value,
        description=option.metadata["description"],
    )
    for option in fields(Settings)
}


@dg.resource(config_schema=_CONFIG)
def run_from_config(context: dg.InitResourceContext) -> Iterator[Run]:
    """Settings from the launchpad; holds the warehouse for the time of the run."""
    config: dict[str, Any] = dict(context.resource_config)
    settings = Settings(**{**config, "inputs": tuple(config["inputs"])})
    with Warehouse(settings.warehouse).session():
        yield Run(settings)


everything = dg.define_asset_job("everything", dg.AssetSelection.all(), description="Bring every table up to date.")


@dg.sensor(job=everything, minimum_interval_seconds=30, default_status=dg.DefaultSensorStatus.STOPPED)
def articles_arrive(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Run the pipeline when files of the input folder come, go or change."""
    found = discover([Path(one) for one in _DEFAULTS.inputs])
    listing = digest([(one.path, one.size, one.mtime_ns) for one in found])
    if not found or listing == context.cursor:
        return dg.SkipReason("Nothing came, went or changed in the input folder.")
    return dg.SensorResult([dg.RunRequest(run_key=listing)], cursor=listing)


defs = dg.Definitions(
    assets=ASSETS,
    jobs=[everything],
    sensors=[articles_arrive],
    resources={"run": run_from_config},
    executor=dg.in_process_executor,  # a process per step costs more than most steps; heavy steps have their own pool
)

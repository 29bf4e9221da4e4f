"""What Dagster loads: the assets, the job that makes them all, the sensor that watches the input folder."""

from collections.abc import Iterator
from dataclasses import Field, fields
from typing import Any, get_args, get_type_hints

import dagster as dg

from pipeline.assets import ASSETS
from pipeline.assets.asset import Run
from pipeline.fingerprints import digest
from pipeline.intake import listing
from pipeline.settings import Settings
from pipeline.warehouse import Warehouse

_DEFAULTS = Settings.configured()


def _field(option: Field[Any], kind: Any) -> dg.Field:
    """A setting as a field of the launchpad, with its description, its default and, where there are few, its values."""
    default = getattr(_DEFAULTS, option.name)
    said: Any = type(default)
    if isinstance(default, tuple):
        said, default = [str], list(default)
    elif values := get_args(kind):
        said = dg.Enum(option.name, [dg.EnumValue(value) for value in values])
    return dg.Field(said, default_value=default, description=option.metadata["description"])


_KINDS = get_type_hints(Settings)
_CONFIG = {option.name: _field(option, _KINDS[option.name]) for option in fields(Settings)}


@dg.resource(config_schema=_CONFIG)
def run_from_config(context: dg.InitResourceContext) -> Iterator[Run]:
    """Settings from the launchpad; holds the warehouse for the time of the run."""
    settings = Settings.of(context.resource_config)
    with Warehouse(settings.warehouse).session():
        yield Run(settings)


everything = dg.define_asset_job("everything", dg.AssetSelection.all(), description="Bring every table up to date.")


@dg.sensor(
    job=everything,
    description="Runs the pipeline when files of the input folder come, go or change. Off until you turn it on.",
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.STOPPED,
)
def articles_arrive(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Compare names, sizes and times of articles and sidecars with those of the last run it asked for."""
    found = listing(_DEFAULTS)
    cursor = digest(found)
    if not found or cursor == context.cursor:
        return dg.SkipReason("Nothing came, went or changed in the input folder.")
    return dg.SensorResult([dg.RunRequest()], cursor=cursor)  # no run key: a folder may look again as it once did


defs = dg.Definitions(
    assets=ASSETS,
    jobs=[everything],
    sensors=[articles_arrive],
    resources={"run": run_from_config},
    executor=dg.in_process_executor,  # a process per step costs more than most steps; heavy steps have their own pool
)

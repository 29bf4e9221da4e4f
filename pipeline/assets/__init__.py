"""One Dagster asset per table, in reading order: the table of contents of the pipeline.

What an asset computes is in `pipeline/steps/`; how a step becomes an asset, with its schema, lineage, checks and preview, is in
`asset.py`. This package, `definitions.py` and nothing else import Dagster.
"""

import sqlite3
import warnings
from typing import Any

import dagster as dg
from sqlalchemy import event
from sqlalchemy.engine import Engine

from pipeline.assets.asset import asset_of, files_asset

warnings.filterwarnings("ignore", category=dg.BetaWarning)  # code references; the release is pinned


@event.listens_for(Engine, "connect")
def _quick_history(connection: Any, _: Any) -> None:
    """Let SQLite not wait for the disk: the run history may be lost in a power cut, and a run writes it 500 times."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


ASSETS = [
    # what is known beforehand
    asset_of("actors"),
    asset_of("actor_aliases"),
    asset_of("actor_offices"),
    asset_of("corrections"),
    # what came in
    files_asset(),
    asset_of("texts"),
    # what was kept and what was stripped
    asset_of("repeated_lines"),
    asset_of("blocks"),
    asset_of("documents"),
    asset_of("duplicates"),
    asset_of("rules"),
    # what was found
    asset_of("sentences"),
    asset_of("mentions"),
    asset_of("quotes"),
    asset_of("actor_counts"),
    # what to look at next
    asset_of("stripped_mentions"),
    asset_of("outlets"),
    asset_of("unmatched_names"),
    # what goes with the data
    asset_of("codebook"),
    asset_of("issues"),
]

"""A run that finds nothing to do, without Dagster: to import it and to write its events costs more than to see that nothing
has changed. Such a run leaves no trace in the history; what there is to do is found out in `plan.py` and done in `batches.py`.
"""

import time

from pipeline import storage
from pipeline.plan import nothing_to_do
from pipeline.settings import ROOT, Settings
from pipeline.summary import summary
from pipeline.warehouse import DATABASE, Warehouse


def run(settings: Settings) -> bool | None:
    """Say that all tables are up to date, if they are, and leave a current database; whether there is an article, None
    where a run has work to do.

    Without a history, too: it may have been deleted, and a run writes it anew. Raises as `assets.runs.run` does.
    """
    started, warehouse = time.monotonic(), Warehouse(settings.warehouse)
    if not (ROOT / ".dagster").is_dir() or DATABASE not in storage.names(warehouse.root):
        return None
    with warehouse.lock():
        outcomes = nothing_to_do(settings)
        if outcomes is not None:
            warehouse.write_database()
    return None if outcomes is None else summary(settings, outcomes, time.monotonic() - started)

"""What a run says when it ends. Whether there was anything to do is found out elsewhere; nothing here imports Dagster."""

import shlex
from collections.abc import Sequence

from pipeline.batches import Outcome
from pipeline.settings import Settings
from pipeline.staleness import told
from pipeline.storage import Place, place
from pipeline.tables import GROUPS, TABLES
from pipeline.warehouse import DATABASE, Warehouse


def summary(settings: Settings, outcomes: Sequence[Outcome], seconds: float) -> bool:
    """Tables, rows, what was done, what is wrong, what to type next. Whether there is an article."""
    by_name = {outcome.table: outcome for outcome in outcomes}
    for group in GROUPS:
        for table in (table for table in TABLES if table.group == group):
            outcome = by_name.get(table.name)
            rows = f"{outcome.n_rows:>12,} rows" if outcome else ""
            print(f"  {group:9} {table.name:18} {rows:17}   {_done(outcome)}")
    for failure in (failure for outcome in outcomes for failure in outcome.failures):
        print(f"\n{failure.severity}: {failure}")
    failed = [outcome.table for outcome in outcomes if not outcome.passed]
    where = place(settings.warehouse)
    if failed:
        print(f"\nNot published: {', '.join(failed)}. Their last good tables, if any, stand in {where}.")
        return False
    n_rows = {outcome.table: outcome.n_rows for outcome in outcomes}
    if n_rows["issues"]:
        print(f"\n{_met(Warehouse(where).read('issues', columns=['severity'])['severity'].to_list())}")
    if not n_rows["texts"]:
        print("No article could be read.")
    option = "" if settings.warehouse == Settings().warehouse else f" --warehouse {shlex.quote(str(where))}"
    inputs = "" if settings.inputs == Settings().inputs else "".join(f" {shlex.quote(one)}" for one in settings.inputs)
    print(
        f"\n{len(outcomes)} tables in {where}, checked, in {seconds:.1f} s. Next:\n"
        f'  tidywire query "SELECT name, sum(n_mentions) AS n FROM document_actors GROUP BY name ORDER BY n DESC LIMIT 9"{option}\n'
        f'  tidywire query "SELECT severity, place, problem FROM issues"{option}\n'
        f"  tidywire show {shlex.quote(_first_place(where))}{option}\n"
        f"  tidywire ui{inputs}{option}\n"
        f"{where / DATABASE} opens in DuckDB, R and Python; the Parquet files lie beside it."
    )
    return n_rows["texts"] > 0


def _met(severities: Sequence[str]) -> str:
    """How many problems a run met, and notes, which are none: an undated article is what it is."""
    n_notes = sum(severity == "note" for severity in severities)
    counts = {"problem": len(severities) - n_notes, "note": n_notes}
    said = [f"{n:,} {what}{'s' if n > 1 else ''}" for what, n in counts.items() if n]
    return f"{' and '.join(said)}: see the table issues."


def _done(outcome: Outcome | None) -> str:
    if outcome is None:
        return "not reached"
    if not outcome.passed:
        return "FAILED its checks"
    changes = {"made": len(outcome.made), "dropped": len(outcome.dropped), "left alone": len(outcome.kept)}
    done = ", ".join(f"{count} {what}" for what, count in changes.items() if count)
    why = told(outcome.reasons.values())
    if not outcome.made and not outcome.dropped:
        return "up to date"
    return f"parts: {done}: {why}" if why not in ("", "missing") else f"parts: {done}"  # a first run explains itself


def _first_place(warehouse: Place) -> str:
    """Of the first article, as `tidywire show` takes it."""
    files = Warehouse(warehouse).head("files", 2)
    paths = files["path"].to_list() or ["DOCUMENT"]
    return f"{paths[0]}, record {files['record_number'][0]}" if paths[1:] == paths[:1] else str(paths[0])

"""The published tables checked once more, from what lies in the warehouse alone; nothing is made or changed here."""

from collections.abc import Callable

import polars as pl

from pipeline.batches import Part, inputs_of, merged, scope_of, slices_of
from pipeline.checks import broken_rules
from pipeline.contract import Failure, Table
from pipeline.steps import STEPS
from pipeline.storage import Place
from pipeline.tables import BY_NAME
from pipeline.warehouse import ALL, Warehouse


def recheck(root: Place, say: Callable[[str], None]) -> bool:
    """Check every published part again, without changing any; True when all is well. `say` hears each finding."""
    warehouse = Warehouse(root)
    if warehouse.footer("files", ALL) is None:
        raise FileNotFoundError(f"{root} holds no tables; make them with: tidywire run --warehouse {root}")
    slices = slices_of(warehouse)
    batches, is_well = list(slices), True
    for name in ("files", *STEPS):
        wanted = batches if scope_of(name) == "batch" else [ALL]
        odd = set(wanted) ^ set(warehouse.batches(name))
        failures = [Failure(name, "parts_are_those_of_files", len(odd), ({"parts": sorted(odd)},))] if odd else []
        for batch in wanted:
            try:
                frames = _referenced(warehouse, BY_NAME[name])
                frames |= {one: warehouse.read(*place) for one, place in _inputs(name, batch).items()}
                frames[name] = warehouse.read(name, batch)
            except OSError as error:
                unread = {"part": batch, "problem": str(error)}
                failures.append(Failure(name, "part_is_there_and_readable", 1, (unread,)))
                continue
            failures += broken_rules(name, frames[name], frames)
            if name == "texts" and set(frames[name]["document_id"]) != set(slices[batch]["document_id"]):
                failures.append(Failure(name, "documents_are_those_of_files", 1, ({"part": batch},)))
        found = merged(failures)
        is_well &= not any(failure.severity == "error" for failure in found)
        say("\n".join(map(str, found)) or f"{name}: all checks passed")
    return is_well


def _inputs(name: str, batch: str) -> dict[str, Part]:
    """What a part was made from, but for the batch's slice of `files`."""
    places = inputs_of(STEPS[name], "table", batch) if name in STEPS else {}
    return {one: place for one, place in places.items() if one != "files" or batch == ALL}


def _referenced(warehouse: Warehouse, table: Table) -> dict[str, pl.DataFrame]:
    """The columns a table refers to, out of all parts of their tables; but not what lies in parts of the same batch."""
    targets = [column.reference.partition(".") for column in table.columns if column.reference]
    return {
        parent: pl.concat(
            [BY_NAME[parent].frame().select(target)]
            + [warehouse.read(parent, batch, [target]) for batch in warehouse.batches(parent)]
        )
        for parent, _, target in targets
        if parent != table.name and not scope_of(table.name) == scope_of(parent) == "batch"
    }

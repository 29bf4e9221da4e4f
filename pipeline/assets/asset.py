"""How a step becomes a Dagster asset: description, schema, lineage, code link, checks, preview.

All of it is rendered from the table's declaration and the step; nothing is said here about a particular table, except
`files`, which comes from the input folder and not from other tables.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import dagster as dg
from dagster._core.definitions.data_version import CODE_VERSION_TAG  # covered by a test

from pipeline import checks, intake, render
from pipeline.batches import Outcome, Report, run_step
from pipeline.contract import Column, Failure, Table, reference_rule
from pipeline.fingerprints import declaration_digest, digest
from pipeline.progress import Meter
from pipeline.settings import Settings
from pipeline.staleness import step_version, told
from pipeline.steps import STEPS, reads
from pipeline.tables import FILES
from pipeline.warehouse import Warehouse

OWNER = "team:tidywire"
CONTRACT = "columns_hold_what_they_declare"
_PREVIEW_ROWS = 5
_PREVIEW_WIDTH = 80  # characters of a cell; whole texts belong in a query


@dataclass
class Run:
    """What the assets of one run share: settings, who hears of progress, what became of each step."""

    settings: Settings
    report: Callable[[str, int, int], None] = lambda table, done, total: None
    outcomes: list[Outcome] = field(default_factory=list)
    error: BaseException | None = None


class Work(NamedTuple):
    """What an asset does with the settings of a run: what its parts depend on besides their inputs; making them."""

    version: Callable[[Settings], str]
    bring_up_to_date: Callable[[Settings, Report], Outcome]


def asset_of(name: str) -> dg.AssetsDefinition:
    """The asset of one step."""
    step = STEPS[name]
    work = Work(partial(step_version, step), partial(run_step, step))
    return _asset(step.table, step.upstream, step.run, work)


def files_asset() -> dg.AssetsDefinition:
    """The asset of `files`, the only table that comes from the input folder and not from other tables."""
    work = Work(lambda settings: digest(intake.version(settings), declaration_digest(FILES)), intake.take_in)
    return _asset(FILES, (), intake.take_in, work)


def _asset(table: Table, upstream: tuple[str, ...], code: Callable[..., Any], work: Work) -> dg.AssetsDefinition:
    @dg.asset(
        name=table.name,
        deps=list(upstream),
        description=_description(table),
        group_name=table.group,
        kinds={"python", "polars", "parquet"},
        owners=[OWNER],
        code_version=work.version(Settings.configured()),
        metadata={
            "dagster/column_schema": _schema(table),
            "dagster/table_name": table.name,
            "dagster/code_references": _code_reference(code),
        },
        check_specs=_check_specs(table),
    )
    def asset(context: dg.AssetExecutionContext, run: dg.ResourceParam[Run]) -> Iterator[Any]:
        meter = Meter(context.log.info)

        def report(done: int, total: int) -> None:
            meter(table.name, done, total)
            run.report(table.name, done, total)

        try:
            outcome = work.bring_up_to_date(run.settings, report)
        except (Exception, dg.DagsterExecutionInterruptedError) as error:
            run.error = run.error or error
            raise
        run.outcomes.append(outcome)
        context.log.info(_told(outcome))
        yield from _check_results(table, outcome)
        if not outcome.passed:
            broken = [failure for failure in outcome.failures if failure.severity == "error"]
            raise dg.Failure(
                f"{table.name} was not published: {', '.join(failure.rule for failure in broken)}. "
                "The last good table is still in place.\n" + "\n".join(map(str, broken)),
                allow_retries=False,
            )
        yield dg.MaterializeResult(
            metadata=_metadata(table, outcome, Warehouse(run.settings.warehouse)),
            data_version=dg.DataVersion(Warehouse(run.settings.warehouse).version(table.name)),
            tags={CODE_VERSION_TAG: work.version(run.settings)},  # the launchpad may say other settings than the server
        )

    return asset


def _description(table: Table) -> str:
    caution = f"\n\n**Before you count:** {table.caution}" if table.caution else ""
    return f"{table.description}\n\nOne row per {table.grain}; key: {', '.join(table.key)}.{caution}"


def _schema(table: Table) -> dg.TableSchema:
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=column.type,
                description=_column_description(column),
                constraints=dg.TableColumnConstraints(
                    nullable=column.nullable,
                    unique=table.key == (column.name,),
                    other=render.constraints(column, table),
                ),
            )
            for column in table.columns
        ]
    )


def _column_description(column: Column) -> str:
    """In Markdown: what the column holds, then what each of its codes means or an example."""
    meanings = [f"- `{code}`: {meaning}" for code, meaning in column.codes.items()]
    return "\n".join([column.description, "", *(meanings or [f"Example: `{column.example}`"])])


def _lineage(table: Table) -> dg.TableColumnLineage:
    return dg.TableColumnLineage(
        {
            column.name: [
                dg.TableColumnDep(dg.AssetKey(parent), name)
                for parent, name in (source.split(".") for source in column.derived_from)
            ]
            for column in table.columns
            if column.derived_from
        }
    )


def _code_reference(code: Callable[..., Any]) -> dg.CodeReferencesMetadataValue:
    function = inspect.unwrap(code)
    path, line = function.__code__.co_filename, function.__code__.co_firstlineno
    reference = dg.LocalFileCodeReference(file_path=path, line_number=line, label=function.__name__)
    return dg.CodeReferencesMetadataValue(code_references=[reference])


def _check_specs(table: Table) -> list[dg.AssetCheckSpec]:
    """The contract's check, one per reference, the table's own; those of severity `error` stop what comes after."""
    said = [(CONTRACT, "Types, keys, codes, ranges and forms are as the codebook says.", True)]
    said += [(name, f"Every value occurs in {to}.", True) for name, to in _references(table).items()]
    said += [(check.name, check.description, check.severity == "error") for check in checks.of(table.name)]
    return [
        dg.AssetCheckSpec(name, asset=table.name, description=description, blocking=blocking)
        for name, description, blocking in said
    ]


def _references(table: Table) -> dict[str, str]:
    """The rules of the references that can be checked when a part is made, and what each refers to."""
    at_hand = (table.name, *reads(STEPS[table.name].run)) if table.name in STEPS else (table.name,)
    return {
        reference_rule(column): column.reference
        for column in table.columns
        if column.reference and column.reference.partition(".")[0] in at_hand
    }


def _check_results(table: Table, outcome: Outcome) -> Iterator[dg.AssetCheckResult]:
    """One result per check; the contract's sums up every other declared rule."""
    named: dict[str, str] = dict.fromkeys(_references(table), "error")
    named |= {check.name: check.severity for check in checks.of(table.name)}
    found = {failure.rule: failure for failure in outcome.failures}
    declared = [failure for rule, failure in found.items() if rule not in named]
    yield _check_result(table, CONTRACT, "error", declared)
    for name, severity in named.items():
        yield _check_result(table, name, severity, [found[name]] if name in found else [])


def _check_result(table: Table, name: str, severity: str, failures: list[Failure]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=table.name,
        check_name=name,
        passed=not failures,
        severity=dg.AssetCheckSeverity.ERROR if severity == "error" else dg.AssetCheckSeverity.WARN,
        metadata={
            "failing_rows": sum(failure.count for failure in failures),
            **{failure.rule: _as_table(failure.rows, list(failure.rows[0])) for failure in failures if failure.rows},
        },
    )


def _metadata(table: Table, outcome: Outcome, warehouse: Warehouse) -> dict[str, Any]:
    head = warehouse.head(table.name, _PREVIEW_ROWS)
    return {
        "dagster/row_count": outcome.n_rows,
        "dagster/column_lineage": _lineage(table),
        **_figures(outcome),
        "folder": dg.MetadataValue.path(str(warehouse.folder(table.name))),
        "preview": _as_table(head.to_dicts(), head.columns),
    }


def _figures(outcome: Outcome) -> dict[str, int | float]:
    """What the UI plots over the runs; a rate only where something was done."""
    figures: dict[str, int | float] = {
        "parts_made": len(outcome.made),
        "parts_left_alone": len(outcome.kept),
        "parts_dropped": len(outcome.dropped),
        "articles": outcome.n_articles,
        "seconds": round(outcome.seconds, 3),
    }
    if outcome.n_articles and outcome.seconds:
        figures["articles_per_second"] = round(outcome.n_articles / outcome.seconds, 1)
    return figures | {name: round(share, 4) for name, share in outcome.shares.items()}


def _as_table(rows: Iterable[dict[str, Any]], columns: list[str]) -> dg.TableMetadataValue:
    """Rows as a table on the page, long cells cut."""

    def cell(value: object) -> str:
        text = "" if value is None else " ".join(str(value).split())
        return text if len(text) <= _PREVIEW_WIDTH else text[: _PREVIEW_WIDTH - 1] + "…"

    records = [dg.TableRecord({name: cell(row[name]) for name in columns}) for row in rows]
    return dg.MetadataValue.table(records, dg.TableSchema([dg.TableColumn(name) for name in columns]))


def _told(outcome: Outcome) -> str:
    why = f" ({told(outcome.reasons.values())})" if outcome.reasons else ""
    n_all = len(outcome.made) + len(outcome.kept)
    return (
        f"{outcome.table}: {len(outcome.made):,} of {n_all:,} parts made{why}, {len(outcome.dropped):,} dropped; "
        f"{outcome.n_rows:,} rows, {outcome.n_articles:,} articles worked on, {outcome.seconds:.1f} s"
    )

"""What Dagster is told: every asset documented, the graph true to the code, the sensor modest; and who may import whom."""

import ast
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from conftest import write_articles

from pipeline import checks, definitions, render
from pipeline.assets.asset import CONTRACT, OWNER, Run, asset_of
from pipeline.contract import reference_rule
from pipeline.definitions import articles_arrive, defs, everything, run_from_config
from pipeline.settings import ROOT, Settings
from pipeline.steps import STEPS, reads
from pipeline.steps.step import Context
from pipeline.tables import BY_NAME, GROUPS, TABLES
from pipeline.warehouse import Warehouse, connect

pytestmark = pytest.mark.filterwarnings("ignore::dagster.BetaWarning")
EVERY = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)


@pytest.fixture(scope="module")
def specs() -> dict[str, dg.AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}


# ------------------------------------------------------------------------------------------------------------- assets


def test_all_definitions_load() -> None:
    dg.Definitions.validate_loadable(defs)
    assert defs.resolve_job_def("everything").name == "everything"


def test_one_name_for_one_thing(specs: dict[str, dg.AssetSpec], warehouse: Path) -> None:
    """Asset, table, folder of Parquet files, DuckDB view, chapter of the codebook."""
    names = {table.name for table in TABLES}
    assert set(specs) == names
    assert set(STEPS) | {"files"} == names
    folders = {path.name for path in warehouse.iterdir() if path.is_dir() and not path.name.startswith(".")}
    assert folders == names
    with connect(warehouse) as connection:
        views = {name for (name,) in connection.execute("SELECT view_name FROM duckdb_views()").fetchall()}
    assert names <= views
    chapters = {line[3:] for line in render.markdown_codebook(TABLES).splitlines() if line.startswith("## ")}
    assert chapters == names


@EVERY
def test_every_asset_is_documented(table, specs: dict[str, dg.AssetSpec]) -> None:  # type: ignore[no-untyped-def]
    spec = specs[table.name]
    assert spec.description
    assert table.description in spec.description
    assert table.grain in spec.description
    assert (table.caution or "") in spec.description
    assert spec.group_name == table.group
    assert spec.group_name in GROUPS
    assert spec.kinds
    assert spec.owners == [OWNER]
    assert spec.code_version
    assert spec.metadata["dagster/table_name"] == table.name
    (reference,) = spec.metadata["dagster/code_references"].code_references
    source = Path(reference.file_path).read_text(encoding="utf-8").splitlines()
    made_by = "take_in" if table.name == "files" else table.name
    assert any(f"def {made_by}(" in line for line in source[reference.line_number - 1 : reference.line_number + 19])


@EVERY
def test_every_column_is_shown_as_declared(table, specs: dict[str, dg.AssetSpec]) -> None:  # type: ignore[no-untyped-def]
    columns = specs[table.name].metadata["dagster/column_schema"].columns
    assert [(one.name, one.type, one.constraints.nullable) for one in columns] == [
        (one.name, one.type, one.nullable) for one in table.columns
    ]
    for shown, declared in zip(columns, table.columns, strict=True):
        assert shown.description.startswith(declared.description)
        assert shown.constraints.other == render.constraints(declared, table)
        assert shown.constraints.unique == (table.key == (declared.name,))


@EVERY
def test_every_check_is_announced(table) -> None:  # type: ignore[no-untyped-def]
    (definition,) = (one for one in defs.assets or [] if one.key.to_user_string() == table.name)  # type: ignore[union-attr]
    announced = {spec.name: spec.description for spec in definition.check_specs}
    assert announced.pop(CONTRACT)
    assert {name: announced.pop(name) for name in [check.name for check in checks.of(table.name)]} == {
        check.name: check.description for check in checks.of(table.name)
    }
    assert set(announced) <= {reference_rule(column) for column in table.columns if column.reference}


def test_the_graph_is_what_the_steps_read(specs: dict[str, dg.AssetSpec]) -> None:
    graph = {name: {dep.asset_key.to_user_string() for dep in spec.deps} for name, spec in specs.items()}
    read = {
        name: {*(one for function in step.functions.values() for one in reads(function)), *step.shows} - {name}
        for name, step in STEPS.items()
    }
    assert graph == {**read, "files": set()}
    assert set().union(*graph.values()) <= set(BY_NAME)


def test_references_are_to_tables_made_before(specs: dict[str, dg.AssetSpec]) -> None:
    """A reference is checked only where the step reads the table it points to, or the step made both from one source."""
    unchecked = {
        (table.name, column.name)
        for table in TABLES
        for column in table.columns
        if column.reference
        for parent in [column.reference.partition(".")[0]]
        if table.name in STEPS and parent not in (table.name, *reads(STEPS[table.name].run))
    }
    assert unchecked == {
        ("blocks", "rule_id"),  # `rules` counts the blocks; a rule nobody describes fails its check
        ("duplicates", "document_id"), ("duplicates", "other_document_id"), ("unmatched_names", "example_document_id"),
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------ settings and sensor


def test_the_launchpad_offers_every_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, seeds: Path) -> None:
    config = {"inputs": ["a", "b"], "registers": ["mine"], "warehouse": str(tmp_path / "w"), "seeds": str(seeds), "profile": "strict",
              "workers": 3, "batch_bytes": 5, "max_file_bytes": 6}  # fmt: skip
    with dg.build_resources({"run": run_from_config}, resource_config={"run": {"config": config}}) as resources:
        settings = resources.run.settings
    assert settings == Settings(**{**config, "inputs": ("a", "b"), "registers": ("mine",)})  # type: ignore[arg-type]


def test_settings_are_handed_to_another_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = Settings(inputs=("a b", "ü"), warehouse=str(tmp_path), registers=("x/mine", "d.txt"), workers=2)
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    assert Settings.configured() == settings
    monkeypatch.delenv("TIDYWIRE_SETTINGS")
    assert Settings.configured() == Settings()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"inputs": ()}, "inputs: name at least one"),
        ({"profile": "bold"}, "profile: 'bold' is not one of cautious, standard, strict"),
        ({"workers": -1}, "workers: must be at least 0"),
        ({"batch_bytes": 0}, "batch_bytes"),
        ({"max_file_bytes": 0}, "max_file_bytes"),
        ({"warehouse": "what?"}, "question mark"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(Settings(), **change)  # type: ignore[arg-type]


def test_the_sensor_asks_for_a_run_only_when_the_folder_changed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert articles_arrive.default_status == dg.DefaultSensorStatus.STOPPED
    assert articles_arrive.job_name == everything.name
    folder = write_articles(tmp_path / "articles")
    settings = Settings(inputs=(str(tmp_path),), warehouse=str(tmp_path / "warehouse"))
    monkeypatch.setattr(definitions, "_DEFAULTS", settings)
    cursor: str | None = None
    keys: list[str | None] = []

    def asks() -> bool:
        nonlocal cursor
        answer = articles_arrive(dg.build_sensor_context(cursor=cursor))
        if isinstance(answer, dg.SkipReason):
            return False
        assert isinstance(answer, dg.SensorResult)
        cursor = answer.cursor
        keys.extend(request.run_key for request in answer.run_requests or [])
        return True

    assert not asks()  # nothing there
    write_articles(folder, 1)
    assert asks()
    assert not asks()
    write_articles(folder, 2)
    assert asks()
    (folder / "002.txt").unlink()
    assert asks()  # the folder looks as it did two runs ago; a key used twice would be skipped by Dagster
    for said in ("file,date\n001.txt,2024-06-20\n", "file,date\n001.txt,2024-06-21\n"):
        (folder / "metadata.csv").write_text(said)
        assert asks()
        assert not asks()
    assert None in keys or len(set(keys)) == len(keys)
    Warehouse(tmp_path / "warehouse").publish("things", "all", render.arrow_table(TABLES[0].frame(), TABLES[0]), "x")
    assert not asks()  # what a run writes does not ask for another


# --------------------------------------------------------------------------------------------------- a check that fails


@pytest.fixture
def broken_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The step that makes blocks loses the last one of the batch."""
    real = STEPS["blocks"]

    def blocks(
        context: Context,
        *,
        files: pl.DataFrame,
        texts: pl.DataFrame,
        repeated_lines: pl.DataFrame,
        corrections: pl.DataFrame,
    ) -> pl.DataFrame:
        return real.run(context, files, texts, repeated_lines, corrections).head(-1)

    monkeypatch.setitem(STEPS, "blocks", replace(real, run=blocks))


@pytest.mark.usefixtures("broken_blocks")
def test_a_failed_check_records_no_materialization_and_stops_what_comes_after(five: Settings) -> None:
    house = Warehouse(five.warehouse)
    before = {path: path.read_bytes() for path in Path(five.warehouse).rglob("*.parquet")}
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(
            [asset_of(name) for name in ("blocks", "documents")],
            instance=instance,
            resources={"run": Run(five)},
            raise_on_error=False,
        )
        assert not result.success
        assert not any(instance.get_latest_materialization_event(dg.AssetKey(one)) for one in ("blocks", "documents"))
    outcome = {one.check_name: one.passed for one in result.get_asset_check_evaluations()}
    assert outcome["blocks_tile_every_text"] is False
    assert outcome[CONTRACT] is True
    assert "documents" not in {one.asset_key.to_user_string() for one in result.get_asset_check_evaluations()}
    (found,) = (one for one in result.get_asset_check_evaluations() if one.check_name == "blocks_tile_every_text")
    assert "d_" in str(found.metadata)
    assert {path: path.read_bytes() for path in before} == before
    assert house.batches("blocks") == ["b000001", "b000002", "b000003"]


def test_a_materialization_says_what_was_done(five: Settings) -> None:
    result = dg.materialize([asset_of("mentions")], resources={"run": Run(five)})
    (event,) = result.asset_materializations_for_node("mentions")
    metadata = {name: one.value for name, one in event.metadata.items()}
    n_rows = sum(Warehouse(five.warehouse).read("mentions", one).height for one in ("b000001", "b000002", "b000003"))
    assert metadata["dagster/row_count"] == n_rows
    assert 0 < metadata["share_of_names_unmatched"] < 1
    assert (metadata["articles"], "articles_per_second" in metadata) == (0, False)
    assert (metadata["parts_made"], metadata["parts_left_alone"], metadata["parts_dropped"]) == (0, 3, 0)
    assert event.metadata["preview"]
    lineage = event.metadata["dagster/column_lineage"].value.deps_by_column  # type: ignore[attr-defined]
    assert [(dep.asset_key.to_user_string(), dep.column_name) for dep in lineage["surface"]] == [("texts", "text")]


def test_a_materialization_says_how_much_was_done_and_the_log_why(five: Settings) -> None:
    strict = replace(five, profile="strict")
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([asset_of("blocks")], resources={"run": Run(strict)}, instance=instance)
        logged = [record.user_message for record in instance.all_logs(result.run_id)]
    (event,) = result.asset_materializations_for_node("blocks")
    figures = {name: one.value for name, one in event.metadata.items() if isinstance(one.value, int | float)}
    assert figures.keys() == {
        "dagster/row_count", "parts_made", "parts_left_alone", "parts_dropped", "articles", "articles_per_second", "seconds"
    }  # fmt: skip
    assert (figures["articles"], figures["parts_made"]) == (5, 3)
    (told,) = (line for line in logged if line.startswith("blocks: 3 of 3 parts made"))
    assert "(settings changed (profile))" in told
    assert not [line for line in logged if "of 5 articles" in line], "it took no ten seconds"


# ------------------------------------------------------------------------------------------------------- who imports whom

MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in (ROOT / "pipeline").rglob("*.py")
}


def imports(path: Path) -> set[str]:
    """Every module that a file imports anywhere, as dotted names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports in full"
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def belong(names: set[str], *packages: str) -> set[str]:
    return {name for name in names if any(name == one or name.startswith(f"{one}.") for one in packages)}


PURE = sorted(name for name in MODULES if belong({name}, "pipeline.text", "pipeline.tables", "pipeline.contract", "pipeline.render"))  # fmt: skip


@pytest.mark.parametrize("module", PURE)
def test_the_core_knows_nothing_above_it(module: str) -> None:
    found = imports(MODULES[module])
    assert not belong(found, "dagster", "duckdb")
    allowed = ("pipeline.text", "pipeline.tables", "pipeline.contract")
    assert belong(found, "pipeline") <= belong(found, *allowed) | {"pipeline"}


@pytest.mark.parametrize("module", [name for name in PURE if name.startswith("pipeline.text")])
def test_the_text_functions_do_not_touch_the_file_system(module: str) -> None:
    assert not belong(imports(MODULES[module]), "pathlib", "os", "io", "shutil", "tempfile", "glob")
    called = {
        node.func.id
        for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert "open" not in called


def test_only_definitions_and_assets_import_dagster() -> None:
    above = {name for name, path in MODULES.items() if belong(imports(path), "dagster")}
    assert above <= {name for name in MODULES if belong({name}, "pipeline.definitions", "pipeline.assets")}


@pytest.mark.parametrize("path", MODULES.values(), ids=MODULES)
def test_no_file_is_longer_than_a_reader_can_hold(path: Path) -> None:
    n_lines = len(path.read_text(encoding="utf-8").splitlines())
    assert n_lines <= 320 or path.name == "tables.py"


@pytest.mark.parametrize("path", MODULES.values(), ids=MODULES)
def test_every_module_says_what_belongs_in_it(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["plan"], ["show", "000"], ["query", "SELECT 1"], ["tables"], ["codebook"]],
    ids=lambda one: one[0],
)
def test_commands_that_only_look_do_not_import_dagster(warehouse: Path, arguments: list[str]) -> None:
    """Its import costs seconds."""
    code = """
import sys
from pipeline.cli import main
try:
    status = main(sys.argv[1:])
except SystemExit as done:
    status = done.code
assert status == 0, status
assert not [name for name in sys.modules if name.partition(".")[0] == "dagster"]
"""
    where = ["--warehouse", str(warehouse)] if arguments[0] in ("plan", "show", "query", "tables") else []
    command = [sys.executable, "-c", code, *arguments, *where]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

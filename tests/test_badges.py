"""The mark "Unsynced" of the Dagster UI, its causes, and how far they agree with what a run would do."""

from collections.abc import Callable
from dataclasses import replace

import dagster as dg
import pytest
from dagster._core.definitions.data_version import CachingStaleStatusResolver, StaleCauseCategory, StaleStatus
from dagster._core.loader import LoadingContextForTest
from test_batches import (
    add,
    add_a_rule_that_acts_on_one_article,
    bring_a_register,
    choose_a_profile,
    edit_a_boilerplate_rule,
    edit_an_abbreviation,
    edit_an_actor,
    nothing,
)

from pipeline.assets.asset import Run, asset_of, files_asset
from pipeline.definitions import run_from_config
from pipeline.plan import plan
from pipeline.settings import Settings
from pipeline.steps import STEPS

pytestmark = pytest.mark.filterwarnings("ignore::dagster.BetaWarning")
CODE, DATA = StaleCauseCategory.CODE, StaleCauseCategory.DATA
Badges = dict[str, set[tuple[StaleCauseCategory, str]]]


def assets(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> list[dg.AssetsDefinition]:
    """As a server with these settings loads them."""
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    return [files_asset(), *map(asset_of, STEPS)]


def badges(instance: dg.DagsterInstance, loaded: list[dg.AssetsDefinition]) -> Badges:
    """Tables with a badge, and what each says: the kind of cause and the table it comes from."""
    graph = dg.Definitions(assets=loaded, resources={"run": run_from_config}).resolve_asset_graph()
    resolver = CachingStaleStatusResolver(instance, graph, LoadingContextForTest(instance))
    found: Badges = {}
    for key in graph.get_all_asset_keys():
        if resolver.get_status(key) != StaleStatus.FRESH:
            causes = resolver.get_stale_causes(key)
            found[key.to_user_string()] = {
                (one.category, (one.dependency or one.key).asset_key.to_user_string()) for one in causes
            }
    return found


def materialize(
    instance: dg.DagsterInstance, loaded: list[dg.AssetsDefinition], settings: Settings, *tables: str
) -> None:
    selection = [dg.AssetKey(name) for name in tables] or None
    result = dg.materialize(loaded, instance=instance, resources={"run": Run(settings)}, selection=selection)
    assert result.success


@pytest.fixture
def instance(five: Settings, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """A run history in which everything was made once."""
    with dg.DagsterInstance.ephemeral() as history:
        materialize(history, assets(monkeypatch, five), five)
        yield history


def test_an_asset_never_made_has_no_badge_but_a_missing_one(five: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with dg.DagsterInstance.ephemeral() as history:
        assert badges(history, assets(monkeypatch, five)) == {name: set() for name in ("files", *STEPS)}


def test_a_new_code_version_is_shown_where_a_run_will_make_parts(
    instance: dg.DagsterInstance,
    five: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    changes: list[Callable[[Settings], Settings | None]] = [
        nothing, choose_a_profile, edit_a_boilerplate_rule, edit_an_abbreviation, edit_an_actor, bring_a_register,
    ]  # fmt: skip
    for happens in changes:
        elsewhere = replace(five, warehouse=str(tmp_path_factory.mktemp("edits") / "warehouse"))
        edited = replace(happens(elsewhere) or elsewhere, warehouse=five.warehouse)
        shown = badges(instance, assets(monkeypatch, edited))
        assert shown == {one.table: {(CODE, one.table)} for one in plan(edited) if one.certain}, happens.__name__
        assert bool(shown) == (happens is not nothing)


def test_new_data_is_shown_where_the_contents_are_others(
    instance: dg.DagsterInstance, five: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule strips another line: only what reads the blocks is behind; a profile that strips nothing else shows nothing."""
    strict = choose_a_profile(five)
    loaded = assets(monkeypatch, strict)
    materialize(instance, loaded, strict, "blocks")
    assert badges(instance, loaded) == {}

    edited = add_a_rule_that_acts_on_one_article(strict)
    loaded = assets(monkeypatch, edited)
    materialize(instance, loaded, edited, "blocks")
    shown = badges(instance, loaded)
    assert shown.pop("rules") == {(CODE, "rules"), (DATA, "blocks")}
    behind = {name for name, step in STEPS.items() if "blocks" in step.upstream} - {"rules"}
    assert shown == {name: {(DATA, "blocks")} for name in behind}
    assert {one.table for one in plan(edited) if one.certain} <= {*shown, "rules"}

    materialize(instance, loaded, edited)
    assert badges(instance, loaded) == {}


def test_a_run_with_other_settings_than_the_server_s_is_shown(
    instance: dg.DagsterInstance, five: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = assets(monkeypatch, five)
    materialize(instance, loaded, choose_a_profile(five))
    assert badges(instance, loaded) == {"blocks": {(CODE, "blocks")}}
    materialize(instance, loaded, five)
    assert badges(instance, loaded) == {}


def test_what_dagster_cannot_see_the_plan_tells(
    instance: dg.DagsterInstance, five: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(five)
    assert badges(instance, assets(monkeypatch, five)) == {}
    assert next(one for one in plan(five) if one.table == "files").certain

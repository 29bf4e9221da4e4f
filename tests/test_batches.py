"""Batches: who goes where, what a change costs, and what stands when a run breaks."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from conftest import article, made, run_steps, write_articles
from hypothesis import given
from hypothesis import strategies as st

from pipeline import batches, checks, contract, intake, staleness
from pipeline.batches import assign, run_step
from pipeline.fingerprints import digest, library_versions
from pipeline.knowledge import SeedError
from pipeline.plan import TablePlan, nothing_to_do, plan
from pipeline.readers import discover
from pipeline.recheck import recheck
from pipeline.release import bundle
from pipeline.settings import ROOT, Settings
from pipeline.staleness import own_depends, told
from pipeline.steps import STEPS, Step
from pipeline.steps.step import Context
from pipeline.tables import TABLES
from pipeline.warehouse import Warehouse

# ---------------------------------------------------------------------------------------------------------- assign

SCHEMA = {
    "path": pl.String,
    "record_number": pl.Int32,
    "status": pl.String,
    "n_bytes": pl.Int64,
    "document_id": pl.String,
}
Row = tuple[str, int, str, int, str | None]


def files(*rows: Row) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=SCHEMA, orient="row")


def of(path: str, n_bytes: int = 10, document: str | None = None) -> Row:
    return (path, 1, "ok", n_bytes, document or f"d_{path}")


NONE = files().with_columns(batch=pl.lit(None, pl.String))


def batch_of(frame: pl.DataFrame) -> dict[str, str | None]:
    return dict(frame.select("path", "batch").iter_rows())


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ([], [], {}),
        ([], [of("a"), of("b"), of("c")], {"a": 1, "b": 1, "c": 2}),
        ([], [of("a", 99), of("b"), of("c", 20)], {"a": 1, "b": 2, "c": 3}),
        ([], [of("a", 20), of("b", 0), of("c", 1)], {"a": 1, "b": 1, "c": 2}),
        ([of("b"), of("c")], [of("a"), of("b"), of("c")], {"a": 2, "b": 1, "c": 1}),
        ([of("a"), of("b"), of("c")], [of("a"), of("b"), of("c"), of("d")], {"a": 1, "b": 1, "c": 2, "d": 2}),
        ([of("a"), of("b"), of("c")], [of("b"), of("c"), of("d", 20)], {"b": 1, "c": 2, "d": 3}),
        ([of("a"), of("b"), of("c")], [of("b")], {"b": 1}),
        ([of("a"), of("b"), of("c")], [of("z", 10, "d_a"), of("b"), of("c")], {"z": 1, "b": 1, "c": 2}),
        ([of("a"), of("b"), of("c")], [of("a", 9, "d_new"), of("b"), of("c")], {"a": 1, "b": 1, "c": 2}),
        ([of("a"), of("b"), of("c")], [of("a", 15, "d_new"), of("b"), of("c")], {"a": 3, "b": 1, "c": 2}),
        ([of("a", 30)], [of("a", 40, "d_new")], {"a": 1}),
        ([of("a")], [("a", 1, "empty", 0, None), ("b", 1, "duplicate", 10, "d_a")], {"a": None, "b": None}),
    ],
    ids=[
        "nothing", "filled in order", "a document over the bound is alone", "an empty document fits anywhere",
        "who comes later goes last, whatever its name", "the last batch is filled up", "a full batch is not",
        "who goes leaves a gap", "a renamed document stays", "a changed document takes its predecessor's place",
        "a changed document that no longer fits does not", "unless it is alone", "rows without a document have no batch",
    ],
)  # fmt: skip
def test_documents_are_packed_in_order_of_arrival(before: list[Row], now: list[Row], expected: dict[str, int]) -> None:
    first = assign(files(*before), NONE, 20)
    wanted = {path: number and f"b{number:06d}" for path, number in expected.items()}
    assert batch_of(assign(files(*now), first, 20)) == wanted


corpora = st.dictionaries(st.sampled_from("abcdefghijklmnop"), st.integers(0, 30), max_size=16)


@given(st.lists(corpora, min_size=1, max_size=4))
def test_every_document_has_a_batch_no_batch_is_over_the_bound_and_nobody_moves(history: list[dict[str, int]]) -> None:
    """Whatever comes, goes and changes: a document is what it is named and how long it is."""
    before = NONE
    for corpus in history:
        now = files(*(of(path, size, f"d_{path}{size}") for path, size in corpus.items()))
        after = assign(now, before, 20)
        assert after.select(list(SCHEMA)).equals(now)
        assert after["batch"].null_count() == 0
        for (_,), batch in after.group_by("batch"):
            assert batch["n_bytes"].sum() <= 20 or batch.filter(pl.col("n_bytes") > 0).height == 1
        stayed = after.join(before, on="document_id", suffix="_before")
        assert stayed["batch"].equals(stayed["batch_before"])
        before = after


# ------------------------------------------------------------------------------------------- what a change costs

ALL = ("all",)
EVERY = ("b000001", "b000002", "b000003")
TAGGED = ("mentions", "quotes", "stripped_mentions")


def articles(settings: Settings) -> Path:
    return Path(settings.inputs[0])


def edited_seeds(settings: Settings, name: str, old: str, new: str) -> Settings:
    seeds = Path(settings.warehouse).parent / "seeds"
    shutil.copytree(settings.seeds, seeds)
    text = (seeds / name).read_text(encoding="utf-8")
    assert old in text
    (seeds / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return replace(settings, seeds=str(seeds))


def nothing(settings: Settings) -> None: ...


def add(settings: Settings) -> None:
    write_articles(articles(settings), 6)


def change(settings: Settings) -> None:
    (articles(settings) / "003.txt").write_text(article(33))


def rename(settings: Settings) -> None:
    (articles(settings) / "003.txt").rename(articles(settings) / "zzz.txt")


def delete(settings: Settings) -> None:
    (articles(settings) / "003.txt").unlink()


def delete_the_only_one_of_a_batch(settings: Settings) -> None:
    (articles(settings) / "005.txt").unlink()


def touch(settings: Settings) -> None:
    os.utime(articles(settings) / "003.txt", (1, 1))


def add_a_duplicate(settings: Settings) -> None:
    shutil.copy(articles(settings) / "003.txt", articles(settings) / "copy.txt")


def add_a_bad_file(settings: Settings) -> None:
    (articles(settings) / "empty.txt").touch()


def give_a_title(settings: Settings) -> None:
    (articles(settings) / "metadata.csv").write_text("file,title\n001.txt,Officials settle a dispute\n")


def give_an_address(settings: Settings) -> None:
    (articles(settings) / "metadata.csv").write_text("file,url\n001.txt,https://example.org/a\n")


def give_a_date(settings: Settings) -> None:
    (articles(settings) / "metadata.csv").write_text("file,date\n001.txt,2024-06-20\n")


def edit_a_boilerplate_rule(settings: Settings) -> Settings:
    return edited_seeds(settings, "rules/boilerplate.csv", "standard", "cautious")


def add_a_rule_that_acts_on_one_article(settings: Settings) -> Settings:
    row = "zzz,inline,ad,signed paper 3,cautious,true,Why.,signed paper 3,,"
    return edited_seeds(settings, "rules/boilerplate.csv", "\nlist_item,", f"\n{row}\nlist_item,")


def edit_an_actor(settings: Settings) -> Settings:
    return edited_seeds(settings, "register/countries.csv", "France", "Francia")


def bring_a_register(settings: Settings) -> Settings:
    mine = Path(settings.warehouse).parent / "mine"
    mine.mkdir()
    (mine / "roles.csv").write_text("role,plural,sector,office,branch,note\nreeve,reeves,GOV,,GOV,\n")
    return replace(settings, registers=(str(mine),))


def edit_an_abbreviation(settings: Settings) -> Settings:
    return edited_seeds(settings, "rules/abbreviations.csv", "\n", "\nZzz.,title,\n")


def accept_another_spelling(settings: Settings) -> Settings:
    return edited_seeds(settings, "rules/given.csv", "\n", "\ntext,column,zzz\n")


def choose_a_profile(settings: Settings) -> Settings:
    return replace(settings, profile="strict")


def correct(settings: Settings, *rows: str) -> Settings:
    return edited_seeds(settings, "rules/corrections.csv", "reason\n", "\n".join(["reason", *rows, ""]))


def id_of(settings: Settings, path: str) -> str:
    files = Warehouse(settings.warehouse).read("files")
    return str(files.filter(pl.col("path") == path)["document_id"][0])


def put_a_block_back(settings: Settings) -> Settings:
    return correct(
        settings, f"{id_of(settings, '003.txt')},Read More: Storm number 3 hits  the coast,keep,It is the news."
    )


def correct_a_document_that_is_not_there(settings: Settings) -> Settings:
    return correct(settings, "d_0123456789abcdef,A line,strip,It was there once.")


def correct_a_block_that_is_not_there(settings: Settings) -> Settings:
    return correct(settings, f"{id_of(settings, '003.txt')},A line,strip,It was there once.")


def delete_a_part(settings: Settings) -> None:
    Warehouse(settings.warehouse).part("sentences", "b000002").unlink()


def truncate_a_part(settings: Settings) -> None:
    path = Warehouse(settings.warehouse).part("mentions", "b000001")
    path.write_bytes(path.read_bytes()[:-9])


def flip_the_end_of_a_part(settings: Settings) -> None:
    path = Warehouse(settings.warehouse).part("quotes", "b000003")
    path.write_bytes(path.read_bytes()[:-4] + b"XXXX")


def delete_the_part_of_a_whole_table(settings: Settings) -> None:
    Warehouse(settings.warehouse).part("duplicates", "all").unlink()


def delete_the_list_of_files(settings: Settings) -> None:
    Warehouse(settings.warehouse).part("files", "all").unlink()


def delete_a_table(settings: Settings) -> None:
    shutil.rmtree(Path(settings.warehouse) / "documents")


def leave_a_part_of_no_batch(settings: Settings) -> None:
    house = Warehouse(settings.warehouse)
    shutil.copy(house.part("texts", "b000001"), house.part("texts", "b000009"))


def truncate_facts(settings: Settings) -> None:
    path = Warehouse(settings.warehouse).part(".facts/repeated_lines", "b000001")
    path.write_bytes(path.read_bytes()[:-9])


def stop_in_the_middle(settings: Settings) -> None:
    """A run was killed when it had made the texts of a new article."""
    add(settings)
    intake.take_in(settings)
    run_step(STEPS["texts"], settings)


def allow_smaller_batches(settings: Settings) -> Settings:
    return replace(settings, batch_bytes=800)


def allow_more_processes(settings: Settings) -> Settings:
    return replace(settings, workers=2)


def allow_larger_files(settings: Settings) -> Settings:
    return replace(settings, max_file_bytes=settings.max_file_bytes + 1)


def edit_a_verb(settings: Settings) -> Settings:
    return edited_seeds(settings, "rules/speech_verbs.csv", "\nsay,", "\nzzz,zzz|zzzs,that,\nsay,")


def delete_keys(settings: Settings) -> None:
    shutil.rmtree(Path(settings.warehouse) / ".keys")


def delete_facts(settings: Settings) -> None:
    shutil.rmtree(Path(settings.warehouse) / ".facts")


BOX = "Tea and cake with the reader."


def boxed(settings: Settings, name: str, number: int) -> None:
    """An article under a box."""
    path = articles(settings) / f"{name}.txt"
    path.parent.mkdir(exist_ok=True)
    lead = f"The council of the harbour town heard {number} speakers on the new quay and put off its vote until the autumn."
    path.write_text(f"{article(number)}\n{lead}\n\nThe quay is {number} years old, the council said.\n\n{BOX}\n")


def add_a_line_nobody_repeats(settings: Settings) -> None:
    boxed(settings, "006", 6)


def add_a_line_of_another_outlet(settings: Settings) -> None:
    boxed(settings, "006", 6)
    run_steps(settings)
    boxed(settings, "other/007", 7)


def add_a_line_again(settings: Settings) -> None:
    """The first article with it is in batch 3, the next opens batch 4."""
    boxed(settings, "006", 6)
    run_steps(settings)
    boxed(settings, "007", 7)


def add_a_line_for_the_fourth_time(settings: Settings) -> None:
    for number in (6, 7, 8):
        boxed(settings, f"{number:03}", number)
    run_steps(settings)
    boxed(settings, "009", 9)


def delete_the_other_article_with_a_line(settings: Settings) -> None:
    add_a_line_again(settings)
    run_steps(settings)
    (articles(settings) / "006.txt").unlink()


def forget_what_was_seen(settings: Settings) -> None:
    Warehouse(settings.warehouse).part(".keys/files", "seen").unlink()


def damage_what_was_seen(settings: Settings) -> None:
    """In the middle, where the footer does not show it."""
    path = Warehouse(settings.warehouse).part(".keys/files", "seen")
    held = bytearray(path.read_bytes())
    held[100:200] = bytes(100)
    path.write_bytes(held)


def put_another_table_in_the_place_of_files(settings: Settings) -> None:
    house = Warehouse(settings.warehouse)
    shutil.copy(house.part("texts", "b000001"), house.part("files", "all"))


def leave_files_of_another_version(settings: Settings) -> None:
    """One column is not known yet, one no more, and one was a number."""
    house = Warehouse(settings.warehouse)
    rows = house.read("files").drop("given_author").with_columns(pl.col("n_bytes").cast(pl.String), zzz=pl.lit(1))
    house.publish("files", "all", rows.to_arrow(), "of another version")


def parts(batch: tuple[str, ...], *tables: str) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(tables, batch)


CLEANED = ("blocks", "documents", "sentences", *TAGGED)
COUNTED = parts(ALL, "repeated_lines", "duplicates", "rules", "actor_counts", "outlets", "unmatched_names", "issues")


def arrived(*batches: str, again: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    """Documents came into these batches or went out of them; batches `again` are only cleaned anew."""
    texts = parts(batches, "texts") if batches else {}
    return {**texts, **parts((*again, *batches), *CLEANED), **COUNTED, "files": ALL}


Change = Callable[[Settings], Settings | None]
COSTS: list[tuple[Change, dict[str, tuple[str, ...]]]] = [
    (nothing, {}),
    (touch, {}),
    (forget_what_was_seen, {}),
    (delete_keys, {}),
    (delete_facts, {}),
    (add, arrived("b000003")),
    (change, {name: made for name, made in arrived("b000002").items() if name != "rules"}),
    (delete, arrived("b000002")),
    (delete_the_only_one_of_a_batch, {**COUNTED, "files": ALL}),
    (rename, parts(ALL, "files", "issues")),
    (add_a_duplicate, parts(ALL, "files", "issues")),
    (add_a_bad_file, parts(ALL, "files", "issues")),
    (give_a_title, {**parts(("b000001",), "blocks", "documents"), "files": ALL}),
    (give_a_date, {**parts(("b000001",), "documents", "mentions", "stripped_mentions"), **parts(ALL, "files", "actor_counts", "issues")}),
    (give_an_address, {**parts(("b000001",), "documents"), **parts(ALL, "files", "repeated_lines", "outlets")}),
    (edit_a_boilerplate_rule, {**parts(EVERY, "blocks"), **parts(ALL, "rules")}),
    (add_a_rule_that_acts_on_one_article, {
        **parts(EVERY, "blocks"), **parts(("b000002",), "documents", "sentences", *TAGGED), **parts(ALL, "rules", "outlets", "duplicates")}),
    (choose_a_profile, parts(EVERY, "blocks")),
    (edit_an_abbreviation, parts(EVERY, "sentences")),
    (accept_another_spelling, {}),
    (edit_an_actor, {**parts(EVERY, "mentions", "stripped_mentions"), **parts(ALL, "actors", "actor_aliases", "actor_offices", "unmatched_names", "issues")}),
    (bring_a_register, {**parts(EVERY, "mentions", "stripped_mentions"), **parts(ALL, "actors", "actor_aliases", "actor_offices", "issues")}),
    (add_a_line_nobody_repeats, arrived("b000004")),
    (add_a_line_of_another_outlet, arrived("b000005")),
    (add_a_line_again, arrived("b000005", again=("b000004",))),
    (add_a_line_for_the_fourth_time, arrived("b000007")),
    (delete_the_other_article_with_a_line, arrived(again=("b000005",))),
    (put_a_block_back, {
        **parts(("b000002",), "blocks", "documents", "sentences", *TAGGED),
        **parts(ALL, "corrections", "rules", "outlets", "duplicates", "unmatched_names", "issues")}),
    (correct_a_document_that_is_not_there, parts(ALL, "corrections", "issues")),
    (correct_a_block_that_is_not_there, {**parts(("b000002",), "blocks"), **parts(ALL, "corrections", "issues")}),
    (delete_a_part, {"sentences": ("b000002",)}),
    (truncate_a_part, {"mentions": ("b000001",)}),
    (flip_the_end_of_a_part, {"quotes": ("b000003",)}),
    (delete_the_part_of_a_whole_table, {"duplicates": ALL}),
    (delete_the_list_of_files, {"files": ALL}),
    (delete_a_table, {"documents": EVERY}),
    (leave_a_part_of_no_batch, {}),
    (truncate_facts, {}),
    (damage_what_was_seen, {}),
    (put_another_table_in_the_place_of_files, {"files": ALL}),
    (leave_files_of_another_version, {"files": ALL}),
    (stop_in_the_middle, {name: made for name, made in arrived("b000003").items() if name not in ("files", "texts")}),
    (allow_smaller_batches, {}),
    (allow_more_processes, {}),
    (allow_larger_files, {}),
    (edit_a_verb, {**parts(EVERY, "sentences", *TAGGED), **parts(ALL, "unmatched_names")}),
]  # fmt: skip


def held(settings: Settings) -> dict[str, tuple[int, bytes]]:
    """Every file of the warehouse, with the time it was written."""
    return {
        str(path): (path.stat().st_mtime_ns, path.read_bytes())
        for path in Path(settings.warehouse).rglob("*")
        if path.is_file()
    }


def costs(settings: Settings, expected: dict[str, tuple[str, ...]]) -> list[TablePlan]:
    """A run makes these parts and no others, another makes none; the plan, which writes nothing, said so before."""
    before = held(settings)
    planned = plan(settings)
    assert nothing_to_do(settings) is None or {str(one) for one in planned} == {"up to date"}
    assert held(settings) == before
    outcomes = run_steps(settings)
    assert made(outcomes) == expected
    assert all(outcome.passed for outcome in outcomes.values())
    assert [one.table for one in planned] == list(outcomes)
    for one in planned:
        outcome = outcomes[one.table]
        assert set(one.certain) <= set(outcome.made) <= {*one.certain, *one.possible}, one.table
        assert all(set(reasons) <= set(outcome.reasons[part]) for part, reasons in one.certain.items()), one.table
        assert outcome.dropped == one.dropped
    again = run_steps(settings)
    assert made(again) == {}
    assert {str(one) for one in plan(settings)} == {"up to date"}
    assert nothing_to_do(settings) == [replace(again[name], seconds=0.0) for name in ("files", *STEPS)]
    return planned


@pytest.mark.parametrize(("happens", "expected"), COSTS, ids=[happens.__name__ for happens, _ in COSTS])
def test_a_change_costs_the_parts_it_concerns_and_no_others(
    five: Settings, happens: Change, expected: dict[str, tuple[str, ...]]
) -> None:
    costs(happens(five) or five, expected)


Patch = Callable[[pytest.MonkeyPatch], None]


def other_code(patch: pytest.MonkeyPatch) -> None:
    real, edited = staleness.code_digest, STEPS["sentences"].run
    patch.setattr(staleness, "code_digest", lambda function: "other" if function is edited else real(function))


def other_code_that_counts(patch: pytest.MonkeyPatch) -> None:
    real, edited = staleness.code_digest, STEPS["duplicates"].keys
    patch.setattr(staleness, "code_digest", lambda function: "other" if function is edited else real(function))


def another_check(patch: pytest.MonkeyPatch) -> None:
    real = checks.version
    patch.setattr(checks, "version", lambda table: "other" if table == "quotes" else real(table))


def another_library(patch: pytest.MonkeyPatch) -> None:
    real = staleness.library_versions
    patch.setattr(staleness, "library_versions", lambda names: real(names) | dict.fromkeys(set(names) & {"rensa"}, "0"))


def another_tagger(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(
        STEPS, "mentions", replace(STEPS["mentions"], chosen={"tagger": lambda settings: "version 2 of a model"})
    )


def another_share(patch: pytest.MonkeyPatch) -> None:
    shares = {"share_of_names_unmatched": (pl.lit(1), pl.len())}
    patch.setitem(STEPS, "mentions", replace(STEPS["mentions"], shares=shares))


@pytest.mark.parametrize(
    ("happens", "expected", "why"),
    [
        (other_code, parts(EVERY, "sentences"), "code changed"),
        (other_code_that_counts, {}, ""),
        (another_check, parts(EVERY, "quotes"), "code changed (checks)"),
        (another_library, parts(ALL, "duplicates"), "libraries changed (rensa)"),
        (another_tagger, parts(EVERY, "mentions"), "settings changed (tagger)"),
        (another_share, parts(EVERY, "mentions"), "code changed (declaration)"),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)  # fmt: skip
def test_another_version_costs_what_hangs_on_it(
    five: Settings, monkeypatch: pytest.MonkeyPatch, happens: Patch, expected: dict[str, tuple[str, ...]], why: str
) -> None:
    happens(monkeypatch)
    planned = costs(five, expected)
    assert {told(one.certain.values()) for one in planned if one.certain} == {why} - {""}
    if happens is other_code_that_counts:
        assert {str(one) for one in planned} == {"up to date", "at most 1 of 1: counts may change"}


@pytest.mark.parametrize(
    ("happens", "expected"),
    [
        (nothing, {}),
        (add, {"files": "1 of 1 parts: input: 1 new", "texts": "1 of 3 parts: files changed (document_id, encoding, format, …)"}),
        (rename, {"files": "1 of 1 parts: input: 1 new, 1 gone", "issues": "1 of 1 parts: files changed (document_id, path)"}),
        (change, {"files": "1 of 1 parts: input: 1 changed"}),
        (delete, {"files": "1 of 1 parts: input: 1 gone"}),
        (delete_the_only_one_of_a_batch, {
            "texts": "1 dropped: their documents are gone", "rules": "1 of 1 parts: batches changed"}),
        (delete_a_part, {"sentences": "1 of 3 parts: missing", "mentions": "at most 1 of 3: sentences may change",
                         "unmatched_names": "at most 1 of 1: sentences may change; mentions may change"}),
        (truncate_a_part, {"mentions": "1 of 3 parts: damaged", "quotes": "at most 1 of 3: mentions may change"}),
        (choose_a_profile, {"blocks": "3 of 3 parts: settings changed (profile)", "documents": "at most 3 of 3: blocks may change"}),
        (edit_an_actor, {"mentions": "3 of 3 parts: seeds changed (register/countries.csv)"}),
        (bring_a_register, {"mentions": "3 of 3 parts: registers changed (mine/roles.csv)"}),
        (put_another_table_in_the_place_of_files, {"files": "1 of 1 parts: damaged"}),
        (leave_files_of_another_version, {"files": "1 of 1 parts: declaration changed"}),
        (delete_keys, {"duplicates": "at most 1 of 1: blocks may change; documents may change"}),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)  # fmt: skip
def test_a_plan_says_why_and_what_is_not_certain(five: Settings, happens: Change, expected: dict[str, str]) -> None:
    said = {one.table: str(one) for one in plan(happens(five) or five)}
    assert {table: said[table] for table in expected} == expected
    assert expected or set(said.values()) == {"up to date"}


def test_a_table_of_the_whole_corpus_is_not_read_for_each_batch(
    five: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, count = Warehouse.read, 0

    def counted(house: Warehouse, table: str, *more: Any) -> pl.DataFrame:
        nonlocal count
        count += table == "actors"
        return read(house, table, *more)

    monkeypatch.setattr(Warehouse, "read", counted)
    outcomes = run_steps(edit_an_actor(five) or five)
    assert len(outcomes["mentions"].made) == len(outcomes["stripped_mentions"].made) == 3
    assert count <= 3  # once for each of the tables that use it


def test_a_file_that_goes_while_it_is_read_is_told_of_and_read_when_it_is_back(
    five: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_articles(articles(five), 6)
    path, aside = articles(five) / "006.txt", articles(five) / ".006"

    def with_one_gone(inputs: list[Path]) -> list[discover.Found]:
        found = discover.discover(inputs)
        path.rename(aside)
        return found

    def gone() -> list[str]:
        issues = Warehouse(five.warehouse).read("issues")
        return issues.filter(pl.col("kind") == "file_gone")["place"].to_list()

    with monkeypatch.context() as patched:
        patched.setattr("pipeline.batches.discover", with_one_gone)
        outcomes = run_steps(five)
    assert all(outcome.passed for outcome in outcomes.values())
    assert (outcomes["files"].n_rows, outcomes["texts"].n_rows, gone()) == (6, 5, ["006.txt"])
    aside.rename(path)  # as it was, to the size and the second
    assert nothing_to_do(five) is None
    assert {str(one) for one in plan(five) if one.table == "texts"} == {"1 of 3 parts: unread changed (006.txt)"}
    assert (run_steps(five)["texts"].n_rows, gone()) == (6, [])


def test_a_run_ends_where_all_files_go_while_they_are_read(five: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    write_articles(articles(five), 6)
    monkeypatch.setattr("pipeline.batches.discover", lambda inputs: [])
    with pytest.raises(discover.ChangedFile, match="run again"):
        run_steps(five)
    assert Warehouse(five.warehouse).read("texts", "b000003").height == 1


def test_a_plan_of_a_warehouse_not_yet_there_makes_nothing(tmp_path: Path, seeds: Path) -> None:
    write_articles(tmp_path / "articles", 1)
    settings = Settings((str(tmp_path / "articles"),), str(tmp_path / "warehouse"), str(seeds), workers=1)
    assert {str(one) for one in plan(settings)} == {"1 of 1 parts: missing"}
    assert not Path(settings.warehouse).exists()


def test_registers_in_another_order_are_another_reason(five: Settings) -> None:
    both = bring_a_register(five).registers
    other = Path(both[0]).with_name("others")
    shutil.copytree(both[0], other)
    one, two = (own_depends(STEPS["mentions"], replace(five, registers=each), "table")["registers"]
                for each in ((*both, str(other)), (str(other), *both)))  # fmt: skip
    assert one.keys() == two.keys() == {"mine/roles.csv", "others/roles.csv"}
    assert one != two


def test_what_a_part_depends_on_makes_its_fingerprint(five: Settings) -> None:
    house = Warehouse(five.warehouse)
    for table in STEPS:
        for footer in house.footers(table, house.batches(table)).values():
            assert footer
            depends = json.loads(footer.depends)
            assert footer.fingerprint == digest(depends)
            assert depends["code"]


def test_progress_is_counted_in_articles_and_ends_with_all(five: Settings) -> None:
    heard: dict[str, list[tuple[int, int]]] = {}
    edited = edit_an_abbreviation(five)
    for name in ("sentences", "mentions"):
        run_step(STEPS[name], edited, lambda done, total, name=name: heard.setdefault(name, []).append((done, total)))
    assert heard == {"sentences": [(0, 5), (2, 5), (4, 5), (5, 5)], "mentions": [(0, 0)]}


def test_shares_are_those_of_all_rows(five: Settings) -> None:
    add(five)
    outcomes = run_steps(five)
    house = Warehouse(five.warehouse)
    mentions, documents = (
        pl.concat(house.read(name, batch) for batch in house.batches(name)) for name in ("mentions", "documents")
    )
    names = mentions.filter(pl.col("form") == "name")
    assert outcomes["mentions"].shares["share_of_names_unmatched"] == names["actor_id"].null_count() / names.height
    stripped = (documents["share_stripped"] * documents["n_chars"]).sum() / documents["n_chars"].sum()
    assert outcomes["documents"].shares["share_stripped"] == pytest.approx(stripped)


def test_an_input_that_is_there_again_as_it_was_costs_nothing_more(five: Settings) -> None:
    """A rule comes and goes: what was made of the same blocks before stands."""
    edited = add_a_rule_that_acts_on_one_article(five)
    run_steps(edited)
    assert made(run_steps(five)).keys() == made(run_steps(edited)).keys()
    (articles(five) / "003.txt").write_text(article(3).replace("signed paper 3", "read it"))
    run_steps(edited)
    assert made(run_steps(five)) == {**parts(EVERY, "blocks"), **parts(ALL, "rules", "outlets")}


def test_a_run_with_nothing_to_do_reads_no_keys_and_no_texts(five: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    real = Warehouse.read
    monkeypatch.setattr(Warehouse, "read", lambda self, table, *args: read.append(table) or real(self, table, *args))
    run_steps(five)
    assert set(read) <= {"files", ".keys/files"}


def test_a_correction_acts_on_its_block_and_names_itself(five: Settings) -> None:
    body = (
        "“We have signed paper 3 about the satellite,” said Canadian Prime Minister Jane Example, who chaired round 3."
    )
    edited = put_a_block_back(five)
    run_steps(edited)
    blocks = Warehouse(five.warehouse).read("blocks", "b000002").filter(pl.col("document_id") == id_of(five, "003.txt"))
    corrected = blocks.filter(pl.col("rule_id") == "correction").select("text", "kind", "is_body", "score").rows()
    assert corrected == [("Read More: Storm number 3 hits the coast", "body", True, 1.0)]
    assert "Storm number 3" in str(Warehouse(five.warehouse).read("sentences", "b000002")["text"].to_list())
    paragraph = next(text for text in blocks["text"] if text.startswith(body[:20]))
    quoted = paragraph.replace('"', '""')
    shutil.rmtree(Path(edited.seeds))
    run_steps(correct(five, f'{id_of(five, "003.txt")},"{quoted}",strip,A promotion.'))
    blocks = Warehouse(five.warehouse).read("blocks", "b000002").filter(pl.col("rule_id") == "correction")
    assert blocks.select("text", "kind", "is_body").rows() == [(paragraph, "other_boilerplate", False)]


@pytest.mark.parametrize(
    ("happens", "kind"),
    [
        (correct_a_block_that_is_not_there, "correction_without_block"),
        (correct_a_document_that_is_not_there, "correction_without_document"),
    ],
)
def test_a_correction_that_is_lost_is_told_of(five: Settings, happens: Change, kind: str) -> None:
    edited = happens(five) or five
    check = "every_correction_finds_its_block"
    (told,) = run_steps(edited)["issues"].failures
    assert (told.rule, told.severity, told.count) == (check, "warning", 1)
    assert "corrections.csv, row 2" in str(told)
    issues = Warehouse(five.warehouse).read("issues").filter(pl.col("kind") == kind)
    assert issues["place"].str.starts_with("seeds/rules/corrections.csv, row 2: d_").to_list() == [True]
    assert [one.rule for one in run_steps(edited)["issues"].failures] == [check], "told again while it lasts"


def test_two_corrections_of_one_block_are_refused(five: Settings) -> None:
    row = "d_0123456789abcdef,A  line,strip,why"
    with pytest.raises(SeedError, match=r"corrections\.csv, row 3: row 2 decides"):
        run_steps(correct(five, row, row.replace("A  line,strip", "A line,keep")))


def test_a_deleted_article_leaves_no_rows(five: Settings) -> None:
    warehouse = Warehouse(five.warehouse)
    (gone,) = warehouse.read("texts", "b000003")["document_id"]
    delete_the_only_one_of_a_batch(five)
    outcomes = run_steps(five)
    assert outcomes["mentions"].dropped == ("b000003",)
    for table in TABLES:
        for batch in warehouse.batches(table.name):
            assert gone not in str(warehouse.read(table.name, batch).rows())


def test_a_corpus_without_a_single_document_has_all_tables(tmp_path: Path, seeds: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "empty.txt").touch()
    settings = Settings((str(tmp_path / "articles"),), str(tmp_path / "warehouse"), str(seeds), workers=1)
    outcomes = run_steps(settings)
    assert all(outcome.passed for outcome in outcomes.values())
    assert {table.name for table in TABLES} == set(outcomes)
    write_articles(tmp_path / "articles", 1)
    assert run_steps(settings)["texts"].n_rows == 1
    assert Warehouse(settings.warehouse).batches("texts") == ["b000001"]


def test_a_file_that_could_not_be_opened_is_tried_again(five: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Giving the right to read a file changes neither its size nor its time."""
    add(five)
    real = discover.open_input

    def refuse(path: Path) -> object:
        if path.name == "006.txt":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(discover, "open_input", refuse)
    run_steps(five)
    files = Warehouse(five.warehouse).read("files")
    assert files.filter(pl.col("path") == "006.txt")["status"].to_list() == ["unreadable"]
    monkeypatch.undo()
    assert run_steps(five)["texts"].made == ("b000003",)


def test_the_warehouse_is_not_taken_for_input(five: Settings) -> None:
    """`tidywire run .` beside the warehouse must not read its own tables."""
    outcomes = run_steps(replace(five, inputs=(str(articles(five).parent),)))
    assert outcomes["files"].n_rows == 5
    assert set(Warehouse(five.warehouse).read("files")["path"].str.head(9)) == {"articles/"}


def test_a_warehouse_given_as_an_address_is_not_taken_for_input(tmp_path: Path) -> None:
    folder = write_articles(tmp_path / "articles", 1)
    (folder / "made").mkdir()
    (folder / "made" / "note.txt").write_text(article(2))
    given = Settings(inputs=(str(folder),), warehouse=(folder / "made").as_uri())
    assert [one.path for one in intake.articles(given)] == ["001.txt"]


def test_the_warehouse_is_not_taken_for_input_through_a_link(five: Settings, tmp_path: Path) -> None:
    (articles(five) / "tables").symlink_to(five.warehouse)
    assert run_steps(five)["files"].n_rows == 5
    (tmp_path / "link").symlink_to(five.warehouse)
    outcomes = run_steps(replace(five, warehouse=str(tmp_path / "link"), inputs=(str(articles(five).parent),)))
    assert outcomes["files"].n_rows == 5


def test_spellings_are_those_of_the_seeds(five: Settings) -> None:
    (articles(five) / "more.csv").write_text(f'prose\n"{article(6)}"\n')
    assert files_of(five)["more.csv", 1][0] == "bad_record"
    edited = edited_seeds(five, "rules/given.csv", "text,column,text\n", "text,column,text\ntext,column,prose\n")
    assert files_of(edited)["more.csv", 1][0] == "ok"


@pytest.mark.parametrize("library", ["charset-normalizer", "ftfy", "pyarrow", "resiliparse"])
def test_files_are_read_again_by_another_version_of_a_library(
    five: Settings, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    opened: list[str] = []
    real = discover.open_input
    monkeypatch.setattr(discover, "open_input", lambda path: opened.append(path.name) or real(path))
    intake.take_in(five)
    assert opened == []
    edited = {name: version for name, version in library_versions(intake._LIBRARIES).items() if name != library}
    monkeypatch.setattr(intake, "library_versions", lambda names: {**dict.fromkeys(names, "0"), **edited})
    intake.take_in(five)
    intake.take_in(five)
    assert opened == [f"00{number}.txt" for number in range(1, 6)]


def files_of(settings: Settings) -> dict[tuple[str, int], tuple[str, str | None]]:
    """Status and problem of every row of `files`."""
    with Warehouse(settings.warehouse).session():
        intake.take_in(settings)
    rows = Warehouse(settings.warehouse).read("files").select("path", "record_number", "status", "problem")
    return {(path, number): (status, problem) for path, number, status, problem in rows.iter_rows()}


def test_a_repeat_names_the_file_and_the_record_it_repeats(five: Settings) -> None:
    lines = [json.dumps({"text": text}) for text in (article(6), article(7), article(7), article(1))]
    (articles(five) / "more.jsonl").write_text("\n".join(lines))
    (articles(five) / "z.txt").write_text(article(6))
    told = {place: problem.partition(";")[0] for place, (status, problem) in files_of(five).items() if problem}
    assert told == {
        ("more.jsonl", 3): "It has the same bytes as more.jsonl, record 2",
        ("more.jsonl", 4): "It has the same bytes as 001.txt",
        ("z.txt", 1): "It has the same bytes as more.jsonl, record 1",
    }


def test_a_date_that_cannot_be_read_is_no_problem_when_the_sidecar_knows_it(five: Settings) -> None:
    (articles(five) / "more.jsonl").write_text(json.dumps({"text": article(6), "date": "some day"}))
    assert "'some day'" in (files_of(five)["more.jsonl", 1][1] or "")
    (articles(five) / "metadata.csv").write_text("file,title\nmore.jsonl,A title\n")
    assert "'some day'" in (files_of(five)["more.jsonl", 1][1] or "")
    (articles(five) / "metadata.csv").write_text("file,date\nmore.jsonl,2024-06-20\n")
    assert files_of(five)["more.jsonl", 1] == ("ok", None)


def test_the_encoding_told_is_that_of_a_file_still_there(five: Settings) -> None:
    """The same text in two tables of different encodings is one document, read from the first."""
    line = json.dumps({"text": "The café in Málaga stays open, said the owner."}, ensure_ascii=False)
    for name, codec in (("x.jsonl", "utf-8"), ("y.jsonl", "cp1252")):
        (articles(five) / name).write_bytes(line.encode(codec))
    for encoding in ("utf-8", "windows-1252"):
        run_steps(five)
        texts = pl.concat(Warehouse(five.warehouse).read("texts", batch) for batch in EVERY)
        assert texts.filter(pl.col("text").str.contains("café"))["encoding"].to_list() == [encoding]
        (articles(five) / "x.jsonl").unlink(missing_ok=True)


def test_a_record_appended_to_a_table_costs_one_batch(five: Settings) -> None:
    lines = [
        json.dumps({"text": f"Delegates met for the {n}th time in Geneva, the chair said."}) for n in range(40, 80)
    ]
    table = articles(five) / "z.jsonl"
    table.write_text("\n".join(lines[:-1]), encoding="utf-8")
    run_steps(five)
    table.write_text("\n".join(lines), encoding="utf-8")
    assert len(run_steps(five)["texts"].made) == 1


@pytest.mark.parametrize("happens", [delete, change])
def test_a_file_that_went_or_changed_in_between_is_not_taken_for_what_was_listed(
    five: Settings, happens: Change
) -> None:
    before = Warehouse(five.warehouse).read("texts", "b000002")["document_id"].to_list()
    happens(five)
    Warehouse(five.warehouse).part("texts", "b000002").unlink()
    run_step(STEPS["texts"], five)
    after = Warehouse(five.warehouse).read("texts", "b000002")["document_id"].to_list()
    assert after == [one for one in before if one in after]
    assert len(after) == len(before) - 1


# -------------------------------------------------------------------------------------------- same input, same bytes


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def published(settings: Settings) -> dict[str, bytes]:
    """Every part of every table and of every key."""
    return {name: held for name, held in contents(Path(settings.warehouse)).items() if name.endswith(".parquet")}


def test_two_histories_of_one_corpus_make_one_release(five: Settings, tmp_path: Path, seeds: Path) -> None:
    for happens in (delete, add, give_a_date, rename_back_and_forth, change_and_change_back, add_what_was_deleted):
        happens(five)
        run_steps(five)
    fresh = replace(five, warehouse=str(tmp_path / "fresh"), batch_bytes=2_000)
    run_steps(fresh)
    assert published(five).keys() != published(fresh).keys()
    for settings, out in ((five, tmp_path / "one"), (fresh, tmp_path / "two")):
        bundle.write(Path(settings.warehouse), out)
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []


def rename_back_and_forth(settings: Settings) -> None:
    (articles(settings) / "001.txt").rename(articles(settings) / "zzz.txt")
    run_steps(settings)
    (articles(settings) / "zzz.txt").rename(articles(settings) / "001.txt")


def change_and_change_back(settings: Settings) -> None:
    (articles(settings) / "004.txt").write_text(article(44) * 3)
    run_steps(settings)
    write_articles(articles(settings), 4)


def add_what_was_deleted(settings: Settings) -> None:
    write_articles(articles(settings), 3)


def test_the_same_input_gives_the_same_bytes_on_one_core_and_on_two(five: Settings, tmp_path: Path) -> None:
    again = replace(five, warehouse=str(tmp_path / "again"), workers=2)
    run_steps(again)
    assert published(again).keys() == published(five).keys()
    seen = ".keys/files/seen.parquet"  # holds the times of the files
    one, two = published(five), published(again)
    assert [name for name in one if one[name] != two[name] and name != seen] == []


# -------------------------------------------------------------------------------------------- when something breaks


def broken_sentences(context: Context, texts: pl.DataFrame, blocks: pl.DataFrame) -> pl.DataFrame:
    frame = STEPS["sentences"].table.frame(REAL["sentences"].run(context, texts, blocks).rows())
    return frame.with_columns(n_words=pl.lit(-1, pl.Int32))


REAL = dict(STEPS)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The step that makes sentences counts wrongly."""
    monkeypatch.setitem(STEPS, "sentences", replace(STEPS["sentences"], run=broken_sentences))


@pytest.mark.usefixtures("broken")
def test_a_part_that_breaks_a_rule_leaves_the_last_good_one(five: Settings) -> None:
    before = published(five)
    edited = edit_an_abbreviation(five)
    outcomes = run_steps(edited)
    assert list(outcomes)[-1] == "sentences"
    assert not outcomes["sentences"].passed
    (failure,) = outcomes["sentences"].failures
    assert (failure.rule, failure.count) == ("n_words_is_at_least_0", outcomes["sentences"].n_rows)
    assert len(failure.rows) == 5
    assert published(edited) == before


def test_a_last_good_part_of_a_version_with_other_shares_stands(
    five: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares = {"share_of_this": (pl.lit(1), pl.len())}
    monkeypatch.setitem(STEPS, "sentences", replace(STEPS["sentences"], run=broken_sentences, shares=shares))
    outcomes = run_steps(edit_an_abbreviation(five))
    assert (outcomes["sentences"].passed, outcomes["sentences"].shares) == (False, {})


def stumbling(table: str, stage: str) -> Step:
    """The step, but for article 3."""
    step = STEPS[table]
    real = step.functions[stage]  # type: ignore[index]

    @wraps(real)
    def function(context: Context, **frames: pl.DataFrame) -> pl.DataFrame:
        texts = frames["texts" if "texts" in frames else "sentences"]
        if texts["text"].str.contains("dispute number 3").any():
            raise IndexError("list index out of range")
        return real(context, **frames)

    return replace(step, **{"run" if stage == "table" else stage: function})


@pytest.mark.parametrize(
    ("table", "stage"),
    [("blocks", "table"), ("mentions", "table"), ("repeated_lines", "keys"), ("unmatched_names", "keys")],
)
def test_a_text_that_breaks_a_step_is_named_and_the_other_batches_are_made(
    five: Settings, monkeypatch: pytest.MonkeyPatch, table: str, stage: str
) -> None:
    before = published(five)
    with monkeypatch.context() as patch:
        patch.setitem(STEPS, table, stumbling(table, stage))
        shutil.rmtree(Path(five.warehouse) / (table if stage == "table" else f".{stage}/{table}"))
        outcome = run_steps(five)[table]
        (failure,) = outcome.failures
        (row,) = failure.rows
        assert (failure.rule, failure.count, failure.severity) == ("the_step_can_work_on_every_text", 1, "error")
        assert (row["path"], row["record_number"]) == ("003.txt", 1)
        assert "IndexError" in row["problem"]
        assert not outcome.passed
    folder = table if stage == "table" else f".{stage}/{table}"
    assert Warehouse(five.warehouse).batches(folder) == ["b000001", "b000003"]
    run_steps(five)
    assert published(five) == before


def test_a_fault_that_is_in_no_text_is_raised_as_it_is(five: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(context: Context, texts: pl.DataFrame, blocks: pl.DataFrame) -> pl.DataFrame:
        raise IndexError("list index out of range")

    monkeypatch.setitem(STEPS, "sentences", replace(STEPS["sentences"], run=broken))
    with pytest.raises(IndexError):
        run_steps(edit_an_abbreviation(five))


def test_seeds_edited_in_the_middle_of_a_step_are_not_taken_for_others(five: Settings) -> None:
    """Else a part would say it was made of what it was not, and stay when the edit is taken back."""
    before = published(five)
    edited = edit_an_abbreviation(five)
    path = Path(edited.seeds) / "rules/abbreviations.csv"
    new = path.read_text(encoding="utf-8")

    def report(done: int, total: int) -> None:
        if not done:
            path.write_text(new.replace("Zzz.", "Zzx."), encoding="utf-8")

    with pytest.raises(OSError, match=r"edited while sentences b000001 was made of them; run again"):
        run_step(STEPS["sentences"], edited, report)
    assert published(five) == before


def test_a_full_disk_leaves_the_last_good_tables(five: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    before = published(five)
    edited = edit_an_abbreviation(five)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.storage.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        run_steps(edited)
    assert contents(Path(five.warehouse)).keys() == contents(Path(edited.warehouse)).keys()
    assert published(edited) == before
    assert not list(Path(five.warehouse).rglob("*.aside"))
    monkeypatch.undo()
    assert made(run_steps(edited)).keys() == {"sentences"}


def test_a_killed_run_is_taken_up_where_it_stopped(tmp_path: Path, seeds: Path) -> None:
    """Kill -9 in the middle of some hundred articles; what stands can be read, and the next run ends as if it never was."""
    write_articles(tmp_path / "articles", *range(120))
    settings = Settings(
        (str(tmp_path / "articles"),), str(tmp_path / "warehouse"), str(seeds), workers=2, batch_bytes=5_000
    )
    code = "import sys; from pipeline.cli import command; sys.exit(command())"
    options = ["--warehouse", settings.warehouse, "--seeds", str(seeds), "--batch-bytes", "5000", "--workers", "2"]
    run = subprocess.Popen(
        [sys.executable, "-c", code, "run", settings.inputs[0], *options],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    warehouse = Warehouse(settings.warehouse)
    deadline = time.monotonic() + 60
    while len(warehouse.batches("blocks")) < 4 and run.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    children = children_of(run.pid)
    run.send_signal(signal.SIGKILL)
    run.wait()
    stand = {table.name: warehouse.batches(table.name) for table in TABLES}
    assert stand["blocks"]
    assert not stand["issues"]
    for name, batches_there in stand.items():
        for batch in batches_there:
            assert contract.validate(warehouse.read(name, batch), next(t for t in TABLES if t.name == name)) == []
    while any(Path(f"/proc/{child}").exists() for child in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [child for child in children if Path(f"/proc/{child}").exists()] == [], "workers outlive the run"

    one = replace(settings, workers=1)
    resumed = run_steps(one)
    assert set(resumed["blocks"].made) <= set(warehouse.batches("blocks")) - set(stand["blocks"][:-2])
    fresh = replace(one, warehouse=str(tmp_path / "fresh"))
    run_steps(fresh)
    seen = ".keys/files/seen.parquet"
    assert {**published(one), seen: b""} == {**published(fresh), seen: b""}


def children_of(pid: int) -> list[int]:
    """Linux keeps them in /proc; elsewhere there are none to look for."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()] if path.exists() else []


# ------------------------------------------------------------------------------------------------------ check again


def heard(settings: Settings) -> tuple[bool, dict[str, str]]:
    said: list[str] = []
    is_well = recheck(Path(settings.warehouse), said.append)
    return is_well, dict(line.split(": ", 1) for line in said)


def test_what_is_well_is_found_well(five: Settings) -> None:
    is_well, said = heard(five)
    assert is_well
    assert set(said) == {table.name for table in TABLES}
    assert set(said.values()) == {"all checks passed"}


@pytest.mark.parametrize("damage", ["missing", "cut", "flipped"])
def test_a_damaged_part_is_named_and_the_others_are_still_checked(five: Settings, damage: str) -> None:
    path = Warehouse(five.warehouse).part("texts", "b000002")
    held = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(held[:-9] if damage == "cut" else held[:40] + bytes(60) + held[100:])
    is_well, said = heard(five)
    assert not is_well
    assert "part_is_there_and_readable" in said["texts"]
    assert "b000002" in said["texts"]
    assert set(said) == {table.name for table in TABLES}


def test_a_table_without_any_part_is_named_and_the_others_are_still_checked(five: Settings) -> None:
    for batch in Warehouse(five.warehouse).batches("documents"):
        Warehouse(five.warehouse).drop("documents", batch)
    is_well, said = heard(five)
    assert not is_well
    assert "parts_are_those_of_files" in said["documents"]
    assert set(said) == {table.name for table in TABLES}


def test_a_part_somebody_edited_is_found(five: Settings) -> None:
    warehouse = Warehouse(five.warehouse)
    frame = warehouse.read("mentions", "b000001").with_columns(surface=pl.lit("Nobody"))
    footer = warehouse.footer("mentions", "b000001")
    assert footer
    data = batches.render.arrow_table(frame, STEPS["mentions"].table)
    warehouse.publish("mentions", "b000001", data, footer.fingerprint)
    is_well, said = heard(five)
    assert not is_well
    assert "every_mention_surface_equals_its_slice" in said["mentions"]

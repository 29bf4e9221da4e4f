"""Fingerprints: equal for what is equal, different for what differs, blind to what does not matter."""

import ast
import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import packages_distributions
from pathlib import Path

import polars as pl
import pytest

from pipeline import fingerprints
from pipeline.fingerprints import (
    code_digest,
    column_digests,
    declaration_digest,
    digest,
    frame_digest,
    library_versions,
    registers_digests,
    seeds_digest,
)
from pipeline.steps import STEPS
from pipeline.tables import DOCUMENTS

FRAME = pl.DataFrame({"a": ["x", "y", None], "b": [1, 2, 3]})


def test_the_order_of_keys_does_not_count() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


@pytest.mark.parametrize("other", [["a", "b"], ["b", "a"], [["a"], "b"], ["ab"], ["a", None], ["a", "None"]])
def test_different_values_differ(other: list[object]) -> None:
    assert (digest("a", "b") == digest(*other)) == (other == ["a", "b"])


def test_the_order_of_rows_does_not_count() -> None:
    assert frame_digest(FRAME) == frame_digest(FRAME.reverse())


@pytest.mark.parametrize(
    "other",
    [
        FRAME.with_columns(b=pl.lit(1)),
        FRAME.rename({"b": "c"}),
        FRAME.with_columns(pl.col("a").fill_null("")),  # nothing is not the empty string
        FRAME.head(2),
        FRAME.head(0),
    ],
)
def test_different_rows_differ(other: pl.DataFrame) -> None:
    assert frame_digest(FRAME) != frame_digest(other)


def test_seeds_count_by_name_and_bytes(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    path = tmp_path / "rules" / "one.csv"
    path.write_text("a\n")
    before = seeds_digest(str(tmp_path), ["rules/*.csv"])
    (tmp_path / "rules" / "other.txt").write_text("b\n")
    assert seeds_digest(str(tmp_path), ["rules/*.csv", "rules/one.csv"]) == before
    path.write_text("a,\n")
    edited = seeds_digest(str(tmp_path), ["rules/*.csv"])
    path.write_text("a\n")
    path.rename(path.with_name("two.csv"))
    assert len({before, edited, seeds_digest(str(tmp_path), ["rules/*.csv"])}) == 3


def test_libraries_count_by_version() -> None:
    assert set(library_versions(["polars"])) == {"polars"}


CARRIERS = {"polars", "numpy", "pyarrow"}  # they carry rows and decide nothing about them
UNUSED = {"actors", "actor_aliases", "actor_offices", "issues", "unmatched_names"}  # import the tagger, match no text


@pytest.mark.parametrize("name", sorted(set(STEPS) - UNUSED))
def test_a_step_names_every_library_its_code_imports(name: str) -> None:
    trees = [
        ast.parse(fingerprints._text(module))
        for function in STEPS[name].functions.values()
        for module, place in fingerprints._reach((function.__module__, function.__name__))
        if place is None
    ]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    modules = {one.name for node in nodes if isinstance(node, ast.Import) for one in node.names}
    modules |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    known = packages_distributions()
    used = {one.lower() for module in modules for one in known.get(module.partition(".")[0], ())}
    assert used - CARRIERS - {"tidywire"} <= set(STEPS[name].libraries)


# ------------------------------------------------------------------------------------------------------------- code

STEP = """
from pipeline import probe_text
from pipeline.probe_words import WORDS

LIMIT = {limit}

def helper(x):
    return x + {helper} + LIMIT

def unrelated(x):
    return x * {unrelated}

def run(context, texts):
    return [probe_text.words(helper(text)) for text in texts if text in WORDS]
"""
TEXT = """
def words(text):
    return text.split({text})
"""
WORDS = """
WORDS = {words}
"""


@pytest.fixture
def code(tmp_path: Path) -> Iterator[object]:
    """The digest of a step that calls a helper beside it and a function of a module under `pipeline`."""

    def of(newline: str = "\n", **changes: str) -> str:
        cells = {"helper": "1", "unrelated": "1", "limit": "1", "text": "''", "words": "()", **changes}
        folder = tmp_path / digest(cells, newline)
        folder.mkdir()
        for name, source in (
            ("pipeline.probe_words", WORDS),
            ("pipeline.probe_text", TEXT),
            ("pipeline.steps.probe", STEP),
        ):
            path = folder / f"{name}.py"
            path.write_bytes(source.format(**cells).replace("\n", newline).encode())
            spec = importlib.util.spec_from_file_location(name, path)
            assert spec
            assert spec.loader
            module = importlib.util.module_from_spec(spec)
            sys.modules[name] = module
            if name == "pipeline.probe_text":
                setattr(sys.modules["pipeline"], "probe_text", module)  # noqa: B010
            spec.loader.exec_module(module)
        for cached in (fingerprints.code_digest, fingerprints._parsed, fingerprints._text, fingerprints._spec):
            cached.cache_clear()
        return code_digest(sys.modules["pipeline.steps.probe"].run)

    yield of
    for name in ("pipeline.probe_words", "pipeline.probe_text", "pipeline.steps.probe"):
        sys.modules.pop(name, None)
    delattr(sys.modules["pipeline"], "probe_text")


def test_an_edit_behind_a_step_makes_it_stale_and_no_other_does(code) -> None:  # type: ignore[no-untyped-def]
    before = code()
    assert code(unrelated="2") == before
    assert code(newline="\r\n") == before
    assert code(helper="2") != before
    assert code(text="' '") != before
    assert code(limit="2") != before, "a constant of a step"
    assert code(words="('x',)") != before, "a constant imported by its value"


@pytest.mark.parametrize("name", STEPS)
def test_every_step_and_what_it_keeps_of_a_batch_has_a_digest(name: str) -> None:
    step = STEPS[name]
    digests = {code_digest(function) for function in step.functions.values()}
    assert all(len(one) == 16 for one in digests)


def _imports(tree: ast.Module) -> set[str]:
    return {ast.dump(node) for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)}


def test_imports_are_found_without_parsing_the_rest() -> None:
    folder = Path(fingerprints.__file__).parent
    names = [".".join(path.relative_to(folder.parent).with_suffix("").parts) for path in folder.rglob("*.py")]
    modules = [name.removesuffix(".__init__") for name in names]
    assert len(modules) > 50
    for module in modules:
        assert _imports(fingerprints._tree(module)) == _imports(ast.parse(fingerprints._text(module))), module


def test_cleaning_does_not_depend_on_the_code_that_finds_actors() -> None:
    run = STEPS["blocks"].run
    reached = {module for module, _ in fingerprints._reach((run.__module__, run.__name__))}
    assert "pipeline.text.boilerplate" in reached
    assert not {"pipeline.text.mentions", "pipeline.text.quotes", "pipeline.text.lexicon"} & reached


def test_a_declaration_counts_to_the_last_letter() -> None:
    codes = dict(reversed(DOCUMENTS["kind"].codes.items()))
    changed = [
        replace(DOCUMENTS, grain="thing"),
        replace(DOCUMENTS, columns=(replace(DOCUMENTS.columns[0], description="x"), *DOCUMENTS.columns[1:])),
        replace(
            DOCUMENTS, columns=tuple(replace(c, codes=codes) if c.name == "kind" else c for c in DOCUMENTS.columns)
        ),
    ]
    digests = {declaration_digest(table) for table in (DOCUMENTS, *changed)}
    assert len(digests) == 4


COLUMN = pl.DataFrame({"x": ["a", None, "é"], "y": [1, None, 3], "z": [True, None, False], "l": [[1], None, []]})


@pytest.mark.parametrize(
    ("other", "differ"),
    [
        (COLUMN, set()),
        (pl.concat([COLUMN[:1], COLUMN[1:]], rechunk=False), set()),
        (pl.concat([COLUMN, COLUMN])[3:], set()),
        (COLUMN.with_columns(pl.col("x").cast(pl.Categorical)), set()),
        (COLUMN.with_columns(y=pl.when(pl.col("y").is_not_null()).then(pl.col("y").fill_null(7))), set()),
        (COLUMN.with_columns(x=pl.Series(["a", "", "é"])), {"x"}),
        (COLUMN.with_columns(y=pl.Series([1, 0, 3])), {"y"}),
        (COLUMN.with_columns(z=pl.Series([True, False, None])), {"z"}),
        (COLUMN.with_columns(l=pl.Series([[1], [], None])), {"l"}),
        (COLUMN[::-1], {"x", "y", "z", "l"}),
        (COLUMN.with_columns(pl.col("y").cast(pl.Int32)), {"y"}),
    ],
)
def test_the_digest_of_a_column_is_that_of_its_values(other: pl.DataFrame, differ: set[str]) -> None:
    one, two = column_digests(COLUMN.to_arrow()), column_digests(other.to_arrow())
    assert {name for name in one if one[name] != two[name]} == differ


def test_an_edit_of_either_of_two_registers_of_one_name_is_seen(tmp_path: Path) -> None:
    registers = [tmp_path / parent / "mine" for parent in "ab"]
    for register in registers:
        register.mkdir(parents=True)
        (register / "people.csv").write_text("as it was")
    names = [*map(str, registers)]
    seen = [registers_digests(names)]
    for register in registers:
        (register / "people.csv").write_text("edited")
        seen.append(registers_digests(names))
    assert len({*map(str, seen)}) == 3

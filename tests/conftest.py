"""What the tests share: seeds, small corpora of our own wording, a warehouse made by a real run, and a run without Dagster."""

import shutil
from dataclasses import replace
from pathlib import Path

import hypothesis
import pytest

from pipeline import intake
from pipeline.batches import Outcome, run_step
from pipeline.plan import in_order
from pipeline.settings import SEEDS, Settings
from pipeline.steps import STEPS
from pipeline.warehouse import Warehouse

hypothesis.settings.register_profile("tidywire", deadline=None)  # a busy machine is no defect
hypothesis.settings.load_profile("tidywire")

_COUNTRIES = ("FRA,", "DEU,", "JPN,", "CAN,", "RUS,", "ESP,", "POL,", "CHN,")
_PLACES = ("Paris", "Berlin", "Moscow", "Tokyo", "Ottawa", "Madrid", "Warsaw", "Beijing")
_TOPICS = ("grain", "border", "fishing", "satellite", "pension", "railway", "vaccine", "tariff", "dam", "harbour")


def article(number: int) -> str:
    """A short article of its own words for every number, with a headline, actors, a quotation and boilerplate."""
    here, there = (_PLACES[number % 8], _PLACES[(number // 8 + number + 3) % 8])
    topic = _TOPICS[number % 10]
    return (
        f"Officials settle {topic} dispute number {number}\n\n"
        f"Negotiators from {here} and {there} agreed on {topic} file {number} after {number + 2} days of talks on "
        f"Monday, the French foreign ministry said.\n\n"
        f"“We have signed paper {number} about the {topic},” said Canadian Prime Minister Jane Example, who chaired "
        f"round {number}. Germany and Japan had asked for {number + 5} changes.\n\n"
        f"Read More: Storm number {number} hits the coast\n"
    )


def write_articles(folder: Path, *numbers: int) -> Path:
    """A folder with the articles of these numbers as `001.txt` and so on."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        (folder / f"{number:03}.txt").write_text(article(number), encoding="utf-8")
    return folder


def run_steps(settings: Settings) -> dict[str, Outcome]:
    """All steps in order of dependency, as a run does it but without Dagster; ends at the first that fails."""
    outcomes: dict[str, Outcome] = {}
    with Warehouse(settings.warehouse).session():
        for name in in_order():
            outcomes[name] = intake.take_in(settings) if name == "files" else run_step(STEPS[name], settings)
            if not outcomes[name].passed:
                break
    return outcomes


def made(outcomes: dict[str, Outcome]) -> dict[str, tuple[str, ...]]:
    """The parts each table made, for the tables that made any."""
    return {name: outcome.made for name, outcome in outcomes.items() if outcome.made}


@pytest.fixture(scope="session")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seeds for tests of the machinery: the rules as they are, of the register a few countries and nobody else."""
    folder = tmp_path_factory.mktemp("seeds") / "seeds"
    shutil.copytree(SEEDS, folder, ignore=shutil.ignore_patterns("articles"))
    for path in (folder / "register").glob("*.csv"):
        header, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [row for row in rows if row[:4] in _COUNTRIES] if path.stem == "countries" else []
        path.write_text("".join([header, *kept]), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample articles, taken end to end by a real run: the assets, Dagster and all. Not to be changed."""
    from pipeline.assets import runs  # noqa: PLC0415 (Dagster takes seconds to import)

    root = tmp_path_factory.mktemp("sample") / "warehouse"
    assert runs.run(Settings(warehouse=str(root), workers=1))
    return root


@pytest.fixture(scope="session")
def _five_articles(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> Settings:
    home = tmp_path_factory.mktemp("five")
    write_articles(home / "articles", 1, 2, 3, 4, 5)
    settings = Settings(
        inputs=(str(home / "articles"),),
        warehouse=str(home / "warehouse"),
        seeds=str(seeds),
        workers=1,
        batch_bytes=900,
    )
    assert all(outcome.passed for outcome in run_steps(settings).values())
    return settings


@pytest.fixture
def five(_five_articles: Settings, tmp_path: Path) -> Settings:
    """Five articles in three batches (1 and 2, 3 and 4, 5) and their warehouse: a copy to do with what you like."""
    shutil.copytree(Path(_five_articles.warehouse).parent, tmp_path / "five")
    return replace(
        _five_articles,
        inputs=(str(tmp_path / "five" / "articles"),),
        warehouse=str(tmp_path / "five" / "warehouse"),
    )

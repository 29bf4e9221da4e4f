"""One settings object for every door: command line, Dagster launchpad, notebook.

Where the project's folders are, and what a user may choose. Reading arguments belongs in `cli.py`.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, get_args

from pipeline.storage import place
from pipeline.text.registering.register_rows import HOUSE

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"
Profile = Literal["cautious", "standard", "strict"]
Engine = Literal["local", "ray"]
_CHOICES = {"profile": get_args(Profile), "engine": get_args(Engine)}
_VARIABLE = "TIDYWIRE_SETTINGS"


def option(default: Any, description: str) -> Any:
    """A setting with its description, shown by `tidywire run --help` and the Dagster launchpad."""
    make = {"default_factory": default} if callable(default) else {"default": default}
    return field(**make, metadata={"description": description})


@dataclass(frozen=True)
class Settings:
    """What one run works on and how. Raises `ValueError` for a value that cannot be used."""

    inputs: tuple[str, ...] = option(
        lambda: (str(SEEDS / "articles"),),
        "Folders, files or globs of articles. The warehouse holds exactly what these hold.",
    )
    warehouse: str = option(
        str(ROOT / "warehouse"), "Folder of the Parquet tables and of tidywire.duckdb; also file://, s3://, gs://."
    )
    seeds: str = option(str(SEEDS), "Folder of the register and the rules.")
    registers: tuple[str, ...] = option(
        tuple, "Your own register: a folder of CSV files whose rows override ours, or a PETRARCH-style dictionary file."
    )
    profile: Profile = option(  # noqa: RUF009
        "standard",
        "How readily boilerplate is stripped: cautious for texts that are clean already, strict where rests harm.",
    )
    tagger: str = option(
        "", "Optional tagger that proposes more names: crf, spacy, gliner or another installed; empty for none."
    )
    tagger_model: str = option("", "Model of that tagger: a file or folder, for spaCy also a package.")
    engine: Engine = option("local", "What batches run on: this machine, or a Ray cluster (RAY_ADDRESS).")  # noqa: RUF009
    workers: int = option(0, "Batches worked on at once; 0 means one per core.")
    batch_bytes: int = option(4_000_000, "Bound on the raw bytes of one batch of documents.")
    max_file_bytes: int = option(64_000_000, "Bound on one article; larger ones are listed, not read.")

    def __post_init__(self) -> None:
        if not self.inputs:
            raise ValueError("inputs: name at least one folder, file or glob")
        if "?" in self.warehouse:
            raise ValueError(f"warehouse: DuckDB opens no file below a folder with a question mark: {self.warehouse}")
        place(self.warehouse)  # raises where it names none
        for name, values in _CHOICES.items():
            if getattr(self, name) not in values:
                raise ValueError(f"{name}: {getattr(self, name)!r} is not one of {', '.join(values)}")
        if self.engine == "ray" and not find_spec("ray"):
            raise ValueError("engine: ray is not installed; pip install -e '.[ray]'")
        if self.tagger_model and not self.tagger:
            raise ValueError("tagger_model: says nothing without a tagger; name that as well")
        names = [HOUSE, *(Path(one).name for one in self.registers)]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"registers: {', '.join(twice)} stands for two registers in the tables; rename one")
        for name, least in (("workers", 0), ("batch_bytes", 1), ("max_file_bytes", 1)):
            if getattr(self, name) < least:
                raise ValueError(f"{name}: must be at least {least}")

    def absolute(self) -> "Settings":
        """These settings with places that mean the same from any working directory; Dagster works from the project's."""
        *paths, seeds = (str(Path(one).absolute()) for one in (*self.inputs, *self.registers, self.seeds))
        warehouse = str(place(self.warehouse).absolute())
        inputs, registers = tuple(paths[: len(self.inputs)]), tuple(paths[len(self.inputs) :])
        model = self.tagger_model
        if model and Path(model).exists():  # else a package, or not there
            model = str(Path(model).absolute())
        return replace(self, inputs=inputs, registers=registers, warehouse=warehouse, seeds=seeds, tagger_model=model)

    def environment(self) -> dict[str, str]:
        """These settings for a process that is started with `Settings.configured()`."""
        return {_VARIABLE: json.dumps(asdict(self))}

    @classmethod
    def configured(cls) -> "Settings":
        """The settings `environment` hands over; the defaults where nothing was handed over."""
        return cls.of(json.loads(os.environ.get(_VARIABLE, "{}")))

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Settings":
        """Settings out of JSON-like values, lists for tuples; the default where nothing is said."""
        values: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in said.items()}
        return cls(**values)

    @property
    def n_workers(self) -> int:
        """How many processes to start."""
        return self.workers or os.cpu_count() or 1

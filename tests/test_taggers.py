"""Optional taggers: proposals add names and displace nothing; the one the settings name is found, versioned, or asked for."""

import importlib
import re
import shutil
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from conftest import made, run_steps
from hypothesis import given
from hypothesis import strategies as st
from small_register import VERBS, WORDS, small_register

from pipeline import taggers
from pipeline.cli import USAGE, main
from pipeline.settings import ROOT, Settings
from pipeline.taggers import TaggerError, crf, gliner, library_version, model_digest, spacy
from pipeline.text.mentions import Mention, tagger
from pipeline.text.tagging.proposed import Proposer, Span, Tag
from pipeline.warehouse import Warehouse

SAID: list[Span] = []
TAG = tagger(small_register(), VERBS, WORDS, Proposer("tagger_other", lambda *_: SAID))


def tagged(text: str, spans: list[Span]) -> list[tuple[str, Mention]]:
    """Mentions of a text whose lines are its sentences, with these proposals."""
    lines = [line.span() for line in re.finditer(r"[^\n]+", text)]
    SAID[:] = spans
    return [(text[m.char_start : m.char_end], m) for m in TAG(text, lines)]


def proposals(text: str, *said: str | tuple[str, str]) -> list[Span]:
    """The first occurrence of each of these words as a proposal: a person if nothing is said."""
    named = [one if isinstance(one, tuple) else (one, "person") for one in said]
    return [Span(text.index(words), text.index(words) + len(words), label, 0.75) for words, label in named]


# ---------------------------------------------------------------------------------------------- what becomes of a span

TAKEN = {
    "a person": ("Zorana Quill read the gauge.", ["Zorana Quill"], ["Zorana Quill"]),
    "beside the role": ("They heard President Zorana Quill.", ["President Zorana Quill"], ["Zorana Quill"]),
    "without article and possessive": ("The Gauge Guild’s boat", [("The Gauge Guild’s", "party")], ["Gauge Guild"]),
    "without quotation marks": ("“Zorana Quill” reads.", ["“Zorana Quill”"], ["Zorana Quill"]),
    "an acronym": ("Boats of GGX left.", [("GGX", "organisation")], ["GGX"]),
    "not one word for a person": ("Then Quill left.", ["Quill"], []),
    "a surname after the full name": ("Zorana Quill came.\nThen Quill left.", ["Zorana Quill"], ["Zorana Quill"]),
    "not a piece of a word": ("The Quillworks of Zoranaland", [("Quill", "organisation")], []),
    "not small letters": ("The tide gauge was read.", [("tide gauge", "organisation")], []),
    "not across sentences": ("Read by Zorana\nQuill came.", ["Zorana\nQuill"], []),
    "not a country: the register has them all": ("In Gaugeland it rained.", [("Gaugeland", "country")], []),
    "not a label nobody knows": ("Zorana Quill read.", [("Zorana Quill", "product")], []),
    "not where the register has a name": ("Russia left.", [("Russia", "organisation")], []),
    "around a country": ("The Bank of Russia met.", [("Bank of Russia", "organisation")], ["Bank of Russia"]),
    "not around a person": ("The Vladimir Putin Guild", [("Vladimir Putin Guild", "organisation")], ["Guild"]),
    "not between two names": ("Say Ann and Russia and Bea Hall.", ["Ann and Russia and Bea Hall"], []),
}


@pytest.mark.parametrize(("text", "said", "expected"), TAKEN.values(), ids=TAKEN)
def test_what_is_taken(text: str, said: list[str | tuple[str, str]], expected: list[str]) -> None:
    found = tagged(text, proposals(text, *said))
    assert [surface for surface, m in found if m.rule_id == "tagger_other"] == expected


def test_a_proposal_names_its_tagger_and_nobody_of_the_register() -> None:
    text = "Zorana Quill read the gauge."
    ((_, one),) = tagged(text, [Span(0, 12, "person", 0.6789)])
    assert (one.rule_id, one.confidence, one.form, one.actor_type) == ("tagger_other", 0.68, "name", "person")
    assert (one.actor_id, one.full_name) == (None, "Zorana Quill")


def test_who_is_meant_is_up_to_coreference() -> None:
    text = "Zorana Quill came.\nThen Quill left."
    assert [(s, m.rule_id, m.full_name) for s, m in tagged(text, proposals(text, "Zorana Quill"))] == [
        ("Zorana Quill", "tagger_other", "Zorana Quill"),
        ("Quill", "surname", "Zorana Quill"),
    ]


@pytest.mark.parametrize("span", [(-5, 3), (0, 10**6), (4, 4), (9, 2), (40, 60)])
def test_spans_that_cannot_be_are_left_out(span: tuple[int, int]) -> None:
    assert tagged("Zorana Quill read the gauge.", [Span(*span, "person", 0.5)]) == []


TEXT = (
    "Russian President Vladimir Putin met Zorana Quill in Kyiv.\nThe UN Security Council and Moscow denied it, "
    "said Mr Peter Hall of the Tidal Party.\n“Kim Jong-un” wrote to South Korea’s foreign ministry. May left."
)
SPANS = st.builds(
    lambda start, length, label: Span(start, start + length, label, 0.5),
    st.integers(0, len(TEXT)), st.integers(1, 40), st.sampled_from(["person", "organisation", "party", "country"]),
)  # fmt: skip


@given(st.lists(SPANS, max_size=12))
def test_proposals_displace_nothing_of_the_register_and_have_sane_bounds(spans: list[Span]) -> None:
    def named(found: list[tuple[str, Mention]]) -> set[tuple[int, int, str | None]]:
        return {(m.char_start, m.char_end, m.actor_id) for _, m in found if m.rule_id.startswith("register_")}

    found = tagged(TEXT, spans)
    assert named(found) == named(tagged(TEXT, []))
    proposed = [(surface, m) for surface, m in found if m.rule_id == "tagger_other"]
    assert all(s[0].isalnum() and s.strip() == s and "\n" not in s for s, _ in proposed)
    ends = [(m.char_start, m.char_end) for _, m in proposed]
    assert all(a[1] <= b[0] for a, b in pairwise(ends))


# -------------------------------------------------------------------------------------------------- found and versioned

FAKE = """
import re
from pathlib import Path
from pipeline.taggers import model_digest
from pipeline.text.tagging.proposed import Span

def version(model):
    return model_digest(model, "write one")

def load(model):
    names = Path(model).read_text().split()
    def tag(text, sentences, date):
        found = (m for name in names for m in re.finditer(name, text))
        return [Span(*m.span(), "organisation", 0.75) for m in found]
    return tag
"""


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A tagger of another package, installed as packages are; proposes the words of its model file. Gives that file."""
    site = tmp_path / "site"
    (site / "gauge_tagger-1.0.dist-info").mkdir(parents=True)
    (site / "gauge_tagger.py").write_text(FAKE)
    (site / "gauge_tagger-1.0.dist-info" / "METADATA").write_text("Name: gauge_tagger\nVersion: 1.0\n")
    (site / "gauge_tagger-1.0.dist-info" / "entry_points.txt").write_text(
        f"[{taggers.GROUP}]\ngauge = gauge_tagger\nbroken = no_such_module_anywhere\n"
    )
    monkeypatch.syspath_prepend(site)
    model = tmp_path / "model.txt"
    model.write_text("Negotiators")
    yield model
    sys.modules.pop("gauge_tagger", None)


def rules(settings: Settings) -> set[str]:
    warehouse = Warehouse(settings.warehouse)
    return {rule for batch in warehouse.batches("mentions") for rule in warehouse.read("mentions", batch)["rule_id"]}


def test_a_tagger_works_through_the_warehouse(five: Settings, fake: Path) -> None:
    def contents() -> dict[str, bytes]:
        return {p.name: p.read_bytes() for p in (Path(five.warehouse) / "mentions").glob("*.parquet")}

    plain = contents()
    assert "tagger_other" not in rules(five)
    chosen = replace(five, tagger="gauge", tagger_model=str(fake))
    first = made(run_steps(chosen))
    assert {"mentions", "stripped_mentions"} <= set(first)
    assert not {"texts", "blocks", "sentences", "actors"} & set(first)
    assert "tagger_other" in rules(five)
    assert not made(run_steps(chosen))

    fake.write_text("Negotiators Storm")
    assert "mentions" in made(run_steps(chosen))
    assert "mentions" in made(run_steps(five))
    assert contents() == plain


def test_code_and_model_make_the_version(fake: Path, tmp_path: Path) -> None:
    settings = Settings(tagger="gauge", tagger_model=str(fake))
    before = taggers.version(settings)
    moved = shutil.copy(fake, tmp_path / "elsewhere.txt")
    assert taggers.version(replace(settings, tagger_model=str(moved))) == before
    fake.write_text("other")
    assert taggers.version(settings) != before
    assert taggers.version(Settings()) is None
    assert taggers.proposer(Settings()) is None


def test_a_model_is_loaded_once(fake: Path) -> None:
    settings = Settings(tagger="gauge", tagger_model=str(fake))
    assert taggers.proposer(settings) is taggers.proposer(settings)


UNUSABLE = {
    "no such tagger": ("nosuch", "", "'nosuch' is not installed"),
    "no such module": ("broken", "", "no_such_module_anywhere"),
    "no model": ("gauge", "", "none is given; write one"),
    "no such model": ("gauge", "gone.txt", "gone.txt; write one"),
    "model without tagger": ("", "model.txt", "without a tagger"),
}


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize(("name", "model", "complaint"), UNUSABLE.values(), ids=UNUSABLE)
def test_what_is_missing_is_said(
    name: str, model: str, complaint: str, five: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (Path(five.warehouse) / "tidywire.duckdb").stat().st_mtime_ns
    options = ["--tagger", name, "--tagger-model", model, "--warehouse", five.warehouse]
    assert main(["run", *five.inputs, *options]) == USAGE
    assert complaint in capsys.readouterr().err
    assert (Path(five.warehouse) / "tidywire.duckdb").stat().st_mtime_ns == before


def test_a_missing_library_names_its_extra() -> None:
    with pytest.raises(TaggerError, match=re.escape("pip install -e '.[crf]'")):
        library_version("no-such-distribution", "crf")


def test_the_digest_of_a_folder_is_that_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "weights").write_bytes(b"1")
    before = model_digest(str(tmp_path / "a"), "")
    (tmp_path / "a").rename(tmp_path / "c")
    assert model_digest(str(tmp_path / "c"), "") == before
    (tmp_path / "c" / "b" / "weights").write_bytes(b"other")
    assert model_digest(str(tmp_path / "c"), "") != before


# -------------------------------------------------------------------------------------------------------------- our own


def test_our_own_are_declared_and_are_taggers() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = project["entry-points"][taggers.GROUP]
    assert set(declared) == {"crf", "spacy", "gliner"} <= set(project["optional-dependencies"])
    for place in declared.values():
        module = importlib.import_module(place)
        assert callable(module.version)
        assert callable(module.load)


def spans_of(tag: Tag, text: str) -> list[tuple[str, str]]:
    """(words, label) of what is proposed, line by line."""
    lines = [line.span() for line in re.finditer(r"[^\n]+", text)]
    return [(text[one.char_start : one.char_end], one.label) for one in tag(text, lines, None)]


def test_tokens_are_words_marks_and_abbreviations() -> None:
    text = "The U.S. team's 3.5 km, AT&T’s."
    assert [text[a:b] for a, b in crf.tokenize(text, 4, len(text))] == [
        "U.S.", "team", "'s", "3.5", "km", ",", "AT&T", "’s", "."
    ]  # fmt: skip


@pytest.fixture
def train(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The training script."""
    pytest.importorskip("pycrfsuite", reason="the extra crf is not installed")
    monkeypatch.syspath_prepend(ROOT)
    return importlib.import_module("bench.train_crf")


def document(number: int) -> dict[str, object]:
    """A labelled document of our own wording, with a person and an organisation."""
    person = f"{('Ada', 'Ben', 'Cleo', 'Dov')[number % 4]} {('Marsh', 'Reed', 'Finch', 'Holt')[number // 4 % 4]}"
    text = f"Yesterday {person} joined the {('Blue', 'Green', 'Red')[number % 3]} Guild.\nNothing else happened."
    guild = text.index("the ")
    return {
        "id": str(number),
        "text": text,
        "mentions": [
            {"start": 10, "end": 10 + len(person), "type": "person", "kind": "name"},
            {"start": guild, "end": text.index("."), "type": "Organisation"},
            {"start": 0, "end": 9, "type": "time", "kind": "nominal"},
        ],
    }


def test_the_crf_learns_from_data_of_the_user(train: ModuleType, tmp_path: Path) -> None:
    model = tmp_path / "actors.crf"
    train.train([train.sequences(document(number)) for number in range(48)], model)
    tag = crf.load(str(model))
    text = "Nothing else happened.\nYesterday Ada Rill joined the Grey Guild."
    assert spans_of(tag, text) == [("Ada Rill", "person"), ("Grey Guild", "organisation")]
    again = tmp_path / "again.crf"
    train.train([train.sequences(document(number)) for number in range(48)], again)
    assert again.read_bytes() == model.read_bytes()


def test_the_name_in_a_labelled_mention(train: ModuleType) -> None:
    text = "the Blue Guild’s old captain Ada Marsh"
    whole = {"start": 0, "end": len(text), "head_start": 33, "head_end": 38}
    assert train.name_in(text, whole | {"propn": [[4, 8], [9, 14], [29, 32], [33, 38]]}) == (29, 38)
    assert train.name_in(text, {"start": 0, "end": 16}) == (4, 14)


def test_a_file_that_is_no_crf_model_is_said(tmp_path: Path) -> None:
    pytest.importorskip("pycrfsuite", reason="the extra crf is not installed")
    (tmp_path / "notes.txt").write_text("not a model")
    with pytest.raises(TaggerError, match="is no CRF model"):
        crf.load(str(tmp_path / "notes.txt"))


def test_spacy_proposes_persons_and_organisations(tmp_path: Path) -> None:
    library = pytest.importorskip("spacy", reason="the extra spacy is not installed")
    language = library.blank("en")
    labels = [("PERSON", "Ada Marsh"), ("ORG", "Blue Guild"), ("GPE", "Gaugeland")]
    language.add_pipe("entity_ruler").add_patterns([{"label": label, "pattern": name} for label, name in labels])
    language.to_disk(tmp_path / "model")
    text = "It rained.\nAda Marsh left the Blue Guild in Gaugeland."
    found = spans_of(spacy.load(str(tmp_path / "model")), text)
    assert found == [("Ada Marsh", "person"), ("Blue Guild", "organisation")]
    assert str(tmp_path) not in spacy.version(str(tmp_path / "model"))


def test_gliner_is_asked_sentence_by_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    class Network:
        """Stands in for a model: every pair of capitalised words is a person."""

        @staticmethod
        def from_pretrained(model: str, *, local_files_only: bool) -> "Network":
            assert local_files_only
            return Network()

        def predict_entities(self, text: str, labels: list[str], threshold: float) -> list[dict[str, object]]:
            assert "person" in labels
            found = re.finditer(r"[A-Z]\w+ [A-Z]\w+", text)
            return [{"start": m.start(), "end": m.end(), "label": "person", "score": threshold} for m in found]

    monkeypatch.setitem(sys.modules, "gliner", SimpleNamespace(GLiNER=Network))
    assert spans_of(gliner.load("folder"), "It rained.\nThen Ada Marsh\nAda Reed left.") == [
        ("Then Ada", "person"),
        ("Ada Reed", "person"),
    ]


OWN: list[tuple[str, Callable[[str], str], str]] = [
    ("python-crfsuite", crf.version, "train_crf.py"),
    ("spacy", spacy.version, "spacy.io/models"),
    ("gliner", gliner.version, "folder of a GLiNER model"),
]


@pytest.mark.parametrize(("distribution", "version", "advice"), OWN, ids=[one for one, _, _ in OWN])
def test_our_own_say_what_they_need(
    distribution: str, version: Callable[[str], str], advice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.version", absent)
    with pytest.raises(TaggerError, match=distribution):
        version("gone")

    def present(name: str) -> str:
        if name == "gone":
            raise importlib.metadata.PackageNotFoundError(name)
        return "1.0"

    monkeypatch.setattr("importlib.metadata.version", present)
    with pytest.raises(TaggerError, match=re.escape(advice)):
        version("gone")

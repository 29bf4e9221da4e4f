"""Names the register does not know: capitalised runs outside known spans, and what a name would gain."""

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import run_steps

from pipeline.settings import Settings
from pipeline.text.names import NoiseWord, name_finder
from pipeline.warehouse import ALL, Warehouse

NOISE = [
    *(NoiseWord(word, "edge", None) for word in ("Monday", "May", "Inc", "St", "Reuters")),
    NoiseWord("Street", "last", None),
]
FIND = name_finder(NOISE, ["Mayor"], ["said", "says"])
SAID = "Yesterday Mayor Ilse Brandt of Harbour Bay met Russia’s envoy and little Ode at Port Vell."


def unknown(text: str, known: list[tuple[int, int]] | None = None) -> list[str]:
    return [name.surface for name in FIND([(0, text)], known or [])]


@pytest.mark.parametrize(
    ("text", "known", "names"),
    [
        (SAID, [], ["Ilse Brandt of Harbour Bay", "Russia", "Ode", "Port Vell"]),
        (SAID, [(0, 15), (60, 61)], ["Ilse Brandt of Harbour Bay", "Russia", "Ode", "Port Vell"]),
        (SAID, [(20, 21)], ["Russia", "Ode", "Port Vell"]),  # a span need only touch a name
        (SAID, [(47, 53), (0, 42)], ["Ode", "Port Vell"]),
        ("Talks failed", [], []),  # the first word of a sentence
        ("“Talks” with Ode failed", [], ["Ode"]),
        ("He met New York and New York Ode", [], ["New York", "New York Ode"]),
        ("New York met him and the others there", [], ["New York"]),
        ("MINISTER LEAVES PORT VELL", [], []),
        ("Brandt Leaves Port Vell In Anger", [], []),  # a title in which every word is capitalised
        ("the iPhone and the x-ray", [], []),
        ("He came on Monday, in May, to St. Ode and Baker Street.", [], ["Ode"]),
        ("He told Ode Inc. on Monday Reuters and said: If so, No", [], ["Ode"]),
        (
            "Der Sprecher sagte, 双方将继续, ūdens Ode und وزارة",
            [],
            ["Der Sprecher", "Ode"],
        ),  # scripts without capitals
        ("", [], []),
    ],
)
def test_unknown_names(text: str, known: list[tuple[int, int]], names: list[str]) -> None:
    assert unknown(text, known) == names


@pytest.mark.parametrize(
    ("text", "speaks"),
    [
        ("Then Brandt said so", True),
        ("Then Brandt later said so", True),
        ("“Fine,” said Brandt", True),
        ("They said Brandt left", False),
        ("Then Brandt left", False),
    ],
)
def test_who_speaks_acts(text: str, speaks: bool) -> None:
    assert [(name.surface, name.speaks) for name in FIND([(0, text)], [])] == [("Brandt", speaks)]


def test_spans_count_from_the_text_and_not_from_the_sentence() -> None:
    found = FIND([(100, "with Ode Brandt"), (200, "with Ode Brandt")], [(105, 108)])
    assert [(name.sentence, name.surface) for name in found] == [(1, "Ode Brandt")]


def test_one_long_sentence_takes_linear_time() -> None:
    text = "met Ode Brandt and " * 20_000
    spans = [(start, start + 3) for start in range(4, len(text), 38)]
    assert len(unknown(text + "so on.", spans)) == 10_000


def test_the_table_ranks_by_the_documents_in_which_a_name_acts(tmp_path: Path, seeds: Path) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    body = "France was quiet that day and the others went home again. "
    for number, more in enumerate(
        (
            "The town of Odeburg and Odeburg harbour and Odeburg market were closed on Monday.",
            "Mr Ilse Brandt said so. Brandt left the town of Odeburg.",
            "Officials of France wondered why Mr Ilse Brandt stayed.",
        )
    ):
        (articles / f"{number}.txt").write_text(f"Officials settle dispute number {number}\n\n{body}{more}\n")
    settings = Settings((str(articles),), str(tmp_path / "w"), str(seeds), workers=1, batch_bytes=300)
    run_steps(settings)
    table = Warehouse(settings.warehouse).read("unmatched_names", ALL).sort("rank")
    wanted = ("rank", "surface", "n_acting_documents", "n_documents", "n_mentions", "suggested_type")
    assert table.select(wanted).rows() == [
        (1, "Ilse Brandt", 2, 2, 3, "person"),
        (2, "Odeburg", 0, 2, 4, None),
    ]
    assert table["example"][0].endswith(("Mr Ilse Brandt said so.", "Mr Ilse Brandt stayed."))

    one_batch = replace(settings, warehouse=str(tmp_path / "one"), batch_bytes=8_000_000)
    run_steps(one_batch)
    again = Warehouse(one_batch.warehouse).read("unmatched_names", ALL).sort("rank")
    assert table.equals(again)  # how documents were packed leaves no trace

"""Names the register does not know: capitalised runs outside known spans."""

import pytest

from pipeline.text.names import unknown

SAID = "Yesterday Mayor Ilse Brandt of Harbour Bay met Russia’s envoy and little Ode at Port Vell"


@pytest.mark.parametrize(
    ("text", "known", "names"),
    [
        (SAID, [], ["Yesterday Mayor Ilse Brandt of Harbour Bay", "Russia", "Ode", "Port Vell"]),
        (SAID, [(0, 1), (60, 61)], ["Russia", "Ode", "Port Vell"]),  # a span need only touch a name
        (SAID, [(47, 53), (0, 42)], ["Ode", "Port Vell"]),
        ("Talks failed", [], []),  # the first word of a sentence
        ("“Talks” with Ode failed", [], ["Ode"]),
        ("MINISTER LEAVES PORT VELL", [], []),
        ("the iPhone and the x-ray", [], []),
        ("", [], []),
    ],
)
def test_unknown_names(text: str, known: list[tuple[int, int]], names: list[str]) -> None:
    assert list(unknown([(0, text)], known)) == names


def test_spans_count_from_the_text_and_not_from_the_sentence() -> None:
    assert list(unknown([(100, "with Ode Brandt"), (200, "with Ode Brandt")], [(105, 108)])) == ["Ode Brandt"]


def test_one_long_sentence_takes_linear_time() -> None:
    text = "met Ode Brandt and " * 20_000
    spans = [(start, start + 3) for start in range(4, len(text), 38)]
    assert len(list(unknown([(0, text)], spans))) == 10_000

"""No pattern is passed over: whatever it fits holds one of its needles, in every rule and in every letter."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.knowledge import read_rows
from pipeline.text.cleaning.layout import fold, plain
from pipeline.text.cleaning.needles import EDGE, UNTOLD, digits_alike, gate, needles
from pipeline.text.cleaning.rules import Rule

ROOT = Path(__file__).parent.parent
RULES = [rule for rule in read_rows(ROOT / "seeds" / "rules" / "boilerplate.csv", Rule) if not rule.phrases]
MATCHED = [(rule, re.compile(rule.regex), needles(rule.regex, is_cased=rule.is_cased)) for rule in RULES]
BREAKS = dict.fromkeys(map(ord, "\r\n"), " ")
BETWEEN = [needles(rule.regex, is_cased=rule.is_cased, between=EDGE) for rule in RULES]


def _seen(text: str) -> str:
    """As needles are looked for."""
    return digits_alike(fold(text)).decode("utf-8", "surrogatepass")


@pytest.mark.parametrize(
    ("regex", "told"),
    [
        ("read more", {"read more"}),
        ("(?:see|read) also", {"see also", "read also"}),
        (r".{0,80}affiliate links?", {"affiliate "}),  # the first ten characters tell enough
        (r"pages? \d+", {"page 0", "pages 0"}),
        ("(?:19|20)[0-9]", {"000"}),
        (" ?(?:of|von) ?", {"of", "von"}),  # " of" holds one of them
        (r"(?=.*%)\w+ \d+", {"%"}),
        ("(?:ab){2,9}c", {"abab"}),
        ("A[bB]", {"ab"}),
        ("(?i:fan)", {"fan"}),
        ("(?i:kiss)", {"kiss", "ı", "İ", "ſ"}),
        (r"\w+", UNTOLD),
        ("(?:news)?", UNTOLD),
        (r"(?!never)[^a]+", UNTOLD),
    ],
)
def test_what_every_match_holds(regex: str, told: set[str]) -> None:
    assert needles(regex, is_cased=regex != regex.lower()) == told


def test_the_edges_of_a_line_tell_short_words_from_parts_of_words() -> None:
    assert needles("ok|go", is_cased=False, between=EDGE) == {"\nok\n", "\ngo\n"}


@pytest.mark.parametrize("char", [*map(chr, range(33, 127)), *"©éßσςΣяв٣"])
def test_a_letter_is_told_in_all_its_forms(char: str) -> None:
    """Whatever `(?i:...)` takes for the letter, its folded form holds a needle."""
    regex = f"(?i:{re.escape(char)})"
    told = needles(regex, is_cased=True)
    every = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x20000))))
    for found in re.findall(regex, every):
        assert any(needle in _seen(found) for needle in told), (char, found)


def test_every_digit_is_a_zero() -> None:
    told = needles(r"\d", is_cased=False)
    every = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x20000))))
    assert {_seen(found) for found in re.findall(r"\d", every)} == {"0"} == told


# Strings can be made from a pattern that does not look around itself.
MAKEABLE = [i for i, rule in enumerate(RULES) if not re.search(r"\(\?<?[=!]", rule.regex)]


@settings(max_examples=60, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_what_a_rule_fits_passes_its_gate(data: st.DataObject) -> None:
    number = data.draw(st.sampled_from(MAKEABLE))
    rule, compiled, told = MATCHED[number]
    line = plain(data.draw(st.from_regex(compiled, fullmatch=True)).translate(BREAKS))
    if compiled.fullmatch(line if rule.is_cased else fold(line)):
        assert any(needle in _seen(line) for needle in told)
        assert any(needle in f"{EDGE}{_seen(line)}{EDGE}" for needle in BETWEEN[number])


CANDIDATES = gate(BETWEEN)
LINES = st.lists(
    st.sampled_from([rule.example for rule in RULES]) | st.text(max_size=30) | st.sampled_from("|:©."), max_size=4
).map(" ".join)


@given(LINES, st.integers(0, 40), st.integers(0, 40))
def test_the_gate_changes_no_answer(line: str, start: int, end: int) -> None:
    """Of whole examples, parts of them and any text, what fits is what would fit if every pattern were tried."""
    line = plain(line[start : len(line) - end].translate(BREAKS))
    candidates = CANDIDATES(f"{EDGE}{fold(line)}{EDGE}")
    fits = [i for i, (rule, one, _) in enumerate(MATCHED) if one.fullmatch(line if rule.is_cased else fold(line))]
    assert set(fits) <= set(candidates)
    assert candidates == sorted(candidates)

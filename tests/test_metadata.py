"""Facts mined from an article's own text and from what was stripped of it."""

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.knowledge import read_rows
from pipeline.text.boilerplate import Rule, cleaner
from pipeline.text.metadata import DATE, Facts, facts, parse_date

ROOT = Path(__file__).parent.parent
CLEAN = cleaner(read_rows(ROOT / "seeds" / "rules" / "boilerplate.csv", Rule))
RECORD = "Document HARPOS0020240304ek34000b5"
BODY = [
    "The harbour was closed on 3 March 2021 after a crane fell into the basin, the port authority said.",
    "Nobody was hurt, and the basin is expected to open again before the end of the week.",
    "The crane had been built in 1987 and was inspected in May 2020, according to the owner of the yard.",
]


def mined(*lines: str) -> Facts:
    text = "\n\n".join(lines)
    return facts(text, CLEAN(text))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("March 4, 2024", (date(2024, 3, 4), "day")),
        ("4 March 2024", (date(2024, 3, 4), "day")),
        ("Monday, March 4th, 2024", (date(2024, 3, 4), "day")),
        ("Mon. 4 Mar 2024", (date(2024, 3, 4), "day")),
        ("2024-03-04", (date(2024, 3, 4), "day")),
        ("04.03.2024", (date(2024, 3, 4), "day")),
        ("4. März 2024", (date(2024, 3, 4), "day")),
        ("4 de marzo de 2024", (date(2024, 3, 4), "day")),
        ("1er août 2024", (date(2024, 8, 1), "day")),
        ("2024年3月4日", (date(2024, 3, 4), "day")),
        ("March 2024", (date(2024, 3, 1), "month")),
        ("25/12/2024", (date(2024, 12, 25), "day")),
        ("12/25/2024", (date(2024, 12, 25), "day")),
        ("05/05/2024", (date(2024, 5, 5), "day")),
        ("03/04/2024", (date(2024, 1, 1), "year")),
        ("31 February 2024", None),
        ("2024-13-01", None),
        ("30.02.2024", None),
    ],
)
def test_dates_of_several_orders(written: str, expected: tuple[date, str] | None) -> None:
    assert re.fullmatch(DATE, written)
    assert parse_date(written) == expected


@given(st.text() | st.from_regex(DATE, fullmatch=True))
def test_no_date_crashes(written: str) -> None:
    parse_date(written)


@pytest.mark.parametrize(
    ("lines", "published"),
    [
        (BODY, (None, "none", "none")),
        (["Crane falls", "March 4, 2024", *BODY], (date(2024, 3, 4), "day", "text")),
        (["Crane falls", "By Ida Lund | 4 March 2024", *BODY], (date(2024, 3, 4), "day", "text")),
        (["Crane falls", *BODY, "Copyright 2021-2024, Harbor Post"], (date(2024, 1, 1), "year", "copyright")),
        (
            ["Crane falls", "Updated: March 9, 2024", "Published: March 4, 2024", *BODY, "© 2025 Harbor Post"],
            (date(2024, 3, 4), "day", "text"),
        ),
        (["Crane falls", "Updated March 9, 2024", *BODY], (date(2024, 3, 9), "day", "text")),
        (["Crane falls", "Published: 31 February 2024", *BODY], (None, "none", "none")),
        (["Crane falls", "Published: 03/04/2024", *BODY], (date(2024, 1, 1), "year", "text")),
        *(
            (["Crane falls", f"{lead} {BODY[0]}", *BODY[1:]], (date(2024, 3, 4), "day", "text"))
            for lead in (
                "GOLE, Republic of Varn, March 4, 2024 -",
                "GOLE (Volta Wire) Mon., March 4, 2024 –",
                "GOLE/N'DORA, 4 March 2024:",
                "N'DORA (VW) - 4 March 2024 -",
                "NEW GOLE, Varn (Volta Wire) - March 4, 2024 -",
            )
        ),
        *(
            (["Crane falls", f"{lead} {BODY[0]}", *BODY[1:]], (None, "none", "none"))
            for lead in (
                "On March 4, 2024 - a Monday -",
                "NATO said on March 4, 2024:",
                "March 4, 2024: the day of the crane.",
            )
        ),
        (["Crane falls", *BODY, "Chronicle of the yard", "March 4, 2024", *BODY], (None, "none", "none")),
    ],
)
def test_publication_date(lines: list[str], published: tuple[date | None, str, str]) -> None:
    found = mined(*lines)
    assert (found.published_on, found.published_precision, found.published_basis) == published


@pytest.mark.parametrize(
    ("lines", "outlet"),
    [
        (BODY, (None, "none")),
        ([f"(HarborPost.org) – {BODY[0]}", *BODY[1:], "© 2024 Other"], ("HarborPost.org", "text")),
        ([*BODY, "© 2024 The Harbor Post. All rights reserved."], ("The Harbor Post", "copyright")),
        ([*BODY, "Copyright (c) 2019-2024 by Harbor Post"], ("Harbor Post", "copyright")),
        ([*BODY, "Harbor Post © 2024"], ("Harbor Post", "copyright")),
        ([*BODY, "All rights reserved."], (None, "none")),
        ([f"OSLO, March 4 (Reuters) - {BODY[0]}", *BODY[1:]], (None, "none")),
        (["WC 312 words", "SN Harbor Post", *BODY, "© 2024 Other"], ("Harbor Post", "text")),
        (["WC 312 words", "CY (c) 2024 Harbor Post", *BODY], ("Harbor Post", "copyright")),
        (["WC   312 words", "SN   Harbor Post", *BODY, "CY   (c) 2024 Other"], ("Harbor Post", "text")),
        (
            [*BODY, "Subject: Cranes; Harbours", "Publication title: Harbor Post; Varnberg"],
            ("Harbor Post; Varnberg", "text"),
        ),
        ([*BODY, "Publication title: Harbor Post; Varnberg (NL)"], ("Harbor Post; Varnberg (NL)", "text")),
        (
            [
                "Harbor Post (Varnberg)",
                "March 4, 2024 Monday",
                "LENGTH: 90 words",
                *BODY,
                "Copyright 2024 Other Limited",
            ],
            ("Harbor Post (Varnberg)", "text"),
        ),
        (
            ["Harbor Post", "March 4, 2024 Monday", *BODY, "Copyright 2024 Other Limited"],
            ("Other Limited", "copyright"),
        ),
        *(
            (["90 words", *dated, "Harbor Post", "HARPOS", "(c) 2024 Other", *BODY, RECORD], ("Harbor Post", "text"))
            for dated in (["4 March 2024"], ["4 March 2024", "14:02"])
        ),
    ],
)
def test_outlet(lines: list[str], outlet: tuple[str | None, str]) -> None:
    found = mined("Crane falls into basin", *lines)
    assert (found.outlet, found.outlet_basis) == outlet


@pytest.mark.parametrize(
    ("byline", "author"),
    [
        ("By Ida Lund", "Ida Lund"),
        ("By Ida Lund and Rolf van der Eide, Harbor Post", "Ida Lund and Rolf van der Eide"),
        ("Von Ida Lund", "Ida Lund"),
        ("BY IDA LUND", "IDA LUND"),
        ("BYLINE: Ida Lund in Varnberg", "Ida Lund"),
        ("Byline: By IDA LUND", "IDA LUND"),
        ("BY By Ida Lund", "Ida Lund"),
        ("Byline:\xa0Ida Lund", "Ida Lund"),
        ("BY   By Ida Lund", "Ida Lund"),
        ("Author: Lund, Ida", "Lund, Ida"),
        ("Author: Lund, Ida; Eide Vik, Rolf B", "Lund, Ida; Eide Vik, Rolf B"),
        ("Staff Reporter", None),
    ],
)
def test_author(byline: str, author: str | None) -> None:
    assert mined("Crane falls into basin", byline, *BODY).author == author


NEXIS = ["1 of 2 DOCUMENTS", "The Old Harbor Post", "March 4, 2024 Monday", "Final Edition", "Crane falls"]


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        ([*NEXIS, "LENGTH: 90 words", *BODY], "Crane falls"),
        ([NEXIS[0], NEXIS[4], *NEXIS[1:3], "LENGTH: 90 words", *BODY], "Crane falls"),
        (["The Old Harbor Falls", "March 4, 2024 Monday", *BODY], "The Old Harbor Falls"),  # no record, but dated alike
        (["HD   Crane falls", "WC   90 words", *BODY], "Crane falls"),
    ],
)
def test_the_outlet_of_a_record_is_not_its_title(lines: list[str], title: str) -> None:
    assert mined(*lines).title == title


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (["Crane falls", *BODY], "article"),
        (["Crane falls", BODY[0]], "stub"),
        (["Crane falls", *BODY, "Already a subscriber? Log in to keep reading."], "stub"),
        (["Video", "Share", "Advertisement"], "not_article"),
        ([], "not_article"),
    ],
)
def test_kind(lines: list[str], kind: str) -> None:
    assert mined(*lines).kind == kind


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("000_e2cd8b078215a0c5.txt", (None, "none", None, "none", "none", "article")),
        ("004_fb382d852abdf1f2.txt", ("VitalNews.org", "text", date(2024, 1, 1), "year", "copyright", "article")),
    ],
)
def test_the_sample_articles(name: str, expected: tuple[object, ...]) -> None:
    found = mined((ROOT / "seeds" / "articles" / name).read_bytes().decode())
    got = (found.outlet, found.outlet_basis, found.published_on, found.published_precision, found.published_basis)
    assert (*got, found.kind) == expected

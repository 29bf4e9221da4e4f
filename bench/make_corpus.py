"""A folder of made-up news articles of any size, to measure speed and memory on.

    python bench/make_corpus.py --articles N [--seed S] FOLDER

Articles of 1 to 8 kB from thirty-six outlets, each with a layout of its own (navigation, bylines, link lines, comment
forms, copyright lines). One in ten is wire copy that other outlets print again, shortened or under another headline; a
few are exact copies, written in German, French or Spanish, in old or broken encodings, web pages, or records of JSONL and
CSV. Wording and layouts are rows of `corpus.toml`, names come from the register under `seeds/`. The same seed gives the
same bytes, and the first articles of a larger corpus are those of a smaller one.
"""

import argparse
import csv
import html
import io
import json
import random
import tomllib
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
_WORDING = tomllib.loads(Path(__file__).with_name("corpus.toml").read_text(encoding="utf-8"))
_SIZES = (900, 1_400, 2_000, 2_600, 3_200, 4_000, 5_200, 7_500)  # characters of body, about; drawn evenly
_WIRE_KEPT = 200  # wire stories that may still be printed again
_TABLE_RECORDS = 50


class Story(NamedTuple):
    """What is told, whoever prints it: the slots that stay the same throughout, headline, paragraphs."""

    facts: dict[str, str]
    title: str
    paragraphs: list[str]


class Draw(dict[str, str]):
    """Slots and what stands in them; one that is not settled is drawn anew each time."""

    def __init__(self, lots: dict[str, Callable[[], str]], settled: dict[str, str]) -> None:
        super().__init__(settled)
        self._lots = lots

    def __missing__(self, slot: str) -> str:
        if slot[0].isupper():
            drawn = self[slot.lower()]
            return drawn[:1].upper() + drawn[1:]
        drawn = self._lots[slot]()
        return drawn.format_map(self) if "{" in drawn else drawn


class Press:
    """Everything articles are made of, and the dice."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.countries = [row for row in _rows("countries") if row["adjectives"] and row["capitals"]]
        self.people = [row["name"] for row in _rows("people")]
        choose, pick = self.dice.choice, self._pick
        organisations = [row["name"] for row in _rows("organisations")]
        self.lots: dict[str, Callable[[], str]] = {name: pick(words) for name, words in _WORDING["words"].items()}
        self.lots |= {
            "country": pick([row["name"] for row in self.countries]),
            "adjective": pick([_first(row["adjectives"]) for row in self.countries]),
            "capital": pick([_first(row["capitals"]) for row in self.countries]),
            "person": pick(self.people),
            "org": pick(organisations),
            "stranger": lambda: f"{self._name(2)} {self._name(3)}",
            "stranger_last": lambda: self._name(3),
            "number": lambda: f"{self.dice.randrange(2, 10 ** self.dice.randrange(1, 6)):,}",
            "digit": lambda: str(self.dice.randrange(10)),
            "money": lambda: f"{choose('$€£')}{self.dice.randrange(1, 900)} {choose(('million', 'billion'))}",
            "year": lambda: str(self.dice.randrange(1990, 2026)),
            "day": pick(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]),
            "day_de": pick(["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag"]),
            "day_fr": pick(["lundi", "mardi", "mercredi", "jeudi", "vendredi"]),
            "related": pick(_WORDING["english"]["title"]),
        }
        outlets = random.Random("layouts")  # a layout belongs to its outlet, whatever the seed
        self.outlets = [
            {part: outlets.choice(rows) for part, rows in _WORDING["layout"].items()} | {"outlet": name}
            for name in _WORDING["layout"]["outlet"]
        ]
        self.wire: list[Story] = []

    def _pick(self, words: list[str]) -> Callable[[], str]:
        random_, size = self.dice.random, len(words)
        return lambda: words[int(random_() * size)]

    def _name(self, syllables: int) -> str:
        choose = self.dice.choice
        return "".join(choose("bdfgklmnprstvz") + choose("aeiou") for _ in range(syllables)).title() + choose("nrsl")

    def story(self) -> Story:
        """A new story, an old one of the wire, or one in another language."""
        dice = self.dice
        if self.wire and dice.random() < 0.1:
            story = dice.choice(self.wire)
            return story._replace(
                title=story.title if dice.random() < 0.5 else self._title(story.facts, "english"),
                paragraphs=story.paragraphs[: max(3, len(story.paragraphs) - dice.randrange(3))],
            )
        language = dice.choice(("german", "french", "spanish")) if dice.random() < 0.03 else "english"
        facts = self._facts()
        told, draw, size, length = _WORDING[language], Draw(self.lots, facts), dice.choice(_SIZES), 0
        paragraphs = [dice.choice(told["lead"]).format_map(draw)]
        while length < size:
            n_sentences = dice.randrange(1, 5)
            paragraphs.append(" ".join(dice.choice(told["body"]).format_map(draw) for _ in range(n_sentences)))
            length += len(paragraphs[-1])
        story = Story(facts, self._title(facts, language), paragraphs)
        if language == "english" and dice.random() < 0.03:
            self.wire = [*self.wire[-_WIRE_KEPT:], story]
        return story

    def _facts(self) -> dict[str, str]:
        hero = self.dice.choice(self.people)
        facts = {"hero": hero, "hero_last": hero.split()[-1]}
        for letter in "ab":
            row = self.dice.choice(self.countries)
            facts |= {letter: row["name"], f"{letter}_adjective": _first(row["adjectives"])}
            facts |= {f"{letter}_capital": _first(row["capitals"])}
            facts |= {f"{letter}_capital_upper": facts[f"{letter}_capital"].upper()}
        return facts

    def _title(self, facts: dict[str, str], language: str) -> str:
        title = self.dice.choice(_WORDING[language]["title"]).format_map(Draw(self.lots, facts))
        return title[:1].upper() + title[1:]

    def printed(self, story: Story, layout: dict[str, str], day: date) -> list[str]:
        """The lines (paragraphs) of the story as an outlet prints it."""
        dates = {"date_long": f"{day:%B} {day.day}, {day.year}", "date_iso": day.isoformat()}
        dates |= {"date_month_day": f"{day:%B} {day.day}"}
        name = layout["outlet"]
        settled = story.facts | dates | {"outlet": name, "domain": f"{name.replace(' ', '')}.example"}
        part = {key: layout[key].format_map(Draw(self.lots, settled)) for key in layout if key != "outlet"}
        paragraphs = [part["dateline"] + story.paragraphs[0], *story.paragraphs[1:]]
        paragraphs.insert(min(len(paragraphs), self.dice.randrange(2, 6)), part["insert"])
        lines = [part["top"], story.title, part["byline"], *paragraphs, part["wire"], part["tail"], part["end"]]
        return [line for line in lines if line]


def _rows(name: str) -> list[dict[str, str]]:
    with (ROOT / "seeds" / "register" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _first(cell: str) -> str:
    return cell.partition("|")[0]


def encoded(text: str, dice: random.Random) -> bytes:
    """Mostly UTF-8; one in thirty in an old encoding, with Windows line breaks, scrambled, cut or with NULs."""
    draw = dice.random()
    odd: tuple[tuple[float, Callable[[], bytes]], ...] = (
        (0.010, lambda: text.encode("cp1252", "replace")),
        (0.020, lambda: text.replace("\n", "\r\n").encode()),
        (0.025, lambda: text.encode().decode("cp1252", "replace").encode()),
        (0.028, lambda: text.encode("utf-16")),
        (0.030, lambda: b"\xef\xbb\xbf" + text.encode()),
        (0.032, lambda: text.encode() + b"\0" * 40),
        (0.033, lambda: text.encode()[:-1]),
    )
    return next((write() for bound, write in odd if draw < bound), text.encode())


def as_page(title: str, lines: list[str], outlet: str, day: date) -> bytes:
    """A web page with meta tags and page furniture."""
    body = "\n".join(f"<p>{html.escape(line).replace(chr(10), '<br>')}</p>" for line in lines)
    told = html.escape(title)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{told} | {outlet}</title>'
        f'<meta property="og:site_name" content="{outlet}"><meta property="article:published_time" content="{day}">'
        f"</head><body><nav><a href='/'>Home</a> <a href='/world'>World</a></nav><article><h1>{told}</h1>\n{body}\n"
        "</article><footer><a href='/privacy'>Privacy</a></footer></body></html>"
    ).encode()


def as_table(records: list[dict[str, Any]], ending: str) -> bytes:
    """Records as JSONL or CSV."""
    if ending == "jsonl":
        return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(records[0]))
    writer.writeheader()
    writer.writerows(records)
    return out.getvalue().encode()


def make(folder: Path, n_articles: int, seed: int) -> None:
    """Write the corpus; files of an outlet lie in a folder of their own, a year to a subfolder."""
    press, tables = Press(seed), dict[tuple[str, str], list[dict[str, Any]]]()
    dice, made, last = press.dice, set[Path](), b""

    def write(place: str, raw: bytes) -> None:
        path = folder / place
        if path.parent not in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.add(path.parent)
        path.write_bytes(raw)

    for number in range(n_articles):
        layout = dice.choice(press.outlets)
        day = date(2019, 1, 1) + timedelta(dice.randrange(2_300))
        story = press.story()
        lines = press.printed(story, layout, day)
        slug = layout["outlet"].lower().replace(" ", "_")
        place, form = f"{slug}/{day:%Y}/{number:07}", dice.random()
        if form < 0.06:
            ending = "jsonl" if form < 0.04 else "csv"
            table = tables.setdefault((slug, ending), [])
            table.append({"title": story.title, "date": day.isoformat(), "text": "\n\n".join(lines)})
            if len(table) == _TABLE_RECORDS:
                write(f"{slug}/{number:07}.{ending}", as_table(table, ending))
                table.clear()
        elif form < 0.11:
            write(f"{place}.html", as_page(story.title, lines, layout["outlet"], day))
        else:
            last = last if form > 0.99 and last else encoded("\n\n".join(lines), dice)
            write(f"{place}.txt", last)
    for (slug, ending), table in tables.items():
        if table:
            write(f"{slug}/rest.{ending}", as_table(table, ending))


def main() -> None:
    """Make a corpus from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a new folder")
    parser.add_argument("--articles", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.folder.mkdir(parents=True)
    make(options.folder, options.articles, options.seed)


if __name__ == "__main__":
    main()

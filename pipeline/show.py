"""One document in the terminal: stripped blocks dimmed with their rule, sentences numbered, actors coloured by type."""

import csv
import io
import re
from typing import Any

import duckdb
from rich.console import Console
from rich.text import Text

from pipeline.storage import Place
from pipeline.text.blocks import KEPT_KINDS
from pipeline.text.cleaning.corrections import CORRECTIONS_CSV
from pipeline.warehouse import connect

_STYLES = {
    "country": "bold blue",
    "government": "bold cyan",
    "legislature": "cyan",
    "judiciary": "cyan",
    "military": "bold red",
    "police": "red",
    "armed_group": "bold red",
    "igo": "bold green",
    "ngo": "green",
    "bloc": "green",
    "party": "bold yellow",
    "company": "yellow",
    "media": "yellow",
    "person": "bold magenta",
    "group": "magenta",
}
_PLAIN = {code: chr(0x2400 + code) for code in range(32)} | {0x0A: "\n", 0x09: " ", 0x0D: " ", 0x7F: "␡"}
_PLAIN |= dict.fromkeys(
    [*range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)], "\N{REPLACEMENT CHARACTER}"
)
"""Control characters, also those of direction, one for one as visible signs: a raw text must not steer the terminal."""
_ONE_LINE = _PLAIN | {0x0A: " "}
_LONE_CR = re.compile(r"\r(?!\n)")


class _Pipe(Console):
    """A console that leaves it to the command what becomes of `| head`."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def show(warehouse: Place, document: str, color: str = "auto") -> None:
    """Print one document. Raises `ValueError` when `document` means none, or more than one, or a table is not there."""
    with connect(warehouse) as connection:
        try:
            document = _find(connection, document)
            facts, text = _facts(connection, document), _rows(connection, "texts", document)[0]["text"]
            blocks, sentences, mentions = (
                _rows(connection, name, document) for name in ("blocks", "sentences", "mentions")
            )
        except duckdb.Error as error:
            raise ValueError(f"the tables are not all there; run again ({error})") from None
    console = _Pipe(
        force_terminal={"always": True, "never": False}.get(color),
        no_color=True if color == "never" else None,
        highlight=False,
        soft_wrap=True,
    )
    console.print(facts)
    plain = _LONE_CR.sub("\n", text).translate(_PLAIN)
    for block in blocks:
        console.print(_block(plain, block, sentences, mentions), end="")
    console.print()
    console.print(_legend(mentions))
    console.print(_how_to_correct(document, blocks), style="dim")


_PLACES = (
    "SELECT *, CASE WHEN count(*) OVER (PARTITION BY path) = 1 THEN path ELSE path || ', record ' || record_number END "
    "AS place FROM files"
)


def _find(connection: duckdb.DuckDBPyConnection, wanted: str) -> str:
    """The one document id that `wanted` means: an id, the beginning of one, or part of a path (`a.csv, record 2`)."""
    rows = connection.execute(
        "SELECT document_id, min(place), bool_or($1 IN (document_id, path, place)) AS is_exact "
        f"FROM ({_PLACES}) WHERE document_id IS NOT NULL AND "
        "(starts_with(document_id, $1) OR starts_with(document_id, 'd_' || $1) OR contains(place, $1)) "
        "GROUP BY document_id ORDER BY is_exact DESC, min(path), min(record_number), document_id LIMIT 6",
        [wanted],
    ).fetchall()
    exact = [row for row in rows if row[2]]
    if len(exact or rows) != 1:
        some = "".join(f"\n    {document_id}  {place.translate(_ONE_LINE)}" for document_id, place, _ in rows)
        told = connection.execute(
            f"SELECT status, problem FROM ({_PLACES}) WHERE place = $1 LIMIT 1", [wanted]
        ).fetchone()
        if told and not rows:
            raise ValueError(f"{wanted!r} is no document but {told[0]}: {str(told[1]).translate(_ONE_LINE)}")
        raise ValueError(
            f"{wanted!r} means {'several documents' if rows else 'no document'}; give an id or a path of `files`{some}"
        )
    return str((exact or rows)[0][0])


def _rows(connection: duckdb.DuckDBPyConnection, table: str, document_id: str) -> list[dict[str, Any]]:
    """The document's rows of a table, in order."""
    query = connection.execute(f"SELECT * FROM {table} WHERE document_id = ? ORDER BY ALL", [document_id])
    names = [column[0] for column in query.description or []]
    return [dict(zip(names, row, strict=True)) for row in query.fetchall()]


def _facts(connection: duckdb.DuckDBPyConnection, document_id: str) -> Text:
    row = _rows(connection, "documents", document_id)[0]
    date = f"{row['published_on']} (precision {row['published_precision']}, basis {row['published_basis']})"
    lines = [
        ("document", document_id),
        ("title", row["title"] or "none"),
        ("outlet", f"{row['outlet']} (basis {row['outlet_basis']})" if row["outlet"] else "not known"),
        ("date", date if row["published_on"] else "not known"),
        ("stripped", f"{row['share_stripped']:.1%} of its characters"),
    ]
    told = [Text.assemble((f"{name:9}", "dim"), str(value).translate(_ONE_LINE)) for name, value in lines]
    return Text("\n").join(told).append("\n")


def _block(plain: str, block: dict[str, Any], sentences: list[dict[str, Any]], mentions: list[dict[str, Any]]) -> Text:
    """One block: blank as it is, stripped with its rule, kept with sentence numbers and coloured actors."""
    start, end = block["char_start"], block["char_end"]
    if block["kind"] == "blank":
        return Text(plain[start:end])
    if block["kind"] not in KEPT_KINDS:
        why = f"{block['rule_id']}: {block['reason']}" if block["reason"] else block["rule_id"]
        return Text(f"[{why}] {plain[start:end]}", style="dim strike")
    text = Text(plain[start:end], style="bold" if block["kind"] in ("title", "subhead") else "")
    for one in mentions:
        if start <= one["char_start"] and one["char_end"] <= end and one["parent_mention_number"] is None:
            text.stylize(
                _STYLES.get(one["actor_type"], "underline"), one["char_start"] - start, one["char_end"] - start
            )
    inside = [one for one in sentences if start <= one["char_start"] < end]
    for one in reversed(inside):  # from the end, so that earlier offsets stay true
        place = one["char_start"] - start
        before, after = text[:place], text[place:]
        text = Text.assemble(before, (f"⟨{one['sentence_number']}⟩ ", "dim"), after)
    return text


def _how_to_correct(document_id: str, blocks: list[dict[str, Any]]) -> str:
    """The row to add to the corrections, with the last block that was stripped or else the last one as an example."""
    inked = [block for block in blocks if block["kind"] != "blank"]
    stripped = [block for block in inked if block["kind"] not in KEPT_KINDS]
    if not inked:
        return ""
    example = (stripped or inked)[-1]
    row = io.StringIO()
    verdict = "keep" if stripped else "strip"
    csv.writer(row, lineterminator="").writerow((document_id, example["text"].translate(_ONE_LINE), verdict, "why"))
    return (
        f"To put a block back (keep) or take one out (strip), add a row to seeds/{CORRECTIONS_CSV}:\n{row.getvalue()}"
    )


def _legend(mentions: list[dict[str, Any]]) -> Text:
    kinds = sorted({one["actor_type"] for one in mentions if one["actor_type"]})
    return Text("  ").join(Text(kind, style=_STYLES.get(kind, "underline")) for kind in kinds)

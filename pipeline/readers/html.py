"""Web pages: one article a file, or the records of an export that a database gave out as a page. The text is what a visitor can read; markup also says title, date and the like.

The text is the extractor's rendering of the whole visible page, with nothing put before it: a headline that stands
only in `<title>` goes to the record's given title, not into the text. Which lines are boilerplate is judged later, over
this text, beside what `markup.py` reads off the elements around them.
"""

import json
import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, BinaryIO

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import ElementNode, HTMLTree

from pipeline.readers.exports import may_be_export
from pipeline.readers.given import NO_NAMES, Names, iso_date, match, single_lines
from pipeline.readers.record import MAX_BYTES, Page, Record, plain_page, whole_file
from pipeline.readers.txt import records_of
from pipeline.text.decode import Decoded, decode_unrepaired, newline_style, repair


class HtmlReader:
    """`.html` and its kin, by way of resiliparse."""

    format = "html"
    suffixes: tuple[str, ...] = (".html", ".htm", ".xhtml", ".shtml")

    def records(
        self, file: BinaryIO, names: Names, *, number: int = 1, offset: int = 0, max_bytes: int = MAX_BYTES
    ) -> Iterator[Record]:
        whole = whole_file(file, max_bytes)
        if not (isinstance(whole.payload, bytes) and may_be_export(whole.payload, names.exports)):
            yield whole
            return
        page = self.render(whole.payload).decoded
        for record in records_of(page.text.encode("utf-8", "surrogatepass"), whole, names, number):
            yield record._replace(encoding=page.encoding, repairs=page.repairs + record.repairs)

    def render(self, payload: bytes | str, names: Names = NO_NAMES) -> Page:
        if isinstance(payload, str):  # a record of an export
            return plain_page(payload)
        source, encoding, found = decode_unrepaired(payload, declared_encoding(payload))
        tree = HTMLTree.parse(source)
        text, repairs = repair(_visible(tree).replace("\r\n", "\n").replace("\r", "\n"))
        return Page(Decoded(text, encoding, newline_style(text), found + repairs), source, _given(tree, names))


# Alternative texts of pictures are for those who cannot see them. They are switched off by skipping the pictures,
# because the extractor's own switch takes the captions away as well.
_visible = partial(
    extract_plain_text,
    main_content=False,
    preserve_formatting=True,
    list_bullets=False,
    skip_elements=["img", "[hidden]", "[style*='display:none']", "[style*='display: none']"],
)


_CHARSET = re.compile(rb"""<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)


def declared_encoding(raw: bytes) -> str | None:
    """The encoding named in the page's first 4 KiB."""
    found = _CHARSET.search(raw, 0, 4096)
    return found[1].decode("ascii", "replace") if found else None


# -- what the markup says ------------------------------------------------------------------------------------------


def _given(tree: HTMLTree, names: Names) -> dict[str, str]:
    """Title, outlet, date, url, language, author: from JSON-LD, then meta tags, then `<title>`, `lang`, canonical."""
    article = _json_ld_article(tree)
    linked = {field: _named(article[key]) for field, key in match(article, names.json_ld).items()}
    tags: dict[str, str] = {}
    for tag in _head(tree):
        if tag.tag == "meta":
            called = (tag.getattr(attribute) for attribute in ("property", "name", "itemprop", "http-equiv"))
            tags.setdefault(next(filter(None, called), ""), tag.getattr("content") or "")
    for tag in _all(tree, "body meta[itemprop='datePublished'][content]")[:1]:
        tags.setdefault("datepublished", tag.getattr("content") or "")
    meta = {field: tags[name] for field, name in match(tags, names.meta).items()}
    page = {
        "title": tree.title,
        "language": next((root.getattr("lang") for root in _all(tree, "html[lang]")), None),
        "url": next((link.getattr("href") for link in _all(tree, "link[rel~='canonical'][href]")), None),
    }
    given: dict[str, str] = {}
    for source in (page, meta, linked):
        given |= _usable(single_lines(source))
    return given | _plain_title(given)


_JOINT = " \t\xa0|·•»›:–—-"


def _plain_title(given: dict[str, str]) -> dict[str, str]:
    """The title without the name of the outlet, which pages put behind it ("Crane falls | Harbor Post")."""
    title, outlet = given.get("title", ""), given.get("outlet", "")
    rest = title[: len(title) - len(outlet)]
    is_joined = rest.rstrip() != rest and rest.rstrip(_JOINT) != rest.rstrip()
    if outlet and title.casefold().endswith(outlet.casefold()) and is_joined and rest.strip(_JOINT):
        return {"title": rest.rstrip(_JOINT)}
    return {}


def _usable(given: dict[str, str]) -> dict[str, str]:
    """The date as ISO, left out when it cannot be read; authors and publishers that are addresses left out."""
    dated = given | {"date": iso_date(given.get("date", "")) or ""}
    return {
        field: value
        for field, value in dated.items()
        if value and not (field in ("author", "outlet") and value.startswith("http"))
    }


def _json_ld_article(tree: HTMLTree) -> dict[str, Any]:
    """The first JSON-LD object of an article type."""
    for script in _all(tree, "script[type='application/ld+json']"):
        try:
            value = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for thing in _objects(value):
            kinds = thing.get("@type")
            if any(str(kind).endswith(_ARTICLES) for kind in (kinds if isinstance(kinds, list) else [kinds])):
                return thing
    return {}


def _head(tree: HTMLTree) -> Iterator[ElementNode]:
    """The elements of `<head>`, one after the other; a query with many hits takes longer than parsing the page."""
    element = tree.head.first_element_child if tree.head else None
    while element:
        yield element
        element = element.next_element


def _all(tree: HTMLTree, selector: str) -> list[ElementNode]:
    return list(tree.document.query_selector_all(selector)) if tree.document else []


_ARTICLES = ("Article", "BlogPosting", "Report")


def _objects(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = value.get("@graph")
    if isinstance(value, list):
        for item in value:
            yield from _objects(item)


def _named(value: object) -> object:
    """A person or organisation by its name, a page by its address."""
    if isinstance(value, dict):
        return value.get("name") or value.get("@id")
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_named(item) for item in value]
    return value

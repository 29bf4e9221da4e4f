"""What the markup of a web page tells of each line of its text: the elements around it, their names, links, where prose is.

The text stays all that a visitor can read; nothing is decided here. How what is told travels and what it means is the
business of `text/cleaning/markup.py`. Counts of links and prose in blocks: Kohlschütter et al. 2010; the parent with the most
prose: Readability.
"""

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from ahocorasick_rs import AhoCorasick
from numpy.typing import NDArray
from selectolax.lexbor import LexborHTMLParser

from pipeline.text.cleaning.layout import inked
from pipeline.text.cleaning.markup import NAMES, TAGS, TOLD, UNKNOWN, Markup
from pipeline.text.decode import repair

Ints = NDArray[np.int64]
Array = NDArray[Any]

# As the renderer has it.
_UNSEEN = {"button", "head", "iframe", "label", "noscript", "option", "script", "style", "template", "textarea"}
_BLOCKS = {
    "p", "div", "li", "td", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "main", "aside", "header", "footer",
    "nav", "ul", "figure", "figcaption", "blockquote", "form", "table", "tr", "dl", "dd", "dt", "pre", "address",
    "ol", "th",
}  # fmt: skip
_ALIKE = {"ol": "ul", "b": "strong", "i": "em"} | {f"h{level}": "h" for level in range(1, 7)}
_BIT = {tag: 1 << i for i, tag in enumerate(TAGS)}
_BIT |= {tag: _BIT[like] for tag, like in _ALIKE.items()}
_NAMING = ("class", "id", "role", "itemprop", "data-testid", "data-component")
# Parts of names that frameworks and news sites give to elements.
_PARTS = {
    "story": "article-body article_body articlebody article__body story-body story_body storybody story__body entry-content "
    "entry_content post-content post_content post-body article-content article_content article-text article-copy content-body "
    "content_body body-text bodytext story-text paywall rich-text richtext",
    "comments": "comment disqus discuss",
    "teasers": "relat recommend teaser promo popular trending latest most more outbrain taboola card list",
    "prompts": "social share follow newsletter subscri signup cookie consent banner modal advert sponsor -ad- -ads- _ad_",
    "facts": "author byline caption credit copyright meta date time tag breadcrumb bio",
    "menus": "nav menu foot header sidebar widget",
    "hidden": "hidden hide sr-only visually print",
    "body": "article body content entry main page post text blog story",
}


class _Page(NamedTuple):
    """The characters of a page without white space: `ends` of its pieces, after a 0, and the element each stands in.

    Of each element, in the order of the page and after one around them all: its parent, the block it is or stands in, a
    bit for its tag and each of its names.
    """

    ink: str
    ends: Ints
    owner: Ints
    parent: Ints
    block: Ints
    bits: Ints


def markup(text: str, source: str) -> Markup:
    """What the page `source` tells of the lines of `text`, its visible text; no rows where it tells nothing."""
    n_tags = source.count("<")
    if n_tags > _UNCLOSED and n_tags - 2 * source.count("</") > _UNCLOSED:
        return _NOTHING
    lines = inked(text)
    told = np.full((len(lines), len(TOLD)), UNKNOWN, np.uint8)
    page = _page(source)
    spans = np.array(list(_spans(page.ink, (text[line.start : line.end] for line in lines))), np.int64).reshape(-1, 2)
    found = np.flatnonzero(spans[:, 1])
    if not len(found):
        return _NOTHING
    told[found] = np.clip(np.round(_measured(page, *spans[found].T)), 0, UNKNOWN - 1)
    return told


_NOTHING = np.zeros((0, len(TOLD)), np.uint8)
_UNCLOSED = 10_000  # tags; made with care, pages leave some hundreds open, and time grows with the square of the depth


def _page(source: str) -> _Page:
    pieces: list[str] = []
    owner, parents, blocks, bits = list[int](), [0], [0], [0]
    body = LexborHTMLParser(source).body
    places = {body.mem_id: 0} if body else {}
    for node in body.traverse(include_text=True) if body else ():
        tag, above = node.tag or "-", places.get(node.parent.mem_id) if node.parent else None
        if above is None:
            continue
        if tag == "-text":
            if ink := _ink(repair(node.text_content or "")[0]):
                pieces.append(ink)
                owner.append(above)
        elif tag not in _UNSEEN and tag[0] not in "-!" and not _is_hidden(attributes := node.attributes):
            at = places[node.mem_id] = len(parents)
            parents.append(above)
            bits.append(_BIT.get(tag, 0) | (_named(" ".join(_names(attributes))) if attributes else 0))
            blocks.append(at if tag in _BLOCKS else blocks[above])
    ends = np.cumsum([0, *map(len, pieces)])
    return _Page("".join(pieces), ends, *(np.array(column, np.int64) for column in (owner, parents, blocks, bits)))


def _is_hidden(attributes: dict[str, Any]) -> bool:
    """As the renderer has it."""
    style = attributes.get("style") or ""
    return "hidden" in attributes or "display:none" in style or "display: none" in style


def _names(attributes: dict[str, Any]) -> Iterator[str]:
    return filter(None, map(attributes.get, _NAMING))


@lru_cache(1 << 16)
def _named(names: str) -> int:
    """A bit for each of `NAMES` that fits an element so named."""
    automaton, of_part = _automaton()
    found = 0
    for part, _, _ in automaton.find_matches_as_indexes(names.lower(), overlapping=True):
        found |= of_part[part]
    return found


@cache
def _automaton() -> tuple[AhoCorasick, list[int]]:
    parts = {name: _PARTS[name].split() for name in NAMES}
    of_part = [1 << len(TAGS) + i for i, name in enumerate(NAMES) for _ in parts[name]]
    return AhoCorasick(list(chain.from_iterable(parts.values()))), of_part


_UNPRINTED = dict.fromkeys((0xAD, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060))


def _ink(text: str) -> str:
    """The text without white space and what is not printed, which renderings treat in their own ways."""
    ink = "".join(text.split())
    return ink if ink.isascii() else ink.translate(_UNPRINTED)


_REACH = 20_000  # characters of the page between a line and the next one: menus that are not shown
_END = 12  # characters at either end that tell a line whose rest was rendered otherwise
_SURE = 40  # characters of a line that hardly stands twice, and may be looked for further on


def _spans(ink: str, lines: Iterator[str]) -> Iterator[tuple[int, int]]:
    """Where the lines stand, one after the other, in the page's characters; (0, 0) where one does not."""
    at = 0
    for line in map(_ink, lines):
        start = _find(ink, line, at)
        if start < 0:
            yield 0, 0
        else:
            at = min(start + len(line), len(ink))
            yield start, at


def _find(ink: str, line: str, at: int) -> int:
    """Where a line begins from here on, or -1."""
    near = at + _REACH + len(line)
    start = ink.find(line, at, near) if line else -1
    if start < 0 and len(line) >= _END:
        start = ink.find(line[:_END], at, near)
    if start < 0 and len(line) >= 2 * _END:
        end = ink.find(line[-_END:], at, near) + _END
        start = max(at, end - len(line)) if end >= _END else -1
    return ink.find(line, at) if start < 0 and len(line) >= _SURE else start


_LONG = 80  # characters in a block that make it prose, unless half of them are links


def _measured(page: _Page, start: Ints, end: Ints) -> Array:
    """`TOLD` of the lines that stand at these characters of the page."""
    n, parents = len(page.parent), page.parent.tolist()
    own = (page.bits[:, None] >> np.arange(len(TAGS) + len(NAMES))) & 1
    around, nesting = own.copy(), [0] * n
    for i in range(1, n):
        around[i] += around[parents[i]]
        nesting[i] = nesting[parents[i]] + 1
    above = page.block[page.parent]
    length, block = np.diff(page.ends), page.block[page.owner]
    is_link = around[page.owner, 0] > 0
    size, linked = np.bincount(block, length, n), np.bincount(block, length * is_link, n)
    prose = np.where((size > _LONG) & (linked < size / 2), size, 0)
    prose[0] = 0
    beside = np.bincount(above, prose, n)
    is_block = (page.block == np.arange(n)) & (page.block > 0)
    whole, whole_linked = (_with_blocks_inside(is_block, above.tolist(), values) for values in (size, linked))
    steps_up, steps_down = _way(above.tolist(), int(beside.argmax()))

    first, last = np.searchsorted(page.ends, start, "right") - 1, np.searchsorted(page.ends, end, "left") - 1
    counts = np.column_stack([8 * around[page.owner], 100 * is_link])
    sums = np.concatenate([np.zeros((1, counts.shape[1])), np.cumsum(counts * length[:, None], axis=0)])
    before = sums[first] + counts[first] * (start - page.ends[first])[:, None]
    after = sums[last] + counts[last] * (end - page.ends[last])[:, None]
    mean = (after - before) / (end - start)[:, None]
    at = block[first]
    parent, grandparent = above[at], above[above[at]]
    columns = (
        *(np.array(nesting)[page.owner[first]], steps_up[at], steps_down[at]),
        *(_eighths(size)[at], _percent(linked, size)[at], (100 * beside / max(1, prose.sum()))[parent]),
        *(_eighths(whole)[parent], _percent(whole_linked, whole)[parent]),
        *(_eighths(whole)[grandparent], _percent(whole_linked, whole)[grandparent]),
        *(100 * start / len(page.ink), np.bincount(above, is_block, n)[parent]),
    )
    return np.column_stack([mean[:, :-1], own[at, len(TAGS) :], mean[:, -1], *columns])


def _with_blocks_inside(is_block: NDArray[np.bool_], above: Sequence[int], values: Array) -> Array:
    """The sum over each block and all blocks inside it."""
    sums = values.tolist()
    for i in np.flatnonzero(is_block)[::-1].tolist():  # a block stands before those inside it
        sums[above[i]] += sums[i]
    return np.array(sums)


def _way(above: Sequence[int], target: int) -> tuple[Ints, Ints]:
    """Steps up from each block to one that holds the target, and down from there to it."""
    holds: dict[int, int] = {}
    while target not in holds:
        holds[target] = len(holds)
        target = above[target]
    up, down = [0] * len(above), [holds[0]] * len(above)
    for i in range(1, len(above)):
        up[i], down[i] = (0, holds[i]) if i in holds else (up[above[i]] + 1, down[above[i]])
    return np.array(up), np.array(down)


def _eighths(size: Array) -> Array:
    """On a logarithmic scale, eight steps for each doubling."""
    eighths: Array = 8 * np.log2(1 + size)
    return eighths


def _percent(part: Array, whole: Array) -> Array:
    percent: Array = 100 * part / np.maximum(1, whole)
    return percent

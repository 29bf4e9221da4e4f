"""Which lines of a web page an extractor of main content holds for page furniture: one witness among several.

The text of a page is always all that a visitor can read. What becomes of the lines is decided by the rules and the
classifier over that text; here an extractor only says which of them it would have left out. Two can be asked:
resiliparse, which is fast, and trafilatura (the extra `html`), which is right more often and takes six times as long.
"""

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher
from functools import cache
from importlib import import_module, metadata
from itertools import groupby

from resiliparse.parse.html import HTMLTree

from pipeline.readers.html import visible
from pipeline.settings import Settings
from pipeline.text.decode import repair


def lines(text: str, source: str, extractor: str) -> tuple[int, ...]:
    """Lines (1-based) of `text` that the extractor leaves out of the page `source`.

    No main content at all is no evidence: then none.
    """
    tree = HTMLTree.parse(source)
    if _is_too_deep(tree):
        return ()
    if extractor == "trafilatura":
        return by_words(text, _trafilatura()(source))
    return by_order(text, repair(visible(tree, main_content=True))[0])


def version(settings: Settings) -> str | None:
    """Version of the extractor that is not always there. Raises `ValueError` with the extra that brings it."""
    if settings.html_extractor != "trafilatura":
        return None
    try:
        return f"trafilatura {metadata.version('trafilatura')}"
    except metadata.PackageNotFoundError as error:
        raise ValueError(
            "html_extractor: trafilatura is not installed; pip install -c constraints.txt -e '.[html]' brings it"
        ) from error


@cache
def _trafilatura() -> Callable[[str], str]:
    extract = import_module("trafilatura").extract
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what it leaves out is no news
    return lambda source: extract(source, fast=True, include_comments=False) or ""


def _is_too_deep(tree: HTMLTree) -> bool:
    """Thousands of tags never closed: the time an extractor needs grows with the square of the depth.

    Half a second at 3,000; pages made with care stay below 100.
    """
    for step in ("first_element_child", "last_element_child"):
        element, depth = tree.body, 0
        while element and depth <= _MAX_DEPTH:
            element, depth = getattr(element, step), depth + 1
        if depth > _MAX_DEPTH:
            return True
    return False


_MAX_DEPTH = 3000


def by_words(text: str, main: str) -> tuple[int, ...]:
    """Lines whose words do not stand together in `main`, and that hold no longer line of it; a short line must be one.

    For an extractor that breaks lines in its own way.
    """
    kept = {words for words in map(_words, main.split("\n")) if words}
    if not kept:
        return ()
    known, longer = f" {_words(main)} ", [words for words in kept if len(words) >= _TELLING]

    def is_main(words: str) -> bool:
        stands = f" {words} " in known if len(words) >= _TELLING else words in kept
        return stands or any(line in words for line in longer)

    numbered = enumerate(map(_words, text.split("\n")), 1)
    return tuple(number for number, words in numbered if words and not is_main(words))


_TELLING = 30  # characters; what is shorter may stand within a line by chance
_WORD = re.compile(r"\w+")


def _words(line: str) -> str:
    return " ".join(_WORD.findall(line.casefold()))


def by_order(text: str, main: str) -> tuple[int, ...]:
    """Lines without a counterpart in `main`, in the same order.

    A line that holds a main line, or part of one, counts as main, and so does a short stretch between main lines:
    resiliparse drops items of lists in articles.
    """
    numbered = [(number, line.strip()) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    all_lines = [line for _, line in numbered]
    kept = [line.strip() for line in main.split("\n") if line.strip()]
    if not kept:
        return ()
    is_kept = [True] * len(all_lines)
    for tag, start, end, kept_start, kept_end in SequenceMatcher(None, all_lines, kept).get_opcodes():
        if tag != "equal":
            is_main = _counterpart(kept[kept_start:kept_end])
            is_kept[start:end] = map(is_main, all_lines[start:end])
    return tuple(_left_out(is_kept, [number for number, _ in numbered]))


def _left_out(is_kept: Sequence[bool], numbers: Sequence[int]) -> Iterable[int]:
    position = 0
    for keep, some in groupby(is_kept):
        start, position = position, position + len(list(some))
        is_between = start > 0 and position < len(is_kept) and position - start <= _GAP
        if not keep and not is_between:
            yield from numbers[start:position]


_GAP = 3  # lines left out between lines of main content, about which other rules may decide


def _counterpart(kept: list[str]) -> Callable[[str], bool]:
    """Whether a line shares its text with one of these; among very many, only whether it is one of these."""
    if len(kept) > _MANY:
        return set(kept).__contains__
    return lambda line: any(line in other or other in line for other in kept)


_MANY = 500  # lines in one stretch without a match: no article, and comparing all with all would take minutes

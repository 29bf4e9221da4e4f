"""How sure the learned classifier must be before a line goes: the cut that serves a text best, by the profile.

What becomes of the lines is decided in `boilerplate.py`; where the probabilities come from, in `model.py`.
"""

import re
from collections.abc import Mapping
from itertools import accumulate

from pipeline.text.cleaning.layout import LIST_MARK, Sheet, is_closed

# What precision weighs beside recall: in a short article, in another one, on a whole page. On a page `standard` weighs both
# alike, `cautious` would rather leave boilerplate than lose body, `strict` the other way round. In an article there is more
# to lose; in a short one, a line is much of the story and little is there to judge it by: what goes must be beyond doubt.
_WEIGHTS = {"cautious": (0.02, 0.05, 0.2), "standard": (0.03, 0.5, 1), "strict": (0.1, 0.5, 2)}
_SHORT = 1000  # characters of prose
# Lines decided by rules or likelier boilerplate than body: nineteen of twenty whole pages have as many, and of the texts
# that are nearly clean one in ten. A long table of results in an article alone has not.
_MANY_LINES = 40


_MARK = re.compile(LIST_MARK)


def doomed(sheet: Sheet, judged: Mapping[int, float], profile: str) -> list[int]:
    """Positions of the lines that go: below the cut, but in an article no item of a list right below one of its sentences,
    and in a short article no sentence.

    `judged`: position of a line to the probability that it is body.
    """
    threshold, sort = least(sheet, judged, profile), _sort_of_text(sheet, judged)
    gone = [i for i, probability in judged.items() if probability < threshold]
    if sort == 2:
        return gone
    kept = {i for i, probability in judged.items() if probability >= threshold and sheet.lines[i].is_prose}
    is_short = sort == 0
    return [i for i in gone if _list_head(sheet, i) not in kept and not (is_short and is_closed(sheet, sheet.lines[i]))]


def _list_head(sheet: Sheet, i: int) -> int:
    """The line right above the list that a line is an item of; else the line itself."""
    while i >= 0 and _MARK.match(sheet.plain, sheet.lines[i].start):
        i -= 1
    return i


def least(sheet: Sheet, judged: Mapping[int, float], profile: str) -> float:
    """The least probability of a line that stays, in whole thousandths.

    The likeliest lines stay, as many as make the expected weighted sum of precision and recall (in characters) greatest
    (Ye et al. 2012, for F1). One cut does not serve every text: where much is unsure, precision is low whatever goes, and
    recall is what can be won.
    """
    ranked = sorted(((round(1000 * p), _size(sheet, i)) for i, p in judged.items()), reverse=True)
    body = list(accumulate(p * size for p, size in ranked))
    if not body or not body[-1]:
        return 0.0
    weight = _WEIGHTS[profile][_sort_of_text(sheet, judged)] * body[-1] / 1000
    kept = accumulate(size for _, size in ranked)
    gains = [right * (weight / n + 1) for right, n in zip(body, kept, strict=True)]
    return ranked[max(range(len(gains)), key=gains.__getitem__)][0] / 1000


def _size(sheet: Sheet, i: int) -> int:
    return sheet.lines[i].end - sheet.lines[i].start


def _sort_of_text(sheet: Sheet, judged: Mapping[int, float]) -> int:
    """0 for a short article, 1 for another one, 2 for a whole page."""
    if len(sheet.lines) - sum(probability >= 0.5 for probability in judged.values()) >= _MANY_LINES:
        return 2
    return int(sum(_size(sheet, i) for i in judged if sheet.lines[i].is_prose) >= _SHORT)

"""How sure the learned classifier must be before a line goes, or stays against a rule, by the sort of text and the profile.

What becomes of the lines is decided in `boilerplate.py`; where the probabilities come from, in `model.py`.
"""

import re
from collections.abc import Mapping
from itertools import accumulate

from pipeline.text.cleaning.layout import LIST_MARK, Sheet, is_closed

# What precision weighs beside recall, in an article and on a page with much boilerplate. There, `standard` weighs both alike,
# `cautious` would rather leave boilerplate than lose body, `strict` the other way round. In an article there is more to lose.
_WEIGHTS = {"cautious": (0.05, 0.2), "standard": (0.5, 1), "strict": (0.5, 2)}
_MUCH, _MUCH_OF_PAGE = 40, 10  # lines that no rule knows, likelier boilerplate than body
# In a short article, a line is much of the story: what goes must be beyond doubt, a sentence further than another line.
_SHORT = 1500  # characters of prose
_BEYOND_DOUBT = {"cautious": (0.01, 0.005), "standard": (0.05, 0.03), "strict": (0.2, 0.1)}


def doomed(sheet: Sheet, judged: Mapping[int, float], profile: str, *, is_page: bool = False) -> list[int]:
    """Positions of the lines that go, but in an article no item of a list right below one of its sentences.

    `judged`: position of a line to the probability that it is body. `is_page`: whether it is a whole page whose markup was heard.
    """
    in_article, on_page = _WEIGHTS[profile]
    if sum(probability < 0.5 for probability in judged.values()) >= (_MUCH_OF_PAGE if is_page else _MUCH):
        least = _least(sheet, judged, on_page)
        return [i for i, probability in judged.items() if probability < least]
    if sum(_size(sheet, i) for i in judged if sheet.lines[i].is_prose) < _SHORT:
        loose, closed = _BEYOND_DOUBT[profile]
        gone = {i for i, p in judged.items() if p < (closed if is_closed(sheet, sheet.lines[i]) else loose)}
    else:
        least = _least(sheet, judged, in_article)
        gone = {i for i, probability in judged.items() if probability < least}
    kept = {i for i in judged if i not in gone and sheet.lines[i].is_prose}
    return [i for i in judged if i in gone and _list_head(sheet, i) not in kept]


def spared(judged: Mapping[int, float]) -> list[int]:
    """Positions of the lines that stay although a rule takes them: they are likelier body than not."""
    return [i for i, probability in judged.items() if probability > 0.5]


_MARK = re.compile(LIST_MARK)


def _list_head(sheet: Sheet, i: int) -> int:
    """The line right above the list that a line is an item of; else the line itself."""
    while i >= 0 and _MARK.match(sheet.plain, sheet.lines[i].start):
        i -= 1
    return i


def _least(sheet: Sheet, judged: Mapping[int, float], weight: float) -> float:
    """The least probability of a line that stays, in whole thousandths, where precision weighs as much beside recall.

    The likeliest lines stay, as many as make the expected weighted sum of precision and recall (in characters) greatest
    (Ye et al. 2012, for F1). One cut does not serve every text: where much is unsure, precision is low whatever goes, and
    recall is what can be won.
    """
    ranked = sorted(((round(1000 * p), _size(sheet, i)) for i, p in judged.items()), reverse=True)
    body = list(accumulate(p * size for p, size in ranked))
    if not body or not body[-1]:
        return 0.0
    kept = accumulate(size for _, size in ranked)
    gains = [right * (weight * body[-1] / 1000 / n + 1) for right, n in zip(body, kept, strict=True)]
    return ranked[max(range(len(gains)), key=gains.__getitem__)][0] / 1000


def _size(sheet: Sheet, i: int) -> int:
    return sheet.lines[i].end - sheet.lines[i].start

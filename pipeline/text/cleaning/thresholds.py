"""How sure the learned classifier must be before a line goes, by the profile and by the sort of text.

What becomes of the lines is decided in `boilerplate.py`; where the probabilities come from, in `model.py`.
"""

from collections.abc import Mapping

from pipeline.text.cleaning.layout import Sheet

# The least probability of a line that stays: in a short article, in another one, on a whole page. In the first, one line
# is much of the story and little is there to judge it by: what goes must be beyond doubt. A page is told by a menu above
# the first sentence (eight lines, as in `layout.py`) and by lines that look like boilerplate and are known to no rule: nine
# pages of ten have both, one article of twenty does. Values found on sites the classifier had not seen.
_THRESHOLDS = {"cautious": (0.01, 0.02, 0.05), "standard": (0.015, 0.25, 0.4), "strict": (0.03, 0.3, 0.5)}
_SHORT = 1200  # characters of prose
_MENU, _SUSPECTS = 8, 15  # lines


def least(sheet: Sheet, judged: Mapping[int, float], profile: str) -> float:
    """The least probability of a line that stays; `judged`: position of a line to its probability."""
    return _THRESHOLDS[profile][_sort_of_text(sheet, judged)]


def _sort_of_text(sheet: Sheet, judged: Mapping[int, float]) -> int:
    """0 for a short article, 1 for another one, 2 for a whole page."""
    likely = [i for i, probability in judged.items() if probability >= 0.5]
    first = next((n for n, i in enumerate(likely) if sheet.lines[i].is_prose), None)
    n_above = len(sheet.lines) if first is None else likely[first] - first
    if n_above >= _MENU and len(judged) - len(likely) >= _SUSPECTS:
        return 2
    return int(sum(line.end - line.start for line in map(sheet.lines.__getitem__, judged) if line.is_prose) >= _SHORT)

"""Lines that stand in other stories of the outlet, too, and where such a line may be taken for boilerplate.

A subhead ("Background", "Pros") or a paragraph of background repeats as a menu does, but it stands within the article:
there, no sentence is touched and no line right above one. Where no sentence tells the article from the rest, and where
lines are broken at a fixed width, nothing is concluded. Counting is done in `repetition.py`.
"""

from collections.abc import Mapping, Sequence

from pipeline.text.cleaning.layout import Sheet, page_run
from pipeline.text.cleaning.matching import LineMatcher
from pipeline.text.cleaning.rules import Rule


def repeated_lines(
    sheet: Sheet, is_open: Sequence[bool], n_stories: Mapping[int, int], rules: Sequence[tuple[Rule, LineMatcher]]
) -> dict[int, Rule]:
    """Position to rule for the open lines that a rule of a scope `repeated…` takes; a rule comes with its matcher.

    `n_stories`: 1-based line number to the stories of the outlet the line stands in, for lines in more than one.
    """
    hits = [
        (i, rule)
        for rule, fits in (rules if n_stories and not sheet.is_wrapped else ())
        for i, line in enumerate(sheet.lines)
        if is_open[i] and n_stories.get(line.number, 0) >= (rule.min_stories or 0)
        if line.is_prose == (rule.scope == "repeated_prose") and fits(sheet, line)
    ]
    taken = {i for i, _ in hits}
    is_prose = [line.is_prose and is_open[i] and i not in taken for i, line in enumerate(sheet.lines)]
    if not hits or not any(is_prose):
        return {}
    article = _stretch(sheet, is_prose)
    inside = {i for i in article if not any(is_prose[i + 1 : i + 2])}
    return {i: rule for i, rule in hits if (i in inside if rule.scope == "repeated_inside" else i not in article)}


def _stretch(sheet: Sheet, is_prose: Sequence[bool]) -> range:
    """The best run of prose on a whole page; else from the first sentence to the last."""
    run = page_run(sheet.lines, is_prose)
    prose = [i for i, one in enumerate(is_prose) if one]
    return run if run is not None else range(prose[0], prose[-1] + 1)

"""Written dates: the forms they take in several languages, and the day one stands for.

Where in an article or a record a date is looked for is decided by those who look.
"""

import re
from datetime import date

# Names of months with their usual short forms, by number; English, German, French, Spanish, Portuguese, Italian, Dutch.
_MONTHS: tuple[str, ...] = (
    "january jan januar jänner janvier janv enero ene janeiro gennaio gen januari",
    "february feb februar février févr fév febrero fevereiro fev febbraio februari",
    "march mar märz mrz mars marzo março maart mrt",
    "april apr avril avr abril abr aprile",
    "may mai mayo maio mag maggio mei",
    "june jun juni juin junio junho giugno giu",
    "july jul juli juillet juil julio julho luglio lug",
    "august aug août agosto ago augustus",
    "september sept sep septembre septiembre setembro set settembre",
    "october oct oktober okt octobre octubre outubro out ottobre ott",
    "november nov novembre noviembre novembro",
    "december dec dezember dez décembre déc diciembre dic dezembro dicembre",
)
_MONTH_NUMBER = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_MONTH = "(?:" + "|".join(sorted(map(re.escape, _MONTH_NUMBER), key=len, reverse=True)) + r")\b\.?"
YEAR = r"(?:19|20)\d\d(?!\d)"
"""A regular expression for a year in four digits."""

_WEEKDAY = r"(?:[^\W\d]{2,10}(?:-feira)?[.,]{1,2} ?|(?:mon|tues|wednes|thurs|fri|satur|sun)day |(?:lun|mar|mercre|jeu|vendre|same)di )?"
_DAY = r"\d{1,2}(?:st|nd|rd|th|er|\.|º)?"

DATE = (
    rf"(?i:{_WEEKDAY}(?:"
    rf"{_DAY}[ -](?:of |de )?{_MONTH},?[ -](?:de |del )?{YEAR}"
    rf"|{_MONTH} {_DAY},? {YEAR}"
    rf"|{_MONTH},? (?:de )?{YEAR}"
    rf"|{YEAR}[-/.]\d{{1,2}}[-/.]\d{{1,2}}"
    rf"|{YEAR},? {_MONTH} {_DAY}"
    rf"|\d{{1,2}}[-/.]\d{{1,2}}[-/.]{YEAR}"
    rf"|{YEAR}[年년] ?\d{{1,2}}[月월] ?\d{{1,2}}[日일]"
    r"))"
)
"""A regular expression, without capturing groups, for one date in its usual written forms."""

TIME = r"(?i:(?:at |um |à )?(?:\d{1,2}[:.h]\d\d(?::\d\d)?(?: ?[ap]\.?m\b\.?)?|\d{1,2} ?[ap]\.?m\b\.?)(?: uhr| \(?[a-z]{2,4}\)?)?)"
"""The same for a time of day, with or without its zone."""

_WORD_OR_NUMBER = re.compile(r"\d+|[^\W\d_]+")
_DOTTED = re.compile(r"\d\.\d")


def parse_date(written: str) -> tuple[date, str] | None:
    """(first possible day, precision) of one written date, or None where the calendar has no such day.

    03/04/2024 is the third of April or the fourth of March: only its year is certain. With dots (03.04.2024) the day
    comes first everywhere.
    """
    parts = [part.lower() for part in _WORD_OR_NUMBER.findall(written)]
    month = next((_MONTH_NUMBER[part] for part in parts if part in _MONTH_NUMBER), None)
    numbers = [int(part) for part in parts if part.isdecimal()]
    year = next((number for number in numbers if number > 31), None)
    if year is None:
        return None
    rest = [number for number in numbers if number != year]
    if month is not None:
        return _day(year, month, rest[0]) if rest else (date(year, month, 1), "month")
    if len(rest) != 2:
        return None
    first, second = rest
    if numbers[0] == year:
        return _day(year, first, second)
    if _DOTTED.search(written) or first > 12 or first == second:
        return _day(year, second, first)
    return _day(year, first, second) if second > 12 else (date(year, 1, 1), "year")


def _day(year: int, month: int, day: int) -> tuple[date, str] | None:
    try:
        return date(year, month, day), "day"
    except ValueError:
        return None

"""Dates and ordinal categories: how they are written, and the numbers they become."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterable, Sequence

from nnviz.datasets.own.recipe import DateOrder

_SPLIT = re.compile(
    r"(\d{1,4})\s?([-./年])\s?(\d{1,2})(?:\s?([-./月])\s?(\d{1,4})?日?)?"
    r"(?:[T\s]\s?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?:\s?([AP])\.?M\.?)?(?:Z|\s?[+-]\d{2}:?\d{2})?)?",
    re.ASCII | re.IGNORECASE,
)
_YEAR = re.compile(r"(\d{4})年?", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1000, 2999
_OLD = 69
"""From here on two digits are a year of the last century, as with Python and Unix."""
_EPOCH = datetime.date(1970, 1, 1).toordinal()

YEARS = {"year", "years", "jahr", "année", "año", "anno", "ano", "rok", "год", "年", "年份", "年度"}
"""Names of columns whose numbers are years."""


def is_year(cell: str) -> bool:
    """Return whether a cell is a year and no more."""
    found = _YEAR.fullmatch(cell.strip())
    return found is not None and _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR


def date_of(cell: str, order: DateOrder = "ymd") -> float:
    """Return the days from 1970-01-01 to a date, with its time of day; or the year of a year.

    NaN where it is no date. Months and years among dates stand for their first day; time zones are
    left aside.
    """
    cell = cell.strip()
    if order == "y" or is_year(cell):
        year = float(cell[:4]) if is_year(cell) else math.nan
        return year if order == "y" else date_of(f"{cell[:4]}-01")
    found = _SPLIT.fullmatch(cell)
    if found is None:
        return math.nan
    one, sign, two, second_sign, three, *clock, half = found.groups()
    if {sign, second_sign} not in ({"-"}, {"."}, {"/"}, {"年", "月"}, {"-", None}, {"年", None}):
        return math.nan
    if len(one) == 4:
        year, month, day = int(one), int(two), int(three or 1)
    elif three is None or not (len(three) == 4 or (len(three) == 2 and sign in "./")):
        return math.nan
    else:
        year, month, day = int(three), int(two), int(one)
        if year < 100:
            year += 1900 if year >= _OLD else 2000
        if order == "mdy":
            month, day = day, month
    hours, minutes, seconds = (int(part or 0) for part in clock)
    if half is not None:
        hours = hours % 12 + 12 * (half in "pP") if 1 <= hours <= 12 else 24
    try:
        days = datetime.date(year, month, day).toordinal() - _EPOCH
        datetime.time(hours, minutes, min(seconds, 59))
    except ValueError:
        return math.nan
    return days + (hours * 3600 + minutes * 60 + seconds) / 86400


def date_text(number: float, order: DateOrder) -> str:
    """Return what `date_of` made a number of, to the day; the nearest date there is."""
    if order == "y":
        return f"{number:.0f}"
    day = min(max(_EPOCH + math.floor(number), 1), datetime.date.max.toordinal())
    return datetime.date.fromordinal(day).isoformat()


def date_order(cells: Iterable[str]) -> DateOrder | None:
    """Return the order in which all these cells are dates, or None if there is none.

    Where day and month could be either, with dots the day comes first, else the month.
    """
    cells = list(cells)
    if not cells:
        return None
    guesses: tuple[DateOrder, ...] = ("dmy", "mdy")
    if all(map(is_year, cells)):
        return "y"
    if any("/" in cell for cell in cells):
        guesses = ("mdy", "dmy")
    if all(re.match(r"\s*\d{4}", cell) for cell in cells):
        guesses = ("ymd",)
    return next((o for o in guesses if not any(math.isnan(date_of(c, o)) for c in cells)), None)


_SCALES = (
    "very low,low,medium,moderate,middle,high,very high",
    "xxs,xs,s,m,l,xl,xxl,xxxl",
    "tiny,small,medium,large,huge",
    "very bad,bad,poor,fair,ok,average,good,very good,excellent",
    "never,rarely,seldom,sometimes,often,usually,always",
    "none,slight,mild,moderate,severe,extreme",
    "cold,cool,mild,warm,hot",
    "strongly disagree,disagree,neutral,agree,strongly agree",
    "beginner,intermediate,advanced,expert",
    "first,second,third,fourth,fifth",
    "monday,tuesday,wednesday,thursday,friday,saturday,sunday",
    "mon,tue,wed,thu,fri,sat,sun",
    "jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec",
    "sehr niedrig,niedrig,gering,mittel,hoch,sehr hoch",
    "klein,mittel,groß",
    "很低,低,较低,中,中等,较高,高,很高",
    "小,中,大",
    "很差,差,较差,一般,中,良,较好,好,优,很好",
    "不及格,及格,中,良好,优秀",
    "从不,很少,有时,经常,总是",
)
_PLAIN = re.compile(r"\s*-?[\d.,']+\s*")
_LEADING = re.compile(r"[<>≤≥~]?\s*(-?\d+(?:[.,]\d+)?)")


def scale_of(words: Iterable[str]) -> tuple[str, ...]:
    """Return words in the order of a scale they are known to be of, or () if there is none.

    Numbers in front of all of them are one, as in “10-20” and “20-30”; not those that are all.
    """
    found = sorted(set(words))
    for scale in _SCALES:
        places = {word: place for place, word in enumerate(scale.split(","))}
        if len(found) > 1 and all(word.strip().lower() in places for word in found):
            return tuple(sorted(found, key=lambda word: places[word.strip().lower()]))
    leading = {word: _LEADING.match(word.strip()) for word in found}
    numbers = {word: float(m[1].replace(",", ".")) for word, m in leading.items() if m}
    if any(map(_PLAIN.fullmatch, found)) or len(numbers) < len(found):
        return ()
    if len(set(numbers.values())) < len(found):
        return ()
    return tuple(sorted(found, key=lambda word: (numbers[word], word)))


def completed(order: Sequence[str], words: Iterable[str]) -> tuple[str, ...]:
    """Return an order with all words in it: those it lacks come last, in their likeliest order."""
    lacking = [word for word in dict.fromkeys(words) if word not in order]
    return (*order, *(scale_of(lacking) or sorted(lacking)))

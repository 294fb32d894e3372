"""The dates a question mentions, in English and Japanese, and whether a date in SQL may come from them.

"March 2025", "Q1 2024", "first half of 2025", "before May 5, 2024", "2025年3月", "上半期", "the 1990s": a bound of such a
stretch of time is grounded, first day, last day or the day after. The year of a full date must be named in the question.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.dataset.numbers import numbers_in

_MONTHS = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
]  # fmt: skip
_DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
_MONTH_WORD = re.compile(r"\b(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?:[a-z]*)\b")
_MONTH_JA = re.compile(r"(\d{1,2})\s*月")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?!\d)")
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d|21\d\d)(?!\d)")
_SHORT_YEAR = re.compile(r"['’](\d\d)(?!\d)")
_DECADE = re.compile(r"(?<!\d)(\d{3}0)\s*(?:'?s\b|年代)|(?<!\d)'?(\d0)'?s\b")
_ERA = re.compile(r"(令和|平成|昭和)\s*(元|\d{1,2})年")
_ERA_START = {"令和": 2018, "平成": 1988, "昭和": 1925}
_QUARTER = re.compile(
    r"\bq([1-4])\b|(first|second|third|fourth|last|1st|2nd|3rd|4th) quarter|第\s*([1-4一二三四])\s*四半期"
)
_QUARTER_NUMBERS = {
    "1": 1, "2": 2, "3": 3, "4": 4, "first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4, "1st": 1, "2nd": 2,
    "3rd": 3, "4th": 4, "一": 1, "二": 2, "三": 3, "四": 4,
}  # fmt: skip
_SPANS = (
    (re.compile(r"first half|上半期|上期|前半|h1\b"), range(1, 7)),
    (re.compile(r"second half|last half|下半期|下期|後半|h2\b"), range(7, 13)),
    (re.compile(r"spring|春"), range(3, 6)),
    (re.compile(r"summer|夏"), range(6, 9)),
    (re.compile(r"autumn|fall\b|秋"), range(9, 12)),
    (re.compile(r"winter|冬"), (12, 1, 2)),
    (re.compile(r"christmas|new year's eve|クリスマス|大晦日|年末"), (12,)),
    (re.compile(r"new year's day|元日|正月|年始"), (1,)),
)
_WITHIN_MONTH = re.compile(r"week|mid-|middle|early|late\b|beginning|end of|half of|[上中下]旬|週|初め|末|前半|後半")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ t]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?z?")
_YEAR_MONTH = re.compile(r"(\d{4})-(\d{2})-?")


@dataclass(frozen=True)
class Mentioned:
    """Years, months (1–12), numbers and weekdays (0 is Sunday) that a question names."""

    years: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    numbers: frozenset[float]
    any_day: bool
    """True where a part of a month is named, such as a week."""


def dates_in(text: str) -> Mentioned:
    """What `text` (NFKC, case-folded) says about dates."""
    years = {int(year) for year in _YEAR.findall(text)} | {2000 + int(year) for year in _SHORT_YEAR.findall(text)}
    years |= {int(year) for year, _, _ in _ISO.findall(text)}
    for full, short in _DECADE.findall(text):
        first = int(full) if full else (1900 if int(short) > 20 else 2000) + int(short)
        years |= set(range(first, first + 11))
    years |= {_ERA_START[era] + (1 if year == "元" else int(year)) for era, year in _ERA.findall(text)}
    months = {
        1 + next(n for n, name in enumerate(_MONTHS) if name.startswith(word[:3])) for word in _MONTH_WORD.findall(text)
    }
    months |= {int(month) for month in _MONTH_JA.findall(text)} | {int(month) for _, month, _ in _ISO.findall(text)}
    for match in _QUARTER.finditer(text):
        quarter = _QUARTER_NUMBERS[match[1] or match[2] or match[3]]
        months |= set(range(3 * quarter - 2, 3 * quarter + 1))
    if re.search(r"年度|fiscal year", text):  # April to March
        years, months = years | {year + 1 for year in years}, months | {3, 4}
    for pattern, span in _SPANS:
        months |= set(span) if pattern.search(text) else set()
    weekdays = {n for n, name in enumerate(_DAYS) if re.search(rf"\b{name[:3]}(?:{name[3:]})?s?\b", text)}
    weekdays |= {n for n, letter in enumerate("日月火水木金土") if f"{letter}曜" in text}
    weekdays |= {0, 6} if re.search("weekend|週末|土日", text) else set()
    weekdays |= {0, 1, 2, 3, 4, 5, 6} if re.search(r"weekdays?\b|working days?|平日", text) else set()
    numbers = frozenset(numbers_in(text))
    return Mentioned(
        frozenset(years), frozenset(months), frozenset(weekdays), numbers, bool(_WITHIN_MONTH.search(text))
    )


def is_date(value: str) -> bool:
    """True for a date, a time stamp, or a year and month, as ISO text."""
    return bool(_DATE.fullmatch(value) or _YEAR_MONTH.fullmatch(value))


def date_is_grounded(value: str, said: Mentioned) -> bool:
    """Whether an ISO date (or `2025-03`) is a bound of a time that the question names."""
    if short := _YEAR_MONTH.fullmatch(value):
        return int(short[1]) in said.years and (int(short[2]) in said.months or int(short[2]) in (1, 12))
    match = _DATE.fullmatch(value)
    if not match:
        return False
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return False
    return any(_says(said, near) for near in (day, *_neighbours(day)))


def _neighbours(day: date) -> list[date]:
    """The day before and after: `before May 6` may be written as `<= '2025-05-05'`, `until May 5` as `< '2025-05-06'`."""
    steps = [timedelta(days=days) for days in (-1, 1) if date.min < day < date.max]
    return [day + step for step in steps]


def _says(said: Mentioned, day: date) -> bool:
    if day.year not in said.years:
        return False
    if (day.month, day.day) in ((1, 1), (12, 31)):
        return True
    if day.month not in said.months:
        return False
    last = monthrange(day.year, day.month)[1]
    return day.day in (1, last) or float(day.day) in said.numbers or said.any_day

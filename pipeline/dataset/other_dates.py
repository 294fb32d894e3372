"""Another time for a question and its SQL: every date of both is moved by the same number of months.

A question and the date texts of its query in → the question moved, and each text moved; None where the question words a
date in a way that cannot be moved. `2024`, `March 2024`, `May 5, 2024`, `2024-05-05`, `2024年5月5日` can.
"""

from __future__ import annotations

import re
from calendar import month_name, monthrange
from collections.abc import Callable, Sequence
from datetime import date

_MONTHS = [name for name in month_name if name]
_NAMES = "|".join(f"{name}|{name[:3]}" for name in _MONTHS) + "|Sept"
_YEAR = r"(?<![\d.,$¥-])(?P<y{n}>(?:19|20)\d\d)(?!,?\d)"
_FORMS = (
    r"(?<![\d-])(?P<y1>\d{4})(?P<s1>[-/])(?P<m1>\d\d)(?:(?P=s1)(?P<d1>\d\d))?(?!\d)",
    r"(?P<y2>\d{4})年(?P<m2>\d{1,2})月(?:(?P<d2>\d{1,2})日)?",
    rf"\b(?P<n3>{_NAMES})\.? (?:(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?,? )?(?:of )?(?P<y3>\d{{4}})(?!\d)",
    rf"(?<!\d)(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<n4>{_NAMES})\.?,? (?P<y4>\d{{4}})(?!\d)",
    _YEAR.format(n=5),
)
_WORDED = re.compile("|".join(f"(?:{form})" for form in _FORMS), re.IGNORECASE)
_LOOSE_MONTH = re.compile(rf"\b(?:{_NAMES.replace('May|May', 'May')})\b|\d\s*月", re.IGNORECASE)
_UNMOVED = re.compile(r"令和|平成|昭和|['’]\d\d\b|\d0s\b|年代|年度|fiscal|leap|since the|以来", re.IGNORECASE)
_IN_SQL = re.compile(r"(?P<y>\d{4})(?:-(?P<m>\d\d)(?:-(?P<d>\d\d)(?P<time>[ T][\d:.]+Z?)?)?)?(?P<rest>[-%]*)")


def date_text(text: str) -> bool:
    """Whether a text of a query is a date, a month, a year, or the beginning of one as in `2024-03%`."""
    found = _IN_SQL.fullmatch(text)
    return bool(found and 1900 <= int(found["y"]) < 2100 and _day(found) is not None)


def date_range(texts: Sequence[str]) -> tuple[int, int] | None:
    """First and last month, counted from year 0, of what reads as dates."""
    months = [int(found["y"]) * 12 + int(found["m"] or 1) - 1 for text in texts if (found := _IN_SQL.fullmatch(text))]
    return (min(months), max(months)) if months else None


def moved_text(text: str, months: int) -> str:
    """A query's date, so many months later; the last day of a month stays the last day of one."""
    found = _IN_SQL.fullmatch(text)
    day = _day(found) if found else None
    if found is None or day is None:
        return text
    later = _later(day, months)
    parts = (
        [f"{later.year:04}"]
        + ([f"{later.month:02}"] if found["m"] else [])
        + ([f"{later.day:02}"] if found["d"] else [])
    )
    return "-".join(parts) + (found["time"] or "") + found["rest"]


def moves(question: str) -> int:
    """In months, the step by which the question's dates can be moved: 1, 12, or 0 where they cannot."""
    found = list(_WORDED.finditer(question))
    if not found or _UNMOVED.search(question):
        return 0
    rest = _WORDED.sub(" ", question)
    named = all(_part(match, "m") or _part(match, "n") for match in found)
    return 1 if named and not _LOOSE_MONTH.search(rest) else 12


def moved_question(question: str, months: int) -> str:
    """The question with every date it words, so many months later, in the form it has there."""
    return _WORDED.sub(lambda match: _moved(match, months), question)


def without_dates(question: str, mask: str) -> str:
    """The question with `mask` in the place of every date it words."""
    return _WORDED.sub(mask, question)


def _moved(match: re.Match[str], months: int) -> str:
    name = _part(match, "n")
    number = [n for n, month in enumerate(_MONTHS, 1) if name and month.lower().startswith(name[:3].lower())]
    month = int(_part(match, "m") or (number[0] if number else 1))
    day = int(_part(match, "d") or 1)
    try:
        later = _later(date(int(_part(match, "y")), month, day), months)
    except ValueError:
        return match[0]
    write: dict[str, Callable[[str], str]] = {
        "y": lambda _: f"{later.year:04}",
        "m": lambda old: f"{later.month:0{len(old) if old[0] == '0' or match.lastgroup != 'y2' else 1}}",
        "d": lambda old: f"{later.day:0{2 if match['y1'] else 1}}",
        "n": lambda old: _name(old, later.month),
    }
    spans = sorted(
        (match.start(group), match.end(group), write[group[0]](text))
        for group, text in match.groupdict().items()
        if text and group[0] in write
    )
    pieces, at = [], match.start()
    for start, end, text in spans:
        pieces += [match.string[at:start], text]
        at = end
    return "".join(pieces) + match.string[at : match.end()]


def _name(old: str, month: int) -> str:
    name = _MONTHS[month - 1][: 3 if len(old) <= 4 and old.lower() not in ("may", "june", "july") else None]
    return name.lower() if old.islower() else name


def _part(match: re.Match[str], kind: str) -> str:
    return next((text for group, text in match.groupdict().items() if text and group[0] == kind), "")


def _day(found: re.Match[str]) -> date | None:
    try:
        return date(int(found["y"]), int(found["m"] or 1), int(found["d"] or 1))
    except ValueError:
        return None


def _later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    at_end = day.day == monthrange(day.year, day.month)[1] and day.day > 27
    return date(year, month + 1, last if at_end else min(day.day, last))

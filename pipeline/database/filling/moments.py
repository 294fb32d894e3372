"""Dates for the literals that queries compare a date with: a day, a month, a year, a month of any year, so many days.

And where a column's dates stand among those of their row, told from its name.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from functools import cache

from pipeline.database.filling.kinds import words_of
from pipeline.database.filling.values import LAST_DAY, RowContext, Value

MOMENT = re.compile(r"%?(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:[ T](\d{2}:\d{2}(?::\d{2})?))?")
_MONTH = re.compile(r"0[1-9]|1[0-2]")
_LONGEST = 1_100
"""Days above which a number is a year."""
_DAY = dt.timedelta(days=1)
_LATER = re.compile(
    r"end|due|ship|deliver|return|clos|complet|updat|expir|terminat|resolv|paid|settl|last|finish|cancel|modif|verif|"
    r"read|終了|更新|返却|納|期限|完了"
)
_BORN = re.compile(r"birth|dob|生年")
_OLDER = re.compile(r"birth|dob|hire|join|found|open|establish|regist|release|publish|生年|入社|設立|登録")
_PLACES = (("born", _BORN), ("later", _LATER), ("older", _OLDER))


@cache
def place_of(name: str) -> str:
    """Where a date stands among those of its row, by its column's name: `born`, `later`, `older` or nothing."""
    return next((place for place, pattern in _PLACES if pattern.search(words_of(name))), "")


def moment(value: Value, clock: bool, exact: bool, context: RowContext) -> str | None:
    """A date (with a time where `clock`) inside the year, month or day that the literal names, or just outside it.

    Its first and last days come often. A number of days is counted from the row's first date. None for other literals.
    """
    rng, time = context.rng, ""
    try:
        if isinstance(value, int | float) and value <= _LONGEST:
            day = context.start() + dt.timedelta(days=int(value) + (0 if exact else rng.choice((-1, 1))))
        else:
            first, last, time = _period(str(value), rng)
            day = _inside(first, last, rng) if exact else rng.choice((first - _DAY, last + _DAY))
    except (ValueError, OverflowError):
        return None
    if not clock:
        return day.isoformat()
    return f"{day.isoformat()} {time or rng.choice(('00:00:00', '23:59:59', '12:30:00'))}"


def within(one: Value, other: Value, rng: random.Random) -> Value:
    """A number between two numbers, a day between two ISO days; None for anything else."""
    if isinstance(one, int) and isinstance(other, int):
        return rng.randint(min(one, other), max(one, other))
    if isinstance(one, int | float) and isinstance(other, int | float):
        return round(rng.uniform(one, other), 2)
    try:
        first, last = sorted((dt.date.fromisoformat(str(one)), dt.date.fromisoformat(str(other))))
    except ValueError:
        return None
    return (first + rng.randint(0, (last - first).days) * _DAY).isoformat()


def _inside(first: dt.date, last: dt.date, rng: random.Random) -> dt.date:
    return rng.choice((first, last)) if rng.random() < 0.4 else first + rng.randint(0, (last - first).days) * _DAY


def _period(text: str, rng: random.Random) -> tuple[dt.date, dt.date, str]:
    """First and last day that a literal names, and its time of day or nothing. Raises ValueError where it names none."""
    if _MONTH.fullmatch(text):
        text = f"{LAST_DAY.year - rng.randrange(2)}-{text}"
    found = MOMENT.match(text)
    if not found:
        raise ValueError(text)
    year, month, day, time = found.groups()
    first = dt.date(int(year), int(month or 1), int(day or 1))
    if day:
        return first, first, time or ""
    after = dt.date(first.year + 1, 1, 1) if not month else (first + 31 * _DAY).replace(day=1)
    return first, after - _DAY, time or ""

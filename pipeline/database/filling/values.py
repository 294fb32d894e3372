"""SQLite values and what the cells of one row share: the person, the place and the first date it is about."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from pipeline.database.filling import vocabulary

T = TypeVar("T")
Value = str | int | float | bytes | None

LAST_DAY = dt.date(2025, 12, 31)
"""Plain dates lie in the two years up to this day, so that no instance depends on the day it was made."""
_DAYS = 730


@dataclass
class RowContext:
    """What the cells of one row share; made anew for every row."""

    rng: random.Random
    japanese: bool = False
    days: Sequence[dt.date] = ()
    """Days on which rows meet; none where they need not."""
    meeting: float = 0.0
    """Share of the rows whose first date is one of `days`."""
    person: vocabulary.Person | None = None
    place: vocabulary.Place | None = None
    day: dt.date | None = None

    def somebody(self) -> vocabulary.Person:
        """The person this row is about."""
        if self.person is None:
            self.person = self.rng.choice(vocabulary.people(self.japanese))
        return self.person

    def somewhere(self) -> vocabulary.Place:
        """The place this row is about; some places come up much more often than others."""
        if self.place is None:
            self.place = skewed(vocabulary.places(self.japanese), self.rng, 1.6)
        return self.place

    def start(self) -> dt.date:
        """The row's first date, from which later ones follow."""
        if self.day is None:
            if self.days and self.rng.random() < self.meeting:
                self.day = self.rng.choice(self.days)
            else:
                self.day = LAST_DAY - dt.timedelta(days=self.rng.randrange(_DAYS))
                if self.rng.random() < 0.1:
                    self.day = self.day.replace(day=1)
        return self.day

    def next_day(self) -> dt.date:
        """The row's first date at the first call, then one up to three weeks on: two columns are not the same."""
        if self.day is None:
            return self.start()
        return min(LAST_DAY, self.day + dt.timedelta(days=self.rng.randrange(22)))


def meeting_days(rng: random.Random, edges: bool) -> list[dt.date]:
    """A few days for the rows of one table; with `edges` first and last days of months and years."""
    days = [LAST_DAY - dt.timedelta(days=rng.randrange(_DAYS)) for _ in range(6)]
    if not edges:
        return days
    firsts = [day.replace(day=1) for day in days] + [LAST_DAY.replace(month=1, day=1)]
    return [*firsts, *(day - dt.timedelta(days=1) for day in firsts), LAST_DAY]


def coerced(value: Value, type_name: str) -> Value:
    """A value as a column of that affinity stores it: '3' becomes 3 in an INTEGER column."""
    if isinstance(value, str) and type_name in ("integer", "real", "boolean"):
        if value.upper() in ("TRUE", "FALSE"):
            return int(value.upper() == "TRUE")
        try:
            number = float(value)
        except ValueError:
            return value
        return int(number) if type_name != "real" and number.is_integer() else number
    if isinstance(value, int | float) and type_name == "text":
        return str(value)
    return float(value) if isinstance(value, int) and type_name == "real" else value


def skewed(pool: Sequence[T], rng: random.Random, power: float) -> T:
    """An element of the pool, the first ones more often the higher the power (1 = evenly)."""
    return pool[int(len(pool) * rng.random() ** power)]

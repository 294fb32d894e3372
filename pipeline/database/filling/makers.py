"""Believable values for one column: a `Maker` draws cells by the column's kind, samples, closed list and checks.

In: a table, a column and a seeded `random.Random`; out: SQLite values. Cells of one row fit together where people
would look (first name, last name and email; city, state and postcode; start before end) through `RowContext`.
"""

from __future__ import annotations

import datetime as dt
import math
import random
import re
import string
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.database.filling import vocabulary
from pipeline.database.filling.characters import Character
from pipeline.database.filling.kinds import affinity, is_own_name, kind_of, prefix_of, words_of
from pipeline.database.filling.moments import place_of
from pipeline.database.filling.ranges import FIXED, range_of
from pipeline.database.filling.values import LAST_DAY, RowContext, Value, coerced, skewed
from pipeline.database.schema import Column, Table

_WORDS = 60
"""Most words of one kind that a column of one database draws from."""
_WIDEST = 20
"""Times that a range may grow: `quantity * price > 200000` is told of `quantity`."""
_CLOSED = frozenset(("word", "type", "status", "level", "unit", "reason", "payment", "gender", "currency", "region"))
"""Kinds whose samples say it all."""
_NAMED = frozenset(("person", "city", "state", "country"))
_PERSONAL = frozenset(("person", "first_name", "last_name", "username", "email"))
_LOCAL = frozenset(("city", "state", "country", "zip"))
_MADE = (
    _PERSONAL
    | _LOCAL
    | {"number_text", "phone", "url", "ip", "uuid", "hash", "json", "date", "datetime", "time", "code"}
)

_KEYLIKE = frozenset(("email", "phone", "uuid", "hash", "code", "username"))


@dataclass
class Maker:
    """Draws the values of one column. `low` and `high` are inclusive.

    `ties` is the share of repeated numbers, `edges` that of numbers at an end; `tied` keeps all between the repeated.
    """

    table: Table
    column: Column
    kind: str
    type: str
    pool: tuple[Value, ...] = ()
    low: float = 1
    high: float = 200
    decimals: int = 0
    ties: float = 0.05
    edges: float = 0.0
    tied: bool = False
    popular: list[float] = field(default_factory=list)
    days: list[dt.date] = field(default_factory=list)
    own: bool = False
    """Whether the column names the things of its table."""
    bounded: bool = False
    """Whether a CHECK gave `low` or `high`."""
    lower: bool = False
    """Whether texts are written in lower case, as the queries at hand write them."""
    serial: int = 0
    prefix: str = ""

    @property
    def closed(self) -> bool:
        """Whether values cannot be varied: a closed list, or a key that counts up."""
        return bool(self.column.allowed) or self.counts

    @cached_property
    def counts(self) -> bool:
        """Whether the column is its table's only integer key."""
        return self.type == "integer" and self.table.primary_key == (self.column.name,)

    @property
    def exhausted(self) -> bool:
        """Whether every name it knows for its table's things has been drawn."""
        return self.own and bool(self.pool) and self.serial > len(self.pool)

    @cached_property
    def dated(self) -> bool:
        """Whether it holds dates, as dates or as text."""
        return self.type in ("date", "datetime") or self.kind in ("date", "datetime")

    @cached_property
    def place(self) -> str:
        """Where a date stands among those of its row, by the column's name: `born`, `later`, `older` or nothing."""
        return place_of(self.column.name)

    def widen(self, lowest: float, highest: float) -> None:
        """Let numbers lie on both sides of those that queries name, unless they are of quite another size."""
        if self.kind in FIXED:
            return
        if self.high / 2 < highest < _WIDEST * self.high:
            self.high = 2 * highest
        if 0 < lowest < 2 * self.low and lowest > self.low / _WIDEST:
            self.low = lowest / 2

    def narrow(self, low: float | None, high: float | None, choices: tuple[Value, ...]) -> None:
        """Keep to what a CHECK allows: inclusive bounds, a list of choices."""
        self.bounded = low is not None or high is not None
        width = self.high - self.low
        lowest = self.low if low is None else max(low, self.low)
        highest = self.high if high is None else min(high, self.high)
        if lowest > highest:  # the CHECK knows better than the column's name where its values lie
            lowest = low if low is not None else highest - width
            highest = high if high is not None else lowest + width
        self.low, self.high = lowest, highest
        if choices and set(choices) != set(self.pool):
            self.pool = choices

    def behave(self, character: Character) -> None:
        """Draw as the character of the database asks."""
        self.ties, self.edges, self.tied = character.ties, character.edges, character.tied
        if character.bare and len(self.column.allowed) > 2:
            self.pool = self.pool[:-1]

    def draw(self, row: RowContext) -> Value:
        """One value that fits the column's kind; NULL is the caller's business."""
        value = self._draw(row)
        return value.lower() if self.lower and isinstance(value, str) and not self.column.allowed else value

    def _draw(self, row: RowContext) -> Value:
        self.serial += 1
        if self.counts:
            self.serial += row.rng.random() < 0.07  # a gap, as deleted rows leave
            return self.serial
        if self.column.samples and self.kind in _MADE and self.kind not in _KEYLIKE and row.rng.random() < 0.6:
            return coerced(row.rng.choice(self.column.samples), self.type)
        if self.pool:
            if self.own and not self.column.allowed:
                value = self.pool[(self.serial - 1) % len(self.pool)]
                row.person = vocabulary.person_called(str(value), row.japanese) or row.person
                return value
            return skewed(self.pool, row.rng, 1.5 + 3 * self.ties)
        if self.dated:
            return self._moment(row)
        if self.type in ("integer", "real", "boolean"):
            return self._number(row.rng)
        return self._text(row)

    def _number(self, rng: random.Random) -> Value:
        if len(self.popular) > 3 and rng.random() < self.ties:
            return rng.choice(self.popular)
        if self.edges and rng.random() < self.edges:
            return self._edge(rng)
        low, high = self.low, self.high
        if low > 0 and high / low > 100:  # populations and amounts spread over orders of magnitude
            number = math.exp(rng.uniform(math.log(low), math.log(high)))
        else:
            number = rng.uniform(low, high)
        value = self._rounded(number, rng)
        if len(self.popular) < 4:
            self.popular.append(value)
        elif self.tied:  # no single row above or below the repeated ones
            value = max(min(self.popular), min(max(self.popular), value))
        return value

    def _edge(self, rng: random.Random) -> float:
        """The lowest or highest number, or 0 where nothing speaks against it."""
        ends = (
            [self.low, self.high]
            if self.bounded or self.column.samples or self.kind in FIXED
            else [0.0, 0.0, self.high]
        )
        end = rng.choice(ends)
        return float(end) if self.type == "real" else math.ceil(end) if end == self.low else int(end)

    def _rounded(self, number: float, rng: random.Random) -> float:
        """The number as people would write it in this column."""
        low, high = self.low, self.high
        if self.type != "real" or self.decimals == 0:
            whole = min(int(high), max(math.ceil(low), round(number)))
            if high >= 1_000 and self.kind in ("money", "salary") and rng.random() < 0.7:
                whole = max(math.ceil(low), whole // 50 * 50)  # prices and wages are mostly round
            return float(whole) if self.type == "real" else whole
        value = round(number, self.decimals)
        if self.kind == "money" and rng.random() < 0.4 and low <= int(number) + 0.5 <= high:
            value = int(number) + rng.choice((0.0, 0.5, 0.99)) if int(number) + 0.99 <= high else value
        return value

    def _moment(self, row: RowContext) -> str:
        rng = row.rng
        if self.place == "born":
            day = self._repeated(dt.date(1950, 1, 1) + dt.timedelta(days=rng.randrange(56 * 365)), rng)
        elif self.place == "later":
            lag = 0 if rng.random() < 0.08 else rng.choice((1, 7)) if self.tied else rng.randint(1, 30)
            day = min(LAST_DAY, row.start() + dt.timedelta(days=lag))
        elif self.place == "older":
            day = self._repeated(row.start() - dt.timedelta(days=rng.randrange(5 * 365)), rng)
        else:
            day = row.next_day()
        if "datetime" not in (self.type, self.kind):
            return day.isoformat()
        if self.tied or rng.random() < 0.05:
            return f"{day.isoformat()} {rng.choice(('00:00:00', '12:30:00'))}"
        evening = 21 if self.place == "later" else 12
        return f"{day.isoformat()} {rng.randint(evening - 4, evening):02}:{rng.randrange(60):02}:{rng.randrange(60):02}"

    def _repeated(self, day: dt.date, rng: random.Random) -> dt.date:
        """The day, or, for a share of the rows, one of the column's first four; the first of a month at an edge."""
        if len(self.days) > 3 and rng.random() < self.ties:
            return rng.choice(self.days)
        day = day.replace(day=1) if rng.random() < self.edges else day
        if len(self.days) < 4:
            self.days.append(day)
        elif self.tied:
            day = max(min(self.days), min(max(self.days), day))
        return day

    def _text(self, row: RowContext) -> Value:
        rng, kind = row.rng, self.kind
        if kind in _PERSONAL:
            return self._of_person(row.somebody(), rng)
        if kind in _LOCAL:
            return self._of_place(row.somewhere())
        if kind == "number_text":
            return str(self._number(rng))
        digits = "".join(rng.choices(string.digits, k=12))
        hexes = f"{rng.getrandbits(128):032x}"
        shapes: dict[str, str] = {
            "phone": f"0{digits[0]}0-{digits[1:5]}-{digits[5:9]}"
            if row.japanese
            else f"555-{digits[:3]}-{digits[3:7]}",
            "url": f"https://www.{_slug(rng.choice(vocabulary.words('company', False)))}.example/{digits[:3]}",
            "ip": f"192.0.2.{int(digits[:3]) % 254 + 1}",
            "uuid": f"{hexes[:8]}-{hexes[8:12]}-4{hexes[13:16]}-a{hexes[17:20]}-{hexes[20:]}",
            "hash": hexes,
            "json": f'{{"value": {int(digits[:2])}}}',
            "time": f"{int(digits[:2]) % 13 + 8:02}:{int(digits[2:4]) % 60:02}:00",
            "code": f"{self.prefix}{self.serial:03}",
        }
        return shapes[kind] if kind in shapes else bytes.fromhex(hexes[:16])

    def _of_person(self, person: vocabulary.Person, rng: random.Random) -> str:
        if self.kind == "email":
            return f"{person.local}@{rng.choice(('example.com', 'example.org', 'mail.example', 'example.co.jp'))}"
        if self.kind == "username":
            return person.local.replace(".", "_" if rng.random() < 0.5 else "") + str(rng.randint(1, 99))
        return {"person": person.full, "first_name": person.first, "last_name": person.last}[self.kind]

    def _of_place(self, place: vocabulary.Place) -> str:
        short = two_letters(self.column)
        if self.kind == "state":
            return place.code if short else place.state
        if self.kind == "country":
            return place.country_code if short else place.country
        return place.city if self.kind == "city" else place.zip


def make_maker(table: Table, column: Column, rng: random.Random, japanese: bool) -> Maker:
    """The maker of a column; `rng` decides which words of a kind this database uses."""
    kind = kind_of(table, column)
    maker = Maker(table, column, kind, affinity(column.type), own=is_own_name(table, column))
    if column.allowed:
        values = [coerced(value, maker.type) for value in column.allowed]
        maker.pool = tuple(rng.sample(values, len(values)))  # the first comes most often: not the same one everywhere
    elif maker.type in ("integer", "real", "boolean") or kind == "number_text":
        maker.low, maker.high, maker.decimals = range_of(column, kind, maker.type)
    elif maker.type == "text":
        maker.pool = _text_pool(maker, rng, japanese)
        maker.prefix = prefix_of(table, column)
    return maker


def two_letters(column: Column) -> bool:
    """Whether the column holds two-letter codes, by its name, comment or samples."""
    if column.samples:
        return all(len(sample) == 2 for sample in column.samples)
    return "code" in words_of(column.name) or re.search(r"\b(2|two)[- ]letter", column.comment, re.I) is not None


def _text_pool(maker: Maker, rng: random.Random, japanese: bool) -> tuple[Value, ...]:
    """The words a text column draws from; empty for kinds that are made anew for every cell."""
    own, samples = maker.own, maker.column.samples
    if maker.kind == "name":
        maker.kind = "thing"
    if maker.kind in _MADE and not (own and maker.kind in _NAMED):
        return ()
    if maker.kind in _NAMED and maker.kind != "state":
        known = vocabulary.named(maker.kind, japanese)
    else:
        known = () if maker.kind in _CLOSED and samples else vocabulary.words(maker.kind, japanese)
    # Samples of the real database come first, where the skew favours them.
    return tuple(dict.fromkeys((*samples, *rng.sample(known, min(len(known), _WORDS)))))


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")

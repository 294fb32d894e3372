"""The literals of the queries at hand, turned into cells, so that a WHERE finds rows and just misses others.

In: (value, column or None) pairs in the order of the queries; neighbours in that order share a row, because a query's
conditions stand side by side. Out: for each table, the cells that some of its rows should hold.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Mapping, Sequence

from pipeline.database.filling.kinds import affinity
from pipeline.database.filling.makers import Maker
from pipeline.database.filling.references import Literal, Reference
from pipeline.database.filling.values import Value, coerced
from pipeline.database.schema import Schema, Table

Cell = tuple[int, str, Value]
"""Position of the literal, column in lower case, the value as the query has it (LIKE patterns included)."""
_MOMENT = re.compile(r"%?(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:[ T](\d{2}:\d{2}(?::\d{2})?))?")
_DIGITS = frozenset(("number_text", "code", "zip", "phone"))
_OPEN = frozenset(
    ("word", "title", "name", "sentence", "person", "product", "company", "city", "state", "country", "code")
)


def cells_of(
    schema: Schema,
    literals: Sequence[Literal],
    makers: Mapping[str, Mapping[str, Maker]],
    references: Mapping[str, Sequence[Reference]],
) -> dict[str, list[Cell]]:
    """The cells of each table (lower-case name); a literal of a foreign key is also its parent's."""
    cells: dict[str, list[Cell]] = {table.name.lower(): [] for table in schema.tables}
    for position, (value, owner) in enumerate(literals):
        for table in schema.tables:
            for name in _columns(table, owner, value, makers[table.name.lower()]):
                _place(cells, references, table.name.lower(), name, (position, value))
    return cells


def focus(cells: Sequence[Cell], start: int) -> dict[str, Value]:
    """The cells that share a row with cell number `start`: those of the literals next to it, one a column."""
    position, name, value = cells[start]
    chosen = {name: value}
    for other in (*range(start + 1, len(cells)), *range(start - 1, -1, -1)):
        if abs(cells[other][0] - position) > 1:
            if other < start:
                break
            continue
        chosen.setdefault(cells[other][1], cells[other][2])
    return chosen


def seeded(value: Value, maker: Maker, rng: random.Random) -> Value:
    """A cell that the literal matches, most of the time, else one that just misses it; None where neither fits."""
    exact = rng.random() < (0.85 if maker.type == "text" else 0.75)
    if maker.type in ("date", "datetime") or maker.kind in ("date", "datetime"):
        return _moment(str(value), maker, exact, rng)
    if isinstance(value, str) and re.search(r"[%_]", value) and ("%" in value or maker.type != "text"):
        return _like(value, maker, rng) if maker.type == "text" else None
    stored = coerced(value, maker.type)
    if isinstance(value, str) != (maker.type == "text") and (isinstance(stored, str) != (maker.kind in _DIGITS)):
        return None
    if exact or maker.column.allowed or maker.type == "boolean":
        return stored
    if isinstance(stored, int | float):
        return _near_number(stored, maker, rng)
    text = str(stored)
    if re.fullmatch(r"-?\d+", text):
        return str(int(text) + rng.choice((-1, 1)))
    return rng.choice((text.swapcase() if text.islower() else text.lower(), f"{text} 2", text[:-1] or text))


def _place(
    cells: dict[str, list[Cell]],
    references: Mapping[str, Sequence[Reference]],
    table: str,
    name: str,
    literal: tuple[int, Value],
) -> None:
    cell = (literal[0], name, literal[1])
    if cell in cells[table][-8:]:
        return
    cells[table].append(cell)
    for reference in references[table]:
        if name in reference.columns and reference.parent in cells:
            parent = reference.keys[reference.columns.index(name)]
            _place(cells, references, reference.parent, parent, literal)


def _columns(table: Table, owner: str | None, value: Value, makers: Mapping[str, Maker]) -> list[str]:
    """The columns of a table that a literal may stand in."""
    if owner:
        of, _, name = owner.lower().rpartition(".")
        fits = not of or of == table.name.lower()
        return [column.name.lower() for column in table.columns if fits and column.name.lower() == name]
    wanted = {"text"} if isinstance(value, str) and not _MOMENT.fullmatch(value) else {"integer", "real"}
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        wanted = {"date", "datetime"}
    free = [
        column.name.lower()
        for column in table.columns
        if affinity(column.type) in wanted and not column.allowed and column.name not in table.primary_key
    ]
    return [name for name in free if "text" not in wanted or makers[name].kind in _OPEN][:4]


def _near_number(number: int | float, maker: Maker, rng: random.Random) -> Value:
    """One off, or well above and below, so that comparisons find rows on both sides."""
    steps = [number - 1, number + 1]
    if maker.kind not in ("year", "month", "day", "hour", "rating", "identity", "weekday_number", "age"):
        steps += [type(number)(number * factor) for factor in (0.5, 0.9, 1.1, 2)]
    return round(rng.choice(steps), 6) if maker.type == "real" else int(rng.choice(steps))


def _moment(text: str, maker: Maker, exact: bool, rng: random.Random) -> Value:
    """A date inside the year, month or day named by the literal, or a day to either side of it."""
    found = _MOMENT.match(text)
    if not found:
        return None
    year, month, day, clock = found.groups()
    try:
        when = dt.date(int(year), int(month or rng.randint(1, 12)), int(day or rng.randint(1, 28)))
        when = when if exact else when + dt.timedelta(days=rng.choice((-1, 1)))
    except (ValueError, OverflowError):
        return None
    if "datetime" not in (maker.type, maker.kind):
        return when.isoformat()
    return f"{when.isoformat()} {clock or rng.choice(('00:00:00', '23:59:59', '12:30:00'))}"


def _like(pattern: str, maker: Maker, rng: random.Random) -> str:
    """A text that a LIKE pattern matches: its fixed part, with words where the pattern has a %."""
    other = str(rng.choice(maker.pool)) if maker.pool else rng.choice(("North", "Blue", "Prime"))
    core = pattern.strip("%").replace("%", " ").replace("_", "a").strip()
    other = other.lower() if core.islower() else other
    if core.startswith("@"):
        return f"{other.split(' ')[0].lower()}{core}"
    before = f"{other} " if pattern.startswith("%") and rng.random() < 0.6 else ""
    after = f" {other}" if pattern.endswith("%") and not before else ""
    return f"{before}{core}{after}".strip()

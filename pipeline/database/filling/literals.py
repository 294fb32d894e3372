"""The literals of the queries at hand, turned into cells, so that a WHERE finds rows and just misses others.

In: (value, column or None) pairs in the order of the queries; neighbours in that order share a row, because a query's
conditions stand side by side. Out: for each table, the cells that some of its rows should hold.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence

from pipeline.database.filling.kinds import affinity
from pipeline.database.filling.makers import Maker
from pipeline.database.filling.moments import MOMENT, moment, within
from pipeline.database.filling.ranges import FIXED
from pipeline.database.filling.references import Literal, Reference
from pipeline.database.filling.values import RowContext, Value, coerced
from pipeline.database.schema import Schema, Table

Cell = tuple[int, str, Value]
"""Position of the literal, column in lower case, the value as the query has it (LIKE patterns included)."""
_SPAN = 2
"""Literals to either side that may share a row."""
_BETWEEN = 0.25
"""Share of the rows with two literals for one column that lie between them."""
_OPEN_LIMITS = 0.35
"""Share of the numbers and dates beside another literal that the row leaves open."""
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


def focus(cells: Sequence[Cell], start: int, rng: random.Random, whole: bool) -> dict[str, Value]:
    """The cells that share a row with cell number `start`: those of the literals next to it, one a column.

    Where a column has two, as in BETWEEN, it is any of them or what lies between; `whole` keeps the value of `start`.
    Numbers and dates of the other columns are left open at times, because `> 500` wants more than 500.
    """
    position, name, value = cells[start]
    near: dict[str, list[Value]] = {name: [value]}
    for steps in (range(start + 1, len(cells)), range(start - 1, -1, -1)):
        for number in steps:
            if abs(cells[number][0] - position) > _SPAN:
                break
            found = near.setdefault(cells[number][1], [])
            if cells[number][2] not in found:
                found.append(cells[number][2])
    first = near.pop(name)
    chosen = {name: value if whole else _one_of(first, rng)}
    for column, values in near.items():
        if not _is_limit(values[0]) or rng.random() >= _OPEN_LIMITS:
            chosen[column] = _one_of(values, rng)
    return chosen


def _is_limit(value: Value) -> bool:
    return not isinstance(value, str) or MOMENT.fullmatch(value) is not None


def _one_of(values: Sequence[Value], rng: random.Random) -> Value:
    spread = within(values[0], values[1], rng) if len(values) == 2 and rng.random() < _BETWEEN else None
    return rng.choice(values) if spread is None else spread


def seeded(value: Value, maker: Maker, context: RowContext, exact: bool) -> Value:
    """A cell that the literal matches, or one that just misses it; None where neither fits the column."""
    rng = context.rng
    if maker.dated:
        return moment(value, "datetime" in (maker.type, maker.kind), exact, context)
    if isinstance(value, str) and re.search(r"[%_]", value) and ("%" in value or maker.type != "text"):
        return _like(value, maker, rng, exact) if maker.type == "text" else None
    stored = coerced(value, maker.type)
    if isinstance(value, str) != (maker.type == "text") and (isinstance(stored, str) != (maker.kind in _DIGITS)):
        return None
    if exact:
        return stored
    if maker.column.allowed:
        others = [other for other in maker.pool if other != stored]
        return rng.choice(others) if others else stored
    if maker.type == "boolean":
        return int(not stored)
    if isinstance(stored, int | float):
        return _near_number(stored, maker, rng)
    text = str(stored)
    return str(int(text) + rng.choice((-1, 1))) if re.fullmatch(r"-?\d+", text) else _near_text(text, rng)


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
    wanted = {"text"} if isinstance(value, str) and not MOMENT.fullmatch(value) else {"integer", "real"}
    if isinstance(value, str) and MOMENT.fullmatch(value):
        wanted = {"date", "datetime"}
    free = [
        column.name.lower()
        for column in table.columns
        if affinity(column.type) in wanted and not column.allowed and column.name not in table.primary_key
    ]
    return [name for name in free if "text" not in wanted or makers[name].kind in _OPEN][:4]


def _near_number(number: int | float, maker: Maker, rng: random.Random) -> Value:
    """One off or a hundredth off, else well above or below, so that comparisons find rows on both sides."""
    steps: list[float] = [number - 1, number + 1]
    if maker.type == "real":
        steps += [number - 0.01, number + 0.01]
    if maker.kind not in FIXED and rng.random() < 0.3:
        steps = [number * factor for factor in (0.5, 0.9, 1.1, 2)]
    return round(rng.choice(steps), 6) if maker.type == "real" else int(rng.choice(steps))


def _near_text(text: str, rng: random.Random) -> str:
    """The text in another case, a longer one that begins or ends alike, or one without its last letter."""
    cased = text.swapcase() if text.islower() else text.lower()
    return rng.choice((cased, f"{text} 2", f"{text}-East", f"New {text}", text[:-1] or text))


def _like(pattern: str, maker: Maker, rng: random.Random, exact: bool) -> str:
    """A text that a LIKE pattern matches: its fixed part, with words where the pattern has a %; or one it just misses."""
    other = str(rng.choice(maker.pool)) if maker.pool else rng.choice(("North", "Blue", "Prime"))
    core = pattern.strip("%").replace("%", " ").replace("_", "a").strip()
    other = other.lower() if core.islower() else other
    if core.startswith("@"):
        return f"{other.split(' ')[0].lower()}{core if exact else core[:-1]}"
    open_start, open_end = pattern.startswith("%"), pattern.endswith("%")
    if not exact:
        if open_start and open_end:
            return core[:-1]
        glued, inside = f"{core}{other}" if open_end else f"{other}{core}", f"{other} {core} {other}"
        return rng.choice((glued, inside) if " " in pattern else (inside, core[:-1]))
    before = f"{other} " if open_start and rng.random() < 0.6 else ""
    after = f" {other}" if open_end and not before else ""
    return f"{before}{core}{after}".strip()

"""Fills the tables of one database row by row: references first, then seeded literals, then the column's maker.

Works on an open connection that does not enforce foreign keys; after `Filling.close_cycles` no reference dangles.
"""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.database.filling.checks import Checks, Row, read_checks
from pipeline.database.filling.choices import Choice, is_unique, make_choice
from pipeline.database.filling.kinds import is_own_name
from pipeline.database.filling.literals import Cell, cells_of, focus, seeded
from pipeline.database.filling.makers import Maker, make_maker
from pipeline.database.filling.references import Literal, Reference
from pipeline.database.filling.values import RowContext, Value
from pipeline.database.schema import Schema, Table, quote

_TRIES = 10
"""Tries to make one row fit; from the third on without literals, from the fourth with new values in unique columns."""
_MISSES = 20
"""Rows that may fail before a table is left as it is."""
_STRETCH = 3
"""Times its rows that a table may grow when there are more literals than rows."""
_FOCUSED = 0.6
"""Share of rows that hold literals, where there are any."""


@dataclass(frozen=True)
class Character:
    """How one database differs from the next, so that a slip which one hides shows on another."""

    scale: float
    """Rows, as a multiple of what was asked."""
    nulls: float
    """Multiplies the 5–30% of NULLs that a nullable column has."""
    ties: float
    """Share of numbers that repeat an earlier one."""
    parents: float
    """Share of parents that may have children."""
    bare: bool = False
    """Leave one table that refers to others without rows."""


@dataclass
class _Plan:
    """What filling one table needs."""

    table: Table
    rng: random.Random
    makers: dict[str, Maker]
    checks: Checks
    nulls: dict[str, float]
    choices: list[Choice]
    cells: list[Cell]
    insert: str
    names: list[str]
    """Columns that name the table's things and that others refer to: not repeated, though no UNIQUE says so."""
    named: set[tuple[str, Value]] = field(default_factory=set)
    foci: list[int] = field(default_factory=list)


class Filling:
    """One database while it is filled. `rows` holds what each table got; all names in it are in lower case."""

    def __init__(
        self,
        schema: Schema,
        order: Sequence[tuple[Table, list[Reference]]],
        connection: sqlite3.Connection,
        seed: int,
        literals: Sequence[Literal],
    ) -> None:
        self.connection, self.seed, self.order = connection, seed, order
        self.japanese = re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", schema.to_sql()) is not None
        self.rows: dict[str, list[Row]] = {table.name.lower(): [] for table, _ in order}
        self.rowids: dict[str, list[int]] = {name: [] for name in self.rows}
        self.seeded: dict[str, list[Row]] = {table.name.lower(): [] for table, _ in order}
        self.makers = {table.name.lower(): self._makers(table, literals) for table, _ in order}
        references = {table.name.lower(): found for table, found in order}
        self.cells = cells_of(schema, literals, self.makers, references)

    def fill(self, table: Table, references: Sequence[Reference], character: Character, rows: int) -> None:
        """Insert about `rows` rows, scaled by the character and by the table's place among the others."""
        plan = self._plan(table, references, character)
        misses = 0
        for _ in range(self._count(table, references, round(rows * character.scale))):
            if not self._insert_one(plan):
                misses += 1
                if misses == _MISSES:
                    break

    def close_cycles(self) -> None:
        """Fill the references whose parents came later, then delete the rows that still refer to nothing."""
        for table, references in self.order:
            for reference in references:
                if reference.late:
                    self._refer(table, reference)
        delete_dangling(self.connection)
        self.connection.commit()

    def _makers(self, table: Table, literals: Sequence[Literal]) -> dict[str, Maker]:
        made = {}
        for column in table.columns:
            rng = random.Random(f"{self.seed}/{table.name}/{column.name}")
            maker = made[column.name.lower()] = make_maker(table, column, rng, self.japanese)
            maker.lower = _all_lower(column.name.lower(), literals)
        checks = read_checks(table)
        for name, maker in made.items():
            maker.narrow(checks.low.get(name), checks.high.get(name), checks.choices.get(name, ()))
        return made

    def _plan(self, table: Table, references: Sequence[Reference], character: Character) -> _Plan:
        rng = random.Random(f"{self.seed}/{table.name}")
        makers = self.makers[table.name.lower()]
        soft = {name for reference in references if reference.soft for name in reference.columns}
        keys = {name.lower() for name in table.primary_key}
        nulls = {}
        for name, maker in makers.items():
            maker.ties = character.ties
            rate = rng.uniform(0.05, 0.3) * character.nulls
            if name in soft or is_own_name(table, maker.column):
                rate *= 0.15  # what other tables are joined on is rarely missing
            nulls[name] = rate if maker.column.nullable and name not in keys else 0.0
        cells = self.cells[table.name.lower()]
        choices = [
            make_choice(table, found, (self.rows[found.parent], self.seeded[found.parent]), rng, character.parents)
            for found in references
            if not found.late
        ]
        targets = {
            key
            for _, found in self.order
            for other in found
            if other.parent == table.name.lower()
            for key in other.keys
        }
        insert = (
            f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, makers))}) VALUES ({', '.join('?' * len(makers))})"
        )
        names = [name for name in makers if name in targets and is_own_name(table, makers[name].column)]
        return _Plan(table, rng, makers, read_checks(table), nulls, choices, cells, insert, names)

    def _count(self, table: Table, references: Sequence[Reference], rows: int) -> int:
        name = table.name.lower()
        has_children = any(found.parent == name for other, refs in self.order if other is not table for found in refs)
        has_parents = any(reference.parent != name for reference in references)
        count = max(4, round(rows * (1.4 if has_parents and not has_children else 1.0 if has_parents else 0.7)))
        distinct = len({cell[1:] for cell in self.cells[name]})
        count = max(count, min(_STRETCH * count, round(distinct / _FOCUSED)))
        for maker in self.makers[name].values():
            if maker.pool and not maker.column.allowed and has_children and is_own_name(table, maker.column):
                count = min(count, len(maker.pool) + distinct)  # a look-up table does not repeat its names
        return count

    def _insert_one(self, plan: _Plan) -> bool:
        """Try to insert one row; whether it went in."""
        wanted = _next_focus(plan)
        renew: set[str] = set()
        for attempt in range(_TRIES):
            row = self._row(plan, wanted if attempt < 2 else {})
            if row is None:
                return False
            for name in renew if attempt > 2 else ():
                row[name] = _renewed(row[name], plan.makers[name], plan.rng, attempt)
            if plan.named & {(name, row[name]) for name in plan.names}:
                continue
            plan.checks.mend(row, wanted, self.connection)
            try:
                rowid = self.connection.execute(plan.insert, list(row.values())).lastrowid or 0
            except sqlite3.IntegrityError as error:
                message = str(error).lower()
                free = _free_columns(plan)
                renew |= {name for name in free if f"{plan.table.name}.{name}".lower() in message}
            except sqlite3.Error:  # a CHECK that fails on evaluation (overflow, a function's argument) refuses the row
                continue
            else:
                self.rows[plan.table.name.lower()].append(row)
                self.rowids[plan.table.name.lower()].append(rowid)
                plan.named |= {(name, row[name]) for name in plan.names if row[name] is not None}
                if wanted and attempt < 2:
                    self.seeded[plan.table.name.lower()].append(row)
                return True
        return False

    def _row(self, plan: _Plan, wanted: Row) -> Row | None:
        """One candidate row in column order, or None when a reference that must be has no parent."""
        context = RowContext(plan.rng, self.japanese)
        row: Row = {}
        own: list[Reference] = []
        for choice in plan.choices:
            nullable = {name for name in choice.reference.columns if plan.nulls[name]}
            if plan.rng.random() < max((plan.nulls[name] for name in nullable), default=0.0) and not wanted:
                row.update({name: None for name in nullable if name not in row})
            elif not choice.refer(row, wanted, nullable, plan.rng):
                if not choice.itself:
                    return None
                own.append(choice.reference)
        complete: Row = {}
        for name, maker in plan.makers.items():
            complete[name] = row[name] if name in row else self._cell(plan, maker, context, wanted.get(name))
        for reference in own:  # the first row of a table that refers to itself
            complete.update(zip(reference.columns, [complete[key] for key in reference.keys], strict=True))
        return complete

    def _cell(self, plan: _Plan, maker: Maker, context: RowContext, wanted: Value) -> Value:
        value = maker.draw(context)
        if wanted is not None:
            found = seeded(wanted, maker, plan.rng)
            return value if found is None else found
        return None if plan.rng.random() < plan.nulls[maker.column.name.lower()] else value

    def _refer(self, table: Table, reference: Reference) -> None:
        """Give the rows of a table their `late` reference, now that the parent has rows."""
        rng = random.Random(f"{self.seed}/{table.name}/{reference.columns}")
        keys = [tuple(row.get(name) for name in reference.keys) for row in self.rows[reference.parent]]
        if not keys:
            return
        once = is_unique(table, reference.columns)
        supply = iter(rng.sample(keys, len(keys)))
        nullable = all(table.column(name).nullable for name in reference.columns)
        places = ", ".join(f"{quote(name)} = ?" for name in reference.columns)
        for rowid in self.rowids[table.name.lower()]:
            key = next(supply, None) if once else rng.choice(keys)
            if nullable and (key is None or rng.random() < 0.15):
                key = tuple(None for _ in reference.columns)
            if key is not None:
                sql = f"UPDATE OR IGNORE {quote(table.name)} SET {places} WHERE rowid = ?"
                self.connection.execute(sql, [*key, rowid])


def delete_dangling(connection: sqlite3.Connection) -> int:
    """Delete the rows whose foreign keys refer to nothing, and those that then do; returns how many."""
    deleted = 0
    while True:
        try:
            found = {(name, rowid): None for name, rowid, *_ in connection.execute("PRAGMA foreign_key_check")}
        except sqlite3.OperationalError:  # a key that refers to columns which are not unique cannot be checked
            return deleted
        for name, rowid in found:
            connection.execute(f"DELETE FROM {quote(name)} WHERE rowid = ?", (rowid,))
        deleted += len(found)
        if not found:
            return deleted


def _renewed(value: Value, maker: Maker, rng: random.Random, attempt: int) -> Value:
    """Another value in a column that must not repeat one: a number added to a text, a wider range of integers."""
    number = rng.randint(1, 10 ** min(attempt, 9))
    if isinstance(value, str) and maker.type == "text" and maker.kind not in ("date", "datetime"):
        local, at, host = value.partition("@")
        return f"{local}{number}@{host}" if at else f"{value} {number}"
    if isinstance(value, int) and maker.type == "integer":
        return number if maker.low <= number <= maker.high or not maker.bounded else value
    return value


def _free_columns(plan: _Plan) -> set[str]:
    """Columns whose values may be renewed: no reference, no closed list, no serial key."""
    bound = {name for choice in plan.choices for name in choice.reference.columns if not choice.reference.soft}
    return {name for name, maker in plan.makers.items() if name not in bound and not maker.closed}


def _all_lower(name: str, literals: Sequence[Literal]) -> bool:
    """Whether the queries write the column's values in lower case, as they do three values or more."""
    owned = [(owner.lower().rpartition(".")[2], value) for value, owner in literals if owner and isinstance(value, str)]
    texts = {(owner, value) for owner, value in owned if value.upper() != value.lower()}
    own = {value for owner, value in texts if owner == name}
    everywhere = all(value.islower() for _, value in texts) and len(texts) > 5
    return (len(own) > 2 or everywhere) and bool(own) and all(value.islower() for value in own)


def _next_focus(plan: _Plan) -> Row:
    """The literals that the next row should hold; none for a share of the rows."""
    if not plan.cells or plan.rng.random() >= _FOCUSED:
        return {}
    plan.foci = plan.foci or _foci(plan.cells, plan.rng)
    return focus(plan.cells, plan.foci.pop())


def _foci(cells: Sequence[Cell], rng: random.Random) -> list[int]:
    """The cells' numbers in the order in which rows take them from the end: each distinct cell before any repeats."""
    shuffled = rng.sample(range(len(cells)), len(cells))
    first = {cells[number][1:]: number for number in shuffled}
    once = set(first.values())
    return [number for number in shuffled if number not in once] + [number for number in shuffled if number in once]

"""Fills the tables of one database row by row: references first, then seeded literals, then the column's maker.

Works on an open connection that does not enforce foreign keys; after `Filling.close_cycles` no reference dangles.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Sequence

from pipeline.database.filling.averages import averaged, meet_average
from pipeline.database.filling.characters import Character
from pipeline.database.filling.checks import Row, read_checks
from pipeline.database.filling.choices import is_unique, make_choice
from pipeline.database.filling.echoes import combine, repeat, sources_of, units_of
from pipeline.database.filling.ground import Ground
from pipeline.database.filling.kinds import is_own_name
from pipeline.database.filling.literals import cells_of, seeded
from pipeline.database.filling.makers import Maker, make_maker
from pipeline.database.filling.plans import FOCUSED, NOTHING, Focus, Plan
from pipeline.database.filling.references import Reference
from pipeline.database.filling.values import RowContext, Value, meeting_days
from pipeline.database.schema import Table, quote

_TRIES = 10
"""Tries to make one row fit; from the third on without literals, from the fourth with new values in unique columns."""
_MISSES = 20
"""Rows that may fail before a table is left as it is."""
_OTHER = 0.3
"""Share of the missed literals that become any other value of the column, not one close by."""
_COMBINED = 0.25
"""Share of the rows with a number of the queries in which two columns meet it together."""
_STRETCH = 5
"""Times its rows that a table may grow when there are more literals than rows."""


class Filling:
    """One database while it is filled. `rows` holds what each table got; all names in it are in lower case."""

    def __init__(self, ground: Ground, connection: sqlite3.Connection, seed: int) -> None:
        self.ground, self.connection, self.seed = ground, connection, seed
        self.rows: dict[str, list[Row]] = {name: [] for name in ground.references}
        self.rowids: dict[str, list[int]] = {name: [] for name in ground.references}
        self.seeded: dict[str, list[Row]] = {name: [] for name in ground.references}
        self.makers = {table.name.lower(): self._makers(table) for table, _ in ground.order}
        self.cells = cells_of(ground.schema, ground.literals, self.makers, ground.references)

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
        for table, references in self.ground.order:
            for reference in references:
                if reference.late:
                    self._refer(table, reference)
        delete_dangling(self.connection)

    def meet_averages(self) -> None:
        """Give one row of each table exactly the average of a column, for each column that has one."""
        for table, _ in self.ground.order:
            name = table.name.lower()
            bound = {
                column for choice in self.ground.references[name] for column in choice.columns
            } | self.ground.targets[name]
            for column, maker in self.makers[name].items():
                if column not in bound and averaged(maker):
                    meet_average(self.connection, maker, set(self.rowids[name]))

    def _makers(self, table: Table) -> dict[str, Maker]:
        made = {}
        for column in table.columns:
            rng = random.Random(f"{self.seed}/{table.name}/{column.name}")
            maker = made[column.name.lower()] = make_maker(table, column, rng, self.ground.japanese)
            maker.lower = column.name.lower() in self.ground.lowered
        checks = read_checks(table)
        for name, maker in made.items():
            if name in self.ground.numbers:
                maker.widen(*self.ground.numbers[name])
            maker.narrow(checks.low.get(name), checks.high.get(name), checks.choices.get(name, ()))
        return made

    def _plan(self, table: Table, references: Sequence[Reference], character: Character) -> Plan:
        name = table.name.lower()
        rng, makers = random.Random(f"{self.seed}/{table.name}"), self.makers[name]
        choices = [
            make_choice(table, found, (self.rows[found.parent], self.seeded[found.parent]), rng, character)
            for found in references
            if not found.late
        ]
        firm = {column for choice in choices if not choice.reference.soft for column in choice.reference.columns}
        filled = {of: self.seeded[of] or self.rows[of] for of in self.rows if of != name}
        names = [own for own in makers if own in self.ground.targets[name] and is_own_name(table, makers[own].column)]
        for maker in makers.values():
            maker.behave(character)
        return Plan(
            table,
            rng,
            character,
            makers,
            read_checks(table),
            nulls=self._nulls(table, references, character, rng),
            choices=choices,
            cells=self.cells[name],
            days=meeting_days(rng, edges=not character.tied),
            insert=_insert(table),
            names=names,
            units=units_of(table, makers, choices),
            sources=sources_of(makers, choices, self.makers, filled) if character.echoes else {},
            numbers=[name for name, maker in makers.items() if name not in firm and averaged(maker)],
            free={name for name, maker in makers.items() if name not in firm and not maker.closed},
        )

    def _nulls(
        self, table: Table, references: Sequence[Reference], character: Character, rng: random.Random
    ) -> dict[str, float]:
        """The share of NULLs in each column."""
        soft = {name for reference in references if reference.soft for name in reference.columns}
        keys = {name.lower() for name in table.primary_key}
        nulls = {}
        for name, maker in self.makers[table.name.lower()].items():
            rate = rng.uniform(0.05, 0.3) * character.nulls
            if name in soft or is_own_name(table, maker.column):
                rate *= 0.15  # what other tables are joined on is rarely missing
            nulls[name] = rate if maker.column.nullable and name not in keys else 0.0
        return nulls

    def _count(self, table: Table, references: Sequence[Reference], rows: int) -> int:
        name = table.name.lower()
        has_children = any(
            found.parent == name for other, refs in self.ground.order if other is not table for found in refs
        )
        has_parents = any(reference.parent != name for reference in references)
        count = max(4, round(rows * (1.4 if has_parents and not has_children else 1.0 if has_parents else 0.7)))
        distinct = len({cell[1:] for cell in self.cells[name]})
        count = max(count, min(_STRETCH * count, round(distinct / FOCUSED)))
        for maker in self.makers[name].values():
            if maker.pool and not maker.column.allowed and has_children and is_own_name(table, maker.column):
                count = min(count, len(maker.pool) + distinct)  # a look-up table does not repeat its names
        return count

    def _insert_one(self, plan: Plan) -> bool:
        """Try to insert one row; whether it went in."""
        focus, name = plan.next_focus(), plan.table.name.lower()
        renew: set[str] = set()
        for attempt in range(_TRIES):
            focus = focus if attempt < 2 else NOTHING
            row = self._row(plan, focus)
            if row is None:
                return False
            repeats = attempt == 0 and self._liken(plan, row, focus)
            for column in renew if attempt > 2 else [own for own in renew if plan.makers[own].exhausted]:
                row[column] = _renewed(row[column], plan.makers[column], plan.rng, attempt)
            if not repeats and plan.named & {(own, row[own]) for own in plan.names}:
                continue
            plan.checks.mend(row, focus.wanted, self.connection)
            try:
                rowid = self.connection.execute(plan.insert, list(row.values())).lastrowid or 0
            except sqlite3.IntegrityError as error:
                message = str(error).lower()
                renew |= {column for column in plan.free if f"{name}.{column}" in message}
            except sqlite3.Error:  # a CHECK that fails on evaluation (overflow, a function's argument) refuses the row
                continue
            else:
                self._keep(plan, row, rowid, seeded=bool(focus.wanted))
                return True
        return False

    def _keep(self, plan: Plan, row: Row, rowid: int, seeded: bool) -> None:
        name = plan.table.name.lower()
        self.rows[name].append(row)
        self.rowids[name].append(rowid)
        plan.named |= {(own, row[own]) for own in plan.names if row[own] is not None}
        if seeded:
            self.seeded[name].append(row)

    def _liken(self, plan: Plan, row: Row, focus: Focus) -> bool:
        """Make the row like an earlier one, or numbers and dates in it like those they are compared with.

        Returns whether it repeats all of an earlier one that may be repeated.
        """
        rng, name = plan.rng, plan.table.name.lower()
        earlier = self.seeded[name] if focus.wanted else self.rows[name]
        if earlier and not focus.whole and rng.random() < plan.character.copies:
            share = 1.0 if focus.wanted else rng.choice((0.5, 1.0))
            repeat(row, rng.choice(earlier), plan.units, share, rng)
            return share == 1
        for column in () if focus.whole else focus.held:
            if column in plan.numbers and len(plan.numbers) > 1 and rng.random() < _COMBINED:
                others = [plan.makers[other] for other in plan.numbers if other != column]
                combine(row, plan.makers[column], focus.wanted[column], others, rng)
        for column, sources in plan.sources.items():
            if column not in focus.wanted and rng.random() < plan.character.echoes:
                value = rng.choice(sources)(row, rng)
                row[column] = row[column] if value is None else value
        return False

    def _row(self, plan: Plan, focus: Focus) -> Row | None:
        """One candidate row in column order, or None when a reference that must be has no parent."""
        context = RowContext(plan.rng, self.ground.japanese, plan.days, plan.character.meeting)
        row: Row = {}
        own: list[Reference] = []
        for choice, (nullable, rate) in zip(plan.choices, plan.optional, strict=True):
            if rate and not focus.wanted and plan.rng.random() < rate:
                row.update({name: None for name in nullable if name not in row})
            elif not choice.refer(row, focus.held, nullable, plan.rng):
                if not choice.itself:
                    return None
                own.append(choice.reference)
        complete: Row = {}
        for name, maker in plan.makers.items():
            complete[name] = row[name] if name in row else _cell(plan, name, maker, context, focus)
        for reference in own:  # the first row of a table that refers to itself
            complete.update(zip(reference.columns, [complete[key] for key in reference.keys], strict=True))
        return complete

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


def _cell(plan: Plan, name: str, maker: Maker, context: RowContext, focus: Focus) -> Value:
    """One value of a row, of a column that refers to nothing."""
    value = maker.draw(context)
    if name not in focus.wanted:
        rate = plan.nulls[name]
        return None if rate and plan.rng.random() < rate else value
    missed = name in focus.missed
    if missed and plan.rng.random() < _OTHER:
        return value
    found = seeded(focus.wanted[name], maker, context, exact=not missed)
    return value if found is None else found


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


def _insert(table: Table) -> str:
    names = [quote(column.name) for column in table.columns]
    return f"INSERT INTO {quote(table.name)} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"

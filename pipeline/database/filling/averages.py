"""A row that has exactly the average of a column, so that `>` and `>=` the average differ."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from pipeline.database.filling.echoes import comparable
from pipeline.database.filling.makers import Maker
from pipeline.database.schema import quote

_FEWEST = 4
"""Values below which nothing is moved."""


def averaged(maker: Maker) -> bool:
    """Whether queries may take the average of a column: numbers that are no years, keys or closed lists."""
    fixed = ("year", "month", "day", "epoch", "latitude", "longitude", "hour", "weekday_number")
    return maker.type in ("integer", "real") and maker.kind not in fixed and comparable(maker)


def meet_average(connection: sqlite3.Connection, maker: Maker, rowids: Collection[int]) -> None:
    """Set one value to the average of the others, after another was moved so that it is a whole number.

    Only rows of `rowids` change; where a constraint refuses a value it stays.
    """
    table, column = quote(maker.table.name), quote(maker.column.name)
    found = connection.execute(f"SELECT rowid, {column} FROM {table} WHERE typeof({column}) IN ('integer', 'real')")
    numbers = {rowid: value for rowid, value in found if rowid in rowids}
    if len(numbers) < _FEWEST or any(value != int(value) for value in numbers.values()):
        return
    last, moved, *_ = sorted(numbers, key=lambda rowid: (abs(numbers[rowid] - _middle(numbers)), rowid))
    rest = len(numbers) - 1
    total = sum(numbers.values()) - numbers[last]
    numbers[moved] += (-total) % rest
    average = (total + (-total) % rest) // rest
    sql = f"UPDATE OR IGNORE {table} SET {column} = ? WHERE rowid = ?"
    connection.executemany(sql, [(numbers[moved], moved), (average, last)])


def _middle(numbers: dict[int, float]) -> float:
    return sum(numbers.values()) / len(numbers)

"""What a column holds, for putting another value in a question's place of one.

In: a schema and its databases. Out: `ColumnValues`, which gives the values of `table.column`: the uploaded database's where
there is one, else a closed list, else samples and made-up rows. One limit: the sandbox lists 10,000 values of a column.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.database.sandbox import Sandbox
from pipeline.database.schema import Column, Schema, quote
from pipeline.errors import SqlError

Value = str | int | float


class ColumnValues:
    """The distinct values of columns, each listed once, in a fixed order."""

    def __init__(self, schema: Schema, databases: Sequence[Path], sandbox: Sandbox, uploaded: bool) -> None:
        """`uploaded` says that the first of the `databases` holds real rows."""
        self._schema, self._sandbox, self._uploaded = schema, sandbox, uploaded
        self._databases = databases[:1] if uploaded else databases
        self._known: dict[str, tuple[Value, ...]] = {}

    def __call__(self, name: str) -> tuple[Value, ...]:
        """Values of `table.column`, or of every column called `column`; none where there is no such column."""
        name = name.lower()
        if name not in self._known:
            table, _, column = name.rpartition(".")
            columns = self._columns(table, column) or self._columns("", column)
            values = dict.fromkeys(value for where in columns for value in self._values(*where))
            self._known[name] = tuple(sorted(values, key=lambda value: (isinstance(value, str), value)))
        return self._known[name]

    def _columns(self, table: str, column: str) -> list[tuple[str, Column]]:
        return [
            (own.name, each)
            for own in self._schema.tables
            for each in own.columns
            if each.name.lower() == column and table in ("", own.name.lower())
        ]

    def _values(self, table: str, column: Column) -> list[Value]:
        if column.allowed and not self._uploaded:
            return [_typed(value, column.type) for value in column.allowed]
        sql = f"SELECT DISTINCT {quote(column.name)} FROM {quote(table)} WHERE {quote(column.name)} IS NOT NULL"
        found: list[Value] = [] if self._uploaded else [_typed(value, column.type) for value in column.samples]
        for database in self._databases:
            try:
                found += [value for (value,) in self._sandbox.run(sql, database).rows]
            except SqlError:
                continue  # too large to list; other databases may do
        return found


def _typed(value: str, kind: str) -> Value:
    if kind not in ("INTEGER", "REAL"):
        return value
    try:
        return float(value) if kind == "REAL" else int(value)
    except ValueError:
        return value

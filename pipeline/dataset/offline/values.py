"""What the databases at hand hold: values for literals, and facts such as "this name repeats".

Schema and SQLite files in → `Values`. One query a table, at most SAMPLE rows of the first database; without databases the
schema's allowed and sample values serve, and then a few sensible invented ones.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.config import SandboxLimits
from pipeline.database.filling.kinds import affinity
from pipeline.database.sandbox import Sandbox
from pipeline.database.schema import Column, Schema, Table, quote
from pipeline.errors import SqlError

SAMPLE = 3000
"""Rows read of each table."""
_INVENTED: dict[str, tuple[Any, ...]] = {
    "integer": (3, 5, 10, 20, 50, 100, 200, 500, 1000),
    "real": (5, 10, 25.5, 50, 100, 250, 500, 1000),
    "date": ("2023-06-15", "2024-01-31", "2024-03-14", "2024-09-01", "2025-02-20"),
    "datetime": ("2023-06-15 09:30:00", "2024-01-31 18:05:00", "2024-09-01 12:00:00"),
    "boolean": (0, 1),
    "text": ("Alpha", "Sakura", "Delta", "North", "Aster", "Luna"),
}


class Values:
    """Distinct values by table and column, and how columns depend on each other."""

    def __init__(self, schema: Schema, databases: Sequence[Path] = (), sandbox: Sandbox | None = None) -> None:
        self._rows: dict[tuple[str, str], tuple[Any, ...]] = {}
        self._columns = {(table.name, column.name): column for table in schema.tables for column in table.columns}
        if databases and sandbox:
            for table in schema.tables:
                self._read(table, databases[0], sandbox)
        self.known = bool(self._rows)
        """Whether there were rows to look at."""

    def _read(self, table: Table, database: Path, sandbox: Sandbox) -> None:
        names = [column.name for column in table.columns]
        sql = f"SELECT {', '.join(map(quote, names))} FROM {quote(table.name)}"
        try:
            rows = sandbox.run(sql, database, SandboxLimits(rows=SAMPLE)).rows
        except SqlError:  # a table of the schema that this file does not have
            return
        for place, name in enumerate(names):
            self._rows[table.name, name] = tuple(row[place] for row in rows)

    def seen(self, table: str, column: str) -> tuple[Any, ...]:
        """Distinct values of the databases and samples, sorted by their text; empty when nothing is known."""
        found = {value for value in self._rows.get((table, column), ()) if usable(value)}
        if not found:
            facts = self._columns[table, column]
            found = {_typed(facts, value) for value in (*facts.allowed, *facts.samples) if usable(value)}
        return tuple(sorted(found, key=str))

    def of(self, table: str, column: str) -> tuple[Any, ...]:
        """As `seen`, and where nothing is known invented values of the column's type. Never empty."""
        return self.seen(table, column) or _INVENTED.get(affinity(self._columns[table, column].type), _INVENTED["text"])

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """The sampled rows, these columns only."""
        return list(zip(*(self._rows.get((table, column), ()) for column in columns), strict=False))

    def repeats(self, table: str, column: str) -> bool:
        """Whether some value stands in two rows."""
        values = [value for value in self._rows.get((table, column), ()) if value is not None]
        return len(set(values)) < len(values)

    def determines(self, table: str, left: str, right: str) -> bool:
        """Whether rows with one value of `left` always have one value of `right`."""
        pairs = set(self.rows(table, left, right))
        return bool(pairs) and len(pairs) == len({pair[0] for pair in pairs})

    def unmixed(self, table: str, column: str, other: str) -> tuple[Any, ...]:
        """Usable values of a column whose rows never say the same `other` twice; all values when nothing is known."""
        rows = [row for row in self.rows(table, column, other) if None not in row]
        twice = {row[0] for row, count in Counter(rows).items() if count > 1}
        return tuple(value for value in self.of(table, column) if value not in twice)

    def within(self, inner: tuple[str, str], outer: tuple[str, str]) -> bool:
        """Whether at least 95% of the distinct values of one text column, five at least, stand in the other."""
        values, home = set(self.seen(*inner)), set(self.seen(*outer))
        return len(values) >= 5 and len(values & home) >= 0.95 * len(values)

    def numeric(self, table: str, column: str) -> bool:
        """Whether a text column holds nothing but numbers."""
        values = self.seen(table, column)
        return len(values) > 3 and all(re.fullmatch(r"-?\d+(\.\d+)?", str(value)) for value in values)


def usable(value: object) -> bool:
    """Whether a value can be a literal that stands in a question: short, one line, without quotes or template signs."""
    text = str(value)
    return (
        value is not None and 0 < len(text) <= 40 and text == text.strip() and not re.search(r"[\"{}\[\]|<>§\n?]", text)
    )


def literal(value: object) -> str:
    """The value as a SQL literal."""
    if isinstance(value, (int, float)):
        return shown(value)
    return "'" + str(value).replace("'", "''") + "'"


def shown(value: object) -> str:
    """The value as it stands in a question: 20.0 is 20."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _typed(column: Column, value: str) -> Any:
    if affinity(column.type) in ("integer", "real", "boolean") and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return float(value) if "." in value else int(value)
    return value

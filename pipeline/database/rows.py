"""INSERT statements in, rows of a SQLite database out: the rows of the sample, or of a dump.

The text is parsed and its literals are inserted as parameters; it is never executed. A value that would have to be
computed (`CURRENT_DATE - INTERVAL '8 days'`) becomes NULL; where the column may not be NULL, its row is left out.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from pipeline.database.dump.statements import Statement, split
from pipeline.database.filling.tables import delete_dangling
from pipeline.database.filling.values import Value
from pipeline.database.instances import open_new
from pipeline.database.schema import Schema, Table, quote


@dataclass(frozen=True)
class Loaded:
    """How many rows went in, and how many were left out because they did not fit the schema or could not be read."""

    rows: int
    skipped: int


def load_rows(schema: Schema, rows_sql: str, path: Path) -> Loaded:
    """Write a new database at `path` with the rows of the INSERT statements in `rows_sql`.

    Rows that break a key, a CHECK or a foreign key are left out and counted, as are those of tables that the schema
    lacks; other statements are passed over. Raises UserError when a quote is never closed.
    """
    path.unlink(missing_ok=True)
    rows = skipped = 0
    with closing(open_new(schema, path)) as connection:
        for statement in split(rows_sql, schema.dialect):
            if statement.sql[:6].upper() != "INSERT":
                continue
            for table, columns, values in _inserted(schema, statement):
                if _insert(connection, table, columns, values):
                    rows += 1
                else:
                    skipped += 1
        dangling = delete_dangling(connection)
        connection.commit()
    return Loaded(rows - dangling, skipped + dangling)


def _inserted(schema: Schema, statement: Statement) -> Iterator[tuple[Table | None, list[str], list[Value]]]:
    """The rows of one INSERT with their columns; one row without a table where it cannot be read or placed."""
    try:
        tree = sqlglot.parse_one(statement.sql, dialect=schema.dialect)
        target = tree.find(exp.Table)
        table = schema.table(target.name if target else "")
    except (SqlglotError, KeyError):
        yield None, [], []
        return
    named = tree.this.expressions if isinstance(tree.this, exp.Schema) else []
    columns = [column.name for column in named] or [column.name for column in table.columns]
    for row in tree.expression.expressions if isinstance(tree.expression, exp.Values) else []:
        values = [_value(node) for node in (row.expressions if isinstance(row, exp.Tuple) else [row])]
        yield table, columns, values


def _insert(connection: sqlite3.Connection, table: Table | None, columns: list[str], values: list[Value]) -> bool:
    if table is None or len(columns) != len(values):
        return False
    names, marks = ", ".join(map(quote, columns)), ", ".join("?" * len(values))
    try:
        connection.execute(f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks})", values)
    except sqlite3.Error:  # a constraint, or a column that the schema lacks
        return False
    return True


def _value(node: exp.Expr) -> Value:
    """The constant that a node stands for; None for NULL and for what would be computed."""
    while isinstance(node, exp.Cast | exp.Paren):
        node = node.this
    if isinstance(node, exp.Neg):
        value = _value(node.this)
        return -value if isinstance(value, int | float) else None
    if isinstance(node, exp.Boolean):
        return int(node.this)
    if isinstance(node, exp.HexString):
        return bytes.fromhex(str(node.this))
    if isinstance(node, exp.Literal):
        text = str(node.this)
        return text if node.is_string else float(text) if "." in text or "e" in text.lower() else int(text)
    return str(node.this) if isinstance(node, exp.National | exp.RawString) else None

"""A database schema as the rest of the pipeline sees it: tables, columns, keys, comments and sample values.

Made by `database/ddl.py` from DDL or from a SQLite file; never changed afterwards.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from pipeline.database.notes import write_notes


@dataclass(frozen=True)
class Column:
    """One column; `type` is `INTEGER`, `REAL`, `TEXT`, `DATE`, `DATETIME`, `BOOLEAN` or `BLOB`."""

    name: str
    type: str
    nullable: bool = True
    unique: bool = False
    default: str | None = None
    """The DEFAULT as SQLite text, already rebuilt; None when there is none or it could not be carried over."""
    allowed: tuple[str, ...] = ()
    """Values named by CHECK (… IN …), an ENUM, or a comment such as `possible values: a, b`."""
    comment: str = ""
    samples: tuple[str, ...] = ()
    """A few distinct values seen in a dump's INSERTs or an uploaded database, as text."""


@dataclass(frozen=True)
class ForeignKey:
    """`columns` of this table refer to `references` of `table`, position by position."""

    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """One table. `checks` are SQLite expressions rebuilt from the syntax tree."""

    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    checks: tuple[str, ...] = ()
    comment: str = ""

    def column(self, name: str) -> Column:
        """The column of that name, whatever its case. Raises KeyError."""
        for column in self.columns:
            if column.name.lower() == name.lower():
                return column
        raise KeyError(name)


@dataclass(frozen=True)
class Schema:
    """All tables of one database, in the order in which they were declared."""

    name: str
    tables: tuple[Table, ...]
    dialect: str = "sqlite"
    """The dialect it was written in, one of `dump.dialects.DIALECTS`."""

    def table(self, name: str) -> Table:
        """The table of that name, whatever its case. Raises KeyError."""
        for table in self.tables:
            if table.name.lower() == name.lower():
                return table
        raise KeyError(name)

    def to_sql(self) -> str:
        """SQLite DDL rebuilt from the parsed schema, comments and sample values as SQL comments.

        `parse_schema(schema.to_sql())` gives an equal schema (but for the dialect). This is the run's `schema.sql`.
        """
        return "\n\n".join(_table_sql(table) for table in self.tables) + "\n"

    def to_prompt(self) -> str:
        """The schema as the student's prompt shows it: one compact line a table.

        Names, types, keys and the values of short closed lists; no comments, because every token here is read again
        for each question.
        """
        return "\n".join(_table_prompt(table) for table in self.tables)

    def as_dict(self) -> dict[str, Any]:
        """The schema as JSON-able values."""
        return asdict(self)


def quote(name: str) -> str:
    """An identifier, quoted where SQLite needs it."""
    plain = name.isascii() and name.replace("_", "a").isalnum() and not name[:1].isdigit()
    return name if plain and name.upper() not in _KEYWORDS else '"' + name.replace('"', '""') + '"'


_WORDS = (
    "ABORT ADD ALL ALTER AND ANY AS ASC ATTACH AUTOINCREMENT BETWEEN BINARY BY CASE CAST CHARSET CHECK COLLATE "
    "COLUMN COMMIT CONSTRAINT CREATE CROSS CUBE CURRENT_CATALOG CURRENT_DATE CURRENT_SCHEMA CURRENT_TIME "
    "CURRENT_TIMESTAMP CURRENT_USER DEFAULT DEFERRABLE DELETE DESC DESCRIBE DISTINCT DROP ELSE END ESCAPE EXCEPT "
    "EXCLUDE EXISTS EXPLAIN FALSE FETCH FOR FORCE FOREIGN FROM FULL FUNCTION GLOB GRANT GROUP HAVING IF IGNORE "
    "ILIKE IN INDEX INNER INSERT INTERSECT INTERVAL INTO IS ISNULL JOIN KEY LATERAL LEFT LIKE LIMIT LOCALTIME "
    "LOCALTIMESTAMP LOCK MATCH MOD NATURAL NOT NOTHING NOTNULL NULL OFFSET ON ONLY OR ORDER OUTER OVER "
    "PARTITIONED_BY PRIMARY QUALIFY RAISE REFERENCES REGEXP RETURNING REVOKE RIGHT RLIKE ROLLBACK ROLLUP ROW ROWS "
    "SELECT SEPARATOR SESSION_USER SET TABLE TABLESAMPLE THEN TO TRANSACTION TRIGGER TRUE UNCACHE UNION UNIQUE "
    "UPDATE USING VALUES VARIADIC VIEW WHEN WHERE WINDOW WITH XOR"
)
_KEYWORDS = frozenset(_WORDS.split())
"""Words that SQLite or sqlglot, which reads all SQL here, does not take as a plain name everywhere."""


def _table_prompt(table: Table) -> str:
    """One line: 410 tokens for the sample shop where CREATE TABLE with key clauses takes 646."""
    single = {key.columns[0]: key for key in table.foreign_keys if len(key.columns) == 1}
    parts = []
    for column in table.columns:
        part = f"{quote(column.name)} {column.type}"
        part += " PRIMARY KEY" if table.primary_key == (column.name,) else ""
        if column.name in single:
            part += " " + _reference(single[column.name], same=(column.name,))
        if column.allowed and len(column.allowed) <= 8:
            part += " IN (" + ", ".join(_constant(value, column.type) for value in column.allowed) + ")"
        parts.append(part)
    if len(table.primary_key) > 1:
        parts.append("PRIMARY KEY (" + ", ".join(map(quote, table.primary_key)) + ")")
    for key in table.foreign_keys:
        if len(key.columns) > 1:
            columns = ", ".join(map(quote, key.columns))
            parts.append(f"({columns}) {_reference(key, same=key.columns)}")
    return f"{quote(table.name)} ({', '.join(parts)})"


def _reference(key: ForeignKey, same: tuple[str, ...]) -> str:
    """Where a key points to; the columns are named only where they are called otherwise than on this side."""
    columns = "" if key.references == same else " (" + ", ".join(map(quote, key.references)) + ")"
    return f"REFERENCES {quote(key.table)}{columns}"


def _constant(value: str, type_name: str) -> str:
    return value if type_name in ("INTEGER", "REAL", "BOOLEAN") else "'" + value.replace("'", "''") + "'"


def _foreign_key_sql(key: ForeignKey) -> str:
    columns, references = (", ".join(map(quote, names)) for names in (key.columns, key.references))
    return f"FOREIGN KEY ({columns}) REFERENCES {quote(key.table)} ({references})"


def _column_sql(column: Column) -> str:
    sql = f"{quote(column.name)} {column.type}"
    sql += "" if column.nullable else " NOT NULL"
    sql += " UNIQUE" if column.unique else ""
    return sql + (f" DEFAULT {column.default}" if column.default is not None else "")


def _table_sql(table: Table) -> str:
    body = [
        (_column_sql(column), write_notes(column.comment, column.allowed, column.samples)) for column in table.columns
    ]
    if table.primary_key:
        body.append(("PRIMARY KEY (" + ", ".join(map(quote, table.primary_key)) + ")", ""))
    body += [("UNIQUE (" + ", ".join(map(quote, columns)) + ")", "") for columns in table.unique]
    body += [(_foreign_key_sql(key), "") for key in table.foreign_keys]
    body += [(f"CHECK ({check})", "") for check in table.checks]
    lines = []
    for number, (sql, note) in enumerate(body):
        comma = "," if number < len(body) - 1 else ""
        lines.append(f"  {sql}{comma}" + (f" -- {note}" if note else ""))
    head = f"-- {table.comment}\n" if table.comment else ""
    return f"{head}CREATE TABLE {quote(table.name)} (\n" + "\n".join(lines) + "\n);"

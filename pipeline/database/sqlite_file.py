"""A SQLite database file as the SQL of its tables and samples of their rows; opened read-only, never written.

The file may be hostile: its SQL is handed on as text, its schema is not trusted to call functions, and reading stops
after a few seconds.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote as quote_url

from pipeline.database.dump.samples import Samples
from pipeline.errors import UserError

_MAGIC = b"SQLite format 3\0"
_MAX_ROWS = 200
"""Rows of each table that are looked at for samples."""
_MAX_SQL = 2_000_000
_MAX_VALUE_BYTES = 10_000_000
_MAX_SECONDS = 5.0


def is_sqlite_file(path: Path) -> bool:
    """True where the file begins as every SQLite 3 database does. Raises OSError."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def open_read_only(path: Path) -> sqlite3.Connection:
    """A connection that cannot change the file, nor leave a journal beside it. Raises sqlite3.Error."""
    connection = sqlite3.connect(f"file:{quote_url(str(path.resolve()))}?mode=ro&immutable=1", uri=True)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE_BYTES)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.text_factory = lambda value: value.decode("utf-8", "replace")
    return connection


def read_database(path: Path) -> tuple[str, Samples]:
    """The CREATE TABLE statements of a database file, and sample values of its columns.

    Raises UserError where it holds no table or is damaged.
    """
    deadline = time.monotonic() + _MAX_SECONDS
    samples = Samples()
    try:
        with closing(open_read_only(path)) as connection:
            connection.set_progress_handler(lambda: time.monotonic() > deadline, 100_000)
            tables = _tables(connection)
            for name in tables:
                columns, rows = _rows(connection, name)
                samples.add(name, columns, rows)
    except sqlite3.Error as error:
        raise UserError(
            "The database {name} cannot be read ({error}). Check it with PRAGMA integrity_check, or give a .sql dump.",
            name=path.name,
            error=str(error),
        ) from error
    if not tables:
        raise UserError("The database {name} has no tables. Give one that has, or paste CREATE TABLE.", name=path.name)
    sql = ";\n".join(tables.values())
    if len(sql) > _MAX_SQL:
        raise UserError(
            "The tables of {name} are described in {size:,} characters; the limit is {limit:,}. "
            "Paste the CREATE TABLE statements that matter.",
            name=path.name,
            size=len(sql),
            limit=_MAX_SQL,
        )
    return sql, samples


def _tables(connection: sqlite3.Connection) -> dict[str, str]:
    """The SQL of each table, in order of creation; SQLite's own and virtual tables with their parts left out."""
    hidden = {name for _, name, kind, *_ in connection.execute("PRAGMA main.table_list") if kind != "table"}
    found = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL ORDER BY rowid"
    )
    return {name: sql for name, sql in found if name not in hidden and not name.lower().startswith("sqlite_")}


def _rows(connection: sqlite3.Connection, table: str) -> tuple[list[str], Iterator[list[str | None]]]:
    """The names of a table's stored columns and its first rows as text; generated columns may call functions."""
    quoted = '"' + table.replace('"', '""') + '"'
    columns = [row[1] for row in connection.execute(f"PRAGMA main.table_info({quoted})")]
    names = ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
    found = connection.execute(f"SELECT {names} FROM main.{quoted} LIMIT {_MAX_ROWS}")
    return columns, ([_text(value) for value in row] for row in found)


def _text(value: object) -> str | None:
    """Numbers and text as SQLite writes them; None for NULL and bytes."""
    return None if value is None or isinstance(value, bytes) else str(value)

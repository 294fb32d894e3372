"""SQL text or a file in, `Schema` out: six dialects (`dump/dialects.py`), a few lines of DDL or a whole dump.

The text is read with sqlglot and rebuilt; it is never executed. What cannot be read and is no CREATE TABLE is skipped;
sizes are limited, because every column is read again with every question.
"""

from __future__ import annotations

import re
from pathlib import Path

from sqlglot import exp

from pipeline.database.dump.body import UnreadableTableError
from pipeline.database.dump.dialects import candidates, sqlite_type
from pipeline.database.dump.drafts import DraftColumn, DraftKey, DraftTable
from pipeline.database.dump.expressions import allowed_values, rebuild_checks, rebuild_default
from pipeline.database.dump.reader import Reader
from pipeline.database.dump.samples import Samples
from pipeline.database.dump.statements import CREATE_TABLE, split
from pipeline.database.notes import clean, read_notes, values_fit
from pipeline.database.schema import Column, ForeignKey, Schema, Table
from pipeline.database.sqlite_file import is_sqlite_file, read_database
from pipeline.errors import UserError

MAX_PASTED = 2_000_000
"""Characters of pasted text; a schema of 1,000 columns has about 50,000."""
MAX_DUMP_BYTES = 100_000_000
"""A dump is held in memory while it is cut into statements: 85 MB of long INSERTs take 3 s, 40 MB of short ones 6 s."""

_NO_SUCH_KEY_COLUMN = (
    "Line {line}: a key of the table {table} names the column {column}, which {table} lacks. "
    "Correct the name, or add the column."
)
_NO_SUCH_TARGET = (
    "Line {line}: a foreign key refers to the column {column} of {table}, which {table} lacks. "
    "Correct the name, or add the column."
)

_ROWS = re.compile(r"(?:INSERT|REPLACE|COPY)\b", re.IGNORECASE)
_OTHER = re.compile(
    r"(?:ALTER\s+TABLE|COMMENT\s+ON|EXEC(?:UTE)?|CREATE\s+(?:UNIQUE\s+(?:(?:NON)?CLUSTERED\s+)?INDEX|TYPE|DOMAIN))\b",
    re.IGNORECASE,
)


def parse_schema(text: str, dialect: str = "auto", name: str = "schema") -> Schema:
    """The schema that pasted DDL describes; `dialect` is `auto` or one of `dump.dialects.DIALECTS`.

    Raises UserError, one line with the place and the remedy, for anything that is no schema.
    """
    if len(text) > MAX_PASTED:
        raise UserError(
            "The text has {size:.1f} million characters; the limit is {limit:.0f} million. "
            "Paste the CREATE TABLE statements alone, or upload the dump as a .sql file.",
            size=len(text) / 1e6,
            limit=MAX_PASTED / 1e6,
        )
    return _parse(text, dialect, name, Samples())


def read_schema_file(path: Path, dialect: str = "auto") -> Schema:
    """The schema of a `.sql` dump or of a SQLite database file, named after the file. The file is never written.

    Raises UserError where there is no such file or it holds no schema.
    """
    if path.is_dir():
        raise UserError(
            "{path} is a folder. Name the .sql dump or the SQLite database file in it.", path=repr(str(path))
        )
    if not path.is_file():
        raise UserError(
            "There is no file {path}. Give the path of a .sql dump or of a SQLite database file.", path=repr(str(path))
        )
    try:
        if is_sqlite_file(path):
            sql, samples = read_database(path)
            return _parse(sql, "sqlite", path.stem, samples)
        size = path.stat().st_size
        if size > MAX_DUMP_BYTES:
            raise UserError(
                "The dump {path} has {size:.0f} MB; the limit is {limit:.0f} MB. Dump the structure alone "
                "(pg_dump --schema-only, mysqldump --no-data).",
                path=path.name,
                size=size / 1e6,
                limit=MAX_DUMP_BYTES / 1e6,
            )
        data = path.read_bytes()
    except OSError as error:
        raise UserError(
            "The file {path} cannot be read ({error}). Check its permissions.", path=str(path), error=error.strerror
        ) from error
    return _parse(_decode(data, path.name), dialect, path.stem, Samples())


def _decode(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(
            "{name} is not text in UTF-8 (byte {byte:,} does not fit). Save it as UTF-8, "
            "or give a SQLite database file.",
            name=name,
            byte=error.start,
        ) from error


def _parse(text: str, dialect: str, name: str, samples: Samples) -> Schema:
    if not name.strip():
        raise UserError("The name of the schema is empty. Give it a name.")
    dialects = candidates(text, dialect)
    _check_text(text)
    text = text.replace("\r\n", "\n").removeprefix("\ufeff")
    first: UnreadableTableError | None = None
    for candidate in dialects:
        try:
            return _read(text, candidate, name, samples)
        except UnreadableTableError as error:
            first = first or error
    raise first or AssertionError("no dialect was tried")


def _check_text(text: str) -> None:
    """Refuse what cannot be DDL before anything is parsed."""
    if not text.strip():
        raise UserError(
            "The text is empty. Paste CREATE TABLE statements, or give a .sql dump or a SQLite database file."
        )
    if "\0" in text:
        raise UserError(
            "Line {line}: there is a zero byte, so this is no SQL text. Give a .sql dump or a SQLite database file.",
            line=text.count("\n", 0, text.index("\0")) + 1,
        )
    if CREATE_TABLE.search(text):
        return
    query = re.search(r"^[ \t]*(?:SELECT|WITH)\b", text, re.IGNORECASE | re.MULTILINE)
    if query:
        raise UserError(
            "Line {line}: a query begins here, but no table is defined. Paste the CREATE TABLE statements of the database "
            "that it asks.",
            line=text.count("\n", 0, query.start()) + 1,
        )
    raise UserError(
        "No CREATE TABLE was found in the text (lines: {last}). Paste the CREATE TABLE statements of the database "
        "(sqlite3 FILE .schema, pg_dump --schema-only or mysqldump --no-data write them).",
        last=text.count("\n") + 1,
    )


def _read(text: str, dialect: str, name: str, samples: Samples) -> Schema:
    reader = Reader(dialect)
    rows = []
    for statement in split(text, dialect):
        if CREATE_TABLE.match(statement.sql):
            reader.create_table(statement)
        elif _OTHER.match(statement.sql):
            reader.read(statement)
        elif _ROWS.match(statement.sql):
            rows.append(statement)
    if not reader.tables:
        raise UserError(
            "There is no CREATE TABLE outside of comments and quotes. "
            "Paste the CREATE TABLE statements of the database."
        )
    for table in reader.tables.values():
        table.drop_computed()
    columns_of = {key: [column.name for column in table.columns.values()] for key, table in reader.tables.items()}
    for statement in rows:
        samples.read(statement, dialect, columns_of)
    return Schema(name, tuple(_table(draft, reader, samples) for draft in reader.tables.values()), dialect)


def _table(draft: DraftTable, reader: Reader, samples: Samples) -> Table:
    checks = [part for check in draft.checks for part in rebuild_checks(check, set(draft.columns))]
    allowed = dict(found for check in checks if (found := allowed_values(check)))
    primary_key = _known(draft, draft.primary_key, draft.line, _NO_SUCH_KEY_COLUMN)
    uniques = list(dict.fromkeys(_known(draft, names, draft.line, _NO_SUCH_KEY_COLUMN) for names in draft.unique))
    columns = []
    for column in draft.columns.values():
        unique = (column.unique or (column.name,) in uniques) and primary_key != (column.name,)
        chosen = allowed.get(column.name.lower(), ())
        seen = samples.of(draft.name, column.name)
        columns.append(_column(column, column.name in primary_key, unique, chosen, seen))
    return Table(
        name=draft.name,
        columns=tuple(columns),
        primary_key=primary_key,
        foreign_keys=tuple(dict.fromkeys(_foreign_key(draft, key, reader.tables) for key in draft.keys)),
        unique=tuple(names for names in uniques if len(names) > 1 and names != primary_key),
        checks=tuple(dict.fromkeys(check.sql("sqlite") for check in checks)),
        comment=_joined(draft.comments),
    )


def _column(draft: DraftColumn, in_key: bool, unique: bool, checked: tuple[str, ...], seen: tuple[str, ...]) -> Column:
    kind, type_name = draft.kind, sqlite_type(draft.kind)
    comment, allowed, samples = read_notes(_joined(draft.comments), type_name)
    if kind is not None and kind.this == exp.DataType.Type.ENUM:
        checked = tuple(dict.fromkeys(value.name for value in kind.expressions))
    allowed = allowed or checked
    return Column(
        name=draft.name,
        type=type_name,
        nullable=draft.nullable and not in_key,
        unique=unique,
        default=rebuild_default(draft.default) if draft.default is not None else None,
        allowed=allowed if values_fit(allowed, type_name) else (),
        comment=comment,
        samples=() if type_name in ("BOOLEAN", "BLOB") else samples or seen,
    )


def _joined(comments: list[str]) -> str:
    return clean("; ".join(dict.fromkeys(filter(None, map(clean, comments)))))


def _known(table: DraftTable, names: list[str], line: int, template: str) -> tuple[str, ...]:
    """The names as the table spells them. Raises UserError by that template for a column that it lacks."""
    for name in names:
        if name.lower() not in table.columns:
            raise UserError(template, line=line, table=table.name, column=name)
    return tuple(table.columns[name.lower()].name for name in names)


def _foreign_key(draft: DraftTable, key: DraftKey, tables: dict[str, DraftTable]) -> ForeignKey:
    parent = tables.get(key.table.lower())
    if parent is None:
        raise UserError(
            "Line {line}: the table {table} refers to the table {parent}, which is not defined. "
            "Add its CREATE TABLE, or remove the foreign key.",
            line=key.line,
            table=draft.name,
            parent=key.table,
        )
    columns = _known(draft, key.columns, key.line, _NO_SUCH_KEY_COLUMN)
    references = _known(parent, key.references or parent.primary_key, key.line, _NO_SUCH_TARGET)
    if not columns or len(columns) != len(references):
        raise UserError(
            "Line {line}: the foreign key from {table} to {parent} has {here} columns here and {there} there. "
            "Name the same number of columns on both sides.",
            line=key.line,
            table=draft.name,
            parent=parent.name,
            here=len(columns),
            there=len(references),
        )
    return ForeignKey(columns, parent.name, references)

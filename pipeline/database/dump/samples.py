"""Sample values out of a dump's rows: INSERT and COPY in, a few distinct short texts a column out.

Only literals are read, only the first rows of a statement, and never columns that look like secrets: samples are shown
to the teacher.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import sqlglot
from sqlglot import Token, TokenType
from sqlglot.errors import SqlglotError

from pipeline.database.dump.statements import ATOMS, Statement

MAX_SAMPLES = 4
_MAX_LENGTH = 60
_MAX_STATEMENTS = 50
"""INSERTs a table that are read: `sqlite3 .dump` writes one for each row."""
_MAX_ATOMS = 2_000
"""Quoted values and what stands between them: some 100 rows of ten columns."""
_MAX_CHARACTERS = 300_000
_MAX_COPY_ROWS = 200

_INTO = re.compile(r"(?:INSERT\b|REPLACE\b)(?:.*?\bINTO)?\s+([^\s(]+)", re.IGNORECASE | re.DOTALL)
_START = {
    dialect: re.compile(f"(?:{atoms}){{0,{_MAX_ATOMS}}}+", re.DOTALL | re.IGNORECASE)
    for dialect, atoms in ATOMS.items()
}
_MOMENT = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.0+)?$")
_SECRET = re.compile(r"passw|secret|token|api_?key|_hash|salt$", re.IGNORECASE)
_TYPED = {"DATE", "TIME", "TIMESTAMP", "DATETIME", "N"}
_ESCAPES = {"\\t": "\t", "\\n": "\n", "\\r": "\r", "\\\\": "\\"}

Cells = Sequence[str | None]


class Samples:
    """Collects the samples of all tables; names are compared without case."""

    def __init__(self) -> None:
        self._seen: dict[str, dict[str, dict[str, None]]] = {}
        self._statements: Counter[str] = Counter()

    def read(self, statement: Statement, dialect: str, columns_of: dict[str, list[str]]) -> None:
        """Take what an INSERT or a COPY shows, if it can be read. `columns_of`: each table's columns in order."""
        into = _INTO.match(statement.sql[:1_000])
        if into:
            self._statements[into[1]] += 1
            if self._statements[into[1]] > _MAX_STATEMENTS:
                return
        start = _START[dialect].match(statement.sql)
        if start is None or len(start[0]) > _MAX_CHARACTERS:
            return
        try:
            tokens = sqlglot.tokenize(start[0], read=dialect)
        except SqlglotError:
            return
        table, columns, rest = _target(tokens)
        rows = _copied(statement.data) if statement.data else _inserted(rest)
        self.add(table, columns or columns_of.get(table.lower(), []), rows)

    def add(self, table: str, columns: Sequence[str], rows: Iterator[Cells]) -> None:
        """Keep the first few distinct short values of each column; rows of another width are left out."""
        kept = self._seen.setdefault(table.lower(), {})
        wanted = [(i, kept.setdefault(name.lower(), {})) for i, name in enumerate(columns) if not _SECRET.search(name)]
        for row in rows:
            if len(row) != len(columns):
                continue
            for position, values in wanted:
                value = row[position]
                if value is not None and value.strip() and len(value) <= _MAX_LENGTH and len(values) < MAX_SAMPLES:
                    values[value] = None

    def of(self, table: str, column: str) -> tuple[str, ...]:
        """The samples of one column, in the order in which they were seen."""
        return tuple(self._seen.get(table.lower(), {}).get(column.lower(), ()))


def _target(tokens: list[Token]) -> tuple[str, list[str], list[Token]]:
    """The table, the named columns (none where all are meant) and the tokens after VALUES of an INSERT or COPY."""
    kinds = [token.token_type for token in tokens]
    position = kinds.index(TokenType.INTO) + 1 if TokenType.INTO in kinds else 1
    while position + 2 < len(tokens) and kinds[position + 1] == TokenType.DOT:
        position += 2
    table = tokens[position].text if position < len(tokens) else ""
    columns: list[str] = []
    position += 1
    if position < len(tokens) and kinds[position] == TokenType.L_PAREN:
        close = kinds.index(TokenType.R_PAREN, position) if TokenType.R_PAREN in kinds[position:] else len(tokens)
        columns = [token.text for token in tokens[position + 1 : close] if token.token_type != TokenType.COMMA]
    rows = (place for place, token in enumerate(tokens) if token.text.upper() == "VALUES" and place >= position)
    return table, columns, tokens[next(rows, len(tokens)) + 1 :]


def _inserted(tokens: list[Token]) -> Iterator[Cells]:
    """The rows of `(…), (…)`; a cell that is no literal is None, and a row cut off at the end is left out."""
    depth = 0
    row: list[list[Token]] = []
    for token in tokens:
        opens, closes = token.token_type == TokenType.L_PAREN, token.token_type == TokenType.R_PAREN
        depth += opens - closes
        if opens and depth == 1:
            row = [[]]
        elif closes and depth == 0:
            yield [_literal(cell) for cell in row]
        elif token.token_type == TokenType.COMMA and depth == 1:
            row.append([])
        elif depth >= 1:
            row[-1].append(token)


def _literal(cell: list[Token]) -> str | None:
    """The text of a number or string, also `-1`, `DATE '…'`, `'…'::type`, `CAST('…' AS type)`; None for what is computed."""
    kinds = [token.token_type for token in cell]
    if len(cell) > 4 and cell[0].text.upper() == "CAST" and TokenType.ALIAS in kinds[:5]:
        value = _literal(cell[2 : kinds.index(TokenType.ALIAS)])
        return _MOMENT.sub(r"\1 \2", value) if value else value
    if TokenType.DCOLON in kinds:
        cell, kinds = cell[: kinds.index(TokenType.DCOLON)], kinds[: kinds.index(TokenType.DCOLON)]
    if kinds in ([TokenType.STRING], [TokenType.NATIONAL_STRING], [TokenType.NUMBER]):
        return cell[0].text
    if kinds == [TokenType.DASH, TokenType.NUMBER]:
        return "-" + cell[1].text
    return cell[1].text if kinds[1:] == [TokenType.STRING] and cell[0].text.upper() in _TYPED else None


def _copied(data: str) -> Iterator[Cells]:
    """The rows of a COPY block in PostgreSQL's text format."""
    for line in data.lstrip("\n").split("\n", _MAX_COPY_ROWS)[:_MAX_COPY_ROWS]:
        yield [None if cell == "\\N" else _unescape(cell) for cell in line.rstrip("\r").split("\t")]


def _unescape(cell: str) -> str:
    return re.sub(r"\\[tnr\\]", lambda match: _ESCAPES[match[0]], cell)

"""One CREATE TABLE as a syntax tree and its comments, each with the column that it stands beside or above.

sqlglot keeps comments in its tokens, not reliably in its tree, so they are taken from the tokens between the outer
parentheses. There, too, names that happen to be keywords are marked as names.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from sqlglot import Token, TokenType, exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ParseError, SqlglotError

from pipeline.database.dump.plain_words import plain_words
from pipeline.database.dump.sqlite_types import CONSTRAINTS
from pipeline.database.dump.statements import Statement
from pipeline.errors import UserError

MAX_STATEMENT = 150_000
"""Characters of one statement: three times a table of 1,000 columns; sqlglot reads about 0.3 MB a second."""
MAX_DEPTH = 40
"""Nested parentheses; sqlglot recurses."""

_ELSEWHERE = ("AS", "LIKE", "SELECT", "CLONE", "COPY", "CLUSTER BY", "PARTITION BY", "OPTIONS", "USING")
"""Words after a table's name that say that its columns stand in a query or in another table."""

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # it warns of each statement that it does not know


class UnreadableTableError(UserError):
    """A CREATE TABLE that this dialect cannot read; another one may."""


@dataclass(frozen=True)
class Body:
    """A parsed CREATE TABLE. `comments[i]` belong to the i-th element between the parentheses."""

    tree: exp.Create
    comments: list[list[str]]
    table_comments: list[str]


@dataclass
class _Walk:
    """What one pass over the tokens finds; `opening` and `close` are the indices of the outer parentheses."""

    name: str = ""
    opening: int = 0
    close: int = 0
    comments: list[list[str]] = field(default_factory=lambda: [[]])
    table_comments: list[str] = field(default_factory=list)


def read_body(statement: Statement, dialect: str) -> Body | None:
    """The table's tree; None for a partition of another table. Raises UnreadableTableError; UserError if too large."""
    if len(statement.sql) > MAX_STATEMENT:
        raise UserError(
            "Line {line}: one CREATE TABLE has {size:,} characters; the limit is {limit:,}. "
            "Leave out what is no column.",
            line=statement.line,
            size=len(statement.sql),
            limit=MAX_STATEMENT,
        )
    sqlglot_dialect = Dialect.get_or_raise(dialect)
    try:
        tokens = plain_words(sqlglot_dialect.tokenize(statement.sql), dialect)
    except SqlglotError as error:
        raise _unreadable(statement, statement.line, statement.sql[:40]) from error
    walk = _walk(tokens, statement)
    if walk is None:
        return None
    walk.table_comments += _comment_option(tokens[walk.close + 1 :])
    try:
        tree = sqlglot_dialect.parser().parse(tokens[: walk.close + 1], statement.sql)[0]
    except (SqlglotError, RecursionError) as error:
        place = error.errors[0] if isinstance(error, ParseError) and error.errors else {}
        line = statement.line + int(place.get("line") or 1) - 1
        raise _unreadable(statement, line, str(place.get("highlight") or walk.name)) from error
    if not isinstance(tree, exp.Create) or not isinstance(tree.this, exp.Schema):
        raise _unreadable(statement, statement.line, walk.name)
    return Body(tree, walk.comments, walk.table_comments)


def _walk(tokens: list[Token], statement: Statement) -> _Walk | None:
    """Find the parentheses of the body and the comments in it; None for PARTITION OF."""
    walk = _Walk()
    walk.name, walk.opening = _opening(tokens)
    after_name = tokens[walk.opening].text.upper() if walk.opening < len(tokens) else ""
    if after_name == "PARTITION":
        return None
    if after_name in _ELSEWHERE:
        raise UnreadableTableError(
            "Line {line}: the table {table} takes its columns from elsewhere ({word} …). List its columns instead.",
            line=statement.line,
            table=walk.name,
            word=after_name,
        )
    if after_name != "(":
        raise _unreadable(statement, statement.line, after_name or walk.name or "the end of the text")
    depth = 0
    for position in range(walk.opening, len(tokens)):
        token = tokens[position]
        depth += (token.token_type == TokenType.L_PAREN) - (token.token_type == TokenType.R_PAREN)
        if depth > MAX_DEPTH:
            raise _unreadable(statement, statement.line + token.line - 1, "more than 40 nested parentheses")
        if depth == 0:
            walk.close = position
            return walk
        comments = [comment for comment in token.comments if not comment.startswith(("!", "+"))]
        (walk.table_comments if position == walk.opening else walk.comments[-1]).extend(comments)
        if depth == 1 and token.token_type in (TokenType.COMMA, TokenType.L_PAREN):
            _mark_name(tokens[position + 1 : position + 2])
        if depth == 1 and token.token_type == TokenType.COMMA:
            walk.comments.append([])
    raise UnreadableTableError(
        "Line {line}: CREATE TABLE {table} is not finished; a parenthesis stays open. Add the rest and the closing );",
        line=statement.line,
        table=walk.name,
    )


def _opening(tokens: list[Token]) -> tuple[str, int]:
    """The table's name without its schema, and the index of the token after it."""
    words = [token.text.upper() for token in tokens[:12]]
    position = words.index("TABLE") + 1 if "TABLE" in words else 0
    if words[position : position + 3] == ["IF", "NOT", "EXISTS"]:
        position += 3
    while position + 2 < len(tokens) and tokens[position + 1].token_type == TokenType.DOT:
        position += 2
    while position + 2 < len(tokens) and _goes_on(tokens[position], tokens[position + 1]):
        position += 1  # BigQuery's projects have dashes: my-project-1.dataset.orders
    return (tokens[position].text if position < len(tokens) else "").rpartition(".")[2], position + 1


def _goes_on(token: Token, following: Token) -> bool:
    return following.start == token.end + 1 and following.token_type != TokenType.L_PAREN


def _mark_name(first: list[Token]) -> None:
    """The first word of an element is a column's name, even where it is a keyword such as `function` or `lock`."""
    for token in first:
        if token.text.upper() not in CONSTRAINTS and token.text.isidentifier():
            token.token_type = TokenType.IDENTIFIER


def _comment_option(tail: list[Token]) -> list[str]:
    """COMMENT='…' after the closing parenthesis, or OPTIONS(description="…")."""
    for position, token in enumerate(tail):
        following = [each for each in tail[position + 1 : position + 3] if each.token_type != TokenType.EQ]
        if (
            token.text.upper() in ("COMMENT", "DESCRIPTION")
            and following
            and following[0].token_type == TokenType.STRING
        ):
            return [following[0].text]
    return []


def _unreadable(statement: Statement, line: int, near: str) -> UnreadableTableError:
    return UnreadableTableError(
        "Line {line}: this CREATE TABLE cannot be read near {near} (it begins in line {start}). "
        "Correct it, or choose the dialect yourself.",
        line=line,
        near=repr(near),
        start=statement.line,
    )

"""What a set of pairs teaches: how many use each table and column of the schema, and each kind of clause.

SQL of pairs and a `Schema` in → `Coverage` out, what nothing uses included. What one query uses is read once per text
(0.6 ms on one core, parsing included) and remembered. One limit: `SELECT *` names no column, nor does USING.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope

from pipeline.database.names import chain, own_columns
from pipeline.database.schema import Schema
from pipeline.database.sql_text import shared_select
from pipeline.errors import SqlError

CLAUSES = ("join", "group", "having", "subquery", "order", "distinct", "set", "aggregate", "dates")
"""Kinds of clauses, in the order they are shown: `order` is ORDER BY or LIMIT, `set` UNION, INTERSECT or EXCEPT."""

_NODES: dict[str, tuple[type[exp.Expr], ...]] = {
    "join": (exp.Join,), "group": (exp.Group,), "having": (exp.Having,), "order": (exp.Order, exp.Limit),
    "distinct": (exp.Distinct,), "set": (exp.SetOperation,), "aggregate": (exp.AggFunc,),
}  # fmt: skip
_DATE = re.compile(r"\d{4}-\d\d(-\d\d)?( .*)?$")
_DATE_FUNCTIONS = re.compile(r"\b(strftime|date|datetime|julianday|unixepoch)\s*\(", re.IGNORECASE)


@dataclass(frozen=True)
class Coverage:
    """How many of `pairs` use what; names as the schema writes them, all of them there, 0 where nothing does."""

    pairs: int
    tables: dict[str, int]
    columns: dict[tuple[str, str], int]
    """By table and column."""
    clauses: dict[str, int]
    """By `CLAUSES`."""

    @property
    def unused(self) -> list[str]:
        """What no pair uses: tables, and the columns (`table.column`) of those that some pair does."""
        columns = [f"{table}.{column}" for (table, column), n in self.columns.items() if self.tables[table] and not n]
        return [table for table, n in self.tables.items() if not n] + columns


@dataclass(frozen=True)
class _Uses:
    """What one query uses; a column with the tables it may belong to, the nearest first. Names in lower case."""

    tables: frozenset[str]
    columns: frozenset[tuple[str, tuple[str, ...]]]
    clauses: frozenset[str]


def coverage(queries: Iterable[str], schema: Schema) -> Coverage:
    """Count over all queries; one that does not parse counts as a pair that uses nothing."""
    known = {table.name.lower(): {c.name.lower() for c in table.columns} for table in schema.tables}
    tables: Counter[str] = Counter()
    columns: Counter[tuple[str, str]] = Counter()
    clauses: Counter[str] = Counter()
    pairs = 0
    for uses in map(_uses, queries):
        pairs += 1
        clauses.update(uses.clauses)
        tables.update(uses.tables)
        columns.update({(home, name) for name, homes in uses.columns if (home := _first(homes, name, known))})
    return Coverage(
        pairs,
        {table.name: tables[table.name.lower()] for table in schema.tables},
        {(t.name, c.name): columns[t.name.lower(), c.name.lower()] for t in schema.tables for c in t.columns},
        {clause: clauses[clause] for clause in CLAUSES},
    )


def _first(homes: tuple[str, ...], column: str, known: Mapping[str, Collection[str]]) -> str:
    return next((home for home in homes if column in known.get(home, ())), "")


@lru_cache(maxsize=16_384)
def _uses(sql: str) -> _Uses:
    try:
        tree = shared_select(sql)
        scopes = traverse_scope(tree)
    except (SqlError, SqlglotError):
        return _Uses(frozenset(), frozenset(), frozenset())
    tables = {table.name.lower() for scope in scopes for table in _tables(scope).values()}
    columns = {
        (column.name.lower(), _homes(column, scope))
        for scope in scopes
        for column in own_columns(scope)
        if not isinstance(column.this, exp.Star)
    }
    return _Uses(frozenset(tables), frozenset(columns), frozenset(_clauses(sql, tree)))


def _tables(scope: Scope) -> dict[str, exp.Table]:
    """The tables in a scope's FROM, by the name they have there."""
    named = {name.lower(): source for name, (_, source) in scope.selected_sources.items()}
    return {name: source for name, source in named.items() if isinstance(source, exp.Table)}


def _homes(column: exp.Column, scope: Scope) -> tuple[str, ...]:
    """The tables that a column may belong to: one where it says so."""
    found = [(name, table.name.lower()) for at in chain(scope) for name, table in _tables(at).items()]
    if column.table:
        return tuple(table for name, table in found if name == column.table.lower())[:1]
    return tuple(table for _, table in found)


def _clauses(sql: str, tree: exp.Query) -> Iterable[str]:
    yield from (clause for clause, nodes in _NODES.items() if tree.find(*nodes))
    if len(list(tree.find_all(exp.Select))) > 1 and (not isinstance(tree, exp.SetOperation) or tree.find(exp.Subquery)):
        yield "subquery"
    if _DATE_FUNCTIONS.search(sql) or any(
        literal.is_string and _DATE.match(literal.name) for literal in tree.find_all(exp.Literal)
    ):
        yield "dates"

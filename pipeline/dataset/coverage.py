"""What a set of pairs teaches: how many use each table and column of the schema, each kind of clause, how hard they are.

SQL of pairs and a `Schema` in → `Coverage` out, what nothing uses included. What one query uses is read once per text
(0.6 ms on one core, parsing included) and remembered. One limit: `SELECT *` names no column, nor does USING.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope

from pipeline.database.names import chain, own_columns
from pipeline.database.schema import Schema
from pipeline.database.sql_text import shared_select
from pipeline.dataset.hardness import HARDNESS, hardness
from pipeline.dataset.manner import MANNERS, manner
from pipeline.errors import SqlError
from pipeline.records import Pair

TARGETS = {
    "whole": 0.15, "count": 0.25, "aggregate": 0.2, "join": 0.4, "group": 0.15, "having": 0.05, "order": 0.15,
    "distinct": 0.12, "superlative": 0.12, "subquery": 0.25, "set": 0.04, "or": 0.08, "not": 0.08, "like": 0.04,
    "null": 0.04, "dates": 0.08,
}  # fmt: skip
"""By kind of clause, in the order they are shown, the share of pairs that should have it. `join` and `subquery` are the
shares of the prompt for people. Counts, superlatives, `or` (OR, or IN with two values: two things named together) and
`whole` (no condition at all: "in the usa") are what a student of Claude's pairs lacked most on people's questions
(DESIGN §4); the rest is rarer in what people ask, and 4 % of 400 pairs are still 16 examples.
`order` is ORDER BY or LIMIT, `aggregate` any other than COUNT, `set` UNION, INTERSECT or EXCEPT."""
CLAUSES = tuple(TARGETS)

_NODES: dict[str, tuple[type[exp.Expr], ...]] = {
    "count": (exp.Count,), "join": (exp.Join,), "group": (exp.Group,), "having": (exp.Having,),
    "order": (exp.Order, exp.Limit), "distinct": (exp.Distinct,), "set": (exp.SetOperation,),
    "like": (exp.Like, exp.ILike, exp.Glob), "null": (exp.Null,),
}  # fmt: skip
_CONDITIONS = (exp.Where, exp.Having, exp.Limit)
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
    hardness: dict[str, int] = field(default_factory=dict)
    """By `HARDNESS`; a query that does not parse is of none."""
    targets: dict[str, float] = field(default_factory=dict)
    """The share that each of `clauses` should have; what the schema gives no occasion for has none."""
    manners: dict[str, int] = field(default_factory=dict)
    """By `MANNERS`; empty where only queries were looked at."""
    languages: dict[str, int] = field(default_factory=dict)
    """By the languages there are; empty as above."""

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
    hardness: str = ""


def coverage(queries: Iterable[str], schema: Schema) -> Coverage:
    """Count over all queries; one that does not parse counts as a pair that uses nothing."""
    known = {table.name.lower(): {c.name.lower() for c in table.columns} for table in schema.tables}
    tables: Counter[str] = Counter()
    columns: Counter[tuple[str, str]] = Counter()
    clauses: Counter[str] = Counter()
    grades: Counter[str] = Counter()
    pairs = 0
    for uses in map(_uses, queries):
        pairs += 1
        clauses.update(uses.clauses)
        grades[uses.hardness] += 1
        tables.update(uses.tables)
        columns.update({(home, name) for name, homes in uses.columns if (home := _first(homes, name, known))})
    return Coverage(
        pairs,
        {table.name: tables[table.name.lower()] for table in schema.tables},
        {(t.name, c.name): columns[t.name.lower(), c.name.lower()] for t in schema.tables for c in t.columns},
        {clause: clauses[clause] for clause in CLAUSES},
        {grade: grades[grade] for grade in HARDNESS},
        targets(schema),
    )


def coverage_of(pairs: Sequence[Pair], schema: Schema) -> Coverage:
    """The coverage of pairs, with how and in which language they ask."""
    manners = Counter(manner(pair.question, pair.language) for pair in pairs)
    return replace(
        coverage((pair.sql for pair in pairs), schema),
        manners={name: manners[name] for name in MANNERS},
        languages=dict(sorted(Counter(pair.language for pair in pairs).items())),
    )


def targets(schema: Schema) -> dict[str, float]:
    """`TARGETS`, without what this schema gives no occasion for: joins without keys, dates without a date."""
    columns = [column for table in schema.tables for column in table.columns]
    never = set()
    if not any(table.foreign_keys for table in schema.tables):
        never.add("join")
    if not any(column.type in ("DATE", "DATETIME") for column in columns):
        never.add("dates")
    if not any(column.nullable for column in columns):
        never.add("null")
    return {clause: share for clause, share in TARGETS.items() if clause not in never}


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
    return _Uses(frozenset(tables), frozenset(columns), frozenset(_clauses(sql, tree)), hardness(sql))


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
    nested = len(list(tree.find_all(exp.Select))) > 1
    if nested and (not isinstance(tree, exp.SetOperation) or tree.find(exp.Subquery)):
        yield "subquery"
    if not tree.find(*_CONDITIONS) and not nested:
        yield "whole"
    if any(not isinstance(node, exp.Count) for node in tree.find_all(exp.AggFunc)):
        yield "aggregate"
    if tree.find(exp.Or) or any(len(node.expressions) > 1 for node in tree.find_all(exp.In)):
        yield "or"
    if tree.find(exp.NEQ) or any(not isinstance(node.this, exp.Is) for node in tree.find_all(exp.Not)):
        yield "not"
    if _names_an_extreme(tree):
        yield "superlative"
    if _DATE_FUNCTIONS.search(sql) or any(
        literal.is_string and _DATE.match(literal.name) for literal in tree.find_all(exp.Literal)
    ):
        yield "dates"


def _names_an_extreme(tree: exp.Query) -> bool:
    """Whether it picks the first or last of something: compared with a query's MAX or MIN, or ORDER BY with LIMIT 1."""
    compared = [node.unalias() for subquery in tree.find_all(exp.Subquery) if isinstance(subquery.parent, exp.EQ)
                for node in subquery.this.expressions]  # fmt: skip
    limits = (limit.expression for limit in tree.find_all(exp.Limit) if limit.parent and limit.parent.args.get("order"))
    return any(isinstance(node, exp.Max | exp.Min) for node in compared) or any(n.name == "1" for n in limits)

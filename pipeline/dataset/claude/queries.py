"""Queries for Claude to word: written by the offline teacher's grammar, chosen for what the pairs lack.

Schema, databases for values, and what is thin in → SQL out, each of another template, none of a template that is kept.
Limit: the grammar's own question is thrown away, so what it could not say itself is not asked either.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from pipeline.database.schema import Schema
from pipeline.database.sql import template
from pipeline.dataset.claude.thin import Thin
from pipeline.dataset.coverage import coverage
from pipeline.dataset.offline import OfflineTeacher

POOL = 80
"""Queries drawn to choose from: about 0.3 s on one core."""


def choose_queries(
    schema: Schema, databases: Sequence[Path], seed: int, known: Collection[str], thin: Thin
) -> list[str]:
    """Queries of templates that are not `known`, those that bring most of what is thin first."""
    pool = {template(pair.sql): pair.sql for pair in OfflineTeacher(seed, databases).pairs(schema, POOL, ["en"])}
    uses = {sql: _uses(sql, schema) for form, sql in pool.items() if form not in known}
    lacking, chosen = set(thin.columns), list[str]()
    while uses:
        best = max(uses, key=lambda sql: _gain(uses[sql], lacking, thin))
        chosen.append(best)
        lacking -= uses.pop(best)
    return chosen


def _uses(sql: str, schema: Schema) -> frozenset[str]:
    """Columns (`table.column`), clauses and grade of a query."""
    found = coverage([sql], schema)
    columns = {f"{table}.{column}" for (table, column), n in found.columns.items() if n}
    return frozenset(columns | {name for name, n in {**found.clauses, **found.hardness}.items() if n})


def _gain(uses: frozenset[str], lacking: Collection[str], thin: Thin) -> float:
    """A point for each column that few pairs use, and what its clauses and grade are wanted for, on the average."""
    wanted = [thin.factors[name] for name in uses if name in thin.factors]
    return sum(name in lacking for name in uses) + sum(wanted) / max(1, len(wanted))

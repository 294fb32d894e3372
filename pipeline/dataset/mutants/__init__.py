"""Neighbours of a query: what a careless writer might have written instead.

One SELECT and its `Schema` in → up to `limit` other SELECTs, each one change away. A database on which all of them give
another answer proves that the query says what it says for a reason. One limit: two changes at once are not made, nor
those that any rows tell apart (a column less in the answer).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from pipeline.database.schema import Schema
from pipeline.dataset.mutants.columns import column_edits
from pipeline.dataset.mutants.conditions import condition_edits
from pipeline.dataset.mutants.joins import join_edits
from pipeline.dataset.mutants.literals import literal_edits
from pipeline.dataset.mutants.reading import Edit, Reading
from pipeline.dataset.mutants.shape import shape_edits

KINDS = {
    "predicate-dropped": "A condition is left out.",
    "comparison-flipped": "Equal is turned into unequal, or the other way round.",
    "comparison-shifted": "A bound is taken in or left out: > and >=, < and <=, the edges of BETWEEN.",
    "comparison-reversed": "Greater is turned into less, or the other way round.",
    "and-or": "AND is turned into OR, or the other way round.",
    "negation": "A NOT is dropped, or put before IN, LIKE, EXISTS or IS NULL.",
    "literal": "A number is one off, a text is another value, a pattern matches elsewhere, a value of a list is missing.",
    "column": "A column is another of the same type.",
    "aggregate": "COUNT, SUM, AVG, MIN or MAX is another one, or counts rows instead of values.",
    "distinct": "DISTINCT is added or dropped.",
    "join-kind": "A JOIN is turned into a LEFT JOIN, or the other way round.",
    "join-condition": "Two tables are joined by another column.",
    "table": "A table is another one that has the columns, too.",
    "group": "A column of GROUP BY is left out.",
    "having": "A condition on groups is made one on rows, or the other way round.",
    "order": "ORDER BY is dropped, or a direction turned.",
    "limit": "LIMIT or OFFSET is one off or dropped.",
    "set-operation": "UNION, UNION ALL, INTERSECT and EXCEPT are taken for each other, or one side is left out.",
    "arithmetic": "An operator of a calculation is another one.",
}
"""Every kind of change in one sentence; those that stand first are made first."""


@dataclass(frozen=True)
class Mutant:
    """A query one change away from the original; `kind` is a key of `KINDS`."""

    sql: str
    kind: str


def mutants(tree: exp.Query, schema: Schema, limit: int = 40) -> list[Mutant]:
    """Neighbours of a query, at most `limit`, in an order that is the same each time; `tree` is left as it is.

    They differ from each other and from the query. Where there are more than `limit`, one of each kind is taken in turn.
    """
    query = Reading(tree, schema)
    waiting: dict[str, list[str]] = {kind: [] for kind in KINDS}
    seen = {query.text, ""}
    for edit in _edits(query):
        sql = query.edit(edit)
        if sql not in seen:
            seen.add(sql)
            waiting[edit.kind].append(sql)
    chosen: list[Mutant] = []
    for turn in range(max(map(len, waiting.values()))):
        chosen += [Mutant(found[turn], kind) for kind, found in waiting.items() if turn < len(found)]
    return chosen[:limit]


def _edits(query: Reading) -> Iterator[Edit]:
    for edits in (condition_edits, literal_edits, column_edits, join_edits, shape_edits):
        yield from edits(query)

"""Queries that surely give the same answer on every database of a schema, however different they look.

A mutant, the query it was made from and the `Schema` in → why they are the same, or nothing. Both are brought to one
form by rules that change no answer (keys, NOT NULL, foreign keys, CHECKs, SQL's own logic) and compared. One limit: what
the rules do not know counts as different.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from itertools import cycle, islice

from sqlglot import exp

from pipeline.database.schema import Schema
from pipeline.database.sql import parse_select
from pipeline.dataset.equivalent.conditions import bounds_of_checks, no_null_tests, ordered_terms, plain_terms
from pipeline.dataset.equivalent.facts import Facts
from pipeline.dataset.equivalent.groups import one_row_groups, rows_counted, shorter_groups, terms_on_rows
from pipeline.dataset.equivalent.joins import equal_columns, flat_joins, inner_joins, unused_parents
from pipeline.dataset.equivalent.rows import (
    exists_only,
    needless_distinct,
    needless_order,
    needless_union_all,
    takes_any_rows,
)
from pipeline.dataset.mutants import Mutant
from pipeline.errors import SqlError

Rule = Callable[[Facts], bool]

RULES: tuple[tuple[Rule, str], ...] = (
    (exists_only, "EXISTS only asks whether there is a row"),
    (plain_terms, "the condition says the same in other words"),
    (bounds_of_checks, "no row can lie at that bound"),
    (no_null_tests, "the column is never empty there"),
    (inner_joins, "the outer join finds a row for each, or its empty rows are filtered out"),
    (flat_joins, "it does not matter where a condition of an inner join stands"),
    (equal_columns, "the join makes both columns equal"),
    (unused_parents, "each row has exactly one parent, of which nothing is used"),
    (terms_on_rows, "the condition on a grouped column may stand in WHERE"),
    (shorter_groups, "the other columns of the group determine it"),
    (one_row_groups, "there is only one value to aggregate"),
    (rows_counted, "the column has a value in every row"),
    (needless_distinct, "a key keeps the rows apart, or repeats do not matter"),
    (needless_union_all, "repeats do not matter there"),
    (needless_order, "the order does not matter there, or is already decided"),
    (ordered_terms, "the conditions stand in another order"),
)
"""Rewritings that change no answer, each with what it rests on; tried in turn until none applies."""
MOST_STEPS = 120
"""Rules tried and rewritings made; a query of ten clauses takes two rounds and about a dozen rewritings."""


def equivalence(mutant: Mutant, tree: exp.Query, schema: Schema) -> str:
    """Why the mutant surely gives the same answer as the query on every database of the schema; empty where it may not.

    `tree` is left as it is.
    """
    try:
        there, used = _normal(mutant.sql, schema)
    except SqlError:
        return ""
    here, needed = _normal(tree.sql(dialect="sqlite"), schema)
    if there != here:
        return ""
    differs = (Counter(used) - Counter(needed)) + (Counter(needed) - Counter(used))
    return next(iter(differs or Counter(used)), "it is the same query in other words")


@lru_cache(maxsize=1024)
def _normal(sql: str, schema: Schema) -> tuple[str, tuple[str, ...]]:
    """The query's one form, and what the rewritings rested on; its own text where storage decides the answer.

    Raises SqlError as `parse_select`.
    """
    facts = Facts(parse_select(sql), schema)
    facts.write_out_names()
    reasons: list[str] = []
    settled = 0
    for rule, reason in islice(cycle(RULES), MOST_STEPS):
        settled += 1
        while rule(facts) and len(reasons) < MOST_STEPS:
            reasons.append(reason)
            facts, settled = Facts(facts.tree, schema), 0
        if settled == len(RULES):
            break
    if takes_any_rows(facts):
        return sql, ()
    return facts.tree.sql(dialect="sqlite", comments=False, copy=False), tuple(reasons)

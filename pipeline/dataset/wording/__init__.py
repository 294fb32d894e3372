"""Does the query follow the wording of its question? What the question plainly says and the SQL leaves out or contradicts.

`unfollowed` takes a parsed SELECT and its question and gives a short detail, or nothing. Cues are words, English and
Japanese: what is said in other words passes, so that hardly a good pair is lost. When in doubt it says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlglot import exp

from pipeline.database.schema import Schema
from pipeline.dataset.wording.aggregates import unfollowed_aggregate
from pipeline.dataset.wording.columns import unfollowed_column
from pipeline.dataset.wording.comparisons import unfollowed_comparison
from pipeline.dataset.wording.extremes import unfollowed_extreme
from pipeline.dataset.wording.facts import Case, Told, taken_apart
from pipeline.dataset.wording.joins import join_off_key
from pipeline.dataset.wording.negation import unfollowed_negation
from pipeline.dataset.wording.shape import unfollowed_shape
from pipeline.dataset.wording.values import unfollowed_number, unfollowed_value

CHECKS: dict[str, Callable[[Case], str]] = {
    "value": unfollowed_value,
    "number": unfollowed_number,
    "comparison": unfollowed_comparison,
    "aggregate": unfollowed_aggregate,
    "extreme": unfollowed_extreme,
    "negation": unfollowed_negation,
    "column": unfollowed_column,
    "join": join_off_key,
    "shape": unfollowed_shape,
}
"""The checks by name, in the order they are asked."""


def unfollowed(
    tree: exp.Query, question: str, language: str, schema: Schema, known: Callable[[str], Collection[str]]
) -> str:
    """What the question says and the query does not do, such as `'Osaka' is not in the SQL`; empty where nothing is seen.

    `known` gives the values that a column of that name (lower case) is known to hold. The tree may be shared.
    """
    case = Case(taken_apart(question), Told(tree, schema), language, schema, known)
    for check in CHECKS.values():
        if detail := check(case):
            return detail
    return ""

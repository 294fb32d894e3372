"""One question scored: gold and model SQL run on every database, answers compared as DESIGN §2 says.

`right` is strict: the same multiset of rows on every database. Beside it the two looser comparisons that others publish.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.database.answers import same_answer, same_set
from pipeline.database.sandbox import Sandbox
from pipeline.database.sql import extract_sql, is_ordered
from pipeline.errors import SqlError
from pipeline.records import Pair, Rows


@dataclass(frozen=True)
class Gold:
    """A question whose gold SQL runs and has rows somewhere, with its answer on each database."""

    pair: Pair
    answers: tuple[Rows, ...]
    ordered: bool


@dataclass(frozen=True)
class Marked:
    """What a model's text was worth. `failure` is `no-sql`, `does-not-run`, `wrong-rows` or empty when right."""

    sql: str
    right: bool
    right_set: bool
    right_single: bool
    failure: str


def run_gold(pair: Pair, databases: Sequence[Path], sandbox: Sandbox) -> Gold | None:
    """The gold's answers, or None when it does not run or is empty on every database: such a question is left out."""
    try:
        answers = tuple(sandbox.run_on(pair.sql, databases))
        gold = Gold(pair, answers, is_ordered(pair.sql))
    except SqlError:
        return None
    return gold if any(answer.rows for answer in answers) else None


def mark(text: str, gold: Gold, databases: Sequence[Path], sandbox: Sandbox) -> Marked:
    """Score a model's text against a gold answer."""
    sql = extract_sql(text)
    if not sql:
        return Marked("", False, False, False, "no-sql")
    try:
        answers = sandbox.run_on(sql, databases)
    except SqlError:
        return Marked(sql, False, False, False, "does-not-run")
    same = [same_answer(g, a, gold.ordered) for g, a in zip(gold.answers, answers, strict=True)]
    sets = all(same_set(g, a) for g, a in zip(gold.answers, answers, strict=True))
    return Marked(sql, all(same), sets, same[0], "" if all(same) else "wrong-rows")

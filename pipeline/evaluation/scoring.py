"""One question scored: gold and model SQL run on every database, answers compared as DESIGN §2 says.

`right` is strict: the same multiset of rows on every database. Beside it the two looser comparisons that others publish.
What a wrong answer was like is decided here once, as one of `KINDS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.database.answers import same_answer, same_set
from pipeline.database.sandbox import Sandbox
from pipeline.database.schema import Schema
from pipeline.database.sql import extract_sql, is_ordered, parse_select
from pipeline.dataset.determinism import is_decided, tie_variants
from pipeline.errors import SqlError
from pipeline.records import Pair, Rows

KINDS = ("", "wrong-rows", "error", "unknown-name", "does-not-parse", "no-sql")
"""How an answer came out, from right to worst; the same words on the page, in the report and on the card.

`error` stopped while running (or at a limit), `unknown-name` reads a table or column that is not there, `does-not-parse`
is not one SELECT that SQLite can read.
"""
EARLIER_KIND = "does-not-run"
"""What runs scored by version 0.1.0 call the three kinds in the middle."""
_KIND_OF = {
    "unknown-table": "unknown-name", "unknown-column": "unknown-name",
    **dict.fromkeys(("syntax", "empty", "not-a-select", "several-statements"), "does-not-parse"),
}  # fmt: skip
"""Reason of the sandbox → kind; any other is an `error`."""


@dataclass(frozen=True)
class Gold:
    """A question whose gold SQL has rows somewhere, the databases that decide it, and its answer on each of them."""

    pair: Pair
    databases: tuple[Path, ...]
    answers: tuple[Rows, ...]
    ordered: bool


@dataclass(frozen=True)
class Marked:
    """What a model's text was worth."""

    sql: str
    right: bool
    right_set: bool
    right_single: bool
    failure: str
    """One of `KINDS`."""
    detail: str = ""
    """The unknown name, what SQLite said, or `timeout`."""


def run_gold(pair: Pair, databases: Sequence[Path], sandbox: Sandbox, schema: Schema) -> Gold | None:
    """The gold's answers, or None when it does not run or is empty on every database: such a question is left out.

    A database on which rows tie at a LIMIT is not used for the question, since equally right SQL answers otherwise there;
    where that is so on all of them, all are used.
    """
    try:
        answers, *tied = sandbox.run_many([pair.sql, *tie_variants(parse_select(pair.sql), schema)], databases)
        ordered = is_ordered(pair.sql)
    except SqlError:
        return None
    if isinstance(answers, SqlError) or not any(answer.rows for answer in answers):
        return None
    used = [n for n in range(len(databases)) if is_decided(tied, n)] or list(range(len(databases)))
    return Gold(pair, tuple(databases[n] for n in used), tuple(answers[n] for n in used), ordered)


def mark(text: str, gold: Gold, sandbox: Sandbox) -> Marked:
    """Score a model's text against a gold answer."""
    sql = extract_sql(text)
    if not sql:
        return Marked("", False, False, False, "no-sql")
    try:
        answers = sandbox.run_on(sql, gold.databases)
    except SqlError as error:
        detail = "timeout" if error.reason == "timeout" else str(error.values["detail"])
        return Marked(sql, False, False, False, _KIND_OF.get(error.reason, "error"), detail)
    same = [same_answer(g, a, gold.ordered) for g, a in zip(gold.answers, answers, strict=True)]
    sets = all(same_set(g, a) for g, a in zip(gold.answers, answers, strict=True))
    return Marked(sql, all(same), sets, same[0], "" if all(same) else "wrong-rows")

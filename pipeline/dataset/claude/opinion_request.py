"""One request for second opinions: several questions, numbered, without the pairs' own SQL; and what its reply says.

In: a schema, questions, the family of the prompt. Out: a `Request`; later the SQL by question. A question that Claude
leaves out or that breaks off costs itself alone. Limit: both families give the teacher's rules in other words, because a
rule that one side does not know would pass for a mistake.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.database.schema import Schema
from pipeline.database.sql_text import extract_sql
from pipeline.dataset.claude.items import read_list
from pipeline.dataset.claude.request import Request, arguments, fenced, hash_of, with_schema

QUESTIONS = 8
"""Questions in one request: each is thought about alone, and the schema is paid for once for all of them."""
MOST_OUTPUT = 3_000
"""Tokens of output that a request may use: about three times what eight plans and queries take."""

ORDERS = {
    "plan": "Answer these {n} questions, each with a plan and then its query:",
    "direct": "{n} questions, one query for each:",
}
_SAYS = {"number": {"type": "integer"}, "plan": {"type": "string"}, "sql": {"type": "string"}}
_FIELDS = {"plan": ("number", "plan", "sql"), "direct": ("number", "sql")}
_ITEM = re.compile(r'\{\s*"(?:number|plan|sql)"\s*:')


def build_opinions(schema: Schema, model: str, family: str, questions: Sequence[str]) -> Request:
    """The request for these questions. Raises UserError for an unknown model."""
    numbered = [{"number": number, "question": question} for number, question in enumerate(questions, 1)]
    order = f"{ORDERS[family].format(n=len(questions))}\n{fenced(numbered)}"
    params = arguments(model, opinion_text(schema, family), order, _shape(family), MOST_OUTPUT)
    return Request(0, model, hash_of(params), params, read_answers)


def opinion_text(schema: Schema, family: str) -> str:
    """Rules of the family and fenced schema: the part that is the same for all requests, and cached."""
    return with_schema(_rules(family), schema)


def about(schema: Schema, model: str, family: str) -> str:
    """What an answer holds for: it is as good as new while schema, model and rules are the same."""
    return hashlib.sha256(f"{model}\n{opinion_text(schema, family)}".encode()).hexdigest()


def read_answers(text: str) -> dict[int, str]:
    """SQL by the number of its question, from a reply that ended or the part of it that came."""
    found: dict[int, str] = {}
    for item in read_list(text, "answers", _ITEM):
        number, sql = (item.get("number"), item.get("sql")) if isinstance(item, Mapping) else (None, None)
        if isinstance(number, int) and isinstance(sql, str) and sql.strip():
            found.setdefault(number, extract_sql(sql) or sql.strip())
    return found


def answers_to(questions: Sequence[str], text: str) -> dict[str, str]:
    """SQL by question, of those that the reply answers."""
    return {questions[number - 1]: sql for number, sql in read_answers(text).items() if 1 <= number <= len(questions)}


@cache
def _rules(family: str) -> str:
    return (Path(__file__).parent / f"opinion_{family}.md").read_text(encoding="utf-8").strip()


def _shape(family: str) -> dict[str, Any]:
    """The reply's JSON schema; the plan comes before the SQL, as it is written."""
    names = _FIELDS[family]
    answer = {
        "type": "object",
        "properties": {name: _SAYS[name] for name in names},
        "required": list(names),
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"answers": {"type": "array", "items": answer}},
        "required": ["answers"],
        "additionalProperties": False,
    }

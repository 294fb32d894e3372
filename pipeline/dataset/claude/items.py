"""What a reply's text holds, one by one: a bad item costs itself alone, a reply cut off costs what was cut.

The text of a reply in; pairs out, or questions that cannot be answered. An item that is no pair comes out without its
question or SQL, for the gate to count; one that is no such question is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from pipeline.dataset.pasted import detect_language, question_and_sql
from pipeline.records import CATEGORIES, Pair, Unanswerable

_ITEM = re.compile(r'\{\s*"(?:instruction|output)"\s*:')
_WORDED = re.compile(r'\{\s*"(?:instruction|number|category)"\s*:')
_DECODER = json.JSONDecoder(strict=False)


def read_items(text: str) -> list[Pair]:
    """The pairs of a reply that ended, or of the part of it that came."""
    return [_pair(item) for item in read_list(text, "pairs", _ITEM)]


def read_worded(text: str, queries: Sequence[str]) -> list[Pair]:
    """The pairs of questions in a reply that names, by its number from 1, the query that each is asked for."""
    found = []
    for item in read_list(text, "pairs", _WORDED):
        question, number = (item.get("instruction"), item.get("number")) if isinstance(item, dict) else ("", 0)
        query = queries[number - 1] if isinstance(number, int) and 0 < number <= len(queries) else ""
        found.append(_pair({"instruction": question, "output": query}))
    return found


def read_unanswerable(text: str) -> list[Unanswerable]:
    """The questions of a reply that the schema cannot answer, with their categories."""
    items = [item for item in read_list(text, "pairs", _WORDED) if isinstance(item, dict)]
    named = [(question_and_sql(item)[0], item.get("category")) for item in items]
    return [
        Unanswerable(question, str(category), detect_language(question), "claude")
        for question, category in named
        if question and category in CATEGORIES
    ]


def read_list(text: str, name: str, beginning: re.Pattern[str]) -> list[Any]:
    """The items of the list `name` in a reply, or of the part of it that came: those that begin as the pattern says."""
    try:
        whole = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return _scan(text, beginning)
    items = whole.get(name) if isinstance(whole, dict) else whole
    return items if isinstance(items, list) else []


def _scan(text: str, beginning: re.Pattern[str]) -> list[Any]:
    """The whole items in text that is not JSON as a whole, None for one broken in the middle."""
    found: list[Any] = []
    start = beginning.search(text)
    while start:
        try:
            item, end = _DECODER.raw_decode(text, start.start())
            found.append(item)
        except (ValueError, RecursionError):
            end = start.end()
            if beginning.search(text, end):  # else it is where the reply was cut
                found.append(None)
        start = beginning.search(text, end)
    return found


def _pair(item: Any) -> Pair:
    question, sql = question_and_sql(item) if isinstance(item, dict) else ("", "")
    return Pair(question, sql, detect_language(question), "claude")

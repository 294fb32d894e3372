"""The pairs in a reply's text, one by one: a bad one costs itself alone, a reply cut off costs what was cut.

The text of a reply in, pairs out; an item that is no pair comes out without its question or SQL, for the gate to count.
"""

from __future__ import annotations

import json
import re
from typing import Any

from pipeline.dataset.pasted import detect_language, question_and_sql
from pipeline.records import Pair

_ITEM = re.compile(r'\{\s*"(?:instruction|output)"\s*:')
_DECODER = json.JSONDecoder(strict=False)


def read_items(text: str) -> list[Pair]:
    """The pairs of a reply that ended, or of the part of it that came."""
    return [_pair(item) for item in read_list(text, "pairs", _ITEM)]


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

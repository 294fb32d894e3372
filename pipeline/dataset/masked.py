"""A question without its values, so that two that differ in nothing else are seen to be one.

A pair in → its question, folded, with `MASK` where its query's texts, numbers and dates are worded. One limit: a value that is
worded in another way than its query has it stays.
"""

from __future__ import annotations

from functools import lru_cache

from sqlglot import exp

from pipeline.database.sql_text import shared_select
from pipeline.dataset.duplicates import plain
from pipeline.dataset.mentions import number_mentions, text_mentions
from pipeline.dataset.other_dates import without_dates
from pipeline.errors import SqlError
from pipeline.records import Pair

MASK = "xxx"


@lru_cache(maxsize=16_384)
def masked(pair: Pair) -> str:
    """The question as `plain` has it, `MASK` for each value."""
    question = without_dates(pair.question, MASK)
    try:
        literals = list(shared_select(pair.sql).find_all(exp.Literal))
    except SqlError:
        return plain(question)
    for literal in sorted(literals, key=lambda each: -len(str(each.this))):
        text = str(literal.this).strip("%")
        found = text_mentions(text, question) if literal.is_string else number_mentions(float(text), question)
        for mention in sorted(found, key=lambda each: -each.start):
            question = f"{question[: mention.start]} {MASK} {question[mention.end :]}"
    return plain(question)

"""Columns that a question names by their whole name: used at all, and shown in the order asked.

A column counts as named when all its words stand together (`unit price`, `salary`; prepositions of dates aside:
`delivered_on` → delivered), in Japanese by its word in the glossary. Verbs and words of tables are no names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from pipeline.database.schema import Column, Table
from pipeline.dataset.grounding import stem
from pipeline.dataset.wording.facts import Case, words_of_name

_TAILS = frozenset(("on", "at", "date", "id"))
_NOT_NAMED = frozenset((
    "name", "names", "title", "type", "kind", "state", "order", "orders", "rank", "role", "number", "count", "value",
    "key", "code", "date", "time", "year", "day", "status", "text", "note", "notes", "position", "level",
    "description", "comment", "size", "class", "length", "height", "line", "cost", "stock", "return", "returns",
    "border", "population", "traverse", "capital", "method",
))  # fmt: skip
"""Names that are also verbs, or words for something else."""
_NUMBERS = frozenset(("INTEGER", "REAL"))
_DATES = frozenset(("DATE", "DATETIME"))


def unfollowed_column(case: Case) -> str:
    """A column that is named while another of its table and kind is used instead; or two shown the wrong way round."""
    return _swapped(case) or _reordered(case)


def _swapped(case: Case) -> str:
    if case.told.has(exp.Div, exp.Mul, exp.Sub):
        return ""  # made of other columns
    used = {
        (source[0].name, source[1].name): source
        for node in case.told.all(exp.Column)
        if (source := case.told.source(node)) is not None
    }
    for table in case.told.tables:
        for column in table.columns:
            if column.name.lower() in case.told.columns or not _is_named(case, column):
                continue
            for other_table, other in used.values():
                if other_table is table and _alike(table, column, other) and not _is_hinted(case, other):
                    return f"'{column.name}' is named, {other.name} is used"
    return ""


def _is_named(case: Case, column: Column) -> bool:
    words = _telling_words(column)
    if not words or (len(words) == 1 and words[0] in _NOT_NAMED):
        return False
    return bool(re.search(rf"(?<![a-z]){' '.join(words)}s?(?![a-z])", case.text))


def _telling_words(column: Column) -> tuple[str, ...]:
    words = words_of_name(column.name)
    while len(words) > 1 and words[-1] in _TAILS:
        words = words[:-1]
    return words


def _alike(table: Table, one: Column, other: Column) -> bool:
    """Both numbers or both dates, and neither a key."""
    keys = {*table.primary_key, *(name for key in table.foreign_keys for name in key.columns)}
    if one.name in keys or other.name in keys:
        return False
    return any(one.type in kind and other.type in kind for kind in (_NUMBERS, _DATES))


def _is_hinted(case: Case, column: Column) -> bool:
    """Whether any telling word of it stands in the question, by stem."""
    return any(stem(word) in case.asked.stems for word in _telling_words(column))


def _reordered(case: Case) -> str:
    """`name and price` answered with price and name."""
    select = case.told.outermost
    if select is None or len(case.told.shown) < 2:
        return ""
    places = {_shown_name(item): place for place, item in reversed(list(enumerate(case.told.shown)))}
    places.pop("", None)
    for first, second in _side_by_side(case, list(places)):
        if places[first] > places[second]:
            return f"{second} is shown before {first}"
    return ""


def _shown_name(item: exp.Expr) -> str:
    return " ".join(words_of_name(item.name)) if isinstance(item, exp.Column) else ""


def _side_by_side(case: Case, names: list[str]) -> Iterator[tuple[str, str]]:
    """Names that stand as `X and Y` or `X, Y`, each once in the question."""
    for one in names:
        for two in names:
            if one == two or case.text.count(one) != 1 or case.text.count(two) != 1:
                continue
            if re.search(rf"\b{re.escape(one)}s?(?: and|,)(?: (?:the|its|their))? {re.escape(two)}", case.text):
                yield one, two

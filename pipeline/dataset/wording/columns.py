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
from pipeline.dataset.wording.shape import hinted, is_key, telling

_CONTACT = re.compile(r"\b(contact|reach|call|write|through)\b")
_ASKED = re.compile(
    r"^(?:please |could you |can you )?(?:in which|in what|which|what|list|show|show me|give me|name|"
    r"find|count|how many|number of|get|tell me|display|distinct|different|all|every)"
    r"(?: the| all| every| each| any| distinct| different| unique| me)* ([a-z]+)(?: names?)?\b"
    r"(?=$|[?.,]| (?:in|of|from|with|that|who|which|whose|are|is|has|have|had|do|did|does|were|was|by|"
    r"for|on|at|and|where|outside)\b)"
)
"""The noun that is asked for, with nothing behind it that would make it part of another."""
_THEIR = re.compile(r"\b(?:with|and) (?:their|its) ([a-z]+)(?=$|[?.,]| and\b)")
_TAILS = frozenset(("on", "at", "date", "id"))
_NOT_NAMED = frozenset((
    "cost", "name", "names", "title", "type", "kind", "state", "order", "orders", "rank", "role", "number", "count", "value",
    "key", "code", "date", "time", "year", "day", "status", "text", "note", "notes", "position", "level",
    "description", "comment", "size", "class", "line", "return", "returns",
    "border", "traverse", "capital", "method",
))  # fmt: skip
"""Names that are also verbs, or words for something else."""
_NUMBERS = frozenset(("INTEGER", "REAL"))
_DATES = frozenset(("DATE", "DATETIME"))


def unfollowed_column(case: Case) -> str:
    """A column that is named while another of its table and kind is used instead; or two shown the wrong way round."""
    return _swapped(case) or _other_text(case) or _missing(case) or _other_extreme(case) or _reordered(case)


def _other_text(case: Case) -> str:
    """A text is shown that nothing stands for, while another of the same table is hinted at and not used at all."""
    asked = _ASKED.search(case.text)
    if asked is None or case.says(_CONTACT):
        return ""
    for item in case.told.shown:
        source = case.told.source(column) if (column := _plain(item)) is not None else None
        if source is None or source[1].type != "TEXT" or hinted(case, *source):
            continue
        for other in source[0].columns:
            unused = other.name.lower() not in case.told.columns and not is_key(source[0], other)
            if unused and other.type == "TEXT" and stem(asked[1]) == stem(telling(source[0], other)[-1]):
                return f"'{other.name}' is named, {source[1].name} is shown"
    return ""


def _plain(item: exp.Expr) -> exp.Column | None:
    """A column that is shown, or counted without repeats."""
    if isinstance(item, exp.Count) and isinstance(item.this, exp.Distinct) and len(item.this.expressions) == 1:
        item = item.this.expressions[0]
    return item if isinstance(item, exp.Column) else None


def _missing(case: Case) -> str:
    """`with their populations` where no population is in the query."""
    for match in _THEIR.finditer(case.text):
        for table in case.told.tables:
            for column in table.columns:
                named = telling(table, column) == (match[1].removesuffix("s"),) and not is_key(table, column)
                if named and column.name.lower() not in case.told.columns:
                    return f"'{column.name}' is not in the SQL"
    return ""


def _other_extreme(case: Case) -> str:
    """A column set equal to the maximum of another column of its table."""
    for node in case.told.all(exp.EQ):
        inner = node.expression.this if isinstance(node.expression, exp.Subquery) else None
        extreme = inner.selects[0] if isinstance(inner, exp.Select) and len(inner.selects) == 1 else None
        if isinstance(extreme, (exp.Max, exp.Min)):
            left, right = list(node.this.find_all(exp.Column)), list(extreme.find_all(exp.Column))
            if len(left) == len(right) == 1 and left[0].name.lower() != right[0].name.lower():
                sources = case.told.source(left[0]), case.told.source(right[0])
                if sources[0] and sources[1] and sources[0][0] is sources[1][0]:
                    return f"{left[0].name} is compared with an extreme {right[0].name}"
    return ""


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
    found = re.search(rf"(?<![a-z]){' '.join(words)}s?(?: ([a-z]+))?(?![a-z])", case.text)
    return found is not None and stem(found[1] or "") not in case.told.stems


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

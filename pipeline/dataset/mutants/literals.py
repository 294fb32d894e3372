"""Values written otherwise: numbers one off, other texts, dates and patterns.

A `Reading` in → edits. Another value of the same column is taken where the schema knows some. One limit: numbers of
functions (the 2 of ROUND) and of LIMIT are not touched here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from pipeline.dataset.mutants.reading import Edit, Reading

COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.Between, exp.NullSafeEQ, exp.NullSafeNEQ)
FAR = 50
"""Smaller bounds are counts of something: more than 3 orders."""
_BOUNDS = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)
_CALCULATED = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod)
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(.*)")


def literal_edits(query: Reading) -> Iterator[Edit]:
    """Every change to a value, in the order of the text."""
    for node in query.all(exp.Literal, exp.In):
        if isinstance(node, exp.In):
            yield from _shorter_list(query, node)
        elif isinstance(node.parent, (exp.Like, exp.ILike, exp.Glob)) and node.arg_key == "expression":
            for text in _patterns(str(node.this), "*" if isinstance(node.parent, exp.Glob) else "%"):
                yield Edit("literal", ((node, _quoted(text)),))
        elif node.is_string:
            if isinstance(node.parent, (*COMPARED, exp.In)):
                yield from (Edit("literal", ((node, _quoted(text)),)) for text in _texts(query, node))
        else:
            outer = node.parent if isinstance(node.parent, exp.Neg) else node
            if isinstance(outer.parent, (*COMPARED, *_CALCULATED, exp.In)):
                far = isinstance(outer.parent, _BOUNDS)
                yield from (Edit("literal", ((node, text),)) for text in _numbers(str(node.this), far))


def _numbers(text: str, far: bool) -> Iterator[str]:
    """Numbers beside it: one off; a tenth off where it is a bound of 50 or more, which none but a row at it would tell."""
    if not text.isdecimal():
        value = float(text)
        step = max(0.1, abs(value) / 10)
        yield from (f"{value + step:g}", f"{value - step:g}")
        return
    number = int(text)
    offset = number // 10 if far and number >= FAR else 1
    yield str(number + offset)
    if number > 0:
        yield str(number - offset)


def _texts(query: Reading, node: exp.Expr) -> Iterator[str]:
    value = str(node.this)
    if match := _DATE.fullmatch(value):
        year, month, day, rest = match.groups()
        yield f"{year}-{month}-{_other_day(int(day)):02}{rest}"
        yield f"{int(year) + 1}-{month}-{day}{rest}"
        return
    if value.isdecimal():
        yield f"{int(value) + 1:0{len(value)}}"
        yield f"{max(0, int(value) - 1):0{len(value)}}"
        return
    known = [other for other in _known(query, node) if other != value]
    yield from known[:2]
    yield from [_misspelt(value), value[:-1]][: 2 - len(known[:2])] if len(value) > 1 else [_misspelt(value)]


def _misspelt(text: str) -> str:
    """The text with another last letter."""
    return text[:-1] + ("x" if text[-1:] != "x" else "y")


def _other_day(day: int) -> int:
    return day - 1 if day > 27 else day + 1


def _known(query: Reading, node: exp.Expr) -> list[str]:
    """Other values of the column it is compared with; those of a CHECK before samples."""
    parent = node.parent
    sides = [parent.this, parent.args.get("expression")] if parent else []
    found = next((own for side in sides if side is not None and (own := query.find(side))), None)
    if found is None:
        return []
    taken = {str(other.this) for other in (parent.expressions if isinstance(parent, exp.In) else [])}
    return [value for value in found.column.allowed or found.column.samples if value not in taken]


def _patterns(text: str, any_text: str) -> Iterator[str]:
    core = text.strip(any_text)
    if not core:
        return
    starts, ends = text.startswith(any_text), text.endswith(any_text)
    for front, back in ((True, True), (False, True), (True, False)):
        if (front, back) != (starts, ends):
            yield any_text * front + core + any_text * back
    yield any_text * starts + _misspelt(core) + any_text * ends


def _shorter_list(query: Reading, node: exp.Expr) -> Iterator[Edit]:
    values = node.expressions
    for number in range(len(values) if len(values) > 1 else 0):
        rest = ", ".join(query.of(value) for at, value in enumerate(values) if at != number)
        yield Edit("literal", ((node, f"{query.of(node.this)} IN ({rest})"),))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

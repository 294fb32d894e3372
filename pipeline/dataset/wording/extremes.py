"""Superlatives: the highest, the cheapest, 最も新しい; and whether the query takes the maximum, the minimum, or none.

Cues that are words of the query's own identifiers (`highest_point`) count as told. A question with cues of both
directions is left alone, and so are adjectives whose direction depends on the column (fastest, best, oldest by age).
"""

from __future__ import annotations

import re

from sqlglot import exp

from pipeline.dataset.wording.facts import Case, number_of

_UP = re.compile(
    r"\b(highest|largest|biggest|longest|tallest|greatest|priciest|heaviest|maximum|costliest|deepest)\b"
    r"|(?<!at )\bmost (?!sparse|recent|of\b|affordable|cheap|common|inexpensive|remote|economical)\b"
    r"|最大|最高|最多|最長|(最も|もっとも|一番|いちばん)(高|多|大き|長|広)"
)
_DOWN = re.compile(
    r"\b(lowest|smallest|shortest|fewest|minimum|cheapest|lightest)\b"
    r"|(?<!at )\bleast (?!dense)\b|\bmost (sparsely|affordable|inexpensive)\b"
    r"|最小|最低|最少|最短|(最も|もっとも|一番|いちばん)(低|少な|小さ|短|安|狭)"
)
_TURNED = re.compile(
    r"(?<!at )\b(least|most) (dense|recent|affordable|common|remote)\w*|\b(oldest|newest|youngest|fastest|slowest|earliest)\b"
)
_EXTREME = (exp.Max, exp.Min, exp.Limit, exp.Window)
_SORTED = re.compile(
    r"\b(sort\w*|order(ed)? (by|from)|rank\w*|list\w*|from the|first|starting|descending|ascending|then|to|"
    r"by)\b|順|から|並べ|ランキング"
)
_OLDEST = re.compile(r"\b(oldest|first|longest[- ]serving|earliest)\b|最古|(最も|もっとも|一番|いちばん)(古|早)|最初")
_NEWEST = re.compile(r"\b(newest|latest|most recent(ly)?)\b|最新|(最も|もっとも|一番|いちばん)(新し|最近)|最後|直近")
_NTH = re.compile(
    r"\b(second|third|fourth|fifth|2nd|3rd|4th|5th)[- ](most|least|highest|lowest|largest|smallest|biggest|"
    r"longest|shortest|"
    r"tallest|cheapest|oldest|newest)\b|([2-5二三四五])番目に"
)
_NTH_VALUE = {"second": 2, "third": 3, "fourth": 4, "fifth": 5, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5, "2": 2, "3": 3,
              "4": 4, "5": 5, "二": 2, "三": 3, "四": 4, "五": 5}  # fmt: skip
_TOP = re.compile(
    r"\btop (\d+)\b|上位\s*(\d+)|トップ\s*(\d+)|ベスト\s*(\d+)|\b(?:the|our) (\d+) (?:most|least|\w+est)\b"
)


def unfollowed_extreme(case: Case) -> str:
    """A superlative that the query does not take, or takes the other way; a place or number of rows it does not keep."""
    return _place(case) or _direction(case) or _age(case)


def _place(case: Case) -> str:
    numbers = case.told.numbers
    limits = [number_of(node.expression) for node in case.told.all(exp.Limit)]
    for match in _TOP.finditer(case.text):
        wanted = float(next(filter(None, match.groups())))
        if limits and wanted not in limits and wanted not in numbers:
            return f"LIMIT is not {wanted:g}"
    nested = len(case.told.all(exp.Max)) + len(case.told.all(exp.Min)) > 1
    for match in _NTH.finditer(case.text):
        place = _NTH_VALUE[match[1] or match[3]]
        if not nested and not {place, place - 1.0} & _places(case):
            return f"place {place} is not in the SQL"
    return ""


def _places(case: Case) -> set[float]:
    """Numbers that can stand for a place: of OFFSET, of a rank compared with."""
    found = {number_of(node.expression) for node in case.told.all(exp.Offset)}
    for kind in (exp.EQ, exp.LT, exp.LTE):
        found |= {number_of(node.expression) for node in case.told.all(kind)}
    return {number for number in found if number is not None}


def _direction(case: Case) -> str:
    text = case.text
    for name in case.told.columns:  # `the highest point` where highest_point is a column that is read
        first = name.partition("_")[0]
        if _UP.match(first + " ") or _DOWN.match(first + " "):
            text = re.sub(rf"\b{re.escape(first)}\b", " ", text)
            text = re.sub("最[高大長多]" if _UP.match(first + " ") else "最[低小短少]", " ", text)
    up, down = bool(_UP.search(text)), bool(_DOWN.search(text))
    if not up and not down and _TURNED.search(text) and not case.told.has(exp.Max, exp.Min, exp.Order, exp.Window):
        return "" if _compares_rows(case) else "no maximum or minimum in the SQL"
    if up == down:
        return ""
    if _date_directions(case):
        return ""  # the longest with us is the first hired
    told_up, told_down = _told(case)
    if not told_up and not told_down and not _compares_rows(case):
        return f"no {'maximum' if up else 'minimum'} in the SQL"
    if up and told_down and not told_up:
        return "the minimum is taken, not the maximum"
    if down and told_up and not told_down:
        return "the maximum is taken, not the minimum"
    if not case.told.has(*_EXTREME) and not case.says(_SORTED) and not _compares_rows(case):
        return "no LIMIT in the SQL"
    return ""


def _told(case: Case) -> tuple[bool, bool]:
    """Whether the query takes a maximum, and a minimum, anywhere: by the function or by what an ORDER BY begins with."""
    up, down = case.told.has(exp.Max), case.told.has(exp.Min)
    for order in case.told.all(exp.Order):
        first = order.expressions[0] if order.expressions else None
        if isinstance(first, exp.Ordered):
            key = first.this
            descending = bool(first.args.get("desc")) != isinstance(key, exp.Neg)
            up, down = up or descending, down or not descending
    return up, down


def _compares_rows(case: Case) -> bool:
    """`NOT EXISTS (… WHERE other.price > mine.price)`, `>= ALL (…)`."""
    return case.told.has(exp.All, exp.Any) or any(
        isinstance(node.this, exp.Column) and isinstance(node.expression, exp.Column)
        for kind in (exp.GT, exp.GTE, exp.LT, exp.LTE)
        for node in case.told.all(kind)
    )


def _age(case: Case) -> str:
    """Oldest and newest by a date: the first day and the last."""
    old, new = case.says(_OLDEST), case.says(_NEWEST)
    if old == new:
        return ""
    directions = _date_directions(case)
    if old and directions == {True}:
        return "the latest is taken, not the earliest"
    if new and directions == {False}:
        return "the earliest is taken, not the latest"
    return ""


def _date_directions(case: Case) -> set[bool]:
    """For each extreme taken of a date column: True for the last day, False for the first."""
    found: set[bool] = set()
    taken: list[tuple[exp.Expr | None, bool]] = [(node.this, True) for node in case.told.all(exp.Max)]
    taken += [(node.this, False) for node in case.told.all(exp.Min)]
    for order in case.told.all(exp.Order):
        first = order.expressions[0] if order.expressions else None
        if isinstance(first, exp.Ordered):
            taken.append((first.this, bool(first.args.get("desc"))))
    for node, last in taken:
        source = case.told.source(node) if isinstance(node, exp.Column) else None
        if source is None or source[1].type not in ("DATE", "DATETIME"):
            return set()
        found.add(last)
    return found

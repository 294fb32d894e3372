"""What CHECKs ask of a row, read from their syntax trees, so that most candidate rows fit at once.

Understood: comparisons of a column with a constant, BETWEEN, IN, length(x), order of two columns, `x = expression`.
Everything else is left to SQLite, which judges every row anyway.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from pipeline.database.filling.values import Value, coerced
from pipeline.database.schema import Table, quote

Row = dict[str, Value]
_FLIPPED: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.GT: exp.LT,
    exp.GTE: exp.LTE,
    exp.LT: exp.GT,
    exp.LTE: exp.GTE,
}
_SMALL_LARGE = (
    ("lowest", "highest"),
    ("low", "high"),
    ("min", "max"),
    ("start", "end"),
    ("created", "updated"),
    ("hire", "termination"),
    ("cost", "price"),
)


@dataclass
class Checks:
    """Hints for one table; all column names in lower case. Bounds are inclusive."""

    low: dict[str, float] = field(default_factory=dict)
    high: dict[str, float] = field(default_factory=dict)
    choices: dict[str, tuple[Value, ...]] = field(default_factory=dict)
    lengths: dict[str, tuple[int, int]] = field(default_factory=dict)
    ordered: list[tuple[str, str]] = field(default_factory=list)
    """(smaller, larger): the first column's value must not be above the second's."""
    strict: set[tuple[str, str]] = field(default_factory=set)
    """Those of `ordered` that may not be equal either."""
    believed: list[tuple[str, str]] = field(default_factory=list)
    """The same, told from the columns' names alone."""
    equal: list[tuple[str, str]] = field(default_factory=list)
    """(column, SQLite expression over the row)."""

    def mend(self, row: Row, wanted: Row, connection: sqlite3.Connection) -> None:
        """Change the row in place so that it fits what is understood; `wanted` are its literals."""
        for name, (low, high) in self.lengths.items():
            value = row.get(name)
            if isinstance(value, str):
                row[name] = (value + "0" * max(0, low - len(value)))[:high]
        free = [pair for pair in self.believed if not wanted.keys() & set(pair)]
        for smaller, larger in self.ordered + free:
            first, second = row.get(smaller), row.get(larger)
            if _above(first, second):
                row[smaller], row[larger] = second, first
            elif first == second and (smaller, larger) in self.strict:
                row[larger] = _next(second)
        for name, expression in self.equal:
            row[name] = _computed(expression, row, connection)


@lru_cache(maxsize=512)
def read_checks(table: Table) -> Checks:
    """The hints in a table's CHECKs; those that do not parse are left out."""
    checks = Checks(believed=_named_pairs([column.name.lower() for column in table.columns]))
    for text in table.checks:
        try:
            tree = sqlglot.parse_one(text, dialect="sqlite")
        except SqlglotError:
            continue
        names = {column.name.lower() for column in table.columns}
        for node in tree.find_all(exp.GT, exp.GTE, exp.LT, exp.LTE, exp.EQ, exp.Between, exp.In):
            if not node.find_ancestor(exp.Not):
                _read(node, checks, names, firm=not node.find_ancestor(exp.Or))
    return checks


def _named_pairs(names: Sequence[str]) -> list[tuple[str, str]]:
    """Columns whose names say that one is not above the other: `low_price` and `high_price`."""
    found = []
    for name in names:
        for small, large in _SMALL_LARGE:
            other = name.replace(small, large)
            if other != name and other in names:
                found.append((name, other))
    return found


def _above(first: Value, second: Value) -> bool:
    """Whether the first is the larger of two comparable values; texts only where they are dates or numbers."""
    first, second = coerced(first, "real"), coerced(second, "real")
    if isinstance(first, str) and isinstance(second, str):
        return first[:1].isdigit() and second[:1].isdigit() and first > second
    return isinstance(first, float) and isinstance(second, float) and first > second


def _next(value: Value) -> Value:
    """The next larger number, or the day after an ISO date; other values as they are."""
    if isinstance(value, int | float):
        return value + 1
    try:
        day = dt.date.fromisoformat(str(value)[:10]) + dt.timedelta(days=1)
    except (ValueError, OverflowError):
        return value
    return day.isoformat() + str(value)[10:]


def _read(node: exp.Expr, checks: Checks, names: set[str], firm: bool) -> None:
    """Add one comparison's hints; bounds only where it must hold (`firm`), not in a branch of OR."""
    left, right = node.this, node.args.get("expression")
    if isinstance(node, exp.Between):
        if firm:
            _bound(checks, left, exp.GTE, node.args["low"])
            _bound(checks, left, exp.LTE, node.args["high"])
    elif isinstance(node, exp.In):
        values = [_constant(value) for value in node.expressions]
        if firm and isinstance(left, exp.Column) and values:
            checks.choices[left.name.lower()] = tuple(values)
    elif isinstance(left, exp.Column) and isinstance(right, exp.Column):
        pair = (left.name.lower(), right.name.lower())
        if not isinstance(node, exp.EQ):
            pair = pair if isinstance(node, exp.LT | exp.LTE) else pair[::-1]
            checks.ordered.append(pair)
            checks.strict |= {pair} if isinstance(node, exp.LT | exp.GT) else set()
    elif firm and right is not None:
        _read_firm(node, checks, names)


def _read_firm(node: exp.Expr, checks: Checks, names: set[str]) -> None:
    """A comparison with something other than a single column, that must hold."""
    left, right = node.this, node.args["expression"]
    used = {column.name.lower() for column in right.find_all(exp.Column)}
    if isinstance(node, exp.EQ) and isinstance(left, exp.Column) and used:
        if used <= names - {left.name.lower()}:
            checks.equal.append((left.name.lower(), right.sql(dialect="sqlite")))
    elif _constant(right) is None and type(node) in _FLIPPED:
        _bound(checks, right, _FLIPPED[type(node)], left)
    else:
        _bound(checks, left, type(node), right)


def _bound(checks: Checks, of: exp.Expr, kind: type[exp.Expr], to: exp.Expr | None) -> None:
    limit = _constant(to)
    if not isinstance(limit, int | float):
        return
    step = 1 if isinstance(limit, int) else 0.01
    lowest = limit + step if kind is exp.GT else limit if kind in (exp.GTE, exp.EQ) else None
    highest = limit - step if kind is exp.LT else limit if kind in (exp.LTE, exp.EQ) else None
    if isinstance(of, exp.Length) and isinstance(of.this, exp.Column):
        name = of.this.name.lower()
        low, high = checks.lengths.get(name, (0, 10_000))
        checks.lengths[name] = (int(max(low, lowest or 0)), int(min(high, highest if highest is not None else high)))
    elif isinstance(of, exp.Column):
        name = of.name.lower()
        if lowest is not None:
            checks.low[name] = max(lowest, checks.low.get(name, lowest))
        if highest is not None:
            checks.high[name] = min(highest, checks.high.get(name, highest))


def _constant(node: exp.Expr | None) -> Value:
    if isinstance(node, exp.Neg):
        value = _constant(node.this)
        return -value if isinstance(value, int | float) else None
    if isinstance(node, exp.Literal):
        return str(node.this) if node.is_string else coerced(str(node.this), "integer")
    return None


def _computed(expression: str, row: Row, connection: sqlite3.Connection) -> Value:
    columns = ", ".join(f"? AS {quote(name)}" for name in row)
    try:
        value: Value = connection.execute(
            f"SELECT {expression} FROM (SELECT {columns})", list(row.values())
        ).fetchone()[0]
    except sqlite3.Error:
        return None
    return value

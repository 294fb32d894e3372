"""Conditions in one form: brackets and NOT resolved, whole numbers with one kind of bound, what is always true left out.

`Facts` in → whether the tree was changed. One limit: a CHECK counts where it compares one column with a number.
"""

from __future__ import annotations

from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from pipeline.database.schema import Table
from pipeline.dataset.equivalent.facts import Facts
from pipeline.dataset.mutants.reading import Found, conjuncts

_OPPOSITE: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.EQ: exp.NEQ, exp.NEQ: exp.EQ, exp.GT: exp.LTE, exp.LTE: exp.GT, exp.LT: exp.GTE, exp.GTE: exp.LT,
}  # fmt: skip
_MIRRORED: dict[type[exp.Expr], type[exp.Expr]] = {exp.GT: exp.LT, exp.GTE: exp.LTE, exp.LT: exp.GT, exp.LTE: exp.GTE}
_STEPS: dict[type[exp.Expr], int] = {exp.GT: 1, exp.LT: -1}
_CLAUSES = (exp.Where, exp.Having, exp.Join)


def plain_terms(facts: Facts) -> bool:
    """NOT a = 1 is a <> 1, a IN (1) is a = 1, BETWEEN is two bounds, 1 < a is a > 1; brackets that do nothing go."""
    for node in facts.nodes:
        new = _plain(node, facts)
        if new is not None:
            node.replace(new)
            return True
    return False


def _plain(node: exp.Expr, facts: Facts) -> exp.Expr | None:
    inner: exp.Expr = node.this.unnest() if isinstance(node, (exp.Paren, exp.Not)) else node
    parent, new = node.parent, None
    if isinstance(node, exp.Paren):
        clause = (
            isinstance(parent, (*_CLAUSES, exp.Paren)) or isinstance(parent, exp.And) and not isinstance(inner, exp.Or)
        )
        new = inner if clause or isinstance(inner, (exp.Column, exp.Literal)) else None
    elif isinstance(node, exp.Not) and isinstance(inner, exp.Not) and isinstance(parent, (*_CLAUSES, exp.Connector)):
        new = exp.Paren(this=inner.this)
    elif isinstance(node, exp.Not) and type(inner) in _OPPOSITE:
        new = _OPPOSITE[type(inner)](this=inner.this, expression=inner.args["expression"])
    elif isinstance(node, exp.In) and len(node.expressions) == 1 and isinstance(node.expressions[0], exp.Literal):
        new = exp.EQ(this=node.this, expression=node.expressions[0])
    elif isinstance(node, exp.Between) and isinstance(parent, (*_CLAUSES, exp.And)):
        low = exp.GTE(this=node.this.copy(), expression=node.args["low"])
        new = exp.And(this=low, expression=exp.LTE(this=node.this, expression=node.args["high"]))
    elif type(node) in _MIRRORED and isinstance(node.this, exp.Literal):
        new = _MIRRORED[type(node)](this=node.args["expression"], expression=node.this)
        new = new if not isinstance(node.args["expression"], exp.Literal) else None
    return new or _whole_bound(node, facts)


def _whole_bound(node: exp.Expr, facts: Facts) -> exp.Expr | None:
    """More than 5 is at least 6 where only whole numbers are compared."""
    step = _STEPS.get(type(node))
    if step is None or not _is_whole(node.this, facts) or (bound := _number(node.expression)) is None:
        return None
    if bound != int(bound):
        return None
    kind = exp.GTE if step > 0 else exp.LTE
    return kind(this=node.this, expression=_written(int(bound) + step))


def _is_whole(node: exp.Expr, facts: Facts) -> bool:
    if isinstance(node, exp.Column):
        found = facts.find(node)
        return found is not None and found.column.type == "INTEGER"
    if isinstance(node, (exp.Add, exp.Sub, exp.Mul)):
        return _is_whole(node.this, facts) and _is_whole(node.expression, facts)
    if isinstance(node, (exp.Sum, exp.Min, exp.Max, exp.Paren)):
        return _is_whole(node.this, facts)
    return isinstance(node, exp.Count) or isinstance(node, exp.Literal) and not node.is_string and node.this.isdecimal()


def _number(node: exp.Expr | None) -> float | None:
    if isinstance(node, exp.Neg):
        inner = _number(node.this)
        return None if inner is None else -inner
    return float(node.this) if isinstance(node, exp.Literal) and not node.is_string else None


def _written(value: int) -> exp.Expr:
    literal = exp.Literal.number(abs(value))
    return exp.Neg(this=literal) if value < 0 else literal


def bounds_of_checks(facts: Facts) -> bool:
    """A bound that every row meets goes; unequal to the least value there can be is more than it."""
    for node in facts.all(exp.GTE, exp.GT, exp.NEQ):
        low, bound = _least(node.this, facts), _number(node.expression)
        if low is None or bound is None or not isinstance(node.parent, (exp.Where, exp.Having, exp.And)):
            continue
        if isinstance(node, exp.NEQ):
            if bound == low[0] and not low[1]:
                node.replace(exp.GT(this=node.this, expression=node.expression))
                return True
        elif (bound < low[0] or bound == low[0] and (low[1] or isinstance(node, exp.GTE))) and _filled(
            node.this, facts
        ):
            _drop(node)
            return True
    return False


def _filled(node: exp.Expr, facts: Facts) -> bool:
    return isinstance(node, exp.Count) or facts.never_null(facts.find(node))


def _least(node: exp.Expr, facts: Facts) -> tuple[float, bool] | None:
    """The bound below a value and whether it is itself left out: of a column by its CHECKs, of a count in a group 1."""
    if isinstance(node, exp.Count):
        owner = facts.owner(node)
        grouped = isinstance(node.this, exp.Star) and owner is not None and owner.args.get("group")
        return (1.0 if grouped else 0.0), False
    found = facts.find(node)
    if found is None:
        return None
    bounds = [bound for name, bound in _checked(found.table) if name == found.column.name.lower()]
    allowed = found.column.allowed if found.column.type == "INTEGER" else ()
    if allowed and all(value.lstrip("-").isdecimal() for value in allowed):
        bounds.append((float(min(map(int, allowed))), False))
    whole = found.column.type == "INTEGER"
    bounds = [(bound[0] + 1, False) if whole and bound[1] and bound[0] == int(bound[0]) else bound for bound in bounds]
    return max(bounds, default=None)


@lru_cache(maxsize=256)
def _checked(table: Table) -> tuple[tuple[str, tuple[float, bool]], ...]:
    """The columns of a table that a CHECK bounds from below."""
    found = []
    for check in table.checks:
        try:
            tree = sqlglot.parse_one(check, read="sqlite")
        except SqlglotError:
            continue
        for term in conjuncts(tree):
            low = term.args.get("low") if isinstance(term, exp.Between) else term.args.get("expression")
            value = _number(low)
            if (
                isinstance(term, (exp.GT, exp.GTE, exp.Between))
                and isinstance(term.this, exp.Column)
                and value is not None
            ):
                found.append((term.this.name.lower(), (value, isinstance(term, exp.GT))))
    return tuple(found)


def no_null_tests(facts: Facts) -> bool:
    """IS NOT NULL goes where it is always true or another condition says it; a test of a join asks for the key."""
    for node in facts.all(exp.Not, exp.Is):
        test = node.this.unnest() if isinstance(node, exp.Not) else node
        if not isinstance(test, exp.Is) or not isinstance(test.expression, exp.Null):
            continue
        found = facts.find(test.this)
        if found is None:
            continue
        droppable = isinstance(node, exp.Not) and isinstance(node.parent, (exp.Where, exp.And))
        if droppable and (facts.never_null(found) or _said_elsewhere(facts, node, test.this)):
            _drop(node)
            return True
        if _asks_for_row(facts, node, found):
            primary = exp.to_identifier(found.table.primary_key[0].lower(), quoted=True)
            if test.this.this != primary:
                test.this.set("this", primary)
                return True
    return False


def _asks_for_row(facts: Facts, node: exp.Expr, found: Found) -> bool:
    """Whether the column is empty only where an outer join found no row."""
    outer = found.alias in facts.optional(found.select) and bool(found.table.primary_key)
    return outer and not isinstance(node.find_ancestor(exp.Join, exp.Select), exp.Join) and facts.filled_by_join(found)


def _said_elsewhere(facts: Facts, node: exp.Expr, column: exp.Expr) -> bool:
    """Whether another condition beside it fails where the column is empty."""
    owner = facts.owner(node)
    others = [term for term in facts.terms(owner) if term is not node] if owner else []
    compared = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Like)
    return any(isinstance(term, compared) and column in (term.this, term.expression) for term in others)


def _drop(node: exp.Expr) -> None:
    """Leave a condition out that is always true."""
    parent = node.parent
    if isinstance(parent, exp.And):
        parent.replace(parent.expression if parent.this is node else parent.this)
    elif parent is not None:
        parent.pop()


def ordered_terms(facts: Facts) -> bool:
    """Terms of AND and OR, and the sides of an equality, in the order of their text; each once."""
    changed = False
    for node in facts.all(exp.EQ, exp.NEQ):
        left, right = node.this, node.expression
        if right.sql(copy=False) < left.sql(copy=False):
            node.set("this", right.copy())
            node.set("expression", left.copy())
            changed = True
    for node in facts.all(exp.And, exp.Or) if not changed else ():
        if isinstance(node.parent, type(node)):
            continue
        terms = list(node.flatten())
        texts = {term.sql(copy=False): term for term in terms}
        if list(texts) != sorted(texts) or len(texts) != len(terms):
            kept = [texts[text].copy() for text in sorted(texts)]
            rebuilt = kept[0]
            for term in kept[1:]:
                rebuilt = type(node)(this=rebuilt, expression=term)
            node.replace(rebuilt)
            return True
    return changed

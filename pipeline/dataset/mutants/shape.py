"""Clauses written otherwise: DISTINCT, GROUP BY, HAVING, ORDER BY, LIMIT, set operations.

A `Reading` in → edits. One limit: HAVING becomes WHERE only where it compares an aggregate of one column.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from pipeline.dataset.mutants.reading import Edit, Reading, conjuncts, is_tie_breaker

_TESTED = (exp.In, exp.Exists)
_OPERATIONS: dict[type[exp.Expr], tuple[str, ...]] = {
    exp.Union: ("UNION", "UNION ALL", "INTERSECT", "EXCEPT"),
    exp.Intersect: ("INTERSECT", "EXCEPT", "UNION"),
    exp.Except: ("EXCEPT", "INTERSECT", "UNION"),
}


def shape_edits(query: Reading) -> Iterator[Edit]:
    """Every change to a clause."""
    for node in query.all(exp.Select, exp.SetOperation):
        if isinstance(node, exp.Select):
            yield from _distinct(query, node)
            yield from _groups(query, node)
        else:
            yield from _operations(query, node)
        yield from _order(query, node)
        yield from _limit(query, node)


def _is_tested(query: exp.Expr) -> bool:
    """Whether it is only asked if a row is in it: IN and EXISTS."""
    parent = query.parent.parent if isinstance(query.parent, exp.Subquery) else query.parent
    return isinstance(parent, _TESTED)


def _is_one_value(query: exp.Expr) -> bool:
    """Whether it stands for a value, as in `price > (SELECT …)`: only its first row counts."""
    return isinstance(query.parent, exp.Subquery) and not isinstance(query.parent.parent, (exp.From, exp.Join, exp.CTE))


def _takes_one(query: exp.Expr) -> bool:
    limit = query.args.get("limit")
    return limit is not None and isinstance(limit.expression, exp.Literal) and limit.expression.this == "1"


def _distinct(query: Reading, select: exp.Select) -> Iterator[Edit]:
    first = select.expressions[0] if select.expressions else None
    grouped = select.args.get("group")
    alone = not grouped and bool(query.own(select, exp.AggFunc))
    if first is None or _is_tested(select) or alone or not select.args.get("from_") or _is_one_value(select):
        return
    if select.args.get("distinct"):
        yield Edit("distinct", ((select.args["distinct"], ""),))
    elif not isinstance(select.parent, exp.SetOperation) and not _takes_one(select):
        yield Edit("distinct", ((first, f"DISTINCT {query.of(first)}"),))


def _groups(query: Reading, select: exp.Select) -> Iterator[Edit]:
    group, having = select.args.get("group"), select.args.get("having")
    if group:
        terms = [query.of(term) for term in group.expressions]
        for number in range(len(terms) if len(terms) > 1 else 0):
            rest = ", ".join(terms[:number] + terms[number + 1 :])
            yield Edit("group", ((group, f"GROUP BY {rest}"),))
        if len(terms) == 1 and not having and not _sorted_by_aggregate(select):
            yield Edit("group", ((group, ""),))
    if having and group:
        yield from _having(query, select, having)


def _sorted_by_aggregate(select: exp.Select) -> bool:
    """Whether ORDER BY counts something that the outputs do not: without groups SQLite refuses it."""
    order = select.args.get("order")
    return bool(order and order.find(exp.AggFunc)) and not any(item.find(exp.AggFunc) for item in select.expressions)


def _having(query: Reading, select: exp.Select, having: exp.Expr) -> Iterator[Edit]:
    """HAVING SUM(amount) > 5 as WHERE amount > 5."""
    terms = list(conjuncts(having.this))
    aggregates = [node for node in having.find_all(exp.AggFunc) if query.owner(node) is select]
    if len(terms) != 1 or len(aggregates) != 1 or not isinstance(aggregates[0].this, exp.Column):
        return
    text = query.of(terms[0]).replace(query.of(aggregates[0]), query.of(aggregates[0].this))
    where = select.args.get("where")
    if where:
        yield Edit("having", ((where, f"WHERE ({query.of(where.this)}) AND {text}"), (having, "")))
    else:
        group = select.args["group"]
        yield Edit("having", ((group, f"WHERE {text} {query.of(group)}"), (having, "")))


def _order(query: Reading, node: exp.Expr) -> Iterator[Edit]:
    order = node.args.get("order")
    if not order or _is_tested(node) and not node.args.get("limit"):
        return
    for term in order.expressions:
        if is_tie_breaker(query, term.this):
            continue
        turned = f"{query.of(term.this)}{'' if term.args.get('desc') else ' DESC'}"
        yield Edit("order", ((term, turned),))
    group = node.args.get("group")
    sorted_anyway = (
        group and [term.this for term in order.expressions if not term.args.get("desc")] == group.expressions
    )
    if node.args.get("limit") or not sorted_anyway:  # SQLite groups by sorting
        yield Edit("order", ((order, ""),))


def _limit(query: Reading, node: exp.Expr) -> Iterator[Edit]:
    limit, offset = node.args.get("limit"), node.args.get("offset")
    if isinstance(node.parent, exp.Exists):
        return
    count = str(limit.expression.this) if limit and isinstance(limit.expression, exp.Literal) else ""
    if limit and count.isdecimal():
        yield Edit("limit", ((limit.expression, str(int(count) + 1)),))
        if int(count) > 1:
            yield Edit("limit", ((limit.expression, str(int(count) - 1)),))
        if not offset:
            yield Edit("limit", ((limit, ""),))
    skipped = str(offset.expression.this) if offset and isinstance(offset.expression, exp.Literal) else ""
    if offset and skipped.isdecimal():
        yield Edit("limit", ((offset, ""),))
        yield Edit("limit", ((offset.expression, str(int(skipped) + 1)),))


def _operations(query: Reading, node: exp.Expr) -> Iterator[Edit]:
    left, right = query.of(node.this), query.of(node.expression)
    names = _OPERATIONS.get(type(node), ())
    own = "UNION ALL" if isinstance(node, exp.Union) and not node.args.get("distinct") else names[0] if names else ""
    tail = "".join(f" {query.of(node.args[name])}" for name in ("order", "limit", "offset") if node.args.get(name))
    for name in names:
        if name != own:
            yield Edit("set-operation", ((node, f"{left} {name} {right}{tail}"),))
    if not tail and not isinstance(node.parent, exp.SetOperation):
        yield Edit("set-operation", ((node, left),))
        yield Edit("set-operation", ((node, right),))

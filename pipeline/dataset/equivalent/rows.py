"""Repeats, order and number of rows where they make no difference.

`Facts` in → whether the tree was changed. One limit: what window functions and GROUP_CONCAT read is left as it is.
"""

from __future__ import annotations

from sqlglot import exp

from pipeline.dataset.equivalent.facts import Facts, Key, aggregates


def exists_only(facts: Facts) -> bool:
    """What a SELECT in EXISTS shows, sorts and repeats does not matter."""
    for node in facts.all(exp.Exists):
        select = node.this.unnest()
        if not isinstance(select, exp.Select) or select.args.get("group") or aggregates(facts, select):
            continue
        plain = [exp.Literal.number(1)]
        if select.expressions != plain or any(select.args.get(name) for name in ("distinct", "order")):
            if select.args.get("limit") or select.args.get("offset"):
                continue
            select.set("expressions", plain)
            select.set("distinct", None)
            select.set("order", None)
            return True
    return False


def _is_tested(query: exp.Expr) -> bool:
    """Whether it is only asked if a value is among its rows."""
    parent = query.parent.parent if isinstance(query.parent, exp.Subquery) else query.parent
    return isinstance(parent, (exp.In, exp.Exists))


def takes_any_rows(facts: Facts) -> bool:
    """Whether a LIMIT takes rows in no order, or DISTINCT leaves open by which of its rows a value is sorted."""
    if any(_cut(node) and not node.args.get("order") for node in facts.all(exp.Select, exp.SetOperation)):
        return True
    return any(
        select.args.get("distinct") and select.args.get("order") and _sorts_by_unseen(facts, select)
        for select in facts.selects()
    )


def _sorts_by_unseen(facts: Facts, select: exp.Select) -> bool:
    items = [item.unalias() for item in select.expressions]
    fixed = facts.decided(select, facts.keys_in(items, select))
    names = {item.alias.lower() for item in select.expressions}
    texts = {item.sql(copy=False) for item in items}
    for term in select.args["order"].expressions:
        own = facts.keys_in([term.this], select)
        known = own and own <= fixed or term.this.sql(copy=False) in texts or term.this.name.lower() in names
        if not known and not isinstance(term.this, exp.Literal):
            return True
    return False


def _cut(query: exp.Expr) -> bool:
    return bool(query.args.get("limit") or query.args.get("offset"))


def needless_distinct(facts: Facts) -> bool:
    """DISTINCT goes where no two rows are the same, or where repeats do not matter."""
    for select in facts.selects():
        distinct = select.args.get("distinct")
        if distinct and not distinct.args.get("on") and _repeats_nothing(facts, select):
            select.set("distinct", None)
            return True
    return False


def _repeats_nothing(facts: Facts, select: exp.Select) -> bool:
    parent = select.parent
    merged = (
        isinstance(parent, (exp.Intersect, exp.Except)) or isinstance(parent, exp.Union) and parent.args.get("distinct")
    )
    if not _cut(select) and (_is_tested(select) or merged):
        return True
    items = [item.unalias() for item in select.expressions]
    shown = facts.keys_in(items, select)
    group = select.args.get("group")
    if group and not _only_extremes(facts, select):
        fixed, texts = facts.decided(select, shown), {item.sql(copy=False) for item in items}
        return all(facts.keys_in([term], select) & fixed or term.sql(copy=False) in texts for term in group.expressions)
    extremes = _only_extremes(facts, select)
    return extremes or not facts.sources(select) or aggregates(facts, select) or facts.decides_rows(select, shown)


def _only_extremes(facts: Facts, select: exp.Select) -> bool:
    """Whether the query around a derived table only asks for its least or greatest values."""
    holder = select.parent.parent if isinstance(select.parent, exp.Subquery) else None
    around = facts.owner(holder) if isinstance(holder, exp.From) else None
    if around is None or _cut(select) or around.args.get("group"):
        return False
    return all(isinstance(item.unalias(), (exp.Min, exp.Max)) for item in around.expressions)


def needless_union_all(facts: Facts) -> bool:
    """UNION ALL is UNION where it is only asked whether a value is among the rows."""
    for node in facts.all(exp.Union):
        if not node.args.get("distinct") and _is_tested(node) and not _cut(node):
            node.set("distinct", True)
            return True
    return False


def needless_order(facts: Facts) -> bool:
    """ORDER BY goes where all rows are taken and nobody sees their order; a term that earlier ones decide goes, too."""
    if any(isinstance(node, (exp.Window, exp.GroupConcat)) for node in facts.nodes):
        return False
    for query in facts.all(exp.Select, exp.SetOperation):
        order = query.args.get("order")
        if order and not _cut(query) and _order_is_lost(query):
            query.set("order", None)
            return True
        if isinstance(query, exp.Select) and (order or _cut(query)) and _one_row(facts, query):
            for name in ("order", "limit"):
                query.set(name, None)
            return True
        if isinstance(query, exp.Select) and order and _shorter(facts, query, order):
            return True
    return False


def _order_is_lost(query: exp.Expr) -> bool:
    """Whether nothing around a query takes some of its rows by their order, as a LIMIT or a single value does."""
    holder = query.parent.parent if isinstance(query.parent, exp.Subquery) else query.parent
    return isinstance(holder, (exp.In, exp.Exists, exp.From, exp.Join, exp.CTE))


def _one_row(facts: Facts, select: exp.Select) -> bool:
    """Whether it gives one row at most, and LIMIT does not take that one."""
    limit, group = select.args.get("limit"), select.args.get("group")
    count = limit.expression if limit else None
    if select.args.get("offset") or count is not None and (not count.is_int or int(count.this) < 1):
        return False
    return not group and (aggregates(facts, select) or facts.decides_rows(select, ()))


def _shorter(facts: Facts, select: exp.Select, order: exp.Expr) -> bool:
    """Drop the terms that the earlier ones decide."""
    group = select.args.get("group")
    grouped = facts.keys_in(group.expressions, select) if group else set()
    by_columns = group is not None and len(grouped) == len(group.expressions)
    kept: list[exp.Expr] = []
    start: set[Key] = set()
    for term in order.expressions:
        own = facts.keys_in([term.this], select)
        fixed = facts.decided(select, start)
        done = by_columns and grouped <= fixed or not group and facts.decides_rows(select, start)
        if kept and (done or own and own <= fixed):
            continue
        kept.append(term)
        start |= own
    if len(kept) == len(order.expressions):
        return False
    order.set("expressions", kept)
    return True

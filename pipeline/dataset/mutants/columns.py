"""Columns and what is calculated from them written otherwise: another column, another aggregate, another operator.

A `Reading` in → edits. One limit: columns of derived tables and CTEs stay, for nothing is known of their types.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from pipeline.database.schema import Column, Table, quote
from pipeline.dataset.mutants.reading import Edit, Found, Reading, is_tie_breaker

CLASSES = {"INTEGER": "number", "REAL": "number", "DATE": "date", "DATETIME": "date", "BOOLEAN": "flag"}
OTHER_AGGREGATES: dict[type[exp.Expr], tuple[str, ...]] = {
    exp.Sum: ("AVG", "MAX"),
    exp.Avg: ("SUM", "MAX"),
    exp.Min: ("MAX",),
    exp.Max: ("MIN",),
}
MOST_COLUMNS = {"select": 4}
"""Other columns tried for one; 2 in all other clauses."""
OPERATORS: dict[type[exp.Expr], str] = {exp.Add: "-", exp.Sub: "+", exp.Mul: "+", exp.Div: "*"}


def column_edits(query: Reading) -> Iterator[Edit]:
    """Every change to a column, an aggregate or an operator."""
    for select in query.selects():
        yield from _grouped_together(query, select)
    for node in query.all(exp.Column, exp.AggFunc, exp.Binary):
        if isinstance(node, exp.Column):
            yield from _columns(query, node)
        elif type(node) in OTHER_AGGREGATES:
            yield from _aggregates(query, node)
        elif isinstance(node, exp.Count):
            yield from _counts(query, node)
        elif type(node) in OPERATORS:
            text = f"{query.of(node.this)} {OPERATORS[type(node)]} {query.of(node.expression)}"
            yield Edit("arithmetic", ((node, text if node.parent_select is node.parent else f"({text})"),))


def class_of(column: Column) -> str:
    """`number`, `date`, `flag`, or `text` for what is left."""
    return CLASSES.get(column.type, "text")


def is_key(table: Table, column: Column) -> bool:
    """Whether a column only identifies: part of the primary key or of a foreign key."""
    names = [*table.primary_key, *(name for key in table.foreign_keys for name in key.columns)]
    return column.name.lower() in (name.lower() for name in names)


def alike(found: Found) -> list[Column]:
    """Other columns of the same table that may be mistaken for it, the likeliest first."""
    own, table = found.column, found.table
    others = [column for column in table.columns if column is not own and class_of(column) == class_of(own)]
    return sorted(others, key=lambda column: is_key(table, column) != is_key(table, own))


def _clause(query: Reading, column: exp.Expr) -> str:
    """The clause of its SELECT a column stands in: `select`, `where`, `order` …"""
    owner, node = query.owner(column), column
    while node.parent is not None and node.parent is not owner:
        node = node.parent
    return "select" if node.arg_key == "expressions" else str(node.arg_key).rstrip("_")


def _columns(query: Reading, node: exp.Column) -> Iterator[Edit]:
    found = query.find(node)
    clause = _clause(query, node) if found else "joins"
    if found is None or clause in ("joins", "group", "from"):
        return
    owner = query.owner(node)
    if clause == "select" and owner is not None and owner.args.get("group") and not node.find_ancestor(exp.AggFunc):
        return  # changed together with the group
    if is_tie_breaker(query, node):
        return
    others = alike(found)
    if clause == "select" and not isinstance(node.parent, exp.AggFunc):
        others += [column for column in found.table.columns if column is not found.column and column not in others]
    for other in others[: MOST_COLUMNS.get(clause, 2)]:
        yield Edit("column", ((node, _renamed(query, node, other)),))
    if owner is not None and not _is_read_by_name(owner):
        for alias, table in query.sources(owner).items():
            if table and alias != found.alias and any(each.name.lower() == node.name.lower() for each in table.columns):
                yield Edit("column", ((node, f"{quote(alias)}.{quote(node.name)}"),))


def _renamed(query: Reading, node: exp.Expr, other: Column) -> str:
    text = f"{query.of(node.args['table'])}." if node.args.get("table") else ""
    name = quote(other.name)
    owner, found = query.owner(node), query.find(node)
    if not text and owner and found and (found.select is not owner or len(query.sources(owner)) > 1):
        text = f"{quote(found.alias)}."
    seen_outside = owner is node.parent and _is_read_by_name(owner)
    return f"{text}{name} AS {quote(node.name)}" if seen_outside and node.arg_key == "expressions" else text + name


def _is_read_by_name(select: exp.Expr | None) -> bool:
    """Whether the names of a SELECT's outputs matter to a query around it."""
    parent = select.parent if select is not None else None
    if isinstance(parent, exp.Subquery):
        return isinstance(parent.parent, (exp.From, exp.Join))
    return isinstance(parent, (exp.SetOperation, exp.CTE))


def _grouped_together(query: Reading, select: exp.Select) -> Iterator[Edit]:
    """A column of GROUP BY, and wherever else it stands outside aggregates, is another one."""
    group = select.args.get("group")
    for term in group.expressions if group else []:
        found = query.find(term)
        if found is None or found.select is not select:
            continue
        same = [each for each in query.own(select, exp.Column) if _is_same(query, each, found)]
        for other in alike(found)[:2]:
            yield Edit("column", tuple((each, _renamed(query, each, other)) for each in same))


def _is_same(query: Reading, node: exp.Expr, found: Found) -> bool:
    inside = node.find_ancestor(exp.AggFunc, exp.Select)
    clause = _clause(query, node)
    return query.find(node) == found and not isinstance(inside, exp.AggFunc) and clause not in ("joins", "where")


def _aggregates(query: Reading, node: exp.Expr) -> Iterator[Edit]:
    numeric = not isinstance(node, (exp.Min, exp.Max)) or _is_measure(query, node.this)
    names = OTHER_AGGREGATES[type(node)] + (("AVG", "SUM") if numeric and isinstance(node, (exp.Min, exp.Max)) else ())
    for name in names:
        yield Edit("aggregate", ((node, f"{name}({query.of(node.this)})"),))


def _is_measure(query: Reading, node: exp.Expr) -> bool:
    found = query.find(node)
    return found is not None and class_of(found.column) == "number" and not is_key(found.table, found.column)


def _counts(query: Reading, node: exp.Count) -> Iterator[Edit]:
    what = node.this
    if isinstance(what, exp.Star):
        yield from (Edit("aggregate", ((node, text),)) for text in _counted(query, node))
    elif isinstance(what, exp.Distinct):
        yield Edit("aggregate", ((node, f"COUNT({query.of(what.expressions[0])})"),))
    else:
        yield Edit("aggregate", ((node, "COUNT(*)"),))
        yield Edit("aggregate", ((node, f"COUNT(DISTINCT {query.of(what)})"),))
        if _is_measure(query, what):
            yield Edit("aggregate", ((node, f"SUM({query.of(what)})"),))


def _columns_of(clause: exp.Expr | None) -> list[exp.Column]:
    return list(clause.find_all(exp.Column)) if clause is not None else []


def _counted(query: Reading, node: exp.Count) -> Iterator[str]:
    """COUNT of a column that may be empty, and of different values of one that may repeat; SUM of a number."""
    owner = query.owner(node)
    if owner is None:
        return
    optional = query.optional(owner)
    empty, repeated, numbers = list[str](), list[tuple[int, str]](), list[str]()
    told = {column.name.lower() for clause in ("group", "where") for column in _columns_of(owner.args.get(clause))}
    for alias, table in query.sources(owner).items():
        primary = [name.lower() for name in table.primary_key] if table else []
        for column in table.columns if table else ():
            text, inside = f"{quote(alias)}.{quote(column.name)}", column.name.lower() in primary
            if alias in optional or column.nullable and not inside and column.name.lower() not in told:
                empty.append(text)
            key = table is not None and is_key(table, column)
            if not column.unique and not inside:
                repeated.append((2 * key + (column.type == "TEXT"), text))
            if class_of(column) == "number" and not key:
                numbers.append(text)
    yield from (f"COUNT({text})" for text in empty[-1:])  # a table's first column is hardly ever empty, nor repeated
    yield from (f"COUNT(DISTINCT {text})" for _, text in sorted(repeated, key=lambda each: each[0])[-1:])
    yield from (f"SUM({text})" for text in numbers[:1])

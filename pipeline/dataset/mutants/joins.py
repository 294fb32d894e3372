"""Tables and joins written otherwise: INNER and LEFT, another column to join by, another table.

A `Reading` in → edits. One limit: keys of several columns are not exchanged.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from pipeline.database.schema import Table, quote
from pipeline.dataset.mutants.columns import alike, is_key
from pipeline.dataset.mutants.reading import Change, Edit, Reading

MOST_TABLES = 2
"""Other tables tried for one that many could stand for, as in SELECT COUNT(*)."""


def join_edits(query: Reading) -> Iterator[Edit]:
    """Every change to a join or to a table."""
    for select in query.selects():
        for join in select.args.get("joins") or []:
            yield from _kind(query, select, join)
            yield from _condition(query, join)
        yield from _table(query, select)


def _kind(query: Reading, select: exp.Select, join: exp.Join) -> Iterator[Edit]:
    text = query.of(join)
    if join.side == "LEFT":
        yield Edit(
            "join-kind", ((join, text.replace("LEFT OUTER JOIN ", "JOIN ", 1).replace("LEFT JOIN ", "JOIN ", 1)),)
        )
    elif join.args.get("on") and not join.side and join.kind in ("", "INNER") and not _only_the_most(select):
        yield Edit("join-kind", ((join, "LEFT " + text.removeprefix("INNER ")),))


def _only_the_most(select: exp.Select) -> bool:
    """Whether only the groups with the most of something are taken: one that an outer join leaves empty comes last."""
    order = select.args.get("order")
    first = order.expressions[0] if order and select.args.get("limit") else None
    return first is not None and bool(first.args.get("desc")) and isinstance(first.this, exp.AggFunc)


def _condition(query: Reading, join: exp.Join) -> Iterator[Edit]:
    """One side of each equality in ON is another column, a key before others."""
    on = join.args.get("on")
    for equality in on.find_all(exp.EQ) if on else ():
        for side in (equality.this, equality.expression):
            found = query.find(side)
            if (
                found is None
                or not isinstance(equality.this, exp.Column)
                or not isinstance(equality.expression, exp.Column)
            ):
                continue
            keys = [other for other in alike(found) if is_key(found.table, other) or other.type == "TEXT"]
            for other in keys[:1]:
                yield Edit("join-condition", ((side, f"{quote(found.alias)}.{quote(other.name)}"),))


def _table(query: Reading, select: exp.Select) -> Iterator[Edit]:
    """A table is another one that has all the columns used of it; a joined one is joined by the key that leads to it."""
    clauses = filter(None, [select.args.get("from_"), *(select.args.get("joins") or [])])
    for clause in clauses:
        source = clause.this
        table = query.sources(select).get(source.alias_or_name.lower())
        if table is None or any(_lists(star) for star in query.own(select, exp.Star)) or _may_clash(query, select):
            continue
        links, others = _uses(query, select, source.alias_or_name.lower())
        made = 0
        for other in query.schema.tables:
            changes = _moved(query, table, other, links) if other.name != table.name else None
            if changes is not None and others <= {column.name.lower() for column in other.columns}:
                alias = quote(source.alias_or_name)
                yield Edit("table", ((source, f"{quote(other.name)} AS {alias}"), *changes))
                made += 1
            if made == MOST_TABLES:
                break


def _lists(star: exp.Expr) -> bool:
    return not isinstance(star.parent, exp.Count)


def _may_clash(query: Reading, select: exp.Select) -> bool:
    """Whether a bare name could mean columns of two tables once one of them is another."""
    return len(query.sources(select)) > 1 and any(
        not column.args.get("table") for column in query.own(select, exp.Column)
    )


def _uses(query: Reading, select: exp.Select, alias: str) -> tuple[list[exp.EQ], set[str]]:
    """The equalities in ON through which a table is joined, and the names of its columns used elsewhere."""
    links: list[exp.EQ] = []
    others: set[str] = set()
    for column in query.all(exp.Column):
        found = query.find(column)
        if found is None or found.select is not select or found.alias != alias:
            continue
        parent = column.parent
        linking = isinstance(parent, exp.EQ) and parent.find_ancestor(exp.Join, exp.Select, exp.Where)
        if isinstance(parent, exp.EQ) and isinstance(linking, exp.Join):
            links.append(parent)
        else:
            others.add(found.column.name.lower())
    return links, others


def _moved(query: Reading, table: Table, other: Table, links: list[exp.EQ]) -> list[Change] | None:
    """The ON of each link as it is with the other table; None where no foreign key leads there."""
    changes: list[Change] = []
    for link in links:
        left, right = query.find(link.this), query.find(link.expression)
        if left is None or right is None:
            return None
        mine, theirs = (left, right) if left.table is table else (right, left)
        pair = _link(theirs.table, other)
        if pair is None:
            return None
        changes.append((link, f"{quote(theirs.alias)}.{quote(pair[0])} = {quote(mine.alias)}.{quote(pair[1])}"))
    return changes


def _link(one: Table, two: Table) -> tuple[str, str] | None:
    """The columns by which a foreign key joins two tables, whichever refers to the other."""
    for key in one.foreign_keys:
        if key.table.lower() == two.name.lower() and len(key.columns) == 1:
            return key.columns[0], key.references[0]
    for key in two.foreign_keys:
        if key.table.lower() == one.name.lower() and len(key.columns) == 1:
            return key.references[0], key.columns[0]
    return None

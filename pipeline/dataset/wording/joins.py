"""Joins off the keys: columns set equal though neither a foreign key nor their names tie them.

Judged where the schema has foreign keys and one side is a key: `o.customer_id = s.store_id` is a mistake, `c.city =
s.city` a question. An IN over a subquery joins as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from pipeline.database.schema import Column, Schema, Table
from pipeline.dataset.wording.facts import Case, stems_of_name, words_of_name

_LIKE_KEYS = frozenset(
    ("id", "ids", "no", "code", "key", "ref", "number", "num", "by", "to", "from", "uuid", "uid", "fk")
)
Place = tuple[str, str]
"""Table and column, lower case."""


_SAME = re.compile(r"\b(same|shar\w+|together|siblings?|both|colleagues?|pairs?|each other|own)\b|同じ|共通|同僚|同士")
_ALL = re.compile(
    r"\b(all|every|each|includ\w*|even|also|per|none|zero|without|no|not|never|any|or 0|whether|if|still|"
    r"too|yet|nobody|nothing|only|lack\w*|"
    r"missing|few\w*|least|un\w+|list|show)\b|n't|すべて|全|も|ない|なし|なく|未|含|各|ごと|別|ゼロ|少な|ず"
)


def join_off_key(case: Case) -> str:
    """The first pair of columns joined that does not belong together, or tables that nothing ties; else empty."""
    return _is_itself(case) or _unjoined(case) or _with_itself(case) or _off_key(case) or _outer(case)


def _off_key(case: Case) -> str:
    if not any(table.foreign_keys for table in case.schema.tables):
        return ""
    for left, right in _joined(case):
        if _may_not_meet(left, right) and not _belong(left, right, case.schema):
            return f"join off key: {left[0].name}.{left[1].name} = {right[0].name}.{right[1].name}"
    return ""


def _is_itself(case: Case) -> str:
    for node in case.told.all(exp.EQ):
        if isinstance(node.this, exp.Column) and node.this == node.expression:
            return f"{node.this.sql()} is compared with itself"
    return ""


def _with_itself(case: Case) -> str:
    """A foreign key set equal to itself in a join of a table with itself, though nothing is said to be the same."""
    for node in case.told.all(exp.EQ):
        left, right = node.this, node.expression
        if isinstance(left, exp.Column) and isinstance(right, exp.Column) and left.name.lower() == right.name.lower():
            sides = case.told.source(left), case.told.source(right)
            joined = isinstance(node.find_ancestor(exp.Join, exp.Select), exp.Join)
            if sides[0] and sides[0] == sides[1] and joined and _is_foreign(*sides[0]) and not case.says(_SAME):
                return f"join off key: {left.name} with itself"
    return ""


def _unjoined(case: Case) -> str:
    """Tables of one FROM that no condition ties: each row of the one beside each of the other."""
    for select in case.told.all(exp.Select):
        sources = _sources(select)
        if len(sources) < 2 or not all(isinstance(source, exp.Table) for source in sources):
            continue
        names = [source.alias_or_name.lower() for source in sources]
        if any(join.args.get("using") or join.method == "NATURAL" for join in select.args.get("joins") or []):
            continue
        tied = {names[0]}
        edges = [{column.table.lower() for column in node.find_all(exp.Column)} for node in _conditions(select)]
        for _ in names:
            for edge in edges:
                tied |= edge if edge & tied or "" in edge else set()
        if not set(names) <= tied and "" not in set().union(*edges):
            return f"{sorted(set(names) - tied)[0]} is joined on nothing"
    return ""


def _sources(select: exp.Select) -> list[exp.Expr]:
    first = select.args.get("from_")
    return [clause.this for clause in [*([first] if first else []), *(select.args.get("joins") or [])]]


def _conditions(select: exp.Select) -> Iterator[exp.Expr]:
    where = select.args.get("where")
    places = [where.this if where else None, *(join.args.get("on") for join in select.args.get("joins") or [])]
    for place in filter(None, places):
        yield from place.flatten() if isinstance(place, exp.And) else [place]


def _outer(case: Case) -> str:
    """LEFT JOIN where nothing in the question keeps those without a partner."""
    for join in case.told.all(exp.Join):
        if join.side == "LEFT" and not case.told.has(exp.Is, exp.Coalesce, exp.Case) and not case.says(_ALL):
            return "LEFT JOIN is not asked for"
    return ""


def _joined(case: Case) -> Iterator[tuple[tuple[Table, Column], tuple[Table, Column]]]:
    pairs = [(node.this, node.expression) for node in case.told.all(exp.EQ)]
    for node in case.told.all(exp.In):
        query = node.args.get("query")
        select = query.this if isinstance(query, exp.Subquery) else query
        if isinstance(select, exp.Select) and len(select.selects) == 1:
            pairs.append((node.this, select.selects[0].unalias()))
    for left, right in pairs:
        if isinstance(left, exp.Column) and isinstance(right, exp.Column):
            sides = case.told.source(left), case.told.source(right)
            if sides[0] is not None and sides[1] is not None:
                yield sides[0], sides[1]


def _may_not_meet(left: tuple[Table, Column], right: tuple[Table, Column]) -> bool:
    """Two keys, or a key and what is none; a column named like a key may be one that was not declared."""
    keys = _is_key(*left), _is_key(*right)
    other = right[1] if keys[0] else left[1]
    return all(keys) or (any(keys) and words_of_name(other.name)[-1] not in _LIKE_KEYS)


def _is_key(table: Table, column: Column) -> bool:
    return table.primary_key == (column.name,) or any(column.name in key.columns for key in table.foreign_keys)


def _belong(left: tuple[Table, Column], right: tuple[Table, Column], schema: Schema) -> bool:
    """The same name, a foreign key, two keys to the same column, or a name that tells the other's table."""
    if left[1].name.lower() == right[1].name.lower():
        return True
    one, two = _targets(left, schema), _targets(right, schema)
    if _place(left) in two or _place(right) in one:
        return True
    return _names(left, right) or _names(right, left)


def _place(side: tuple[Table, Column]) -> Place:
    return side[0].name.lower(), side[1].name.lower()


def _is_foreign(table: Table, column: Column) -> bool:
    return column.name not in table.primary_key and any(column.name in key.columns for key in table.foreign_keys)


def _targets(side: tuple[Table, Column], schema: Schema) -> set[Place]:
    """The column itself and all that foreign keys lead to from it."""
    found, fresh = set[Place](), {_place(side)}
    by_name = {table.name.lower(): table for table in schema.tables}
    while fresh:
        found |= fresh
        fresh = {
            (key.table.lower(), reference.lower())
            for name, column in fresh
            if name in by_name
            for key in by_name[name].foreign_keys
            for own, reference in zip(key.columns, key.references, strict=False)
            if own.lower() == column
        } - found
    return found


def _names(side: tuple[Table, Column], other: tuple[Table, Column]) -> bool:
    """`customer_ref` and `customers.id`: the column is named after the table, or after the column, of the other."""
    if _is_key(*side):
        return False
    own = stems_of_name(side[1].name)
    return bool(stems_of_name(other[0].name) & own) or words_of_name(side[1].name)[-2:] == words_of_name(other[1].name)

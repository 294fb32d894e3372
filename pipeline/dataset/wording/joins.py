"""Joins off the keys: columns set equal though neither a foreign key nor their names tie them.

Judged where the schema has foreign keys and one side is a key: `o.customer_id = s.store_id` is a mistake, `c.city =
s.city` a question. An IN over a subquery joins as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from pipeline.database.schema import Column, Schema, Table
from pipeline.dataset.wording.facts import Case, stems_of_name, words_of_name

Place = tuple[str, str]
"""Table and column, lower case."""


def join_off_key(case: Case) -> str:
    """The first pair of columns that is joined and does not belong together; empty where there is none."""
    if not any(table.foreign_keys for table in case.schema.tables):
        return ""
    for left, right in _joined(case):
        if (_is_key(*left) or _is_key(*right)) and not _belong(left, right, case.schema):
            return f"join off key: {left[0].name}.{left[1].name} = {right[0].name}.{right[1].name}"
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


def _is_key(table: Table, column: Column) -> bool:
    return table.primary_key == (column.name,) or any(column.name in key.columns for key in table.foreign_keys)


def _belong(left: tuple[Table, Column], right: tuple[Table, Column], schema: Schema) -> bool:
    """The same name, a foreign key, two keys to the same column, or a name that tells the other's table."""
    if left[1].name.lower() == right[1].name.lower():
        return True
    if _targets(left, schema) & _targets(right, schema):
        return True
    return _names(left, right) or _names(right, left)


def _targets(side: tuple[Table, Column], schema: Schema) -> set[Place]:
    """The column itself and all that foreign keys lead to from it."""
    found, fresh = set[Place](), {(side[0].name.lower(), side[1].name.lower())}
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
    own = stems_of_name(side[1].name)
    if side[0].foreign_keys and any(side[1].name in key.columns for key in side[0].foreign_keys):
        return False
    return bool(stems_of_name(other[0].name) & own) or words_of_name(side[1].name)[-2:] == words_of_name(other[1].name)

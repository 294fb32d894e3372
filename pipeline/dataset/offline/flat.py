"""`WHERE customer_id IN (SELECT customer_id FROM customers WHERE …)` as the JOIN that people write.

A query in, an equal one out: only a sub-query for the primary key of another table is joined, so no row is doubled or lost.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from pipeline.database.schema import Schema
from pipeline.database.sql import parse_select

Keys = Mapping[str, str]
"""The only column of the primary key by table, in lower case."""


def keys_of(schema: Schema) -> Keys:
    """The single primary keys of a schema."""
    tables = (table for table in schema.tables if len(table.primary_key) == 1)
    return {table.name.lower(): table.primary_key[0].lower() for table in tables}


def flat(sql: str, keys: Keys) -> str:
    """The query with its conditions on parents as joins, where it can be; else as it was."""
    if " IN (SELECT " not in sql:
        return sql
    tree = parse_select(sql)
    changed = False
    while isinstance(tree, exp.Select) and (found := _joinable(tree, keys)):
        _join(tree, *found)
        changed = True
    return tree.sql(dialect="sqlite") if changed else sql


def _tables(select: exp.Select) -> list[str]:
    """The tables of FROM and JOIN by name; none where one is no plain table."""
    clauses = [select.args.get("from_"), *(select.args.get("joins") or [])]
    tables = [clause.this for clause in clauses if clause]
    plain = all(isinstance(table, exp.Table) and not table.alias for table in tables)
    return [table.name for table in tables] if plain else []


def _joinable(select: exp.Select, keys: Keys) -> tuple[exp.Expr, exp.Select] | None:
    """A condition of the outermost WHERE on the key of a table that is not there yet."""
    where, tables = select.args.get("where"), _tables(select)
    if not where or not tables or any(join.side for join in select.args.get("joins") or []):
        return None
    for term in where.this.flatten() if isinstance(where.this, exp.And) else [where.this]:
        query = term.args.get("query") if isinstance(term, exp.In) else None
        inner = query.this if query else None
        if isinstance(inner, exp.Select) and isinstance(term.this, exp.Column) and _plain(inner, tables, keys):
            return term, inner
    return None


def _plain(inner: exp.Select, tables: list[str], keys: Keys) -> bool:
    """`SELECT key FROM other WHERE …` without anything more, of one other table, whose WHERE asks no third one."""
    homes = _tables(inner)
    more = any(inner.args.get(name) for name in ("group", "having", "order", "limit", "distinct", "joins"))
    if len(homes) != 1 or more or homes[0] in tables or not inner.args.get("where") or len(inner.selects) != 1:
        return False
    asked = {table.name for table in inner.find_all(exp.Table)} - {homes[0]}
    chosen = inner.selects[0].name.lower() == keys.get(homes[0].lower(), "")
    return chosen and not asked & set(tables)


def _join(select: exp.Select, term: exp.Expr, inner: exp.Select) -> None:
    """The inner table joined to the one whose column is tested, its conditions beside the others."""
    home, other = _tables(select)[0], _tables(inner)[0]
    _qualify(select, home)
    _qualify(inner, other)
    condition = inner.args["where"].this
    condition = exp.paren(condition) if isinstance(condition, exp.Or) else condition
    on = exp.EQ(this=term.this.copy(), expression=inner.selects[0].copy())
    term.replace(condition.copy())
    select.append("joins", exp.Join(this=inner.args["from_"].this.copy(), on=on))


def _qualify(select: exp.Select, home: str) -> None:
    """Every column of the query itself, not of those inside it, with its table."""
    for column in select.find_all(exp.Column):
        if not column.table and column.parent_select is select and not isinstance(column.this, exp.Star):
            column.set("table", exp.to_identifier(home))

"""What a query tells without being run: its template, level, literals, order, and the names a schema does not have.

SQL in → facts; `SqlError` where it is no single SELECT. `extract_sql` and `parse_select` come from `sql_text.py`.
One limit: the template is a key to group by; it need not be SQL that runs.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope

from pipeline.database.names import chain, own_columns, unknown_names
from pipeline.database.sql_text import extract_sql, parse_select, shared_select
from pipeline.errors import SqlError

__all__ = [
    "compared_with",
    "extract_sql",
    "is_ordered",
    "level",
    "literals",
    "parse_select",
    "template",
    "unknown_names",
]

COMPARISONS = (
    exp.EQ,
    exp.NEQ,
    exp.GT,
    exp.GTE,
    exp.LT,
    exp.LTE,
    exp.Is,
    exp.In,
    exp.Between,
    exp.Like,
    exp.ILike,
    exp.Glob,
)

SqlLiteral: TypeAlias = "tuple[str | int | float, str | None]"
"""A value in a query, and what it is compared with: `table.column`, `column` where the table is not told, or None."""


def is_ordered(sql: str) -> bool:
    """Whether the outermost query has an ORDER BY. Raises SqlError as `parse_select`."""
    return bool(shared_select(sql).args.get("order"))


def level(sql: str) -> str:
    """`nested` (subquery, CTE, set operation), else `join` (or GROUP BY), else `one-table`. Raises as `parse_select`."""
    tree = shared_select(sql)
    if sum(1 for _ in tree.find_all(exp.Select)) > 1:
        return "nested"
    return "join" if tree.find(exp.Join, exp.Group) else "one-table"


@lru_cache(maxsize=4096)
def literals(sql: str) -> tuple[SqlLiteral, ...]:
    """The values a query compares something with, LIKE patterns included, as its conditions follow each other.

    Numbers of LIMIT and OFFSET, arguments of functions and what counts are compared with (HAVING COUNT(*) > 3) are no
    values of the data and are left out. Raises SqlError as `parse_select`.
    """
    found = map(compared_with, shared_select(sql).find_all(exp.Literal, bfs=False))
    return tuple(literal for literal in found if literal is not None)


def compared_with(literal: exp.Literal) -> SqlLiteral | None:
    """One literal of a query as `literals` gives it; None for what that leaves out."""
    value, node = _value(literal)
    parent = node.parent.parent if isinstance(node.parent, (exp.Escape, exp.Tuple)) else node.parent
    if not isinstance(parent, COMPARISONS) or isinstance(node.parent, exp.Escape) and node.arg_key == "expression":
        return None
    other = parent.this if parent.this is not node else parent.args.get("expression")
    if other is None or isinstance(other, exp.Count):
        return None
    column = other.find(exp.Column)
    if column is None:
        return value, None
    table = _table_of(column)
    return value, f"{table}.{column.name}" if table else column.name


def _value(literal: exp.Literal) -> tuple[str | int | float, exp.Expr]:
    """What it stands for, and the node that stands for it: the minus of a negative number is part of it."""
    if literal.is_string:
        return str(literal.this), literal
    text, node = str(literal.this), literal.parent if isinstance(literal.parent, exp.Neg) else literal
    number = float(text) if re.search(r"[.eE]", text) else int(text)
    return number if node is literal else -number, node


def _table_of(column: exp.Column) -> str | None:
    select = column.parent_select
    while select is not None:
        tables = [table for table in select.find_all(exp.Table) if table.parent_select is select]
        if not column.table and len(tables) == 1:
            return str(tables[0].name)
        for table in tables:
            if column.table and table.alias_or_name.lower() == column.table.lower():
                return str(table.name)
        select = select.parent_select if column.table else None
    return None


@lru_cache(maxsize=4096)
def template(sql: str) -> str:
    """The query with its literals as ? and its aliases canonical: the unit of the split and of counting patterns.

    Text that does not parse gives its own words in lower case.
    """
    try:
        tree = parse_select(sql)
        _write_out_positions_and_aliases(tree)
        _rename_tables(traverse_scope(tree))
    except (SqlError, SqlglotError):
        return " ".join(sql.lower().split())
    _rename_outputs(tree)
    _mask_literals(tree)
    return " ".join(tree.sql(dialect="sqlite", comments=False).replace('"', "").lower().split())


def _write_out_positions_and_aliases(tree: exp.Query) -> None:
    """ORDER BY 2 and ORDER BY total become ORDER BY SUM(price); so do GROUP BY and HAVING."""
    for select in list(tree.find_all(exp.Select)):
        outputs = {item.alias.lower(): item.this for item in select.expressions if isinstance(item, exp.Alias)}
        for clause in filter(None, (select.args.get(name) for name in ("group", "having", "order"))):
            for column in list(clause.find_all(exp.Column)):
                if not column.table and column.name.lower() in outputs and column.parent_select is select:
                    column.replace(outputs[column.name.lower()].copy())
            for number in list(clause.find_all(exp.Literal)):
                position = int(number.this) if number.this.isdecimal() and not number.is_string else 0
                direct = number.parent is clause or isinstance(number.parent, exp.Ordered)
                if direct and 0 < position <= len(select.expressions):
                    number.replace(select.expressions[position - 1].unalias().copy())


def _rename_tables(scopes: list[Scope]) -> None:
    """Aliases of tables become t1, t2, … from the outside in; a column of the only table of its query loses its own."""
    names: dict[int, dict[str, str]] = {}
    count = 0
    for scope in reversed(scopes):
        own = names[id(scope)] = {}
        for name, node in scope.references:
            count += 1
            own[name.lower()] = f"t{count}"
            named = node if isinstance(node, exp.Table) else node.parent
            if isinstance(named, (exp.Table, exp.Subquery)):
                named.set("alias", exp.TableAlias(this=exp.to_identifier(f"t{count}")))
                named.set("db", None)
    for scope in scopes:
        for column in own_columns(scope):
            holder = next((at for at in chain(scope) if column.table.lower() in names.get(id(at), {})), None)
            if holder is not None:
                alone = holder is scope and len(names[id(scope)]) == 1
                name = names[id(holder)][column.table.lower()]
                column.set("table", None if alone else exp.to_identifier(name))
                column.set("db", None)


def _rename_outputs(tree: exp.Query) -> None:
    """Names of CTEs become c1, c2, …, those of inner outputs a1, a2, …; the outermost outputs need none."""
    for item in list(tree.find_all(exp.Alias)):
        select = item.parent
        if isinstance(select, exp.Select) and not select.find_ancestor(exp.CTE, exp.Subquery, exp.Select):
            item.replace(item.this)
    listed = [name for cte in tree.find_all(exp.CTE) for name in cte.args["alias"].columns]
    inner = [item.args["alias"] for item in tree.find_all(exp.Alias)] + listed
    outputs: dict[str, str] = {}
    for name in inner:
        outputs.setdefault(name.name.lower(), f"a{len(outputs) + 1}")
    ctes = {cte.alias.lower(): f"c{number}" for number, cte in enumerate(tree.find_all(exp.CTE), 1)}
    columns = [column.this for column in tree.find_all(exp.Column) if isinstance(column.this, exp.Identifier)]
    for identifier in inner + columns:
        identifier.set("this", outputs.get(identifier.name.lower(), identifier.name))
    tables = [table.this for table in tree.find_all(exp.Table) if isinstance(table.this, exp.Identifier)]
    for identifier in tables + [cte.args["alias"].this for cte in tree.find_all(exp.CTE)]:
        identifier.set("this", ctes.get(identifier.name.lower(), identifier.name))


def _mask_literals(tree: exp.Query) -> None:
    for literal in list(tree.find_all(exp.Literal, exp.HexString)):
        node: exp.Expr = literal
        while isinstance(node.parent, exp.Neg):
            node = node.parent
        node.replace(exp.Literal(this="?", is_string=False))
    for choice in tree.find_all(exp.In):
        values = choice.expressions
        if len(values) > 1 and all(isinstance(value, exp.Literal) for value in values):
            choice.set("expressions", values[:1])  # a list of another length is the same pattern
    for join in tree.find_all(exp.Join):
        if join.args.get("kind") == "INNER":
            join.set("kind", None)

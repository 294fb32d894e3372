"""Which names of a query a schema does not have.

SQL and a `Schema` in → tables and columns that are surely unknown. Scopes come from sqlglot: aliases, CTEs, derived
tables, correlated subqueries. One limit: names of table-valued functions are taken as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope

from pipeline.database.schema import Schema
from pipeline.database.sql_text import parse_select

Outputs: TypeAlias = "frozenset[str] | None"
"""Lower-case names of columns; None where they cannot be told, so that any name may be meant."""
ROW_NUMBER = frozenset({"rowid", "oid", "_rowid_"})


def unknown_names(sql: str, schema: Schema) -> tuple[str, ...]:
    """Tables and columns (`alias.column` where qualified) that `schema` lacks, in the order met; empty where all exist.

    A name is listed only where it is surely unknown. Text in double quotes counts as a name, although SQLite may take it
    for a text. Raises SqlError as `parse_select`.
    """
    tree = parse_select(sql)
    try:
        scopes = traverse_scope(tree)
    except SqlglotError:  # an alias twice in one FROM, say: SQLite will tell
        return ()
    names = _Names({table.name.lower(): frozenset(c.name.lower() for c in table.columns) for table in schema.tables})
    return tuple(dict.fromkeys(name for scope in scopes for name in names.unknown_in(scope)))


class _Names:
    """What the names in each scope may mean, given the columns of the schema's tables."""

    def __init__(self, tables: dict[str, frozenset[str]]) -> None:
        self._tables = tables
        self._outputs: dict[int, Outputs] = {}

    def unknown_in(self, scope: Scope) -> Iterator[str]:
        """The names of this scope, without those of the scopes within, that mean nothing."""
        for _, source in self._sources(scope):
            if isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier) and not self._exists(source):
                yield source.name
        for column in own_columns(scope):
            if not isinstance(column.this, exp.Star) and not self._means_something(column, scope):
                yield f"{column.table}.{column.name}" if column.table else column.name
            elif isinstance(column.this, exp.Star) and not any(self._named(at, column.table) for at in chain(scope)):
                yield column.table
        yield from (name for name in _using(scope) if not any(_has(c, name) for c in self._visible(scope)))

    def _exists(self, table: exp.Table) -> bool:
        return table.name.lower() in self._tables and table.db.lower() in {"", "main"}

    def _sources(self, scope: Scope) -> list[tuple[str, exp.Table | Scope]]:
        """What stands in FROM, by name; of a set operation what stands in the FROM of its parts."""
        own = [(name.lower(), source) for name, (_, source) in scope.selected_sources.items()]
        return own + [pair for part in scope.set_operation_scopes for pair in self._sources(part)]

    def _named(self, scope: Scope, name: str) -> list[exp.Table | Scope]:
        return [source for known, source in self._sources(scope) if known == name.lower()]

    def _visible(self, scope: Scope) -> Iterator[Outputs]:
        return (self._columns(source) for _, source in self._sources(scope))

    def _means_something(self, column: exp.Column, scope: Scope) -> bool:
        if column.table:
            sources = next(filter(None, (self._named(at, column.table) for at in chain(scope))), [])
            return any(_has(self._columns(source), column.name) for source in sources)
        return any(self._is_seen(column, at, within=at is not scope) for at in chain(scope))

    def _is_seen(self, column: exp.Column, scope: Scope, within: bool) -> bool:
        if any(_has(columns, column.name) for columns in self._visible(scope)):
            return True
        # SQLite lets the name of an output be used in any clause but the list of outputs itself
        return _has(self._aliases(scope), column.name) and (within or not _in_select_list(column, scope))

    def _columns(self, source: exp.Table | Scope) -> Outputs:
        if isinstance(source, Scope):
            return self._of(source)
        if isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier):
            return self._tables[source.name.lower()] | ROW_NUMBER if self._exists(source) else None
        return None  # a table-valued function

    def _aliases(self, scope: Scope) -> Outputs:
        if scope.set_operation_scopes:
            parts = [self._of(part) for part in scope.set_operation_scopes]
            return None if None in parts else frozenset().union(*(part for part in parts if part is not None))
        items = scope.expression.expressions if isinstance(scope.expression, exp.Select) else []
        return frozenset(item.alias.lower() for item in items if isinstance(item, exp.Alias))

    def _of(self, scope: Scope) -> Outputs:
        """The names of a scope's outputs."""
        if id(scope) not in self._outputs:
            self._outputs[id(scope)] = None  # a recursive query asks for itself
            self._outputs[id(scope)] = self._named_outputs(scope)
        return self._outputs[id(scope)]

    def _named_outputs(self, scope: Scope) -> Outputs:
        owner = scope.expression.parent
        while isinstance(owner, exp.SetOperation):  # the first part of a recursive CTE stands for the whole
            owner = owner.parent
        if isinstance(owner, exp.CTE) and owner.alias_column_names:
            return frozenset(name.lower() for name in owner.alias_column_names)
        if scope.set_operation_scopes:
            return self._of(scope.set_operation_scopes[0])
        if not isinstance(scope.expression, exp.Select):
            return None
        names: set[str] = set()
        for item in scope.expression.expressions:
            if not item.is_star:
                names |= {item.alias_or_name.lower(), item.sql(dialect="sqlite").lower()}
                continue
            wanted = item.table if isinstance(item, exp.Column) else ""
            for source in self._named(scope, wanted) if wanted else [source for _, source in self._sources(scope)]:
                columns = self._columns(source)
                if columns is None:
                    return None
                names |= columns
        return frozenset(names)


def _using(scope: Scope) -> Iterator[str]:
    joins = scope.expression.args.get("joins") or ()
    return (name.name for join in joins for name in join.args.get("using") or ())


def _has(columns: Outputs, name: str) -> bool:
    return columns is None or name.lower() in columns


def _in_select_list(column: exp.Column, scope: Scope) -> bool:
    node: exp.Expr | None = column
    while node is not None and node.parent is not scope.expression:
        node = node.parent
    return node is not None and node.arg_key == "expressions"


def own_columns(scope: Scope) -> Iterator[exp.Column]:
    """The columns written in this scope, not those of the scopes within."""
    return (node for node in scope.walk() if isinstance(node, exp.Column))


def chain(scope: Scope | None) -> Iterator[Scope]:
    """The scope and those whose columns it may use too, from the inside out.

    A correlated subquery sees the query around it; a derived table, a CTE or a part of a UNION does not see its
    neighbours.
    """
    while scope is not None:
        yield scope
        while scope is not None and not scope.is_subquery:
            scope = scope.parent
        scope = scope.parent if scope is not None else None

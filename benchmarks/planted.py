"""Wrong pairs made on purpose: a good pair's SQL is damaged, its question stays as it is.

Six kinds, about equally often: wrong join, missing predicate, wrong aggregate, off by one, wrong column, wrong shape. A
planted SQL runs, and gives another answer than the good one on some populated database that the gate does not use;
otherwise it would not be wrong. The same seed gives the same pairs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import cycle
from random import Random

from sqlglot import exp

from pipeline.database.schema import Column, Schema
from pipeline.database.sql import parse_select
from pipeline.dataset.opinion import Bench
from pipeline.errors import SqlError
from pipeline.records import Pair

Damage = Callable[[exp.Query, Schema], Iterator[exp.Query]]
"""A good query in, damaged copies of it out, each with one mistake."""

TRIES = 6
"""Damaged queries of one kind that are tried on a pair before another pair is taken."""
_AGGREGATES = (exp.Sum, exp.Avg, exp.Max, exp.Min, exp.Count)
_STRICTER: dict[type[exp.Expr], type[exp.Expr]] = {exp.GT: exp.GTE, exp.GTE: exp.GT, exp.LT: exp.LTE, exp.LTE: exp.LT}
_KINDS_OF_TYPE = {"INTEGER": "number", "REAL": "number", "DATE": "day", "DATETIME": "day"}


@dataclass(frozen=True)
class Planted:
    """A wrong pair, what was done to it, the good SQL, and the corpus it is from."""

    kind: str
    pair: Pair
    good: str
    corpus: str


@dataclass(frozen=True)
class Ground:
    """Good pairs about one schema, and where a damaged query has to give another answer than the good one."""

    pairs: tuple[Pair, ...]
    bench: Bench


def plant(grounds: list[Ground], count: int, seed: int) -> list[Planted]:
    """`count` wrong pairs, the kinds and the schemas taking turns; fewer where the pairs give no more."""
    rng = Random(seed)
    stock = [(ground, pair) for ground in grounds for pair in ground.pairs]
    rng.shuffle(stock)
    found: list[Planted] = []
    idle = 0
    for kind in cycle(DAMAGES):
        if len(found) == count or idle == len(DAMAGES):
            return found
        taken = next((n for n, (ground, pair) in enumerate(stock) if _try(kind, ground, pair, rng, found)), None)
        idle = idle + 1 if taken is None else 0
        if taken is not None:
            stock.pop(taken)
    return found


def _try(kind: str, ground: Ground, pair: Pair, rng: Random, found: list[Planted]) -> bool:
    wrong = damaged(kind, pair.sql, ground.bench, rng)
    if wrong:
        found.append(Planted(kind, replace(pair, sql=wrong), pair.sql, ground.bench.schema.name))
    return bool(wrong)


def damaged(kind: str, sql: str, bench: Bench, rng: Random) -> str:
    """One damaged version of a query that is really wrong; empty where that kind of mistake finds no place in it."""
    texts = sorted({one.sql(dialect="sqlite") for one in DAMAGES[kind](parse_select(sql), bench.schema)})
    rng.shuffle(texts)
    for text in texts[:TRIES]:
        try:
            if bench.opinion(sql, text).agrees is False:
                return text
        except SqlError:
            return ""
    return ""


def any_damage(sql: str, bench: Bench, rng: Random) -> str:
    """A wrong query of whatever kind finds a place; empty where none does."""
    kinds = list(DAMAGES)
    rng.shuffle(kinds)
    return next(filter(None, (damaged(kind, sql, bench, rng) for kind in kinds)), "")


def _edited(tree: exp.Query, kinds: tuple[type[exp.Expr], ...]) -> Iterator[tuple[exp.Query, exp.Expr]]:
    """For each node of these classes, a copy of the tree and that node in it."""
    for number in range(sum(isinstance(node, kinds) for node in tree.walk())):
        copy = tree.copy()
        yield copy, [node for node in copy.walk() if isinstance(node, kinds)][number]


def _source(column: exp.Column, schema: Schema) -> tuple[str, Column] | None:
    """The table and column of the schema that a column is, its own SELECT looked at first."""
    select = column.parent_select
    while select is not None:
        for node in select.find_all(exp.Table):
            if node.parent_select is not select or column.table and node.alias_or_name.lower() != column.table.lower():
                continue
            for table in schema.tables:
                own = [one for one in table.columns if one.name.lower() == column.name.lower()]
                if table.name.lower() == node.name.lower() and own:
                    return table.name, own[0]
        select = select.parent_select
    return None


def _others(column: exp.Column, schema: Schema) -> list[Column]:
    """Other columns of its table with values of the same kind."""
    source = _source(column, schema)
    if source is None:
        return []
    kind = _KINDS_OF_TYPE.get(source[1].type, source[1].type)
    columns = schema.table(source[0]).columns
    return [one for one in columns if one.name != source[1].name and _KINDS_OF_TYPE.get(one.type, one.type) == kind]


def _renamed(column: exp.Column, name: str) -> exp.Column:
    return exp.column(name, table=column.table or None)


def _ties(node: exp.Expr) -> bool:
    """Whether it sets two columns equal."""
    return isinstance(node, exp.EQ) and isinstance(node.this, exp.Column) and isinstance(node.expression, exp.Column)


def wrong_join(tree: exp.Query, schema: Schema) -> Iterator[exp.Query]:
    """Another column on one side, no condition, INNER for LEFT or LEFT for INNER; another column out of a subquery."""
    for copy, node in _edited(tree, (exp.EQ,)):
        for side in ("this", "expression"):
            column = node.args[side]
            if _ties(node) and isinstance(column, exp.Column):
                for other in _others(column, schema):
                    node.set(side, _renamed(column, other.name))
                    yield copy.copy()
                node.set(side, column)
    for copy, node in _edited(tree, (exp.Join,)):
        if node.args.get("on"):
            node.set("side", None if node.args.get("side") else "LEFT")
            yield copy.copy()
            node.set("side", None)
            node.set("on", None)
            yield copy
    for copy, node in _edited(tree, (exp.In,)):
        query = node.args.get("query")
        column = query.this.selects[0] if isinstance(query, exp.Subquery) else None
        if isinstance(column, exp.Column):
            for other in _others(column, schema):
                column.replace(changed := _renamed(column, other.name))
                yield copy.copy()
                column = changed


def missing_predicate(tree: exp.Query, schema: Schema) -> Iterator[exp.Query]:  # noqa: ARG001 - one signature for all
    """WHERE or HAVING gone, or one of its conditions; conditions that join tables stay."""
    for copy, node in _edited(tree, (exp.Where, exp.Having)):
        if not any(_ties(inner) for inner in node.this.walk()):
            node.pop()
            yield copy
    for copy, node in _edited(tree, (exp.And, exp.Or)):
        for kept, lost in ((node.this, node.expression), (node.expression, node.this)):
            if not any(_ties(inner) for inner in lost.walk()):
                changed = copy.copy()
                place = [one for one in changed.walk() if one == node][0]
                place.replace(kept.copy())
                yield changed


def wrong_aggregate(tree: exp.Query, schema: Schema) -> Iterator[exp.Query]:  # noqa: ARG001 - one signature for all
    """Another aggregate function, or the other end of an order that is cut by a LIMIT."""
    for copy, node in _edited(tree, _AGGREGATES):
        inner = node.this
        if isinstance(inner, (exp.Column, exp.Binary)):
            for other in _AGGREGATES:
                if not isinstance(node, other):
                    node.replace(changed := other(this=inner.copy()))
                    yield copy.copy()
                    node = changed
    for copy, node in _edited(tree, (exp.Order,)):
        if node.parent and node.parent.args.get("limit"):
            first = node.expressions[0]
            first.set("desc", not first.args.get("desc"))
            first.set("nulls_first", not first.args.get("desc"))
            yield copy


def off_by_one(tree: exp.Query, schema: Schema) -> Iterator[exp.Query]:  # noqa: ARG001 - one signature for all
    """A number, a year or a day one beside, LIMIT and OFFSET among them; `>` for `>=` and the like."""
    for copy, node in _edited(tree, tuple(_STRICTER)):
        if not isinstance(node.expression, exp.Column):
            node.replace(_STRICTER[type(node)](this=node.this.copy(), expression=node.expression.copy()))
            yield copy
    for copy, node in _edited(tree, (exp.Literal,)):
        for other in _beside(str(node.this)) if _is_counted(node) else ():
            node.replace(changed := exp.Literal(this=other, is_string=node.is_string))
            yield copy.copy()
            node = changed


def _is_counted(node: exp.Expr) -> bool:
    """Whether the literal is compared with something, or says how many rows."""
    place = node.parent
    if place is None or not isinstance(place, (*_STRICTER, exp.EQ, exp.Between, exp.Limit, exp.Offset)):
        return False
    return not isinstance(place.this, exp.Literal)


def _beside(text: str) -> list[str]:
    if re.fullmatch(r"\d+", text):
        return [str(int(text) + step) for step in (-1, 1) if int(text) + step > 0]
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return [str(date.fromisoformat(text) + timedelta(days=step)) for step in (-1, 1)]
    if match := re.fullmatch(r"(\d{4})-(\d{2})", text):
        return [f"{match[1]}-{month:02}" for month in (int(match[2]) - 1, int(match[2]) + 1) if 1 <= month <= 12]
    return []


def wrong_column(tree: exp.Query, schema: Schema) -> Iterator[exp.Query]:
    """Another column of the same table with values of the same kind, anywhere but in a join."""
    for copy, node in _edited(tree, (exp.Column,)):
        if isinstance(node, exp.Column) and not (node.parent and _ties(node.parent)):
            for other in _others(node, schema):
                node.replace(changed := _renamed(node, other.name))
                yield copy.copy()
                node = changed


def wrong_shape(tree: exp.Query, schema: Schema) -> Iterator[exp.Query]:
    """A column more, a column less, columns in another order; DISTINCT or GROUP BY more or less."""
    if not isinstance(tree, exp.Select):
        return
    yield from _other_columns(tree, schema)
    turned = tree.copy()
    turned.set("distinct", None if turned.args.get("distinct") else exp.Distinct())
    yield turned
    for copy, node in _edited(tree, (exp.Count,)):
        inner = node.this
        if isinstance(inner, exp.Distinct) and len(inner.expressions) == 1:
            node.set("this", inner.expressions[0].copy())
            yield copy
    if tree.args.get("group"):
        whole = tree.copy()
        whole.set("group", None)
        yield whole
    elif any(isinstance(item.unalias(), exp.AggFunc) for item in tree.selects):
        for column in tree.find_all(exp.Column):
            if column.parent_select is tree:
                grouped = tree.copy()
                grouped.set("group", exp.Group(expressions=[column.copy()]))
                yield grouped


def _other_columns(tree: exp.Select, schema: Schema) -> Iterator[exp.Query]:
    items = tree.selects
    if len(items) > 1:
        for kept in (items[1:], items[:-1], [*items[1:], items[0]]):
            copy = tree.copy()
            copy.set("expressions", [item.copy() for item in kept])
            yield copy
    first = items[0].find(exp.Column)
    source = _source(first, schema) if first is not None else None
    if first is None or source is None or tree.args.get("group"):
        return
    if not any(isinstance(item.unalias(), exp.AggFunc) for item in items):
        for other in schema.table(source[0]).columns:
            if other.name.lower() not in {item.alias_or_name.lower() for item in items}:
                copy = tree.copy()
                copy.set("expressions", [*(item.copy() for item in items), _renamed(first, other.name)])
                yield copy


DAMAGES: dict[str, Damage] = {
    "wrong join": wrong_join,
    "missing predicate": missing_predicate,
    "wrong aggregate": wrong_aggregate,
    "off by one": off_by_one,
    "wrong column": wrong_column,
    "wrong shape": wrong_shape,
}

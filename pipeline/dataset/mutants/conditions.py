"""Conditions written otherwise: comparisons, AND and OR, NOT, terms left out.

A `Reading` in → edits. A join's own condition keeps its key columns: without them tables are multiplied. One limit: the
conditions inside CASE are only compared otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from sqlglot import exp

from pipeline.dataset.mutants.reading import Edit, Reading

FLIPPED: dict[type[exp.Expr], str] = {exp.EQ: "<>", exp.NEQ: "="}
SHIFTED: dict[type[exp.Expr], str] = {exp.GT: ">=", exp.GTE: ">", exp.LT: "<=", exp.LTE: "<"}
REVERSED: dict[type[exp.Expr], str] = {exp.GT: "<", exp.GTE: "<=", exp.LT: ">", exp.LTE: ">="}
_NEGATABLE = (exp.In, exp.Exists, exp.Like, exp.Glob, exp.Is, exp.Between)


def condition_edits(query: Reading) -> Iterator[Edit]:
    """Every change to a condition, in the order of the text."""
    for node in query.all(exp.Connector, exp.Binary, exp.Between, exp.Not, exp.In, exp.Exists, exp.Where, exp.Having):
        if isinstance(node, exp.Connector):
            yield from _connector(query, node)
        elif isinstance(node, (exp.Where, exp.Having)):
            if isinstance(node.parent, exp.Select):
                yield Edit("predicate-dropped", ((node, ""),))
        elif type(node) in FLIPPED or type(node) in SHIFTED:
            yield from _comparison(query, node)
        elif isinstance(node, exp.Between):
            yield from _edges(query, node)
        yield from _negation(query, node)


def links_tables(query: Reading, node: exp.Expr) -> bool:
    """Whether it is what holds two tables of a SELECT together: an equality of their columns in ON, or beside commas."""
    left, right = node.args.get("this"), node.args.get("expression")
    if not isinstance(node, exp.EQ) or not isinstance(left, exp.Column) or not isinstance(right, exp.Column):
        return False
    if left.table.lower() == right.table.lower():
        return False
    clause = node.find_ancestor(exp.Join, exp.Where, exp.Having, exp.Select)
    if isinstance(clause, exp.Join):
        return True
    owner = query.owner(node)
    return owner is not None and any(join.kind == "CROSS" for join in owner.args.get("joins") or [])


def is_average(node: exp.Expr | None) -> bool:
    """Whether a side of a comparison is an average or a quotient, which no row is likely to meet exactly."""
    return node is not None and node.find(exp.Avg, exp.Div) is not None


def _has_order(query: Reading, left: exp.Expr, right: exp.Expr) -> bool:
    """Whether more and less mean something: a number or a day is compared, not a name or a key."""
    found = query.find(left)
    if found is not None and found.column.name.lower() in (name.lower() for name in found.table.primary_key):
        return False
    return (
        isinstance(right, (exp.Literal, exp.Neg))
        and not right.is_string
        or found is not None
        and found.column.type == "DATE"
    )


def _connector(query: Reading, node: exp.Connector) -> Iterator[Edit]:
    """Of a chain of AND or of OR each term left out, and each pair of neighbours held together by the other word."""
    if isinstance(node.parent, type(node)):
        return  # part of a longer chain
    word, other = ("AND", "OR") if isinstance(node, exp.And) else ("OR", "AND")
    terms = list(node.flatten(unnest=False))
    texts = [_wrapped(query, term) for term in terms]
    links = [links_tables(query, term.unnest()) for term in terms]
    for number in range(len(terms)):
        if not links[number]:
            yield _chain(node, "predicate-dropped", word, texts[:number] + texts[number + 1 :])
    for number, pair in enumerate(pairwise(links) if not isinstance(node.parent, exp.Join) else ()):
        if not any(pair):
            both = f"{texts[number]} {other} {texts[number + 1]}"
            both = f"({both})" if len(terms) > 2 else both
            yield _chain(node, "and-or", word, [*texts[:number], both, *texts[number + 2 :]])


def _chain(node: exp.Connector, kind: str, word: str, texts: list[str]) -> Edit:
    text = f" {word} ".join(texts)
    return Edit(kind, ((node, text if isinstance(node.parent, (exp.Where, exp.Having, exp.Join)) else f"({text})"),))


def _wrapped(query: Reading, node: exp.Expr) -> str:
    return f"({query.of(node)})" if isinstance(node, exp.Connector) else query.of(node)


def _comparison(query: Reading, node: exp.Expr) -> Iterator[Edit]:
    left, right = node.this, node.expression
    if type(node) in FLIPPED:
        if not links_tables(query, node):
            signs = [FLIPPED[type(node)], *((">", "<") if _has_order(query, left, right) else ())]
            for sign in signs:
                yield Edit("comparison-flipped", ((node, f"{query.of(left)} {sign} {query.of(right)}"),))
        return
    if not is_average(left) and not is_average(right):
        yield Edit("comparison-shifted", ((node, f"{query.of(left)} {SHIFTED[type(node)]} {query.of(right)}"),))
    yield Edit("comparison-reversed", ((node, f"{query.of(left)} {REVERSED[type(node)]} {query.of(right)}"),))


def _edges(query: Reading, node: exp.Expr) -> Iterator[Edit]:
    value, low, high = (query.of(node.args[name]) for name in ("this", "low", "high"))
    yield Edit("comparison-shifted", ((node, f"({value} > {low} AND {value} <= {high})"),))
    yield Edit("comparison-shifted", ((node, f"({value} >= {low} AND {value} < {high})"),))
    yield Edit("comparison-reversed", ((node, f"{value} < {low}"),))
    yield Edit("comparison-reversed", ((node, f"{value} > {high}"),))


def _negation(query: Reading, node: exp.Expr) -> Iterator[Edit]:
    if isinstance(node, exp.Not):
        yield Edit("negation", ((node, query.of(node.this)),))
    elif isinstance(node, _NEGATABLE) and not isinstance(node.parent, exp.Not):
        text = query.of(node)
        if node.args.get("negate"):
            text = text.replace(" NOT LIKE ", " LIKE ", 1).replace(" NOT GLOB ", " GLOB ", 1)
        else:
            text = f"(NOT {text})" if isinstance(node.parent, exp.Binary) else f"NOT {text}"
        yield Edit("negation", ((node, text),))

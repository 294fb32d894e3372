"""How hard a query is: easy, medium, hard or extra, by Spider's rule over the syntax tree.

SQL in → one of `HARDNESS` out. The rule counts components of the outermost query (Yu et al. 2018, "Spider", appendix):
clauses and joins, queries inside or beside it, and what comes more than once. One limit: Spider knows no WITH and no
query in FROM; here each counts as a query inside.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from pipeline.database.sql_text import shared_select

HARDNESS = ("easy", "medium", "hard", "extra")
SHARES = {"easy": 0.25, "medium": 0.35, "hard": 0.25, "extra": 0.15}
"""What pairs should come to. Spider's own questions are 25, 43, 17 and 16 %; a student of 0.1 B fails most at what is
hard, so that gets more and medium less."""


@dataclass(frozen=True)
class _Parts:
    """What the outermost query is made of."""

    clauses: int
    """WHERE, GROUP BY, ORDER BY, LIMIT, each join, each OR and each LIKE."""
    queries: int
    """Queries inside it, and UNION, INTERSECT or EXCEPT with others."""
    repeated: int
    """How many of these come more than once: outputs, conditions, aggregates, grouped columns."""


def hardness(sql: str) -> str:
    """`easy`, `medium`, `hard` or `extra`. Raises SqlError as `parse_select`."""
    parts = _parts(shared_select(sql))
    if not parts.queries:
        if parts.clauses <= 1 and not parts.repeated:
            return "easy"
        if (parts.clauses <= 1 and parts.repeated <= 2) or (parts.clauses <= 2 and parts.repeated <= 1):
            return "medium"
        if parts.clauses <= 2 or (parts.clauses == 3 and parts.repeated <= 2):
            return "hard"
    elif parts.queries == 1 and parts.clauses <= 1 and not parts.repeated:
        return "hard"
    return "extra"


def _parts(tree: exp.Query) -> _Parts:
    sides = _sides(tree)
    main = sides[0]
    inside = list(main.walk(prune=lambda node: _is_query(node) and node is not main))
    queries = sum(map(_is_query, inside)) - 1 + len(sides) - 1 + (len(tree.ctes) if tree is not main else 0)
    where, group = main.args.get("where"), main.args.get("group")
    ends = [main.args.get(end) or tree.args.get(end) for end in ("order", "limit")]
    matching = sum(isinstance(node, exp.Or | exp.Like | exp.ILike | exp.Glob) for node in inside)
    repeated = (
        sum(isinstance(node, exp.AggFunc) for node in inside),
        len(main.expressions),
        _conditions(where),
        len(group.expressions) if group else 0,
    )
    clauses = sum(map(bool, (where, group, *ends))) + len(main.args.get("joins") or ()) + matching
    return _Parts(clauses, queries, sum(count > 1 for count in repeated))


def _is_query(node: exp.Expr) -> bool:
    return isinstance(node, exp.Select | exp.SetOperation)


def _sides(tree: exp.Expr) -> list[exp.Select]:
    """The queries that UNION, INTERSECT and EXCEPT put side by side, the outermost first; one where there are none."""
    if isinstance(tree, exp.SetOperation):
        return [*_sides(tree.this), *_sides(tree.expression)]
    if isinstance(tree, exp.Subquery):
        return _sides(tree.this)
    assert isinstance(tree, exp.Select)  # as `shared_select` gives it
    return [tree]


def _conditions(where: exp.Expr | None) -> int:
    """Conditions of a WHERE, as AND and OR tie them together."""
    if where is None:
        return 0
    tied = where.walk(prune=lambda node: isinstance(node, exp.Query))
    return 1 + sum(isinstance(node, exp.And | exp.Or) for node in tied)

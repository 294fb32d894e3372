"""CHECK and DEFAULT expressions of any dialect as SQLite text, rebuilt from the syntax tree node by node.

Only the nodes listed here come through, so nothing that was pasted reaches SQLite as it stood. What cannot be said so is
left out: a rule less is better than a schema less.
"""

from __future__ import annotations

from itertools import islice

from sqlglot import exp

from pipeline.database.schema import quote

_SAFE = (
    *(exp.And, exp.Or, exp.Not, exp.Paren, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between),
    *(exp.Like, exp.Is, exp.Null, exp.Boolean, exp.Literal, exp.Column, exp.Identifier, exp.Neg),
    *(exp.Add, exp.Sub, exp.Mul, exp.Length, exp.Lower, exp.Upper, exp.Abs),
)
_NEEDS_NO_PARENTHESES = (exp.Column, exp.Literal, exp.Paren, exp.Array, exp.Cast)
_MAX_NODES = 2_000
_CONSTANTS = (exp.Literal, exp.Neg, exp.Null, exp.Boolean)
_NOW: dict[type[exp.Expr], str] = {
    exp.CurrentTimestamp: "CURRENT_TIMESTAMP",
    exp.CurrentDatetime: "CURRENT_TIMESTAMP",
    exp.CurrentDate: "CURRENT_DATE",
    exp.CurrentTime: "CURRENT_TIME",
}
_CLOCKS = {"SYSDATETIME", "SYSUTCDATETIME", "SYSDATETIMEOFFSET", "GETUTCDATE"}


def rebuild_checks(check: exp.Expr, columns: set[str]) -> list[exp.Expr]:
    """The conditions of a CHECK, split at AND, in SQLite's words; those that cannot be said so are left out.

    `columns` are the table's names, lower-cased.
    """
    if sum(1 for _ in islice(check.walk(), _MAX_NODES + 1)) > _MAX_NODES:
        return []
    tree = _plain(check)
    parts = [part.unnest() for part in tree.flatten()] if isinstance(tree, exp.And) else [tree]
    return [_named(part) for part in parts if _is_safe(part, columns)]


def _is_safe(tree: exp.Expr, columns: set[str]) -> bool:
    for node in tree.walk():
        if type(node) not in _SAFE or (isinstance(node, exp.Column) and node.name.lower() not in columns):
            return False
        if isinstance(node, exp.In) and not (
            node.expressions and all(isinstance(v, _CONSTANTS) for v in node.expressions)
        ):
            return False
    return tree.find(exp.Column) is not None


def _named(tree: exp.Expr) -> exp.Expr:
    """Every name quoted where SQLite needs it, every comment gone."""
    for node in tree.walk():
        node.comments = None
        if isinstance(node, exp.Identifier):
            node.set("quoted", quote(node.name) != node.name)
    return tree


def rebuild_default(default: exp.Expr) -> str | None:
    """A constant or the current time as SQLite text; None for NULL and for anything that would have to be computed."""
    node = _plain(default)
    if type(node) in _NOW:
        return _NOW[type(node)]
    number = node.this if isinstance(node, exp.Neg) else node
    constant = isinstance(number, exp.Literal) and (number is node or not number.is_string)
    return _named(node).sql("sqlite") if constant or isinstance(node, exp.Boolean) else None


def allowed_values(check: exp.Expr) -> tuple[str, tuple[str, ...]] | None:
    """The column, lower-cased, and its values where a rebuilt condition is `column IN (constants)` or an OR of such."""
    parts = [part.unnest() for part in check.flatten()] if isinstance(check, exp.Or) else [check]
    choices = [part for part in parts if not _is_null_test(part)]
    names: set[str] = set()
    values: list[str] = []
    for part in choices:
        if not isinstance(part, exp.In | exp.EQ) or not isinstance(part.this, exp.Column):
            return None
        constants = part.expressions if isinstance(part, exp.In) else [part.expression]
        if not all(isinstance(constant, exp.Literal) for constant in constants):
            return None
        names.add(part.this.name.lower())
        values += [constant.name for constant in constants]
    return (names.pop(), tuple(dict.fromkeys(values))) if len(names) == 1 else None


def _is_null_test(node: exp.Expr) -> bool:
    return isinstance(node, exp.Is) and isinstance(node.expression, exp.Null)


def _plain(tree: exp.Expr) -> exp.Expr:
    """Without casts, table names, character sets, needless parentheses; pg_dump's `= ANY (ARRAY[…])` as IN."""
    while (plainer := tree.transform(_plainer)) != tree:
        tree = plainer
    return tree.unnest()


def _plainer(node: exp.Expr) -> exp.Expr:
    plainer: exp.Expr = node
    if isinstance(node, exp.Cast) or (isinstance(node, exp.Paren) and isinstance(node.this, _NEEDS_NO_PARENTHESES)):
        plainer = node.this
    elif isinstance(node, exp.Introducer | exp.Convert):
        plainer = node.expression
    elif isinstance(node, exp.National):
        plainer = exp.Literal.string(node.name)
    elif isinstance(node, exp.Anonymous) and node.name.upper() in _CLOCKS:
        plainer = exp.CurrentTimestamp()
    elif isinstance(node, exp.Column) and node.table:
        plainer = exp.Column(this=node.this)
    elif (
        isinstance(node, exp.EQ)
        and isinstance(node.expression, exp.Any)
        and isinstance(node.expression.this, exp.Array)
    ):
        plainer = exp.In(this=node.this, expressions=node.expression.this.expressions)
    return plainer

"""Joins in one form: outer ones that could be inner are, inner ones stand side by side, parents nobody asks for go.

`Facts` in → whether the tree was changed. One limit: USING, NATURAL, RIGHT and FULL joins are left as they are.
"""

from __future__ import annotations

import operator
from collections import defaultdict

from sqlglot import exp

from pipeline.dataset.equivalent.facts import Facts, Key, refers_to, unique_keys
from pipeline.dataset.mutants.reading import Found, conjuncts


def inner_joins(facts: Facts) -> bool:
    """A LEFT JOIN is an inner one where each row finds its parent, or where rows without are filtered out."""
    for select in facts.selects():
        joins = select.args.get("joins") or []
        for number, join in enumerate(joins):
            if (
                join.side == "LEFT"
                and join.args.get("on")
                and not any(each.side in ("RIGHT", "FULL") for each in joins)
            ):
                alias = join.this.alias_or_name.lower()
                where = select.args.get("where")
                terms = list(conjuncts(where.this)) if where else []
                terms += [t for later in joins[number + 1 :] if not later.side for t in conjuncts(later.args.get("on"))]
                filtered = any(facts.rejects_null(term, alias, select) for term in terms)
                if filtered or _finds_parent(facts, join, select) or _group_rejects(facts, select, alias):
                    join.set("side", None)
                    join.set("kind", None)
                    return True
            elif not join.side and join.kind in ("INNER", "OUTER"):
                join.set("kind", None)
                return True
    return False


def _finds_parent(facts: Facts, join: exp.Join, select: exp.Select) -> bool:
    """Whether each row so far has exactly one row of the joined table, by a foreign key that is never empty."""
    alias = join.this.alias_or_name.lower()
    terms = list(conjuncts(join.args.get("on")))
    pairs = facts.equalities(terms, select)
    if not pairs or len(pairs) != len(terms):
        return False
    links = [(one, two) if two.alias == alias else (two, one) for _, one, two in pairs]
    return _is_parent(facts, links, alias)


def _is_parent(facts: Facts, links: list[tuple[Found, Found]], alias: str) -> bool:
    """Whether the links (child's column, parent's column) are a foreign key that is never empty, to a key."""
    children = {child.alias for child, _ in links}
    if len(children) != 1 or any(parent.alias != alias or child.alias == alias for child, parent in links):
        return False
    if not all(facts.never_null(child) for child, _ in links):
        return False
    child, parent = links[0][0].table, links[0][1].table
    wanted = {(one.column.name.lower(), two.column.name.lower()) for one, two in links}
    if not any(set(key) <= {two for _, two in wanted} for key in unique_keys(parent)):
        return False
    if len(wanted) == 1:
        tables = {table.name.lower(): table for table in facts.schema.tables}
        here, there = next(iter(wanted))
        return (parent.name.lower(), there) in refers_to(child, here, tables)
    return any(
        key.table.lower() == parent.name.lower()
        and {(a.lower(), b.lower()) for a, b in zip(key.columns, key.references, strict=False)} == wanted
        for key in child.foreign_keys
    )


def _group_rejects(facts: Facts, select: exp.Select, alias: str) -> bool:
    """Whether HAVING leaves out the group of a row that found none: there are two tables, one group a row of the first."""
    group, having = select.args.get("group"), select.args.get("having")
    sources = facts.sources(select)
    if not group or not having or len(sources) != 2:
        return False
    other = next(name for name in sources if name != alias)
    table = sources[other]
    fixed = facts.decided(select, facts.keys_in(group.expressions, select))
    if table is None or not any({(other, name) for name in key} <= fixed for key in unique_keys(table)):
        return False
    return any(_fails_alone(facts, term, alias, select) for term in conjuncts(having.this))


def _fails_alone(facts: Facts, term: exp.Expr, alias: str, select: exp.Select) -> bool:
    """Whether a condition on groups fails for one row whose columns of that table are empty."""
    if not isinstance(term, (exp.GTE, exp.GT, exp.EQ, exp.LT, exp.LTE, exp.NEQ)):
        return False
    value, bound = term.this, term.expression
    own = (
        any(key[0] == alias for key in facts.keys_in([value.this], select)) if isinstance(value, exp.AggFunc) else False
    )
    if isinstance(value, exp.Count) and isinstance(term, (exp.GTE, exp.GT, exp.EQ)):
        count = int(bound.this) if isinstance(bound, exp.Literal) and bound.this.isdecimal() else 0
        alone = 1 if isinstance(value.this, exp.Star) else 0 if own else count
        return count > alone or count == alone and isinstance(term, exp.GT)
    return own and isinstance(value, (exp.Sum, exp.Avg, exp.Min, exp.Max))


def flat_joins(facts: Facts) -> bool:
    """Where all joins are inner their conditions stand in WHERE, and the tables in the order of their aliases."""
    for select in facts.selects():
        joins = select.args.get("joins") or []
        first = select.args.get("from_")
        if not joins or not first or not all(map(_is_plain, joins)) or _has_star(facts, select):
            continue
        terms = [term.copy() for join in joins for term in conjuncts(join.args.get("on"))]
        written = [first.this, *(join.this for join in joins)]
        sources = sorted(written, key=lambda source: str(source.alias_or_name))
        calls = any(isinstance(each, exp.Table) and not isinstance(each.this, exp.Identifier) for each in written)
        done = not terms and all(map(operator.is_, sources, written)) and all(join.kind == "CROSS" for join in joins)
        if calls or done:
            continue
        first.set("this", sources[0].copy())
        select.set("joins", [exp.Join(this=source.copy(), kind="CROSS") for source in sources[1:]])
        where = select.args.get("where")
        terms += [term.copy() for term in conjuncts(where.this)] if where else []
        _set_where(select, terms)
        return True
    return False


def _is_plain(join: exp.Join) -> bool:
    return not join.side and join.kind in ("", "CROSS") and not join.args.get("using") and not join.args.get("method")


def _has_star(facts: Facts, select: exp.Select) -> bool:
    return any(not isinstance(star.parent, exp.Count) for star in facts.own(select, exp.Star))


def _set_where(select: exp.Select, terms: list[exp.Expr]) -> None:
    """Make these the terms of WHERE; the OR among them in brackets."""
    condition: exp.Expr | None = None
    for term in terms:
        term = exp.Paren(this=term) if isinstance(term, exp.Or) and len(terms) > 1 else term
        condition = exp.And(this=condition, expression=term) if condition is not None else term
    select.set("where", exp.Where(this=condition) if condition is not None else None)


def equal_columns(facts: Facts) -> bool:
    """Of columns that a join makes equal one stands for all: a child's rather than its parent's."""
    for select in facts.selects():
        terms = facts.equalities(facts.terms(select), select)
        classes = representatives(facts, select)
        defining = {id(term) for term, _, _ in terms}
        changed = False
        for node in facts.nodes:
            found = facts.find(node)
            if found is None or found.select is not select or id(node.parent) in defining:
                continue
            chosen = classes.get(facts.key(found))
            if chosen is not None and chosen != facts.key(found):
                node.set("table", exp.to_identifier(chosen[0], quoted=True))
                node.set("this", exp.to_identifier(chosen[1], quoted=True))
                changed = True
        if changed:
            return True
    return False


def representatives(facts: Facts, select: exp.Select) -> dict[Key, Key]:
    """For each column that is equal to another the one that stands for all of them."""
    terms = facts.equalities(facts.terms(select), select)
    groups: dict[Key, set[Key]] = {}
    primary: dict[Key, bool] = defaultdict(bool)
    for _, left, right in terms:
        one, two = facts.key(left), facts.key(right)
        merged = groups.get(one, {one}) | groups.get(two, {two})
        groups |= dict.fromkeys(merged, merged)
        for found in (left, right):
            primary[facts.key(found)] = (facts.key(found)[1],) in unique_keys(found.table)
    return {key: min(members, key=lambda member: (primary[member], member)) for key, members in groups.items()}


def unused_parents(facts: Facts) -> bool:
    """A joined parent of which nothing but the key is asked goes: each row has exactly one."""
    for select in facts.selects():
        joins = select.args.get("joins") or []
        if not joins or _has_star(facts, select) or any(join.side for join in joins):
            continue
        terms = facts.equalities(facts.terms(select), select)
        for alias in facts.sources(select):
            mine = [term for term in terms if alias in (term[1].alias, term[2].alias)]
            links = [(one, two) if two.alias == alias else (two, one) for _, one, two in mine]
            if (
                mine
                and not _used(facts, select, alias, [term for term, _, _ in mine])
                and _is_parent(facts, links, alias)
            ):
                _leave_out(facts, select, alias, {id(term) for term, _, _ in mine})
                return True
    return False


def _used(facts: Facts, select: exp.Select, alias: str, links: list[exp.Expr]) -> bool:
    known = {id(link) for link in links}
    for node in facts.nodes:
        found = facts.find(node)
        if found and found.select is select and found.alias == alias and id(node.parent) not in known:
            return True
    return False


def _leave_out(facts: Facts, select: exp.Select, alias: str, links: set[int]) -> None:
    terms = [term.copy() for term in facts.terms(select) if id(term) not in links]
    sources = [select.args["from_"].this, *(join.this for join in select.args["joins"])]
    rest = [source.copy() for source in sources if source.alias_or_name.lower() != alias]
    select.args["from_"].set("this", rest[0])
    select.set("joins", [exp.Join(this=source, kind="CROSS") for source in rest[1:]])
    _set_where(select, terms)

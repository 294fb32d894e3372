"""Groups and aggregates in one form: as few columns to group by as will do, one name for the same number.

`Facts` in → whether the tree was changed. One limit: groups by expressions and aliases are taken as they are.
"""

from __future__ import annotations

from sqlglot import exp

from pipeline.dataset.equivalent.facts import Facts, Key
from pipeline.dataset.equivalent.joins import representatives
from pipeline.dataset.mutants.columns import class_of
from pipeline.dataset.mutants.reading import Found, conjuncts


def terms_on_rows(facts: Facts) -> bool:
    """A condition of HAVING on columns that have one value in a group stands in WHERE."""
    for select in facts.selects():
        having, group = select.args.get("having"), select.args.get("group")
        if not having or not group:
            continue
        fixed = facts.decided(select, facts.keys_in(group.expressions, select))
        for term in conjuncts(having.this):
            columns = [node for node in term.find_all(exp.Column)]
            if (
                not columns
                or term.find(exp.AggFunc, exp.Query)
                or not all(
                    (found := facts.find(column)) and found.select is select and facts.key(found) in fixed
                    for column in columns
                )
            ):
                continue
            rest = [other.copy() for other in conjuncts(having.this) if other is not term]
            select.set("having", exp.Having(this=exp.and_(*rest, copy=False)) if rest else None)
            select.where(exp.Paren(this=term.copy()), copy=False)
            return True
    return False


def shorter_groups(facts: Facts) -> bool:
    """A primary key stands for all columns it decides and that decide it; a column that others decide goes."""
    for select in facts.selects():
        group = select.args.get("group")
        if group is None or any(value for name, value in group.args.items() if name != "expressions"):
            continue
        keys = [
            facts.key(found) for term in group.expressions if (found := facts.find(term)) and found.select is select
        ]
        if not keys or len(keys) != len(group.expressions):
            continue
        chosen = representatives(facts, select)
        wanted = sorted({chosen.get(key, key) for key in _fewest(facts, select, keys)})
        if wanted != keys:
            group.set("expressions", [exp.column(name, table=alias, quoted=True) for alias, name in wanted])
            return True
    return False


def _fewest(facts: Facts, select: exp.Select, keys: list[Key]) -> list[Key]:
    """As few columns as make the same groups."""
    fixed = facts.decided(select, keys)
    for alias, table in sorted(facts.sources(select).items()):
        primary = [(alias, name.lower()) for name in table.primary_key] if table else []
        if primary and set(primary) <= fixed and set(keys) <= facts.decided(select, primary):
            return primary
    wanted = sorted(set(keys))
    for key in list(wanted):
        rest = [other for other in wanted if other != key]
        wanted = rest if rest and key in facts.decided(select, rest) else wanted
    return wanted


def one_row_groups(facts: Facts) -> bool:
    """SUM, AVG and MIN of a single value are that value, as is MAX."""
    for node in facts.all(exp.Sum, exp.Avg, exp.Min):
        select, found = facts.owner(node), facts.find(node.this)
        if select is None or found is None or found.select is not select or isinstance(node.parent, exp.Window):
            continue
        group = select.args.get("group")
        start = facts.keys_in(group.expressions if group else [], select)
        fixed = facts.decided(select, start)
        number = class_of(found.column) == "number" and found.column.type in ("INTEGER", "REAL")
        alone = facts.decides_rows(select, start)
        repeated = facts.key(found) in fixed and not isinstance(node, exp.Sum)
        exact = not isinstance(node, exp.Avg) or found.column.type == "REAL" or _as_it_is(facts, node, select)
        if (alone or repeated) and (number or isinstance(node, exp.Min)) and exact:
            node.replace(exp.Max(this=node.this))
            return True
    return False


def _as_it_is(facts: Facts, node: exp.Expr, select: exp.Select) -> bool:
    """Whether nobody divides it: 5.0 / 2 is not 5 / 2."""
    compared = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Ordered)
    return (
        isinstance(node.parent, compared) or select is facts.tree and isinstance(node.parent, (exp.Select, exp.Alias))
    )


def rows_counted(facts: Facts) -> bool:
    """COUNT of a column that is never empty counts rows; DISTINCT goes where no value repeats, or in MIN and MAX."""
    for node in facts.all(exp.Count, exp.Min, exp.Max):
        select, what = facts.owner(node), node.this
        if isinstance(what, exp.Distinct) and len(what.expressions) == 1:
            value = what.expressions[0]
            if not isinstance(node, exp.Count) or select and _differs_by_row(facts, select, value):
                node.set("this", value)
                return True
        elif isinstance(node, exp.Count) and not isinstance(what, exp.Star):
            found = facts.find(what)
            number = isinstance(what, exp.Literal)
            full = found is not None and found.select is select
            if number or full and found and (facts.never_null(found) or facts.filled_by_condition(found)):
                node.set("this", exp.Star())
                return True
            if found is not None and found.select is select and _counted_by_key(facts, found, what):
                return True
    return False


def _differs_by_row(facts: Facts, select: exp.Select, value: exp.Expr) -> bool:
    group = select.args.get("group")
    own = facts.keys_in([value], select)
    start = own | facts.keys_in(group.expressions if group else [], select)
    return any(facts.decides_rows(select, start, found=alias) for alias, _ in own)


def _counted_by_key(facts: Facts, found: Found, column: exp.Expr) -> bool:
    """Rows that an outer join found are counted by their key, whichever filled column was written."""
    primary = [name.lower() for name in found.table.primary_key[:1]]
    if found.alias not in facts.optional(found.select) or not primary or column.name == primary[0]:
        return False
    if not facts.filled_by_join(found):
        return False
    column.set("this", exp.to_identifier(primary[0], quoted=True))
    return True

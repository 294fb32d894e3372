"""What the keys of a schema say about the rows of a query: which columns are equal, never empty, or decide the others.

`Facts` reads a tree once; a rule that changes the tree makes them out of date. One limit: nothing is known of derived
tables and CTEs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlglot import exp

from pipeline.database.schema import Table
from pipeline.dataset.mutants.reading import Found, Names, conjuncts

Key = tuple[str, str]
"""Alias of a table in its SELECT and name of a column, lower case."""
STRICT = (
    exp.Column, exp.Literal, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg, exp.Paren, exp.Cast, exp.DPipe,
    exp.TimeToStr, exp.TsOrDsToTimestamp, exp.Lower, exp.Upper, exp.Length, exp.Abs, exp.Round, exp.Substring,
    exp.Identifier, exp.DataType,
)  # fmt: skip
"""What is NULL as soon as a part of it is."""
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Like)


class Facts(Names):
    """`Names` with what follows from keys and conditions."""

    def write_out_names(self) -> None:
        """Name every table and column in full, so that the same thing has the same text."""
        found = [(node, self.find(node)) for node in self.nodes if isinstance(node, exp.Column)]
        for column, known in found:
            if known is not None:
                column.set("table", exp.to_identifier(known.alias))
        for node in self.all(exp.Table):
            if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
                node.set("alias", exp.TableAlias(this=exp.to_identifier(node.alias_or_name)))
        for identifier in list(self.tree.find_all(exp.Identifier)):
            identifier.set("this", identifier.name.lower())
            identifier.set("quoted", True)

    def key(self, found: Found) -> Key:
        """Alias and name of a column."""
        return found.alias, found.column.name.lower()

    def keys_in(self, nodes: Iterable[exp.Expr], select: exp.Select) -> set[Key]:
        """Those of the nodes that are columns of a SELECT's own tables."""
        return {self.key(found) for node in nodes if (found := self.find(node)) and found.select is select}

    def never_null(self, found: Found | None) -> bool:
        """Whether a column has a value in every row of its SELECT."""
        return found is not None and filled(found) and found.alias not in self.optional(found.select)

    def terms(self, select: exp.Select) -> Iterator[exp.Expr]:
        """The conditions that every row of a SELECT meets: WHERE and the ON of inner joins."""
        joins = select.args.get("joins") or []
        if not any(join.side in ("RIGHT", "FULL") for join in joins):
            for join in joins:
                yield from conjuncts(join.args.get("on")) if not join.side else ()
        where = select.args.get("where")
        yield from conjuncts(where.this) if where else ()

    def equalities(self, terms: Iterable[exp.Expr], select: exp.Select) -> list[tuple[exp.Expr, Found, Found]]:
        """The terms that make two columns of a SELECT's own tables equal, values and all."""
        pairs: list[tuple[exp.Expr, Found, Found]] = []
        for term in terms:
            if isinstance(term, exp.EQ):
                left, right = self.find(term.this), self.find(term.expression)
                if left and right and left.select is right.select is select and _comparable(left, right):
                    pairs.append((term, left, right))
        return pairs

    def decided(self, select: exp.Select, start: Iterable[Key], found: str = "") -> set[Key]:
        """All columns that have one value for given values of the `start` columns: by equality, by key, by constants.

        `found` is the alias of a table that is known to have a row, although an outer join leads to it.
        """
        fixed = set(start) | self._constants(select)
        terms = [*self.terms(select), *(self._met(select, found) if found else ())]
        equal = [(self.key(left), self.key(right)) for _, left, right in self.equalities(terms, select)]
        outer = [pair for join in select.args.get("joins") or [] if (pair := self._outer(join, select))]
        while True:
            more = {two for one, two in equal if one in fixed} | {one for one, two in equal if two in fixed}
            for left, right in outer:
                more |= right if left <= fixed else set()
            for alias, table in self.sources(select).items():
                if table and any({(alias, name) for name in key} <= fixed for key in unique_keys(table)):
                    more |= {(alias, column.name.lower()) for column in table.columns}
            if more <= fixed:
                return fixed
            fixed |= more

    def _constants(self, select: exp.Select) -> set[Key]:
        found = set()
        for term in self.terms(select):
            if isinstance(term, exp.EQ):
                for one, two in ((term.this, term.expression), (term.expression, term.this)):
                    if isinstance(two, exp.Literal):
                        found |= self.keys_in([one], select)
        return found

    def _outer(self, join: exp.Join, select: exp.Select) -> tuple[set[Key], set[Key]] | None:
        """Of a LEFT JOIN by equalities alone: the columns that decide which columns of the joined table."""
        if join.side != "LEFT" or not join.args.get("on"):
            return None
        alias, left, right = join.this.alias_or_name.lower(), set(), set()
        terms = list(conjuncts(join.args["on"]))
        pairs = self.equalities(terms, select)
        if len(pairs) != len(terms):
            return None
        for _, one, two in pairs:
            if (one.alias == alias) == (two.alias == alias):
                return None
            mine, other = (one, two) if one.alias == alias else (two, one)
            left.add(self.key(other))
            right.add(self.key(mine))
        return left, right

    def _met(self, select: exp.Select, alias: str) -> list[exp.Expr]:
        """The conditions of LEFT JOINs that hold where that table has a row: its own, and those of what it hangs on."""
        joins = {
            join.this.alias_or_name.lower(): join for join in select.args.get("joins") or [] if join.side == "LEFT"
        }
        terms: list[exp.Expr] = []
        waiting = [alias]
        while waiting:
            join = joins.pop(waiting.pop(), None)
            own = list(conjuncts(join.args.get("on"))) if join is not None else []
            terms += own
            waiting += [side.alias for _, *pair in self.equalities(own, select) for side in pair]
        return terms

    def decides_rows(self, select: exp.Select, start: Iterable[Key], found: str = "") -> bool:
        """Whether there is at most one row for given values of the `start` columns; `found` as in `decided`."""
        sources = self.sources(select)
        fixed = self.decided(select, start, found)
        return bool(sources) and all(
            table is not None and any({(alias, name) for name in key} <= fixed for key in unique_keys(table))
            for alias, table in sources.items()
        )

    def filled_by_join(self, found: Found) -> bool:
        """Whether a column of an outer-joined table is only empty where that table has no row."""
        joins = found.select.args.get("joins") or []
        join = next((each for each in joins if each.this.alias_or_name.lower() == found.alias), None)
        terms = conjuncts(join.args.get("on")) if join is not None and join.side == "LEFT" else ()
        pairs = self.equalities(terms, found.select)
        return filled(found) or any(self.key(found) in map(self.key, pair) for _, *pair in pairs)

    def filled_by_condition(self, found: Found) -> bool:
        """Whether every row in which the column is empty is filtered out."""
        name = found.column.name.lower()
        return any(self.rejects_null(term, found.alias, found.select, name) for term in self.terms(found.select))

    def rejects_null(self, term: exp.Expr, alias: str, select: exp.Select, name: str = "") -> bool:
        """Whether a condition fails for every row in which that table has no row, or that column of it is empty."""
        if isinstance(term, exp.Paren):
            return self.rejects_null(term.this, alias, select, name)
        if isinstance(term, exp.Connector):
            sides = [self.rejects_null(side, alias, select, name) for side in (term.this, term.expression)]
            return any(sides) if isinstance(term, exp.And) else all(sides)
        if isinstance(term, exp.Not):
            inner = term.this.unnest()
            null_test = isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Null)
            strict = isinstance(inner, (*_COMPARISONS, exp.Between)) or isinstance(inner, exp.In) and inner.expressions
            return self._is_null_with(inner.this, (alias, name), select) if null_test or strict else False
        if isinstance(term, _COMPARISONS):
            return any(self._is_null_with(side, (alias, name), select) for side in (term.this, term.expression))
        return isinstance(term, (exp.Between, exp.In)) and self._is_null_with(term.this, (alias, name), select)

    def _is_null_with(self, node: exp.Expr, empty: Key, select: exp.Select) -> bool:
        parts = list(node.walk())
        own = any(key == empty or key[0] == empty[0] and not empty[1] for key in self.keys_in(parts, select))
        return own and all(isinstance(part, STRICT) for part in parts)


def aggregates(facts: Facts, select: exp.Select) -> bool:
    """Whether a SELECT makes one row of many; window functions do not."""
    return any(not isinstance(node.parent, exp.Window) for node in facts.own(select, exp.AggFunc))


def filled(found: Found) -> bool:
    """Whether the schema gives the column a value in every row of its table."""
    primary = {name.lower() for name in found.table.primary_key}
    return not found.column.nullable or found.column.name.lower() in primary


def unique_keys(table: Table) -> list[tuple[str, ...]]:
    """The sets of columns of which no two rows have the same values: keys that may be empty are left out."""
    keys = [table.primary_key, *table.unique, *((column.name,) for column in table.columns if column.unique)]
    return [
        tuple(name.lower() for name in key)
        for key in keys
        if key and (key == table.primary_key or not any(table.column(name).nullable for name in key))
    ]


def refers_to(table: Table, name: str, tables: dict[str, Table]) -> set[Key]:
    """The columns (table, name) among whose values every value of a column is: by foreign keys, step by step."""
    found: set[Key] = set()
    waiting = [(table.name.lower(), name.lower())]
    while waiting:
        own_table, own = waiting.pop()
        for key in tables[own_table].foreign_keys if own_table in tables else ():
            if len(key.columns) > 1 and any(tables[own_table].column(each).nullable for each in key.columns):
                continue  # a key with an empty part refers to nothing
            pairs = zip(key.columns, key.references, strict=False)
            targets = {(key.table.lower(), there.lower()) for here, there in pairs if here.lower() == own}
            waiting += targets - found
            found |= targets
    return found


def _comparable(left: Found, right: Found) -> bool:
    return left.column.type == right.column.type

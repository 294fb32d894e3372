"""A schema that is too large for a prompt, cut to whole tables: what is wanted with all it refers to, then neighbours.

Schema, wanted names and a budget in → a smaller schema and the names left out. Pure: whoever calls says how tokens are
counted. One limit: a table is in with all its columns or not at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from pipeline.database.schema import Schema
from pipeline.errors import UserError

Count = Callable[[Schema], int]


def cut(schema: Schema, wanted: Collection[str], budget: int, count: Count) -> tuple[Schema, list[str]]:
    """The tables that fit `budget` by `count`, in the schema's order, and the names of those left out, also in order.

    Wanted tables come first, in the order given, each with the tables its foreign keys refer to, and theirs; then, one at
    a time, the table with the most references to and from what is in. One that does not fit is passed over. The same
    input gives the same cut. Raises UserError for a wanted table that there is not, and where no table fits.
    """
    keep = _Keep(schema, budget, count)
    for name in wanted:
        keep.take(find_table(schema, name))
    keep.take_neighbours()
    inside = keep.checked()
    if not inside.tables:
        name, tokens = keep.smallest()
        raise UserError(
            "No table fits: {table}, the smallest with what it refers to, has {tokens} tokens; the limit is {budget}. "
            "Leave out columns that nobody asks about.",
            table=name,
            tokens=tokens,
            budget=budget,
        )
    kept = {table.name for table in inside.tables}
    return inside, [table.name for table in schema.tables if table.name not in kept]


def find_table(schema: Schema, name: str) -> str:
    """The table as the schema spells it. Raises UserError where there is none of that name."""
    try:
        return schema.table(name.strip()).name
    except KeyError:
        raise UserError(
            "The schema has no table {name}. Name tables that it has, such as {table}.",
            name=repr(name),
            table=schema.tables[0].name,
        ) from None


def closure(schema: Schema, names: Iterable[str]) -> set[str]:
    """The tables of those names and all that their foreign keys refer to, however far."""
    found: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += [key.table for key in schema.table(name).foreign_keys]
    return found


def only(schema: Schema, names: Collection[str]) -> Schema:
    """The schema with these tables alone, in its own order."""
    return replace(schema, tables=tuple(table for table in schema.tables if table.name in names))


class _Keep:
    """What is in. Tables are counted one by one; the sum is held against a count of the whole at the end."""

    def __init__(self, schema: Schema, budget: int, count: Count) -> None:
        self.schema, self.budget, self.count = schema, budget, count
        self.around = count(only(schema, ()))
        self.cost = {table.name: max(1, count(only(schema, {table.name})) - self.around) for table in schema.tables}
        self.closures = {table.name: closure(schema, [table.name]) for table in schema.tables}
        self.links: dict[str, Counter[str]] = {table.name: Counter() for table in schema.tables}
        for table in schema.tables:
            for key in table.foreign_keys:
                if key.table != table.name:
                    self.links[table.name][key.table] += 1
                    self.links[key.table][table.name] += 1
        self.taken: list[set[str]] = []
        self.inside: set[str] = set()

    def take(self, name: str) -> None:
        """Let a table in with what it refers to, if all of it fits."""
        more = self.closures[name] - self.inside
        if more and self.around + sum(self.cost[each] for each in self.inside | more) <= self.budget:
            self.taken.append(more)
            self.inside |= more

    def take_neighbours(self) -> None:
        """Let in what fits: the most references to what is in first, then the most of all, then the schema's order."""
        left = [table.name for table in self.schema.tables if table.name not in self.inside]
        order = {name: place for place, name in enumerate(left)}
        while left:
            name = min(left, key=lambda each: (-self._near(each), -self.links[each].total(), order[each]))
            left.remove(name)
            self.take(name)

    def _near(self, name: str) -> int:
        return sum(times for other, times in self.links[name].items() if other in self.inside)

    def checked(self) -> Schema:
        """What is in, less what was taken last as long as the whole is over the budget."""
        inside = only(self.schema, self.inside)
        while self.taken and self.count(inside) > self.budget:
            self.inside -= self.taken.pop()
            inside = only(self.schema, self.inside)
        return inside

    def smallest(self) -> tuple[str, int]:
        """The table that with what it refers to comes nearest to fitting, and its tokens."""
        sums = {name: self.around + sum(map(self.cost.__getitem__, names)) for name, names in self.closures.items()}
        return min(sums.items(), key=lambda item: item[1])

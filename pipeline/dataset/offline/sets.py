"""Sets of rows, as SQL and as words at once: a filter, a subset of an entity, chosen parents.

Conditions are written with MARK before each column of the set's own table, so that the same condition serves alone, inside
a subquery and in a join. Phrases carry `<run/runs>` where the verb depends on number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.database.schema import quote
from pipeline.dataset.offline.graph import Entity, Link

MARK = "§"


@dataclass(frozen=True)
class Filter:
    """One condition. In English `post` follows the noun and `pre` stands before it; in Japanese `post` precedes the noun."""

    sql: str
    post: str
    pre: str = ""
    columns: frozenset[str] = frozenset()
    """Columns it speaks of: not asked for again."""
    being: str = ""
    """What such rows are in one English word: `pending`."""
    kind: str = ""
    """The English noun for such rows: `cashier`."""


@dataclass(frozen=True)
class Subset:
    """The rows of one entity that pass all filters."""

    entity: Entity
    filters: tuple[Filter, ...] = ()

    @property
    def columns(self) -> frozenset[str]:
        """Columns that the filters speak of."""
        return frozenset().union(*(one.columns for one in self.filters))

    def condition(self, prefix: str = "") -> str:
        """The conditions joined by AND; empty without filters."""
        return " AND ".join(one.sql for one in self.filters).replace(MARK, prefix)

    def where(self, extra: str = "", prefix: str = "") -> str:
        """` WHERE …` with one more condition, or nothing at all."""
        parts = [part for part in (self.condition(prefix), extra.replace(MARK, prefix)) if part]
        return " WHERE " + " AND ".join(parts) if parts else ""

    def select(self, what: str, extra: str = "") -> str:
        """`SELECT what FROM the table` with these filters and one more condition."""
        return f"SELECT {what} FROM {self.entity.name}{self.where(extra)}"

    def extreme(self, expression: str, function: str) -> str:
        """The condition that a row holds the largest or smallest value within the set; `expression` has no prefix."""
        marked = expression.replace("CAST(", f"CAST({MARK}") if expression.startswith("CAST(") else MARK + expression
        return f"{marked} = ({self.select(f'{function}({expression})')})"


@dataclass(frozen=True)
class Chosen:
    """Rows of a parent that something else is restricted by: "the largest state", "states that border texas"."""

    entity: Entity
    phrase: str
    where: str = ""
    """Condition on the parent's own table, marked."""
    source: Mapping[str, str] = field(default_factory=dict)
    """Columns of the parent whose chosen values another query gives directly."""
    many: bool = False
    deep: int = 1
    """Subqueries inside."""

    def condition(self, column: str) -> str:
        """`IN (…)` over the values of one column of the parent."""
        if column in self.source:
            return f"IN ({self.source[column]})"
        if not self.where:
            target, query = next(iter(self.source.items()))
            return f"IN (SELECT {quote(column)} FROM {self.entity.name} WHERE {quote(target)} IN ({query}))"
        return f"IN (SELECT {quote(column)} FROM {self.entity.name} WHERE {self.where.replace(MARK, '')})"

    def filter(self) -> str:
        """The condition on the parent's own rows, marked."""
        if self.where:
            return self.where
        target, query = next(iter(self.source.items()))
        return f"{MARK}{quote(target)} IN ({query})"


def link_column(link: Link) -> str:
    """The child's column of a link, marked."""
    return MARK + quote(link.column)

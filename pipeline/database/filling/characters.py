"""How the databases of one schema differ, so that a slip which one hides shows on another.

`CHARACTERS` in their order: database number n has `CHARACTERS[n % 6]`. Shares are of rows or cells, from 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Character:
    """What one kind of database has more of than the others."""

    name: str
    says: str
    """One sentence for people."""
    scale: float = 1.0
    """Rows, as a multiple of what was asked."""
    nulls: float = 1.0
    """Multiplies the 5–30% of NULLs that a nullable column has."""
    ties: float = 0.05
    """Share of numbers that repeat one of the first four of their column."""
    parents: float = 0.75
    """Share of the parents that may have children."""
    misses: float = 0.35
    """Share of the rows with literals that just miss one of them."""
    copies: float = 0.04
    """Share of rows that repeat an earlier one as far as keys let them."""
    edges: float = 0.0
    """Share of numbers and days at an end of what the column may hold: 0, the lowest, the last day of a month."""
    echoes: float = 0.0
    """Share of numbers and dates that repeat one that the query may compare them with: the parent's, another column's."""
    tied: bool = False
    """Few different values, so that several rows share the first and the last place, and as many children a parent."""
    bare: bool = False
    """One value of each closed list never comes, and one table that refers to others has no rows."""

    @property
    def meeting(self) -> float:
        """Share of the rows whose first date is one of a few days."""
        return 1.0 if self.tied else 1.5 * self.edges

    @property
    def misses_first(self) -> bool:
        """Whether near misses come before every literal had a row that satisfies it."""
        return self.misses > 0.5 or self.tied


CHARACTERS = (
    Character("repeats", "more rows, some of which repeat each other", scale=1.25, parents=0.85, copies=0.25),
    Character("gaps", "many missing values", nulls=2.2, ties=0.1, parents=0.7),
    Character("ties", "ties for first place", ties=0.75, nulls=0.6, copies=0.0, tied=True),
    Character("boundaries", "values exactly on the limits that queries name", edges=0.3, echoes=0.25, misses=0.4),
    Character(
        "childless", "few rows, empty groups and parents without children", 0.4, parents=0.4, ties=0.1, bare=True
    ),
    Character("near-misses", "values that just miss those in the queries", nulls=0.8, misses=0.7),
)
KINDS = {character.name: character.says for character in CHARACTERS}
"""The kinds of databases in their order, each with what it has more of."""

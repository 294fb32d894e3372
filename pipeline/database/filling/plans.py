"""What filling one table needs, and which literals its next row should hold or just miss."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.database.filling.characters import Character
from pipeline.database.filling.checks import Checks, Row
from pipeline.database.filling.choices import Choice
from pipeline.database.filling.echoes import Source
from pipeline.database.filling.literals import Cell, focus
from pipeline.database.filling.makers import Maker
from pipeline.database.filling.values import Value
from pipeline.database.schema import Table

FOCUSED = 0.6
"""Share of rows that hold literals, where there are any."""


@dataclass(frozen=True)
class Focus:
    """The literals that one row should hold, by column; those in `missed` it should just miss."""

    wanted: Row
    missed: frozenset[str] = frozenset()
    whole: bool = False
    """Whether nothing may change them."""

    @cached_property
    def held(self) -> Row:
        """Those that it should hold."""
        return {name: value for name, value in self.wanted.items() if name not in self.missed}


NOTHING = Focus({})


@dataclass
class Plan:
    """What filling one table needs. Names are in lower case."""

    table: Table
    rng: random.Random
    character: Character
    makers: dict[str, Maker]
    checks: Checks
    nulls: dict[str, float]
    choices: list[Choice]
    cells: list[Cell]
    days: list[dt.date]
    insert: str
    names: list[str]
    """Columns that name the table's things and that others refer to: not repeated, though no UNIQUE says so."""
    units: list[tuple[str, ...]]
    """Columns that a row may take over from an earlier one."""
    sources: dict[str, list[Source]]
    """Where equal numbers and dates come from."""
    numbers: list[str]
    """Columns that queries calculate with."""
    free: set[str]
    """Columns whose values may be renewed: no reference, no closed list, no serial key."""
    named: set[tuple[str, Value]] = field(default_factory=set)
    foci: list[int] = field(default_factory=list)
    told: int = 0
    """Rows with literals so far."""

    @cached_property
    def optional(self) -> list[tuple[list[str], float]]:
        """For each choice the columns that may be NULL, and how often they all are."""
        nullable = [[name for name in choice.reference.columns if self.nulls[name]] for choice in self.choices]
        return [(names, max((self.nulls[name] for name in names), default=0.0)) for names in nullable]

    @cached_property
    def distinct(self) -> int:
        """Different literals of the table."""
        return len({cell[1:] for cell in self.cells})

    def next_focus(self) -> Focus:
        """The literals of the next row; none for a share of the rows.

        The character says how many of these rows just miss one of their literals; for most characters only after every
        literal has had a row.
        """
        if not self.cells or self.rng.random() >= FOCUSED:
            return NOTHING
        self.foci = self.foci or _foci(self.cells, self.rng)
        self.told += 1
        whole = self.told <= self.distinct and not self.character.misses_first
        wanted = focus(self.cells, self.foci.pop(), self.rng, whole)
        if whole or self.rng.random() >= self.character.misses:
            return Focus(wanted, whole=whole)
        return Focus(wanted, frozenset((self.rng.choice(list(wanted)),)))


def _foci(cells: Sequence[Cell], rng: random.Random) -> list[int]:
    """The cells' numbers in the order in which rows take them from the end: each distinct cell before any repeats.

    Numbers go first: `> 500` and `>= 500` differ only on 500, while a name differs from any other.
    """
    shuffled = rng.sample(range(len(cells)), len(cells))
    once = set({cells[number][1:]: number for number in shuffled}.values())

    def turn(number: int) -> int:
        return 0 if number not in once else 1 if isinstance(cells[number][2], str) else 2

    return sorted(shuffled, key=turn)

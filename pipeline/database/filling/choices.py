"""Which parent a new row refers to: some parents have many children, some none, and those with literals most.

Composite and overlapping foreign keys are set column by column so that they agree.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from pipeline.database.filling.characters import Character
from pipeline.database.filling.checks import Row
from pipeline.database.filling.references import Reference
from pipeline.database.filling.values import Value, skewed
from pipeline.database.schema import Table

Key = tuple[Value, ...]
_ORPHANS = 0.08
"""Share of the rows whose implied reference finds no parent."""
_FAVOURED = 0.35
"""Share of the rows that refer to a parent with literals."""
_EARLIER = 60
"""Rows back to which a row of the same table may refer."""


@dataclass
class Choice:
    """One reference of one table and the parents' keys that its rows may take."""

    reference: Reference
    itself: bool
    """Whether the table refers to itself; `rows` then grows while the table is filled."""
    rows: Sequence[Row]
    keys: list[Key]
    favourites: list[Key]
    each_once: Iterator[Key] | None
    """Where the reference is unique in its table: every parent at most once."""
    turns: Iterator[Key] | None = None
    """Where parents share the first place: one after the other."""

    def refer(self, row: Row, wanted: Row, nullable: Collection[str], rng: random.Random) -> bool:
        """Set the reference's columns in `row`; `wanted` are literals that it should hold.

        Returns False when the row must refer to something and nothing is there. An implied reference may leave the
        columns unset: they then get a literal, or a value that no parent has.
        """
        columns = self.reference.columns
        asked = {name: wanted[name] for name in columns if name in wanted}
        if self.reference.soft and (asked or rng.random() < _ORPHANS):
            return True
        keys = self.keys
        if self.itself:
            keys = [tuple(other[name] for name in self.reference.keys) for other in self.rows[-_EARLIER:]]
        given = {name: row[name] for name in columns if name in row}
        fitting = _fitting(keys, columns, asked | given) or _fitting(keys, columns, given)
        key = self._pick(fitting, rng)
        if key is None or (self.itself and nullable and len(self.rows) < 2):
            row.update({name: None for name in nullable if name not in row})
            return bool(nullable) or self.reference.soft
        row.update(zip(columns, key, strict=True))
        return True

    def _pick(self, keys: Sequence[Key], rng: random.Random) -> Key | None:
        if self.each_once is not None:
            return next((key for key in self.each_once if key in keys), None)
        if self.turns is not None and keys is self.keys:
            return next(self.turns)
        if self.favourites and rng.random() < _FAVOURED:
            favoured = [key for key in self.favourites if key in keys]
            if favoured:
                return rng.choice(favoured)
        return skewed(keys, rng, 1.4) if keys else None


def make_choice(
    table: Table,
    reference: Reference,
    parents: tuple[Sequence[Row], Sequence[Row]],
    rng: random.Random,
    character: Character,
) -> Choice:
    """The choice of one reference; `parents` are the parent's rows and those of them with literals."""
    keys, chosen = (_keys(rows, reference) for rows in parents)
    fertile = rng.sample(keys, max(1, round(len(keys) * character.parents))) if keys else []
    fertile = list(dict.fromkeys([*fertile, *chosen]))
    once = iter(fertile) if is_unique(table, reference.columns) else None
    itself = reference.parent == table.name.lower()
    turns = _turns(fertile, rng) if character.tied and fertile and not itself else None
    return Choice(reference, itself, parents[0], fertile, chosen, once, turns)


def _turns(keys: Sequence[Key], rng: random.Random) -> Iterator[Key]:
    """Every key once a round, each round in another order: no count is more than one above another."""
    while True:
        yield from rng.sample(keys, len(keys))


def is_unique(table: Table, columns: Sequence[str]) -> bool:
    """Whether a key or UNIQUE of the table lies within these columns, so that no two rows may share them."""
    keys = [table.primary_key, *table.unique, *((column.name,) for column in table.columns if column.unique)]
    return any(key and {name.lower() for name in key} <= set(columns) for key in keys)


def _keys(rows: Sequence[Row], reference: Reference) -> list[Key]:
    found = (tuple(row[name] for name in reference.keys) for row in rows)
    return list(dict.fromkeys(key for key in found if None not in key))


def _fitting(keys: Sequence[Key], columns: Sequence[str], fixed: Row) -> Sequence[Key]:
    places = [(place, fixed[name]) for place, name in enumerate(columns) if name in fixed]
    return [key for key in keys if all(key[place] == value for place, value in places)] if places else keys

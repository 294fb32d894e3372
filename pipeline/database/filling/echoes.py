"""Values that a row shares with the row it refers to, with another column or table, and rows that repeat earlier ones.

`hired_on < opened_on` and `<=` differ only where both days are the same; DISTINCT only where something comes twice.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

from pipeline.database.filling.checks import Row
from pipeline.database.filling.choices import Choice
from pipeline.database.filling.makers import Maker
from pipeline.database.filling.values import Value
from pipeline.database.schema import Table

Source = Callable[[Row, random.Random], Value]
"""Gives a value for a column of the row at hand; None where it has none."""
Makers = Mapping[str, Maker]


def comparable(maker: Maker) -> bool:
    """Whether a column holds numbers or dates that queries compare with each other, not keys or closed lists."""
    return (
        maker.type in ("integer", "real", "date", "datetime")
        and maker.kind not in ("identity", "boolean")
        and not maker.column.allowed
        and maker.column.name not in maker.table.primary_key
    )


def sources_of(
    makers: Makers, choices: Sequence[Choice], tables: Mapping[str, Makers], filled: Mapping[str, Sequence[Row]]
) -> dict[str, list[Source]]:
    """For each comparable column where an equal value may come from: its parents, its own row, tables filled before.

    `tables` are the makers of all tables, `filled` the rows that each has, best ones first; names in lower case.
    """
    bound = {name for choice in choices for name in choice.reference.columns}
    found: dict[str, list[Source]] = {}
    for name, maker in makers.items():
        if name in bound or not comparable(maker):
            continue
        alike: list[Source] = [_own(other) for other in makers if other != name and _alike(maker, makers[other])]
        for choice in choices:
            of = choice.reference.parent
            alike += 2 * [_parent(choice, other) for other, its in tables[of].items() if _alike(maker, its)]
        for of, rows in filled.items():
            if rows:
                alike += [_elsewhere(rows, other) for other, its in tables[of].items() if _alike(maker, its)]
        if alike:
            found[name] = alike
    return found


def units_of(table: Table, makers: Makers, choices: Sequence[Choice]) -> list[tuple[str, ...]]:
    """The columns that a row may take over from an earlier one: no keys, composite references whole."""
    keys = [table.primary_key, *table.unique, *((column.name,) for column in table.columns if column.unique)]
    fixed = {name.lower() for key in keys for name in key}
    groups = [choice.reference.columns for choice in choices if len(choice.reference.columns) > 1]
    grouped = {name for group in groups for name in group}
    single = [(name,) for name in makers if name not in fixed | grouped]
    return single + [group for group in groups if not fixed & set(group)]


def repeat(row: Row, earlier: Row, units: Sequence[tuple[str, ...]], share: float, rng: random.Random) -> None:
    """Take over from an earlier row that share of what may be."""
    for unit in units:
        if share == 1 or rng.random() < share:
            row.update({name: earlier[name] for name in unit})


def combine(row: Row, maker: Maker, limit: Value, others: Sequence[Maker], rng: random.Random) -> None:
    """Let the column and another one of the row meet the limit, or just miss it, together.

    The literal of `quantity * price > 500` and of `price - cost > 500` is told of the first column alone. Columns of one
    kind meet it by their difference, others by their product.
    """
    if not isinstance(limit, int | float):
        return
    partner, limit = rng.choice(others), limit + rng.choice((0, 0, -1, 1))
    name, other = maker.column.name.lower(), partner.column.name.lower()
    if maker.kind != partner.kind:
        row[name], row[other] = 1, limit
    elif isinstance(value := row[other], int | float):
        row[name] = limit + value


def _alike(maker: Maker, other: Maker) -> bool:
    return maker.type == other.type and maker.kind == other.kind and comparable(other)


def _own(name: str) -> Source:
    return lambda row, rng: row[name]


def _elsewhere(rows: Sequence[Row], name: str) -> Source:
    return lambda row, rng: rng.choice(rows)[name]


def _parent(choice: Choice, name: str) -> Source:
    index: dict[tuple[Value, ...], Row] = {}

    def value(row: Row, rng: random.Random) -> Value:
        key = tuple(row[column] for column in choice.reference.columns)
        if len(index) < len(choice.rows):
            index.update({tuple(other[name] for name in choice.reference.keys): other for other in choice.rows})
        return index[key][name] if key in index else None

    return value

"""What all databases for the same schema and literals have in common; worked out once for all of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.database.filling.references import Literal, Reference, filling_order
from pipeline.database.schema import Schema, Table


@dataclass(frozen=True)
class Ground:
    """A schema ready to be filled; all names but those in `schema` and `order` are in lower case."""

    schema: Schema
    literals: tuple[Literal, ...]
    sql: str
    """The schema's DDL."""
    order: list[tuple[Table, list[Reference]]]
    """The tables, parents first."""
    references: dict[str, list[Reference]]
    targets: dict[str, set[str]]
    """The columns of each table that others refer to."""
    lowered: frozenset[str]
    """Columns whose texts the queries write in lower case."""
    numbers: dict[str, tuple[float, float]]
    """The lowest and the highest number that queries compare a column of that name with."""
    japanese: bool


def make_ground(schema: Schema, literals: Sequence[Literal]) -> Ground:
    """The ground of a schema and the literals of the queries at hand."""
    order, sql = filling_order(schema, literals), schema.to_sql()
    references = {table.name.lower(): found for table, found in order}
    targets: dict[str, set[str]] = {name: set() for name in references}
    for found in references.values():
        for reference in found:
            targets.setdefault(reference.parent, set()).update(reference.keys)
    japanese = re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", sql) is not None
    lowered, numbers = _lowered(literals), _numbers(literals)
    return Ground(schema, tuple(literals), sql, order, references, targets, lowered, numbers, japanese)


def _lowered(literals: Sequence[Literal]) -> frozenset[str]:
    """The columns whose values are written in lower case: three or more, or all of more than five in the queries."""
    owned = [(owner.lower().rpartition(".")[2], value) for value, owner in literals if owner and isinstance(value, str)]
    texts: dict[str, set[str]] = {}
    for owner, value in owned:
        if value.upper() != value.lower():
            texts.setdefault(owner, set()).add(value)
    lower = {owner for owner, values in texts.items() if all(map(str.islower, values))}
    everywhere = lower == texts.keys() and sum(map(len, texts.values())) > 5
    return frozenset(owner for owner in lower if everywhere or len(texts[owner]) > 2)


def _numbers(literals: Sequence[Literal]) -> dict[str, tuple[float, float]]:
    found: dict[str, list[float]] = {}
    for value, owner in literals:
        if owner and not isinstance(value, str):
            found.setdefault(owner.lower().rpartition(".")[2], []).append(value)
    return {name: (min(values), max(values)) for name, values in found.items()}

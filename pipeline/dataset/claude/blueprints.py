"""What one request asks for: tables that belong together, a level and a grade, clauses, a way of speaking, real values.

Claude takes no temperature, so variety has to be asked for. A schema, a seed, the request's number and what the pairs so
far lack in, the same `Blueprint` out each time. Where nothing is known to be missing, levels and grades come in their
shares and tables in turns; else what is missing is drawn more often. Limit: values are those that the schema itself knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from random import Random
from typing import Any, TypeVar

from pipeline.database.schema import Schema, Table
from pipeline.dataset.claude.phrases import CLAUSES, STYLES
from pipeline.dataset.claude.thin import NOTHING, Thin

T = TypeVar("T")
MIX = {
    ("one-table", "easy"): 4, ("one-table", "medium"): 2, ("one-table", "hard"): 1,
    ("join", "easy"): 1, ("join", "medium"): 5, ("join", "hard"): 2,
    ("nested", "hard"): 2, ("nested", "extra"): 3,
}  # fmt: skip
"""Requests of each level and grade in twenty: levels 35, 40 and 25 % as in the prompt for people, grades 25, 35, 25 and
15 % (`hardness.SHARES`). A query inside another is hard by Spider's rule, and one table is never extra."""
MOST_TABLES = 4
MOST_COLUMNS = 6
"""Columns that twelve pairs are to use; more would leave no room for anything else."""
MOST_VALUES = 12
LONGEST_VALUE = 60
"""Characters; a longer value is prose that nobody would type into a question."""
KINDS = ("pairs", "queries", "unanswerable")
"""Pairs; questions for queries that are there already; questions that the schema cannot answer."""


@dataclass(frozen=True)
class Blueprint:
    """One request's order."""

    number: int
    language: str
    """`en` or `ja`."""
    level: str
    """`one-table`, `join` or `nested`."""
    tables: tuple[str, ...]
    clauses: tuple[str, ...]
    styles: tuple[str, ...]
    values: tuple[tuple[str, tuple[str, ...]], ...]
    """By `table.column`."""
    hardness: str = "medium"
    """Of most of its queries."""
    columns: tuple[str, ...] = ()
    """`table.column` that few pairs use: to be used at least once."""
    kind: str = "pairs"
    """One of `KINDS`."""
    queries: tuple[str, ...] = ()
    """What to word, of the kind `queries`."""

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Blueprint:
        """The blueprint out of what JSON made of it."""
        return cls(**{each.name: _frozen(kept[each.name]) for each in fields(cls) if each.name in kept})


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def kind_of(number: int, sql_first: float, unanswerable: float) -> str:
    """The kind of request `number`, each at its share of the requests and spread evenly: below half, the first is of pairs."""
    if _due(number, unanswerable):
        return "unanswerable"
    return "queries" if _due(number, sql_first) else "pairs"


def _due(number: int, share: float) -> bool:
    """Whether request `number` (from 0) is one of the share: with 0.25 the 2nd, the 6th, the 10th."""
    return int((number + 1) * share + 0.5) > int(number * share + 0.5)


def draw(schema: Schema, seed: int, number: int, languages: Sequence[str], thin: Thin = NOTHING) -> Blueprint:
    """The order of request `number` (from 0): nothing but these five decide it."""
    rng = Random(f"{seed} {number}")
    language = languages[number % len(languages)]
    if thin.language and number % 2:
        language = thin.language
    level, grade, turn = _mix(schema, seed, number, thin)
    tables = _tables(schema, Random(f"{seed} {number} tables"), (level, seed, turn), thin)
    columns = tuple(name for name in thin.columns if name.rpartition(".")[0] in {table.name for table in tables})
    texts, styles = CLAUSES[level], STYLES[language]
    return Blueprint(
        number,
        language,
        level,
        tuple(table.name for table in tables),
        tuple(_sample(rng, {text: thin.factor(*uses) for text, uses in texts.items()}, 5)),
        tuple(_sample(rng, {text: thin.factor(manner) for text, manner in styles.items()}, 2)),
        _values(tables, columns, rng),
        grade,
        columns[:MOST_COLUMNS],
    )


def _mix(schema: Schema, seed: int, number: int, thin: Thin) -> tuple[str, str, int]:
    """Level and grade of a request, and how many of that level came before it, had all been dealt from the deck."""
    linked = any(table.foreign_keys for table in schema.tables)
    shares = {one: n for one, n in MIX.items() if linked or one[0] != "join"}
    deck = [one for one, n in shares.items() for _ in range(n)]
    Random(f"{seed} levels").shuffle(deck)
    rounds, place = divmod(number, len(deck))
    level, grade = deck[place]
    if thin.factors:
        weights = [n * thin.factor(hard) * thin.factor(*_LEVEL_CLAUSES[at]) for (at, hard), n in shares.items()]
        level, grade = Random(f"{seed} {number} level").choices(list(shares), weights)[0]
    turn = rounds * sum(at == level for at, _ in deck) + sum(at == level for at, _ in deck[:place])
    return level, grade, turn


_LEVEL_CLAUSES: dict[str, tuple[str, ...]] = {"one-table": (), "join": ("join",), "nested": ("subquery",)}


def _sample(rng: Random, weights: Mapping[T, float], count: int) -> list[T]:
    """So many different ones, each the likelier the more it weighs (Efraimidis and Spirakis 2006)."""
    keys = {one: rng.random() ** (1 / weight) for one, weight in weights.items()}
    return sorted(keys, key=lambda one: -keys[one])[:count]


def _tables(schema: Schema, rng: Random, turn: tuple[str, int, int], thin: Thin) -> list[Table]:
    """The table whose turn it is, or one with columns that few use; beside it some that keys connect with it."""
    level, seed, number = turn
    neighbours = _neighbours(schema)
    names = [table.name for table in schema.tables if level != "join" or neighbours[table.name]]
    Random(f"{seed} {level} {number // len(names)}").shuffle(names)
    lacking = {name: sum(column.rpartition(".")[0] == name for column in thin.columns) for name in neighbours}
    chosen = [names[number % len(names)]]
    if any(lacking[name] for name in names):
        chosen = rng.choices(names, [lacking[name] + 0.25 for name in names])
    while level != "one-table" and len(chosen) < MOST_TABLES:
        near = sorted({other for name in chosen for other in neighbours[name]} - set(chosen))
        if not near:
            break
        chosen += rng.choices(near, [lacking[name] + 1 for name in near])
    return [schema.table(name) for name in chosen]


def _neighbours(schema: Schema) -> dict[str, set[str]]:
    """By table, those that a foreign key connects with it, in either direction."""
    found: dict[str, set[str]] = {table.name: set() for table in schema.tables}
    names = {table.name.lower(): table.name for table in schema.tables}
    for table in schema.tables:
        for key in table.foreign_keys:
            other = names.get(key.table.lower())
            if other and other != table.name:
                found[table.name].add(other)
                found[other].add(table.name)
    return found


def _values(tables: Sequence[Table], first: Sequence[str], rng: Random) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """A few values that columns of these tables are known to hold, those of the columns `first` before others."""
    columns = [(f"{table.name}.{column.name}", column) for table in tables for column in table.columns]
    known = [(name, sorted({*column.allowed, *column.samples})) for name, column in columns]
    usable = [(name, [value for value in values if len(value) <= LONGEST_VALUE]) for name, values in known]
    filled = [(name, values) for name, values in usable if values]
    chosen = rng.sample(filled, len(filled))
    chosen = sorted(chosen, key=lambda one: one[0] not in first)[: MOST_VALUES // 3]
    return tuple((name, tuple(rng.sample(values, min(len(values), 3)))) for name, values in chosen)

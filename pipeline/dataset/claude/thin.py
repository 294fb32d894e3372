"""What the kept pairs lack, for the next request to ask for it.

Pairs and a schema in → `Thin` out: columns that few use, and by how much clauses, grades and manners should come more or
less often than their targets say. Limit: an id is not asked for, as joins bring it along.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.database.schema import Schema
from pipeline.dataset import hardness, manner
from pipeline.dataset.coverage import Coverage, coverage, targets
from pipeline.records import JudgedPair

FEWEST = 12
"""Kept pairs below which nothing is known about what they lack: one request's worth."""
USES = 3
"""Pairs that should use a column, at least: with fewer one wrong pair is a third of what is learned about it."""
GAIN = 3.0
"""What never occurs is drawn four times as often as its target says; a third more than the target, as good as never."""
LEAST = 0.1
LAG = 0.1
"""Share of the pairs by which a language may be behind the others before it gets turns of theirs."""


@dataclass(frozen=True)
class Thin:
    """What is missing; empty as long as nobody knows."""

    columns: tuple[str, ...] = ()
    """`table.column`, the least used first."""
    factors: Mapping[str, float] = field(default_factory=dict)
    """By clause, grade and manner, what its usual weight is multiplied with."""
    language: str = ""
    """The one that is behind; empty where none is."""

    def factor(self, *names: str) -> float:
        """How much more is wanted of what brings all of these, on the average; 1 where nothing is known of any."""
        known = [self.factors[name] for name in names if name in self.factors]
        return sum(known) / len(known) if known else 1.0


NOTHING = Thin()


def thin_of(pairs: Sequence[JudgedPair], schema: Schema, languages: Sequence[str], ordered: Counter[str]) -> Thin:
    """What these kept pairs lack; `ordered` is how often each column (`table.column`) has been asked for since."""
    if len(pairs) < FEWEST:
        return NOTHING
    found = coverage((each.pair.sql for each in pairs), schema)
    spoken = Counter(manner.manner(each.pair.question, each.pair.language) for each in pairs)
    wanted = {**targets(schema), **hardness.SHARES, **manner.SHARES}
    counted = Counter({**found.clauses, **found.hardness, **spoken})
    factors = {name: _factor(share, counted[name] / len(pairs)) for name, share in wanted.items()}
    return Thin(_columns(found, schema, ordered), factors, _behind(pairs, languages))


def _factor(target: float, share: float) -> float:
    return max(LEAST, 1 + GAIN * (1 - share / target))


def _columns(found: Coverage, schema: Schema, ordered: Counter[str]) -> tuple[str, ...]:
    """Columns that fewer pairs use than `USES`, or than a quarter of what an even spread would give."""
    floor = max(USES, found.pairs / max(1, len(found.columns)) / 4)
    uses = {
        f"{table.name}.{column.name}": found.columns[table.name, column.name] + ordered[f"{table.name}.{column.name}"]
        for table in schema.tables
        for column in table.columns
        if column.name not in _ids(table.name, schema)
    }
    return tuple(sorted((name for name, n in uses.items() if n < floor), key=lambda name: uses[name]))


def _ids(table: str, schema: Schema) -> set[str]:
    """Columns that only tie rows together."""
    own = schema.table(table)
    keys = {name for key in own.foreign_keys for name in key.columns}
    return keys | (set(own.primary_key) if len(own.primary_key) == 1 else set())


def _behind(pairs: Sequence[JudgedPair], languages: Sequence[str]) -> str:
    counts = Counter(each.pair.language for each in pairs)
    last = min(languages, key=lambda language: counts[language])
    fair = sum(counts[language] for language in languages) / len(languages)
    return last if counts[last] < fair - LAG * len(pairs) else ""

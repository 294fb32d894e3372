"""What every pattern works with: the graph, the values, the speaker and seeded chance.

A pattern takes a `Maker` and gives a `Draft`, or raises `NoChoiceError` where the schema has nothing for it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

from pipeline.dataset.offline.graph import Entity, Field, Graph, Link
from pipeline.dataset.offline.lexicon import SUPERLATIVES
from pipeline.dataset.offline.sets import Subset
from pipeline.dataset.offline.speaker import Speaker
from pipeline.dataset.offline.values import Values

T = TypeVar("T")


class NoChoiceError(Exception):
    """This pattern finds nothing to ask about here."""


@dataclass(frozen=True)
class Draft:
    """A pair before it was run."""

    sql: str
    question: str


@dataclass(frozen=True)
class Maker:
    """The tools of the patterns."""

    graph: Graph
    values: Values
    speaker: Speaker
    rng: Random

    def some(self, kinds: Sequence[tuple[Callable[[Maker, Entity, int], T], int]], entity: Entity, depth: int) -> T:
        """What one of the weighted kinds makes of an entity. Raises NoChoiceError after eight tries."""
        for _ in range(8):
            make = self.rng.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0]
            try:
                return make(self, entity, depth)
            except NoChoiceError:
                continue
        raise NoChoiceError

    def pick(self, choices: Sequence[T]) -> T:
        """One of them. Raises NoChoiceError when there is none."""
        if not choices:
            raise NoChoiceError
        return self.rng.choice(choices)

    def chance(self, share: float) -> bool:
        """True in that share of the calls."""
        return self.rng.random() < share

    def entity(self, wanted: Callable[[Entity], bool] = lambda _: True) -> Entity:
        """An entity that people would ask about; those with a name of their own more often."""
        fit = [
            one for one in self.graph.entities if one.out and not one.bridge and not one.relations_only and wanted(one)
        ]
        weighted = [one for one in fit for _ in range(3 if one.label and one.own else 2 if one.label else 1)]
        return self.pick(weighted)

    def number(self, entity: Entity) -> Field:
        """A numeric column, those that English has words for more often."""
        return self.pick(entity.having("number"))

    def value(self, one: Field) -> Any:
        """A value of the column."""
        return self.pick(self.values.of(one.table, one.name))

    def link_value(self, link: Link) -> Any:
        """A name of the link's parent that some child has; the parent's key where it has no name."""
        child = link.child
        if link.named and child.spread and child.label:
            return self.pick(self.values.unmixed(child.table.name, link.column, child.label.name))
        if link.named:
            return self.pick(self.values.of(link.child.table.name, link.column))
        column = link.parent.label.name if link.parent.label else link.target
        return self.pick(self.values.of(link.parent.table.name, column))

    def threshold(self, one: Field) -> float | int:
        """A round number from the middle of the column's values."""
        values = sorted(float(value) for value in self.values.of(one.table, one.name) if _is_number(value))
        value = self.pick(values[len(values) // 5 : len(values) - len(values) // 5] or values)
        step = 10 ** max(math.floor(math.log10(abs(value))) - self.rng.randint(0, 1), -1) if value else 1
        rounded = round(value / step) * step
        return int(rounded) if step >= 1 or float(rounded).is_integer() else round(rounded, 2)

    def year(self, one: Field) -> str:
        """A year in which the column has dates."""
        return str(self.value(one))[:4]

    def high(self, one: Field, share: float = 0.65) -> bool:
        """Whether to ask for the most of it rather than the least; a "highest elevation" is only asked for its highest."""
        forced = SUPERLATIVES.get(one.words.split()[0])
        return forced > 0 if forced else self.chance(share)

    def missing(self, one: Field) -> bool:
        """Whether some row has no value there, as far as is known."""
        if not self.values.known:
            return one.nullable
        return None in {row[0] for row in self.values.rows(one.table, one.name)}

    def gaps(self, link: Link) -> bool:
        """Whether some child has no parent, as far as is known."""
        return link.nullable and (
            not self.values.known or None in dict(self.values.rows(link.child.table.name, link.column, link.column))
        )

    def called(self, entity: Entity) -> str:
        """What the label is called: "name", or "code" where it is a code."""
        label = entity.label
        coded = label is not None and label.words in ("code", "symbol", "ticker", "title", "username")
        return self.speaker.field(label) if label and coded else self.speaker.name_word()

    def words(self, subset: Subset, many: bool = True) -> dict[str, str]:
        """Slots that most templates know: n, ns, np, nps."""
        speaker, entity = self.speaker, subset.entity
        return {
            "n": speaker.noun(entity),
            "ns": speaker.noun(entity, many=True),
            "np": speaker.phrase(subset, many=many),
        }


def _is_number(value: Any) -> bool:
    try:
        return math.isfinite(float(value))
    except (TypeError, ValueError):
        return False

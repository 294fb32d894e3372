"""`OfflineTeacher`: writes question/SQL pairs with no model at all, from patterns over the schema's graph.

Schema, languages and a number in → pairs out, the same for the same seed. With databases, a pair whose answer is empty, or
nothing but NULL, on the first one is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random

from pipeline.database.sandbox import Sandbox
from pipeline.database.schema import Schema
from pipeline.dataset.offline import (
    absent,
    compared,
    extremes,
    groups,
    joined,
    joins,
    lists,
    lookups,
    nested,
    periods,
    shares,
)
from pipeline.dataset.offline.english import English
from pipeline.dataset.offline.flat import Keys, flat, keys_of
from pipeline.dataset.offline.graph import Graph
from pipeline.dataset.offline.japanese import Japanese
from pipeline.dataset.offline.maker import Draft, Maker, NoChoiceError
from pipeline.dataset.offline.roles import build_graph
from pipeline.dataset.offline.speaker import Speaker
from pipeline.dataset.offline.terms import Term, use
from pipeline.dataset.offline.values import Values
from pipeline.errors import SqlError
from pipeline.records import Pair, Rows

Pattern = Callable[[Maker], Draft]

ROOMS: tuple[tuple[Sequence[tuple[Pattern, int]], float, float], ...] = (
    (lookups.PATTERNS, 1.5, 1.0),
    (nested.PATTERNS, 0.4, 1.0),
    (lists.PATTERNS, 1.1, 1.0),
    (extremes.PATTERNS, 0.8, 1.0),
    (groups.PATTERNS, 1.0, 0.8),
    (joins.PATTERNS, 0.8, 0.8),
    (joined.PATTERNS, 0.6, 0.25),
    (compared.PATTERNS, 0.5, 0.25),
    (periods.PATTERNS, 0.6, 0.25),
    (shares.PATTERNS, 0.4, 0.2),
    (absent.PATTERNS, 0.6, 0.25),
)
"""The patterns, and how much each file of them counts: of things that happen people want reports, of places (what borders and
runs through what) they ask about the largest and the neighbours."""
BATCH = 64
"""Pairs run in one exchange with the sandbox."""
PATIENCE = 25
"""Tries for each wanted pair before the teacher has nothing more to ask."""


class OfflineTeacher:
    """Writes pairs by grammar. Questions are never asked twice, nor with two different SQLs."""

    name = "offline"

    def __init__(self, seed: int, databases: Sequence[Path] = (), terms: Sequence[Term] = ()) -> None:
        self.seed = seed
        self.databases = tuple(databases)
        self.terms = tuple(terms)
        """The words that somebody wants for tables and columns."""

    def pairs(self, schema: Schema, wanted: int, languages: Sequence[str]) -> Iterator[Pair]:
        """Up to `wanted` pairs; fewer where a small schema has no more to ask. Raises UserError for a bad database."""
        rng = Random(self.seed)
        with Sandbox() as sandbox:
            values = Values(schema, self.databases, sandbox)
            graph = build_graph(schema, values)
            use(graph, self.terms)
            shared = _shared_names(graph, values)
            makers = [Maker(graph, values, speaker_for(code, rng, graph, shared), rng) for code in languages]
            given = 0
            keys = keys_of(schema)
            for batch in _batches(_drafts(makers, keys, wanted * PATIENCE + 400)):
                for pair in self._answered(batch, sandbox):
                    if given == wanted:
                        return
                    given += 1
                    yield pair

    def _answered(self, batch: Sequence[Pair], sandbox: Sandbox) -> list[Pair]:
        """Those with an answer on the first database; all of them when there is none."""
        if not self.databases:
            return list(batch)
        outcomes = sandbox.run_many([pair.sql for pair in batch], self.databases[:1])
        return [pair for pair, outcome in zip(batch, outcomes, strict=True) if _says_something(outcome)]


def _says_something(outcome: tuple[Rows, ...] | SqlError) -> bool:
    if isinstance(outcome, SqlError):
        return False
    rows = outcome[0].rows
    return any(value is not None for row in rows for value in row) and rows != ((0,),)


def speaker_for(code: str, rng: Random, graph: Graph, shared: frozenset[str] = frozenset()) -> Speaker:
    """Who says it: `en` or `ja`, with the schema's own Japanese; `shared` are names of things of several kinds."""
    if code != "ja":
        return English(rng, shared)
    own = {one.words: one.ja for entity in graph.entities for one in entity.fields if one.ja}
    own |= {entity.noun: entity.ja for entity in graph.entities if entity.ja}
    return Japanese(rng, shared, own)


def _shared_names(graph: Graph, values: Values) -> frozenset[str]:
    """Names that things of two kinds have: a river and a state called colorado."""
    kinds: dict[str, set[str]] = {}
    for entity in graph.entities:
        if entity.label:
            for name in values.seen(entity.table.name, entity.label.name):
                kinds.setdefault(str(name), set()).add(entity.noun)
    return frozenset(name for name, nouns in kinds.items() if len(nouns) > 1)


def _drafts(makers: Sequence[Maker], keys: Keys, tries: int) -> Iterator[Pair]:
    """New questions, pattern by pattern, until the tries are spent."""
    links = makers[0].graph.links()
    places = any(link.verbs for link in links) or any(one.relations for one in makers[0].graph.entities)
    patterns = [pattern for room, *_ in ROOMS for pattern, _ in room]
    weights = [weight * shares[places] for room, *shares in ROOMS for _, weight in room]
    asked: set[str] = set()
    for number in range(tries):
        maker = makers[number % len(makers)]
        pattern = maker.rng.choices(patterns, weights)[0]
        try:
            draft = pattern(maker)
        except NoChoiceError:
            continue
        key = " ".join(draft.question.lower().strip("?.。？").split())
        if key not in asked:
            asked.add(key)
            yield Pair(draft.question, flat(draft.sql, keys), maker.speaker.code, "offline")


def _batches(pairs: Iterator[Pair]) -> Iterator[list[Pair]]:
    batch: list[Pair] = []
    for pair in pairs:
        batch.append(pair)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch

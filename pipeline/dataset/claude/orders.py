"""What each request asks for, drawn when it is first needed and kept before it is sent.

A start that goes on finds the same orders, and by them the replies that are paid for, whatever the pairs have come to since.
In: the run's store, settings, schema. Out: `Blueprint`s by number. Limit: of a change of settings only new orders know.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from pipeline.config import DatasetConfig
from pipeline.database.schema import Schema
from pipeline.dataset.claude.blueprints import Blueprint, draw, kind_of
from pipeline.dataset.claude.queries import choose_queries
from pipeline.dataset.claude.thin import Thin, thin_of
from pipeline.store import Store

QUERIES = 12
"""Queries to word in one request: as many as pairs are asked for."""
FEWEST = 4
"""Fewer queries are not worth a request; pairs are asked for instead."""


class Orders:
    """The orders of one schema, model, seed and choice of languages."""

    def __init__(self, store: Store, config: DatasetConfig, schema: Schema, databases: Sequence[Path] = ()) -> None:
        """`databases` are where the queries to word take their values from."""
        self.store, self.config, self.schema, self.databases = store, config, schema, tuple(databases)
        told = repr((schema.to_sql(), config.seed, config.languages, config.model))
        self._plan = hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()
        self._waiting: dict[int, tuple[str, ...]] = {}

    def known(self, number: int) -> Blueprint | None:
        """The order of request `number`, or None where it has not been drawn."""
        kept = self.store.order(self._plan, number)
        return Blueprint.from_dict(kept) if kept else None

    def order(self, number: int) -> Blueprint:
        """The order of request `number`: as it was drawn before, else for what the kept pairs lack now."""
        if (kept := self.known(number)) is not None:
            return kept
        drawn = self._draw(number)
        self.store.keep_order(self._plan, number, asdict(drawn))
        self._waiting[number] = drawn.columns
        return drawn

    def answered(self, number: int) -> None:
        """What request `number` asked for is among the pairs now, or never will be."""
        self._waiting.pop(number, None)

    def _draw(self, number: int) -> Blueprint:
        config, pairs = self.config, self.store.pairs(ok=True)
        ordered = Counter(name for columns in self._waiting.values() for name in columns)
        thin = thin_of(pairs, self.schema, config.languages, ordered)
        drawn = draw(self.schema, config.seed, number, config.languages, thin)
        kind = kind_of(number, config.sql_first, config.unanswerable)
        if kind == "queries":
            queries = self._queries(number, {each.template for each in pairs}, thin)
            if len(queries) >= FEWEST:
                return replace(drawn, kind=kind, queries=queries, clauses=(), values=(), columns=())
        return replace(drawn, kind=kind, columns=()) if kind == "unanswerable" else drawn

    def _queries(self, number: int, kept: set[str], thin: Thin) -> tuple[str, ...]:
        seed = self.config.seed * 10_007 + number  # another one than the offline teacher's own
        return tuple(choose_queries(self.schema, self.databases, seed, kept, thin)[:QUERIES])

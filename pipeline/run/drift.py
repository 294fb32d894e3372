"""A changed schema for a run with pairs: what still holds, told alone or taken into a new run.

In: a run with kept pairs, and the changed schema. Out: a `Drift` in the result; the run itself stays as it is, so that its
model still answers for the schema it was trained on.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

from pipeline.config import DatasetConfig, SchemaConfig
from pipeline.database.schema import Schema
from pipeline.errors import UserError
from pipeline.records import Done, Event, JudgedPair, Note, Progress
from pipeline.run.fitting import fit_to_pairs, fitting_pairs
from pipeline.run.schema import database_of, schema_of, whole_schema_of
from pipeline.stages import Stop, keep, never
from pipeline.store import Store

EVERY = 20
"""Pairs between two words of progress."""
WHAT = "Proving the pairs on the changed schema"


def drift(store: Store, schema: Schema, stop: Stop = never) -> Iterator[Event]:
    """Hold the run's kept pairs against a changed schema, and change nothing. Ends with Done and the drift.

    Raises UserError at once where there are no pairs or nothing has changed.
    """
    kept = _pairs(store, schema)
    return _told(store, schema, kept, stop)


def drift_into(store: Store, target: Store, stop: Stop = never) -> Iterator[Event]:
    """Take the pairs of a run over into `target`, which has the changed schema: proved again, the broken ones with their
    reasons, the others where they were in the split. Raises UserError as `drift`, and where `target` has pairs of its own.
    """
    kept = _pairs(store, whole_schema_of(target))
    if target.pairs():
        raise UserError("The run in {folder} has pairs of its own. Name a new folder.", folder=target.folder)
    return keep(target, "dataset", _taken(store, target, kept, stop))


def _pairs(store: Store, schema: Schema) -> list[JudgedPair]:
    kept = store.kept()
    if schema.to_sql() == whole_schema_of(store).to_sql():
        raise UserError("The schema is the same as the run's. Paste the changed one.")
    return kept


def _told(store: Store, schema: Schema, kept: list[JudgedPair], stop: Stop) -> Iterator[Event]:
    from pipeline.database.changes import changes
    from pipeline.dataset.drift import drift_of

    fitting, _ = fitting_pairs(schema, [judged.pair.sql for judged in kept], SchemaConfig.tokens)
    with tempfile.TemporaryDirectory() as scratch:
        beside = Store.create(Path(scratch) / "run")
        try:
            carried = yield from _carry(beside, fitting, None, (kept, stop))
        finally:
            beside.close()
    found = drift_of(changes(whole_schema_of(store), schema), carried, fitting)
    yield Done("dataset", found.as_dict(), stopped=len(carried) < len(kept))


def _taken(store: Store, target: Store, kept: list[JudgedPair], stop: Stop) -> Iterator[Event]:
    from pipeline.database.changes import changes
    from pipeline.dataset.drift import drift_of
    from pipeline.dataset.result import result_of
    from pipeline.dataset.split import deal

    yield from fit_to_pairs(target, schema_of(target), [judged.pair.sql for judged in kept])
    schema = schema_of(target)
    carried = yield from _carry(target, schema, database_of(target), (kept, stop))
    target.add_pairs(carried)
    deal(target, DatasetConfig(**store.get("dataset_split", {})))
    changed = changes(whole_schema_of(store), whole_schema_of(target))
    found = drift_of(changed, carried, schema).as_dict()
    target.set(drift={**found, "of": store.folder.name})
    yield Done("dataset", {**result_of(target), **found}, stopped=len(carried) < len(kept))


def _carry(
    target: Store, schema: Schema, uploaded: Path | None, what: tuple[list[JudgedPair], Stop]
) -> Generator[Event, None, list[JudgedPair]]:
    """Judge the pairs on databases of the changed schema, made in `target`; returns them judged."""
    from pipeline.dataset.databases import make_databases, values_of
    from pipeline.dataset.drift import carry
    from pipeline.dataset.gate import open_gate

    kept, stop = what
    config = DatasetConfig()
    values = values_of(judged.pair.sql for judged in kept)
    yield Note("dataset", "Making {count} test databases.", {"count": config.instances.count})
    databases = make_databases(target, schema, config.instances, values, uploaded)
    carried: list[JudgedPair] = []
    with open_gate(schema, databases, config.instances, uploaded, config.gate) as gate:
        for judged in carry(gate, kept, stop):
            carried.append(judged)
            if len(carried) % EVERY == 0 or len(carried) == len(kept):
                yield Progress("dataset", len(carried), len(kept), WHAT)
    return carried

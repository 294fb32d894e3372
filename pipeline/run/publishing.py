"""The publish step: what a run made, in one file.

In: a run with an adapter. Out: a zip with adapter, card and pairs.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.records import Done, Event, Note
from pipeline.run.schema import schema_of
from pipeline.stages import keep
from pipeline.store import Store


def publish(store: Store) -> Iterator[Event]:
    """Bundle the run as one zip: adapter in PEFT layout, card with the measured scores, pairs."""
    return keep(store, "publish", _publish(store))


def _publish(store: Store) -> Iterator[Event]:
    from pipeline.hub.bundle import bundle

    file = bundle(store, schema_of(store))
    yield Note("publish", "The run is in {file}.", {"file": file.name})
    yield Done("publish", {"file": str(file), "bytes": file.stat().st_size})

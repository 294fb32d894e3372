"""Canceling what a run has at Anthropic: what its batches had answered is kept, the rest is not asked any more.

A run's store and a key in, events out, the last a Done with the result of the dataset stage. Limit: what was answered before
the cancellation arrived is paid for; the next start uses it first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipeline.config import DatasetConfig
from pipeline.dataset.claude.client import Client
from pipeline.dataset.claude.complaints import check_key, with_kept
from pipeline.dataset.claude.line import Line
from pipeline.dataset.claude.overnight import Overnight
from pipeline.dataset.claude.pace import Patience
from pipeline.dataset.result import result_of
from pipeline.errors import UserError
from pipeline.records import Done, Event, Spent
from pipeline.store import Store


def cancel_batches(
    store: Store, config: DatasetConfig, key: str, stop: Callable[[], bool], patience: Patience | None = None
) -> Iterator[Event]:
    """Cancel the run's batches at Anthropic; what they had answered is kept for the next start, which uses it first.

    Raises UserError where Claude refuses the key.
    """
    client = Client(store, config, check_key(key), patience or Patience())
    line = Line(client.close)
    try:
        yield from Overnight(client, line, stop).cancel()
    except UserError as error:
        raise with_kept(error, len(store.pairs(ok=True))) from None
    finally:
        line.close()
    yield Spent("dataset", store.spent(), config.max_dollars, 0, 0)
    yield Done("dataset", result_of(store), stopped=True)

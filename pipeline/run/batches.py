"""Canceling the batches that a run has at Anthropic.

In: a run with a batch whose results are not here, and the key that sent it. Out: what it had answered, in the store. Limit:
how long Anthropic takes to end a batch is up to Anthropic; stopped, the next start goes on with it.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.config import DatasetConfig
from pipeline.errors import UserError
from pipeline.records import Event
from pipeline.run.dataset import check_key
from pipeline.stages import Stop, keep, never
from pipeline.store import Store


def cancel_batches(store: Store, config: DatasetConfig, key: str, stop: Stop = never) -> Iterator[Event]:
    """Cancel what was sent and has not ended; `config` is that of the dataset stage.

    Raises UserError where there is nothing to cancel, no key, and where Claude refuses it.
    """
    from pipeline.dataset.cancel import cancel_batches as cancel

    if not store.open_batches():
        raise UserError("No batch of this run is at Anthropic. There is nothing to cancel.")
    check_key(key)
    return keep(store, "dataset", cancel(store, config, key, stop))

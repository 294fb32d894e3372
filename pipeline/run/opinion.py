"""A second opinion on the run's pairs: Claude answers their questions anew, and the answers are compared.

In: a run with kept pairs, settings, the key. Out: opinions in the certificates; contradicted pairs dropped, the rest split
and written anew.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.config import DatasetConfig
from pipeline.records import Estimate, Event
from pipeline.run.amending import place_of
from pipeline.run.dataset import check_claude, check_key
from pipeline.run.schema import schema_of
from pipeline.stages import Stop, keep, never
from pipeline.store import Store


def check_pairs(store: Store, config: DatasetConfig, stop: Stop = never, key: str = "") -> Iterator[Event]:
    """Ask `config.model` about every kept pair that has no opinion yet, before `config.max_dollars` are spent.

    Raises UserError at once without a key, for settings that make no sense, and where no pair is kept.
    """
    from pipeline.dataset.check import check

    _check(store, config)
    check_key(key)
    return keep(store, "dataset", check(store, place_of(store), config, key, stop))


def estimate_check(store: Store, config: DatasetConfig, key: str = "") -> Estimate:
    """What that is likely to cost. Counting with a key is free; without one, lengths decide.

    Raises UserError where Claude refuses the key, for settings that make no sense, and where no pair is kept.
    """
    from pipeline.dataset.check import to_ask
    from pipeline.dataset.claude.opinion_cost import estimate_alone

    _check(store, config)
    asked = {family: [each.pair for each in pairs] for family, pairs in to_ask(store.pairs()).items()}
    return estimate_alone(store, schema_of(store), config, asked, key)


def _check(store: Store, config: DatasetConfig) -> None:
    check_claude(config)
    store.kept()

"""The train step: a student is tuned on the run's training pairs.

In: a run with pairs, and settings. Out: `adapter/`, with a Step event for each optimizer step.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import asdict

from pipeline.config import TrainConfig
from pipeline.errors import UserError
from pipeline.records import Done, Event, Step
from pipeline.run.schema import schema_of
from pipeline.stages import Stop, keep, never
from pipeline.store import Store
from pipeline.student.train import Order, train_adapter

Tune = Callable[[Order, Stop], Iterator[Event]]
"""`train_adapter`, or what runs it elsewhere."""


def train(store: Store, config: TrainConfig, stop: Stop = never, tune: Tune = train_adapter) -> Iterator[Event]:
    """Tune the student on the run's training pairs; goes on from the last checkpoint of the same settings."""
    return keep(store, "train", _train(store, config, stop, tune))


def _train(store: Store, config: TrainConfig, stop: Stop, tune: Tune) -> Iterator[Event]:
    _check_training(config)
    pairs = [judged.pair for judged in store.pairs(split="train")]
    if not pairs:
        raise UserError("There are no pairs to train on. Write some first.")
    store.set(training=asdict(config))
    order = Order(store.folder, schema_of(store).to_prompt(), pairs, config)
    for event in tune(order, stop):
        if isinstance(event, (Step, Done)):
            store.forget_scores()  # not before: a base that cannot be had leaves the old adapter and its scores
        if isinstance(event, Done):
            store.set(base=event.result["base"], trained=event.result)
        yield event


def _check_training(config: TrainConfig) -> None:
    numbers = {name: value for name, value in asdict(config).items() if not isinstance(value, str)}
    for name, value in numbers.items():
        if not 0 <= value < math.inf:
            raise UserError("The setting {name} cannot be {value}. Give a number from zero up.", name=name, value=value)

"""The train step: a student is tuned on the run's training pairs.

In: a run with pairs, and settings. Out: `adapter/`, with a Step event for each optimizer step and a HeldOut for each check.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace

from pipeline.config import TrainConfig
from pipeline.errors import UserError
from pipeline.records import Done, Event, Pair, Step, Tried
from pipeline.run.heldout import Checks
from pipeline.run.schema import schema_of
from pipeline.stages import Stop, keep, never
from pipeline.store import Store
from pipeline.student import world
from pipeline.student.train import Order, train_adapter

Tune = Callable[[Order, Stop], Iterator[Event]]
"""`train_adapter`, or what runs it elsewhere."""


def train(store: Store, config: TrainConfig, stop: Stop = never, tune: Tune = train_adapter) -> Iterator[Event]:
    """Tune the student on the run's training pairs; goes on from the last checkpoint of the same settings.

    Under `torchrun` the first process tells and keeps all; the others only compute, and yield nothing.
    """
    if not world.is_first():
        return _compute(store, config, stop, tune)
    return keep(store, "train", _train(store, config, stop, tune))


def _compute(store: Store, config: TrainConfig, stop: Stop, tune: Tune) -> Iterator[Event]:
    for _ in tune(_order(store, config, ()), stop):
        yield from ()


def _train(store: Store, config: TrainConfig, stop: Stop, tune: Tune) -> Iterator[Event]:
    _check_training(config)
    order = _order(store, config, ())
    checks = Checks(store, config)
    store.set(training=asdict(config))
    order = replace(order, heldout=checks.pairs, config=replace(config, check_questions=checks.asked))
    for event in tune(order, lambda: stop() or checks.enough):
        if isinstance(event, (Step, Done)):
            store.forget_scores()  # not before: a base that cannot be had leaves the old adapter and its scores
        if isinstance(event, Tried):
            yield checks.score(event)
        elif isinstance(event, Done):
            done = _finish(store, config, checks, event)
            store.set(base=done.result["base"], trained=done.result)
            yield done
        else:
            yield event


def _order(store: Store, config: TrainConfig, heldout: Sequence[Pair]) -> Order:
    pairs = [judged.pair for judged in store.pairs(split="train")]
    if not pairs:
        raise UserError("There are no pairs to train on. Write some first.")
    return Order(store.folder, schema_of(store).to_prompt(), pairs, config, heldout)


def _finish(store: Store, config: TrainConfig, checks: Checks, done: Done) -> Done:
    """What the training came to: when it ended early it is as good as done, and nothing is left to go on from."""
    early = done.stopped and checks.enough
    last = done.result["steps"]
    kept = last if done.stopped and not early else checks.keep_best(last)
    if early:
        shutil.rmtree(store.folder / "checkpoints", ignore_errors=True)
    result = done.result | {"kept_step": kept, "early": early, "settings": asdict(config)}
    return replace(done, result=result, stopped=done.stopped and not early)


def _check_training(config: TrainConfig) -> None:
    numbers = {name: value for name, value in asdict(config).items() if not isinstance(value, str)}
    for name, value in numbers.items():
        if not 0 <= value < math.inf:
            raise UserError("The setting {name} cannot be {value}. Give a number from zero up.", name=name, value=value)

"""ZeroGPU, the only file that knows `spaces`: training in slices, and answering, on a GPU lent for one call at a time.

In: what training and answering take. Out: the same events and texts. Elsewhere everything passes straight through.
A lent GPU is a forked worker that shares nothing but the disk, may have no children, and is paid from the quota of the
visitor in whose event the call is made; so bases are fetched before, and a slice goes on from the last one's checkpoint.
"""

from __future__ import annotations

import gc
import math
import os
import re
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

from pipeline.config import EvaluateConfig
from pipeline.errors import PipelineError, UserError
from pipeline.records import Done, Event, Note, Progress
from pipeline.student import model
from pipeline.student.bases import choose_base, fetch_base
from pipeline.student.train import Order, train_adapter
from space import slices
from space.quota import Lent
from space.refusals import Refusal, refusals
from space.slices import LOAD_SECONDS, SAVE_SECONDS, Pace

P = ParamSpec("P")
R = TypeVar("R")

ON = os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "t", "true")
"""Whether this is a ZeroGPU Space, as `spaces` itself tells it."""
QUESTIONS = 64 if ON else EvaluateConfig.batch
"""Asked in one call when scoring: each call on a lent GPU begins with waiting for one."""
STOP = "stop-training"
"""The file in a run's folder that tells the worker to end: it shares nothing else with this process."""


def _lent(seconds: Callable[P, int]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Run a function in a worker that has a GPU for `seconds(*arguments)`; off ZeroGPU the function as it is."""
    if not ON:
        return lambda task: task
    import spaces  # before torch: it stands between torch and CUDA in this process

    lend: Callable[[Callable[P, R]], Callable[P, R]] = spaces.GPU(duration=seconds)
    return lend


def factor() -> float:
    """Seconds of a visitor's quota that one second on this card takes, as `spaces` counts them."""
    if not ON:
        return slices.TODAYS_FACTOR
    from spaces.zero.config import get_config

    return float(get_config()["duration_factor"])


@_lent(lambda order, seconds, pace: slices.duration(seconds))
def train_slice(order: Order, seconds: float, pace: Pace) -> Iterator[Event | Pace | PipelineError]:
    """Train for about `seconds` (at least one step) and save; the last event is `Done`, stopped unless all is trained.

    No step is begun that would not end in time. The pace is handed back first, as a sign that the GPU is here, and last,
    with what was measured. A PipelineError comes as a value: raised in a worker it would arrive as the name of its class.
    """
    started, asked = time.monotonic(), order.folder / STOP
    pace = pace.begin(started)
    yield pace

    def over() -> bool:
        now = time.monotonic()
        return now + pace.ahead(now, _checks(order)) > started + seconds or asked.exists()

    try:
        with closing(cast(Generator[Event, None, None], train_adapter(order, over))) as events:
            for event in events:
                pace.see(event, time.monotonic())
                yield event
        yield pace
    except PipelineError as error:
        yield error
    finally:
        gc.collect()  # trainer and model hold each other, and a worker that is used again would keep them


@_lent(lambda folder, base, schema_text, questions, *_: round(LOAD_SECONDS) + SAVE_SECONDS + len(questions) // 4)
def _write(  # noqa: PLR0913 - as the student's own
    folder: Path, base: str, schema_text: str, questions: Sequence[str], tuned: bool, max_new_tokens: int
) -> list[str] | PipelineError:
    try:
        return model.write(folder, base, schema_text, questions, tuned, max_new_tokens)
    except PipelineError as error:
        return error


@_lent(lambda *_: slices.duration(LOAD_SECONDS))
def _stream(  # noqa: PLR0913 - as the student's own
    folder: Path, base: str, schema_text: str, question: str, tuned: bool, max_new_tokens: int
) -> Iterator[str | PipelineError]:
    try:
        yield from model.stream(folder, base, schema_text, question, tuned, max_new_tokens)
    except PipelineError as error:
        yield error


def write(  # noqa: PLR0913 - as the student's own
    folder: Path, base: str, schema_text: str, questions: Sequence[str], tuned: bool, max_new_tokens: int
) -> list[str]:
    """`pipeline.student.model.write`, on a lent GPU where there is one. Raises UserError, also when none is lent."""
    base = _here(base)
    with refusals():
        texts = _write(folder, base, schema_text, questions, tuned, max_new_tokens)
    if isinstance(texts, PipelineError):
        raise texts
    return texts


def stream(  # noqa: PLR0913 - as the student's own
    folder: Path, base: str, schema_text: str, question: str, tuned: bool, max_new_tokens: int = 160
) -> Iterator[str]:
    """`pipeline.student.model.stream`, on a lent GPU where there is one. Raises UserError, also when none is lent."""
    yield from _handed_back(_stream(folder, _here(base), schema_text, question, tuned, max_new_tokens))


def train(order: Order, stop: Callable[[], bool]) -> Iterator[Event]:
    """`train_adapter`; on ZeroGPU in slices."""
    return train_in_slices(order, stop) if ON else train_adapter(order, stop)


def train_in_slices(order: Order, stop: Callable[[], bool]) -> Iterator[Event]:
    """`train_adapter` in slices of GPU time, each told by a Progress before it; its weights are those of one training.

    The number of steps is fixed from the start, so the learning rate does not depend on the slices. When no more GPU time
    is lent, what was learned is the result, stopped, after a warning that says why.
    Raises UserError when the base cannot be had, or no GPU is lent for even one slice.
    """
    base, limit = order.config.base, order.config.max_minutes * 60 or math.inf
    if not base:
        choice = choose_base()
        base = choice.id
        yield Note("train", choice.reason, choice.values)
    yield Progress("train", 0, 0, "Fetching the base model")
    part = Part(replace(order, config=replace(order.config, base=_here(base), max_minutes=0.0)))
    while not stop() and part.spent < limit and not part.over:
        last = part.pace.last
        yield Progress("train", last.step if last else 0, last.steps if last else 0, "Asking for GPU time")
        yield from part.train(stop, limit)
    if part.done:
        yield replace(part.done, result=part.done.result | {"settings": asdict(order.config)})


@dataclass
class Part:
    """A training that is done slice by slice, and how far it is."""

    order: Order
    pace: Pace = field(default_factory=Pace)
    spent: float = 0.0
    """Seconds in slices, waiting for a GPU included."""
    done: Done | None = None
    over: bool = False
    """Whether the last step is done, or no more GPU time is lent."""
    length: float = 0.0
    """Seconds of the last slice, as planned."""
    arrived: float = 0.0
    """When the GPU of the last slice came, on the monotonic clock; 0 if it did not."""
    told: set[str] = field(default_factory=set)
    """Templates of the notes so far: what is true of the base is said once, not in each slice."""

    def seconds(self, limit: float) -> float:
        """How long the next slice may take: at most what is left to do by the measured pace."""
        return min(slices.SLICE_SECONDS, self.pace.need(_checks(self.order)), limit - self.spent)

    def saved(self) -> int:
        """The step of the newest checkpoint; 0 when there is none."""
        whole = (self.order.folder / "checkpoints").glob("checkpoint-*/trainer_state.json")  # which is written last
        names = (file.parent.name for file in whole)
        return max((int(found[0]) for name in names if (found := re.search(r"\d+$", name))), default=0)

    def train(self, stop: Callable[[], bool], limit: float) -> Iterator[Event]:
        """One slice: its events but for the last. Cut short it goes on from its checkpoints, if it left any."""
        before, reached = self.saved(), self.pace.last
        try:
            yield from self._as_lent(stop, limit)
        except UserError as error:
            saved = self.saved()
            if isinstance(error, Refusal) and error.aborted and saved > before:
                text = "ZeroGPU took the GPU back before the end. Training goes on from step {step}, which is saved."
                yield Note("train", text, {"step": saved})
                return
            if isinstance(error, Refusal) and self.done and not self.arrived:
                yield Note("train", error.template, error.values, "warning")
                self.over = True
                return
            if saved:
                text = "Learned up to step {step}. “Resume training” goes on from what is saved."
                yield Note("train", text, {"step": saved})
            raise
        if self.pace.last == reached and not self.over and not stop():
            text = (
                "No step fitted into {seconds} s of GPU time. Choose a smaller base model, or fewer pairs in one step."
            )
            raise UserError(text, seconds=slices.duration(self.length))

    def _as_lent(self, stop: Callable[[], bool], limit: float) -> Iterator[Event]:
        """A slice, and where it is refused for what is left of the quota, once more as long as that allows."""
        seconds = self.seconds(limit)
        try:
            yield from self._slice(seconds, stop)
        except Refusal as refusal:
            left = 0 if refusal.left is None else refusal.left
            fitting = min(seconds, self.pace.fitting(left / factor(), _checks(self.order)))
            if self.arrived or not fitting:
                raise
            yield from self._slice(fitting, stop)

    def _slice(self, seconds: float, stop: Callable[[], bool]) -> Iterator[Event]:
        asked, started = self.order.folder / STOP, time.monotonic()
        self.length, self.arrived = seconds, 0.0
        asked.unlink(missing_ok=True)
        try:
            items: Iterator[Event | Pace] = _handed_back(train_slice(self.order, seconds, self.pace))
            for item in items:
                if isinstance(item, Pace):
                    self.pace = item
                    if not self.arrived:
                        self.arrived = time.monotonic()
                        yield Lent("train", _counted(seconds))
                elif isinstance(item, Done):
                    self.done, self.over = item, not item.stopped
                elif not isinstance(item, Note) or item.template not in self.told:
                    self.told |= {item.template} if isinstance(item, Note) else set()
                    yield item
                if stop():
                    asked.touch()
        except Refusal as refusal:
            yield self._account(seconds, refusal)
            raise
        finally:
            asked.unlink(missing_ok=True)
            self.spent += time.monotonic() - started
        yield self._account(seconds)

    def _account(self, seconds: float, refusal: Refusal | None = None) -> Lent:
        """What a slice took of the visitor's GPU time, or why it took none."""
        used = (time.monotonic() - self.arrived) * factor() if self.arrived else 0.0
        left, wait = (refusal.left, refusal.wait) if refusal else (None, 0.0)
        following = 0 if self.over or refusal else _counted(self.seconds(math.inf))
        return Lent(
            "train", _counted(seconds), round(used, 1), left, wait, following, self.pace.loading, self.pace.step
        )


def _checks(order: Order) -> int:
    """How often the training stops to be checked."""
    return order.config.checks if order.heldout else 0


def _counted(seconds: float) -> int:
    """What a slice asks of the quota."""
    return round(slices.duration(seconds) * factor())


def _handed_back(items: Iterator[R | PipelineError]) -> Iterator[R]:
    """A worker's items; an error among them is raised. Leaving closes the worker's generator, which saves."""
    with refusals(), closing(cast(Generator[R | PipelineError, None, None], items)):
        for item in items:
            if isinstance(item, PipelineError):
                raise item
            yield item


def _here(base: str) -> str:
    """The base, chosen where none is, and on this machine's disk: a lent GPU is not for waiting on the network."""
    if not ON:
        return base
    return _fetched(base or choose_base().id)


@cache
def _fetched(base: str) -> str:
    from pipeline.student import trainer  # noqa: F401 - a worker is a fork: what is imported here costs it no GPU time

    fetch_base(base, lambda done, total: None)
    return base

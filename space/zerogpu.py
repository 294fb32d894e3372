"""ZeroGPU, the only file that knows `spaces`: training in slices, and answering, on a GPU lent for one call at a time.

In: what training and answering take. Out: the same events and texts. Elsewhere everything passes straight through.
A lent GPU is a forked worker that shares nothing but the disk, may have no children, and is paid from the quota of the
visitor in whose event the call is made; so bases are fetched before, and a slice goes on from the last one's checkpoint.
"""

from __future__ import annotations

import gc
import math
import os
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

from pipeline.config import EvaluateConfig
from pipeline.errors import PipelineError, UserError
from pipeline.records import Done, Event, Note, Progress, Step
from pipeline.student import model
from pipeline.student.bases import choose_base, fetch_base
from pipeline.student.train import Order, train_adapter
from space.refusals import refusals

P = ParamSpec("P")
R = TypeVar("R")

ON = os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "t", "true")
"""Whether this is a ZeroGPU Space, as `spaces` itself tells it."""
SLICE_SECONDS = 50.0
"""Of one slice, loading included. With the margin a call asks for 60 s, ZeroGPU's own default; today's cards count 1.5 s
for each, so that a visitor without login (120 s a day) has one slice and one with login (300 s) three or more."""
SAVE_SECONDS = 10
"""Left at a slice's end for the step under way and for saving. An estimate: not measured on ZeroGPU."""
LOAD_SECONDS = 20
"""To start a worker and load a base of 0.6B. An estimate: not measured on ZeroGPU."""
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


@_lent(lambda order, seconds: math.ceil(seconds) + SAVE_SECONDS)
def train_slice(order: Order, seconds: float) -> Iterator[Event | PipelineError]:
    """Train for about `seconds` (at least one step) and save; the last event is `Done`, stopped unless all is trained.

    A PipelineError is handed back as a value: raised in a worker it would arrive as the name of its class.
    """
    end, asked = time.monotonic() + seconds, order.folder / STOP
    try:
        yield from train_adapter(order, lambda: time.monotonic() > end or asked.exists())
    except PipelineError as error:
        yield error
    finally:
        gc.collect()  # trainer and model hold each other, and a worker that is used again would keep them


@_lent(lambda folder, base, schema_text, questions, *_: LOAD_SECONDS + SAVE_SECONDS + len(questions) // 4)
def _write(  # noqa: PLR0913 - as the student's own
    folder: Path, base: str, schema_text: str, questions: Sequence[str], tuned: bool, max_new_tokens: int
) -> list[str] | PipelineError:
    try:
        return model.write(folder, base, schema_text, questions, tuned, max_new_tokens)
    except PipelineError as error:
        return error


@_lent(lambda *_: LOAD_SECONDS + SAVE_SECONDS)
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

    The number of steps is fixed from the start, so the learning rate does not depend on the slices.
    Raises UserError when the base cannot be had or no GPU is lent; a Note before it says what is saved.
    """
    base, limit = order.config.base, order.config.max_minutes * 60 or math.inf
    if not base:
        choice = choose_base()
        base = choice.id
        yield Note("train", choice.reason, choice.values)
    yield Progress("train", 0, 0, "Fetching the base model")
    part = Part(replace(order, config=replace(order.config, base=_here(base), max_minutes=0.0)))
    while not stop() and part.spent < limit and not part.complete:
        last = part.last
        yield Progress("train", last.step if last else 0, last.steps if last else 0, "Asking for GPU time")
        yield from part.train(stop, limit)
    if part.done:
        yield replace(part.done, result=part.done.result | {"settings": asdict(order.config)})


@dataclass
class Part:
    """A training that is done slice by slice, and how far it is."""

    order: Order
    spent: float = 0.0
    """Seconds in slices, waiting for a GPU included."""
    loading: float = LOAD_SECONDS
    """Seconds from asking for the last slice to its first step."""
    last: Step | None = None
    done: Done | None = None

    @property
    def complete(self) -> bool:
        """Whether the last step is done."""
        return self.done is not None and not self.done.stopped

    def seconds(self, limit: float) -> float:
        """How long the next slice may take: what is left to do by the measured pace, a fifth more to be sure."""
        need = self.loading + 1.2 * self.last.seconds_left if self.last else math.inf
        return min(SLICE_SECONDS, need, limit - self.spent)

    def train(self, stop: Callable[[], bool], limit: float) -> Iterator[Event]:
        """One slice: its events but for the last. When it is cut short its checkpoints stay."""
        asked, started, before = self.order.folder / STOP, time.monotonic(), self.last
        asked.unlink(missing_ok=True)
        try:
            for event in _handed_back(train_slice(self.order, self.seconds(limit))):
                if isinstance(event, Done):
                    self.done = event
                    continue
                if isinstance(event, Step):
                    if self.last is before:
                        self.loading = time.monotonic() - started
                    self.last = event
                yield event
                if stop():
                    asked.touch()
        except UserError:
            if self.last:
                text = "Learned up to step {step} of {steps}. “Resume training” goes on from what is saved."
                yield Note("train", text, {"step": self.last.step, "steps": self.last.steps})
            raise
        finally:
            asked.unlink(missing_ok=True)
            self.spent += time.monotonic() - started


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

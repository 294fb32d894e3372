"""A question while it is answered: whose turn it is, what was written so far, and what came of it.

In: a run, a question, a database. Out: a `Talk` that changes while `converse` runs, which gives a sign each time there is
something new to draw. One question at a time in this process: the others wait in line, and can leave it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pipeline.run.asking import Answer, answer_stream, remember
from pipeline.store import Store
from pipeline.student.model import Stream, stream

T = TypeVar("T")
DRAW_EVERY = 0.25
"""Seconds. A redraw takes 15 ms of the processor on which the model may be writing."""
BEAT = 0.5
"""Seconds of silence after which the page is drawn and asked whether to stop."""

FIRST_WAIT = 15.0
"""Seconds: an estimate for a run that never loaded its model; 135M parameters and the libraries took 8 to 20."""


@dataclass
class Talk:
    """The question on a browser tab and what came of it."""

    question: str = ""
    models: tuple[str, ...] = ()
    """Who is asked, in order: `tuned`, `base`."""
    answers: dict[str, Answer] = field(default_factory=dict)
    """By model; `yours` for SQL that a person edited."""
    writing: str = ""
    """The model at work."""
    text: str = ""
    """What it has written so far."""
    ahead: int = 0
    """Questions of others that come first."""
    loaded: bool = False
    began: float = 0.0
    """When the model at work was asked (time.monotonic)."""
    stopping: bool = False
    usual: float = 0.0
    """Seconds that loading the model is likely to take; nothing while it is in memory."""
    entry: int | None = None
    """Its row in the run's history."""
    to_edit: str | None = None
    """The SQL that was put into the editor."""

    @property
    def busy(self) -> bool:
        """Whether somebody waits for an answer."""
        return bool(self.writing)

    @property
    def own(self) -> Answer | None:
        """The answer in the first column: the edited SQL's, else that of the model asked first."""
        return self.answers.get("yours") or self.answers.get(self.models[0] if self.models else "")

    def begin(self, model: str) -> None:
        """Now this model is asked."""
        self.writing, self.text, self.loaded, self.began = model, "", False, time.monotonic()


def converse(talk: Talk, store: Store, database: Path, how: Stream = stream) -> Iterator[None]:
    """Have each model of `talk` answer, one after the other, and keep what was answered.

    Raises UserError when a model cannot be had.
    """
    talk.begin(talk.models[0])
    try:
        with _place_in_line() as place:
            while (ahead := _line.index(place)) and not talk.stopping:
                if ahead != talk.ahead:
                    talk.ahead = ahead
                    yield
                time.sleep(DRAW_EVERY)
            talk.ahead = 0
            for model in talk.models:
                if talk.stopping:
                    return
                talk.begin(model)
                yield from _answer(talk, store, database, how)
                whole = [answer for answer in talk.answers.values() if not answer.stopped]
                talk.entry = remember(store, whole, talk.entry) if whole else None
    finally:
        talk.writing, talk.stopping = "", False


def _answer(talk: Talk, store: Store, database: Path, how: Stream) -> Iterator[None]:
    """One model's answer; what it had written, where it is stopped."""
    drawn = 0.0
    for said in beats(answer_stream(store, talk.question, database, talk.writing == "tuned", how), BEAT):
        if isinstance(said, Answer):
            talk.answers[talk.writing] = said
            return
        if said is not None:
            talk.loaded, talk.text = True, said
            _last["asked"] = store.folder
        if talk.stopping:
            talk.answers[talk.writing] = _stopped(talk)
            return
        if said is None or time.monotonic() - drawn > DRAW_EVERY:
            yield
            drawn = time.monotonic()


def _stopped(talk: Talk) -> Answer:
    return Answer(
        talk.question, talk.text.strip(), None, None, time.monotonic() - talk.began, talk.writing, stopped=True
    )


def beats(items: Generator[T, None, None], seconds: float) -> Iterator[T | None]:
    """What `items` gives, and None whenever that takes longer than `seconds`.

    It works in a thread of its own, in the caller's context; closing this closes it, without waiting until it has.
    """
    context, thread = copy_context(), ThreadPoolExecutor(1, "asking")
    try:
        while True:
            step = thread.submit(lambda: context.run(next, items, None))
            while not wait([step], seconds).done:
                yield None
            if (item := step.result()) is None:
                return
            yield item
    finally:
        thread.submit(context.run, items.close)
        thread.shutdown(wait=False)


_last: dict[str, Path] = {}
"""The run whose model is in memory."""


def usual_wait(store: Store) -> float:
    """Seconds that loading this run's model will take, as it took before; nothing while it is in memory."""
    if _last.get("asked") == store.folder:
        return 0.0
    waits = [answer["waited"] for asked in store.asked() for answer in asked["answers"] if answer["waited"] > 1]
    return float(waits[0]) if waits else FIRST_WAIT


_line: list[object] = []
_moving = threading.Lock()


@contextmanager
def _place_in_line() -> Iterator[object]:
    """A place at the end of the line; leaving gives it up."""
    place = object()
    with _moving:
        _line.append(place)
    try:
        yield place
    finally:
        with _moving:
            _line.remove(place)

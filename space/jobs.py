"""Stages that take longer than a click, in the background or in turns, and who may stop them.

In: a run and a function that makes the stage's events. Out: nothing; the events are in the store, and whoever watches
reads them there. In the background a stage has a thread of its own, one heavy job at a time. In turns, for a GPU that is
lent to a visitor's own event, it works while an event of the page pulls it. A job lives in this process only: when the
process dies its stage reads `interrupted`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from pipeline.errors import PipelineError
from pipeline.records import Event, Progress, Waiting
from pipeline.store import Store

MakeEvents = Callable[[Store, Callable[[], bool]], Iterator[Event]]
"""Takes the run and the question whether to stop; gives the stage's events."""
Key = tuple[Path, str]

TURN_SECONDS = 5.0
"""A turn ends with the stage's first Progress after this time; less work would not be worth an event of its own."""
LEFT_SECONDS = 3600.0
"""A job in turns that nobody has pulled for so long is given up, so that those who left cost no memory."""

log = logging.getLogger(__name__)


@dataclass
class Job:
    """One stage of one run, waiting or at work."""

    visitor: str
    in_turns: bool
    stop: threading.Event = field(default_factory=threading.Event)
    waiting: bool = True
    thread: threading.Thread | None = None
    store: Store | None = None
    events: Generator[Event, None, None] | None = None
    turn: threading.Lock = field(default_factory=threading.Lock)
    """Held by the event that pulls a job in turns: two browser tabs must not both."""
    pulled: float = field(default_factory=time.monotonic)


_jobs: dict[Key, Job] = {}
_refused: dict[Key, PipelineError] = {}
_lock = threading.Lock()
_heavy = threading.Lock()
"""Held by the one job at work: two trainings at once would each take twice as long and twice the memory."""


def start(folder: Path, visitor: str, stage: str, make_events: MakeEvents, in_turns: bool = False) -> None:
    """Begin a stage, in the background or to be pulled by `turn`; nothing happens when it is already under way.

    Raises UserError when the stage refuses before its first event.
    """
    _give_up_left()
    key, job = (folder.resolve(), stage), Job(visitor, in_turns, waiting=not in_turns)
    with _lock:
        if key in _jobs:
            return
        _jobs[key] = job
        _refused.pop(key, None)
    try:
        job.store = Store.open(folder, visitor)
        job.events = cast(Generator[Event, None, None], make_events(job.store, job.stop.is_set))
    except BaseException:
        _end(key, job)
        raise
    if not in_turns:
        job.thread = threading.Thread(target=_work, args=(key, job), name=f"{folder.name}-{stage}", daemon=True)
        job.thread.start()


def turn(folder: Path, visitor: str) -> Iterator[None]:
    """Work on the stages of a run that go in turns, until one of them can pause; yields after each event.

    Leaving in the middle closes the stage, which keeps what it has.
    """
    for key, job in list(_jobs.items()):
        mine = job.in_turns and key[0] == folder.resolve() and job.visitor == visitor
        if mine and job.events and job.turn.acquire(blocking=False):
            try:
                if _jobs.get(key) is job:  # it may have ended since we looked
                    yield from _pull(key, job, job.events)
            finally:
                job.turn.release()


def stop(folder: Path, stage: str) -> None:
    """Ask a stage to end with what it has."""
    job = _jobs.get((folder.resolve(), stage))
    if job:
        job.stop.set()


def running(folder: Path) -> set[str]:
    """The stages of a run that this process is at work on, or will be."""
    return {stage for place, stage in list(_jobs) if place == folder.resolve()}


def waiting(folder: Path, stage: str) -> bool:
    """Whether a stage is in the queue behind another job."""
    job = _jobs.get((folder.resolve(), stage))
    return job is not None and job.waiting


def stopping(folder: Path, stage: str) -> bool:
    """Whether a stage was asked to stop and has not yet."""
    job = _jobs.get((folder.resolve(), stage))
    return job is not None and job.stop.is_set()


def refused(folder: Path, stage: str) -> PipelineError | None:
    """Why a stage ended with an error here; where it had begun, the store says it too."""
    return _refused.get((folder.resolve(), stage))


def wait(folder: Path, stage: str, seconds: float) -> bool:
    """Wait for a stage to end; False when it has not within `seconds`. For tests and scripts."""
    job = _jobs.get((folder.resolve(), stage))
    if job is None or job.thread is None:
        return True
    job.thread.join(seconds)
    return not job.thread.is_alive()


def _work(key: Key, job: Job) -> None:
    """A job in the background: wait for the one before, then all of its events."""
    try:
        while not _heavy.acquire(timeout=0.2):
            if job.stop.is_set():
                return
        job.waiting = False
        with _errors_kept(key), _at_work(job) as work:
            for event in job.events or ():
                work(not isinstance(event, Waiting))
    finally:
        _end(key, job)


@contextmanager
def _at_work(job: Job) -> Iterator[Callable[[bool], None]]:
    """With `_heavy` held; what comes out lets go of it while the job waits for something elsewhere, or takes it again."""
    held = True

    def work(busy: bool) -> None:
        nonlocal held
        if held and not busy:
            _heavy.release()
            held = False
        while busy and not held and not job.stop.is_set():  # one that is to stop ends soon, whoever is at work
            job.waiting = not _heavy.acquire(timeout=0.2)
            held = not job.waiting
        job.waiting = False

    try:
        yield work
    finally:
        if held:
            _heavy.release()


def _pull(key: Key, job: Job, events: Generator[Event, None, None]) -> Iterator[None]:
    """One turn of a job; a pause leaves the events where they are, anything else ends them."""
    started, paused = time.monotonic(), False
    try:
        with _errors_kept(key):
            for event in events:
                job.pulled = time.monotonic()
                paused = isinstance(event, Progress) and job.pulled - started > TURN_SECONDS
                if paused:
                    break
                yield
    finally:
        if not paused:
            _end(key, job)


@contextmanager
def _errors_kept(key: Key) -> Iterator[None]:
    try:
        yield
    except PipelineError as error:
        log.info("%s of %s: %s", key[1], key[0].name, error)
        _refused[key] = error
    except Exception:  # noqa: BLE001 - the stage is already marked broken in the store; the log keeps the trace
        log.exception("%s of %s broke", key[1], key[0].name)


def _end(key: Key, job: Job) -> None:
    """Close what a job holds, which has its stage keep what there is, and forget it."""
    try:
        if job.events:
            job.events.close()
    finally:
        with _lock:
            if _jobs.get(key) is job:
                del _jobs[key]
        if job.store:
            job.store.close()


def _give_up_left() -> None:
    """End the jobs in turns whose page went away between two turns."""
    for key, job in list(_jobs.items()):
        if job.in_turns and time.monotonic() - job.pulled > LEFT_SECONDS and job.turn.acquire(blocking=False):
            _end(key, job)

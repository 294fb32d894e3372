"""Stages that take longer than a click: one background thread each, one heavy job at a time.

In: a run and a function that makes the stage's events. Out: nothing; the events are in the store, and whoever watches
reads them there. A job lives in this process only: when the process dies its stage reads `interrupted`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import PipelineError
from pipeline.records import Event
from pipeline.store import Store

MakeEvents = Callable[[Store, Callable[[], bool]], Iterator[Event]]
"""Takes the run and the question whether to stop; gives the stage's events."""

log = logging.getLogger(__name__)


@dataclass
class Job:
    """One stage of one run, waiting or at work."""

    stop: threading.Event = field(default_factory=threading.Event)
    waiting: bool = True
    thread: threading.Thread | None = None


_jobs: dict[tuple[Path, str], Job] = {}
_refused: dict[tuple[Path, str], PipelineError] = {}
_lock = threading.Lock()
_heavy = threading.Lock()
"""Held by the one job at work: two trainings at once would each take twice as long and twice the memory."""


def start(folder: Path, visitor: str, stage: str, make_events: MakeEvents) -> None:
    """Begin a stage in the background; nothing happens when the same one is already under way.

    Raises UserError when the stage refuses before its first event.
    """
    key, job = (folder.resolve(), stage), Job()
    with _lock:
        if key in _jobs:
            return
        _jobs[key] = job
        _refused.pop(key, None)
    try:
        store = Store.open(folder, visitor)
        events = make_events(store, job.stop.is_set)
    except BaseException:
        _forget(key)
        raise
    job.thread = threading.Thread(
        target=_work, args=(key, job, store, events), name=f"{folder.name}-{stage}", daemon=True
    )
    job.thread.start()


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


def _work(key: tuple[Path, str], job: Job, store: Store, events: Iterator[Event]) -> None:
    try:
        while not _heavy.acquire(timeout=0.2):
            if job.stop.is_set():
                return
        try:
            job.waiting = False
            for _event in events:
                pass
        finally:
            _heavy.release()
    except PipelineError as error:
        log.info("%s of %s: %s", key[1], key[0].name, error)
        _refused[key] = error
    except Exception:  # noqa: BLE001 - the stage is already marked broken in the store; the log keeps the trace
        log.exception("%s of %s broke", key[1], key[0].name)
    finally:
        _forget(key)
        store.close()


def _forget(key: tuple[Path, str]) -> None:
    with _lock:
        _jobs.pop(key, None)

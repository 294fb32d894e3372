"""Where the stages of a run stand, and the one way to run a stage: its events go to the store before anybody sees them.

In: a store and a stage's events. Out: the same events, and a `Status` that survives the process. One stage at a time on a
run. Limit: processes are told apart by id and start, so two machines must not share a run's folder.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field
from typing import Any, cast

from pipeline.errors import PipelineError, UserError
from pipeline.records import Done, Event
from pipeline.store import Store

Stop = Callable[[], bool]
"""Asked between two units of work; True ends the stage with what it has."""

STAGES = ("schema", "dataset", "train", "evaluate", "publish")
CLOCK_SECONDS = 2.0
"""How far a process's start, counted from the machine's boot in whole seconds, may seem to lie after its first deed."""


def never() -> bool:
    """The `Stop` of a command that is only ended by a signal."""
    return False


@dataclass(frozen=True)
class Status:
    """Where a stage of a run stands."""

    state: str = "never"
    """`never`, `running`, `done`, `stopped`, `failed` (somebody can put it right), `broken` (a bug), `interrupted`
    (its process died)."""
    at: float = 0.0
    """Unix seconds of the last change."""
    template: str = ""
    """The error's English template, when `failed` or `broken`."""
    values: dict[str, Any] = field(default_factory=dict)
    pid: int = 0


def status(store: Store, stage: str) -> Status:
    """Where `stage` stands; a stage whose process is gone is `interrupted`."""
    kept = store.get(f"status_{stage}")
    if kept is None:
        return Status()
    found = Status(**kept)
    if found.state == "running" and not _alive(found):
        return Status("interrupted", found.at, pid=found.pid)
    return found


def _alive(found: Status) -> bool:
    """Whether the process that began the stage lives. After a restart its id may be another's, which began later."""
    import psutil

    try:
        process = psutil.Process(found.pid)
        return bool(process.create_time() < found.at + CLOCK_SECONDS and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def _stand(
    store: Store, stage: str, state: str, template: str = "", values: Mapping[str, object] | None = None
) -> None:
    """Keep where a stage stands. Numbers stay numbers, because templates format them."""
    kept = {name: value if isinstance(value, (int, float)) else str(value) for name, value in (values or {}).items()}
    store.set(**{f"status_{stage}": asdict(Status(state, time.time(), template, kept, os.getpid()))})


def refuse_busy(store: Store) -> None:
    """Raises UserError when a stage of the run is running; ask inside `store.alone()` to be sure until it is left."""
    for other in STAGES:
        if status(store, other).state == "running":
            raise UserError("This run is busy with its {stage} stage. Wait for it, or stop it.", stage=other)


def _begin(store: Store, stage: str) -> None:
    """Mark a stage as running; one at a time on a run, because each reads what the one before it wrote."""
    with store.alone():
        refuse_busy(store)
        _stand(store, stage, "running")
        if stage != "publish":
            store.set(recorded=None)  # what came with the app is changed from here on


def keep(store: Store, stage: str, events: Iterator[Event]) -> Iterator[Event]:
    """Hand events on after the store has them; keep where the stage stands, whatever ends it."""
    _begin(store, stage)
    state = "stopped"
    try:
        with closing(cast(Generator[Event, None, None], events)):
            for event in events:
                if isinstance(event, Done):
                    state = "stopped" if event.stopped else "done"
                store.add_event(event)
                yield event
    except PipelineError as error:
        _stand(store, stage, "failed", error.template, error.values)
        raise
    except Exception as error:
        _stand(store, stage, "broken", "{kind}: {text}", {"kind": type(error).__name__, "text": error})
        raise
    except BaseException:  # the consumer went away, or Ctrl-C
        _stand(store, stage, state)
        raise
    _stand(store, stage, state)
    if stage in ("dataset", "train") and not store.scores():
        store.set(status_evaluate=None)  # what was scored is no more

"""Where a stage stands, whatever ends it, and that a run does one thing at a time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import UserError
from pipeline.records import Done, Event, Progress
from pipeline.stages import keep, status
from pipeline.store import Store

STEP = Progress("train", 1, 2)


def two_events(stopped: bool = False) -> Iterator[Event]:
    yield STEP
    yield Done("train", {"steps": 1}, stopped)


def failing(error: BaseException) -> Iterator[Event]:
    yield STEP
    raise error


def as_if_begun_by(store: Store, pid: int, at: float) -> None:
    store.set(status_train={"state": "running", "at": at, "template": "", "values": {}, "pid": pid})


def test_a_stage_runs_and_is_done_with_each_event_kept_before_it_is_seen(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    assert status(store, "train").state == "never"
    events = keep(store, "train", two_events())
    assert status(store, "train").state == "never"  # nothing happens before somebody listens
    assert next(events) == STEP
    assert status(store, "train").state == "running" and len(store.events("train")) == 1
    list(events)
    assert status(store, "train").state == "done" and len(store.events("train")) == 2
    assert abs(status(store, "train").at - time.time()) < 10


def test_a_stage_that_was_stopped_says_so(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    list(keep(store, "train", two_events(stopped=True)))
    assert status(store, "train").state == "stopped"


def test_leaving_a_stage_stops_it_and_ends_its_work_first(tmp_path: Path) -> None:
    store, seen = Store.create(tmp_path), []

    def working() -> Iterator[Event]:
        try:
            yield STEP
            yield STEP
        finally:
            seen.append(status(store, "train").state)

    events = keep(store, "train", working())
    next(events)
    events.close()  # type: ignore[attr-defined]
    assert seen == ["running"]  # nobody else may start while it is still saving
    assert status(store, "train").state == "stopped"


def test_leaving_after_the_last_event_is_done_all_the_same(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    events = keep(store, "train", two_events())
    next(events), next(events)
    events.close()  # type: ignore[attr-defined]
    assert status(store, "train").state == "done"


def test_a_failure_keeps_its_template_and_values(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    error = UserError("{file} has {size:.1f} MB.", file=tmp_path / "a", size=5.25)
    with pytest.raises(UserError):
        list(keep(store, "train", failing(error)))
    found = status(store, "train")
    assert (found.state, found.template) == ("failed", "{file} has {size:.1f} MB.")
    assert found.template.format(**found.values) == str(error)  # numbers are still numbers


def test_a_bug_is_broken_and_not_swallowed(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    with pytest.raises(ZeroDivisionError):
        list(keep(store, "train", failing(ZeroDivisionError("by {nothing}"))))
    found = status(store, "train")
    assert found.state == "broken"
    assert found.template.format(**found.values) == "ZeroDivisionError: by {nothing}"


def test_ctrl_c_stops(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        list(keep(store, "train", failing(KeyboardInterrupt())))
    assert status(store, "train").state == "stopped"


def test_a_stage_whose_process_is_gone_is_interrupted_and_may_start_again(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    gone = subprocess.Popen([sys.executable, "-S", "-c", ""])
    gone.wait()
    as_if_begun_by(store, gone.pid, time.time())
    assert status(store, "train").state == "interrupted"
    list(keep(store, "train", two_events()))
    assert status(store, "train").state == "done"


@pytest.mark.parametrize("pid", [os.getpid(), os.getppid()])
def test_a_process_that_got_the_id_of_a_dead_one_is_not_taken_for_it(tmp_path: Path, pid: int) -> None:
    store = Store.create(tmp_path)
    as_if_begun_by(store, pid, time.time())
    assert status(store, "train").state == "running"
    as_if_begun_by(store, pid, 1_000_000.0)  # in a container the first process has the same id after each start
    assert status(store, "train").state == "interrupted"


def test_a_run_does_one_thing_at_a_time(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    events = keep(store, "train", two_events())
    next(events)
    for stage in ("train", "schema"):
        with pytest.raises(UserError, match="busy with its train stage"):
            next(keep(store, stage, two_events()))
    assert status(store, "schema").state == "never"
    list(events)
    list(keep(store, "schema", two_events()))
    as_if_begun_by(store, os.getppid(), time.time())  # another process, alive
    with pytest.raises(UserError, match="busy with its train stage"):
        next(keep(store, "evaluate", two_events()))
    assert status(store, "train").state == "running"

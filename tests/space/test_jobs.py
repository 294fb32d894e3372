"""Background stages: they fill the store, stop when asked, queue up, and never hang a page."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline import run
from pipeline.errors import UserError
from pipeline.records import Done, Event, Progress
from pipeline.stages import keep
from pipeline.store import Store
from space import jobs

Stop = Callable[[], bool]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Store.create(tmp_path / "run").close()
    return tmp_path / "run"


def counting(store: Store, stop: Stop) -> Iterator[Event]:
    """A stage that counts until it is stopped."""
    for number in range(1000):
        if stop():
            yield Done("dataset", {"counted": number}, stopped=True)
            return
        yield Progress("dataset", number, 1000)
        time.sleep(0.01)


def kept(events: Callable[[Store, Stop], Iterator[Event]]) -> jobs.MakeEvents:
    return lambda store, stop: keep(store, "dataset", events(store, stop))


def until(check: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not check():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_stage_fills_the_store_and_stops_with_what_it_has(folder: Path) -> None:
    jobs.start(folder, "local", "dataset", kept(counting))
    store = Store.open(folder)
    until(lambda: len(store.events("dataset")) > 3)
    assert jobs.running(folder) == {"dataset"}
    assert run.status(store, "dataset").state == "running"
    jobs.stop(folder, "dataset")
    assert jobs.wait(folder, "dataset", 5)
    until(lambda: not jobs.running(folder))
    assert run.status(store, "dataset").state == "stopped"
    last = store.last_event("dataset", "done")
    assert last is not None and last["result"]["counted"] > 0


def test_the_same_stage_is_not_started_twice(folder: Path) -> None:
    starts: list[int] = []

    def once(store: Store, stop: Stop) -> Iterator[Event]:
        starts.append(1)
        return counting(store, stop)

    jobs.start(folder, "local", "dataset", once)
    jobs.start(folder, "local", "dataset", once)
    jobs.stop(folder, "dataset")
    assert jobs.wait(folder, "dataset", 5)
    assert starts == [1]


def test_a_second_job_waits_and_can_be_stopped_while_it_waits(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    Store.create(other).close()
    jobs.start(folder, "local", "dataset", kept(counting))
    until(lambda: not jobs.waiting(folder, "dataset"))
    jobs.start(other, "local", "dataset", kept(counting))
    assert jobs.waiting(other, "dataset") and not jobs.waiting(folder, "dataset")
    jobs.stop(other, "dataset")
    until(lambda: not jobs.running(other))
    store = Store.open(other)
    assert run.status(store, "dataset").state == "never"
    jobs.stop(folder, "dataset")
    assert jobs.wait(folder, "dataset", 5)


def test_a_refusal_before_the_first_event_reaches_the_click(folder: Path) -> None:
    def refuse(store: Store, stop: Stop) -> Iterator[Event]:
        raise UserError("No.")

    with pytest.raises(UserError):
        jobs.start(folder, "local", "dataset", refuse)
    assert jobs.running(folder) == set()


def test_a_bug_leaves_a_broken_stage_and_a_free_queue(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    def broken(store: Store, stop: Stop) -> Iterator[Event]:
        yield Progress("dataset", 1, 2)
        raise ZeroDivisionError("by a bug")

    jobs.start(folder, "local", "dataset", kept(broken))
    until(lambda: not jobs.running(folder))
    status = run.status(Store.open(folder), "dataset")
    assert status.state == "broken"
    assert status.values["text"] == "by a bug"
    assert "ZeroDivisionError" in caplog.text
    jobs.start(folder, "local", "dataset", kept(counting))
    until(lambda: not jobs.waiting(folder, "dataset"))
    jobs.stop(folder, "dataset")
    assert jobs.wait(folder, "dataset", 5)


def test_a_busy_run_refuses_a_second_stage_and_says_so(folder: Path) -> None:
    store = Store.open(folder)
    jobs.start(folder, "local", "dataset", kept(counting))
    until(lambda: run.status(store, "dataset").state == "running")
    with pytest.raises(UserError, match="busy with its dataset stage"):
        next(keep(store, "train", iter(())))
    jobs.stop(folder, "dataset")
    assert jobs.wait(folder, "dataset", 5)


def test_somebody_else_cannot_start_a_stage_of_a_run(folder: Path) -> None:
    with pytest.raises(UserError):
        jobs.start(folder, "stranger", "dataset", kept(counting))
    assert threading.active_count() >= 1 and jobs.running(folder) == set()

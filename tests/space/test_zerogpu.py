"""Training in slices and answering as on ZeroGPU, on a CPU with a tiny base: the same code, without the loan."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest

from pipeline import run
from pipeline.errors import PipelineError, UserError
from pipeline.records import Done, Event, Note, Progress, Step
from pipeline.stages import keep
from pipeline.store import Store
from pipeline.student.model import load_student
from pipeline.student.train import Order, train_adapter
from space import jobs, zerogpu
from space.refusals import refusals
from tests.parrot import LESSONS, lesson, parrot_base

SCHEMA = "CREATE TABLE customers (id INTEGER, name TEXT, PRIMARY KEY (id));"
QUERY = "SELECT name FROM customers"
PAIRS = lesson(QUERY, "Who buys here?", "Name all customers", "customers please", "The names of our customers")
FIRST_STEP = 0.0
"""Seconds of a slice that ends after its first step, whatever the machine."""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return parrot_base(tmp_path_factory.mktemp("parrot"), [QUERY])


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store.create(tmp_path / "run")
    list(run.read_schema(made, SCHEMA, name="customers"))
    made.add_pairs(PAIRS)
    return made


def order_for(folder: Path, base: Path, **settings: object) -> Order:
    folder.mkdir(exist_ok=True)
    config = replace(LESSONS, base=str(base), epochs=3, typed=False, save_every=2)
    return Order(folder, SCHEMA, [each.pair for each in PAIRS], replace(config, **settings))  # type: ignore[arg-type]


def steps_of(events: list[Event]) -> list[int]:
    return [event.step for event in events if isinstance(event, Step)]


def weights(folder: Path) -> bytes:
    return (folder / "adapter" / "adapter_model.safetensors").read_bytes()


def slices_of(monkeypatch: pytest.MonkeyPatch, seconds: float = FIRST_STEP) -> None:
    monkeypatch.setattr(zerogpu, "SLICE_SECONDS", seconds)


def never() -> bool:
    return False


def test_a_training_in_slices_gives_the_same_adapter_as_in_one_piece(
    tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slices_of(monkeypatch)
    whole, parts = order_for(tmp_path / "whole", base), order_for(tmp_path / "parts", base)
    one = list(train_adapter(whole, never))
    many = list(zerogpu.train_in_slices(parts, never))
    asked = [event for event in many if isinstance(event, Progress) and event.what == "Asking for GPU time"]
    assert len(asked) == 3 and steps_of(many) == steps_of(one) == [1, 2, 3]
    assert weights(parts.folder) == weights(whole.folder)
    done = many[-1]
    assert isinstance(done, Done) and not done.stopped and done.result["settings"]["base"] == str(base)
    assert [event.learning_rate for event in many if isinstance(event, Step)] == [
        event.learning_rate for event in one if isinstance(event, Step)
    ]
    assert not (parts.folder / "checkpoints").exists() and not (parts.folder / zerogpu.STOP).exists()


def test_what_a_refused_slice_leaves_is_said_before_the_refusal(
    tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slices_of(monkeypatch)
    train_slice, calls = zerogpu.train_slice, []

    def lent_once(order: Order, seconds: float) -> Iterator[Event | PipelineError]:
        calls.append(seconds)
        if len(calls) == 2:
            said = "You have exceeded your free ZeroGPU quota (90s requested vs. 12s left). Try again in 3:20:11. "
            raise gr.Error(said, title="ZeroGPU quota exceeded")
        yield from train_slice(order, seconds)

    monkeypatch.setattr(zerogpu, "train_slice", lent_once)
    told = zerogpu.train_in_slices(order_for(tmp_path / "run", base), never)
    seen: list[Event] = []
    with pytest.raises(UserError, match=r"90 s of GPU time and you have 12 s left. Try again in 3:20:11,"):
        for event in told:
            seen.append(event)
    assert isinstance(seen[-1], Note) and seen[-1].values == {"step": 1, "steps": 3}


def test_an_error_of_ours_crosses_from_the_worker_whole(tmp_path: Path) -> None:
    order = order_for(tmp_path / "run", tmp_path / "no-base")
    with pytest.raises(UserError) as caught:
        list(zerogpu.train_in_slices(order, never))
    assert caught.value.values["base"] == str(tmp_path / "no-base")
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
    assert (again.template, again.values) == (caught.value.template, caught.value.values)


def test_a_stop_within_a_slice_and_one_between_two_keep_what_is_learned(
    tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    within = order_for(tmp_path / "within", base, epochs=500)
    seen: list[Event] = []
    for event in zerogpu.train_in_slices(within, lambda: len(steps_of(seen)) >= 2):
        seen.append(event)
    assert isinstance(seen[-1], Done) and seen[-1].stopped and len(steps_of(seen)) < 50
    slices_of(monkeypatch)
    between, seen = order_for(tmp_path / "between", base), []
    for event in zerogpu.train_in_slices(between, lambda: len([e for e in seen if isinstance(e, Progress)]) >= 3):
        seen.append(event)
    assert isinstance(seen[-1], Done) and seen[-1].stopped and steps_of(seen) == [1, 2]
    assert weights(within.folder) and weights(between.folder)


def test_the_time_limit_counts_over_all_slices(tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slices_of(monkeypatch)
    events = list(zerogpu.train_in_slices(order_for(tmp_path / "run", base, max_minutes=1e-6), never))
    assert steps_of(events) == [1]
    assert isinstance(events[-1], Done) and events[-1].stopped
    assert events[-1].result["settings"]["max_minutes"] == 1e-6


def test_a_slice_asks_for_no_more_than_is_left_to_do() -> None:
    order = Order(Path(), SCHEMA, [], LESSONS)
    step = Step("train", 5, 10, 1.0, 0.5, 1e-3, 100.0, seconds_left=10.0)
    assert zerogpu.Part(order).seconds(1e9) == zerogpu.SLICE_SECONDS
    assert zerogpu.Part(order, loading=8.0, last=step).seconds(1e9) == 20.0
    assert zerogpu.Part(order, spent=50.0, loading=8.0, last=step).seconds(60.0) == 10.0


def turns(store: Store, visitor: str = "local") -> int:
    """Pull the run as the page's clock does, one event after the other; how many it took."""
    taken = 0
    while jobs.running(store.folder):
        for _event in jobs.turn(store.folder, visitor):
            pass
        taken += 1
        assert taken < 50
    return taken


def test_each_slice_is_an_event_of_the_page_and_the_run_is_as_if_trained_at_once(
    store: Store, tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slices_of(monkeypatch)
    monkeypatch.setattr(jobs, "TURN_SECONDS", 0.0)
    config = replace(LESSONS, base=str(base), epochs=2)
    jobs.start(
        store.folder, "local", "train", lambda s, stop: run.train(s, config, stop, zerogpu.train_in_slices), True
    )
    assert jobs.running(store.folder) == {"train"} and not jobs.waiting(store.folder, "train")
    assert list(jobs.turn(store.folder, "stranger")) == [] and not store.events("train")
    assert turns(store) >= 2 and run.status(store, "train").state == "done"
    steps = store.events("train", kind="step")
    assert [step["step"] for step in steps] == list(range(1, steps[-1]["steps"] + 1))
    assert store.get("base") == str(base) and store.get("trained")["steps"] == steps[-1]["steps"]
    whole = Store.create(tmp_path / "whole")
    list(run.read_schema(whole, SCHEMA, name="customers"))
    whole.add_pairs(PAIRS)
    list(run.train(whole, config))
    assert weights(store.folder) == weights(whole.folder)


def test_a_page_closed_within_a_slice_ends_it_saved_and_the_next_start_goes_on(store: Store, base: Path) -> None:
    config = replace(LESSONS, base=str(base), epochs=300)
    make = lambda s, stop: run.train(s, config, stop, zerogpu.train_in_slices)  # noqa: E731
    jobs.start(store.folder, "local", "train", make, True)
    event = jobs.turn(store.folder, "local")
    while not store.events("train", kind="step"):
        next(event)
    event.close()  # type: ignore[attr-defined] # as Gradio does when the page goes away
    assert not jobs.running(store.folder) and run.status(store, "train").state == "stopped"
    learned = store.events("train", kind="step")[-1]["step"]
    jobs.start(store.folder, "local", "train", make, True)
    event, count = jobs.turn(store.folder, "local"), len(store.events("train", kind="step"))
    while len(store.events("train", kind="step")) == count:
        next(event)
    assert store.events("train", kind="step")[-1]["step"] > learned
    jobs.stop(store.folder, "train")
    assert list(event) is not None and run.status(store, "train").state == "stopped"


def test_two_tabs_do_not_pull_one_job_and_a_job_nobody_pulls_is_given_up(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> Iterator[Event]:
        yield from (Progress("train", 1, 3), Progress("train", 2, 3), Done("train", {}))

    def counting(mine: Store, stop: run.Stop) -> Iterator[Event]:
        return keep(mine, "train", told())

    jobs.start(store.folder, "local", "train", counting, True)
    first = jobs.turn(store.folder, "local")
    next(first)
    assert list(jobs.turn(store.folder, "local")) == []
    assert len(list(first)) == 2 and not jobs.running(store.folder)
    jobs.start(store.folder, "local", "train", counting, True)
    monkeypatch.setattr(jobs, "LEFT_SECONDS", -1.0)
    jobs.start(store.folder, "local", "evaluate", counting, True)
    assert "train" not in jobs.running(store.folder)
    turns(store)
    assert run.status(store, "train").state == "done"


def test_answers_come_through_as_the_student_gives_them(tmp_path: Path, base: Path) -> None:
    order = order_for(tmp_path / "run", base, epochs=1)
    list(zerogpu.train(order, never))
    asked = (order.folder, str(base), SCHEMA)
    texts = load_student(order.folder, str(base)).write(SCHEMA, ["Who buys here?"], True, 8)
    assert zerogpu.write(*asked, ["Who buys here?"], True, 8) == texts
    assert list(zerogpu.stream(*asked, "Who buys here?", True, 8))[-1] == texts[0]
    with pytest.raises(UserError, match="no tuned model"):
        zerogpu.write(tmp_path / "none", str(base), SCHEMA, ["Who?"], True, 8)
    with pytest.raises(UserError, match="no tuned model"):
        list(zerogpu.stream(tmp_path / "none", str(base), SCHEMA, "Who?", True, 8))


SAID = {
    "ZeroGPU illegal duration|The requested GPU duration (300s) is larger than the maximum allowed": "300 s at once",
    "ZeroGPU quota exceeded|Space app has reached its GPU limit. Try re-running outside of examples": "huggingface.co",
    "ZeroGPU quota exceeded|You have exceeded your ZeroGPU runs limit. ": "too often",
    "ZeroGPU quota exceeded|No GPU was available after 60s. Try re-running outside of examples": "No GPU was free",
    "ZeroGPU quota exceeded|You have exceeded your ZeroGPU quota (90s requested vs. 0s left). Try again in "
    "1 day, 3:00:00. ": "Try again in 1 day, 3:00:00,",
    "ZeroGPU queue timeout|No GPU was available after 60s Retry later": "No GPU was free",
    "ZeroGPU pending credits exceeded|You have too many ZeroGPU credits allocated to running tasks. ": "other GPU tasks",
    "ZeroGPU client error|No GPU was available": "No GPU was free",
    "ZeroGPU client error|Expired ZeroGPU proxy token": "open for too long",
    "ZeroGPU client error|Internal Gradio error": "lent no GPU: Internal Gradio error",
    "ZeroGPU worker error|GPU task aborted": "took the GPU back",
    "ZeroGPU worker error|OutOfMemoryError": "failed with OutOfMemoryError",
}


@pytest.mark.parametrize("said", SAID)
def test_each_refusal_of_the_platform_becomes_a_sentence(said: str) -> None:
    title, message = said.split("|")
    with pytest.raises(UserError, match=SAID[said]), refusals():
        raise gr.Error(message, title=title)


def test_other_refusals_are_told_too_and_a_bug_stays_a_bug() -> None:
    with pytest.raises(UserError, match="lent no GPU: 500"), refusals():
        raise RuntimeError("ZeroGPU API /schedule error: 500 (Internal Server Error)")
    with pytest.raises(UserError, match="was closed while"), refusals():
        raise RuntimeError("Connection closed by visitor while queueing")
    with pytest.raises(RuntimeError, match="shapes"), refusals():
        raise RuntimeError("shapes do not fit")


def test_many_visitors_may_wait_on_zerogpu_where_gradio_would_let_one() -> None:
    from space.ui import build_app

    assert (build_app()._queue.max_size or 0) >= 100

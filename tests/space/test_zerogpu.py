"""Training in slices and answering as on ZeroGPU, on a CPU with a tiny base: the same code, without the loan."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from pipeline import run
from pipeline.errors import PipelineError, UserError
from pipeline.records import Done, Event, Note, Pair, Progress, Step, Tried
from pipeline.stages import keep
from pipeline.store import Store
from pipeline.student.model import load_student
from pipeline.student.train import Order, train_adapter
from space import jobs, slices, zerogpu
from space.quota import Lent
from space.refusals import Refusal
from space.slices import Pace
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
    monkeypatch.setattr(slices, "SLICE_SECONDS", seconds)


def never() -> bool:
    return False


def told_by(events: list[Event]) -> list[tuple[int, float, float, float]]:
    """What must not depend on slices: it tells which pairs each step had, in which order, at which rate."""
    return [(e.step, e.loss, e.learning_rate, e.epoch) for e in events if isinstance(e, Step)]


def test_a_training_in_slices_gives_the_same_adapter_as_in_one_piece(
    tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch
    from safetensors.torch import load_file

    slices_of(monkeypatch)
    settings: dict[str, Any] = {"batch": 2, "checks": 2, "check_questions": 1}
    whole, parts = (
        replace(order_for(tmp_path / name, base, **settings), heldout=[Pair("Which customers?", QUERY)])
        for name in ("whole", "parts")
    )
    one = list(train_adapter(whole, never))
    many = list(zerogpu.train_in_slices(parts, never))
    asked = [event for event in many if isinstance(event, Progress) and event.what == "Asking for GPU time"]
    assert len(asked) == 6 and steps_of(many) == steps_of(one) == [1, 2, 3, 4, 5, 6]
    assert told_by(many) == told_by(one) and len({loss for _, loss, _, _ in told_by(one)}) > 3
    for name in ("adapter/adapter_model.safetensors", "checks/3.safetensors", "checks/6.safetensors"):
        ours, theirs = load_file(parts.folder / name), load_file(whole.folder / name)
        assert ours.keys() == theirs.keys() and all(torch.equal(ours[each], theirs[each]) for each in ours), name
    tried = [[event for event in each if isinstance(event, Tried)] for each in (many, one)]
    assert tried[0] == tried[1] and len(tried[0]) == 2
    notes = [event.template for event in many if isinstance(event, Note)]
    assert len(notes) == len(set(notes)), "what is true of the base is said once"
    done, alone = many[-1], one[-1]
    assert isinstance(done, Done) and isinstance(alone, Done) and not done.stopped
    measured = {"seconds", "settings", "peak_bytes"}
    assert done.result.keys() == alone.result.keys()
    assert all(done.result[name] == alone.result[name] for name in done.result.keys() - measured)
    assert done.result["settings"]["base"] == str(base)
    assert not (parts.folder / "checkpoints").exists() and not (parts.folder / zerogpu.STOP).exists()
    lent = [event for event in many if isinstance(event, Lent)]
    assert [each.used is None for each in lent] == [True, False] * 6
    assert {each.asked for each in lent} == {15} and lent[-1].following == 0 and lent[1].following == 15


def refusing(
    monkeypatch: pytest.MonkeyPatch, answers: dict[int, str], title: str = "ZeroGPU quota exceeded"
) -> list[float]:
    """The platform's answer to some calls, by their number; what all calls asked for."""
    train_slice, calls = zerogpu.train_slice, []

    def lent(order: Order, seconds: float, pace: Pace) -> Iterator[Event | Pace | PipelineError]:
        calls.append(seconds)
        if said := answers.get(len(calls)):
            raise gr.Error(said, title=title)
        yield from train_slice(order, seconds, pace)

    monkeypatch.setattr(zerogpu, "train_slice", lent)
    return calls


def exceeded(left: int, plan: str = "free ZeroGPU") -> str:
    return f"You have exceeded your {plan} quota (90s requested vs. {left}s left). Try again in 3:20:11. "


def test_what_was_learned_before_a_refusal_is_the_result_and_the_sentence_says_when_to_come_back(
    tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slices_of(monkeypatch)
    calls = refusing(monkeypatch, {2: exceeded(12)})
    order = order_for(tmp_path / "run", base)
    seen = list(zerogpu.train_in_slices(order, never))
    assert len(calls) == 2
    *_, refused, note, done = seen
    assert isinstance(refused, Lent) and (refused.left, refused.wait, refused.used) == (12, 12011.0, 0.0)
    assert isinstance(note, Note) and note.level == "warning"
    assert note.text() == "This takes 90 s of GPU time and you have 12 s left. Try again in 3:20:11."
    assert isinstance(done, Done) and done.stopped and done.result["steps"] == 1 and weights(order.folder)
    again = list(zerogpu.train_in_slices(order, never))
    assert steps_of(again) == [2, 3] and isinstance(again[-1], Done) and not again[-1].stopped


def test_a_refusal_of_the_first_slice_is_an_error_and_says_what_an_earlier_start_saved(
    tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slices_of(monkeypatch)
    order = order_for(tmp_path / "run", base)
    first = zerogpu.train_in_slices(order, never)
    while not isinstance(next(first), Step):
        pass
    first.close()  # type: ignore[attr-defined] # as when the page goes away: what is learned is saved
    refusing(monkeypatch, {1: exceeded(0, "ZeroGPU")})
    told: list[Event] = []
    with pytest.raises(Refusal, match="or log in to Hugging Face for more"):
        told += zerogpu.train_in_slices(order, never)


def test_a_slice_is_asked_for_again_once_when_what_is_left_still_holds_steps(
    tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = refusing(monkeypatch, {1: exceeded(66)})
    seen = list(zerogpu.train_in_slices(order_for(tmp_path / "run", base), never))
    assert calls == [50.0, 34.0] and isinstance(seen[-1], Done) and not seen[-1].stopped
    assert [event.asked for event in seen if isinstance(event, Lent)] == [90, 66, 66]
    calls = refusing(monkeypatch, {1: exceeded(66), 2: exceeded(65)})
    with pytest.raises(Refusal, match="65 s left"):
        list(zerogpu.train_in_slices(order_for(tmp_path / "again", base), never))
    assert calls == [50.0, 34.0]


def test_a_slice_that_is_cut_goes_on_from_its_checkpoint_by_itself_and_one_without_does_not(
    tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_slice, cuts = zerogpu.train_slice, iter((3, 0))

    def cut(order: Order, seconds: float, pace: Pace) -> Iterator[Event | Pace | PipelineError]:
        last = next(cuts, 99)
        with closing(train_slice(order, seconds, pace)) as items:  # type: ignore[type-var]
            for item in items:
                yield item
                if (isinstance(item, Step) and item.step >= last) or (isinstance(item, Pace) and last == 0):
                    raise gr.Error("GPU task aborted", title="ZeroGPU worker error")

    monkeypatch.setattr(zerogpu, "train_slice", cut)
    seen: list[Event] = []
    with pytest.raises(Refusal, match="took the GPU back"):
        for event in zerogpu.train_in_slices(order_for(tmp_path / "run", base, epochs=8), never):
            seen.append(event)
    notes = [event for event in seen if isinstance(event, Note) and "step" in event.values]
    assert [note.template.startswith(("ZeroGPU took", "Learned")) for note in notes] == [True, True]
    assert notes[0].values["step"] >= 2
    rest = list(zerogpu.train_in_slices(order_for(tmp_path / "run", base, epochs=8), never))
    assert isinstance(rest[-1], Done) and not rest[-1].stopped and steps_of(rest)[-1] == 8


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


def test_many_visitors_may_wait_on_zerogpu_where_gradio_would_let_one() -> None:
    from space.ui import build_app

    assert (build_app()._queue.max_size or 0) >= 100

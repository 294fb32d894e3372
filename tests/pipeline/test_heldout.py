"""Held-out pairs while the student learns: what is told, when it ends early, and which step's weights are kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import run
from pipeline.config import DatasetConfig
from pipeline.records import Done, Event, HeldOut, Step, Tried
from pipeline.run.heldout import Check, Checks, best, without_gain
from pipeline.store import Store
from tests.parrot import LESSONS, lesson, parrot_base

MANY, NONE = "SELECT COUNT(*) FROM customers", "SELECT name FROM customers WHERE city = 'Nowhere'"
DDL = "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT NOT NULL);"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A run that learns one query from four questions, and holds two back; one more has no rows anywhere."""
    store = Store.create(tmp_path / "run")
    list(run.read_schema(store, DDL))
    store.add_pairs(
        lesson(MANY, "how many customers?", "number of customers", "count customers", "customers, how many")
    )
    store.add_pairs(lesson(MANY, "how many customers are there?", "count the customers", split="heldout"))
    store.add_pairs(lesson(NONE, "customers in Nowhere", split="heldout"))
    store.set(dataset_split={"heldout_share": 0.1}, databases=6)
    return store


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(parrot_base(tmp_path_factory.mktemp("parrot"), [MANY, NONE]))


def steps_of(events: list[Event]) -> list[int]:
    return [event.step for event in events if isinstance(event, Step)]


def test_answers_to_held_out_questions_are_scored_while_training(store: Store, base: str) -> None:
    events = list(run.train(store, replace(LESSONS, base=base, checks=3)))
    told = [event for event in events if isinstance(event, HeldOut)]
    assert [event.step for event in told] == [6, 12, 18] or len(told) == 3
    assert told[-1].n == 2, "the question without an answer is not asked"
    assert told[-1].right == 2 and told[-1].best
    assert not any(isinstance(event, Tried) for event in events)
    assert [event["step"] for event in store.events("train", kind="heldout")] == [event.step for event in told]
    done = events[-1]
    assert isinstance(done, Done) and done.result["kept_step"] == steps_of(events)[-1] and not done.result["early"]
    assert not (store.folder / "checks").exists()


def test_a_training_that_brings_nothing_more_ends_early_and_is_done(store: Store, base: str) -> None:
    few = replace(LESSONS, base=base, learning_rate=1e-12, epochs=60, checks=10, patience=2)
    assert steps_of(list(run.train(store, few)))[-1] == 60, "two questions say too little to end it"
    idle = replace(few, check_questions=0, seed=8)
    events = list(run.train(store, idle))
    told = [event for event in events if isinstance(event, HeldOut)]
    assert len(told) == 3 and told[-1].step < told[-1].steps
    assert steps_of(events)[-1] <= told[-1].step + 2
    done = events[-1]
    assert isinstance(done, Done) and done.result["early"] and not done.stopped
    assert run.status(store, "train").state == "done"
    assert not (store.folder / "checkpoints").exists()
    patient = list(run.train(store, replace(idle, patience=0, epochs=12)))
    assert steps_of(patient)[-1] == told[-1].steps // 5


def test_without_checks_nothing_is_asked(store: Store, base: str) -> None:
    events = list(run.train(store, replace(LESSONS, base=base, epochs=1, checks=0)))
    assert not any(isinstance(event, HeldOut) for event in events)
    loss_alone = list(run.train(store, replace(LESSONS, base=base, epochs=1, checks=1, check_questions=0)))
    assert [(event.n, event.loss > 0) for event in loss_alone if isinstance(event, HeldOut)] == [(0, True)]


def test_an_earlier_step_is_kept_only_when_it_is_better_by_more_than_chance() -> None:
    def check(step: int, right: str) -> Check:
        return Check(step, 0.5, [mark == "+" for mark in right])

    chance = [check(1, "++++----"), check(2, "+++-----")]
    assert best(chance).step == 2
    clear = [check(1, "++++++--"), check(2, "+++-----"), check(3, "+++-----")]
    assert best(clear).step == 1
    both = [check(1, "+++++++-"), check(2, "++++++++"), check(3, "++------")]
    assert best(both).step == 2


def test_a_lower_loss_or_a_better_answer_is_a_gain() -> None:
    losses = [Check(1, 0.9, [False]), Check(2, 0.8, [False]), Check(3, 0.85, [False]), Check(4, 0.81, [False])]
    assert [without_gain(losses[:n]) for n in (1, 2, 3, 4)] == [0, 0, 1, 2]
    assert without_gain([*losses, Check(5, 0.9, [True])]) == 0


def test_the_weights_of_the_better_step_become_the_adapter(store: Store) -> None:
    checks = Checks(store, replace(LESSONS, checks=2, check_questions=2))
    (store.folder / "adapter").mkdir()
    adapter = store.folder / "adapter" / "adapter_model.safetensors"
    adapter.write_bytes(b"the last step's")
    for step, texts in ((5, (MANY, MANY)), (9, (NONE, NONE))):
        (store.folder / "checks").mkdir(exist_ok=True)
        (store.folder / "checks" / f"{step}.safetensors").write_bytes(b"those of step %d" % step)
        checks.score(Tried("train", step, 9, 0.5, texts))
    assert checks.keep_best(9) == 5
    assert adapter.read_bytes() == b"those of step 5"


def test_a_resumed_training_forgets_checks_of_steps_it_does_again(store: Store) -> None:
    checks = Checks(store, replace(LESSONS, checks=4, check_questions=2))
    for step in (2, 4, 6, 4):
        told = checks.score(Tried("train", step, 8, 1 / step, (MANY, NONE)))
    assert told.best and [check.step for check in checks._read()] == [2, 4]


def test_the_score_of_a_check_is_made_on_the_databases_of_the_pairs(store: Store) -> None:
    assert DatasetConfig().instances.count == 6
    told = Checks(store, replace(LESSONS, checks=1, check_questions=2)).score(Tried("train", 1, 1, 0.1, (MANY, NONE)))
    assert (told.right, told.n) == (1, 2)

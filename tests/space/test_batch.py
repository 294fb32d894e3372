"""Batches and the budget on the Dataset tab: going on, canceling, making room for others, and who pays."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import run
from pipeline.errors import UserError
from pipeline.records import Done, Event, Note, Waiting
from pipeline.store import Store
from space import budget, jobs, runs
from space.i18n import Words
from space.scene import Scene, Session
from space.tabs import batch, claude, dataset
from tests.claude_server import KEY, ClaudeServer

HAIKU = "claude-haiku-5-5"
VISITOR = "somebody-at-a-browser-0001"


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setenv("SQL_DISTILLERY_HOME", str(tmp_path))
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    name = runs.new_run("shop", VISITOR)
    found = Scene(Session(visitor=VISITOR, run=name, teacher="claude"), Words("en"))
    list(run.read_example(found.need(), "shop"))
    yield found
    found.close()


@pytest.fixture
def on_space(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACE_ID", "someone/space")
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)


def allow(monkeypatch: pytest.MonkeyPatch, visitor: str, day: str) -> None:
    monkeypatch.setenv(budget.VISITOR, visitor)
    monkeypatch.setenv(budget.DAY, day)


def write(scene: Scene, key: str = KEY, batches: bool = True, wait: bool = True) -> None:
    dataset.write_pairs(scene, "", key, "claude", 20, ["en"], HAIKU, 1, batches)
    assert not wait or jobs.wait(scene.need().folder, "dataset", 60)


def leave_a_batch(scene: Scene, server: ClaudeServer) -> None:
    """A start that was stopped while it waited."""
    server.desk.hold.clear()
    write(scene, wait=False)
    until = time.monotonic() + 60
    while not any("msgbatch" in asked for asked in server.desk.asked):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert "Waiting for a batch of" in batch.told(scene) and not batch.can_go_on(scene)
    scene.stop("dataset")
    assert jobs.wait(scene.need().folder, "dataset", 20)
    server.desk.hold.set()


def test_a_batch_that_was_left_is_told_of_and_fetched_with_the_key(scene: Scene, server: ClaudeServer) -> None:
    leave_a_batch(scene, server)
    assert "is at Anthropic, sent" in batch.told(scene) and batch.can_go_on(scene)
    assert dataset._write_button(scene)["value"] == "Go on with the batch"
    with pytest.raises(UserError, match="no key"):
        write(scene, key="")
    write(scene, batches=False)
    assert batch.told(scene) == "" and len(server.desk.batches) == 1
    assert sum(each.verdict.ok for each in scene.need().pairs()) >= 20
    assert all(KEY.encode() not in file.read_bytes() for file in scene.need().folder.rglob("*") if file.is_file())


def test_a_batch_that_was_left_can_be_canceled(scene: Scene, server: ClaudeServer) -> None:
    leave_a_batch(scene, server)
    server.desk.batches[0].looks = 2
    batch.cancel_batch(scene, KEY)
    assert jobs.wait(scene.need().folder, "dataset", 60)
    assert batch.told(scene) == "" and any(asked.endswith("/cancel") for asked in server.desk.asked)


def test_a_job_that_waits_for_anthropic_lets_others_work(tmp_path: Path) -> None:
    done: list[str] = []

    def waits(_store: Store, stop: object) -> Iterator[Event]:
        yield Waiting("dataset", 1, 0.0)
        until = time.monotonic() + 20
        while "other" not in done and time.monotonic() < until:
            time.sleep(0.01)
            yield Waiting("dataset", 1, 0.0)
        yield Note("dataset", "")
        assert jobs._heavy.locked(), "it works again, so it holds the others up again"
        done.append("first")
        yield Done("dataset")

    def works(_store: Store, stop: object) -> Iterator[Event]:
        done.append("other")
        yield Done("train")

    for name, stage, make in (("a", "dataset", waits), ("b", "train", works)):
        Store.create(tmp_path / name, VISITOR).close()
        jobs.start(tmp_path / name, VISITOR, stage, make)
    assert jobs.wait(tmp_path / "a", "dataset", 30) and jobs.wait(tmp_path / "b", "train", 30)
    assert done == ["other", "first"] and not jobs._heavy.locked()


def test_the_owners_key_is_used_on_a_space_only_within_both_caps(
    scene: Scene, server: ClaudeServer, on_space: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for visitor, day in (("", ""), ("1", ""), ("", "5"), ("0", "5"), ("nan", "5"), ("inf", "5"), ("1", "much")):
        allow(monkeypatch, visitor, day)
        assert budget.known_key() == "" and claude.budget_left(scene) == ""
        with pytest.raises(UserError, match="no key for Claude"):
            write(scene, key="")
    allow(monkeypatch, "0.50", "5")
    assert budget.known_key() == KEY and "<b>$0.50</b> of today’s $0.50" in claude.budget_left(scene)
    scene.words = Words("ja")
    assert "残りは<b>$0.50</b>です" in claude.budget_left(scene)


def test_what_visitors_spend_is_what_the_ledger_says_and_ends_with_one_line(
    scene: Scene, server: ClaudeServer, on_space: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(monkeypatch, "0.01", "0.02")
    write(scene, key="", batches=False)
    assert server.keys == {KEY} and server.bill > 0
    assert budget.left(VISITOR) == pytest.approx(0.01 - server.bill)
    assert budget.left("another") == 0.01
    server.greedy = True
    sent = len(server.calls)
    for _ in range(3):
        try:
            write(scene, key="", batches=False)
        except UserError:
            break
    assert len(server.calls) > sent and server.bill <= 0.01
    status = scene.status("dataset")
    refused = [status.template, *(note["template"] for note in scene.events("dataset", "note"))]
    assert any("Your part of today's budget of this Space" in text for text in refused)
    monkeypatch.setenv(budget.VISITOR, "0.000001")
    with pytest.raises(UserError, match="Your part of today's budget"):
        write(scene, key="")


def test_a_key_of_ones_own_costs_the_owner_nothing(
    scene: Scene, server: ClaudeServer, on_space: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(monkeypatch, "0.50", "5")
    own = "sk-ant-my-own"
    write(scene, key=own, batches=False)
    assert server.keys == {own} and server.bill > 0 and budget.left(VISITOR) == 0.5

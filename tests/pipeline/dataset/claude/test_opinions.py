"""A second opinion over HTTP: who is asked what, what becomes of the pairs, what is kept and what it costs."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline import run
from pipeline.config import DatasetConfig, GateConfig, InstanceConfig
from pipeline.dataset.opinion import opinions_of
from pipeline.errors import UserError
from pipeline.records import Done, Event, JudgedPair, Note, Spent
from pipeline.run import amending
from pipeline.store import Store
from tests.claude_server import KEY, SHOP, ClaudeServer
from tests.conftest import ROOT
from tests.pipeline.conftest import Call

LINES = (SHOP / "pairs.jsonl").read_text(encoding="utf-8").splitlines()[:20]
PASTED = DatasetConfig("pasted", instances=InstanceConfig(count=3, rows=25), gate=GateConfig(mutants=0))
MODEL = DatasetConfig.model
OTHER = "SELECT COUNT(*) FROM returns"
"""Runs, and answers none of the questions."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written")
    store = Store.create(folder)
    list(run.read_example(store, "shop"))
    list(run.write_dataset(store, PASTED, "\n".join(LINES)))
    store.close()
    return folder


@pytest.fixture
def shop(written: Path, tmp_path: Path) -> Iterator[Store]:
    """A run with kept pairs of which the server knows the SQL."""
    shutil.copytree(written, tmp_path / "shop")
    store = Store.open(tmp_path / "shop")
    assert len(store.pairs(ok=True)) >= 17
    yield store
    store.close()


def ask(store: Store, key: str = KEY, **settings: Any) -> list[Event]:
    return list(run.check_pairs(store, DatasetConfig(**settings), key=key))


def counts(events: list[Event]) -> tuple[int, ...]:
    """Agreed, settled, disagreed, unanswered."""
    assert isinstance(events[-1], Done)
    return tuple(events[-1].result[name] for name in ("agreed", "settled", "disagreed", "unanswered"))


def question(store: Store, number: int = 0) -> str:
    return store.pairs(ok=True)[number].pair.question


def of(store: Store, text: str) -> JudgedPair:
    return next(each for each in store.pairs() if each.pair.question == text)


def test_where_claude_agrees_every_pair_carries_one_opinion_and_its_sql_was_never_shown(
    server: ClaudeServer, shop: Store
) -> None:
    kept = shop.pairs(ok=True)
    events = ask(shop)
    assert counts(events) == (len(kept), 0, 0, 0) and len(server.calls) == -(-len(kept) // 8)
    for judged in shop.pairs(ok=True):
        told = {"family": "plan", "model": MODEL, "sql": judged.pair.sql, "agrees": True, "why": ""}
        assert judged.certificate["opinions"] == [told] and judged.certificate["databases"]
    assert not any(each.pair.sql in json.dumps(call.body) for each in kept for call in server.calls)
    assert shop.spent() == pytest.approx(server.bill) == [e for e in events if isinstance(e, Spent)][-1].dollars
    sides = {side: len(shop.pairs(side)) for side in ("train", "heldout")}
    assert sum(sides.values()) == len(kept) == events[-1].result["kept"]  # type: ignore[attr-defined]


def test_a_split_is_settled_by_one_more_vote_under_other_words(server: ClaudeServer, shop: Store) -> None:
    text, kept = question(shop), len(shop.pairs(ok=True))
    server.solver.says["plan", text] = OTHER
    assert counts(ask(shop)) == (kept - 1, 1, 0, 0)
    assert [(each.family, each.agrees) for each in opinions_of(of(shop, text).certificate)] == [
        ("plan", False),
        ("direct", True),
    ]
    first, last = server.calls[0].body, server.calls[-1].body
    rules = [each["system"][0]["text"].split("<schema>\n")[0] for each in (first, last)]
    assert "The plan" in rules[0] and not set(rules[0].split(". ")) & set(rules[1].split(". "))
    assert server.solver.asked["direct", text] == 1 and text in last["messages"][0]["content"]


def test_two_against_it_drop_a_pair_with_the_other_sql_and_its_side_is_dealt_anew(
    server: ClaudeServer, shop: Store
) -> None:
    text, kept = question(shop, 3), len(shop.pairs(ok=True))
    server.solver.says |= {("plan", text): OTHER, ("direct", text): "SELECT name FROM stores"}
    events = ask(shop)
    assert counts(events) == (kept - 1, 0, 1, 0)
    judged = of(shop, text)
    assert (judged.verdict.ok, judged.verdict.reason, judged.verdict.detail) == (False, "disagreement", OTHER)
    assert judged.split == "" and [each.sql for each in opinions_of(judged.certificate)][1] == "SELECT name FROM stores"
    assert events[-1].result["reasons"]["disagreement"] == 1  # type: ignore[attr-defined]
    files = "".join((shop.folder / f"{side}.jsonl").read_text() for side in ("train", "heldout"))
    assert text not in files and len(files.splitlines()) == kept - 1


def test_sql_that_does_not_run_is_no_vote_and_says_so(server: ClaudeServer, shop: Store) -> None:
    one, two, kept = question(shop), question(shop, 1), len(shop.pairs(ok=True))
    server.solver.says |= {("plan", one): "SELECT colour FROM products"}
    server.solver.says |= {("plan", two): "I would rather not", ("direct", two): "DELETE FROM products"}
    assert counts(ask(shop)) == (kept - 1, 0, 0, 1)
    assert [(each.agrees, each.why) for each in opinions_of(of(shop, one).certificate)] == [
        (None, "unknown-column"),
        (True, ""),
    ]
    assert of(shop, two).verdict.ok and {each.agrees for each in opinions_of(of(shop, two).certificate)} == {None}


def test_a_question_that_is_left_out_costs_itself_alone_and_is_asked_by_the_next_check(
    server: ClaudeServer, shop: Store
) -> None:
    text, kept = question(shop), len(shop.pairs(ok=True))
    server.solver.says["plan", text] = None
    server.faults.append("malformed")
    assert counts(ask(shop))[0] == kept - 1 and of(shop, text).verdict.ok
    server.solver.says.clear()
    sent = len(server.calls)
    assert counts(ask(shop)) == (kept, 0, 0, 0) and len(server.calls) == sent + 1
    assert counts(ask(shop)) == (kept, 0, 0, 0) and len(server.calls) == sent + 1


def test_the_cap_holds_and_a_higher_one_goes_on_with_what_is_left(server: ClaudeServer, shop: Store) -> None:
    server.greedy, kept = True, len(shop.pairs(ok=True))
    events = ask(shop, max_dollars=0.004)
    agreed = counts(events)[0]
    assert 0 < agreed < kept and server.bill <= 0.004
    assert any(isinstance(each, Note) and "Raise the cap" in each.text() for each in events)
    assert counts(ask(shop))[0] == kept and set(server.solver.asked.values()) == {1}
    with pytest.raises(UserError, match="Raise the cap"):
        shop.put_pair(replace(shop.pairs(ok=True)[0], certificate={}))
        ask(shop, model="claude-opus-5-5", max_dollars=0.004)


@pytest.mark.parametrize("fault", ["truncated", "529", "max_tokens", "truncated-early"])
def test_a_killed_check_goes_on_and_pays_for_no_answer_twice(server: ClaudeServer, shop: Store, fault: str) -> None:
    kept = len(shop.pairs(ok=True))
    server.faults.extend([None, fault])
    for event in (events := run.check_pairs(shop, DatasetConfig(), key=KEY)):
        if isinstance(event, Spent):  # the reply is in the store, nobody has looked at it
            events.close()  # type: ignore[attr-defined]
    assert not any(each.certificate.get("opinions") for each in shop.pairs())
    paid = [row for row in shop.replies() if row["ending"] == "end_turn"]
    assert paid and run.status(shop, "dataset").state == "stopped"
    assert counts(ask(shop))[0] >= kept - 4 and counts(ask(shop)) == (kept, 0, 0, 0)
    first = json.loads(server.calls[0].body["messages"][0]["content"].split("<data>\n")[1].split("\n</data>")[0])
    assert {server.solver.asked["plan", each["question"]] for each in first} == {1}
    assert shop.spent() >= server.bill - 1e-9


def test_a_refused_key_keeps_what_was_heard_and_the_key_is_nowhere(
    server: ClaudeServer, shop: Store, tmp_path: Path
) -> None:
    server.faults.extend([None, "401", "401"])
    with pytest.raises(UserError, match="refused the key") as caught:
        ask(shop)
    assert sum(bool(each.certificate.get("opinions")) for each in shop.pairs()) == 8
    assert len((shop.folder / "train.jsonl").read_text().splitlines()) == len(shop.pairs("train")) > 0
    assert KEY not in f"{caught.value} {caught.value.values}"
    files = [file for file in tmp_path.rglob("*") if file.is_file() and KEY.encode() in file.read_bytes()]
    assert files == [] and server.keys == {KEY}


def test_who_kept_a_pair_by_hand_is_not_asked_again_and_an_edit_is_compared_for_free(
    server: ClaudeServer, shop: Store
) -> None:
    text, kept = question(shop, 2), len(shop.pairs(ok=True))
    server.solver.says |= {("plan", text): OTHER, ("direct", text): OTHER}
    ask(shop)
    number, sent = of(shop, text).id, len(server.calls)
    assert amending.keep_pair(shop, number).certificate["by_hand"]
    assert counts(ask(shop)) == (kept - 1, 0, 0, 0) and len(server.calls) == sent
    shop.put_pair(replace(of(shop, text), pair=replace(of(shop, text).pair, sql=OTHER), certificate={}))
    assert counts(ask(shop)) == (kept, 0, 0, 0) and len(server.calls) == sent


def test_a_pair_with_other_values_is_not_asked_about_and_shares_the_fate_of_its_original(
    server: ClaudeServer, shop: Store
) -> None:
    original, sibling = shop.pairs(ok=True)[:2]
    shop.put_pair(replace(sibling, pair=replace(sibling.pair, source="resampled"), certificate={"of": original.id}))
    text = original.pair.question
    server.solver.says |= {("plan", text): OTHER, ("direct", text): OTHER}
    ask(shop)
    assert server.solver.asked["plan", sibling.pair.question] == 0
    assert of(shop, sibling.pair.question).verdict.reason == of(shop, text).verdict.reason == "disagreement"


def test_the_cost_is_told_before_and_is_nothing_once_all_are_asked(server: ClaudeServer, shop: Store) -> None:
    guess = run.estimate_check(shop, DatasetConfig())
    assert not server.calls and not server.counted and not guess.counted
    kept = len(shop.pairs(ok=True))
    assert guess.requests == -(-kept // 8) + 1 and 0.0005 < guess.dollars < 0.01
    assert run.estimate_check(shop, DatasetConfig(), KEY).counted and server.counted == 2 and not server.calls
    assert run.estimate_check(shop, DatasetConfig(model="claude-opus-5-5")).dollars > 10 * guess.dollars
    ask(shop)
    assert server.bill < 2 * guess.dollars
    assert run.estimate_check(shop, DatasetConfig()).dollars == 0


@pytest.mark.parametrize("key", ["", "sk-ant-ключ"])
def test_without_a_key_nothing_is_changed(server: ClaudeServer, shop: Store, key: str) -> None:
    before = shop.events("dataset")
    with pytest.raises(UserError, match="key"):
        ask(shop, key)
    assert shop.events("dataset") == before and run.status(shop, "dataset").state == "done"


def test_the_command_line_tells_the_cost_and_checks(
    server: ClaudeServer, shop: Store, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = ("--json", "check", "--run", str(shop.folder))
    assert call(*order)[0] == 2 and not server.calls
    code, out, _ = call(*order, "--estimate")
    assert code == 0 and json.loads(out[-1])["requests"] >= 3
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    code, out, err = call(*order, "--model", "claude-sonnet-5-5", "--max-dollars", "0.5")
    assert code == 0 and json.loads(out[-1])["agreed"] == len(shop.pairs(ok=True))
    assert server.calls[0].body["model"] == "claude-sonnet-5-5" and KEY not in "".join(out + err)


@pytest.mark.slow
def test_after_kill_9_the_check_goes_on_and_no_answer_is_paid_twice(server: ClaudeServer, shop: Store) -> None:
    order = [sys.executable, "-m", "pipeline", "--json", "check", "--run", str(shop.folder)]
    surroundings = {**os.environ, "ANTHROPIC_API_KEY": KEY, "PYTHONPATH": str(ROOT)}
    server.pause = 0.03
    with subprocess.Popen(order, env=surroundings, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            if '"spent"' in line:
                process.send_signal(signal.SIGKILL)
                break
    assert process.returncode == -signal.SIGKILL and run.status(shop, "dataset").state == "interrupted"
    bodies = [row["body"] for row in shop.replies()]
    assert any(bodies)
    server.pause = 0.0
    assert counts(ask(shop)) == (len(shop.pairs(ok=True)), 0, 0, 0)
    answered = sum(len(json.loads(body)["answers"]) for body in bodies if body)
    assert Counter(server.solver.asked.values())[1] >= answered > 0 and shop.spent() >= server.bill - 1e-9

"""The dataset stage with Claude as its teacher: proved pairs, files, going on, and no trace of the key."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pipeline import run
from pipeline.config import DatasetConfig, InstanceConfig
from pipeline.dataset.claude.orders import Orders
from pipeline.dataset.claude.request import build
from pipeline.errors import UserError
from pipeline.records import Done, Event, Note
from pipeline.store import Store
from tests.claude_server import KEY, ClaudeServer
from tests.conftest import ROOT
from tests.pipeline.conftest import Call

CLAUDE = DatasetConfig("claude", pairs=30, sql_first=0.0, unanswerable=0.0, instances=InstanceConfig(count=3, rows=25))


@pytest.fixture
def shop(store: Store) -> Store:
    list(run.read_example(store, "shop"))
    return store


def write(store: Store, key: str = KEY, **settings: Any) -> list[Event]:
    return list(run.write_dataset(store, DatasetConfig(**{**CLAUDE.__dict__, **settings}), key=key))


def result(events: list[Event]) -> dict[str, Any]:
    assert isinstance(events[-1], Done) and not events[-1].stopped
    return events[-1].result


def test_claudes_pairs_are_proved_split_and_paid(server: ClaudeServer, shop: Store) -> None:
    done = result(write(shop))
    assert done["kept"] == done["train"] + done["heldout"] == 30
    assert done["dollars"] == pytest.approx(server.bill) and done["dollars"] > 0
    assert {judged.pair.source for judged in shop.pairs()} == {"claude"}
    assert len((shop.folder / "train.jsonl").read_text().splitlines()) == done["train"]


def test_more_pairs_first_use_what_was_paid_for(server: ClaudeServer, shop: Store) -> None:
    result(write(shop, pairs=13))
    sent = len(server.calls)
    bought = sum(len(call.whole) for call in server.calls)
    judged = len(shop.pairs())
    result(write(shop, pairs=bought - judged) if bought > judged else [Done("dataset")])
    assert len(server.calls) == sent
    done = result(write(shop, pairs=20))
    assert done["kept"] == 13 + (bought - judged) + 20 and "near-duplicate" not in done["reasons"]


def test_where_the_cap_ends_it_a_higher_one_goes_on_towards_the_same_number(server: ClaudeServer, shop: Store) -> None:
    server.greedy = True
    events = write(shop, pairs=60, max_dollars=0.006)
    kept = result(events)["kept"]
    assert 0 < kept < 60 and server.bill <= 0.006
    assert any(isinstance(event, Note) and "Raise the cap" in event.text() for event in events)
    assert run.status(shop, "dataset").state == "done"
    assert result(write(shop, pairs=60, max_dollars=1.0))["kept"] == 60


def test_when_the_key_is_refused_in_the_middle_what_is_proved_can_be_trained_on(
    server: ClaudeServer, shop: Store
) -> None:
    server.faults.extend([None, "401", "401", "401", "401"])
    with pytest.raises(UserError, match="kept so far: [1-9]\\d* pairs"):
        write(shop, pairs=60)
    kept = len(shop.pairs(ok=True))
    assert kept >= 10 and len(shop.pairs("train")) + len(shop.pairs("heldout")) == kept
    assert len((shop.folder / "train.jsonl").read_text().splitlines()) == len(shop.pairs("train"))
    server.faults.clear()
    assert result(write(shop, pairs=60))["kept"] == 60


def test_the_command_line_takes_the_key_from_the_surroundings_and_keeps_it_to_itself(
    server: ClaudeServer, call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    order = (
        "--json",
        "dataset",
        "--schema",
        "shop",
        "--teacher",
        "claude",
        "--pairs",
        "12",
        "--run",
        str(tmp_path / "r"),
    )
    code, out, err = call(*order)
    assert code == 2 and len(err) == 1 and "ANTHROPIC_API_KEY" in err[0] and not (tmp_path / "r").exists()
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    server.faults.extend(["429", "529"])
    code, out, err = call(*order, "--max-dollars", "0.5")
    assert code == 0 and json.loads(out[-1])["kept"] == 12
    spent = [line for line in map(json.loads, out) if line.get("event") == "spent"]
    assert spent[-1]["cap"] == 0.5 and server.keys == {KEY}
    server.faults.append("401")
    code, said, err = call(*order[1:], "--model", "claude-sonnet-5-5")
    assert code == 2 and "refused the key" in err[-1]
    assert KEY not in "".join([*out, *said, *err]) and traces(tmp_path) == []


def traces(folder: Path) -> list[Path]:
    """Files that hold the key."""
    return [file for file in folder.rglob("*") if file.is_file() and KEY.encode() in file.read_bytes()]


@pytest.mark.slow
def test_after_kill_9_nothing_that_was_answered_is_asked_again(server: ClaudeServer, tmp_path: Path) -> None:
    folder, cap = tmp_path / "run", "0.05"
    order = [sys.executable, "-m", "pipeline", "--json", "dataset", "--schema", "shop", "--run", str(folder),
             "--teacher", "claude", "--pairs", "90", "--max-dollars", cap]  # fmt: skip
    surroundings = {**os.environ, "ANTHROPIC_API_KEY": KEY, "PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    server.pause = 0.03
    output = ""
    for judged in (5, 25, 50):
        with subprocess.Popen(order, cwd=tmp_path, env=surroundings, stdout=pipe, stderr=pipe, text=True) as process:
            assert process.stdout and process.stderr
            for line in process.stdout:
                output += line
                judged -= '"judged"' in line
                if judged <= 0:
                    process.send_signal(signal.SIGKILL)
                    break
            output += process.stdout.read() + process.stderr.read()
        assert process.returncode == -signal.SIGKILL
        store = Store.open(folder)
        answered = {messages(store, row["number"]) for row in store.replies() if row["body"]}
        store.close()
        before = len(server.calls)
        assert answered and not answered & {json.dumps(call.body["messages"]) for call in server.calls[before:]}
    server.pause = 0.0
    done = subprocess.run(order, cwd=tmp_path, env=surroundings, capture_output=True, text=True, check=True)
    assert not answered & {json.dumps(call.body["messages"]) for call in server.calls[before:]}
    store = Store.open(folder)
    assert json.loads(done.stdout.splitlines()[-1])["kept"] == 90 == len(store.pairs(ok=True))
    told = Counter((each.pair.question, each.pair.sql) for each in store.pairs())
    assert set(told.values()) == {1}, "no pair is judged twice"
    assert server.bill <= store.spent() <= float(cap)
    store.close()
    assert KEY not in output + done.stdout + done.stderr and traces(tmp_path) == []


def messages(store: Store, number: int) -> str:
    config, schema = DatasetConfig("claude"), run.schema_of(store)
    order = Orders(store, config, schema).known(number)
    assert order
    return json.dumps(build(schema, config.model, order).params["messages"])

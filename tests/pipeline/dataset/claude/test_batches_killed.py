"""kill -9 with a batch under way: found again, paid once, and no trace of the key."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.store import Store
from tests.claude_server import KEY, ClaudeServer
from tests.conftest import ROOT
from tests.pipeline.dataset.claude.test_stage import traces

PAIRS = 40


def order(folder: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "pipeline", "--json", "dataset", "--run", str(folder), *more]


def surroundings() -> dict[str, str]:
    return {**os.environ, "ANTHROPIC_API_KEY": KEY, "PYTHONPATH": str(ROOT)}


def write(folder: Path) -> list[str]:
    return order(folder, "--schema", "shop", "--teacher", "claude", "--pairs", str(PAIRS), "--batches")


def kill_when(command: list[str], words: str, tmp_path: Path, then: Callable[[], object] = bool) -> str:
    """Run it until a line of its output says so and `then` has come back, and kill it; all that it said."""
    pipe = subprocess.PIPE
    said = ""
    with subprocess.Popen(command, cwd=tmp_path, env=surroundings(), stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout and process.stderr
        for line in process.stdout:
            said += line
            if words in line:
                then()
                process.send_signal(signal.SIGKILL)
                break
        said += process.stdout.read() + process.stderr.read()
    assert process.returncode == -signal.SIGKILL, said
    return said


def wait_for_a_look(server: ClaudeServer) -> None:
    """The batch is there, and who sent it knows its name."""
    until = time.monotonic() + 30
    while not any(re.fullmatch(r"GET .*/msgbatch_\d+", asked) for asked in server.desk.asked):
        assert time.monotonic() < until
        time.sleep(0.02)


def finish(folder: Path, tmp_path: Path) -> str:
    done = subprocess.run(write(folder), cwd=tmp_path, env=surroundings(), capture_output=True, text=True, check=True)
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["kept"] == PAIRS
    return done.stdout + done.stderr


def assert_all_is_in_order(server: ClaudeServer, folder: Path, said: str, tmp_path: Path) -> None:
    store = Store.open(folder)
    assert store.open_batches() == [] and store.spent() == store.spent(reserved=True) == pytest.approx(server.bill)
    assert set(Counter(server.desk.bought()).values()) == {1}, "no request is paid twice"
    told = Counter((each.pair.question, each.pair.sql) for each in store.pairs())
    assert set(told.values()) == {1}, "no pair is judged twice"
    store.close()
    assert KEY not in said and traces(tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize("forgets", [False, True], ids=["while it waits", "before it knew the batch's name"])
def test_a_start_that_is_killed_goes_on_with_its_batch(server: ClaudeServer, tmp_path: Path, forgets: bool) -> None:
    folder = tmp_path / "run"
    server.desk.hold.clear()
    said = kill_when(write(folder), '"waiting"', tmp_path, lambda: wait_for_a_look(server))
    if forgets:
        store = Store.open(folder)
        with store._db.atomic():
            store._db["batches"].update(1, {"name": ""})
        store.close()
    server.desk.hold.set()
    said += finish(folder, tmp_path)
    assert len(server.desk.batches[0].lines) == len(server.desk.batches[0].requests), "it was waited for"
    assert_all_is_in_order(server, folder, said, tmp_path)


@pytest.mark.slow
def test_a_start_that_is_killed_among_the_results_reads_the_rest(server: ClaudeServer, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    said = kill_when(write(folder), '"judged"', tmp_path)
    said += finish(folder, tmp_path)
    assert_all_is_in_order(server, folder, said, tmp_path)


@pytest.mark.slow
def test_a_batch_is_stopped_and_canceled_on_the_command_line(server: ClaudeServer, tmp_path: Path) -> None:
    folder, pipe = tmp_path / "run", subprocess.PIPE
    server.desk.hold.clear()
    with subprocess.Popen(write(folder), cwd=tmp_path, env=surroundings(), stdout=pipe, stderr=pipe, text=True) as one:
        assert one.stdout
        for line in one.stdout:
            if '"waiting"' in line and server.desk.batches:
                one.send_signal(signal.SIGTERM)
                break
        rest = one.stdout.read()
    assert one.returncode == 0 and "goes on at Anthropic" in rest and len(server.desk.batches) == 1
    server.desk.hold.set()
    server.desk.batches[0].looks = 2
    done = subprocess.run(order(folder, "--cancel"), cwd=tmp_path, env=surroundings(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "POST /v1/messages/batches/msgbatch_0001/cancel" in server.desk.asked
    store = Store.open(folder)
    assert store.open_batches() == [] and 0 < store.spent() == pytest.approx(server.bill)
    store.close()
    again = subprocess.run(order(folder, "--cancel"), cwd=tmp_path, env=surroundings(), capture_output=True, text=True)
    assert again.returncode == 2 and "nothing to cancel" in again.stderr
    assert KEY not in rest + done.stdout + done.stderr and traces(tmp_path) == []

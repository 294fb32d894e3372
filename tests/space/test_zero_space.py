"""The app in ZeroGPU's emulation: `spaces`' own code and its forked workers, a local device service, no card.

Not shown here, because it needs the hardware: CUDA in a worker, how long it takes to start, and the real quota.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline import run
from pipeline.run.asking import MAX_NEW_TOKENS
from pipeline.store import Store
from pipeline.student.bases import EMBEDDED
from pipeline.student.model import load_student
from space.quota import account
from tests.conftest import ROOT
from tests.parrot import LESSONS, lesson, parrot_base
from tests.space.zero_platform import Platform, platform

pytestmark = pytest.mark.slow

HELDOUT = "Who are the customers?"
SCHEMA = "CREATE TABLE customers (id INTEGER, name TEXT, PRIMARY KEY (id));"
QUERY = "SELECT name FROM customers"
PAIRS = lesson(QUERY, "Who buys here?", "Name all customers", "customers please", "The names of our customers")
VISITOR = "a-visitor-whom-nobody-can-guess"
TOKEN = "e30.e30.e30"  # noqa: S105 - three times `{}`
SETTINGS = {
    "learning_rate": 4e-2, "rank": 8, "batch": 4, "max_minutes": 0, "targets": "all-linear", "dtype": "", "checks": 2,
    "patience": 0, "seed": 7, "trackio": "", "rslora": False, "four_bit": False,
}  # fmt: skip
"""From the learning rate on, as the Train tab has them."""


class Space:
    """A page of the running Space, spoken to as the browser does."""

    def __init__(self, url: str, home: Path, device: Platform) -> None:
        self.url, self.home, self.device = url, home, device
        self.config = httpx.get(f"{url}/config").json()
        self.ids = {part["props"].get("elem_id"): part["id"] for part in self.config["components"]}
        self.fire(self.event("load"), None, VISITOR)

    def event(self, kind: str, element: str = "", outputs: bool = True) -> int:
        """The number of an event by what fires it."""
        found = [
            each["id"]
            for each in self.config["dependencies"]
            if any(target[1] == kind and element in ("", self._name(target[0])) for target in each["targets"])
            and bool(each["outputs"]) == outputs
        ]
        return int(found[0])

    def _name(self, number: int) -> str:
        return next((name for name, each in self.ids.items() if each == number and name), "")

    def fire(self, event: int, *data: Any, leave: Callable[[], bool] = lambda: False) -> None:
        """One event from its request to its end, or until the page is left."""
        body = {"data": data, "fn_index": event, "session_hash": "one", "event_data": None, "trigger_id": None}
        api = f"{self.url}/gradio_api/queue"
        headers = {"X-IP-Token": TOKEN, "x-gradio-user": "app"}
        number = httpx.post(f"{api}/join", json=body, headers=headers).raise_for_status().json()["event_id"]
        with httpx.stream("GET", f"{api}/data", params={"session_hash": "one"}, timeout=600) as answer:
            for line in answer.iter_lines():
                told = json.loads(line.removeprefix("data:")) if line else {}
                if told.get("event_id") == number and told["msg"] == "process_completed":
                    assert told["success"], told
                    return
                if leave():
                    return

    def train(self, epochs: int) -> None:
        self.fire(self.event("click", "train"), None, "en", None, EMBEDDED, epochs, *SETTINGS.values())

    def tick(self, **leave: Callable[[], bool]) -> None:
        """The clock's event that pulls what waits for a GPU."""
        self.fire(self.event("tick", outputs=False), None, **leave)

    def until(self, store: Store, stage: str) -> str:
        """Tick as the page does until a stage has ended; how it stands then."""
        for _tick in range(30):
            self.tick()
            state = run.status(store, stage).state
            if state not in ("running", "never"):
                return state
        raise AssertionError(f"{stage} did not end")


@pytest.fixture(scope="module")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache in which the embedded base is a parrot."""
    folder = tmp_path_factory.mktemp("cache")
    parrot_base(folder / "SmolLM2-135M-Instruct", [QUERY])
    return folder


def start(tmp: Path, caches: Path, device: Platform, slice_seconds: float) -> tuple[subprocess.Popen[bytes], str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp / "cgroup").write_text("0::/space\n")
    surroundings = {
        "SPACES_ZERO_GPU": "true", "SPACES_ZERO_DEVICE_API_URL": device.url, "SPACE_ID": "somebody/sql-distillery",
        "ZEROGPU_PROC_SELF_CGROUP_PATH": str(tmp / "cgroup"), "GRADIO_SERVER_PORT": str(port), "OMP_NUM_THREADS": "1",
        "SQL_DISTILLERY_CACHE": str(caches), "SQL_DISTILLERY_HOME": str(tmp / "runs"), "HF_HUB_OFFLINE": "1",
        "GRADIO_ANALYTICS_ENABLED": "False", "HOME": str(tmp), "SLICE_SECONDS": str(slice_seconds),
    }  # fmt: skip
    with (tmp / "log.txt").open("wb") as log:
        command = [sys.executable, "-m", "tests.space.zero_platform"]
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | surroundings, stdout=log, stderr=log, start_new_session=True
        )
    return process, f"http://127.0.0.1:{port}"


@pytest.fixture
def space(tmp_path: Path, caches: Path, request: pytest.FixtureRequest) -> Iterator[Space]:
    """A running Space whose slices take `request.param` seconds, with the visitor's run in it."""
    with platform() as device:
        process, url = start(tmp_path, caches, device, request.param)
        made = Store.create(tmp_path / "runs" / "customers-01", VISITOR)
        list(run.read_schema(made, SCHEMA, name="customers"))
        made.add_pairs([*PAIRS, *lesson(QUERY, HELDOUT, split="heldout")])
        try:
            deadline = time.monotonic() + 600
            while not _answers(url):
                assert process.poll() is None and time.monotonic() < deadline, (tmp_path / "log.txt").read_text()
                time.sleep(0.2)
            yield Space(url, tmp_path / "runs", device)
        finally:
            os.killpg(process.pid, signal.SIGTERM)  # its workers, too
            process.wait(20)
            made.close()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.TransportError:
        return False


def run_of(space: Space) -> Store:
    return Store.open(space.home / "customers-01", VISITOR)


def steps_of(store: Store) -> list[int]:
    return [step["step"] for step in store.events("train", kind="step")]


@pytest.mark.parametrize("space", [0.0], indirect=True)
def test_the_page_trains_in_slices_on_the_visitors_quota_and_scores(space: Space, tmp_path: Path, caches: Path) -> None:
    assert space.device.asked("/startup-report"), "a ZeroGPU Space without a GPU function is refused"
    assert "Keep this page open" in json.dumps(space.config)
    store = run_of(space)
    space.train(3)
    space.device.refusals.append((429, {"X-Approve-Result": "quota-exceeded"}, {"left": 7, "wait": 3600}))
    assert space.until(store, "train") == "failed"
    refused = run.status(store, "train")
    assert "{left} s left" in refused.template and refused.values["left"] == "7"
    space.train(3)
    assert space.until(store, "train") == "done" and steps_of(store) == [1, 2, 3]
    lent = space.device.asked("/schedule")[1:]
    assert len(lent) == 3 and {each["token"] for each in lent} == {TOKEN}
    assert {each["durationSeconds"] for each in lent} == {"10"}
    assert len(space.device.asked("/release")) == 3
    whole = Store.create(tmp_path / "whole")
    list(run.read_schema(whole, SCHEMA, name="customers"))
    whole.add_pairs([*PAIRS, *lesson(QUERY, HELDOUT, split="heldout")])
    config = replace(LESSONS, base=str(caches / "SmolLM2-135M-Instruct"), epochs=3, alpha=16, **SETTINGS)  # type: ignore[arg-type]
    list(run.train(whole, config))
    checked = [[{**each, "id": 0, "at": 0} for each in one.events("train", kind="heldout")] for one in (store, whole)]
    assert checked[0] == checked[1] and len(checked[0]) == 2
    known = account(store.events("train", kind="lent"), time.time())
    assert known.slices == 3 and known.following == 0 and known.step > 0 and known.left == pytest.approx(7, abs=7)
    ours, theirs = (each.folder / "adapter" / "adapter_model.safetensors" for each in (store, whole))
    assert ours.read_bytes() == theirs.read_bytes()
    space.fire(space.event("click", "score"), None, "en", None, "heldout")
    assert space.until(store, "evaluate") == "done" and set(store.scores()) == {"base", "tuned"}
    before = len(space.device.asked("/schedule"))
    space.fire(space.event("click", "ask"), None, "en", None, "Who buys here?", True, "")
    assert [each["token"] for each in space.device.asked("/schedule")[before:]] == [TOKEN, TOKEN]
    (entry,) = store.asked()
    assert [answer["model"] for answer in entry["answers"]] == ["tuned", "base"]
    student, asked = load_student(store.folder, config.base), (run.schema_of(store).to_prompt(), ["Who buys here?"])
    assert entry["answers"][0]["said"] == student.write(*asked, True, MAX_NEW_TOKENS)[0].strip()


@pytest.mark.parametrize("space", [60.0], indirect=True)
def test_a_killed_worker_and_a_closed_page_lose_nothing_that_was_saved(space: Space) -> None:
    store = run_of(space)
    store.add_pairs(lesson(QUERY, *(f"Who is customer {number}?" for number in range(400))))
    space.train(15)

    killed: list[int] = []

    def gone_on() -> bool:
        """Whether steps were done after the worker was killed, which happens once something is saved."""
        if not killed and list((store.folder / "checkpoints").glob("checkpoint-*/trainer_state.json")):
            killed.append(int(space.device.asked("/allow")[-1]["pid"]))
            os.kill(killed[0], signal.SIGKILL)
        notes = [note for note in store.events("train", kind="note") if "goes on from step" in note["template"]]
        steps = store.events("train", notes[0]["id"], "step") if notes else []
        assert not steps or steps[0]["step"] == notes[0]["values"]["step"] + 1 > 1
        return bool(steps)

    while not gone_on():
        assert run.status(store, "train").state in ("never", "running")
        space.tick(leave=gone_on)
    deadline = time.monotonic() + 300
    while run.status(store, "train").state == "running":
        assert time.monotonic() < deadline, "the page is gone, the training is not"
        time.sleep(0.2)
    assert run.status(store, "train").state == "stopped"
    assert (store.folder / "adapter" / "adapter_config.json").exists()

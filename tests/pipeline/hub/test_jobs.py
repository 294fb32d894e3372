"""A training on a rented machine, against a Hub whose jobs really run; where the machine goes wrong, a script plays it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from pipeline import run
from pipeline.config import TrainConfig
from pipeline.errors import UserError
from pipeline.hub import following, remote
from pipeline.hub.jobs import Rental, rented
from pipeline.hub.parcel import requirements
from pipeline.hub.remote import order_text, read_order
from pipeline.hub.rental import offer, seconds_of
from pipeline.records import Done, Event, Note, Pair, Progress, Step, Tried, event_of
from pipeline.store import Store
from pipeline.student.train import Order, train_adapter
from tests.conftest import ROOT
from tests.hub_jobs import JobsServer
from tests.parrot import lesson

SCHEMA = "CREATE TABLE customers (id INTEGER, name TEXT, city TEXT, PRIMARY KEY (id));"
CITIES = ("Osaka", "Kyoto", "Tokyo", "Nara", "Kobe", "Sapporo", "Sendai", "Nagoya")
PAIRS = [Pair(f"customers in {city}", f"SELECT name FROM customers WHERE city = '{city}'") for city in CITIES]
CONFIG = TrainConfig(
    base="mei/tiny", epochs=3, batch=4, typed=False, rank=4, alpha=8, learning_rate=1e-2, save_every=2, checks=0
)
STEP = {"event": "step", "stage": "train", "steps": 6, "epoch": 1.0, "loss": 2.0, "learning_rate": 0.1,
        "tokens_per_second": 9.0, "seconds_left": 1.0}  # fmt: skip
DONE = {"event": "done", "stage": "train", "result": {"base": "mei/tiny", "steps": 6}, "stopped": False}
PLAY = "import json, os, sys, time\ndef say(n, **told): print(json.dumps({'n': n, **told}), flush=True)\n"
T4 = Rental("t4-small")


def never() -> bool:
    return False


def order(folder: Path, **settings: object) -> Order:
    folder.mkdir(exist_ok=True)
    return Order(folder, SCHEMA, PAIRS, replace(CONFIG, **settings))  # type: ignore[arg-type]


def events_of(place: Order, stop: Callable[[], bool] = never, rental: Rental = T4) -> list[Event]:
    return list(rented(rental, "hf_write")(place, stop))


def steps_of(events: list[Event]) -> list[Step]:
    return [event for event in events if isinstance(event, Step)]


def weights(folder: Path) -> dict[str, bytes]:
    from safetensors.numpy import load_file

    return {name: one.tobytes() for name, one in load_file(folder / "adapter" / "adapter_model.safetensors").items()}


def steps(*numbers: int) -> str:
    """A script that tells these steps."""
    return PLAY + "".join(f"say({number - 1}, **{STEP | {'step': number}})\n" for number in numbers)


def done(n: int = 6) -> str:
    """A script that says it is done; what was made is put there by the test."""
    return f"say({n}, **{json.loads(json.dumps(DONE))})\n"


def deliver(jobs: JobsServer) -> None:
    """Put a result into the repository of the order, as the remote training does."""
    (repo,) = (repo for (kind, _), repo in jobs.repos.items() if kind == "dataset")
    made = {"after/done.json": json.dumps(DONE).encode(), "after/adapter/adapter_model.safetensors": b"weights",
            "after/checks/3.safetensors": b"third"}  # fmt: skip
    repo.add("Trained", repo.files | made)


def delivered(jobs: JobsServer, place: Order) -> list[Event]:
    """The events of a training whose result is put there after the first."""
    events: list[Event] = []
    for event in rented(T4, "hf_write")(place, never):
        if isinstance(event, Note) and not events:
            deliver(jobs)
        events += [event] if not isinstance(event, Progress) else []
    return events


def test_an_order_and_its_events_travel_as_json(tmp_path: Path) -> None:
    there = replace(order(tmp_path, rslora=True), heldout=PAIRS[:2])
    again = read_order(order_text(there), tmp_path)
    assert again == replace(there, heldout=list(there.heldout)) and str(tmp_path) not in order_text(there)
    for event in (
        Tried("train", 3, 6, 0.5, ("SELECT 1", "")),
        Note("train", "{n} left", {"n": 2}),
        Done("train", {"a": 1}),
    ):
        assert event_of(json.loads(json.dumps(event.as_dict()))) == event


def test_only_what_trains_is_installed_there_in_the_ranges_of_ours() -> None:
    ours = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert set(requirements()) < set(ours)
    assert {"torch", "trl", "peft"} <= {line.split(">")[0] for line in requirements()}
    assert not any(line.startswith(("gradio", "anthropic")) for line in requirements())


@pytest.mark.slow
def test_a_rented_training_gives_the_weights_of_a_local_one(
    jobs: JobsServer, tmp_path: Path, tiny_base: Callable[[str], Path]
) -> None:
    base = tiny_base("llama")
    jobs.make("model", "mei/tiny").add("base", {file.name: file.read_bytes() for file in base.iterdir()})
    jobs.cuts = [3]
    checked = {"checks": 2, "check_questions": 2}
    there = events_of(replace(order(tmp_path / "there", **checked), heldout=PAIRS[:3]))
    here = list(train_adapter(replace(order(tmp_path / "here", base=str(base), **checked), heldout=PAIRS[:3]), never))
    assert [(each.step, each.loss) for each in steps_of(there)] == [(each.step, each.loss) for each in steps_of(here)]
    assert weights(tmp_path / "there") == weights(tmp_path / "here")
    tried = [event for event in there if isinstance(event, Tried)]
    assert tried == [event for event in here if isinstance(event, Tried)] and len(tried[0].texts) == 2
    checks = [sorted((tmp_path / place / "checks").iterdir()) for place in ("there", "here")]
    assert [file.read_bytes() for file in checks[0]] == [file.read_bytes() for file in checks[1]] != []
    assert isinstance(there[-1], Done) and there[-1].result["base"] == "mei/tiny" and not there[-1].stopped
    assert [kind for kind, _ in jobs.repos] == ["model"] and not (tmp_path / "there" / "rented.json").exists()


@pytest.mark.slow
def test_a_rented_training_that_is_stopped_keeps_what_it_has_and_goes_on_from_there(
    jobs: JobsServer, tmp_path: Path, tiny_base: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    base = tiny_base("llama")
    jobs.make("model", "mei/tiny").add("base", {file.name: file.read_bytes() for file in base.iterdir()})
    place, seen = order(tmp_path / "run", epochs=2000, save_every=1000), []
    for event in rented(T4, "hf_write")(place, lambda: len(steps_of(seen)) >= 3):
        seen.append(event)
    last = seen[-1]
    assert isinstance(last, Done) and last.stopped and last.result["steps"] == len(steps_of(seen)) < 4000
    assert weights(place.folder) and list((place.folder / "checkpoints").glob("checkpoint-*"))
    more: list[Event] = []
    for event in rented(T4, "hf_write")(place, lambda: bool(steps_of(more))):
        more.append(event)
    assert steps_of(more)[0].step == len(steps_of(seen)) + 1


def test_the_log_is_followed_over_cuts_and_each_step_is_told_once(
    jobs: JobsServer, tmp_path: Path, no_waiting: None
) -> None:
    jobs.play(
        "print('installing torch')\n"
        + steps(1, 2, 3)
        + "time.sleep(0.4)\n"
        + steps(4, 5, 6)
        + "time.sleep(0.4)\n"
        + done()
    )
    jobs.cuts = [2, 0, 5]
    events = delivered(jobs, order(tmp_path / "run"))
    assert [step.step for step in steps_of(events)] == [1, 2, 3, 4, 5, 6]
    assert events[-1] == event_of(json.loads(json.dumps(DONE)))
    assert (tmp_path / "run" / "adapter" / "adapter_model.safetensors").read_bytes() == b"weights"
    assert (tmp_path / "run" / "checks" / "3.safetensors").read_bytes() == b"third"
    assert jobs.cuts == [] and jobs.repos == {}


def test_a_lost_last_line_is_made_good_by_the_results(jobs: JobsServer, tmp_path: Path, no_waiting: None) -> None:
    jobs.play(steps(1, 2) + 'time.sleep(0.3)\nprint(\'{"n": 2, "event": "do\', flush=True)')
    assert isinstance(delivered(jobs, order(tmp_path / "run"))[-1], Done)


def test_the_token_travels_as_a_secret_and_stays_nowhere(jobs: JobsServer, tmp_path: Path, no_waiting: None) -> None:
    jobs.play("import os\nprint(os.environ['HF_TOKEN'])\nraise SystemExit('bad token ' + os.environ['HF_TOKEN'])")
    store = Store.create(tmp_path / "run")
    list(run.read_schema(store, SCHEMA))
    store.replace_pairs(lesson("SELECT COUNT(*) FROM customers", "how many?", "number"))
    with pytest.raises(UserError, match="bad token …") as caught:
        list(run.train(store, CONFIG, tune=rented(T4, "hf_write")))
    (job,) = jobs.jobs.values()
    assert job.spec["secrets"] == {"HF_TOKEN": "hf_write"}
    assert "hf_write" not in json.dumps(job.spec | {"secrets": {}}) + str(caught.value) + str(store.events())
    store.close()
    assert not [file for file in store.folder.rglob("*") if file.is_file() and b"hf_write" in file.read_bytes()]


@pytest.mark.parametrize(
    ("what", "token", "said"),
    [
        ("no_credit", "hf_write", r"asks for credit on your account \(402\)"),
        ("no_scope", "hf_write", r"may not run Jobs \(403\)"),
        ("", "hf_unknown", r"refused the token \(401\)"),
        ("", "hf_read", "may read but not write"),
        ("", "", "There is no token"),
    ],
)
def test_what_the_hub_refuses_is_one_line_and_leaves_nothing(
    jobs: JobsServer, tmp_path: Path, what: str, token: str, said: str
) -> None:
    if what:
        setattr(jobs, what, True)
    with pytest.raises(UserError, match=said) as caught:
        list(rented(T4, token)(order(tmp_path / "run"), never))
    assert "\n" not in str(caught.value) and "hf_" not in str(caught.value)
    assert jobs.repos == {} and jobs.jobs == {} and list((tmp_path / "run").iterdir()) == []


def test_what_cannot_travel_is_refused_before_anybody_is_asked(jobs: JobsServer, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="a folder of this machine"):
        events_of(order(tmp_path / "run", base=str(tmp_path)))
    with pytest.raises(UserError, match="trackio logs to the machine"):
        events_of(order(tmp_path / "run", trackio="mine"))
    assert jobs.requests == []


def test_the_price_is_by_the_hour_and_a_machine_must_be_there(jobs: JobsServer) -> None:
    found = offer(Rental("t4-small", seconds_of("90m")), "hf_write")
    assert (found.name, round(found.dollars_per_hour, 2), round(found.most, 2)) == ("Nvidia T4 - small", 0.4, 0.6)
    for flavor in ("t5-huge", "l4x4"):
        with pytest.raises(UserError, match=f"no machine '{flavor}' with one card to rent. Choose one of t4-small"):
            offer(Rental(flavor), "hf_write")
    for text in ("soon", "", "5m", "30d", "-1h"):
        with pytest.raises(UserError, match="from 10m to 7d"):
            seconds_of(text)


def test_a_job_that_fails_says_why_and_where(jobs: JobsServer, tmp_path: Path, no_waiting: None) -> None:
    jobs.play(steps(1) + "raise MemoryError('CUDA out of memory')")
    with pytest.raises(UserError, match=r"ended as ERROR: .*exit code: 1.*/jobs/mei/") as caught:
        events_of(order(tmp_path / "run"))
    assert "\n" not in str(caught.value) and jobs.repos == {}


def test_what_the_remote_training_refuses_is_said_as_if_it_ran_here(
    jobs: JobsServer, tmp_path: Path, no_waiting: None
) -> None:
    jobs.play(
        PLAY + "say(-1, event='error', template='There are no targets {name}.', values={'name': 'x'})\nsys.exit(2)"
    )
    with pytest.raises(UserError, match="There are no targets x.") as caught:
        events_of(order(tmp_path / "run"))
    assert caught.value.template == "There are no targets {name}."


def test_a_job_whose_time_is_over_says_what_to_do(jobs: JobsServer, tmp_path: Path, no_waiting: None) -> None:
    jobs.play(steps(1) + "time.sleep(60)")
    with pytest.raises(UserError, match="min paid for were over before anything was saved"):
        events_of(order(tmp_path / "run"), rental=Rental("t4-small", 1))


def test_a_training_stopped_before_its_first_step_is_cancelled(jobs: JobsServer, tmp_path: Path) -> None:
    jobs.play("import time\ntime.sleep(60)")
    events = events_of(order(tmp_path / "run"), lambda: bool(jobs.jobs))
    (job,) = jobs.jobs.values()
    assert job.stage == "CANCELED" and jobs.repos == {}
    assert (
        isinstance(events[-1], Note) and events[-1].text() == f"The job at {jobs.url}/jobs/mei/{job.id} is cancelled."
    )


def test_a_machine_that_does_not_stop_when_asked_is_cancelled(
    jobs: JobsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "GRACE_SECONDS", 0.3)
    jobs.play(steps(1) + "time.sleep(60)")
    seen: list[Event] = []
    for event in rented(T4, "hf_write")(order(tmp_path / "run"), lambda: bool(steps_of(seen))):
        seen.append(event)
    assert [job.stage for job in jobs.jobs.values()] == ["CANCELED"] and not isinstance(seen[-1], Done)
    assert jobs.requests.count(("POST", "/api/datasets")) == 0 and jobs.repos == {}


def test_leaving_the_training_cancels_its_job(jobs: JobsServer, tmp_path: Path) -> None:
    jobs.play(steps(1) + "time.sleep(60)")
    events = rented(T4, "hf_write")(order(tmp_path / "run"), never)
    next(event for event in events if isinstance(event, Step))
    cast(Any, events).close()
    assert [job.stage for job in jobs.jobs.values()] == ["CANCELED"] and jobs.repos == {}


def test_the_remote_side_ends_for_its_time_and_for_a_file(jobs: JobsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import HfApi

    monkeypatch.setattr(remote, "ASK_SECONDS", 0.0)
    api = HfApi(endpoint=jobs.url, token="hf_write")
    repo = jobs.make("dataset", "mei/run")
    asked = remote.Asked(api, "mei/run", time.time() + 60)
    assert not asked()
    repo.add("Stop", {"stop": b""})
    assert asked()
    assert remote.Asked(api, "mei/run", time.time() - 1)()
    jobs.fail(0, "500")
    assert not remote.Asked(api, "mei/none", time.time() + 60)()


def test_a_start_whose_answer_was_lost_is_found_and_paid_once(
    jobs: JobsServer, tmp_path: Path, no_waiting: None
) -> None:
    jobs.play(steps(1) + "time.sleep(0.5)\n" + done(1))
    jobs.lose_start = True
    assert isinstance(delivered(jobs, order(tmp_path / "run"))[-1], Done)
    assert len(jobs.jobs) == 1


CHILD = """
import sys
from pathlib import Path
from huggingface_hub import constants
from tests.pipeline.hub.test_jobs import Step, T4, never, order, rented
constants.HF_HUB_OFFLINE = False
for event in rented(T4, "hf_write")(order(Path(sys.argv[1])), never):
    if isinstance(event, Step):
        print(event.step, flush=True)
"""


def killed_after(steps_told: int, folder: Path) -> None:
    """Follow a job in another process that dies without a word after some steps."""
    surroundings = {name: value for name, value in os.environ.items() if name != "HF_HUB_OFFLINE"}
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder)], cwd=ROOT, env=surroundings, stdout=subprocess.PIPE
    )
    assert child.stdout
    for _ in range(steps_told):
        child.stdout.readline()
    child.kill()
    child.wait()


def test_a_killed_command_given_again_follows_the_same_job(jobs: JobsServer, tmp_path: Path, no_waiting: None) -> None:
    go = tmp_path / "go"
    jobs.play(steps(1, 2) + f"while not os.path.exists({str(go)!r}): time.sleep(0.05)\n" + steps(3) + done(3))
    killed_after(2, tmp_path / "run")
    assert [job.stage for job in jobs.jobs.values()] == ["RUNNING"]
    assert "hf_write" not in (tmp_path / "run" / "rented.json").read_text()
    deliver(jobs)
    go.touch()
    events = events_of(order(tmp_path / "run"))
    assert [step.step for step in steps_of(events)] == [3] and isinstance(events[-1], Done)
    assert len(jobs.jobs) == 1 and jobs.repos == {}


def test_other_settings_cancel_the_job_that_was_left_at_work(
    jobs: JobsServer, tmp_path: Path, no_waiting: None
) -> None:
    jobs.play(steps(1) + "time.sleep(60)")
    killed_after(1, tmp_path / "run")
    jobs.play("raise SystemExit(1)")
    with pytest.raises(UserError, match="ended as ERROR"):
        events_of(order(tmp_path / "run", epochs=5))
    assert [job.stage for job in jobs.jobs.values()] == ["CANCELED", "ERROR"] and jobs.repos == {}

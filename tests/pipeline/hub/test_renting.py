"""The command line's side of renting: `train --on hf-jobs` asks before it pays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline import run
from pipeline.commands import renting
from pipeline.commands.common import tell
from pipeline.records import HeldOut
from pipeline.store import Store
from tests.hub_jobs import JobsServer
from tests.parrot import lesson
from tests.pipeline.conftest import Call
from tests.pipeline.hub.test_jobs import SCHEMA, steps

PRICE = "A t4-small (Nvidia T4 - small) at Hugging Face Jobs costs $0.40 an hour"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run with pairs, and a token in the surroundings."""
    store = Store.create(tmp_path / "run")
    list(run.read_schema(store, SCHEMA))
    store.replace_pairs(lesson("SELECT COUNT(*) FROM customers", "how many?", "number of customers"))
    store.close()
    monkeypatch.setenv("HF_TOKEN", "hf_write")
    return store.folder


@pytest.mark.parametrize("before", [(), ("--json",)])
def test_without_a_terminal_the_price_must_be_agreed_to(
    call: Call,
    jobs: JobsServer,
    folder: Path,
    before: tuple[str, ...],
) -> None:
    code, out, err = call(*before, "train", "--run", str(folder), "--on", "hf-jobs", "--timeout", "2h")
    assert (code, out, len(err)) == (2, [], 1)
    assert err[0].startswith(f"Error: {PRICE}") and err[0].endswith("at most $0.80 for 120 min. Add --yes to agree.")
    assert jobs.jobs == {} and jobs.repos == {}


@pytest.mark.parametrize(("answer", "rents"), [("n", 0), ("", 0), ("y", 1)])
def test_on_a_terminal_it_is_asked(
    call: Call, jobs: JobsServer, folder: Path, monkeypatch: pytest.MonkeyPatch, answer: str, rents: int,
    no_waiting: None,
) -> None:  # fmt: skip
    jobs.play("raise SystemExit(1)")
    monkeypatch.setattr(renting, "_on_terminal", lambda: True)
    code, _, err = call("train", "--run", str(folder), "--on", "hf-jobs", stdin=f"{answer}\n".encode())
    assert code == 2 and err[0].startswith(PRICE) and len(jobs.jobs) == rents
    assert ("Nothing was rented" in err[-1]) == (not rents)


def test_yes_rents_and_tells_events_as_a_local_training_does(
    call: Call,
    jobs: JobsServer,
    folder: Path,
    no_waiting: None,
) -> None:
    jobs.play(steps(1, 2) + "sys.exit('broken')")
    code, out, err = call("--json", "train", "--run", str(folder), "--on", "hf-jobs", "--yes", "--flavor", "cpu-basic")
    told = [json.loads(line) for line in out]
    assert [each["step"] for each in told if each["event"] == "step"] == [1, 2]
    assert code == 2 and len(err) == 1 and "ended as ERROR" in err[0]
    (job,) = jobs.jobs.values()
    assert job.spec["flavor"] == "cpu-basic" and job.spec["timeoutSeconds"] == 3600


def test_wrong_places_and_times_are_refused_before_anything(call: Call, folder: Path) -> None:
    for options, said in (
        (("--on", "mars"), "Nothing can be trained on 'mars'"),
        (("--on", "hf-jobs", "--timeout", "x"), "10m to 7d"),
    ):
        code, _, err = call("train", "--run", str(folder), *options)
        assert code == 2 and said in err[-1] and len(err) == 1


def test_a_look_at_the_held_out_pairs_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    tell(HeldOut("train", 50, 100, 0.314, 17, 24))
    tell(HeldOut("train", 75, 100, 0.298))
    assert capsys.readouterr().err.splitlines() == [
        "step 50: held-out loss 0.31, 17 of 24 answers right",
        "step 75: held-out loss 0.30",
    ]

"""A step in parts: memory that runs out, several processes, held-out checks."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import UserError
from pipeline.records import Done, Event, Note, Tried
from pipeline.student.checks import FOLDER
from pipeline.student.train import train_adapter
from tests.conftest import ROOT
from tests.pipeline.student.test_train import PAIRS, SCHEMA, adapter_weights, order_for, steps_of

RUN_ONE = """
import json, sys
from pathlib import Path
from pipeline.records import Done, Step
from pipeline.student.train import train_adapter
from tests.pipeline.student.test_train import order_for
order = order_for(Path(sys.argv[1]), Path(sys.argv[2]), batch=5, dtype="float32")
losses = [event.loss for event in train_adapter(order, lambda: False) if isinstance(event, Step)]
print(json.dumps(losses))
"""
RUN_SHORT_OF_MEMORY = """
import json, resource, sys
from dataclasses import replace
from pathlib import Path
import pipeline.student.trainer
from pipeline.records import Done, Note
from pipeline.student.train import train_adapter
from tests.pipeline.student.test_train import order_for
order = order_for(Path(sys.argv[1]), Path(sys.argv[2]), batch=256, epochs=1, dtype="float32", micro_tokens=100_000)
order = replace(order, pairs=order.pairs * 32)
smaller = []
for event in train_adapter(order, lambda: False):
    if isinstance(event, Note) and "GB of memory" in event.template:  # the model is there, the first step is not
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + int(sys.argv[3])
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    if isinstance(event, Note) and "Memory ran out" in event.template:
        smaller.append(event.values["tokens"])
print(json.dumps([smaller, event.result["micro_tokens"], event.result["loss_last"]]))
"""


def python(code: str, *arguments: str, prefix: tuple[str, ...] = (), **environment: str) -> list[str]:
    """Lines that a program prints in a process of its own."""
    command = [sys.executable, *prefix, *(["-c", code] if not prefix else []), *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)} | environment, capture_output=True, text=True,
        timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()


def test_two_processes_learn_what_one_learns(tmp_path: Path, tiny_base: Callable[[str], Path]) -> None:
    import torch

    program, base = tmp_path / "one.py", str(tiny_base("llama"))
    program.write_text(RUN_ONE)
    alone = python(RUN_ONE, str(tmp_path / "alone"), base)
    two = ("-m", "torch.distributed.run", "--nproc_per_node", "2", "--master_port", "29517", str(program))
    together = python("", str(tmp_path / "two"), base, prefix=two)
    losses, both = json.loads(alone[-1]), [json.loads(line) for line in together if line.startswith("[")]
    assert len(losses) == 5 and [] in both, "the second process tells nothing"
    assert max(both) == pytest.approx(losses, rel=1e-4)
    ours, theirs = adapter_weights(tmp_path / "two"), adapter_weights(tmp_path / "alone")
    assert all(torch.allclose(ours[name].float(), theirs[name].float(), atol=2e-3) for name in theirs)  # type: ignore[attr-defined]


def test_torchrun_trains_a_run_in_several_processes_and_one_tells_of_it(
    tmp_path: Path, tiny_base: Callable[[str], Path]
) -> None:
    from pipeline import run
    from pipeline.store import Store
    from tests.parrot import lesson

    store = Store.create(tmp_path / "run")
    list(run.read_example(store, "sales"))
    store.replace_pairs(lesson("SELECT COUNT(*) FROM sales", *(f"sales {n}" for n in range(7))))
    options = ("--base", str(tiny_base("llama")), "--epochs", "2", "--batch", "4", "--rank", "4", "--checks", "0")
    two = ("-m", "torch.distributed.run", "--nproc_per_node", "2", "--master_port", "29519", "-m", "--", "pipeline")
    told = python("", "train", "--run", str(tmp_path / "run"), *options, prefix=two)
    result = json.loads("".join(told))
    assert result["processes"] == 2 and result["steps"] == 4
    assert [event["step"] for event in store.events("train", kind="step")] == [1, 2, 3, 4]
    assert run.status(store, "train").state == "done"
    assert adapter_weights(tmp_path / "run")


def test_steps_are_logged_to_trackio_where_asked(
    tmp_path: Path, tiny_base: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    base = tiny_base("llama")
    program = RUN_ONE.replace('dtype="float32"', 'dtype="float32", trackio="sql"')
    told = python(program, str(tmp_path / "mine"), str(base), TRACKIO_DIR=str(tmp_path / "trackio"))
    with sqlite3.connect(next((tmp_path / "trackio").glob("sql*.db"))) as logged:
        rows = [json.loads(row[0]) for row in logged.execute("SELECT metrics FROM metrics ORDER BY step")]
    assert [row["train/loss"] for row in rows if "train/loss" in row] == pytest.approx(json.loads(told[-1]), rel=1e-3)
    monkeypatch.setattr("pipeline.student.train.find_spec", lambda name: None)
    with pytest.raises(UserError, match="pip install trackio"):
        list(train_adapter(order_for(tmp_path / "other", base, trackio="sql"), lambda: False))


def test_where_memory_runs_out_a_step_is_computed_in_smaller_parts(
    tmp_path: Path, tiny_base: Callable[[str], Path]
) -> None:
    base = str(tiny_base("llama"))
    enough, scarce = 64 << 30, 400 << 20
    smaller, tokens, loss = json.loads(python(RUN_SHORT_OF_MEMORY, str(tmp_path / "scarce"), base, str(scarce))[-1])
    assert smaller and smaller[-1] == tokens < 10_000
    assert all(later <= earlier / 2 for earlier, later in zip(smaller, smaller[1:], strict=False))
    assert json.loads(python(RUN_SHORT_OF_MEMORY, str(tmp_path / "enough"), base, str(enough))[-1]) == [
        [], 100_000, pytest.approx(loss, rel=1e-3)
    ]  # fmt: skip


def test_held_out_pairs_are_tried_evenly_and_leave_the_weights_of_their_step(
    tmp_path: Path, tiny_base: Callable[[str], Path]
) -> None:
    import torch
    from safetensors.torch import load_file

    order = order_for(tmp_path, tiny_base("llama"), epochs=6, checks=3, check_questions=2)
    order = type(order)(order.folder, order.schema_text, order.pairs[:6], order.config, order.pairs[6:])
    events = list(train_adapter(order, lambda: False))
    tried = [event for event in events if isinstance(event, Tried)]
    assert [event.step for event in tried] == [3, 6, 9] and all(event.steps == 9 for event in tried)
    assert all(len(event.texts) == 2 for event in tried)
    assert tried[-1].loss < tried[0].loss
    last = load_file(tmp_path / FOLDER / "9.safetensors")
    ours = adapter_weights(tmp_path)
    assert all(torch.equal(last[name], ours[name]) for name in ours)  # type: ignore[arg-type]
    assert not torch.equal(
        next(iter(load_file(tmp_path / FOLDER / "3.safetensors").values())), next(iter(last.values()))
    )


def test_checks_change_nothing_of_what_is_learned(tmp_path: Path, tiny_base: Callable[[str], Path]) -> None:
    import torch

    looked, alone = tmp_path / "looked", tmp_path / "alone"
    order = order_for(looked, tiny_base("llama"), checks=3, check_questions=2)
    list(train_adapter(type(order)(order.folder, SCHEMA, PAIRS, order.config, PAIRS[:3]), lambda: False))
    list(train_adapter(order_for(alone, tiny_base("llama"), checks=0), lambda: False))
    ours, theirs = adapter_weights(looked), adapter_weights(alone)
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)  # type: ignore[arg-type]


def test_the_memory_is_estimated_before_the_first_step(tmp_path: Path, tiny_base: Callable[[str], Path]) -> None:
    events: list[Event] = list(train_adapter(order_for(tmp_path, tiny_base("llama")), lambda: False))
    notes = [event.text() for event in events if isinstance(event, Note)]
    assert any("GB of memory" in note for note in notes)
    assert events.index(steps_of(events)[0]) > next(n for n, event in enumerate(events) if isinstance(event, Note))
    done = events[-1]
    assert isinstance(done, Done) and done.result["peak_bytes"] > 0 and done.result["shared"] is True

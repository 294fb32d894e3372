"""The whole loop from a schema to a zip and an answer, on the smallest parts that are real; and what a kill leaves."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline import run
from pipeline.config import DatasetConfig, EvaluateConfig, TrainConfig
from pipeline.errors import UserError
from pipeline.records import Done, Event, Score, Step
from pipeline.store import Store
from tests.conftest import ROOT
from tests.parrot import LESSONS, lesson, parrot_base

COUNT = "SELECT COUNT(*) FROM sales"
QUESTIONS = ("How many sales were there?", "number of sales", "count the sales", "sales in all")
SHORT = EvaluateConfig(max_new_tokens=12)
OTHER_DDL = "CREATE TABLE pets (id INTEGER PRIMARY KEY, name TEXT);"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny base that can learn one query about sales."""
    return parrot_base(tmp_path_factory.mktemp("models") / "parrot", [COUNT])


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory, base: Path) -> tuple[Path, dict[str, dict[str, Any]]]:
    """A run that went through all stages, and what each said at its end."""
    store = Store.create(tmp_path_factory.mktemp("runs") / "sales")
    result = {"schema": done(run.read_example(store, "sales"))}
    result["dataset"] = done(run.write_dataset(store, DatasetConfig(pairs=20)))
    written = [replace(each, split="heldout" if each.verdict.ok else "") for each in store.pairs()]
    taught = lesson(COUNT, *QUESTIONS) + lesson(COUNT, "how many sales?", split="heldout")
    store.replace_pairs(written + taught)  # a parrot learns one query, so the offline teacher's are all asked
    result["train"] = done(run.train(store, replace(LESSONS, base=str(base))))
    result["evaluate"] = done(run.evaluate(store, SHORT))
    result["publish"] = done(run.publish(store))
    store.close()
    return store.folder, result


@pytest.fixture
def copy(walked: tuple[Path, object], tmp_path: Path) -> Store:
    """A copy of the finished run, to change."""
    shutil.copytree(walked[0], tmp_path / "copy")
    return Store.open(tmp_path / "copy")


def done(events: Any) -> dict[str, Any]:
    last = list(events)[-1]
    assert isinstance(last, Done) and not last.stopped
    return last.result


def ready(folder: Path) -> Store:
    """A run with a schema and pairs to train on."""
    store = Store.create(folder)
    list(run.read_example(store, "sales"))
    store.replace_pairs(lesson(COUNT, *QUESTIONS, *(f"sales {n}" for n in range(12))))
    return store


def test_every_stage_ends_done_with_its_result(walked: tuple[Path, dict[str, Any]]) -> None:
    folder, result = walked
    store = Store.open(folder)
    assert [run.status(store, stage).state for stage in run.STAGES] == ["done"] * 5
    assert [table["name"] for table in result["schema"]["tables"]] == ["sales"]
    assert result["schema"]["prompt_tokens"] > 20
    assert result["dataset"]["kept"] == 20 == result["dataset"]["train"] + result["dataset"]["heldout"]
    assert {"asked", "reasons"} <= result["dataset"].keys()
    assert result["train"]["loss_last"] < result["train"]["loss_first"]


def test_scores_are_of_what_the_models_wrote(walked: tuple[Path, dict[str, Any]]) -> None:
    folder, result = walked
    store = Store.open(folder)
    for model, score in result["evaluate"].items():
        answers = store.answers(model)
        assert store.scores()[model] == Score(**score)
        assert score["n"] == len(answers) == len(store.pairs("heldout")) - score["excluded"]
        assert score["accuracy"] == sum(answer["right"] for answer in answers) / len(answers)
    tuned = {answer["question"]: answer for answer in store.answers("tuned")}
    assert tuned["how many sales?"]["sql"] == COUNT and tuned["how many sales?"]["right"]
    assert not any(answer["right"] for answer in store.answers("base"))


def test_the_report_holds_the_scores_of_the_store(walked: tuple[Path, dict[str, Any]]) -> None:
    folder, result = walked
    report = json.loads((folder / "report.json").read_text())
    assert {model: report[model] for model in ("base", "tuned")} == result["evaluate"]
    assert report["n"] == len(report["questions"])


def test_the_zip_holds_adapter_card_and_pairs_and_no_path_of_this_machine(
    walked: tuple[Path, dict[str, Any]], base: Path
) -> None:
    folder, result = walked
    with zipfile.ZipFile(result["publish"]["file"]) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert {"README.md", "adapter/adapter_config.json", "adapter/adapter_model.safetensors", "schema.sql",
            "schema.prompt.txt", "train.jsonl", "heldout.jsonl", "report.json"} <= files.keys()  # fmt: skip
    private = [str(place).encode() for place in (folder, folder.parents[1], base, Path.home(), ROOT)]
    assert [name for name, data in files.items() if any(place in data for place in private)] == []
    assert json.loads(files["adapter/adapter_config.json"])["base_model_name_or_path"] == base.name
    tuned = result["evaluate"]["tuned"]
    assert f"| tuned | {tuned['accuracy']:.1%} |" in files["README.md"].decode()
    assert files["train.jsonl"].decode().count("\n") == result["dataset"]["train"]


def test_a_question_is_answered_with_rows_though_the_base_is_a_folder(walked: tuple[Path, object]) -> None:
    store = Store.open(walked[0])
    answer = run.ask(store, QUESTIONS[0], run.database_to_ask(store))
    assert (answer.sql, answer.error, answer.model) == (COUNT, None, "tuned")
    assert answer.rows is not None and answer.rows.rows == ((80,),)
    untuned = run.ask(store, QUESTIONS[0], run.database_to_ask(store), tuned=False)
    assert untuned.sql != COUNT and untuned.model == "base"


def test_a_run_without_rows_of_its_own_is_asked_on_made_up_ones(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    list(run.read_schema(store, OTHER_DDL))
    rows, error = run.run_sql("SELECT COUNT(*) FROM pets", run.database_to_ask(store))
    assert error is None and rows is not None and rows.rows[0][0] > 0


@pytest.mark.parametrize("database", ["missing.sqlite", "text.sqlite"])
def test_a_database_that_is_none_is_one_line(tmp_path: Path, database: str) -> None:
    (tmp_path / "text.sqlite").write_text("not a database")
    with pytest.raises(UserError, match=r"Name a SQLite file\.$"):
        run.database_to_ask(Store.create(tmp_path / "run"), tmp_path / database)


def test_an_empty_question_is_refused_before_any_model_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There is no question"):
        run.ask(Store.create(tmp_path), " \n", tmp_path)


def test_another_schema_drops_what_was_made_from_the_old_one(copy: Store) -> None:
    copy.keep_asked("How many?", [{"model": "tuned", "sql": COUNT}])
    list(run.read_schema(copy, OTHER_DDL, name="pets"))
    assert copy.asked() == []
    assert copy.pairs() == [] and copy.scores() == {} and copy.answers("tuned") == []
    assert [run.status(copy, stage).state for stage in run.STAGES[1:]] == ["never"] * 4
    assert copy.events("train") == [] and copy.get("base", "") == ""
    left = sorted(path.name for path in copy.folder.iterdir() if not path.name.startswith("run.db"))
    assert left == ["schema.sql"]


def test_the_same_schema_again_drops_nothing(copy: Store) -> None:
    before = copy.pairs()
    list(run.read_schema(copy, copy.folder / "schema.sql", name="sales"))
    assert copy.pairs() == before and copy.scores() and (copy.folder / "adapter").exists()


def test_the_runs_own_database_may_be_its_schema(copy: Store) -> None:
    list(run.read_schema(copy, copy.folder / "database.sqlite", name="sales"))
    rows, _ = run.run_sql(COUNT, run.database_to_ask(copy))
    assert rows is not None and rows.rows == ((80,),)


def test_a_stage_that_cannot_go_on_is_failed_with_template_and_values(tmp_path: Path) -> None:
    store = ready(tmp_path)
    with pytest.raises(UserError) as caught:
        list(run.train(store, TrainConfig(base="nobody/no-such-model")))
    found = run.status(store, "train")
    assert found.state == "failed" and "{base}" in found.template
    assert found.template.format(**found.values) == str(caught.value)


def test_a_base_that_cannot_be_had_leaves_adapter_and_scores(copy: Store) -> None:
    with pytest.raises(UserError):
        list(run.train(copy, TrainConfig(base="nobody/no-such-model")))
    assert copy.scores().keys() == {"base", "tuned"} and (copy.folder / "report.json").exists()


def test_a_new_training_makes_the_old_scores_untrue(copy: Store, base: Path) -> None:
    list(run.train(copy, replace(LESSONS, base=str(base), epochs=1)))
    assert copy.scores() == {} and not (copy.folder / "report.json").exists()
    assert run.status(copy, "evaluate").state == "never"


@pytest.mark.parametrize("wrong", [{"max_minutes": -1}, {"epochs": float("nan")}, {"epochs": float("inf")}])
def test_settings_of_training_that_make_no_sense_are_one_line(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(UserError, match=f"The setting {next(iter(wrong))} cannot be"):
        list(run.train(ready(tmp_path), TrainConfig(base="any", **wrong)))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"teacher": "claude"}, "There is no key for Claude"),
        ({"teacher": "claude", "model": "gpt-9"}, "Choose one of claude-haiku-5-5"),
        ({"teacher": "claude", "max_dollars": float("nan")}, "Give more than 0"),
        ({"pairs": 0}, "Ask for 1 or more"),
        ({"heldout_share": 1.0}, "less than 1"),
        ({"heldout_share": -0.1}, "less than 1"),
        ({"heldout_share": float("nan")}, "less than 1"),
        ({"languages": ("xx",)}, "Choose en, ja"),
        ({"languages": ()}, "Choose en, ja"),
    ],
)
def test_settings_of_the_dataset_that_make_no_sense_are_refused_at_once(
    tmp_path: Path, wrong: dict[str, Any], said: str
) -> None:
    store = ready(tmp_path)
    with pytest.raises(UserError, match=said):
        run.write_dataset(store, DatasetConfig(**wrong))
    assert run.status(store, "dataset").state == "never"


# Kills


def start(*arguments: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "pipeline", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_until(true: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while not true():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)


def test_a_dataset_stage_killed_with_9_goes_on(tmp_path: Path) -> None:
    store = Store.create(tmp_path)
    list(run.read_example(store, "sales"))
    process = start("dataset", "--run", str(tmp_path), "--pairs", "5000")
    wait_until(lambda: len(store.events("dataset", kind="judged")) >= 15, process)
    process.kill()
    process.wait()
    assert run.status(store, "dataset").state == "interrupted"
    before = store.pairs()
    result = done(run.write_dataset(store, DatasetConfig(pairs=len(before) + 10)))
    after = store.pairs()
    assert result["kept"] == sum(each.verdict.ok for each in after) >= len(before) + 10
    assert [each.pair for each in after[: len(before)]] == [each.pair for each in before]
    assert len({each.pair for each in after}) == len(after)  # nothing was judged twice
    assert result["train"] + result["heldout"] == result["kept"]


@pytest.mark.slow
def test_a_training_killed_with_9_goes_on_and_sigterm_ends_it_with_a_checkpoint(tmp_path: Path, base: Path) -> None:
    store = ready(tmp_path)
    order = ("train", "--run", str(tmp_path), "--base", str(base), "--epochs", "5000", "--rank", "8", "--batch", "4")

    def steps() -> list[int]:
        return [event["step"] for event in store.events("train", kind="step")]

    process = start(*order)
    wait_until(lambda: len(steps()) >= 25, process)
    process.kill()
    process.wait()
    assert run.status(store, "train").state == "interrupted"
    first = len(steps())
    process = start(*order)
    wait_until(lambda: len(steps()) > first + 3, process)
    assert steps()[first] % 20 == 1 and steps()[first] > 20  # behind the last checkpoint
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert run.status(store, "train").state == "stopped"
    assert (tmp_path / "checkpoints" / f"checkpoint-{steps()[-1]}").exists()
    assert (tmp_path / "adapter" / "adapter_model.safetensors").exists()
    last, told = steps()[-1], list[Event]()
    config = TrainConfig(base=str(base), epochs=5000.0, rank=8, alpha=16, batch=4)
    for event in run.train(store, config, lambda: any(isinstance(each, Step) for each in told)):
        told.append(event)
    assert next(event.step for event in told if isinstance(event, Step)) == last + 1

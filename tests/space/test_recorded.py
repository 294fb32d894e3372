"""The recorded run that comes with the app: everybody sees it, nobody changes it, and it says what was measured."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from pathlib import Path

import pytest

from pipeline import run
from pipeline.config import DatasetConfig
from pipeline.evaluation.statistics import wilson
from pipeline.store import Store
from space import jobs, runs
from space.i18n import Words
from space.scene import Scene, Session


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SQL_DISTILLERY_HOME", str(tmp_path / "runs"))
    return tmp_path / "runs"


def look(visitor: str, name: str = runs.RECORDED) -> Scene:
    return Scene(Session(visitor=visitor, run=name), Words("en"))


def digests() -> dict[str, str]:
    files = [file for file in runs.RECORDED_SOURCE.rglob("*") if file.is_file()]
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_looking_at_it_and_working_on_it_leave_the_projects_copy_as_it_is(home: Path) -> None:
    before = digests()
    scene = look("anna")
    assert scene.recorded and scene.tuned and scene.kept > 800
    scene.need().set(anything=1)
    scene.close()
    assert digests() == before


def test_who_works_on_it_gets_a_copy_that_is_theirs_alone(home: Path) -> None:
    anna, ben = look("anna"), look("ben")
    store = anna.need()
    store.set(mine="anna's")
    assert anna.session.run == "shop-01"
    assert len(store.pairs(ok=True)) == ben.kept
    assert store.scores() == ben.scores
    assert ben.fact("mine") is None
    assert runs.open_run("shop-01", "ben") is None
    assert runs.earlier_runs("anna") == ["shop-01"]
    anna.close()
    ben.close()


def test_nothing_is_ever_written_into_what_everybody_sees(home: Path) -> None:
    scene = look("anna")
    assert scene.store is not None
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        scene.store.set(mine="anna's")
    scene.close()


def test_a_copy_asks_the_very_same_adapter_and_a_new_one_does_not_touch_it(home: Path) -> None:
    scene = look("anna")
    weights = scene.need().folder / "adapter" / "adapter_model.safetensors"
    assert weights.resolve().parent == (home / runs.RECORDED / "adapter").resolve()
    scene.close()


def test_the_first_stage_of_ones_own_takes_the_tag_off(home: Path) -> None:
    scene = look("anna")
    config = DatasetConfig(teacher="offline", pairs=2)
    scene.start("dataset", lambda store, stop: run.write_dataset(store, config, stop=stop))
    assert jobs.wait(home / "shop-01", "dataset", 60)
    after = look("anna", "shop-01")
    assert not after.recorded and after.kept > 800
    assert look("ben").recorded
    for each in (scene, after):
        each.close()


def test_a_newer_recorded_run_takes_the_place_of_an_old_copy(home: Path) -> None:
    look("anna").close()
    (home / runs.RECORDED / "report.json").write_text("{}")
    look("anna").close()
    source = runs.RECORDED_SOURCE / "report.json"
    assert (home / runs.RECORDED / "report.json").read_bytes() == source.read_bytes()


def test_its_scores_are_those_of_its_answers(home: Path) -> None:
    scene = look("anna")
    store = scene.store
    assert isinstance(store, Store)
    for model, score in store.scores().items():
        answers = store.answers(model)
        right = sum(answer["right"] for answer in answers)
        assert (len(answers), right / len(answers)) == (score.n, score.accuracy)
        assert (score.low, score.high) == pytest.approx(wilson(right, score.n))
    assert {"base", "tuned"} <= store.scores().keys()
    scene.close()


def test_its_questions_are_not_among_the_pairs_it_learned_from(home: Path) -> None:
    scene = look("anna")
    assert scene.store is not None
    learned = {(each.pair.question, each.pair.sql) for each in scene.store.pairs(split="train")}
    asked = {(answer["question"], answer["gold"]) for answer in scene.store.answers("tuned")}
    assert len(asked) > 190 and not asked & learned
    scene.close()


def test_it_names_no_folder_of_the_machine_it_was_made_on() -> None:
    config = json.loads((runs.RECORDED_SOURCE / "adapter" / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == "HuggingFaceTB/SmolLM2-135M-Instruct"
    for file in runs.RECORDED_SOURCE.rglob("*"):
        if file.is_file() and file.suffix != ".safetensors":
            assert not re.search(rb"/(?:work|root|home|tmp|Users)/\w", file.read_bytes()), file.name


def test_its_adapter_is_a_few_megabytes() -> None:
    weights = runs.RECORDED_SOURCE / "adapter" / "adapter_model.safetensors"
    assert weights.stat().st_size < 6_000_000

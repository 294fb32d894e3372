"""More out of the kept pairs on the page: what shows, what starts, where the key goes, and the line about leaks."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import run
from pipeline.config import DatasetConfig, GateConfig, InstanceConfig
from pipeline.errors import UserError
from pipeline.store import Store
from space import jobs
from space.i18n import Words
from space.scene import Scene, Session
from space.tabs import dataset, extend
from tests.claude_server import KEY, SHOP, ClaudeServer

LINES = (SHOP / "pairs.jsonl").read_text(encoding="utf-8").splitlines()[:8]
PASTED = DatasetConfig("pasted", instances=InstanceConfig(count=3, rows=25), gate=GateConfig(mutants=0))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = Store.create(tmp_path_factory.mktemp("home") / "shop", "mei")
    list(run.read_example(store, "shop"))
    list(run.write_dataset(store, PASTED, "\n".join(LINES)))
    store.close()
    return store.folder


@pytest.fixture
def scene(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setenv("SQL_DISTILLERY_HOME", str(tmp_path))
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    shutil.copytree(written, tmp_path / "shop")
    scene = Scene(Session("mei", "shop"), Words("en"))
    yield scene
    scene.close()


def again(scene: Scene, language: str = "en") -> Scene:
    return Scene(scene.session, Words(language))


def test_a_click_makes_other_values_and_the_summary_says_that_nothing_leaked(scene: Scene) -> None:
    before = scene.kept
    extend.extend(scene, "", "", 3, 0, "offline", [])
    assert jobs.wait(scene.need().folder, "dataset", 60)
    after = again(scene)
    assert after.status("dataset").state == "done" and after.kept > before
    assert {one.pair.source for one in after.pairs} == {"pasted", "resampled"}
    found = after.fact("leaks", {})
    said = str(dataset._summary(after))
    assert f"No question of the held-out part resembles one in training: {found['heldout']} × {found['train']}" in said
    assert "似たものはありません" in str(dataset._summary(again(scene, "ja")))


def test_a_leak_is_said_and_a_run_that_was_never_counted_says_nothing(scene: Scene) -> None:
    scene.need().set(leaks={"heldout": 4, "train": 9, "templates": 0, "ngrams": 0, "near": 2})
    assert "Some questions of the held-out part resemble" in str(dataset._summary(again(scene)))
    scene.need().set(leaks=None)
    assert "resemble" not in str(dataset._summary(again(scene)))


def test_claude_has_its_cost_told_first_and_the_key_stays_out_of_the_run(scene: Scene, server: ClaudeServer) -> None:
    extend.choose(scene, 0, 2, "claude", ["en"])
    assert (
        "Claude" in str(extend._told(scene)) and "$" in str(extend._told(scene)) and extend._needs_key(scene)["visible"]
    )
    with pytest.raises(UserError):
        extend.extend(scene, "", "", 0, 2, "claude", ["en"])
    extend.extend(scene, "", KEY, 0, 2, "claude", ["en"])
    assert jobs.wait(scene.need().folder, "dataset", 60)
    after = again(scene)
    assert any(one.certificate.get("by") == "claude" for one in after.pairs)
    assert server.calls and all(KEY.encode() not in file.read_bytes() for file in after.need().folder.rglob("*.*"))


def test_nothing_chosen_is_nothing_to_click(scene: Scene) -> None:
    extend.choose(scene, 0, 0, "offline", [])
    assert extend._button(scene) == {"interactive": False}
    extend.choose(scene, 5, 0, "claude", [])
    assert extend._button(scene) == {"interactive": True} and not extend._needs_key(scene)["visible"]

"""The second opinion on the page: what it costs, where the key goes, both SQLs side by side, the other one put in."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import run
from pipeline.config import DatasetConfig, GateConfig, InstanceConfig
from pipeline.errors import UserError
from pipeline.records import JudgedPair
from pipeline.store import Store
from space import jobs
from space.i18n import Words
from space.scene import Scene, Session
from space.tabs import opinion, pairs
from space.view import opinion as view
from space.view import pair as opened
from tests.claude_server import KEY, SHOP, ClaudeServer

LINES = (SHOP / "pairs.jsonl").read_text(encoding="utf-8").splitlines()[:10]
PASTED = DatasetConfig("pasted", instances=InstanceConfig(count=3, rows=25), gate=GateConfig(mutants=0))
TEXT = json.loads(LINES[3])["instruction"]
OTHER = "SELECT cost, price FROM products WHERE name = 'Fountain Pen'"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home") / "shop"
    store = Store.create(folder, "mei")
    list(run.read_example(store, "shop"))
    list(run.write_dataset(store, PASTED, "\n".join(LINES)))
    store.close()
    return folder


@pytest.fixture
def scene(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setenv("SQL_DISTILLERY_HOME", str(tmp_path))
    shutil.copytree(written, tmp_path / "shop")
    scene = Scene(Session("mei", "shop"), Words("en"))
    yield scene
    scene.close()


def again(scene: Scene, language: str = "en") -> Scene:
    return Scene(scene.session, Words(language))


def asked(scene: Scene, key: str = "", own: str = KEY, model: str = DatasetConfig.model, cap: float = 1.0) -> Scene:
    assert scene.store
    opinion.ask_again(scene, key, own, model, cap)
    assert jobs.wait(scene.store.folder, "dataset", 20)
    return again(scene)


def plain(html: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", html).split())


def of(scene: Scene, question: str = TEXT) -> JudgedPair:
    return next(each for each in scene.pairs if each.pair.question == question)


def test_what_it_costs_is_told_before_and_what_came_of_it_afterwards(server: ClaudeServer, scene: Scene) -> None:
    kept = scene.kept
    assert re.search(
        rf"{kept} pairs have not been asked about. About \$0.01; stops before \$1.00", plain(opinion._told(scene))
    )
    assert not server.calls and not server.counted and opinion._button(scene)["interactive"]
    after = asked(scene)
    told = plain(opinion._told(after))
    assert f"So far {kept} agreed, 0 by one more vote" in told and "Every kept pair has been asked about." in told
    assert not opinion._button(after)["interactive"] and "gives the same rows (Claude Haiku 5.5)" in plain(
        opened.pair(of(after), after.words)
    )


def test_the_key_comes_from_the_field_that_is_shown_and_stays_in_the_click(
    server: ClaudeServer, scene: Scene, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match="There is no key"):
        opinion.ask_again(scene, KEY, "", DatasetConfig.model, 1.0)
    with pytest.raises(UserError, match="is no cap"):
        opinion.ask_again(scene, "", KEY, DatasetConfig.model, 0)
    scene.session.teacher = "claude"
    assert opinion._without_teacher(scene) == {"visible": False}
    after = asked(scene, KEY, "", model="claude-sonnet-5-5")
    assert server.keys == {KEY} and server.calls[0].body["model"] == "claude-sonnet-5-5"
    files = [file for file in tmp_path.rglob("*") if file.is_file() and KEY.encode() in file.read_bytes()]
    assert files == [] and KEY not in repr(after.session)


def test_a_contradicted_pair_shows_both_and_takes_the_other_through_the_gate(
    server: ClaudeServer, scene: Scene
) -> None:
    server.solver.says |= {("plan", TEXT): OTHER, ("direct", TEXT): "SELECT price FROM products WHERE name = 'Lantern'"}
    after = asked(scene)
    pair = of(after)
    assert not pair.verdict.ok and view.others(pair)[0] == OTHER
    shown = str(opened.pair(pair, after.words))
    assert shown.count('<pre class="sql"') == 3 and "quote" not in shown
    assert "Claude’s other answer" in shown and "Claude disagrees" in plain(shown)
    assert "Claudeの答えと不一致" in plain(opened.pair(pair, Words("ja")))
    pairs.pick(after, f"{pair.id} 1")
    for _pause in pairs.use_other(after):
        assert after.session.proving
    changed = of(again(after))
    assert changed.verdict.ok and changed.pair.sql == OTHER and changed.certificate["was"][1] == pair.pair.sql
    sent = len(server.calls)
    assert of(asked(again(after))).certificate["opinions"][0]["agrees"] is True and len(server.calls) == sent


def test_another_sql_that_the_gate_refuses_stays_in_the_fields_with_its_reason(
    server: ClaudeServer, scene: Scene
) -> None:
    bad = "SELECT name FROM products WHERE stock > 123456"
    server.solver.says |= {("plan", TEXT): bad, ("direct", TEXT): bad}
    after = asked(scene)
    before = of(after)
    pairs.pick(after, f"{before.id} 1")
    list(pairs.use_other(after))
    assert after.session.editing and after.session.refused and of(again(after)).pair == before.pair
    assert pairs.texts_of(after.session) == [TEXT, bad]
    pairs.end_edit(after)
    assert pairs.texts_of(after.session) == [TEXT, before.pair.sql]


def test_what_was_no_vote_and_what_is_not_decided_is_said_in_words(server: ClaudeServer, scene: Scene) -> None:
    second = json.loads(LINES[1])["instruction"]
    server.solver.says |= {("plan", TEXT): "SELECT hue FROM products", ("plan", second): "?", ("direct", second): "?"}
    after = asked(scene)
    assert "no vote: Error while running." in " ".join(view.lines(of(after), after.words))
    assert "decide nothing yet" in " ".join(view.lines(of(after, second), after.words))
    assert "判断に使えませんでした" in " ".join(view.lines(of(after), Words("ja")))


def test_what_an_answer_says_is_text_and_never_markup(server: ClaudeServer, scene: Scene) -> None:
    evil = "SELECT name, '<img src=x onerror=alert(1)>' FROM products"
    server.solver.says |= {("plan", TEXT): evil, ("direct", TEXT): evil}
    shown = str(opened.pair(of(asked(scene)), scene.words))
    assert "<img" not in shown and "&lt;img" in shown

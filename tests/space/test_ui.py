"""The page builds, stays light, keeps to itself, and its handlers do what the buttons say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline import run
from pipeline.config import TrainConfig
from pipeline.errors import UserError
from pipeline.records import Done, JudgedPair, Note, Pair, Step, Verdict
from pipeline.store import Store
from space import runs
from space.i18n import Words
from space.page import IDLE_TICKS, Seen
from space.scene import Scene, Session
from space.tabs import dataset, paste, schema, scores
from space.ui import LAUNCH, build_app
from tests.space.pages import built_page

ROOT = Path(__file__).parents[2]
DDL = "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT);"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SQL_DISTILLERY_HOME", str(tmp_path))
    return tmp_path


def scene_of(session: Session, language: str = "en") -> Scene:
    return Scene(session, Words(language))


def read(session: Session, text: str = DDL, start: str = "own") -> Scene:
    schema.read_text(scene_of(session), start, text, "auto")
    return scene_of(session)


def test_building_the_page_loads_no_heavy_library_and_tells_nobody() -> None:
    code = (
        "import sys, app; app.build_app(); import os; from gradio import analytics\n"
        "heavy = {'torch', 'transformers', 'peft', 'trl', 'datasets', 'faker', 'accelerate'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "assert not analytics.analytics_enabled()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_the_launch_keeps_no_history_and_opens_no_side_door() -> None:
    assert (LAUNCH["run_history"], LAUNCH["ssr_mode"], LAUNCH["enable_monitoring"]) == (False, False, False)
    assert "share" not in LAUNCH and "allowed_paths" not in LAUNCH


def test_every_event_is_private_and_nothing_asks_for_a_login() -> None:
    app = build_app()
    assert {event.api_visibility for event in app.fns.values()} == {"private"}
    assert not app.expects_oauth


def test_reading_a_schema_makes_a_run_and_another_schema_makes_another() -> None:
    session = Session(visitor="local")
    first = read(session).session.run
    assert read(session).session.run == first
    second = read(session, DDL.replace("name", "title")).session.run
    assert (first, second) == ("schema-01", "schema-02")
    assert set(runs.earlier_runs("local")) == {first, second}


def test_an_untouched_sample_gives_the_run_its_name() -> None:
    session = Session(visitor="local")
    text = schema.sample_text("sales")
    scene = read(session, text + "\n", "sales")
    assert scene.session.run == "sales-01" and run.database_of(scene.need()) is not None
    assert read(session, text.replace("price", "cost"), "sales").session.run == "schema-01"


def test_a_wrong_schema_is_refused_before_a_run_is_made(home: Path) -> None:
    with pytest.raises(UserError):
        read(Session(visitor="local"), "SELECT 1")
    assert list(home.iterdir()) == []


def test_a_visitor_opens_only_runs_of_their_own_by_a_plain_name(home: Path) -> None:
    name = runs.new_run("shop", "anna")
    mine = runs.open_run(name, "anna")
    assert mine is not None
    mine.close()
    assert runs.open_run(name, "ben") is None
    assert runs.open_run(f"../{home.name}/{name}", "anna") is None
    assert runs.open_run("..", "anna") is None


def test_off_a_space_everybody_is_local_and_on_one_ids_cannot_be_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert runs.visitor_id("anything") == "local"
    monkeypatch.setenv("SPACE_ID", "someone/space")
    fresh = runs.visitor_id("")
    assert len(fresh) >= 30 and runs.visitor_id(fresh) == fresh
    assert runs.visitor_id("local") != "local"


def test_a_redraw_skips_what_looks_as_it_did_and_a_language_switch_says_everything() -> None:
    page = built_page()[0]
    session, seen = Session(visitor="local"), Seen()
    first = page.redraw(session, "en", seen)
    assert all(_skipped(update) for update in page.redraw(session, "en", seen)[2:])
    japanese = page.redraw(session, "ja", seen, texts_too=True)
    assert len(japanese) == len(page.all) and len(first) == len(page.live)
    assert not any(_skipped(update) for update in japanese[2:])


def test_the_clock_stops_only_after_some_idle_ticks_and_no_click_stops_it() -> None:
    page, session, seen = built_page()[0], Session(visitor="local"), Seen()
    assert _skipped(page.redraw(session, "en", seen)[1])
    ticks = [page._tick(session, "en", seen)[1] for _ in range(IDLE_TICKS + 1)]
    assert [_skipped(tick) for tick in ticks] == [True] * IDLE_TICKS + [False]
    assert ticks[-1].active is False


def test_a_tab_says_what_is_missing_before_it_can_work() -> None:
    page, session = built_page()[0], Session(visitor="local")
    said = str(page.redraw(session, "en", Seen()))
    assert "No schema yet." in said and "No pairs to train on." in said and "Nothing to share yet." in said
    assert "まだスキーマがありません" in str(page.redraw(session, "ja", Seen()))


def test_the_pages_sentences_of_a_finished_run_come_from_its_store(home: Path) -> None:
    session = Session(visitor="local")
    scene = read(session)
    _fill(scene.need())
    page = built_page()[0]
    said = _text(page.redraw(session, "en", Seen()))
    assert "2 of 3 pairs kept: 1 to train, 1 held out" in said
    assert "Trained in 8 min 40 s. Loss 1.99 → 0.21. Saved: adapter, 9.4 MB." in said
    assert "SmolLM2-135M, because this machine has no GPU" in said
    assert "8分40秒で完了" in _text(page.redraw(session, "ja", Seen()))


def test_a_failed_stage_is_told_in_the_visitors_language_and_a_dead_one_as_cut_off() -> None:
    session = Session(visitor="local")
    store = read(session).need()
    values = {"state": "failed", "template": "The setting {name} must be above zero.", "values": {"name": "rank"}}
    store.set(status_train={**values, "at": 0.0, "pid": 1})
    said = _text(built_page()[0].redraw(session, "ja", Seen()))
    assert "設定 rank は0より大きくしてください。" in said
    store.set(status_train={"state": "running", "at": 0.0, "template": "", "values": {}, "pid": 2**22 + 1})
    assert "This was cut off" in _text(built_page()[0].redraw(session, "en", Seen()))


def test_a_run_brings_the_settings_of_its_last_training_back_onto_the_page() -> None:
    session = Session(visitor="local")
    read(session).need().set(training={"base": "my/base", "epochs": 3, "batch": 4, "of_another_version": 1})
    again = Session(visitor="local", run=session.run)
    page = built_page()[0]
    filled = page.reload(again)
    assert len(filled) == len(page.reloaded)
    assert {"my/base", 3, 4} <= {value for value in filled if isinstance(value, str | int | float)}
    assert again.train == TrainConfig(base="my/base", epochs=3, batch=4)


def test_writing_pairs_asks_for_a_language_and_for_a_paste() -> None:
    scene = read(Session(visitor="local"))
    with pytest.raises(UserError, match="language"):
        dataset.write_pairs(scene, "", "", "offline", 40, [], "claude-haiku-5-5", 1)
    with pytest.raises(UserError, match="pasted"):
        dataset.write_pairs(scene, "  ", "", "pasted", 40, ["en"], "claude-haiku-5-5", 1)


def test_scoring_on_ones_own_questions_needs_them() -> None:
    scene = read(Session(visitor="local"))
    scores.keep_upload(scene, "database", "d.sqlite")
    with pytest.raises(UserError, match="no questions of your own"):
        scores.start_scoring(scene, "own")


def test_the_samples_pairs_come_in_the_chosen_languages() -> None:
    session = Session(visitor="local", languages=("ja",))
    read(session, schema.sample_text("shop"), "shop")
    japanese = paste.sample_pairs(session, "en")
    session.languages = ("en",)
    english = paste.sample_pairs(session, "en")
    assert japanese and english and japanese != english
    assert paste.sample_pairs(Session(visitor="local", run=read(session).session.run), "en") == ""


def _text(updates: list[Any]) -> str:
    """What updates say, without markup."""
    return re.sub("<[^>]+>", "", str(updates))


def _skipped(update: Any) -> bool:
    return isinstance(update, dict) and set(update) == {"__type__"}


def _fill(store: Store) -> None:
    def pair(split: str) -> JudgedPair:
        verdict = Verdict(bool(split), "" if split else "near-duplicate")
        return JudgedPair(Pair(f"q{split}", "SELECT 1"), verdict, "t", "one-table", split)

    store.add_pairs([pair("train"), pair("heldout"), pair("")])
    store.add_event(Done("dataset", {}))
    store.add_event(Note("train", "SmolLM2-135M, because this machine has no GPU: it trains in minutes on a CPU."))
    for number, loss in ((1, 1.99), (72, 0.21)):
        store.add_event(Step("train", number, 72, number / 24, loss, 7e-4, 1840.0, 0.0))
    store.add_event(Done("train", {"seconds": 520.0, "adapter_bytes": 9_400_000}))
    (store.folder / "adapter").mkdir()
    (store.folder / "adapter" / "adapter_config.json").write_text("{}")
    for stage in ("dataset", "train"):
        store.set(**{f"status_{stage}": {"state": "done", "at": 0.0, "template": "", "values": {}, "pid": 1}})

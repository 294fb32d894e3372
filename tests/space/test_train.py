"""The Train tab over real stores: other runs beside this one's, the memory before the start, what is learned, the summary."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import LOCAL_VISITOR, TrainConfig
from pipeline.records import Done, HeldOut, JudgedPair, Note, Pair, Step, Verdict
from pipeline.store import Store
from pipeline.student.bases import EMBEDDED
from space import runs, trainings
from space.i18n import Words
from space.page import Seen
from space.scene import Scene, Session
from space.tabs import compare, learned, memory, schema, train
from tests.space.pages import built_page
from tests.tiny import make_base

ROOT = Path(__file__).parents[2]
DDL = "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT);"
PAIRS = ("How many?", "en", "train"), ("幾つ？", "ja", "train"), ("Which?", "en", "heldout")
RESULT = {
    "base": EMBEDDED, "seconds": 520.0, "adapter_bytes": 9_400_000, "hardware": "EPYC, 2 cores", "kept_step": 72,
    "early": False, "peak_bytes": 1_840_000_000, "shared": True,
}  # fmt: skip


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SQL_DISTILLERY_HOME", str(tmp_path))
    monkeypatch.setenv("SQL_DISTILLERY_CACHE", str(tmp_path / ".cache"))
    monkeypatch.setattr(train, "has_gpu", lambda: False)
    monkeypatch.setattr(memory, "has_gpu", lambda: False)
    return tmp_path


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny base's folder."""
    folder = tmp_path_factory.mktemp("base")
    make_base(folder)
    return folder


def scene_of(session: Session, language: str = "en") -> Scene:
    return Scene(session, Words(language))


def trained(
    visitor: str = LOCAL_VISITOR, upto: int = 72, sql: str = "SELECT COUNT(*) FROM t", **result: Any
) -> Session:
    """A visitor's session with a run that has pairs and a training of `upto` of 72 steps."""
    session = Session(visitor=visitor)
    schema.read_text(scene_of(session), "own", DDL, "auto")
    scene = scene_of(session)
    store = scene.need()
    store.add_pairs([
        JudgedPair(Pair(question, sql, language), Verdict(True), question, "one-table", split, {"databases": 6})
        for question, language, split in PAIRS
    ])  # fmt: skip
    store.set(training=asdict(TrainConfig()))
    for number in range(1, upto + 1):
        store.add_event(Step("train", number, 72, number / 9, 2 - number / 40, 7e-4, 1840.0, 0.0))
        if number % 36 == 0:
            store.add_event(HeldOut("train", number, 72, 0.5, number // 4, 24, True))
    if upto == 72:
        store.add_event(Done("train", RESULT | {"settings": asdict(TrainConfig())} | result))
        store.set(status_train={"state": "done", "at": 0.0, "template": "", "values": {}, "pid": 1})
    scene.close()
    return session


def said(session: Session, language: str = "en") -> str:
    updates = str(built_page()[0].redraw(session, language, Seen()))
    return re.sub("<[^>]+>", "", updates)


def test_the_page_tells_of_a_finished_training_all_that_is_known() -> None:
    session = trained()
    told = said(session)
    assert "Trained in 8 min 40 s. Loss 1.98 → 0.20. Saved: adapter, 9.4 MB. At most 1.8 GB of memory." in told
    assert "18 of 24 held-out questions right at step 72, rows equal on 6 databases" in told
    assert "computed anew for each pair" not in told and "computed anew" in said(trained(shared=False))
    assert "24問中18問正解" in said(session, "ja") and "1.8 GB" in said(session, "ja")


def test_notes_of_a_training_are_shown_whatever_their_level() -> None:
    session = trained(upto=5)
    scene = scene_of(session)
    plain = "This base cannot share the schema between pairs, so it is trained plainly and slower."
    scene.need().add_event(Note("train", plain, level="warning"))
    assert plain in said(session)


def test_only_the_visitors_own_other_trainings_can_be_laid_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACE_ID", "somebody/space")
    mine, second, strangers = trained("me"), trained("me", upto=30), trained("you")
    untrained = Session(visitor="me")
    schema.read_text(scene_of(untrained), "own", DDL, "auto")
    choice = compare._choice(scene_of(mine))
    assert choice == {"choices": [second.run], "visible": True}
    compare.choose(
        scene_of(mine), [strangers.run, second.run, mine.run, "../x", runs.RECORDED, untrained.run, second.run]
    )
    assert [each.run for each in compare.chosen(scene_of(mine))] == [second.run]
    assert strangers.run not in str(built_page()[0].redraw(mine, "en", Seen()))
    told = said(mine)
    assert f"{second.run}: loss from" not in told and second.run in told and "30 / 72" in told


def test_without_other_trainings_nothing_is_offered() -> None:
    session = trained()
    assert compare._choice(scene_of(session)) == {"choices": [], "visible": False}
    assert compare._table(scene_of(session)) == ""


def test_another_runs_training_is_read_again_when_it_went_on() -> None:
    session = trained(upto=30)
    found = trainings.of_run(session.run, LOCAL_VISITOR)
    assert found and trainings.of_run(session.run, LOCAL_VISITOR) is found
    store = Store.open(runs.home() / session.run)
    store.add_event(Step("train", 31, 72, 3.5, 0.9, 7e-4, 1840.0, 0.0))
    newer = trainings.of_run(session.run, LOCAL_VISITOR)
    assert newer and len(newer.steps) == 31


def test_another_run_on_the_page_begins_without_others_over_it() -> None:
    session = trained()
    session.compared = ("own-09",)
    assert train._reload(session)[-1] == [] and session.compared == ()


def test_the_memory_is_told_before_the_start_where_the_bases_shape_is_known() -> None:
    session = trained()
    line = str(memory.line(scene_of(session)))
    parts = [float(each) for each in re.findall(r"\d+\.\d", line)]
    assert "of memory" in line and parts[0] == pytest.approx(sum(parts[1:]), abs=0.21) and parts[1] == 0.5
    session.train = TrainConfig(base="Qwen/Qwen3-0.6B")
    assert float(re.findall(r"\d+\.\d", memory.line(scene_of(session)))[0]) > parts[0]
    session.train = TrainConfig(base="somebody/unknown")
    assert memory.line(scene_of(session)) == ""
    assert memory.line(scene_of(Session())) == ""


def test_four_bit_is_advised_only_where_a_card_is_known_to_be_too_small(monkeypatch: pytest.MonkeyPatch) -> None:
    session = trained()
    session.train = TrainConfig(base="defog/sqlcoder-7b-2")
    monkeypatch.setattr(memory, "has_gpu", lambda: True)
    told = []
    for card in (None, 80_000_000_000, 8_000_000_000):
        monkeypatch.setattr(memory, "card_bytes", lambda card=card: card)
        told.append("The card here has 8 GB" in memory.line(scene_of(session)))
    assert told == [False, False, True]
    session.train = TrainConfig(base="defog/sqlcoder-7b-2", four_bit=True)
    assert "tick" not in memory.line(scene_of(session))


def test_what_is_learned_is_read_only_when_it_is_unfolded_and_marked_for_both_languages(bases: Path) -> None:
    session = trained()
    session.train = TrainConfig(base=str(bases))
    assert learned._shown(scene_of(session)) == "" and learned._fold(scene_of(session))["open"] is False
    pauses = learned.look(scene_of(session))
    next(pauses)
    assert "Reading the base" in learned._shown(scene_of(session))
    assert list(pauses) == []
    shown = learned._shown(scene_of(session))
    assert "How many?" in shown and "幾つ？" in shown and shown.count("<mark>SELECT COUNT(*) FROM t") == 2
    assert learned._fold(scene_of(session))["open"] is True
    assert list(learned.look(scene_of(session))) == [], "the second time nothing is read"
    session.train = TrainConfig(base="another/base")
    assert learned._fold(scene_of(session))["open"] is False, "what it shows is of another base"


def test_a_base_that_is_not_here_is_told_of_and_looked_for_again(bases: Path) -> None:
    session = trained()
    session.train = TrainConfig(base="somebody/far-away")
    list(learned.look(scene_of(session)))
    assert "shown once the base has been fetched" in learned._shown(scene_of(session))
    assert len(list(learned.look(scene_of(session)))) == 1


def test_a_refusal_is_shown_as_its_one_line(bases: Path) -> None:
    session = trained(sql="")
    session.train = TrainConfig(base=str(bases))
    list(learned.look(scene_of(session)))
    assert "No token of these pairs carries loss" in learned._shown(scene_of(session))
    assert "学習するトークンがありません" in learned._shown(scene_of(session, "ja"))


def test_two_pairs_are_shown_one_of_each_language_where_there_are_both() -> None:
    english, japanese = [Pair(f"q{n}", "SELECT 1") for n in range(3)], Pair("幾つ？", "SELECT 1", "ja")
    assert learned.two_of([*english, japanese]) == [english[0], japanese]
    assert learned.two_of(english) == english[:2] and learned.two_of([japanese]) == [japanese]


def test_drawing_the_tab_of_a_trained_run_loads_no_heavy_library(home: Path) -> None:
    session = trained()
    code = (
        "import sys\nfrom space.page import Seen\nfrom space.scene import Session\n"
        "from tests.space.pages import built_page\n"
        f"said = str(built_page()[0].redraw(Session(visitor='local', run={session.run!r}), 'en', Seen()))\n"
        "assert 'of memory' in said and 'held-out questions right' in said\n"
        "heavy = {'torch', 'transformers', 'peft', 'trl'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr

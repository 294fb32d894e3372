"""The Dataset tab's own promises: the key stays in the click, a pair opens and is changed, and pictures say what lacks."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline import run
from pipeline.config import DatasetConfig
from pipeline.database.ddl import parse_schema
from pipeline.dataset.coverage import coverage
from pipeline.errors import UserError
from pipeline.records import JudgedPair, Pair, Spent, Verdict
from pipeline.store import Store
from space import jobs
from space.i18n import Words
from space.scene import Scene, Session
from space.tabs import dataset, pairs
from space.tabs.claude import first_teacher, known_key
from space.view import coverage as covered
from space.view import dataset as listed
from space.view import pair as opened
from tests.claude_server import KEY, ClaudeServer
from tests.space.pages import built_page

EN, JA = Words("en"), Words("ja")
EVIL = '<img src=x onerror="alert(1)"> ${1+1} {{value}} {0} {name}'
HAIKU = DatasetConfig.model
TEXTS = [
    ("How many customers are there?", "SELECT COUNT(*) FROM customers"),
    ("names of all stores", "SELECT name FROM stores"),
    ("average salary", "SELECT AVG(salary) FROM employees"),
    ("ages of customers", "SELECT age FROM customers"),
]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the shop with a few pairs, to be copied."""
    store = Store.create(tmp_path_factory.mktemp("written") / "shop-01")
    list(run.read_example(store, "shop"))
    lines = [json.dumps({"instruction": question, "output": sql}) for question, sql in TEXTS]
    list(run.write_dataset(store, DatasetConfig(teacher="pasted", heldout_share=0.3), "\n".join(lines)))
    store.close()
    return store.folder


@pytest.fixture
def session(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.setenv("SQL_DISTILLERY_HOME", str(tmp_path))
    shutil.copytree(written, tmp_path / "shop-01")
    return Session(visitor="local", run="shop-01")


@pytest.fixture
def scene(session: Session) -> Iterator[Scene]:
    scene = Scene(session, EN)
    yield scene
    scene.close()


def again(scene: Scene) -> Scene:
    """The next look at the run."""
    return Scene(scene.session, scene.words)


def number_of(scene: Scene, question: str) -> int:
    return next(each.id for each in scene.pairs if each.pair.question == question)


def panel(scene: Scene) -> str:
    return re.sub("<[^>]+>", " ", str(pairs._pair(again(scene))))


# The key


def test_the_key_reaches_claude_and_nothing_else(scene: Scene, server: ClaudeServer) -> None:
    dataset.write_pairs(scene, "", f" {KEY} ", "claude", 20, ["en"], HAIKU, 1)
    folder = scene.need().folder
    assert jobs.wait(folder, "dataset", 60)
    assert server.calls and again(scene).kept >= 20
    assert KEY not in repr(scene.session)
    assert not [file for file in folder.rglob("*") if file.is_file() and KEY.encode() in file.read_bytes()]


@pytest.mark.parametrize(
    ("name", "buttons"),
    [("key", {"write-pairs", "cancel-batch", "ask-again", "extend-make"}), ("opinion-key", {"ask-again"})],
)
def test_no_event_puts_a_key_out_and_only_buttons_take_it_in(name: str, buttons: set[str]) -> None:
    page, app = built_page()
    field = next(block for block in app.blocks.values() if getattr(block, "elem_id", "") == name)
    assert field.type == "password" and field.value is None
    readers = [target for event in app.fns.values() if field in event.inputs for target in event.targets]
    assert {(app.blocks[number].elem_id, event) for number, event in readers} == {(each, "click") for each in buttons}
    key = next(number for number, piece in enumerate(page.pieces) if getattr(piece.component, "elem_id", "") == name)
    update = page.pieces[key]
    assert update.draw is None and "value" not in update.texts


def test_the_key_of_the_owner_is_used_at_home_and_never_on_a_space(
    scene: Scene, server: ClaudeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (first_teacher(), known_key()) == ("offline", "")
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    assert (first_teacher(), known_key()) == ("claude", KEY)
    monkeypatch.setenv("SPACE_ID", "someone/space")
    assert (first_teacher(), known_key()) == ("offline", "")
    with pytest.raises(UserError, match="no key for Claude"):
        dataset.write_pairs(scene, "", "", "claude", 20, ["en"], HAIKU, 1)
    assert server.calls == [] and not scene.busy("dataset")


# Estimate and meter


def test_the_estimate_is_told_without_asking_anybody(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: Any) -> None:
        raise AssertionError("the page asked the network")

    monkeypatch.setattr("socket.socket.connect", nobody)
    assert dataset._estimate(scene) == ""
    dataset.choose(scene, "claude", 480, ["en", "ja"], HAIKU, 0.5)
    said = re.sub("<[^>]+>", "", dataset._estimate(scene))
    assert re.fullmatch(r"About \$0\.\d\d for 480 pairs\. Stops before \$0\.50\.", said)
    scene.words = JA
    assert "480件で約$0." in re.sub("<[^>]+>", "", dataset._estimate(scene))


def test_settings_that_cannot_be_asked_for_are_refused_and_not_kept(scene: Scene) -> None:
    with pytest.raises(UserError, match="cap"):
        dataset.choose(scene, "claude", 480, ["en"], HAIKU, 0)
    assert (scene.session.teacher, scene.session.max_dollars) == ("claude", DatasetConfig.max_dollars)
    assert dataset._estimate(scene)


def test_a_finished_run_tells_what_it_cost_and_took(scene: Scene) -> None:
    said = re.sub("<[^>]+>", "", dataset._summary(scene))
    assert re.search(r"3 of 4 pairs kept: \d to train, \d held out by SQL pattern\. Took \d+ s\.", said)
    scene.need().add_event(Spent("dataset", 0.062, 1.0, 40, 480))
    assert "$0.06 spent in" in dataset._summary(again(scene))


# The open pair


def test_a_row_opens_its_pair_and_closes_it_again(scene: Scene) -> None:
    number = number_of(scene, "average salary")
    pairs.pick(scene, f"{number} 1234")
    assert "average salary" in panel(scene) and "Ran on 6 test databases" in panel(scene)
    assert f'<tr class="kept picked" data-pair="{number}">' in pairs._table(again(scene))
    pairs.pick(scene, f"{number} 1235")
    assert scene.session.pair == 0 and panel(scene) == ""
    for nonsense in ("", "x", "9" * 40, "-1", "12345"):
        pairs.pick(scene, nonsense)
        assert panel(scene) == ""


def test_dropping_and_keeping_move_a_pair_between_the_lists(scene: Scene) -> None:
    pairs.pick(scene, str(number_of(scene, "average salary")))
    pairs.drop_pair(scene)
    assert "Dropped by hand" in panel(scene) and again(scene).kept == 2
    pairs.keep_pair(again(scene))
    assert "Dropped" not in panel(scene) and again(scene).kept == 3
    pairs.pick(scene, str(number_of(scene, "ages of customers")))
    assert "Unknown table or column" in panel(scene)
    with pytest.raises(UserError, match="no column age"):
        pairs.keep_pair(again(scene))


def test_an_edit_is_proved_and_a_refused_one_says_why_and_stays_open(scene: Scene) -> None:
    session = scene.session
    pairs.pick(scene, str(number_of(scene, "average salary")))
    pairs.begin_edit(scene)
    assert pairs.texts_of(session) == ["average salary", "SELECT AVG(salary) FROM employees"]
    list(pairs.prove_pair(again(scene), "average salary", "SELECT AVG(pay) FROM employees"))
    assert session.editing and "Not proved: Unknown table or column." in panel(scene) and "pay" in panel(scene)
    list(pairs.prove_pair(again(scene), "highest salary", "SELECT MAX(salary) FROM employees"))
    assert not session.editing and "highest salary" in panel(scene)
    assert "Edited by hand. It came as “average salary”." in panel(scene)


def test_while_an_edit_is_proved_the_panel_says_so_and_an_error_ends_that(scene: Scene) -> None:
    pairs.pick(scene, "12345")
    work = pairs.prove_pair(scene, "a", "SELECT 1")
    next(work)
    assert scene.session.proving
    with pytest.raises(UserError, match="no longer there"):
        next(work)
    assert not scene.session.proving


# Pictures


def test_nothing_of_a_pair_becomes_markup() -> None:
    pair = Pair(EVIL, EVIL, "en")
    certificate = {"databases": 4, "rows": [1, None], "was": [EVIL, EVIL]}
    judged = JudgedPair(pair, Verdict(False, EVIL, EVIL), EVIL, EVIL, certificate=certificate)
    schema = parse_schema('CREATE TABLE "<img src=x onerror=alert(1)>" (id INTEGER PRIMARY KEY, "<b onload=x>" TEXT);')
    drawn = [
        opened.pair(judged, EN),
        opened.refused(judged, EN),
        opened.problem(EVIL),
        listed.pairs_table([listed.Row(EVIL, EVIL, False, EVIL, EVIL, id=3)], EN),
        covered.coverage(coverage([EVIL], schema), EN),
    ]
    for markup in drawn:
        assert "<img" not in markup and "<b onload" not in markup and "&lt;" in markup


def test_a_certificate_is_told_in_words() -> None:
    def told(words: Words = EN, **certificate: Any) -> str:
        return " ".join(opened.certificate(JudgedPair(Pair("q", "s"), Verdict(True), certificate=certificate), words))

    assert told(databases=4, rows=[3, 5, None, 0]).startswith("Ran on 4 test databases (3, 5, –, 0 rows)")
    assert "made for this query" in told(databases=2, rows=[1, 2], own=True)
    assert "Kept by hand" in told(databases=2, rows=[1, 2], own=True, by_hand=True)
    assert "手動で採用" in told(JA, databases=2, rows=[1, 2], by_hand=True)
    assert told() == ""


def test_the_coverage_names_what_no_pair_uses() -> None:
    schema = parse_schema(
        "CREATE TABLE stores (id INTEGER PRIMARY KEY, name TEXT, opened_on DATE); CREATE TABLE notes (id INTEGER, text TEXT);"
    )
    drawn = covered.coverage(coverage(["SELECT name FROM stores WHERE id > 3"] * 2, schema), EN)
    said = re.sub("<[^>]+>", "", str(covered.missing(coverage(["SELECT name, id FROM stores"], schema), EN)))
    assert said.startswith("No pair uses notes, stores.opened_on, COUNT,") and said.endswith("more.")
    assert 'aria-label="stores: 2 pairs use it, 2 of 3 columns"' in drawn
    assert "What 2 kept pairs use" in drawn
    assert "Every clause, table and column is used." not in drawn


def test_a_schema_of_many_tables_shows_the_least_used() -> None:
    schema = parse_schema("".join(f"CREATE TABLE t{n} (id INTEGER PRIMARY KEY);" for n in range(30)))
    queries = [f"SELECT id FROM t{n}" for n in range(0, 30, 2)]
    drawn = covered.coverage(coverage(queries, schema), EN)
    assert drawn.count('class="table') == covered.MOST_TABLES and "16 tables that more pairs use" in drawn
    assert ">t1<" in drawn and ">t0<" not in drawn


def test_the_search_finds_results_and_levels_too() -> None:
    rows = [listed.Row("a", "s", True, level="nested", split="heldout"), listed.Row("b", "s", False, "near-duplicate")]
    assert listed.chosen(rows, "all", "held out", EN) == rows[:1]
    assert listed.chosen(rows, "all", "ほぼ同じ", JA) == rows[1:]


def test_two_thousand_pairs_are_drawn_fast_enough_for_a_tick(session: Session) -> None:
    scene = Scene(session, EN)
    scene.need().add_pairs(
        JudgedPair(Pair(f"How many of {n}?", f"SELECT COUNT(*) FROM orders WHERE order_id > {n}"), Verdict(True),
                   "t", "one-table", "train", {"databases": 4, "rows": [1, 2, 3, 4]})
        for n in range(2000)
    )  # fmt: skip

    def draw() -> float:
        started, fresh = time.process_time(), again(scene)
        for part in (dataset._summary, dataset._picture, dataset._coverage, pairs._table):
            assert part(fresh)
        fresh.close()
        return time.process_time() - started

    draw()  # what a query uses is read once
    assert draw() < 0.8  # 0.1 s on one core of a quiet machine

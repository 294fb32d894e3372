"""A question on the page: both models in turn, stopping, waiting in line, and the history that stays."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import run
from pipeline.errors import UserError
from pipeline.store import Store
from pipeline.store.asked import MOST_ASKED
from space import runs
from space.asking import Talk, beats, converse, usual_wait
from space.examples import examples
from space.i18n import Words
from space.scene import Scene, Session
from space.tabs import ask

DDL = "CREATE TABLE pets (id INTEGER PRIMARY KEY, name TEXT);"
COUNT = "SELECT COUNT(*) AS n FROM pets"
SAYS = {True: COUNT, False: "SELECT COUNT(*) FROM animals"}


def writer(
    folder: Path, base: str, schema_text: str, question: str, tuned: bool, max_new_tokens: int = 160
) -> Iterator[str]:
    """In the place of a model: one word at a time."""
    yield ""
    words = SAYS[tuned].split(" ")
    for count in range(1, len(words) + 1):
        yield " ".join(words[:count])


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("SQL_DISTILLERY_HOME", str(tmp_path))
    store = Store.create(tmp_path / "pets-01")
    list(run.read_schema(store, DDL, name="pets"))
    yield store
    store.close()


def scene() -> Scene:
    return Scene(Session(visitor="local", run="pets-01"), Words("en"))


def test_both_models_answer_one_after_the_other(store: Store) -> None:
    talk = Talk("How many pets?", ("tuned", "base"))
    for _ in converse(talk, store, run.database_to_ask(store), writer):
        assert talk.writing == ("base" if "tuned" in talk.answers else "tuned")
    assert not talk.busy
    assert talk.answers["tuned"].sql == COUNT and talk.answers["tuned"].rows
    assert talk.answers["base"].unknown == ("animals",)
    assert talk.own == talk.answers["tuned"]


def test_what_was_written_when_it_was_stopped_stays_and_the_base_is_not_asked(store: Store) -> None:
    closed = threading.Event()

    def endless(*_: object) -> Iterator[str]:
        text = ""
        try:
            while True:
                yield text
                time.sleep(0.02)
                text += "SELECT "
        finally:
            closed.set()

    talk = Talk("How many pets?", ("tuned", "base"))
    for _ in converse(talk, store, run.database_to_ask(store), endless):
        talk.stopping = "SELECT" in talk.text
    assert talk.answers["tuned"].stopped and talk.answers["tuned"].sql.startswith("SELECT")
    assert list(talk.answers) == ["tuned"] and not talk.busy
    assert closed.wait(5)
    assert store.asked() == []


def test_a_model_that_says_nothing_for_long_can_be_stopped_too(store: Store) -> None:
    loaded = threading.Event()

    def slow(*_: object) -> Iterator[str]:
        loaded.wait(20)
        yield ""

    talk, started = Talk("How many pets?", ("tuned",)), time.monotonic()
    for _ in converse(talk, store, run.database_to_ask(store), slow):
        talk.stopping = True
    loaded.set()
    assert time.monotonic() - started < 10 and talk.answers["tuned"].stopped


def test_a_second_visitor_sees_how_many_come_first_and_then_has_a_turn(store: Store) -> None:
    file = run.database_to_ask(store)
    first, second = Talk("a?", ("tuned",)), Talk("b?", ("tuned",))
    one, two = converse(first, store, file, writer), converse(second, store, file, writer)
    next(one)
    next(two)
    assert (first.ahead, second.ahead, second.busy) == (0, 1, True)
    list(one)
    list(two)
    assert second.ahead == 0 and second.answers["tuned"].rows


def test_who_leaves_the_line_is_not_waited_for(store: Store) -> None:
    file = run.database_to_ask(store)
    first, second = Talk("a?", ("tuned",)), Talk("b?", ("tuned",))
    one, two = converse(first, store, file, writer), converse(second, store, file, writer)
    next(one)
    next(two)
    one.close()  # type: ignore[attr-defined]  # as when the browser's tab is closed
    list(two)
    assert second.answers["tuned"].rows and not first.busy


def test_an_error_of_the_model_reaches_the_page_and_frees_the_line(store: Store) -> None:
    def broken(*_: object) -> Iterator[str]:
        raise UserError("There is no model.")
        yield ""

    file = run.database_to_ask(store)
    with pytest.raises(UserError, match="no model"):
        list(converse(Talk("a?", ("tuned",)), store, file, broken))
    talk = Talk("b?", ("tuned",))
    list(converse(talk, store, file, writer))
    assert talk.answers["tuned"].rows


def test_a_silent_iterator_beats() -> None:
    def slow() -> Iterator[int]:
        time.sleep(0.2)
        yield 7

    seen = list(beats(slow(), 0.05))  # type: ignore[arg-type]
    assert seen[-1] == 7 and seen[0] is None


def test_the_history_survives_and_belongs_to_the_visitor(store: Store) -> None:
    list(converse(Talk("How many pets?", ("tuned", "base")), store, run.database_to_ask(store), writer))
    again = Store.open(store.folder)
    [asked] = again.asked()
    assert asked["question"] == "How many pets?" and [each["sql"] for each in asked["answers"]] == list(SAYS.values())
    assert asked["answers"][0]["rows"] == 1 and asked["answers"][1]["error"]["values"]["detail"] == "animals"
    with pytest.raises(UserError):
        Store.open(store.folder, "somebody-else")
    assert Scene(Session(visitor="somebody-else", run="pets-01"), Words("en")).store is None


def test_only_the_last_hundred_questions_are_kept(store: Store) -> None:
    rows = [store.keep_asked(f"q{number}", [{"model": "base"}]) for number in range(MOST_ASKED + 5)]
    store.keep_asked("again", [{"model": "base"}], rows[-1])
    kept = store.asked()
    assert len(kept) == MOST_ASKED and (kept[0]["question"], kept[-1]["question"]) == ("again", "q5")


def test_a_run_from_before_there_was_a_history_gets_one(store: Store) -> None:
    store._db["asked"].drop()
    store.close()
    assert Store.open(store.folder).asked() == []


def test_an_earlier_question_is_shown_again_without_a_model(store: Store) -> None:
    list(converse(Talk("How many pets?", ("tuned", "base")), store, run.database_to_ask(store), writer))
    page = scene()
    ask.show_again(page, store.asked()[0]["id"], "")
    talk = page.session.talk
    assert talk.question == "How many pets?" and talk.own and talk.own.rows and talk.own.model == "tuned"
    assert talk.answers["base"].unknown == ("animals",)
    ask.show_again(page, 999, "")
    assert page.session.talk is talk


def test_edited_sql_takes_the_first_column_and_the_answer_comes_back_with_its_question(store: Store) -> None:
    page = scene()
    with pytest.raises(UserError, match="Ask a question first"):
        ask.run_again(page, COUNT)
    page.session.talk = Talk("How many pets?", ("base",))
    ask.run_again(page, "SELECT name FROM pets LIMIT 1")
    own = page.session.talk.own
    assert own and own.model == "yours" and own.rows and len(own.rows.rows) == 1


def test_the_editor_is_filled_once_for_each_answer(store: Store) -> None:
    page = scene()
    page.session.talk = talk = Talk("How many pets?", ("tuned",))
    list(converse(talk, store, run.database_to_ask(store), writer))
    assert ask._sql(page) == {"value": COUNT}
    assert ask._sql(page) == {}


def test_another_database_is_asked_at_once(store: Store) -> None:
    page = scene()
    page.session.talk = talk = Talk("How many pets?", ("tuned",))
    list(converse(talk, store, run.database_to_ask(store), writer))
    before = talk.answers["tuned"].rows
    ask.choose_database(page, "test-2")
    after = talk.answers["tuned"].rows
    assert page.session.database == "test-2" and before and after and before.rows != after.rows


def test_an_upload_that_is_no_database_is_refused_and_the_old_one_stays(store: Store, tmp_path: Path) -> None:
    page, file = scene(), tmp_path / "notes.txt"
    file.write_text("not a database")
    with pytest.raises(UserError, match="is not a SQLite database"):
        ask.keep_database(page, str(file))
    assert page.session.database == "" and "ask" not in page.session.uploads


def test_the_wait_for_a_model_is_told_as_it_was_measured(store: Store) -> None:
    assert usual_wait(store) > 0
    store.keep_asked("q", [{"waited": 31.5}])
    assert usual_wait(store) == 31.5
    list(converse(Talk("How many pets?", ("tuned",)), store, run.database_to_ask(store), writer))
    assert usual_wait(store) == 0


def test_an_adapter_that_cannot_be_had_leaves_no_run_behind(store: Store, tmp_path: Path) -> None:
    page, before = scene(), runs.earlier_runs("local")
    with pytest.raises(UserError):
        list(ask.load_adapter(page, str(tmp_path / "nothing")))
    with pytest.raises(UserError, match="has no name"):
        list(ask.load_adapter(page, "  "))
    assert runs.earlier_runs("local") == before and page.session.run == "pets-01"
    assert page.session.fetching == ("", 0.0)


def test_the_examples_are_questions_the_model_answered_rightly_and_unlike_each_other(store: Store) -> None:
    rows = [
        ("How many?", COUNT, True), ("Which?", "SELECT name FROM pets", True), ("Wrong", COUNT, False),
        ("Per name?", "SELECT 1 GROUP BY 1", True), ("何匹いますか？", COUNT, True), ("Long " * 20, COUNT, True),
        ("phone of 田中 さくら", "SELECT name FROM pets", True),
    ]  # fmt: skip
    for number, (question, gold, right) in enumerate(rows):
        store.save_answer("tuned", number, {"question": question, "gold": gold, "right": right})
    assert examples(scene()) == ["Per name?", "How many?", "Which?"]
    assert examples(Scene(Session(visitor="local", run="pets-01"), Words("ja"))) == ["何匹いますか？"]

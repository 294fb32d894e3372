"""The evaluate stage on a run with a tiny tuned model: what is asked, what is kept, what makes it untrue."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from pipeline import run
from pipeline.config import EvaluateConfig
from pipeline.errors import UserError
from pipeline.evaluation.evaluate import evaluate_run
from pipeline.records import Answered, Done, Event, Note
from pipeline.store import Store
from pipeline.student.model import load_student
from tests.parrot import LESSONS, lesson, parrot_base

COUNT = "SELECT COUNT(*) FROM sales"
TAUGHT = ("How many sales?", "number of sales", "count sales", "all sales")
HELD_OUT = ("how many sales?", "Number of Sales", "count of sales", "all the sales")
SHORT = EvaluateConfig(max_new_tokens=12, batch=2)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run whose model answers one query, with four held-out questions for it and one that has no answer."""
    base = parrot_base(tmp_path_factory.mktemp("models") / "parrot", [COUNT])
    store = Store.create(tmp_path_factory.mktemp("runs") / "sales")
    list(run.read_example(store, "sales"))
    empty = lesson("SELECT price FROM sales WHERE price < 1 AND price > 2", "impossible sales", split="heldout")
    store.replace_pairs(lesson(COUNT, *TAUGHT) + empty + lesson(COUNT, *HELD_OUT, split="heldout"))
    list(run.train(store, replace(LESSONS, base=str(base))))
    store.close()
    return store.folder


@pytest.fixture
def store(trained: Path, tmp_path: Path) -> Store:
    """A copy of the trained run."""
    shutil.copytree(trained, tmp_path / "run")
    return Store.open(tmp_path / "run")


@pytest.fixture
def others(tmp_path: Path) -> tuple[Path, Path]:
    """Two questions of other people, one of them with the wrong gold, and their database of three rows."""
    lines = [{"instruction": "How many sales?", "output": COUNT},
             {"instruction": "count sales", "output": "SELECT COUNT(*) + 1 FROM sales"}]  # fmt: skip
    (tmp_path / "questions.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with closing(sqlite3.connect(tmp_path / "three.sqlite")) as connection, connection:
        connection.execute("CREATE TABLE sales (transaction_id INTEGER, product_name TEXT, price REAL, sale_date TEXT)")
        connection.executemany("INSERT INTO sales VALUES (?, 'pen', 2.5, '2025-01-01')", [(1,), (2,), (3,)])
    return tmp_path / "questions.jsonl", tmp_path / "three.sqlite"


def reported(store: Store) -> dict[str, Any]:
    """The scores in the run's report."""
    report = json.loads((store.folder / "report.json").read_text())
    return {model: report[model] for model in ("base", "tuned") if model in report}


def result(events: Iterator[Event]) -> dict[str, Any]:
    last = list(events)[-1]
    assert isinstance(last, Done)
    return last.result


def test_base_and_tuned_answer_the_held_out_questions(store: Store) -> None:
    events = list(run.evaluate(store, SHORT))
    scores = store.scores()
    assert {model: (s.accuracy, s.n, s.excluded, s.databases) for model, s in scores.items()} == {
        "base": (0.0, 4, 1, 6), "tuned": (1.0, 4, 1, 6),
    }  # fmt: skip
    assert scores["tuned"].low == pytest.approx(0.5101, abs=1e-4) and scores["tuned"].high == 1
    assert [event.values for event in events if isinstance(event, Note)] == [{"n": 1}]
    answered = [event for event in events if isinstance(event, Answered)]
    assert [event.model for event in answered] == ["base"] * 4 + ["tuned"] * 4
    assert {event.question for event in answered} == set(HELD_OUT)
    assert store.answers("tuned")[0].keys() >= {"number", "question", "gold", "sql", "right", "failure"}


def test_the_base_answers_as_if_there_were_no_adapter(store: Store, tmp_path: Path) -> None:
    list(run.evaluate(store, SHORT))
    told = {answer["question"]: answer["sql"] for answer in store.answers("base")}
    alone = load_student(tmp_path / "no-run", store.get("base"))
    assert not alone.has_adapter
    texts = alone.write(run.schema_of(store).to_prompt(), HELD_OUT, tuned=False, max_new_tokens=12)
    from pipeline.database.sql import extract_sql

    assert told == {question: extract_sql(text) or "" for question, text in zip(HELD_OUT, texts, strict=True)}


def test_the_base_may_be_left_out(store: Store) -> None:
    assert result(run.evaluate(store, replace(SHORT, base_too=False))).keys() == {"tuned"}


def test_the_base_alone_is_scored_before_anything_is_trained(store: Store) -> None:
    shutil.rmtree(store.folder / "adapter")
    assert result(run.evaluate(store, SHORT)).keys() == {"base"}
    with pytest.raises(UserError, match="no tuned model to score"):
        result(run.evaluate(store, replace(SHORT, base_too=False)))


def test_other_peoples_questions_run_on_their_database(store: Store, others: tuple[Path, Path]) -> None:
    told = result(run.evaluate(store, SHORT, *others))
    assert (told["tuned"]["accuracy"], told["tuned"]["n"], told["tuned"]["databases"]) == (0.5, 2, 1)
    assert [answer["failure"] for answer in store.answers("tuned")] == ["", "wrong-rows"]
    assert store.get("scored_on") == {"questions": "questions.jsonl", "database": "three.sqlite"}


def test_unreadable_lines_of_other_peoples_questions_are_told(store: Store, others: tuple[Path, Path]) -> None:
    with others[0].open("a") as file:
        file.write('\n{"instruction": "and?"}\n')
    events = list(run.evaluate(store, SHORT, *others))
    assert ["could not be read" in event.template for event in events if isinstance(event, Note)] == [True]


def test_scores_of_other_questions_take_the_place_of_the_old_ones(store: Store, others: tuple[Path, Path]) -> None:
    list(run.evaluate(store, SHORT))
    told = result(run.evaluate(store, replace(SHORT, base_too=False), *others))
    assert told.keys() == {"tuned"} == store.scores().keys()  # a base scored on something else is no comparison
    assert store.answers("base") == []
    assert reported(store) == told


def test_what_cannot_be_scored_leaves_the_scores_of_before(store: Store, others: tuple[Path, Path]) -> None:
    before = result(run.evaluate(store, SHORT))
    others[0].write_text('{"instruction": "pets?", "output": "SELECT name FROM pets"}')
    with pytest.raises(UserError, match="None of the 1 questions"):
        result(run.evaluate(store, SHORT, *others))
    assert {model: asdict(score) for model, score in store.scores().items()} == before
    assert run.status(store, "evaluate").state == "failed"


def test_a_stopped_scoring_goes_on_and_the_report_follows(store: Store) -> None:
    seen: list[Event] = []
    for event in run.evaluate(store, SHORT, stop=lambda: len(seen) > 4):
        seen.append(event)
    assert isinstance(seen[-1], Done) and seen[-1].stopped
    half = store.scores()["base"]
    assert half.n == 2 and run.status(store, "evaluate").state == "stopped"
    assert reported(store) == {"base": asdict(half)} == seen[-1].result
    rest = list(run.evaluate(store, SHORT))
    asked = [(event.model, event.question) for event in [*seen, *rest] if isinstance(event, Answered)]
    assert len(asked) == len(set(asked)) == 8  # none was asked twice, none forgotten
    assert {model: score.n for model, score in store.scores().items()} == {"base": 4, "tuned": 4}
    assert [type(event) for event in run.evaluate(store, SHORT)].count(Answered) == 0


def test_a_score_lost_by_a_kill_is_made_from_the_answers(store: Store) -> None:
    before = result(run.evaluate(store, SHORT))
    kept = {model: store.answers(model) for model in before}
    store.forget_scores()
    for model, answers in kept.items():
        for answer in answers:
            store.save_answer(model, answer["number"], answer)
    events = list(run.evaluate(store, SHORT))
    assert not any(isinstance(event, Answered) for event in events)
    assert isinstance(events[-1], Done) and events[-1].result == before
    assert reported(store) == before


def test_another_adapter_is_asked_anew(store: Store) -> None:
    list(run.evaluate(store, SHORT))
    weights = store.folder / "adapter" / "adapter_model.safetensors"
    from safetensors.torch import load_file, save_file

    save_file({name: value * 0 for name, value in load_file(weights).items()}, weights, {"format": "pt"})
    events = list(run.evaluate(store, SHORT))
    assert sum(isinstance(event, Answered) for event in events) == 8
    assert store.scores()["tuned"].accuracy == 0


def test_other_rows_are_asked_anew(store: Store, others: tuple[Path, Path]) -> None:
    list(run.evaluate(store, SHORT, *others))
    with closing(sqlite3.connect(others[1])) as connection, connection:
        connection.execute("DELETE FROM sales WHERE transaction_id = 1")
    assert any(isinstance(event, Answered) for event in run.evaluate(store, SHORT, *others))


def test_only_the_first_questions_when_asked_for_few(store: Store) -> None:
    assert result(run.evaluate(store, replace(SHORT, limit=2, base_too=False)))["tuned"]["n"] == 1  # one has no answer
    with pytest.raises(UserError, match="limit of -1"):
        result(run.evaluate(store, replace(SHORT, limit=-1)))


def test_scoring_uses_other_databases_than_the_gate(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.config import InstanceConfig
    from pipeline.database.instances import build_instances
    from pipeline.evaluation import evaluate

    seen: list[InstanceConfig] = []

    def watched(*arguments: Any) -> list[Path]:
        seen.append(arguments[2])
        return build_instances(*arguments)

    monkeypatch.setattr(evaluate, "build_instances", watched)
    list(evaluate_run(store, run.schema_of(store), replace(SHORT, base_too=False), (None, None), lambda: False))
    assert seen[0].seed not in range(InstanceConfig().seed, InstanceConfig().seed + InstanceConfig().count + 1)


def test_the_models_may_be_asked_by_somebody_else(store: Store) -> None:
    calls: list[tuple[Path, str, list[str], bool, int]] = []

    def elsewhere(
        folder: Path, base: str, schema_text: str, questions: Sequence[str], tuned: bool, most: int
    ) -> list[str]:
        assert schema_text == run.schema_of(store).to_prompt()
        calls.append((folder, base, list(questions), tuned, most))
        return [COUNT if tuned else "SELECT profit FROM sales"] * len(questions)

    told = result(run.evaluate(store, SHORT, write=elsewhere))
    assert (told["base"]["accuracy"], told["tuned"]["accuracy"]) == (0, 1)
    assert {(folder, base, most) for folder, base, _, _, most in calls} == {(store.folder, store.get("base"), 12)}
    assert [(len(questions), tuned) for _, _, questions, tuned, _ in calls] == [(2, False)] * 2 + [(2, True)] * 2
    assert {(each["failure"], each["detail"]) for each in store.answers("base")} == {("unknown-name", "profit")}


def test_a_model_that_cannot_be_had_leaves_the_scores_of_before(store: Store, others: tuple[Path, Path]) -> None:
    before = result(run.evaluate(store, SHORT))

    def refuse(*_: Any) -> list[str]:
        raise UserError("The adapter does not fit the base {base}. Choose the base it was trained on.", base="x")

    with pytest.raises(UserError, match="does not fit"):
        result(run.evaluate(store, SHORT, *others, write=refuse))
    assert reported(store) == before and len(store.answers("tuned")) == 4
    assert result(run.evaluate(store, SHORT, write=refuse)) == before  # nobody has to be asked


def test_the_report_tells_the_whole_scoring(store: Store) -> None:
    list(run.evaluate(store, SHORT))
    report = json.loads((store.folder / "report.json").read_text())
    assert (report["schema"], report["base_model"], report["n"], report["excluded"]) == ("sales", "parrot", 4, 1)
    assert report["settings"] == {"decoding": "greedy", "max_new_tokens": 12, "limit": 0}
    assert report["paired"] == {"both": 0, "gained": 4, "lost": 0, "neither": 0, "p": 0.125, "verdict": "unproved"}
    assert report["by_table"]["sales"]["tuned"]["right"] == report["by_kind"]["tuned"]["right"] == 4
    assert {each["question"] for each in report["questions"]} == set(HELD_OUT)
    assert str(store.folder.parent) not in json.dumps(report)

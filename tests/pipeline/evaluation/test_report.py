"""The report of a store's answers: shares by level and table, kinds, the paired test; as JSON and as Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.database.ddl import parse_schema
from pipeline.evaluation.markdown import KIND_WORDS, LEVEL_WORDS, to_file, to_markdown
from pipeline.evaluation.report import LEVELS, Report, make_report, to_json
from pipeline.evaluation.scoring import EARLIER_KIND, KINDS
from pipeline.evaluation.statistics import wilson
from pipeline.records import Score
from pipeline.store import Store

SCHEMA = parse_schema(
    "CREATE TABLE Customers (id INTEGER PRIMARY KEY, name TEXT);"
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES Customers(id), total REAL);"
)
GOLDS = (
    "SELECT name FROM customers",
    "SELECT total FROM orders",
    "SELECT name, total FROM orders JOIN customers ON customers.id = customer_id",
    "SELECT name FROM CUSTOMERS WHERE id IN (SELECT customer_id FROM orders)",
)
BASE = ("", "no-sql", "does-not-parse", "error")
TUNED = ("", "", "unknown-name", "wrong-rows")


def fill(store: Store, model: str, kinds: Iterable[str], **extra: str) -> None:
    """Keep answers of these kinds and their score, as the evaluate stage does."""
    kept = list(kinds)
    for number, kind in enumerate(kept):
        body = {"number": number, "question": f"question {number}?", "gold": GOLDS[number], "sql": f"SELECT {number}",
                "right": not kind, "failure": kind, **extra}  # fmt: skip
        store.save_answer(model, number, body)
    right, n = kept.count(""), len(kept)
    store.save_score(Score(model, right / n, right / n, right / n, *wilson(right, n), n, 1, "a CPU, 2 cores", 4))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A run with four questions that both models have answered."""
    store = Store.create(tmp_path / "run")
    store.set(base=str(tmp_path / "models" / "mine"), scored_on={"questions": "mine.jsonl", "database": ""})
    fill(store, "base", BASE, detail="")
    fill(store, "tuned", TUNED, detail="totals|`x`")
    return store


def report_of(store: Store) -> Report:
    report = make_report(store, SCHEMA)
    assert report is not None
    return report


def test_there_is_no_report_before_there_is_a_score(tmp_path: Path) -> None:
    assert make_report(Store.create(tmp_path / "run"), SCHEMA) is None


def test_a_question_counts_for_its_level_and_for_each_of_its_tables(store: Store) -> None:
    report = report_of(store)
    shares = {name: (found["base"].right, found["tuned"].right, found["tuned"].n)
              for name, found in {**report.by_level, **report.by_table}.items()}  # fmt: skip
    assert shares == {
        "one-table": (1, 2, 2), "join": (0, 0, 1), "nested": (0, 0, 1),
        "Customers": (1, 1, 3), "orders": (0, 1, 3),
    }  # fmt: skip
    tuned = report.by_table["orders"]["tuned"]
    assert (tuned.low, tuned.high) == wilson(1, 3)


def test_every_answer_has_a_kind_and_every_kind_is_counted(store: Store) -> None:
    kinds = report_of(store).by_kind
    assert list(kinds["base"]) == list(KINDS)
    assert {kind: n for kind, n in kinds["tuned"].items() if n} == {"": 2, "wrong-rows": 1, "unknown-name": 1}


def test_the_pair_is_compared_on_the_questions_that_both_answered(store: Store) -> None:
    paired = report_of(store).paired
    assert paired is not None
    assert (paired.both, paired.gained, paired.lost, paired.neither, paired.p) == (1, 1, 0, 2, 1.0)
    assert paired.verdict == "unproved"


def test_a_run_with_one_model_has_no_pair(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "run")
    fill(store, "base", BASE)
    report = report_of(store)
    assert report.paired is None and report.main.model == "base" and not report.overlapping
    assert "McNemar" in to_markdown(report) and "Tuned is right" not in to_markdown(report)


def test_answers_of_earlier_versions_are_told_by_their_own_word(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "run")
    fill(store, "base", ["no-sql", "does-not-run", "wrong-rows", ""])  # without `detail`
    report = report_of(store)
    assert report.by_kind["base"][EARLIER_KIND] == 1
    assert "| does not run | 1 |" in to_markdown(report)


def test_advice_is_given_until_the_interval_is_narrow(store: Store) -> None:
    report = report_of(store)
    assert report.questions_needed == 400 and report.half_width > 0.3
    sure = Score("tuned", 0.5, 0.5, 0.5, *wilson(300, 600), 600, 0)
    assert replace(report, scores={"tuned": sure}).questions_needed == 0


def test_the_report_survives_json_and_tells_no_path(store: Store, tmp_path: Path) -> None:
    report = report_of(store)
    told = json.loads(to_json(report))
    assert told == report.as_dict()
    assert (told["version"], told["n"], told["excluded"], told["databases"]) == (1, 4, 1, 4)
    assert told["base"] == {**told["base"], "model": "base", "n": 4, "accuracy": 0.25}
    assert told["questions"][2]["answers"]["tuned"]["failure"] == "unknown-name"
    assert told["base_model"] == "mine" and str(tmp_path) not in to_json(report)


def test_the_markdown_says_it_all(store: Store) -> None:
    text = to_file(report_of(store))
    for part in (
        "# Scores of `schema`, `mine`\n",
        "| tuned | 50.0% | 15–85% | 50.0% | 50.0% | 4 |",
        "Tuned is right on 1 question the base misses, and misses 0 the base gets right (p = 1). Not proved yet",
        "The interval is ±35 points; about 400 questions would make it ±5.",
        "Questions: `mine.jsonl`.",
        "on every one of 4 databases. 1 question without an answer left out. Greedy decoding on a CPU, 2 cores",
        "| one table | 2 | 50% (9–91%) | 100% (34–100%) |",
        "| `orders` | 3 | 0% (0–56%) | 33% (6–79%) |",
        "| unknown name | 0 | 1 |",
        "3. `question 2?`\n   - gold: `SELECT name, total FROM orders JOIN customers ON customers.id = customer_id`",
    ):
        assert part in text, part
    assert "## Each question" not in to_markdown(report_of(store), each=False)
    assert to_markdown(report_of(store), heading="###").startswith("### Scores\n")


def test_nothing_that_somebody_wrote_becomes_markdown(store: Store) -> None:
    assert "tuned, unknown name (`` totals|`x` ``): `SELECT 2`" in to_markdown(report_of(store))
    body = {"number": 0, "question": "# a\n| b <img src=x>", "gold": GOLDS[0], "sql": "", "right": True, "failure": ""}
    store.save_answer("tuned", 0, body)
    store.save_answer("base", 0, body)
    assert "1. `# a | b <img src=x>`\n" in to_markdown(report_of(store))


def test_every_kind_and_level_is_said_in_words() -> None:
    assert KIND_WORDS.keys() == {*KINDS, EARLIER_KIND} and LEVEL_WORDS.keys() == set(LEVELS)


def test_a_name_cannot_end_its_cell_of_a_table(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "run")
    answer = {"number": 0, "question": "?", "gold": 'SELECT x FROM "a|b"', "sql": "", "right": True, "failure": ""}
    store.save_answer("base", 0, answer)
    store.save_score(Score("base", 1, 1, 1, 0.2, 1, 1, 0))
    report = make_report(store, parse_schema('CREATE TABLE "a|b" (x INTEGER)'))
    assert report is not None and "| `a\\|b` | 1 |" in to_markdown(report)

"""What the Ask tab shows of a question in each of its states; nothing in it can become markup."""

from __future__ import annotations

import re
import time

import pytest

from pipeline.database.sandbox import MESSAGES
from pipeline.errors import SqlError
from pipeline.records import Rows
from pipeline.run import Answer
from space.asking import Talk
from space.i18n import Words
from space.view import ask, html
from space.view.chart import chart
from tests.space.test_view import EVIL, Tags

EN, JA = Words("en"), Words("ja")


def refused(reason: str, name: str) -> SqlError:
    return SqlError(reason, MESSAGES[reason], detail=name)


def wrong(model: str, *unknown: str, reason: str = "unknown-column") -> Answer:
    sql = f"SELECT {', '.join(unknown)} FROM products p WHERE p.name = 'total'"
    return Answer("q", sql, None, refused(reason, unknown[0]), 0.1, model, unknown=unknown)


def talking(**what: object) -> Talk:
    talk = Talk("How many?", ("tuned", "base"))
    talk.begin("tuned")
    for name, value in what.items():
        setattr(talk, name, value)
    return talk


EVIL_ROWS = Rows((EVIL, "n"), ((EVIL, 1), (EVIL, 2)))
EVIL_LINE = Rows(("year", EVIL), ((2024, 1), (2025, 2)))
PICTURES = {
    "bars": chart(EVIL_ROWS),
    "line": chart(EVIL_LINE),
    "result": ask.result(Answer(EVIL, EVIL, EVIL_ROWS, None, 0.1, "base"), EN),
    "unknown": ask.written(Answer(EVIL, EVIL, None, None, 0.1, "base", unknown=(EVIL, "img")), EVIL, EN),
    "why": ask.result(wrong("base", EVIL), EN),
    "said": ask.written(Answer(EVIL, "", None, None, 0.1, "base", said=EVIL), EVIL, EN),
    "writing": ask.side(talking(text=EVIL), "tuned", EVIL, EN),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_hostile_name_question_or_cell_stays_text(name: str) -> None:
    parsed = Tags(PICTURES[name])
    assert "img" not in parsed.tags and "onerror" not in parsed.attributes
    assert "&lt;" in PICTURES[name]


def test_names_that_do_not_exist_are_underlined_but_not_where_they_are_a_text() -> None:
    drawn = html.sql("SELECT total, p.total, o.cost, totals FROM p WHERE x = 'total'", ("total", "o.cost"))
    assert re.findall(r'<span class="unknown">([^<]+)</span>', drawn) == ["total", "o.cost"]
    assert '<span class="string">&#39;total&#39;</span>' in drawn


def test_a_model_that_made_up_a_name_is_told_of_in_grey() -> None:
    drawn = ask.result(wrong("base", "total_revenue"), EN)
    assert "The base model named a column that does not exist: total_revenue." in drawn
    assert 'class="notice"' in drawn and "alert" not in drawn
    assert "学習前のモデルは存在しない列を使いました：total_revenue。" in ask.result(wrong("base", "total_revenue"), JA)
    assert "The tuned model named a table" in ask.result(wrong("tuned", "sale", reason="unknown-table"), EN)
    assert "Your SQL named tables or columns that do not exist: a, b." in ask.result(wrong("yours", "a", "b"), EN)


def test_a_query_that_failed_for_another_reason_is_told_that_reason() -> None:
    late = SqlError("timeout", MESSAGES["timeout"], seconds=5)
    assert "stopped after 5 s" in ask.result(Answer("q", "SELECT 1", None, late, 5.0, "tuned"), EN)


def test_a_model_that_wrote_no_sql_is_quoted() -> None:
    answer = Answer("q", "", None, None, 0.1, "base", said="The total is 10.")
    assert "The total is 10." in ask.written(answer, "SmolLM2", EN)
    assert "The base model wrote no SQL." in ask.result(answer, EN)


def test_while_a_model_writes_the_other_waits_for_its_turn() -> None:
    talk = talking(text="SELECT n", loaded=True)
    first, second = ask.side(talk, "tuned", "m + LoRA", EN), ask.side(talk, "base", "m", EN)
    assert 'class="caret"' in first and "Writing: 0 s" in first
    assert "Writes next." in second and "caret" not in second


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"usual": 20.0, "began": time.monotonic() - 6}, "Loading the model: 6 s. The first question waits"),
        ({"usual": 20.0, "loaded": True}, "Reading the question."),
        ({}, "Reading the question."),
        ({"ahead": 1}, "1 question of somebody else comes first."),
        ({"ahead": 3}, "3 questions of other people come first."),
        ({"ahead": 3, "stopping": True}, "Stopping"),
    ],
)
def test_before_the_first_letter_it_is_told_what_is_waited_for(state: dict[str, object], said: str) -> None:
    if "began" in state:
        state["began"] = time.monotonic() - 6
    assert said in ask.side(talking(**state), "tuned", "m", EN)


def test_what_was_stopped_stays_and_says_so() -> None:
    answer = Answer("q", "SELECT na", None, None, 2.0, "tuned", stopped=True)
    assert "na" in ask.written(answer, "m", EN)
    assert "Stopped. What was written so far can be edited and run." in ask.result(answer, EN)


def test_an_entry_of_the_history_says_question_rows_and_when() -> None:
    asked = {"question": "Who?", "at": 0.0, "answers": [{"rows": 5}, {"rows": None}]}
    assert re.fullmatch(r"Who\? — 5 rows · (1970-01-01|1969-12-31) \d\d:\d\d UTC", ask.entry(asked, EN, " UTC"))
    assert "実行できず" in ask.entry({**asked, "answers": [{"rows": None}]}, JA)

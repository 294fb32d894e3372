"""Asking a real, if tiny, model: what is streamed ends in the answer, and names that do not exist are told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import run
from pipeline.run.asking import Answer, answer_stream, answer_with, remember
from pipeline.store import Store

DDL = "CREATE TABLE pets (id INTEGER PRIMARY KEY, name TEXT, owner_id INTEGER);"


@pytest.fixture
def store(tmp_path: Path, tiny_base: Callable[[str], Path]) -> Store:
    store = Store.create(tmp_path / "run")
    list(run.read_schema(store, DDL, name="pets"))
    store.set(base=str(tiny_base("llama")))
    return store


def test_the_answer_comes_after_all_that_was_written(store: Store) -> None:
    file = run.database_to_ask(store)
    first, *texts, answer = answer_stream(store, "How many pets?", file, tuned=False)
    assert first == "" and isinstance(answer, Answer)
    assert answer.said == str(texts[-1]).strip() and answer.model == "base"
    again = run.ask(store, "How many pets?", file, tuned=False)
    assert (again.said, again.sql, again.error and again.error.template) == (
        answer.said, answer.sql, answer.error and answer.error.template,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sql", "unknown"),
    [
        ("SELECT nick FROM pets", ("nick",)),
        ("SELECT p.nick, p.name FROM pets p", ("p.nick",)),
        ("SELECT name FROM animals", ("animals",)),
        ('SELECT name FROM pets WHERE name = "Rex"', ()),  # SQLite takes it for a text
        ("SELECT name FROM pets", ()),
        ("SELEC name", ()),
    ],
)
def test_names_are_unknown_only_where_they_kept_the_query_from_running(
    store: Store, sql: str, unknown: tuple[str, ...]
) -> None:
    assert answer_with(store, "q", sql, run.database_to_ask(store)).unknown == unknown


def test_rows_are_never_kept_with_the_question(store: Store) -> None:
    answer = answer_with(store, "Who?", "SELECT 'secret' AS a", run.database_to_ask(store), "tuned")
    assert answer.rows and answer.rows.rows == (("secret",),)
    remember(store, [answer_with(store, "Who?", "SELECT name FROM pets", run.database_to_ask(store), "tuned")])
    [asked] = store.asked()
    assert set(asked["answers"][0]) == {"model", "sql", "said", "seconds", "waited", "rows", "error"}
    assert isinstance(asked["answers"][0]["rows"], int)

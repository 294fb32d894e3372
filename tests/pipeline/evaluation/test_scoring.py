"""What a model's text is worth beside the gold, on two small databases."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.database.ddl import parse_schema
from pipeline.database.sandbox import DEFAULT_LIMITS, MESSAGES, Sandbox
from pipeline.evaluation.scoring import _KIND_OF, KINDS, Marked, mark, run_gold
from pipeline.records import Pair

GOODS = parse_schema("CREATE TABLE goods (name TEXT, price REAL, colour TEXT)")
FIRST = [("pen", 1.0, "red"), ("ink", 3.0, "blue"), ("cap", 3.0, "blue")]
SECOND = [("pen", 5.0, "red"), ("ink", 2.0, None), ("pen", 7.0, "blue")]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder, files = tmp_path_factory.mktemp("databases"), []
    for number, rows in enumerate((FIRST, SECOND)):
        files.append(folder / f"{number}.sqlite")
        with closing(sqlite3.connect(files[-1])) as connection, connection:
            connection.execute("CREATE TABLE goods (name TEXT, price REAL, colour TEXT)")
            connection.executemany("INSERT INTO goods VALUES (?, ?, ?)", rows)
    return files


def marked(gold: str, text: str, databases: list[Path], sandbox: Sandbox) -> Marked:
    found = run_gold(Pair("?", gold), databases, sandbox, GOODS)
    assert found is not None
    return mark(text, found, sandbox)


ALL = "SELECT name FROM goods"
SORTED = "SELECT name, price FROM goods ORDER BY price DESC, name"
CASES: list[tuple[str, str, str, tuple[bool, bool, bool], str]] = [
    # what, gold, text, (right, as sets, on the first database), failure
    ("the same", ALL, ALL, (True, True, True), ""),
    ("fenced, with words", ALL, f"Sure:\n```sql\n{ALL};\n```\nDone.", (True, True, True), ""),
    ("another way to the rows", ALL, "SELECT g.name AS x FROM goods g WHERE 1 = 1", (True, True, True), ""),
    ("any order where the gold has none", ALL, ALL + " ORDER BY name DESC", (True, True, True), ""),
    ("the gold's order", SORTED, SORTED.replace("price DESC", "-price"), (True, True, True), ""),
    ("no order where the gold has one", SORTED, SORTED.split(" ORDER")[0], (False, True, False), "wrong-rows"),
    ("other rows", ALL, "SELECT colour FROM goods", (False, False, False), "wrong-rows"),
    ("fewer rows", ALL, ALL + " LIMIT 1", (False, False, False), "wrong-rows"),
    ("a column too many", ALL, "SELECT name, price FROM goods", (False, False, False), "wrong-rows"),
    ("columns turned round", "SELECT name, colour FROM goods", "SELECT colour, name FROM goods",
     (False, False, False), "wrong-rows"),
    ("a set where rows repeat on the second", ALL, "SELECT DISTINCT name FROM goods", (False, True, True), "wrong-rows"),
    ("right on the first by chance", "SELECT price FROM goods WHERE price > 2", "SELECT price FROM goods WHERE colour = 'blue'",
     (False, False, True), "wrong-rows"),
    ("nearly the same number", "SELECT SUM(price) FROM goods", "SELECT SUM(price) + 1e-9 FROM goods",
     (True, False, True), ""),
    ("an integer for a real", "SELECT SUM(price) FROM goods", "SELECT CAST(SUM(price) AS INTEGER) FROM goods",
     (True, True, True), ""),
    ("no SQL", ALL, "I do not know.", (False, False, False), "no-sql"),
    ("nothing", ALL, "", (False, False, False), "no-sql"),
    ("half a query", ALL, "SELECT name FROM", (False, False, False), "does-not-parse"),
    ("two queries", ALL, f"{ALL}; {ALL} WHERE (", (True, True, True), ""),  # the first is taken
    ("a write", ALL, "DELETE FROM goods", (False, False, False), "does-not-parse"),
    ("a table made", ALL, "CREATE TABLE goods (name TEXT)", (False, False, False), "does-not-parse"),
    ("an unknown table", ALL, "SELECT name FROM wares", (False, False, False), "unknown-name"),
    ("an unknown column", ALL, "SELECT goods.colour_code FROM goods", (False, False, False), "unknown-name"),
    ("an unknown function", ALL, "SELECT MONTH(name) FROM goods", (False, False, False), "error"),
    ("a misused aggregate", ALL, "SELECT name FROM goods WHERE SUM(price) > 1", (False, False, False), "error"),
    ("what is not allowed", ALL, "SELECT load_extension('x') FROM goods", (False, False, False), "error"),
]  # fmt: skip


@pytest.mark.parametrize(("gold", "text", "worth", "failure"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_an_answer_is_worth(
    gold: str, text: str, worth: tuple[bool, bool, bool], failure: str, databases: list[Path], sandbox: Sandbox
) -> None:
    found = marked(gold, text, databases, sandbox)
    assert (found.right, found.right_set, found.right_single) == worth
    assert found.failure == failure
    assert bool(found.sql) == (failure != "no-sql")


@pytest.mark.parametrize(
    ("text", "kind", "detail"),
    [
        ("SELECT name FROM wares", "unknown-name", "wares"),
        ("SELECT g.total FROM goods g", "unknown-name", "g.total"),
        ("SELECT MONTH(name) FROM goods", "error", "MONTH"),
        ("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT MAX(x) FROM n", "error", "timeout"),
    ],
)
def test_a_wrong_answer_says_what_was_wrong(
    text: str, kind: str, detail: str, databases: list[Path], sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasty = replace(DEFAULT_LIMITS, seconds=0.2)
    monkeypatch.setattr(sandbox, "run_on", lambda sql, files: Sandbox.run_on(sandbox, sql, files, hasty))
    found = marked(ALL, text, databases, sandbox)
    assert (found.failure, found.detail) == (kind, detail)


def test_every_reason_of_the_sandbox_has_a_kind_and_every_kind_is_met() -> None:
    assert {case[-1] for case in CASES} == set(KINDS)
    assert _KIND_OF.keys() <= MESSAGES.keys() and set(_KIND_OF.values()) < set(KINDS)


@pytest.mark.parametrize(
    "gold",
    ["SELECT name FROM goods WHERE price > 99", "SELECT name FROM wares", "SELECT name FROM", "", "DROP TABLE goods"],
)
def test_a_gold_without_an_answer_is_left_out(gold: str, databases: list[Path], sandbox: Sandbox) -> None:
    assert run_gold(Pair("?", gold), databases, sandbox, GOODS) is None


def test_a_gold_that_is_empty_on_one_database_counts(databases: list[Path], sandbox: Sandbox) -> None:
    gold = "SELECT name FROM goods WHERE price > 4"
    found = run_gold(Pair("?", gold), databases, sandbox, GOODS)
    assert found is not None and [len(answer.rows) for answer in found.answers] == [0, 2]
    assert mark("SELECT name FROM goods WHERE price > 100", found, sandbox).right_single
    assert not mark("SELECT name FROM goods WHERE price > 100", found, sandbox).right


def test_a_database_on_which_rows_tie_at_the_limit_does_not_decide(databases: list[Path], sandbox: Sandbox) -> None:
    found = run_gold(Pair("?", "SELECT name FROM goods ORDER BY price DESC LIMIT 1"), databases, sandbox, GOODS)
    assert found is not None and found.databases == (databases[1],)
    assert mark("SELECT name FROM goods ORDER BY price DESC, name LIMIT 1", found, sandbox).right


def test_no_text_of_a_model_breaks_the_scoring(databases: list[Path], sandbox: Sandbox) -> None:
    found = run_gold(Pair("?", ALL), databases, sandbox, GOODS)
    assert found is not None
    for text in (
        "SELECT " * 3000,
        "SELECT '\ud800'",
        "SELECT 1;" * 900,
        "\x00SELECT\x00 1",
        "```sql\n```",
        "SELECT ((((" * 200,
    ):
        assert not mark(text, found, sandbox).right

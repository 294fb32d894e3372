"""The sample data: both databases load, every pair runs and answers, and the held-out questions are other questions."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[1] / "sample_db"
TRAINING = ("pairs.jsonl", "pairs_ja.jsonl")
HELDOUT = ("heldout.jsonl", "heldout_ja.jsonl")


def load(name: str) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA foreign_keys = ON")
    for part in ("schema.sql", "rows.sql"):
        connection.executescript((SAMPLES / name / part).read_text(encoding="utf-8"))
    connection.execute("PRAGMA query_only = ON")
    return connection


def pairs(path: str) -> list[tuple[str, str]]:
    lines = (SAMPLES / path).read_text(encoding="utf-8").splitlines()
    objects = [json.loads(line) for line in lines]
    assert all(set(pair) == {"instruction", "output"} for pair in objects)
    return [(pair["instruction"], pair["output"]) for pair in objects]


def plain(question: str) -> str:
    """The question without case, punctuation and spacing."""
    return re.sub(r"[\W_]+", " ", question.lower()).strip()


def masked(sql: str) -> str:
    return re.sub(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b", "?", sql)


@pytest.fixture(scope="module")
def shop() -> Iterator[sqlite3.Connection]:
    with closing(load("shop")) as connection:
        yield connection


def one(connection: sqlite3.Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])


@pytest.mark.parametrize("name", ["shop", "sales"])
def test_rows_load_with_foreign_keys_on_and_none_dangles(name: str) -> None:
    with closing(load(name)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_the_shop_has_nine_tables_and_none_is_empty(shop: sqlite3.Connection) -> None:
    tables = [name for (name,) in shop.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    assert len(tables) == 9
    assert all(one(shop, f"SELECT COUNT(*) FROM {table}") >= 6 for table in tables)


def test_orders_cover_every_month_of_two_years(shop: sqlite3.Connection) -> None:
    months = [
        month for (month,) in shop.execute("SELECT DISTINCT strftime('%Y-%m', ordered_on) FROM orders ORDER BY 1")
    ]
    assert months == [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)]


@pytest.mark.parametrize(
    "gap",
    [
        "SELECT COUNT(*) FROM customers WHERE phone IS NULL",
        "SELECT COUNT(*) FROM customers WHERE email IS NULL",
        "SELECT COUNT(*) FROM products WHERE cost IS NULL",
        "SELECT COUNT(*) FROM orders WHERE employee_id IS NULL",
        "SELECT COUNT(*) FROM returns WHERE refund IS NULL",
        "SELECT COUNT(*) FROM customers WHERE customer_id NOT IN (SELECT customer_id FROM orders)",
        "SELECT COUNT(*) FROM products WHERE product_id NOT IN (SELECT product_id FROM order_items)",
        "SELECT COUNT(*) FROM orders WHERE order_id NOT IN (SELECT order_id FROM payments)",
        "SELECT COUNT(*) FROM (SELECT price FROM products GROUP BY price HAVING COUNT(*) > 1)",
    ],
)
def test_the_shop_has_nulls_ties_and_parents_without_children(shop: sqlite3.Connection, gap: str) -> None:
    assert one(shop, gap) > 0


@pytest.mark.parametrize(
    "contradiction",
    [
        "SELECT COUNT(*) FROM orders o JOIN customers c USING (customer_id) WHERE o.ordered_on < c.joined_on",
        "SELECT COUNT(*) FROM orders o JOIN stores s USING (store_id) WHERE o.ordered_on < s.opened_on",
        "SELECT COUNT(*) FROM orders o JOIN employees e USING (employee_id) WHERE o.ordered_on < e.hired_on",
        "SELECT COUNT(*) FROM orders WHERE (status = 'delivered') <> (delivered_on IS NOT NULL)",
        "SELECT COUNT(*) FROM returns r JOIN orders o USING (order_id) WHERE r.returned_on < o.delivered_on",
        """SELECT COUNT(*) FROM (SELECT order_id, SUM(amount) AS paid FROM payments GROUP BY order_id)
           JOIN (SELECT order_id, SUM(quantity * unit_price) AS due FROM order_items GROUP BY order_id)
           USING (order_id) WHERE paid <> due""",
    ],
)
def test_the_rows_of_the_shop_do_not_contradict_each_other(shop: sqlite3.Connection, contradiction: str) -> None:
    assert one(shop, contradiction) == 0


@pytest.mark.parametrize("path", [f"shop/{name}" for name in (*TRAINING, *HELDOUT)] + ["sales/pairs.jsonl"])
def test_every_pair_runs_and_answers_something(path: str) -> None:
    with closing(load(path.split("/")[0])) as connection:
        for question, sql in pairs(path):
            rows = connection.execute(sql).fetchall()
            assert any(value is not None for row in rows for value in row), question


def test_there_are_pairs_enough_in_both_languages() -> None:
    assert len(pairs("shop/pairs.jsonl")) >= 400
    assert len(pairs("shop/pairs_ja.jsonl")) >= 100
    assert len(pairs("sales/pairs.jsonl")) >= 30


def test_the_pairs_are_not_one_template_filled_many_times() -> None:
    written = pairs("shop/pairs.jsonl")
    assert len({masked(sql) for _, sql in written}) >= 0.6 * len(written)


def test_no_question_is_asked_twice() -> None:
    questions = [plain(question) for name in TRAINING for question, _ in pairs(f"shop/{name}")]
    assert len(questions) == len(set(questions))


def test_every_limit_has_an_order() -> None:
    for name in (*TRAINING, *HELDOUT):
        for question, sql in pairs(f"shop/{name}"):
            assert "LIMIT" not in sql or "ORDER BY" in sql, question


def test_held_out_questions_are_enough_and_none_was_trained_on() -> None:
    assert len(pairs("shop/heldout.jsonl")) >= 120
    trained = {plain(question) for name in TRAINING for question, _ in pairs(f"shop/{name}")}
    asked = [plain(question) for name in HELDOUT for question, _ in pairs(f"shop/{name}")]
    assert len(asked) == len(set(asked))
    assert trained.isdisjoint(asked)

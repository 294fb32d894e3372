"""What a question says and its SQL leaves out is found; the samples' own pairs are left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.database.examples import SAMPLES, example_pairs, example_schema
from pipeline.database.sql_text import shared_select
from pipeline.dataset.pasted import detect_language, read_pairs
from pipeline.dataset.wording import unfollowed
from pipeline.records import Pair

KNOWN = {
    "city": {"Tokyo", "Osaka", "Nagoya", "Berlin"},
    "name": {"Matcha", "Sencha", "Bread Knife", "Daniel Ito", "田中 さくら", "Notebooks", "Umeda"},
    "status": {"pending", "shipped", "delivered", "cancelled"},
    "method": {"card", "cash", "transfer", "points"},
    "role": {"manager", "sales", "cashier", "stock"},
    "reason": {"damaged", "wrong item", "too late", "unwanted"},
}

CASES = (Path(__file__).parent / "wording_cases.txt").read_text(encoding="utf-8")
"""Blocks of four lines: the question, SQL that follows it, SQL that does not, part of the detail."""


def said(question: str, sql: str) -> str:
    known = lambda column: KNOWN.get(column, ())  # noqa: E731
    return unfollowed(shared_select(sql), question, detect_language(question), example_schema("shop"), known)


@pytest.mark.parametrize(
    ("question", "right", "wrong", "detail"), [block.splitlines() for block in CASES.strip().split("\n\n")]
)
def test_sql_that_leaves_out_what_is_said_is_told_from_sql_that_follows(
    question: str, right: str, wrong: str, detail: str
) -> None:
    assert said(question, right) == ""
    assert detail in said(question, wrong)


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("Give me the phone number of Daniel Ito", "SELECT phone FROM customers WHERE name = 'Daniel Ito'"),
        ("Stores from the oldest to the newest", "SELECT name FROM stores ORDER BY opened_on"),
        ("Which employee has been with us the longest?", "SELECT name FROM employees ORDER BY hired_on LIMIT 1"),
        ("Orders that are shipped but not delivered", "SELECT order_id FROM orders WHERE status = 'shipped'"),
        ("no more than 3 of a product", "SELECT order_id FROM order_items WHERE quantity <= 3"),
        ("商品が5個より少ない注文を教えてくださいませんか", "SELECT order_id FROM order_items WHERE quantity < 5"),
        ("How many orders are pending, shipped or delivered?", "SELECT status, COUNT(*) FROM orders GROUP BY status"),
        ("products of 50 yen to 200 yen", "SELECT name FROM products WHERE price BETWEEN 50 AND 200"),
        ("orders that took longer than 2 weeks",
         "SELECT order_id FROM orders WHERE julianday(delivered_on) - julianday(ordered_on) > 14"),
        ("products sold at 10% off",
         "SELECT p.name FROM products p JOIN order_items i USING (product_id) WHERE i.unit_price <= 0.9 * p.price"),
    ],
)  # fmt: skip
def test_what_may_be_meant_is_left_alone(question: str, sql: str) -> None:
    assert said(question, sql) == ""


def sample() -> list[tuple[str, Pair]]:
    files = [("shop", SAMPLES / "shop" / "heldout.jsonl"), ("shop", SAMPLES / "shop" / "heldout_ja.jsonl")]
    texts = [(name, file.read_text(encoding="utf-8")) for name, file in files]
    texts += [(name, example_pairs(name, code)) for name, code in (("shop", "en"), ("shop", "ja"), ("sales", "en"))]
    return [(name, pair) for name, text in texts for pair in read_pairs(text)[0]]


def test_of_the_samples_own_pairs_at_most_one_in_a_hundred_is_doubted() -> None:
    pairs = sample()
    known = lambda column: KNOWN.get(column, ())  # noqa: E731
    doubted = [
        (pair.question, detail)
        for name, pair in pairs
        if (detail := unfollowed(shared_select(pair.sql), pair.question, pair.language, example_schema(name), known))
    ]
    assert len(pairs) > 1_000
    assert len(doubted) <= len(pairs) // 100, doubted


def test_the_tree_it_reads_stays_as_it_is() -> None:
    for _, pair in sample()[::20]:
        before = shared_select(pair.sql).sql(dialect="sqlite")
        said(pair.question, pair.sql)
        assert shared_select(pair.sql).sql(dialect="sqlite") == before

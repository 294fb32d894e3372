"""The gate on the sample shop: one case for every reason, and good pairs that must pass."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from pipeline.config import GateConfig, InstanceConfig, SandboxLimits
from pipeline.database.ddl import parse_schema
from pipeline.database.instances import build_instances
from pipeline.database.sandbox import Sandbox
from pipeline.database.schema import Schema
from pipeline.database.sql import parse_select
from pipeline.dataset.gate import OWN_SCALES, REASONS, Gate, open_gate, part_for
from pipeline.records import Pair

SHOP = Path(__file__).parents[3] / "sample_db" / "shop"
SCHEMA = parse_schema((SHOP / "schema.sql").read_text(encoding="utf-8"))
LITERALS = [
    ("Tokyo", "customers.city"),
    ("Kyoto", "customers.city"),
    ("shipped", "orders.status"),
    (5000, "products.price"),
]

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"
CASES = {
    "no-question": [("", "SELECT COUNT(*) FROM orders"), ("?!", "SELECT 1"), ("a" * 1_001, "SELECT COUNT(*) FROM orders")],
    "does-not-parse": [("How many orders?", "SELEC COUNT(*) FROM"), ("How many?", ""), ("How many?", "SELECT (FROM orders")],
    "not-a-select": [("Delete all orders", "DELETE FROM orders"), ("Drop it", "DROP TABLE orders")],
    "several-statements": [("How many orders?", "SELECT COUNT(*) FROM orders; SELECT COUNT(*) FROM stores")],
    "unknown-name": [
        ("Names of suppliers", "SELECT name FROM suppliers"),
        ("How old are the customers?", "SELECT age FROM customers"),
    ],
    "value-not-in-question": [
        ("Customers in Tokyo", "SELECT name FROM customers WHERE city = 'Kyoto'"),
        ("Products over 5000 yen", "SELECT name FROM products WHERE price > 50000"),
        ("3000円を超える商品", "SELECT name FROM products WHERE price > 300"),
    ],
    "not-deterministic": [
        ("Any product", "SELECT name FROM products ORDER BY random() LIMIT 1"),
        ("Orders of today", "SELECT order_id FROM orders WHERE ordered_on = date('now')"),
        ("Orders of today", "SELECT order_id FROM orders WHERE ordered_on = CURRENT_DATE"),
        ("What year is it?", "SELECT strftime('%Y')"),
        ("Three products", "SELECT name FROM products LIMIT 3"),
        ("The dearest product and its price", "SELECT name, MAX(price) FROM products"),
        ("Customers and orders per city", "SELECT name, COUNT(*) FROM customers GROUP BY city"),
    ],
    "does-not-run": [("Odd names", "SELECT nosuchfunction(name) FROM products")],
    "timeout": [("How many numbers are there?", ENDLESS)],
    "too-large": [("A long text", "SELECT length(replace(printf('%.*c', 3000000, 'x'), 'x', name || name)) FROM products")],
    "order-not-decided": [
        ("Name one of the first order items", "SELECT order_id FROM order_items ORDER BY 1 = 1 LIMIT 1"),
    ],
    "empty-answer": [
        ("Products cheaper than 0 yen", "SELECT name FROM products WHERE price < 0"),
        ("Total of payments under 0 yen", "SELECT SUM(amount) FROM payments WHERE amount < 0"),
    ],
    "same-answer-everywhere": [
        ("How many products are cheaper than 0 yen?", "SELECT COUNT(*) FROM products WHERE price < 0"),
        ("Is there a product?", "SELECT EXISTS (SELECT 1 FROM products)"),
    ],
    "question-not-followed": [
        ("How many products cost over 5000 yen?", "SELECT COUNT(*) FROM products"),
        ("The average price of the products", "SELECT MAX(price) FROM products"),
    ],
    "not-told-apart": [
        ("Products over 5000 yen, or 4000, or 3000",
         "SELECT name FROM products WHERE price > 5000 OR price > 4000 OR price > 3000"),
    ],
}  # fmt: skip

GOOD = [
    ("How many customers are there?", "SELECT COUNT(*) FROM customers"),
    ("names of customers in Tokyo", "SELECT name FROM customers WHERE city = 'Tokyo'"),
    ("Tokyoのお客様は何人？", "SELECT COUNT(*) FROM customers WHERE city = 'Tokyo'"),
    ("The most expensive products", "SELECT name FROM products WHERE price = (SELECT MAX(price) FROM products)"),
    ("The newest order's number", "SELECT order_id FROM orders ORDER BY ordered_on DESC, order_id DESC LIMIT 1"),
    (
        "How many orders has each customer placed?",
        "SELECT c.name, COUNT(o.order_id) FROM customers c LEFT JOIN orders o ON o.customer_id = c.customer_id "
        "GROUP BY c.customer_id",
    ),
    ("Orders per month of 2025", "SELECT strftime('%Y-%m', ordered_on), COUNT(*) FROM orders "
     "WHERE ordered_on BETWEEN '2025-01-01' AND '2025-12-31' GROUP BY 1"),
    ("Which products cost over 5,000 yen?", "SELECT name FROM products WHERE price > 5000;"),
]  # fmt: skip


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return build_instances(SCHEMA, tmp_path_factory.mktemp("instances"), InstanceConfig(), LITERALS)


@pytest.fixture
def gate(databases: list[Path]) -> Iterator[Gate]:
    with open_gate(SCHEMA, databases, InstanceConfig(), None) as gate:
        gate.limits = replace(SandboxLimits(), seconds=0.5)
        yield gate


def pair(question: str, sql: str, language: str = "en") -> Pair:
    return Pair(question, sql, language)


@pytest.mark.parametrize(
    ("reason", "question", "sql"), [(reason, *case) for reason, cases in CASES.items() for case in cases]
)
def test_a_bad_pair_is_dropped_with_its_reason(gate: Gate, reason: str, question: str, sql: str) -> None:
    judged = gate.judge(pair(question, sql))
    assert (judged.verdict.ok, judged.verdict.reason) == (False, reason)


def test_every_reason_has_a_case() -> None:
    elsewhere = {
        "unreadable-line",
        "near-duplicate",
        "contradiction",
        "disagreement",
    }  # below, in test_write and test_check
    assert set(CASES) | elsewhere == set(REASONS)


@pytest.mark.parametrize(("question", "sql"), GOOD)
def test_a_good_pair_is_kept_with_a_certificate_of_its_rows(gate: Gate, question: str, sql: str) -> None:
    judged = gate.judge(pair(question, sql))
    assert judged.verdict.ok, judged.verdict
    assert judged.certificate["databases"] == len(judged.certificate["rows"]) == 6
    assert judged.template
    assert judged.level in ("one-table", "join", "nested")


def test_the_same_question_again_is_a_near_duplicate_in_other_clothes_too(gate: Gate) -> None:
    sql = "SELECT COUNT(*) FROM customers"
    assert gate.judge(pair("How many customers are there?", sql)).verdict.ok
    for question in ("How many customers are there?", "how many customers are there", "How many custmers are there?"):
        assert gate.judge(pair(question, sql)).verdict.reason == "near-duplicate"


def test_the_same_query_under_another_question_is_a_paraphrase_and_kept(gate: Gate) -> None:
    sql = "SELECT COUNT(*) FROM customers"
    assert gate.judge(pair("How many customers are there?", sql)).verdict.ok
    assert gate.judge(pair("total number of clients", sql)).verdict.ok
    assert gate.judge(pair("お客様は何人いますか", sql, "ja")).verdict.ok


def test_nearly_the_same_question_with_another_value_is_kept(gate: Gate) -> None:
    for city in ("Tokyo", "Kyoto"):
        question = f"How many of all the customers we have live in the city of {city} at the moment?"
        assert gate.judge(pair(question, f"SELECT COUNT(*) FROM customers WHERE city = '{city}'")).verdict.ok


def test_the_same_question_with_another_query_is_a_contradiction(gate: Gate) -> None:
    assert gate.judge(pair("How many orders?", "SELECT COUNT(*) FROM orders")).verdict.ok
    other = gate.judge(pair("how many orders", "SELECT COUNT(DISTINCT customer_id) FROM orders"))
    assert other.verdict.reason == "contradiction"


def test_questions_that_differ_in_the_telling_word_do_not_contradict_each_other(gate: Gate) -> None:
    for word, sql in (("highest", "MAX"), ("lowest", "MIN")):
        question = f"What is the {word} list price that any of the products in our catalogue has these days?"
        assert gate.judge(pair(question, f"SELECT {sql}(price) FROM products")).verdict.ok


def make_gate(folder: Path, schema: Schema, contents: list[str], sandbox: Sandbox) -> Gate:
    paths = []
    for number, rows in enumerate(contents):
        paths.append(folder / f"{number}.sqlite")
        with sqlite3.connect(paths[-1]) as connection:
            connection.executescript(schema.to_sql() + rows)
        connection.close()
    gate = Gate(schema, paths, sandbox, uploaded=True)
    gate.config = GateConfig(mutants=0)
    return gate


def test_a_database_on_which_a_tie_crosses_the_limit_is_left_out_of_the_proof(tmp_path: Path) -> None:
    schema = parse_schema("CREATE TABLE goods (name TEXT, price INTEGER)")
    tied = "INSERT INTO goods VALUES ('a', 9), ('b', 9), ('c', 1);"
    inner = "INSERT INTO goods VALUES ('d', 9), ('e', 9), ('f', 8);"
    clear = "INSERT INTO goods VALUES ('g', 9), ('h', 7);"
    with Sandbox() as sandbox:
        gate = make_gate(tmp_path, schema, [tied, inner, clear], sandbox)
        top = gate.judge(pair("the most expensive good", "SELECT name FROM goods ORDER BY price DESC LIMIT 1"))
        assert top.verdict.ok
        assert (top.certificate["databases"], top.certificate["rows"]) == (1, [None, None, 1])
        two = gate.judge(pair("the two most expensive goods", "SELECT name FROM goods ORDER BY price DESC LIMIT 2"))
        assert (two.certificate["databases"], two.certificate["rows"]) == (3, [2, 2, 2])
        price = gate.judge(pair("the highest prices, top 1", "SELECT price FROM goods ORDER BY price DESC LIMIT 1"))
        assert price.verdict.reason == "same-answer-everywhere"  # all are 9, and a tie of equal rows decides


def test_part_of_a_name_is_enough_where_the_uploaded_database_knows_it(tmp_path: Path) -> None:
    schema = parse_schema("CREATE TABLE goods (name TEXT, price INTEGER)")
    rows = ["INSERT INTO goods VALUES ('Cast Iron Pan', 1);", "INSERT INTO goods VALUES ('Cast Iron Pan', 2);"]
    with Sandbox() as sandbox:
        gate = make_gate(tmp_path, schema, rows, sandbox)
        asked = pair("price of the iron pan", "SELECT price FROM goods WHERE name = 'Cast Iron Pan'")
        assert gate.judge(asked).verdict.ok
        strange = Gate(schema, gate.databases, sandbox)
        strange.config = gate.config
        assert strange.judge(asked).verdict.reason == "value-not-in-question"


def test_a_query_that_says_nothing_on_the_common_databases_is_tried_on_its_own(gate: Gate, tmp_path: Path) -> None:
    rare = pair("email of Zoltan Quist", "SELECT email FROM customers WHERE name = 'Zoltan Quist'")
    gate.make_own = None
    assert gate.judge(rare).verdict.reason == "empty-answer"
    gate.make_own = partial(own_databases, tmp_path)
    judged = gate.judge(rare)
    assert judged.verdict.ok
    assert judged.certificate["own"] == OWN_SCALES[0]


def own_databases(
    folder: Path, schema: Schema, literals: list[tuple[str | int | float, str | None]], scale: float
) -> list[Path]:
    return build_instances(schema, folder, InstanceConfig(rows=int(40 * scale)), literals)


def test_a_querys_own_databases_have_its_tables_and_those_they_refer_to() -> None:
    part = part_for(parse_select("SELECT COUNT(*) FROM order_items"), SCHEMA)
    assert {table.name for table in part.tables} == {
        "order_items", "orders", "products", "categories", "customers", "stores", "employees",
    }  # fmt: skip

"""Neighbours of a query: what is changed, that all of them run, and that they are many and quickly made."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from pipeline.config import InstanceConfig
from pipeline.database.ddl import parse_schema
from pipeline.database.instances import build_instances
from pipeline.database.sandbox import Sandbox
from pipeline.database.sql import parse_select
from pipeline.dataset.mutants import KINDS, Mutant, mutants
from pipeline.errors import SqlError

SHOP = Path(__file__).parents[3] / "sample_db" / "shop"
SCHEMA = parse_schema((SHOP / "schema.sql").read_text(encoding="utf-8"))
QUERIES = sorted(
    {json.loads(line)["output"] for line in (SHOP / "pairs.jsonl").read_text(encoding="utf-8").splitlines()}
)

CHANGES = [
    ("comparison-flipped", "SELECT name FROM customers WHERE city = 'Kyoto'", "WHERE city <> 'Kyoto'"),
    ("comparison-shifted", "SELECT name FROM products WHERE price > 500", "WHERE price >= 500"),
    ("comparison-shifted", "SELECT name FROM products WHERE price BETWEEN 5 AND 9", "WHERE (price >= 5 AND price < 9)"),
    ("comparison-reversed", "SELECT name FROM products WHERE price > 500", "WHERE price < 500"),
    ("predicate-dropped", "SELECT name FROM products WHERE price > 500", "SELECT name FROM products"),
    ("predicate-dropped", "SELECT name FROM products WHERE price > 5 AND cost > 3 AND stock > 1", "price > 5 AND stock"),
    ("and-or", "SELECT name FROM products WHERE price > 5 AND (cost > 3 OR stock > 1)", "price > 5 OR (cost > 3 OR stock > 1)"),
    ("negation", "SELECT name FROM products WHERE name NOT LIKE 'P%'", "WHERE name LIKE 'P%'"),
    ("negation", "SELECT name FROM products WHERE cost IS NULL", "WHERE NOT cost IS NULL"),
    ("literal", "SELECT order_id FROM orders WHERE status = 'pending'", "status = 'shipped'"),
    ("literal", "SELECT name FROM products WHERE stock > 3", "stock > 4"),
    ("literal", "SELECT name FROM products WHERE price > 5000", "price > 5500"),
    ("literal", "SELECT name FROM products WHERE name LIKE 'P%'", "LIKE '%P%'"),
    ("column", "SELECT price FROM products", "SELECT cost FROM products"),
    ("column", "SELECT city, COUNT(*) FROM stores GROUP BY city", "SELECT name, COUNT(*) FROM stores GROUP BY name"),
    ("aggregate", "SELECT COUNT(*) FROM orders", "SELECT COUNT(DISTINCT orders.employee_id)"),
    ("aggregate", "SELECT MAX(price) FROM products", "SELECT MIN(price)"),
    ("distinct", "SELECT DISTINCT city FROM stores", "SELECT city FROM stores"),
    ("distinct", "SELECT city FROM stores", "SELECT DISTINCT city FROM stores"),
    ("join-kind", "SELECT s.name FROM stores s JOIN orders o ON o.store_id = s.store_id", "LEFT JOIN orders AS o"),
    ("join-condition", "SELECT s.name FROM stores s JOIN orders o ON o.store_id = s.store_id", "ON o.order_id = s.store_id"),
    ("table", "SELECT c.name FROM orders o JOIN customers c ON o.customer_id = c.customer_id", "JOIN stores AS c ON o.store"),
    ("group", "SELECT city, country, COUNT(*) FROM customers GROUP BY city, country", "GROUP BY country"),
    ("having", "SELECT order_id FROM payments GROUP BY order_id HAVING SUM(amount) > 50", "WHERE amount > 50 GROUP BY"),
    ("order", "SELECT name FROM products ORDER BY price DESC LIMIT 3", "ORDER BY price LIMIT 3"),
    ("limit", "SELECT name FROM products ORDER BY price LIMIT 3", "LIMIT 4"),
    ("set-operation", "SELECT city FROM stores INTERSECT SELECT city FROM customers", "stores EXCEPT SELECT"),
    ("arithmetic", "SELECT price - cost FROM products", "SELECT price + cost"),
]  # fmt: skip


def made(sql: str, limit: int = 1000) -> list[Mutant]:
    return mutants(parse_select(sql), SCHEMA, limit)


@pytest.mark.parametrize(("kind", "sql", "part"), CHANGES)
def test_each_kind_of_change_is_made(kind: str, sql: str, part: str) -> None:
    assert any(part in mutant.sql for mutant in made(sql) if mutant.kind == kind), made(sql)


def test_every_kind_that_is_told_of_has_a_case_here() -> None:
    assert {kind for kind, *_ in CHANGES} == set(KINDS)


def test_neighbours_of_the_sample_are_valid_distinct_and_none_is_the_query_itself(tmp_path: Path) -> None:
    databases = build_instances(SCHEMA, tmp_path, InstanceConfig(count=1, rows=3))
    found = {sql: made(sql) for sql in QUERIES[::6]}
    with Sandbox() as sandbox:
        for sql, all_of_it in found.items():
            texts = [mutant.sql for mutant in all_of_it]
            assert len(set(texts)) == len(texts) and parse_select(sql).sql(dialect="sqlite") not in texts
            outcomes = sandbox.run_many(texts, databases)
            wrong = [text for text, outcome in zip(texts, outcomes, strict=True) if isinstance(outcome, SqlError)]
            assert not wrong, wrong


def test_the_tree_that_was_given_is_not_changed_and_each_call_makes_the_same() -> None:
    tree = parse_select("SELECT p.name FROM products p WHERE p.price > 5 ORDER BY p.price LIMIT 2")
    before = repr(tree)
    assert mutants(tree, SCHEMA) == mutants(tree, SCHEMA)
    assert repr(tree) == before


def test_where_only_some_are_wanted_every_kind_is_kept() -> None:
    sql = (
        "SELECT c.name, COUNT(*) FROM orders o JOIN customers c ON o.customer_id = c.customer_id JOIN stores s ON "
        "o.store_id = s.store_id WHERE s.city = 'Kyoto' AND o.ordered_on BETWEEN '2025-01-01' AND '2025-06-30' AND "
        "o.status IN ('shipped', 'delivered') GROUP BY c.customer_id, c.name ORDER BY COUNT(*) DESC LIMIT 3"
    )
    everything, some = made(sql), made(sql, 20)
    assert len(everything) > 40 and len(some) == 20
    assert {mutant.kind for mutant in some} == {mutant.kind for mutant in everything}


def test_a_recursion_is_left_alone_so_that_it_ends() -> None:
    sql = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT COUNT(*) FROM n WHERE i > 2"
    )
    assert made(sql) and all("WHERE i < 5)" in mutant.sql for mutant in made(sql))


def test_columns_that_keep_an_order_unambiguous_stay() -> None:
    sql = "SELECT name FROM products ORDER BY price, product_id LIMIT 1"
    assert all(
        ", product_id LIMIT" in mutant.sql
        for mutant in made(sql)
        if mutant.kind in ("column", "order") and "," in mutant.sql
    )


def test_all_neighbours_of_a_query_take_a_few_milliseconds() -> None:
    trees = [parse_select(sql) for sql in QUERIES[::4]]
    start = time.process_time()
    count = sum(len(mutants(tree, SCHEMA)) for tree in trees)
    assert count > 10 * len(trees)
    assert (time.process_time() - start) / len(trees) < 0.008  # 0.001 on one idle core

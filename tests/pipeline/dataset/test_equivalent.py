"""Which queries are surely the same: cases for each rule, near misses that are not, and a run on populated databases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.config import InstanceConfig
from pipeline.database.answers import same_answer
from pipeline.database.ddl import parse_schema
from pipeline.database.instances import build_instances
from pipeline.database.sandbox import Sandbox
from pipeline.database.schema import Schema
from pipeline.database.sql import is_ordered, literals, parse_select
from pipeline.dataset.equivalent import equivalence
from pipeline.dataset.mutants import Mutant, mutants
from pipeline.errors import SqlError

SHOP = Path(__file__).parents[3] / "sample_db" / "shop"
SCHEMA = parse_schema((SHOP / "schema.sql").read_text(encoding="utf-8"))
QUERIES = sorted(
    {json.loads(line)["output"] for line in (SHOP / "pairs.jsonl").read_text(encoding="utf-8").splitlines()}
)
LOOSE = parse_schema(
    """
    CREATE TABLE clubs (club_id INTEGER PRIMARY KEY, title TEXT UNIQUE, city TEXT, fee REAL CHECK (fee >= 0));
    CREATE TABLE members (club_id INTEGER REFERENCES clubs (club_id), nr INTEGER NOT NULL, name TEXT, age INTEGER,
        PRIMARY KEY (club_id, nr));
    CREATE TABLE visits (visit_id INTEGER PRIMARY KEY, club_id INTEGER, nr INTEGER, day DATE NOT NULL, rate REAL,
        FOREIGN KEY (club_id, nr) REFERENCES members (club_id, nr));
    """
)
"""Keys with empty parts, a unique column that may be empty, a reference that may be."""

SAME = [
    ("SELECT name FROM products WHERE stock < 9", "SELECT DISTINCT name FROM products WHERE stock < 9"),
    ("SELECT city, COUNT(*) FROM stores GROUP BY city", "SELECT DISTINCT city, COUNT(*) FROM stores GROUP BY city"),
    ("SELECT MAX(price) FROM products", "SELECT MAX(DISTINCT price) FROM products"),
    ("SELECT COUNT(*) FROM products", "SELECT COUNT(price) FROM products"),
    ("SELECT COUNT(*) FROM products", "SELECT COUNT(DISTINCT name) FROM products"),
    ("SELECT COUNT(*) FROM customers WHERE email LIKE 'a%'", "SELECT COUNT(email) FROM customers WHERE email LIKE 'a%'"),
    ("SELECT COUNT(*) FROM returns r JOIN orders o ON r.order_id = o.order_id", "SELECT COUNT(*) FROM returns r"),
    ("SELECT o.order_id FROM orders o JOIN stores s ON o.store_id = s.store_id WHERE s.city = 'Kyoto'",
     "SELECT o.order_id FROM orders o LEFT JOIN stores s ON o.store_id = s.store_id WHERE s.city = 'Kyoto'"),
    ("SELECT p.name, c.name FROM products p JOIN categories c ON p.category_id = c.category_id",
     "SELECT p.name, c.name FROM products p LEFT JOIN categories c ON p.category_id = c.category_id"),
    ("SELECT o.store_id FROM orders o JOIN stores s ON o.store_id = s.store_id",
     "SELECT s.store_id FROM orders o JOIN stores s ON o.store_id = s.store_id"),
    ("SELECT s.name, COUNT(*) FROM stores s JOIN orders o ON o.store_id = s.store_id GROUP BY s.store_id, s.name",
     "SELECT s.name, COUNT(*) FROM stores s JOIN orders o ON o.store_id = s.store_id GROUP BY s.name"),
    ("SELECT s.name FROM stores s JOIN orders o ON o.store_id = s.store_id GROUP BY s.store_id HAVING COUNT(*) > 3",
     "SELECT s.name FROM stores s LEFT JOIN orders o ON o.store_id = s.store_id GROUP BY s.store_id HAVING COUNT(*) > 3"),
    ("SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.customer_id WHERE o.order_id IS NULL",
     "SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.customer_id WHERE o.status IS NULL"),
    ("SELECT city, COUNT(*) FROM customers WHERE city <> 'Kyoto' GROUP BY city",
     "SELECT city, COUNT(*) FROM customers GROUP BY city HAVING city <> 'Kyoto'"),
    ("SELECT name FROM products WHERE price > 5", "SELECT name FROM products WHERE price >= 6"),
    ("SELECT name FROM products WHERE stock >= 0", "SELECT name FROM products"),
    ("SELECT name FROM products WHERE stock > 0", "SELECT name FROM products WHERE stock <> 0"),
    ("SELECT name FROM products WHERE price IS NOT NULL", "SELECT name FROM products"),
    ("SELECT status FROM orders WHERE status IN ('shipped')", "SELECT status FROM orders WHERE status = 'shipped'"),
    ("SELECT name FROM stores WHERE NOT (city = 'Kyoto')", "SELECT name FROM stores WHERE city <> 'Kyoto'"),
    ("SELECT SUM(amount) FROM payments WHERE payment_id = 4", "SELECT MIN(amount) FROM payments WHERE payment_id = 4"),
    ("SELECT name FROM customers WHERE customer_id IN (SELECT customer_id FROM orders)",
     "SELECT name FROM customers WHERE customer_id IN (SELECT DISTINCT customer_id FROM orders ORDER BY customer_id)"),
    ("SELECT name FROM stores s WHERE EXISTS (SELECT 1 FROM orders o WHERE o.store_id = s.store_id)",
     "SELECT name FROM stores s WHERE EXISTS (SELECT DISTINCT o.status FROM orders o WHERE o.store_id = s.store_id)"),
    ("SELECT name FROM products ORDER BY name, price", "SELECT name FROM products ORDER BY name"),
    ("SELECT AVG(n) FROM (SELECT COUNT(*) AS n FROM orders GROUP BY store_id)",
     "SELECT AVG(n) FROM (SELECT COUNT(*) AS n FROM orders GROUP BY store_id ORDER BY n)"),
    ("SELECT MAX(n) FROM (SELECT COUNT(*) AS n FROM orders GROUP BY store_id)",
     "SELECT MAX(n) FROM (SELECT DISTINCT COUNT(*) AS n FROM orders GROUP BY store_id)"),
    ("SELECT city FROM stores UNION SELECT city FROM customers",
     "SELECT DISTINCT city FROM stores UNION SELECT city FROM customers"),
]  # fmt: skip

OTHER = [
    ("SELECT name FROM customers", "SELECT DISTINCT name FROM customers"),
    ("SELECT COUNT(*) FROM products", "SELECT COUNT(cost) FROM products"),
    ("SELECT COUNT(*) FROM orders", "SELECT COUNT(DISTINCT store_id) FROM orders"),
    ("SELECT s.name FROM stores s JOIN orders o ON o.store_id = s.store_id",
     "SELECT s.name FROM stores s LEFT JOIN orders o ON o.store_id = s.store_id"),
    ("SELECT o.order_id FROM orders o JOIN employees e ON o.employee_id = e.employee_id", "SELECT o.order_id FROM orders o"),
    ("SELECT s.name FROM stores s LEFT JOIN orders o ON o.store_id = s.store_id WHERE o.delivered_on IS NULL",
     "SELECT s.name FROM stores s LEFT JOIN orders o ON o.store_id = s.store_id WHERE o.order_id IS NULL"),
    ("SELECT c.name, COUNT(*) FROM customers c JOIN orders o ON o.customer_id = c.customer_id GROUP BY c.customer_id, c.name",
     "SELECT c.name, COUNT(*) FROM customers c JOIN orders o ON o.customer_id = c.customer_id GROUP BY c.name"),
    ("SELECT name FROM products WHERE price > 5", "SELECT name FROM products WHERE price >= 5"),
    ("SELECT name FROM products WHERE cost > 0", "SELECT name FROM products"),
    ("SELECT city FROM stores UNION ALL SELECT city FROM customers",
     "SELECT city FROM stores UNION SELECT city FROM customers"),
    ("SELECT name FROM products ORDER BY price, name", "SELECT name FROM products ORDER BY price"),
    ("SELECT name FROM products WHERE price = (SELECT price FROM products ORDER BY price)",
     "SELECT name FROM products WHERE price = (SELECT price FROM products)"),
    ("SELECT AVG(salary) / 7 FROM employees WHERE employee_id = 3",
     "SELECT SUM(salary) / 7 FROM employees WHERE employee_id = 3"),
    ("SELECT SUM(price) OVER () FROM products", "SELECT DISTINCT SUM(price) OVER () FROM products"),
    ("SELECT city, COUNT(*) FROM stores WHERE city = 'Kyoto' GROUP BY city HAVING COUNT(*) > 1",
     "SELECT city, COUNT(*) FROM stores WHERE city = 'Kyoto' GROUP BY city"),
]  # fmt: skip
OTHER += [
    ("SELECT name FROM products LIMIT 3", "SELECT DISTINCT name FROM products LIMIT 3"),
    ("SELECT DISTINCT c.name FROM customers c JOIN orders o ON o.customer_id = c.customer_id ORDER BY o.ordered_on LIMIT 1",
     "SELECT DISTINCT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.customer_id WHERE o.status > '' "
     "ORDER BY o.ordered_on LIMIT 1"),
]  # fmt: skip
LOOSE_OTHER = [
    ("SELECT title FROM clubs", "SELECT DISTINCT title FROM clubs"),
    ("SELECT COUNT(*) FROM clubs", "SELECT COUNT(DISTINCT title) FROM clubs"),
    ("SELECT title FROM clubs WHERE fee >= 0", "SELECT title FROM clubs"),
    ("SELECT title FROM clubs WHERE fee > 0", "SELECT title FROM clubs"),
    ("SELECT title, COUNT(*) FROM clubs GROUP BY title", "SELECT title, COUNT(*) FROM clubs GROUP BY club_id"),
    (
        "SELECT COUNT(*) FROM visits v JOIN members m ON v.club_id = m.club_id AND v.nr = m.nr",
        "SELECT COUNT(*) FROM visits",
    ),
    ("SELECT COUNT(*) FROM visits v JOIN clubs c ON v.club_id = c.club_id", "SELECT COUNT(*) FROM visits v"),
    ("SELECT visit_id FROM visits WHERE rate > 1", "SELECT visit_id FROM visits WHERE rate >= 2"),
]


def reason(sql: str, other: str, schema: Schema = SCHEMA) -> str:
    return equivalence(Mutant(other, "column"), parse_select(sql), schema)


@pytest.mark.parametrize(("sql", "other"), SAME)
def test_what_is_surely_the_same_is_told_with_a_reason(sql: str, other: str) -> None:
    assert reason(sql, other)
    assert reason(other, sql)


@pytest.mark.parametrize(("sql", "other"), OTHER)
def test_what_rows_could_tell_apart_is_not_called_the_same(sql: str, other: str) -> None:
    assert not reason(sql, other)
    assert not reason(other, sql)


@pytest.mark.parametrize(("sql", "other"), LOOSE_OTHER)
def test_keys_with_empty_parts_prove_nothing(sql: str, other: str) -> None:
    assert not reason(sql, other, LOOSE)
    assert not reason(other, sql, LOOSE)


def test_the_reason_names_what_the_mutant_changed() -> None:
    assert "key" in reason("SELECT name FROM products", "SELECT DISTINCT name FROM products")
    assert "bound" in reason("SELECT name FROM products WHERE stock >= 0", "SELECT name FROM products")


def test_sql_that_cannot_be_read_is_not_the_same() -> None:
    assert not reason("SELECT name FROM products", "SELECT name FROM (")


def test_the_tree_that_was_given_is_not_changed() -> None:
    tree = parse_select("SELECT DISTINCT p.name FROM products p JOIN categories c ON p.category_id = c.category_id")
    before = repr(tree)
    equivalence(Mutant("SELECT name FROM products", "distinct"), tree, SCHEMA)
    assert repr(tree) == before


def unsound(queries: list[str], schema: Schema, folder: Path) -> list[tuple[str, str]]:
    """The mutants that are called the same and yet give another answer on one of six databases."""
    same = {
        sql: [mutant.sql for mutant in mutants(tree, schema, 1000) if equivalence(mutant, tree, schema)]
        for sql, tree in ((sql, parse_select(sql)) for sql in queries)
    }
    values = [value for sql in queries for value in literals(sql)]
    databases = build_instances(schema, folder, InstanceConfig(), values)
    wrong = []
    with Sandbox() as sandbox:
        for sql, others in same.items():
            gold, *answers = sandbox.run_many([sql, *others], databases) if others else [()]
            for other, found in zip(others, answers, strict=True):
                assert not isinstance(gold, SqlError) and not isinstance(found, SqlError), other
                if not all(same_answer(one, two, is_ordered(sql)) for one, two in zip(gold, found, strict=True)):
                    wrong.append((sql, other))
    assert sum(map(len, same.values())) > len(queries) / 4
    return wrong


def test_no_mutant_called_the_same_gives_another_answer_on_the_sample(tmp_path: Path) -> None:
    assert not unsound(QUERIES[::25], SCHEMA, tmp_path)


@pytest.mark.slow
def test_no_mutant_called_the_same_gives_another_answer_on_all_of_the_sample(tmp_path: Path) -> None:
    assert not unsound(QUERIES, SCHEMA, tmp_path)


def test_no_mutant_called_the_same_gives_another_answer_where_columns_may_be_empty(tmp_path: Path) -> None:
    queries = [
        "SELECT m.name FROM members m JOIN clubs c ON m.club_id = c.club_id WHERE c.fee > 0",
        "SELECT c.title, COUNT(v.nr) FROM clubs c LEFT JOIN visits v ON v.club_id = c.club_id GROUP BY c.club_id, c.title",
        "SELECT COUNT(v.nr) FROM visits v LEFT JOIN members m ON v.club_id = m.club_id AND v.nr = m.nr WHERE m.age > 30",
        "SELECT DISTINCT c.title, c.city FROM clubs c JOIN visits v ON v.club_id = c.club_id WHERE v.rate IS NOT NULL",
        "SELECT c.city, MAX(m.age) FROM clubs c JOIN members m ON m.club_id = c.club_id GROUP BY c.city HAVING MAX(m.age) > 20",
        "SELECT c.title FROM clubs c LEFT JOIN members m ON m.club_id = c.club_id WHERE m.nr IS NULL ORDER BY c.title, c.city",
    ]
    assert not unsound(queries, LOOSE, tmp_path)

"""What pairs use of a schema: tables, columns and clauses, and what none does."""

from __future__ import annotations

import time

import pytest

from pipeline.database.ddl import parse_schema
from pipeline.dataset.coverage import CLAUSES, TARGETS, coverage, targets

SCHEMA = parse_schema(
    "CREATE TABLE Stores (id INTEGER PRIMARY KEY, name TEXT, opened_on DATE);"
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, store_id INTEGER REFERENCES Stores(id), total REAL, ordered_on DATE);"
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);"
)


def columns(*queries: str) -> dict[str, int]:
    return {f"{table}.{column}": n for (table, column), n in coverage(queries, SCHEMA).columns.items() if n}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT NAME FROM stores", {"Stores.name"}),
        ("SELECT s.name FROM stores AS s JOIN orders o ON o.store_id = s.id",
         {"Stores.name", "Stores.id", "orders.store_id"}),
        ("SELECT name, total FROM stores, orders", {"Stores.name", "orders.total"}),
        ("SELECT name FROM stores WHERE EXISTS (SELECT 1 FROM orders WHERE store_id = stores.id AND total > 5)",
         {"Stores.name", "Stores.id", "orders.store_id", "orders.total"}),
        ("WITH best AS (SELECT store_id AS total FROM orders) SELECT total FROM best", {"orders.store_id"}),
        ("SELECT x.n FROM (SELECT name AS n FROM stores) AS x", {"Stores.name"}),
        ("SELECT * FROM stores", set()),
        ("SELECT FROM WHERE", set()),
        ("SELECT nothing FROM nowhere", set()),
    ],
)  # fmt: skip
def test_a_column_is_counted_for_the_table_it_belongs_to(sql: str, expected: set[str]) -> None:
    assert set(columns(sql)) == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT name FROM stores WHERE id = 3", set()),
        ("SELECT name FROM stores", {"whole"}),
        ("SELECT COUNT(*) FROM stores JOIN orders ON store_id = stores.id", {"join", "count", "whole"}),
        ("SELECT store_id FROM orders GROUP BY store_id HAVING SUM(total) > 3", {"group", "having", "aggregate"}),
        ("SELECT DISTINCT name FROM stores ORDER BY name LIMIT 3", {"distinct", "order"}),
        ("SELECT name FROM stores UNION SELECT text FROM notes", {"set"}),
        ("SELECT name FROM stores WHERE id IN (SELECT store_id FROM orders)", {"subquery"}),
        ("SELECT total FROM orders WHERE total = (SELECT MAX(total) FROM orders)", {"subquery", "aggregate", "superlative"}),
        ("SELECT total FROM orders WHERE id = (SELECT id FROM orders ORDER BY total DESC LIMIT 1)",
         {"subquery", "order", "superlative"}),
        ("SELECT total FROM orders WHERE total > (SELECT AVG(total) FROM orders)", {"subquery", "aggregate"}),
        ("SELECT id FROM stores WHERE name IN ('a', 'b')", {"or"}),
        ("SELECT id FROM stores WHERE name = 'a' OR name = 'b'", {"or"}),
        ("SELECT id FROM stores WHERE name <> 'a'", {"not"}),
        ("SELECT id FROM stores WHERE NOT EXISTS (SELECT 1 FROM orders)", {"not", "subquery"}),
        ("SELECT id FROM stores WHERE name IS NOT NULL", {"null"}),
        ("SELECT id FROM stores WHERE name LIKE 'a%'", {"like"}),
        ("SELECT name FROM stores WHERE opened_on BETWEEN '2025-01-01' AND '2025-12-31'", {"dates"}),
        ("SELECT total FROM orders WHERE strftime('%Y', ordered_on) = '2025'", {"dates"}),
        ("SELECT total FROM orders WHERE ordered_on >= '2025-03'", {"dates"}),
        ("SELECT name FROM stores WHERE name = '2025 edition'", set()),
    ],
)  # fmt: skip
def test_each_kind_of_clause_is_found(sql: str, expected: set[str]) -> None:
    found = coverage([sql], SCHEMA).clauses
    assert list(found) == list(CLAUSES)
    assert {clause for clause, n in found.items() if n} == expected


def test_what_nothing_uses_is_named_once() -> None:
    found = coverage(["SELECT name FROM stores", "SELECT total, store_id FROM orders", "broken ("], SCHEMA)
    assert found.pairs == 3
    assert found.tables == {"Stores": 1, "orders": 1, "notes": 0}
    assert found.unused == ["notes", "Stores.id", "Stores.opened_on", "orders.id", "orders.ordered_on"]


def test_two_thousand_pairs_are_counted_again_in_no_time() -> None:
    queries = [f"SELECT name FROM stores JOIN orders ON store_id = stores.id WHERE total > {n}" for n in range(2000)]
    coverage(queries, SCHEMA)
    started = time.process_time()
    assert coverage(queries, SCHEMA).tables["orders"] == 2000
    assert time.process_time() - started < 0.5


def test_pairs_are_counted_by_how_hard_they_are_and_broken_ones_are_of_no_kind() -> None:
    queries = ["SELECT name FROM stores", "SELECT name FROM stores UNION SELECT text FROM notes", "broken ("]
    assert coverage(queries, SCHEMA).hardness == {"easy": 1, "medium": 0, "hard": 1, "extra": 0}


def test_a_schema_has_no_target_for_what_it_gives_no_occasion_for() -> None:
    bare = parse_schema("CREATE TABLE t (a INTEGER NOT NULL, b TEXT NOT NULL)")
    assert targets(SCHEMA) == TARGETS
    assert TARGETS.keys() - targets(bare).keys() == {"join", "dates", "null"}

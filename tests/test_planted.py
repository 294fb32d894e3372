"""Planted wrong pairs are wrong: another answer on a populated database, the question as it was, the same each time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from benchmarks.planted import DAMAGES, Ground, damaged, plant
from pipeline.config import InstanceConfig
from pipeline.database.examples import example_schema
from pipeline.database.instances import build_instances
from pipeline.database.sandbox import Sandbox
from pipeline.dataset.opinion import Bench
from pipeline.records import Pair

GOOD = {
    "Salaries of the employees in Osaka stores":
        "SELECT salary FROM employees e JOIN stores s ON e.store_id = s.store_id WHERE city = 'Osaka'",
    "Products over 5000 yen": "SELECT name FROM products WHERE price > 5000",
    "The average price of the products": "SELECT AVG(price) FROM products",
    "The three dearest products": "SELECT name FROM products ORDER BY price DESC, product_id LIMIT 3",
    "Orders per status": "SELECT status, COUNT(*) FROM orders GROUP BY status",
    "Name and city of the customers": "SELECT name, city FROM customers",
    "Cities of customers": "SELECT DISTINCT city FROM customers",
    "Payments by card": "SELECT SUM(amount) FROM payments WHERE method = 'card'",
}  # fmt: skip


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    schema, folder = example_schema("shop"), Path(tmp_path_factory.mktemp("shop"))
    values = [("Osaka", "stores.city"), (5000, "products.price"), ("card", "payments.method")]
    databases = build_instances(schema, folder, InstanceConfig(count=2, rows=40), values)
    with Sandbox() as sandbox:
        yield Bench(schema, databases, sandbox)


@pytest.mark.parametrize("kind", DAMAGES)
def test_every_kind_of_damage_gives_another_answer(kind: str, bench: Bench) -> None:
    wrong = {good: damaged(kind, good, bench, Random(1)) for good in GOOD.values()}
    found = {good: sql for good, sql in wrong.items() if sql}
    assert found
    assert all(bench.opinion(good, sql).agrees is False for good, sql in found.items())


def test_the_kinds_take_turns_and_the_question_stays(bench: Bench) -> None:
    pairs = tuple(Pair(question, sql) for question, sql in GOOD.items())
    planted = plant([Ground(pairs, bench)], 6, seed=3)
    assert {one.kind for one in planted} == set(DAMAGES)
    assert all(GOOD[one.pair.question] == one.good != one.pair.sql for one in planted)
    assert planted == plant([Ground(pairs, bench)], 6, seed=3)


def test_there_are_fewer_where_the_pairs_give_no_more(bench: Bench) -> None:
    assert len(plant([Ground((Pair("Cities of customers", GOOD["Cities of customers"]),), bench)], 5, seed=3)) == 1

"""A schema is cut to what is wanted with all it refers to, then to what is near; always the same way."""

from __future__ import annotations

import random

import pytest

from pipeline.database.closure import closure, cut, only
from pipeline.database.ddl import parse_schema
from pipeline.database.schema import Schema
from pipeline.errors import UserError

SHOP = parse_schema(
    "CREATE TABLE lone (id INTEGER PRIMARY KEY);"
    "CREATE TABLE regions (id INTEGER PRIMARY KEY);"
    "CREATE TABLE customers (id INTEGER PRIMARY KEY, region_id INTEGER REFERENCES regions);"
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers);"
    "CREATE TABLE items (id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders, boss INTEGER REFERENCES items);"
    "CREATE TABLE a (id INTEGER PRIMARY KEY, b_id INTEGER REFERENCES b);"
    "CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a)"
)


def tables(schema: Schema) -> int:
    """One token a table, two around them."""
    return 2 + len(schema.tables)


def names(schema: Schema) -> list[str]:
    return [table.name for table in schema.tables]


def test_what_is_wanted_comes_with_all_that_it_refers_to() -> None:
    kept, left = cut(SHOP, ["Orders"], 5, tables)
    assert names(kept) == ["regions", "customers", "orders"]
    assert left == ["lone", "items", "a", "b"]
    assert closure(SHOP, ["a"]) == {"a", "b"} and closure(SHOP, ["items"]) == {
        "items", "orders", "customers", "regions",
    }  # fmt: skip


def test_neighbours_follow_until_the_budget_is_reached_the_nearest_first() -> None:
    assert names(cut(SHOP, ["customers"], 5, tables)[0]) == ["regions", "customers", "orders"]
    assert names(cut(SHOP, ["customers"], 6, tables)[0]) == ["regions", "customers", "orders", "items"]
    assert names(cut(SHOP, ["customers"], 7, tables)[0])[-1] == "items"  # a and b only fit together: lone does
    assert cut(SHOP, [], 99, tables) == (SHOP, [])


def test_without_wishes_the_most_connected_tables_are_kept() -> None:
    assert names(cut(SHOP, [], 4, tables)[0]) == ["regions", "customers"]
    assert names(cut(SHOP, [], 3, tables)[0]) == ["regions"]


def test_every_cut_is_whole_within_the_budget_and_the_same_again() -> None:
    draw = random.Random(3)
    for _ in range(60):
        ddl = "; ".join(
            f"CREATE TABLE t{n} (id INTEGER PRIMARY KEY, "
            + ", ".join(f"c{k} INTEGER REFERENCES t{draw.randrange(20)} (id)" for k in range(draw.randrange(1, 4)))
            + ")"
            for n in range(20)
        )
        schema, budget = parse_schema(ddl), draw.randrange(400, 1_500)
        wanted = [f"t{draw.randrange(20)}"]
        try:
            kept, left = cut(schema, wanted, budget, lambda each: len(each.to_prompt()))
        except UserError as error:
            assert "No table fits" in str(error)
            continue
        assert len(kept.to_prompt()) <= budget
        assert closure(schema, names(kept)) == set(names(kept)) and not set(left) & set(names(kept))
        assert len(left) + len(kept.tables) == 20
        assert parse_schema(kept.to_sql(), name=kept.name) == kept
        assert cut(schema, wanted, budget, lambda each: len(each.to_prompt())) == (kept, left)


def test_a_sum_that_was_too_low_is_put_right_by_counting_the_whole() -> None:
    def dearer_together(schema: Schema) -> int:
        return len(schema.tables) ** 2

    kept, _ = cut(SHOP, ["regions"], 5, dearer_together)
    assert names(kept) == ["regions", "customers"]


def test_an_unknown_table_and_a_budget_for_none_are_refused() -> None:
    with pytest.raises(UserError, match="has no table 'clients'. Name tables that it has, such as lone"):
        cut(SHOP, ["clients"], 5, tables)
    with pytest.raises(UserError, match="No table fits: lone, the smallest .* has 3 tokens; the limit is 2"):
        cut(SHOP, [], 2, tables)
    assert names(only(SHOP, {"b", "lone"})) == ["lone", "b"]

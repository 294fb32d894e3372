"""Databases from a schema alone: constraints hold, values are believable, literals are found, seeds decide."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import InstanceConfig
from pipeline.database.ddl import parse_schema
from pipeline.database.filling.characters import KINDS
from pipeline.database.filling.references import Literal
from pipeline.database.instances import VERSION, build_instance, build_instances, rebuild, remember
from pipeline.database.rows import load_rows
from pipeline.database.schema import Column, Schema, Table
from pipeline.errors import UserError

ROOT = Path(__file__).parents[3]
SHOP = (ROOT / "sample_db/shop/schema.sql").read_text(encoding="utf-8")
GEOGRAPHY = """
CREATE TABLE border_info (state_name TEXT, border TEXT);
CREATE TABLE city (city_name TEXT, population INT, country_name TEXT, state_name TEXT);
CREATE TABLE highlow (state_name TEXT, highest_elevation TEXT, lowest_point TEXT, lowest_elevation TEXT);
CREATE TABLE river (river_name TEXT, length INT, traverse TEXT);
CREATE TABLE state (state_name TEXT, population INT, area DOUBLE, capital TEXT, density DOUBLE);
"""
NASTY = """
CREATE TABLE node (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES node (id), label TEXT UNIQUE NOT NULL);
CREATE TABLE team (id INTEGER PRIMARY KEY, captain_id INTEGER NOT NULL REFERENCES member (id), name TEXT);
CREATE TABLE member (id INTEGER PRIMARY KEY, team_id INTEGER NOT NULL REFERENCES team (id), name TEXT NOT NULL);
CREATE TABLE room (building TEXT, floor INTEGER, number INTEGER, PRIMARY KEY (building, floor, number));
CREATE TABLE "order" ("select" INTEGER PRIMARY KEY, "from" TEXT, building TEXT, floor INTEGER, number INTEGER,
  FOREIGN KEY (building, floor, number) REFERENCES room (building, floor, number));
CREATE TABLE passport (member_id INTEGER PRIMARY KEY REFERENCES member (id), code TEXT NOT NULL CHECK (length(code) = 9));
CREATE TABLE slot (weekday INTEGER NOT NULL UNIQUE CHECK (weekday BETWEEN 1 AND 7), open BOOLEAN NOT NULL);
CREATE TABLE stay (id INTEGER PRIMARY KEY, from_day DATE NOT NULL, to_day DATE NOT NULL CHECK (to_day > from_day),
  nights INTEGER NOT NULL CHECK (nights >= 1000 AND nights < 1003), price REAL NOT NULL, quantity INTEGER NOT NULL,
  total REAL NOT NULL CHECK (total = price * quantity), paid REAL CHECK (paid IS NULL OR paid <= total),
  kind TEXT CHECK (kind IN ('full', 'half')), UNIQUE (from_day, kind));
CREATE TABLE 顧客 (顧客番号 INTEGER PRIMARY KEY, 氏名 TEXT NOT NULL, メール TEXT UNIQUE, 都道府県 TEXT, 登録日 DATE);
CREATE TABLE 注文 (注文番号 INTEGER PRIMARY KEY, 顧客番号 INTEGER NOT NULL REFERENCES 顧客 (顧客番号), 金額 INTEGER, 状態 TEXT);
"""


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def contents(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def assert_sound(path: Path) -> None:
    assert rows(path, "PRAGMA foreign_key_check") == []
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize("ddl", [SHOP, GEOGRAPHY, NASTY], ids=["shop", "geography", "nasty"])
@pytest.mark.parametrize("seed", range(6))
def test_every_constraint_holds_and_no_table_stays_empty_by_accident(ddl: str, seed: int, tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    assert build_instance(parse_schema(ddl), path, seed) == ()
    assert_sound(path)


def test_the_same_seed_gives_the_same_rows_in_another_process(tmp_path: Path) -> None:
    literals = [("Kyoto", "city"), (5000, "price"), ("pen%", "products.name")]
    build_instance(parse_schema(SHOP), tmp_path / "here.sqlite", 5, literals=literals)
    code = (
        "import sys; from pathlib import Path; from pipeline.database.ddl import parse_schema;"
        "from pipeline.database.instances import build_instance;"
        "schema = parse_schema(Path('sample_db/shop/schema.sql').read_text());"
        f"build_instance(schema, Path(sys.argv[1]), 5, literals={literals!r})"
    )
    there = tmp_path / "there.sqlite"
    subprocess.run(
        [sys.executable, "-c", code, str(there)], cwd=ROOT, check=True, env={**os.environ, "PYTHONHASHSEED": "7"}
    )
    assert contents(there) == contents(tmp_path / "here.sqlite")
    build_instance(parse_schema(SHOP), tmp_path / "other.sqlite", 8, literals=literals)
    assert contents(tmp_path / "other.sqlite") != contents(there)


def test_the_literals_of_a_query_are_found_together_and_just_missed(tmp_path: Path) -> None:
    literals = [("Kyoto", "city"), ("2025-03-14", "joined_on"), (4321, "price"), ("%lamp%", "products.name")]
    paths = build_instances(parse_schema(SHOP), tmp_path, InstanceConfig(), literals)
    both = "SELECT count(*) FROM customers WHERE city = 'Kyoto' AND joined_on = '2025-03-14'"
    assert sum(rows(path, both)[0][0] for path in paths) > 3
    for sql in (
        "SELECT 1 FROM customers WHERE city = 'Kyoto'",
        "SELECT 1 FROM customers WHERE joined_on IN ('2025-03-13', '2025-03-15')",
        "SELECT 1 FROM products WHERE price = 4321",
        "SELECT 1 FROM products WHERE price = 4322",
        "SELECT 1 FROM products WHERE name LIKE '%lamp%'",
        "SELECT 1 FROM orders JOIN customers USING (customer_id) WHERE city = 'Kyoto'",
    ):
        assert any(rows(path, sql) for path in paths), sql


def test_a_literal_without_a_column_goes_where_its_type_fits(tmp_path: Path) -> None:
    paths = build_instances(parse_schema(SHOP), tmp_path, InstanceConfig(), [("Zebra Lamp", None)])
    assert any(rows(path, "SELECT 1 FROM products WHERE name = 'Zebra Lamp'") for path in paths)
    assert not any(rows(path, "SELECT 1 FROM products WHERE price = 'Zebra Lamp'") for path in paths)


def test_a_literal_of_a_foreign_key_is_a_parent_with_children(tmp_path: Path) -> None:
    paths = build_instances(parse_schema(SHOP), tmp_path, InstanceConfig(), [(777, "orders.customer_id")])
    sql = "SELECT 1 FROM customers JOIN orders USING (customer_id) WHERE customer_id = 777"
    assert any(rows(path, sql) for path in paths)


def test_tables_without_declared_keys_still_join(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    build_instance(parse_schema(GEOGRAPHY), path, 0)
    for sql in (
        "SELECT 1 FROM city JOIN state ON city.state_name = state.state_name",
        "SELECT 1 FROM state JOIN city ON city.city_name = state.capital",
        "SELECT 1 FROM border_info JOIN state ON border_info.border = state.state_name",
        "SELECT 1 FROM river JOIN state ON river.traverse = state.state_name",
    ):
        assert len(rows(path, sql)) >= 10, sql


def made(tmp_path: Path, ddl: str = SHOP, literals: Sequence[Literal] = ()) -> dict[str, Path]:
    """The six databases by kind."""
    return dict(zip(KINDS, build_instances(parse_schema(ddl), tmp_path, InstanceConfig(), literals), strict=True))


def test_each_kind_of_database_has_more_of_what_it_is_for(tmp_path: Path) -> None:
    paths = made(tmp_path)

    def most(sql: str) -> str:
        return max(paths, key=lambda kind: rows(paths[kind], sql)[0][0])

    def top(column: str, table: str) -> str:
        return f"SELECT count(*) FROM {table} WHERE {column} = (SELECT max({column}) FROM {table})"

    assert most("SELECT avg(phone IS NULL) FROM customers") == "gaps"
    shared = [
        rows(paths["ties"], top(column, of))[0][0] for column, of in (("price", "products"), ("ordered_on", "orders"))
    ]
    assert min(shared) >= 3
    first = "SELECT n, count(*) FROM (SELECT count(*) AS n FROM orders GROUP BY store_id) GROUP BY 1 ORDER BY 1 DESC"
    assert rows(paths["ties"], first)[0][1] >= 3
    assert most("SELECT -count(*) FROM orders") == "childless"
    edge = "SELECT avg(strftime('%d', ordered_on) = '01' OR strftime('%d', ordered_on, '+1 day') = '01') FROM orders"
    assert most(edge) == "boundaries"
    repeated = "SELECT count(*) - (SELECT count(*) FROM (SELECT DISTINCT name, city FROM customers)) FROM customers"
    assert most(repeated) == "repeats"
    childless = "SELECT count(*) FROM customers WHERE customer_id NOT IN (SELECT customer_id FROM orders)"
    assert all(rows(path, childless)[0][0] for path in paths.values())


def test_a_small_database_has_empty_groups_and_an_empty_table(tmp_path: Path) -> None:
    path = made(tmp_path)["childless"]
    tables = [table.name for table in parse_schema(SHOP).tables]
    assert sum(rows(path, f"SELECT count(*) FROM {name}")[0][0] == 0 for name in tables) == 1
    assert rows(path, "SELECT count(DISTINCT status) FROM orders")[0][0] < 4


def test_boundaries_meet_the_average_the_parent_and_the_other_column(tmp_path: Path) -> None:
    path = made(tmp_path)["boundaries"]
    assert rows(path, "SELECT 1 FROM products WHERE price = (SELECT avg(price) FROM products)")
    assert rows(path, "SELECT 1 FROM order_items JOIN products USING (product_id) WHERE unit_price = price")
    assert rows(path, "SELECT 1 FROM employees JOIN stores USING (store_id) WHERE hired_on = opened_on")
    assert rows(path, "SELECT 1 FROM products WHERE stock = 0")


def test_each_literal_of_many_has_rows_in_half_of_the_databases(tmp_path: Path) -> None:
    cities = [(f"City {number}", "customers.city") for number in range(15)]
    prices = [(1000 * number + 1, "products.price") for number in range(1, 15)]
    days = [(f"2025-{month:02}", "orders.ordered_on") for month in range(1, 13)]
    paths = made(tmp_path, literals=[*cities, *prices, *days]).values()
    for value, owner in (*cities, *prices, *days):
        table, column = str(owner).split(".")
        sql = f"SELECT 1 FROM {table} WHERE {column} LIKE '{value}%'"
        assert sum(bool(rows(path, sql)) for path in paths) >= 3, sql


def test_of_two_conditions_each_is_missed_alone_and_both(tmp_path: Path) -> None:
    literals = [("Osaka", "customers.city"), ("2025-03-14", "customers.joined_on")]
    paths = made(tmp_path, literals=literals).values()
    for first in ("city = 'Osaka'", "city <> 'Osaka'"):
        for second in ("joined_on = '2025-03-14'", "joined_on <> '2025-03-14'"):
            sql = f"SELECT 1 FROM customers WHERE {first} AND {second}"
            assert sum(bool(rows(path, sql)) for path in paths) >= 3, sql
    assert any(rows(path, "SELECT 1 FROM customers WHERE city LIKE 'Osaka_%' OR city = 'osaka'") for path in paths)


def test_another_value_of_a_closed_list_stands_where_the_other_condition_holds(tmp_path: Path) -> None:
    literals = [("cancelled", "orders.status"), ("2025-03-14", "orders.ordered_on")]
    sql = "SELECT 1 FROM orders WHERE ordered_on = '2025-03-14' AND status "
    paths = made(tmp_path, literals=literals).values()
    assert all(any(rows(path, sql + test) for path in paths) for test in ("= 'cancelled'", "<> 'cancelled'"))


def test_a_product_and_a_difference_meet_the_limit_that_a_query_names(tmp_path: Path) -> None:
    literals = [(9000, "order_items.quantity"), (700, "products.price")]
    paths = made(tmp_path, literals=literals).values()
    assert any(rows(path, "SELECT 1 FROM order_items WHERE quantity * unit_price = 9000") for path in paths)
    assert any(rows(path, "SELECT 1 FROM products WHERE price - cost = 700") for path in paths)


def test_not_the_same_value_of_a_closed_list_is_the_most_frequent_everywhere(tmp_path: Path) -> None:
    sql = "SELECT status FROM orders GROUP BY status ORDER BY count(*) DESC, status LIMIT 1"
    assert len({rows(path, sql)[0] for path in made(tmp_path).values()}) > 1


def test_values_lie_on_both_sides_of_a_limit_above_the_usual_ones(tmp_path: Path) -> None:
    paths = made(tmp_path, literals=[(300_000, "employees.salary")]).values()
    for sign in "<=>":
        found = [bool(rows(path, f"SELECT 1 FROM employees WHERE salary {sign} 300000")) for path in paths]
        assert sum(found) >= 3, sign


@pytest.mark.parametrize("count", [1, 5, 12])
def test_any_number_of_databases_can_be_made(count: int, tmp_path: Path) -> None:
    paths = build_instances(parse_schema(GEOGRAPHY), tmp_path, InstanceConfig(count=count, rows=8))
    assert len({tuple(contents(path)) for path in paths}) == count


def test_remembered_databases_are_made_again_from_json_in_another_process(tmp_path: Path) -> None:
    config, literals = InstanceConfig(count=2, rows=12), [("Kyoto", "customers.city"), (3000, None)]
    paths = build_instances(parse_schema(SHOP), tmp_path / "here", config, literals)
    (tmp_path / "instances.json").write_text(json.dumps(remember(config, literals)), encoding="utf-8")
    code = (
        "import json, sys; from pathlib import Path; from pipeline.database.ddl import parse_schema;"
        "from pipeline.database.instances import rebuild; folder = Path(sys.argv[1]);"
        "schema = parse_schema(Path('sample_db/shop/schema.sql').read_text());"
        "rebuild(schema, folder / 'there', json.loads((folder / 'instances.json').read_text()))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "9"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, check=True, env=environment)
    assert [contents(tmp_path / "there" / path.name) for path in paths] == [contents(path) for path in paths]


def test_without_the_upload_the_other_databases_come_back_the_same(tmp_path: Path) -> None:
    schema, config = parse_schema(SHOP), InstanceConfig(count=3, rows=8)
    uploaded = tmp_path / "mine.sqlite"
    load_rows(schema, (ROOT / "sample_db/shop/rows.sql").read_text(encoding="utf-8"), uploaded)
    first = build_instances(schema, tmp_path / "a", config, uploaded=uploaded)
    again = rebuild(schema, tmp_path / "b", remember(config, ()))
    assert [contents(path) for path in first[1:]] == [contents(path) for path in again[1:]]


@pytest.mark.parametrize("change", [{"version": VERSION - 1}, {"words": "of another Faker"}])
def test_what_another_version_made_is_refused_in_one_line(change: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"made by version .* this is version \d+ ") as refused:
        rebuild(parse_schema(SHOP), tmp_path, remember(InstanceConfig(), ()) | change)
    assert "\n" not in str(refused.value) and not list(tmp_path.iterdir())


def test_values_are_believable(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    build_instance(parse_schema(SHOP), path, 0)
    for name, email, joined in rows(path, "SELECT name, email, joined_on FROM customers"):
        assert " " in name
        assert email is None or "@" in email
        assert "2015" < joined < "2026"
    assert all(
        status in {"pending", "shipped", "delivered", "cancelled"}
        for (status,) in rows(path, "SELECT status FROM orders")
    )
    for ordered, delivered in rows(path, "SELECT ordered_on, delivered_on FROM orders"):
        assert "2024-01-01" <= ordered < "2026"
        assert delivered is None or delivered >= ordered
    assert all(50 <= price <= 50_000 for (price,) in rows(path, "SELECT price FROM products"))


def test_a_japanese_schema_gets_japanese_values(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    build_instance(parse_schema(NASTY), path, 0)
    names = [name for (name,) in rows(path, "SELECT 氏名 FROM 顧客")]
    assert any(not name.isascii() for name in names) and any(name.isascii() for name in names)
    assert rows(path, "SELECT 1 FROM 注文 JOIN 顧客 USING (顧客番号)")
    assert {status for (status,) in rows(path, "SELECT 状態 FROM 注文")} <= {"有効", "保留", "完了", "キャンセル", None}


def test_samples_of_the_real_database_come_back(tmp_path: Path) -> None:
    columns = (
        Column("id", "INTEGER"),
        Column("grade", "TEXT", samples=("A+", "B-")),
        Column("mass", "REAL", samples=("3.5", "9.5")),
    )
    schema = Schema("s", (Table("stone", columns, ("id",)),))
    build_instance(schema, tmp_path / "a.sqlite", 0)
    found = rows(tmp_path / "a.sqlite", "SELECT grade, mass FROM stone")
    assert {grade for grade, _ in found} <= {"A+", "B-", None}
    assert all(mass is None or 3.5 <= mass <= 9.5 for _, mass in found)


def test_an_uploaded_database_with_rows_is_the_first_and_stays_as_it_is(tmp_path: Path) -> None:
    schema = parse_schema(SHOP)
    uploaded = tmp_path / "mine.sqlite"
    load_rows(schema, (ROOT / "sample_db/shop/rows.sql").read_text(encoding="utf-8"), uploaded)
    paths = build_instances(schema, tmp_path / "run", InstanceConfig(count=2), uploaded=uploaded)
    assert paths[0].read_bytes() == uploaded.read_bytes()
    assert not paths[0].stat().st_mode & stat.S_IWUSR
    assert contents(paths[1]) != contents(paths[0])
    assert build_instances(schema, tmp_path / "run", InstanceConfig(count=2), uploaded=uploaded) == paths


def test_an_uploaded_database_without_rows_is_not_used(tmp_path: Path) -> None:
    schema = parse_schema(SHOP)
    load_rows(schema, "", tmp_path / "empty.sqlite")
    first, *_ = build_instances(schema, tmp_path / "run", InstanceConfig(count=1), uploaded=tmp_path / "empty.sqlite")
    assert rows(first, "SELECT count(*) FROM products")[0][0] > 5


def test_a_file_that_is_no_database_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "cat.db").write_bytes(b"\x89PNG" * 500)
    with pytest.raises(UserError, match="cat.db cannot be read as a SQLite database"):
        build_instances(parse_schema(SHOP), tmp_path / "run", InstanceConfig(), uploaded=tmp_path / "cat.db")


def test_a_table_that_no_row_fits_is_named_not_raised(tmp_path: Path) -> None:
    schema = Schema(
        "s", (Table("odd", (Column("x", "INTEGER", nullable=False),), checks=("x % 2 = 0 AND x % 2 = 1",)),)
    )
    assert build_instance(schema, tmp_path / "a.sqlite", 0) == ("odd",)


def test_the_shops_own_rows_load_whole(tmp_path: Path) -> None:
    loaded = load_rows(
        parse_schema(SHOP), (ROOT / "sample_db/shop/rows.sql").read_text(encoding="utf-8"), tmp_path / "a.sqlite"
    )
    assert loaded.skipped == 0 and loaded.rows > 500
    assert_sound(tmp_path / "a.sqlite")


def test_text_of_rows_is_never_executed_and_what_is_computed_becomes_null(tmp_path: Path) -> None:
    schema = parse_schema(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, day DATE, note TEXT NOT NULL, price REAL)", "postgres"
    )
    text = """
    DROP TABLE t; ATTACH 'x.db' AS x;
    INSERT INTO t (id, day, note, price) VALUES (1, CURRENT_DATE - INTERVAL '8 days', 'it''s; DELETE FROM t', -2.5),
      (2, DATE '2025-01-02', upper('no'), 1), (2, '2025-01-02'::date, 'kept', NULL), (2, NULL, 'twice', 1), (3);
    INSERT INTO nowhere VALUES (1);
    """
    loaded = load_rows(schema, text, tmp_path / "a.sqlite")
    assert rows(tmp_path / "a.sqlite", "SELECT * FROM t") == [
        (1, None, "it's; DELETE FROM t", -2.5),
        (2, "2025-01-02", "kept", None),
    ]
    assert (loaded.rows, loaded.skipped) == (2, 4)

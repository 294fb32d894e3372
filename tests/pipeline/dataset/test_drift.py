"""A changed schema: which pairs still hold, which broke and why, and what nothing asks about yet."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import run
from pipeline.config import DatasetConfig
from pipeline.database.changes import changes
from pipeline.database.ddl import parse_schema
from pipeline.database.examples import example_sql
from pipeline.errors import UserError
from pipeline.records import Done
from pipeline.store import Store

SHOP = parse_schema(example_sql("shop"))
CHANGED = parse_schema(
    example_sql("shop").replace("  email TEXT", "  mail TEXT")
    + "\nCREATE TABLE gifts (gift_id INTEGER PRIMARY KEY, name TEXT);"
)
PAIRS = """
{"instruction": "How many customers are there?", "output": "SELECT COUNT(*) FROM customers"}
{"instruction": "The emails of customers in Osaka", "output": "SELECT email FROM customers WHERE city = 'Osaka'"}
{"instruction": "The average price of the products", "output": "SELECT AVG(price) FROM products"}
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store.create(tmp_path_factory.mktemp("run"))
    list(run.read_schema(store, example_sql("shop"), name="shop"))
    list(run.write_dataset(store, DatasetConfig("pasted"), PAIRS))
    yield store
    store.close()


def test_changes_are_named_by_table_and_column() -> None:
    old = parse_schema("CREATE TABLE a (x INTEGER PRIMARY KEY, y TEXT, z REAL); CREATE TABLE b (k TEXT)")
    new = parse_schema("CREATE TABLE A (x INTEGER, Y INTEGER, w REAL); CREATE TABLE c (k TEXT)")
    found = changes(old, new)
    assert (found.new_tables, found.gone_tables) == (("c",), ("b",))
    assert (found.new_columns, found.gone_columns, found.changed_columns) == (("A.w",), ("A.z",), ("A.x", "A.Y"))
    assert found.changed_keys == ("A",)
    assert not changes(old, old)


def test_the_report_says_what_holds_what_broke_and_what_to_ask_anew_and_changes_nothing(store: Store) -> None:
    before = store.pairs()
    *_, done = run.drift(store, CHANGED)
    assert isinstance(done, Done)
    assert (done.result["held"], done.result["broke"]) == (2, {"unknown-name": 1})
    assert done.result["levels"] == {"one-table": 1}
    assert done.result["changes"]["new_columns"] == ("customers.mail",)
    assert done.result["changes"]["gone_columns"] == ("customers.email",)
    assert {"gifts", "customers.mail"} <= set(done.result["uncovered"])
    assert store.pairs() == before


def test_the_pairs_that_hold_go_into_a_new_run_on_their_side_and_the_others_with_their_reason(
    store: Store, tmp_path: Path
) -> None:
    target = Store.create(tmp_path / "changed")
    list(run.read_schema(target, CHANGED.to_sql(), name="shop"))
    *_, done = run.drift_into(store, target)
    assert isinstance(done, Done)
    assert (done.result["asked"], done.result["kept"], done.result["held"]) == (3, 2, 2)
    sides = {pair.pair.question: pair.split for pair in store.pairs()}
    assert all(sides[pair.pair.question] == pair.split for pair in target.pairs(ok=True))
    (broken,) = target.pairs(ok=False)
    assert (broken.verdict.reason, broken.verdict.detail) == ("unknown-name", "email")
    assert target.get("drift")["of"] == store.folder.name
    assert (target.folder / "train.jsonl").exists()
    with pytest.raises(UserError, match="pairs of its own"):
        run.drift_into(store, target)
    target.close()


def test_the_same_schema_is_no_drift(store: Store) -> None:
    with pytest.raises(UserError, match="same"):
        run.drift(store, SHOP)

"""Questions without an answer: from the grammar, held against the pairs, in a file of their own."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from pipeline import run
from pipeline.config import DatasetConfig, InstanceConfig
from pipeline.database.ddl import parse_schema
from pipeline.dataset.offline.unanswerable import unanswerable
from pipeline.dataset.unanswerable import FILE, write_unanswerable
from pipeline.records import CATEGORIES, JudgedPair, Pair, Unanswerable, Verdict
from pipeline.run.schema import forget_made
from pipeline.store import Store

SHOP = parse_schema((Path(__file__).parents[3] / "sample_db" / "shop" / "schema.sql").read_text(encoding="utf-8"))
OFFLINE = DatasetConfig(heldout_share=0.3)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.create(tmp_path / "run")
    yield store
    store.close()


def keep(store: Store, *questions: str) -> None:
    store.add_pairs([JudgedPair(Pair(question, "SELECT 1"), Verdict(True), "t") for question in questions])


def lines(store: Store) -> list[dict[str, str]]:
    return [json.loads(line) for line in (store.folder / FILE).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_grammar_asks_in_every_category_and_never_twice(language: str) -> None:
    asked = list(islice(unanswerable(SHOP, language, 7), 120))
    counts = Counter(each.category for each in asked)
    assert counts.keys() == set(CATEGORIES) and min(counts.values()) >= 8
    assert sum(counts[category] for category in CATEGORIES[:3]) > 50
    assert len({each.question.lower() for each in asked}) == 120
    assert (
        asked
        == list(islice(unanswerable(SHOP, language, 7), 120))
        != list(islice(unanswerable(SHOP, language, 8), 120))
    )


def test_no_property_and_no_thing_that_the_schema_has_is_called_missing() -> None:
    ddl = (
        "CREATE TABLE persons (id INTEGER PRIMARY KEY, name TEXT, BloodType TEXT, hobbies TEXT, x INTEGER -- shoe size, 趣味\n"
        ");"
        "CREATE TABLE suppliers (id INTEGER PRIMARY KEY, tax_rate REAL);"
    )
    asked = [each for language in ("en", "ja") for each in unanswerable(parse_schema(ddl), language, 1)]
    text = "\n".join(each.question.lower() for each in asked if each.category.startswith("missing"))
    assert len(text) > 2000 and "nickname" in text and "あだ名" in text
    for word in ("blood", "hobb", "shoe", "how many suppliers are", "tax", "趣味"):
        assert word not in text


def test_they_come_to_their_share_of_the_kept_pairs_and_stay_there(store: Store) -> None:
    keep(store, *(f"How many things are called {n}?" for n in range(100)))
    assert write_unanswerable(store, SHOP, OFFLINE) == 10 == len(lines(store))
    before = store.unanswerable()
    assert write_unanswerable(store, SHOP, OFFLINE) == 10 and store.unanswerable() == before
    keep(store, *(f"Which things are called {n}?" for n in range(100)))
    assert write_unanswerable(store, SHOP, OFFLINE) == 20 and store.unanswerable()[:10] == before
    assert set(lines(store)[0]) == {"instruction", "output", "category"} and {
        line["output"] for line in lines(store)
    } == {""}
    assert {each.split for each in store.unanswerable()} == {"train", "heldout"}


def test_one_that_a_kept_pair_asks_or_nearly_asks_is_left_out(store: Store) -> None:
    asked = [Unanswerable("How many customers will there be next year?", "prediction"),
             Unanswerable("Show me the customers of Osaka", "ambiguous"),
             Unanswerable("show me the customers of osaka.", "ambiguous")]  # fmt: skip
    store.add_unanswerable(asked)
    keep(store, "how many customers will there be next year")
    assert write_unanswerable(store, SHOP, replace(OFFLINE, unanswerable=0.0)) == 1
    assert [line["instruction"] for line in lines(store)] == ["Show me the customers of Osaka"]


def test_where_claude_writes_the_grammar_does_not(store: Store) -> None:
    keep(store, *(f"How many things are called {n}?" for n in range(50)))
    assert write_unanswerable(store, SHOP, replace(OFFLINE, teacher="claude")) == 0 == len(lines(store))


def test_the_stage_writes_them_apart_from_the_pairs_and_another_schema_drops_them(store: Store) -> None:
    list(run.read_example(store, "shop"))
    config = DatasetConfig(pairs=20, languages=("en", "ja"), instances=InstanceConfig(count=2, rows=20))
    *_, done = run.write_dataset(store, config)
    assert done.as_dict()["result"]["unanswerable"] == 2 == len(lines(store))
    assert {each.language for each in store.unanswerable()} == {"en", "ja"}
    trained = "".join((store.folder / f"{side}.jsonl").read_text(encoding="utf-8") for side in ("train", "heldout"))
    assert not [line for line in lines(store) if line["instruction"] in trained]
    forget_made(store)
    assert store.unanswerable() == [] and not (store.folder / FILE).exists()

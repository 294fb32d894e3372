"""The dataset stage: events, the store, the files, going on after a stop or a kill."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import DatasetConfig, InstanceConfig
from pipeline.database.ddl import parse_schema
from pipeline.dataset.write import write_pairs
from pipeline.errors import UserError
from pipeline.records import Done, Event, Judged, Note, Progress
from pipeline.store import Store

SCHEMA = parse_schema((Path(__file__).parents[3] / "sample_db" / "shop" / "schema.sql").read_text(encoding="utf-8"))
PASTED = DatasetConfig(teacher="pasted", heldout_share=0.3)
TEXTS = [
    ("How many customers are there?", "SELECT COUNT(*) FROM customers"),
    ("お客様は何人ですか", "SELECT COUNT(*) FROM customers"),
    ("names of all stores", "SELECT name FROM stores"),
    ("customers in Tokyo", "SELECT name FROM customers WHERE city = 'Tokyo'"),
    ("customers in Osaka", "SELECT name FROM customers WHERE city = 'Osaka'"),
    ("customers in Kyoto", "SELECT name FROM customers WHERE city = 'Nara'"),
    ("total of all payments", "SELECT SUM(amount) FROM payments"),
    ("average salary", "SELECT AVG(salary) FROM employees"),
    ("ages of customers", "SELECT age FROM customers"),
    ("number of orders per store", "SELECT store_id, COUNT(*) FROM orders GROUP BY store_id"),
    ("broken", "SELECT FROM WHERE"),
]


def lines(texts: list[tuple[str, str]]) -> str:
    return "\n".join(
        json.dumps({"instruction": question, "output": sql}, ensure_ascii=False) for question, sql in texts
    )


def never() -> bool:
    return False


def run(store: Store, paste: str = "", config: DatasetConfig = PASTED, stop: Callable[[], bool] = never) -> list[Event]:
    return list(write_pairs(store, SCHEMA, config, paste, None, stop))


def result(events: list[Event]) -> dict[str, Any]:
    assert isinstance(events[-1], Done)
    return events[-1].result


def recipe(store: Store, name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (store.folder / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.create(tmp_path / "run")
    yield store
    store.close()


def test_pasted_pairs_are_judged_split_and_written_in_the_recipes_form(store: Store) -> None:
    events = run(store, lines(TEXTS) + '\n{"instruction": "cut off\n')
    done = result(events)
    assert done["asked"] == 12
    assert done["parsed"] == 10
    assert done["ran"] == 8
    assert done["kept"] == done["train"] + done["heldout"] == 8
    assert done["reasons"] == {
        "does-not-parse": 1, "unknown-name": 1, "unreadable-line": 1, "value-not-in-question": 1,
    }  # fmt: skip
    assert done["templates"] == 6
    assert len(recipe(store, "train.jsonl")) == done["train"]
    assert len(recipe(store, "heldout.jsonl")) == done["heldout"] > 0
    assert all(set(line) == {"instruction", "output"} for line in recipe(store, "train.jsonl"))
    assert {"instruction": "お客様は何人ですか", "output": "SELECT COUNT(*) FROM customers"} in (
        recipe(store, "train.jsonl") + recipe(store, "heldout.jsonl")
    )


def test_twins_and_other_values_of_a_pattern_are_on_one_side(store: Store) -> None:
    run(store, lines(TEXTS))
    sides = {pair.pair.question: pair.split for pair in store.pairs(ok=True)}
    assert sides["How many customers are there?"] == sides["お客様は何人ですか"]
    assert sides["customers in Tokyo"] == sides["customers in Osaka"]


def test_every_pair_is_told_and_in_the_store_while_it_runs(store: Store) -> None:
    seen = 0
    for event in write_pairs(store, SCHEMA, PASTED, lines(TEXTS), None, never):
        if isinstance(event, Judged):
            seen += 1
            assert len(store.pairs()) == seen
            assert store.pairs()[-1].pair.question == event.question
    assert seen == len(TEXTS)


def test_progress_comes_with_the_time_that_is_left(store: Store) -> None:
    progress = [event for event in run(store, lines(TEXTS)) if isinstance(event, Progress)]
    assert progress
    assert progress[-1].total == len(TEXTS)
    assert progress[-1].seconds_left is not None


def test_fewer_kept_than_asked_is_a_warning_not_an_error(store: Store) -> None:
    notes = [event for event in run(store, lines(TEXTS)) if isinstance(event, Note) and event.level == "warning"]
    assert [note.text() for note in notes] == ["8 of 11 pairs were kept."]


def test_the_same_paste_twice_adds_nothing_but_duplicates(store: Store) -> None:
    run(store, lines(TEXTS[:3]))
    files = [(store.folder / name).read_bytes() for name in ("train.jsonl", "heldout.jsonl")]
    done = result(run(store, lines(TEXTS[:3])))
    assert done["kept"] == 3
    assert done["reasons"] == {"near-duplicate": 3}
    assert [(store.folder / name).read_bytes() for name in ("train.jsonl", "heldout.jsonl")] == files


def test_new_pairs_join_and_the_split_of_the_old_ones_stays(store: Store) -> None:
    run(store, lines(TEXTS[:5]))
    before = {pair.pair.question: pair.split for pair in store.pairs(ok=True)}
    done = result(run(store, lines(TEXTS[6:8])))
    after = {pair.pair.question: pair.split for pair in store.pairs(ok=True)}
    assert done["kept"] == len(before) + 2
    assert {question: after[question] for question in before} == before


def test_a_stop_keeps_what_is_there_and_the_same_start_goes_on(store: Store) -> None:
    calls = iter([False] * 4 + [True])
    stopped = run(store, lines(TEXTS), stop=lambda: next(calls))
    assert isinstance(stopped[-1], Done) and stopped[-1].stopped
    assert result(stopped)["kept"] == 4
    rest = run(store, lines(TEXTS))
    assert sum(isinstance(event, Judged) for event in rest) == len(TEXTS) - 4
    assert result(rest)["asked"] == len(TEXTS)
    assert result(rest)["kept"] == 8


def test_a_killed_stage_goes_on_without_losing_or_doubling_a_pair(store: Store) -> None:
    events = write_pairs(store, SCHEMA, PASTED, lines(TEXTS) + "\n{broken", None, never)
    for event in events:
        if isinstance(event, Judged) and event.question == "customers in Kyoto":
            break
    events.close()  # type: ignore[attr-defined]  # as when the process dies: nothing after this line ran
    assert {pair.split for pair in store.pairs()} == {""}
    assert not (store.folder / "train.jsonl").exists()
    done = result(run(store, lines(TEXTS) + "\n{broken"))
    assert (done["asked"], done["kept"]) == (12, 8)
    assert "near-duplicate" not in done["reasons"]


def test_a_paste_without_pairs_changes_nothing(store: Store) -> None:
    run(store, lines(TEXTS[:3]))
    before = store.pairs()
    with pytest.raises(UserError):
        run(store, "hello")
    with pytest.raises(UserError, match="no teacher 'oracle'"):
        run(store, config=replace(PASTED, teacher="oracle"))
    assert store.pairs() == before


def test_both_files_are_there_even_when_nothing_is_kept(store: Store) -> None:
    done = result(run(store, lines([("broken", "SELECT FROM WHERE")])))
    assert done["kept"] == 0
    assert recipe(store, "train.jsonl") == recipe(store, "heldout.jsonl") == []


def test_the_offline_teacher_is_asked_until_the_wanted_pairs_are_kept(store: Store) -> None:
    config = DatasetConfig(pairs=30, languages=("en", "ja"), instances=InstanceConfig(count=3, rows=25))
    done = result(run(store, config=config))
    assert done["kept"] == 30
    assert {pair.pair.language for pair in store.pairs(ok=True)} == {"en", "ja"}
    more = result(run(store, config=config))
    assert more["kept"] == 60
    assert more["templates"] > done["templates"]


def test_a_teacher_with_too_little_to_ask_ends_with_a_warning(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "small")
    schema = parse_schema("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT CHECK (b IN ('x', 'y')))")
    config = DatasetConfig(pairs=300, instances=InstanceConfig(count=2, rows=10))
    events = list(write_pairs(store, schema, config, "", None, never))
    assert 0 < result(events)["kept"] < 300
    assert any(isinstance(event, Note) and event.level == "warning" for event in events)
    store.close()


def test_the_offline_teacher_goes_on_towards_the_same_number_after_a_stop(store: Store) -> None:
    config = DatasetConfig(pairs=30, instances=InstanceConfig(count=3, rows=25))
    calls = iter([False] * 12 + [True])
    assert result(run(store, config=config, stop=lambda: next(calls)))["kept"] <= 12
    assert result(run(store, config=config))["kept"] == 30

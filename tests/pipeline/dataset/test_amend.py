"""Pairs changed by hand: judged again, the split and its files consistent, scores forgotten, never beside a stage."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import run
from pipeline.config import DatasetConfig
from pipeline.errors import SqlError, UserError
from pipeline.records import Done, JudgedPair, Score
from pipeline.run.amending import drop_pair, edit_pair, keep_pair
from pipeline.stages import keep, status
from pipeline.store import Store

EVIL = "<img src=x onerror=alert(1)>"
TEXTS = [
    ("How many customers are there?", "SELECT COUNT(*) FROM customers"),
    ("お客様は何人ですか", "SELECT COUNT(*) FROM customers"),
    ("names of all stores", "SELECT name FROM stores"),
    ("customers in Tokyo", "SELECT name FROM customers WHERE city = 'Tokyo'"),
    ("customers in Osaka", "SELECT name FROM customers WHERE city = 'Osaka'"),
    ("total of all payments", "SELECT SUM(amount) FROM payments"),
    ("average salary", "SELECT AVG(salary) FROM employees"),
    ("names of all stores", "SELECT city FROM stores"),
    ("customers in Kyoto", "SELECT name FROM customers WHERE city = 'Nara'"),
    ("ages of customers", "SELECT age FROM customers"),
    ("nothing", "SELECT FROM WHERE"),
]
CONFIG = DatasetConfig(teacher="pasted", heldout_share=0.3)


def lines(texts: list[tuple[str, str]]) -> str:
    return "\n".join(json.dumps({"instruction": question, "output": sql}) for question, sql in texts)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with pairs, to be copied."""
    store = Store.create(tmp_path_factory.mktemp("written"))
    list(run.read_example(store, "shop"))
    list(run.write_dataset(store, CONFIG, lines(TEXTS)))
    store.close()
    return store.folder


@pytest.fixture
def store(written: Path, tmp_path: Path) -> Iterator[Store]:
    shutil.copytree(written, tmp_path / "run")
    store = Store.open(tmp_path / "run")
    store.save_score(Score("tuned", 0.5, 0.5, 0.5, 0.2, 0.8, 4, 0))
    yield store
    consistent(store)
    store.close()


def consistent(store: Store) -> None:
    """Hold that a template is on one side, the dropped on none, and the files say what the store does."""
    sides: dict[str, set[str]] = {}
    for one in store.pairs():
        assert bool(one.split) == one.verdict.ok, one
        if one.verdict.ok:
            sides.setdefault(one.template, set()).add(one.split)
    assert all(len(found) == 1 for found in sides.values())
    for side in ("train", "heldout"):
        kept = [{"instruction": one.pair.question, "output": one.pair.sql} for one in store.pairs(split=side)]
        assert kept
        text = (store.folder / f"{side}.jsonl").read_text(encoding="utf-8")
        assert [json.loads(line) for line in text.splitlines()] == kept


def of(store: Store, question: str, last: bool = False) -> JudgedPair:
    found = [one for one in store.pairs() if one.pair.question == question]
    return found[-1 if last else 0]


def test_each_pair_has_an_id_that_stays(store: Store) -> None:
    before = {one.pair.sql + one.pair.question: one.id for one in store.pairs()}
    assert len(set(before.values())) == len(TEXTS) and 0 not in before.values()
    drop_pair(store, of(store, "average salary").id)
    assert {one.pair.sql + one.pair.question: one.id for one in store.pairs()} == before


def test_a_dropped_pair_leaves_the_files_and_comes_back_with_its_proof(store: Store) -> None:
    pair = of(store, "customers in Tokyo")
    gone = drop_pair(store, pair.id)
    assert (gone.verdict.ok, gone.verdict.reason, gone.split) == (False, "dropped-by-hand", "")
    consistent(store)
    assert store.scores() == {}
    back = keep_pair(store, pair.id)
    assert (back.verdict.ok, back.split) == (True, of(store, "customers in Osaka").split)
    assert back.certificate == pair.certificate


def test_an_edited_pair_that_passes_takes_the_old_ones_place(store: Store) -> None:
    pair = of(store, "total of all payments")
    after = edit_pair(store, pair.id, " average payment ", "SELECT AVG(amount) FROM payments ;\n")
    assert after.verdict.ok and after.id == pair.id and after.split
    assert (after.pair.question, after.pair.sql) == ("average payment", "SELECT AVG(amount) FROM payments")
    assert after.certificate["was"] == ["total of all payments", "SELECT SUM(amount) FROM payments"]
    assert len(store.pairs()) == len(TEXTS)
    assert store.scores() == {}


def test_an_edit_into_a_known_pattern_joins_its_side_and_one_of_the_same_pattern_stays(store: Store) -> None:
    tokyo = of(store, "customers in Tokyo")
    sql = tokyo.pair.sql.replace("Tokyo", "Nara")
    joined = edit_pair(store, of(store, "average salary").id, "customers of Nara", sql)
    assert (joined.template, joined.split) == (tokyo.template, tokyo.split)
    stores = of(store, "names of all stores")
    assert edit_pair(store, stores.id, "what are our stores called", stores.pair.sql).split == stores.split


@pytest.mark.parametrize(
    ("question", "sql", "reason"),
    [
        ("customers of Kyoto", "SELECT name FROM customers WHERE city = 'Nara'", "value-not-in-question"),
        ("ages", "SELECT age FROM customers", "unknown-name"),
        ("?", "SELECT name FROM stores", "no-question"),
        ("How many customers are there", "SELECT COUNT(*) FROM customers", "near-duplicate"),
        (EVIL, f"SELECT '{EVIL}' FROM", "does-not-parse"),
        ("all gone", "DELETE FROM customers", "not-a-select"),
    ],
)
def test_an_edit_that_the_gate_refuses_changes_nothing(store: Store, question: str, sql: str, reason: str) -> None:
    before, files = store.pairs(), (store.folder / "train.jsonl").read_bytes()
    refused = edit_pair(store, of(store, "average salary").id, question, sql)
    assert (refused.verdict.ok, refused.verdict.reason) == (False, reason)
    assert store.pairs() == before and (store.folder / "train.jsonl").read_bytes() == files
    assert store.scores()


def test_a_dropped_pair_is_mended_by_an_edit(store: Store) -> None:
    pair = of(store, "ages of customers")
    assert pair.verdict.reason == "unknown-name"
    after = edit_pair(store, pair.id, "cities of customers", "SELECT DISTINCT city FROM customers")
    assert after.verdict.ok and after.split


def test_a_pair_kept_by_hand_says_so_and_only_what_runs_can_be_kept(store: Store) -> None:
    kept = keep_pair(store, of(store, "customers in Kyoto").id)
    assert kept.verdict.ok and kept.verdict.reason == "" and kept.certificate["by_hand"] is True
    assert len(kept.certificate["rows"]) == kept.certificate["databases"] == 6
    assert kept.split == of(store, "customers in Osaka").split
    for question, said in (("ages of customers", "no column age"), ("nothing", "cannot be parsed")):
        with pytest.raises(SqlError, match=said):
            keep_pair(store, of(store, question).id)
    by_hand = of(store, "customers in Kyoto").id
    drop_pair(store, by_hand)
    assert keep_pair(store, by_hand).certificate["by_hand"] is True


def test_nothing_is_changed_beside_a_running_stage(store: Store) -> None:
    pair, before = of(store, "average salary"), store.pairs()

    def stage() -> Iterator[Done]:
        yield Done("train", {})

    events = keep(store, "train", stage())
    next(events)
    for change in (lambda: drop_pair(store, pair.id), lambda: keep_pair(store, pair.id),
                   lambda: edit_pair(store, pair.id, "mean pay", "SELECT AVG(salary) FROM employees")):  # fmt: skip
        with pytest.raises(UserError, match="busy with its train stage"):
            change()
    list(events)
    assert store.pairs() == before
    assert drop_pair(store, pair.id).verdict.reason == "dropped-by-hand"


def test_a_pair_that_changes_while_it_is_proved_is_not_overwritten(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.dataset import amend

    pair, judge = of(store, "average salary"), amend.edited

    def meanwhile(*given: object) -> JudgedPair:
        drop_pair(store, pair.id)
        return judge(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(amend, "edited", meanwhile)
    with pytest.raises(UserError, match="changed elsewhere"):
        edit_pair(store, pair.id, "mean salary of staff", "SELECT AVG(salary) FROM employees")
    assert not of(store, "average salary").verdict.ok


def test_a_pair_that_is_not_there_is_one_line(store: Store) -> None:
    with pytest.raises(UserError, match="no longer there"):
        drop_pair(store, 10_000)


def test_the_rest_of_a_stopped_job_does_not_bring_an_edited_pair_back(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "stopped")
    list(run.read_example(store, "shop"))
    calls = iter([False] * 4 + [True])
    list(run.write_dataset(store, CONFIG, lines(TEXTS), lambda: next(calls)))
    edit_pair(store, of(store, "names of all stores").id, "cities with a store", "SELECT DISTINCT city FROM stores")
    list(run.write_dataset(store, CONFIG, lines(TEXTS)))
    assert len(store.pairs()) == len(TEXTS)
    assert status(store, "dataset").state == "done"
    store.close()


def test_the_split_keeps_the_share_it_was_dealt_with(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "none")
    list(run.read_example(store, "shop"))
    list(run.write_dataset(store, DatasetConfig(teacher="pasted", heldout_share=0.0), lines(TEXTS)))
    drop_pair(store, of(store, "average salary").id)
    assert {one.split for one in store.pairs(ok=True)} == {"train"}
    store.close()

"""More pairs out of the kept ones: how many, where they stand, and that nothing is done twice."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import run
from pipeline.config import DatasetConfig, ExtendConfig
from pipeline.dataset.resample import value_set
from pipeline.errors import UserError
from pipeline.records import Done, Event, JudgedPair
from pipeline.store import Store

PAIRS = [
    ("Which customers live in Osaka?", "SELECT name FROM customers WHERE city = 'Osaka'"),
    ("customers in Kyoto", "SELECT name FROM customers WHERE city = 'Kyoto'"),
    ("products over 5,000 yen", "SELECT name FROM products WHERE price > 5000"),
    ("what is the phone number of Emma Clark", "SELECT phone FROM customers WHERE name = 'Emma Clark'"),
    ("How many customers are there?", "SELECT COUNT(*) FROM customers"),
]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the shop with the pairs above, all for training."""
    store = Store.create(tmp_path_factory.mktemp("extend"))
    list(run.read_example(store, "shop"))
    lines = "\n".join(json.dumps({"instruction": question, "output": sql}) for question, sql in PAIRS)
    list(run.write_dataset(store, DatasetConfig("pasted", heldout_share=0.0), lines))
    store.close()
    return store.folder


@pytest.fixture
def store(written: Path, tmp_path: Path) -> Iterator[Store]:
    """One's own copy of it."""
    shutil.copytree(written, tmp_path, dirs_exist_ok=True)
    with closing(Store.open(tmp_path)) as copied:
        yield copied


@pytest.fixture(autouse=True)
def _few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.dataset.paraphrase.DRAWS", 700)


def result(events: list[Event]) -> dict[str, int]:
    last = events[-1]
    assert isinstance(last, Done)
    return last.result


def made(store: Store, source: str) -> list[JudgedPair]:
    return [one for one in store.pairs() if one.pair.source == source]


def test_every_template_gets_so_many_sets_of_values_and_a_second_call_adds_none(store: Store) -> None:
    told = result(list(run.extend(store, ExtendConfig(values=4))))
    sets = Counter(
        one.template for one in {(one.template, value_set(one.pair.sql)): one for one in store.pairs(ok=True)}.values()
    )
    assert sorted(sets.values()) == [1, 4, 4, 4]
    assert told["resampled"] == 2 + 3 + 3 and told["kept"] == len(PAIRS) + 8
    again = result(list(run.extend(store, ExtendConfig(values=4))))
    assert again["resampled"] == 0 and again["asked"] == told["asked"]


def test_a_larger_number_tops_up(store: Store) -> None:
    list(run.extend(store, ExtendConfig(values=3)))
    before = {one.pair for one in store.pairs()}
    assert result(list(run.extend(store, ExtendConfig(values=5))))["resampled"] == 6
    assert before < {one.pair for one in store.pairs()}


def test_a_sibling_is_proved_names_its_original_and_shares_its_side(store: Store) -> None:
    list(run.extend(store, ExtendConfig(values=3)))
    originals = {one.id: one for one in store.pairs() if one.pair.source == "pasted"}
    for one in made(store, "resampled"):
        original = originals[one.certificate["of"]]
        assert one.template == original.template and one.split == original.split == "train"
        assert one.certificate["databases"] > 1
    lines = (store.folder / "train.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(store.pairs(ok=True))


def test_held_out_pairs_have_no_siblings(store: Store) -> None:
    first, *rest = store.pairs()
    held = [one for one in store.pairs() if one.template == first.template]
    sides = {True: "heldout", False: "train"}
    store.replace_pairs([replace(one, split=sides[one in held]) for one in [first, *rest]])
    store.set(dataset_split={"heldout_share": 0.4, "seed": 7})
    list(run.extend(store, ExtendConfig(values=4, paraphrases=2)))
    assert made(store, "resampled")
    assert first.template not in {one.template for one in store.pairs() if one.pair.source != "pasted"}


def test_stop_keeps_what_was_judged_and_the_next_call_makes_the_rest(store: Store) -> None:
    events: list[Event] = []
    for event in run.extend(store, ExtendConfig(values=4), lambda: len(made(store, "resampled")) >= 3):
        events.append(event)
    last = events[-1]
    assert isinstance(last, Done) and last.stopped
    assert len(made(store, "resampled")) == 3
    list(run.extend(store, ExtendConfig(values=4)))
    questions = [(one.pair.question, one.pair.sql) for one in store.pairs()]
    assert len(questions) == len(set(questions)) and len(made(store, "resampled")) >= 8


def test_the_grammar_asks_in_other_words_and_in_the_other_language(store: Store) -> None:
    told = result(list(run.extend(store, ExtendConfig(values=0, paraphrases=3, languages=("en", "ja")))))
    others = made(store, "paraphrase")
    kept = [one for one in others if one.verdict.ok]
    assert told["paraphrased"] == len(kept) > 2
    assert {one.pair.language for one in kept} == {"en", "ja"}
    by_id = {one.id: one for one in store.pairs()}
    assert all(one.pair.sql == by_id[one.certificate["of"]].pair.sql for one in others)
    assert max(Counter(one.pair.sql for one in kept).values()) <= 3
    again = result(list(run.extend(store, ExtendConfig(values=0, paraphrases=3, languages=("en", "ja")))))
    assert again["paraphrased"] == 0 and again["asked"] == told["asked"]


@pytest.mark.parametrize(
    "config", [ExtendConfig(values=51), ExtendConfig(values=-1), ExtendConfig(paraphrases=11), ExtendConfig(languages=("fr",))]
)  # fmt: skip
def test_settings_without_sense_are_refused_at_once(store: Store, config: ExtendConfig) -> None:
    with pytest.raises(UserError):
        run.extend(store, config)


def test_a_run_without_pairs_is_told_to_write_some(tmp_path: Path) -> None:
    empty = Store.create(tmp_path)
    list(run.read_example(empty, "shop"))
    with pytest.raises(UserError, match="no kept pairs"):
        run.extend(empty, ExtendConfig())

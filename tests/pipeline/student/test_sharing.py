"""A step in which the schema is computed once teaches exactly what separate rows teach."""

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
    Pair("客は何人？", "SELECT COUNT(id) FROM customers", "ja"),
]
Leave = Callable[[Any], None]


def tuned(folder: Path, dtype: str = "float32", four_bit: bool = False, **options: Any) -> tuple[Any, Any]:
    """A tiny base with random LoRA weights in float32 on every linear layer, and the pairs' tokens."""
    from peft import LoraConfig, get_peft_model

    from pipeline.student.bases import load_base
    from pipeline.student.device import Device
    from pipeline.student.packing import tokenize_pairs

    model, tokenizer = load_base(str(folder), Device("cpu", dtype, "test"), lambda done, total: None, four_bit)
    lora = LoraConfig(r=4, target_modules="all-linear", init_lora_weights=False, **options)
    peft_model = get_peft_model(model, lora).train()
    for parameter in peft_model.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.float()
    return peft_model, tokenize_pairs(tokenizer, SCHEMA, PAIRS, 2048)


def gradients_of(model: Any, rows: Any, examples: Any, budget: int) -> tuple[float, dict[str, Any]]:
    from pipeline.student.sharing import gradients

    model.zero_grad()
    loss = gradients(rows, examples.each, examples.learned_tokens(), budget, lambda loss: loss.backward())
    return loss, {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


def farthest(ours: dict[str, Any], theirs: dict[str, Any]) -> float:
    """The largest difference of any LoRA gradient, relative to that gradient's largest entry."""
    assert ours.keys() == theirs.keys() and theirs
    return max(float((ours[name] - theirs[name]).abs().max() / theirs[name].abs().max()) for name in theirs)


@pytest.mark.parametrize("kind", ["llama", "qwen3", "gpt_neox"])
@pytest.mark.parametrize("budget", [1, 60, 10_000])
def test_loss_and_every_lora_gradient_are_those_of_plain_rows(
    kind: str, budget: int, tiny_base: Callable[[str], Path]
) -> None:
    from pipeline.student.sharing import PlainRows, SharedRows

    model, examples = tuned(tiny_base(kind))
    assert len(examples.prefix) > 20
    causal = model.get_base_model()
    plain_loss, plain = gradients_of(model, PlainRows(causal, examples.prefix), examples, 10_000)
    shared_loss, shared = gradients_of(model, SharedRows(causal, examples.prefix), examples, budget)
    assert shared_loss == pytest.approx(plain_loss, rel=1e-5)
    assert farthest(shared, plain) < 1e-5


def test_rank_stabilized_lora_and_attention_alone_are_shared_as_exactly(tiny_base: Callable[[str], Path]) -> None:
    from pipeline.student.sharing import PlainRows, SharedRows

    model, examples = tuned(tiny_base("llama"), use_rslora=True)
    causal = model.get_base_model()
    plain_loss, plain = gradients_of(model, PlainRows(causal, examples.prefix), examples, 100)
    shared_loss, shared = gradients_of(model, SharedRows(causal, examples.prefix), examples, 100)
    assert shared_loss == pytest.approx(plain_loss, rel=1e-5)
    assert farthest(shared, plain) < 1e-5


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_in_half_precision_loss_and_gradients_differ_by_rounding_alone(
    dtype: str, tiny_base: Callable[[str], Path]
) -> None:
    from pipeline.student.sharing import PlainRows, SharedRows

    model, examples = tuned(tiny_base("llama"), dtype)
    exact, _ = tuned(tiny_base("llama"))
    exact.load_state_dict(model.state_dict(), strict=False)
    causal = model.get_base_model()
    true_loss, true = gradients_of(exact, PlainRows(exact.get_base_model(), examples.prefix), examples, 100)
    plain_loss, plain = gradients_of(model, PlainRows(causal, examples.prefix), examples, 100)
    shared_loss, shared = gradients_of(model, SharedRows(causal, examples.prefix), examples, 100)
    assert shared_loss == pytest.approx(true_loss, rel=0.01) and plain_loss == pytest.approx(true_loss, rel=0.01)
    assert farthest(shared, true) < max(0.02, 2 * farthest(plain, true))


def test_float16_with_a_scaled_loss_learns_and_gives_no_nan(tiny_base: Callable[[str], Path]) -> None:
    import torch

    from pipeline.student.sharing import SharedRows, gradients

    model, examples = tuned(tiny_base("llama"), "float16")
    rows = SharedRows(model.get_base_model(), examples.prefix)
    weights = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer, scaler = torch.optim.AdamW(weights, lr=1e-2), torch.amp.GradScaler("cpu", init_scale=2.0**24)
    losses = []
    for _ in range(30):  # so large a scale overflows at first: those steps are left out and it is halved
        losses.append(
            gradients(rows, examples.each, examples.learned_tokens(), 60, lambda loss: scaler.scale(loss).backward())
        )
        scaler.step(optimizer)
        scaler.update()
        optimizer.zero_grad()
    assert scaler.get_scale() < 2.0**24
    assert losses[-1] < losses[0] - 0.2
    assert all(torch.isfinite(weight).all() for weight in weights)


def test_four_bit_weights_are_shared_as_exactly(tiny_base: Callable[[str], Path]) -> None:
    pytest.importorskip("bitsandbytes")
    from pipeline.student.sharing import PlainRows, SharedRows

    model, examples = tuned(tiny_base("llama"), four_bit=True)
    causal = model.get_base_model()
    plain_loss, plain = gradients_of(model, PlainRows(causal, examples.prefix), examples, 100)
    shared_loss, shared = gradients_of(model, SharedRows(causal, examples.prefix), examples, 100)
    assert shared_loss == pytest.approx(plain_loss, rel=1e-5)
    assert farthest(shared, plain) < 1e-5


def test_a_base_with_sliding_windows_is_computed_plainly(tiny_base: Callable[[str], Path]) -> None:
    from pipeline.student.sharing import rows_for

    for kind, shared in (("llama", True), ("qwen3", True), ("gpt_neox", True), ("mistral", False)):
        model, examples = tuned(tiny_base(kind))
        assert rows_for(model.get_base_model(), examples).shared is shared, kind


def test_a_base_whose_cache_loses_the_schema_is_found_out_and_computed_plainly(
    tiny_base: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.student.sharing import rows_for

    model, examples = tuned(tiny_base("llama"))
    inner = model.get_base_model().model.forward

    def forgetful(*given: Any, **options: Any) -> Any:
        """As a base does that takes a cache and does not read it."""
        if options.get("attention_mask") is not None and options["attention_mask"].dim() == 4:
            tokens = options["input_ids"].shape[1]
            options |= {"past_key_values": None, "attention_mask": options["attention_mask"][..., -tokens:]}
        return inner(*given, **options)

    monkeypatch.setattr(model.get_base_model().model, "forward", forgetful)
    assert not rows_for(model.get_base_model(), examples).shared


def test_activation_checkpointing_is_refused_because_it_would_lose_the_schema(tiny_base: Callable[[str], Path]) -> None:
    from pipeline.student.sharing import SharedRows

    model, examples = tuned(tiny_base("llama"))
    causal = model.get_base_model()
    causal.activation_checkpointing_enable()
    with pytest.raises(UserError, match="Train without it"):
        SharedRows(causal, examples.prefix)


def test_the_held_out_loss_is_the_mean_over_tokens_and_leaves_no_gradient(tiny_base: Callable[[str], Path]) -> None:
    from pipeline.student.sharing import PlainRows, SharedRows, mean_loss

    model, examples = tuned(tiny_base("llama"))
    model.zero_grad()
    shared = mean_loss(SharedRows(model.get_base_model(), examples.prefix), examples.each, 60)
    plain = mean_loss(PlainRows(model.get_base_model(), examples.prefix), examples.each, 1)
    assert shared == pytest.approx(plain, rel=1e-5)
    assert all(parameter.grad is None for parameter in model.parameters())


def test_hybrid_recurrent_and_windowed_architectures_are_known_by_their_configuration() -> None:
    from transformers import (
        Gemma3TextConfig,
        LlamaConfig,
        MambaConfig,
        MistralConfig,
        Qwen2Config,
        Qwen3Config,
        Qwen3NextConfig,
    )

    from pipeline.student.sharing import can_share

    assert can_share(LlamaConfig()) and can_share(Qwen2Config()) and can_share(Qwen3Config())
    assert can_share(MistralConfig(sliding_window=None))
    for windowed in (MistralConfig(), Gemma3TextConfig(), Qwen2Config(use_sliding_window=True, max_window_layers=2)):
        assert not can_share(windowed), windowed.model_type
    assert not can_share(Qwen3NextConfig())
    assert not can_share(MambaConfig())

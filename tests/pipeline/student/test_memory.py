"""The estimate of a training's memory, held against what real layers keep."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import TrainConfig
from pipeline.student.bases import EMBEDDED
from pipeline.student.memory import KNOWN_SHAPES, LADDER, Shape, estimate, free_bytes, micro_tokens_for, shape_of
from pipeline.student.memory import _free_in_group as free_in_group

PREFIX, MICRO, LEARNED = 192, 256, 128
PUBLISHED = {
    EMBEDDED: 134_515_008,
    "HuggingFaceTB/SmolLM2-360M-Instruct": 361_821_120,
    "Qwen/Qwen2.5-Coder-0.5B-Instruct": 494_032_768,
    "Qwen/Qwen3-0.6B": 596_049_920,
    "defog/sqlcoder-7b-2": 6_738_546_688,
}
"""Parameters of each base as its own page tells them."""


def tuned(folder: Path, dtype: str, config: TrainConfig) -> Any:
    """A tiny base in a dtype with a float32 adapter."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    base = AutoModelForCausalLM.from_pretrained(folder, dtype=getattr(torch, dtype))
    targets: Any = "all-linear" if config.targets == "all-linear" else ["q_proj", "k_proj", "v_proj", "o_proj"]
    return get_peft_model(base, LoraConfig(r=config.rank, target_modules=targets))


def kept_bytes(model: Any, autocast: str) -> int:
    """Bytes that a prefix and one micro-batch on its detached keys and values keep for the backward pass."""
    import torch
    from transformers import DynamicCache

    own = {parameter.untyped_storage().data_ptr() for parameter in model.parameters()}
    kept: dict[int, Any] = {}

    def keep(tensor: Any) -> Any:
        if tensor.untyped_storage().data_ptr() not in own:
            kept[tensor.untyped_storage().data_ptr()] = tensor
        return tensor

    causal = model.get_base_model()
    ids = torch.randint(0, 300, (1, PREFIX + MICRO))
    cache, leaves = DynamicCache(config=causal.config), DynamicCache(config=causal.config)
    half = torch.autocast("cpu", dtype=getattr(torch, autocast)) if autocast else nullcontext()
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor), half:
        causal.base_model(input_ids=ids[:, :PREFIX], past_key_values=cache, use_cache=True)
        for number, layer in enumerate(cache.layers):
            leaves.update(layer.keys.detach().requires_grad_(), layer.values.detach().requires_grad_(), number)
        allowed = torch.ones(MICRO, PREFIX + MICRO, dtype=torch.bool).tril(PREFIX)
        mask = torch.zeros(1, 1, MICRO, PREFIX + MICRO, dtype=model.dtype)
        mask.masked_fill_(~allowed, torch.finfo(model.dtype).min)
        out = causal.base_model(input_ids=ids[:, PREFIX:], attention_mask=mask, past_key_values=leaves, use_cache=True)
        logits = causal.get_output_embeddings()(out.last_hidden_state[:, :LEARNED]).float()[0]
        torch.nn.functional.cross_entropy(logits, ids[0, :LEARNED], reduction="sum")
    return sum(tensor.untyped_storage().nbytes() for tensor in kept.values())


@pytest.mark.parametrize("kind", ["llama", "qwen3"])
@pytest.mark.parametrize("targets", ["all-linear", "attention"])
@pytest.mark.parametrize(
    ("device", "dtype", "autocast"),
    [("cpu", "float32", ""), ("cpu", "bfloat16", ""), ("cuda", "bfloat16", "bfloat16")],
)
def test_the_activations_are_what_real_layers_keep_for_the_backward_pass(
    kind: str, targets: str, device: str, dtype: str, autocast: str, tiny_base: Callable[[str], Path]
) -> None:
    config = replace(TrainConfig(), rank=4, dtype=dtype, targets=targets)
    model = tuned(tiny_base(kind), dtype, config)
    shape = shape_of(model.config)
    leaf_gradients = 2 * shape.layers * PREFIX * shape.kv_width * (4 if dtype == "float32" else 2)  # not there yet
    told = estimate(shape, config, device, PREFIX, MICRO).activations - leaf_gradients
    assert told == pytest.approx(kept_bytes(model, autocast), rel=0.1)


@pytest.mark.parametrize("kind", ["llama", "qwen3"])
@pytest.mark.parametrize("targets", ["all-linear", "attention"])
def test_base_and_adapter_are_counted_weight_by_weight(
    kind: str, targets: str, tiny_base: Callable[[str], Path]
) -> None:
    config = replace(TrainConfig(), rank=4, targets=targets)
    model = tuned(tiny_base(kind), "float32", config)
    need = estimate(shape_of(model.config), config, "cpu", PREFIX, MICRO)
    learned = sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
    frozen = sum(parameter.numel() for parameter in model.parameters() if not parameter.requires_grad)
    assert need.adapter == 16 * learned
    assert need.base == pytest.approx(4 * frozen, rel=0.002)  # without the norms of heads


def test_the_known_shapes_have_the_parameters_that_their_pages_tell() -> None:
    assert KNOWN_SHAPES.keys() == PUBLISHED.keys()
    for base, shape in KNOWN_SHAPES.items():
        assert shape.parameters == pytest.approx(PUBLISHED[base], rel=1e-4), base


def test_a_larger_card_gets_larger_micro_batches_and_a_small_one_the_smallest() -> None:
    shape, config = KNOWN_SHAPES["Qwen/Qwen3-0.6B"], TrainConfig()
    fitting = [micro_tokens_for(shape, config, "cuda", 1000, gigabytes * 10**9) for gigabytes in (1, 8, 16, 24, 80)]
    assert fitting == sorted(fitting)
    assert fitting[0] == LADDER[0]
    assert fitting[-1] == LADDER[-1]
    assert len(set(fitting)) >= 4
    for gigabytes, tokens in zip((8, 16, 24), fitting[1:], strict=False):
        assert estimate(shape, config, "cuda", 1000, tokens).total < gigabytes * 10**9


def test_a_7b_base_fits_a_t4_in_4_bit_and_not_in_half_precision() -> None:
    shape, t4 = KNOWN_SHAPES["defog/sqlcoder-7b-2"], 15.6e9
    half = replace(TrainConfig(), dtype="float16", rank=16)
    assert estimate(shape, half, "cuda", 500, 256).total > t4
    packed = estimate(shape, replace(half, four_bit=True), "cuda", 500, 256)
    assert packed.total < t4
    assert packed.base == pytest.approx(3.9e9, rel=0.05)


def test_every_part_grows_with_what_it_is_made_of() -> None:
    shape, config = KNOWN_SHAPES[EMBEDDED], TrainConfig()
    small = estimate(shape, config, "cpu", 200, 512)
    assert estimate(shape, config, "cpu", 2000, 512).activations > small.activations
    assert estimate(shape, config, "cpu", 200, 1024).working > small.working
    assert estimate(shape, replace(config, rank=64), "cpu", 200, 512).adapter == 2 * small.adapter
    assert estimate(shape, replace(config, dtype="bfloat16"), "cpu", 200, 512).base * 2 == small.base
    assert small.total == small.base + small.adapter + small.activations + small.working + small.runtime


def test_the_shape_of_the_embedded_base_is_read_from_its_settings() -> None:
    from transformers import LlamaConfig

    config = LlamaConfig(
        vocab_size=49152, hidden_size=576, intermediate_size=1536, num_hidden_layers=30, num_attention_heads=9,
        num_key_value_heads=3, tie_word_embeddings=True,
    )  # fmt: skip
    assert shape_of(config) == KNOWN_SHAPES[EMBEDDED]


def test_free_memory_is_told_and_a_containers_limit_counts(tmp_path: Path) -> None:
    import psutil

    free = free_bytes("cpu")
    assert free is not None and 0 < free <= psutil.virtual_memory().total
    assert free_in_group(tmp_path) is None
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.current").write_text("700\n")
    (tmp_path / "memory.stat").write_text("anon 500\ninactive_file 200\n")
    assert free_in_group(tmp_path) is None
    (tmp_path / "memory.max").write_text("1000\n")
    assert free_in_group(tmp_path) == 500


def test_a_dense_shape_needs_no_more_than_its_numbers() -> None:
    shape = Shape(layers=1, hidden=2, intermediate=3, query_width=2, kv_width=2, vocab=5)
    assert shape.linear == 2 * 2 * 4 + 3 * 2 * 3
    assert shape.parameters == shape.linear + 10 + 6
    assert shape.weight_bytes("float32") == 4 * shape.parameters

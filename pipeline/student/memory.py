"""What a training will hold in memory, told before anything is loaded, and how many tokens at once therefore fit.

In: a base's shape, the settings, the kind of device and token counts. Out: bytes, by what holds them. The formula counts
what a Llama-like layer under PEFT keeps for the backward pass (a test counts it again on real layers). Limit: dense decoders
with a gated MLP; attention without a score matrix, as SDPA computes it.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.config import TrainConfig

LADDER = (256, 512, 1024, 2048, 4096, 8192, 16384)
"""Sizes of a micro-batch in tokens after the schema."""

LEARNED_SHARE = 0.5
"""Share of a pair's tokens after the schema that carry loss: about as much SQL as question and template."""

NF4_BYTES = 0.5 + 1 / 64 + 4 / (64 * 256)
"""Of one weight: 4 bits, an 8-bit scale for 64 weights, a 32-bit scale for 256 of those (double quantization)."""

RUNTIME = {"cuda": 600_000_000, "cpu": 700_000_000}
"""What the libraries hold without any model, estimated: on a card the CUDA context with its kernels and cuBLAS' workspace,
on a CPU the imported modules and the interpreter (540 MB measured) and what the allocator keeps."""

USABLE = 0.9
"""Share of the free memory that is planned with; the rest is lost between blocks."""

BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}


@dataclass(frozen=True)
class Shape:
    """The sizes of a dense decoder; widths are those of all heads together."""

    layers: int
    hidden: int
    intermediate: int
    query_width: int
    kv_width: int
    vocab: int
    tied: bool = True
    """The embedding serves as output layer too."""
    head_norms: bool = False
    """Queries and keys are normalized for each head, as in Qwen3."""

    @property
    def linear(self) -> int:
        """Weights of the linear layers inside the blocks, which are those that 4 bit holds."""
        attention = 2 * self.hidden * (self.query_width + self.kv_width)
        return self.layers * (attention + 3 * self.hidden * self.intermediate)

    @property
    def parameters(self) -> int:
        """All weights; biases and the norms of heads are left out (below 0.01%)."""
        embeddings = self.vocab * self.hidden * (1 if self.tied else 2)
        return self.linear + embeddings + (2 * self.layers + 1) * self.hidden

    def weight_bytes(self, dtype: str, four_bit: bool = False) -> int:
        """The base's weights in a dtype; in 4 bit only the linear layers are packed."""
        packed = self.linear if four_bit else 0
        return round(packed * NF4_BYTES) + (self.parameters - packed) * BYTES[dtype]


KNOWN_SHAPES: dict[str, Shape] = {
    "HuggingFaceTB/SmolLM2-135M-Instruct": Shape(30, 576, 1536, 576, 192, 49152),
    "HuggingFaceTB/SmolLM2-360M-Instruct": Shape(32, 960, 2560, 960, 320, 49152),
    "Qwen/Qwen2.5-Coder-0.5B-Instruct": Shape(24, 896, 4864, 896, 128, 151936),
    "Qwen/Qwen3-0.6B": Shape(28, 1024, 3072, 2048, 1024, 151936, head_norms=True),
    "defog/sqlcoder-7b-2": Shape(32, 4096, 11008, 4096, 4096, 32016, tied=False),
}
"""Of the bases offered first, from their configurations, so that they can be judged before they are here."""


@dataclass(frozen=True)
class Need:
    """Bytes that a training holds at its peak."""

    base: int
    """The frozen weights."""
    adapter: int
    """LoRA weights, their gradients and the optimizer's two moments, all float32."""
    activations: int
    """What the schema and one micro-batch keep for the backward pass."""
    working: int
    """What comes and goes beside it: the logits and their gradient, the gradients inside one layer."""
    runtime: int
    """The libraries' own; an estimate."""

    @property
    def total(self) -> int:
        """All of it."""
        return self.base + self.adapter + self.activations + self.working + self.runtime


def shape_of(config: Any) -> Shape:
    """The shape of a base from its transformers configuration."""
    config = config.get_text_config() if hasattr(config, "get_text_config") else config
    heads = config.num_attention_heads
    head = getattr(config, "head_dim", None) or config.hidden_size // heads
    return Shape(
        layers=config.num_hidden_layers,
        hidden=config.hidden_size,
        intermediate=getattr(config, "intermediate_size", None) or 4 * config.hidden_size,
        query_width=heads * head,
        kv_width=(getattr(config, "num_key_value_heads", None) or heads) * head,
        vocab=config.vocab_size,
        tied=bool(config.tie_word_embeddings),
        head_norms=str(config.model_type).startswith("qwen3"),
    )


def estimate(shape: Shape, config: TrainConfig, device_kind: str, prefix_tokens: int, micro_tokens: int) -> Need:
    """What LoRA training of a base takes, with a shared prefix and micro-batches of so many tokens after it.

    A base trained plainly has no shared prefix: its micro-batch is all tokens of its rows. Without a dtype in the settings
    the base is taken to be in half precision on `cuda` and in float32 on `cpu`.
    """
    precision = _Precision.of(config, device_kind)
    token = _layer_token(shape, config, precision)
    activations = shape.layers * (
        (prefix_tokens + micro_tokens) * token
        + prefix_tokens * 2 * precision.base * (shape.query_width + shape.kv_width)  # seen again, and its gradient
    )
    mask = micro_tokens * (prefix_tokens + micro_tokens) * precision.base
    scores = round(micro_tokens * LEARNED_SHARE) * shape.vocab * 4  # float32, whatever the base is in
    unpacked = shape.hidden * shape.intermediate * precision.base if config.four_bit else 0
    return Need(
        base=shape.weight_bytes(precision.name, config.four_bit),
        adapter=16 * _adapter_weights(shape, config),
        activations=activations + mask + scores,
        working=2 * scores + token * max(prefix_tokens, micro_tokens) + unpacked,
        runtime=RUNTIME[device_kind],
    )


def micro_tokens_for(shape: Shape, config: TrainConfig, device_kind: str, prefix_tokens: int, free_bytes: int) -> int:
    """The largest micro-batch of `LADDER` that fits into the free memory; the smallest if none does."""
    room = USABLE * free_bytes
    fitting = [n for n in LADDER if estimate(shape, config, device_kind, prefix_tokens, n).total <= room]
    return max(fitting, default=LADDER[0])


@dataclass(frozen=True)
class _Precision:
    """Bytes of a number: in the base, and in the adapter's branch, which under autocast is that of the base."""

    name: str
    base: int
    branch: int

    @classmethod
    def of(cls, config: TrainConfig, device_kind: str) -> _Precision:
        name = config.dtype or ("bfloat16" if device_kind == "cuda" else "float32")
        return cls(name, BYTES[name], BYTES[name] if device_kind == "cuda" else 4)

    @property
    def copies(self) -> bool:
        """Whether each adapter keeps its own cast copy of its input."""
        return self.base < 4


def _layer_token(shape: Shape, config: TrainConfig, precision: _Precision) -> int:
    """Bytes that one layer keeps of one token for the backward pass.

    Norms keep their float32 input; attention its query, key and value at the width of the queries, and its output; the MLP
    gate, its activation and up. An adapter keeps its input and its narrow middle: in float32 q, k and v share one input, and
    the output's is attention's own; in half precision each has a cast copy.
    """
    h, i, q = shape.hidden, shape.intermediate, shape.query_width
    everywhere = config.targets == "all-linear"
    norms = 4 * (2 * h + (q + shape.kv_width if shape.head_norms else 0))
    kept = precision.base * (4 * q + 3 * i)
    if precision.copies:
        inputs = 3 * h + q + (2 * h + i if everywhere else 0)
    else:
        inputs = h + (h + i if everywhere else 0)
    return norms + kept + precision.branch * (inputs + (7 if everywhere else 4) * config.rank)


def _adapter_weights(shape: Shape, config: TrainConfig) -> int:
    h, i, q, kv = shape.hidden, shape.intermediate, shape.query_width, shape.kv_width
    sides = 2 * (h + q) + 2 * (h + kv) + (3 * (h + i) if config.targets == "all-linear" else 0)
    return shape.layers * config.rank * sides


def give_back() -> None:
    """Return freed memory to the system where the C library keeps it (glibc).

    Forward and backward passes free in two threads, which leaves its heaps in pieces: on two cores a training of 68 steps
    grew to 6.9 GB without this; one of three steps holds 1.1 GB between them with it, and 2.9 GB at its peak.
    """
    with suppress(OSError, AttributeError):  # another system, another C library
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def free_bytes(device_kind: str) -> int | None:
    """Memory that is free now on a card (`cuda`) or for this process (`cpu`), in bytes; None where it cannot be told."""
    if device_kind == "cuda":
        import torch

        return int(torch.cuda.mem_get_info()[0]) if torch.cuda.is_available() else None
    import psutil

    within = _free_in_group(Path("/sys/fs/cgroup"))
    available = int(psutil.virtual_memory().available)
    return available if within is None else min(available, within)


def _free_in_group(group: Path) -> int | None:
    """What the container's limit leaves (control groups 2, else 1): its limit less what it uses and could not give back."""
    for limit_file, used_file, own in (
        (group / "memory.max", group / "memory.current", group),
        (group / "memory/memory.limit_in_bytes", group / "memory/memory.usage_in_bytes", group / "memory"),
    ):
        try:
            limit, used = int(limit_file.read_text()), int(used_file.read_text())
            lines = (own / "memory.stat").read_text().splitlines()
        except (OSError, ValueError):  # not there, or "max"
            continue
        cache = sum(int(line.split()[1]) for line in lines if line.startswith("inactive_file "))
        return max(0, limit - used + cache)
    return None

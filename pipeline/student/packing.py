"""Pairs as token ids, and batches in which the schema stands only once.

All pairs of a run begin with the same ids (system text and schema). A batch is therefore one row: the prefix, then the
rest of every pair, each with positions that continue the prefix, and a mask under which a pair sees the prefix and itself.
Loss and gradients are those of separate rows (a test holds it), at the price of one prefix instead of one per pair.
Architectures whose attention cannot take such a mask get ordinary padded rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from pipeline.errors import UserError
from pipeline.records import Pair
from pipeline.student.prompt import common_run, example_ids

IGNORED = -100
"""The label of tokens that carry no loss: everything but the SQL and its end token."""


@dataclass(frozen=True)
class Examples:
    """Tokenized pairs: the ids they share, and for each pair the ids after them with the position where SQL begins."""

    prefix: list[int]
    rests: list[list[int]]
    starts: list[int]
    """Index into the rest at which the first SQL token stands; at least 1."""

    def learned_tokens(self) -> int:
        """How many tokens carry loss."""
        return sum(len(rest) - start for rest, start in zip(self.rests, self.starts, strict=True))


def tokenize_pairs(tokenizer: Any, schema_text: str, pairs: Sequence[Pair], context: int) -> Examples:
    """Tokenize pairs whole and take off their longest common run of ids, short of any SQL.

    `context` is the longest row the base can read, in tokens. Raises UserError when a pair does not fit it.
    """
    encoded = [example_ids(tokenizer, schema_text, pair.question, pair.sql) for pair in pairs]
    longest = max(len(ids) for ids, _ in encoded)
    if longest > context:
        raise UserError(
            "The schema and a pair take {tokens} tokens, and this base reads {context}. Choose a base with a longer "
            "context, or a schema with fewer tables.",
            tokens=longest,
            context=context,
        )
    shared = min(common_run([ids for ids, _ in encoded]), min(start for _, start in encoded) - 1)
    return Examples(encoded[0][0][:shared], [ids[shared:] for ids, _ in encoded], [s - shared for _, s in encoded])


def shared_batch(prefix: Sequence[int], rests: Sequence[Sequence[int]], starts: Sequence[int]) -> dict[str, Any]:
    """One row of `len(prefix) + sum(len(rest))` tokens; `attention_mask` is boolean, shape (1, 1, tokens, tokens)."""
    ids, positions, segments, labels = (
        list(prefix),
        list(range(len(prefix))),
        [0] * len(prefix),
        [IGNORED] * len(prefix),
    )
    for number, (rest, start) in enumerate(zip(rests, starts, strict=True), 1):
        ids += rest
        positions += range(len(prefix), len(prefix) + len(rest))
        segments += [number] * len(rest)
        labels += [IGNORED] * start + list(rest[start:])
    segment = torch.tensor(segments)
    sees = (segment[None, :] == segment[:, None]) | (segment[None, :] == 0)
    return {
        "input_ids": torch.tensor([ids]),
        "position_ids": torch.tensor([positions]),
        "labels": torch.tensor([labels]),
        "attention_mask": torch.tril(sees)[None, None],
    }


def plain_batch(prefix: Sequence[int], rests: Sequence[Sequence[int]], starts: Sequence[int]) -> dict[str, Any]:
    """One row per pair, each with the whole prefix, padded on the right; `attention_mask` has shape (pairs, tokens)."""
    width = len(prefix) + max(map(len, rests))
    rows: dict[str, list[list[int]]] = {"input_ids": [], "labels": [], "attention_mask": []}
    for rest, start in zip(rests, starts, strict=True):
        padding = width - len(prefix) - len(rest)
        rows["input_ids"].append([*prefix, *rest, *[0] * padding])
        rows["labels"].append([IGNORED] * (len(prefix) + start) + list(rest[start:]) + [IGNORED] * padding)
        rows["attention_mask"].append([1] * (width - padding) + [0] * padding)
    return {name: torch.tensor(values) for name, values in rows.items()}


def can_share(config: Any) -> bool:
    """Whether a base's attention lets pairs share a prefix: full attention in every layer, no recurrent states."""
    kinds = getattr(config, "layer_types", None) or ["full_attention"]
    recurrent = any(hasattr(config, name) for name in ("ssm_cfg", "mamba_d_state", "linear_num_key_heads"))
    window = getattr(config, "sliding_window", None) and getattr(config, "use_sliding_window", True)
    return all(kind == "full_attention" for kind in kinds) and not recurrent and not (window and len(kinds) == 1)


def language_loss(model: Any, batch: dict[str, Any], items: Any) -> Any:
    """Mean cross-entropy over the SQL's tokens, with logits computed only where a label is.

    `model` is the causal LM under PEFT's wrapper (its LoRA layers are in place); `items` is the number of labels of the
    whole optimizer step, so that micro-batches of unlike length weigh each token alike.
    """
    inputs = {name: value for name, value in batch.items() if name != "labels"}
    if inputs["attention_mask"].dim() == 4:
        allowed = inputs["attention_mask"]
        blocked = torch.zeros(allowed.shape, dtype=model.dtype, device=allowed.device)
        inputs["attention_mask"] = blocked.masked_fill(~allowed, torch.finfo(model.dtype).min)
    hidden = model.base_model(**inputs, use_cache=False).last_hidden_state[:, :-1]
    targets = batch["labels"][:, 1:]
    learned = targets != IGNORED
    logits = model.get_output_embeddings()(hidden[learned]).float()
    return torch.nn.functional.cross_entropy(logits, targets[learned], reduction="sum") / items

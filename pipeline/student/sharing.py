"""The loss of pairs under one schema, and its gradients, with the schema computed once for a whole optimizer step.

The prefix goes through the model once; its keys and values, cut off from their history, are leaves that every group of
pairs attends to and leaves gradients on; one backward through the prefix ends the step. Loss and gradients are those of
separate rows (a test holds it for three architectures). In: a causal LM and examples. Out: summed losses. Bases that
cannot keep all keys and values of a prefix are computed plainly, each pair with its own copy of the schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Protocol, TypeAlias

import torch

from pipeline.errors import UserError
from pipeline.student.packing import IGNORED, Example, Examples, packed, padded, parts

LossOf: TypeAlias = Callable[[list[Example]], Any]
"""The cross-entropy of a group's SQL tokens, summed: a tensor of one float32."""

AGREES = {torch.float32: 1e-4, torch.bfloat16: 0.01, torch.float16: 0.01}
"""How far apart, relatively, rounding may bring the losses of both ways."""


class Rows(Protocol):
    """A way to compute the pairs of a step."""

    shared: bool
    """Whether the schema is computed once for all."""

    def size(self, group: list[Example]) -> int:
        """Tokens that are computed at once for a group."""

    def tokens(self, groups: list[list[Example]]) -> int:
        """Tokens that are computed for a whole step."""

    def step(self) -> AbstractContextManager[LossOf]:
        """For one set of weights; leaving it ends the gradients of what was computed."""


class SharedRows:
    """The schema once for all pairs of a step. `model` is the causal LM under PEFT's wrapper, LoRA layers in place."""

    shared = True

    def __init__(self, model: Any, prefix: Sequence[int]) -> None:
        if getattr(
            model, "is_activation_checkpointing", False
        ):  # transformers then drops the cache with a mere warning
            raise UserError("Activation checkpointing would lose the schema between pairs. Train without it.")
        self._model, self._prefix = model, list(prefix)

    def size(self, group: list[Example]) -> int:
        """The pairs' own tokens."""
        return sum(len(example.ids) for example in group)

    def tokens(self, groups: list[list[Example]]) -> int:
        """The prefix once, and the pairs' own tokens."""
        return len(self._prefix) + sum(map(self.size, groups))

    @contextmanager
    def step(self) -> Iterator[LossOf]:
        """Compute the prefix; leaving goes back through it with what the groups' backward passes left."""
        from transformers import DynamicCache

        roots = self._keys_and_values(DynamicCache)
        leaves = [(keys.detach().requires_grad_(), values.detach().requires_grad_()) for keys, values in roots]

        def loss_of(group: list[Example]) -> Any:
            past = DynamicCache()
            for layer, (keys, values) in enumerate(leaves):
                past.update(keys, values, layer)
            return summed_loss(self._model, packed(group, len(self._prefix)), past_key_values=past, use_cache=True)

        yield loss_of
        ends = [(root, leaf.grad) for pair in zip(roots, leaves, strict=True) for root, leaf in zip(*pair, strict=True)]
        reached = [(root, gradient) for root, gradient in ends if gradient is not None and root.requires_grad]
        if reached:
            torch.autograd.backward([root for root, _ in reached], [gradient for _, gradient in reached])

    def _keys_and_values(self, cache: Any) -> list[tuple[Any, Any]]:
        """Of each layer, (1, heads, prefix, width) each, with their history."""
        past = cache(config=self._model.config)
        ids = torch.tensor([self._prefix], device=self._model.device)
        self._model.base_model(input_ids=ids, past_key_values=past, use_cache=True)
        return [(layer.keys, layer.values) for layer in past.layers]


class PlainRows:
    """Each pair with its own copy of the schema, as any trainer computes it."""

    shared = False

    def __init__(self, model: Any, prefix: Sequence[int]) -> None:
        self._model, self._prefix = model, list(prefix)

    def size(self, group: list[Example]) -> int:
        """Rows times their padded width."""
        return len(group) * (len(self._prefix) + max(len(example.ids) for example in group))

    def tokens(self, groups: list[list[Example]]) -> int:
        """All rows, padding included."""
        return sum(map(self.size, groups))

    def step(self) -> AbstractContextManager[LossOf]:
        """Nothing is shared between groups."""
        return nullcontext(lambda group: summed_loss(self._model, padded(group, self._prefix), use_cache=False))


def rows_for(model: Any, examples: Examples) -> Rows:
    """The schema shared where the base can: by its architecture, and by a try, whose loss must be that of plain rows."""
    plain = PlainRows(model, examples.prefix)
    if not examples.prefix or not can_share(model.config):
        return plain
    shared, two = SharedRows(model, examples.prefix), sorted(examples.each, key=lambda one: len(one.ids))[:2]
    expected = mean_loss(plain, two, plain.size(two))
    try:
        found = mean_loss(shared, two, shared.size(two))
    except torch.OutOfMemoryError:
        raise
    except (TypeError, ValueError, AttributeError, RuntimeError):  # it takes no such cache, mask or positions
        return plain
    return shared if abs(found - expected) <= AGREES[model.dtype] * abs(expected) else plain


def can_share(config: Any) -> bool:
    """Whether a base's attention lets pairs share a prefix: full attention in every layer, no recurrent states."""
    kinds = getattr(config, "layer_types", None) or ["full_attention"]
    recurrent = any(hasattr(config, name) for name in ("ssm_cfg", "mamba_d_state", "linear_num_key_heads"))
    window = getattr(config, "sliding_window", None) and getattr(config, "use_sliding_window", True)
    return all(kind == "full_attention" for kind in kinds) and not recurrent and not (window and len(kinds) == 1)


def gradients(
    rows: Rows, examples: Iterable[Example], items: int, budget: int, backward: Callable[[Any], None]
) -> float:
    """Leave the gradients of a step on the trained weights, group by group; gives its loss.

    `items` is the number of tokens that carry loss in the whole step, of all processes: groups and processes of unlike
    length then weigh each token alike. `backward` takes a loss back, scaled or not.
    """
    total = 0.0
    with rows.step() as loss_of:
        for group in parts(examples, rows.size, budget):
            loss = loss_of(group) / items
            backward(loss)
            total += float(loss.detach())
    return total


def mean_loss(rows: Rows, examples: Sequence[Example], budget: int) -> float:
    """The mean loss of a SQL token over examples, with no gradients."""
    with torch.no_grad(), rows.step() as loss_of:
        total = sum(float(loss_of(group)) for group in parts(examples, rows.size, budget))
    return total / sum(example.learned for example in examples)


def summed_loss(model: Any, batch: dict[str, Any], **options: Any) -> Any:
    """Cross-entropy of the SQL's tokens, summed in float32, with logits computed only where a label is."""
    there = {name: value.to(model.device) for name, value in batch.items()}
    labels = there.pop("labels")
    if there["attention_mask"].dim() == 4:  # boolean; every attention kernel takes an additive one
        allowed = there["attention_mask"]
        blocked = torch.zeros(allowed.shape, dtype=model.dtype, device=allowed.device)
        there["attention_mask"] = blocked.masked_fill(~allowed, torch.finfo(model.dtype).min)
    hidden = model.base_model(**there, **options).last_hidden_state[:, :-1]
    targets = labels[:, 1:]
    learned = targets != IGNORED
    logits = model.get_output_embeddings()(hidden[learned]).float()
    return torch.nn.functional.cross_entropy(logits, targets[learned], reduction="sum")

"""How far our gradients are from TRL's: the loss and every LoRA gradient of one optimizer step in float32, tiny bases.

Both trainers run as they are. The first step changes nothing but sets both adapters to the same random numbers (a fresh
adapter's second half is zero, and so is the gradient of its first); at the second, all pairs in one step, the gradients are
taken where the optimizer would use them. Small micro-batches, so that the prefix is shared between several.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks import finish
from benchmarks.lengths import pairs_about
from benchmarks.made_bases import random_base
from benchmarks.sides import Side, measure
from pipeline.config import TrainConfig
from pipeline.database.examples import example_schema

KINDS = ("tiny-llama", "tiny-qwen3", "tiny-qwen2")
PAIRS = 12
SETTINGS = TrainConfig(
    epochs=2, batch=PAIRS, rank=8, alpha=16, typed=False, micro_tokens=200, dtype="float32", checks=0, patience=0
)


def main() -> None:
    """Print `gradient_error` and `loss_error`, the largest relative differences, and those of each architecture."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--tokenizer", type=Path, help="a folder with a tokenizer; the embedded base's unless given")
    chosen = options.parse_args()
    finish(errors(chosen.tokenizer or embedded_tokenizer()))


def embedded_tokenizer() -> Path:
    """The folder of the embedded base."""
    from pipeline.student.embedded import embedded_folder

    return embedded_folder(lambda done, total: None)


def errors(tokenizer: Path, kinds: Sequence[str] = KINDS) -> dict[str, Any]:
    """The differences for each architecture; `gradient_norm` is the largest, and below 1 nothing was clipped."""
    found = {}
    for kind in kinds:
        with tempfile.TemporaryDirectory() as scratch:
            found[kind] = _error(str(random_base(kind, Path(scratch), tokenizer)))
    return {
        "gradient_error": max(gradient for gradient, _, _ in found.values()),
        "loss_error": max(loss for _, loss, _ in found.values()),
        "gradient_norm": max(norm for _, _, norm in found.values()),
        "gradient_errors": {kind: gradient for kind, (gradient, _, _) in found.items()},
    }


def _error(base: str) -> tuple[float, float, float]:
    schema = example_schema("shop")
    config, pairs = replace(SETTINGS, base=base), pairs_about(schema, PAIRS)
    taken = []
    for trainer, micro in (("ours", 0), ("trl", 4)):
        with gradients_taken() as gradients:
            found = measure(Side(trainer, schema.to_prompt(), pairs, config, micro))
        taken.append((gradients, found["losses"][-1]))
    (ours, our_loss), (plain, loss) = taken
    if [each.shape for each in ours] != [each.shape for each in plain]:
        raise SystemExit("The two trainers tune other layers.")
    apart = max(float((a - b).norm() / b.norm()) for a, b in zip(ours, plain, strict=True))
    return apart, abs(our_loss - loss) / loss, float(sum(each.norm() ** 2 for each in plain)) ** 0.5


@contextmanager
def gradients_taken() -> Iterator[list[Any]]:
    """The gradients of the second optimizer step of whatever trains inside; at the first the weights are set."""
    import torch
    from torch.optim.optimizer import register_optimizer_step_pre_hook

    gradients: list[Any] = []
    steps = 0

    def hook(optimizer: Any, *_: Any) -> None:
        nonlocal steps
        steps += 1
        parameters = [each for group in optimizer.param_groups for each in group["params"]]
        for number, parameter in enumerate(parameters):
            if steps == 1:
                random = torch.Generator().manual_seed(number)
                parameter.data = (torch.randn(parameter.shape, generator=random) * 0.05).to(parameter.device)
                parameter.grad.zero_()
            else:
                gradients.append(parameter.grad.detach().clone())

    handle = register_optimizer_step_pre_hook(hook)
    try:
        yield gradients
    finally:
        handle.remove()


if __name__ == "__main__":
    main()

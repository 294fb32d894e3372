"""A student in training, tried on pairs it does not learn from: its loss on them, its answers, its weights of that step.

In: the trainer at a step. Out: a `Tried` event, and `checks/<step>.safetensors` in the run's folder, an adapter's weights.
Whether the answers are right is not known here: that takes databases, which the run has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.records import Event, Pair, Step, Tried
from pipeline.student.device import Device
from pipeline.student.model import Student

if TYPE_CHECKING:
    from pipeline.student.packing import Example

FOLDER = "checks"
"""In a run's folder: what the checks of a training left."""
LOSS_PAIRS = 64
"""Held-out pairs whose loss is taken: with both cores of a small CPU, seconds for each check."""
ROOM = 1.1
"""A model that knows how SQL ends needs no more tokens than the longest gold; one that does not is cut there."""


@dataclass(frozen=True)
class HeldBack:
    """What is tried: pairs, their tokens, and how many of the questions are also answered."""

    pairs: Sequence[Pair]
    examples: Sequence[Example]
    questions: int


@dataclass(frozen=True)
class Checker:
    """Called by the training at each check."""

    folder: Path
    schema_text: str
    tokenizer: Any
    device: Device
    held: HeldBack
    emit: Callable[[Event], None]

    def __call__(self, trainer: Any, step: Step) -> None:
        """Take the loss, write the answers, keep the weights, tell."""
        from pipeline.student.sharing import mean_loss

        model = trainer.accelerator.unwrap_model(trainer.model)
        model.eval()
        with trainer.autocast():
            loss = mean_loss(trainer.rows, self.held.examples[:LOSS_PAIRS], trainer.micro_tokens)
        texts = self._answers(model)
        save_weights(model, self.folder / FOLDER / f"{step.step}.safetensors")
        self.emit(Tried("train", step.step, step.steps, round(loss, 4), tuple(texts)))

    def _answers(self, model: Any) -> list[str]:
        asked = [pair.question for pair in self.held.pairs[: self.held.questions]]
        student = Student(model, self.tokenizer, self.device, True)
        longest = max((example.learned for example in self.held.examples[: len(asked)]), default=0)
        return student.write(self.schema_text, asked, max_new_tokens=round(ROOM * longest)) if asked else []


def save_weights(model: Any, file: Path) -> None:
    """Write the adapter's weights as PEFT names them: 11 bits of mantissa are enough to write with. Whole or not at all."""
    from peft import get_peft_model_state_dict
    from safetensors.torch import save_file

    file.parent.mkdir(exist_ok=True)
    weights = get_peft_model_state_dict(model, save_embedding_layers=False)  # "auto" would ask the Hub for the base
    fresh = file.with_suffix(".part")
    save_file({name: weight.half().contiguous() for name, weight in weights.items()}, fresh, {"format": "pt"})
    fresh.replace(file)

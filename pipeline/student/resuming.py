"""What a training goes on from: whose checkpoints these are, and how far it was.

In: a training's order. Out: files in `checkpoints/` of the run's folder, beside those of the trainer itself (adapter,
optimizer, schedule, random states, step).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.student.checks import FOLDER as CHECKS

if TYPE_CHECKING:
    from pipeline.student.train import Order

NOT_IN_WEIGHTS = (
    "max_minutes", "save_every", "checks", "check_questions", "patience", "trackio", "micro_tokens",
)  # fmt: skip
"""Settings that change how long, how often saved or in how many parts, and not what is learned."""


def fingerprint(base: str, order: Order) -> str:
    """What a checkpoint belongs to: all that changes the result."""
    settings = {name: value for name, value in asdict(order.config).items() if name not in NOT_IN_WEIGHTS}
    told = [base, order.schema_text, [(pair.question, pair.sql) for pair in order.pairs], settings]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def keep_only_own(order: Order, fingerprint: str) -> None:
    """Remove what a training of other settings left to go on from."""
    checkpoints = order.folder / "checkpoints"
    mark = checkpoints / "settings.sha256"
    if not (mark.exists() and mark.read_text() == fingerprint):
        shutil.rmtree(checkpoints, ignore_errors=True)
        shutil.rmtree(order.folder / CHECKS, ignore_errors=True)
    checkpoints.mkdir(parents=True, exist_ok=True)
    mark.write_text(fingerprint)


def last_whole(checkpoints: Path) -> str | None:
    """The newest checkpoint; one that a dying process left half-written has no `trainer_state.json`, its last file."""
    whole = [state.parent for state in checkpoints.glob("checkpoint-*/trainer_state.json")]
    return str(max(whole, key=lambda folder: int(folder.name.rpartition("-")[2]))) if whole else None


class Past:
    """Steps, seconds and losses of a training over all its parts: a resumed one tells the sum."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.told: dict[str, Any] = {
            "seconds": 0.0,
            "steps": 0,
            "loss_first": None,
            "loss_last": None,
            "micro_tokens": 0,
        }
        if file.exists():
            self.told |= json.loads(file.read_text())
        self._before = float(self.told["seconds"])

    def at_once(self, tokens: int) -> int:
        """How many tokens this part computes at once: as many as the part before it, so that nothing changes its sums."""
        self.told["micro_tokens"] = self.told["micro_tokens"] or tokens
        return int(self.told["micro_tokens"])

    def smaller(self, tokens: int) -> None:
        """Memory ran out: this part and later ones compute fewer at once."""
        self.told["micro_tokens"] = tokens

    def add(self, step: int, loss: float, seconds: float) -> None:
        """Keep what is known after a step; `seconds` counts from the start of this part."""
        first = loss if self.told["loss_first"] is None else self.told["loss_first"]
        seconds = round(self._before + seconds, 1)
        self.told |= {"seconds": seconds, "steps": step, "loss_first": first, "loss_last": loss}
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps(self.told))
        fresh.replace(self._file)

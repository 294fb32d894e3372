"""The held-out pairs of a run while its student learns: which are asked, what the answers are worth, which step is kept.

In: `Tried` events. Out: `HeldOut` events, and the adapter of the step that answered best. The answers run on the databases
that the pairs were proved on; the score of the evaluate stage is taken on others, over all held-out pairs.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from pipeline.config import TrainConfig
from pipeline.records import HeldOut, Pair, Tried
from pipeline.run.amending import place_of
from pipeline.store import Store

FOLDER = "checks"
"""Where the student leaves the weights of each check."""

FEWEST = 8
"""Questions below which no gain says nothing, so that the training is not ended early by it."""


@dataclass(frozen=True)
class Check:
    """What was found after a step: the loss, and which of the questions were answered right."""

    step: int
    loss: float
    right: list[bool]


class Checks:
    """The checks of one training; they are kept in the run's folder, so that a resumed training goes on with them."""

    def __init__(self, store: Store, config: TrainConfig) -> None:
        self._store, self._config = store, config
        self._file = store.folder / FOLDER / "answers.json"
        self._golds: list[Any] = []
        self.pairs: list[Pair] = self._chosen() if config.checks else []
        """All held-out pairs, those that are asked first."""
        self.enough = False
        """Whether the training is to end early."""

    def _chosen(self) -> list[Pair]:
        pairs = [judged.pair for judged in self._store.pairs(split="heldout")]
        Random(self._config.seed).shuffle(pairs)
        self._golds = self._gold(pairs, self._config.check_questions) if pairs else []
        asked = [gold.pair for gold in self._golds]
        return asked + [pair for pair in pairs if pair not in asked]

    def _gold(self, pairs: Sequence[Pair], most: int) -> list[Any]:
        """The gold answers of the first pairs that have some."""
        from pipeline.database.sandbox import Sandbox
        from pipeline.evaluation.scoring import run_gold

        found: list[Any] = []
        if not most:
            return found
        place = place_of(self._store)
        with Sandbox() as sandbox:
            for pair in pairs:
                gold = run_gold(pair, place.databases, sandbox, place.schema)
                found += [gold] if gold else []
                if len(found) == most:
                    break
        return found

    @property
    def asked(self) -> int:
        """How many questions are answered at each check."""
        return len(self._golds)

    def score(self, tried: Tried) -> HeldOut:
        """Mark a check's answers and keep what was found."""
        from pipeline.database.sandbox import Sandbox
        from pipeline.evaluation.scoring import mark

        with Sandbox() as sandbox:
            marked = [mark(text, gold, sandbox) for text, gold in zip(tried.texts, self._golds, strict=False)]
        checks = [check for check in self._read() if check.step < tried.step]
        checks.append(Check(tried.step, tried.loss, [one.right for one in marked]))
        self._file.parent.mkdir(exist_ok=True)
        self._file.write_text(json.dumps([vars(check) for check in checks]), encoding="utf-8")
        telling = len(marked) >= FEWEST or not marked
        self.enough = telling and 0 < self._config.patience <= without_gain(checks) and tried.step < tried.steps
        right = sum(checks[-1].right)
        return HeldOut(
            "train", tried.step, tried.steps, tried.loss, right, len(marked), best(checks).step == tried.step
        )

    def _read(self) -> list[Check]:
        return [Check(**told) for told in json.loads(self._file.read_text())] if self._file.exists() else []

    def keep_best(self, last: int) -> int:
        """Put the weights of the best check into the adapter; gives its step, which is `last` where there is no better."""
        checks = [check for check in self._read() if check.step <= last]
        kept = best(checks).step if checks and checks[-1].right else last
        weights = self._file.with_name(f"{kept}.safetensors")
        if checks and kept != checks[-1].step and weights.exists():
            weights.replace(self._store.folder / "adapter" / "adapter_model.safetensors")
        else:
            kept = last
        shutil.rmtree(self._file.parent, ignore_errors=True)
        return kept


def best(checks: Sequence[Check]) -> Check:
    """The check whose weights are to be kept: the last one, unless an earlier one is better by more than chance.

    On the same few questions a difference of `gained - lost` has a standard error of about the root of their sum, so a
    smaller one says nothing, and a training that has run to its end is the better guess.
    """
    chosen = checks[-1]
    for check in checks[:-1]:
        both = list(zip(check.right, checks[-1].right, strict=True))
        gained, lost = both.count((True, False)), both.count((False, True))
        if gained - lost > math.sqrt(gained + lost) and sum(check.right) > sum(chosen.right):
            chosen = check
    return chosen


def without_gain(checks: Sequence[Check]) -> int:
    """How many checks in a row, up to the last, brought neither a better answer nor a lower loss than all before."""
    count = 0
    for at, check in enumerate(checks):
        before = checks[:at]
        better = sum(check.right) > max((sum(one.right) for one in before), default=-1)
        lower = check.loss < min((one.loss for one in before), default=math.inf)
        count = 0 if better or lower else count + 1
    return count

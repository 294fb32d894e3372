"""The Train tab's figures: where the training stands, its four numbers, and how it does on what it does not learn from.

In: Step and HeldOut events as dicts. Out: HTML. The curves are in `view/curves.py`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from pipeline.evaluation.statistics import wilson
from space.i18n import Words
from space.view.html import join, metrics, tag

Told = dict[str, Any]
"""An event of the store."""


@dataclass(frozen=True)
class Training:
    """The newest training of a run."""

    run: str
    steps: Sequence[Told]
    checks: Sequence[Told] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    """Of `TrainConfig`."""
    result: dict[str, Any] = field(default_factory=dict)
    """Of its Done; empty while it runs."""
    base: str = ""
    """The short name of its base, where it is known."""

    @property
    def kept(self) -> Told | None:
        """The check of the step that is kept, as far as is known; None where that step was not checked."""
        step = self.result.get("kept_step")
        found = [check for check in self.checks if (check["best"] if step is None else check["step"] == step)]
        return found[-1] if found else None

    @property
    def shown(self) -> Told | None:
        """The check to tell of: that of the kept step, else the last one."""
        return self.kept or (self.checks[-1] if self.checks else None)


def one_training(steps: Sequence[Told]) -> list[Told]:
    """The steps of the newest training: one that begins anew, or goes on from a checkpoint, replaces what it repeats."""
    kept: list[Told] = []
    for step in steps:
        while kept and (kept[-1]["step"] >= step["step"] or kept[-1]["steps"] != step["steps"]):
            kept.pop()
        kept.append(step)
    return kept


def checks_of(steps: Sequence[Told], checks: Sequence[Told]) -> list[Told]:
    """The checks that belong to the steps of one training, one a step; a repeated step takes its old check away."""
    found = {}
    for check in checks:
        before = [step["id"] for step in steps if step["step"] < check["step"]]
        reached = bool(steps) and check["steps"] == steps[-1]["steps"] and check["step"] <= steps[-1]["step"]
        if reached and check["id"] > max(before, default=steps[0]["id"]):
            found[check["step"]] = check
    return [found[step] for step in sorted(found)]


def epochs_of(step: Told) -> int:
    """How many epochs the whole training has, as the step's own figures tell."""
    epochs = float(step["epoch"] * step["steps"] / step["step"])
    return max(1, round(epochs))


def where(step: Told, words: Words) -> str:
    """`Epoch 2 of 7 · step 38 of 72 · about 4 min left`."""
    epochs = epochs_of(step)
    epoch = min(math.ceil(step["epoch"]) or 1, epochs)
    label = words("train.where", epoch=epoch, epochs=epochs, step=step["step"], steps=step["steps"])
    return label + " · " + words("progress.left", time=words.about(step["seconds_left"]))


def figures(step: Told, running: bool, words: Words) -> Markup:
    """Loss, step, tokens a second, time left."""
    return metrics(
        (
            (words("train.loss"), f"{step['loss']:.2f}"),
            (words("train.step"), f"{step['step']:,} / {step['steps']:,}"),
            (words("train.speed"), f"{step['tokens_per_second']:,.0f}"),
            (words("train.left"), words.about(step["seconds_left"]) if running else "–"),
        )
    )


def held_out(training: Training, databases: int, words: Words) -> Markup:
    """How many held-out questions the kept step gets right, with the 95% Wilson interval, and why it is the one.

    `databases` is how many an answer has to be right on; 0 where that is not known.
    """
    check = training.shown
    if check is None:
        return Markup("")
    bar = _bar(check, words) if check["n"] else Markup("")
    told = [tag("<p>{}</p>", _right(check, databases, words))]
    told += [tag('<p class="dim">{}</p>', text) for text in _why(training, check, words)]
    return tag('<section class="panel heldout">{}{}</section>', bar, join(told))


def _right(check: Told, databases: int, words: Words) -> str:
    step, loss = check["step"], f"{check['loss']:.2f}"
    if not check["n"]:
        return words("train.held_loss", step=step, loss=loss)
    told = {"right": check["right"], "count": check["n"], "step": step, "loss": loss}
    return words("train.held", **told, databases=databases) if databases else words("train.held_all", **told)


def _why(training: Training, check: Told, words: Words) -> list[str]:
    """Which step is kept and why, what a later check came to, and whether the training ended early."""
    done, last, said = training.result, training.checks[-1], []
    kept = done.get("kept_step")
    if not done and check["best"]:
        said.append(words("train.best", step=check["step"]))
    elif kept and kept == training.steps[-1]["step"] and len(training.checks) > 1 and last["step"] == kept:
        said.append(words("train.kept_last" if last["n"] else "train.kept_last_loss", step=kept))
    elif kept and check["step"] == kept != training.steps[-1]["step"]:
        said.append(words("train.kept", step=kept, steps=check["steps"], count=check["n"]))
    if check is not last:
        key = "train.last_check" if last["n"] else "train.last_loss"
        told = {"step": last["step"], "right": last["right"], "count": last["n"], "loss": f"{last['loss']:.2f}"}
        said.append(words(key, **told))
    if done.get("early"):
        said.append(words("train.early", n=training.settings.get("patience", 0)))
    return said


def _bar(check: Told, words: Words) -> Markup:
    """The interval on a line from 0 to 100, as on the Scores tab."""
    low, high = (100 * each for each in wilson(check["right"], check["n"]))
    share = 100 * check["right"] / check["n"]
    name = words("train.held_name")
    said = words("train.held_said", share=f"{share:.0f}", low=f"{low:.0f}", high=f"{high:.0f}", count=check["n"])
    return tag(
        '<div class="interval tuned"><span>{}</span><i class="tuned" role="img" aria-label="{}"><b style="left:{:.1f}%;'
        'width:{:.1f}%"></b><u style="left:{:.1f}%"></u></i><em>{:.0f}%<small>{:.0f}–{:.0f}</small></em></div>',
        name, said, low, high - low, share, share, low, high,
    )  # fmt: skip

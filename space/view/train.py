"""The Train tab's pictures: where the training stands, its four figures, and the loss as it falls.

In: the Step events as dicts. Out: HTML; the curve is an SVG stretched over a grid of positioned HTML, so that text never
stretches. The x axis is the whole run from the start, so the curve grows into an empty frame.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from space.i18n import Words
from space.view.html import join, metrics, tag

TICKS = 4
"""Intervals of the loss axis."""


def one_training(steps: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The steps of the newest training: one that begins anew, or goes on from a checkpoint, replaces what it repeats."""
    kept: list[dict[str, Any]] = []
    for step in steps:
        while kept and (kept[-1]["step"] >= step["step"] or kept[-1]["steps"] != step["steps"]):
            kept.pop()
        kept.append(step)
    return kept


def epochs_of(step: dict[str, Any]) -> int:
    """How many epochs the whole training has, as the step's own figures tell."""
    epochs = float(step["epoch"] * step["steps"] / step["step"])
    return max(1, round(epochs))


def where(step: dict[str, Any], words: Words) -> str:
    """`Epoch 2 of 7 · step 38 of 72 · about 4 min left`."""
    epochs = epochs_of(step)
    epoch = min(math.ceil(step["epoch"]) or 1, epochs)
    label = words("train.where", epoch=epoch, epochs=epochs, step=step["step"], steps=step["steps"])
    return label + " · " + words("progress.left", time=words.about(step["seconds_left"]))


def figures(step: dict[str, Any], running: bool, words: Words) -> Markup:
    """Loss, step, tokens a second, time left."""
    return metrics(
        (
            (words("train.loss"), f"{step['loss']:.2f}"),
            (words("train.step"), f"{step['step']:,} / {step['steps']:,}"),
            (words("train.speed"), f"{step['tokens_per_second']:,.0f}"),
            (words("train.left"), words.about(step["seconds_left"]) if running else "–"),
        )
    )


def loss_curve(steps: Sequence[dict[str, Any]], words: Words) -> Markup:
    """The loss on the SQL by optimizer step, with a dotted mark at each epoch and a dot at the head."""
    last, whole = steps[-1], max(steps[-1]["steps"], 2)
    top = _nice(max(step["loss"] for step in steps[:5] or steps))
    points = [(100 * (step["step"] - 1) / (whole - 1), 100 - 100 * min(step["loss"] / top, 1)) for step in steps]
    line = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
    grid = join(
        tag(
            '<span class="y" style="top:{}%">{:.{}f}</span>', 100 - 100 * tick / TICKS, top * tick / TICKS, _places(top)
        )
        for tick in range(TICKS + 1)
    )
    marks = join(tag('<i class="epoch" style="left:{:.2f}%"></i>', x) for x in _epochs(epochs_of(last)))
    said = words("train.curve", first=f"{steps[0]['loss']:.2f}", last=f"{last['loss']:.2f}", step=last["step"])
    return tag(
        '<figure class="panel loss" role="img" aria-label="{said}"><figcaption>{title}</figcaption><div class="plot">'
        '{grid}{marks}<svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true"><polyline points="{line}"/>'
        '</svg><b style="left:{x:.2f}%;top:{y:.2f}%"></b></div><p class="x"><span>1</span><span>{axis}</span>'
        "<span>{whole:,}</span></p></figure>",
        said=said,
        title=words("train.loss_title"),
        grid=grid,
        marks=marks,
        line=line,
        x=points[-1][0],
        y=points[-1][1],
        axis=words("train.axis"),
        whole=whole,
    )


def _nice(value: float) -> float:
    """The smallest axis top that is not below `value` and whose quarters are round."""
    power = 10.0 ** math.floor(math.log10(max(value, 1e-3) / TICKS))
    return next(TICKS * power * step for step in (1, 2, 3, 4, 5, 6, 8, 10) if TICKS * power * step >= value)


def _places(top: float) -> int:
    """Decimals that tell a quarter of the axis exactly."""
    return max(0, -math.floor(math.log10(top / TICKS)))


def _epochs(epochs: int) -> list[float]:
    return [100 * epoch / epochs for epoch in range(1, epochs)]

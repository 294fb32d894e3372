"""The loss of one training, or of several in one plot: on the training pairs as a line, on the held-out ones with dots.

In: trainings, the page's own first. Out: HTML; the lines are an SVG stretched over a grid of positioned HTML, so that text
never stretches. The x axis is the whole of the longest training from the start, so the curve grows into an empty frame.
Each further training has a colour, and a letter at the end of its line for those who cannot tell colours.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from space.i18n import Words
from space.view.html import join, tag
from space.view.train import Told, Training, epochs_of

TICKS = 4
"""Intervals of the loss axis."""
LETTERS = "ABCDEF"
MOST_OTHERS = len(LETTERS) - 1
LABELLED = 6
"""Checks that are labelled with their right answers; of more, the kept one alone."""
LETTER_GAP = 7.0
"""Percent of the plot's height between the letters of two lines that end together."""
LETTER_WIDTH = 5.0
"""Percent of the plot's width within which two lines end together."""


@dataclass(frozen=True)
class _Frame:
    """Where a loss at a step lies, in percent from the left and from the top."""

    whole: int
    top: float

    def at(self, told: Told) -> tuple[float, float]:
        across = min(max(100 * (told["step"] - 1) / (self.whole - 1), 0), 100)
        return across, 100 - 100 * min(told["loss"] / self.top, 1)


def loss_plot(trainings: Sequence[Training], words: Words) -> Markup:
    """The loss on the SQL by optimizer step. One training also has its epochs as dotted marks and a dot at its head."""
    first, alone = trainings[0], len(trainings) == 1
    frame = _frame(trainings)
    lines = join(_lines(place, each, frame) for place, each in enumerate(trainings))
    dots = join(_dots(place, each, frame, alone) for place, each in enumerate(trainings))
    ends = _head(first, frame) if alone else _letters(trainings, frame)
    marks = join(tag('<i class="epoch" style="left:{:.2f}%"></i>', x) for x in _epochs(first)) if alone else Markup("")
    return tag(
        '<figure class="panel loss" role="img" aria-label="{}"><figcaption>{}</figcaption>{}<div class="plot{}">{}{}'
        '<svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">{}</svg>{}{}</div><p class="x">'
        "<span>1</span><span>{}</span><span>{:,}</span></p></figure>",
        " ".join(_said(each, alone, words) for each in trainings),
        words("train.loss_title"), _legend(trainings, words), Markup("" if alone else " several"), _grid(frame.top), marks,
        lines, dots, ends, words("train.axis"), frame.whole,
    )  # fmt: skip


def _frame(trainings: Sequence[Training]) -> _Frame:
    highest = [told["loss"] for each in trainings for told in (*(each.steps[:5] or each.steps), *each.checks)]
    return _Frame(max(2, *(each.steps[-1]["steps"] for each in trainings)), _nice(max(highest)))


def _said(training: Training, alone: bool, words: Words) -> str:
    """A training's curve in words."""
    last = training.steps[-1]
    told = {"first": f"{training.steps[0]['loss']:.2f}", "last": f"{last['loss']:.2f}", "step": last["step"]}
    said = words("train.curve", **told) if alone else words("train.curve_of", run=training.run, **told)
    if training.checks:
        said += words("train.curve_held", losses=", ".join(f"{check['loss']:.2f}" for check in training.checks))
    return said


def _legend(trainings: Sequence[Training], words: Words) -> Markup:
    """What each line is, in words beside a piece of it; nothing for a line that is alone."""
    alone = len(trainings) == 1
    items = []
    if not alone:
        items = [
            tag('<li class="c{}"><b>{}</b> <span translate="no">{}</span></li>', place, LETTERS[place], each.run)
            for place, each in enumerate(trainings)
        ]
    if any(each.checks for each in trainings):
        items.append(tag('<li class="{}"><i></i>{}</li>', "c0" if alone else "", words("train.on_training")))
        answered = alone and any(check["n"] for check in trainings[0].checks)
        held = words("train.on_heldout" if answered else "train.on_heldout_loss")
        items.append(tag('<li class="held"><i></i>{}</li>', held))
        if alone and trainings[0].kept:
            items.append(tag('<li class="ring"><u></u>{}</li>', words("train.on_kept")))
    return tag('<ul class="key">{}</ul>', join(items)) if items else Markup("")


def _grid(top: float) -> Markup:
    places = max(0, -math.floor(math.log10(top / TICKS)))  # decimals that tell a quarter of the axis exactly
    template = '<span class="y" style="top:{}%">{:.{}f}</span>'
    return join(tag(template, 100 - 100 * tick / TICKS, top * tick / TICKS, places) for tick in range(TICKS + 1))


def _lines(place: int, training: Training, frame: _Frame) -> Markup:
    lines = [tag('<polyline class="c{}" points="{}"/>', place, _points(training.steps, frame))]
    if training.checks:
        lines.append(tag('<polyline class="c{} held" points="{}"/>', place, _points(training.checks, frame)))
    return join(lines)


def _points(told: Sequence[Told], frame: _Frame) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in map(frame.at, told))


def _dots(place: int, training: Training, frame: _Frame, alone: bool) -> Markup:
    """A dot for each check, a ring around the kept one, and beside the dots of a training alone the right answers."""
    best, labelled = training.kept, len(training.checks) <= LABELLED
    dots = []
    for check in training.checks:
        x, y = frame.at(check)
        ring = Markup(" best") if check is best else Markup("")
        dots.append(tag('<u class="c{}{}" style="left:{:.2f}%;top:{:.2f}%"></u>', place, ring, x, y))
        if alone and check["n"] and (labelled or check is best):
            text = tag("{}/{}", check["right"], check["n"])
            dots.append(tag('<small style="left:{:.2f}%;top:{:.2f}%">{}</small>', x, y, text))
    return join(dots)


def _head(training: Training, frame: _Frame) -> Markup:
    x, y = frame.at(training.steps[-1])
    return tag('<b style="left:{:.2f}%;top:{:.2f}%"></b>', x, y)


def _letters(trainings: Sequence[Training], frame: _Frame) -> Markup:
    """A letter at the end of each training's last line, moved apart where lines end together."""
    ends = [frame.at((each.checks or each.steps)[-1]) for each in trainings]
    placed: list[tuple[float, float]] = []
    letters = []
    for place in sorted(range(len(ends)), key=lambda place: -ends[place][1]):
        x, y = ends[place]
        y = min([y, *(other - LETTER_GAP for near, other in placed if abs(near - x) < LETTER_WIDTH)])
        placed.append((x, y))
        letters.append(tag('<em class="c{}" style="left:{:.2f}%;top:{:.2f}%">{}</em>', place, x, y, LETTERS[place]))
    return join(letters)


def _nice(value: float) -> float:
    """The smallest axis top that is not below `value` and whose quarters are round."""
    power = 10.0 ** math.floor(math.log10(max(value, 1e-3) / TICKS))
    return next(TICKS * power * step for step in (1, 2, 3, 4, 5, 6, 8, 10) if TICKS * power * step >= value)


def _epochs(training: Training) -> list[float]:
    epochs = epochs_of(training.steps[-1])
    return [100 * epoch / epochs for epoch in range(1, epochs)]

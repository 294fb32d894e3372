"""Trainings side by side as a table: what they were made from, and what came of it.

In: trainings in the order of their letters in the plot. Out: HTML; what a run does not know is a dash.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from space.i18n import Words
from space.view.curves import LETTERS
from space.view.html import join, tag
from space.view.train import Training

COLUMNS = (
    "train.col_run", "train.col_base", "train.rank", "train.rate", "train.epochs", "train.col_steps", "train.col_loss",
    "train.col_held_loss", "train.col_right", "train.col_time", "train.col_hardware",
)  # fmt: skip
NOTHING = "–"


def table(trainings: Sequence[Training], words: Words) -> Markup:
    """A row for each training."""
    head = join(tag('<th scope="col">{}</th>', words(key)) for key in COLUMNS)
    rows = join(
        tag("<tr>{}{}</tr>", _name(place, each), join(tag("<td>{}</td>", text) for text in _row(each, words)))
        for place, each in enumerate(trainings)
    )
    return tag(
        '<div class="rows compared" tabindex="0"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>',
        head, rows,
    )  # fmt: skip


def _name(place: int, training: Training) -> Markup:
    return tag('<th scope="row"><b class="c{}">{}</b> <span>{}</span></th>', place, LETTERS[place], training.run)


def _row(training: Training, words: Words) -> list[str]:
    settings, result, last, best = training.settings, training.result, training.steps[-1], training.shown
    rate, epochs = settings.get("learning_rate"), settings.get("epochs")
    return [
        training.base or NOTHING,
        str(settings.get("rank", NOTHING)),
        NOTHING if rate is None else f"{rate:g}",
        NOTHING if epochs is None else f"{epochs:g}",
        f"{last['step']:,} / {last['steps']:,}",
        f"{last['loss']:.3f}",
        f"{best['loss']:.3f}" if best else NOTHING,
        f"{best['right']} / {best['n']}" if best and best["n"] else NOTHING,
        words.duration(result["seconds"]) if result.get("seconds") else NOTHING,
        words.hardware(result["hardware"]) if result.get("hardware") else NOTHING,
    ]

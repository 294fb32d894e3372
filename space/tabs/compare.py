"""Trainings of the visitor's other runs, chosen to be laid over this run's and listed beside it.

In: names of runs, as the browser sends them. Out: the choice, and a table; `chosen` gives the trainings to the plot.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr
from markupsafe import Markup

from space import trainings
from space.page import Page
from space.scene import Scene
from space.view import compare as view
from space.view.curves import MOST_OTHERS
from space.view.train import Training


def build(page: Page) -> Any:
    """The choice of runs, and their table; returns the field."""
    field = page.add(gr.Dropdown, {"label": "train.compare", "info": "train.compare_info"}, draw=_choice, value=[],
                     multiselect=True, max_choices=MOST_OTHERS, interactive=True, elem_id="compare-runs")  # fmt: skip
    page.act(field.input, "train", choose, [field])
    page.html(_table, elem_id="compared")
    return field


def choose(scene: Scene, names: Sequence[str] | None) -> None:
    """Remember which runs are laid over this one."""
    scene.session.compared = tuple(names or ())


def chosen(scene: Scene) -> list[Training]:
    """The trainings laid over this run's, in the order they were chosen."""
    names = [name for name in dict.fromkeys(scene.session.compared) if name != scene.session.run]
    found = [trainings.of_run(name, scene.session.visitor) for name in names[:MOST_OTHERS]]
    return [each for each in found if each]


def _choice(scene: Scene) -> dict[str, Any]:
    mine, visitor = scene.session.run, scene.session.visitor
    others = [name for name in scene.earlier if name != mine and trainings.of_run(name, visitor)]
    names = others if scene.training else []
    return {"choices": names, "visible": bool(names)}


def _table(scene: Scene) -> str:
    others = chosen(scene)
    return view.table([scene.training, *others], scene.words) if scene.training and others else Markup("")

"""The second opinion, under the list of pairs: what it is, what it will cost, and the click that asks.

In: a model, a cap, the key: of the tab where Claude is the teacher, else from a field of its own. Out: a `dataset` job. The
key goes from its field into the job and nowhere else.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import gradio as gr
from markupsafe import Markup

from pipeline import run
from pipeline.config import DatasetConfig
from pipeline.dataset.check import STANDINGS, to_ask
from pipeline.dataset.opinion import standing
from pipeline.run.dataset import check_claude
from space.page import Page
from space.scene import Scene
from space.tabs.claude import asking, budget_left, dollars_of, key_field, prices, teacher_of
from space.view import html


def build(page: Page, key: gr.Textbox) -> None:
    """Lay it out; `key` is the tab's own field."""
    with page.add(gr.Accordion, {"label": "opinion.title"}, open=False, elem_classes="askagain"):
        page.html(_told, elem_id="opinion")
        with gr.Row():
            model = page.add(gr.Dropdown, {"label": "opinion.model", "info": "dataset.model_info"}, choices=prices(),
                             value=DatasetConfig.model, interactive=True)  # fmt: skip
            cap = page.add(gr.Number, {"label": "dataset.cap", "info": "dataset.cap_info"}, minimum=0, step=0.5,
                           value=DatasetConfig.max_dollars, interactive=True, draw=_without_teacher)  # fmt: skip
        with page.add(gr.Column, draw=_without_teacher, elem_classes="paste"):
            own = key_field(page, "opinion-key")
            page.html(budget_left)
        ask = page.add(gr.Button, {"value": "opinion.ask"}, draw=_button, size="sm", variant="secondary",
                       elem_id="ask-again")  # fmt: skip
    for widget in (model, cap):
        page.act(widget.input, "dataset", choose, [model, cap])
    page.act(ask.click, "dataset", ask_again, [key, own, model, cap])


def choose(scene: Scene, model: str, cap: float | None) -> None:
    """Remember what is chosen, for the estimate. Raises UserError for a cap that is none."""
    check_claude(DatasetConfig(model=model, max_dollars=float(cap or 0)))
    scene.session.check_model, scene.session.check_dollars = model, float(cap or 0)


def ask_again(scene: Scene, key: str, own: str, model: str, cap: float | None) -> None:
    """Start asking. The key lives in the job alone, as long as that does."""
    choose(scene, model, cap)
    config, typed = config_of(scene), key if teacher_of(scene.session) == "claude" else own
    make = asking(scene, typed, lambda store, stop, secret: run.check_pairs(store, config, stop, secret))
    scene.start("dataset", make)


def config_of(scene: Scene) -> DatasetConfig:
    """Who is asked, before how many dollars: the cap of the tab where Claude is the teacher."""
    session = scene.session
    cap = session.max_dollars if teacher_of(session) == "claude" else session.check_dollars
    return DatasetConfig(model=session.check_model, max_dollars=cap)


# Drawing


def _without_teacher(scene: Scene) -> dict[str, Any]:
    """Draws what the tab has already while Claude is the teacher."""
    return {"visible": teacher_of(scene.session) != "claude"}


def _button(scene: Scene) -> dict[str, Any]:
    return {"interactive": not scene.any_busy and any(to_ask(scene.pairs).values())}


def _told(scene: Scene) -> str:
    if scene.store is None or not scene.kept:
        return Markup("")
    words = scene.words
    parts = [html.tag("<p>{}</p>", words("opinion.about"))]
    number = sum(map(len, to_ask(scene.pairs).values()))
    if number and not scene.busy("dataset"):
        guess = run.estimate_check(scene.store, config_of(scene))  # without a key: nobody is asked
        told = {"dollars": dollars_of(guess.dollars), "cap": dollars_of(config_of(scene).max_dollars)}
        parts.append(html.tag('<p class="dim small">{}</p>', words("opinion.cost", n=number, **told)))
    counts = Counter(map(standing, scene.pairs))
    if any(counts[name] for name in STANDINGS):
        found = words("opinion.found", **{name: counts[name] for name in STANDINGS})
        parts.append(html.tag('<p class="dim small">{}{}</p>', found, "" if number else " " + words("opinion.all")))
    return html.join(parts)

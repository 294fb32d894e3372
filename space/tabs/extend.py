"""More out of the kept pairs: other values in the same questions, other words for the same queries.

In: two numbers, who words, languages, a key where Claude does. Out: a `dataset` job. The key goes from its field into the
job and nowhere else.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gradio as gr
from markupsafe import Markup

from pipeline import run
from pipeline.config import ExtendConfig
from pipeline.dataset.claude.models import find_model
from pipeline.dataset.extend import to_reword
from space.page import Page
from space.scene import Scene
from space.tabs.claude import asking, budget_left, dollars_of, key_field, teacher_of
from space.tabs.opinion import config_of as whom
from space.view import html

WORDED_BY = {"offline": "extend.offline", "claude": "dataset.claude"}
LANGUAGES = {"en": "dataset.english", "ja": "dataset.japanese"}
MOST_VALUES, MOST_PARAPHRASES = 20, 6


def build(page: Page, key: gr.Textbox) -> None:
    """Lay it out; `key` is the tab's own field."""
    first = ExtendConfig()
    with page.add(gr.Accordion, {"label": "extend.title"}, open=False, elem_classes="askagain"):
        page.html(_told, elem_id="extend")
        with gr.Row():
            values = page.add(gr.Slider, {"label": "extend.values"}, minimum=0, maximum=MOST_VALUES, step=1,
                              value=first.values, interactive=True, buttons=[])  # fmt: skip
            others = page.add(gr.Slider, {"label": "extend.paraphrases"}, minimum=0, maximum=MOST_PARAPHRASES, step=1,
                              value=first.paraphrases, interactive=True, buttons=[])  # fmt: skip
        with page.add(gr.Row, draw=lambda scene: {"visible": scene.session.extend.paraphrases > 0}):
            teacher = page.add(gr.Radio, {"label": "extend.by", "choices": WORDED_BY}, value=first.teacher,
                               interactive=True, elem_classes="seg")  # fmt: skip
            languages = page.add(gr.CheckboxGroup, {"label": "extend.languages", "choices": LANGUAGES}, value=[],
                                 interactive=True, elem_classes="plain")  # fmt: skip
        with page.add(gr.Column, draw=_needs_key, elem_classes="paste"):
            own = key_field(page, "extend-key")
            page.html(budget_left)
        make = page.add(gr.Button, {"value": "extend.make"}, draw=_button, variant="secondary", elem_id="extend-make")
    settings: list[Any] = [values, others, teacher, languages]
    for widget in settings:
        page.act(widget.input, "dataset", choose, settings, trigger_mode="always_last")
    page.act(make.click, "dataset", extend, [key, own, *settings])


def choose(scene: Scene, values: float, paraphrases: float, teacher: str, languages: list[str]) -> None:
    """Remember what is chosen, for the estimate and for what shows."""
    scene.session.extend = ExtendConfig(int(values), int(paraphrases), teacher, tuple(languages))


def extend(scene: Scene, key: str, own: str, *settings: Any) -> None:
    """Start making them. The key lives in the job alone, as long as that does."""
    choose(scene, *settings)
    config = chosen(scene)
    run.check_extend(config)
    if not _asks(config):
        scene.start("dataset", lambda store, stop: run.extend(store, config, stop))
        return
    typed = key if teacher_of(scene.session) == "claude" else own
    scene.start("dataset", asking(scene, typed, lambda store, stop, secret: run.extend(store, config, stop, secret)))


def chosen(scene: Scene) -> ExtendConfig:
    """What is chosen; Claude is the one that gives second opinions, with the same cap."""
    asked = whom(scene)
    return replace(scene.session.extend, model=asked.model, max_dollars=asked.max_dollars)


def _asks(config: ExtendConfig) -> bool:
    return config.teacher == "claude" and config.paraphrases > 0


# Drawing


def _needs_key(scene: Scene) -> dict[str, Any]:
    return {"visible": _asks(scene.session.extend) and teacher_of(scene.session) != "claude"}


def _button(scene: Scene) -> dict[str, Any]:
    config = scene.session.extend
    return {"interactive": not scene.any_busy and bool(config.values or config.paraphrases)}


def _told(scene: Scene) -> str:
    if scene.store is None or not scene.kept:
        return Markup("")
    words, config = scene.words, chosen(scene)
    parts = [html.tag("<p>{}</p>", words("extend.about"))]
    if _asks(config) and not scene.busy("dataset"):
        number = len(to_reword(scene.pairs, config.paraphrases))
        guess = run.estimate_extend(scene.store, config)
        told = {"dollars": dollars_of(guess.dollars), "cap": dollars_of(config.max_dollars)}
        model = find_model(config.model).name
        parts.append(html.tag('<p class="dim small">{}</p>', words("extend.cost", n=number, model=model, **told)))
    return html.join(parts)

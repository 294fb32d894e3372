"""The Train tab: choose a base and how long, start, watch the loss, stop, go on.

In: a base and the recipe's settings. Out: a `train` job; figures and curve come from the Step events in the store.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gradio as gr
from markupsafe import Markup

from pipeline import run
from pipeline.config import TrainConfig
from pipeline.student.bases import choose_base, has_gpu, known_bases
from pipeline.student.resuming import NOT_IN_WEIGHTS
from space import runs, zerogpu
from space.i18n import Words
from space.page import Page
from space.scene import Scene, Session
from space.tabs import compare, learned, memory, quota, recipe
from space.tabs.common import next_button, note_of, primary, progress_of, stop_button
from space.view import html
from space.view import train as view
from space.view.curves import loss_plot
from space.view.train import Training


def build(page: Page) -> None:
    """Lay the tab out and tie its controls."""
    with gr.Row(elem_classes="cols"):
        with gr.Column(elem_classes="left", scale=0, min_width=332):
            base = page.add(gr.Dropdown, {"label": "train.base"}, draw=_bases, value="", allow_custom_value=True,
                            interactive=True, elem_id="base")  # fmt: skip
            page.html(_why)
            epochs = page.add(gr.Slider, {"label": "train.epochs"}, minimum=1, maximum=15, step=1,
                              value=TrainConfig.epochs, interactive=True, buttons=[])  # fmt: skip
            page.html(_estimate)
            page.html(memory.line, elem_id="memory")
            page.html(quota.line, elem_id="quota")
            to_dataset = next_button(page, "dataset.write", "dataset", lambda scene: not _pairs(scene))
            onward = next_button(page, "train.score", "scores", _done)
            train = page.add(gr.Button, draw=_train_button, elem_classes="act", elem_id="train")
            stop_button(page, "train.stop", "train")
            with page.add(gr.Accordion, {"label": "page.advanced"}, open=False):
                advanced = recipe.advanced(page)
        with gr.Column(elem_classes="right"):
            page.html(lambda scene: note_of(scene, "train", "train") or _summary(scene))
            page.html(_picture, elem_id="train-picture")
            compared = compare.build(page)
            learned.build(page)
            with page.add(
                gr.Accordion, {"label": "train.command"}, draw=lambda s: {"visible": bool(_pairs(s))}, open=False
            ):
                page.html(_command)
    page.go(to_dataset.click, "dataset")
    page.go(onward.click, "scores")
    inputs = [base, epochs, *advanced]
    for widget in inputs:
        page.act(widget.release if isinstance(widget, gr.Slider) else widget.input, "train", _choose, inputs)
    page.act(train.click, "train", start_training, inputs)
    page.on_reload(_reload, [*inputs, compared])


def start_training(scene: Scene, *values: Any) -> None:
    """Begin, or go on from the last checkpoint of the same settings."""
    config = scene.session.train = recipe.config_of(*values)
    scene.start("train", lambda store, stop: run.train(store, config, stop, zerogpu.train))


def _choose(scene: Scene, *values: Any) -> Iterator[None]:
    scene.session.train = recipe.config_of(*values)
    yield from learned.look_again(scene)


def _reload(session: Session) -> list[Any]:
    """The settings of the run's last training, so that it goes on with them; no run is laid over it yet."""
    scene = Scene(session, Words("en"))
    config = session.train = scene.train
    scene.close()
    session.compared = ()
    return [*recipe.values_of(config), []]


# Drawing


def _pairs(scene: Scene) -> int:
    return sum(each.split == "train" for each in scene.pairs)


def _done(scene: Scene) -> bool:
    return scene.status("train").state == "done" and scene.tuned


def _bases(scene: Scene) -> dict[str, Any]:
    return {"choices": [(scene.words("train.choose"), ""), *((name, base) for base, name in known_bases())]}


def _why(scene: Scene) -> str:
    if scene.train.base:
        return Markup("")
    if has_gpu():  # choosing would ask the Hub, and a page asks nothing of the network
        return html.tag('<p class="dim small">{}</p>', scene.words("train.why_gpu"))
    choice = choose_base()
    return html.tag('<p class="dim small">{}</p>', scene.words.message(choice.reason, choice.values))


def _estimate(scene: Scene) -> str:
    pairs, config = _pairs(scene), scene.train
    if not pairs:
        return Markup("")
    steps = math.ceil(pairs * config.epochs / config.batch)
    said = scene.words("train.estimate", pairs=pairs, epochs=f"{config.epochs:g}", steps=steps)
    trained = scene.fact("trained") or {}
    if trained.get("steps") and _measured_here(scene) and (config.base or trained["base"]) == trained["base"]:
        seconds = steps * config.batch * trained["seconds"] / trained["steps"] / trained["settings"]["batch"]
        said = scene.words("train.estimate_time", time=scene.words.about(seconds), said=said)
    return html.tag('<p class="dim small">{}</p>', said)


def _measured_here(scene: Scene) -> bool:
    """Whether this machine did the training: that of the recorded run, or of a copy of it, was another's."""
    done = scene.last("train", "done")
    return not scene.recorded and done is not None and done["at"] > scene.fact("created", 0)


def _train_button(scene: Scene) -> dict[str, Any]:
    key = "train.again" if _done(scene) else "train.resume" if _resumable(scene) else "train.start"
    return primary(scene, key, filled=not _done(scene), visible=bool(_pairs(scene)) and not scene.busy("train"))


def _resumable(scene: Scene) -> bool:
    """Whether a training of the chosen settings was left with a checkpoint; what is not in the weights may differ."""
    last = scene.trained_with
    same = {name: getattr(scene.train, name) for name in NOT_IN_WEIGHTS}
    if scene.store is None or last is None or replace(last, **same) != scene.train:
        return False
    return any((scene.store.folder / "checkpoints").glob("checkpoint-*"))


def _summary(scene: Scene) -> str:
    training, state, words = scene.training, scene.status("train").state, scene.words
    if training is None or not training.result or state not in ("done", "stopped"):
        return Markup("")
    first, last, result = training.steps[0], training.steps[-1], training.result
    if state == "stopped" and not result.get("early"):
        return html.note(words("train.stopped", step=last["step"], steps=last["steps"]))
    losses = {"first": f"{first['loss']:.2f}", "last": f"{last['loss']:.2f}"}
    took, size = words.duration(result["seconds"]), words.size(result["adapter_bytes"])
    said = [words("train.done", time=took, size=size, **losses)]
    if result.get("peak_bytes"):
        said.append(words("train.peak", size=words.size(result["peak_bytes"])))
    if result.get("shared") is False:
        said.append(words("train.plainly"))
    return html.note(words.between(said), "done")


def _picture(scene: Scene) -> str:
    words, running, training = scene.words, scene.busy("train"), scene.training
    if not _pairs(scene):
        return html.empty(words("train.no_pairs"))
    last = scene.last("train", "progress") or {"id": 0}
    fetching = running and (training is None or last["id"] > training.steps[-1]["id"])
    if training is None and not running:
        return html.empty(words("train.empty"), words("train.empty_hint"))
    head = progress_of(scene, "train") if fetching else Markup("")
    if training and running and not fetching:
        now = training.steps[-1]
        head = html.progress(view.where(now, words), now["step"] / now["steps"])
    told = [text for level in ("warning", "info") for text in scene.notes("train", level)]
    notes = html.join(html.tag('<p class="dim small">{}</p>', text) for text in told)
    return head + notes + (_drawn(scene, training, running) if training else Markup(""))


def _drawn(scene: Scene, training: Training, running: bool) -> Markup:
    plot = loss_plot([training, *compare.chosen(scene)], scene.words)
    held = view.held_out(training, _databases(scene), scene.words)
    return view.figures(training.steps[-1], running, scene.words) + plot + held


def _databases(scene: Scene) -> int:
    """On how many databases a held-out answer has to be right; 0 where the pairs do not tell."""
    held = [each.certificate for each in scene.pairs if each.split == "heldout"]
    return max((int(each.get("databases", 0)) for each in held), default=0)


def _command(scene: Scene) -> str:
    parts = ["python", "-m", "pipeline", "train", "--run", str(runs.home() / scene.session.run)]
    return html.tag('<pre class="sql"><code>{}</code></pre>', shlex.join(parts + recipe.options(scene.train)))

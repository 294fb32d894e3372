"""A batch of requests at Anthropic, on the Dataset tab: how long it has been away, going on with it, canceling it.

In: the run's store, which knows the batches that have not come back. Out: a sentence, and a job that cancels. Limit: only the
key that sent a batch can fetch it; it is asked for again.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import gradio as gr
from markupsafe import Markup

from pipeline import run
from pipeline.config import DatasetConfig
from pipeline.store.batches import OpenBatch
from space.page import Page
from space.scene import Scene
from space.tabs.claude import asking, teacher_of
from space.view import html


def build(page: Page, key: gr.Textbox) -> None:
    """The button that cancels; the one that writes pairs goes on."""
    cancel = page.add(
        gr.Button,
        draw=lambda scene: {"value": scene.words("batch.cancel"), "visible": can_go_on(scene)},
        variant="secondary",
        elem_classes="act",
        elem_id="cancel-batch",
    )
    page.act(cancel.click, "dataset", cancel_batch, [key])


def cancel_batch(scene: Scene, key: str) -> None:
    """Have Anthropic end the batch; what it had answered is kept for the next start. Raises UserError without a key."""
    config = DatasetConfig("claude", model=scene.session.model, max_dollars=scene.session.max_dollars)
    scene.start(
        "dataset", asking(scene, key, lambda store, stop, secret: run.cancel_batches(store, config, secret, stop))
    )


def can_go_on(scene: Scene) -> bool:
    """Whether there is a batch that nobody here waits for, and a key can be given."""
    return bool(away(scene)) and not scene.busy("dataset") and teacher_of(scene.session) == "claude"


def away(scene: Scene) -> Sequence[OpenBatch]:
    """The run's batches that have not come back."""
    return scene.store.open_batches() if scene.store else ()


def told(scene: Scene) -> str:
    """Where the batch is: a bar while it is waited for, a note while it is not; nothing without one."""
    batches = away(scene)
    if not batches:
        return Markup("")
    requests, since = sum(each.requests for each in batches), time.time() - min(each.at for each in batches)
    words = scene.words
    values = {"n": f"{requests:,}", "time": words.duration(max(0.0, since))}
    if scene.busy("dataset"):
        return html.progress(words("batch.waiting", **values), 0)
    return html.note(words("batch.away", **values))

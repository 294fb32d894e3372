"""What every tab has: the note at the top of its right column, its one filled button, and the step that follows.

In: a scene. Out: properties for Gradio's components, and notes as HTML.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
from markupsafe import Markup

from space.page import Page
from space.scene import Scene
from space.view.html import note, progress

BARE: dict[str, Any] = {"show_label": False, "container": False, "interactive": True}
"""An input without a frame; its label is there for screen readers."""
BYTES_ABOVE = 1_000_000
"""A total above this counts bytes: no stage has so many pairs, steps or questions."""


def primary(scene: Scene, key: str, filled: bool, visible: bool = True) -> dict[str, Any]:
    """A button that is filled while it is the next thing to do, outlined when it would repeat something."""
    return {"value": scene.words(key), "variant": "primary" if filled else "secondary", "visible": visible}


def next_button(page: Page, key: str, tab: str, ready: Callable[[Scene], bool]) -> gr.Button:
    """The filled button of a finished stage: it opens the tab of the next one."""
    button = page.add(
        gr.Button,
        draw=lambda scene: {"value": scene.words(key), "visible": ready(scene)},
        variant="primary",
        elem_classes="act",
        elem_id=f"to-{tab}",
    )
    page.go(button.click, tab)
    return button


def stop_button(page: Page, key: str, stage: str) -> gr.Button:
    """Stop, outlined, while the stage is at work; says so until it has stopped."""

    def draw(scene: Scene) -> dict[str, Any]:
        leaving = scene.stopping(stage)
        return {
            "value": scene.words("page.stopping" if leaving else key),
            "visible": scene.busy(stage),
            "interactive": not leaving,
        }

    button = page.add(gr.Button, draw=draw, variant="secondary", elem_classes="act")
    page.act(button.click, "", lambda scene: scene.stop(stage))
    return button


def note_of(scene: Scene, tab: str, stage: str) -> str:
    """What went wrong on this tab: a refused click, or how the stage ended; nothing when all is well."""
    problem = scene.session.problem
    if problem and problem.tab == tab:
        return note(scene.words.message(problem.template, problem.values), "error")
    status, refused = scene.status(stage), scene.refused(stage)
    if refused and status.state != "waiting":
        return note(scene.words.message(refused.template, refused.values), "error")
    if status.state == "failed":
        return note(scene.words.message(status.template, status.values), "error")
    if status.state == "broken":
        what = scene.words.message(status.template, status.values)
        return note(scene.words("note.broken", what=what), "error")
    if status.state == "interrupted":
        return note(scene.words("note.interrupted"), "warning")
    return note(scene.words("note.waiting")) if status.state == "waiting" else Markup("")


def progress_of(scene: Scene, stage: str, meter: str = "") -> Markup:
    """The newest Progress of a stage as a sentence and a bar: what, how much, at what cost, how long still."""
    last, words = scene.last(stage, "progress"), scene.words
    if last is None or not last["total"]:
        return progress(words("progress.starting"), 0)
    done, total = last["done"], last["total"]
    amounts = (words.size(done), words.size(total)) if total > BYTES_ABOVE else (f"{done:,}", f"{total:,}")
    parts = [words.message(last["what"], {})] if last["what"] else []
    parts.append(words("progress.of", done=amounts[0], total=amounts[1]))
    if meter:
        parts.append(meter)
    if last["seconds_left"] is not None:
        parts.append(words("progress.left", time=words.about(last["seconds_left"])))
    return progress(" · ".join(parts), done / total)

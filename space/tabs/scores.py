"""The Scores tab: base and tuned on the same questions, with intervals, and every answer side by side.

In: the held-out pairs, or one's own questions and their database. Out: an `evaluate` job; scores come from the store.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from pipeline import run
from pipeline.config import EvaluateConfig
from pipeline.errors import UserError
from space.page import Page
from space.scene import Scene
from space.tabs.common import next_button, note_of, primary, progress_of, stop_button
from space.view import html
from space.view import scores as view

SOURCES = {"heldout": "scores.heldout", "own": "scores.own"}


def build(page: Page) -> None:
    """Lay the tab out and tie its controls."""
    with gr.Row(elem_classes="cols"):
        with gr.Column(elem_classes="left", scale=0, min_width=332):
            to_dataset = next_button(page, "dataset.write", "dataset", lambda scene: not _questions(scene))
            to_train = next_button(page, "train.start", "train", lambda s: bool(_questions(s)) and not s.tuned)
            onward = next_button(page, "scores.share", "share", _done)
            score = page.add(gr.Button, draw=_score_button, elem_classes="act", elem_id="score")
            stop_button(page, "scores.stop", "evaluate")
            with page.add(gr.Accordion, {"label": "page.advanced"}, open=False):
                source = page.add(gr.Radio, {"label": "scores.source", "choices": SOURCES}, value="heldout",
                                  interactive=True, elem_classes="seg")  # fmt: skip
                questions = page.add(
                    gr.UploadButton, {"label": "scores.upload_questions"}, file_types=[".jsonl", ".json"]
                )
                database = page.add(gr.UploadButton, {"label": "scores.upload_database"})
                page.html(_uploaded)
        with gr.Column(elem_classes="right"):
            page.html(lambda scene: note_of(scene, "scores", "evaluate") or _notes(scene))
            page.html(_picture, elem_id="scores-picture")
            with page.add(
                gr.Accordion, {"label": "scores.each"}, draw=lambda s: {"visible": bool(s.scores)}, open=False
            ):
                page.html(lambda scene: view.each_question(_answers(scene), scene.words))
    page.go(to_dataset.click, "dataset")
    page.go(to_train.click, "train")
    page.go(onward.click, "share")
    page.act(score.click, "scores", start_scoring, [source])
    page.act(questions.upload, "scores", lambda scene, file: keep_upload(scene, "questions", file), [questions])
    page.act(database.upload, "scores", lambda scene, file: keep_upload(scene, "database", file), [database])


def start_scoring(scene: Scene, source: str) -> None:
    """Score on the held-out pairs, or on uploaded questions, on their own database where one was uploaded too."""
    files: list[Path | None] = [None, None]
    if source == "own":
        uploads = scene.session.uploads
        if "questions" not in uploads:
            raise UserError("There are no questions of your own yet. Upload a JSONL file with instruction and output.")
        files = [Path(uploads[what]) if what in uploads else None for what in ("questions", "database")]
    scene.start("evaluate", lambda store, stop: run.evaluate(store, EvaluateConfig(), files[0], files[1], stop))


def keep_upload(scene: Scene, what: str, file: str | None) -> None:
    """Remember an uploaded file for this browser tab."""
    if file:
        scene.session.uploads[what] = file


# Drawing


def _questions(scene: Scene) -> int:
    return sum(each.split == "heldout" for each in scene.pairs)


def _answers(scene: Scene) -> dict[str, list[dict[str, Any]]]:
    return {model: scene.store.answers(model) for model in view.MODELS} if scene.store else {}


def _done(scene: Scene) -> bool:
    return "tuned" in scene.scores and not scene.busy("evaluate") and scene.status("evaluate").state == "done"


def _score_button(scene: Scene) -> dict[str, Any]:
    key = "scores.again" if _done(scene) else "scores.start" if scene.tuned else "scores.start_base"
    visible = bool(_questions(scene)) and not scene.busy("evaluate")
    return primary(scene, key, filled=scene.tuned and not _done(scene), visible=visible)


def _uploaded(scene: Scene) -> str:
    names = [
        Path(scene.session.uploads[what]).name for what in ("questions", "database") if what in scene.session.uploads
    ]
    return html.tag('<p class="dim small">{}</p>', " · ".join(names)) if names else Markup("")


def _notes(scene: Scene) -> str:
    return Markup("").join(html.note(text, "warning") for text in scene.notes("evaluate", "warning"))


def _picture(scene: Scene) -> str:
    words, found = scene.words, scene.scores
    running = progress_of(scene, "evaluate") if scene.busy("evaluate") else Markup("")
    if not found:
        if not _questions(scene):
            return html.empty(words("scores.no_questions"))
        hint = words("scores.empty_hint", n=_questions(scene))
        return running or html.empty(words("scores.empty" if scene.tuned else "scores.no_model"), hint)
    answers = _answers(scene)
    two = html.tag('<div class="two">{}{}</div>', view.misses(answers, words), view.looser(found, words))
    asked = (scene.fact("scored_on") or {}).get("questions", "")
    return running + view.scores(found, answers, words, asked) + two

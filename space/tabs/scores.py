"""The Scores tab: base and tuned on the same questions, with intervals, and every answer side by side.

In: the held-out pairs, or one's own questions and their database. Out: an `evaluate` job and two files of its report; all
that is drawn comes from the store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from pipeline import run
from pipeline.config import EvaluateConfig
from pipeline.errors import UserError
from pipeline.evaluation.markdown import to_file
from pipeline.evaluation.report import Report, to_json
from space import zerogpu
from space.page import Page
from space.scene import Scene
from space.tabs.common import BARE, next_button, note_of, primary, progress_of, stop_button
from space.view import html
from space.view import scores as view

SOURCES = {"heldout": "scores.heldout", "own": "scores.own"}
SHOWN = {which: f"scores.show_{which}" for which in view.CHOICES}
FILES: dict[str, Callable[[Report], str]] = {"md": to_file, "json": to_json}
"""The report's downloads: suffix → what writes it."""
SECONDS_AN_ANSWER = 1.0
"""SmolLM2-135M on two cores: 296 answers in 287 s."""


def build(page: Page) -> None:
    """Lay the tab out and tie its controls."""
    with gr.Column(elem_classes="full"):
        score = _buttons(page)
        page.html(_notes)
        page.html(_picture, elem_id="scores-picture")
        with page.add(gr.Accordion, {"label": "scores.each"}, draw=_when_scored, open=False, elem_id="each"):
            shown = page.add(
                gr.Radio, {"label": "scores.show", "choices": SHOWN}, value="all", elem_classes="seg", **BARE
            )
            page.html(lambda scene: view.each_question(scene.report, scene.words, scene.session.answers)
                      if scene.report else "")  # fmt: skip
        with page.add(gr.Accordion, {"label": "page.advanced"}, open=False):
            source = page.add(gr.Radio, {"label": "scores.source", "choices": SOURCES}, value="heldout",
                              interactive=True, elem_classes="seg")  # fmt: skip
            with gr.Row(elem_classes="scorebar"):
                questions = page.add(
                    gr.UploadButton, {"label": "scores.upload_questions"}, file_types=[".jsonl", ".json"], size="md"
                )
                database = page.add(gr.UploadButton, {"label": "scores.upload_database"}, size="md")
            page.html(_uploaded)
    page.act(score.click, "scores", start_scoring, [source])
    page.act(shown.input, "scores", show, [shown])
    page.act(questions.upload, "scores", lambda scene, file: keep_upload(scene, "questions", file), [questions])
    page.act(database.upload, "scores", lambda scene, file: keep_upload(scene, "database", file), [database])


def _buttons(page: Page) -> gr.Button:
    """The row of buttons: what to do next, Score or Stop, and the report to take away."""
    with gr.Row(elem_classes="scorebar"):
        to_dataset = next_button(page, "dataset.write", "dataset", lambda scene: not _questions(scene))
        to_train = next_button(page, "train.start", "train", lambda s: bool(_questions(s)) and not s.tuned)
        onward = next_button(page, "scores.share", "share", lambda scene: _done(scene) and not scene.recorded)
        score = page.add(gr.Button, draw=_score_button, elem_classes="act", elem_id="score")
        stop_button(page, "scores.stop", "evaluate")
        for suffix in FILES:
            page.add(gr.DownloadButton, draw=_download(suffix), variant="secondary", elem_id=f"report-{suffix}")
    page.go(to_dataset.click, "dataset")
    page.go(to_train.click, "train")
    page.go(onward.click, "share")
    return score


def start_scoring(scene: Scene, source: str) -> None:
    """Score on the held-out pairs, or on uploaded questions, on their own database where one was uploaded too."""
    files: list[Path | None] = [None, None]
    if source == "own":
        uploads = scene.session.uploads
        if "questions" not in uploads:
            raise UserError("There are no questions of your own yet. Upload a JSONL file with instruction and output.")
        files = [Path(uploads[what]) if what in uploads else None for what in ("questions", "database")]
    config = EvaluateConfig(batch=zerogpu.QUESTIONS)
    scene.start("evaluate", lambda store, stop: run.evaluate(store, config, files[0], files[1], stop, zerogpu.write))


def keep_upload(scene: Scene, what: str, file: str | None) -> None:
    """Remember an uploaded file for this browser tab."""
    if file:
        scene.session.uploads[what] = file


def show(scene: Scene, which: str) -> None:
    """List other questions."""
    scene.session.answers = which


# Drawing


def _questions(scene: Scene) -> int:
    return sum(each.split == "heldout" for each in scene.pairs)


def _done(scene: Scene) -> bool:
    return "tuned" in scene.scores and not scene.busy("evaluate") and scene.status("evaluate").state == "done"


def _stopped(scene: Scene) -> bool:
    return bool(scene.scores) and not scene.busy("evaluate") and scene.status("evaluate").state == "stopped"


def _score_button(scene: Scene) -> dict[str, Any]:
    """Filled until it would repeat something; a recorded scoring is still to be done on a run of one's own."""
    repeats = _done(scene) and not scene.recorded
    key = "scores.again" if repeats else "scores.start" if scene.tuned else "scores.start_base"
    visible = bool(_questions(scene)) and not scene.busy("evaluate")
    return primary(
        scene, "scores.resume" if _stopped(scene) else key, filled=scene.tuned and not repeats, visible=visible
    )


def _download(suffix: str) -> Callable[[Scene], dict[str, Any]]:
    def draw(scene: Scene) -> dict[str, Any]:
        if scene.report is None or scene.busy("evaluate"):
            return {"label": "", "value": None, "visible": False}
        label = scene.words(f"scores.report_{suffix}")
        return {"label": label, "value": str(_file(scene.report, suffix)), "visible": True}

    return draw


def _file(report: Report, suffix: str) -> Path:
    """The report as a file where Gradio may serve it from; made once for each content, under a name nobody can guess."""
    text = FILES[suffix](report)
    folder = Path(gr.utils.get_upload_folder()) / hashlib.sha256(text.encode()).hexdigest()
    file = folder / f"scores.{suffix}"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return file


def _when_scored(scene: Scene) -> dict[str, Any]:
    return {"visible": bool(scene.scores)}


def _uploaded(scene: Scene) -> str:
    names = [
        Path(scene.session.uploads[what]).name for what in ("questions", "database") if what in scene.session.uploads
    ]
    return html.tag('<p class="dim small">{}</p>', " · ".join(names)) if names else Markup("")


def _notes(scene: Scene) -> str:
    """What went wrong, or else whose scores these are, where they stopped and what was left out."""
    problem = note_of(scene, "scores", "evaluate")
    if problem:
        return problem
    notes = [html.note(text, "warning") for text in scene.notes("evaluate", "warning")]
    if scene.recorded and scene.scores:
        notes.append(html.note(scene.words("scores.recorded")))
    if _stopped(scene) and (last := scene.last("evaluate", "progress")):
        answered = sum(score.n for score in scene.scores.values())
        notes.append(html.note(scene.words("scores.stopped", n=answered, total=2 * last["total"])))
    return Markup("").join(notes)


def _picture(scene: Scene) -> str:
    words, report, busy = scene.words, scene.report, scene.busy("evaluate")
    running = progress_of(scene, "evaluate") if busy else Markup("")
    if report is None and not busy:
        if not _questions(scene):
            return html.empty(words("scores.no_questions"))
        return html.empty(words("scores.empty" if scene.tuned else "scores.no_model"), _hint(scene))
    parts = [running, view.scores(report, words, busy)]
    if report:
        two = '<div class="two">{}{}</div>'
        parts.append(html.tag(two, view.levels(report, words), view.misses(report, words)))
        parts.append(html.tag(two, view.tables(report, words), view.how(report, words)))
    return html.join(parts)


def _hint(scene: Scene) -> str:
    """What will appear, and how long it takes where that was measured."""
    words, n = scene.words, _questions(scene)
    models = 2 if scene.tuned else 1
    return words("scores.empty_hint", n=n, time=words.about(models * n * SECONDS_AN_ANSWER))

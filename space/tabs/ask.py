"""The Ask tab: a question in, SQL and rows out; the SQL can be edited and run again.

In: a question, a model, a database. Out: an `Answer` kept for this browser tab.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from pipeline import run
from pipeline.config import InstanceConfig
from pipeline.errors import UserError
from space.page import Page
from space.scene import Scene, Session
from space.tabs.common import BARE, next_button, note_of
from space.view import ask as view
from space.view import html

EXAMPLES = 3
MODELS = {"tuned": "scores.tuned", "base": "scores.base"}


def build(page: Page) -> None:
    """Lay the tab out and tie its controls."""
    with gr.Row(elem_classes="question"):
        texts = {"label": "ask.question", "placeholder": "ask.placeholder"}
        question = page.add(gr.Textbox, texts, lines=1, max_lines=3, elem_id="question", **BARE)
        ask = page.add(gr.Button, {"value": "ask.ask"}, draw=_ask_button, elem_id="ask", scale=0)
        to_schema = next_button(page, "schema.read", "schema", lambda scene: scene.schema is None)
    with gr.Row(elem_classes="examples"):
        examples = [page.add(gr.Button, draw=_example(place), size="sm") for place in range(EXAMPLES)]
    with gr.Row(elem_classes="asking"):
        model = page.add(
            gr.Radio,
            {"label": "ask.model", "choices": MODELS},
            draw=lambda scene: {"visible": scene.tuned},
            value="tuned",
            interactive=True,
            elem_classes="seg",
        )
        database = page.add(
            gr.Dropdown, {"label": "ask.database"}, draw=_databases, value="", interactive=True, elem_id="ask-database"
        )
        upload = page.add(gr.UploadButton, {"label": "ask.upload"}, size="sm")
    with gr.Column(elem_classes="full", elem_id="ask-result"):
        page.html(lambda scene: note_of(scene, "ask", "ask") or _untuned(scene))
        page.html(_written, elem_id="written")
        with page.add(gr.Accordion, {"label": "ask.edit"}, draw=_when_answered, open=False):
            sql = page.add(gr.Code, {"label": "ask.sql"}, language="sql", lines=4, interactive=True, wrap_lines=True,
                           buttons=[], elem_id="edit-sql")  # fmt: skip
            again = page.add(gr.Button, {"value": "ask.run"}, size="md")
        page.html(
            lambda scene: view.result(scene.session.answer, scene.words) if scene.session.answer else "", elem_id="rows"
        )
    inputs = [question, model, database]
    for trigger in (ask.click, question.submit):
        page.act(trigger, "ask", ask_model, inputs, then=(_sql_of, sql), **ONE_AT_A_TIME)
    for button in examples:
        button.click(lambda text: text, button, question, **page.quiet)
    page.go(to_schema.click, "schema")
    page.act(again.click, "ask", run_again, [sql, database])
    page.act(upload.upload, "ask", _keep_database, [upload])


ONE_AT_A_TIME: dict[str, Any] = {"concurrency_id": "model", "concurrency_limit": 1}


def ask_model(scene: Scene, question: str, model: str, database: str) -> Iterator[None]:
    """Have the model answer; the page says that it is at it meanwhile."""
    session, store = scene.session, scene.need()
    if not question.strip():
        raise UserError("There is no question. Type one.")
    session.asking, session.answer = question, None
    yield
    try:
        session.answer = run.ask(store, question, _file(scene, database), tuned=model == "tuned" and scene.tuned)
    finally:
        session.asking = ""


def run_again(scene: Scene, sql: str, database: str) -> None:
    """Run edited SQL read-only."""
    answer = scene.session.answer
    if answer is None or not sql.strip():
        raise UserError("There is no SQL to run. Ask a question first.")
    rows, error = run.run_sql(sql, _file(scene, database))
    scene.session.answer = run.Answer(answer.question, sql, rows, error, rows.seconds if rows else 0.0, "yours")


def _keep_database(scene: Scene, file: str | None) -> None:
    if file:
        scene.session.uploads["ask"] = file


def _file(scene: Scene, database: str) -> Path:
    """The file behind a choice of database."""
    if database == "upload":
        return run.database_to_ask(scene.need(), Path(scene.session.uploads.get("ask", "")))
    if database.startswith("test-"):
        made = run.made_up_databases(scene.need())
        return made[min(int(database.removeprefix("test-")), len(made)) - 1]
    return run.database_to_ask(scene.need())


# Drawing


def _sql_of(session: Session) -> Any:
    return session.answer.sql if session.answer else gr.skip()


def _ask_button(scene: Scene) -> dict[str, Any]:
    return {"variant": "primary", "visible": scene.schema is not None, "interactive": not scene.session.asking}


def _example(place: int) -> Any:
    def draw(scene: Scene) -> dict[str, Any]:
        mine = [each.pair.question for each in scene.pairs if each.split and each.pair.language == scene.words.language]
        found = mine or [each.pair.question for each in scene.pairs if each.split]
        short = [text for text in dict.fromkeys(found) if html.width(text) <= 60]
        chosen = short[:: max(1, len(short) // EXAMPLES)][:EXAMPLES]
        return {"value": chosen[place], "visible": True} if place < len(chosen) else {"value": "", "visible": False}

    return draw


def _databases(scene: Scene) -> dict[str, Any]:
    words, uploads = scene.words, scene.session.uploads
    choices = (
        [(words("ask.own_rows"), "")] if scene.store and run.database_of(scene.store) else [(words("ask.made_up"), "")]
    )
    choices += [(words("ask.test", number=number), f"test-{number}") for number in range(1, InstanceConfig.count + 1)]
    if "ask" in uploads:
        choices.append((Path(uploads["ask"]).name, "upload"))
    return {"choices": choices}


def _untuned(scene: Scene) -> str:
    if scene.schema is None:
        return html.empty(scene.words("ask.no_schema"))
    return Markup("") if scene.tuned else html.note(scene.words("ask.untuned"))


def _written(scene: Scene) -> str:
    session, words = scene.session, scene.words
    if session.asking:
        return html.tag(
            '<p class="asked-now" role="status">{}</p><p class="dim">{}</p>', session.asking, words("ask.writing")
        )
    if session.answer:
        return view.written(session.answer, scene.model_name, words)
    return html.empty(words("ask.empty")) if scene.schema else Markup("")


def _when_answered(scene: Scene) -> dict[str, Any]:
    return {"visible": scene.session.answer is not None}

"""The Ask tab: a question in, SQL and rows of the tuned model beside the base's out; the SQL can be edited and run.

In: a question, a database, perhaps somebody's adapter. Out: a `Talk` of this browser tab, and the run's history.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from pipeline import run
from pipeline.config import InstanceConfig
from pipeline.errors import UserError
from pipeline.records import Progress
from pipeline.run.asking import Answer, answer_with
from pipeline.store import Store
from space import runs, zerogpu
from space.asking import Talk, converse, usual_wait
from space.examples import EXAMPLES, example
from space.page import Page
from space.scene import Scene
from space.tabs.common import BARE, next_button, note_of
from space.view import ask as view
from space.view import html


def build(page: Page) -> None:
    """Lay the tab out and tie its controls."""
    with gr.Row(elem_classes="question"):
        texts = {"label": "ask.question", "placeholder": "ask.placeholder"}
        question = page.add(gr.Textbox, texts, lines=1, max_lines=3, elem_id="question", **BARE)
        ask = page.add(gr.Button, {"value": "ask.ask"}, draw=_ask_button, elem_id="ask", scale=0)
        stop = page.add(gr.Button, draw=_stop_button, elem_id="stop-asking", scale=0)
        to_schema = next_button(page, "schema.read", "schema", lambda scene: scene.schema is None)
    with gr.Row(elem_classes="examples"):
        examples = [page.add(gr.Button, draw=example(place), size="sm") for place in range(EXAMPLES)]
    compare = page.add(gr.Checkbox, {"label": "ask.compare"}, draw=lambda scene: {"visible": scene.tuned}, value=True,
                       container=False, interactive=True, elem_id="compare")  # fmt: skip
    with gr.Column(elem_classes="full", elem_id="ask-result"):
        page.html(_notes)
        asked = page.html(_asked, elem_id="asked")
        moving = _answers(page)
        with page.add(gr.Accordion, {"label": "ask.history"}, draw=_when_asked, open=False, elem_id="history"):
            history = page.add(gr.Radio, {"label": "ask.again"}, draw=_history, **BARE)
        with page.add(gr.Accordion, {"label": "ask.other"}, draw=_when_read, open=False, elem_id="ask-other"):
            database = _others(page)
    for trigger in (ask.click, question.submit):
        page.act(trigger, "ask", ask_models, [question, compare, database], during=[ask, stop, asked, *moving])
    for button in examples:
        button.click(lambda text: text, button, question, **page.quiet)
    page.act(stop.click, "ask", stop_asking)
    page.act(
        history.input, "ask", show_again, [history, database], then=(lambda session: session.talk.question, question)
    )
    page.go(to_schema.click, "schema")


def _answers(page: Page) -> list[Any]:
    """The first model's column, with its SQL to edit, and the base's beside it; what of them moves while one writes."""
    with gr.Row(elem_classes="sides"):
        with gr.Column(elem_classes="side"):
            written = page.html(_written, elem_id="written")
            with page.add(gr.Accordion, {"label": "ask.edit"}, draw=_when_answered, open=False) as edit:
                sql = page.add(gr.Code, {"label": "ask.sql"}, draw=_sql, language="sql", lines=4, interactive=True,
                               wrap_lines=True, buttons=[], elem_id="edit-sql")  # fmt: skip
                again = page.add(gr.Button, {"value": "ask.run"}, size="md")
            rows = page.html(_rows, elem_id="rows")
        with page.add(gr.Column, draw=_when_compared, elem_classes="side") as beside:
            base = page.html(_beside, elem_id="beside")
    page.act(again.click, "ask", run_again, [sql])
    return [written, edit, sql, rows, beside, base]


def _others(page: Page) -> gr.Dropdown:
    """Other rows to ask about, and other models to ask."""
    with gr.Row(elem_classes="asking"):
        database = page.add(gr.Dropdown, {"label": "ask.database"}, draw=_databases, value="", interactive=True,
                            elem_id="ask-database")  # fmt: skip
        upload = page.add(gr.UploadButton, {"label": "ask.upload"}, size="md")
    with gr.Row(elem_classes="asking"):
        source = page.add(gr.Textbox, {"label": "ask.adapter", "info": "ask.adapter_info"}, interactive=True,
                          elem_id="adapter-source")  # fmt: skip
        load = page.add(gr.Button, {"value": "ask.load"}, size="md", elem_id="load-adapter")
    page.act(database.input, "ask", choose_database, [database])
    page.act(upload.upload, "ask", keep_database, [upload], then=(lambda session: session.database, database))
    page.act(load.click, "ask", load_adapter, [source], then=(page.reload, page.reloaded))
    page.on_reload(lambda session: [session.database], [database])
    return database


def ask_models(scene: Scene, question: str, compare: bool, database: str) -> Iterator[None]:
    """Have the tuned model answer, and the base after it where that is wanted; the page follows what they write."""
    session = scene.session
    if session.talk.busy:
        return
    run.check_question(question)
    models = ("tuned", "base") if scene.tuned and compare else ("tuned",) if scene.tuned else ("base",)
    store = scene.need()
    file = _file(scene, database)
    session.talk = Talk(question.strip(), models, usual=usual_wait(store))
    yield from converse(session.talk, store, file, zerogpu.stream)


def stop_asking(scene: Scene) -> None:
    """Have the model at work stop; what it wrote stays."""
    scene.session.talk.stopping = scene.session.talk.busy


def run_again(scene: Scene, sql: str) -> None:
    """Run edited SQL read-only."""
    talk = scene.session.talk
    if not talk.question or not sql.strip():
        raise UserError("There is no SQL to run. Ask a question first.")
    talk.answers["yours"] = answer_with(scene.need(), talk.question, sql, _file(scene, scene.session.database))


def show_again(scene: Scene, entry: int, database: str) -> None:
    """Show an earlier question: its SQL is run anew, no model is asked."""
    store = scene.need()
    asked = next((each for each in store.asked() if each["id"] == entry), None)
    if asked is None or scene.session.talk.busy:
        return
    file, question = _file(scene, database), asked["question"]
    talk = Talk(question, tuple(each["model"] for each in asked["answers"]), entry=entry)
    for each in asked["answers"]:
        talk.answers[each["model"]] = (
            answer_with(store, question, each["sql"], file, each["model"])
            if each["sql"]
            else Answer(question, "", None, None, 0.0, each["model"], each["said"])
        )
    scene.session.talk = talk


def choose_database(scene: Scene, database: str) -> None:
    """From now on ask this database, and what is shown too."""
    scene.session.database = database
    talk = scene.session.talk
    if talk.busy:
        return
    for model, answer in talk.answers.items():
        if answer.sql and not answer.stopped:
            talk.answers[model] = answer_with(scene.need(), talk.question, answer.sql, _file(scene, database), model)


def keep_database(scene: Scene, file: str | None) -> None:
    """Ask an uploaded database. Raises UserError when it is none."""
    if file:
        run.database_to_ask(scene.need(), Path(file))
        scene.session.uploads["ask"] = file
        choose_database(scene, "upload")


def load_adapter(scene: Scene, source: str) -> Iterator[None]:
    """Open somebody's adapter in a run of its own; nothing is left behind when that fails."""
    session, source = scene.session, source.strip()
    if not source:
        raise UserError("The adapter has no name. Give its id on the Hub, such as user/name, or a folder.")
    name = runs.new_run(source.rstrip("/").rpartition("/")[2].partition("@")[0], session.visitor)
    store = Store.open(runs.home() / name, session.visitor)
    try:
        session.fetching = (source, 0.0)
        yield
        for event in run.open_adapter(store, source, schema_text=scene.schema.to_sql() if scene.schema else ""):
            if isinstance(event, Progress) and event.total:
                session.fetching = (source, event.done / event.total)
                yield
        session.run, session.talk, session.database = name, Talk(), ""
    finally:
        session.fetching = ("", 0.0)
        store.close()
        if session.run != name:
            shutil.rmtree(runs.home() / name, ignore_errors=True)


def _file(scene: Scene, database: str) -> Path:
    """The file behind a choice of database."""
    if database == "upload" and "ask" in scene.session.uploads:
        return run.database_to_ask(scene.need(), Path(scene.session.uploads["ask"]))
    if database.startswith("test-"):
        made = run.made_up_databases(scene.need())
        return made[min(int(database.removeprefix("test-")), len(made)) - 1]
    return run.database_to_ask(scene.need())


# Drawing


def _ask_button(scene: Scene) -> dict[str, Any]:
    return {"variant": "primary", "visible": scene.schema is not None and not scene.session.talk.busy}


def _stop_button(scene: Scene) -> dict[str, Any]:
    talk = scene.session.talk
    value = scene.words("page.stopping" if talk.stopping else "ask.stop")
    return {"value": value, "variant": "secondary", "visible": talk.busy, "interactive": not talk.stopping}


def _databases(scene: Scene) -> dict[str, Any]:
    words, uploads = scene.words, scene.session.uploads
    own = "ask.own_rows" if scene.store and run.database_of(scene.store) else "ask.made_up"
    choices = [(words(own), "")]
    choices += [(words("ask.test", number=number), f"test-{number}") for number in range(1, InstanceConfig.count + 1)]
    if "ask" in uploads:
        choices.append((Path(uploads["ask"]).name, "upload"))
    return {"choices": choices}


def _notes(scene: Scene) -> str:
    if scene.schema is None:
        return html.empty(scene.words("ask.no_schema"))
    source, share = scene.session.fetching
    if source:
        return html.progress(scene.words("ask.fetching", source=source), share)
    said = note_of(scene, "ask", "ask")
    if not scene.tuned:
        return said or html.note(scene.words("ask.untuned"))
    told = html.tag('<p class="dim">{}</p>', scene.words("ask.recorded")) if scene.recorded else Markup("")
    return Markup(said) + told


def _asked(scene: Scene) -> str:
    question = scene.session.talk.question
    if question:
        return html.tag('<p class="asked-now">{}</p>', question)
    return html.empty(scene.words("ask.empty")) if scene.schema else Markup("")


def _written(scene: Scene) -> str:
    talk = scene.session.talk
    return view.side(talk, talk.models[0], _name(scene, talk.models[0]), scene.words) if talk.models else Markup("")


def _beside(scene: Scene) -> str:
    talk = scene.session.talk
    if "base" not in talk.models[1:]:
        return Markup("")
    base = talk.answers.get("base")
    drawn = view.side(talk, "base", _name(scene, "base"), scene.words)
    return drawn + (html.tag('<div class="beneath">{}</div>', view.result(base, scene.words)) if base else "")


def _rows(scene: Scene) -> str:
    own = scene.session.talk.own
    return view.result(own, scene.words) if own else Markup("")


def _name(scene: Scene, model: str) -> str:
    return f"{scene.model_name} + LoRA" if model == "tuned" else scene.model_name


def _sql(scene: Scene) -> dict[str, Any]:
    """The SQL to edit, put there once for each answer, so that what is typed stays."""
    talk = scene.session.talk
    if talk.own is None or talk.own.model == "yours" or talk.to_edit == talk.own.sql:
        return {}
    talk.to_edit = talk.own.sql
    return {"value": talk.own.sql}


def _history(scene: Scene) -> dict[str, Any]:
    zone = " UTC" if runs.on_space() else ""
    asked = scene.store.asked() if scene.store else []
    choices = [(view.entry(each, scene.words, zone), each["id"]) for each in asked]
    return {"choices": choices, "value": scene.session.talk.entry}


def _when_asked(scene: Scene) -> dict[str, Any]:
    return {"visible": bool(scene.store and scene.store.asked())}


def _when_answered(scene: Scene) -> dict[str, Any]:
    return {"visible": scene.session.talk.own is not None}


def _when_compared(scene: Scene) -> dict[str, Any]:
    return {"visible": "base" in scene.session.talk.models[1:]}


def _when_read(scene: Scene) -> dict[str, Any]:
    return {"visible": scene.schema is not None}

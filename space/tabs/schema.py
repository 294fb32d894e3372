"""The Schema tab: paste a schema, upload one, or start from a sample; see what was read.

In: DDL as text, a `.sql` dump or a SQLite file. Out: a run with its schema. Reading another schema begins another run,
so that nothing made from the first one is lost; its pairs can be taken over as far as they hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from pipeline import run
from pipeline.config import SchemaConfig
from pipeline.database.ddl import parse_schema, read_schema_file
from pipeline.database.dump.dialects import DIALECTS as KNOWN
from pipeline.database.examples import NAMES as SAMPLES
from pipeline.database.examples import example_schema, example_sql
from pipeline.database.schema import Schema
from pipeline.errors import UserError
from pipeline.records import Event
from pipeline.store import Store
from space import jobs, runs
from space.asking import Talk
from space.page import Page
from space.scene import Scene, Session
from space.tabs.common import next_button, note_of, primary, progress_of
from space.view import drift as drifted
from space.view import html
from space.view import schema as view

STARTS = {"shop": "schema.start_shop", "sales": "schema.start_sales", "own": "schema.start_own"}
DIALECTS = {name: f"schema.dialect_{name}" for name in ("auto", *KNOWN)}


def build(page: Page) -> None:
    """Lay the tab out and tie its controls."""
    with gr.Row(elem_classes="cols"):
        with gr.Column(elem_classes="left", scale=0, min_width=332):
            start = page.add(
                gr.Radio,
                {"label": "schema.start", "choices": STARTS},
                value="shop",
                interactive=True,
                elem_classes="seg",
            )
            text = page.add(
                gr.Code,
                {"label": "schema.ddl"},
                value=sample_text("shop"),
                language="sql",
                lines=14,
                max_lines=14,
                interactive=True,
                buttons=[],
                elem_id="ddl",
            )
            onward = next_button(page, "dataset.write", "dataset", lambda scene: scene.schema is not None)
            read = page.add(gr.Button, draw=_read_button, elem_classes="act", elem_id="read-schema")
            take = page.add(gr.Button, draw=_take_button, elem_classes="act", elem_id="take-pairs")
            with page.add(gr.Accordion, {"label": "page.advanced"}, open=False):
                dialect = page.add(
                    gr.Dropdown, {"label": "schema.dialect", "choices": DIALECTS}, value="auto", interactive=True
                )
                tables = page.add(
                    gr.Textbox, {"label": "schema.keep", "info": "schema.keep_info", "placeholder": "schema.keep_hint"},
                    interactive=True, max_lines=1, elem_id="keep-tables",
                )  # fmt: skip
                upload = page.add(gr.UploadButton, {"label": "schema.upload"}, file_count="single", size="md")
                earlier = page.add(gr.Dropdown, {"label": "schema.runs"}, draw=_earlier, interactive=True)
        with gr.Column(elem_classes="right"):
            page.html(lambda scene: note_of(scene, "schema", "schema"))
            page.html(_cut, elem_id="cut")
            page.html(_drift, elem_id="drift")
            page.html(_picture, elem_id="schema-picture")
            with page.add(gr.Accordion, {"label": "schema.list"}, draw=_when_read, open=False, elem_classes="twin"):
                page.html(lambda scene: view.listing(scene.schema, scene.words) if scene.schema else "")
            with page.add(gr.Accordion, {"label": "schema.prompt"}, draw=_when_read, open=False):
                page.html(lambda scene: html.sql(scene.schema.to_prompt()) if scene.schema else "")
    page.go(onward.click, "dataset")
    start.input(sample_text, start, text, **page.quiet)
    text.input(lambda: "own", None, start, **page.quiet)
    page.act(read.click, "schema", read_text, [start, text, dialect, tables])
    page.act(take.click, "schema", take_pairs, [text, dialect])
    page.act(upload.upload, "schema", read_upload, [upload, dialect, tables])
    page.act(earlier.input, "schema", open_earlier, [earlier], then=(page.reload, page.reloaded))
    page.on_reload(_reload, [start, text, tables])


def sample_text(name: str) -> str:
    """The DDL of a sample; an empty editor for a schema of one's own."""
    return example_sql(name) if name in SAMPLES else ""


def read_text(scene: Scene, start: str, text: str, dialect: str, tables: str = "") -> None:
    """Read the pasted text; an untouched sample brings its rows along."""
    if start in SAMPLES and text.strip() == example_sql(start).strip():
        _read(scene, example_schema(start), lambda store: run.read_example(store, start))
    else:
        schema, config = parse_schema(text, dialect), _config(tables)
        run.fit(schema, config)  # refused before a run is made
        _read(scene, schema, lambda store: run.read_schema(store, text, dialect, schema.name, config), config.tables)


def read_upload(scene: Scene, upload: str | None, dialect: str, tables: str = "") -> None:
    """Read an uploaded dump or SQLite file."""
    if not upload:
        raise UserError("No file arrived. Choose a .sql file or a SQLite database.")
    file, config = Path(upload), _config(tables)
    schema = read_schema_file(file, dialect)
    run.fit(schema, config)  # refused before a run is made
    _read(scene, schema, lambda store: run.read_schema(store, file, dialect, config=config), config.tables)


def open_earlier(scene: Scene, name: str) -> None:
    """Look at another run of this visitor."""
    scene.session.run, scene.session.talk, scene.session.train = name, Talk(), None


def take_pairs(scene: Scene, text: str, dialect: str) -> None:
    """Read the changed schema into a new run, and take over the pairs that still hold. The run of before stays."""
    before, session = scene.need().folder, scene.session
    schema = parse_schema(text, dialect, str(scene.fact("schema_name", "")) or "schema")
    run.drift(scene.need(), schema)  # refused before a run is made
    _read(scene, schema, lambda store: run.read_schema(store, text, dialect, schema.name))

    def taken(store: Store, stop: run.Stop) -> Iterator[Event]:
        with closing(Store.open(before, session.visitor)) as source:
            store.set(drift={"of": before.name})
            yield from run.drift_into(source, store, stop)

    jobs.start(runs.home() / session.run, session.visitor, "dataset", taken)


def _config(tables: str) -> SchemaConfig:
    """The tables to keep, as typed: names between commas, also Japanese ones, or on lines."""
    return SchemaConfig(tables=tuple(filter(None, map(str.strip, re.split(r"[,、，\n]", tables)))))


def _read(scene: Scene, schema: Schema, read: Callable[[Store], Iterator[Event]], tables: tuple[str, ...] = ()) -> None:
    """Make a run for a schema that was parsed already, so that a refused one leaves no run behind."""
    session = scene.session
    whole = run.whole_schema_of(scene.store) if scene.store and scene.schema else None
    if not scene.kept and not tables and whole and whole.to_sql() == schema.to_sql() and not _chosen(scene):
        return  # the run has this schema already, and nothing was made from it
    session.run, session.talk = runs.new_run(schema.name, session.visitor), Talk()
    store = Store.open(runs.home() / session.run, session.visitor)
    try:
        for _event in read(store):
            pass
    finally:
        store.close()


def _chosen(scene: Scene) -> list[str]:
    return list((scene.fact("schema_cut") or {}).get("tables", []))


def _cut(scene: Scene) -> str:
    """Which tables were left out, where the schema is over the budget."""
    return Markup("").join(html.note(text, "warning") for text in scene.notes("schema", "warning"))


def _read_button(scene: Scene) -> dict[str, Any]:
    return primary(scene, "schema.anew" if scene.kept else "schema.read", filled=scene.schema is None)


def _take_button(scene: Scene) -> dict[str, Any]:
    label = {"value": scene.words("drift.take"), "variant": "secondary"}
    return {**label, "visible": bool(scene.kept), "interactive": not scene.any_busy}


def _drift(scene: Scene) -> str:
    """What became of the pairs of the run before, where this one took them over."""
    found = scene.fact("drift")
    if not found:
        return Markup("")
    if scene.busy("dataset"):
        return progress_of(scene, "dataset")
    return drifted.drift(found, scene.words) if "held" in found else Markup("")


def _picture(scene: Scene) -> str:
    if scene.schema is None:
        return html.empty(scene.words("schema.empty"), scene.words("schema.empty_hint"))
    tokens = int(scene.fact("prompt_tokens", 0))
    on_phone = html.tag('<div class="phone">{}</div>', view.listing(scene.schema, scene.words))
    return view.summary(scene.schema, tokens, scene.words) + view.diagram(scene.schema, scene.words) + on_phone


def _when_read(scene: Scene) -> dict[str, Any]:
    return {"visible": scene.schema is not None}


def _earlier(scene: Scene) -> dict[str, Any]:
    names = scene.earlier
    return {"choices": names, "value": scene.session.run or None, "visible": len(names) > 1}


def _reload(session: Session) -> list[Any]:
    """After a reload the editor shows the run's own schema rather than the sample."""
    store = runs.open_run(session.run, session.visitor)
    if store is None:
        return [gr.skip(), gr.skip(), gr.skip()]
    name, read = store.get("schema_name", ""), (store.folder / "schema.sql").exists()
    whole, cut = run.whole_schema_of(store).to_sql() if read else "", store.get("schema_cut") or {}
    store.close()
    if name in SAMPLES or not read:
        return [name or "shop", sample_text(name or "shop"), ""]
    return ["own", whole, ", ".join(cut.get("tables", []))]

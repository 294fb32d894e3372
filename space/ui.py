"""The page: frame, run header, language switch and the six tabs in the order of the walk.

In: nothing but the environment. Out: a `gr.Blocks` ready to launch with `LAUNCH`. It reads no run before somebody opens
it, asks nothing of the network, and never imports torch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from pipeline.run import STAGES
from space import runs, zerogpu
from space.i18n import LANGUAGES, Words
from space.page import QUIET, Page, Seen
from space.scene import Scene, Session
from space.tabs import ask, dataset, schema, scores, share, train
from space.theme import SCRIPT, STYLES, theme
from space.view import header

TABS = {"schema": schema, "dataset": dataset, "train": train, "scores": scores, "share": share, "ask": ask}

LAUNCH: dict[str, Any] = {
    "theme": theme(),
    "css_paths": STYLES,
    "js": SCRIPT.read_text(encoding="utf-8"),
    "footer_links": [],
    "show_error": True,
    "max_file_size": "50mb",
    "run_history": False,  # it would keep what people typed
    "ssr_mode": False,
    "enable_monitoring": False,
}


def build_app() -> gr.Blocks:
    """The whole page."""
    app: gr.Blocks
    with gr.Blocks(title="SQL Distillery", analytics_enabled=False, delete_cache=(3600, 86400)) as app:
        page = Page()
        _frame(page)
        with gr.Tabs(overflow_behavior="wrap", elem_classes="walk") as page.tabs:
            for name, tab in TABS.items():
                with page.add(gr.Tab, {"label": f"tab.{name}"}, id=name):
                    page.html(_purpose(name))
                    tab.build(page)
        page.finish()
        _wire_load(app, page)
    app.queue(max_size=200, default_concurrency_limit=20)
    return app


def _frame(page: Page) -> None:
    with gr.Row(elem_classes="top"):
        page.html(lambda scene: header.title(scene.words))
        page.language = gr.Radio(
            [(name, code) for code, name in LANGUAGES.items()],
            value="en",
            label=Words("en")("page.language"),
            show_label=False,
            container=False,
            interactive=True,
            elem_id="language",
            elem_classes="seg",
        )
    page.html(lambda scene: header.of_run(_head(scene), scene.words), elem_classes=["runhead"])


def _head(scene: Scene) -> header.Head:
    tables = len(scene.schema.tables) if scene.schema else 0
    accuracy = {model: score.accuracy for model, score in scene.scores.items()}
    busy = next((stage for stage in STAGES if scene.busy(stage)), "")
    name = scene.fact("schema_name", "")
    session = scene.session
    return header.Head(
        session.run,
        name,
        tables,
        scene.kept,
        scene.model_name,
        scene.tuned,
        accuracy,
        busy,
        _left(scene, busy),
        scene.recorded,
        bool(session.visitor),
    )


def _left(scene: Scene, stage: str) -> str:
    """How long the stage at work will take still, in words."""
    told = [event for kind in ("progress", "step") if stage and (event := scene.last(stage, kind))]
    newest = max(told, key=lambda event: int(event["id"]), default={})
    seconds = newest.get("seconds_left")
    return "" if seconds is None else scene.words.about(seconds)


def _purpose(name: str) -> Callable[[Scene], str]:
    return lambda scene: header.purpose(name, scene.words, zerogpu.ON, scene.sample)


def _wire_load(app: gr.Blocks, page: Page) -> None:
    visitor = gr.BrowserState("", storage_key="sql-distillery-visitor", secret="sql-distillery")

    def load(request: gr.Request, session: Session, kept: str) -> list[Any]:
        session.visitor = runs.visitor_id(kept)
        session.run = _first_run(session.visitor, str(request.query_params.get("run", "")))
        language = _first_language(request)
        session.languages = (language,)
        redrawn = page.redraw(session, language, Seen(), texts_too=True)
        return [session, session.visitor if runs.on_space() else "", language, *redrawn]

    outputs = [page.session, visitor, page.language, *page.all]
    app.load(load, [page.session, visitor], outputs, **QUIET).then(page.reload, page.session, page.reloaded, **QUIET)


def _first_run(visitor: str, asked: str) -> str:
    found = runs.open_run(asked, visitor)
    if found:
        found.close()
        return asked
    return next(iter(runs.earlier_runs(visitor)), runs.RECORDED)


def _first_language(request: gr.Request) -> str:
    asked = str(request.query_params.get("lang", ""))
    if asked not in LANGUAGES:
        accepted = str(request.headers.get("accept-language", "")).lower()
        asked = "ja" if accepted.startswith("ja") else "en"
    return asked

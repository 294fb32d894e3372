"""The offline teacher's words for tables and columns on the Dataset tab: a table to edit, and a button that keeps it.

In: edited rows of name, English, Japanese. Out: the run's glossary. The table is filled when it is opened, never redrawn.
"""

from __future__ import annotations

import gradio as gr
from markupsafe import Markup

from pipeline.run import glossary as words
from space.i18n import Words
from space.page import Page
from space.scene import Scene, Session
from space.tabs.claude import teacher_of
from space.view import html

HEADERS = ["", "English", "日本語"]


def build(page: Page) -> None:
    """The table with its button; `dataset.build` shows it for the teacher whose words these are."""
    with page.add(
        gr.Accordion, {"label": "glossary.title"}, draw=_shown, open=False, elem_id="glossary"
    ) as opened:  # fmt: skip
        page.html(_about)
        table = page.add(
            gr.Dataframe, {"label": "glossary.title"}, headers=HEADERS, type="array", interactive=True, show_label=False,
            max_height=320, wrap=True, static_columns=[0], column_count=(3, "fixed"),
            column_widths=["40%", "30%", "30%"], elem_id="glossary-table",
        )  # fmt: skip
        keep = page.add(gr.Button, {"value": "glossary.keep"}, size="sm", variant="secondary", elem_id="glossary-keep")
    opened.expand(_rows, [page.session, page.language], table, **page.quiet)
    page.act(keep.click, "dataset", _keep, [table])


def _keep(scene: Scene, rows: list[list[object]]) -> None:
    words.keep_rows(scene.need(), rows)


def _rows(session: Session, language: str) -> list[list[str]]:
    scene = Scene(session, Words(language))
    try:
        if scene.store is None or scene.schema is None:
            return []
        return [list(row) for row in words.glossary(scene.store)]
    finally:
        scene.close()


# Drawing


def _shown(scene: Scene) -> dict[str, bool]:
    return {"visible": scene.schema is not None and teacher_of(scene.session) == "offline"}


def _about(scene: Scene) -> str:
    if scene.store is None or scene.schema is None:
        return Markup("")
    own = words.own_words(scene.store)
    said = scene.words("glossary.own", n=own) if own else scene.words("glossary.about")
    return html.tag('<p class="dim small">{}</p>', said)

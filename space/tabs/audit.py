"""The blind audit on the Dataset tab: one randomly drawn pair after the other, right or wrong, and what comes of it.

In: clicks. Out: marks in the run's store. How a pair was proved is not shown while it is judged.
"""

from __future__ import annotations

from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from pipeline.records import Rows
from pipeline.run import audit
from pipeline.store import Store
from space.page import Page
from space.scene import Scene
from space.view import audit as view


def build(page: Page) -> None:
    """The pair to judge, and the buttons."""
    with page.add(gr.Accordion, {"label": "audit.title"}, open=False, elem_classes="audit"):
        page.html(_told, elem_id="audit")
        with gr.Row(elem_classes="deeds"):
            right = _button(page, "audit.right", _judging, "audit-right")
            wrong = _button(page, "audit.wrong", _judging, "audit-wrong")
            back = _button(page, "audit.back", _marked, "audit-back")
            start = page.add(gr.Button, draw=_begin_button, size="sm", variant="secondary", elem_id="audit-begin")
    page.act(right.click, "dataset", lambda scene: _mark(scene, True))
    page.act(wrong.click, "dataset", lambda scene: _mark(scene, False))
    page.act(back.click, "dataset", lambda scene: audit.unmark(scene.need()))
    page.act(start.click, "dataset", lambda scene: audit.begin(scene.need()))


def _button(page: Page, key: str, when: Any, name: str) -> gr.Button:
    return page.add(gr.Button, {"value": key}, draw=lambda scene: {"visible": when(scene)}, size="sm",
                    variant="secondary", elem_id=name)  # fmt: skip


def _mark(scene: Scene, right: bool) -> None:
    store = scene.need()
    pair = audit.next_pair(store)
    if pair is not None:
        audit.mark(store, pair.id, right)


# Drawing


def _judging(scene: Scene) -> bool:
    return scene.store is not None and audit.next_pair(scene.store) is not None


def _marked(scene: Scene) -> bool:
    found = audit.audit_of(scene.store) if scene.store is not None else None
    return bool(found and found.judged)


def _begin_button(scene: Scene) -> dict[str, Any]:
    begun = scene.store is not None and audit.audit_of(scene.store) is not None
    return {"value": scene.words("audit.again" if begun else "audit.begin"), "interactive": bool(scene.kept)}


def _told(scene: Scene) -> str:
    if scene.store is None or not scene.kept:
        return Markup("")
    found = audit.audit_of(scene.store)
    if found is None:
        return view.about(scene.words)
    pair = audit.next_pair(scene.store)
    rows = _rows(str(scene.store.folder), scene.store.visitor, pair.id) if pair is not None else None
    return view.audit(found, pair, rows, scene.words)


@lru_cache(maxsize=64)
def _rows(folder: str, visitor: str, number: int) -> Rows | None:
    """What the pair's SQL gives, asked once: a redraw must not wait for it."""
    with closing(Store.open(Path(folder), visitor)) as store:
        pair = store.pair(number)
        return audit.rows_of(store, pair) if pair is not None else None

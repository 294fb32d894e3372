"""The Dataset tab's list of pairs, and the one that is open: read, kept, edited or dropped by hand.

In: a filter, a row, a new text. Out: changes that `pipeline.run.amending` makes in the store, never beside a stage.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from pipeline.records import JudgedPair
from pipeline.run import amending
from space.i18n import Words
from space.page import Page
from space.scene import Scene, Session
from space.tabs.common import BARE
from space.view import dataset as view
from space.view import opinion
from space.view import pair as one

SHOWN = {"kept": "dataset.show_kept", "dropped": "dataset.show_dropped", "all": "dataset.show_all"}
SCRIPT = Path(__file__).parents[1] / "pairs.js"
TOLD = "pair"
"""Where a refused change is told: in the open pair's panel, not at the top of the tab."""


def build(page: Page) -> None:
    """The filter, the list and, under it, the open pair."""
    with page.add(gr.Row, draw=_when_pairs, elem_classes="filter"):
        shown = page.add(gr.Radio, {"label": "dataset.show", "choices": SHOWN}, value="all", elem_classes="seg", **BARE)
        texts = {"label": "dataset.find", "placeholder": "dataset.find"}
        find = page.add(gr.Textbox, texts, max_lines=1, elem_id="find", **BARE)
    page.add(
        gr.HTML, draw=lambda scene: {"value": str(_table(scene))}, js_on_load=SCRIPT.read_text(encoding="utf-8"),
        padding=False, max_height=440, elem_id="pairs", elem_classes=["still", "scroll"],
    )  # fmt: skip
    page.act(shown.input, "dataset", filter_pairs, [shown, find])
    page.act(find.change, "dataset", filter_pairs, [shown, find], trigger_mode="always_last")
    with page.add(gr.Column, draw=lambda scene: {"visible": _open(scene) is not None}, elem_classes="pairpanel"):
        fields = _panel(page)
    picked = gr.Textbox(visible="hidden", interactive=True, elem_id="picked")
    page.act(picked.change, TOLD, pick, [picked], then=(texts_of, fields))


def _panel(page: Page) -> list[Any]:
    """The open pair and what can be done with it; its fields are filled while they are hidden, never under typing."""
    page.html(_pair)
    with page.add(gr.Column, draw=lambda scene: {"visible": scene.session.editing}, elem_classes="fields"):
        question = page.add(gr.Textbox, {"label": "pairs.question"}, lines=1, max_lines=4, interactive=True)
        statement = page.add(
            gr.Textbox, {"label": "pairs.sql"}, lines=3, max_lines=10, interactive=True, elem_classes="mono",
            elem_id="pair-sql",
        )  # fmt: skip
    with gr.Row(elem_classes="deeds"):
        keep = _button(page, "pairs.keep", lambda scene, pair: not pair.verdict.ok)
        edit = _button(page, "pairs.edit", lambda scene, pair: True)
        other = _button(page, "opinion.use", lambda scene, pair: bool(opinion.others(pair)))
        drop = _button(page, "pairs.drop", lambda scene, pair: pair.verdict.ok)
        prove = _button(page, "pairs.prove", lambda scene, pair: True, editing=True)
        leave = _button(page, "pairs.cancel", lambda scene, pair: True, editing=True, waits=False)
        close = _button(page, "pairs.close", lambda scene, pair: True, waits=False)
    page.act(keep.click, TOLD, keep_pair)
    page.act(drop.click, TOLD, drop_pair)
    page.act(edit.click, TOLD, begin_edit)
    fields = [question, statement]
    page.act(prove.click, TOLD, prove_pair, fields)
    page.act(other.click, TOLD, use_other, then=(texts_of, fields))
    page.act(leave.click, TOLD, end_edit, then=(texts_of, fields))
    page.act(close.click, TOLD, close_pair)
    return fields


def _button(page: Page, key: str, when: Any, editing: bool = False, waits: bool = True) -> gr.Button:
    """A button of the open pair: there `when(scene, pair)`, in its turn (editing or not), and idle beside a stage."""

    def draw(scene: Scene) -> dict[str, Any]:
        pair, session = _open(scene), scene.session
        seen = pair is not None and session.editing == editing and bool(when(scene, pair))
        idle = not session.proving and not scene.any_busy
        return {"value": scene.words(key), "visible": seen, "interactive": idle or not waits}

    return page.add(gr.Button, draw=draw, size="sm", variant="secondary")


# What people do


def filter_pairs(scene: Scene, shown: str, find: str) -> None:
    """Show only some of the pairs."""
    scene.session.shown, scene.session.find = shown, find


def pick(scene: Scene, told: str) -> None:
    """Open the pair of a row, or close it when it is open; `told` is its id and what makes two clicks two events."""
    number = told.split()[0] if told.strip() else ""
    chosen = int(number) if number.isdecimal() and len(number) < 12 else 0
    session = scene.session
    session.pair = 0 if chosen == session.pair else chosen
    end_edit(scene)


def close_pair(scene: Scene) -> None:
    """Close the open pair."""
    scene.session.pair = 0
    end_edit(scene)


def begin_edit(scene: Scene) -> None:
    """Show the fields, which hold the pair's text."""
    scene.session.editing = True


def end_edit(scene: Scene) -> None:
    """Leave the pair as it is."""
    scene.session.editing, scene.session.refused = False, None


def texts_of(session: Session) -> list[str]:
    """The open pair's question and SQL, or those of a refused edit, for the fields."""
    scene = Scene(session, Words("en"))
    pair = session.refused or _open(scene)
    scene.close()
    return [pair.pair.question, pair.pair.sql] if pair else ["", ""]


def keep_pair(scene: Scene) -> None:
    """Keep the open pair by hand. Raises UserError where its SQL does not run."""
    amending.keep_pair(scene.need(), scene.session.pair)


def drop_pair(scene: Scene) -> None:
    """Drop the open pair by hand."""
    amending.drop_pair(scene.need(), scene.session.pair)


def prove_pair(scene: Scene, question: str, sql: str) -> Iterator[None]:
    """Have the gate judge the new text; a refusal leaves the fields open, with its reason."""
    session = scene.session
    session.proving, session.refused = True, None
    try:
        yield
        judged = amending.edit_pair(scene.need(), session.pair, question, sql)
    finally:
        session.proving = False
    session.refused = None if judged.verdict.ok else judged
    session.editing = not judged.verdict.ok


def use_other(scene: Scene) -> Iterator[None]:
    """Have the gate judge the question with Claude's other SQL; a refusal leaves it in the fields, with its reason."""
    pair = _open(scene)
    if pair and (against := opinion.others(pair)):
        yield from prove_pair(scene, pair.pair.question, against[0])


# Drawing


def rows_of(scene: Scene) -> list[view.Row]:
    """Every pair judged so far, as rows."""
    return [
        view.Row(
            each.pair.question, each.pair.sql, each.verdict.ok, each.verdict.reason, each.level, each.split, each.id
        )
        for each in scene.pairs
    ]


def _when_pairs(scene: Scene) -> dict[str, Any]:
    return {"visible": bool(scene.pairs)}


def _table(scene: Scene) -> str:
    if not scene.pairs:
        return Markup("")
    session = scene.session
    rows = view.chosen(rows_of(scene), session.shown, session.find, scene.words)
    return view.pairs_table(rows, scene.words, session.pair)


def _open(scene: Scene) -> JudgedPair | None:
    number = scene.session.pair
    return next((each for each in scene.pairs if each.id == number), None) if number else None


def _pair(scene: Scene) -> str:
    pair, session, words = _open(scene), scene.session, scene.words
    if pair is None:
        return Markup("")
    told = _refusal(scene)
    if session.proving:
        told = one.aside(words("pairs.proving"))
    elif session.refused:
        told = one.refused(session.refused, words)
    elif not told and scene.any_busy:
        told = one.aside(words("pairs.wait"))
    return one.pair(pair, words, session.editing) + told


def _refusal(scene: Scene) -> Markup:
    problem = scene.session.problem
    if problem is None or problem.tab != TOLD:
        return Markup("")
    return one.problem(scene.words.message(problem.template, problem.values))

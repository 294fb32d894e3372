"""What every part of the Dataset tab needs that asks Claude: the key, the models with their prices, amounts of dollars.

A key lives in its field and in the job that a click starts, nowhere else. In: a page or a session. Out: fields, choices and
texts. Limit: a key from the surroundings is for whoever runs the app themselves, on a Space as far as its budget goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import gradio as gr
from markupsafe import Markup

from pipeline.dataset.claude.complaints import check_key
from pipeline.dataset.claude.models import MODELS
from pipeline.records import Event
from pipeline.run import Stop
from pipeline.store import Store
from space import budget
from space.budget import known_key
from space.jobs import MakeEvents
from space.page import Page
from space.scene import Scene, Session
from space.view import html


def key_field(page: Page, name: str) -> gr.Textbox:
    """A place for the key: a field that nothing reads but the clicks that ask Claude. `name` is its element's id."""
    known = "budget.key" if budget.owner_pays() else "dataset.key_known"
    hint = known if known_key() else "dataset.key_hint"
    return page.add(
        gr.Textbox, {"label": "dataset.key", "info": "dataset.key_info", "placeholder": hint}, type="password",
        interactive=True, max_lines=1, elem_id=name, html_attributes=gr.InputHTMLAttributes(autocomplete="off"),
    )  # fmt: skip


def asking(scene: Scene, typed: str, make: Callable[[Store, Stop, str], Iterator[Event]]) -> MakeEvents:
    """A job that asks Claude with the key that was typed, else with the known one, which lives in the job alone.

    Where the Space's owner pays, each request is charged to the visitor. Raises UserError without a key, and where nothing
    is left of today's budget.
    """
    secret = check_key(typed.strip() or known_key())
    if typed.strip() or not budget.owner_pays():
        return lambda store, stop: make(store, stop, secret)
    budget.check(scene.session.visitor)
    return lambda store, stop: make(budget.charged(store), stop, secret)


def budget_left(scene: Scene) -> str:
    """What a visitor may still spend of the owner's money today; nothing where nobody else pays."""
    caps = budget.caps()
    if not budget.owner_pays() or caps is None:
        return Markup("")
    left = html.tag("<b>{}</b>", dollars_of(budget.left(scene.session.visitor)))
    return html.tag(f'<p class="dim small">{scene.words("budget.left")}</p>', left=left, cap=dollars_of(caps.visitor))


def first_teacher() -> str:
    """Claude where there is a key already, else the one that works for everybody."""
    return "claude" if known_key() else "offline"


def teacher_of(session: Session) -> str:
    """Who is to write: chosen, or the first choice."""
    return session.teacher or first_teacher()


def prices() -> list[tuple[str, str]]:
    """The models to choose from, with dollars per million tokens read and written."""
    return [
        (f"{each.name} · ${each.price.input:.2f} / ${each.price.output:.2f}", name) for name, each in MODELS.items()
    ]


def dollars_of(amount: float) -> str:
    """An amount as a price is told; a fraction of a cent is not nothing."""
    return f"${amount:.2f}" if amount >= 0.005 or not amount else "$0.01"

"""What every part of the Dataset tab needs that asks Claude: the key, the models with their prices, amounts of dollars.

A key lives in its field and in the job that a click starts, nowhere else. In: a page or a session. Out: fields, choices and
texts. Limit: a key from the surroundings is only for whoever runs the app themselves.
"""

from __future__ import annotations

import os

import gradio as gr

from pipeline.dataset.claude.models import MODELS
from space import runs
from space.page import Page
from space.scene import Session

KEY = "ANTHROPIC_API_KEY"


def key_field(page: Page, name: str) -> gr.Textbox:
    """A place for the key: a field that nothing reads but the clicks that ask Claude. `name` is its element's id."""
    hint = "dataset.key_known" if known_key() else "dataset.key_hint"
    return page.add(
        gr.Textbox, {"label": "dataset.key", "info": "dataset.key_info", "placeholder": hint}, type="password",
        interactive=True, max_lines=1, elem_id=name, html_attributes=gr.InputHTMLAttributes(autocomplete="off"),
    )  # fmt: skip


def known_key() -> str:
    """The key of whoever runs the app, for themselves: never on a Space, where others would spend it."""
    return "" if runs.on_space() else os.environ.get(KEY, "").strip()


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

"""What can be done with the pairs once they are there: the tools under the list, one file each.

In: a page and the field of the key for Claude. Out: the tools' parts in their order; none shows before there are kept pairs.
"""

from __future__ import annotations

import gradio as gr

from space.page import Page
from space.tabs import audit, export, extend, opinion


def build(page: Page, key: gr.Textbox) -> None:
    """Lay the tools out, one under the other; `key` is shown while Claude is the teacher."""
    with page.add(gr.Column, draw=lambda scene: {"visible": bool(scene.kept)}, elem_classes="improve"):
        extend.build(page, key)
        opinion.build(page, key)
        audit.build(page)
        export.build(page)

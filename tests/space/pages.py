"""The page as `build_app` makes it, with what it is made of."""

from __future__ import annotations

import gradio as gr
import pytest

from space.page import Page
from space.ui import build_app


def built_page() -> tuple[Page, gr.Blocks]:
    """The page's registries, and the app."""
    found: list[Page] = []
    build = Page.__init__

    def remember(self: Page) -> None:
        build(self)
        found.append(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Page, "__init__", remember)
        app = build_app()
    return found[0], app

"""The tab scores."""

from space.page import Page


def build(page: Page) -> None:
    """Lay the tab out and tie its controls."""

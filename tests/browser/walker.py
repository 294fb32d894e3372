"""A visitor who walks through the tabs, by what the buttons say in their language."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from space.i18n import Words
from tests.browser.conftest import Visit


class Walk:
    """One way through the page."""

    def __init__(self, visit: Visit, language: str) -> None:
        self.visit, self.say, self.language = visit, Words(language), language

    @property
    def page(self) -> Any:
        """The browser's page of this moment."""
        return self.visit.page

    def press(self, key: str, **values: object) -> None:
        """Press the button with this text."""
        self.page.get_by_role("button", name=self.say(key, **values), exact=True).locator("visible=true").click()

    def unfold(self, key: str) -> None:
        """Open the fold with this title."""
        self.page.locator(".label-wrap:visible", has_text=self.say(key)).click()

    def choose(self, key: str) -> None:
        """Choose this of several."""
        self.page.locator(".seg label:visible", has_text=self.say(key)).click()

    def told(self) -> str:
        """The sentence at the top of the tab."""
        return str(self.page.locator(".notice:visible").first.inner_text())

    def look(self, name: str) -> None:
        """Hold what every tab keeps to in every state, and keep a picture."""
        width = self.page.viewport_size["width"]
        if self.language == "ja":
            self.visit.speaks_japanese()
        self.visit.fits(width)
        self.visit.shoot(f"{name}-{self.language}-{width}")

    def paste(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Paste pairs and have them proved."""
        self.choose("dataset.pasted")
        self.page.locator("#paste textarea").fill(jsonl(pairs))
        self.press("dataset.prove")
        self.page.wait_for_selector("#to-train:visible")
        self.look("dataset")

    def set_up_training(self, base: Path, batch: int) -> None:
        """Fill the Train tab's form."""
        self.page.locator("#base input").fill(str(base))
        self.page.keyboard.press("Enter")
        self.unfold("page.advanced")
        for key, value in (("train.rate", "0.008"), ("train.rank", "8"), ("train.batch", str(batch))):
            self.page.get_by_label(self.say(key), exact=True).fill(value)
        self.page.get_by_label(self.say("train.epochs")).locator("visible=true").first.fill("15")
        self.page.keyboard.press("Tab")

    def wait_for_steps(self) -> None:
        """Wait until a training of this moment shows its figures and its curve."""
        self.page.wait_for_selector(".prog:visible >> nth=0")
        self.page.wait_for_selector("#train-picture .metrics")
        self.page.wait_for_selector("#train-picture .loss polyline", state="attached")

    def ask(self, question: str) -> None:
        """Ask, and wait for the SQL."""
        self.page.locator("#question textarea, #question input").fill(question)
        self.page.keyboard.press("Enter")
        self.page.locator("#asked .asked-now", has_text=question).wait_for()
        self.page.wait_for_selector("#stop-asking", state="hidden")
        self.page.wait_for_selector("#written .who")


def jsonl(pairs: Sequence[tuple[str, str]]) -> str:
    return "\n".join(
        json.dumps({"instruction": question, "output": sql}, ensure_ascii=False) for question, sql in pairs
    )

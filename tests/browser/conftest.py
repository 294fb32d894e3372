"""A real server process and a real Chromium. Screenshots go to the folder that SCREENSHOTS names, when it is set.

Nothing sleeps: a test waits for what a person would see.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
TALLEST = 2_000
"""Pixels of a screenshot: a phone shows two hundred pairs below one another."""
STAY = """SQL Distillery Language Claude English CREATE TABLE DDL shop sales visits parrot SmolLM GPU CPU LoRA Hugging Face Hub
SQLite PEFT jsonl JSONL zip sql NULL Qwen API Anthropic ANTHROPIC_API_KEY Haiku
Markdown JSON CSV TSV Parquet JOIN GROUP HAVING ORDER LIMIT DISTINCT UNION EXCEPT COUNT SUM rsLoRA trackio"""
"""Names and units that stay as they are in Japanese."""
LATIN = """(stay) => {
    const skip = 'pre, code, .cm-editor, svg, #pairs, .tables, .examples, textarea, input, script, style, .fact-run, '
        + '#glossary-table, .card-preview, .rows, [translate=no]';
    const walker = document.createTreeWalker(document.querySelector('.gradio-container'), NodeFilter.SHOW_TEXT);
    const words = new Set();
    while (walker.nextNode()) {
        const parent = walker.currentNode.parentElement;
        if (!parent || parent.closest(skip) || !parent.checkVisibility()) continue;
        const said = walker.currentNode.data.replace(/[A-Za-z0-9]+([./-][A-Za-z0-9]+)+/g, '');
        for (const word of said.match(/[A-Za-z]{3,}/g) ?? []) words.add(word);
    }
    return [...words].filter((word) => !stay.includes(word));
}"""
"""Latin words one can see outside of SQL, code, pairs, and names of files, runs, tables, columns and machines."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page's address, its runs in a folder of its own."""
    with serve(tmp_path_factory.mktemp("runs")) as url:
        yield url


@contextmanager
def serve(home: Path, **more: str) -> Iterator[str]:
    """`python app.py` over a folder of runs, with more variables set; the address it answers on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ, "GRADIO_SERVER_PORT": str(port), "SQL_DISTILLERY_HOME": str(home),
        "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1",  # so small a model is slower on two
        **more,
    }  # fmt: skip
    with tempfile.NamedTemporaryFile("w", suffix=".log") as log:
        server = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(f"http://127.0.0.1:{port}/", server, Path(log.name))
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.terminate()
            server.wait(10)


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text())


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser; the tests are skipped only where there is none."""
    playwright = pytest.importorskip("playwright.sync_api")
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("there is no Chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


class Visit:
    """One browser tab, which remembers what went wrong in it."""

    def __init__(self, browser: Any, address: str, **context: Any) -> None:
        self.context = browser.new_context(**context)
        self.errors: list[str] = []
        self.outside: list[str] = []
        self.address = address
        self.page = self._new_page()

    def _new_page(self) -> Any:
        page = self.context.new_page()
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._note_request)
        return page

    def _note_request(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
            self.outside.append(request.url)

    def open(self, query: str = "") -> None:
        """Load the page and wait until the store has been read."""
        self.page.goto(self.address + query)
        self.page.wait_for_selector(".facts[aria-busy=false]")

    def come_back(self) -> None:
        """Close the page in the middle of whatever it does, and open it anew."""
        self.page.close()
        self.page = self._new_page()
        self.open()

    def tab(self, number: int) -> None:
        """Open a tab by its place, and wait until it is there with what one can do on it."""
        tab = self.page.get_by_role("tab").nth(number)
        tab.click()
        self.page.locator("h2", has_text=tab.inner_text()).and_(self.page.locator(".tabitem:visible h2")).wait_for(
            state="attached"
        )
        self.page.wait_for_selector(".tabitem:visible :is(button.primary, .prog):visible")

    def filled(self) -> list[str]:
        """The filled buttons one can see."""
        return [text.strip() for text in self.page.locator("button.primary:visible").all_inner_texts()]

    def write(self, editor: str, text: str) -> None:
        """Put text into a code editor in place of what is there."""
        self.page.locator(f"{editor} .cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def open_folds(self) -> None:
        """Open every fold of the tab, such as the advanced settings."""
        folded = self.page.locator(".label-wrap:not(.open):visible")
        while folded.count():
            fold = folded.first.element_handle()
            fold.click()
            self.page.wait_for_function("fold => fold.classList.contains('open')", arg=fold)

    def speaks_japanese(self) -> None:
        """Hold that no English is left on what one can see."""
        from playwright.sync_api import TimeoutError

        stay = STAY.split()
        try:
            self.page.wait_for_function(f"stay => ({LATIN})(stay).length === 0", arg=stay, timeout=5_000)
        except TimeoutError:
            raise AssertionError(self.page.evaluate(LATIN, stay)) from None

    def fits(self, width: int) -> None:
        """Hold that the page cannot be scrolled sideways."""
        assert self.page.evaluate("document.documentElement.scrollWidth") == width

    def shoot(self, name: str) -> None:
        """Keep a screenshot, when somebody wants to look."""
        if folder := os.environ.get("SCREENSHOTS"):
            self.page.evaluate("window.scrollTo(0, 0)")  # the sticky header stands where it belongs
            width, height = self.page.evaluate(
                "[innerWidth, Math.max(innerHeight, document.documentElement.scrollHeight)]"
            )
            clip = {"x": 0, "y": 0, "width": width, "height": min(height, TALLEST)}
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True, clip=clip)

    def close(self) -> None:
        """End the visit and hold that nothing went wrong in it."""
        self.context.close()
        assert self.errors == []
        assert self.outside == []

"""Draws the README's picture anew from the newest run of a folder, which has to be scored:

`python -m benchmarks.loop --run runs/shop-01`, then `RUNS=runs PICTURE=docs/screenshot.png pytest tests/browser -k picture`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Visit, serve

asked = pytest.mark.skipif(not {"PICTURE", "RUNS"} <= os.environ.keys(), reason="PICTURE and RUNS ask for it")
pytestmark = [pytest.mark.browser, asked]


def test_the_readmes_picture_shows_what_a_run_scored(chromium: Any) -> None:
    with serve(Path(os.environ["RUNS"]).resolve()) as address:
        visit = Visit(chromium, address, viewport={"width": 1280, "height": 800}, locale="en-US", color_scheme="light")
        visit.open()
        visit.tab(3)
        visit.page.wait_for_selector(".interval.tuned")
        visit.page.screenshot(path=os.environ["PICTURE"])
        visit.close()

"""Draws the README's picture anew from the newest run of a folder, which has to be scored:

`python -m benchmarks.loop --run runs/shop-01`, then `python -m tests.browser.picture runs docs/screenshot.png`.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import Visit, serve


def main(runs: Path, picture: Path) -> None:
    """Open the page over a folder of runs and keep what the Scores tab shows."""
    with serve(runs.resolve()) as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        visit = Visit(browser, address, viewport={"width": 1280, "height": 800}, locale="en-US", color_scheme="light")
        visit.open()
        visit.tab(3)
        visit.page.wait_for_selector(".interval.tuned")
        visit.page.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

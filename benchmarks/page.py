"""From process start to a page that answers, beside `import gradio` alone; and whether torch was loaded on the way.

Each is measured three times, taking turns, and the median is given: the first start of a day reads everything from disk.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from statistics import median

from benchmarks import finish

ROOT = Path(__file__).parent.parent
ROUNDS = 3


def main() -> None:
    """Print `page_s`, `gradio_s` (seconds) and `torch_loaded`."""
    gradio, page, torch_loaded = [], [], False
    for _ in range(ROUNDS):
        gradio.append(import_seconds())
        seconds, loaded = page_seconds()
        page.append(seconds)
        torch_loaded = torch_loaded or loaded
    finish({"page_s": round(median(page), 2), "gradio_s": round(median(gradio), 2), "torch_loaded": torch_loaded})


def import_seconds() -> float:
    """A fresh interpreter that imports gradio and ends."""
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", "import gradio"], check=True, env=quiet_environment())
    return time.monotonic() - started


def page_seconds() -> tuple[float, bool]:
    """A fresh `python app.py` until its page answers; and whether the process has torch's library mapped."""
    port = free_port()
    environment = {**quiet_environment(), "GRADIO_SERVER_PORT": str(port)}
    started = time.monotonic()
    process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
                    answer.read()
                break
            except OSError:
                if process.poll() is not None:
                    raise SystemExit("app.py ended before its page was up") from None
                time.sleep(0.02)
        seconds = time.monotonic() - started
        maps = Path(f"/proc/{process.pid}/maps")
        return seconds, maps.exists() and "libtorch" in maps.read_text()
    finally:
        process.terminate()
        process.wait()


def quiet_environment() -> dict[str, str]:
    """The environment without analytics, as `app.py` itself sets it."""
    return {**os.environ, "GRADIO_ANALYTICS_ENABLED": "False"}


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()

"""ZeroGPU's device service as `spaces` 0.51 calls it, on 127.0.0.1: it lends, refuses as told, and notes who asked.

Also a script: `python -m tests.space.zero_platform` starts the app as a ZeroGPU Space does, without a card.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Platform:
    """What was asked, and the refusals that the next calls of `/schedule` get: status, headers, body."""

    url: str = ""
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    refusals: list[tuple[int, dict[str, str], dict[str, Any]]] = field(default_factory=list)

    def asked(self, path: str) -> list[dict[str, str]]:
        return [given for called, given in self.calls if called == path]


@contextmanager
def platform() -> Iterator[Platform]:
    """A running device service."""
    told = Platform()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802 - the library's name
            asked = urlsplit(self.path)
            told.calls.append((asked.path, dict(parse_qsl(asked.query))))
            status, headers, body = 200, {}, {}
            if asked.path == "/schedule" and told.refusals:
                status, headers, body = told.refusals.pop(0)
            elif asked.path == "/schedule":
                body = {"idle": False, "nvidiaIndex": 0, "nvidiaUUID": "GPU-0", "allowToken": f"t{len(told.calls)}"}
            text = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {
                "Content-Type": "application/json",
                "Content-Length": str(len(text)),
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()


def serve() -> None:
    """The app, where `spaces` finds no torch: what it does to CUDA then does nothing, and the rest is as on a Space.

    With the CPU's build of torch it cannot be imported otherwise, and with any build a worker's first use of the card fails.
    """
    import os
    import sys

    sys.modules["torch"] = None  # type: ignore[assignment]
    from space import slices
    from space.ui import LAUNCH, build_app

    del sys.modules["torch"]
    slices.SLICE_SECONDS = float(os.environ["SLICE_SECONDS"])
    build_app().launch(**LAUNCH)


if __name__ == "__main__":
    serve()

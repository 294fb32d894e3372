"""How the sandbox and its worker talk: frames of 4 bytes of length, then JSON, over pipes.

A stream and a dictionary in, one frame out, and back. One limit: a frame is in memory whole.
"""

from __future__ import annotations

import json
from typing import Any, BinaryIO

Json = dict[str, Any]


def read_frame(stream: BinaryIO) -> Json | None:
    """The next frame, or None where the other side has gone."""
    head = stream.read(4)
    body = stream.read(int.from_bytes(head, "big")) if len(head) == 4 else b""
    if not body or len(body) < int.from_bytes(head, "big"):
        return None
    frame: Json = json.loads(body)
    return frame


def write_frame(stream: BinaryIO, frame: Json) -> None:
    """Write a frame and flush. Raises OSError where the other side has gone."""
    body = json.dumps(frame, separators=(",", ":")).encode()
    stream.write(len(body).to_bytes(4, "big") + body)
    stream.flush()

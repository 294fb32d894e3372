"""The Batches endpoints of the server that speaks Claude's API: made, looked at, listed, canceled, read; faults on demand.

A `Desk` holds the batches and outlives the server, as Anthropic's own do. `faults` is what comes next, one for each request
(None for none); `fates` what becomes of the requests of the batches, in the order they are sent.
"""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from pipeline.dataset.claude.models import BATCH

if TYPE_CHECKING:
    from tests.claude_server import ClaudeServer, Handler

NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
PATH = re.compile(r"/v1/messages/batches(?:/(?P<name>\w+)(?P<what>/results|/cancel)?)?")
WITHOUT_ANSWER = ("expired", "errored", "canceled")


@dataclass
class Batch:
    """What was sent together."""

    name: str
    key: str
    requests: dict[str, dict[str, Any]]
    """Parameters by `custom_id`."""
    fates: dict[str, str]
    looks: int
    """How often it is looked at before it has ended."""
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    status: str = "in_progress"
    lines: list[str] = field(default_factory=list)

    def told(self, url: str) -> dict[str, Any]:
        """As the API tells of it; requests are counted only when all have ended."""
        counts = dict.fromkeys(("succeeded", "errored", "canceled", "expired"), 0)
        ended = self.status == "ended"
        for line in self.lines if ended else ():
            counts[json.loads(line)["result"]["type"]] += 1
        return {
            "id": self.name, "type": "message_batch", "processing_status": self.status,
            "request_counts": {"processing": 0 if ended else len(self.requests), **counts},
            "created_at": self.at.isoformat(), "expires_at": (self.at + timedelta(hours=24)).isoformat(),
            "ended_at": datetime.now(UTC).isoformat() if ended else None, "archived_at": None,
            "cancel_initiated_at": None,
            "results_url": f"{url}/v1/messages/batches/{self.name}/results" if ended else None,
        }  # fmt: skip


class Desk:
    """All batches of all keys."""

    def __init__(self, faults: tuple[str | None, ...] = (), looks: int = 1) -> None:
        self.faults: deque[str | None] = deque(faults)
        self.fates: deque[str | None] = deque()
        self.batches: list[Batch] = []
        self.looks = looks
        self.cuts: deque[str] = deque()
        """How the next readings of results break: `cut` with a clean end, `half` in a line, `dropped` without an end."""
        self.asked: list[str] = []
        """Methods and paths, in order."""
        self.hold = threading.Event()
        """Cleared, no batch ends."""
        self.hold.set()
        self._lock = threading.Lock()

    def create(self, key: str, body: dict[str, Any]) -> Batch | None:
        """A new batch, or None for a body that the API would not take."""
        customs = [each["custom_id"] for each in body["requests"]]
        asked = [each["params"] for each in body["requests"]]
        if not customs or len(set(customs)) < len(customs) or not all(map(NAME.fullmatch, customs)):
            return None
        if any("stream" in each or "output_config" not in each for each in asked):
            return None
        with self._lock:
            fates = {custom: (self.fates.popleft() if self.fates else None) or "end_turn" for custom in customs}
            requests = dict(zip(customs, asked, strict=True))
            batch = Batch(f"msgbatch_{len(self.batches) + 1:04d}", key, requests, fates, self.looks)
            self.batches.append(batch)
        return batch

    def find(self, key: str, name: str) -> Batch | None:
        """A batch of this key."""
        return next((batch for batch in self.batches if batch.name == name and batch.key == key), None)

    def look(self, batch: Batch, server: ClaudeServer) -> None:
        """Somebody looks: it may have ended."""
        with self._lock:
            if batch.status == "ended" or not self.hold.is_set():
                return
            batch.looks -= 1
            if batch.looks <= 0:
                self._end(batch, server)

    def cancel(self, batch: Batch) -> None:
        """Every second request has been answered by now."""
        with self._lock:
            if batch.status == "in_progress":
                batch.status, batch.looks = "canceling", 1
                batch.fates |= dict.fromkeys(list(batch.requests)[1::2], "canceled")

    def _end(self, batch: Batch, server: ClaudeServer) -> None:
        for custom, params in batch.requests.items():
            result = self._result(batch.fates[custom], params, server)
            batch.lines.append(json.dumps({"custom_id": custom, "result": result}))
        Random(len(batch.lines)).shuffle(batch.lines)
        batch.status = "ended"

    def _result(self, fate: str, params: dict[str, Any], server: ClaudeServer) -> dict[str, Any]:
        if fate == "errored":
            error = {"type": "api_error", "message": "no luck with sk-ant-test-0123456789"}
            return {"type": fate, "error": {"type": "error", "error": error, "request_id": None}}
        if fate in WITHOUT_ANSWER:
            return {"type": fate}
        call = server.begin(params, singly=False)
        call.share = BATCH
        message = server.whole_message(call, fate)
        server.end(call)
        return {"type": "succeeded", "message": message}

    def bought(self) -> list[str]:
        """The messages that were answered, one for each answer."""
        return [
            json.dumps(batch.requests[told["custom_id"]]["messages"])
            for batch in self.batches
            for told in map(json.loads, batch.lines)
            if told["result"]["type"] == "succeeded"
        ]


def answer(desk: Desk, server: ClaudeServer, method: str, path: str, key: str, body: bytes) -> tuple[str, Any]:
    """What a request for batches gets: (`json`, body), (`lines`, lines), (`hangup`, None) or (`error`, its name)."""
    desk.asked.append(f"{method} {path.partition('?')[0]}")
    fault = desk.faults.popleft() if desk.faults else None
    if fault and fault != "hangup-after":
        return ("hangup", None) if fault == "hangup" else ("error", fault)
    found = PATH.fullmatch(path.partition("?")[0])
    if not found:
        return "error", "404"
    if not found["name"]:
        if method == "GET":
            mine = [each.told(server.url) for each in reversed(desk.batches) if each.key == key]
            return "json", {"data": mine, "has_more": False, "first_id": None, "last_id": None}
        made = desk.create(key, json.loads(body))
        if fault == "hangup-after":
            return "hangup", None
        return ("json", made.told(server.url)) if made else ("error", "400")
    batch = desk.find(key, found["name"])
    if batch is None:
        return "error", "404"
    if found["what"] == "/results":
        return ("lines", batch.lines) if batch.status == "ended" else ("error", "404")
    if found["what"] == "/cancel":
        desk.cancel(batch)
    else:
        desk.look(batch, server)
    return "json", batch.told(server.url)


def serve(handler: Handler, key: str, body: bytes) -> None:
    """Answer a request for batches over HTTP."""
    desk, server = handler.claude.desk, handler.claude
    what, said = answer(desk, server, handler.command, handler.path, key, body)
    if what == "hangup":
        handler.close_connection = True
    elif what == "error":
        handler.error(said)
    elif what == "json":
        handler.json(200, said)
    else:
        _lines(handler, said, desk.cuts.popleft() if desk.cuts else "")


def _lines(handler: Handler, lines: list[str], cut: str) -> None:
    sent = "".join(f"{line}\n" for line in lines[: len(lines) // 2 if cut else len(lines)])
    handler.send_response(200)
    handler.send_header("content-type", "application/x-jsonl")
    handler.send_header("transfer-encoding", "chunked")
    handler.end_headers()
    handler.chunk((sent + (lines[-1][:40] if cut == "half" else "")).encode())
    if cut == "dropped":
        handler.close_connection = True
    else:
        handler.chunk(b"")

"""A server that speaks Claude's API on this machine: messages (streamed or not), token counts, faults on demand, a bill.

`ClaudeServer()` for a test, with faults as a queue (one for each request for messages, None for none); by hand:
`python -m tests.claude_server --port 8765`, then `ANTHROPIC_BASE_URL=http://127.0.0.1:8765` and any key `sk-ant-…`. It
answers with pairs of the sample shop, or with those of the offline teacher where the schema in the request is another.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.database.ddl import parse_schema
from pipeline.dataset.claude.models import MODELS, cost
from pipeline.dataset.offline import OfflineTeacher
from tests.claude_batches import Desk, serve
from tests.claude_opinions import Solver
from tests.claude_worded import worded

KEY = "sk-ant-test-0123456789"
SHOP = Path(__file__).parent.parent / "sample_db" / "shop"
BYTES_A_TOKEN = 4
CHUNK = 90
"""Characters of one streamed piece."""

ERRORS: dict[str, tuple[int, str]] = {
    "401": (401, "authentication_error"),
    "402": (402, "billing_error"),
    "403": (403, "permission_error"),
    "404": (404, "not_found_error"),
    "400": (400, "invalid_request_error"),
    "429": (429, "rate_limit_error"),
    "spend": (429, "rate_limit_error"),
    "500": (500, "api_error"),
    "503": (503, "api_error"),
    "529": (529, "overloaded_error"),
}
FATAL = ("400", "401", "402", "403", "404", "spend")
PASSING = ("429", "500", "503", "529", "hangup", "truncated", "truncated-early", "dropped", "dropped-early", "overloaded",
           "overloaded-early", "not-json")  # fmt: skip
"""Faults that a client overcomes: by trying again, or by keeping what came."""
ANSWERS = ("refusal", "max_tokens", "malformed")
"""Faults that are answers: they come once and are paid for."""


@dataclass
class Call:
    """One request for messages, as the server saw it."""

    body: dict[str, Any]
    fault: str | None
    usage: dict[str, int] = field(default_factory=dict)
    under_way: bool = True
    """What it is billed for; empty for an error."""
    whole: list[str] = field(default_factory=list)
    """Questions of the pairs that went out whole, to the last brace."""
    ended: bool = False
    """Whether it ended with a stop reason."""
    share: float = 1.0
    """Of the price."""

    @property
    def dollars(self) -> float:
        return cost(self.body["model"], self.usage, self.share) if self.usage else 0.0

    @property
    def text(self) -> str:
        return json.dumps({name: self.body[name] for name in ("system", "messages")}, sort_keys=True)


class ClaudeServer:
    """Serves until `close()`. `calls` is what was asked; `faults` what comes next."""

    def __init__(
        self, faults: tuple[str | None, ...] = (), port: int = 0, pause: float = 0.0, desk: Desk | None = None
    ) -> None:
        self.faults: deque[str | None] = deque(faults)
        self.desk = desk or Desk()
        self.calls: list[Call] = []
        self.counted = 0
        self.keys: set[str] = set()
        self.pause = pause
        """Seconds between two pieces of a stream."""
        self.retry_after = "0.01"
        self.room = 1000
        """Requests at once, as the headers tell."""
        self.greedy = False
        """Bill all the output that was allowed, and never read from the cache."""
        self.most_at_once = self._at_once = 0
        self.gate = threading.Event()
        """Closed, it holds every stream after its first pieces."""
        self.gate.set()
        self._lock = threading.Lock()
        self._cached: set[str] = set()
        self.solver = Solver()
        """Answers requests for second opinions."""
        self._supply: dict[str, Iterator[dict[str, str]]] = {}
        server = self

        class Mine(Handler):
            claude = server

        self._http = _Quiet(("127.0.0.1", port), Mine)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.gate.set()
        self._http.shutdown()
        self._http.server_close()

    @property
    def bill(self) -> float:
        """Dollars for all that went out."""
        with self._lock:
            return sum(call.dollars for call in self.calls)

    @property
    def room_left(self) -> int:
        with self._lock:
            return max(0, self.room - self._at_once)

    def begin(self, body: dict[str, Any], singly: bool = True) -> Call:
        with self._lock:
            call = Call(body, self.faults.popleft() if self.faults and singly else None, under_way=singly)
            self.calls.append(call)
            self._at_once += singly
            self.most_at_once = max(self.most_at_once, self._at_once)
        return call

    def end(self, call: Call) -> None:
        """The call is under way no more, from before its last event: with that the client may send the next."""
        with self._lock:
            self._at_once -= call.under_way
            call.under_way = False

    def whole_message(self, call: Call, ending: str) -> dict[str, Any]:
        """A reply in one piece, paid for."""
        call.usage, pairs = self.usage_of(call.body), self.pairs_for(call.body)
        text = _text([json.dumps(pair, ensure_ascii=False) for pair in pairs], ending)
        call.usage["output_tokens"], call.ended = tokens(text), True
        if self.greedy:
            call.usage["output_tokens"] = call.body["max_tokens"]
        call.whole = [pair.get("instruction", "") for pair in pairs if json.dumps(pair, ensure_ascii=False) in text]
        said = {"content": [{"type": "text", "text": text}], "stop_reason": ending, "usage": call.usage}
        return {**_message(call), **said}

    def usage_of(self, body: dict[str, Any]) -> dict[str, int]:
        """The input's tokens; a prefix that came before is read from the cache."""
        prefix = json.dumps(body.get("system"))
        size, rest = tokens(prefix), tokens(json.dumps(body["messages"]))
        with self._lock:
            known = prefix in self._cached and not self.greedy
            self._cached.add(prefix)
        return {
            "input_tokens": rest,
            "cache_creation_input_tokens": 0 if known else size,
            "cache_read_input_tokens": size if known else 0,
            "output_tokens": 1,
        }

    def pairs_for(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """As many new pairs as the message asks for, about the schema in the system text."""
        system, order = body["system"][0]["text"], body["messages"][0]["content"]
        answers = self.solver(body)
        if (items := worded(order) if answers is None else answers) is not None:
            return items
        wanted = int(found[1]) if (found := re.search(r"Write (\d+) pairs", order)) else 10
        language = "ja" if "in Japanese" in order else "en"
        with self._lock:
            supply = self._supply.setdefault(f"{language} {system}", supply_of(system, language))
            return list(islice(supply, wanted))


def supply_of(system: str, language: str) -> Iterator[dict[str, str]]:
    """Proved pairs of the shop where it is the shop, then what the offline teacher writes."""
    ddl = system.split("<schema>\n")[-1].split("\n</schema>")[0]
    if all(f"CREATE TABLE {name} " in ddl for name in ("customers", "orders", "returns", "payments")):
        suffix = "" if language == "en" else "_ja"
        lines = (SHOP / f"pairs{suffix}.jsonl").read_text(encoding="utf-8").splitlines()
        yield from map(json.loads, lines)
    schema, seed = parse_schema(ddl), 0
    while True:
        seed += 1
        for pair in OfflineTeacher(seed).pairs(schema, 500, [language]):
            yield {"instruction": pair.question, "output": pair.sql}


def tokens(text: str) -> int:
    return -(-len(text.encode()) // BYTES_A_TOKEN)


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """A client that goes away is no news."""


class Handler(BaseHTTPRequestHandler):
    claude: ClaudeServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:  # noqa: N802 - the name that http.server asks for
        self.do_POST()

    def do_POST(self) -> None:  # noqa: N802 - as above
        raw = self.rfile.read(int(self.headers["content-length"] or 0))
        key = (self.headers["authorization"] or "").removeprefix("Bearer ")
        self.claude.keys.add(key)
        if not key.startswith("sk-ant-"):
            self.error("401")
            return
        if self.path.startswith("/v1/messages/batches"):
            serve(self, key, raw)
            return
        body = json.loads(raw)
        if body["model"] not in MODELS:
            self.error("404")
        elif self.path == "/v1/messages/count_tokens":
            self.claude.counted += 1
            self.json(200, {"input_tokens": tokens(json.dumps(body["system"]) + json.dumps(body["messages"])) + 50})
        elif self.path == "/v1/messages":
            call = self.claude.begin(body)
            try:
                self._messages(call)
            except OSError:
                self.close_connection = True  # the client went away
            finally:
                self.claude.end(call)
        else:
            self.error("404")

    def _messages(self, call: Call) -> None:
        fault = call.fault
        if fault == "hangup":
            self.close_connection = True
        elif fault in ERRORS:
            self.error(fault)
        else:
            if call.body.get("stream"):
                call.usage = self.claude.usage_of(call.body)
                self._stream(call, self.claude.pairs_for(call.body))
            else:
                self.json(200, self.claude.whole_message(call, "end_turn"))

    def _stream(self, call: Call, pairs: list[dict[str, str]]) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self._limits()
        self.end_headers()
        self._event("message_start", {"message": {**_message(call), "usage": dict(call.usage)}})
        self._event("content_block_start", {"index": 0, "content_block": {"type": "text", "text": ""}})
        self._event("ping", {})
        items = [json.dumps(pair, ensure_ascii=False) for pair in pairs]
        ending = {"refusal": "refusal", "max_tokens": "max_tokens"}.get(call.fault or "", "end_turn")
        pieces = list(_pieces(_text(items, call.fault)))
        sent = ""
        for number, piece in enumerate(pieces):
            if number == 2 and not self.claude.gate.is_set():
                self.claude.gate.wait()
            if self._breaks(call.fault, number, len(pieces)):
                self._break(call.fault or "")
                return
            self._event("content_block_delta", {"index": 0, "delta": {"type": "text_delta", "text": piece}})
            sent += piece
            call.usage["output_tokens"] = tokens(sent)
            call.whole = [pair.get("instruction", "") for pair, item in zip(pairs, items, strict=True) if item in sent]
            if self.claude.pause:
                time.sleep(self.claude.pause)
        self._event("content_block_stop", {"index": 0})
        details = {"type": "refusal", "category": "frontier_llm"} if ending == "refusal" else None
        if self.claude.greedy:
            call.usage["output_tokens"] = call.body["max_tokens"]
        delta = {"stop_reason": ending, "stop_details": details}
        self._event("message_delta", {"delta": delta, "usage": {"output_tokens": call.usage["output_tokens"]}})
        call.ended = True
        call.whole = [] if ending == "refusal" else call.whole
        self.claude.end(call)
        self._event("message_stop", {})
        self.chunk(b"")

    def _breaks(self, fault: str | None, number: int, count: int) -> bool:
        """Whether the stream breaks before this piece: early ones before any pair is whole."""
        kind = (fault or "").removesuffix("-early")
        if kind not in ("truncated", "dropped", "overloaded", "not-json"):
            return False
        return number == (0 if kind != fault else count * 2 // 3)

    def _break(self, fault: str) -> None:
        if fault.startswith("truncated"):
            self.chunk(b"")  # a clean end, without a stop reason
        elif fault.startswith("overloaded"):
            error = {"type": "overloaded_error", "message": "Overloaded"}
            self._event("error", {"error": error})
            self.chunk(b"")
        elif fault == "not-json":
            self.chunk(b'event: content_block_delta\ndata: {"type": "content_bl\n\n')
            self.chunk(b"")
        else:
            self.close_connection = True  # in the middle of the body

    def _event(self, kind: str, data: dict[str, Any]) -> None:
        self.chunk(f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n".encode())

    def chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _limits(self) -> None:
        reset = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1))
        for kind, left in (("requests", self.claude.room_left), ("tokens", 4_000_000)):
            self.send_header(f"anthropic-ratelimit-{kind}-remaining", str(left))
            self.send_header(f"anthropic-ratelimit-{kind}-reset", reset)

    def error(self, fault: str) -> None:
        status, kind = ERRORS[fault]
        key = (self.headers["authorization"] or "").removeprefix("Bearer ")
        error: dict[str, Any] = {"type": kind, "message": f"no luck with {key}"}  # an API that repeats the key
        if fault == "spend":
            error["details"] = {"error_code": "enforced_spend_limit_reached"}
        self.json(status, {"type": "error", "error": error}, retry=status == 429 and fault != "spend")

    def json(self, status: int, body: dict[str, Any], retry: bool = False) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        if retry:
            self.send_header("retry-after", self.claude.retry_after)
        self.end_headers()
        self.wfile.write(data)


def _message(call: Call) -> dict[str, Any]:
    return {
        "id": "msg_test", "type": "message", "role": "assistant", "model": call.body["model"], "content": [],
        "stop_reason": None, "stop_sequence": None,
    }  # fmt: skip


def _text(items: list[str], fault: str | None) -> str:
    if fault == "refusal":
        return ""
    if fault == "malformed":  # three bad ones between the good
        items = [
            items[0],
            '{"instruction": 5, "output": null}',
            *items[1:4],
            '"no object"',
            *items[4:],
            '{"question": ""}',
        ]
    worded = bool(items) and '"instruction"' in items[0]
    name = "answers" if items and items[0].startswith('{"number"') and not worded else "pairs"
    text = f'{{"{name}": [' + ", ".join(items) + "]}"
    return text[: len(text) * 3 // 4] if fault == "max_tokens" else text


def _pieces(text: str) -> Iterator[str]:
    return (text[start : start + CHUNK] for start in range(0, len(text), CHUNK))


def main(sleep: Callable[[float], None] = time.sleep) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--pause", type=float, default=0.05, help="seconds between two pieces of a stream")
    parser.add_argument("--faults", default="", help=f"comma-separated: {', '.join((*PASSING, *ANSWERS, *FATAL))}")
    options = parser.parse_args()
    faults = tuple(fault for fault in options.faults.split(",") if fault)
    server = ClaudeServer(faults, options.port, options.pause)
    sys.stdout.write(f"ANTHROPIC_BASE_URL={server.url} ANTHROPIC_API_KEY={KEY}\n")
    sys.stdout.flush()
    while True:
        sleep(3600)


if __name__ == "__main__":
    main()

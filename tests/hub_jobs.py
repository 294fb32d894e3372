"""Hugging Face Jobs for tests, beside the Hub of `hub_server`: a job really runs, as a process of this machine.

In: what `run_job` sends. Out: the answers of the Jobs API as huggingface_hub 2.4 reads them: hardware, start, list, inspect,
logs (server-sent events), cancel. `uv run --with …` is played by a script that starts this Python, which has everything.
Try it: `python -m tests.hub_jobs --port 8899`, then `HF_ENDPOINT=http://127.0.0.1:8899 HF_TOKEN=hf_write python -m …`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.hub_server import Handler, HubServer, RefusalError

JOB = re.compile(r"/api/jobs/([^/]+)(?:/([^/]+)(?:/(cancel|logs))?)?")
UV = '#!/bin/sh\nwhile [ "$1" != python ]; do shift; done; shift\nexec "{python}" {arguments}\n'
T4 = {"type": "gpu", "model": "T4", "quantity": "1", "vram": "16 GB", "manufacturer": "Nvidia"}
HARDWARE = [
    {"name": name, "prettyName": pretty, "cpu": "4 vCPU", "ram": "15 GB", "accelerator": card, "unitLabel": "minute",
     "unitCostMicroUSD": micro, "unitCostUSD": micro / 1e6}
    for name, pretty, micro, card in (
        ("cpu-basic", "CPU Basic", 167, None),
        ("t4-small", "Nvidia T4 - small", 6667, T4),
        ("l4x4", "4x Nvidia L4", 63333, T4 | {"model": "L4", "quantity": "4"}),
    )
]  # fmt: skip


class Job:
    """One job: its process, its log, where it stands."""

    def __init__(self, job_id: str, owner: str, spec: dict[str, Any], tools: Path) -> None:
        self.id, self.owner, self.spec = job_id, owner, spec
        self.lines: list[str] = [f"===== Job started at {datetime.now(UTC):%Y-%m-%d %H:%M:%S} ====="]
        self.stage, self.message, self.started, self.ended = "RUNNING", None, time.time(), 0.0
        path = f"{tools}:{os.environ['PATH']}"
        home = {"HOME": tempfile.mkdtemp(), "PATH": path, "OMP_NUM_THREADS": "1", "JOB_ID": job_id}
        self.process = subprocess.Popen(  # noqa: S603 — what a test sent
            ["nice", "-n", "15", *spec["command"]],
            env=home | spec["environment"] | spec.get("secrets", {}),
            cwd=home["HOME"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._run, daemon=True).start()
        timer = threading.Timer(spec.get("timeoutSeconds", 1800), self.end, ("ERROR", "Job timeout"))
        timer.daemon = True
        timer.start()

    def _run(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
        code = self.process.wait()
        self.end("COMPLETED" if code == 0 else "ERROR", None if code == 0 else f"Job failed with exit code: {code}")

    def end(self, stage: str, message: str | None = None) -> None:
        """Reach a last stage, unless it has one."""
        if self.stage == "RUNNING":
            self.stage, self.message, self.ended = stage, message, time.time()
            self.process.kill()

    def told(self) -> dict[str, Any]:
        """The job as the API tells it, without its secrets."""
        seconds = int((self.ended or time.time()) - self.started)
        return {
            "id": self.id, "createdAt": "2026-11-20T10:00:00.000Z", "dockerImage": self.spec["dockerImage"],
            "command": self.spec["command"], "environment": self.spec["environment"], "flavor": self.spec["flavor"],
            "labels": self.spec.get("labels"), "status": {"stage": self.stage, "message": self.message},
            "durations": {"schedulingSecs": 1, "runningSecs": seconds, "totalSecs": seconds + 1},
            "owner": {"id": "1", "name": self.owner, "type": "user"},
        }  # fmt: skip


class JobsServer(HubServer):
    """The Hub with Jobs."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.jobs: dict[str, Job] = {}
        self.no_credit = False
        """Answer 402 to a new job."""
        self.no_scope = False
        """Answer 403 to everything about jobs, as to a token that may not."""
        self.lose_start = False
        """Start the next job, but hang up before it is answered."""
        self.cuts: list[int] = []
        """After so many lines of a job's log the connection is cut; each once."""
        self.tools = Path(tempfile.mkdtemp())
        self.play()
        self.server.RequestHandlerClass = type("JobsHandler", (JobsHandler,), {"hub": self})

    def play(self, script: str = "") -> None:
        """Have the next jobs run this Python instead of what was sent, on a machine that has gone wrong, say."""
        (self.tools / "instead.py").write_text(script)
        arguments = f'"{self.tools}/instead.py"' if script else '"$@"'
        (self.tools / "uv").write_text(UV.format(python=sys.executable, arguments=arguments))
        (self.tools / "uv").chmod(0o755)

    def __exit__(self, *_: object) -> None:
        for job in self.jobs.values():
            job.end("CANCELED")
        super().__exit__()


class JobsHandler(Handler):
    """One connection."""

    hub: JobsServer

    def do_GET(self) -> None:  # noqa: N802 — the base class's names, here and below
        path = unquote(urlsplit(self.path).path)
        found = JOB.fullmatch(path)
        if found and found[3] == "logs" and found[2] in self.hub.jobs:
            self.hub.requests.append(("GET", path))
            self.stream(self.hub.jobs[found[2]])
        else:
            super().do_GET()

    def do_DELETE(self) -> None:  # noqa: N802
        self.do_POST()

    def stream(self, job: Job) -> None:
        """The log from its beginning, as it grows; ends with the job, or where a cut is ordered."""
        cut = self.hub.cuts.pop(0) if self.hub.cuts else None
        self.close_connection = True
        self.send_response(200)
        for name, value in (("Content-Type", "text/event-stream"), ("Transfer-Encoding", "chunked")):
            self.send_header(name, value)
        self.end_headers()
        sent = 0
        with suppress(OSError):
            while True:
                over = job.stage != "RUNNING"
                for line in job.lines[sent:]:
                    if sent == cut:
                        return self.hang_up()
                    told = {"data": line, "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z")}
                    self.chunk(f"data: {json.dumps(told)}\n\n".encode())
                    sent += 1
                if over:
                    return self.chunk(b"")
                time.sleep(0.05)

    def chunk(self, data: bytes) -> None:
        """One piece of a body whose length nobody knows; an empty one ends it."""
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def serve(self, path: str, body: bytes) -> tuple[int, Any, dict[str, str]]:
        user, role = self.who()
        if path == "/api/jobs/hardware":
            return 200, HARDWARE, {}
        if path == "/api/repos/delete":
            asked = json.loads(body)
            self.hub.repos.pop((asked.get("type") or "model", f"{asked.get('organization') or user}/{asked['name']}"))
            return 200, {}, {}
        found = JOB.fullmatch(path)
        if not found:
            return super().serve(path, body)
        if self.hub.no_scope or found[1] != user or role != "write":
            raise RefusalError(403, "Missing permissions: job.write")
        return 200, self.job(user, found[2], found[3], body), {}

    def job(self, user: str, job_id: str | None, what: str | None, body: bytes) -> Any:
        """Start one, list them, tell of one, or cancel it."""
        if not job_id and self.command == "POST":
            if self.hub.no_credit:
                raise RefusalError(402, "Pre-paid credit balance is insufficient - add more credits to your account")
            name = f"{len(self.hub.jobs) + 1:024x}"
            self.hub.jobs[name] = Job(name, user, json.loads(body), self.hub.tools)
            if self.hub.lose_start:
                self.hub.lose_start = False
                self.hang_up()
            return self.hub.jobs[name].told()
        if not job_id:
            labels = [pair.split("=") for pair in parse_qs(urlsplit(self.path).query).get("label", [])]
            return [
                job.told()
                for job in self.hub.jobs.values()
                if all((job.spec.get("labels") or {}).get(key) == value for key, value in labels)
            ]
        if job_id not in self.hub.jobs:
            raise RefusalError(404, "Job not found", "JobNotFound")
        if what == "cancel":
            self.hub.jobs[job_id].end("CANCELED")
        return self.hub.jobs[job_id].told()


def serving(port: int = 0) -> Iterator[JobsServer]:
    """A Hub with Jobs and two tokens of the user mei, `hf_write` and `hf_read`; for fixtures."""
    with JobsServer(port) as hub:
        hub.tokens |= {"hf_write": ("mei", "write"), "hf_read": ("mei", "read")}
        yield hub


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A Hugging Face Hub with Jobs that run here, with the token hf_write.")
    parser.add_argument("--port", type=int, default=8899)
    for server in serving(parser.parse_args().port):
        sys.stdout.write(f"HF_ENDPOINT={server.url}\n")
        threading.Event().wait()

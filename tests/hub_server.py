"""A Hugging Face Hub for tests: the endpoints that huggingface_hub asks, over HTTP, with repositories in memory.

In: tokens with a user and a role, and faults to inject. Out: the same answers, codes and headers as the Hub's for upload,
download and whoami. Limit: files are always uploaded in `regular` mode (inside the commit), never through LFS or Xet.
Try the page against it: `python -m tests.hub_server --port 8899`, then `HF_ENDPOINT=http://127.0.0.1:8899 python app.py`.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import yaml

KINDS = ("model", "dataset", "space")
API = re.compile(r"/api/(model|dataset|space)s/([^/]+/[^/]+)(?:/(revision|preupload|commit|tree)/([^/]+)(?:/(.*))?)?")
RESOLVE = re.compile(r"/(?:(dataset|space)s/)?([^/]+/[^/]+)/resolve/([^/]+)/(.+)")


@dataclass
class Commit:
    """One state of a repository."""

    oid: str
    message: str
    files: dict[str, bytes]


@dataclass
class Repo:
    """A repository: who can see it, and its commits, the oldest first."""

    private: bool
    commits: list[Commit] = field(default_factory=list)

    @property
    def files(self) -> dict[str, bytes]:
        """Its files now."""
        return self.commits[-1].files

    def add(self, message: str, files: dict[str, bytes]) -> Commit:
        """Make a commit of these files as a whole."""
        told = f"{len(self.commits)} {message} {sorted(files)}".encode()
        self.commits.append(Commit(hashlib.sha1(told).hexdigest(), message, files))  # noqa: S324 — as git does
        return self.commits[-1]

    def at(self, revision: str) -> Commit | None:
        """The commit of a revision: `main` or an oid."""
        if revision == "main":
            return self.commits[-1]
        return next((commit for commit in self.commits if commit.oid == revision), None)

    def tags(self) -> list[str]:
        """The tags of its card."""
        return list(front_matter(self.files.get("README.md", b"").decode()).get("tags") or [])


@dataclass
class Fault:
    """What to do with the request that comes when `after` others have gone well."""

    after: int
    how: str
    """`drop` (nothing is done), `drop-after` (done, but the answer is lost), `slow`, or a status such as `500`."""
    times: int = 1
    seconds: float = 0.3


class RefusalError(Exception):
    """An answer that is an error: status, text, and the Hub's code for it."""

    def __init__(self, status: int, text: str, code: str = "") -> None:
        super().__init__(text)
        self.status, self.text, self.code = status, text, code


class HubServer:
    """The Hub on 127.0.0.1; use it as a context manager."""

    def __init__(self, port: int = 0) -> None:
        self.repos: dict[tuple[str, str], Repo] = {}
        self.tokens: dict[str, tuple[str, str]] = {}
        self.requests: list[tuple[str, str]] = []
        self.secrets: list[str] = []
        """The Authorization header of each request."""
        self.faults: list[Fault] = []
        self.struck: list[str] = []
        """Faults that have been injected, each with its request."""
        self.lock = threading.RLock()
        handler = type("HubHandler", (Handler,), {"hub": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> HubServer:
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def fail(self, after: int, how: str, times: int = 1, seconds: float = 0.3) -> None:
        """Inject a fault at the request that follows `after` more."""
        self.faults.append(Fault(len(self.requests) + after, how, times, seconds))

    def make(self, kind: str, name: str, private: bool = False, **files: bytes) -> Repo:
        """A repository that is there already; files by name, `__` for a dot."""
        repo = self.repos[kind, name] = Repo(private)
        repo.add("initial commit", {".gitattributes": b""})
        if files:
            repo.add("files", {".gitattributes": b""} | {key.replace("__", "."): text for key, text in files.items()})
        return repo

    def files(self, kind: str, name: str) -> dict[str, bytes]:
        """The files of a repository now, without the Hub's own."""
        return {path: data for path, data in self.repos[kind, name].files.items() if path != ".gitattributes"}

    def next_fault(self, request: str) -> Fault | None:
        """The fault that strikes this request, if any."""
        for fault in self.faults:
            if fault.after < len(self.requests) and fault.times > 0:
                fault.times -= 1
                self.struck.append(f"{fault.how}: {request}")
                return fault
        return None


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    hub: HubServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 — the base class's name
        """Say nothing."""

    def do_GET(self) -> None:  # noqa: N802 — the base class's names, here and below
        self.handle_one(b"")

    def do_HEAD(self) -> None:  # noqa: N802
        self.handle_one(b"")

    def do_POST(self) -> None:  # noqa: N802
        self.handle_one(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def handle_one(self, body: bytes) -> None:
        """Answer one request, or fail as ordered."""
        path = unquote(urlsplit(self.path).path)
        if path == "/api/agent-harnesses":  # what the library asks once in each process
            return self.answer(404, {"error": "not here"})
        with self.hub.lock:
            self.hub.requests.append((self.command, path))
            self.hub.secrets.append(self.headers.get("Authorization") or "")
            fault = self.hub.next_fault(f"{self.command} {path}")
        if fault and fault.how == "slow":
            time.sleep(fault.seconds)
        elif fault and fault.how.isdigit():
            return self.answer(int(fault.how), {"error": "injected"})
        elif fault and fault.how == "drop":
            return self.hang_up()
        try:
            with self.hub.lock:
                status, said, headers = self.serve(path, body)
        except RefusalError as refused:
            headers = {"X-Error-Code": refused.code} if refused.code else {}
            status, said = refused.status, {"error": refused.text}
        if fault and fault.how == "drop-after":
            return self.hang_up()
        return self.answer(status, said, headers)

    def hang_up(self) -> None:
        """Close the connection without a word."""
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def answer(self, status: int, said: Any, headers: dict[str, str] | None = None) -> None:
        """Send JSON, or bytes as they are."""
        data = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            with suppress(ConnectionError):  # the client has given up waiting
                self.wfile.write(data)

    def serve(self, path: str, body: bytes) -> tuple[int, Any, dict[str, str]]:
        """Status, body and headers for a request."""
        user, role = self.who()
        if path == "/api/whoami-v2":
            if not user:
                raise RefusalError(401, "Invalid username or password.")
            auth = {"type": "access_token", "accessToken": {"displayName": "test", "role": role}}
            return 200, {"type": "user", "name": user, "orgs": [], "auth": auth}, {}
        if path == "/api/repos/create":
            return 200, self.create(user, role, json.loads(body)), {}
        if path == "/api/validate-yaml":
            errors = wrong_metadata(json.loads(body)["content"])
            return (400 if errors else 200), {"errors": errors, "warnings": []}, {}
        if found := API.fullmatch(path):
            kind, name, what, revision, rest = found.groups()
            repo = self.visible(kind, name, user)
            return 200, self.about(repo, kind, name, (what or "", revision or "main", rest or "", role, body)), {}
        if found := RESOLVE.fullmatch(path):
            return self.resolve(found, user)
        raise RefusalError(404, f"There is no {path}")

    def who(self) -> tuple[str, str]:
        """User and role of the token that came along; empty for nobody."""
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        if not token:
            return "", ""
        if token not in self.hub.tokens:
            raise RefusalError(401, "Invalid credentials in Authorization header")
        return self.hub.tokens[token]

    def visible(self, kind: str, name: str, user: str) -> Repo:
        """A repository that this user may see."""
        repo = self.hub.repos.get((kind, name))
        if repo is None or (repo.private and name.split("/")[0] != user):
            raise RefusalError(404 if user else 401, "Repository not found", "RepoNotFound")
        return repo

    def create(self, user: str, role: str, asked: dict[str, Any]) -> dict[str, str]:
        owner, kind = asked.get("organization") or user, asked.get("type") or "model"
        name = f"{owner}/{asked['name']}"
        if role != "write" or owner != user:
            raise RefusalError(403, f"You don't have the rights to create a {kind} under the namespace {owner}")
        if (kind, name) in self.hub.repos:
            raise RefusalError(409, f"You already created this {kind} repo")
        self.hub.make(kind, name, private=asked.get("visibility") == "private")
        return {"url": f"{self.hub.url}/{'' if kind == 'model' else kind + 's/'}{name}"}

    def about(self, repo: Repo, kind: str, name: str, asked: tuple[str, str, str, str, bytes]) -> Any:
        what, revision, folder, role, body = asked
        if what == "preupload":
            return {"files": [told(each["path"], repo) for each in json.loads(body)["files"]]}
        if what == "commit":
            if role != "write":
                raise RefusalError(403, "Forbidden: this token may only read")
            oid = commit(repo, body).oid
            return {"commitUrl": f"{self.hub.url}/{name}/commit/{oid}", "commitOid": oid}
        state = repo.at(revision)
        if state is None:
            raise RefusalError(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        files = [entry(path, data) for path, data in sorted(state.files.items()) if path.startswith(folder)]
        if what == "tree":
            return files
        sizes = "blobs" in parse_qs(urlsplit(self.path).query)
        siblings = [{"rfilename": each["path"]} | ({"size": each["size"]} if sizes else {}) for each in files]
        tags = repo.tags()
        return {"id": name, "sha": state.oid, "private": repo.private, "tags": tags, "siblings": siblings}

    def resolve(self, found: re.Match[str], user: str) -> tuple[int, bytes, dict[str, str]]:
        kind, name, revision, path = found.groups()
        state = self.visible(kind or "model", name, user).at(revision)
        if state is None:
            raise RefusalError(404, "Invalid rev id", "RevisionNotFound")
        if path not in state.files:
            raise RefusalError(404, "Entry not found", "EntryNotFound")
        data = state.files[path]
        return 200, data, {"ETag": f'"{git_oid(data)}"', "X-Repo-Commit": state.oid, "Accept-Ranges": "none"}


def told(path: str, repo: Repo) -> dict[str, Any]:
    """How a file is to be uploaded, and what is there under its name."""
    oid = git_oid(repo.files[path]) if path in repo.files else None
    return {"path": path, "uploadMode": "regular", "shouldIgnore": False, "oid": oid}


def entry(path: str, data: bytes) -> dict[str, Any]:
    return {"type": "file", "path": path, "size": len(data), "oid": git_oid(data)}


def git_oid(data: bytes) -> str:
    """A file's id as git computes it."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()  # noqa: S324 — as git does


def commit(repo: Repo, body: bytes) -> Commit:
    """Take the lines of a commit: all of them, or none."""
    lines = [json.loads(line) for line in body.splitlines()]
    files = dict(repo.files)
    message = ""
    for key, value in ((line["key"], line["value"]) for line in lines):
        if key == "header":
            message = value["summary"]
            if value.get("parentCommit") not in (None, repo.commits[-1].oid):
                raise RefusalError(412, "The expected parent commit is not the head")
        elif key == "file":
            files[value["path"]] = base64.b64decode(value["content"])
        elif key == "deletedFile":
            del files[value["path"]]
        else:
            raise RefusalError(400, f"This server takes no {key}")
    return repo.add(message, files)


def front_matter(text: str) -> dict[str, Any]:
    """The metadata of a card."""
    found = re.match(r"---\n(.*?)\n---", text, re.DOTALL)
    return dict(yaml.safe_load(found[1]) or {}) if found else {}


def wrong_metadata(text: str) -> list[dict[str, str]]:
    """What the Hub says against a card's metadata: a base that is no id of a repository, names that are no text."""
    data = front_matter(text)
    bad = (
        [{"message": '"base_model" is not a repository'}] if str(data.get("base_model", "a/b")).count("/") != 1 else []
    )
    for name in ("license", "library_name", "pipeline_tag"):
        bad += [] if isinstance(data.get(name, ""), str) else [{"message": f'"{name}" must be a string'}]
    return bad


def serving(port: int = 0) -> Iterator[HubServer]:
    """A Hub with two tokens of the user mei, `hf_write` and `hf_read`; for fixtures."""
    with HubServer(port) as hub:
        hub.tokens |= {"hf_write": ("mei", "write"), "hf_read": ("mei", "read")}
        yield hub


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A Hugging Face Hub in memory, with the tokens hf_write and hf_read.")
    parser.add_argument("--port", type=int, default=8899)
    for server in serving(parser.parse_args().port):
        sys.stdout.write(f"HF_ENDPOINT={server.url}\n")
        threading.Event().wait()

"""Fixtures of all tests: no network, no keys of the developer's, a tiny random base, the sample shop, Claude and a Hub."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ.update(HF_HUB_OFFLINE="1", GRADIO_ANALYTICS_ENABLED="False", TOKENIZERS_PARALLELISM="false")

ROOT = Path(__file__).parent.parent
LOOPBACK = ("127.", "localhost", "::1", "0.0.0.0")  # noqa: S104 — compared with, not bound to


@pytest.fixture(autouse=True)
def clean_surroundings(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """No secrets from outside, and no socket that leaves the machine."""
    for name in ("ANTHROPIC_API_KEY", "HF_TOKEN", "SPACE_ID"):
        monkeypatch.delenv(name, raising=False)
    connect = socket.socket.connect

    def only_loopback(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"a test asked for the network: {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", only_loopback)


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A function that gives the folder of a tiny random base of an architecture."""
    from tests.tiny import make_base

    made: dict[str, Path] = {}

    def base(kind: str = "llama") -> Path:
        if kind not in made:
            made[kind] = make_base(tmp_path_factory.mktemp(kind), kind)
        return made[kind]

    return base


@pytest.fixture
def shop_sql() -> Iterator[str]:
    """The DDL of the sample shop."""
    yield (ROOT / "sample_db" / "shop" / "schema.sql").read_text(encoding="utf-8")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A server that speaks Claude's API (`ClaudeServer`); ANTHROPIC_BASE_URL names it."""
    from tests.claude_server import ClaudeServer

    server = ClaudeServer()
    monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
    yield server
    server.close()


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """A Hub with the tokens hf_write and hf_read of the user mei; HF_ENDPOINT names it, and nobody is logged in."""
    from huggingface_hub import constants

    from tests.hub_server import serving

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no-token"))
    for server in serving():
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server

"""The command line, called in the tests' own process: a process of its own takes a second to start."""

from __future__ import annotations

import io
import signal
import sys
from collections.abc import Callable

import pytest

from pipeline import __main__ as command_line

Call = Callable[..., tuple[int, list[str], list[str]]]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Runs the command line in this process: exit code, lines on stdout, lines on stderr."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # handlers would outlive the call

    def call(*arguments: str, stdin: bytes = b"") -> tuple[int, list[str], list[str]]:
        monkeypatch.setattr(sys, "argv", ["pipeline", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = command_line.entry()
        said = capsys.readouterr()
        return code, said.out.splitlines(), said.err.splitlines()

    return call

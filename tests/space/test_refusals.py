"""Every refusal of ZeroGPU is a sentence: those we know by heart, and those that the installed `spaces` can say."""

from __future__ import annotations

import ast
import queue
from pathlib import Path

import gradio as gr
import httpx
import pytest

from pipeline.errors import UserError
from space.i18n import messages_ja
from space.refusals import REFUSALS, Refusal, refusals

SAID = {
    "ZeroGPU illegal duration|The requested GPU duration (300s) is larger than the maximum allowed": "300 s at once",
    "ZeroGPU quota exceeded|Space app has reached its GPU limit. Try re-running outside of examples": "huggingface.co",
    "ZeroGPU quota exceeded|You have exceeded your ZeroGPU runs limit. ": "too often",
    "ZeroGPU quota exceeded|No GPU was available after 60s. Try re-running outside of examples": "No GPU was free",
    "ZeroGPU quota exceeded|You have exceeded your ZeroGPU quota (90s requested vs. 0s left). Try again in "
    "1 day, 3:00:00. ": "Try again in 1 day, 3:00:00,",
    "ZeroGPU queue timeout|No GPU was available after 60s Retry later": "No GPU was free",
    "ZeroGPU pending credits exceeded|You have too many ZeroGPU credits allocated to running tasks. ": "other GPU tasks",
    "ZeroGPU client error|No GPU was available": "No GPU was free",
    "ZeroGPU client error|Expired ZeroGPU proxy token": "open for too long",
    "ZeroGPU client error|Internal Gradio error": "lent no GPU: Internal Gradio error",
    "ZeroGPU worker error|GPU task aborted": "took the GPU back",
    "ZeroGPU worker error|OutOfMemoryError": "failed with OutOfMemoryError",
}


@pytest.mark.parametrize("said", SAID)
def test_each_refusal_of_the_platform_becomes_a_sentence(said: str) -> None:
    title, message = said.split("|")
    with pytest.raises(UserError, match=SAID[said]), refusals():
        raise gr.Error(message, title=title)


def said_by_spaces() -> set[tuple[str, str]]:
    """Title and message of every error that the installed `spaces` raises in a call, read from its source."""
    zero = Path(__import__("spaces").__file__).parent / "zero"
    found: set[tuple[str, str]] = set()
    for file in (zero / "client.py", zero / "wrappers.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        names = {n.targets[0].id: n.value for n in tree.body if isinstance(n, ast.Assign)}  # type: ignore[attr-defined]
        messages: list[ast.expr] = []
        for node in sorted(ast.walk(tree), key=lambda node: getattr(node, "lineno", 0)):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "message":
                messages.append(node.value)
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                name, args = ast.unparse(node.exc.func), node.exc.args
                if name == "RuntimeError":
                    found.add(("", text_of(args[0], names)))
                elif name == "error" and ast.unparse(args[1]) == "message":
                    found |= {(text_of(args[0], names), text_of(each, names)) for each in messages}
                    messages = []
                elif name == "error":
                    found.add((text_of(args[0], names), text_of(args[1], names)))
    return found


def text_of(node: ast.expr, names: dict[str, ast.expr]) -> str:
    """What an expression says, with the platform's numbers for its places."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(each, names) for each in node.values)
    if isinstance(node, ast.FormattedValue):
        return text_of(node.value, names)
    if isinstance(node, ast.Name) and node.id in names:
        return text_of(names[node.id], names)
    if isinstance(node, ast.Call):
        return text_of(node.args[-1], names) if node.args else ""
    return {"requested": "90", "res.left": "12", "res.wait": "1 day, 3:20:11"}.get(ast.unparse(node), "ZeroGPU")


def test_every_error_of_the_installed_spaces_has_a_sentence_in_both_languages() -> None:
    found = said_by_spaces()
    assert len(found) > 14, "else the search itself is broken"
    ours = set()
    for title, message in found:
        if "compatible with Gradio" in message or message.startswith(("Error while initializing", "Unknown")):
            continue  # at the start, to who runs the Space
        with pytest.raises(Refusal) as caught, refusals():
            raise gr.Error(message, title=title) if title else RuntimeError(message)
        assert caught.value.template in messages_ja.MESSAGES
        ours.add(caught.value.template)
    assert len(ours) >= len(REFUSALS) - 2, "some pattern fits nothing any more"


def test_a_platform_that_does_not_answer_is_told_as_that() -> None:
    with pytest.raises(Refusal, match="does not answer"), refusals():
        raise httpx.ConnectError("refused")
    with pytest.raises(Refusal, match="said nothing for 20 minutes"), refusals():
        raise queue.Empty


def test_other_refusals_are_told_too_and_a_bug_stays_a_bug() -> None:
    with pytest.raises(UserError, match="lent no GPU: 500"), refusals():
        raise RuntimeError("ZeroGPU API /schedule error: 500 (Internal Server Error)")
    with pytest.raises(UserError, match="was closed while"), refusals():
        raise RuntimeError("Connection closed by visitor while queueing")
    with pytest.raises(RuntimeError, match="shapes"), refusals():
        raise RuntimeError("shapes do not fit")

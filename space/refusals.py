"""What ZeroGPU says when it lends no GPU, or takes one back, as one sentence with the next step.

In: whatever a call of a lent function raises. Out: a Refusal in its place. The platform's words are those of `spaces`
0.51, read in its source; words that are not known are shown as they are.
"""

from __future__ import annotations

import queue
import re
from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr
import httpx

from pipeline.errors import UserError

_QUOTA = (
    r"\((?P<asked>\d+)s requested vs\. (?P<left>-?\d+)s left\)\. Try again in (?P<wait>(?:\d+ days?, )?\d+:\d+:\d+)"
)
_ABORTED = r"GPU task aborted"
REFUSALS = {
    r"illegal duration: .*\((?P<asked>\d+)s\)": (
        "ZeroGPU does not give you {asked} s at once. Log in to Hugging Face and try again."
    ),
    rf"(?:free|Pro) ZeroGPU quota {_QUOTA}": (
        "This takes {asked} s of GPU time and you have {left} s left. Try again in {wait}."
    ),
    _QUOTA: (
        "This takes {asked} s of GPU time and you have {left} s left. Try again in {wait}, or log in to Hugging Face "
        "for more."
    ),
    r"runs limit": "You have used the GPU too often for today. Try again tomorrow, or log in to Hugging Face for more.",
    r"reached its GPU limit": (
        "Hugging Face could not tell whose GPU time this is. Open the Space on huggingface.co and try again."
    ),
    r"pending credits": "Your other GPU tasks hold all of your GPU time. Wait for one to end and try again.",
    r"No GPU was available": "No GPU was free within a minute. Try again a little later.",
    r"Expired ZeroGPU proxy token": "This page was open for too long to ask for GPU time. Reload it and try again.",
    _ABORTED: "ZeroGPU took the GPU back before the end. Try again.",
    r"ZeroGPU worker error: (?P<kind>.+)": "The GPU's process failed with {kind}. Try again, or choose a smaller base model.",
    r"Connection closed by visitor": "The page was closed while it waited for a GPU. Try again, and keep it open.",
    r"end of stream|queue disconnect": "The queue for a GPU broke off. Try again.",
    r"ZeroGPU[^:]*: (?P<said>.+)": "ZeroGPU lent no GPU: {said}. Try again a little later.",
}
"""What is said (a pattern, the first that fits) → what people read."""


class Refusal(UserError):  # noqa: N818 - a named answer, not a fault
    """The platform lends no GPU, or took it back. `left` and `wait` are seconds, as far as the platform told them."""

    left: int | None = None
    wait: float = 0.0
    aborted: bool = False
    """Whether the worker was ended while it had a GPU: its time was up, or it died."""


@contextmanager
def refusals() -> Iterator[None]:
    """Turn a refusal of the platform into its sentence; what is none of them goes on as it is."""
    try:
        yield
    except (gr.Error, RuntimeError) as error:
        said = f"{getattr(error, 'title', '')}: {error.args[0] if error.args else ''}".removesuffix(".")
        for pattern, found in ((each, re.search(each, said)) for each in REFUSALS):
            if found:
                raise _refusal(pattern, found.groupdict()) from error
        raise
    except httpx.TransportError as error:
        raise Refusal("ZeroGPU does not answer. Try again a little later.") from error
    except queue.Empty as error:  # of the generator's wait for the worker
        raise Refusal("The GPU's process said nothing for 20 minutes. Try again.") from error


def _refusal(pattern: str, told: dict[str, str]) -> Refusal:
    refusal = Refusal(REFUSALS[pattern], **told)
    refusal.aborted = pattern == _ABORTED
    if "left" in told:
        refusal.left, refusal.wait = int(told["left"]), _seconds(told["wait"])
    return refusal


def _seconds(wait: str) -> float:
    """`1 day, 3:00:00` in seconds, as Python writes a timedelta."""
    days, _, clock = wait.rpartition(", ")
    hours, minutes, seconds = clock.split(":")
    return 86400 * int(days.split()[0] if days else 0) + 3600 * int(hours) + 60 * int(minutes) + int(seconds)

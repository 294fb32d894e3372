"""A visitor's GPU time, as far as it is known: what a run has used, and what ZeroGPU said is left.

In: the `Lent` events of a run, which only its visitor can open. Out: an `Account`. The platform tells what is left only
when it refuses (`spaces` 0.51), so between two refusals it is our own count; all seconds are as the platform counts them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pipeline.records import Event


@dataclass(frozen=True)
class Lent(Event):
    """A GPU was lent, given back, or refused."""

    kind: ClassVar[str] = "lent"
    asked: int
    used: float | None = None
    """None when it is lent, what was used when it is given back; 0 when it was refused."""
    left: int | None = None
    """What a refusal said is left."""
    wait: float = 0.0
    """Seconds after which as much as was asked for is there again, as a refusal said."""
    following: int = 0
    """What the next slice will ask for; 0 when there is none."""
    loading: float = 0.0
    """Seconds on the clock from the GPU's arrival to the first step's end."""
    step: float = 0.0
    """Seconds on the clock of the longest step; 0 when none was measured."""


@dataclass(frozen=True)
class Account:
    """What is known of a visitor's GPU time from one run."""

    used: float = 0.0
    slices: int = 0
    following: int = 0
    left: float | None = None
    """None where it was never told, or has been filled up since."""
    told: float = 0.0
    """When it was told, in Unix seconds."""
    loading: float = 0.0
    step: float = 0.0


def account(events: Iterable[Mapping[str, Any]], now: float) -> Account:
    """The sum of a run's `Lent` events, oldest first. A slice whose end was not seen counts as long as it was asked for."""
    used, slices, open_for, left, told, back = 0.0, 0, 0.0, None, 0.0, 0.0
    last: Mapping[str, Any] = {}
    for event in events:
        last = event
        if event["left"] is not None:
            left, told, back = float(event["left"]), event["at"], event["at"] + event["wait"]
        if event["used"] is not None and not open_for:
            continue  # refused
        spent = event["used"] if event["used"] is not None else open_for
        open_for = float(event["asked"]) if event["used"] is None else 0.0
        slices += event["used"] is None
        used, left = used + spent, None if left is None else max(0.0, left - spent)
    if open_for and now >= last["at"] + open_for:
        used += open_for
    if left is not None and now >= back:
        left = None
    measured = last.get("loading", 0.0), last.get("step", 0.0)
    return Account(used, slices, last.get("following", 0), left, told, *measured)

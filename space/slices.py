"""How long a slice of lent GPU time must be, and when no further step may be begun in it.

In: the training's events with the time of each. Out: seconds. All are seconds of the GPU, before the platform counts them
more than once; what was not measured yet is estimated, because no ZeroGPU was at hand to measure it on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Self

from pipeline.records import Event, Step, Tried

SLICE_SECONDS = 50.0
"""Of one slice, loading included. With `SAVE_SECONDS` a call asks for 60 s, ZeroGPU's own default; today's cards count
1.5 s for each, so that a visitor without login (120 s a day) has one slice and one with login (300 s) three or more."""
LOAD_SECONDS = 20.0
"""To start a worker and load a base of 0.6B. An estimate."""
SAVE_SECONDS = 10
"""Left at a slice's end for saving, and for a start of the clock that the worker does not see. An estimate."""
CHECK_SECONDS = 10.0
"""To answer the held-out questions of one check. An estimate, until one was measured."""
FEW_STEPS = 5
"""Steps that make a short slice worth its loading."""
NEAR_STEPS = 3
"""A check that is so many steps away may come with the next step: they are spread over whole numbers of steps."""
TODAYS_FACTOR = 1.5
"""Seconds that count for one on the cards that ZeroGPU lends today (RTX PRO 6000)."""


def duration(seconds: float) -> int:
    """What is asked for, for a slice that trains for `seconds`."""
    return math.ceil(seconds) + SAVE_SECONDS


@dataclass
class Pace:
    """What takes how long, in seconds, as known so far; it goes to the worker with a slice and comes back with more."""

    loading: float = LOAD_SECONDS
    """From the GPU's arrival to the end of the first step."""
    step: float = 0.0
    """The longest step; 0 while none was measured."""
    check: float = CHECK_SECONDS
    last: Step | None = None
    """Where the training is."""
    _at: float = 0.0
    _first: bool = True
    _tried: bool = False

    def begin(self, now: float) -> Self:
        """The same knowledge at the begin of a slice; `now` and later times are of one monotonic clock."""
        return replace(self, _at=now, _first=True, _tried=False)

    def see(self, event: Event, now: float) -> None:
        """Learn from an event of the training."""
        if isinstance(event, Tried):
            self._tried = True
        if not isinstance(event, Step):
            return
        seconds, average = now - self._at, event.seconds_left / max(1, event.steps - event.step)
        if self._first:
            self.loading, self.step = seconds, max(self.step, average)
        elif self._tried:
            self.check = max(0.0, seconds - self.step)
        else:
            self.step = max(self.step, seconds)
        self.last, self._at, self._first, self._tried = event, now, False, False

    def ahead(self, now: float, checks: int) -> float:
        """How long one more step may take, with the check that may follow it; `checks` are those of the whole training."""
        step = self.step or max(0.0, now - self._at - LOAD_SECONDS)
        return step + (self.check if self._check_is_near(checks) else 0.0)

    def need(self, checks: int) -> float:
        """How long a slice would be that ends the training, a fifth more to be sure; infinite when nothing is known."""
        if self.last is None:
            return math.inf
        return self.loading + 1.2 * self.last.seconds_left + (self.check if checks else 0.0)

    def fitting(self, seconds: float, checks: int) -> float:
        """How long a slice may be of which at most `seconds` can be lent; 0 when it would not get a few steps done."""
        fits = math.floor(seconds) - SAVE_SECONDS
        check = self.check if self._check_is_near(checks) else 0.0
        return fits if fits >= self.loading + FEW_STEPS * (self.step or 1.0) + check else 0.0

    def slices(self, steps: int) -> int:
        """How many slices so many steps take; 0 when no step was measured, or a slice is all loading."""
        room = SLICE_SECONDS - self.loading
        return math.ceil(steps * self.step / room) if self.step and room > 0 else 0

    def _check_is_near(self, checks: int) -> bool:
        if not checks or self.last is None:
            return False
        spacing = self.last.steps / checks
        return spacing - self.last.step % spacing <= NEAR_STEPS

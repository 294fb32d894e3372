"""How many requests may be under way at once, and from when the next may go out.

In: the headers of replies, and refusals with their `retry-after`. Out: `limit`, and `clear()` to wait by. One request goes
first, alone, so that those that follow find the schema in the cache. Limit: one key's limits are shared with whatever else
uses it, and headers may have left out a reply that had ended before its end was heard here, so a 429 may come all the same.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

FIRST = 4
"""Requests at once when nothing is known yet."""
MOST = 16
_KINDS = ("requests", "tokens", "input-tokens", "output-tokens")


@dataclass(frozen=True)
class Patience:
    """How long a request is tried; seconds."""

    tries: int = 8
    first: float = 0.5
    """The wait after the first failure; it doubles with each that follows."""
    longest: float = 60.0
    """No wait is longer, whatever `retry-after` says."""
    poll: float = 5.0
    """Between the first two looks at a batch; it grows by half with each that follows."""
    longest_poll: float = 60.0
    arrival: float = 30.0
    """A batch whose sending broke off and that the API does not list after so long has not arrived."""


class Pace:
    """Shared by all requests of one start."""

    def __init__(self, patience: Patience) -> None:
        self.patience = patience
        self.limit = 1
        self.listening = 0
        """Replies that have begun and whose end has not been heard: those that the headers count."""
        self.size = 1
        """Tokens one request may take, prompt and output together."""
        self.begun = False
        """Whether any reply has begun."""
        self._most = MOST
        """What the last headers left room for."""
        self._not_before = 0.0

    async def clear(self) -> None:
        """Wait until a request may go out."""
        while (left := self._not_before - time.monotonic()) > 0:
            await asyncio.sleep(left)

    def began(self, headers: Mapping[str, str], before: int = MOST) -> None:
        """A reply begins: the cache is filled, and its headers tell what room there is.

        `before` is what `listening` was when its request was sent: headers know nothing of replies that began since.
        """
        self.listening += 1
        self.limit = self.limit if self.begun else FIRST
        self.begun, self._most = True, MOST
        for kind in _KINDS:
            remaining = headers.get(f"anthropic-ratelimit-{kind}-remaining", "")
            if not remaining.isdecimal():
                continue
            room = int(remaining) // (1 if kind == "requests" else self.size)
            self._most = max(1, min(self._most, min(self.listening, before + 1) + room))
            if room == 0:
                self._hold(_seconds_until(headers.get(f"anthropic-ratelimit-{kind}-reset", "")))
        self.limit = min(self.limit, self._most)

    def closed(self) -> None:
        """A reply that began is over, whole or not."""
        self.listening -= 1

    def ended(self) -> None:
        """A reply came whole: one more may be under way."""
        self.limit = min(self._most, self.limit + 1)

    def pushed_back(self, failures: int, headers: Mapping[str, str]) -> float:
        """The API or the way to it failed for the `failures`th time in a row: the seconds until the next try."""
        self.limit = max(1, self.limit // 2)
        asked = _number(headers.get("retry-after", ""))
        grown: float = self.patience.first * 2.0 ** (failures - 1)
        wait = asked * random.uniform(1, 1.1) if asked is not None else grown * random.uniform(0.5, 1)
        self._hold(wait)
        return min(wait, self.patience.longest)

    def _hold(self, seconds: float) -> None:
        self._not_before = max(self._not_before, time.monotonic() + min(seconds, self.patience.longest))


def _number(text: str) -> float | None:
    try:
        return max(0.0, float(text))
    except ValueError:
        return None


def _seconds_until(moment: str) -> float:
    """From now to an RFC 3339 time, 0 where it is none or past."""
    try:
        return max(0.0, (datetime.fromisoformat(moment) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):  # no time, or one without a zone
        return 0.0

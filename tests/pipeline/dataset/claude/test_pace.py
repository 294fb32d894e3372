"""How many requests at once, and from when."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.dataset.claude.pace import FIRST, MOST, Pace, Patience

ROOM = "anthropic-ratelimit-{}-remaining"


def waited(pace: Pace) -> float:
    started = time.monotonic()
    asyncio.run(pace.clear())
    return time.monotonic() - started


def test_one_goes_first_then_a_few_then_more_up_to_a_limit() -> None:
    pace = Pace(Patience())
    assert pace.limit == 1
    pace.began({})
    assert pace.limit == FIRST
    for _ in range(50):
        pace.ended()
    assert pace.limit == MOST


def test_headers_leave_room_in_requests_and_in_tokens() -> None:
    for kind, left in (("requests", 2), ("tokens", 11_000), ("output-tokens", 14_999)):
        pace = Pace(Patience())
        pace.size = 5_000
        pace.began({ROOM.format(kind): str(left)})
        pace.ended()
        assert pace.limit == 3, kind
    pace.began({ROOM.format("requests"): "many"})
    assert pace.limit == 3
    pace.began({ROOM.format("requests"): "0"})
    assert pace.limit == 3 == pace.listening
    pace.closed()
    assert pace.listening == 2


def test_without_room_it_waits_for_the_reset_but_not_for_ever() -> None:
    pace = Pace(Patience(longest=0.1))
    reset = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    pace.began({ROOM.format("requests"): "0", "anthropic-ratelimit-requests-reset": reset})
    assert pace.limit == 1 and 0.05 < waited(pace) < 1
    pace.began({ROOM.format("requests"): "0", "anthropic-ratelimit-requests-reset": "soon"})
    assert waited(pace) < 0.05


@pytest.mark.parametrize(("header", "least", "most"), [("0.2", 0.2, 0.22), ("900", 60, 60), ("", 1, 2), ("soon", 1, 2)])
def test_a_push_back_halves_and_waits_as_long_as_told(header: str, least: float, most: float) -> None:
    pace = Pace(Patience())
    pace.limit = 8
    assert least <= pace.pushed_back(3, {"retry-after": header}) <= most
    assert pace.limit == 4

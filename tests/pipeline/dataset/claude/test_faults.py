"""A long random mix of everything that can go wrong: what was injected, and what was lost (nothing)."""

from __future__ import annotations

from random import Random

import pytest

from pipeline.dataset.claude.client import UNANSWERED
from pipeline.dataset.claude.pace import Patience
from pipeline.store import Store
from tests.claude_server import ANSWERS, PASSING, ClaudeServer
from tests.pipeline.dataset.claude.conftest import Listen
from tests.pipeline.dataset.claude.test_teacher import assert_nothing_is_lost, assert_nothing_is_paid_twice

EACH = 6
"""Times that each kind of fault is injected."""
STUBBORN = Patience(tries=1000, first=0.001, longest=0.01)


def test_ninety_faults_in_a_random_order_lose_nothing_and_cost_nothing_twice(
    server: ClaudeServer, store: Store, listen: Listen
) -> None:
    faults: list[str | None] = [fault for fault in (*PASSING, *ANSWERS) for _ in range(EACH)]
    injected = len(faults)
    assert injected == 90
    faults += [None] * 30
    Random(20261122).shuffle(faults)
    server.faults.extend(faults)
    heard = listen(10_000, most=12 * 90, patience=STUBBORN, max_dollars=10.0)
    assert not server.faults and len(server.calls) >= injected + 30
    assert_nothing_is_lost(server, heard)
    assert_nothing_is_paid_twice(server)
    rows = store.replies()
    whole = sum(row["dollars"] for row in rows if row["ending"] not in {"cut", *UNANSWERED})
    assert whole == pytest.approx(sum(call.dollars for call in server.calls if call.ended))
    broken = sum(call.dollars for call in server.calls if not call.ended)
    assert broken <= store.spent() - whole <= 1.5 * broken  # what broke off is judged, rather too dear

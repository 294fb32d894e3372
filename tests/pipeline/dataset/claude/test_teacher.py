"""The teacher over HTTP: what it sends, what it hands on, what it keeps, when it stops."""

from __future__ import annotations

import threading
import time
import traceback
from collections import Counter
from itertools import pairwise

import pytest

from pipeline.dataset.claude.line import TICK
from pipeline.errors import UserError
from pipeline.records import Spent
from pipeline.store import Store
from tests.claude_server import ANSWERS, KEY, PASSING, ClaudeServer
from tests.pipeline.dataset.claude.conftest import QUICK, Heard, Listen

FATAL = {
    "401": "refused the key \\(401\\).*sk-ant-.*kept so far: 0 pairs",
    "402": "no credit \\(402\\)",
    "403": "may not be used for that \\(403\\)",
    "404": "no model claude-haiku-5-5 \\(404\\)",
    "400": "refused the request \\(400: no luck with …\\)",
    "spend": "spend limit of this key is reached",
}


def test_pairs_come_with_an_estimate_before_and_a_meter_after_each_reply(server: ClaudeServer, listen: Listen) -> None:
    heard = listen(40)
    assert len(heard.questions) >= 40 and {pair.source for pair in heard.pairs} == {"claude"}
    assert heard.notes[0].template.startswith("About {requests} requests") and server.counted == 1
    assert [each.dollars for each in heard.meter] == sorted(each.dollars for each in heard.meter)
    assert heard.meter[-1].cap == 1.0 and heard.meter[-1].asked >= len(heard.pairs)


def test_the_meter_is_the_servers_bill(server: ClaudeServer, store: Store, listen: Listen) -> None:
    listen(1000, most=100)
    assert store.spent() == pytest.approx(server.bill) and server.bill > 0


def test_the_first_request_goes_alone_so_that_the_others_find_the_schema_cached(
    server: ClaudeServer, listen: Listen
) -> None:
    server.pause = 0.01
    listen(1000, most=200)
    assert [call.usage["cache_creation_input_tokens"] > 0 for call in server.calls].count(True) == 1
    assert 4 < server.most_at_once <= 16


def test_no_more_are_under_way_than_the_headers_leave_room_for(server: ClaudeServer, listen: Listen) -> None:
    """No reply ends meanwhile: of one that has, the server knows before the client does, and leaves room for it twice."""
    heard = Heard()

    def stop() -> None:
        until = time.monotonic() + 60
        while server.most_at_once < 3 and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(10 * TICK)  # so many looks at whether a fourth may go
        heard.stopped = True

    server.room = 3
    server.gate.clear()
    threading.Thread(target=stop, daemon=True).start()
    listen(1000, most=150, heard=heard)
    assert server.most_at_once == 3


def test_no_more_is_asked_than_is_missing(server: ClaudeServer, listen: Listen) -> None:
    server.pause = 0.02
    listen(12)
    assert len(server.calls) <= 2


@pytest.mark.parametrize("fault", [*PASSING, *ANSWERS])
def test_a_fault_costs_no_answered_pair_and_nothing_twice(
    server: ClaudeServer, store: Store, listen: Listen, fault: str
) -> None:
    server.faults.extend([fault, None, fault])
    heard = listen(1000, most=60)
    assert not server.faults
    assert_nothing_is_lost(server, heard)
    assert_nothing_is_paid_twice(server)
    assert store.spent() >= server.bill - 1e-9


def assert_nothing_is_lost(server: ClaudeServer, heard: Heard) -> None:
    """Every pair that left the server whole was handed on, once."""
    went_out = Counter(question for call in server.calls for question in call.whole)
    assert Counter(heard.questions) == went_out


def assert_nothing_is_paid_twice(server: ClaudeServer) -> None:
    """A request that brought a pair, or ended, is the last one of its kind."""
    for earlier, later in pairwise_by_text(server):
        assert not earlier.whole and not earlier.ended, (earlier.fault, later.fault)


def pairwise_by_text(server: ClaudeServer):  # type: ignore[no-untyped-def]  # pairs of calls
    for text in {call.text for call in server.calls}:
        yield from pairwise([call for call in server.calls if call.text == text])


@pytest.mark.parametrize("fault", FATAL)
def test_what_cannot_be_overcome_is_told_at_once_without_the_key(
    server: ClaudeServer, store: Store, listen: Listen, fault: str
) -> None:
    server.faults.append(fault)
    with pytest.raises(UserError, match=FATAL[fault]) as caught:
        listen()
    assert len(server.calls) == 1 and store.spent(reserved=True) == 0
    assert KEY not in "".join(traceback.format_exception(caught.value)) + repr(caught.value.values)


def test_a_refused_key_in_the_middle_loses_nothing_of_what_was_under_way(server: ClaudeServer, listen: Listen) -> None:
    server.pause = 0.01
    server.faults.extend([None, None, "401"])
    heard = Heard()
    with pytest.raises(UserError, match="refused the key"):
        listen(1000, most=100, heard=heard)
    assert len(server.calls) <= 6
    assert_nothing_is_lost(server, heard)


def test_an_overload_that_lasts_ends_with_a_sentence(server: ClaudeServer, listen: Listen) -> None:
    server.faults.extend(["529"] * 20)
    with pytest.raises(UserError, match=r"in 8 tries \(529\)"):
        listen()
    assert len(server.calls) == 8


def test_an_api_that_cannot_be_reached_is_told_soon(listen: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
    with pytest.raises(UserError, match="cannot be reached"):
        listen()


def test_refusals_go_on_and_end_when_there_are_only_refusals(server: ClaudeServer, listen: Listen) -> None:
    server.faults.extend(["refusal"] * 30)
    with pytest.raises(UserError, match="declined 8 requests in a row"):
        listen()
    assert len(server.calls) <= 12


def test_retry_after_is_honoured_up_to_a_limit(server: ClaudeServer, listen: Listen) -> None:
    server.faults.append("429")
    server.retry_after = "3600"
    started = time.monotonic()
    listen(6)
    assert QUICK.longest <= time.monotonic() - started < 10


@pytest.mark.parametrize("key", ["", "   ", "sk-ant-ключ", "sk-ant-a\nb"])
def test_what_cannot_be_a_key_is_told_before_anything_is_sent(server: ClaudeServer, listen: Listen, key: str) -> None:
    with pytest.raises(UserError, match="key"):
        listen(key=key)
    assert not server.calls and not server.counted


def test_a_stop_comes_back_within_about_a_second_and_what_had_come_is_used_by_the_next_start(
    server: ClaudeServer, store: Store, listen: Listen
) -> None:
    heard = Heard()

    def stop() -> None:
        server.gate.clear()  # from now on all hang in the middle of a reply
        time.sleep(0.5)
        heard.stopped = True
        stopped_at.append(time.monotonic())

    stopped_at: list[float] = []
    stopper = threading.Timer(0.2, stop)
    server.pause = 0.02
    listen(6)  # so that the SDK is loaded
    stopper.start()
    listen(10_000, most=10_000, heard=heard)
    assert time.monotonic() - stopped_at[0] < 1.5
    assert {"cut"} <= {row["ending"] for row in store.replies()} and store.spent() == store.spent(reserved=True)
    server.gate.set()
    sent, again = len(server.calls), Heard()
    cut = sum(row["ending"] == "cut" for row in store.replies())
    listen(cut, heard=again)
    assert len(again.questions) == cut and len(server.calls) == sent
    assert not set(again.questions) & set(heard.questions)


def test_a_second_start_goes_on_with_further_requests(server: ClaudeServer, listen: Listen) -> None:
    first, second = listen(30), listen(30)
    assert not set(first.questions) & set(second.questions)
    assert len({call.text for call in server.calls}) == len(server.calls)


def test_the_cap_cannot_be_passed_even_when_every_request_costs_the_most(
    server: ClaudeServer, store: Store, listen: Listen
) -> None:
    server.greedy, server.pause = True, 0.005
    heard = listen(1000, most=1000, max_dollars=0.009)
    assert 2 <= len(server.calls) <= 4 and server.bill <= 0.009
    assert store.spent() == pytest.approx(server.bill)
    assert [note.level for note in heard.notes] == ["info", "warning"] and "Raise the cap" in heard.notes[-1].text()


def test_a_cap_without_room_for_one_request_sends_none(server: ClaudeServer, listen: Listen) -> None:
    with pytest.raises(UserError, match=r"may cost up to \$0.00\d, and \$0.000 of the cap of \$0.00 are spent"):
        listen(max_dollars=0.001)
    assert not server.calls


def test_the_meter_counts_every_start_of_the_run(server: ClaudeServer, store: Store, listen: Listen) -> None:
    before = listen(12).meter[-1].dollars
    after = listen(12, model="claude-sonnet-5-5").meter
    assert before < after[0].dollars <= after[-1].dollars == pytest.approx(store.spent())
    assert all(isinstance(each, Spent) and each.cap == 1.0 for each in after)


def test_a_process_that_died_is_counted_at_its_worst(server: ClaudeServer, store: Store, listen: Listen) -> None:
    store.reserve({"hash": "gone", "number": 0, "model": "claude-haiku-5-5"}, 0.5, 1.0)
    with pytest.raises(UserError, match="Raise the cap"):
        listen(12, max_dollars=0.5)
    assert not server.calls
    assert listen(12).meter[-1].dollars > 0.5

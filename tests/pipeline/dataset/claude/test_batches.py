"""Batches over HTTP: half the price, found again whatever breaks off, nothing lost and nothing paid twice."""

from __future__ import annotations

import json
import traceback
from collections import Counter
from dataclasses import replace

import pytest

from pipeline.config import DatasetConfig
from pipeline.dataset.cancel import cancel_batches
from pipeline.dataset.claude.estimate import estimate_alone
from pipeline.errors import UserError
from pipeline.records import Done, Note, Waiting
from pipeline.store import Store
from tests.claude_server import KEY, ClaudeServer
from tests.pipeline.dataset.claude.conftest import QUICK, SCHEMA, Heard, Listen
from tests.pipeline.dataset.claude.test_teacher import FATAL, assert_nothing_is_lost

SWIFT = replace(QUICK, poll=0.01, longest_poll=0.05, arrival=0.2)


@pytest.fixture
def overnight(listen: Listen) -> Listen:
    """A teacher that sends batches."""

    def listen_to(missing: int = 40, **settings: object) -> Heard:
        settings.setdefault("patience", SWIFT)
        return listen(missing, batches=True, **settings)

    return listen_to


def assert_nothing_is_paid_twice(server: ClaudeServer) -> None:
    assert set(Counter(server.desk.bought()).values()) <= {1}


def assert_the_meter_is_the_bill(server: ClaudeServer, store: Store) -> None:
    assert store.spent() == store.spent(reserved=True) == pytest.approx(server.bill) and server.bill > 0


def assert_all_is_handed_on(server: ClaudeServer, listen: Listen, heard: Heard) -> None:
    """What was bought beyond the target is there for the next start, which here sends nothing."""
    heard.pairs += listen(10_000, most=0).pairs
    assert_nothing_is_lost(server, heard)


def texts(heard: Heard) -> str:
    return " | ".join(note.text() for note in heard.notes)


def test_a_batch_brings_pairs_at_half_the_price(server: ClaudeServer, store: Store, overnight: Listen) -> None:
    server.desk.looks = 4
    heard = overnight(40)
    assert len(heard.questions) >= 40 and {pair.source for pair in heard.pairs} == {"claude"}
    assert len(server.desk.batches) == 1 and store.open_batches() == []
    assert_the_meter_is_the_bill(server, store)
    assert server.calls and {call.share for call in server.calls} == {0.5}
    assert any(isinstance(event, Waiting) and event.requests >= 4 for event in heard.events)
    assert heard.meter[-1].dollars == pytest.approx(server.bill)


def test_the_estimate_is_half_of_that_of_single_requests(store: Store) -> None:
    dollars = [
        estimate_alone(store, SCHEMA, DatasetConfig("claude", batches=each), "").dollars for each in (False, True)
    ]
    assert dollars[1] == pytest.approx(dollars[0] / 2) and dollars[0] > 0


def test_another_batch_follows_until_the_target(server: ClaudeServer, store: Store, overnight: Listen) -> None:
    server.desk.fates.extend(["expired", "errored", "canceled", "refusal"])
    heard = overnight(60)
    assert len(heard.questions) >= 60 and len(server.desk.batches) == 2
    assert_all_is_handed_on(server, overnight, heard)
    assert_nothing_is_paid_twice(server)
    assert_the_meter_is_the_bill(server, store)
    again = {json.dumps(each["messages"]) for each in server.desk.batches[1].requests.values()}
    first = list(server.desk.batches[0].requests.values())
    assert {json.dumps(each["messages"]) for each in first[:3]} <= again
    assert "3 requests of the batch came back without an answer" in texts(heard) and "declined 1 requests" in texts(
        heard
    )


def test_batches_without_one_answer_end_with_a_sentence(server: ClaudeServer, store: Store, overnight: Listen) -> None:
    server.desk.fates.extend(["errored"] * 100)
    with pytest.raises(
        UserError, match=r"None of the \d+ requests of a batch was answered \(no luck with …\)"
    ) as caught:
        overnight(60)
    assert len(server.desk.batches) == 2 and store.spent(reserved=True) == 0
    assert KEY not in repr(caught.value.values)


def test_a_request_that_never_gets_an_answer_is_sent_three_times(server: ClaudeServer, overnight: Listen) -> None:
    for _ in range(5):
        server.desk.fates.append("expired")  # the first of each batch, which is always the same request
        overnight(12)
    sent = Counter(json.dumps(each["messages"]) for batch in server.desk.batches for each in batch.requests.values())
    assert max(sent.values()) == 3


def test_nothing_but_refusals_end_with_a_sentence(server: ClaudeServer, overnight: Listen) -> None:
    server.desk.fates.extend(["refusal"] * 100)
    with pytest.raises(UserError, match=r"declined \d+ requests"):
        overnight(60)
    assert len(server.desk.batches) == 1


def test_all_of_a_batch_at_its_dearest_stays_under_the_cap(
    server: ClaudeServer, store: Store, overnight: Listen
) -> None:
    server.greedy = True
    heard = overnight(1000, max_dollars=0.02)
    assert 0 < server.bill <= 0.02 and len(server.calls) >= 10
    assert_the_meter_is_the_bill(server, store)
    assert heard.notes[-1].level == "warning" and "Raise the cap" in heard.notes[-1].text()


def test_what_is_cheaper_than_feared_leaves_room_for_more_batches(server: ClaudeServer, overnight: Listen) -> None:
    heard = overnight(100, max_dollars=0.005)
    assert len(server.desk.batches) >= 2 and server.bill <= 0.005
    assert len(server.calls) > len(server.desk.batches[0].requests) and len(heard.questions) > 0


@pytest.mark.parametrize("faults", [
    ["500"], ["hangup"], ["529", "503"], [None, "500"], [None, "hangup"], [None, "429"], [None, "hangup-after"],
    [None, None, "500", "hangup", "529"], [None, None, None, "500"],
])  # fmt: skip
def test_a_fault_on_the_way_costs_nothing_and_loses_nothing(
    server: ClaudeServer, store: Store, overnight: Listen, faults: list[str | None]
) -> None:
    """In order: the listing before it, the sending, looks, results."""
    server.desk.faults.extend(faults)
    heard = overnight(24)
    assert not server.desk.faults and len(server.desk.batches) == 1
    assert_all_is_handed_on(server, overnight, heard)
    assert_the_meter_is_the_bill(server, store)


@pytest.mark.parametrize("cut", ["cut", "half", "dropped"])
def test_results_that_break_off_are_read_again(server: ClaudeServer, store: Store, overnight: Listen, cut: str) -> None:
    server.desk.cuts.extend([cut, cut])
    heard = overnight(40)
    assert not server.desk.cuts
    assert_all_is_handed_on(server, overnight, heard)
    assert_the_meter_is_the_bill(server, store)


def test_results_that_never_come_count_at_their_worst(server: ClaudeServer, store: Store, overnight: Listen) -> None:
    server.desk.cuts.extend(["cut"] * 5)
    heard = overnight(40)
    assert "results of" in texts(heard) and store.open_batches() == []
    assert store.spent() > server.bill


@pytest.mark.parametrize("fault", FATAL)
def test_what_cannot_be_overcome_is_told_at_once_without_the_key(
    server: ClaudeServer, store: Store, overnight: Listen, fault: str
) -> None:
    server.desk.faults.extend([None, fault])
    with pytest.raises(UserError, match=FATAL[fault]) as caught:
        overnight()
    assert not server.desk.batches and store.spent(reserved=True) == 0 and store.open_batches() == []
    assert KEY not in "".join(traceback.format_exception(caught.value)) + repr(caught.value.values)


def stopped_in_the_middle(server: ClaudeServer, overnight: Listen, missing: int = 40) -> Heard:
    """A start whose batch is held by the server, and that is stopped while it waits."""
    server.desk.hold.clear()
    heard = Heard()

    class Watching(list):  # type: ignore[type-arg]  # of events
        def append(self, event: object) -> None:
            super().append(event)
            heard.stopped = heard.stopped or (isinstance(event, Waiting) and bool(server.desk.batches))

    heard.events = Watching()
    overnight(missing, heard=heard)
    server.desk.hold.set()
    return heard


def test_a_stop_leaves_the_batch_and_the_next_start_fetches_it(
    server: ClaudeServer, store: Store, overnight: Listen
) -> None:
    heard = stopped_in_the_middle(server, overnight)
    assert "goes on at Anthropic" in heard.notes[-1].text() and heard.pairs == []
    assert store.spent() == 0 < store.spent(reserved=True) and len(store.open_batches()) == 1
    again = overnight(40)
    assert len(again.questions) >= 40 and len(server.desk.batches) == 1
    assert_the_meter_is_the_bill(server, store)


def test_single_requests_wait_for_a_batch_too_so_that_nothing_is_asked_twice(
    server: ClaudeServer, store: Store, overnight: Listen, listen: Listen
) -> None:
    stopped_in_the_middle(server, overnight)
    assert len(listen(40, patience=SWIFT).questions) >= 40
    assert all(call.share == 0.5 for call in server.calls)


def test_a_key_that_is_refused_on_return_leaves_the_batch(
    server: ClaudeServer, store: Store, overnight: Listen
) -> None:
    stopped_in_the_middle(server, overnight)
    with pytest.raises(UserError, match="refused the key"):
        overnight(40, key="sk-wrong")
    with pytest.raises(UserError, match="knows no batch msgbatch_0001 for this key"):
        overnight(40, key="sk-ant-of-another-account")
    assert len(store.open_batches()) == 1
    assert len(overnight(40).questions) >= 40 and len(server.desk.batches) == 1


def test_the_server_may_start_anew_meanwhile(
    server: ClaudeServer, store: Store, overnight: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped_in_the_middle(server, overnight)
    other = ClaudeServer(desk=server.desk)
    monkeypatch.setenv("ANTHROPIC_BASE_URL", other.url)
    assert len(overnight(40).questions) >= 40 and len(server.desk.batches) == 1
    assert store.spent() == pytest.approx(other.bill)
    other.close()


def lose(store: Store) -> None:
    """As a process that was killed after it had sent its batch, before it knew the name."""
    with store._db.atomic():
        store._db["batches"].update(1, {"name": ""})


def test_a_batch_whose_name_was_lost_is_found_by_what_is_in_it(
    server: ClaudeServer, store: Store, overnight: Listen
) -> None:
    stopped_in_the_middle(server, overnight)
    mine = server.desk.batches[0]
    lose(store)
    other = server.desk.create(KEY, {"requests": [{"custom_id": f"x-{n}", "params": each}  # of the same size, and newer
                                                  for n, each in enumerate(mine.requests.values())]})  # fmt: skip
    heard = overnight(40)
    assert other and other.looks <= 0, "it was looked into"
    assert len(heard.questions) >= 40 and len(server.desk.batches) == 2
    assert [row["dollars"] for row in store.replies()].count(0) == 0
    assert store.spent() == pytest.approx(sum(call.dollars for call in server.calls[-len(mine.requests) :]))


def test_a_batch_that_never_arrived_is_dropped_and_drawn_anew(
    server: ClaudeServer, store: Store, overnight: Listen
) -> None:
    stopped_in_the_middle(server, overnight)
    lose(store)
    server.desk.batches.clear()
    heard = overnight(40)
    assert "had not arrived" in texts(heard) and len(heard.questions) >= 40 and len(server.desk.batches) == 1
    assert_the_meter_is_the_bill(server, store)


def test_after_29_days_what_a_batch_cost_is_counted_at_its_worst(
    server: ClaudeServer, store: Store, overnight: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped_in_the_middle(server, overnight)
    reserved = store.spent(reserved=True)
    batch = server.desk.batches[0]
    told = batch.told
    monkeypatch.setattr(batch, "told", lambda url: {**told(url), "results_url": None})
    heard = overnight(12)
    assert "no longer at Anthropic" in texts(heard) and store.spent() >= reserved


def test_canceling_keeps_what_was_answered_and_asks_the_rest_anew(
    server: ClaudeServer, store: Store, overnight: Listen
) -> None:
    server.desk.looks = 3
    stopped_in_the_middle(server, overnight)
    events = list(cancel_batches(store, DatasetConfig("claude"), KEY, lambda: False, SWIFT))
    assert isinstance(events[-1], Done) and events[-1].stopped and store.open_batches() == []
    assert any(isinstance(event, Note) and "without an answer" in event.text() for event in events)
    answered = len(server.calls)
    assert 0 < answered < len(server.desk.batches[0].requests)
    assert_the_meter_is_the_bill(server, store)
    heard = overnight(40)
    assert len(heard.questions) >= 40
    assert_nothing_is_paid_twice(server)


def test_canceling_a_batch_that_nobody_knows_forgets_it_at_its_worst(
    server: ClaudeServer, store: Store, overnight: Listen
) -> None:
    stopped_in_the_middle(server, overnight)
    reserved = store.spent(reserved=True)
    list(cancel_batches(store, DatasetConfig("claude"), "sk-ant-of-another-account", lambda: False, SWIFT))
    assert store.open_batches() == [] and store.spent() == reserved

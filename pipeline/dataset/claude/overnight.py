"""Following a batch from the stage: telling how long it has been away, stopping without it, saying what it brought.

In: an `OpenBatch` and what works on it. Out: events, and an `Outcome` whose replies the store holds. Stopping leaves the
batch at Anthropic; the next start, or `pipeline.dataset.cancel`, goes on with it. Limit: how far a batch is nobody can tell
before its end, as the API counts its requests only then.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, wait
from time import monotonic, time

from pipeline.dataset.claude.batches import GROWTH, Batches, Outcome
from pipeline.dataset.claude.client import REFUSED, WITHOUT_ANSWER, Client
from pipeline.dataset.claude.complaints import declined, no_answers
from pipeline.dataset.claude.line import TICK, Line
from pipeline.dataset.claude.request import Request
from pipeline.records import Event, Note, Waiting
from pipeline.store.batches import OpenBatch

MOST_FRUITLESS = 2
"""Batches in a row without one answer, then something is wrong that another batch does not mend."""

Followed = Generator[Event, None, Outcome | None]


class Overnight:
    """The batches of one start."""

    def __init__(self, client: Client, line: Line, stop: Callable[[], bool]) -> None:
        self.client, self.line, self.stop = client, line, stop
        self.api = Batches(client)
        self._fruitless = 0

    def go_on(self) -> Iterator[Event]:
        """Wait for what earlier starts have sent, and keep it. Raises UserError where Claude refuses."""
        for batch in self.client.store.open_batches():
            if not self.stop():
                yield from self._follow(batch, self.line.send(self.api.through(batch)))

    def send(self, batch: OpenBatch, requests: list[Request]) -> Followed:
        """Send a batch and wait for it; None when somebody stopped. Raises UserError where Claude refuses."""
        outcome = yield from self._follow(batch, self.line.send(self.api.through(batch, requests)))
        if outcome is None or not outcome.arrived:
            return outcome
        self._fruitless = 0 if outcome.answered else self._fruitless + 1
        if self._fruitless == MOST_FRUITLESS:
            raise no_answers(batch.requests, outcome.said)
        if outcome.answered and outcome.endings[REFUSED] == outcome.answered:
            raise declined(outcome.answered)
        return outcome

    def cancel(self) -> Iterator[Event]:
        """End all that earlier starts have sent, and keep what was answered. Raises UserError where Claude refuses."""
        for batch in self.client.store.open_batches():
            if not self.stop():
                yield from self._follow(batch, self.line.send(self.api.cancel(batch)))

    def _follow(self, batch: OpenBatch, work: Future[Outcome]) -> Followed:
        due, pause, patience = monotonic(), self.client.pace.patience.poll, self.client.pace.patience.longest_poll
        while not wait([work], TICK).done:
            if self.stop():
                work.cancel()
                yield Note("dataset", LEFT, {"n": batch.requests}, "warning")
                return None
            if monotonic() >= due:
                due, pause = monotonic() + pause, min(pause * GROWTH, patience)
                yield from self._said()
                yield Waiting("dataset", batch.requests, max(0.0, time() - batch.at))
        outcome = work.result()
        yield from _brought(batch, outcome)
        return outcome

    def _said(self) -> Iterator[Note]:
        """The last of what the client had to say."""
        notes = self.client.notes
        if notes:
            yield notes.pop()
            notes.clear()


LEFT = "The batch of {n} requests goes on at Anthropic and will be paid for. Start again to fetch it, or cancel it."


def _brought(batch: OpenBatch, outcome: Outcome) -> Iterator[Note]:
    """What came of a batch, in sentences; the first comes always, as it ends the waiting."""
    if not outcome.arrived:
        yield Note("dataset", "The batch of an earlier start had not arrived. Its requests are drawn anew.")
        return
    ends, values = outcome.endings, {"answered": outcome.answered, "n": batch.requests}
    yield Note("dataset", "The batch has ended: {answered} of {n} requests are answered.", values)
    if ends[REFUSED]:
        yield Note("dataset", "Claude declined {n} requests of the batch.", {"n": ends[REFUSED]}, "warning")
    if without := sum(ends[ending] for ending in WITHOUT_ANSWER):
        text = "{n} requests of the batch came back without an answer and cost nothing."
        yield Note("dataset", text, {"n": without}, "warning")
    if ends["lost"]:
        text = "The results of {n} requests are no longer at Anthropic. They count at the most they can have cost."
        yield Note("dataset", text, {"n": ends["lost"]}, "warning")

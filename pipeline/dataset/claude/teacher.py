"""`ClaudeTeacher`: pairs from Claude's API, handed on while further requests are under way.

In: the run's store, settings, the key and how many pairs are still missing. Out: pairs, notes and the meter, lazily. What
an earlier start has paid for is handed on first and free, and its batches are waited for. Limit: only what the same settings
asked for is found again.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from itertools import count, islice, takewhile
from pathlib import Path
from typing import TypeVar

from pipeline.config import DatasetConfig
from pipeline.database.schema import Schema
from pipeline.dataset.claude.batches import fitting
from pipeline.dataset.claude.client import UNANSWERED, WITHOUT_ANSWER, Reply
from pipeline.dataset.claude.estimate import Prompts, count_prompts, estimate, tokens_at_most, told
from pipeline.dataset.claude.flight import Flight
from pipeline.dataset.claude.line import TICK, Line
from pipeline.dataset.claude.models import BATCH, worst
from pipeline.dataset.claude.orders import Orders
from pipeline.dataset.claude.overnight import Overnight
from pipeline.dataset.claude.pace import Patience
from pipeline.dataset.claude.request import PAIRS, Request, build
from pipeline.errors import UserError
from pipeline.records import Event, Note, Pair, Spent, Unanswerable
from pipeline.store import Store

MARGIN = 1.1
"""A batch is by so much larger than what is likely to be needed, because another one may take another day."""
MOST_TRIES = 3
"""Times that a request is sent in a batch which brings no answer to it; others are drawn in its place then."""

Told = Iterator[Pair | Event]
T = TypeVar("T")


@dataclass(frozen=True)
class Needs:
    """What the stage wants, asked again and again."""

    missing: Callable[[], int]
    """How many pairs are still to be kept."""
    stop: Callable[[], bool]
    databases: Sequence[Path] = ()
    """Where the queries that Claude only words take their values from."""


class ClaudeTeacher(Flight[Request]):
    """Writes pairs through the API: one start of the dataset stage."""

    name = "claude"

    def __init__(
        self, store: Store, config: DatasetConfig, key: str, needs: Needs, patience: Patience | None = None
    ) -> None:
        """Raises UserError for a key that cannot be one, and for an unknown model."""
        super().__init__(store, config, key, patience)
        self.needs = needs
        self._wanted = needs.missing()

    def _brought(self) -> bool:
        """Whether a pair was handed on, paid for now or before."""
        return self._handed > 0

    def pairs(self, schema: Schema, wanted: int, languages: Sequence[str]) -> Told:
        """Pairs until none is missing, about `wanted` have been asked for, or the cap is reached.

        Raises UserError when Claude refuses the key, the account or the model, and when it cannot be reached, but first
        hands on what the other requests under way bring.
        """
        self.config = replace(self.config, languages=tuple(languages))
        self._orders = Orders(self.store, self.config, schema, self.needs.databases)
        self.store.write_off()  # what a killed process had under way
        line = Line(self.client.close)
        try:
            yield from self._replay(schema)
            if self._wants_more() and self.store.open_batches():
                yield from Overnight(self.client, line, self.needs.stop).go_on()
                yield self._meter()
                yield from self._replay(schema)
            if self._wants_more():
                yield from self._write(line, schema, math.ceil(wanted / PAIRS))
        except UserError as error:
            raise self._with_kept(error) from None
        finally:
            line.close()
            self.store.write_off()

    def _wants_more(self) -> bool:
        return not self.needs.stop() and self.needs.missing() > 0

    def _replay(self, schema: Schema) -> Told:
        """What was paid for and has not been judged yet."""
        kept = {row["hash"]: row for row in self.store.replies() if row["ending"] not in UNANSWERED}
        for number in range(1 + max((row["number"] for row in kept.values()), default=-1)):
            order = self._orders.known(number)
            request = build(schema, self.config.model, order) if order else None
            if request and (row := kept.get(request.hash)) is not None:
                yield from self._hand_on(request, row["id"], row["body"], row["used"])

    def _write(self, line: Line, schema: Schema, most: int) -> Told:
        prompts = self._wait(line.send(count_prompts(self.client, schema, self.config)))
        if prompts is None:
            return
        yield told(estimate(prompts, replace(self.config, pairs=self.needs.missing())), self.config)
        if self.config.batches:
            yield from self._send_batches(Overnight(self.client, line, self.needs.stop), schema, prompts, most)
        else:
            yield from self._send_singly(line, schema, prompts, most)
        if self._failure and self._wants_more():
            raise self._failure

    def _send_batches(self, overnight: Overnight, schema: Schema, prompts: Prompts, most: int) -> Told:
        """One batch after the other, each as large as what is missing; `most` requests in all."""
        while self._wants_more() and not self._over and most > 0:
            bringing = PAIRS * self._rate() * (1 - self.config.unanswerable)
            number = min(most, math.ceil(MARGIN * self.needs.missing() / bringing))
            drawn = takewhile(lambda _: not self.needs.stop(), islice(self._unanswered(schema), number))
            requests = list(fitting(drawn))
            if self.needs.stop():
                return
            prices = [BATCH * self._price(request, prompts) for request in requests]
            newest = self._wait(overnight.line.send(overnight.api.newest()))
            if newest is None:
                return
            try:
                priced = zip((request.row for request in requests), prices, strict=True)
                batch = self.store.open_batch(priced, newest, self.config.max_dollars)
            except UserError as error:  # of the purse
                yield from self._end_of_money(error)
                return
            if batch is None:
                yield from self._end_of_money(self._no_room(prices[0]))
                return
            most -= batch.requests
            outcome = yield from overnight.send(batch, requests[: batch.requests])
            for request in requests:
                self._orders.answered(request.number)
            self._answered += outcome.answered if outcome else 0
            yield self._meter()
            yield from self._replay(schema)

    def _send_singly(self, line: Line, schema: Schema, prompts: Prompts, most: int) -> Told:
        requests = islice(self._unanswered(schema), most)
        while self._wants_more():
            yield from self._send(line, requests, prompts)
            while self.client.notes:
                yield self.client.notes.popleft()
            if not self._flying:
                break
            for done in wait(self._flying, TICK, FIRST_COMPLETED).done:
                yield from self._take(done)
                break  # the others after a look at what may be sent
        if not (self._failure and self._wants_more()):
            yield from self._wait_for_the_rest()

    def _wait_for_the_rest(self) -> Iterator[Spent]:
        """What is under way when no pair is missing any more is paid for: it is kept for the next start."""
        if self._flying and not self.needs.stop():
            while wait(self._flying, TICK).not_done and not self.needs.stop():
                pass
            yield self._meter()

    def _wait(self, future: Future[T]) -> T | None:
        """What came of it, or None when somebody stopped."""
        while not self.needs.stop():
            if wait([future], TICK).done:
                return future.result()
        return None

    def _request(self, schema: Schema, number: int) -> Request:
        return build(schema, self.config.model, self._orders.order(number))

    def _unanswered(self, schema: Schema) -> Iterator[Request]:
        """Requests in the order of their numbers, without those that have been answered, or tried too often."""
        rows = self.store.replies()
        tried = Counter(row["hash"] for row in rows if row["ending"] in WITHOUT_ANSWER)
        done = {row["hash"] for row in rows if row["ending"] not in UNANSWERED}
        done |= {each for each, times in tried.items() if times >= MOST_TRIES}
        return (request for number in count() if (request := self._request(schema, number)).hash not in done)

    def _send(self, line: Line, requests: Iterator[Request], prompts: Prompts) -> Iterator[Note]:
        """As many requests as may be under way, as long as what they will bring is missing; tells when money ends."""
        pace = self.client.pace
        while not self._over and len(self._flying) < pace.limit and self._short():
            request = next(requests, None)
            if request is None:
                self._over = True
                return
            pace.size = tokens_at_most(request, prompts) + request.params["max_tokens"]
            price = self._price(request, prompts)
            try:
                row = self.store.reserve(request.row, price, self.config.max_dollars)
            except UserError as error:  # of the purse
                yield from self._end_of_money(error)
                return
            if row is None:
                yield from self._end_of_money(self._no_room(price))
                return
            self._flying[line.send(self.client.ask(request, row, price))] = request

    def _short(self) -> bool:
        """Whether what is under way will not bring what is missing, going by the share that was kept until now."""
        return len(self._flying) * PAIRS * self._rate() < self.needs.missing()

    def _rate(self) -> float:
        """The share of Claude's pairs that are kept, as far as this start has seen."""
        return (self._wanted - self.needs.missing() + 8) / (self._handed + 10)

    def _price(self, request: Request, prompts: Prompts) -> float:
        """Dollars that a request may cost at most, by itself."""
        return worst(request.model, tokens_at_most(request, prompts), request.params["max_tokens"])

    def _take(self, done: Future[Reply]) -> Told:
        """Hand on what one request brought, and the meter."""
        request = self._flying.pop(done)
        self._orders.answered(request.number)
        reply = yield from self._land(done)
        if reply is not None:
            yield self._meter(sum(isinstance(each, Pair) for each in request.read(reply.text)))
            yield from self._hand_on(request, reply.row, reply.text, 0)

    def _hand_on(self, request: Request, row: int, text: str, used: int) -> Told:
        """The pairs of a reply that have not been judged; each is marked when the next is asked for.

        Questions that the schema cannot answer are no pairs: they are kept at once.
        """
        self._orders.answered(request.number)
        for number, item in enumerate(list(request.read(text))[used:], used + 1):
            if isinstance(item, Unanswerable):
                self.store.add_unanswerable([item])
            elif not self._wants_more():
                return  # it stays for the next start
            elif isinstance(item, Pair):
                self._handed += 1
                yield item
            self.store.mark_used(row, number)

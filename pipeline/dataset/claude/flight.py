"""`Flight`: one start of asking Claude: what is under way, how replies end, and the meter.

In: the run's store, settings and the key; then requests whose cost is reserved, as futures. Out: notes, the meter, and the
reply of each request that was answered. Limit: what to ask and what to make of a reply is left to who extends it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import Future
from typing import Generic, TypeVar

from pipeline.config import DatasetConfig
from pipeline.dataset.claude.client import CAPPED, REFUSED, Client, Reply
from pipeline.dataset.claude.complaints import check_key, declined, no_room, with_kept
from pipeline.dataset.claude.models import find_model
from pipeline.dataset.claude.pace import Patience
from pipeline.errors import UserError
from pipeline.records import Note, Spent
from pipeline.store import Store

MOST_DECLINED = 8
"""Refusals in a row, then the schema or the model has to change."""

Asked = TypeVar("Asked")
"""What is remembered of a request under way."""


class Flight(Generic[Asked]):
    """What has happened since the start."""

    def __init__(self, store: Store, config: DatasetConfig, key: str, patience: Patience | None = None) -> None:
        """Raises UserError for a key that cannot be one, and for an unknown model."""
        find_model(config.model)
        self.store, self.config = store, config
        self.client = Client(store, config, check_key(key), patience or Patience())
        self._flying: dict[Future[Reply], Asked] = {}
        self._answered = 0
        """Requests."""
        self._handed = 0
        """Pairs, or answers, that were handed on."""
        self._declined = 0
        """Of the last requests, in a row."""
        self._over = False
        """Nothing more is sent."""
        self._failure: UserError | None = None
        """What to end with once all that is under way has come."""

    def _brought(self) -> bool:
        """Whether anything has come of this start: then the end of the money is no failure."""
        return self._answered > 0

    def _fail(self, error: UserError) -> None:
        """Nothing more is sent; the first complaint is the one to end with."""
        self._over, self._failure = True, self._failure or error

    def _no_room(self, price: float) -> UserError:
        return no_room(price, self.store.spent(reserved=True), self.config.max_dollars)

    def _end_of_money(self, error: UserError) -> Iterator[Note]:
        """Nothing more is sent; a complaint where that is all there is to say about this start."""
        self._over = True
        if self._brought() or self._flying:
            error = self._with_kept(error)
            yield Note("dataset", error.template, error.values, "warning")
        else:
            self._failure = error

    def _with_kept(self, error: UserError) -> UserError:
        return with_kept(error, len(self.store.pairs(ok=True)))

    def _land(self, done: Future[Reply]) -> Generator[Note, None, Reply | None]:
        """The reply of a request that is under way no more; None where it failed or there was no money for it."""
        try:
            reply = done.result()
        except UserError as error:
            self._fail(error)
            return None
        if reply.ending == CAPPED:
            yield from self._end_of_money(self._no_room(reply.worst))
            return None
        self._answered += 1
        self._declined = self._declined + 1 if reply.ending == REFUSED else 0
        if reply.ending == REFUSED:
            values = {"category": reply.category or "-"}
            yield Note("dataset", "Claude declined a request ({category}). The next one goes on.", values, "warning")
        if self._declined == MOST_DECLINED:
            self._fail(declined(MOST_DECLINED))
        return reply

    def _meter(self, coming: int = 0) -> Spent:
        """Dollars and counts by now, with what is `coming` of the reply that is about to be handed on."""
        spent, asked = self.store.spent(), self._handed + coming
        return Spent("dataset", spent, self.config.max_dollars, self._answered, asked)

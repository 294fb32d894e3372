"""A batch at Anthropic: sent once, waited for, read until every reply is in the store.

In: an `OpenBatch` of the store, with its requests when it is new. Out: an `Outcome`; replies are settled one by one as they
are read, in any order, so that each step can break off and be taken again. A batch whose sending broke off is looked for in
the API's listing by the ids of its results before it is sent again. Limit: those are readable only when a batch has ended.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from time import time
from typing import TYPE_CHECKING, Any, TypeVar

from pipeline.dataset.claude.client import REFUSED, WITHOUT_ANSWER, Client
from pipeline.dataset.claude.complaints import NO_BATCH, no_batch
from pipeline.dataset.claude.models import BATCH, cost
from pipeline.dataset.claude.request import Request
from pipeline.errors import UserError
from pipeline.store.batches import OpenBatch

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic
    from anthropic.types.messages import MessageBatch, MessageBatchIndividualResponse

T = TypeVar("T")
MOST_REQUESTS = 10_000
MOST_BYTES = 64_000_000
"""Of all requests of a batch as JSON; the API takes 256 MB, but all of it is in memory several times."""
MOST_LISTED = 1_000
"""Batches looked through for one whose sending broke off."""
POLL_TRIES = 2_000
"""Failures in a row of waiting for a batch, at up to a minute each: longer than any batch lives."""
GROWTH = 1.5
READ_TRIES = 5


@dataclass
class Outcome:
    """What came of a batch."""

    arrived: bool = True
    endings: Counter[str] = field(default_factory=Counter)
    """The API's `stop_reason` of the answered, else `errored`, `expired`, `canceled`, `lost`."""
    said: str = ""
    """Why the first of the errored was."""

    @property
    def answered(self) -> int:
        """Requests that brought a message, refusals too."""
        return sum(n for ending, n in self.endings.items() if ending not in WITHOUT_ANSWER | {"lost"})


def fitting(requests: Iterable[Request]) -> Iterator[Request]:
    """As many requests as one batch takes."""
    size = 0
    for request in islice(requests, MOST_REQUESTS):
        size += len(json.dumps(request.params)) + 100
        if size > MOST_BYTES:
            return
        yield request


class Batches:
    """The Batches API with the patience of a `Client`."""

    def __init__(self, client: Client) -> None:
        self.client, self.store = client, client.store

    async def newest(self) -> str:
        """The id of the newest batch there is, empty where there is none."""

        async def first(sdk: AsyncAnthropic) -> str:
            return next((batch.id for batch in (await sdk.messages.batches.list(limit=1)).data), "")

        return await self._call(first)

    async def through(self, batch: OpenBatch, requests: Sequence[Request] = ()) -> Outcome:
        """Send it where it is new, wait until it has ended, keep what it brought. Raises UserError, and may be called again."""
        name = batch.name or await (self._send(batch, requests) if requests else self._find(batch))
        if not name:
            self.store.drop_batch(batch)
            return Outcome(arrived=False)
        self.store.name_batch(batch.row, name)
        return await self._collect(batch, await self._ended(name))

    async def cancel(self, batch: OpenBatch) -> Outcome:
        """Have Anthropic end it, and keep what it had brought; one that the API does not know counts at its worst."""
        try:
            name = batch.name or await self._find(batch)
            if name:
                self.store.name_batch(batch.row, name)
                if (await self._look(name)).processing_status == "in_progress":
                    await self._call(lambda sdk: sdk.messages.batches.cancel(name))
            return await self.through(batch)
        except UserError as error:
            if error.template != NO_BATCH:
                raise
            return Outcome(endings=Counter(lost=self.store.close_batch(batch)))

    async def _send(self, batch: OpenBatch, requests: Sequence[Request]) -> str:
        """The id of the new batch. Raises UserError when it has not arrived and sending it again does not help."""
        import anthropic

        client, failures = self.client, 0
        wire: Any = [{"custom_id": batch.id_of(each.hash), "params": each.params} for each in requests]
        while True:
            await client.pace.clear()
            try:
                sdk = await client.sdk()
                return (await sdk.messages.batches.create(requests=wire)).id
            except anthropic.APIError as error:
                failures += 1
                final = client.final(error, failures)
                refused = isinstance(error, anthropic.APIStatusError) and error.status_code < 500
                if not refused and client.reached and (name := await self._find(batch)):
                    return name
                if final is not None:
                    self.store.drop_batch(batch)
                    raise final from None  # the error's own request carries the key
                client.push_back(error, failures)

    async def _find(self, batch: OpenBatch) -> str:
        """The id of a batch whose sending broke off, empty where it has not arrived."""
        while not (near := await self._call(lambda sdk: self._listed(sdk, batch))):
            if time() - batch.at > self.client.pace.patience.arrival:
                return ""
            await asyncio.sleep(min(1.0, self.client.pace.patience.poll))
        for name in near:
            await self._ended(name)
            if await self._call(lambda sdk, name=name: self._is_ours(sdk, name, batch)):  # type: ignore[misc]  # mypy and defaults
                return name
        return ""

    async def _listed(self, sdk: AsyncAnthropic, batch: OpenBatch) -> list[str]:
        """Batches of the same size that are newer than the newest there was when this one was made."""
        found, seen = [], 0
        async for each in sdk.messages.batches.list(limit=100):
            if each.id == batch.before or (seen := seen + 1) > MOST_LISTED:
                break
            counts = each.request_counts
            total = counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired
            if total == batch.requests and each.archived_at is None:
                found.append(each.id)
        return found

    async def _is_ours(self, sdk: AsyncAnthropic, name: str, batch: OpenBatch) -> bool:
        results = await sdk.messages.batches.results(name)
        try:
            async for line in results:
                return line.custom_id.startswith(f"{batch.mark}-")
            return False
        finally:
            await results.close()

    async def _look(self, name: str) -> MessageBatch:
        return await self._call(lambda sdk: sdk.messages.batches.retrieve(name), name)

    async def _ended(self, name: str) -> MessageBatch:
        """Wait for its end."""
        pause = self.client.pace.patience.poll
        while (batch := await self._look(name)).processing_status != "ended":
            await asyncio.sleep(pause)
            pause = min(pause * GROWTH, self.client.pace.patience.longest_poll)
        return batch

    async def _collect(self, batch: OpenBatch, ended: MessageBatch) -> Outcome:
        """Keep all results; what a few readings do not bring is counted at its worst."""
        outcome = Outcome()
        for _ in range(READ_TRIES if ended.results_url else 0):  # none: it is archived, after 29 days
            rows = self.store.awaited(batch)
            if not rows:
                break
            await self._call(lambda sdk, rows=rows: self._read(sdk, ended.id, rows, outcome))  # type: ignore[misc]  # as above
        if lost := self.store.close_batch(batch):
            outcome.endings["lost"] += lost
        return outcome

    async def _read(self, sdk: AsyncAnthropic, name: str, rows: dict[str, dict[str, Any]], outcome: Outcome) -> None:
        results = await sdk.messages.batches.results(name)
        try:
            async for line in results:
                if (row := rows.pop(line.custom_id, None)) is not None:
                    self._keep(row, line, outcome)
        finally:
            await results.close()

    def _keep(self, row: dict[str, Any], line: MessageBatchIndividualResponse, outcome: Outcome) -> None:
        """Settle one reply; a result of an unknown kind is left to be counted at its worst."""
        result = line.result
        if result.type == "succeeded":
            message = result.message
            usage = message.usage.model_dump(mode="json", exclude_none=True)
            ending: str = message.stop_reason or "cut"
            text = "" if ending == REFUSED else "".join(part.text for part in message.content if part.type == "text")
            self.store.settle(row["id"], ending, text, usage, cost(row["model"], usage, BATCH))
        elif result.type in WITHOUT_ANSWER:
            ending = str(result.type)
            self.store.settle(row["id"], ending, "", {}, 0.0)
            if result.type == "errored":
                outcome.said = outcome.said or self.client.quoted(result.error.error.message)
        else:
            return
        outcome.endings[ending] += 1

    async def _call(self, do: Callable[[AsyncAnthropic], Awaitable[T]], name: str = "") -> T:
        """What `do` returns, however often it takes; `name` is the batch it is about.

        Raises UserError where trying again does not help.
        """
        import anthropic
        import httpx2

        client, failures = self.client, 0
        while True:
            await client.pace.clear()
            try:
                found = await do(await client.sdk())
                client.reached = True
                return found
            except (anthropic.APIError, httpx2.HTTPError, ValueError) as error:  # ValueError: a line that is no JSON
                failures += 1
                if name and isinstance(error, anthropic.NotFoundError):
                    raise no_batch(name) from None
                final = client.final(error, failures, POLL_TRIES)
                if final is not None:
                    raise final from None  # the error's own request carries the key
                client.push_back(error, failures)

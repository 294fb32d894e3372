"""One request to Claude, whatever happens on the way: tried again, waited for, recovered, and paid for in the store.

In: a request and the row that reserves its cost. Out: a `Reply` that the store already holds, or a UserError. What came
before a break is kept as far as it goes; only a break that left no whole pair is asked again, so nothing is paid twice.
Limit: what a broken reply cost is judged by its length, because the API tells it only at the end.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipeline.config import DatasetConfig
from pipeline.dataset.claude.complaints import complaint, gave_up, quoted
from pipeline.dataset.claude.models import cost
from pipeline.dataset.claude.pace import Pace, Patience
from pipeline.dataset.claude.request import Request
from pipeline.errors import UserError
from pipeline.records import Note
from pipeline.store import Store

if TYPE_CHECKING:
    from anthropic import APIStatusError, AsyncAnthropic

WITHOUT_ANSWER = frozenset({"errored", "expired", "canceled"})
"""How requests of a batch end that cost nothing."""
UNANSWERED = frozenset({"open", "lost", "failed"}) | WITHOUT_ANSWER
"""How a request stands in the store that is asked again; what else stands there is the API's `stop_reason`, `cut`, or
`batched` as long as its batch is at Anthropic."""
REFUSED = "refusal"
CAPPED = "capped"
COUNT_SECONDS = 10.0
SILENCE = 120.0
"""Seconds without a byte; the API sends pings while it works."""
EARLY_TRIES = 4
"""Tries of a connection that never worked: 2 to 4 s, then somebody should look at it."""
WORTH_TELLING = 5.0
"""Seconds of waiting that people should know of."""
BYTES_A_TOKEN = 3
"""Of a broken reply: rather too few, so that it is not counted too cheap."""


@dataclass(frozen=True)
class Reply:
    """What came of a request; the store holds it under `row`."""

    row: int
    text: str
    ending: str
    """The API's `stop_reason`; `cut` where it broke off; `capped` where a second try would have passed the cap."""
    category: str = ""
    """Of a refusal."""
    worst: float = 0.0
    """Of a capped one: the dollars there was no room for."""


@dataclass
class _Heard:
    """What one try has brought so far."""

    text: str = ""
    thought: int = 0
    """Bytes of thinking that were shown."""
    usage: dict[str, Any] = field(default_factory=dict)
    ending: str = ""
    category: str = ""

    def take(self, event: Any) -> None:
        """Add one event of the stream."""
        if event.type == "message_start":
            self.usage = event.message.usage.model_dump(mode="json", exclude_none=True)
        elif event.type == "content_block_delta":
            self.text += getattr(event.delta, "text", None) or ""
            self.thought += len((getattr(event.delta, "thinking", None) or "").encode())
        elif event.type == "message_delta":
            self.usage |= event.usage.model_dump(mode="json", exclude_none=True)
            self.ending = event.delta.stop_reason or ""
            self.category = getattr(getattr(event.delta, "stop_details", None), "category", None) or ""

    def bill(self, most: int) -> dict[str, Any]:
        """The usage; of a broken reply, its output judged by what came."""
        if self.ending:
            return self.usage
        judged = math.ceil((len(self.text.encode()) + self.thought) / BYTES_A_TOKEN)
        return {**self.usage, "output_tokens": min(most, max(judged, int(self.usage.get("output_tokens") or 0)))}


class Client:
    """Asks Claude; one for all requests of a start, on one event loop."""

    def __init__(self, store: Store, config: DatasetConfig, key: str, patience: Patience) -> None:
        self.store = store
        self.config = config
        self.pace = Pace(patience)
        self.notes: deque[Note] = deque()
        """What people should know, for the teacher to hand on."""
        self._key = key
        self._sdk: AsyncAnthropic | None = None
        self.reached = False
        """Whether the API has ever said anything."""

    async def sdk(self) -> AsyncAnthropic:
        """The SDK's client, made when first needed: importing it takes 2 s."""
        if self._sdk is None:
            from anthropic import AsyncAnthropic, Timeout

            self._sdk = AsyncAnthropic(api_key=self._key, max_retries=0, timeout=Timeout(SILENCE, connect=10.0))
        return self._sdk

    def quoted(self, said: str) -> str:
        """The API's own words without the key."""
        return quoted(said, self._key)

    def complaint(self, error: APIStatusError) -> UserError | None:
        """What an error of the API means, or None where trying again may help."""
        return complaint(error, self.config.model, self._key)

    async def close(self) -> None:
        """Let go of the connections."""
        if self._sdk is not None:
            await self._sdk.close()

    async def count(self, request: Request) -> int | None:
        """Tokens of a request's prompt as Claude counts them, free of charge; None where it does not answer.

        Raises UserError where it refuses.
        """
        import anthropic

        counted = {name: value for name, value in request.params.items() if name != "max_tokens"}
        try:
            sdk = await self.sdk()
            return (await sdk.messages.count_tokens(**counted, timeout=COUNT_SECONDS)).input_tokens
        except anthropic.APIStatusError as error:
            if (refused := self.complaint(error)) is not None:
                raise refused from None  # the error's own request carries the key
        except anthropic.APIConnectionError:
            pass  # one does without it
        return None

    async def ask(self, request: Request, row: int, worst: float) -> Reply:
        """The reply, kept in the store before anybody uses it. Raises UserError where trying again does not help."""
        failures = 0
        while True:
            await self._clear(row)
            heard, error = await self._try(request, row)
            if heard.ending or request.read(heard.text):
                return self._keep(request, row, heard)
            if heard.usage:  # paid, and nothing in it
                self._settle(request, row, "failed", heard)
                again = self.store.reserve(request.row, worst, self.config.max_dollars)
                if again is None:
                    return Reply(row, "", CAPPED, worst=worst)
                row = again
            failures += 1
            if (final := self.final(error, failures)) is not None:
                self.store.release(row)
                raise final from None  # the error's own request carries the key
            self.push_back(error, failures)

    async def _clear(self, row: int) -> None:
        try:
            await self.pace.clear()
        except asyncio.CancelledError:
            self.store.release(row)
            raise

    async def _try(self, request: Request, row: int) -> tuple[_Heard, Exception | None]:
        """One try: what it brought, and what broke it off, if anything did."""
        import anthropic
        import httpx2

        heard = _Heard()
        try:
            async for event in self._events(request):
                heard.take(event)
        except (anthropic.APIError, httpx2.HTTPError, ValueError) as error:  # ValueError: an event that is no JSON
            return heard, error
        except asyncio.CancelledError:
            self._keep_cancelled(request, row, heard)
            raise
        return heard, None

    async def _events(self, request: Request) -> AsyncIterator[Any]:
        sdk = await self.sdk()
        before = self.pace.listening
        async with await sdk.messages.create(**request.params, stream=True) as stream:
            self.reached = True
            self.pace.began(stream.response.headers, before)
            try:
                async for event in stream:
                    yield event
            finally:
                self.pace.closed()

    def _keep(self, request: Request, row: int, heard: _Heard) -> Reply:
        if heard.ending:
            self.pace.ended()
        text = self._settle(request, row, heard.ending or "cut", heard)
        return Reply(row, text, heard.ending or "cut", heard.category)

    def _keep_cancelled(self, request: Request, row: int, heard: _Heard) -> None:
        """Somebody stopped it. Before a reply begins nobody knows what it costs: its reserve stays."""
        if heard.usage:
            self._settle(request, row, "cut" if request.read(heard.text) else "failed", heard)

    def _settle(self, request: Request, row: int, ending: str, heard: _Heard) -> str:
        """Keep it in the store; the text that may be used."""
        usage = heard.bill(request.params["max_tokens"])
        text = "" if ending == REFUSED else heard.text
        self.store.settle(row, ending, text, usage, cost(request.model, usage))
        return text

    def final(self, error: Exception | None, failures: int, tries: int = 0) -> UserError | None:
        """The UserError to give up with, or None to try again; `tries` in the place of those of the patience."""
        import anthropic

        status = error.status_code if isinstance(error, anthropic.APIStatusError) else 0
        if isinstance(error, anthropic.APIStatusError) and (refused := self.complaint(error)) is not None:
            return refused
        offline = isinstance(error, anthropic.APIConnectionError)
        if failures < (EARLY_TRIES if offline and not self.reached else tries or self.pace.patience.tries):
            return None
        return gave_up(failures, status, offline)

    def push_back(self, error: Exception | None, failures: int) -> None:
        """Leave Claude alone for a while, longer with each failure in a row; a long wait is told."""
        import anthropic

        response = error.response if isinstance(error, anthropic.APIStatusError) else None
        self.reached = self.reached or response is not None
        headers: Mapping[str, str] = response.headers if response is not None else {}
        seconds = self.pace.pushed_back(failures, headers)
        if seconds >= WORTH_TELLING:
            self.notes.append(
                Note("dataset", "Claude is busy. The next try is in {seconds:.0f} s.", {"seconds": seconds})
            )

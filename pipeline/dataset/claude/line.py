"""An event loop in a thread of its own, so that requests are under way while pairs are judged, and can be ended at once.

In: coroutines. Out: futures to wait for. `close()` cancels what still runs and comes back within about a second.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future, TimeoutError
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")
TICK = 0.1
"""Seconds between two looks of who waits for a future at whether to stop."""
PATIENCE = 0.8
"""Seconds that what is cancelled has to put its things in order."""


class Line:
    """Open until `close()`."""

    def __init__(self, close: Callable[[], Awaitable[None]]) -> None:
        """`close` is awaited at the end, when nothing runs any more."""
        self._close = close
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="claude", daemon=True)
        self._thread.start()

    def send(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Start it; the future holds what it returns or raises."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def close(self) -> None:
        """Cancel what runs, let it finish its handlers, and end the thread."""
        with suppress(TimeoutError):  # the loop is busy with an import: it ends when that is done
            self.send(self._end()).result(PATIENCE + 0.2)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(0.2)

    async def _end(self) -> None:
        running = asyncio.all_tasks() - {asyncio.current_task()}
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=PATIENCE)
        await self._close()

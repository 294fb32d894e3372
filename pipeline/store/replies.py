"""Replies of Claude's API: a row per request sent, its dollars the most it can cost until it has ended."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from pipeline.errors import UserError
from pipeline.store.base import Base, Tables

COLUMNS = {
    "id": int, "hash": str, "number": int, "model": str, "ending": str, "body": str, "usage": str, "dollars": float,
    "at": float, "used": int,
}  # fmt: skip
PENDING = "('open', 'batched')"
"""How requests stand that may still cost less than was set aside: of a live process, and of a batch at Anthropic."""


class Purse(Protocol):
    """Who else has a say where money is spent, such as a Space whose owner pays. Rows are those of the replies."""

    def reserve(self, row: int, dollars: float) -> None:
        """Set dollars aside. Raises UserError where there are not so many left."""

    def settle(self, row: int, dollars: float) -> None:
        """What it cost in the end; 0 where nothing."""


class Replies(Base):
    """What was asked of Claude, what came back, and what it cost."""

    TABLES: ClassVar[Tables] = {"replies": (COLUMNS, "id")}
    purse: Purse | None = None
    """Asked beside the run's own cap as long as this store is open; None where the key is the visitor's own."""

    def reserve(self, request: Mapping[str, Any], dollars: float, cap: float) -> int | None:
        """Set `dollars` aside for a request (`hash`, `number`, `model`): its row, or None where that would pass `cap`.

        Raises UserError where the purse has no room.
        """
        with self._lock, self._db.atomic():
            if self.spent(reserved=True) + dollars > cap:
                return None
            return self._set_aside(request, dollars, "open")

    def _set_aside(self, request: Mapping[str, Any], dollars: float, ending: str) -> int:
        row = {**request, "ending": ending, "body": "", "usage": "{}", "dollars": dollars, "at": time.time(), "used": 0}
        number = int(self._db["replies"].insert(row).last_pk)
        try:
            if self.purse:
                self.purse.reserve(number, dollars)
        except UserError:
            self._db["replies"].delete(number)
            raise
        return number

    def settle(self, row: int, ending: str, body: str, usage: Mapping[str, Any], dollars: float) -> None:
        """Keep how a request ended, what was said and what it cost."""
        values = {"ending": ending, "body": body, "usage": json.dumps(usage), "dollars": dollars, "at": time.time()}
        with self._lock, self._db.atomic():
            self._db["replies"].update(row, values)
        self._tell_purse(row, dollars)

    def release(self, row: int) -> None:
        """Drop a request that cost nothing."""
        with self._lock, self._db.atomic():
            self._db["replies"].delete(row)
        self._tell_purse(row, 0.0)

    def _tell_purse(self, row: int, dollars: float) -> None:
        if self.purse:
            self.purse.settle(row, dollars)

    def write_off(self) -> None:
        """Count requests of which nothing more will be heard at the most they can have cost."""
        with self._lock, self._db.atomic():
            self._db.execute("update replies set ending = 'lost' where ending = 'open'")

    def mark_used(self, row: int, pairs: int) -> None:
        """So many pairs of this reply have been judged."""
        with self._lock, self._db.atomic():
            self._db["replies"].update(row, {"used": pairs})

    def replies(self) -> list[dict[str, Any]]:
        """Every request sent, in order, with `ending`: `open` where nothing is known of how it ended."""
        with self._lock:
            return list(self._db.query("select * from replies order by id"))

    def spent(self, reserved: bool = False) -> float:
        """Dollars that requests have cost, or with `reserved` may cost together with those that have not ended."""
        where = "" if reserved else f" where ending not in {PENDING}"
        with self._lock:
            return float(next(self._db.query(f"select coalesce(sum(dollars), 0) as n from replies{where}"))["n"])

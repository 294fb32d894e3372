"""Replies of Claude's API: a row per request sent, its dollars the most it can cost until it has ended."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, ClassVar

from pipeline.store.base import Base, Tables

COLUMNS = {
    "id": int, "hash": str, "number": int, "model": str, "ending": str, "body": str, "usage": str, "dollars": float,
    "at": float, "used": int,
}  # fmt: skip


class Replies(Base):
    """What was asked of Claude, what came back, and what it cost."""

    TABLES: ClassVar[Tables] = {"replies": (COLUMNS, "id")}

    def reserve(self, request: Mapping[str, Any], dollars: float, cap: float) -> int | None:
        """Set `dollars` aside for a request (`hash`, `number`, `model`): its row, or None where that would pass `cap`."""
        row = {**request, "ending": "open", "body": "", "usage": "{}", "dollars": dollars, "at": time.time(), "used": 0}
        with self._lock, self._db.atomic():
            if self.spent(reserved=True) + dollars > cap:
                return None
            return int(self._db["replies"].insert(row).last_pk)

    def settle(self, row: int, ending: str, body: str, usage: Mapping[str, Any], dollars: float) -> None:
        """Keep how a request ended, what was said and what it cost."""
        values = {"ending": ending, "body": body, "usage": json.dumps(usage), "dollars": dollars, "at": time.time()}
        with self._lock, self._db.atomic():
            self._db["replies"].update(row, values)

    def release(self, row: int) -> None:
        """Drop a request that cost nothing."""
        with self._lock, self._db.atomic():
            self._db["replies"].delete(row)

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
        where = "" if reserved else " where ending != 'open'"
        with self._lock:
            return float(next(self._db.query(f"select coalesce(sum(dollars), 0) as n from replies{where}"))["n"])

"""Batches at Anthropic: what was sent together, under which mark, and whether all of it has come back.

A batch and the reserves of its requests are in the store before it is sent, its name as soon as there is one. Requests in,
an `OpenBatch` out, whose replies are found by the id that each request carries. Limit: what a batch asked is not kept here,
so one that never arrived is dropped and drawn again.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pipeline.errors import UserError
from pipeline.store.base import Tables
from pipeline.store.replies import Replies

COLUMNS = {"id": int, "name": str, "mark": str, "before": str, "requests": int, "at": float, "state": str}
HASH_LETTERS = 40
"""Of a request's hash in its id: with mark and hyphen 57 of the 64 letters that the API takes."""


@dataclass(frozen=True)
class OpenBatch:
    """A batch that is to be sent, or whose results are not all here."""

    row: int
    name: str
    """Anthropic's id; empty as long as nobody knows whether it arrived."""
    mark: str
    """How the ids of its requests begin: no other batch has it."""
    before: str
    """The newest batch there was when it was made; empty where there was none."""
    requests: int
    at: float
    """When it was made, seconds since 1970."""

    def id_of(self, request_hash: str) -> str:
        """The `custom_id` of a request."""
        return f"{self.mark}-{request_hash[:HASH_LETTERS]}"


class Batches(Replies):
    """The run's batches, each with the replies it is to bring."""

    TABLES: ClassVar[Tables] = {
        "batches": (COLUMNS, "id"),
        "batched": ({"reply": int, "batch": int}, "reply"),
    }

    def open_batch(
        self, requests: Iterable[tuple[Mapping[str, Any], float]], before: str, cap: float
    ) -> OpenBatch | None:
        """Set the dollars of as many requests aside as cap and purse have room for, in order; None where `cap` has for none.

        Raises UserError where the purse has room for none.
        """
        with self._lock, self._db.atomic():
            rows = self._all_set_aside(requests, cap)
            if not rows:
                return None
            made = {
                "name": "",
                "mark": secrets.token_hex(8),
                "before": before,
                "requests": len(rows),
                "at": time.time(),
            }
            batch = int(self._db["batches"].insert({**made, "state": "open"}).last_pk)
            self._db["batched"].insert_all({"reply": row, "batch": batch} for row in rows)
        return OpenBatch(batch, **made)  # type: ignore[arg-type]  # a dict of texts and numbers

    def _all_set_aside(self, requests: Iterable[tuple[Mapping[str, Any], float]], cap: float) -> list[int]:
        spent, rows = self.spent(reserved=True), list[int]()
        for request, dollars in requests:
            spent += dollars
            if spent > cap:
                break
            try:
                rows.append(self._set_aside(request, dollars, "batched"))
            except UserError:
                if not rows:
                    raise
                break
        return rows

    def name_batch(self, batch: int, name: str) -> None:
        """Anthropic has it, under this id."""
        with self._lock, self._db.atomic():
            self._db["batches"].update(batch, {"name": name})

    def open_batches(self) -> list[OpenBatch]:
        """Those whose results are not all here, in order."""
        with self._lock:
            rows = list(self._db.query("select * from batches where state = 'open' order by id"))
        return [
            OpenBatch(row["id"], row["name"], row["mark"], row["before"], row["requests"], row["at"]) for row in rows
        ]

    def awaited(self, batch: OpenBatch) -> dict[str, dict[str, Any]]:
        """The replies of a batch that have not come, by the `custom_id` of their request."""
        sql = "select r.* from replies r join batched b on b.reply = r.id where b.batch = ? and r.ending = 'batched'"
        with self._lock:
            return {batch.id_of(row["hash"]): row for row in self._db.query(sql, [batch.row])}

    def close_batch(self, batch: OpenBatch) -> int:
        """Nothing more will come of it: what is still awaited counts at the most it can have cost. How many that are."""
        left = [row["id"] for row in self.awaited(batch).values()]
        with self._lock, self._db.atomic():
            for row in left:
                self._db["replies"].update(row, {"ending": "lost"})
            self._db["batches"].update(batch.row, {"state": "closed"})
        return len(left)

    def drop_batch(self, batch: OpenBatch) -> None:
        """It never arrived and costs nothing."""
        left = [row["id"] for row in self.awaited(batch).values()]
        with self._lock, self._db.atomic():
            self._db["replies"].delete_where("id in (select reply from batched where batch = ?)", [batch.row])
            self._db["batched"].delete_where("batch = ?", [batch.row])
            self._db["batches"].delete(batch.row)
        for row in left:
            self._tell_purse(row, 0.0)

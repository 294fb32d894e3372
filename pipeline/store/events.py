"""Events: what a stage told, in order."""

from __future__ import annotations

import json
import time
from typing import Any, ClassVar

from pipeline.records import Event
from pipeline.store.base import Base, Tables


class Events(Base):
    """The run's history."""

    TABLES: ClassVar[Tables] = {"events": ({"id": int, "stage": str, "kind": str, "at": float, "body": str}, "id")}

    def _make_tables(self) -> None:
        new = not self._db["events"].exists()
        super()._make_tables()
        if new:
            self._db["events"].create_index(["stage", "id"])

    def add_event(self, event: Event) -> None:
        """Append an event to the run's history."""
        body = json.dumps(event.as_dict(), ensure_ascii=False)
        with self._lock, self._db.atomic():
            self._db["events"].insert({"stage": event.stage, "kind": event.kind, "at": time.time(), "body": body})

    def drop_events(self, *kinds: str) -> None:
        """Forget the events of these kinds, which only those who watched needed."""
        with self._lock, self._db.atomic():
            for kind in kinds:
                self._db["events"].delete_where("kind = ?", [kind])

    def events(self, stage: str = "", after: int = 0, kind: str = "") -> list[dict[str, Any]]:
        """Events in order, each as its dict with `id` and `at` (Unix seconds); filtered by stage, kind and id."""
        sql = "select id, at, body from events where id > :after"
        sql += " and stage = :stage" if stage else ""
        sql += " and kind = :kind" if kind else ""
        with self._lock:
            rows = list(self._db.query(sql + " order by id", {"after": after, "stage": stage, "kind": kind}))
        return [{**json.loads(row["body"]), "id": row["id"], "at": row["at"]} for row in rows]

    def last_event(self, stage: str, kind: str) -> dict[str, Any] | None:
        """The newest event of a kind, or None."""
        sql = "select id, at, body from events where stage = ? and kind = ? order by id desc limit 1"
        with self._lock:
            rows = list(self._db.query(sql, [stage, kind]))
        return {**json.loads(rows[0]["body"]), "id": rows[0]["id"], "at": rows[0]["at"]} if rows else None

    def forget_stage(self, stage: str) -> None:
        """Drop a stage's events, as a new start of it does."""
        with self._lock, self._db.atomic():
            self._db["events"].delete_where("stage = ?", [stage])

"""What requests to Claude ask for, kept before they are sent, so that a later start finds the same request again."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from pipeline.store.base import Base, Tables


class Orders(Base):
    """Blueprints by plan (whatever decides what is asked for) and number."""

    TABLES: ClassVar[Tables] = {"orders": ({"plan": str, "number": int, "body": str}, ("plan", "number"))}

    def order(self, plan: str, number: int) -> dict[str, Any] | None:
        """The blueprint of that request as a dict, or None where it has not been drawn."""
        with self._lock:
            rows = list(self._db.query("select body from orders where plan = ? and number = ?", [plan, number]))
        return json.loads(rows[0]["body"]) if rows else None

    def keep_order(self, plan: str, number: int, body: dict[str, Any]) -> None:
        """Keep a JSON-able blueprint."""
        row = {"plan": plan, "number": number, "body": json.dumps(body, ensure_ascii=True)}
        with self._lock, self._db.atomic():
            self._db["orders"].upsert(row, pk=("plan", "number"))

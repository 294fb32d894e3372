"""Which questions went to Claude for a second opinion, so that an answer that was paid for is found again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import ClassVar

from pipeline.store.base import Base, Tables

COLUMNS: dict[str, type] = {"hash": str, "about": str, "questions": str}


class Opinions(Base):
    """The questions of each request for opinions; its reply is among the replies, under the same hash."""

    TABLES: ClassVar[Tables] = {"questions": (COLUMNS, "hash")}

    def keep_questions(self, request: str, about: str, questions: Sequence[str]) -> None:
        """Remember what a request (its hash) asks; `about` says what its answers hold for."""
        row = {"hash": request, "about": about, "questions": json.dumps(list(questions), ensure_ascii=False)}
        with self._lock, self._db.atomic():
            self._db["questions"].upsert(row, pk="hash")

    def answered_questions(self, about: str) -> list[tuple[list[str], str]]:
        """Questions and text of every reply that holds for `about`, oldest first."""
        sql = (
            "select q.questions, r.body from questions q join replies r on r.hash = q.hash "
            "where q.about = ? and r.body <> '' order by r.id"
        )
        with self._lock:
            rows = list(self._db.query(sql, [about]))
        return [(json.loads(row["questions"]), row["body"]) for row in rows]

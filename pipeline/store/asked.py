"""The questions that a run's visitor asked, with the SQL each model wrote; rows of a database are never kept."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pipeline.store.base import Base, Tables

MOST_ASKED = 100


class Asked(Base):
    """The history of asking, the last hundred questions."""

    TABLES: ClassVar[Tables] = {"asked": ({"id": int, "at": float, "question": str, "answers": str}, "id")}

    def keep_asked(self, question: str, answers: Sequence[Mapping[str, Any]], row: int | None = None) -> int:
        """Keep a question and its JSON-able answers, a new one or in the place of `row`; returns its row."""
        kept = {"at": time.time(), "question": question, "answers": json.dumps(answers, ensure_ascii=False)}
        with self._lock, self._db.atomic():
            row = int(self._db["asked"].upsert({**kept, "id": row}, pk="id").last_pk if row else
                      self._db["asked"].insert(kept, pk="id").last_pk)  # fmt: skip
            self._db["asked"].delete_where("id <= ?", [row - MOST_ASKED])
        return row

    def forget_asked(self) -> None:
        """Drop the history, as another schema makes its SQL meaningless."""
        with self._lock, self._db.atomic():
            self._db["asked"].delete_where()

    def asked(self) -> list[dict[str, Any]]:
        """What was asked, newest first: `id`, `at` (seconds since 1970), `question`, `answers`."""
        with self._lock:
            rows = list(self._db.query("select * from asked order by id desc"))
        return [{**row, "answers": json.loads(row["answers"])} for row in rows]

"""Questions that the schema cannot answer, apart from the pairs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import ClassVar

from pipeline.records import Unanswerable
from pipeline.store.base import Base, Tables

COLUMNS = {"id": int, "question": str, "language": str, "source": str, "category": str, "split": str}


class Unanswered(Base):
    """The run's questions without an answer."""

    TABLES: ClassVar[Tables] = {"unanswerable": (COLUMNS, "id")}

    def add_unanswerable(self, questions: Iterable[Unanswerable]) -> None:
        """Append questions."""
        with self._lock, self._db.atomic():
            self._db["unanswerable"].insert_all(asdict(each) for each in questions)

    def replace_unanswerable(self, questions: Iterable[Unanswerable]) -> None:
        """Put these in the place of all there are, in one transaction."""
        with self._lock, self._db.atomic():
            self._db["unanswerable"].delete_where()
            self._db["unanswerable"].insert_all(asdict(each) for each in questions)

    def unanswerable(self) -> list[Unanswerable]:
        """All of them in the order they came."""
        sql = "select question, category, language, source, split from unanswerable order by id"
        with self._lock:
            return [Unanswerable(**row) for row in self._db.query(sql)]

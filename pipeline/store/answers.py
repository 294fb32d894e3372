"""Answers of the models that were scored, and their scores."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, ClassVar

from pipeline.records import Score
from pipeline.store.base import Base, Tables


class Answers(Base):
    """What base and tuned answered, and how right they were."""

    TABLES: ClassVar[Tables] = {
        "answers": ({"model": str, "number": int, "body": str}, ("model", "number")),
        "scores": ({"model": str, "body": str}, "model"),
    }

    def save_answer(self, model: str, number: int, body: dict[str, Any]) -> None:
        """Keep a model's answer to held-out question `number` (from 0)."""
        row = {"model": model, "number": number, "body": json.dumps(body, ensure_ascii=False)}
        with self._lock, self._db.atomic():
            self._db["answers"].upsert(row, pk=("model", "number"))

    def answers(self, model: str) -> list[dict[str, Any]]:
        """A model's answers by question number."""
        with self._lock:
            rows = list(self._db.query("select body from answers where model = ? order by number", [model]))
        return [json.loads(row["body"]) for row in rows]

    def save_score(self, score: Score) -> None:
        """Keep a score; one per model, the newest."""
        with self._lock, self._db.atomic():
            self._db["scores"].upsert({"model": score.model, "body": json.dumps(asdict(score))}, pk="model")

    def scores(self) -> dict[str, Score]:
        """The scores by model: `base`, `tuned`."""
        with self._lock:
            rows = list(self._db.query("select model, body from scores order by model"))
        return {row["model"]: Score(**json.loads(row["body"])) for row in rows}

    def forget_scores(self) -> None:
        """Drop answers, scores and their report, as a new training or a changed dataset makes them untrue."""
        (self.folder / "report.json").unlink(missing_ok=True)
        with self._lock, self._db.atomic():
            self._db["answers"].delete_where()
            self._db["scores"].delete_where()

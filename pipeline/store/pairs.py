"""Pairs as the gate judged them, kept and dropped."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, ClassVar

from pipeline.errors import UserError
from pipeline.records import JudgedPair, Pair, Verdict
from pipeline.store.base import Base, Tables

COLUMNS = {
    "id": int, "question": str, "sql": str, "language": str, "source": str, "ok": int, "reason": str, "detail": str,
    "template": str, "level": str, "split": str, "certificate": str,
}  # fmt: skip


class Pairs(Base):
    """The run's pairs."""

    TABLES: ClassVar[Tables] = {"pairs": (COLUMNS, "id")}

    def add_pairs(self, judged: Sequence[JudgedPair]) -> None:
        """Append pairs, kept and rejected."""
        with self._lock, self._db.atomic():
            self._db["pairs"].insert_all(map(_pair_row, judged))

    def replace_pairs(self, judged: Sequence[JudgedPair]) -> None:
        """Put these pairs in the place of all there are, in one transaction; each keeps its id."""
        with self._lock, self._db.atomic():
            self._db["pairs"].delete_where()
            self._db["pairs"].insert_all(map(_pair_row, judged))

    def put_pair(self, judged: JudgedPair) -> None:
        """Put this pair in the place of the one with its id; nothing happens where that is gone."""
        with self._lock, self._db.atomic():
            if next(self._db.query("select 1 from pairs where id = ?", [judged.id]), None):
                self._db["pairs"].update(judged.id, _pair_row(judged))

    def pairs(self, split: str = "", ok: bool | None = None) -> list[JudgedPair]:
        """Pairs in the order they came, of one split, or only the kept (`ok=True`) or rejected."""
        clauses = (["split = :split"] if split else []) + (["ok = :ok"] if ok is not None else [])
        where = " where " + " and ".join(clauses) if clauses else ""
        with self._lock:
            rows = list(
                self._db.query(f"select * from pairs{where} order by id", {"split": split, "ok": int(bool(ok))})
            )
        return [_judged_pair(row) for row in rows]

    def kept(self) -> list[JudgedPair]:
        """The kept pairs, where something is to be done with them. Raises UserError where there is none."""
        found = self.pairs(ok=True)
        if not found:
            raise UserError("There are no kept pairs yet. Write some first.")
        return found

    def pair(self, number: int) -> JudgedPair | None:
        """The pair of that id."""
        with self._lock:
            rows = list(self._db.query("select * from pairs where id = ?", [number]))
        return _judged_pair(rows[0]) if rows else None

    def reasons(self) -> dict[str, int]:
        """How many pairs were dropped for which reason, most frequent first."""
        sql = "select reason, count(*) as n from pairs where ok = 0 group by reason order by n desc, reason"
        with self._lock:
            return {row["reason"]: row["n"] for row in self._db.query(sql)}


def _pair_row(judged: JudgedPair) -> dict[str, Any]:
    return {
        "id": judged.id or None,
        **asdict(judged.pair),
        "ok": int(judged.verdict.ok),
        "reason": judged.verdict.reason,
        "detail": judged.verdict.detail,
        "template": judged.template,
        "level": judged.level,
        "split": judged.split,
        "certificate": json.dumps(judged.certificate),
    }


def _judged_pair(row: dict[str, Any]) -> JudgedPair:
    return JudgedPair(
        pair=Pair(row["question"], row["sql"], row["language"], row["source"]),
        verdict=Verdict(bool(row["ok"]), row["reason"], row["detail"]),
        template=row["template"],
        level=row["level"],
        split=row["split"],
        certificate=json.loads(row["certificate"]),
        id=row["id"],
    )

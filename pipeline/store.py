"""A run's memory: facts, events, pairs, answers and scores in one SQLite file, `run.db` in the run's folder.

The store is the contract between the stages and whoever watches them: a stage's events go in, and the command line, the
page, a reload and a second browser read the same rows. A run belongs to one visitor from its first row; opening it as
somebody else fails as if it did not exist. Secrets never come here.

One limit: a store object serves many threads of one process; two processes may read at once, one of them writes.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.config import LOCAL_VISITOR
from pipeline.errors import UserError
from pipeline.records import Event, JudgedPair, Pair, Score, Verdict

FILE = "run.db"

NO_RUN = "There is no run in {folder}. Start one with the schema step."
UNREADABLE = "The run in {folder} cannot be opened ({why}). Name another folder for the run."


class Store:
    """One run. Create it with `Store.create`, open it again with `Store.open`; both close with `close()`."""

    def __init__(self, folder: Path, visitor: str) -> None:
        from sqlite_utils import Database

        self.folder = folder
        self.visitor = visitor
        self._lock = threading.RLock()
        try:
            connection = sqlite3.connect(folder / FILE, check_same_thread=False, timeout=30)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
        except sqlite3.Error as error:
            raise UserError(UNREADABLE, folder=folder, why=error) from error
        self._db = Database(connection)

    @classmethod
    def create(cls, folder: Path, visitor: str = LOCAL_VISITOR) -> Store:
        """Open the run in `folder`, making it when there is none. Raises UserError when it is somebody else's."""
        if any(place.is_file() for place in (folder, *folder.parents)):
            raise UserError("{folder} is a file. Name a folder for the run.", folder=folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(UNREADABLE, folder=folder, why=error.strerror) from error
        store = cls(folder, visitor)
        with store.alone():  # tables and owner together: a process killed in between leaves nothing half-made
            if not store._has_tables():
                store._make_tables()
                store.set(visitor=visitor, created=time.time())
        store._refuse_others()
        return store

    @classmethod
    def open(cls, folder: Path, visitor: str = LOCAL_VISITOR) -> Store:
        """Open an existing run. Raises UserError when there is none, or when it belongs to another visitor."""
        if not (folder / FILE).is_file():
            raise UserError(NO_RUN, folder=folder)
        store = cls(folder, visitor)
        store._refuse_others()
        return store

    def _refuse_others(self) -> None:
        if not self._has_tables() or self.get("visitor") != self.visitor:
            self.close()
            raise UserError(NO_RUN, folder=self.folder)

    def _has_tables(self) -> bool:
        return bool(self._db["facts"].exists())

    def close(self) -> None:
        """Close the file; the store is of no use afterwards."""
        with self._lock:
            self._db.conn.close()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Read inside, then write at the end, with no other process writing in between."""
        with self._lock, self._db.conn:
            self._db.conn.execute("BEGIN IMMEDIATE")
            yield

    def _make_tables(self) -> None:
        db = self._db
        db["facts"].create({"name": str, "value": str}, pk="name")
        db["events"].create({"id": int, "stage": str, "kind": str, "at": float, "body": str}, pk="id")
        db["pairs"].create({"id": int, "question": str, "sql": str, "language": str, "source": str, "ok": int,
                            "reason": str, "detail": str, "template": str, "level": str, "split": str,
                            "certificate": str}, pk="id")  # fmt: skip
        db["answers"].create({"model": str, "number": int, "body": str}, pk=("model", "number"))
        db["scores"].create({"model": str, "body": str}, pk="model")
        db["events"].create_index(["stage", "id"])

    # Facts: small named JSON values — the schema, what was chosen, where things stand.

    def set(self, **facts: Any) -> None:
        """Keep facts under their names; each must be JSON-able."""
        rows = [{"name": name, "value": json.dumps(value)} for name, value in facts.items()]
        with self._lock, self._db.atomic():
            self._db["facts"].upsert_all(rows, pk="name")

    def get(self, name: str, default: Any = None) -> Any:
        """A fact, or `default` where there is none or it is None."""
        with self._lock:
            rows = list(self._db.query("select value from facts where name = ?", [name]))
        value = json.loads(rows[0]["value"]) if rows else None
        return default if value is None else value

    # Events

    def add_event(self, event: Event) -> None:
        """Append an event to the run's history."""
        body = json.dumps(event.as_dict(), ensure_ascii=False)
        with self._lock, self._db.atomic():
            self._db["events"].insert({"stage": event.stage, "kind": event.kind, "at": time.time(), "body": body})

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

    # Pairs, kept and rejected

    def add_pairs(self, judged: Sequence[JudgedPair]) -> None:
        """Append pairs, kept and rejected."""
        with self._lock, self._db.atomic():
            self._db["pairs"].insert_all(map(_pair_row, judged))

    def replace_pairs(self, judged: Sequence[JudgedPair]) -> None:
        """Put these pairs in the place of all there are, in one transaction."""
        with self._lock, self._db.atomic():
            self._db["pairs"].delete_where()
            self._db["pairs"].insert_all(map(_pair_row, judged))

    def pairs(self, split: str = "", ok: bool | None = None) -> list[JudgedPair]:
        """Pairs in the order they came, of one split, or only the kept (`ok=True`) or rejected."""
        clauses = (["split = :split"] if split else []) + (["ok = :ok"] if ok is not None else [])
        where = " where " + " and ".join(clauses) if clauses else ""
        with self._lock:
            rows = list(
                self._db.query(f"select * from pairs{where} order by id", {"split": split, "ok": int(bool(ok))})
            )
        return [_judged_pair(row) for row in rows]

    def reasons(self) -> dict[str, int]:
        """How many pairs were dropped for which reason, most frequent first."""
        sql = "select reason, count(*) as n from pairs where ok = 0 group by reason order by n desc, reason"
        with self._lock:
            return {row["reason"]: row["n"] for row in self._db.query(sql)}

    # Answers and scores

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


def find_runs(root: Path, visitor: str) -> Iterator[Path]:
    """A visitor's run folders under `root`, newest first."""
    folders = [file.parent for file in root.glob(f"*/{FILE}")]
    for folder in sorted(folders, key=lambda path: path.stat().st_mtime, reverse=True):
        try:
            Store.open(folder, visitor).close()
        except UserError:
            continue
        yield folder


def _pair_row(judged: JudgedPair) -> dict[str, Any]:
    return {
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
    )

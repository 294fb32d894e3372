"""The file of a run: opening it, whose it is, its tables, and its facts.

In: a folder and a visitor. Out: what every part of the store stands on. Each part names its tables in `TABLES`.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, ClassVar, Self

from pipeline.config import LOCAL_VISITOR
from pipeline.errors import UserError

FILE = "run.db"
Tables = dict[str, tuple[dict[str, type], str | tuple[str, ...]]]
"""Table → its columns with their types, and its primary key."""

NO_RUN = "There is no run in {folder}. Start one with the schema step."
UNREADABLE = "The run in {folder} cannot be opened ({why}). Name another folder for the run."


class Base:
    """The file of a run: opening and closing it, whose it is, and its facts."""

    TABLES: ClassVar[Tables] = {"facts": ({"name": str, "value": str}, "name")}

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
    def create(cls, folder: Path, visitor: str = LOCAL_VISITOR) -> Self:
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
    def open(cls, folder: Path, visitor: str = LOCAL_VISITOR) -> Self:
        """Open an existing run. Raises UserError when there is none, or when it belongs to another visitor."""
        if not (folder / FILE).is_file():
            raise UserError(NO_RUN, folder=folder)
        store = cls(folder, visitor)
        store._refuse_others()
        store._make_tables()  # those that runs of earlier versions lack
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
        there = set(self._db.table_names())
        for part in type(self).__mro__:
            for name, (columns, key) in vars(part).get("TABLES", {}).items():
                if name not in there:
                    self._db[name].create(columns, pk=key, if_not_exists=True)

    def freeze(self) -> None:
        """Refuse all writing from here on: this store is for looking at."""
        self._db.conn.execute("PRAGMA query_only = ON")

    def pack(self) -> None:
        """Leave one file without gaps and without a journal beside it, as it is handed to others."""
        self._db.conn.execute("PRAGMA journal_mode = DELETE")
        self._db.vacuum()

    def copy_to(self, folder: Path, visitor: str) -> None:
        """Give `visitor` all that this store knows, in the run of theirs in `folder`."""
        with self._lock, closing(sqlite3.connect(folder / FILE)) as other:
            self._db.conn.backup(other)
            facts = [(json.dumps(visitor), "visitor"), (json.dumps(time.time()), "created")]
            with other:
                other.executemany("update facts set value = ? where name = ?", facts)

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

"""What all visitors together have spent of somebody's money today: one file beside the runs, and a purse for each of them.

Dollars are set aside before a request and settled after it, in one transaction each, so several processes may share the
file. Days are those of UTC; a visitor is kept as a hash. Limit: what a killed process had set aside stays counted until the
day ends, and a browser that forgets its visitor id is a new visitor: only the cap of the day holds for everybody.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.errors import UserError

FILE = "ledger.db"
COLUMNS = {"id": int, "day": str, "visitor": str, "run": str, "row": int, "dollars": float, "open": int}
KEPT_DAYS = 31
"""Older rows are deleted; a batch is settled after at most 29 days."""

DAY_OVER = (
    "Today's budget of this Space is used up. Give a key of your own, choose “Offline”, or come back after 00:00 UTC."
)
VISITOR_OVER = (
    "Your part of today's budget of this Space, ${cap:.2f}, is used up. "
    "Give a key of your own, choose “Offline”, or come back after 00:00 UTC."
)


@dataclass(frozen=True)
class Caps:
    """Dollars a day."""

    visitor: float
    """For each visitor."""
    day: float
    """For all together."""


def today() -> str:
    """The day by UTC, such as `2026-11-22`."""
    return datetime.now(UTC).date().isoformat()


class Ledger:
    """The spending of all visitors; for many threads, beside those of other processes."""

    def __init__(self, folder: Path, caps: Caps, day: Callable[[], str] = today) -> None:
        self.file, self.caps, self._day = folder / FILE, caps, day
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def close(self) -> None:
        """Let the file go; the next call opens it again."""
        with self._lock:
            if self._connection:
                self._connection.close()
            self._connection = None

    def left(self, visitor: str) -> float:
        """Dollars that this visitor may still spend today."""
        with self._lock:
            return max(0.0, min(left for left, _ in self._left(self._open(), _hashed(visitor))))

    def check(self, visitor: str) -> None:
        """Raises UserError where nothing is left for this visitor today."""
        with self._lock:
            for left, over in self._left(self._open(), _hashed(visitor)):
                if left <= 0:
                    raise over

    def purse(self, visitor: str, run: str) -> LedgerPurse:
        """What the store of one run asks (`pipeline.store.replies.Purse`)."""
        return LedgerPurse(self, _hashed(visitor), run)

    def reserve(self, visitor: str, run: str, row: int, dollars: float) -> None:
        """Set dollars aside for a hashed visitor. Raises UserError where a cap leaves no room."""
        with self._alone() as connection:
            for left, over in self._left(connection, visitor):
                if dollars > left:
                    raise over
            values = (self._day(), visitor, run, row, dollars)
            connection.execute(
                "insert into spending (day, visitor, run, row, dollars, open) values (?, ?, ?, ?, ?, 1)", values
            )

    def settle(self, run: str, row: int, dollars: float) -> None:
        """What a row of a run cost in the end, on the day it was set aside; one that is not here is another's money."""
        with self._alone() as connection:
            where = "where run = ? and row = ? and open = 1"
            connection.execute(f"update spending set dollars = ?, open = 0 {where}", (dollars, run, row))

    def _left(self, connection: sqlite3.Connection, visitor: str) -> Iterator[tuple[float, UserError]]:
        """Dollars left by each cap, and what to say where they do not suffice."""
        sum_of = "select coalesce(sum(dollars), 0) from spending where day = ?"
        all_spent = connection.execute(sum_of, (self._day(),)).fetchone()[0]
        spent = connection.execute(f"{sum_of} and visitor = ?", (self._day(), visitor)).fetchone()[0]
        yield self.caps.day - all_spent, UserError(DAY_OVER)
        yield self.caps.visitor - spent, UserError(VISITOR_OVER, cap=self.caps.visitor)

    @contextmanager
    def _alone(self) -> Iterator[sqlite3.Connection]:
        """The file with nobody else at it, of this process or another; an error inside leaves it as it was."""
        with self._lock:
            connection = self._open()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def _open(self) -> sqlite3.Connection:
        self._connection = self._connection or self._opened()
        return self._connection

    def _opened(self) -> sqlite3.Connection:
        from sqlite_utils import Database

        self.file.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.file, timeout=30, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        spending = Database(connection)["spending"]
        spending.create(COLUMNS, pk="id", if_not_exists=True)
        spending.create_index(["day", "visitor"], if_not_exists=True)
        spending.create_index(["run", "row"], if_not_exists=True)
        first = datetime.fromisoformat(self._day()) - timedelta(days=KEPT_DAYS)
        connection.execute("delete from spending where day < ?", (first.date().isoformat(),))
        return connection


@dataclass(frozen=True)
class LedgerPurse:
    """One visitor's hand in the ledger, for one run."""

    ledger: Ledger
    visitor: str
    """Hashed."""
    run: str

    def reserve(self, row: int, dollars: float) -> None:
        """Set dollars aside. Raises UserError where a cap leaves no room."""
        self.ledger.reserve(self.visitor, self.run, row, dollars)

    def settle(self, row: int, dollars: float) -> None:
        """What it cost in the end; 0 where nothing."""
        self.ledger.settle(self.run, row, dollars)


def _hashed(visitor: str) -> str:
    return hashlib.sha256(visitor.encode()).hexdigest()

"""The process in which a hostile query runs; `sandbox.py` starts it as a script and kills it when it does not answer.

In: one frame on stdin (4 bytes of length, then JSON) with queries and databases. Out: one frame on stdout a query.
Little is imported beside the standard library, so that a fresh worker answers within a tenth of a second.
One limit: `PRAGMA hard_heap_limit` counts for the whole process, open databases included.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sqlite3
import stat
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any
from urllib.parse import quote

from pipeline.database.answers import same_answer
from pipeline.database.frames import Json, read_frame, write_frame
from pipeline.records import Rows

ANSWER_BYTES = 8_000_000
"""An answer is cut (`truncated`) where its values pass this size, roughly counted."""
OPEN_DATABASES = 16
"""Connections kept open, so that a query on the same instances again does not open them again."""
PROGRESS_STEPS = 1000
"""Instructions of SQLite's machine between two looks at the clock: some 20 µs, 1% of the time of a scan."""

LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 4_000_000,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 1_000_000,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 50_000,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 2_000,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}

FUNCTION_NAMES = """
-> ->> abs acos acosh asin asinh atan atan2 atanh avg ceil ceiling char coalesce concat concat_ws cos cosh count
cume_dist current_date current_time current_timestamp date datetime degrees dense_rank exp first_value floor format
glob group_concat hex if ifnull iif instr json json_array json_array_length json_extract json_group_array
json_group_object json_object json_quote json_type json_valid julianday lag last_value lead length like likelihood
likely ln log log10 log2 lower ltrim max median min mod nth_value ntile nullif octet_length percent_rank percentile pi
pow power printf quote radians random rank replace round row_number rtrim sign sin sinh sqrt strftime string_agg substr
substring sum tan tanh time timediff total trim trunc typeof unhex unicode unixepoch unlikely upper
"""
FUNCTIONS = frozenset(FUNCTION_NAMES.split())
"""What a query may call: nothing that reads or writes outside it. `random` and 'now' are the gate's matter."""

SKIP = re.compile(r"(?:\s|;|--[^\n]*|/\*.*?\*/)*", re.DOTALL)
WORD = re.compile(r"[A-Za-z]+")
READING = frozenset({"SELECT", "WITH", "VALUES"})
STATEMENT_NAMES = """
ALTER ANALYZE ATTACH BEGIN CALL COMMIT COPY CREATE DELETE DESCRIBE DETACH DROP END EXEC EXPLAIN GRANT INSERT MERGE
PRAGMA REINDEX RELEASE REPLACE ROLLBACK SAVEPOINT SET SHOW TRUNCATE UPDATE USE VACUUM
"""
OTHER_STATEMENTS = frozenset(STATEMENT_NAMES.split())
BY_MESSAGE = (
    ("several-statements", r"one statement at a time"),
    ("timeout", r"interrupted"),
    ("unknown-table", r"no such table"),
    ("unknown-column", r"no such column"),
    ("unknown-function", r"no such function"),
    ("too-large", r"too big|too large|too many (?:terms|columns)|too complex|stack overflow|out of memory"),
    ("syntax", r"syntax error|incomplete input|unrecognized token|binding"),
)
"""The tag of what SQLite says, as a pattern: its error codes tell these apart no better than `SQLITE_ERROR`."""


class RefusedError(Exception):
    """A query that was not run, or did not end well; `reason` is the tag, `detail` what SQLite or we say of it."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason, self.detail = reason, detail
        super().__init__(reason)


class BadDatabaseError(Exception):
    """The file at `path` is missing or is no SQLite database."""

    def __init__(self, path: str, detail: str) -> None:
        self.path, self.detail = path, detail
        super().__init__(detail)


class Database:
    """One database, opened so that nothing but SELECT on its own tables can run. Raises BadDatabaseError."""

    def __init__(self, path: str) -> None:
        self.path, self.deadline = path, float("inf")
        self.denied: tuple[str, str] = ("", "")
        try:
            self.connection = sqlite3.connect(
                f"file:{_uri_path(path)}?mode=ro&immutable=1", uri=True, isolation_level=None
            )
            self._lock_down()
        except sqlite3.Error as error:
            raise BadDatabaseError(path, str(error)) from error

    def _lock_down(self) -> None:
        connection = self.connection
        for pragma in ("temp_store=MEMORY", "trusted_schema=OFF", "query_only=ON", "cell_size_check=ON"):
            connection.execute(f"PRAGMA {pragma}")  # a sort on disk could fill it; views of an upload are hostile too
        listed = connection.execute("SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'view')").fetchall()
        self.tables = {
            name for name, sql in listed if not name.startswith("sqlite_") and not sql.upper().startswith("CREATE VIRT")
        }
        if hasattr(connection, "enable_load_extension"):  # left out of some builds of Python
            connection.enable_load_extension(False)
        for limit, value in LIMITS.items():
            connection.setlimit(limit, value)
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        connection.set_progress_handler(lambda: time.monotonic() > self.deadline, PROGRESS_STEPS)
        connection.set_authorizer(self._authorize)

    def _authorize(self, action: int, first: str | None, second: str | None, *_: str | None) -> int:
        if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE):
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_READ:
            nameless = second == "" and not (first or "").lower().startswith("sqlite_")  # count(*) from a CTE
            if first in self.tables or nameless:
                return sqlite3.SQLITE_OK
            self.denied = ("forbidden", f"the table {first}")
        elif action == sqlite3.SQLITE_FUNCTION:
            if (second or "").lower() in FUNCTIONS:
                return sqlite3.SQLITE_OK
            self.denied = ("forbidden", f"the function {second}")
        elif (first or "").startswith("sqlite_"):  # SQLite declares the table-valued function
            self.denied = ("forbidden", "a table that is not in the file")
        else:
            self.denied = ("not-a-select", "a statement that writes")
        return sqlite3.SQLITE_DENY

    def answer(self, sql: str, deadline: float, cap: int) -> Json:
        """Columns, at most `cap` rows, `truncated` and `seconds`. Raises RefusedError."""
        self.denied, self.deadline = ("", ""), deadline
        start = time.monotonic()
        try:
            with contextlib.closing(self.connection.execute(sql)) as cursor:
                rows, truncated = _fetch(cursor, cap)
                columns = [str(column[0]) for column in cursor.description or ()]
        except (sqlite3.Error, sqlite3.Warning, UnicodeError) as error:
            raise self._refusal(str(error)) from error
        except MemoryError as error:
            raise RefusedError("too-large", "out of memory") from error
        return {"columns": columns, "rows": rows, "truncated": truncated, "seconds": time.monotonic() - start}

    def _refusal(self, message: str) -> RefusedError:
        if self.denied[0]:
            return RefusedError(*self.denied)
        for reason, pattern in BY_MESSAGE:
            if re.search(pattern, message):
                known = reason.startswith("unknown-")
                return RefusedError(reason, message.partition(": ")[2] if known else message)
        if "malformed" in message or "not a database" in message:
            raise BadDatabaseError(self.path, message)
        return RefusedError("error", message)


def _uri_path(path: str) -> str:
    slashed = path.replace(os.sep, "/")
    return quote(os.fsencode(slashed if slashed.startswith("/") else "/" + slashed))


def _fetch(cursor: sqlite3.Cursor, cap: int) -> tuple[list[list[Any]], bool]:
    rows: list[list[Any]] = []
    size = 0
    for row in cursor:
        if len(rows) == cap or size > ANSWER_BYTES:
            return rows, True
        rows.append([_plain(value) for value in row])
        size += sum(len(value) if isinstance(value, (str, bytes)) else 8 for value in row)
    return rows, False


def _plain(value: Any) -> Any:
    """A value JSON can carry: a blob as its SQL literal x'0aff', an infinite number as SQLite prints it."""
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return "Inf" if value > 0 else "-Inf"
    return value


def readable_statement(sql: str, length: int) -> str:
    """The statement without what stands before its first word. Raises RefusedError unless that word begins a SELECT."""
    if len(sql) > length:
        raise RefusedError("too-large", f"{len(sql)} characters of SQL, {length} are allowed")
    if "\0" in sql or not sql.isascii() and any("\ud800" <= letter <= "\udfff" for letter in sql):
        raise RefusedError("syntax", "a character that is no text")
    start = SKIP.match(sql)
    sql = sql[start.end() :] if start else sql
    if not sql:
        raise RefusedError("empty")
    first = WORD.match(sql)
    word = first.group().upper() if first else ""
    if word in OTHER_STATEMENTS:
        raise RefusedError("not-a-select", word)
    if word not in READING:
        raise RefusedError("syntax", f'near "{sql.split()[0][:40]}"')
    return sql


class Databases:
    """Open databases by path; one that was replaced on the disk is opened anew."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[tuple[int, ...], Database]] = {}

    def get(self, path: str) -> Database:
        """The database at `path`. Raises BadDatabaseError."""
        try:
            status = os.stat(path)  # noqa: PTH116 - pathlib costs a third of the worker's start
        except (OSError, ValueError) as error:
            raise BadDatabaseError(path, "no such file") from error
        if not stat.S_ISREG(status.st_mode):
            raise BadDatabaseError(path, "not a file")
        stamp = (status.st_ino, status.st_size, status.st_mtime_ns)
        known = self._open.pop(path, None)
        if known and known[0] != stamp:
            known[1].connection.close()
            known = None
        self._open[path] = known = known or (stamp, Database(path))
        while len(self._open) > OPEN_DATABASES:
            self._open.pop(next(iter(self._open)))[1].connection.close()
        return known[1]


def replies(request: Json, databases: Databases) -> Iterator[Json]:
    """One reply for each query: its answers on all databases, or why there are none. The time is for all of them.

    Where the request has a `gold`, `{"apart": …}` takes the place of the answers: whether some database gives another
    one to the query than to the gold.
    """
    golds: list[Rows] = []
    for sql in request["queries"]:
        try:
            if request["gold"] is None:
                yield {"answers": list(_answers(sql, request, databases))}
                continue
            golds = golds or list(map(_rows, _answers(request["gold"], request, databases)))
            others = map(_rows, _answers(sql, request, databases, [len(gold.rows) + 1 for gold in golds]))
            ordered = request["ordered"]
            yield {"apart": not all(map(same_answer, golds, others, repeat(ordered)))}
        except RefusedError as refused:
            yield {"reason": refused.reason, "detail": refused.detail}
        except BadDatabaseError as bad:
            yield {"database": bad.path, "detail": bad.detail}


def _answers(sql: str, request: Json, databases: Databases, caps: Sequence[int] = ()) -> Iterator[Json]:
    """Database by database; `caps` are the most rows to read of each, where they are fewer than the request's."""
    deadline, most = time.monotonic() + request["seconds"], request["rows"]
    statement = readable_statement(sql, request["sql_length"])
    for number, path in enumerate(request["databases"]):
        yield databases.get(path).answer(statement, deadline, min(most, caps[number]) if caps else most)


def _rows(answer: Json) -> Rows:
    return Rows(tuple(answer["columns"]), tuple(map(tuple, answer["rows"])), answer["truncated"])


def limit_process(megabytes: int) -> None:
    """Cap SQLite's heap and, where the system can, the process: its memory, files it writes (none), its core dump."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"PRAGMA hard_heap_limit={int(megabytes) * 1_000_000}")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which closes our stdin
    try:
        import resource
    except ImportError:  # Windows
        return
    memory = (2 * megabytes + 512) * 1_000_000
    for kind, cap in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):  # macOS knows no RLIMIT_AS
            resource.setrlimit(kind, (cap, cap))


def main() -> None:
    """Say that we are ready, then answer requests until stdin ends."""
    limit_process(int(sys.argv[1]))
    databases = Databases()
    with contextlib.suppress(BrokenPipeError):
        write_frame(sys.stdout.buffer, {"ready": True})
        while request := read_frame(sys.stdin.buffer):
            for reply in replies(request, databases):
                try:
                    write_frame(sys.stdout.buffer, reply)
                except MemoryError:
                    write_frame(sys.stdout.buffer, {"reason": "too-large", "detail": "out of memory"})

"""Where every query that a person or a model wrote runs: `Sandbox` holds one worker process that can be killed.

SQL and database files in → `Rows` out, or `SqlError` with a reason tag. The worker opens files read-only, lets only
SELECT on the file's own tables through, and stops at the limits (`sandbox_worker.py`); this side kills it when it does
not answer.
One limit: a `-wal` file beside a database is not read, because the file is opened as immutable.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, cast

from pipeline.config import SandboxLimits
from pipeline.database.frames import Json, read_frame, write_frame
from pipeline.errors import PipelineError, SqlError, UserError
from pipeline.records import Rows

DEFAULT_LIMITS = SandboxLimits()
GRACE_SECONDS = 1.0
"""How much longer than its limit a query may take before the worker is killed: one slow function, a big answer."""
START_SECONDS = 10.0
"""How long a worker may take to start: 0.03 s on an idle machine, seconds on a busy one."""

ROOT = os.fspath(Path(__file__).parents[2])
START = "import sys; sys.path.append(sys.argv[2]); from pipeline.database.sandbox_worker import main; main()"
"""The worker sees the standard library and this project, no installed packages."""

ENVIRONMENT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "PATH")
"""The only variables the worker sees, so that no key or token is in its memory."""

MESSAGES = {
    "empty": "There is no SQL to run. Write one SELECT.",
    "syntax": "This is not valid SQL ({detail}). Correct it and run it again.",
    "not-a-select": "Only a SELECT may run here, not {detail}. Write one SELECT.",
    "several-statements": "There is more than one statement. Keep one SELECT.",
    "forbidden": "The query uses {detail}, which is not allowed here. Write it without.",
    "unknown-table": "There is no table {detail}. Use the tables of the schema.",
    "unknown-column": "There is no column {detail}. Use the columns of the schema.",
    "unknown-function": "SQLite has no function {detail}. Use another one.",
    "timeout": "The query was stopped after {seconds:g} s. Join or filter so that it reads fewer rows.",
    "too-large": "The query needs too much ({detail}). Make it smaller.",
    "error": "The query could not run ({detail}). Correct it and run it again.",
}
"""One line for each reason of `SqlError`."""


class Sandbox:
    """One worker process, started at the first query and again after a kill. Threads may share it; they take turns.

    Values come back as None, int, float or str: a blob as its SQL literal (x'0aff'), an infinite number as Inf or -Inf,
    broken UTF-8 with replacement characters. Use it in `with`, or call `close`.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._worker: subprocess.Popen[bytes] | None = None
        self._megabytes = 0
        self._late = False

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The worker's process id; None while there is none."""
        return self._worker.pid if self._worker else None

    def close(self) -> None:
        """End the worker. The next query starts another one."""
        with self._lock:
            self._stop()

    def run(self, sql: str, database: Path, limits: SandboxLimits = DEFAULT_LIMITS) -> Rows:
        """The answer of one SELECT. Raises SqlError (its reason is a key of `MESSAGES`), UserError for a bad file."""
        return self.run_on(sql, [database], limits)[0]

    def run_on(self, sql: str, databases: Sequence[Path], limits: SandboxLimits = DEFAULT_LIMITS) -> tuple[Rows, ...]:
        """The answers of one SELECT, database by database. Raises as `run`, at the first database that refuses."""
        outcome = self.run_many([sql], databases, limits)[0]
        if isinstance(outcome, SqlError):
            raise outcome
        return outcome

    def run_many(
        self, queries: Sequence[str], databases: Sequence[Path], limits: SandboxLimits = DEFAULT_LIMITS
    ) -> list[tuple[Rows, ...] | SqlError]:
        """Each query on all databases in one exchange: its answers in their order, or why it has none.

        `limits.seconds` is for one query on all databases together. Raises UserError for a bad file.
        """
        replies = self._replies(queries, {"gold": None}, databases, limits)
        return [_refused(reply, limits) if "reason" in reply else _answers(reply) for reply in replies]

    def tell_apart(
        self,
        gold: str,
        others: Sequence[str],
        databases: Sequence[Path],
        ordered: bool,
        limits: SandboxLimits = DEFAULT_LIMITS,
    ) -> list[bool | SqlError]:
        """For each query, whether its answer is another than the gold's on some database, as `same_answer` compares.

        The rows stay with the worker: 40 queries on 6 databases take some 5 ms. SqlError where one cannot run.
        """
        replies = self._replies(others, {"gold": gold, "ordered": ordered}, databases, limits)
        return [_refused(reply, limits) if "reason" in reply else bool(reply["apart"]) for reply in replies]

    def _replies(
        self, queries: Sequence[str], how: Json, databases: Sequence[Path], limits: SandboxLimits
    ) -> list[Json]:
        request = {
            **how,
            "databases": [os.fspath(Path(database).absolute()) for database in databases],
            "seconds": limits.seconds,
            "rows": limits.rows,
            "sql_length": limits.sql_length,
        }
        replies: list[Json] = []
        with self._lock:
            while len(replies) < len(queries):  # a killed worker loses only the query it was at
                replies += self._exchange({**request, "queries": list(queries[len(replies) :])}, limits)
        return replies

    def _exchange(self, request: Json, limits: SandboxLimits) -> list[Json]:
        """Ask the worker; the replies up to and with the query at which it ended."""
        patience = limits.seconds * (2 if request["gold"] else 1) + GRACE_SECONDS
        if not self._worker or self._worker.poll() is not None or self._megabytes != limits.megabytes:
            self._start(limits.megabytes)
        with _Watchdog(cast("subprocess.Popen[bytes]", self._worker), patience) as watchdog:
            replies = [self._ask(request, watchdog)]
            while replies[-1] is not None and len(replies) < len(request["queries"]):
                replies.append(self._ask(None, watchdog))
        bad = next((reply for reply in replies if reply and "database" in reply), None)
        if bad:
            name = Path(bad["database"]).name
            template = "{name} cannot be read as an SQLite database ({detail}). Choose another file."
            raise UserError(template, name=name, detail=bad["detail"])
        return [reply or self._ended() for reply in replies]

    def _ask(self, request: Json | None, watchdog: _Watchdog) -> Json | None:
        """Send the request, where there is one, and wait for one reply; None where the worker ended or was killed."""
        worker = cast("subprocess.Popen[bytes]", self._worker)
        watchdog.wait_anew()
        try:
            if request is not None:
                write_frame(cast(BinaryIO, worker.stdin), request)
            reply = read_frame(cast(BinaryIO, worker.stdout))
        except OSError:  # the pipe broke
            reply = None
        if reply is None or watchdog.late:  # in the last case the kill is on its way
            self._late = watchdog.late
            self._stop()
            return None
        return reply

    def _ended(self) -> Json:
        return {"reason": "timeout" if self._late else "error", "detail": "the process that ran it ended"}

    def _start(self, megabytes: int) -> None:
        self._stop()
        command = [sys.executable, "-I", "-S", "-c", START, str(megabytes), ROOT]
        environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
        self._worker = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
        self._megabytes = megabytes
        with _Watchdog(self._worker, START_SECONDS) as watchdog:
            if self._ask(None, watchdog) is None:
                raise PipelineError("The process that runs queries did not start. Restart the application.")

    def _stop(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        worker.kill()
        worker.wait()
        for pipe in (worker.stdin, worker.stdout):
            with contextlib.suppress(OSError):  # an unsent request cannot be flushed any more
                cast(BinaryIO, pipe).close()


class _Watchdog:
    """Kills a worker that lets us wait too long for one reply. One thread for all replies of an exchange: starting one
    for each took a tenth of the gate's time. (select() takes no pipes on Windows.)
    """

    def __init__(self, worker: subprocess.Popen[bytes], patience: float) -> None:
        self._worker, self._patience = worker, patience
        self._deadline = time.monotonic() + patience
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> _Watchdog:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()

    @property
    def late(self) -> bool:
        """Whether the time for this reply is up."""
        return time.monotonic() >= self._deadline

    def wait_anew(self) -> None:
        """The next reply has the whole time again."""
        self._deadline = time.monotonic() + self._patience

    def _watch(self) -> None:
        while not self._over.wait(max(0.0, self._deadline - time.monotonic())):
            if self.late:
                self._worker.kill()
                return


def _refused(reply: Json, limits: SandboxLimits) -> SqlError:
    reason = str(reply["reason"])
    return SqlError(reason, MESSAGES[reason], detail=reply["detail"], seconds=limits.seconds)


def _answers(reply: Json) -> tuple[Rows, ...]:
    return tuple(
        Rows(tuple(answer["columns"]), tuple(map(tuple, answer["rows"])), answer["truncated"], answer["seconds"])
        for answer in reply["answers"]
    )

"""Asking: a question in plain language becomes SQL, and the SQL becomes rows.

In: a run, a question and a SQLite file. Out: an `Answer`, or the SQL while it is written and then the `Answer`. What the
model writes runs in the sandbox of this process, read-only, even where the model itself runs elsewhere.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.database.sqlite_file import is_sqlite_file
from pipeline.errors import PipelineError, SqlError, UserError
from pipeline.records import Rows
from pipeline.run.schema import database_of, schema_of
from pipeline.store import Store
from pipeline.student.model import Stream
from pipeline.student.model import stream as stream_here

MAX_NEW_TOKENS = 160
"""The longest query of the samples has 146."""


@dataclass(frozen=True)
class Answer:
    """What came of a question: the SQL as written, and its rows or the reason why there are none."""

    question: str
    sql: str
    rows: Rows | None
    error: PipelineError | None
    seconds: float
    """From the question to the rows, model loaded."""
    model: str
    """Who wrote the SQL: `tuned`, `base`, or `yours` for a person."""
    said: str = ""
    """What the model wrote, word for word."""
    unknown: tuple[str, ...] = ()
    """Tables and columns that the SQL names and the schema lacks, where that kept it from running."""
    waited: float = 0.0
    """Seconds until the model was loaded."""
    stopped: bool = False
    """Whether somebody stopped it, so that the SQL is not whole and was not run."""


def ask(store: Store, question: str, database: Path, tuned: bool = True) -> Answer:
    """Have the run's model (or its base) write SQL for a question and run it read-only on `database`.

    Raises UserError for an empty question, a run without a schema, or a model that cannot be had.
    """
    *_, answer = answer_stream(store, question, database, tuned)
    assert isinstance(answer, Answer)
    return answer


def answer_stream(
    store: Store, question: str, database: Path, tuned: bool = True, stream: Stream = stream_here
) -> Generator[str | Answer, None, None]:
    """As `ask`: what the model has written so far, first nothing as soon as it is loaded, and at last the `Answer`.

    Closing the generator stops the model. `stream` may run it elsewhere.
    """
    from pipeline.database.sql import extract_sql

    check_question(question)
    asked, started, text = time.monotonic(), 0.0, ""
    prompt, base = schema_of(store).to_prompt(), store.get("base", "")
    for text in stream(store.folder, base, prompt, question, tuned, MAX_NEW_TOKENS):
        started = started or time.monotonic()
        yield text
    sql = extract_sql(text) or ""
    rows, error = run_sql(sql, database)
    yield Answer(
        question, sql, rows, error, time.monotonic() - started, "tuned" if tuned else "base", text.strip(),
        unknown_in(store, sql, error), started - asked,
    )  # fmt: skip


def answer_with(store: Store, question: str, sql: str, database: Path, model: str = "yours") -> Answer:
    """The answer that a query gives, without asking a model."""
    rows, error = run_sql(sql, database)
    return Answer(
        question, sql, rows, error, rows.seconds if rows else 0.0, model, unknown=unknown_in(store, sql, error)
    )


def unknown_in(store: Store, sql: str, error: PipelineError | None) -> tuple[str, ...]:
    """The names in `sql` that the run's schema lacks, where the database refused it for a name."""
    from pipeline.database.sql import unknown_names

    if not isinstance(error, SqlError) or error.reason not in {"unknown-table", "unknown-column"}:
        return ()
    try:
        return unknown_names(sql, schema_of(store))
    except SqlError:  # SQLite reads what sqlglot does not
        return ()


def remember(store: Store, answers: Sequence[Answer], row: int | None = None) -> int:
    """Keep what was asked and answered (the SQL, not the rows) in the run; `row` names an entry to write over."""
    return store.keep_asked(answers[0].question, [_kept(answer) for answer in answers], row)


def _kept(answer: Answer) -> dict[str, Any]:
    error = answer.error
    values = {name: value if isinstance(value, int | float) else str(value) for name, value in
              error.values.items()} if error else {}  # fmt: skip
    return {
        "model": answer.model, "sql": answer.sql, "said": answer.said, "seconds": answer.seconds,
        "waited": answer.waited, "rows": len(answer.rows.rows) if answer.rows else None,
        "error": {"template": error.template, "values": values} if error else None,
    }  # fmt: skip


def check_question(question: str) -> None:
    """Raises UserError where there is nothing to answer."""
    if not question.strip():
        raise UserError("There is no question. Type one.")


def database_to_ask(store: Store, database: Path | None = None) -> Path:
    """The database that questions run on: the one given, the one that came with the schema, or a made-up one.

    Raises UserError when the given file is not there or is no SQLite file.
    """
    if database is not None and not database.is_file():
        raise UserError("There is no file {file}. Name a SQLite file.", file=database)
    if database is not None and not is_sqlite_file(database):
        raise UserError("{file} is not a SQLite database. Name a SQLite file.", file=database)
    return database or database_of(store) or made_up_databases(store)[0]


def made_up_databases(store: Store) -> list[Path]:
    """The test databases made from the run's schema alone; written once, for asking."""
    from pipeline.config import InstanceConfig
    from pipeline.database.instances import build_instances

    folder = store.folder / "instances"
    found = sorted(folder.glob("*.sqlite"))
    return found or build_instances(schema_of(store), folder, InstanceConfig())


def run_sql(sql: str, database: Path) -> tuple[Rows | None, PipelineError | None]:
    """Run one query in the sandbox: its rows, or why there are none."""
    from pipeline.database.sandbox import Sandbox

    try:
        with Sandbox() as sandbox:
            return sandbox.run(sql, database), None
    except UserError as error:
        return None, error

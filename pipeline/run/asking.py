"""Asking: a question in plain language becomes SQL, and the SQL becomes rows.

In: a run, a question and a SQLite file. Out: an `Answer`; what the model writes runs in the sandbox, read-only.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from pipeline.database.sqlite_file import is_sqlite_file
from pipeline.errors import PipelineError, UserError
from pipeline.records import Rows
from pipeline.run.schema import database_of, schema_of
from pipeline.store import Store


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


def ask(store: Store, question: str, database: Path, tuned: bool = True) -> Answer:
    """Have the run's model (or its base) write SQL for a question and run it read-only on `database`.

    Raises UserError for an empty question, a run without a schema, or a model that cannot be had.
    """
    from pipeline.database.sql import extract_sql
    from pipeline.student.model import load_student

    check_question(question)
    student = load_student(store.folder, store.get("base", ""))
    started = time.monotonic()
    text = student.write(schema_of(store).to_prompt(), [question], tuned=tuned)[0]
    sql = extract_sql(text) or ""
    rows, error = run_sql(sql, database)
    return Answer(question, sql, rows, error, time.monotonic() - started, "tuned" if tuned else "base")


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

"""`ask`: a question in plain language, SQL and rows out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from pipeline import run
from pipeline.commands.common import DEFAULT_RUN, RunFolder, follow, output, to_fill
from pipeline.records import Done
from pipeline.store import Store


def ask(
    question: str,
    run_folder: RunFolder = DEFAULT_RUN,
    database: Annotated[Path | None, typer.Option(help="A SQLite file; else the run's own database.")] = None,
    base: Annotated[bool, typer.Option(help="Ask the untuned base.")] = False,
    adapter: Annotated[str, typer.Option(help="Ask this adapter: an id on the Hub, or a folder.")] = "",
) -> None:
    """Ask a question in plain language: SQL and rows."""
    run.check_question(question)
    store = _store_of(adapter) if adapter else Store.open(run_folder)
    answer = run.ask(store, question, run.database_to_ask(store, database), tuned=not base)
    _show_answer(answer)
    if answer.error is not None:
        raise answer.error


def _store_of(adapter: str) -> Store:
    """The run of an adapter, kept in the app's cache; `HF_TOKEN` or the saved login opens a private one."""
    with to_fill(run.adapter_run(adapter)) as store:
        follow(event for event in run.open_adapter(store, adapter) if not isinstance(event, Done))
    return store


def _show_answer(answer: run.Answer) -> None:
    """The SQL and its rows; SQL that does not run is shown without rows."""
    columns, rows = (answer.rows.columns, answer.rows.rows) if answer.rows else ((), ())
    if output.as_json:
        result = {"sql": answer.sql, "columns": columns, "rows": rows, "seconds": answer.seconds}
        print(json.dumps(result, ensure_ascii=False))
        return
    print(answer.sql)
    if answer.rows:
        print("\t".join(columns))
    for row in rows:
        print("\t".join("NULL" if value is None else str(value) for value in row))

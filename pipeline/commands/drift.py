"""`drift`: hold a run's pairs against a changed schema."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline import run
from pipeline.commands.common import RunFolder, follow, read, stop_on_signal
from pipeline.database.ddl import read_schema_file
from pipeline.errors import UserError
from pipeline.store import Store


def drift(
    run_folder: RunFolder,
    ddl: Annotated[Path, typer.Argument(help="The changed schema: a .sql file or a SQLite file.")],
    into: Annotated[Path | None, typer.Option(help="Take the pairs over into a new run in this folder.")] = None,
) -> None:
    """Say which pairs still hold on a changed schema, which broke and why; the run stays as it is."""
    store, stop = Store.open(run_folder), stop_on_signal()
    if into is None:
        follow(run.drift(store, read_schema_file(ddl), stop))
        return
    if into.exists() and any(into.iterdir()):
        raise UserError("{folder} is not empty. Name a new folder for the run.", folder=into)
    run.drift(store, read_schema_file(ddl))  # what is refused is so before a folder is made
    target = read(into, str(ddl), "auto")
    follow(run.drift_into(store, target, stop))

"""`audit`: judge randomly drawn pairs without seeing their proof, on paper."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.common import DEFAULT_RUN, RunFolder
from pipeline.errors import UserError
from pipeline.store import Store


def audit(
    run_folder: RunFolder = DEFAULT_RUN,
    sheet: Annotated[Path | None, typer.Option(help="Write the pairs to judge into this file (JSONL).")] = None,
    filled: Annotated[Path | None, typer.Option("--read", help="Read the marks out of a filled sheet.")] = None,
    new: Annotated[bool, typer.Option(help="Draw other pairs; earlier marks are dropped.")] = False,
) -> None:
    """Judge 50 randomly drawn kept pairs: how many of them are wrong?"""
    from pipeline.run import audit as stage

    store = Store.open(run_folder)
    if new:
        stage.begin(store)
    if sheet:
        stage.write_sheet(store, sheet)
    if filled:
        if not filled.is_file():
            raise UserError("There is no file {file}. Name a filled sheet.", file=filled)
        stage.read_sheet(store, filled.read_text(encoding="utf-8").splitlines())
    found = stage.audit_of(store)
    if found is None:
        raise UserError("No audit was begun. Give --sheet FILE to draw the pairs.")
    print(json.dumps(asdict(found)))

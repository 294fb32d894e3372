"""`evaluate`: score base and tuned by running their SQL."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from pipeline import run
from pipeline.commands.common import DEFAULT_RUN, RunFolder, follow, stop_on_signal
from pipeline.config import EvaluateConfig
from pipeline.store import Store


def evaluate(
    run_folder: RunFolder = DEFAULT_RUN,
    questions: Annotated[Path | None, typer.Option(help="Other people's questions, JSONL.")] = None,
    database: Annotated[Path | None, typer.Option(help="The SQLite file they are about.")] = None,
    base_too: Annotated[bool, typer.Option(help="Score the untuned base beside it.")] = True,
    limit: Annotated[int, typer.Option(help="Only the first questions; 0 is all.")] = 0,
) -> None:
    """Score base and tuned by running their SQL."""
    config = replace(EvaluateConfig(), base_too=base_too, limit=limit)
    follow(run.evaluate(Store.open(run_folder), config, questions, database, stop_on_signal()))

"""`extend`: more pairs out of those of a run, with other values and in other words."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from pipeline import run
from pipeline.commands.common import DEFAULT_RUN, Dollars, Model, RunFolder, follow, stop_on_signal
from pipeline.config import ExtendConfig
from pipeline.store import Store


def extend(
    run_folder: RunFolder = DEFAULT_RUN,
    values: Annotated[int, typer.Option(help="Sets of values each SQL pattern is to have.")] = ExtendConfig.values,
    paraphrases: Annotated[int, typer.Option(help="Other questions for each SQL.")] = ExtendConfig.paraphrases,
    teacher: Annotated[
        str, typer.Option(help="Who words them: offline, or claude (key in ANTHROPIC_API_KEY).")
    ] = "offline",
    lang: Annotated[str, typer.Option(help="Languages of the other questions; empty is the pair's own.")] = "",
    model: Model = ExtendConfig.model,
    max_dollars: Dollars = ExtendConfig.max_dollars,
) -> None:
    """Ask the kept questions about other values and in other words, and prove each."""
    spoken = tuple(part.strip() for part in lang.split(",") if part.strip())
    config = ExtendConfig(values, paraphrases, teacher, spoken, model, max_dollars)
    key = os.environ.get("ANTHROPIC_API_KEY", "") if teacher == "claude" else ""
    follow(run.extend(Store.open(run_folder), config, stop_on_signal(), key))

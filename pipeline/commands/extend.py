"""`extend`: more pairs out of those of a run, with other values and in other words."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline import run
from pipeline.commands.common import DEFAULT_RUN, RunFolder, follow, stop_on_signal
from pipeline.config import ExtendConfig
from pipeline.store import Store


def extend(
    run_folder: RunFolder = DEFAULT_RUN,
    values: Annotated[int, typer.Option(help="Sets of values each SQL pattern is to have.")] = ExtendConfig.values,
) -> None:
    """Ask the kept questions about other values, and prove each."""
    follow(run.extend(Store.open(run_folder), ExtendConfig(values), stop_on_signal()))

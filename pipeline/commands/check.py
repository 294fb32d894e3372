"""`check`: a second opinion on a run's pairs, from Claude."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from typing import Annotated

import typer

from pipeline import run
from pipeline.commands.common import DEFAULT_RUN, Dollars, RunFolder, follow, output, stop_on_signal
from pipeline.config import DatasetConfig
from pipeline.store import Store


def check(
    run_folder: RunFolder = DEFAULT_RUN,
    model: Annotated[str, typer.Option(help="The Claude that is asked.")] = DatasetConfig.model,
    max_dollars: Dollars = DatasetConfig.max_dollars,
    estimate: Annotated[bool, typer.Option("--estimate", help="Only tell what it is likely to cost.")] = False,
) -> None:
    """Have Claude answer the kept questions anew (key in ANTHROPIC_API_KEY) and drop pairs it contradicts."""
    store = Store.open(run_folder)
    config = DatasetConfig(model=model, max_dollars=max_dollars)
    key = os.environ.get("ANTHROPIC_API_KEY", "")
    if estimate:
        guess = asdict(run.estimate_check(store, config, key))
        print(json.dumps(guess, indent=None if output.as_json else 2))
    else:
        follow(run.check_pairs(store, config, stop_on_signal(), key))

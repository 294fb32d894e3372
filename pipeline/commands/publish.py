"""`publish`: a run as one zip, or to the Hugging Face Hub."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline import run
from pipeline.commands.common import DEFAULT_RUN, RunFolder, follow
from pipeline.config import PublishConfig
from pipeline.store import Store


def publish(
    run_folder: RunFolder = DEFAULT_RUN,
    repo: Annotated[str, typer.Option(help="USER/NAME on the Hub (token in HF_TOKEN, or logged in); else a zip.")] = "",
    public: Annotated[bool, typer.Option("--public", help="Everyone can see it; else only you.")] = False,
    dataset: Annotated[bool, typer.Option(help="Upload the pairs too, to USER/NAME-pairs.")] = True,
) -> None:
    """Share the run: adapter, card with the measured scores, pairs."""
    follow(run.publish(Store.open(run_folder), PublishConfig(repo, public, dataset=dataset)))

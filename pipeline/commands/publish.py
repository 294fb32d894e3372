"""`publish`: what a run made, in one file."""

from __future__ import annotations

from pipeline import run
from pipeline.commands.common import DEFAULT_RUN, RunFolder, follow
from pipeline.store import Store


def publish(run_folder: RunFolder = DEFAULT_RUN) -> None:
    """Bundle the run as a zip: adapter, card with the measured scores, pairs."""
    follow(run.publish(Store.open(run_folder)))

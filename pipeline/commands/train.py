"""`train`: tune a small model on a run's pairs."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline import run
from pipeline.commands.common import DEFAULT_RUN, Base, Epochs, Minutes, RunFolder, Seed, follow, stop_on_signal
from pipeline.config import TrainConfig
from pipeline.store import Store


def train(
    run_folder: RunFolder = DEFAULT_RUN,
    base: Base = "",
    epochs: Epochs = TrainConfig.epochs,
    learning_rate: Annotated[float, typer.Option()] = TrainConfig.learning_rate,
    rank: Annotated[int, typer.Option()] = TrainConfig.rank,
    batch: Annotated[int, typer.Option(help="Pairs in one step.")] = TrainConfig.batch,
    max_minutes: Minutes = TrainConfig.max_minutes,
    seed: Seed = TrainConfig.seed,
) -> None:
    """Tune a small model on the run's pairs; goes on from the last checkpoint."""
    config = TrainConfig(
        base=base, epochs=epochs, learning_rate=learning_rate, rank=rank, alpha=2 * rank, batch=batch,
        max_minutes=max_minutes, seed=seed,
    )  # fmt: skip
    follow(run.train(Store.open(run_folder), config, stop_on_signal()))

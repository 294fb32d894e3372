"""`train`: tune a small model on a run's pairs, here or on a rented machine."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline import run
from pipeline.commands.common import (
    DEFAULT_RUN,
    Base,
    Epochs,
    Flavor,
    Minutes,
    On,
    RunFolder,
    Seed,
    Timeout,
    Yes,
    follow,
    stop_on_signal,
)
from pipeline.commands.renting import place_to_train
from pipeline.config import TrainConfig
from pipeline.store import Store


def train(
    run_folder: RunFolder = DEFAULT_RUN,
    base: Base = "",
    epochs: Epochs = TrainConfig.epochs,
    learning_rate: Annotated[float, typer.Option()] = TrainConfig.learning_rate,
    rank: Annotated[int, typer.Option()] = TrainConfig.rank,
    rslora: Annotated[bool, typer.Option(help="Scale by the root of the rank; for ranks from 64 on.")] = False,
    targets: Annotated[str, typer.Option(help="Layers to adapt: all-linear or attention.")] = TrainConfig.targets,
    batch: Annotated[int, typer.Option(help="Pairs in one step.")] = TrainConfig.batch,
    micro_tokens: Annotated[int, typer.Option(help="Tokens computed at once; 0 is what fits.")] = 0,
    dtype: Annotated[str, typer.Option(help="float32, bfloat16 or float16; empty is what suits the device.")] = "",
    four_bit: Annotated[bool, typer.Option("--four-bit", help="Hold the base in 4 bit, for small cards.")] = False,
    max_minutes: Minutes = TrainConfig.max_minutes,
    checks: Annotated[int, typer.Option(help="Looks at the held-out pairs on the way.")] = TrainConfig.checks,
    check_questions: Annotated[int, typer.Option(help="Answered each time; 0 is the loss alone.")] = (
        TrainConfig.check_questions
    ),
    patience: Annotated[int, typer.Option(help="Looks without gain that end it; 0 is never.")] = TrainConfig.patience,
    trackio: Annotated[str, typer.Option(help="A trackio project to log to.", metavar="PROJECT")] = "",
    seed: Seed = TrainConfig.seed,
    on: On = "",
    flavor: Flavor = "t4-small",
    timeout: Timeout = "1h",
    yes: Yes = False,
) -> None:
    """Tune a small model on the run's pairs; goes on from the last checkpoint."""
    config = TrainConfig(
        base=base, epochs=epochs, learning_rate=learning_rate, rank=rank, alpha=2 * rank, rslora=rslora,
        targets=targets, batch=batch, micro_tokens=micro_tokens, dtype=dtype, four_bit=four_bit,
        max_minutes=max_minutes, checks=checks, check_questions=check_questions, patience=patience, trackio=trackio,
        seed=seed,
    )  # fmt: skip
    place = place_to_train(on, flavor, timeout, yes)
    follow(run.train(Store.open(run_folder), config, stop_on_signal(), place))

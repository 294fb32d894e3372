"""`run`: all stages in order; goes on where it stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated

import typer

from pipeline import run
from pipeline.commands.common import (
    DEFAULT_RUN,
    Base,
    Batches,
    Dollars,
    Epochs,
    Flavor,
    Heldout,
    Lang,
    Minutes,
    Model,
    On,
    Pairs,
    Paste,
    RunFolder,
    SqlFirst,
    Teacher,
    Timeout,
    Unanswerable,
    Yes,
    follow,
    read,
    stop_on_signal,
)
from pipeline.commands.dataset import dataset_order, languages
from pipeline.commands.renting import place_to_train
from pipeline.config import DatasetConfig, EvaluateConfig, TrainConfig
from pipeline.records import Event


def all_stages(
    ddl: Annotated[str, typer.Option("--schema", help="The schema: a .sql file, a SQLite file, or -.")],
    run_folder: RunFolder = DEFAULT_RUN,
    teacher: Teacher = "",
    pairs: Pairs = DatasetConfig.pairs,
    paste: Paste = "",
    lang: Lang = "en",
    heldout_share: Heldout = DatasetConfig.heldout_share,
    model: Model = DatasetConfig.model,
    max_dollars: Dollars = DatasetConfig.max_dollars,
    batches: Batches = False,
    sql_first: SqlFirst = DatasetConfig.sql_first,
    unanswerable: Unanswerable = DatasetConfig.unanswerable,
    base: Base = "",
    epochs: Epochs = TrainConfig.epochs,
    max_minutes: Minutes = TrainConfig.max_minutes,
    on: On = "",
    flavor: Flavor = "t4-small",
    timeout: Timeout = "1h",
    yes: Yes = False,
) -> None:
    """All stages; goes on where it stopped."""
    config = DatasetConfig(
        teacher, pairs, languages(lang), heldout_share, model=model, max_dollars=max_dollars, batches=batches,
        sql_first=sql_first, unanswerable=unanswerable,
    )  # fmt: skip
    config, pasted, key = dataset_order(config, paste)
    settings = TrainConfig(base=base, epochs=epochs, max_minutes=max_minutes)
    place = place_to_train(on, flavor, timeout, yes)
    store, stop = read(run_folder, ddl, "auto"), stop_on_signal()
    stages: dict[str, Callable[[], Iterator[Event]]] = {
        "dataset": lambda: run.write_dataset(store, config, pasted, stop, key),
        "train": lambda: run.train(store, settings, stop, place),
        "evaluate": lambda: run.evaluate(store, EvaluateConfig(), stop=stop) if store.pairs("heldout") else iter(()),
    }
    for stage, events in stages.items():
        if run.status(store, stage).state != "done" and not stop():
            follow(events())
    if not stop():
        follow(run.publish(store))

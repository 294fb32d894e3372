"""`dataset`: have a teacher write pairs and prove each by running it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from pipeline import run
from pipeline.commands.common import (
    DEFAULT_RUN,
    Batches,
    Dollars,
    Glossary,
    Heldout,
    Lang,
    Model,
    Pairs,
    Paste,
    RunFolder,
    SqlFirst,
    Teacher,
    Unanswerable,
    follow,
    read,
    stop_on_signal,
)
from pipeline.config import DatasetConfig
from pipeline.errors import UserError
from pipeline.run.tables import pairs_text
from pipeline.store import Store


def dataset(
    run_folder: RunFolder = DEFAULT_RUN,
    ddl: Annotated[str, typer.Option("--schema", help="Read this schema first.")] = "",
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
    glossary: Glossary = None,
    cancel: Annotated[
        bool, typer.Option("--cancel", help="Cancel this run's batch at Anthropic, and no more.")
    ] = False,
) -> None:
    """Have a teacher write pairs and prove each by running it."""
    if cancel:
        config, store = DatasetConfig("claude", model=model, max_dollars=max_dollars), Store.open(run_folder)
        follow(run.cancel_batches(store, config, os.environ.get("ANTHROPIC_API_KEY", ""), stop_on_signal()))
        return
    config = DatasetConfig(
        teacher, pairs, languages(lang), heldout_share, model=model, max_dollars=max_dollars, batches=batches,
        sql_first=sql_first, unanswerable=unanswerable,
    )  # fmt: skip
    config, pasted, key = dataset_order(config, paste)
    words = _words(glossary) if glossary else None
    store = read(run_folder, ddl, "auto") if ddl else Store.open(run_folder)
    if words is not None:
        run.keep_glossary(store, words)
    follow(run.write_dataset(store, config, pasted, stop_on_signal(), key))


def languages(lang: str) -> tuple[str, ...]:
    """The languages that `--lang` names."""
    return tuple(part.strip() for part in lang.split(","))


def dataset_order(config: DatasetConfig, paste: str) -> tuple[DatasetConfig, str, str]:
    """The settings with their teacher, the pasted text, and the key for Claude's API from the surroundings.

    Wrong ones are refused before anything is changed.
    """
    config = replace(config, teacher=config.teacher or ("pasted" if paste else "offline"))
    key = os.environ.get("ANTHROPIC_API_KEY", "") if config.teacher == "claude" else ""
    run.check_dataset(config)
    if (config.teacher == "pasted") != bool(paste):
        raise UserError("Pasted pairs need a file. Give --teacher pasted --paste FILE together.")
    if config.teacher == "claude":
        run.check_key(key)
    return config, pairs_text(paste) if paste else "", key


def _words(file: Path) -> str:
    if not file.is_file():
        raise UserError("There is no file {file}. Name a CSV file with name, english and japanese.", file=file)
    return file.read_text(encoding="utf-8", errors="replace")

"""`dataset`: have a teacher write pairs and prove each by running it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline import run
from pipeline.commands.common import DEFAULT_RUN, Heldout, Lang, Pairs, Paste, RunFolder, follow, read, stop_on_signal
from pipeline.config import DatasetConfig
from pipeline.errors import UserError
from pipeline.store import Store


def dataset(
    run_folder: RunFolder = DEFAULT_RUN,
    ddl: Annotated[str, typer.Option("--schema", help="Read this schema first.")] = "",
    teacher: Annotated[str, typer.Option(help="offline or pasted; claude is not there yet.")] = "",
    pairs: Pairs = DatasetConfig.pairs,
    paste: Paste = None,
    lang: Lang = "en",
    heldout_share: Heldout = DatasetConfig.heldout_share,
) -> None:
    """Have a teacher write pairs and prove each by running it."""
    config, pasted = dataset_order(teacher, paste, pairs, lang, heldout_share)
    store = read(run_folder, ddl, "auto") if ddl else Store.open(run_folder)
    follow(run.write_dataset(store, config, pasted, stop_on_signal()))


def dataset_order(
    teacher: str, paste: Path | None, pairs: int, lang: str, heldout_share: float
) -> tuple[DatasetConfig, str]:
    """The settings and the pasted text; wrong ones are refused before anything is changed."""
    teacher = teacher or ("pasted" if paste else "offline")
    languages = tuple(part.strip() for part in lang.split(","))
    config = DatasetConfig(teacher, pairs, languages, heldout_share)
    run.check_dataset(config)
    if (teacher == "pasted") != (paste is not None):
        raise UserError("Pasted pairs need a file. Give --teacher pasted --paste FILE together.")
    return config, _text(paste) if paste else ""


def _text(file: Path) -> str:
    if not file.is_file():
        raise UserError("There is no file {file}. Name a JSONL file with instruction and output.", file=file)
    return file.read_text(encoding="utf-8", errors="replace")

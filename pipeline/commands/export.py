"""`export`: a run's kept pairs as a file for other tools."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.common import DEFAULT_RUN, RunFolder
from pipeline.store import Store


def export(
    out: Annotated[Path, typer.Option(help="The file to write; for datasets, a folder.")],
    run_folder: RunFolder = DEFAULT_RUN,
    form: Annotated[
        str, typer.Option("--format", help="jsonl, csv, parquet, datasets, messages or sharegpt.")
    ] = "jsonl",
    split: Annotated[str, typer.Option(help="train, heldout or all.")] = "all",
) -> None:
    """Write the kept pairs as JSONL, CSV, Parquet, a folder of datasets, or conversations."""
    from pipeline.run.tables import export

    pairs = export(Store.open(run_folder), form, out, split)
    print(json.dumps({"pairs": pairs, "format": form, "out": str(out)}))

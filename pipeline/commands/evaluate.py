"""`evaluate`: score base and tuned by running their SQL."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from pipeline import run
from pipeline.commands.common import DEFAULT_RUN, RunFolder, follow, stop_on_signal
from pipeline.config import EvaluateConfig
from pipeline.errors import UserError
from pipeline.evaluation.markdown import to_file
from pipeline.evaluation.report import make_report, to_json
from pipeline.store import Store

WRITERS = {".md": to_file, ".json": to_json}
"""A report's suffix → what writes it."""


def evaluate(
    run_folder: RunFolder = DEFAULT_RUN,
    questions: Annotated[Path | None, typer.Option(help="Other people's questions, JSONL.")] = None,
    database: Annotated[Path | None, typer.Option(help="The SQLite file they are about.")] = None,
    base_too: Annotated[bool, typer.Option(help="Score the untuned base beside it.")] = True,
    limit: Annotated[int, typer.Option(help="Only the first questions; 0 is all.")] = 0,
    report: Annotated[Path | None, typer.Option(help="Write all that was found to this .md or .json file.")] = None,
) -> None:
    """Score base and tuned by running their SQL."""
    if report and (report.suffix not in WRITERS or not report.absolute().parent.is_dir()):
        raise UserError("The report cannot be {file}. Name a .md or .json file in a folder that is there.", file=report)
    store, config = Store.open(run_folder), replace(EvaluateConfig(), base_too=base_too, limit=limit)
    follow(run.evaluate(store, config, questions, database, stop_on_signal()))
    found = make_report(store, run.schema_of(store))
    if report and found:
        report.write_text(WRITERS[report.suffix](found), encoding="utf-8")

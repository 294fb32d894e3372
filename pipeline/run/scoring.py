"""The evaluate step: base and tuned answer the same questions, and their rows are compared.

In: a run with pairs or other people's questions. Out: answers and scores in the store, and `report.json`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.config import EvaluateConfig
from pipeline.records import Event
from pipeline.run.schema import schema_of
from pipeline.stages import Stop, keep, never
from pipeline.store import Store
from pipeline.student.model import Write, write


def evaluate(  # noqa: PLR0913 - the stage's inputs, all of them needed
    store: Store,
    config: EvaluateConfig,
    questions: Path | None = None,
    database: Path | None = None,
    stop: Stop = never,
    write: Write = write,
) -> Iterator[Event]:
    """Score base and tuned on the held-out pairs, or on `questions` (JSONL in the recipe's form) over `database`.

    `write` asks a model; another one may do so elsewhere. SQL runs and the store is written in this process.
    """
    from pipeline.evaluation.evaluate import evaluate_run

    return keep(store, "evaluate", evaluate_run(store, schema_of(store), config, (questions, database), stop, write))

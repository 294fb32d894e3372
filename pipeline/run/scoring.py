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


def evaluate(
    store: Store,
    config: EvaluateConfig,
    questions: Path | None = None,
    database: Path | None = None,
    stop: Stop = never,
) -> Iterator[Event]:
    """Score base and tuned on the held-out pairs, or on `questions` (JSONL in the recipe's form) over `database`."""
    from pipeline.evaluation.evaluate import evaluate_run

    return keep(store, "evaluate", evaluate_run(store, schema_of(store), config, (questions, database), stop))

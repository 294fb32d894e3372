"""The two sets of pairs with questions that people wrote: geography with Claude's pairs, and the sample shop.

In: a folder. Out: a run with schema and pairs, and the questions it is to answer, with the database that decides them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from benchmarks import follow
from pipeline import run
from pipeline.config import DatasetConfig
from pipeline.database.examples import SAMPLES
from pipeline.dataset.pasted import read_pairs
from pipeline.store import Store

DATA = Path("../shared/benchmarks/geography")
NAMES = ("geography", "shop")


@dataclass(frozen=True)
class Exam:
    """Questions with gold SQL, and their database; without one, freshly made ones decide."""

    questions: Path
    database: Path | None


def geography(folder: Path, data: Path, dataset: DatasetConfig, paste: str) -> tuple[Store, dict[str, Any]]:
    """A run on geography with pairs pasted, or written as `dataset` says; and what the dataset step gave."""
    store = Store.create(folder)
    follow(run.read_schema(store, data / "geography.sqlite", name="geography"))
    return store, follow(run.write_dataset(store, dataset, paste))


def shop(folder: Path, dataset: DatasetConfig) -> tuple[Store, dict[str, Any]]:
    """A run on the sample shop; and what the dataset step gave."""
    store = Store.create(folder)
    follow(run.read_example(store, "shop"))
    return store, follow(run.write_dataset(store, dataset))


def exam_of(name: str, data: Path = DATA) -> Exam:
    """What the runs of a name are asked."""
    if name == "shop":
        return Exam(SAMPLES / "shop" / "heldout.jsonl", None)
    return Exam(data / "questions.jsonl", data / "geography.sqlite")


def sampled(questions: Path, number: int, file: Path) -> Path:
    """So many of the questions, drawn by a fixed seed, in `file`; all of them for 0."""
    pairs = read_pairs(questions.read_text(encoding="utf-8"))[0]
    if 0 < number < len(pairs):
        pairs = Random(7).sample(pairs, number)
    lines = (json.dumps({"instruction": pair.question, "output": pair.sql}, ensure_ascii=False) for pair in pairs)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file

"""The evaluate stage: base and tuned answer the same questions; every answer and both scores go to the store.

The questions are the run's held-out pairs on freshly made databases (their literals seeded in), or other people's questions
on their own database. A stopped scoring goes on where it was as long as nothing that it scores has changed.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pipeline.config import EvaluateConfig, InstanceConfig
from pipeline.database.instances import build_instances
from pipeline.database.sandbox import Sandbox
from pipeline.database.schema import Schema
from pipeline.database.sql import literals
from pipeline.dataset.pasted import read_pairs
from pipeline.errors import UserError
from pipeline.evaluation.scoring import Gold, mark, run_gold
from pipeline.evaluation.statistics import wilson
from pipeline.records import Answered, Done, Event, Note, Pair, Progress, Score
from pipeline.store import Store
from pipeline.student.model import Student, load_student

SEED_OFFSET = 1000
"""Scoring uses other databases than the gate did: a model must not be right by the chance of one set of rows."""


@dataclass(frozen=True)
class Exam:
    """What is asked of both models, on which databases, and how."""

    schema_text: str
    golds: list[Gold]
    databases: list[Path]
    excluded: int
    config: EvaluateConfig
    sandbox: Sandbox
    stop: Callable[[], bool]


def evaluate_run(
    store: Store,
    schema: Schema,
    config: EvaluateConfig,
    given: tuple[Path | None, Path | None],
    stop: Callable[[], bool],
) -> Iterator[Event]:
    """Score the run's models; `given` is a questions file (JSONL) and a database, or Nones for the held-out pairs.

    The last event is `Done` with the scores by model. Raises UserError when there is nothing to score or to score on.
    """
    questions, database = given
    pairs = _pairs(store, questions)[: config.limit or None]
    models = ([False] if config.base_too else []) + ([True] if (store.folder / "adapter").exists() else [])
    if not models:
        raise UserError("There is no tuned model to score yet. Train one first.")
    _forget_others(store, pairs, database, config)
    student = load_student(store.folder, store.get("base", ""))
    with tempfile.TemporaryDirectory() as scratch, Sandbox() as sandbox:
        databases = [database] if database else _instances(store, schema, pairs, Path(scratch))
        golds = [gold for pair in pairs if (gold := run_gold(pair, databases, sandbox))]
        exam = Exam(schema.to_prompt(), golds, databases, len(pairs) - len(golds), config, sandbox, stop)
        if not golds:
            raise UserError(
                "None of the {n} questions has an answer on this database. Check that they fit it.", n=len(pairs)
            )
        if exam.excluded:
            text = "{n} questions are left out: their gold SQL gives no rows on any database, or does not run."
            yield Note("evaluate", text, {"n": exam.excluded}, "warning")
        for tuned in models:
            yield from _score(store, student, exam, tuned)
            if stop():
                yield Done("evaluate", _result(store), stopped=True)
                return
    result = _result(store)
    (store.folder / "report.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    yield Done("evaluate", result)


def _pairs(store: Store, questions: Path | None) -> list[Pair]:
    if questions is None:
        pairs = [judged.pair for judged in store.pairs(split="heldout")]
        if not pairs:
            raise UserError("There are no held-out pairs to score on. Write pairs first.")
        return pairs
    if not questions.is_file():
        raise UserError("There is no file {file}. Name a JSONL file with instruction and output.", file=questions)
    return read_pairs(questions.read_text(encoding="utf-8", errors="replace"))[0]


def _forget_others(store: Store, pairs: Sequence[Pair], database: Path | None, config: EvaluateConfig) -> None:
    """Drop answers that were given to other questions, on another database or by another adapter."""
    weights = store.folder / "adapter" / "adapter_model.safetensors"
    stamp = weights.stat().st_mtime_ns if weights.exists() else 0
    told = [[asdict(pair) for pair in pairs], str(database), stamp, config.max_new_tokens]
    fingerprint = hashlib.sha256(json.dumps(told).encode()).hexdigest()
    if store.get("scored") != fingerprint:
        store.forget_scores()
        store.set(scored=fingerprint)


def _instances(store: Store, schema: Schema, pairs: Sequence[Pair], scratch: Path) -> list[Path]:
    uploaded = store.folder / "database.sqlite"
    config = InstanceConfig()
    seeds = tuple(dict.fromkeys(literal for pair in pairs for literal in literals(pair.sql)))
    other = replace(config, seed=config.seed + SEED_OFFSET)
    return build_instances(schema, scratch, other, seeds, uploaded if uploaded.exists() else None)


def _score(store: Store, student: Student, exam: Exam, tuned: bool) -> Iterator[Event]:
    """Ask one model every question it has not answered yet, then keep its score."""
    model = "tuned" if tuned else "base"
    known = {answer["number"] for answer in store.answers(model)}
    todo = sorted(set(range(len(exam.golds))) - known, key=lambda number: len(exam.golds[number].pair.question))
    started, total = time.monotonic(), len(exam.golds)
    what = "Scoring the tuned model" if tuned else "Scoring the base model"
    yield Progress("evaluate", len(known), total, what)
    for first in range(0, len(todo), exam.config.batch):
        if exam.stop():
            return
        numbers = todo[first : first + exam.config.batch]
        questions = [exam.golds[number].pair.question for number in numbers]
        texts = student.write(exam.schema_text, questions, tuned, exam.config.max_new_tokens)
        for number, text in zip(numbers, texts, strict=True):
            gold = exam.golds[number]
            marked = mark(text, gold, exam.databases, exam.sandbox)
            body = {"number": number, "question": gold.pair.question, "gold": gold.pair.sql, **asdict(marked)}
            store.save_answer(model, number, body)
            yield Answered("evaluate", model, gold.pair.question, marked.sql, marked.right, marked.failure)
        done = first + len(numbers)
        left = (time.monotonic() - started) / done * (len(todo) - done)
        store.save_score(_tally(store, model, exam, student.device.label()))
        yield Progress("evaluate", len(known) + done, total, what, left)


def _tally(store: Store, model: str, exam: Exam, hardware: str) -> Score:
    answers = store.answers(model)
    n = len(answers)
    right = sum(answer["right"] for answer in answers)
    low, high = wilson(right, n)
    return Score(
        model=model,
        accuracy=right / n,
        accuracy_set=sum(answer["right_set"] for answer in answers) / n,
        accuracy_single=sum(answer["right_single"] for answer in answers) / n,
        low=low,
        high=high,
        n=n,
        excluded=exam.excluded,
        hardware=hardware,
        databases=len(exam.databases),
    )


def _result(store: Store) -> dict[str, object]:
    return {model: asdict(score) for model, score in store.scores().items()}

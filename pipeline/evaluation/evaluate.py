"""The evaluate stage: base and tuned answer the same questions; every answer and both scores go to the store.

The questions are the run's held-out pairs on freshly made databases (their literals seeded in), or other people's questions
on their own database. A stopped scoring goes on where it was as long as nothing that it scores has changed.
`report.json` tells what the store holds at any time. The models are only asked through a callable, so that it may run
elsewhere; SQL and the store stay in this process.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pipeline.config import EvaluateConfig, InstanceConfig
from pipeline.database.instances import build_instances
from pipeline.database.sandbox import Sandbox
from pipeline.database.schema import Schema
from pipeline.database.sql import literals
from pipeline.database.sqlite_file import is_sqlite_file
from pipeline.dataset.pasted import read_pairs
from pipeline.errors import UserError
from pipeline.evaluation.report import make_report, to_json
from pipeline.evaluation.scoring import Gold, mark, run_gold
from pipeline.evaluation.statistics import wilson
from pipeline.records import Answered, Done, Event, Note, Pair, Progress, Score
from pipeline.store import Store
from pipeline.student.bases import choose_base
from pipeline.student.device import choose_device
from pipeline.student.model import Write, write

SEED_OFFSET = 1000
"""Scoring uses other databases than the gate did: a model must not be right by the chance of one set of rows."""

Given = tuple[Path | None, Path | None]
"""A questions file and its database; without a database the run's own ones, without questions the held-out pairs."""


@dataclass(frozen=True)
class Exam:
    """What is asked of both models, on which databases, and how."""

    schema: Schema
    base: str
    golds: dict[int, Gold]
    """By the number of the question, from 0; those left out are missing."""
    databases: list[Path]
    excluded: int
    config: EvaluateConfig
    sandbox: Sandbox
    fingerprint: str
    """What the answers belong to."""
    given: Given
    write: Write
    hardware: str


def evaluate_run(  # noqa: PLR0913 - the stage's inputs, all of them needed
    store: Store,
    schema: Schema,
    config: EvaluateConfig,
    given: Given,
    stop: Callable[[], bool],
    write: Write = write,
) -> Iterator[Event]:
    """Score the run's models; `given` is other questions (JSONL) with their database, or Nones; `write` asks a model.

    The last event is `Done` with the scores by model. Raises UserError when there is nothing to score or to score on, or
    when a model cannot be had; the scores of before are kept then.
    """
    _check(config, given)
    yield Progress("evaluate", 0, 0)  # making databases takes seconds, in which the last scoring's end would be shown
    pairs, unreadable = _pairs(store, given[0])
    pairs = pairs[: config.limit or None]
    models = ([False] if config.base_too else []) + ([True] if (store.folder / "adapter").exists() else [])
    if not models:
        raise UserError("There is no tuned model to score yet. Train one first.")
    base = store.get("base") or choose_base().id
    with tempfile.TemporaryDirectory() as scratch, Sandbox() as sandbox:
        databases = [given[1]] if given[1] else _instances(store, schema, pairs, Path(scratch))
        golds = {n: gold for n, pair in enumerate(pairs) if (gold := run_gold(pair, databases, sandbox, schema))}
        if not golds:
            raise UserError(
                "None of the {n} questions has an answer on this database. Check that they fit it.", n=len(pairs)
            )
        fingerprint = _fingerprint(store, config, (base, schema.to_prompt(), pairs), given[1])
        exam = Exam(schema, base, golds, databases, len(pairs) - len(golds), config, sandbox, fingerprint, given, write,
                    choose_device().label())  # fmt: skip
        yield from _left_out(unreadable, exam.excluded)
        for tuned in models:
            if not (yield from _score(store, exam, tuned, stop)):
                yield Done("evaluate", _result(store), stopped=True)
                return
    yield Done("evaluate", _result(store))


def _check(config: EvaluateConfig, given: Given) -> None:
    if config.limit < 0:
        raise UserError("A limit of {limit} questions makes no sense. Give 0 for all, or more.", limit=config.limit)
    questions, database = given
    if questions is None and database is not None:
        raise UserError(
            "There are no questions for {file}. Give a JSONL file with instruction and output.", file=database
        )
    if questions is not None and not questions.is_file():
        raise UserError("There is no file {file}. Name a JSONL file with instruction and output.", file=questions)
    if database is not None and not database.is_file():
        raise UserError("There is no file {file}. Name a SQLite file.", file=database)
    if database is not None and not is_sqlite_file(database):
        raise UserError("{file} is not a SQLite database. Name a SQLite file.", file=database)


def _pairs(store: Store, questions: Path | None) -> tuple[list[Pair], int]:
    """The questions with their gold, and how many lines of the file were none."""
    if questions is not None:
        given, unreadable = read_pairs(questions.read_text(encoding="utf-8", errors="replace"))
        return given, len(unreadable)
    pairs = [judged.pair for judged in store.pairs(split="heldout")]
    if not pairs:
        raise UserError("There are no held-out pairs to score on. Write pairs first.")
    return pairs, 0


def _left_out(unreadable: int, excluded: int) -> Iterator[Note]:
    if unreadable:
        text = "{n} lines of the questions could not be read and are left out."
        yield Note("evaluate", text, {"n": unreadable}, "warning")
    if excluded:
        text = "{n} questions are left out: their gold SQL gives no rows on any database, or does not run."
        yield Note("evaluate", text, {"n": excluded}, "warning")


def _fingerprint(
    store: Store, config: EvaluateConfig, asked: tuple[str, str, Sequence[Pair]], database: Path | None
) -> str:
    """What the answers belong to: who was asked, about which schema, which questions, on which rows."""
    base, schema_text, pairs = asked
    files = (store.folder / "adapter" / "adapter_model.safetensors", database or store.folder / "database.sqlite")
    told = [base, schema_text, [(pair.question, pair.sql) for pair in pairs], config.max_new_tokens]
    return hashlib.sha256(json.dumps([told, [_digest(file) for file in files]]).encode()).hexdigest()


def _digest(file: Path) -> str:
    if not file.exists():
        return ""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _forget_others(store: Store, exam: Exam) -> None:
    """Drop answers that were given to other questions, on another database or by another adapter."""
    if store.get("scored") != exam.fingerprint:
        store.forget_scores()
        names = [path.name if path else "" for path in exam.given]
        limits = {"max_new_tokens": exam.config.max_new_tokens, "limit": exam.config.limit}
        store.set(scored=exam.fingerprint, scored_on={"questions": names[0], "database": names[1]}, scored_with=limits)


def _instances(store: Store, schema: Schema, pairs: Sequence[Pair], scratch: Path) -> list[Path]:
    uploaded = store.folder / "database.sqlite"
    config = InstanceConfig()
    seeds = tuple(dict.fromkeys(literal for pair in pairs for literal in literals(pair.sql)))
    other = replace(config, seed=config.seed + SEED_OFFSET)
    return build_instances(schema, scratch, other, seeds, uploaded if uploaded.exists() else None)


def _score(store: Store, exam: Exam, tuned: bool, stop: Callable[[], bool]) -> Generator[Event, None, bool]:
    """Ask one model every question it has not answered yet and keep its score; False when it was stopped before."""
    model = "tuned" if tuned else "base"
    known = _known(store, exam, model)
    todo = sorted(exam.golds.keys() - known, key=lambda number: len(exam.golds[number].pair.question))
    started, total = time.monotonic(), len(exam.golds)
    what = "Scoring the tuned model" if tuned else "Scoring the base model"
    if known:
        _keep_score(store, exam, model)
    yield Progress("evaluate", len(known), total, what)
    for first in range(0, len(todo), exam.config.batch):
        if stop():
            return False
        numbers = todo[first : first + exam.config.batch]
        for number, text in zip(numbers, _ask(store, exam, numbers, tuned), strict=True):
            yield _mark(store, exam, model, number, text)
        _keep_score(store, exam, model)
        done = first + len(numbers)
        left = (time.monotonic() - started) / done * (len(todo) - done)
        yield Progress("evaluate", len(known) + done, total, what, left)
    return True


def _known(store: Store, exam: Exam, model: str) -> set[int]:
    """The questions that this very model has answered already."""
    if store.get("scored") != exam.fingerprint:
        return set()
    return {answer["number"] for answer in store.answers(model)} & exam.golds.keys()


def _ask(store: Store, exam: Exam, numbers: Sequence[int], tuned: bool) -> list[str]:
    """The model's texts. What others answered is dropped afterwards: a model that cannot be had leaves the old scores."""
    questions = [exam.golds[number].pair.question for number in numbers]
    limit = exam.config.max_new_tokens
    texts = exam.write(store.folder, exam.base, exam.schema.to_prompt(), questions, tuned, limit)
    _forget_others(store, exam)
    return texts


def _mark(store: Store, exam: Exam, model: str, number: int, text: str) -> Answered:
    gold = exam.golds[number]
    marked = mark(text, gold, exam.sandbox)
    body = {"number": number, "question": gold.pair.question, "gold": gold.pair.sql, **asdict(marked)}
    store.save_answer(model, number, body)
    return Answered("evaluate", model, gold.pair.question, marked.sql, marked.right, marked.failure)


def _tally(store: Store, exam: Exam, model: str) -> Score:
    answers = [answer for answer in store.answers(model) if answer["number"] in exam.golds]
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
        hardware=exam.hardware,
        databases=len(exam.databases),
    )


def _keep_score(store: Store, exam: Exam, model: str) -> None:
    store.save_score(_tally(store, exam, model))
    report = make_report(store, exam.schema)
    assert report is not None, "a score has just been kept"
    (store.folder / "report.json").write_text(to_json(report), encoding="utf-8")


def _result(store: Store) -> dict[str, object]:
    return {model: asdict(score) for model, score in store.scores().items()}

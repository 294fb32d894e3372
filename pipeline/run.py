"""The stages of a run in order: read_schema → write_dataset → train → evaluate → publish, and ask.

Every stage takes the run's `Store`, yields typed events and keeps each of them in the store before handing it on, with
where the stage stands (`status`). Whoever iterates decides what to show; whoever stops iterating stops the stage.
This is the only module that knows all the rooms; it hands the lower ones what they need from the higher as callables.
"""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.config import DatasetConfig, EvaluateConfig, TrainConfig
from pipeline.database.ddl import parse_schema, read_schema_file
from pipeline.database.examples import example_database, example_schema
from pipeline.database.schema import Schema
from pipeline.database.sqlite_file import is_sqlite_file
from pipeline.errors import PipelineError, UserError
from pipeline.records import Done, Event, Note, Rows, Step
from pipeline.stages import STAGES, Status, keep, status
from pipeline.store import Store

__all__ = ["STAGES", "Status", "status"]  # and all that is defined here

Stop = Callable[[], bool]
"""Asked between two units of work; True ends the stage with what it has."""

LANGUAGES = ("en", "ja")
MADE = ("adapter", "checkpoints", "instances", "cards")
WRITTEN = ("train.jsonl", "heldout.jsonl", "*.zip")
LEARNED = ("base", "training", "trained", "scored", "scored_on", "dataset_job")
"""Folders, files and facts that belong to one schema."""


def never() -> bool:
    """The `Stop` of a command that is only ended by a signal."""
    return False


# Schema


def schema_of(store: Store) -> Schema:
    """The run's schema. Raises UserError when the schema step has not been taken."""
    file = store.folder / "schema.sql"
    if not file.exists():
        raise UserError("This run has no schema yet. Read one first.")
    return parse_schema(file.read_text(encoding="utf-8"), "sqlite", store.get("schema_name", "schema"))


def database_of(store: Store) -> Path | None:
    """The database that came with the schema, or None."""
    file = store.folder / "database.sqlite"
    return file if file.exists() else None


def read_schema(store: Store, source: str | Path, dialect: str = "auto", name: str = "") -> Iterator[Event]:
    """Read a schema from pasted text, a `.sql` dump or a SQLite file, and make it the run's.

    A SQLite file's rows come along as the run's first database. What was made from another schema is dropped.
    Raises UserError with one line that says where and what to do.
    """
    return keep(store, "schema", _read_schema(store, source, dialect, name))


def read_example(store: Store, name: str) -> Iterator[Event]:
    """Make a sample (`shop` or `sales`) the run's schema, its rows the run's database."""
    return keep(store, "schema", _read_example(store, name))


def _read_schema(store: Store, source: str | Path, dialect: str, name: str) -> Iterator[Event]:
    if isinstance(source, Path):
        schema = read_schema_file(source, dialect)
    else:
        schema = parse_schema(source, dialect, name or "schema")
    _adopt(store, schema, name or schema.name)
    database = store.folder / "database.sqlite"
    if not isinstance(source, Path) or not is_sqlite_file(source):
        database.unlink(missing_ok=True)
    elif source.resolve() != database.resolve():
        shutil.copyfile(source, database)
    yield _schema_done(store, schema)


def _read_example(store: Store, name: str) -> Iterator[Event]:
    schema = example_schema(name)
    _adopt(store, schema, name)
    (store.folder / "database.sqlite").unlink(missing_ok=True)
    example_database(name, store.folder / "database.sqlite")
    yield _schema_done(store, schema)


def _adopt(store: Store, schema: Schema, name: str) -> None:
    """Make this the run's schema; what was made from another one is dropped."""
    from pipeline.student.prompt import count_tokens

    text, file = schema.to_sql(), store.folder / "schema.sql"
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        _forget_made(store)
    file.write_text(text, encoding="utf-8")
    store.set(schema_name=name, dialect=schema.dialect, prompt_tokens=count_tokens(schema.to_prompt()))


def _forget_made(store: Store) -> None:
    store.replace_pairs([])
    store.forget_scores()
    for stage in STAGES[1:]:
        store.forget_stage(stage)
        store.set(**{f"status_{stage}": None})
    store.set(**dict.fromkeys(LEARNED))
    for folder in MADE:
        shutil.rmtree(store.folder / folder, ignore_errors=True)
    for pattern in WRITTEN:
        for file in store.folder.glob(pattern):
            file.unlink()


def _schema_done(store: Store, schema: Schema) -> Done:
    return Done("schema", {"tables": schema.as_dict()["tables"], "prompt_tokens": store.get("prompt_tokens")})


# Dataset


def write_dataset(store: Store, config: DatasetConfig, paste: str = "", stop: Stop = never) -> Iterator[Event]:
    """Have a teacher write pairs, prove each, split the kept, and write `train.jsonl` and `heldout.jsonl`.

    `paste` is the text of pasted pairs when `config.teacher` is `pasted`. New pairs join those that are there.
    Raises UserError at once for settings that make no sense.
    """
    from pipeline.dataset.write import write_pairs

    check_dataset(config)
    return keep(store, "dataset", write_pairs(store, schema_of(store), config, paste, database_of(store), stop))


def check_dataset(config: DatasetConfig) -> None:
    """Raises UserError for settings of the dataset stage that make no sense."""
    if config.teacher == "claude":
        raise UserError("The teacher claude is not there yet. Choose pasted or offline.")
    if config.pairs < 1:
        raise UserError("{pairs} pairs cannot be written. Ask for 1 or more.", pairs=config.pairs)
    if not 0 <= config.heldout_share < 1:
        raise UserError(
            "A held-out share of {share} is out of range. Give at least 0 and less than 1, such as 0.1.",
            share=config.heldout_share,
        )
    for language in config.languages or ("",):
        if language not in LANGUAGES:
            raise UserError("There is no language {name}. Choose en, ja or en,ja.", name=repr(language))


# Train


def train(store: Store, config: TrainConfig, stop: Stop = never) -> Iterator[Event]:
    """Tune the student on the run's training pairs; goes on from the last checkpoint of the same settings."""
    return keep(store, "train", _train(store, config, stop))


def _train(store: Store, config: TrainConfig, stop: Stop) -> Iterator[Event]:
    from pipeline.student.train import Order, train_adapter

    _check_training(config)
    pairs = [judged.pair for judged in store.pairs(split="train")]
    if not pairs:
        raise UserError("There are no pairs to train on. Write some first.")
    store.set(training=asdict(config))
    order = Order(store.folder, schema_of(store).to_prompt(), pairs, config)
    for event in train_adapter(order, stop):
        if isinstance(event, (Step, Done)):
            store.forget_scores()  # not before: a base that cannot be had leaves the old adapter and its scores
        if isinstance(event, Done):
            store.set(base=event.result["base"], trained=event.result)
        yield event


def _check_training(config: TrainConfig) -> None:
    numbers = {name: value for name, value in asdict(config).items() if not isinstance(value, str)}
    for name, value in numbers.items():
        if not 0 <= value < math.inf:
            raise UserError("The setting {name} cannot be {value}. Give a number from zero up.", name=name, value=value)


# Evaluate


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


# Ask


@dataclass(frozen=True)
class Answer:
    """What came of a question: the SQL as written, and its rows or the reason why there are none."""

    question: str
    sql: str
    rows: Rows | None
    error: PipelineError | None
    seconds: float
    """From the question to the rows, model loaded."""
    model: str


def ask(store: Store, question: str, database: Path, tuned: bool = True) -> Answer:
    """Have the run's model (or its base) write SQL for a question and run it read-only on `database`.

    Raises UserError for an empty question, a run without a schema, or a model that cannot be had.
    """
    from pipeline.database.sql import extract_sql
    from pipeline.student.model import load_student

    check_question(question)
    student = load_student(store.folder, store.get("base", ""))
    started = time.monotonic()
    text = student.write(schema_of(store).to_prompt(), [question], tuned=tuned)[0]
    sql = extract_sql(text) or ""
    rows, error = run_sql(sql, database)
    return Answer(question, sql, rows, error, time.monotonic() - started, "tuned" if tuned else "base")


def check_question(question: str) -> None:
    """Raises UserError where there is nothing to answer."""
    if not question.strip():
        raise UserError("There is no question. Type one.")


def database_to_ask(store: Store, database: Path | None = None) -> Path:
    """The database that questions run on: the one given, the one that came with the schema, or a made-up one.

    Raises UserError when the given file is not there or is no SQLite file.
    """
    if database is not None and not database.is_file():
        raise UserError("There is no file {file}. Name a SQLite file.", file=database)
    if database is not None and not is_sqlite_file(database):
        raise UserError("{file} is not a SQLite database. Name a SQLite file.", file=database)
    return database or database_of(store) or made_up_databases(store)[0]


def made_up_databases(store: Store) -> list[Path]:
    """The test databases made from the run's schema alone; written once, for asking."""
    from pipeline.config import InstanceConfig
    from pipeline.database.instances import build_instances

    folder = store.folder / "instances"
    found = sorted(folder.glob("*.sqlite"))
    return found or build_instances(schema_of(store), folder, InstanceConfig())


def run_sql(sql: str, database: Path) -> tuple[Rows | None, PipelineError | None]:
    """Run one query in the sandbox: its rows, or why there are none."""
    from pipeline.database.sandbox import Sandbox

    try:
        with Sandbox() as sandbox:
            return sandbox.run(sql, database), None
    except UserError as error:
        return None, error


# Publish


def publish(store: Store) -> Iterator[Event]:
    """Bundle the run as one zip: adapter in PEFT layout, card with the measured scores, pairs."""
    return keep(store, "publish", _publish(store))


def _publish(store: Store) -> Iterator[Event]:
    from pipeline.hub.bundle import bundle

    file = bundle(store, schema_of(store))
    yield Note("publish", "The run is in {file}.", {"file": file.name})
    yield Done("publish", {"file": str(file), "bytes": file.stat().st_size})

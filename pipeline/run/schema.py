"""The schema step: pasted text, a dump, a SQLite file or a sample becomes a run's schema.

In: a run's store. Out: `schema.sql`, with the rows that came along as `database.sqlite`. Reading another schema drops
what was made from the one before. A schema over the token budget is cut (`fitting.py`).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from pipeline.config import USUAL_SCHEMA, SchemaConfig
from pipeline.database.ddl import parse_schema, read_schema_file
from pipeline.database.examples import example_database, example_schema
from pipeline.database.schema import Schema
from pipeline.database.sqlite_file import is_sqlite_file
from pipeline.errors import UserError
from pipeline.records import Done, Event
from pipeline.run.fitting import fit_as_before, remember_cut, whole_of
from pipeline.stages import STAGES, keep
from pipeline.store import Store

MADE = ("adapter", "checkpoints", "instances", "cards")
WRITTEN = ("train.jsonl", "heldout.jsonl", "certificates.jsonl", "instances.json", "unanswerable.jsonl", "*.zip")
LEARNED = (
    "base", "training", "trained", "scored", "scored_on", "scored_with", "dataset_job", "adapter_source", "instances",
    "instances_now", "leaks", "audit", "drift", "glossary",
)  # fmt: skip
"""Folders, files and facts that belong to one schema."""


def schema_of(store: Store) -> Schema:
    """The run's schema. Raises UserError when the schema step has not been taken."""
    file = store.folder / "schema.sql"
    if not file.exists():
        raise UserError("This run has no schema yet. Read one first.")
    return parse_schema(file.read_text(encoding="utf-8"), "sqlite", store.get("schema_name", "schema"))


def whole_schema_of(store: Store) -> Schema:
    """The schema as it was read, with the tables that did not fit. Raises UserError as `schema_of`."""
    return whole_of(store, schema_of(store))


def database_of(store: Store) -> Path | None:
    """The database that came with the schema, or None."""
    file = store.folder / "database.sqlite"
    return file if file.exists() else None


def read_schema(
    store: Store, source: str | Path, dialect: str = "auto", name: str = "", config: SchemaConfig = USUAL_SCHEMA
) -> Iterator[Event]:
    """Read a schema from pasted text, a `.sql` dump or a SQLite file, and make it the run's.

    A SQLite file's rows come along as the run's first database. What was made from another schema is dropped.
    Of a schema over `config.tokens` the run keeps a part, and a Note says which. Raises UserError with one line that says
    where and what to do.
    """
    return keep(store, "schema", _read_schema(store, source, dialect, name, config))


def read_example(store: Store, name: str) -> Iterator[Event]:
    """Make a sample (`shop` or `sales`) the run's schema, its rows the run's database."""
    return keep(store, "schema", _read_example(store, name))


def _read_schema(store: Store, source: str | Path, dialect: str, name: str, config: SchemaConfig) -> Iterator[Event]:
    if isinstance(source, Path):
        whole = read_schema_file(source, dialect)
    else:
        whole = parse_schema(source, dialect, name or "schema")
    schema, left = fit_as_before(store, whole, config)
    adopt(store, schema, name or schema.name)
    note = remember_cut(store, whole, left, config)
    if note:
        yield note
    database = store.folder / "database.sqlite"
    if not isinstance(source, Path) or not is_sqlite_file(source):
        database.unlink(missing_ok=True)
    elif source.resolve() != database.resolve():
        shutil.copyfile(source, database)
    yield schema_done(store, schema)


def _read_example(store: Store, name: str) -> Iterator[Event]:
    schema = example_schema(name)
    adopt(store, schema, name)
    (store.folder / "database.sqlite").unlink(missing_ok=True)
    example_database(name, store.folder / "database.sqlite")
    yield schema_done(store, schema)


def adopt(store: Store, schema: Schema, name: str) -> None:
    """Make this the run's schema; what was made from another one is dropped."""
    from pipeline.student.prompt import count_tokens

    text, file = schema.to_sql(), store.folder / "schema.sql"
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        forget_made(store)
    file.write_text(text, encoding="utf-8")
    remember_cut(store, schema, [], USUAL_SCHEMA)
    store.set(schema_name=name, dialect=schema.dialect, prompt_tokens=count_tokens(schema.to_prompt()))


def forget_made(store: Store) -> None:
    """Drop all that was made from the run's schema."""
    store.replace_pairs([])
    store.replace_unanswerable([])
    store.forget_scores()
    store.forget_asked()
    for stage in STAGES[1:]:
        store.forget_stage(stage)
        store.set(**{f"status_{stage}": None})
    store.set(**dict.fromkeys(LEARNED))
    for folder in MADE:
        shutil.rmtree(store.folder / folder, ignore_errors=True)
    for pattern in WRITTEN:
        for file in store.folder.glob(pattern):
            file.unlink()


def schema_done(store: Store, schema: Schema) -> Done:
    """How the schema step ends."""
    return Done("schema", {"tables": schema.as_dict()["tables"], "prompt_tokens": store.get("prompt_tokens")})

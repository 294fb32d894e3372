"""The databases that a run's pairs are proved on: made, remembered by what they are made from, and made again.

Files lie in the run's folder `instances`, with `made-from.json` beside them; the store remembers every set that some pair
was proved on (fact `instances`, by name), so the files themselves may go. One limit: the rows of an uploaded database are
in that database alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.config import InstanceConfig
from pipeline.database.filling.references import Literal
from pipeline.database.instances import build_instances, has_rows, rebuild, remember
from pipeline.database.schema import Schema
from pipeline.database.sql import literals
from pipeline.errors import SqlError, UserError
from pipeline.store import Store

MADE_FROM = "made-from.json"
MOST_LITERALS = 4_000
"""Values seeded into the databases; more would crowd out the rows that make them believable."""


@dataclass(frozen=True)
class Place:
    """Where the pairs of a run were proved."""

    schema: Schema
    databases: Sequence[Path]
    uploaded: Path | None = None

    @property
    def instances(self) -> InstanceConfig:
        """How the databases were made, for a gate to make more."""
        return InstanceConfig(count=len(self.databases))


def make_databases(
    store: Store, schema: Schema, config: InstanceConfig, values: Sequence[Literal], uploaded: Path | None
) -> list[Path]:
    """Make a run's databases anew, with these values in them, and remember what they are made from."""
    folder = store.folder / "instances"
    databases = build_instances(schema, folder, config, values, uploaded)
    there = uploaded is not None and has_rows(schema, uploaded)
    made_from = {**remember(config, values), "uploaded": there}
    name = hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()[:12]
    (folder / MADE_FROM).write_text(json.dumps({"name": name}), encoding="utf-8")
    store.set(instances={**(store.get("instances") or {}), name: made_from}, instances_now=name)
    return databases


def databases_of(store: Store, schema: Schema, uploaded: Path | None) -> list[Path]:
    """The databases of the last proof, made again where they are gone or were made by another version."""
    folder = store.folder / "instances"
    if found := sorted(folder.glob("instance-*.sqlite"), key=lambda path: int(path.stem.rpartition("-")[2])):
        return found
    made_from: dict[str, Any] = (store.get("instances") or {}).get(store.get("instances_now", ""), {})
    try:
        databases = rebuild(schema, folder, made_from, uploaded)
    except UserError:
        return make_databases(store, schema, InstanceConfig(), (), uploaded)
    (folder / MADE_FROM).write_text(json.dumps({"name": store.get("instances_now")}), encoding="utf-8")
    return databases


def values_of(queries: Iterable[str]) -> list[Literal]:
    """The values that queries compare columns with, for the databases to hold; of a query that does not parse none."""
    found: dict[Literal, None] = {}
    for sql in queries:
        with suppress(SqlError):
            found.update(dict.fromkeys(literals(sql)))
    return list(found)[:MOST_LITERALS]


def name_of(databases: Sequence[Path]) -> str:
    """The name under which the store remembers what these are made from; empty where nobody wrote it down."""
    file = databases[0].parent / MADE_FROM if databases else Path(MADE_FROM)
    return str(json.loads(file.read_text(encoding="utf-8"))["name"]) if file.is_file() else ""

"""What the gate is measured on: the samples' pairs, geography's where its folder is there, and made schemas of n tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.config import InstanceConfig
from pipeline.database.ddl import parse_schema, read_schema_file
from pipeline.database.examples import SAMPLES, example_database, example_schema
from pipeline.database.instances import build_instances
from pipeline.database.schema import Schema
from pipeline.database.sql import literals
from pipeline.dataset.offline import OfflineTeacher
from pipeline.dataset.pasted import read_pairs
from pipeline.errors import SqlError
from pipeline.records import Pair

DATA = Path("../shared/benchmarks/geography")
FILES = {
    "shop": ("pairs.jsonl", "pairs_ja.jsonl", "heldout.jsonl", "heldout_ja.jsonl"),
    "sales": ("pairs.jsonl",),
}
_NOUNS = ("region", "branch", "person", "device", "project", "ticket", "vendor", "parcel", "lesson", "garden")


@dataclass(frozen=True)
class Corpus:
    """Pairs about one schema; `uploaded` holds rows as a user's own database does, None for a made schema."""

    name: str
    schema: Schema
    pairs: tuple[Pair, ...]
    uploaded: Path | None = None

    def databases(self, folder: Path, config: InstanceConfig, own: bool = False) -> list[Path]:
        """The databases that a gate proves these pairs on; `own` leaves the uploaded one out."""
        values = [literal for pair in self.pairs for literal in _literals(pair.sql)]
        return build_instances(self.schema, folder, config, values, None if own else self.uploaded)


def good_pairs(folder: Path, data: Path) -> list[Corpus]:
    """The samples' pairs, and geography's that Claude wrote where `data` is there."""
    found = []
    for name, files in FILES.items():
        database = folder / f"{name}.sqlite"
        example_database(name, database)
        texts = [(SAMPLES / name / file).read_text(encoding="utf-8") for file in files]
        pairs = tuple(pair for text in texts for pair in read_pairs(text)[0])
        found.append(Corpus(name, example_schema(name), pairs, database))
    if data.exists():
        database = data / "geography.sqlite"
        pairs = tuple(read_pairs((data / "claude_pairs.jsonl").read_text(encoding="utf-8"))[0])
        found.append(Corpus("geography", replace(read_schema_file(database), name="geography"), pairs, database))
    return found


def made(tables: int, pairs: int, seed: int) -> Corpus:
    """A schema of so many tables, each referring to the one or two before it, and offline pairs about it."""
    schema = parse_schema("\n".join(_table(number) for number in range(tables)), "sqlite", f"made{tables}")
    return Corpus(schema.name, schema, tuple(OfflineTeacher(seed).pairs(schema, pairs, ("en",))))


def _table(number: int) -> str:
    own = _noun(number)
    keys = [_noun(number - step) for step in (1, 3) if number >= step]
    lines = [f"{own}_id INTEGER PRIMARY KEY", "name TEXT NOT NULL UNIQUE", "price REAL NOT NULL", "stock INTEGER",
             "status TEXT NOT NULL CHECK (status IN ('open', 'closed', 'waiting'))", "opened_on DATE NOT NULL"]  # fmt: skip
    lines += [f"{key}_id INTEGER NOT NULL REFERENCES {key}s ({key}_id)" for key in keys]
    return f"CREATE TABLE {own}s (\n  " + ",\n  ".join(lines) + "\n);"


def _noun(number: int) -> str:
    noun, turn = _NOUNS[number % len(_NOUNS)], number // len(_NOUNS)
    return f"{('', 'spare_', 'old_', 'joint_')[turn]}{noun}"


def _literals(sql: str) -> Sequence[tuple[str | int | float, str | None]]:
    try:
        return literals(sql)
    except SqlError:
        return ()

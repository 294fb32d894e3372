"""Schemas of a wanted number of tokens with pairs about them: what `training` is measured on.

Whole tables of real schemas (four PostgreSQL dumps, their tables together where one is too small) where the folder is
there, else of the made schemas. The pairs are the offline teacher's, so their lengths are those of a real run.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

from benchmarks.corpora import made
from pipeline.database.closure import cut
from pipeline.database.ddl import read_schema_file
from pipeline.database.schema import Schema, Table
from pipeline.dataset.offline import OfflineTeacher
from pipeline.records import Pair
from pipeline.run.fitting import count

DUMPS = Path("../shared/benchmarks/sql-eval")
MOST_MADE = 40


def schema_of_size(tokens: int, dumps: Path) -> Schema:
    """The schema that comes nearest to so many tokens of the embedded base from below, in whole tables."""
    whole = _together(dumps) if dumps.is_dir() else made(MOST_MADE, 0, 1).schema
    return cut(whole, [], tokens, count)[0]


def pairs_about(schema: Schema, number: int, seed: int = 7) -> list[Pair]:
    """So many English pairs; from the first again where the teacher has no more to ask."""
    pairs = list(OfflineTeacher(seed).pairs(schema, number, ("en",)))
    return list(islice(cycle(pairs), number))


def _together(dumps: Path) -> Schema:
    """All tables of all dumps; of two with one name the first."""
    tables: dict[str, Table] = {}
    files = sorted(dumps.glob("*.sql"))
    for file in files:
        for table in read_schema_file(file).tables:
            tables.setdefault(table.name.lower(), table)
    first = read_schema_file(files[0])
    return replace(first, name="real", tables=tuple(tables.values()))

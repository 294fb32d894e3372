"""Populated SQLite databases from a schema alone, on which right and wrong SQL can be told apart.

In: a `Schema`, a seed, the literals of the queries at hand; out: SQLite files whose keys and CHECKs hold. SQLite judges
every row: one that cannot be made to fit in a few tries is left out. The same seed gives the same rows in any process.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.config import InstanceConfig
from pipeline.database.filling.characters import CHARACTERS, Character
from pipeline.database.filling.ground import Ground, make_ground
from pipeline.database.filling.references import Literal, Reference
from pipeline.database.filling.tables import Filling
from pipeline.database.filling.vocabulary import fingerprint
from pipeline.database.schema import Schema, Table, quote
from pipeline.errors import UserError

VERSION = 2
"""Raised whenever the same seed gives other rows than before."""


def build_instances(
    schema: Schema,
    folder: Path,
    config: InstanceConfig,
    literals: Sequence[Literal] = (),
    uploaded: Path | None = None,
) -> list[Path]:
    """Write `config.count` databases, `instance-1.sqlite` …, into the folder and return their paths.

    An uploaded database with rows is the first, copied as it is and made read-only. Raises UserError when the upload
    is not a SQLite database or when SQLite refuses the schema.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"instance-{number}.sqlite" for number in range(1, config.count + 1)]
    ground = make_ground(schema, literals)
    for number, path in enumerate(paths):
        path.unlink(missing_ok=True)
        if number == 0 and uploaded is not None and has_rows(schema, uploaded):
            shutil.copyfile(uploaded, path)
            path.chmod(0o444)
        else:
            character = CHARACTERS[number % len(CHARACTERS)]
            _write(path, ground, character, config.seed + number, config.rows)
    return paths


def remember(config: InstanceConfig, literals: Sequence[Literal]) -> dict[str, Any]:
    """All that `rebuild` needs beside the schema to make the same databases again: a few JSON-able values, no rows."""
    return {
        "version": VERSION,
        "words": fingerprint(),
        "seed": config.seed,
        "count": config.count,
        "rows": config.rows,
        "literals": [list(literal) for literal in literals],
    }


def rebuild(schema: Schema, folder: Path, remembered: Mapping[str, Any], uploaded: Path | None = None) -> list[Path]:
    """The databases of `build_instances` once more, from what `remember` gave, perhaps through JSON.

    Raises UserError where another version made them, so that their rows would differ, and as `build_instances`.
    """
    made = f"{remembered.get('version', 1)} ({remembered.get('words', 'unknown')})"
    here = f"{VERSION} ({fingerprint()})"
    if made != here:
        raise UserError(
            "These databases were made by version {made} of their rows, and this is version {here}, whose rows differ. "
            "Use the release and the Faker package that made them.",
            made=made,
            here=here,
        )
    config = InstanceConfig(count=remembered["count"], rows=remembered["rows"], seed=remembered["seed"])
    literals = [(value, owner) for value, owner in remembered["literals"]]
    return build_instances(schema, folder, config, literals, uploaded)


def build_instance(
    schema: Schema, path: Path, seed: int, rows: int = 40, literals: Sequence[Literal] = ()
) -> tuple[str, ...]:
    """Write one database of about `rows` rows a table; its character comes from the seed.

    Returns the tables that stayed empty because no row could be made to fit. Raises UserError when SQLite refuses the
    schema. A file already at `path` is replaced.
    """
    return _write(path, make_ground(schema, literals), CHARACTERS[seed % len(CHARACTERS)], seed, rows)


def _write(path: Path, ground: Ground, character: Character, seed: int, rows: int) -> tuple[str, ...]:
    """Write one database in place of what is at `path`; the tables that stayed empty by accident."""
    path.unlink(missing_ok=True)
    with open_new(ground.schema, path, ground.sql) as connection:
        filling = Filling(ground, connection, seed)
        bare = _bare_table(ground.order, seed) if character.bare else ""
        for table, references in ground.order:
            if table.name != bare:
                filling.fill(table, references, character, rows)
        filling.close_cycles()
        if character.echoes:
            filling.meet_averages()
    connection.close()
    return tuple(table.name for table, _ in ground.order if table.name != bare and not filling.rows[table.name.lower()])


def open_new(schema: Schema, path: Path, sql: str = "") -> sqlite3.Connection:
    """A connection to a new database file with the schema's tables, foreign keys not enforced yet.

    `sql` is the schema's DDL where it is at hand. Raises UserError when SQLite refuses the schema.
    """
    connection = sqlite3.connect(path)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1_000_000)  # a CHECK may hold a function that makes long values
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    try:
        connection.executescript(sql or schema.to_sql())
    except sqlite3.Error as error:
        connection.close()
        raise UserError(
            "SQLite refuses the schema {name}: {reason}. Simplify that statement and try again.",
            name=schema.name,
            reason=str(error),
        ) from error
    return connection


def has_rows(schema: Schema, path: Path) -> bool:
    """Whether a SQLite file has a row in one of the schema's tables. Raises UserError when it is no SQLite database."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        names = {name.lower() for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        tables = [table.name for table in schema.tables if table.name.lower() in names]
        return any(connection.execute(f"SELECT 1 FROM {quote(name)} LIMIT 1").fetchone() for name in tables)
    except sqlite3.DatabaseError as error:
        raise UserError(
            "{file} cannot be read as a SQLite database: {reason}. Upload a .sqlite or .db file.",
            file=path.name,
            reason=str(error),
        ) from error
    finally:
        connection.close()


def _bare_table(order: Sequence[tuple[Table, list[Reference]]], seed: int) -> str:
    """A table that refers to others and that none refers to; none in a schema of fewer than four tables."""
    parents = {reference.parent for _, references in order for reference in references}
    leaves = [table.name for table, found in order if found and table.name.lower() not in parents]
    return random.Random(f"{seed}/bare").choice(leaves) if leaves and len(order) > 3 else ""

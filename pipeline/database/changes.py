"""What differs between two versions of a schema: two `Schema`s in, named changes out.

One limit: a renamed table or column is one that is gone and one that is new.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.database.schema import Schema


@dataclass(frozen=True)
class Changes:
    """Names as the schemas write them; columns as `table.column`, only of tables that both have."""

    new_tables: tuple[str, ...] = ()
    gone_tables: tuple[str, ...] = ()
    new_columns: tuple[str, ...] = ()
    gone_columns: tuple[str, ...] = ()
    changed_columns: tuple[str, ...] = ()
    """Of another type, nullable or unique where they were not, or with other allowed values."""
    changed_keys: tuple[str, ...] = ()
    """Tables whose primary, unique or foreign keys are others."""

    def __bool__(self) -> bool:
        return any(vars(self).values())


def changes(old: Schema, new: Schema) -> Changes:
    """Table by table and column by column, whatever the case of their names."""
    before, after = ({table.name.lower(): table for table in schema.tables} for schema in (old, new))
    columns: dict[str, list[str]] = {"new": [], "gone": [], "changed": []}
    keys = []
    for name in (name for name in after if name in before):
        here, there = ({c.name.lower(): c for c in side[name].columns} for side in (before, after))
        table = after[name].name
        columns["new"] += [f"{table}.{there[each].name}" for each in there if each not in here]
        columns["gone"] += [f"{table}.{here[each].name}" for each in here if each not in there]
        for each in (each for each in there if each in here):
            one, two = ((c.type, c.nullable, c.unique, c.allowed) for c in (here[each], there[each]))
            columns["changed"] += [f"{table}.{there[each].name}"] if one != two else []
        one_key, two_key = ((t.primary_key, t.foreign_keys, t.unique) for t in (before[name], after[name]))
        keys += [table] if one_key != two_key else []
    return Changes(
        tuple(table.name for name, table in after.items() if name not in before),
        tuple(table.name for name, table in before.items() if name not in after),
        tuple(columns["new"]),
        tuple(columns["gone"]),
        tuple(columns["changed"]),
        tuple(keys),
    )

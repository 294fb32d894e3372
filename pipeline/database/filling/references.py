"""Which table refers to which: declared foreign keys, those that names imply, and the order in which to fill tables.

A schema without declared keys (`city.state_name`, `state.state_name`) still joins: implied references make the values
meet. They are soft: a few rows refer to nothing, as in real data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.database.filling.kinds import affinity, is_own_name, kind_of, singular, words_of
from pipeline.database.schema import Column, ForeignKey, Schema, Table

Literal = tuple[str | int | float, str | None]
"""A value in a query, and the column it was compared with: `column`, `table.column` or None."""

_SHARED_KINDS = frozenset(
    ("state", "city", "country", "category", "department", "product", "store", "mountain", "river")
)


@dataclass(frozen=True)
class Reference:
    """One foreign key in lower-case names; `soft` when it was implied, `late` when its parent is filled afterwards."""

    columns: tuple[str, ...]
    parent: str
    keys: tuple[str, ...]
    soft: bool = False
    late: bool = False


def filling_order(schema: Schema, literals: Sequence[Literal] = ()) -> list[tuple[Table, list[Reference]]]:
    """The tables, parents first, each with its references.

    In a cycle the table that loses least goes first (nullable columns before NOT NULL ones): its references are `late`
    and filled by an update once the parent has rows. Soft references that point forward are dropped.
    """
    implied = {table.name: _implied(schema, table, literals) for table in schema.tables}
    order: list[tuple[Table, list[Reference]]] = []
    placed: set[str] = set()
    waiting = list(schema.tables)
    while waiting:
        table = min(waiting, key=lambda table: _cost(table, placed, implied[table.name]))
        waiting.remove(table)
        placed.add(table.name.lower())
        references = [_declared(schema, key, placed) for key in table.foreign_keys]
        references += [reference for reference in implied[table.name] if reference.parent in placed]
        order.append((table, references))
    return order


def _cost(table: Table, placed: set[str], implied: list[Reference]) -> tuple[int, int, int]:
    """Unfilled parents through NOT NULL columns, through nullable ones, and implied ones."""
    missing = [key for key in table.foreign_keys if key.table.lower() not in placed | {table.name.lower()}]
    firm = sum(all(not table.column(name).nullable for name in key.columns) for key in missing)
    return firm, len(missing), sum(reference.parent not in placed for reference in implied)


def _declared(schema: Schema, key: ForeignKey, placed: set[str]) -> Reference:
    keys = key.references or schema.table(key.table).primary_key
    late = key.table.lower() not in placed
    return Reference(_lower(key.columns), key.table.lower(), _lower(keys), late=late)


def _implied(schema: Schema, table: Table, literals: Sequence[Literal]) -> list[Reference]:
    taken = {name.lower() for key in table.foreign_keys for name in key.columns}
    taken |= {table.primary_key[0].lower()} if len(table.primary_key) == 1 else set()
    found = []
    for column in table.columns:
        if column.name.lower() in taken or column.allowed or column.unique:
            continue
        parent = _implied_parent(schema, table, column, literals)
        if parent:
            found.append(
                Reference((column.name.lower(),), parent[0].name.lower(), (parent[1].name.lower(),), soft=True)
            )
    return found


def _implied_parent(
    schema: Schema, table: Table, column: Column, literals: Sequence[Literal]
) -> tuple[Table, Column] | None:
    common = _common_word(schema)
    targets = [
        (other, target)
        for other in schema.tables
        if other.name != table.name
        for target in other.columns
        if affinity(target.type) == affinity(column.type)
    ]
    for other, target in targets:
        if other.primary_key == (target.name,) and _names_key(column, other, target, common):
            return other, target
    names = [found for found in targets if is_own_name(*found) and not is_own_name(table, column)]
    named = next((found for found in names if _names_thing(table, column, *found)), None)
    texts = _texts(column, literals)
    shared = max(names, key=lambda found: len(texts & _texts(found[1], literals)), default=None)
    if named or shared is None or len(texts & _texts(shared[1], literals)) < max(2, len(texts) / 2):
        return named
    return shared


def _names_key(column: Column, parent: Table, key: Column, common: str) -> bool:
    """`sbTxCustId` names `sbCustomer.sbCustId`; `user_id` names `users.uid` and `users.id`."""
    words = words_of(column.name)
    target = words_of(key.name).removeprefix(common).strip()
    own = singular(words_of(parent.name).removeprefix(common).strip())
    if target in ("id", "code", "key") or (" " not in target and target.endswith("id")):
        return words.endswith(f"{own} id") or words == f"{own} {target}" or words == f"{own}id"
    return words == target or words.endswith(f" {target}")


def _names_thing(table: Table, column: Column, parent: Table, target: Column) -> bool:
    """`city.state_name` names `state.state_name`: by the same name, or by the same kind (`capital` and `city`)."""
    words, own = words_of(column.name), words_of(target.name)
    if words in (own, singular(words_of(parent.name))) and own not in ("name", "title", "label"):
        return True
    kind = kind_of(table, column)
    return kind in _SHARED_KINDS and kind == kind_of(parent, target)


def _texts(column: Column, literals: Sequence[Literal]) -> set[str]:
    name = column.name.lower()
    return {value for value, of in literals if isinstance(value, str) and of and of.lower().rpartition(".")[2] == name}


def _common_word(schema: Schema) -> str:
    """The word with which every table's name starts (`sb` in `sbCustomer`, `sbTicker`), or nothing."""
    firsts = {words_of(table.name).split(" ")[0] for table in schema.tables}
    return firsts.pop() + " " if len(firsts) == 1 and len(schema.tables) > 1 else ""


def _lower(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.lower() for name in names)

"""Schema and values → `Graph`: which columns are names, keys, quantities or categories, and what refers to what.

References without a foreign key are told from equal or telling column names, and from text columns whose values are another
table's names. A reference that neither names nor data give away is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.database.filling.kinds import affinity, kind_of
from pipeline.database.filling.references import filling_order
from pipeline.database.schema import Column, Schema, Table
from pipeline.dataset.offline.graph import Entity, Field, Graph, Link, Relation
from pipeline.dataset.offline.hints import also_of, japanese_of, unit_of
from pipeline.dataset.offline.lexicon import (
    ALIASES,
    CODES,
    GEOGRAPHIC,
    HIDDEN,
    MUTUAL,
    NOUNS,
    SENSES,
    SUPERLATIVES,
    SYNONYMS,
    VERBS,
)
from pipeline.dataset.offline.values import Values
from pipeline.dataset.offline.words import singular, split, strip_common, table_words, word_set

_SKIPPED = frozenset(("url", "ip", "agent", "uuid", "hash", "json", "sentence", "blob", "time"))
_CATEGORIES = word_set(
    "status type category department job payment level reason country state region city color gender currency "
    "language weekday make"
)


def build_graph(schema: Schema, values: Values) -> Graph:
    """The graph of all tables of a schema."""
    nouns = [
        singular(" ".join(_noun_last(words)))
        for words in strip_common([table_words(table.name) for table in schema.tables])
    ]
    entities = [Entity(table, noun) for table, noun in zip(schema.tables, nouns, strict=True)]
    for entity in entities:
        _name_fields(entity, values)
    for entity in entities:
        _declared_links(entity, entities)
    _key_links(schema, entities)
    for entity in entities:
        _implied_links(entity, entities, values)
    parents = {link.parent for entity in entities for link in entity.parents}
    for entity in entities:
        if not entity.own and (entity in parents or entity.kind == "person"):
            entity.label, entity.own = None, True  # a doctor is not called by the school
        _settle(entity, values)
    nouns_used = {entity.noun for entity in entities} | {one.words for entity in entities for one in entity.fields}
    for entity in entities:
        entity.also = tuple(noun for noun in NOUNS.get(entity.noun, ()) if noun not in nouns_used)
        entity.ja = japanese_of(entity.table.comment) or ("" if entity.table.name.isascii() else entity.table.name)
        for link in entity.parents:
            if not entity.relations_only:
                link.parent.children.append(link)
    return Graph(tuple(entities))


def _noun_last(words: tuple[str, ...]) -> tuple[str, ...]:
    """`transactions_daily` holds daily transactions."""
    periods = ("daily", "weekly", "monthly", "yearly", "annual")
    return (words[-1], *words[:-1]) if len(words) > 1 and words[-1] in periods else words


def _name_fields(entity: Entity, values: Values) -> None:
    table = entity.table
    own = split(entity.noun)
    texts = strip_common([split(column.name) for column in table.columns])
    fields = []
    for column, words in zip(table.columns, texts, strict=True):
        if len(words) > len(own) and words[: len(own)] == own and words[-1] not in ("date", "day", "time"):
            words = words[len(own) :]
        fields.append(_field(table, column, _gloss(column) or " ".join(words), values))
    entity.key = table.primary_key[0] if len(table.primary_key) == 1 else None
    entity.fields = tuple(fields)
    entity.label = _label(entity)
    if entity.label:
        called, first = entity.label.words, split(entity.label.name)[: len(own)]
        bare = called in ("name", "title", "full name", "code", "label", "username", entity.noun) or first == own
        entity.own = bare or not called.endswith(" name")


def _gloss(column: Column) -> str:
    """The comment in place of a name that says nothing, such as `mcc`; empty where it is no plain short phrase."""
    short = len(column.name) <= 4 and not re.search(r"[aeiou]", column.name.lower())
    plain = re.fullmatch(r"[A-Za-z]+( [A-Za-z]+){0,3}", column.comment.strip())
    return column.comment.strip().lower() if short and plain else ""


def _field(table: Table, column: Column, words: str, values: Values) -> Field:
    cast = (
        affinity(column.type) == "text" and values.numeric(table.name, column.name) and not set(words.split()) & CODES
    )
    role = "number" if cast else _role(table, column, set(words.split()) or {"id"})
    seen = values.seen(table.name, column.name)
    total = len(values.rows(table.name, column.name))
    fixed = bool(column.allowed) or 0 < len(seen) <= max(3, min(30, total // 3))
    if role == "text" and fixed:
        role = "category"
    if role == "category" and total > 5 and not column.allowed and not values.repeats(table.name, column.name):
        role = "text"
    if role == "category":
        role = "constant" if len(seen) == 1 and total > 3 and not column.allowed else role
    timed = affinity(column.type) == "datetime"
    japanese = japanese_of(column.comment) or ("" if column.name.isascii() else column.name)
    return Field(table.name, column.name, role, words, column.nullable, cast, fixed, timed,
                 also_of(column.comment, words), unit_of(column.comment) if role == "number" else "", japanese)  # fmt: skip


def _role(table: Table, column: Column, words: set[str]) -> str:
    kind, shape = kind_of(table, column), affinity(column.type)
    if column.name in table.primary_key or kind == "identity":
        return "key"
    if kind in _SKIPPED or words & HIDDEN or shape in ("blob", "time"):
        return "hidden"
    if shape in ("date", "datetime"):
        return "date"
    if shape == "boolean":
        return "flag"
    if shape in ("integer", "real"):
        return "year" if kind == "year" else "hidden" if words & CODES or kind in ("boolean", "epoch") else "number"
    return "category" if column.allowed or kind in _CATEGORIES else "text"


def _label(entity: Entity) -> Field | None:
    texts = [one for one in entity.fields if one.role in ("text", "category")]
    keys = [
        one for one in entity.fields if one.role == "key" and affinity(entity.table.column(one.name).type) == "text"
    ]
    bare = [
        one for one in (*texts, *keys) if one.words in ("name", "title", "full name", "label", "username", entity.noun)
    ]
    last = [one for one in texts if one.words.endswith((" name", " title")) and not _personal(one.words)]
    symbol = [one for one in texts if one.words in ("code", "symbol", "ticker")]
    return next(iter((*bare, *last, *symbol)), None)


def _personal(words: str) -> bool:
    return words.startswith(("first ", "last ", "middle ", "contact ", "gateway ", "country ")) or words.endswith(
        "file name"
    )


def _declared_links(entity: Entity, entities: Sequence[Entity]) -> None:
    tables = {one.table.name.lower(): one for one in entities}
    for key in entity.table.foreign_keys:
        parent = tables[key.table.lower()]
        for column, target in zip(key.columns, key.references, strict=True):
            home = parent
            if len(key.columns) > 1:  # returns(order_id, product_id) → order_items: on to orders and to products
                onward = [one for one in parent.table.foreign_keys if one.columns == (target,)]
                if not onward:
                    continue
                home, target = tables[onward[0].table.lower()], onward[0].references[0]
            _connect(entity, column, home, target)


def _key_links(schema: Schema, entities: Sequence[Entity]) -> None:
    """References to a primary key that only the names give away, as the instances are filled."""
    tables = {one.table.name.lower(): one for one in entities}
    for table, references in filling_order(schema):
        for soft in references:
            parent, child = tables[soft.parent], tables[table.name.lower()]
            keys = [name.lower() for name in parent.table.primary_key]
            own = child.key is not None and child.key.lower() in soft.columns
            if soft.soft and list(soft.keys) == keys and not own:
                _connect(child, child.table.column(soft.columns[0]).name, parent, parent.table.primary_key[0])


def _implied_links(entity: Entity, entities: Sequence[Entity], values: Values) -> None:
    known = {link.column for link in entity.parents}
    hub = max(entities, key=lambda one: _mentions(one, entities))
    for one in entity.fields:
        if one.name in known:
            continue
        for parent in entities:
            target = _target(entity, one, parent, values, hub)
            if target and not (parent is entity and one.name == target):
                _connect(entity, one.name, parent, target)
                break


def _mentions(entity: Entity, entities: Sequence[Entity]) -> int:
    """How many tables have a column called as the entity's names are."""
    label = entity.label.name.lower() if entity.label and entity.own else ""
    return sum(column.name.lower() == label for one in entities for column in one.table.columns)


def _target(entity: Entity, one: Field, parent: Entity, values: Values, hub: Entity) -> str | None:
    """The column of `parent` that a column without foreign key refers to."""
    table, words = parent.table, split(one.name)
    noun = split(parent.noun)
    label = parent.label if parent.label and parent.own else None
    shape = affinity(entity.table.column(one.name).type)
    if one.role in ("key", "hidden", "number") and parent.key and shape == affinity(table.column(parent.key).type):
        same = one.name.lower() == parent.key.lower() and words != ("id",) and words[0] != "tx"
        own_key = parent is entity or entity.key == one.name
        return parent.key if not own_key and (same or words == (*noun, "id")) else None
    if label is None or parent is entity or one.role not in ("text", "category", "name"):
        return None
    meant = words in ((*noun, "name"), noun) or SENSES.get(one.words) == parent.noun
    alike = one.name.lower() == label.name.lower() and words[0] == noun[0]
    inside = values.within((entity.table.name, one.name), (table.name, label.name))
    verb = _verb(one, entity) and not values.known and parent is hub
    hidden = label is entity.label
    return label.name if (meant or alike or inside or verb) and not hidden else None


def _verb(one: Field, entity: Entity) -> bool:
    return bool(set(one.words.split()) & set(VERBS)) and entity.label is not one


def _connect(child: Entity, column: str, parent: Entity, target: str) -> None:
    words = split(column)
    verbs = next((VERBS[word] for word in words if word in VERBS), ())
    bare = " ".join(word for word in words if word not in ("id", "name", "uid"))
    role = "" if bare in (parent.noun, "") or bare in parent.noun or parent.noun in bare else bare
    if child is parent:
        role = f"parent {parent.noun}" if bare == "parent" else bare
    nullable = child.table.column(column).nullable and column not in child.table.primary_key
    child.parents.append(Link(child, column, parent, target, "" if verbs else role, verbs, nullable))


def _settle(entity: Entity, values: Values) -> None:
    """Twins, relations, bridges, spread things and pairs, once every link is known."""
    columns = {link.column for link in entity.parents}
    label = entity.label
    own_links = [link for link in entity.parents if label and link.column == label.name and link.named]
    if own_links:
        _twin_or_relation(entity, own_links[0], values)
    elif len(entity.table.primary_key) > 1 and set(entity.table.primary_key) <= columns:
        entity.bridge = True
    fields = [_without_name(_as_key(one, columns, entity), entity) for one in entity.fields if one.role != "hidden"]
    present = {one.words for one in fields}
    entity.fields = tuple(replace(one, also=_also(one, present)) for one in fields)
    entity.scope = _scope(entity, values)
    label = entity.label = next((one for one in entity.fields if label and one.name == label.name), None)
    if label and entity.own and not entity.key and values.repeats(entity.table.name, label.name):
        measured = [one for one in entity.having("number") if one.name != label.name]
        entity.spread = any(values.determines(entity.table.name, label.name, one.name) for one in measured)
    entity.pairs = tuple(
        (text, number)
        for text in entity.having("text", "category")
        for number in entity.having("number")
        if text.words.split()[0] in SUPERLATIVES and text.words.split()[0] == number.words.split()[0]
    )


def _also(one: Field, present: set[str]) -> tuple[str, ...]:
    """Other words for a column that mean no other column of the table."""
    words = [word for word in (*one.also, *one.also, *SYNONYMS.get(one.words, ())) if word not in present]
    if one.words == "density" and "population" in present:
        words += ["population density"] * 2
    return tuple(words)


def _scope(entity: Entity, values: Values) -> tuple[str, ...]:
    """What every row has in common, as people say it: "in the usa"; it restricts nothing."""
    found = []
    for one in entity.having("constant"):
        if one.words in GEOGRAPHIC:
            value = str(values.seen(one.table, one.name)[0])
            found += [f"in the {one.words}", f"in {value}"]
            found += [f"in {article}{name}" for name in ALIASES.get(value.lower(), ()) for article in ("", "the ")]
    return tuple(found)


def _without_name(one: Field, entity: Entity) -> Field:
    """A mere word of the row is called by its kind: `country_name` is the country."""
    mere = one.role in ("category", "constant") and not (entity.label and entity.label.name == one.name)
    return replace(one, words=one.words.removesuffix(" name")) if mere else one


def _as_key(one: Field, columns: set[str], entity: Entity) -> Field:
    refers = one.name in columns and not (entity.label and entity.label.name == one.name)
    sense = one.words in SENSES  # a capital is an attribute too
    return replace(one, role="key") if refers and not sense else one


def _twin_or_relation(entity: Entity, link: Link, values: Values) -> None:
    others = [one for one in entity.parents if one.parent is link.parent and one is not link and one.named]
    if others and len(entity.table.columns) <= 3 and set(split(others[0].column)) & MUTUAL:
        relation = Relation(entity.table.name, link.column, others[0].column, others[0].verbs)
        entity.relations_only = True
        link.parent.relations.append(relation)
        return
    if not values.known or not values.repeats(entity.table.name, link.column):
        entity.twin, entity.own = link, True
        entity.noun = link.parent.noun

"""Questions about one thing called by its name: its attributes, where it belongs, who it is."""

from __future__ import annotations

from dataclasses import replace

from pipeline.database.schema import quote
from pipeline.dataset.offline import filters
from pipeline.dataset.offline.graph import Entity, Field, Link
from pipeline.dataset.offline.lexicon import GEOGRAPHIC, SENSES, SUPERLATIVES
from pipeline.dataset.offline.maker import Draft, Maker, NoChoiceError
from pipeline.dataset.offline.sets import Subset
from pipeline.dataset.offline.values import literal, shown

ASKED = ("number", "text", "category", "date", "year")
"""Roles of columns whose value one asks for."""


def attributes(entity: Entity, without: frozenset[str] = frozenset()) -> list[Field]:
    """Columns one can ask for, those that English knows well twice."""
    label = entity.label.name if entity.label else ""
    return [one for one in entity.having(*ASKED) if one.name != label and one.name not in without]


def named(m: Maker, entity: Entity) -> tuple[str, str]:
    """The condition for one thing of the entity and the thing's mention."""
    column = entity.label.name if entity.label else entity.key
    if column is None:
        raise NoChoiceError
    if entity.label and not entity.own and entity.key and m.chance(0.4):
        value = m.pick(m.values.of(entity.table.name, entity.key))
        return f"{quote(entity.key)} = {literal(value)}", m.speaker.mention(replace(entity, label=None), shown(value))
    value = m.pick(m.values.of(entity.table.name, column))
    return f"{quote(column)} = {literal(value)}", m.speaker.mention(entity, shown(value))


def ask_attribute(m: Maker, entity: Entity, one: Field, x: str, many: bool = False) -> str:
    """The question for a column of what `x` says."""
    speaker = m.speaker
    if not many and m.chance(0.55):
        how = speaker.how(entity, one, x)
        if how:
            return speaker.finish(how)
    point = one.role in ("text", "category") and one.words.split()[0] in SUPERLATIVES
    key = "lookup_many" if many else "lookup_point" if point else _plain_key(entity, x)
    return speaker.ask(key, a=speaker.field(one), as_=speaker.field(one, many=True), x=x)


def _plain_key(entity: Entity, x: str) -> str:
    if entity.geographic:
        return "lookup_in"
    return "lookup_short" if len(x.split()) <= 3 else "lookup"


def spread(entity: Entity, one: Field) -> str:
    """DISTINCT where one thing fills several rows."""
    return f"{'DISTINCT ' if entity.distinct else ''}{one.plain()}"


def attribute(m: Maker) -> Draft:
    """`what is the capital of texas`."""
    entity = m.entity(lambda one: bool(attributes(one)))
    one = m.pick(entity.having("constant") if m.chance(0.04) else attributes(entity))
    where, x = named(m, entity)
    keyed = entity.key is not None and where.startswith(f"{quote(entity.key)} =")
    what = one.plain() if keyed else spread(entity, one)
    return Draft(f"SELECT {what} FROM {entity.name} WHERE {where}", ask_attribute(m, entity, one, x))


def several(m: Maker) -> Draft:
    """`what are the area and population of texas`."""
    entity = m.entity(lambda one: len(attributes(one)) > 1)
    count = min(len(attributes(entity)), m.pick((2, 2, 3)))
    asked = m.rng.sample(attributes(entity), count)
    where, x = named(m, entity)
    columns = ", ".join(one.plain() for one in asked)
    text = m.speaker.join([m.speaker.field(one) for one in asked])
    distinct = "DISTINCT " if entity.spread else ""
    sql = f"SELECT {distinct}{columns} FROM {entity.name} WHERE {where}"
    return Draft(sql, m.speaker.ask("lookup_columns", a=text, x=x))


def twice_named(m: Maker) -> Draft:
    """`population of springfield illinois`: a name that repeats, and its parent."""
    entity = m.entity(lambda one: bool(one.label and one.own and not one.spread and attributes(one)))
    label = entity.label
    links = [link for link in filters.parent_links(entity) if link.named and link.parent.kind == "place"]
    link = m.pick(links)
    if label is None or not m.values.repeats(entity.table.name, label.name):
        raise NoChoiceError
    name, parent = m.pick([row for row in m.values.rows(entity.table.name, label.name, link.column) if None not in row])
    one = m.pick(attributes(entity))
    x = m.speaker.fill("name_in", x=shown(name), y=shown(parent))
    where = f"{quote(label.name)} = {literal(name)} AND {quote(link.column)} = {literal(parent)}"
    return Draft(f"SELECT {one.plain()} FROM {entity.name} WHERE {where}", ask_attribute(m, entity, one, x))


def paired(m: Maker) -> Draft:
    """`how high is the highest point in texas`."""
    entity = m.entity(lambda one: bool(one.pairs))
    text, number = m.pick(entity.pairs)
    style = m.rng.random()
    if style < 0.35 and text.words.split()[0] in SUPERLATIVES:
        return _extreme_pair(m, entity, text, number)
    if style < 0.5:
        value = m.value(text)
        x = shown(value)
        question = ask_attribute(m, entity, replace(number, words=number.words.split()[-1]), x)
        return Draft(
            f"SELECT {spread(entity, number)} FROM {entity.name} WHERE {text.at()} = {literal(value)}", question
        )
    where, x = named(m, entity)
    measure = number.words.split()[-1]
    question = m.speaker.ask("pair", t=m.speaker.field(text), m=m.speaker.word(measure), a=m.speaker.field(number), x=x)
    return Draft(f"SELECT {number.plain()} FROM {entity.name} WHERE {where}", question)


def _extreme_pair(m: Maker, entity: Entity, text: Field, number: Field) -> Draft:
    """`what is the highest point`, `which state has the highest point`, over all rows."""
    function = "MAX" if SUPERLATIVES[text.words.split()[0]] > 0 else "MIN"
    condition = f"{number.at()} = (SELECT {function}({number.at()}) FROM {entity.name})"
    slots = {"n": m.speaker.noun(entity), "a": m.speaker.field(text), "nps": m.speaker.phrase(Subset(entity))}
    ask, what = m.pick((("extreme_point", text.at()), ("extreme_point_of", entity.out or text.at())))
    return Draft(f"SELECT {what} FROM {entity.name} WHERE {condition}", m.speaker.ask(ask, **slots))


def parent(m: Maker) -> Draft:
    """`which state is austin in`, `who is the manager of Aiko`, `what states does the mississippi run through`."""
    entity = m.entity(lambda one: bool(filters.parent_links(one)))
    link = m.pick([link for link in filters.parent_links(entity) if link.parent.label and link.column not in SENSES])
    if link.verbs and entity.label:
        return _object(m, entity, link, entity.label)
    where, x = named(m, entity)
    inner = f"{quote(link.column)} FROM {entity.name} WHERE {where}"
    sql = f"SELECT {inner}" if link.named else of_parent(link, link.parent.out or "", f"SELECT {inner}")
    return Draft(sql, _ask_parent(m, entity, link, x))


def _object(m: Maker, entity: Entity, link: Link, label: Field) -> Draft:
    """`what states does the mississippi run through`, and how many; a row for each, so no DISTINCT."""
    value = m.pick(m.values.unmixed(entity.table.name, label.name, link.column))
    verb = m.speaker.verb(m.pick(link.verbs))
    slots = {"ps": m.speaker.noun(link.parent, many=True), "x": m.speaker.mention(entity, shown(value)), **verb}
    where = f"FROM {entity.name} WHERE {quote(label.name)} = {literal(value)}"
    if m.chance(0.2):
        return Draft(f"SELECT COUNT(*) {where}", m.speaker.ask("verb_object_count", **slots))
    key = "verb_object_through" if verb["base"].endswith(" through") else "verb_object"
    return Draft(f"SELECT {quote(link.column)} {where}", m.speaker.ask(key, **slots))


def of_parent(link: Link, what: str, inner: str) -> str:
    """The query for a column of the parents that `inner` gives."""
    return f"SELECT {what} FROM {link.parent.name} WHERE {quote(link.target)} IN ({inner})"


def _ask_parent(m: Maker, entity: Entity, link: Link, x: str) -> str:
    speaker = m.speaker
    slots = {"p": speaker.word(link.noun), "ps": speaker.noun(link.parent, many=True), "x": x}
    if link.role:
        return speaker.ask(
            "parent_role_who" if link.parent.kind == "person" and m.chance(0.6) else "parent_role", **slots
        )
    if link.parent.kind != "place":
        return speaker.ask("parent_who" if link.parent.kind == "person" else "parent_of", **slots)
    first = next(one for one in entity.parents if not one.verbs)
    if link.parent.geographic and link is first and m.chance(0.3):
        return speaker.ask("where", **slots)
    return speaker.ask("parent_in" if link.parent.located else "parent_among", **slots)


def place(m: Maker) -> Draft:
    """`which city is customer Sato in`: a place that is a mere word of the row."""
    entity = m.entity(lambda one: bool(one.label and one.own))
    one = m.pick(
        [one for one in entity.having("category", "constant") if one.words in GEOGRAPHIC and one is not entity.label]
    )
    where, x = named(m, entity)
    places = [one for one in entity.having("category", "constant") if one.words in GEOGRAPHIC]
    alone = len(places) == 1 and not [link for link in filters.parent_links(entity) if link.parent.geographic]
    slots = {"p": m.speaker.field(one), "x": x}
    person = entity.kind == "person"
    key = "where_lives" if person else "where"
    question = m.speaker.ask(key if alone and m.chance(0.3) else "lives_in" if person else "parent_in", **slots)
    return Draft(f"SELECT {spread(entity, one)} FROM {entity.name} WHERE {where}", question)


def parents_of_name(m: Maker) -> Draft:
    """`which states have a city named springfield`, and how many."""
    entity = m.entity(lambda one: bool(one.label and one.own and filters.parent_links(one)))
    link = m.pick([link for link in filters.parent_links(entity) if link.named and not link.verbs and not link.role])
    if entity.label is None:
        raise NoChoiceError
    value = m.value(entity.label)
    slots = {"ps": m.speaker.noun(link.parent, many=True), **m.words(Subset(entity)), "v": shown(value)}
    many = m.chance(0.4)
    what = f"COUNT(DISTINCT {quote(link.column)})" if many else f"DISTINCT {quote(link.column)}"
    sql = f"SELECT {what} FROM {entity.name} WHERE {quote(entity.label.name)} = {literal(value)}"
    return Draft(sql, m.speaker.ask("parent_named_count" if many else "parent_named", **slots))


def reverse(m: Maker) -> Draft:
    """`which state has the capital boise`."""
    entity = m.entity(lambda one: bool(one.label and one.having("text")))
    texts = [one for one in entity.having("text") if one is not entity.label]
    one = m.pick([one for one in texts if one.words in SENSES or not m.values.repeats(one.table, one.name)])
    value = m.value(one)
    slots = {"n": m.speaker.noun(entity), "a": m.speaker.field(one), "v": shown(value)}
    return Draft(
        f"SELECT {entity.out} FROM {entity.name} WHERE {one.at()} = {literal(value)}", m.speaker.ask("reverse", **slots)
    )


PATTERNS = (
    (attribute, 13),
    (several, 2),
    (twice_named, 2),
    (paired, 2),
    (parent, 7),
    (parents_of_name, 2),
    (place, 2),
    (reverse, 3),
)

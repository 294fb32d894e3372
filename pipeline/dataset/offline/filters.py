"""Restrictions of an entity's rows, each with its words: by parent, category, number, date, missing values, children."""

from __future__ import annotations

import re
from collections.abc import Callable

from pipeline.database.schema import quote
from pipeline.dataset.offline.graph import Entity, Field, Link
from pipeline.dataset.offline.lexicon import GEOGRAPHIC, PLACES, SENSES
from pipeline.dataset.offline.maker import Maker, NoChoiceError
from pipeline.dataset.offline.sets import MARK, Chosen, Filter, link_column
from pipeline.dataset.offline.values import literal, shown
from pipeline.dataset.offline.when import by_date, by_period

_POSTS = frozenset(("role", "position", "job", "occupation", "profession"))
_NOUN = re.compile(r"(er|or|ist|ant|ian|ee)$")
"""Values of such columns that are what people call the person."""


def parent_links(entity: Entity) -> list[Link]:
    """Links that restrict an entity by a parent one can name."""
    links = [link for link in entity.parents if link is not entity.twin and link.role not in SENSES]
    return [link for link in links if link.parent.label or link.parent.key]


def named_operator(link: Link, value: object) -> str:
    """What follows the child's column so that its parent is the one of that name."""
    parent = link.parent
    if link.named or parent.label is None:
        return f"= {literal(value)}"
    return f"IN (SELECT {quote(link.target)} FROM {parent.name} WHERE {quote(parent.label.name)} = {literal(value)})"


def by_link(m: Maker, link: Link, x: str, operator: str, negative: bool = False) -> Filter:
    """The restriction to children of what `x` says."""
    speaker, parent = m.speaker, link.parent
    slots = {"x": x, "role": speaker.word(link.noun)}
    in_place = parent.kind == "place"
    if link.verbs and not (in_place and m.chance(0.25) and not negative):
        key = "verb"
        slots |= speaker.verb(m.pick(link.verbs))
    elif link.role:
        key = "of_role"
    else:
        key = (
            ("in_place" if parent.located else "in_group")
            if in_place
            else "of_person"
            if parent.kind == "person"
            else "of_thing"
        )
    if negative:
        key = "not_verb" if key == "verb" else "not_in_place" if in_place else "not_of"
        if link.role:
            raise NoChoiceError
    return Filter(f"{link_column(link)} {operator}", speaker.fill(key, **slots), columns=frozenset((link.column,)))


def by_parent(m: Maker, entity: Entity) -> Filter:
    """`in texas`, `of customer Sato`."""
    link = m.pick(parent_links(entity))
    value = m.link_value(link)
    found = by_link(m, link, m.speaker.mention(link.parent, shown(value)), named_operator(link, value))
    pre = shown(value) if link.parent.geographic and not link.verbs and link.named and m.chance(0.3) else ""
    return Filter(found.sql, found.post, pre, found.columns)


def by_chosen(m: Maker, link: Link, chosen: Chosen) -> Filter:
    """`in states that border texas`."""
    return by_link(m, link, chosen.phrase, chosen.condition(link.target))


def by_no_parent(m: Maker, entity: Entity) -> Filter:
    """`not in texas`; a thing that fills several rows must have no such row."""
    link = m.pick([link for link in parent_links(entity) if not link.nullable or link.named])
    value = m.link_value(link)
    x, column = m.speaker.mention(link.parent, shown(value)), link_column(link)
    found = by_link(m, link, x, "", negative=True)
    operator = named_operator(link, value)
    if entity.distinct and entity.label:
        label = quote(entity.label.name)
        inner = f"SELECT {label} FROM {entity.name} WHERE {quote(link.column)} {operator}"
        return Filter(f"{MARK}{label} NOT IN ({inner})", found.post, columns=found.columns)
    operator = "<>" + operator[1:] if operator.startswith("=") else f"NOT {operator}"
    return Filter(f"{column} {operator}", found.post, columns=found.columns)


def by_category(m: Maker, entity: Entity) -> Filter:
    """`with status pending`, `in Tokyo`."""
    one = m.pick([one for one in entity.having("category") if one is not entity.label])
    values = m.values.of(one.table, one.name)
    value, column = m.pick(values), MARK + one.at()
    last = one.words.rpartition(" ")[2]
    place = last in PLACES and last in GEOGRAPHIC
    slots = {**_column(m, one), "v": shown(value)}
    style = m.rng.random()
    if style < 0.15 and len(values) > 2:
        other = m.pick([item for item in values if item != value])
        post = m.speaker.fill("either_in" if place else "either", w=shown(other), **slots)
        return Filter(f"{column} IN ({literal(value)}, {literal(other)})", post, columns=frozenset((one.name,)))
    if style < 0.25 and not m.missing(one):
        return Filter(
            f"{column} <> {literal(value)}", m.speaker.fill("not_equals", **slots), columns=frozenset((one.name,))
        )
    word = "" if " " in shown(value) else shown(value)
    kind = word if entity.kind == "person" and last in _POSTS and _NOUN.search(word) else ""
    pre = word if not kind and (_bare(one) and one.fixed or place and m.chance(0.4)) else ""
    inside = "equals_from" if entity.kind == "person" else "equals_in"
    post = m.speaker.fill(inside if place else "equals", **slots)
    being = word if last == "status" else ""
    return Filter(f"{column} = {literal(value)}", post, pre, frozenset((one.name,)), being, kind)


def _bare(one: Field) -> bool:
    """Whether the value can stand before the noun: a pending order, but not a card payment's "too late"."""
    return one.words.rpartition(" ")[2] in ("status", "type", "category", "level", "color", "method", "channel")


def by_number(m: Maker, entity: Entity) -> Filter:
    """`with a price above 500`, `longer than 500`, `between`."""
    one = m.number(entity)
    value, column = m.threshold(one), one.at(MARK)
    slots = {**_column(m, one), "v": m.speaker.amount(one, value)}
    columns = frozenset((one.name,))
    style = m.rng.random()
    if style < 0.12:
        other = m.threshold(one)
        low, high = sorted((value, other))
        if low == high:
            raise NoChoiceError
        slots |= {"v": m.speaker.amount(one, low), "w": m.speaker.amount(one, high)}
        return Filter(
            f"{column} BETWEEN {literal(low)} AND {literal(high)}", m.speaker.fill("between", **slots), "", columns
        )
    if style < 0.2:
        actual = m.value(one)
        slots["v"] = shown(actual)
        sql = literal(actual) if not one.cast else shown(actual)
        return Filter(f"{column} = {sql}", m.speaker.fill("exactly", **slots), "", columns)
    key, sign = m.pick(
        (("more", ">"), ("more", ">"), ("less", "<"), ("less", "<"), ("at_least", ">="), ("at_most", "<="))
    )
    than = m.speaker.than(entity, one, key == "more") if key in ("more", "less") else ""
    if than and m.chance(0.5):
        return Filter(f"{column} {sign} {literal(value)}", m.speaker.fill("than", than=than, **slots), "", columns)
    return Filter(f"{column} {sign} {literal(value)}", m.speaker.fill(key, **slots), "", columns)


def by_average(m: Maker, entity: Entity) -> Filter:
    """`with a price above average`."""
    if entity.distinct:
        raise NoChoiceError
    one = m.number(entity)
    sign, key = m.pick(((">", "above_average"), ("<", "below_average")))
    sql = f"{one.at(MARK)} {sign} (SELECT AVG({one.at()}) FROM {entity.name})"
    return Filter(sql, m.speaker.fill(key, **_column(m, one)), "", frozenset((one.name,)))


def by_missing(m: Maker, entity: Entity) -> Filter:
    """`without an email`, `with a known cost`."""
    one = m.pick([one for one in entity.fields if one.nullable and one.role in ("text", "number", "date", "category")])
    if not m.missing(one):
        raise NoChoiceError
    key, test = m.pick((("null", "IS NULL"), ("null", "IS NULL"), ("not_null", "IS NOT NULL")))
    return Filter(f"{MARK}{quote(one.name)} {test}", m.speaker.fill(key, **_column(m, one)), "", frozenset((one.name,)))


def by_text(m: Maker, entity: Entity) -> Filter:
    """`whose name starts with A`, `with "son" in the name`."""
    own = [entity.label] if entity.label else []
    one = m.pick([*own, *entity.having("text")])
    value = shown(m.value(one))
    word = max(value.split(), key=len)
    if not word.isalnum():
        raise NoChoiceError
    key = m.pick(("starts", "contains"))
    part = word if key == "contains" else value[: m.rng.randint(1, 2)].strip()
    pattern = f"{part}%" if key == "starts" else f"%{part}%"
    name = m.called(entity)
    slots = _column(m, one) if one is not entity.label else {"a": name, "ana": m.speaker.indefinite(name)}
    sql = f"{MARK}{one.at()} LIKE {literal(pattern)}"
    return Filter(sql, m.speaker.fill(key, v=part, **slots), "", frozenset((one.name,)))


def _column(m: Maker, one: Field) -> dict[str, str]:
    return {"a": m.speaker.field(one), "ana": m.speaker.one_of(one)}


Kinds = tuple[tuple[Callable[[Maker, Entity], Filter], int], ...]
PLAIN: Kinds = ((by_category, 6), (by_number, 4), (by_date, 3), (by_period, 2), (by_missing, 1))
"""Restrictions by the row's own columns, how often each is tried."""
KINDS: Kinds = (*PLAIN, (by_parent, 9), (by_number, 2), (by_text, 1), (by_average, 2), (by_no_parent, 1))
"""All of them."""


def simple(m: Maker, entity: Entity, without: frozenset[str] = frozenset()) -> Filter:
    """One restriction of any kind that speaks of other columns. Raises NoChoiceError after a few tries."""
    return _some(m, entity, without, KINDS)


def plain(m: Maker, entity: Entity, without: frozenset[str] = frozenset()) -> Filter:
    """As `simple`, by the row's own columns alone."""
    return _some(m, entity, without, PLAIN)


def _some(m: Maker, entity: Entity, without: frozenset[str], kinds: Kinds) -> Filter:
    for _ in range(8):
        make = m.rng.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0]
        try:
            found = make(m, entity)
        except NoChoiceError:
            continue
        if not found.columns & without:
            return found
    raise NoChoiceError

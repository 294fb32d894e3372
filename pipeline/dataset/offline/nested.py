"""Attributes of things that are not named but picked out: the capital of the largest state, the city of an order's customer."""

from __future__ import annotations

from dataclasses import replace

from pipeline.database.schema import quote
from pipeline.dataset.offline import filters
from pipeline.dataset.offline.chosen import chosen
from pipeline.dataset.offline.lexicon import SENSES
from pipeline.dataset.offline.lookups import ask_attribute, attributes, named, of_parent, spread
from pipeline.dataset.offline.maker import Draft, Maker, NoChoiceError
from pipeline.dataset.offline.sets import MARK, Filter, Subset


def sense_extreme(m: Maker) -> Draft:
    """`the largest capital`: things of another kind that an attribute names."""
    link = m.pick([link for link in m.graph.links() if link.role in SENSES and link.parent.label and link.child.label])
    one = m.number(link.parent)
    high = m.high(one, 0.7)
    role = m.pick((link.role, f"{link.child.noun} {link.role}"))
    only = Filter(f"{MARK}{link.parent.out} IN (SELECT {quote(link.column)} FROM {link.child.name})", "")
    subset = Subset(replace(link.parent, noun=role, also=(), ja=""), (only,))
    condition = subset.extreme(one.at(), "MAX" if high else "MIN")
    return Draft(subset.select(link.parent.out or "", condition), m.speaker.ask_extreme(subset, one, high))


def of_chosen(m: Maker) -> Draft:
    """`what is the capital of the largest state`, `the capitals of the states that border texas`."""
    entity = m.entity(lambda one: bool(one.label and attributes(one)))
    home = entity.twin.parent if entity.twin else entity
    some = chosen(m, home, 1)
    one = m.pick(attributes(entity))
    where = (
        f"{quote(entity.twin.column)} {some.condition(entity.twin.target)}"
        if entity.twin
        else some.filter().replace(MARK, "")
    )
    if one.name in where.split("(")[0]:
        raise NoChoiceError
    if entity.spread and some.many:
        raise NoChoiceError  # values of several things that fill several rows each
    what = one.plain() if some.many else spread(entity, one)
    sql = f"SELECT {what} FROM {entity.name} WHERE {where}"
    return Draft(sql, ask_attribute(m, entity, one, some.phrase, some.many))


def through_text(m: Maker) -> Draft:
    """`population of the capital of texas`: an attribute that names a thing of another kind."""
    links = [link for link in m.graph.links() if link.role in SENSES and link.child.label and link.parent.label]
    link = m.pick(links)
    one = m.pick(attributes(link.parent))
    if m.chance(0.5):
        where, x = named(m, link.child)
    else:
        some = chosen(m, link.child, 0)
        where, x = some.filter().replace(MARK, ""), some.phrase
        if some.many:
            raise NoChoiceError
    inner = f"SELECT {quote(link.column)} FROM {link.child.name} WHERE {where}"
    text = m.speaker.fill("the_of", a=m.speaker.word(link.role), x=x)
    return Draft(of_parent(link, one.plain(), inner), ask_attribute(m, link.parent, one, text))


def parent_attribute(m: Maker) -> Draft:
    """`what is the city of the customer of order 12`: an attribute of the parent of a named thing."""
    entity = m.entity(lambda one: bool(filters.parent_links(one)))
    links = [
        link
        for link in filters.parent_links(entity)
        if link.parent.label and not link.verbs and attributes(link.parent)
    ]
    link = m.pick([link for link in links if link.column not in SENSES])
    one = m.pick(attributes(link.parent))
    where, x = named(m, entity)
    inner = f"SELECT {quote(link.column)} FROM {entity.name} WHERE {where}"
    key = "the_in" if link.parent.kind == "place" and not link.role else "the_of"
    text = m.speaker.fill(key, a=m.speaker.word(link.noun), x=x)
    return Draft(of_parent(link, one.plain(), inner), ask_attribute(m, link.parent, one, text))


def difference(m: Maker) -> Draft:
    """`what is the difference in population between texas and ohio`."""
    entity = m.entity(lambda one: bool(one.label and one.own and not one.spread and one.having("number")))
    one = m.number(entity)
    (first, x), (second, y) = named(m, entity), named(m, entity)
    if first == second or (entity.label and m.values.repeats(entity.table.name, entity.label.name)):
        raise NoChoiceError
    left, right = (f"(SELECT {one.at()} FROM {entity.name} WHERE {where})" for where in (first, second))
    return Draft(f"SELECT ABS({left} - {right})", m.speaker.ask("difference", a=m.speaker.field(one), x=x, y=y))


def restricted_attribute(m: Maker) -> Draft:
    """`what are the populations of cities in texas`."""
    entity = m.entity(lambda one: bool(attributes(one)) and not one.twin and not one.spread)
    found: tuple[Filter, ...] = () if m.chance(0.3) else (filters.simple(m, entity),)
    subset = Subset(entity, found)
    one = m.pick(attributes(entity, subset.columns))
    slots = {"a": m.speaker.field(one), "as_": m.speaker.field(one, many=True), "np": m.speaker.phrase(subset)}
    return Draft(subset.select(one.plain()), m.speaker.ask("list_columns", **{**slots, "a": slots["as_"]}))


PATTERNS = (
    (sense_extreme, 1),
    (of_chosen, 8),
    (through_text, 2),
    (parent_attribute, 2),
    (difference, 1),
    (restricted_attribute, 2),
)

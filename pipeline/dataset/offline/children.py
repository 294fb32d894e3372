"""Restrictions of a parent by its children: with orders, without orders, with more than 3 orders, run through by a river."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.database.schema import quote
from pipeline.dataset.offline import filters
from pipeline.dataset.offline.graph import Entity, Link
from pipeline.dataset.offline.maker import Maker, NoChoiceError
from pipeline.dataset.offline.sets import MARK, Chosen, Filter, Subset
from pipeline.dataset.offline.values import literal, shown


def child_links(entity: Entity) -> list[Link]:
    """Links to children one can speak of as the parent's own."""
    return [link for link in entity.children if link.child.twin is not link and not link.role]


def _inner(link: Link, where: str = "") -> str:
    return f"SELECT {quote(link.column)} FROM {link.child.name}{where}"


def having_some(m: Maker, entity: Entity, depth: int) -> Filter:
    """`with at least one pending order`."""
    link = m.pick([link for link in child_links(entity) if not link.child.bridge])
    restricted = m.chance(0.75)
    subset = Subset(link.child, (filters.simple(m, link.child, frozenset((link.column,))),) if restricted else ())
    sql = f"{MARK}{quote(link.target)} IN ({_inner(link, subset.where())})"
    np = m.speaker.phrase(subset, many=False)
    return Filter(sql, m.speaker.fill("have", np=np, anp=m.speaker.indefinite(np)))


def having_none(m: Maker, entity: Entity, depth: int) -> Filter:
    """`without orders`: NOT IN, or NOT EXISTS where the reference may be missing."""
    link = m.pick(child_links(entity))
    subset = Subset(link.child, (filters.by_category(m, link.child),) if m.chance(0.25) else ())
    sql = f"{MARK}{quote(link.target)} NOT IN ({_inner(link, subset.where())})"
    if link.nullable:
        same = f"{link.child.name}.{quote(link.column)} = {entity.name}.{quote(link.target)}"
        sql = f"NOT EXISTS (SELECT 1 FROM {link.child.name}{subset.where(same, link.child.name + '.')})"
    return Filter(sql, m.speaker.fill("have_none", nps=m.speaker.phrase(subset)))


def having_more(m: Maker, entity: Entity, depth: int) -> Filter:
    """`with more than 3 orders`."""
    link = m.pick(child_links(entity))
    child, column = link.child, quote(link.column)
    count = f"COUNT(DISTINCT {quote(child.label.name)})" if child.spread and child.label else "COUNT(*)"
    number = m.rng.randint(2, 5)
    key, sign = m.pick((("have_more", ">"), ("have_least", ">=")))
    sql = f"{MARK}{quote(link.target)} IN ({_inner(link)} GROUP BY {column} HAVING {count} {sign} {number})"
    return Filter(sql, m.speaker.fill(key, v=str(number), nps=m.speaker.noun(child, many=True)))


def through_bridge(m: Maker, entity: Entity, depth: int) -> Filter:
    """`with product Desk Lamp`: two tables that a third connects."""
    ways = [
        (near, far)
        for near in entity.children
        if near.child.bridge
        for far in near.child.parents
        if far is not near and far.parent is not entity and far.parent.out
    ]
    near, far = m.pick(ways)
    value = m.link_value(far)
    x, key = m.speaker.mention(far.parent, shown(value)), "have_named" if far.parent.label else "have_in"
    where = f" WHERE {quote(far.column)} {filters.named_operator(far, value)}"
    sql = f"{MARK}{quote(near.target)} IN ({_inner(near, where)})"
    return Filter(sql, m.speaker.fill(key, x=x))


def objects(m: Maker, entity: Entity, depth: int) -> Chosen:
    """`states that the mississippi runs through`, as rows of the parent."""
    found = object_filter(m, entity, depth)
    target, _, query = found.sql.removeprefix(MARK).partition(" IN (")
    text = m.speaker.phrase(Subset(entity, (found,)))
    text = m.speaker.definite(text) if m.chance(0.6) else text
    return Chosen(entity, text, source={target.strip('"'): query[:-1]}, many=True)


def object_filter(m: Maker, entity: Entity, depth: int) -> Filter:
    """`that the mississippi runs through`."""
    link = m.pick([link for link in entity.children if link.verbs and link.child.label])
    child = link.child
    if child.label is None:
        raise NoChoiceError
    value = m.value(child.label)
    slots = m.speaker.verb(m.pick(link.verbs))
    key = "object_through" if slots["base"].endswith(" through") else "object"
    phrase = m.speaker.fill(key, x=m.speaker.mention(child, shown(value)), **slots)
    query = _inner(link, f" WHERE {quote(child.label.name)} = {literal(value)}")
    return Filter(f"{MARK}{quote(link.target)} IN ({query})", phrase)


KINDS: tuple[tuple[Callable[[Maker, Entity, int], Filter], int], ...] = (
    (having_some, 4),
    (having_none, 4),
    (having_more, 3),
    (through_bridge, 4),
    (object_filter, 4),
)
"""How often each is tried."""


def restriction(m: Maker, entity: Entity, depth: int = 0) -> Filter:
    """A restriction by children. Raises NoChoiceError after a few tries."""
    return m.some(KINDS, entity, depth)

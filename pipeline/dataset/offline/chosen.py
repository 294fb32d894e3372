"""Parents picked out by what they are like: "the largest state", "states that border texas", "the busiest customer".

Each maker gives a `Chosen` of one entity; `chosen` tries them by weight. Depth counts how many may still be nested.
"""

from __future__ import annotations

from collections.abc import Callable

from pipeline.database.schema import quote
from pipeline.dataset.offline import children, filters
from pipeline.dataset.offline.graph import Entity, Relation
from pipeline.dataset.offline.lexicon import SENSES
from pipeline.dataset.offline.maker import Maker, NoChoiceError
from pipeline.dataset.offline.sets import MARK, Chosen, Filter, Subset
from pipeline.dataset.offline.values import literal, shown


def superlative(m: Maker, entity: Entity, depth: int) -> Chosen:
    """`the largest state`, `the largest state that borders texas`."""
    one = m.pick(entity.having("number", "number", "date"))
    high = m.high(one)
    restrictions: tuple[Filter, ...] = ()
    if depth > 0 and m.chance(0.35):
        restrictions = (restriction(m, entity, depth - 1),)
    subset = Subset(entity, restrictions)
    if one.name in subset.columns:
        raise NoChoiceError
    where = " AND ".join(part for part in (subset.condition(MARK), subset.extreme(one.at(), _function(high))) if part)
    phrase = m.speaker.superlative(subset, one, high)
    return Chosen(entity, phrase, where, deep=1 + len(restrictions))


def twin_superlative(m: Maker, entity: Entity, depth: int) -> Chosen:
    """`the state with the highest elevation`, where another table holds the elevation."""
    twin = m.pick([link.child for link in entity.children if link.child.twin is link])
    link = twin.twin
    one = m.pick(twin.having("number"))
    high = m.high(one)
    subset = Subset(twin)
    if link is None:
        raise NoChoiceError
    query = subset.select(quote(link.column), subset.extreme(one.at(), _function(high)))
    paired = [text for text, number in twin.pairs if number == one]
    phrase = m.speaker.superlative(subset, one, high)
    if paired and m.chance(0.5):
        phrase = m.speaker.fill("the_with_the", n=m.speaker.noun(entity), a=m.speaker.field(paired[0]))
    return Chosen(entity, phrase, source={link.target: query})


def by_child(m: Maker, entity: Entity, depth: int) -> Chosen:
    """`the state with the largest city`."""
    link = m.pick(
        [link for link in entity.children if link.child.label and not link.role and link.child.twin is not link]
    )
    one = m.pick(link.child.having("number"))
    high = m.high(one, 0.7)
    subset = Subset(link.child)
    condition = subset.extreme(one.at(), _function(high))
    query = subset.select(quote(link.column), condition)
    what = m.speaker.superlative(subset, one, high)
    many = bool(link.verbs)
    if link.verbs:
        noun = m.speaker.noun(entity, many)
        phrase = m.speaker.fill("the_object", n=noun, x=what, **m.speaker.verb(m.pick(link.verbs)))
    else:
        phrase = m.speaker.fill("the_with", n=m.speaker.noun(entity), x=what)
    return Chosen(entity, phrase, source={link.target: query}, many=many)


def by_attribute(m: Maker, entity: Entity, depth: int) -> Chosen:
    """`the state whose capital is albany`."""
    texts = [one for one in entity.having("text") if one is not entity.label and not one.words.startswith("address")]
    one = m.pick([one for one in texts if not m.values.repeats(one.table, one.name) or one.words in SENSES])
    value = m.value(one)
    phrase = m.speaker.fill("attribute_is", a=m.speaker.field(one), v=shown(value))
    subset = Subset(entity, (Filter(f"{MARK}{one.at()} = {literal(value)}", phrase),))
    text = m.speaker.definite(m.speaker.phrase(subset, many=False))
    return Chosen(entity, text, subset.condition(MARK), deep=0)


def neighbor_query(relation: Relation, operator: str) -> str:
    """The names next to those for which `operator` holds."""
    return f"SELECT {quote(relation.right)} FROM {quote(relation.table)} WHERE {quote(relation.left)} {operator}"


def neighbors(m: Maker, entity: Entity, depth: int) -> Chosen:
    """`states that border texas`, `states that border the largest state`."""
    found = neighbor_filter(m, entity, min(depth, 1))
    if " NOT IN " in found.sql.split("(")[0] + " ":
        raise NoChoiceError
    many = m.chance(0.7)
    noun = m.speaker.phrase(Subset(entity, (found,)), many=many)
    target = entity.label.name if entity.label else ""
    query = found.sql.partition(" IN (")[2][:-1]
    text = m.speaker.definite(noun) if many and m.chance(0.5) else noun if many else m.speaker.indefinite(noun)
    return Chosen(entity, text, source={target: query}, many=True)


def neighbor_filter(m: Maker, entity: Entity, depth: int) -> Filter:
    """`that border texas`."""
    relation = m.pick(entity.relations)
    if entity.label is None:
        raise NoChoiceError
    if m.chance(0.06):
        sql = f"{MARK}{quote(entity.label.name)} NOT IN (SELECT {quote(relation.left)} FROM {quote(relation.table)})"
        return Filter(sql, m.speaker.fill("neighbor_none", ns=m.speaker.noun(entity, many=True)))
    if depth > 0 and m.chance(0.4):
        inner = chosen(m, entity, depth - 1)
        x, operator = inner.phrase, inner.condition(entity.label.name)
    else:
        value = m.pick(m.values.of(relation.table, relation.left))
        x, operator = m.speaker.mention(entity, shown(value)), f"= {literal(value)}"
    slots = m.speaker.verb(m.pick(relation.verbs))
    negative = depth > 1 and m.chance(0.08)
    key = "not_verb" if negative else "verb"
    sql = f"{MARK}{quote(entity.label.name)}{' NOT' if negative else ''} IN ({neighbor_query(relation, operator)})"
    return Filter(sql, m.speaker.fill(key, x=x, **slots), columns=frozenset((entity.label.name,)))


def filtered(m: Maker, entity: Entity, depth: int) -> Chosen:
    """`states with a population above 500000`, `customers from Tokyo`, `customers with orders`."""
    found = filters.simple(m, entity) if m.chance(0.7) else children.restriction(m, entity, depth - 1)
    noun = m.speaker.phrase(Subset(entity, (found,)))
    return Chosen(entity, noun, found.sql, many=True)


def most(m: Maker, entity: Entity, depth: int) -> Chosen:
    """`the state with the most rivers`."""
    link = m.pick([link for link in entity.children if link.child.twin is not link and not link.role])
    child, column = link.child, quote(link.column)
    count = f"COUNT(DISTINCT {quote(child.label.name)})" if child.spread and child.label else "COUNT(*)"
    some = f" WHERE {column} IS NOT NULL" if m.gaps(link) else ""
    query = f"SELECT {column} FROM {child.name}{some} GROUP BY {column} ORDER BY {count} DESC, {column} LIMIT 1"
    phrase = m.speaker.fill("the_most", n=m.speaker.noun(entity), nps=m.speaker.noun(child, many=True))
    return Chosen(entity, phrase, source={link.target: query})


KINDS: tuple[tuple[Callable[[Maker, Entity, int], Chosen], int], ...] = (
    (superlative, 6),
    (twin_superlative, 2),
    (by_child, 3),
    (by_attribute, 2),
    (neighbors, 5),
    (children.objects, 4),
    (filtered, 3),
    (most, 2),
)
"""How often each is tried."""


def chosen(m: Maker, entity: Entity, depth: int = 1) -> Chosen:
    """Some rows of the entity, picked out. Raises NoChoiceError after a few tries."""
    return m.some(KINDS, entity, depth)


def restriction(m: Maker, entity: Entity, depth: int = 0) -> Filter:
    """A restriction of an entity: simple, by neighbours, by children, or by a chosen parent when `depth` allows."""
    links = [link for link in filters.parent_links(entity) if link.parent.label]
    if entity.relations and m.chance(0.5):
        return neighbor_filter(m, entity, depth)
    if depth > 0 and links and m.chance(0.5):
        link = m.pick(links)
        return filters.by_chosen(m, link, chosen(m, link.parent, depth - 1))
    if m.chance(0.15):
        return children.restriction(m, entity, depth - 1)
    return filters.simple(m, entity)


def _function(high: bool) -> str:
    return "MAX" if high else "MIN"

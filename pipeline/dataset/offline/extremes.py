"""The most and the least: superlatives, also restricted, what else is known of them, orders and top-N."""

from __future__ import annotations

from pipeline.database.schema import quote
from pipeline.dataset.offline import filters
from pipeline.dataset.offline.chosen import restriction
from pipeline.dataset.offline.graph import Entity, Field
from pipeline.dataset.offline.lexicon import SUPERLATIVES
from pipeline.dataset.offline.lists import listed, out
from pipeline.dataset.offline.lookups import ask_attribute, attributes, spread
from pipeline.dataset.offline.maker import Draft, Maker, NoChoiceError
from pipeline.dataset.offline.sets import Filter, Subset


def _extremes(m: Maker, entity: Entity) -> tuple[Field, bool, str]:
    one = m.pick([*entity.having("number") * 3, *entity.having("date")])
    high = m.high(one)
    return one, high, "MAX" if high else "MIN"


def superlative(m: Maker) -> Draft:
    """`what is the largest city in texas`: the extreme inside the restriction, and the restriction again outside."""
    entity = m.entity(lambda one: bool(one.having("number", "date")))
    one, high, _ = _extremes(m, entity)
    share = m.rng.random()
    restrictions: tuple[Filter, ...] = ()
    if share > 0.35 and listed(entity):
        links = filters.parent_links(entity)
        restrictions = (
            filters.by_parent(m, entity) if share < 0.7 and links else restriction(m, entity, int(share > 0.75)),
        )
    subset = Subset(entity, restrictions)
    if one.name in subset.columns:
        raise NoChoiceError
    sql = _first(m, subset, out(subset), one, high)
    return Draft(sql, m.speaker.ask_extreme(subset, one, high))


def _first(m: Maker, subset: Subset, what: str, one: Field, high: bool) -> str:
    """The extreme of all rows by its value; within a restriction, which need not be said twice, the first in order."""
    entity = subset.entity
    if not subset.filters or entity.key is None or entity.distinct:
        return subset.select(what, subset.extreme(one.at(), "MAX" if high else "MIN"))
    known = f"{one.at()} IS NOT NULL" if not high and m.missing(one) else ""
    return f"{subset.select(what, known)} ORDER BY {one.at()}{' DESC' if high else ''}, {quote(entity.key)} LIMIT 1"


def superlative_value(m: Maker) -> Draft:
    """`how long is the longest river in texas`, `what is the highest price`."""
    entity = m.entity(lambda one: bool(one.having("number", "date")))
    one, high, function = _extremes(m, entity)
    found = (restriction(m, entity),) if listed(entity) and m.chance(0.5) else ()
    subset = Subset(entity, found)
    if one.name in subset.columns:
        raise NoChoiceError
    sql = subset.select(f"{function}({one.at()})")
    if m.chance(0.4) and one.words.split()[0] not in SUPERLATIVES:
        return Draft(sql, ask_attribute(m, entity, one, m.speaker.superlative(subset, one, high)))
    slots = {"np": m.speaker.phrase(subset), "extreme": m.speaker.extreme_word(one, high)}
    return Draft(sql, m.speaker.ask("value_of", **slots))


def superlative_other(m: Maker) -> Draft:
    """`what is the population of the longest …`: another column of the extreme, also within a restriction."""
    entity = m.entity(lambda one: bool(one.having("number", "date")))
    one, high, _ = _extremes(m, entity)
    found = (filters.simple(m, entity),) if listed(entity) and m.chance(0.4) else ()
    subset = Subset(entity, found)
    if one.name in subset.columns:
        raise NoChoiceError
    other = m.pick(attributes(entity, subset.columns | {one.name}))
    sql = _first(m, subset, spread(entity, other), one, high)
    return Draft(sql, ask_attribute(m, entity, other, m.speaker.superlative(subset, one, high)))


def parent_of_superlative(m: Maker) -> Draft:
    """`which state has the largest city`, `what states does the longest river run through`."""
    entity = m.entity(lambda one: bool(one.having("number") and filters.parent_links(one)) and listed(one))
    link = m.pick([link for link in filters.parent_links(entity) if link.parent.label])
    one, high, function = _extremes(m, entity)
    subset = Subset(entity)
    inner = subset.select(quote(link.column), subset.extreme(one.at(), function))
    sql = (
        inner
        if link.named
        else f"SELECT {link.parent.out} FROM {link.parent.name} WHERE {quote(link.target)} IN ({inner})"
    )
    x = m.speaker.superlative(subset, one, high)
    slots = {"p": m.speaker.word(link.noun), "ps": m.speaker.noun(link.parent, many=True), "x": x}
    if link.verbs and m.chance(0.6):
        return Draft(sql, m.speaker.ask("verb_object", **slots, **m.speaker.verb(m.pick(link.verbs))))
    key = (
        "parent_role"
        if link.role
        else "parent_of"
        if link.parent.kind != "place"
        else "parent_in"
        if link.parent.located
        else "parent_among"
    )
    return Draft(sql, m.speaker.ask("has_child" if link.verbs else key, **slots))


def top(m: Maker) -> Draft:
    """`top 3 products by price`, `the 3 latest orders`, with the value or not: LIMIT after a total order."""
    entity = m.entity(lambda one: bool(one.having("number", "date")) and not one.distinct)
    one = m.pick(entity.having("number", "number", "date"))
    high = m.high(one, 0.7)
    n = m.rng.randint(2, 5)
    found = (filters.simple(m, entity),) if m.chance(0.4) and listed(entity) else ()
    subset = Subset(entity, found)
    tie = quote(entity.key) if entity.key else entity.out
    if one.name in subset.columns or (not high and m.missing(one)):
        raise NoChoiceError
    shows = entity.label is not None and m.chance(0.3)
    what = f"{entity.out}, {one.plain()}" if shows else entity.out or ""
    sql = f"{subset.select(what)} ORDER BY {one.at()}{' DESC' if high else ''}, {tie} LIMIT {n}"
    slots = {"nps": m.speaker.phrase(subset), "extreme": m.speaker.extreme_word(one, high), "a": m.speaker.field(one)}
    key = ("top_late" if high else "top_early") if one.role == "date" else "top" if high else "top_low"
    return Draft(sql, m.speaker.ask(f"{key}_with" if shows else key, v=m.speaker.count(n), **slots))


def ordered(m: Maker) -> Draft:
    """`products by price, highest first`."""
    entity = m.entity(lambda one: listed(one) and not one.distinct)
    one = m.pick([*entity.having("number", "date"), *([entity.label] if entity.label else [])])
    found = (filters.simple(m, entity),) if m.chance(0.5) else ()
    subset = Subset(entity, found)
    if one.name in subset.columns and "NULL" in subset.condition():
        raise NoChoiceError
    down = m.chance(0.5) and one is not entity.label
    kind = (
        "name"
        if one is entity.label
        else ("late" if down else "early")
        if one.role == "date"
        else "down"
        if down
        else "up"
    )
    sql = f"{subset.select(entity.out or '')} ORDER BY {one.at()}{' DESC' if down else ''}"
    return Draft(sql, m.speaker.ask(f"order_{kind}", np=m.speaker.phrase(subset), a=m.speaker.field(one)))


PATTERNS = (
    (superlative, 13),
    (superlative_value, 3),
    (superlative_other, 3),
    (parent_of_superlative, 4),
    (top, 3),
    (ordered, 3),
)

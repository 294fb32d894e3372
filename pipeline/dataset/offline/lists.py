"""Which rows: lists, counts, extremes, orders and top-N of subsets."""

from __future__ import annotations

import re

from pipeline.database.schema import quote
from pipeline.dataset.offline import filters
from pipeline.dataset.offline.chosen import chosen, neighbor_filter, restriction
from pipeline.dataset.offline.graph import Entity, Field
from pipeline.dataset.offline.lexicon import SUPERLATIVES
from pipeline.dataset.offline.lookups import ask_attribute, attributes, spread
from pipeline.dataset.offline.maker import Draft, Maker, NoChoiceError
from pipeline.dataset.offline.sets import MARK, Filter, Subset
from pipeline.dataset.offline.values import literal, shown


def listed(entity: Entity) -> bool:
    """Whether one lists and counts its rows."""
    return entity.twin is None


def out(entity: Entity) -> str:
    """The column that answers "which", DISTINCT where it repeats."""
    return f"{'DISTINCT ' if entity.distinct else ''}{entity.out}"


def number_of(entity: Entity) -> str:
    """The expression that counts its things."""
    return f"COUNT(DISTINCT {entity.out})" if entity.spread else "COUNT(*)"


def ask_list(m: Maker, subset: Subset) -> str:
    """The question for a list of the subset."""
    entity, speaker = subset.entity, m.speaker
    if entity.label is None:
        return speaker.ask("list_ids", **m.words(subset))
    noun, clause = speaker.asked(subset) if entity.own else ("", "")
    if clause and m.chance(0.55):
        return speaker.ask("clause", n=speaker.noun(entity), ns=noun, clause=clause)
    np = speaker.phrase(subset, things=not entity.own)
    return speaker.ask("list", **{**m.words(subset), "np": np})


def one_filter(m: Maker) -> Draft:
    """`what rivers run through texas`."""
    entity = m.entity(listed)
    subset = Subset(entity, (filters.by_parent(m, entity) if m.chance(0.35) else restriction(m, entity),))
    return Draft(direct(subset), ask_list(m, subset))


def direct(subset: Subset) -> str:
    """The list; where the one filter is a query for these very names, that query alone."""
    (only,) = subset.filters
    start = f"{MARK}{subset.entity.out} IN (SELECT "
    query = only.sql.removeprefix(start)
    if query == only.sql or not subset.entity.label or " GROUP BY " in query or query.count("(") >= query.count(")"):
        return subset.select(out(subset.entity))
    certain = re.fullmatch(r"[^()<>]* = '[^']*'\)", query) is not None
    return f"SELECT {'' if certain else 'DISTINCT '}{query[:-1]}"


def nested_filter(m: Maker) -> Draft:
    """`rivers in states that border texas`."""
    entity = m.entity(lambda one: listed(one) and bool(filters.parent_links(one)))
    link = m.pick([link for link in filters.parent_links(entity) if link.parent.label and not link.role])
    subset = Subset(entity, (filters.by_chosen(m, link, chosen(m, link.parent, 1)),))
    if m.chance(0.3):
        return Draft(subset.select(number_of(entity)), ask_count(m, subset))
    return Draft(subset.select(out(entity)), ask_list(m, subset))


def two_filters(m: Maker) -> Draft:
    """`pending orders of customer Sato`."""
    entity = m.entity(listed)
    subset = two(m, entity)
    if m.chance(0.35):
        return Draft(subset.select(number_of(entity)), ask_count(m, subset))
    return Draft(subset.select(out(entity)), ask_list(m, subset))


def two(m: Maker, entity: Entity) -> Subset:
    """A subset by two restrictions of different columns; one "or" is not combined with another."""
    first = filters.simple(m, entity)
    second = filters.simple(m, entity, first.columns)
    return Subset(entity, (second, first) if second.sql.startswith("NOT") else (first, second))


def either(m: Maker) -> Draft:
    """`products with a price above 500 or with no cost`."""
    entity = m.entity(listed)
    subset = two(m, entity)
    first, second = subset.filters
    phrase = m.speaker.fill("one_or_other", x=first.post, y=second.post)
    joined = Filter(f"({first.sql} OR {second.sql})", phrase, columns=subset.columns)
    sql = Subset(entity, (joined,))
    query = sql.select(out(entity)).replace("WHERE (", "WHERE ").removesuffix(")")
    return Draft(query, ask_list(m, sql))


def everything(m: Maker) -> Draft:
    """`list the states`, with other columns or none."""
    entity = m.entity(lambda one: listed(one) and one.label is not None)
    subset = Subset(entity)
    fields = attributes(entity)
    if m.chance(0.5) or not fields:
        return Draft(subset.select(out(entity)), ask_list(m, subset))
    some = m.rng.sample(fields, min(len(fields), m.pick((1, 1, 2))))
    slots = m.words(subset)
    many = m.speaker.join([m.speaker.field(one, many=True) for one in some])
    label = m.speaker.name_word()
    a = m.speaker.join([label, *(m.speaker.field(one) for one in some)])
    one = m.speaker.join([m.speaker.field(one) for one in some])
    columns = ", ".join([out(entity), *(one.at() for one in some)])
    if not entity.own:
        raise NoChoiceError
    return Draft(subset.select(columns), m.speaker.ask("columns_each", **slots, a=a, as_=many, one=one))


def columns(m: Maker) -> Draft:
    """`name and price of products in Books`."""
    entity = m.entity(lambda one: listed(one) and len(attributes(one)) > 1)
    found = restriction(m, entity)
    some = m.rng.sample(attributes(entity), 2)
    parts, words = [one.at() for one in some], [m.speaker.field(one) for one in some]
    if entity.label and entity.own:
        parts[0], words[0] = entity.out or parts[0], m.speaker.name_word()
    subset = Subset(entity, (found,))
    sql = subset.select(f"{'DISTINCT ' if entity.spread else ''}{', '.join(parts)}")
    return Draft(sql, m.speaker.ask("list_columns", a=m.speaker.join(words), np=m.speaker.phrase(subset)))


def distinct(m: Maker) -> Draft:
    """`what different cities are there among the customers`."""
    entity = m.entity(listed)
    one = m.pick([one for one in entity.having("category") if one is not entity.label])
    slots = {"a": m.speaker.field(one), "as_": m.speaker.field(one, many=True), **m.words(Subset(entity))}
    some = " WHERE " + one.at() + " IS NOT NULL" if m.missing(one) else ""
    if m.chance(0.4):
        return Draft(f"SELECT COUNT(DISTINCT {one.at()}) FROM {entity.name}", m.speaker.ask("count_distinct", **slots))
    return Draft(f"SELECT DISTINCT {one.at()} FROM {entity.name}{some}", m.speaker.ask("distinct", **slots))


def ask_count(m: Maker, subset: Subset) -> str:
    """The question for the number of things in the subset."""
    noun, clause = m.speaker.asked(subset)
    if clause and m.chance(0.5):
        return m.speaker.ask("count_clause", ns=noun, clause=clause)
    return m.speaker.ask("count", **m.words(subset))


def count(m: Maker) -> Draft:
    """`how many rivers are in texas`."""
    entity = m.entity(listed)
    share = m.rng.random()
    filled = () if share < 0.12 else (filters.by_parent(m, entity) if share < 0.5 else restriction(m, entity),)
    subset = Subset(entity, filled)
    return Draft(subset.select(number_of(entity)), ask_count(m, subset))


def had(m: Maker) -> Draft:
    """`how many cities does texas have`, `what rivers does texas have`."""
    entity = m.entity(lambda one: listed(one) and bool(filters.parent_links(one)))
    link = m.pick([link for link in filters.parent_links(entity) if link.parent.label and not link.role])
    value = m.link_value(link)
    x = m.speaker.mention(link.parent, shown(value))
    where = f" WHERE {quote(link.column)} {filters.named_operator(link, value)}"
    slots = {**m.words(Subset(entity)), "x": x}
    if m.chance(0.65) or entity.label is None:
        key = "count_have" if link.parent.kind == "place" else "count_of"
        return Draft(f"SELECT {number_of(entity)} FROM {entity.name}{where}", m.speaker.ask(key, **slots))
    return Draft(f"SELECT {out(entity)} FROM {entity.name}{where}", m.speaker.ask("list_have", **slots))


def _extremes(m: Maker, entity: Entity) -> tuple[Field, bool, str]:
    one = m.pick([*entity.having("number") * 3, *entity.having("date")])
    high = m.chance(0.65)
    return one, high, "MAX" if high else "MIN"


def superlative(m: Maker) -> Draft:
    """`what is the largest city in texas`: the extreme inside the restriction, and the restriction again outside."""
    entity = m.entity(lambda one: bool(one.having("number", "date")))
    one, high, function = _extremes(m, entity)
    share = m.rng.random()
    restrictions: tuple[Filter, ...] = ()
    if share > 0.35 and listed(entity):
        links = filters.parent_links(entity)
        restrictions = (
            filters.by_parent(m, entity) if share < 0.7 and links else restriction(m, entity, int(share > 0.85)),
        )
    subset = Subset(entity, restrictions)
    if one.name in subset.columns:
        raise NoChoiceError
    sql = subset.select(out(entity), subset.extreme(one.at(), function))
    return Draft(sql, m.speaker.ask_extreme(subset, one, high))


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
    one, high, function = _extremes(m, entity)
    found = (filters.simple(m, entity),) if listed(entity) and m.chance(0.4) else ()
    subset = Subset(entity, found)
    if one.name in subset.columns:
        raise NoChoiceError
    other = m.pick(attributes(entity, subset.columns | {one.name}))
    sql = subset.select(spread(entity, other), subset.extreme(one.at(), function))
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
    if link.verbs:
        return Draft(sql, m.speaker.ask("verb_object", **slots, **m.speaker.verb(m.pick(link.verbs))))
    key = "parent_role" if link.role else "parent_of" if link.parent.kind != "place" else "parent_in"
    return Draft(sql, m.speaker.ask(key, **slots))


def top(m: Maker) -> Draft:
    """`top 3 products by price`: LIMIT after a total order."""
    entity = m.entity(lambda one: bool(one.having("number")) and not one.distinct)
    one = m.number(entity)
    high = m.chance(0.7)
    n = m.rng.randint(2, 5)
    found = (filters.simple(m, entity),) if m.chance(0.4) and listed(entity) else ()
    subset = Subset(entity, found)
    tie = quote(entity.key) if entity.key else entity.out
    if one.name in subset.columns or (not high and m.missing(one)):
        raise NoChoiceError
    sql = f"{subset.select(entity.out or '')} ORDER BY {one.at()}{' DESC' if high else ''}, {tie} LIMIT {n}"
    slots = {"nps": m.speaker.phrase(subset), "extreme": m.speaker.extreme_word(one, high), "a": m.speaker.field(one)}
    return Draft(sql, m.speaker.ask("top" if high else "top_low", v=str(n), **slots))


def ordered(m: Maker) -> Draft:
    """`products by price, highest first`."""
    entity = m.entity(lambda one: listed(one) and not one.distinct)
    one = m.pick([*entity.having("number", "date"), *([entity.label] if entity.label else [])])
    found = (filters.simple(m, entity),) if m.chance(0.5) else ()
    subset = Subset(entity, found)
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


def neighbors(m: Maker) -> Draft:
    """`what states border texas`, `how many states border the largest state`."""
    entity = m.entity(lambda one: bool(one.relations))
    relation = m.pick(entity.relations)
    if m.chance(0.3):
        found = neighbor_filter(m, entity, 2)
        subset = Subset(entity, (found,))
        return Draft(direct(subset), ask_list(m, subset))
    value = m.pick(m.values.of(relation.table, relation.left))
    x = m.speaker.mention(entity, shown(value))
    many = m.chance(0.25)
    what = "COUNT(*)" if many else quote(relation.right)
    sql = f"SELECT {what} FROM {quote(relation.table)} WHERE {quote(relation.left)} = {literal(value)}"
    slots = {**m.words(Subset(entity)), "x": x, **m.speaker.verb(m.pick(relation.verbs))}
    return Draft(sql, m.speaker.ask("neighbors_count" if many else "neighbors", **slots))


PATTERNS = (
    (one_filter, 11),
    (nested_filter, 6),
    (two_filters, 5),
    (either, 1),
    (everything, 2),
    (columns, 3),
    (distinct, 2),
    (count, 7),
    (had, 4),
    (superlative, 13),
    (superlative_value, 3),
    (superlative_other, 3),
    (parent_of_superlative, 4),
    (top, 3),
    (ordered, 3),
    (neighbors, 6),
)

"""Which rows and how many: lists and counts of subsets, also within chosen parents, neighbours."""

from __future__ import annotations

import re

from pipeline.database.schema import quote
from pipeline.dataset.offline import filters
from pipeline.dataset.offline.chosen import chosen, neighbor_filter, restriction
from pipeline.dataset.offline.graph import Entity
from pipeline.dataset.offline.lookups import attributes
from pipeline.dataset.offline.maker import Draft, Maker, NoChoiceError
from pipeline.dataset.offline.sets import MARK, Filter, Subset
from pipeline.dataset.offline.values import literal, shown


def listed(entity: Entity) -> bool:
    """Whether one lists and counts its rows."""
    return entity.twin is None


def out(subset: Subset) -> str:
    """The column that answers "which", DISTINCT where it repeats."""
    entity = subset.entity
    return f"{'DISTINCT ' if entity.distinct and not _one_row_each(subset) else ''}{entity.out}"


def number_of(subset: Subset) -> str:
    """The expression that counts its things."""
    entity = subset.entity
    return f"COUNT(DISTINCT {entity.out})" if entity.spread and not _one_row_each(subset) else "COUNT(*)"


def _one_row_each(subset: Subset) -> bool:
    """Whether one parent is named, so that a thing which fills a row for each of its parents fills one here."""
    starts = tuple(f"{MARK}{quote(link.column)} = '" for link in subset.entity.parents)
    return subset.entity.spread and any(one.sql.startswith(starts) for one in subset.filters)


def ask_list(m: Maker, subset: Subset) -> str:
    """The question for a list of the subset."""
    entity, speaker = subset.entity, m.speaker
    if entity.label is None:
        return speaker.ask("list_ids", **m.words(subset))
    noun, clause = speaker.asked(subset) if entity.own else ("", "")
    if clause and m.chance(0.55):
        return speaker.ask("clause", n=speaker.noun(entity), ns=noun, clause=clause)
    np = speaker.phrase(subset, things=not entity.own)
    who = entity.kind == "person" and entity.own and m.chance(0.4)
    return speaker.ask("list_who" if who else "list", **{**m.words(subset), "np": np})


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
        return subset.select(out(subset))
    certain = re.fullmatch(r"[^()<>]* = '[^']*'\)", query) is not None
    return f"SELECT {'' if certain else 'DISTINCT '}{query[:-1]}"


def nested_filter(m: Maker) -> Draft:
    """`rivers in states that border texas`."""
    entity = m.entity(lambda one: listed(one) and bool(filters.parent_links(one)))
    link = m.pick([link for link in filters.parent_links(entity) if link.parent.label and not link.role])
    subset = Subset(entity, (filters.by_chosen(m, link, chosen(m, link.parent, 1)),))
    if m.chance(0.3):
        return Draft(subset.select(number_of(subset)), ask_count(m, subset))
    return Draft(subset.select(out(subset)), ask_list(m, subset))


def two_filters(m: Maker) -> Draft:
    """`pending orders of customer Sato`."""
    entity = m.entity(listed)
    subset = two(m, entity)
    numbers = [one for one in entity.having("number") if one.name not in subset.columns and not entity.spread]
    if numbers and m.chance(0.2):
        one = m.pick(numbers)
        question = m.speaker.ask("avg", a=m.speaker.field(one), np=m.speaker.phrase(subset))
        return Draft(subset.select(f"AVG({one.at()})"), question)
    if m.chance(0.35):
        return Draft(subset.select(number_of(subset)), ask_count(m, subset))
    return Draft(subset.select(out(subset)), ask_list(m, subset))


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
    starts = ("with ", "whose ", "without ", "that ")
    if m.speaker.code == "en" and not (first.post.startswith(starts) and second.post.startswith(starts)):
        raise NoChoiceError
    phrase = m.speaker.fill("one_or_other", x=first.post, y=second.post)
    joined = Filter(f"({first.sql} OR {second.sql})", phrase, columns=subset.columns)
    sql = Subset(entity, (joined,))
    query = sql.select(out(sql)).replace("WHERE (", "WHERE ").removesuffix(")")
    key = "list" if entity.label else "list_ids"
    return Draft(query, m.speaker.ask(key, **m.words(sql)))


def everything(m: Maker) -> Draft:
    """`list the states`, with other columns or none."""
    entity = m.entity(lambda one: listed(one) and one.label is not None)
    subset = Subset(entity)
    fields = attributes(entity)
    if m.chance(0.5) or not fields:
        return Draft(subset.select(out(subset)), ask_list(m, subset))
    some = m.rng.sample(fields, min(len(fields), m.pick((1, 1, 2))))
    slots = m.words(subset)
    many = m.speaker.join([m.speaker.field(one, many=True) for one in some])
    a = m.speaker.join([m.called(entity), *(m.speaker.field(one) for one in some)])
    one = m.speaker.join([m.speaker.field(one) for one in some])
    columns = ", ".join([out(subset), *(one.plain() for one in some)])
    if not entity.own:
        raise NoChoiceError
    return Draft(subset.select(columns), m.speaker.ask("columns_each", **slots, a=a, as_=many, one=one))


def columns(m: Maker) -> Draft:
    """`name and price of products in Books`."""
    entity = m.entity(lambda one: listed(one) and len(attributes(one)) > 1)
    found = restriction(m, entity)
    some = m.rng.sample(attributes(entity), 2)
    parts, words = [one.plain() for one in some], [m.speaker.field(one) for one in some]
    if entity.label and entity.own:
        parts[0], words[0] = entity.out or parts[0], m.called(entity)
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
    words = m.words(subset)
    return m.speaker.ask("count_long" if len(words["np"].split()) > 5 else "count", **words)


def count(m: Maker) -> Draft:
    """`how many rivers are in texas`."""
    entity = m.entity(listed)
    share = m.rng.random()
    filled = () if share < 0.12 else (filters.by_parent(m, entity) if share < 0.5 else restriction(m, entity),)
    subset = Subset(entity, filled)
    return Draft(subset.select(number_of(subset)), ask_count(m, subset))


def had(m: Maker) -> Draft:
    """`how many cities does texas have`, `what rivers does texas have`."""
    entity = m.entity(lambda one: listed(one) and bool(filters.parent_links(one)))
    link = m.pick([link for link in filters.parent_links(entity) if link.parent.label and not link.role])
    value = m.link_value(link)
    x = m.speaker.mention(link.parent, shown(value))
    only = Filter(f"{MARK}{quote(link.column)} {filters.named_operator(link, value)}", "")
    subset = Subset(entity, (only,))
    slots = {**m.words(Subset(entity)), "x": x}
    if m.chance(0.65) or entity.label is None:
        key = "count_have" if link.parent.kind == "place" else "count_of"
        return Draft(subset.select(number_of(subset)), m.speaker.ask(key, **slots))
    return Draft(subset.select(out(subset)), m.speaker.ask("list_have", **slots))


def neighbors(m: Maker) -> Draft:
    """`what states border texas`, `how many states border the largest state`."""
    entity = m.entity(lambda one: bool(one.relations))
    relation = m.pick(entity.relations)
    if m.chance(0.4):
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
    (nested_filter, 5),
    (two_filters, 5),
    (either, 1),
    (everything, 2),
    (columns, 3),
    (distinct, 2),
    (count, 7),
    (had, 4),
    (neighbors, 6),
)

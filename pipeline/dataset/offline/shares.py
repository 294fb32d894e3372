"""Parts of a whole: percentages, counts side by side, averages per parent, yes or no, what stands for a missing value."""

from __future__ import annotations

from pipeline.database.schema import quote
from pipeline.dataset.offline import filters
from pipeline.dataset.offline.graph import Entity, Field
from pipeline.dataset.offline.groups import grouping, summable
from pipeline.dataset.offline.joins import plain_links
from pipeline.dataset.offline.lists import listed
from pipeline.dataset.offline.lookups import named
from pipeline.dataset.offline.maker import Draft, Maker, NoChoiceError
from pipeline.dataset.offline.sets import MARK, Filter, Subset
from pipeline.dataset.offline.values import literal, shown
from pipeline.dataset.offline.when import by_date

GAPS = (("price", "cost"), ("revenue", "cost"), ("income", "expenses"), ("budget", "cost"), ("unit price", "unit cost"))
"""Columns whose difference has a name of its own."""


def _part(m: Maker, entity: Entity) -> Filter:
    """What part of the rows: a category mostly."""
    make = m.pick((filters.by_category, filters.by_category, filters.by_number, by_date, filters.by_missing))
    return make(m, entity)


def _ones(part: Filter, prefix: str = "") -> str:
    return f"SUM(CASE WHEN {part.sql.replace(MARK, prefix)} THEN 1 ELSE 0 END)"


def share(m: Maker) -> Draft:
    """`what percentage of orders are cancelled`, also within a restriction."""
    entity = m.entity(lambda one: listed(one) and not one.spread)
    part = _part(m, entity)
    rows = Subset(entity, (filters.plain(m, entity, part.columns),) if m.chance(0.25) else ())
    slots = {"nps": m.speaker.phrase(rows), "part": m.speaker.phrase(Subset(entity, (part,)))}
    noun, clause = m.speaker.asked(Subset(entity, (part,)))
    sql = rows.select(f"100.0 * {_ones(part)} / COUNT(*)")
    if clause and noun == entity.nouns:
        return Draft(sql, m.speaker.ask("share_clause", clause=clause, **slots))
    return Draft(sql, m.speaker.ask("share", ns=m.speaker.noun(entity, many=True), **slots))


def share_per(m: Maker) -> Draft:
    """`percentage of cancelled orders per store`."""
    entity = m.entity(lambda one: listed(one) and not one.spread)
    group = grouping(m, entity)
    part = _part(m, entity)
    if any(f"{group.prefix}{quote(column)}" == group.key for column in part.columns):
        raise NoChoiceError
    what = f"100.0 * {_ones(part, group.prefix)} / COUNT(*)"
    where = f" WHERE {group.whole}" if group.whole else ""
    slots = {"part": m.speaker.phrase(Subset(entity, (part,))), "g": group.words, "ns": m.speaker.noun(entity, True)}
    sql = f"SELECT {group.name}, {what} FROM {group.source}{where} GROUP BY {group.by}"
    return Draft(sql, m.speaker.ask("share_per", **slots))


def share_of_sum(m: Maker) -> Draft:
    """`what percentage of the total amount comes from card payments`."""
    entity = m.entity(lambda one: listed(one) and not one.spread and bool(one.having("number")))
    one = m.pick([one for one in entity.having("number") if summable(one)])
    part = filters.by_category(m, entity)
    value = f"SUM(CASE WHEN {part.sql.replace(MARK, '')} THEN {one.at()} ELSE 0 END)"
    slots = {"a": m.speaker.field(one), "part": m.speaker.phrase(Subset(entity, (part,)))}
    sql = f"SELECT 100.0 * {value} / SUM({one.at()}) FROM {entity.name}"
    return Draft(sql, m.speaker.ask("share_of_sum", ns=m.speaker.noun(entity, many=True), **slots))


def side_by_side(m: Maker) -> Draft:
    """`how many orders are pending and how many are cancelled`: two counts in one row."""
    entity = m.entity(lambda one: listed(one) and not one.spread)
    one = m.pick([one for one in entity.having("category") if one.fixed and one is not entity.label])
    first, second = m.value(one), m.value(one)
    if first == second:
        raise NoChoiceError
    parts = [_ones(Filter(f"{one.at()} = {literal(value)}", "")) for value in (first, second)]
    slots = {"ns": m.speaker.noun(entity, many=True), "a": m.speaker.field(one), "v": shown(first), "w": shown(second)}
    return Draft(f"SELECT {parts[0]}, {parts[1]} FROM {entity.name}", m.speaker.ask("side_by_side", **slots))


def per_parent(m: Maker) -> Draft:
    """`average number of orders per customer`: a ratio of two counts, or of a total and a count."""
    entity = m.entity(lambda one: listed(one) and bool(plain_links(one)))
    link = m.pick([link for link in plain_links(entity) if not link.role])
    numbers = [one for one in entity.having("number") if summable(one)]
    what, ask, a = "COUNT(*)", "ratio_count", ""
    if numbers and m.chance(0.4):
        one = m.pick(numbers)
        what, ask, a = f"SUM({one.at()})", "ratio_sum", m.speaker.field(one)
    some = f" WHERE {quote(link.column)} IS NOT NULL" if m.gaps(link) else ""
    slots = {"ns": m.speaker.noun(entity, many=True), "g": m.speaker.word(link.noun), "a": a}
    slots["ag"] = m.speaker.indefinite(slots["g"])
    sql = f"SELECT 1.0 * {what} / COUNT(DISTINCT {quote(link.column)}) FROM {entity.name}{some}"
    return Draft(sql, m.speaker.ask(ask, **slots))


def yes_or_no(m: Maker) -> Draft:
    """`each product with yes if its price is above 500 and no otherwise`: CASE."""
    entity = m.entity(lambda one: bool(listed(one) and one.label and one.own and not one.distinct))
    one = m.number(entity)
    bound = m.threshold(one)
    what = f"CASE WHEN {one.at()} > {literal(bound)} THEN 'yes' ELSE 'no' END"
    slots = {"n": m.speaker.noun(entity), "a": m.speaker.field(one), "v": m.speaker.amount(one, bound)}
    return Draft(f"SELECT {entity.out}, {what} FROM {entity.name}", m.speaker.ask("yes_or_no", **slots))


def instead(m: Maker) -> Draft:
    """`phone of each customer, or unknown`; `average refund, counting missing ones as 0`: COALESCE."""
    entity = m.entity(lambda one: listed(one) and not one.distinct and any(m.missing(each) for each in one.fields))
    one = m.pick(
        [one for one in entity.having("text", "number", "category") if one.nullable and one is not entity.label]
    )
    slots = {"n": m.speaker.noun(entity), "ns": m.speaker.noun(entity, many=True), "a": m.speaker.field(one)}
    if one.role == "number" and m.chance(0.6):
        sql = f"SELECT AVG(COALESCE({one.at()}, 0)) FROM {entity.name}"
        return Draft(sql, m.speaker.ask("average_with_zero", **slots))
    word = "0" if one.role == "number" else m.pick(("unknown", "none", "missing"))
    what = f"COALESCE({one.at()}, {word if word == '0' else literal(word)})"
    return Draft(f"SELECT {entity.out}, {what} FROM {entity.name}", m.speaker.ask("instead", v=word, **slots))


def gap(m: Maker) -> Draft:
    """`difference between price and cost of the Desk Lamp`, `the product with the largest …`."""
    entity = m.entity(lambda one: bool(_gaps(one)) and not one.distinct)
    first, second = m.pick(_gaps(entity))
    what = f"{first.at()} - {second.at()}"
    slots = {"n": m.speaker.noun(entity), "ns": m.speaker.noun(entity, many=True)}
    slots |= {"a": m.speaker.field(first), "b": m.speaker.field(second)}
    known = f" WHERE {second.at()} IS NOT NULL" if m.missing(second) else ""  # else rows without a difference show
    style = m.rng.random()
    if style < 0.35:
        where, x = named(m, entity)
        return Draft(f"SELECT {what} FROM {entity.name} WHERE {where}", m.speaker.ask("gap_of", x=x, **slots))
    if style < 0.65:
        return Draft(f"SELECT {entity.out}, {what} FROM {entity.name}{known}", m.speaker.ask("gap_each", **slots))
    order = f"ORDER BY {what} DESC, {quote(entity.key) if entity.key else entity.out} LIMIT 1"
    return Draft(f"SELECT {entity.out} FROM {entity.name} {order}", m.speaker.ask("gap_most", **slots))


def _gaps(entity: Entity) -> list[tuple[Field, Field]]:
    numbers = {one.words: one for one in entity.having("number")}
    return [(numbers[a], numbers[b]) for a, b in GAPS if a in numbers and b in numbers] if entity.out else []


PATTERNS = (
    (share, 5),
    (share_per, 2),
    (share_of_sum, 2),
    (side_by_side, 2),
    (per_parent, 3),
    (yes_or_no, 1),
    (instead, 3),
    (gap, 3),
)

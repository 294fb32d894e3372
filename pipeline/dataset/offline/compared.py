"""Things held against others: their own group's average or best, a named one, the second highest, their superior."""

from __future__ import annotations

from pipeline.database.schema import quote
from pipeline.dataset.offline import filters
from pipeline.dataset.offline.graph import Entity, Field, Link
from pipeline.dataset.offline.lexicon import SUPERLATIVES
from pipeline.dataset.offline.lists import listed
from pipeline.dataset.offline.lookups import attributes
from pipeline.dataset.offline.maker import Draft, Maker, NoChoiceError
from pipeline.dataset.offline.sets import Subset
from pipeline.dataset.offline.values import literal, shown


def _measured(m: Maker) -> tuple[Entity, Field]:
    entity = m.entity(lambda one: bool(listed(one) and one.label and one.own and not one.distinct and one.out))
    one = m.number(entity)
    if one.words.split()[0] in SUPERLATIVES:
        raise NoChoiceError
    return entity, one


def _group(m: Maker, entity: Entity) -> tuple[str, str]:
    """A column that puts the rows into groups, and its words."""
    links = [
        link for link in filters.parent_links(entity) if not link.role and not link.verbs and link.parent is not entity
    ]
    categories = [one for one in entity.having("category") if one is not entity.label]
    choices = [(link.column, m.speaker.word(link.noun)) for link in links if link.parent.label]
    return m.pick([*choices, *((one.name, m.speaker.field(one)) for one in categories)])


def own_average(m: Maker) -> Draft:
    """`products that cost more than the average of their category`: a correlated subquery."""
    entity, one = _measured(m)
    column, words = _group(m, entity)
    sign, more = m.pick(((">", True), (">", True), ("<", False)))
    same = f"other.{quote(column)} = {entity.name}.{quote(column)}"
    inner = f"SELECT AVG({one.at('other.')}) FROM {entity.name} AS other WHERE {same}"
    slots = {"ns": m.speaker.noun(entity, True), "n": m.speaker.noun(entity), "a": m.speaker.field(one), "g": words}
    slots["ana"] = m.speaker.one_of(one)
    what, many = m.pick(((entity.out, ""), (entity.out, ""), ("COUNT(*)", "_count")))
    sql = f"SELECT {what} FROM {entity.name} WHERE {one.at(entity.name + '.')} {sign} ({inner})"
    return Draft(sql, m.speaker.ask(f"own_{'above' if more else 'below'}{many}", **slots))


def best_of_each(m: Maker) -> Draft:
    """`the most expensive product of each category`: the extreme of the own group."""
    entity, one = _measured(m)
    column, words = _group(m, entity)
    high = m.high(one, 0.7)
    same = f"other.{quote(column)} = {entity.name}.{quote(column)}"
    function = "MAX" if high else "MIN"
    inner = f"SELECT {function}({one.at('other.')}) FROM {entity.name} AS other WHERE {same}"
    sql = f"SELECT {entity.out} FROM {entity.name} WHERE {one.at(entity.name + '.')} = ({inner})"
    s = m.speaker.superlative(Subset(entity), one, high)
    return Draft(sql, m.speaker.ask("best_of_each", s=s, g=words))


def second(m: Maker) -> Draft:
    """`the product with the second highest price`: what comes after the extreme."""
    entity, one = _measured(m)
    high = m.high(one, 0.7)
    rows = Subset(entity, (filters.plain(m, entity, frozenset((one.name,))),) if m.chance(0.3) else ())
    order = f"ORDER BY {one.at()}{' DESC' if high else ''} LIMIT 1 OFFSET 1"
    some = f"{one.at()} IS NOT NULL" if m.missing(one) and not high else ""
    value = f"SELECT DISTINCT {one.at()} FROM {entity.name}{rows.where(some)} {order}"
    slots = {"np": m.speaker.phrase(rows, many=False), "nps": m.speaker.phrase(rows)}
    slots["extreme"] = m.speaker.extreme_word(one, high)
    if m.chance(0.3):
        return Draft(value, m.speaker.ask("second_value", **slots))
    return Draft(rows.select(entity.out or "", f"{one.at()} = ({value})"), m.speaker.ask("second", **slots))


def than_one(m: Maker) -> Draft:
    """`products more expensive than the Desk Lamp`, and how many."""
    entity, one = _measured(m)
    if entity.label is None or m.values.repeats(entity.table.name, entity.label.name):
        raise NoChoiceError
    value = m.value(entity.label)
    more = m.chance(0.6)
    inner = f"SELECT {one.at()} FROM {entity.name} WHERE {entity.out} = {literal(value)}"
    slots = {
        "ns": m.speaker.noun(entity, True),
        "x": m.speaker.mention(entity, shown(value)),
        "a": m.speaker.field(one),
    }
    slots["ana"] = m.speaker.one_of(one)
    than = m.speaker.than(entity, one, more)
    key = "than_one" if than and m.speaker.code == "en" else f"than_one_{'more' if more else 'less'}"
    what, many = m.pick(((entity.out, ""), (entity.out, ""), ("COUNT(*)", "_count")))
    sql = f"SELECT {what} FROM {entity.name} WHERE {one.at()} {'>' if more else '<'} ({inner})"
    return Draft(sql, m.speaker.ask(f"{key}{many}", than=than, **slots))


def same_as(m: Maker) -> Draft:
    """`employees in the same store as Aiko`: who shares something with a named one."""
    entity = m.entity(lambda one: bool(listed(one) and one.label and one.own and not one.distinct))
    column, words = _group(m, entity)
    if entity.label is None or m.values.repeats(entity.table.name, entity.label.name):
        raise NoChoiceError
    value = literal(m.value(entity.label))
    inner = f"SELECT {quote(column)} FROM {entity.name} WHERE {entity.out} = {value}"
    sql = f"SELECT {entity.out} FROM {entity.name} WHERE {quote(column)} = ({inner}) AND {entity.out} <> {value}"
    x = m.speaker.mention(entity, value[1:-1].replace("''", "'"))
    return Draft(sql, m.speaker.ask("same_as", ns=m.speaker.noun(entity, True), g=words, x=x))


def _superiors(m: Maker) -> list[tuple[Entity, Link]]:
    found = [(entity, link) for entity in m.graph.entities for link in entity.parents if link.parent is entity]
    return [(entity, link) for entity, link in found if entity.label and not link.named and link.column != link.target]


def than_superior(m: Maker) -> Draft:
    """`employees who earn more than their manager`, `how many employees each manager has`: a table with itself."""
    entity, link = m.pick(_superiors(m))
    join = f"{entity.name} AS child JOIN {entity.name} AS parent ON child.{quote(link.column)} = parent.{quote(link.target)}"
    slots = {"ns": m.speaker.noun(entity, True), "n": m.speaker.noun(entity), "g": m.speaker.word(link.role)}
    numbers = entity.having("number")
    style = m.rng.random()
    if numbers and style < 0.45:
        one, more = m.pick(numbers), m.chance(0.6)
        slots |= {"a": m.speaker.field(one), "ana": m.speaker.one_of(one)}
        sign, key = (">", "than_superior_more") if more else ("<", "than_superior_less")
        sql = f"SELECT child.{entity.out} FROM {join} WHERE {one.at('child.')} {sign} {one.at('parent.')}"
        return Draft(sql, m.speaker.ask(key, **slots))
    key = f"parent.{quote(link.target)}"
    if style < 0.75:
        sql = f"SELECT parent.{entity.out}, COUNT(*) FROM {join} GROUP BY {key}"
        return Draft(sql, m.speaker.ask("count_below", **slots))
    sql = f"SELECT parent.{entity.out} FROM {join} GROUP BY {key} ORDER BY COUNT(*) DESC, {key} LIMIT 1"
    return Draft(sql, m.speaker.ask("most_below", **slots))


def extreme_with_value(m: Maker) -> Draft:
    """`the cheapest product and its price`: the extreme, shown with what it is extreme in or with more."""
    entity, one = _measured(m)
    high = m.high(one)
    rows = Subset(entity, (filters.simple(m, entity),) if m.chance(0.35) else ())
    if one.name in rows.columns:
        raise NoChoiceError
    others = [each for each in attributes(entity, rows.columns) if each.name != one.name]
    also = m.pick([one, one, *others])
    sql = rows.select(f"{entity.out}, {also.plain()}", rows.extreme(one.at(), "MAX" if high else "MIN"))
    slots = {"s": m.speaker.superlative(rows, one, high), "a": m.speaker.field(also)}
    return Draft(sql, m.speaker.ask("extreme_with", **slots))


PATTERNS = (
    (own_average, 3),
    (best_of_each, 3),
    (second, 3),
    (than_one, 3),
    (same_as, 2),
    (than_superior, 2),
    (extreme_with_value, 4),
)

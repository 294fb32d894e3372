"""Numbers about many rows: averages and sums, per category or parent, the group with the most, groups above a bound."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.database.schema import quote
from pipeline.dataset.offline import filters
from pipeline.dataset.offline.children import child_links
from pipeline.dataset.offline.chosen import restriction
from pipeline.dataset.offline.graph import Entity, Field, Link
from pipeline.dataset.offline.lexicon import SUPERLATIVES, participle
from pipeline.dataset.offline.lists import listed, number_of
from pipeline.dataset.offline.maker import Draft, Maker, NoChoiceError
from pipeline.dataset.offline.sets import Subset
from pipeline.dataset.offline.values import shown


@dataclass(frozen=True)
class Grouping:
    """How rows fall into groups: the tables with their join, the column that names a group, its words."""

    source: str
    name: str
    key: str
    words: str
    many: str
    prefix: str = ""
    """What stands before the rows' own columns."""
    whole: str = ""
    """A condition against rows without a group."""

    @property
    def by(self) -> str:
        """What stands after GROUP BY: the key, and the name where it is another column."""
        return self.key if self.key == self.name else f"{self.key}, {self.name}"


COUNTED = ((">", "having"), (">", "having"), (">=", "having_least"), ("=", "having_exactly"), ("<", "having_fewer"))
"""How counts are bounded, and the words of it."""


def grouping(m: Maker, entity: Entity) -> Grouping:
    """By a category of the rows, by the parent's name they hold, or by a parent to join."""
    categories = [one for one in entity.having("category") if one is not entity.label or not entity.own]
    links = [link for link in filters.parent_links(entity) if link.parent.label]
    if links and (not categories or m.chance(0.6)):
        return _by_parent(m, entity, m.pick(links))
    one = m.pick(categories)
    whole = f"{one.at()} IS NOT NULL" if m.missing(one) else ""
    words = m.speaker.word(entity.things) if one is entity.label else m.speaker.field(one)
    many = m.speaker.phrase(Subset(entity), things=True) if one is entity.label else m.speaker.field(one, many=True)
    return Grouping(entity.name, one.at(), one.at(), words, many, whole=whole)


def _by_parent(m: Maker, entity: Entity, link: Link) -> Grouping:
    words = m.speaker.word(link.noun)
    column = quote(link.column)
    if link.named:
        whole = f"{column} IS NOT NULL" if m.gaps(link) else ""
        return Grouping(entity.name, column, column, words, m.speaker.noun(link.parent, many=True), whole=whole)
    if link.parent is entity or link.role:
        raise NoChoiceError
    label, parent = link.parent.label, link.parent
    if label is None:
        raise NoChoiceError
    source = f"{entity.name} JOIN {parent.name} ON {entity.name}.{column} = {parent.name}.{quote(link.target)}"
    name, key = f"{parent.name}.{quote(label.name)}", f"{parent.name}.{quote(link.target)}"
    many = m.speaker.noun(parent, many=True)
    return Grouping(source, name, key, words, many, f"{entity.name}.")


def _counted(entity: Entity, group: Grouping) -> str:
    return f"COUNT(DISTINCT {group.prefix}{entity.out})" if entity.spread else "COUNT(*)"


def _where(group: Grouping, subset: Subset) -> str:
    return subset.where(group.whole, group.prefix)


def _some(m: Maker, entity: Entity, group: Grouping) -> Subset:
    """All rows mostly; sometimes a restriction of another column."""
    if not m.chance(0.3):
        return Subset(entity)
    found = filters.simple(m, entity)
    if any(f"{group.prefix}{quote(column)}" == group.key for column in found.columns) or found.columns & _linked(
        entity, group
    ):
        raise NoChoiceError
    return Subset(entity, (found,))


def _linked(entity: Entity, group: Grouping) -> frozenset[str]:
    return frozenset(link.column for link in entity.parents if f" JOIN {link.parent.name} " in group.source)


def per_group(m: Maker) -> Draft:
    """`how many orders per status`, `average price per category`."""
    entity = m.entity(listed)
    group = grouping(m, entity)
    subset = _some(m, entity, group)
    slots = {"ns": m.speaker.phrase(subset), "g": group.words}
    key, expression = _measured(m, entity, group, subset)
    if key != "count":
        slots["a"] = m.speaker.field(expression)
    what = _counted(entity, group) if key == "count" else f"{key.upper()}({expression.at(group.prefix)})"
    sql = f"SELECT {group.name}, {what} FROM {group.source}{_where(group, subset)} GROUP BY {group.by}"
    return Draft(sql, m.speaker.ask(f"per_{key}", **slots))


def _measured(m: Maker, entity: Entity, group: Grouping, subset: Subset) -> tuple[str, Field]:
    """What is computed of each group: `count`, or a function with its numeric column."""
    key = m.pick(("count", "count", "avg", "sum", "max", "min"))
    numbers = [one for one in entity.having("number") if one.name not in subset.columns and not entity.spread]
    if key == "count" or not numbers:
        return "count", entity.fields[0]
    one = m.pick(numbers)
    return ("avg" if key == "sum" and not summable(one) else key), one


def summable(one: Field) -> bool:
    """Whether a total of the column means something."""
    return not set(one.words.split()) & {
        "density",
        "rating",
        "age",
        "year",
        "elevation",
        "altitude",
        "temperature",
        "rate",
        "percent",
        "unit",
        "price",
    }


def most_group(m: Maker) -> Draft:
    """`which state has the most rivers`, `the category with the highest average price`: LIMIT 1 after a total order."""
    entity = m.entity(listed)
    group = grouping(m, entity)
    subset = _some(m, entity, group)
    link = next((link for link in entity.parents if quote(link.column) == group.key and link.verbs), None)
    slots = {"nps": m.speaker.phrase(subset), "ns": m.speaker.phrase(subset), "g": group.words}
    key = m.pick(("most", "most", "most", "fewest", "avg", "sum"))
    numbers = [one for one in entity.having("number") if one.name not in subset.columns and not entity.spread]
    if key in ("avg", "sum") and numbers:
        one = m.pick([one for one in numbers if key == "avg" or summable(one)])
        what, slots["a"], ask = f"{key.upper()}({one.at(group.prefix)})", m.speaker.field(one), f"most_{key}"
    else:
        key = "most" if key != "fewest" or group.prefix else "fewest"
        what, ask = _counted(entity, group), key
    if ask == "most" and link:
        ask = "most_verb"
        slots |= m.speaker.verb(m.pick(link.verbs))
    order = f"ORDER BY {what}{'' if key == 'fewest' else ' DESC'}, {group.key} LIMIT 1"
    if ask == "fewest":
        raise NoChoiceError  # groups without rows would be fewer still
    sql = f"SELECT {group.name} FROM {group.source}{_where(group, subset)} GROUP BY {group.by} {order}"
    return Draft(sql, m.speaker.ask(ask, **slots))


def most_object(m: Maker) -> Draft:
    """`which river runs through the most states`, `which state borders the most states`."""
    relations = [(entity, relation) for entity in m.graph.entities for relation in entity.relations]
    if relations and m.chance(0.5):
        entity, relation = m.pick(relations)
        left = quote(relation.left)
        sql = f"SELECT {left} FROM {quote(relation.table)} GROUP BY {left} ORDER BY COUNT(*) DESC, {left} LIMIT 1"
        verb = m.speaker.verb(m.pick(relation.verbs))
        return Draft(sql, m.speaker.ask("most_neighbors", **m.words(Subset(entity)), **verb))
    link = m.pick([link for link in m.graph.links() if link.verbs and link.child.label and link.child.spread])
    entity, name = link.child, link.child.out
    what = f"COUNT(DISTINCT {quote(link.column)})"
    sql = f"SELECT {name} FROM {entity.name} GROUP BY {name} ORDER BY {what} DESC, {name} LIMIT 1"
    slots = {
        **m.words(Subset(entity)),
        "ps": m.speaker.noun(link.parent, many=True),
        **m.speaker.verb(m.pick(link.verbs)),
    }
    return Draft(sql, m.speaker.ask("most_object", **slots))


def most_value(m: Maker) -> Draft:
    """`what is the most common city of the customers`."""
    entity = m.entity(listed)
    one = m.pick([one for one in entity.having("category") if one is not entity.label])
    some = f" WHERE {one.at()} IS NOT NULL" if m.missing(one) else ""
    order = f"ORDER BY COUNT(*) DESC, {one.at()} LIMIT 1"
    sql = f"SELECT {one.at()} FROM {entity.name}{some} GROUP BY {one.at()} {order}"
    return Draft(sql, m.speaker.ask("most_value", **m.words(Subset(entity)), a=m.speaker.field(one)))


def having(m: Maker) -> Draft:
    """`which customers have more than 3 orders`, `categories with an average price above 500`."""
    entity = m.entity(listed)
    group = grouping(m, entity)
    numbers = [one for one in entity.having("number") if not entity.spread]
    slots = {"gs": group.many, "ns": m.speaker.noun(entity, many=True), "nps": m.speaker.noun(entity, many=True)}
    sign = ">"
    if numbers and m.chance(0.5):
        one = m.pick(numbers)
        key = "sum" if summable(one) and m.chance(0.4) else "avg"
        bound: float | int = m.threshold(one) * (5 if key == "sum" else 1)
        what, ask, slots["a"] = f"{key.upper()}({one.at(group.prefix)})", f"having_{key}", m.speaker.field(one)
    else:
        bound, what, ask = m.pick((2, 3, 4, 5, 10)), _counted(entity, group), "having"
        sign, ask = m.pick(COUNTED)
    where = f" WHERE {group.whole}" if group.whole else ""
    sql = f"SELECT {group.name} FROM {group.source}{where} GROUP BY {group.by} HAVING {what} {sign} {shown(bound)}"
    return Draft(sql, m.speaker.ask(ask, v=shown(bound), **slots))


def total(m: Maker) -> Draft:
    """`average price of products in Books`, `total population`."""
    entity = m.entity(lambda one: bool(one.having("number")) and not one.spread)
    found = (restriction(m, entity),) if listed(entity) and m.chance(0.7) else ()
    subset = Subset(entity, found)
    one = m.pick([one for one in entity.having("number") if one.name not in subset.columns])
    key = m.pick(("avg", "avg", "sum", "sum", "range"))
    key = "avg" if key == "sum" and not summable(one) else key
    if key == "range" and one.words.split()[0] in SUPERLATIVES:
        raise NoChoiceError
    what = f"MIN({one.at()}), MAX({one.at()})" if key == "range" else f"{key.upper()}({one.at()})"
    slots = {"a": m.speaker.field(one), "np": m.speaker.phrase(subset)}
    return Draft(subset.select(what), m.speaker.ask(key, **slots))


def count_values(m: Maker) -> Draft:
    """`how many different cities do customers who … have`."""
    entity = m.entity(listed)
    one = m.pick([one for one in entity.having("category") if one is not entity.label])
    found = filters.simple(m, entity, frozenset((one.name,)))
    subset = Subset(entity, (found,))
    slots = {"a": m.speaker.field(one), "as_": m.speaker.field(one, many=True), "np": m.speaker.phrase(subset)}
    return Draft(subset.select(f"COUNT(DISTINCT {one.at()})"), m.speaker.ask("count_distinct_of", **slots))


def by_time(m: Maker) -> Draft:
    """`how many orders were placed per year`."""
    entity = m.entity(lambda one: listed(one) and bool(one.having("date")))
    one = m.pick(entity.having("date"))
    done = m.speaker.done("" if participle(one.words) == "joined" else participle(one.words))
    unit, form = m.pick((("year", "%Y"), ("month", "%Y-%m")))
    key = f"per_{unit}" if done else "year_count"
    if not done:
        form = "%Y"
    what = f"strftime('{form}', {one.at()})"
    some = f" WHERE {one.at()} IS NOT NULL" if m.missing(one) else ""
    sql = f"SELECT {what}, {number_of(Subset(entity))} FROM {entity.name}{some} GROUP BY {what}"
    slots = {"done": done, "a": m.speaker.field(one), "ana": m.speaker.one_of(one)}
    return Draft(sql, m.speaker.ask(key, **m.words(Subset(entity)), **slots))


def with_count(m: Maker) -> Draft:
    """`every customer with the number of orders, those without any too`: a LEFT JOIN."""
    entity = m.entity(lambda one: bool(one.label and child_links(one)))
    link = m.pick([link for link in child_links(entity) if not link.child.spread and not link.child.bridge])
    child = link.child
    label, key = f"{entity.name}.{entity.out}", f"{entity.name}.{quote(link.target)}"
    join = f"LEFT JOIN {child.name} ON {child.name}.{quote(link.column)} = {key}"
    sql = f"SELECT {label}, COUNT({child.name}.{quote(link.column)}) FROM {entity.name} {join} GROUP BY {key}, {label}"
    slots = {"p": m.speaker.noun(entity), "ns": m.speaker.noun(child, many=True)}
    return Draft(sql, m.speaker.ask("with_count", **slots))


PATTERNS = (
    (per_group, 6),
    (most_group, 5),
    (most_object, 2),
    (most_value, 1),
    (having, 3),
    (total, 7),
    (count_values, 1),
    (by_time, 2),
    (with_count, 2),
)

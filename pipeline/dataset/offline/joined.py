"""Conditions on both sides of a join, tops and bounds over joins, and things that two steps connect."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.database.schema import quote
from pipeline.dataset.offline import filters
from pipeline.dataset.offline.children import child_links
from pipeline.dataset.offline.graph import Entity, Link
from pipeline.dataset.offline.groups import summable
from pipeline.dataset.offline.joins import chains, on, plain_links, total_of
from pipeline.dataset.offline.lists import ask_count, ask_list, listed
from pipeline.dataset.offline.maker import Draft, Maker, NoChoiceError
from pipeline.dataset.offline.sets import MARK, Filter, Subset
from pipeline.dataset.offline.values import literal, shown

BOUGHT = frozenset(("order", "purchase", "sale", "invoice"))
"""Nouns of what a person makes who buys something."""
BUYERS = frozenset(("customer", "client", "buyer", "user", "member", "shopper", "guest"))


@dataclass(frozen=True)
class Way:
    """Rows and a parent or grandparent with a name: the tables with their joins, its name and its key."""

    child: Entity
    parent: Entity
    words: str
    source: str
    name: str
    key: str
    columns: frozenset[str]
    """Columns of the rows that lead there."""

    @property
    def by(self) -> str:
        """What stands after GROUP BY: the key, and the name where it is another column."""
        return self.key if self.key == self.name else f"{self.key}, {self.name}"


def ways(m: Maker) -> list[Way]:
    """Every way from rows to a parent or grandparent by ids."""
    near = [
        (link, link, f"{entity.name} {on(link)}")
        for entity in m.graph.entities
        if listed(entity)
        for link in plain_links(entity)
        if not link.role
    ]
    far = [(first, last, f"{first.child.name} {on(first)} {on(last)}") for first, last in chains(m)]
    return [_way(first, last, source) for first, last, source in (*near, *near, *far)]


def _way(first: Link, last: Link, source: str) -> Way:
    parent = last.parent
    name, key = f"{parent.name}.{parent.out}", f"{parent.name}.{quote(last.target)}"
    return Way(first.child, parent, last.noun, source, name, key, frozenset((first.column,)))


def _of_joined(m: Maker, words: Subset, source: str, where: str) -> Draft:
    """A list, a number or a total of the joined rows."""
    entity = words.entity
    numbers = [one for one in entity.having("number") if one.name not in words.columns]
    style, prefix = m.rng.random(), entity.name + "."
    if style < 0.35 and numbers:
        key, (what, a) = "sum", total_of(m, entity, words.columns)
        if m.chance(0.35):
            one = m.pick(numbers)
            key, what, a = "avg", f"AVG({one.at(MARK)})", m.speaker.field(one)
        question = m.speaker.ask(key, a=a, np=m.speaker.phrase(words))
        return Draft(f"SELECT {what.replace(MARK, prefix)} FROM {source} WHERE {where}", question)
    if style < 0.65 or entity.out is None:
        return Draft(f"SELECT COUNT(*) FROM {source} WHERE {where}", ask_count(m, words))
    return Draft(f"SELECT {entity.name}.{entity.out} FROM {source} WHERE {where}", ask_list(m, words))


def both_sides(m: Maker) -> Draft:
    """`pending orders of customers in Tokyo`: a join with a condition on each side."""
    entity = m.entity(lambda one: listed(one) and bool(plain_links(one)))
    link = m.pick([link for link in plain_links(entity) if not link.role])
    own = filters.simple(m, entity, frozenset((link.column,)))
    far = filters.plain(m, link.parent)
    joined = filters.by_link(m, link, m.speaker.phrase(Subset(link.parent, (far,))), "")
    where = [own.sql.replace(MARK, f"{entity.name}."), far.sql.replace(MARK, f"{link.parent.name}.")]
    words = Subset(entity, (own, Filter("", joined.post, columns=own.columns)))
    if m.speaker.code == "ja":
        words = Subset(entity, (words.filters[1], own))
    return _of_joined(m, words, f"{entity.name} {on(link)}", " AND ".join(where))


def far_side(m: Maker) -> Draft:
    """`total amount of payments of customers in Tokyo`: two joins and a condition on the far table."""
    near, far = m.pick(chains(m))
    found = filters.plain(m, far.parent)
    x = m.speaker.phrase(Subset(far.parent, (found,)))
    words = Subset(near.child, (Filter("", m.speaker.fill("of_thing", x=x)),))
    where = found.sql.replace(MARK, f"{far.parent.name}.")
    return _of_joined(m, words, f"{near.child.name} {on(near)} {on(far)}", where)


def two_parents(m: Maker) -> Draft:
    """`orders of customers in Tokyo in stores opened in 2024`: two joins from one table."""
    entity = m.entity(lambda one: listed(one) and len(plain_links(one)) > 1)
    links = [link for link in plain_links(entity) if not link.role]
    place = m.pick([link for link in links if link.parent.kind == "place"])
    other = m.pick([link for link in links if link.parent.kind != "place"])
    found, where = [], []
    for link in (other, place):
        one = filters.plain(m, link.parent)
        found.append(Filter("", filters.by_link(m, link, m.speaker.phrase(Subset(link.parent, (one,))), "").post))
        where.append(one.sql.replace(MARK, f"{link.parent.name}."))
    words = Subset(entity, tuple(found))
    return _of_joined(m, words, f"{entity.name} {on(other)} {on(place)}", " AND ".join(where))


def _some(m: Maker, way: Way) -> Subset:
    """The rows to be counted: all of them, or those of one plain condition."""
    return Subset(way.child, (filters.plain(m, way.child, way.columns),) if m.chance(0.4) else ())


def _measure(m: Maker, way: Way, rows: Subset) -> tuple[str, str, dict[str, str]]:
    """What is computed of each parent's rows: the key of its words, the expression, its slots."""
    slots = {"nps": m.speaker.phrase(rows), "g": m.speaker.word(way.words), "gs": m.speaker.noun(way.parent, True)}
    if way.child.having("number") and m.chance(0.5):
        what, a = total_of(m, way.child, rows.columns)
        return "sum", what.replace(MARK, f"{way.child.name}."), {**slots, "a": a}
    return "count", "COUNT(*)", slots


def top_parents(m: Maker) -> Draft:
    """`top 3 customers by number of orders`, `which store has the most orders, and how many`."""
    way = m.pick(ways(m))
    rows = _some(m, way)
    ask, what, slots = _measure(m, way, rows)
    source = f"FROM {way.source}{rows.where(prefix=way.child.name + '.')} GROUP BY {way.by}"
    n = m.rng.randint(2, 5)
    if m.chance(0.35):
        sql = f"SELECT {way.name}, {what} {source} ORDER BY {what} DESC, {way.key} LIMIT 1"
        return Draft(sql, m.speaker.ask(f"most_and_{ask}", **slots))
    shows = m.chance(0.3)
    order = f"ORDER BY {what} DESC, {way.key} LIMIT {n}"
    sql = f"SELECT {way.name}{f', {what}' if shows else ''} {source} {order}"
    return Draft(sql, m.speaker.ask(f"top_{ask}{'_with' if shows else ''}", v=m.speaker.count(n), **slots))


def many_parents(m: Maker) -> Draft:
    """`customers with more than 2 cancelled orders`: HAVING over a join."""
    way = m.pick(ways(m))
    rows = _some(m, way)
    numbers = [one for one in way.child.having("number") if one.name not in rows.columns and summable(one)]
    slots = {"nps": m.speaker.phrase(rows), "gs": m.speaker.noun(way.parent, many=True)}
    if numbers and m.chance(0.4):
        one = m.pick(numbers)
        bound: float | int = m.threshold(one) * m.pick((2, 5, 10))
        what, ask = f"SUM({one.at(way.child.name + '.')})", "having_total"
        slots |= {"a": m.speaker.field(one), "v": m.speaker.amount(one, bound)}
    else:
        bound, what, ask = m.pick((1, 1, 2, 3)), "COUNT(*)", "having_many"
        slots["v"] = m.speaker.count(int(bound))
        slots["nps"] = m.speaker.phrase(rows, many=bound > 1)
    where = rows.where(prefix=way.child.name + ".")
    sign = ">"
    if ask == "having_many":
        sign, ask = m.pick(
            ((">", "having_many"), (">", "having_many"), (">=", "having_least"), ("=", "having_exactly"))
        )
    group = f"GROUP BY {way.by} HAVING {what} {sign} {shown(bound)}"
    return Draft(f"SELECT {way.name} FROM {way.source}{where} {group}", m.speaker.ask(ask, **slots))


def fewest(m: Maker) -> Draft:
    """`which customer has the fewest orders, those without any included`: a LEFT JOIN in order."""
    entity = m.entity(lambda one: bool(one.label and child_links(one)))
    link = m.pick([link for link in child_links(entity) if not link.child.spread and not link.child.bridge])
    key = f"{entity.name}.{quote(link.target)}"
    count = f"COUNT({link.child.name}.{quote(link.column)})"
    join = f"LEFT JOIN {link.child.name} ON {link.child.name}.{quote(link.column)} = {key}"
    order = f"GROUP BY {key}, {entity.name}.{entity.out} ORDER BY {count}, {key} LIMIT 1"
    slots = {"g": m.speaker.noun(entity), "nps": m.speaker.noun(link.child, many=True)}
    sql = f"SELECT {entity.name}.{entity.out} FROM {entity.name} {join} {order}"
    return Draft(sql, m.speaker.ask("fewest_of_all", **slots))


def different_parents(m: Maker) -> Draft:
    """`how many different customers have pending orders`: COUNT(DISTINCT …)."""
    entity = m.entity(lambda one: listed(one) and bool(plain_links(one)))
    link = m.pick([link for link in plain_links(entity) if not link.role])
    rows = Subset(entity, (filters.simple(m, entity, frozenset((link.column,))),))
    slots = {"ps": m.speaker.noun(link.parent, many=True), "nps": m.speaker.phrase(rows)}
    return Draft(rows.select(f"COUNT(DISTINCT {quote(link.column)})"), m.speaker.ask("count_parents", **slots))


@dataclass(frozen=True)
class _Bond:
    """A customer's orders with their items of a product: `up` and `far` name the ends, `near` connects."""

    up: Link
    near: Link
    far: Link


def _bonds(m: Maker) -> list[_Bond]:
    return [
        _Bond(up, near, far)
        for bridge in m.graph.entities
        for near in bridge.parents
        for far in bridge.parents
        if bridge.bridge and far.parent is not near.parent and far.parent.label and not far.named
        for up in near.parent.parents
        if up.parent.label and not up.role and not up.named and up.parent not in (far.parent, near.parent)
    ]


def connected(m: Maker) -> Draft:
    """`customers who bought a Desk Lamp`, and how many; `which products did Sato buy`."""
    bond = m.pick(_bonds(m))
    owner, rows, thing = bond.up.parent, bond.up.child, bond.far.parent
    buys = "_bought" if owner.noun in BUYERS and rows.noun in BOUGHT else ""
    slots = {"ps": m.speaker.noun(owner, True), "ns": m.speaker.noun(rows, True), "ts": m.speaker.noun(thing, True)}
    if m.chance(0.35):
        return _things_of(m, bond, buys, slots)
    value, bridge = m.link_value(bond.far), bond.near.child
    slots["x"] = m.speaker.mention(thing, shown(value))
    join = f"JOIN {bridge.name} ON {bridge.name}.{quote(bond.near.column)} = {rows.name}.{quote(bond.near.target)}"
    where = f"{bridge.name}.{quote(bond.far.column)} {filters.named_operator(bond.far, value)}"
    column, source = f"{rows.name}.{quote(bond.up.column)}", f"{rows.name} {join} WHERE {where}"
    if m.chance(0.35):
        return Draft(f"SELECT COUNT(DISTINCT {column}) FROM {source}", m.speaker.ask(f"count_owners{buys}", **slots))
    inner = f"SELECT {column} FROM {source}"
    sql = f"SELECT {owner.out} FROM {owner.name} WHERE {quote(bond.up.target)} IN ({inner})"
    return Draft(sql, m.speaker.ask(f"owners{buys}", **slots))


def _things_of(m: Maker, bond: _Bond, buys: str, slots: dict[str, str]) -> Draft:
    """`which products did Sato buy`."""
    owner, rows, thing, bridge = bond.up.parent, bond.up.child, bond.far.parent, bond.near.child
    if owner.label is None:
        raise NoChoiceError
    value = m.value(owner.label)
    near = f"{bridge.name}.{quote(bond.near.column)} = {rows.name}.{quote(bond.near.target)}"
    source = f"{bridge.name} {on(bond.far)} JOIN {rows.name} ON {near}"
    named = f"SELECT {quote(bond.up.target)} FROM {owner.name} WHERE {owner.out} = {literal(value)}"
    where = f"{rows.name}.{quote(bond.up.column)} IN ({named})"
    question = m.speaker.ask(f"things_of{buys}", x=m.speaker.mention(owner, shown(value)), **slots)
    return Draft(f"SELECT DISTINCT {thing.name}.{thing.out} FROM {source} WHERE {where}", question)


PATTERNS = (
    (both_sides, 7),
    (far_side, 4),
    (two_parents, 1),
    (top_parents, 6),
    (many_parents, 4),
    (fewest, 1),
    (different_parents, 2),
    (connected, 5),
)

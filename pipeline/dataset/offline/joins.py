"""Columns of two or three tables side by side, totals across joins, set operations, and who reports to whom."""

from __future__ import annotations

from pipeline.database.schema import quote
from pipeline.dataset.offline import filters
from pipeline.dataset.offline.graph import Entity, Field, Link
from pipeline.dataset.offline.groups import summable
from pipeline.dataset.offline.lists import listed
from pipeline.dataset.offline.lookups import attributes
from pipeline.dataset.offline.maker import Draft, Maker, NoChoiceError
from pipeline.dataset.offline.sets import MARK, Filter, Subset
from pipeline.dataset.offline.values import literal, shown


def plain_links(entity: Entity) -> list[Link]:
    """Links over ids to another table with names."""
    links = filters.parent_links(entity)
    return [link for link in links if not link.named and link.parent is not entity and link.parent.label]


def on(link: Link) -> str:
    """The JOIN that leads from the child to the parent."""
    parent = link.parent.name
    return f"JOIN {parent} ON {link.child.name}.{quote(link.column)} = {parent}.{quote(link.target)}"


def with_parent(m: Maker) -> Draft:
    """`each order with its customer`, also restricted, or with another column of the parent."""
    entity = m.entity(lambda one: listed(one) and bool(plain_links(one)))
    link = m.pick(plain_links(entity))
    some = (filters.simple(m, entity, frozenset((link.column,))),) if m.chance(0.5) else ()
    subset = Subset(entity, some)
    fields = attributes(link.parent)
    own = f"{entity.name}.{entity.out}"
    slots = {**m.words(subset), "p": m.speaker.word(link.noun), "ps": m.speaker.plural(link)}
    if not some and fields and m.chance(0.4):
        one = m.pick(fields)
        sql = f"SELECT {own}, {one.at(link.parent.name + '.')} FROM {entity.name} {on(link)}"
        return Draft(sql, m.speaker.ask("with_parent_field", a=m.speaker.field(one), **slots))
    where = subset.where(prefix=f"{entity.name}.")
    sql = f"SELECT {own}, {link.parent.name}.{link.parent.out} FROM {entity.name} {on(link)}{where}"
    return Draft(sql, m.speaker.ask("with_parent_of" if some else "with_parent", **slots))


SOLD = frozenset(("order item", "order line", "order detail", "sale", "sale item", "invoice item", "invoice line"))
"""Nouns of what is sold: their quantity times their price is revenue."""


def product(entity: Entity) -> tuple[Field, Field] | None:
    """A quantity and a price of the same row."""
    numbers = entity.having("number")
    quantity = next((one for one in numbers if one.words in ("quantity", "units")), None)
    price = next((one for one in numbers if one.words.endswith("price")), None)
    return (quantity, price) if quantity and price else None


def total_of(m: Maker, entity: Entity, without: frozenset[str]) -> tuple[str, str]:
    """A SUM over the rows, its columns marked, and its words: of a column, or of quantity times price."""
    both = product(entity)
    numbers = [one for one in entity.having("number") if one.name not in without and summable(one)]
    if both and (m.chance(0.6) or not numbers):
        sold = "_sold" if entity.noun in SOLD else ""
        words = m.speaker.fill(f"times{sold}", q=m.speaker.field(both[0]), a=m.speaker.field(both[1]))
        return f"SUM({both[0].at(MARK)} * {both[1].at(MARK)})", words
    one = m.pick(numbers)
    return f"SUM({one.at(MARK)})", m.speaker.field(one)


def chains(m: Maker) -> list[tuple[Link, Link]]:
    """Child → parent → grandparent, over ids, the grandparent with a name."""
    return [
        (near, far)
        for entity in m.graph.entities
        if listed(entity)
        for near in entity.parents
        if not near.named and near.parent is not entity and not near.role
        for far in near.parent.parents
        if not far.named
        and far.parent.label
        and far.parent not in (entity, near.parent)
        and not far.role
        and not any(other.parent is far.parent for other in entity.parents)
    ]


def total_of_grandparent(m: Maker) -> Draft:
    """`total amount of payments of customer Sato`: two joins and a condition on the far table."""
    near, far = m.pick([chain for chain in chains(m) if chain[0].child.having("number")])
    one = m.pick(near.child.having("number"))
    if far.parent.label is None:
        raise NoChoiceError
    value = m.value(far.parent.label)
    key = m.pick(("sum", "avg")) if summable(one) else "avg"
    where = f"WHERE {far.parent.name}.{far.parent.out} = {literal(value)}"
    sql = f"SELECT {key.upper()}({one.at(near.child.name + '.')}) FROM {near.child.name} {on(near)} {on(far)} {where}"
    subset = Subset(near.child, (_words_only(m, far, m.speaker.mention(far.parent, shown(value))),))
    return Draft(sql, m.speaker.ask(key, a=m.speaker.field(one), np=m.speaker.phrase(subset)))


def _words_only(m: Maker, link: Link, x: str) -> Filter:
    """The words of a restriction whose SQL is a join."""
    return Filter("", m.speaker.fill("of_thing", x=x), columns=frozenset((link.column,)))


def count_of_grandparent(m: Maker) -> Draft:
    """`how many payments of customer Sato`, `order items of products in Books`: two joins."""
    near, far = m.pick(chains(m))
    if far.parent.label is None:
        raise NoChoiceError
    value = m.value(far.parent.label)
    where = f"WHERE {far.parent.name}.{far.parent.out} = {literal(value)}"
    sql = f"SELECT COUNT(*) FROM {near.child.name} {on(near)} {on(far)} {where}"
    subset = Subset(near.child, (_words_only(m, far, m.speaker.mention(far.parent, shown(value))),))
    return Draft(sql, m.speaker.ask("count", **m.words(subset)))


def per_grandparent(m: Maker) -> Draft:
    """`total amount of payments per customer`, `which customer has the highest total …`: two joins and a group."""
    near, far = m.pick(chains(m))
    numbers = [one for one in near.child.having("number") if summable(one)]
    name = f"{far.parent.name}.{far.parent.out}"
    key = f"{far.parent.name}.{quote(far.target)}"
    what, ask, a = "COUNT(*)", "count", ""
    if numbers and m.chance(0.6):
        one = m.pick(numbers)
        what, ask, a = f"SUM({one.at(near.child.name + '.')})", "sum", m.speaker.field(one)
    source = f"{near.child.name} {on(near)} {on(far)}"
    slots = {"ns": m.speaker.noun(near.child, many=True), "g": m.speaker.noun(far.parent), "a": a}
    if m.chance(0.45):
        sql = f"SELECT {name} FROM {source} GROUP BY {key}, {name} ORDER BY {what} DESC, {key} LIMIT 1"
        return Draft(sql, m.speaker.ask("most" if ask == "count" else "most_sum", nps=slots["ns"], **slots))
    return Draft(f"SELECT {name}, {what} FROM {source} GROUP BY {key}, {name}", m.speaker.ask(f"per_{ask}", **slots))


def by_parent_category(m: Maker) -> Draft:
    """`number of orders per city of the customer`: a join and a group by the parent's category."""
    entity = m.entity(lambda one: listed(one) and bool(plain_links(one)))
    link = m.pick([link for link in plain_links(entity) if link.parent.having("category")])
    one = m.pick([one for one in link.parent.having("category") if one is not link.parent.label])
    group = one.at(link.parent.name + ".")
    numbers = [number for number in entity.having("number") if summable(number)]
    what, ask, a = "COUNT(*)", "per_count", ""
    if numbers and m.chance(0.5):
        number = m.pick(numbers)
        function = m.pick(("sum", "avg"))
        what, ask, a = f"{function.upper()}({number.at(entity.name + '.')})", f"per_{function}", m.speaker.field(number)
    words = m.speaker.fill("field_of", a=m.speaker.field(one), p=m.speaker.word(link.noun))
    some = f" WHERE {group} IS NOT NULL" if m.missing(one) else ""
    sql = f"SELECT {group}, {what} FROM {entity.name} {on(link)}{some} GROUP BY {group}"
    return Draft(sql, m.speaker.ask(ask, **m.words(Subset(entity)), g=words, a=a))


def product_total(m: Maker) -> Draft:
    """`total quantity times unit price of the order items of order 12`, per product, and the product with the most."""
    entity = m.pick([one for one in m.graph.entities if product(one)])
    quantity, price = product(entity) or m.pick(())
    link = m.pick([link for link in filters.parent_links(entity) if not link.role])
    if m.chance(0.4):
        subset = Subset(entity, (filters.simple(m, entity),) if m.chance(0.8) else ())
        what, a = total_of(m, entity, subset.columns)
        return Draft(subset.select(what.replace(MARK, "")), m.speaker.ask("sum", a=a, np=m.speaker.phrase(subset)))
    named = link.parent.label is not None
    prefix = f"{entity.name}." if named else ""
    key = f"{link.parent.name}.{quote(link.target)}" if named else quote(link.column)
    name, source = (
        (f"{link.parent.name}.{link.parent.out}", f"{entity.name} {on(link)}") if named else (key, entity.name)
    )
    what = f"SUM({quantity.at(prefix)} * {price.at(prefix)})"
    slots = {"g": m.speaker.word(link.noun), **_parts(m, quantity, price)}
    group = f"GROUP BY {key}, {name}" if named else f"GROUP BY {key}"
    if m.chance(0.5):
        sql = f"SELECT {name} FROM {source} {group} ORDER BY {what} DESC, {key} LIMIT 1"
        return Draft(sql, m.speaker.ask("revenue_most", **slots))
    return Draft(f"SELECT {name}, {what} FROM {source} {group}", m.speaker.ask("revenue_per", **slots))


def _parts(m: Maker, quantity: Field, price: Field) -> dict[str, str]:
    return {"q": m.speaker.field(quantity), "a": m.speaker.field(price)}


def both(m: Maker) -> Draft:
    """`rivers that run through both texas and ohio`, `customers with both … and …`: INTERSECT."""
    entity = m.entity(lambda one: bool(one.label))
    link = m.pick([link for link in entity.parents if link.verbs and entity.spread])
    first, second = m.link_value(link), m.link_value(link)
    if first == second:
        raise NoChoiceError
    parts = [
        f"SELECT {entity.out} FROM {entity.name} WHERE {quote(link.column)} = {literal(v)}" for v in (first, second)
    ]
    slots = {**m.words(Subset(entity)), "x": shown(first), "y": shown(second), **m.speaker.verb(m.pick(link.verbs))}
    return Draft(" INTERSECT ".join(parts), m.speaker.ask("both_verb", **slots))


def both_children(m: Maker) -> Draft:
    """`customers with both pending and cancelled orders`, `stores with both …`."""
    entity = m.entity(lambda one: bool(one.label and one.children))
    link = m.pick([link for link in entity.children if not link.role and not link.child.spread])
    one = m.pick([one for one in link.child.having("category") if one.fixed and one is not link.child.label])
    first, second = m.value(one), m.value(one)
    if first == second:
        raise NoChoiceError
    tests = [
        f"{quote(link.target)} IN (SELECT {quote(link.column)} FROM {link.child.name} WHERE {one.at()} = {literal(v)})"
        for v in (first, second)
    ]
    nouns = m.speaker.noun(link.child, many=True)
    words = [m.speaker.fill("children_with", nps=nouns, a=m.speaker.field(one), v=shown(v)) for v in (first, second)]
    sql = f"SELECT {entity.out} FROM {entity.name} WHERE {tests[0]} AND {tests[1]}"
    return Draft(sql, m.speaker.ask("both", ps=m.speaker.noun(entity, many=True), x=words[0], y=words[1]))


def self_reference(m: Maker) -> Draft:
    """`who has Aiko as manager`, `employees with their managers`, `how many …`."""
    entity = m.entity(lambda one: bool(one.label and any(link.parent is one for link in one.parents)))
    link = m.pick([link for link in entity.parents if link.parent is entity])
    label, column, target = entity.out, quote(link.column), quote(link.target)
    slots = {**m.words(Subset(entity)), "role": m.speaker.word(link.role), "p": m.speaker.word(link.role)}
    if m.chance(0.3) and entity.label:
        join = f"{entity.name} AS child JOIN {entity.name} AS parent ON child.{column} = parent.{target}"
        return Draft(f"SELECT child.{label}, parent.{label} FROM {join}", m.speaker.ask("with_role", **slots))
    if entity.label is None:
        raise NoChoiceError
    if m.chance(0.25):
        number = m.rng.randint(2, 3)
        inner = f"SELECT {column} FROM {entity.name} GROUP BY {column} HAVING COUNT(*) > {number}"
        sql = f"SELECT {label} FROM {entity.name} WHERE {target} IN ({inner})"
        return Draft(sql, m.speaker.ask("reports_more", v=str(number), **slots))
    value = m.value(entity.label)
    inner = f"{column} IN (SELECT {target} FROM {entity.name} WHERE {label} = {literal(value)})"
    what, ask = m.pick(((label, "reports"), ("COUNT(*)", "reports_count")))
    if ask == "reports" and link.role in ("manager", "supervisor", "boss") and m.chance(0.5):
        ask = "reports_person"
    sql = f"SELECT {what} FROM {entity.name} WHERE {inner}"
    return Draft(sql, m.speaker.ask(ask, x=shown(value), **slots))


PATTERNS = (
    (with_parent, 4),
    (total_of_grandparent, 2),
    (count_of_grandparent, 1),
    (per_grandparent, 3),
    (by_parent_category, 2),
    (product_total, 3),
    (both, 1),
    (both_children, 1),
    (self_reference, 4),
)

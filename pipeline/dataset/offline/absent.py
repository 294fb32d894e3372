"""What is not there, and what two tables share: NOT EXISTS, LEFT JOIN … IS NULL, EXCEPT, INTERSECT, UNION."""

from __future__ import annotations

from pipeline.database.schema import quote
from pipeline.dataset.offline import filters
from pipeline.dataset.offline.children import child_links
from pipeline.dataset.offline.graph import Entity, Field
from pipeline.dataset.offline.lookups import attributes
from pipeline.dataset.offline.maker import Draft, Maker
from pipeline.dataset.offline.sets import Subset


def none_such(m: Maker) -> Draft:
    """`customers who have no orders in 2024`, and how many: NOT EXISTS with a condition."""
    entity = m.entity(lambda one: bool(one.label and child_links(one)))
    link = m.pick([link for link in child_links(entity) if not link.child.bridge])
    child = link.child
    rows = Subset(child, (filters.plain(m, child, frozenset((link.column,))),))
    same = f"{child.name}.{quote(link.column)} = {entity.name}.{quote(link.target)}"
    inner = f"SELECT 1 FROM {child.name}{rows.where(same, child.name + '.')}"
    slots = {"ps": m.speaker.noun(entity, many=True), "nps": m.speaker.phrase(rows)}
    many = m.chance(0.35)
    sql = f"SELECT {'COUNT(*)' if many else entity.out} FROM {entity.name} WHERE NOT EXISTS ({inner})"
    return Draft(sql, m.speaker.ask("none_such_count" if many else "none_such", **slots))


def none_at_all(m: Maker) -> Draft:
    """`name and city of customers without orders`: LEFT JOIN … IS NULL, with another column."""
    entity = m.entity(lambda one: bool(one.label and one.own and child_links(one) and attributes(one)))
    link = m.pick([link for link in child_links(entity) if not link.child.spread])
    child, one = link.child, m.pick(attributes(entity))
    column, prefix = f"{child.name}.{quote(link.column)}", f"{entity.name}."
    join = f"LEFT JOIN {child.name} ON {column} = {prefix}{quote(link.target)}"
    sql = f"SELECT {prefix}{entity.out}, {one.plain(prefix)} FROM {entity.name} {join} WHERE {column} IS NULL"
    a = m.speaker.join([m.called(entity), m.speaker.field(one)])
    slots = {"ps": m.speaker.noun(entity, many=True), "nps": m.speaker.noun(child, many=True), "a": a}
    return Draft(sql, m.speaker.ask("none_at_all", **slots))


def _alike(m: Maker) -> list[tuple[Entity, Field, Entity, Field]]:
    """Columns of two tables that hold the same kind of thing: the city of a customer and that of a store."""
    told = [
        (entity, one)
        for entity in m.graph.entities
        if entity.own and not entity.bridge and not entity.twin and not entity.relations_only
        for one in entity.having("category", "text")
        if one is not entity.label and one.words not in ("status", "type", "description", "note", "comment")
    ]
    return [(a, x, b, y) for a, x in told for b, y in told if a is not b and x.words == y.words]


def two_tables(m: Maker) -> Draft:
    """`cities with customers but no stores`, `with both`, `of customers or stores`: EXCEPT, INTERSECT, UNION."""
    first, one, second, other = m.pick(_alike(m))
    parts = []
    for entity, each in ((first, one), (second, other)):
        some = f" WHERE {each.at()} IS NOT NULL" if m.missing(each) else ""
        parts.append(f"SELECT {each.at()} FROM {entity.name}{some}")
    sign = m.pick(("EXCEPT", "EXCEPT", "INTERSECT", "UNION"))
    slots = {
        "as_": m.speaker.field(one, many=True),
        "ns": m.speaker.noun(first, many=True),
        "ms": m.speaker.noun(second, many=True),
    }
    return Draft(f" {sign} ".join(parts), m.speaker.ask(f"two_{sign.lower()}", **slots))


PATTERNS = ((none_such, 4), (none_at_all, 3), (two_tables, 2))

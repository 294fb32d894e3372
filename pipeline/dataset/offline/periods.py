"""Months, quarters, weekdays, years against each other, days between two dates, first and last times."""

from __future__ import annotations

from pipeline.database.schema import quote
from pipeline.dataset.offline import filters
from pipeline.dataset.offline.graph import Entity, Field, Link
from pipeline.dataset.offline.lists import ask_count, ask_list, listed, out
from pipeline.dataset.offline.lookups import attributes
from pipeline.dataset.offline.maker import Draft, Maker, NoChoiceError
from pipeline.dataset.offline.sets import Subset
from pipeline.dataset.offline.values import literal
from pipeline.dataset.offline.when import by_period


def _dated(m: Maker) -> tuple[Entity, Field]:
    entity = m.entity(lambda one: listed(one) and not one.spread and bool(one.having("date")))
    return entity, m.pick(entity.having("date"))


def in_period(m: Maker) -> Draft:
    """A list, number or total of what happened in a month, quarter or on a weekday."""
    entity, _ = _dated(m)
    rows = Subset(entity, (by_period(m, entity),))
    numbers = entity.having("number")
    if numbers and m.chance(0.3):
        number = m.pick(numbers)
        question = m.speaker.ask("avg", a=m.speaker.field(number), np=m.speaker.phrase(rows))
        return Draft(rows.select(f"AVG({number.at()})"), question)
    if m.chance(0.5):
        return Draft(rows.select("COUNT(*)"), ask_count(m, rows))
    return Draft(rows.select(out(rows)), ask_list(m, rows))


def per_period(m: Maker) -> Draft:
    """`number of orders per month in 2024`, `on which weekday are most orders placed`, `per quarter`."""
    entity, one = _dated(m)
    column, year = one.at(), m.year(one)
    unit, what = m.pick(
        (
            ("month", f"strftime('%Y-%m', {column})"),
            ("weekday", f"strftime('%w', {column})"),
            ("quarter", f"(CAST(strftime('%m', {column}) AS INTEGER) + 2) / 3"),
        )
    )
    numbers = [number for number in entity.having("number") if number.name != one.name]
    value, ask, a = "COUNT(*)", "count", ""
    if numbers and m.chance(0.35):
        number = m.pick(numbers)
        value, ask, a = f"AVG({number.at()})", "avg", m.speaker.field(number)
    test = f"strftime('%Y', {column}) = '{year}'" if unit != "weekday" else f"{column} IS NOT NULL"
    where = f" WHERE {test}" if unit != "weekday" or m.missing(one) else ""
    slots = {"ns": m.speaker.noun(entity, True), "u": m.speaker.period(unit), "d": m.speaker.field(one), "a": a}
    slots["y"] = year if unit != "weekday" else ""
    scope = "_in" if unit != "weekday" else ""
    if m.chance(0.4):
        order = f"ORDER BY {value} DESC, {what} LIMIT 1"
        sql = f"SELECT {what} FROM {entity.name}{where} GROUP BY {what} {order}"
        return Draft(sql, m.speaker.ask(f"period_most_{ask}{scope}", **slots))
    sql = f"SELECT {what}, {value} FROM {entity.name}{where} GROUP BY {what}"
    return Draft(sql, m.speaker.ask(f"period_{ask}{scope}", **slots))


def more_than_before(m: Maker) -> Draft:
    """`how many more orders in 2024 than in 2023`: the difference of two counts."""
    entity, one = _dated(m)
    years = sorted({str(value)[:4] for value in m.values.of(one.table, one.name)})
    place = m.rng.randrange(1, len(years)) if len(years) > 1 else 0
    if not place:
        raise NoChoiceError
    counts = [
        f"(SELECT COUNT(*) FROM {entity.name} WHERE strftime('%Y', {one.at()}) = '{year}')"
        for year in (years[place], years[place - 1])
    ]
    slots = {"ns": m.speaker.noun(entity, many=True), "a": m.speaker.field(one), "ana": m.speaker.one_of(one)}
    slots |= {"v": years[place], "w": years[place - 1]}
    return Draft(f"SELECT {counts[0]} - {counts[1]}", m.speaker.ask("more_than_before", **slots))


def _spans(m: Maker) -> list[tuple[Entity, Field, Field]]:
    """Two dates of one row, the earlier first."""
    found = []
    for entity in m.graph.entities:
        dates = entity.having("date")
        for first in dates:
            for last in dates:
                rows = [row for row in m.values.rows(first.table, first.name, last.name) if None not in row]
                later = all(str(a) <= str(b) for a, b in rows) if rows else dates.index(first) < dates.index(last)
                if first is not last and later and entity.out:
                    found.append((entity, first, last))
    return found


def span(m: Maker) -> Draft:
    """`days from order date to delivery date`: on average, of one row, or more than so many."""
    entity, first, last = m.pick(_spans(m))
    days = f"julianday({last.at()}) - julianday({first.at()})"
    slots = {"ns": m.speaker.noun(entity, True), "n": m.speaker.noun(entity)}
    slots |= {"a": m.speaker.field(first), "b": m.speaker.field(last)}
    style = m.rng.random()
    if style < 0.4:
        function, ask = m.pick((("AVG", "span_avg"), ("MAX", "span_max"), ("AVG", "span_avg")))
        return Draft(f"SELECT {function}({days}) FROM {entity.name}", m.speaker.ask(ask, **slots))
    number = m.pick((2, 3, 5, 7, 10, 14))
    what, ask = m.pick((("COUNT(*)", "span_count"), (entity.out or "", "span_list")))
    question = m.speaker.ask(ask, v=m.speaker.count(number), **slots)
    return Draft(f"SELECT {what} FROM {entity.name} WHERE {days} > {number}", question)


def _last_links(m: Maker) -> list[tuple[Link, Field]]:
    return [
        (link, one)
        for entity in m.graph.entities
        if listed(entity) and entity.label is None  # what happens has no name of its own
        for link in filters.parent_links(entity)
        if link.parent.label and not link.role
        for one in entity.having("date")
    ]


def last_time(m: Maker) -> Draft:
    """`when was the last order of customer Sato`, `each customer's first order`."""
    link, one = m.pick(_last_links(m))
    late = m.chance(0.65)
    function, key = ("MAX", "last_time") if late else ("MIN", "first_time")
    slots = {"n": m.speaker.noun(link.child), "ns": m.speaker.noun(link.child, many=True), "a": m.speaker.field(one)}
    if m.chance(0.35) and not link.named:
        parent = f"{link.parent.name}.{link.parent.out}"
        target = f"{link.parent.name}.{quote(link.target)}"
        join = f"JOIN {link.parent.name} ON {link.child.name}.{quote(link.column)} = {target}"
        what = f"{function}({one.at(link.child.name + '.')})"
        sql = f"SELECT {parent}, {what} FROM {link.child.name} {join} GROUP BY {target}"
        return Draft(sql, m.speaker.ask(f"{key}_each", g=m.speaker.word(link.noun), **slots))
    value = m.link_value(link)
    x = m.speaker.mention(link.parent, str(value))
    where = f"{quote(link.column)} {filters.named_operator(link, value)}"
    return Draft(
        f"SELECT {function}({one.at()}) FROM {link.child.name} WHERE {where}", m.speaker.ask(key, x=x, **slots)
    )


def since(m: Maker) -> Draft:
    """`name and hire date of the employees hired since 2023`: a date with its day shown."""
    entity = m.entity(lambda one: bool(listed(one) and one.label and one.own and one.having("date")))
    one = m.pick(entity.having("date"))
    year = m.year(one)
    extra = [each for each in attributes(entity) if each.name != one.name]
    shows = [one, *m.rng.sample(extra, min(len(extra), m.pick((0, 0, 1))))]
    a = m.speaker.join([m.called(entity), *(m.speaker.field(each) for each in shows)])
    slots = {"a": a, "d": m.speaker.field(one), "v": year, "ns": m.speaker.noun(entity, True)}
    columns = ", ".join([entity.out or "", *(each.plain() for each in shows)])
    sql = f"SELECT {columns} FROM {entity.name} WHERE {one.at()} >= {literal(year + '-01-01')}"
    return Draft(sql, m.speaker.ask("since", **slots))


PATTERNS = ((in_period, 6), (per_period, 4), (more_than_before, 1), (span, 3), (last_time, 4), (since, 2))

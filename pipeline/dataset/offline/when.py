"""Restrictions of an entity's rows by time: a day, a year, a month, a quarter, a weekday, each with its words."""

from __future__ import annotations

from pipeline.dataset.offline.graph import Entity, Field
from pipeline.dataset.offline.lexicon import participle
from pipeline.dataset.offline.maker import Maker
from pipeline.dataset.offline.sets import MARK, Filter


def by_date(m: Maker, entity: Entity) -> Filter:
    """`ordered in 2024`, `with a sale date after 2024-05-01`."""
    one = m.pick(entity.having("date"))
    done = m.speaker.happened(_done(entity, one))
    first, second = sorted(str(m.value(one))[:10] for _ in "ab")
    day, column = one.day(MARK), one.at(MARK)
    kinds = {
        "in_year": f"strftime('%Y', {column}) = '{first[:4]}'",
        "after": f"{day} > '{first}'",
        "before": f"{day} < '{first}'",
        "during": f"{day} BETWEEN '{first}' AND '{second}'",
        "on": f"{day} = '{first}'",
    }
    key = m.pick(("in_year", "in_year", "in_year", "after", "before", "during", "on"))
    slots = {
        "a": m.speaker.field(one),
        "ana": m.speaker.one_of(one),
        "v": first[:4] if key == "in_year" else m.speaker.day(first),
    }
    slots["w"] = m.speaker.day(second)
    post = m.speaker.fill(f"done_{key}", done=done, **slots) if done else m.speaker.fill(key, **slots)
    return Filter(kinds[key], post, "", frozenset((one.name,)))


def by_period(m: Maker, entity: Entity) -> Filter:
    """`placed in March 2024`, `on a Monday`, `in the first quarter of 2024`, `in March of any year`."""
    one = m.pick(entity.having("date"))
    sql, when, weekly = _period(m, one)
    done = m.speaker.happened(_done(entity, one))
    key = f"{'done' if done else 'date'}_{'weekday' if weekly else 'during_period'}"
    slots = {"a": m.speaker.field(one), "ana": m.speaker.one_of(one), "done": done}
    return Filter(sql, m.speaker.fill(key, when=when, **slots), columns=frozenset((one.name,)))


def _done(entity: Entity, one: Field) -> str:
    """What happened on the day: people are hired and join, but nobody says that they are created."""
    done = participle(one.words)
    return done if entity.kind != "person" or done in ("hired", "joined", "born") else ""


def _period(m: Maker, one: Field) -> tuple[str, str, bool]:
    """The condition, its words, and whether it is about weekdays."""
    day, column = str(m.value(one))[:10], one.at(MARK)
    year, month = day[:4], int(day[5:7])
    kind = m.pick(("month", "month", "month", "quarter", "weekday", "any"))
    if kind == "quarter":
        quarter = (month + 2) // 3
        first, last = f"{year}-{3 * quarter - 2:02}-01", f"{year}-{3 * quarter:02}-{30 if quarter in (2, 3) else 31}"
        return f"{one.day(MARK)} BETWEEN '{first}' AND '{last}'", m.speaker.quarter(quarter, year), False
    if kind == "weekday":
        number = m.rng.randrange(7)
        return f"strftime('%w', {column}) = '{number}'", m.speaker.weekday(number), True
    if kind == "any":
        return f"strftime('%m', {column}) = '{month:02}'", m.speaker.month(month, ""), False
    return f"strftime('%Y-%m', {column}) = '{day[:7]}'", m.speaker.month(month, year), False

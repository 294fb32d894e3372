"""What one request asks for: tables that belong together, a level, clauses, a way of speaking, a few real values.

Claude takes no temperature, so variety has to be asked for. A schema, a seed and the request's number in, the same
`Blueprint` out each time; levels come in the shares of the prompt for people, tables in turns. Limit: the values are those
that the schema itself knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from pipeline.database.schema import Schema, Table

LEVELS = {"one-table": 7, "join": 8, "nested": 5}
"""Requests of each level in twenty: 35, 40 and 25 %."""
MOST_TABLES = 4
MOST_VALUES = 12
LONGEST_VALUE = 60
"""Characters; a longer value is prose that nobody would type into a question."""

CLAUSES = {
    "one-table": (
        "look-ups of one thing by its name",
        "two conditions at once with AND",
        "alternatives with OR or IN",
        "exclusion with <> or NOT",
        "a range with BETWEEN, or above and below a number",
        "part of a text with LIKE",
        "values that are missing or present (IS NULL, IS NOT NULL)",
        "sorting, and the top n with ORDER BY and LIMIT",
        "the different values of a column (DISTINCT)",
        "how many there are (COUNT), with and without a condition",
        "sums and averages, with and without a condition",
        "the highest or lowest value itself (MAX, MIN)",
        "counts or totals per group",
        "groups that pass a limit (HAVING)",
        "dates by year, by month or in a range",
        "several columns of one thing at once",
    ),
    "join": (
        "a property of one thing found through the thing it belongs to",
        "all things that belong to one named thing",
        "conditions on two tables at once",
        "how many things belong to one named thing",
        "counts per thing, most first",
        "sums or averages per thing across a join",
        "different things reached through a join (DISTINCT)",
        "things that have none of something, with LEFT JOIN",
        "groups across a join that pass a limit (HAVING)",
        "a join with a range of dates or numbers",
        "three tables where the one in the middle is not mentioned",
        "a table joined with itself, where its keys allow that",
        "the top n across a join",
    ),
    "nested": (
        "plain superlatives with = (SELECT MAX(...)) or MIN",
        "a superlative among the things of one kind or place",
        "a property of the thing that is the highest or lowest",
        "more or less than the average",
        "compared with one named thing",
        "IN or NOT IN with a query",
        "EXISTS and NOT EXISTS",
        "the best of each group",
        "the group with the most or the least members",
        "UNION, INTERSECT or EXCEPT",
        "shares and percentages of the whole",
        "CASE, to sort things into kinds",
        "two superlatives, one inside the other",
    ),
}
STYLES = {
    "en": (
        "short orders and fragments, as typed into a search box",
        "complete questions, as in a mail to a colleague",
        "casual questions in lower case without a final mark",
        "polite requests",
        "questions of a manager who wants a figure for a report",
        "questions that begin with different words: which, who, where, when, how many, is there, list, name",
    ),
    "ja": (
        "「〜を教えてください」のような丁寧な文",
        "「〜の一覧」「〜の件数」のような体言止め",
        "話し言葉の短い質問",
        "検索欄に打ち込むような、単語を並べた文",
        "報告のために数字が必要な上司の質問",
        "「どの」「誰」「いつ」「いくつ」「どこ」と、始まりの違う質問",
    ),
}


@dataclass(frozen=True)
class Blueprint:
    """One request's order."""

    number: int
    language: str
    """`en` or `ja`."""
    level: str
    """One of `LEVELS`."""
    tables: tuple[str, ...]
    clauses: tuple[str, ...]
    styles: tuple[str, ...]
    values: tuple[tuple[str, tuple[str, ...]], ...]
    """By `table.column`."""


def draw(schema: Schema, seed: int, number: int, languages: Sequence[str]) -> Blueprint:
    """The order of request `number` (from 0): nothing but these four decide it."""
    rng = Random(f"{seed} {number}")
    level, turn = _level(seed, number, linked=any(table.foreign_keys for table in schema.tables))
    tables = _tables(schema, seed, level, turn, rng)
    language = languages[number % len(languages)]
    return Blueprint(
        number,
        language,
        level,
        tuple(table.name for table in tables),
        tuple(rng.sample(CLAUSES[level], 5)),
        tuple(rng.sample(STYLES[language], 2)),
        _values(tables, rng),
    )


def _level(seed: int, number: int, linked: bool) -> tuple[str, int]:
    """The level of a request, and how many requests of that level came before it."""
    shares = LEVELS if linked else {level: n for level, n in LEVELS.items() if level != "join"}
    deck = [level for level, n in shares.items() for _ in range(n)]
    Random(f"{seed} levels").shuffle(deck)
    rounds, place = divmod(number, len(deck))
    level = deck[place]
    return level, rounds * shares[level] + deck[:place].count(level)


def _tables(schema: Schema, seed: int, level: str, turn: int, rng: Random) -> list[Table]:
    """The table whose turn it is, and beside it, but for one-table requests, some that keys connect with it."""
    neighbours = _neighbours(schema)
    names = [table.name for table in schema.tables if level != "join" or neighbours[table.name]]
    Random(f"{seed} {level} {turn // len(names)}").shuffle(names)
    chosen = [names[turn % len(names)]]
    while level != "one-table" and len(chosen) < MOST_TABLES:
        near = sorted({other for name in chosen for other in neighbours[name]} - set(chosen))
        if not near:
            break
        chosen.append(rng.choice(near))
    return [schema.table(name) for name in chosen]


def _neighbours(schema: Schema) -> dict[str, set[str]]:
    """By table, those that a foreign key connects with it, in either direction."""
    found: dict[str, set[str]] = {table.name: set() for table in schema.tables}
    names = {table.name.lower(): table.name for table in schema.tables}
    for table in schema.tables:
        for key in table.foreign_keys:
            other = names.get(key.table.lower())
            if other and other != table.name:
                found[table.name].add(other)
                found[other].add(table.name)
    return found


def _values(tables: Sequence[Table], rng: Random) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """A few values that columns of these tables are known to hold."""
    columns = [(f"{table.name}.{column.name}", column) for table in tables for column in table.columns]
    known = [(name, sorted({*column.allowed, *column.samples})) for name, column in columns]
    usable = [(name, [value for value in values if len(value) <= LONGEST_VALUE]) for name, values in known]
    filled = [(name, values) for name, values in usable if values]
    chosen = rng.sample(filled, min(len(filled), MOST_VALUES // 3))
    return tuple((name, tuple(rng.sample(values, min(len(values), 3)))) for name, values in chosen)

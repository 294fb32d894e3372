"""Does a query give the same answer each time? The clock, chance, LIMIT without order, and bare columns beside aggregates.

`nondeterministic` judges by the syntax tree alone; whether a tie crosses a LIMIT depends on the rows, so
`tie_variants` rewrites the query to break ties in two opposite ways: where both answers are the same, no tie crosses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sqlglot import exp

from pipeline.database.answers import same_answer
from pipeline.database.schema import Schema, Table
from pipeline.errors import SqlError
from pipeline.records import Rows

_CHANCE = frozenset(("random", "randomblob", "rand", "uuid", "newid", "changes", "total_changes", "last_insert_rowid"))
_CLOCK = frozenset(
    ("current_date", "current_time", "current_timestamp", "now", "getdate", "localtime", "localtimestamp", "sysdate")
)
_DATE_FUNCTIONS = {"date": 1, "time": 1, "datetime": 1, "julianday": 1, "unixepoch": 1, "strftime": 2}
"""SQLite's date functions with the number of arguments below which they read the clock."""
_NOW = re.compile(r"\s*now\s*", re.IGNORECASE)
_CALLS = re.compile(r"\b(" + "|".join(_DATE_FUNCTIONS) + r")\s*\(", re.IGNORECASE)


def nondeterministic(tree: exp.Query, schema: Schema) -> str:
    """What makes the answer depend on the clock, on chance, or on the order of storage; empty where nothing does."""
    return _clock_or_chance(tree) or _unordered_limit(tree) or _bare_column(tree, schema)


def _clock_or_chance(tree: exp.Query) -> str:
    for node in tree.walk():
        if isinstance(node, exp.Literal) and node.is_string and _NOW.fullmatch(str(node.this)):
            return "'now'"
        if isinstance(node, exp.Func):
            name = (node.name if isinstance(node, exp.Anonymous) else node.sql_name()).lower()
            if name in _CHANCE or name in _CLOCK:
                return name
        elif isinstance(node, exp.Column) and not node.table and node.name.lower() in _CLOCK:
            return node.name
    text = tree.sql(dialect="sqlite")
    for match in _CALLS.finditer(text):
        if _arguments(text, match.end()) < _DATE_FUNCTIONS[match[1].lower()]:
            return match[1]
    return ""


def _arguments(text: str, at: int) -> int:
    """How many arguments the call has whose opening bracket ends at `at`."""
    depth, commas, quoted, empty = 1, 0, False, True
    for letter in text[at:]:
        if letter == "'":
            quoted = not quoted
        elif not quoted:
            depth += (letter == "(") - (letter == ")")
            commas += letter == "," and depth == 1
        if depth == 0:
            break
        empty = empty and letter.isspace()
    return 0 if empty else commas + 1


def _unordered_limit(tree: exp.Query) -> str:
    for query in _limited(tree):
        if not query.args.get("order") and not _one_row(query) and not isinstance(query.parent, exp.Exists):
            return "LIMIT without ORDER BY"
    return ""


def _limited(tree: exp.Query) -> Iterator[exp.Query]:
    return (q for q in tree.find_all(exp.Query) if q.args.get("limit") or q.args.get("offset"))


def _one_row(query: exp.Query) -> bool:
    """An aggregate over everything, or a SELECT without FROM."""
    if not isinstance(query, exp.Select) or query.args.get("group"):
        return False
    return not query.args.get("from_") or any(True for item in query.selects for _ in _own(item, exp.AggFunc))


# Bare columns beside aggregates


def _own(node: exp.Expr, kind: type[exp.Expr]) -> Iterator[exp.Expr]:
    """Nodes of a kind inside an expression, not looking into sub-queries and window functions."""
    if isinstance(node, (exp.Query, exp.Window)):
        return
    if isinstance(node, kind):
        yield node
        return
    for child in node.iter_expressions():
        yield from _own(child, kind)


def _outside_aggregates(node: exp.Expr) -> Iterator[exp.Column]:
    if isinstance(node, (exp.AggFunc, exp.Query)) or _is_aggregate_call(node):
        return
    if isinstance(node, exp.Column):
        yield node
        return
    for child in node.iter_expressions():
        yield from _outside_aggregates(child)


def _is_aggregate_call(node: exp.Expr) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.lower() in ("total", "group_concat", "string_agg", "median")


def _bare_column(tree: exp.Query, schema: Schema) -> str:
    for select in tree.find_all(exp.Select):
        found = _bare_column_of(select, schema)
        if found:
            return f"{found} is neither grouped nor aggregated"
    return ""


def _bare_column_of(select: exp.Select, schema: Schema) -> str:
    group = select.args.get("group")
    having, order = select.args.get("having"), select.args.get("order")
    shown = [item.this if isinstance(item, exp.Alias) else item for item in select.selects]
    aggregated = any(True for item in [*shown, having, order] if item for _ in _own(item, exp.AggFunc))
    if not group and not aggregated:
        return ""
    sources = _sources(select, schema)
    aliases = {item.alias.lower(): item.this for item in select.selects if isinstance(item, exp.Alias)}
    grouped = _grouped(select, group.expressions if group else [], shown, aliases)
    texts = {node.sql(dialect="sqlite").lower() for node in grouped}
    fixed = _closure({_key(c, sources) for node in grouped if isinstance(c := node, exp.Column)}, select, sources)
    for item in [*shown, *([having] if having else []), *([order] if order else [])]:
        for column in _uncovered(item, texts):
            own = not column.table and column.name.lower() in aliases and item in (having, order)
            known = _key(column, sources)[0] in sources
            if not own and known and _key(column, sources) not in fixed:
                return column.sql(dialect="sqlite")
    return ""


def _uncovered(item: exp.Expr, texts: set[str]) -> Iterator[exp.Column]:
    """Columns outside aggregates and outside whole expressions that are grouped by."""
    if item.sql(dialect="sqlite").lower() in texts or isinstance(item, exp.Star):
        return
    if isinstance(item, exp.Column) or not list(item.iter_expressions()):
        yield from _outside_aggregates(item)
        return
    if not (isinstance(item, (exp.AggFunc, exp.Query, exp.Window)) or _is_aggregate_call(item)):
        for child in item.iter_expressions():
            yield from _uncovered(child, texts)


def _grouped(
    select: exp.Select, terms: Sequence[exp.Expr], shown: Sequence[exp.Expr], aliases: dict[str, exp.Expr]
) -> list[exp.Expr]:
    """What is grouped by, positions and aliases resolved."""
    resolved: list[exp.Expr] = []
    for term in (term.unnest() for term in terms):
        if isinstance(term, exp.Literal) and not term.is_string and 0 < int(term.this) <= len(shown):
            term = shown[int(term.this) - 1]
        elif isinstance(term, exp.Column) and not term.table and term.name.lower() in aliases:
            resolved.append(term)
            term = aliases[term.name.lower()]
        resolved.append(term)
    return resolved


Key = tuple[str, str]
"""Alias of the source and name of the column, lower case; the alias is empty where no source of the SELECT has it."""


def _sources(select: exp.Select, schema: Schema) -> dict[str, Table | None]:
    """The tables of FROM and JOIN by alias; None for a derived table."""
    names = {table.name.lower(): table for table in schema.tables}
    found: dict[str, Table | None] = {}
    first = select.args.get("from_")
    for clause in [*([first] if first else []), *(select.args.get("joins") or [])]:
        source = clause.this
        if isinstance(source, (exp.Table, exp.Subquery)):
            found[source.alias_or_name.lower()] = (
                names.get(source.name.lower()) if isinstance(source, exp.Table) else None
            )
    return found


def _key(column: exp.Column, sources: dict[str, Table | None]) -> Key:
    name = column.name.lower()
    if column.table:
        return column.table.lower(), name
    for alias, table in sources.items():
        if table and any(own.name.lower() == name for own in table.columns):
            return alias, name
    derived = [alias for alias, table in sources.items() if table is None]
    return (derived[0] if derived else ""), name


def _closure(fixed: set[Key], select: exp.Select, sources: dict[str, Table | None]) -> set[Key]:
    """All columns that have one value within a group: by equality, and by a key of their table."""
    equal: list[tuple[Key, Key]] = []
    where = select.args.get("where")
    conditions = [(where.this, False)] if where else []
    for join in select.args.get("joins") or []:
        conditions += [(join.args["on"], join.side == "LEFT")] if join.args.get("on") else []
        for name in join.args.get("using") or []:
            pair = [(alias, name.name.lower()) for alias in sources]
            equal += [(one, two) for one in pair for two in pair if one != two]
    for condition, outer in conditions:
        for term in condition.flatten() if isinstance(condition, exp.And) else [condition]:
            if not isinstance(term, exp.EQ):
                continue
            sides = [_key(side, sources) for side in (term.this, term.expression) if isinstance(side, exp.Column)]
            if len(sides) == 2:
                equal += [(sides[0], sides[1]), (sides[1], sides[0])]
            elif len(sides) == 1 and not outer and isinstance(term.expression, exp.Literal):
                fixed.add(sides[0])
    while True:
        more = {two for one, two in equal if one in fixed} | _by_key(fixed, sources)
        if more <= fixed:
            return fixed
        fixed |= more


def _by_key(fixed: set[Key], sources: dict[str, Table | None]) -> set[Key]:
    found: set[Key] = set()
    for alias, table in sources.items():
        if table is None:
            continue
        keys = [table.primary_key, *table.unique, *((c.name,) for c in table.columns if c.unique)]
        if any(key and all((alias, name.lower()) in fixed for name in key) for key in keys):
            found |= {(alias, column.name.lower()) for column in table.columns}
    return found


# Ties at a LIMIT


def tie_variants(tree: exp.Query, schema: Schema) -> list[str]:
    """The query with every ordered LIMIT's ties broken by all its columns, rising and falling; empty without one.

    The lowest and the highest j rows of a group of tied rows are the same only where all of them are: so a tie crosses
    a LIMIT exactly where the two answers differ.
    """
    if not any(query.args.get("order") for query in _limited(tree)):
        return []
    variants = []
    for direction in ("", " DESC"):
        copy = tree.copy()
        for query in list(_limited(copy)):
            width = _width(query, copy, schema)
            if query.args.get("order") and width:
                for position in range(1, width + 1):
                    query.args["order"].append(
                        "expressions", exp.maybe_parse(f"{position}{direction}", into=exp.Ordered)
                    )
        variants.append(copy.sql(dialect="sqlite"))
    return variants


def is_decided(tied: Sequence[tuple[Rows, ...] | SqlError], number: int) -> bool:
    """Whether no tie crosses a LIMIT on that database: both ways of breaking ties give the same rows."""
    if not tied:
        return True
    rising, falling = tied
    if isinstance(rising, SqlError) or isinstance(falling, SqlError):
        return False
    return same_answer(rising[number], falling[number], ordered=False)


def _width(query: exp.Query, tree: exp.Query, schema: Schema) -> int:
    """How many columns a query gives; 0 where a star's source is not known."""
    if not isinstance(query, exp.Select):
        return _width(query.this, tree, schema) if isinstance(query.this, exp.Query) else 0
    width = 0
    sources = _sources(query, schema)
    for item in query.selects:
        if not item.is_star:
            width += 1
            continue
        wanted = [item.table.lower()] if isinstance(item, exp.Column) else list(sources)
        tables = [sources.get(alias) for alias in wanted]
        if not all(tables):
            return 0
        width += sum(len(table.columns) for table in tables if table)
    return width

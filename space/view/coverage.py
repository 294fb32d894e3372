"""What the kept pairs cover, as a quiet picture: bars for the clauses, a strip of cells for each table's columns.

In: a `Coverage`. Out: HTML, with a sentence that names what no pair uses. A schema of many tables shows the least used.
"""

from __future__ import annotations

from markupsafe import Markup

from pipeline.dataset.coverage import CLAUSES, Coverage
from space.i18n import Words
from space.view.html import join, tag

MOST_TABLES = 14
"""Tables drawn; of more, those that the fewest pairs use."""
MOST_NAMED = 6
"""Names in the sentence about what nothing uses."""
SHADES = 4


def coverage(found: Coverage, words: Words) -> Markup:
    """Clauses beside tables, over the sentence; folded on a phone, where its first line still tells how much is missing."""
    most = max(found.clauses.values(), default=0)
    bars = join(_clause(clause, found.clauses[clause], most, found.pairs, words) for clause in CLAUSES)
    tables = sorted(found.tables, key=lambda name: found.tables[name])[:MOST_TABLES]
    strips = join(_table(name, found, words) for name in found.tables if name in tables)
    hidden = len(found.tables) - len(tables)
    more = tag('<p class="dim small">{}</p>', words("coverage.more_tables", n=hidden)) if hidden else Markup("")
    return tag(
        '<details class="panel coverage"><summary><h3>{}</h3></summary><div class="two"><div><h4>{}</h4>{}</div>'
        "<div><h4>{}</h4>{}{}</div></div><p>{}</p></details>",
        words("coverage.title", n=found.pairs),
        words("coverage.clauses"),
        bars,
        words("coverage.tables"),
        strips,
        more,
        missing(found, words),
    )


def missing(found: Coverage, words: Words) -> Markup:
    """What no pair uses, in a sentence: tables and columns, then clauses."""
    unused = [tag('<span translate="no">{}</span>', name) for name in found.unused]
    unused += [tag("{}", words(f"clause.{clause}")) for clause, n in found.clauses.items() if not n]
    if not unused:
        return tag("{}", words("coverage.all"))
    rest = len(unused) - MOST_NAMED
    names = join(unused[:MOST_NAMED], words("coverage.and"))
    return tag(words("coverage.none_and_more" if rest > 0 else "coverage.none"), names=names, n=rest)


def _clause(clause: str, count: int, most: int, pairs: int, words: Words) -> Markup:
    return tag(
        '<div class="clause{}"><span>{}</span><i><b style="width:{:.0f}%"></b></i><em>{:,}</em><small>{}</small></div>',
        "" if count else " none",
        words(f"clause.{clause}"),
        100 * count / max(most, 1),
        count,
        "<1%" if 0 < count < pairs / 200 else f"{count / max(pairs, 1):.0%}",
    )


def _table(name: str, found: Coverage, words: Words) -> Markup:
    columns = {column: n for (table, column), n in found.columns.items() if table == name}
    most = max(columns.values(), default=0)
    cells = join(tag('<b class="s{}" title="{}: {}"></b>', _shade(n, most), column, n) for column, n in columns.items())
    told = words("coverage.table", table=name, n=found.tables[name], used=sum(map(bool, columns.values())),
                 all=len(columns))  # fmt: skip
    return tag(
        '<div class="table{}"><span translate="no">{}</span><i role="img" aria-label="{}">{}</i><em>{:,}</em></div>',
        "" if found.tables[name] else " none",
        name,
        told,
        cells,
        found.tables[name],
    )


def _shade(count: int, most: int) -> int:
    """0 for what nothing uses, then 1 to `SHADES` by its share of the most used column."""
    return -(-SHADES * count // most) if count else 0

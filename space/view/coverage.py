"""What the kept pairs cover, as a picture: a cell per column under each table, and bars against what is aimed for.

In: a `Coverage`. Out: HTML, with a sentence that names what no pair uses. Every part says its figures in words too. A schema
of many tables shows the least used.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from pipeline.dataset import hardness, manner
from pipeline.dataset.coverage import Coverage
from space.i18n import LANGUAGES, Words
from space.view.html import join, tag

MOST_TABLES = 14
"""Tables drawn; of more, those that the fewest pairs use."""
MOST_NAMED = 6
"""Names in the sentence about what nothing uses."""
SHADES = 4
LOW = 0.5
"""Share of an aim below which a bar says so."""


Row = tuple[str, int, float]
"""A name in words, how many pairs it is true of, and the share aimed for; 0 where none is."""


def coverage(found: Coverage, words: Words) -> Markup:
    """The map over the sentence and the bars; folded on a phone, where its first line tells how much there is."""
    clauses = [(words(f"clause.{name}"), found.clauses[name], aim) for name, aim in found.targets.items()]
    grades = [(words(f"grade.{name}"), found.hardness[name], aim) for name, aim in hardness.SHARES.items()]
    return tag(
        '<details class="panel coverage"><summary><h3>{}</h3></summary>{}<p>{}</p>'
        '<div class="aims"><div class="wide">{}</div><div>{}{}</div></div><p class="dim small">{}</p></details>',
        words("coverage.title", n=found.pairs),
        _map(found, words),
        missing(found, words),
        _bars("clause", clauses, found.pairs, words),
        _bars("grade", grades, found.pairs, words),
        _spoken(found, words),
        words("coverage.legend"),
    )


def missing(found: Coverage, words: Words) -> Markup:
    """What no pair uses, in a sentence: tables and columns, then clauses the schema has an occasion for."""
    unused = [tag('<span translate="no">{}</span>', name) for name in found.unused]
    unused += [tag("{}", words(f"clause.{clause}")) for clause in found.targets if not found.clauses[clause]]
    if not unused:
        return tag("{}", words("coverage.all"))
    rest = len(unused) - MOST_NAMED
    names = join(unused[:MOST_NAMED], words("coverage.and"))
    return tag(words("coverage.none_and_more" if rest > 0 else "coverage.none"), names=names, n=rest)


def _map(found: Coverage, words: Words) -> Markup:
    """A line per table, a cell per column, all shaded on one scale."""
    tables = sorted(found.tables, key=lambda name: found.tables[name])[:MOST_TABLES]
    most = max(found.columns.values(), default=0)
    lines = join(_table(name, found, most, words) for name in found.tables if name in tables)
    hidden = len(found.tables) - len(tables)
    more = tag('<p class="dim small">{}</p>', words("coverage.more_tables", n=hidden)) if hidden else Markup("")
    return tag('<h4>{}</h4><div class="map">{}</div>{}', words("coverage.tables"), lines, more)


def _table(name: str, found: Coverage, most: int, words: Words) -> Markup:
    columns = {column: n for (table, column), n in found.columns.items() if table == name}
    cells = join(
        tag(
            '<b class="s{}" title="{}"><span>{}</span><i>{:,}</i></b>',
            _shade(n, most),
            f"{name}.{column}: {n:,}",
            column,
            n,
        )
        for column, n in columns.items()
    )
    told = words("coverage.table", table=name, n=found.tables[name], used=sum(map(bool, columns.values())),
                 all=len(columns))  # fmt: skip
    return tag(
        '<div class="table{}" role="img" aria-label="{}" translate="no"><span title="{}">{}</span><div>{}</div></div>',
        "" if found.tables[name] else " none",
        told,
        told,
        name,
        cells,
    )


def _shade(count: int, most: int) -> int:
    """0 for what nothing uses, then 1 to `SHADES` by the root of its share of the most used: ids are in every join."""
    return math.ceil(SHADES * math.sqrt(count / most)) if count else 0


def _spoken(found: Coverage, words: Words) -> Markup:
    """Manners against their aims, and the languages where there are several."""
    if not found.manners:
        return Markup("")
    manners = [(words(f"manner.{name}"), found.manners[name], aim) for name, aim in manner.SHARES.items()]
    languages = [(LANGUAGES.get(name, name), n, 0.0) for name, n in found.languages.items()]
    return _bars("manner", manners, found.pairs, words) + (
        _bars("language", languages, found.pairs, words) if len(languages) > 1 else Markup("")
    )


def _bars(what: str, rows: Sequence[Row], pairs: int, words: Words) -> Markup:
    """A heading over a bar for each; the line in the bar's middle is the aim."""
    bars = join(_bar(*row, pairs, words) for row in rows)
    return tag("<h4>{}</h4><div>{}</div>", words(f"coverage.{what}"), bars)


def _bar(name: str, count: int, aim: float, pairs: int, words: Words) -> Markup:
    share = count / max(pairs, 1)
    said = "<1%" if 0 < share < 0.005 else f"{share:.0%}"
    told = words(
        "coverage.aim" if aim else "coverage.share", name=name, n=count, all=pairs, share=said, aim=f"{aim:.0%}"
    )
    return tag(
        '<div class="aim{}" role="img" aria-label="{}" title="{}"><span>{}</span><i><b style="width:{:.0f}%"></b></i>'
        "<em>{}</em><small>{}</small></div>",
        " free" if not aim else " none" if not count else " low" if share < LOW * aim else "",
        told,
        told,
        name,
        min(100, 50 * share / aim if aim else 100 * share),
        said,
        f"/ {aim:.0%}" if aim else "",
    )

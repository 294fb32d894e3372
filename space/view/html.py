"""The small parts every picture is made of: sentences, progress, tables.

In: text and figures. Out: `Markup`; values are escaped by `Markup.format`, so a name can never become markup.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup

from space.i18n import Words

SHOWN_ROWS = 200
"""Rows of a table on the page; more would make every redraw slow on a phone."""


def tag(template: str, *values: object, **named: object) -> Markup:
    """`template` is our own markup with `{}` places; every value that is not markup is escaped."""
    return Markup(template).format(*values, **named)


def join(parts: Iterable[Markup], between: str = "") -> Markup:
    """Parts in a row."""
    return Markup(between).join(parts)


def note(text: str, kind: str = "info") -> Markup:
    """A sentence at the top of the right column; `kind` is `info`, `done`, `warning` or `error`. First sentence bold."""
    if not text:
        return Markup("")
    split = re.match(r"(.+?(?:[.!?](?=\s)|。|[.!?]$))(.*)", text, re.S)
    first, rest = split.groups() if split else (text, "")
    role = "alert" if kind == "error" else "status"
    return tag('<div class="notice {}" role="{}"><p><b>{}</b>{}</p></div>', kind, role, first, rest)


def empty(line: str, hint: str = "") -> Markup:
    """What an empty tab says: what will appear, and what to press."""
    more = tag("<p>{}</p>", hint) if hint else Markup("")
    return tag('<div class="empty" role="status"><p class="say">{}</p>{}</div>', line, more)


def progress(label: str, share: float) -> Markup:
    """A sentence over a bar; `share` is 0 to 1."""
    percent = round(100 * min(max(share, 0.0), 1.0), 1)
    return tag(
        '<div class="prog"><p>{0}</p><div class="bar" role="progressbar" aria-label="{0}" aria-valuemin="0" '
        'aria-valuemax="100" aria-valuenow="{1}"><i style="width:{1}%"></i></div></div>',
        label,
        percent,
    )


def metrics(figures: Sequence[tuple[str, str]]) -> Markup:
    """Large figures in a row: (label, figure)."""
    cells = join(tag("<div><dt>{}</dt><dd>{}</dd></div>", label, figure) for label, figure in figures)
    return tag('<dl class="metrics">{}</dl>', cells)


def rows_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], words: Words) -> Markup:
    """An answer's rows, the first 200; numbers right-aligned, NULL named."""
    head = join(
        tag('<th scope="col"{}>{}</th>', Markup(' class="num"') if _numbers(rows, at) else "", column)
        for at, column in enumerate(columns)
    )
    body = join(tag("<tr>{}</tr>", join(_cell(value, words) for value in row)) for row in rows[:SHOWN_ROWS])
    return tag(
        '<div class="rows" tabindex="0"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>', head, body
    )


def _numbers(rows: Sequence[Sequence[Any]], at: int) -> bool:
    """Whether a column holds numbers, by its first value."""
    first = next((row[at] for row in rows if row[at] is not None), None)
    return isinstance(first, int | float) and not isinstance(first, bool)


def _cell(value: Any, words: Words) -> Markup:
    if value is None:
        return tag('<td class="null">{}</td>', words("rows.null"))
    if isinstance(value, bool) or not isinstance(value, int | float):
        text = words("rows.bytes", n=len(value)) if isinstance(value, bytes) else str(value)
        return tag("<td>{}</td>", shorten(text, 300))
    return tag('<td class="num">{}</td>', number(value))


def number(value: float) -> str:
    """A figure as people read it: 1,284,500 or 12.5; whole years and ids up to 9999 stay ungrouped."""
    if isinstance(value, int):
        return str(value) if abs(value) < 10_000 else f"{value:,}"
    text = f"{value:,.4f}".rstrip("0").rstrip(".")
    return text or "0"


def width(text: str) -> int:
    """Columns a text takes: a Japanese letter counts twice."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def shorten(text: str, room: int) -> str:
    """The text cut to `room` columns, with an ellipsis."""
    if width(text) <= room:
        return text
    taken = 0
    for place, letter in enumerate(text):
        taken += width(letter)
        if taken > room - 1:
            return text[:place] + "…"
    return text


_SQL = re.compile(
    r"(?P<string>'(?:[^']|'')*')|(?P<word>\b(?:SELECT|DISTINCT|FROM|WHERE|JOIN|LEFT|INNER|CROSS|ON|AND|OR|NOT|IN|IS|NULL|"
    r"EXISTS|BETWEEN|LIKE|GROUP|ORDER|BY|HAVING|LIMIT|OFFSET|ASC|DESC|AS|UNION|ALL|EXCEPT|INTERSECT|CASE|WHEN|THEN|ELSE|"
    r"END|WITH|OVER|PARTITION|CAST|COUNT|SUM|AVG|MIN|MAX)\b)",
    re.I,
)


def sql(text: str, unknown: Sequence[str] = ()) -> Markup:
    """SQL with its keywords, strings and `unknown` names marked, as escaped HTML in a `<pre>`."""
    names = "|".join(rf"(?<![\w.]){re.escape(name)}(?!\w)" for name in unknown)
    marks = re.compile(_SQL.pattern.replace("|(?P<word>", f"|(?P<unknown>{names})|(?P<word>"), re.I) if names else _SQL
    parts, place = [], 0
    for found in marks.finditer(text):
        parts.append(tag("{}", text[place : found.start()]))
        parts.append(tag('<span class="{}">{}</span>', found.lastgroup or "", found.group()))
        place = found.end()
    parts.append(tag("{}", text[place:]))
    return tag('<pre class="sql" tabindex="0"><code>{}</code></pre>', join(parts))

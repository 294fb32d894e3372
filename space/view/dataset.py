"""The Dataset tab's pictures: the funnel with its reasons, the level strip, and the pairs.

In: pairs as the gate judged them, as plain rows. Out: HTML. The pairs are one table that a phone shows as cards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from pipeline.dataset.gate import NOT_PARSED, NOT_RUN
from space.i18n import Words
from space.view.html import SHOWN_ROWS, join, tag

LEVELS = ("one-table", "join", "nested")


@dataclass(frozen=True)
class Row:
    """A pair as the page shows it; `reason` is empty for a kept one."""

    question: str
    sql: str
    ok: bool
    reason: str = ""
    level: str = ""
    split: str = ""
    id: int = 0


def funnel(rows: Sequence[Row], words: Words) -> Markup:
    """Asked, parsed, ran, kept, beside why the others were dropped, over the levels of the kept."""
    reasons = Counter(row.reason for row in rows if not row.ok)
    kept = sum(row.ok for row in rows)
    parsed = len(rows) - sum(reasons[reason] for reason in NOT_PARSED)
    ran = parsed - sum(reasons[reason] for reason in NOT_RUN)
    counts = (("asked", len(rows)), ("parsed", parsed), ("ran", ran), ("kept", kept))
    bars, before = [], len(rows)
    for name, count in counts:
        bars.append(_bar(name, count, before - count, len(rows), words))
        before = count
    levels = Counter(row.level for row in rows if row.ok)
    return tag(
        '<div class="panel funnel"><div>{}{}</div><div>{}</div></div>',
        join(bars),
        _levels(levels, kept, words),
        _reasons(reasons, words),
    )


def _bar(name: str, count: int, lost: int, whole: int, words: Words) -> Markup:
    share = 100 * count / max(whole, 1)
    return tag(
        '<div class="step {}"><span>{}</span><i><b style="width:{:.1f}%"></b></i><em>{:,}</em><small>{}</small></div>',
        name,
        words(f"dataset.{name}"),
        share,
        count,
        f"−{lost:,}" if lost else "",
    )


def _levels(levels: Counter[str], kept: int, words: Words) -> Markup:
    if not kept:
        return Markup("")
    parts = join(
        tag('<span style="flex-grow:{}">{} {:.0%}</span>', levels[level], words(f"level.{level}"), levels[level] / kept)
        for level in LEVELS
        if levels[level]
    )
    return tag('<h3 class="line">{}</h3><div class="levels">{}</div>', words("dataset.levels"), parts)


def _reasons(reasons: Counter[str], words: Words) -> Markup:
    if not reasons:
        return tag("<h3>{}</h3>", words("dataset.none_dropped"))
    most = max(reasons.values())
    lines = join(
        tag(
            '<div class="why"><span>{}</span><i><b style="width:{:.0f}%"></b></i><em>{:,}</em></div>',
            words.reason(reason),
            100 * count / most,
            count,
        )
        for reason, count in reasons.most_common()
    )
    return tag("<h3>{}</h3>{}", words("dataset.dropped", n=sum(reasons.values())), lines)


def chosen(rows: Sequence[Row], shown: str, find: str, words: Words) -> list[Row]:
    """The rows to show: `kept`, `dropped` or `all`, with `find` in what one reads of them: result and level too."""
    sought = find.strip().casefold()
    return [
        row
        for row in rows
        if (shown == "all" or row.ok == (shown == "kept"))
        and (not sought or any(sought in text.casefold() for text in (row.question, row.sql, *_words(row, words))))
    ]


def pairs_table(rows: Sequence[Row], words: Words, picked: int = 0) -> Markup:
    """Question, SQL, level and result; a row opens its pair. At most 200, with a word on how to see the rest."""
    if not rows:
        return tag('<p class="dim">{}</p>', words("dataset.none_found"))
    names = ("question", "sql", "level", "result")
    head = join(tag("<th scope=col>{}</th>", words(f"pairs.{name}")) for name in names)
    body = join(_pair(row, words, row.id == picked) for row in rows[:SHOWN_ROWS])
    more = Markup("")
    if len(rows) > SHOWN_ROWS:
        more = tag('<p class="dim">{}</p>', words("pairs.more", shown=SHOWN_ROWS, all=len(rows)))
    return tag('<table class="pairs"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>{}', head, body, more)


def _words(row: Row, words: Words) -> tuple[str, str]:
    """Level and result as they are read."""
    level = words(f"level.{row.level}") if words.has(f"level.{row.level}") else row.level
    if not row.ok:
        return level, words.reason(row.reason)
    return level, words(f"split.{row.split}") if row.split else words("pairs.kept")


def _pair(row: Row, words: Words, picked: bool) -> Markup:
    return tag(
        '<tr class="{}{}" data-pair="{}"><td><button type="button" aria-expanded="{}">{}</button></td>'
        "<td><code>{}</code></td><td>{}</td><td>{}</td></tr>",
        "kept" if row.ok else "dropped",
        " picked" if picked else "",
        row.id,
        "true" if picked else "false",
        row.question or "…",
        " ".join(row.sql.split()),
        *_words(row, words),
    )

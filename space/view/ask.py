"""The Ask tab's pictures: what the model wrote, and the rows or the reason why there are none.

In: an `Answer`. Out: HTML.
"""

from __future__ import annotations

from markupsafe import Markup

from pipeline.run import Answer
from space.i18n import Words
from space.view.html import SHOWN_ROWS, note, rows_table, sql, tag

SHORTEST = 0.05
"""Seconds below which a time says nothing."""


def written(answer: Answer, model: str, words: Words) -> Markup:
    """The question, who answered (`base`, `tuned`, or `yours` for edited SQL), how long it took, and the SQL."""
    count = words("ask.rows", n=len(answer.rows.rows)) if answer.rows else ""
    seconds = words("ask.seconds", s=f"{answer.seconds:.1f}") if answer.seconds >= SHORTEST else ""
    by = model if answer.model != "yours" else ""
    figures = " · ".join(part for part in (by, count, seconds) if part)
    name = words(f"ask.by_{answer.model}")
    head = tag(
        '<p class="asked-now">{}</p><p class="who"><b>{}</b> <small>{}</small></p>', answer.question, name, figures
    )
    return head + (sql(answer.sql) if answer.sql else note(words("ask.no_sql")))


def result(answer: Answer, words: Words) -> Markup:
    """The rows, or a sentence: no rows, or why the SQL was refused. A model that is wrong is no error of the page."""
    if answer.error is not None:
        return note(words.message(answer.error.template, answer.error.values)) if answer.sql else Markup("")
    if answer.rows is None:
        return Markup("")
    if not answer.rows.rows:
        return note(words("ask.none"))
    more, n = Markup(""), len(answer.rows.rows)
    if answer.rows.truncated:
        more = tag('<p class="dim">{}</p>', words("ask.cut", n=n))
    elif n > SHOWN_ROWS:
        more = tag('<p class="dim">{}</p>', words("ask.more", shown=SHOWN_ROWS, all=n))
    return rows_table(answer.rows.columns, answer.rows.rows, words) + more

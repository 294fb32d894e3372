"""The blind audit: the pair to judge, and the finding so far with its interval.

In: an `Audit`, the next pair and its rows. Out: HTML. Nothing of the pair's proof is in it.
"""

from __future__ import annotations

from markupsafe import Markup

from pipeline.evaluation.audit import Audit
from pipeline.records import JudgedPair, Rows
from space.i18n import Words
from space.view.html import rows_table, sql, tag

ROWS = 6
"""Rows of the answer that are shown to judge by."""


def about(words: Words) -> Markup:
    """What an audit is, before one was begun."""
    return tag("<p>{}</p>", words("audit.about"))


def audit(found: Audit, pair: JudgedPair | None, rows: Rows | None, words: Words) -> Markup:
    """The finding, and under it the next pair; after the last the finding alone."""
    told = tag('<p class="dim small">{}</p>', finding(found, words)) if found.judged else Markup("")
    if pair is None:
        return told
    shown = Markup("")
    if rows is not None:
        count = tag(
            '<p class="dim small">{}</p>', words("audit.rows", n=len(rows.rows), shown=min(ROWS, len(rows.rows)))
        )
        shown = rows_table(rows.columns, rows.rows[:ROWS], words) + count
    return tag(
        '{}<h3 lang="{}">{}</h3>{}{}<p>{}</p>',
        told,
        pair.pair.language,
        pair.pair.question,
        sql(pair.pair.sql),
        shown,
        words("audit.question", n=min(found.judged + 1, found.drawn), all=found.drawn),
    )


def finding(found: Audit, words: Words) -> str:
    """How many of the judged are wrong, with the interval."""
    values = {"judged": found.judged, "wrong": found.wrong, "kept": found.kept}
    shares = {"share": f"{found.wrong / found.judged:.0%}", "low": f"{found.low:.0%}", "high": f"{found.high:.0%}"}
    return words("audit.found", **values, **shares)

"""The Ask tab's pictures: what each model writes, the rows as a chart and a table, or the reason why there are none.

In: a `Talk` or an `Answer`. Out: HTML. A base that is wrong is no error of the page: it is told in grey.
"""

from __future__ import annotations

import time
from typing import Any

from markupsafe import Markup

from pipeline.database.sandbox import MESSAGES
from pipeline.run import Answer
from space.asking import Talk
from space.i18n import Words
from space.view.chart import chart
from space.view.html import SHOWN_ROWS, note, rows_table, sql, tag

SHORTEST = 0.05
"""Seconds below which a time says nothing."""


def side(talk: Talk, model: str, name: str, words: Words) -> Markup:
    """One model's column down to its SQL, in whatever state: waiting, writing, done."""
    answer = talk.own if model == talk.models[0] else talk.answers.get(model)
    if talk.writing == model:
        return _writing(talk, name, words)
    if answer:
        return written(answer, name, words)
    return _who(model, (name,), words) + _box(words("ask.after" if talk.busy else "ask.not_asked"))


def _who(model: str, figures: tuple[str, ...], words: Words) -> Markup:
    told = " · ".join(part for part in figures if part)
    return tag('<p class="who"><b>{}</b> <small>{}</small></p>', words(f"ask.by_{model}"), told)


def _writing(talk: Talk, name: str, words: Words) -> Markup:
    """The SQL with a caret behind it; before its first letter, what is being waited for."""
    passed = round(time.monotonic() - talk.began)
    if talk.text:
        figures = (name, words("page.stopping") if talk.stopping else words("ask.writing", s=passed))
        return _who(talk.writing, figures, words) + tag('<div class="caret">{}</div>', sql(talk.text))
    if talk.stopping:
        said = words("page.stopping")
    elif talk.ahead:
        said = words("ask.ahead", n=talk.ahead)
    elif talk.usual and not talk.loaded:
        said = words("ask.loading", s=passed, usual=words.about(talk.usual))
    else:
        said = words("ask.starting")
    return _who(talk.writing, (name,), words) + _box(said)


def _box(said: str) -> Markup:
    """Where the SQL will be, with what is to be said until then."""
    return tag('<div class="sql waits" role="status">{}</div>', said)


def written(answer: Answer, model: str, words: Words) -> Markup:
    """Who answered (`base`, `tuned`, or `yours` for edited SQL), how long it took, and the SQL."""
    count = words("ask.rows", n=len(answer.rows.rows)) if answer.rows else ""
    seconds = words("ask.seconds", s=f"{answer.seconds:.1f}") if answer.seconds >= SHORTEST else ""
    head = _who(answer.model, (model if answer.model != "yours" else "", count, seconds), words)
    if answer.sql:
        return head + sql(answer.sql, answer.unknown)
    return head + (tag('<pre class="sql said" tabindex="0">{}</pre>', answer.said) if answer.said else Markup(""))


def result(answer: Answer, words: Words) -> Markup:
    """The rows and their chart, or a sentence: stopped, no SQL, no rows, or why the SQL did not run."""
    if answer.stopped:
        return _say(words("ask.stopped"))
    if not answer.sql:
        return _say(words(f"ask.no_sql_{answer.model}"))
    if answer.error is not None:
        return _say(_why(answer, words))
    if answer.rows is None:
        return Markup("")
    if not answer.rows.rows:
        return note(words("ask.none"))
    more, n = Markup(""), len(answer.rows.rows)
    if answer.rows.truncated:
        more = tag('<p class="dim">{}</p>', words("ask.cut", n=n))
    elif n > SHOWN_ROWS:
        more = tag('<p class="dim">{}</p>', words("ask.more", shown=SHOWN_ROWS, all=n))
    picture = chart(answer.rows, quiet=answer.model == "base")
    return picture + rows_table(answer.rows.columns, answer.rows.rows, words) + more


def _say(text: str) -> Markup:
    return tag('<div class="notice" role="status"><p>{}</p></div>', text)


def _why(answer: Answer, words: Words) -> str:
    """Why the SQL did not run: by the names it made up, where that is the reason."""
    error = answer.error
    assert error is not None
    if not answer.unknown:
        return words.message(error.template, error.values)
    table = error.template == MESSAGES["unknown-table"]
    kind = "names" if len(answer.unknown) > 1 else "table" if table else "column"
    return words(f"ask.unknown_{kind}", who=words(f"ask.who_{answer.model}"), names=", ".join(answer.unknown))


def entry(asked: dict[str, Any], words: Words, zone: str = "") -> str:
    """One line of the history: question, rows of the first model's answer, and when."""
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(asked["at"])) + zone
    first = asked["answers"][0]
    rows = words("ask.did_not_run") if first["rows"] is None else words("ask.rows", n=first["rows"])
    return f"{asked['question']} — {rows} · {when}"

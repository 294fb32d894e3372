"""The questions that the schema cannot answer, folded under their number.

In: the questions. Out: HTML; each with why in words, and on which side it is. The first 200, as elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from pipeline.records import Unanswerable
from space.i18n import Words
from space.view.html import SHOWN_ROWS, join, tag


def unanswerable(questions: Sequence[Unanswerable], words: Words) -> Markup:
    """A line that opens to the list; nothing where there is none."""
    if not questions:
        return Markup("")
    rows = join(
        tag("<tr><td>{}</td><td>{}</td></tr>", each.question, words(f"lack.{each.category}"))
        for each in questions[:SHOWN_ROWS]
    )
    more = Markup("")
    if len(questions) > SHOWN_ROWS:
        more = tag('<p class="dim">{}</p>', words("unanswerable.more", shown=SHOWN_ROWS, all=len(questions)))
    return tag(
        '<details class="panel unanswerable"><summary><h3>{}</h3></summary><p class="dim small">{}</p>'
        '<div class="list" tabindex="0"><table><thead><tr><th scope="col">{}</th><th scope="col">{}</th></tr></thead>'
        "<tbody>{}</tbody></table></div>{}</details>",
        words("unanswerable.title", n=len(questions)),
        words("unanswerable.what"),
        words("pairs.question"),
        words("unanswerable.why"),
        rows,
        more,
    )

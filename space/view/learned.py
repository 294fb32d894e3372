"""Training pairs as the student reads them, with what it learns marked.

In: pieces of rendered text. Out: HTML; the long schema is cut in the middle, and says so. What is learned is underlined as
well as coloured.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from markupsafe import Markup

from space.i18n import Words
from space.view.html import join, shorten, tag

HEAD_LINES, TAIL_LINES = 4, 5
"""Lines of a long text that stay before and after the cut; the question stands in the last."""
LINE_LETTERS = 240


class _Piece(Protocol):
    @property
    def text(self) -> str: ...
    @property
    def learned(self) -> bool: ...
    @property
    def tokens(self) -> int: ...


def learned(pairs: Sequence[Sequence[_Piece]], words: Words) -> Markup:
    """Each pair's prompt, SQL and end with the learned tokens marked, and how many they are."""
    about = tag('<p class="dim small">{}</p>', words("train.learned_about"))
    return about + join(_pair(pieces, words) for pieces in pairs)


def _pair(pieces: Sequence[_Piece], words: Words) -> Markup:
    learns, whole = (sum(each.tokens for each in pieces if each.learned or every) for every in (False, True))
    count = tag("<p><b>{}</b></p>", words("train.learned_count", count=learns, all=whole))
    text = join(tag("<mark>{}</mark>", each.text) if each.learned else _read(each.text, words) for each in pieces)
    return tag('<section class="learned">{}<pre class="sql" tabindex="0"><code>{}</code></pre></section>', count, text)


def _read(text: str, words: Words) -> Markup:
    """Text that is only read, without its middle where it is long."""
    lines = [tag("{}", shorten(line, LINE_LETTERS)) for line in text.split("\n")]
    cut = len(lines) - HEAD_LINES - TAIL_LINES
    if cut > 1:
        lines[HEAD_LINES:-TAIL_LINES] = [tag("<i>{}</i>", words("train.learned_cut", n=cut))]
    return join(lines, "\n")

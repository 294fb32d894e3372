"""The dim line about a visitor's GPU time: used, left as far as was told, what is asked for next; before that, a day's.

In: an `Account`, and how many slices are ahead. Out: HTML. It is drawn from the visitor's own run alone.
"""

from __future__ import annotations

from markupsafe import Markup

from space.i18n import Words
from space.quota import Account
from space.view.html import tag


def quota_line(known: Account, slices: int, words: Words, since: float, factor: float) -> Markup:
    """One line; `slices` of a training to be started, 0 if it runs or no step was measured; `since` what is left was told."""
    parts = [words("quota.slices", n=slices)] if slices else []
    if known.used:
        parts.append(words("quota.used", time=words.duration(known.used)))
    if known.left is not None:
        parts.append(words("quota.left", time=words.duration(known.left), ago=words.about(since)))
    if known.following:
        parts.append(words("quota.next", time=words.duration(known.following)))
    if not known.used and known.left is None:
        parts.append(words("quota.daily", factor=f"{factor:g}"))
    return tag('<p class="dim small">{}</p>', ("" if words.language == "ja" else " ").join(parts))

"""A changed schema and the pairs taken over to it: what holds, what broke and why, what nothing asks about yet.

In: the drift as the run keeps it. Out: HTML; names are shown as the schema writes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from space.i18n import Words
from space.view.html import join, tag

KINDS = ("new_tables", "gone_tables", "new_columns", "gone_columns", "changed_columns", "changed_keys")


def drift(found: Mapping[str, Any], words: Words) -> Markup:
    """What became of the pairs of the run before."""
    broke = sum(found["broke"].values())
    told = words("drift.held", held=found["held"], all=found["held"] + broke, run=found["of"])
    changed = [(words(f"drift.{kind}"), found["changes"][kind]) for kind in KINDS if found["changes"][kind]]
    lines = [tag("<li>{}: {}</li>", name, _names(names)) for name, names in changed]
    reasons = [tag("<li>{}: {:,}</li>", words.reason(reason), count) for reason, count in found["broke"].items()]
    parts = [tag("<h3>{}</h3><ul>{}</ul>", words("drift.changes"), join(lines)) if lines else Markup("")]
    parts += [tag("<h3>{}</h3><ul>{}</ul>", words("drift.broke", n=broke), join(reasons))] if reasons else []
    parts += [tag("<p>{} {}</p>", words("drift.uncovered"), _names(found["uncovered"]))] if found["uncovered"] else []
    parts += [tag('<p class="dim small">{}</p>', words("drift.next", n=broke))] if broke else []
    return tag('<div class="panel drift" role="status"><p><b>{}</b></p>{}</div>', told, join(parts))


def _names(names: list[str]) -> Markup:
    return join((tag("<code>{}</code>", name) for name in names), ", ")

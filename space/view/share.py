"""What the Share tab says: where an upload went, and under which name it will go.

In: a stage's result, names. Out: `Markup`; addresses and names are escaped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from space.i18n import Words
from space.view.html import tag


def uploaded(result: Mapping[str, Any], words: Words) -> Markup:
    """Where adapter and pairs are, as links, and who can see them."""
    found = [(name, str(result.get(name) or "")) for name in ("adapter", "dataset")]
    links = [
        (name, tag('<a href="{0}" target="_blank" rel="noopener">{1}</a>', url, _name(url)))
        for name, url in found
        if url
    ]
    if not links:
        return Markup("")
    seen = "private" if result.get("private") else "public"
    first = _said(words(f"share.uploaded_{seen}", repo="{}"), links[0][1])
    rest = _said(words("share.pairs_at", repo="{}"), links[1][1]) if len(links) > 1 else Markup("")
    return tag('<div class="notice done uploaded" role="status"><p><b>{}</b></p><p>{}</p></div>', first, rest)


def _said(text: str, link: Markup) -> Markup:
    """One of our own sentences with a link in its place."""
    return tag(text, link)


def _name(url: str) -> str:
    """`user/name` out of a repository's address."""
    return "/".join(url.rstrip("/").split("/")[-2:])

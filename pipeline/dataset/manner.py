"""In which manner a question is put: as a question, as an order, or as the bare words of a search box.

A question and its language in → one of `MANNERS` out, by its first word and its ending. One limit: it goes by form alone,
so "can you list the stores" is a question.
"""

from __future__ import annotations

import re
from functools import lru_cache

MANNERS = ("question", "order", "keywords")
SHARES = {"question": 0.6, "order": 0.2, "keywords": 0.2}
"""What pairs should come to: people ask more than they order, and a box that says "Ask" gets whole sentences."""

_ASKS = re.compile(
    r"(for |in |at |on |of |to |from )?(what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|has|have|had"
    r"|can|could|will|would|should)\b",
    re.IGNORECASE,
)
_ORDERS = re.compile(
    r"(please |now |then )?(list|show|give|tell|find|get|name|count|return|display|provide|compare|rank|sort|order|report|fetch"
    r"|look up|identify|select|calculate|compute|pull|print|write|i want|i need|i'd like|we need|let me|need|want)\b",
    re.IGNORECASE,
)
_ASKS_JA = re.compile(r"(か|かな|の|[?？])[。.\s]*$|どの|どれ|誰|だれ|いつ|いくつ|いくら|どこ|何")
_ORDERS_JA = re.compile(
    r"(教え|見せ|出し|挙げ|示し|並べ|調べ|数え|求め|一覧にし|知りたい|お願い|ほしい|欲しい|ください|下さい)"
)


@lru_cache(maxsize=16_384)
def manner(question: str, language: str) -> str:
    """`question`, `order` or `keywords`."""
    text = question.strip()
    if language == "ja":
        order, asks = _ORDERS_JA.search(text), _ASKS_JA.search(text)
        return "order" if order else "question" if asks else "keywords"
    if text.endswith("?") or _ASKS.match(text):
        return "question"
    return "order" if _ORDERS.match(text) else "keywords"

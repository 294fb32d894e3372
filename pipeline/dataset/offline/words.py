"""Identifiers into words: `order_items` → "order items", `unitPrice` → "unit price", with plurals and singulars.

Names in, lower-case English words out. The rules are for English; a name in another language stays as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence


def word_set(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


_IRREGULAR = {
    "person": "people",
    "child": "children",
    "man": "men",
    "woman": "women",
    "foot": "feet",
    "mouse": "mice",
    "datum": "data",
    "medium": "media",
    "criterion": "criteria",
    "analysis": "analyses",
    "diagnosis": "diagnoses",
    "basis": "bases",
}
_SINGULAR = {many: one for one, many in _IRREGULAR.items()}
_SAME = word_set("series species sheep fish data info information equipment staff news stock history inventory")
_ABBREVIATIONS = {
    "crtd": "created",
    "cust": "customer",
    "qty": "quantity",
    "amt": "amount",
    "num": "number",
    "nbr": "number",
    "addr": "address",
    "dept": "department",
    "emp": "employee",
    "desc": "description",
    "ts": "time",
    "tx": "transaction",
    "txn": "transaction",
    "prod": "product",
    "cat": "category",
    "acct": "account",
    "org": "organization",
    "mgr": "manager",
    "dob": "date of birth",
    "avg": "average",
    "pct": "percent",
    "yr": "year",
    "dt": "date",
    "cnt": "count",
    "freq": "frequency",
    "hrs": "hours",
}


def split(name: str) -> tuple[str, ...]:
    """The words of an identifier, lower-case, common abbreviations written out."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z]{3})(?=\d+$)", " ", name)
    parts = [part for part in re.split(r"[\s_\-.]+", spaced.lower()) if part]
    return tuple(" ".join(_ABBREVIATIONS.get(part, part) for part in parts).split())


def strip_common(names: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """The same word lists without the first words that all of them share; none is left empty.

    A single list, or lists of which one would become empty, stay as they are.
    """
    lists = [tuple(words) for words in names]
    while len(lists) > 2 and all(len(words) > 1 for words in lists) and len({words[0] for words in lists}) == 1:
        lists = [words[1:] for words in lists]
    return lists


def singular(word: str) -> str:
    """One of them: the last word of a phrase in the singular."""
    head, _, last = word.rpartition(" ")
    if head and _done(last):  # payments received: it is the payment that is counted
        return f"{singular(head)} {last}"
    return f"{head} {_one(last)}".strip()


def plural(word: str) -> str:
    """Many of them: the last word of a phrase in the plural."""
    head, _, last = word.rpartition(" ")
    if head and _done(last):
        return f"{plural(head)} {last}"
    return f"{head} {_many(_one(last))}".strip()


def article(phrase: str) -> str:
    """The phrase with "a" or "an" before it."""
    vowel = phrase[:1].lower() in "aeio" or re.match(r"un(?!i)|up|um", phrase.lower()) is not None
    return f"{'an' if vowel else 'a'} {phrase}"


def _done(word: str) -> bool:
    """Whether it is a participle after its noun."""
    return word in ("made", "received", "sent", "sold", "paid", "shipped", "returned", "completed", "approved")


def _one(word: str) -> str:
    if word in _SAME or word in _IRREGULAR:
        return word
    if word in _SINGULAR:
        return _SINGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if re.search(r"(ss|sh|ch|x|zz|us)es$", word):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _many(word: str) -> str:
    if word in _SAME or not word.isascii() or word.isdigit():
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("y") and word[-2:-1] not in ("a", "e", "i", "o", "u", ""):
        return word[:-1] + "ies"
    if re.search(r"(s|sh|ch|x|z)$", word):
        return word + "es"
    return word + "s"

"""Identifiers into words: `order_items` → "order items", `unitPrice` → "unit price", with plurals and singulars.

Names in, lower-case English words out. The rules are for English; a name in another language stays as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.dataset.offline.glossary import ENGLISH


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
_SHORT = """
crtd created|cre created|upd updated|cust customer|qty quantity|qnty quantity|amt amount|num number|nbr number
addr address|dept department|emp employee|desc description|dsc description|ts time|tx transaction|txn transaction
trx transaction|prod product|prd product|cat category|ctg category|acct account|acc account|org organization
mgr manager|dob date of birth|avg average|pct percent|yr year|dt date|cnt count|freq frequency|hrs hours|nm name
fname first name|lname last name|firstname first name|lastname last name|birthdate birth date|bday birthday|cd code
ttl total|tot total|bal balance|prc price|cst cost|disc discount|rgn region|ctry country|cntry country|tel phone
ord order|itm item|inv invoice|whs warehouse|loc location|pmt payment|pymt payment|dlv delivery|shp shipping
sts status|stat status|typ type|lvl level|grp group|dur duration|wt weight|ht height|len length|vend vendor
mfr manufacturer|usr user|msg message|lang language|svc service|mth month|mon month|wk week|reg registration
stu student|crs course|lnm last name|fnm first name
"""
_ABBREVIATIONS = dict(entry.split(" ", 1) for line in _SHORT.split("\n") for entry in line.split("|") if entry)
_TABLES = word_set("tbl tb t m mst tr trn trx dim fact fct vw")
"""What database people put before or after a table's name."""
_NATIVE = re.compile(r"[A-Za-z0-9]+|[^A-Za-z0-9_\s]+")


def split(name: str) -> tuple[str, ...]:
    """The words of an identifier, lower-case, common abbreviations written out, Japanese ones in English where known."""
    if not name.isascii():
        return _native(name)
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z]{3})(?=\d+$)", " ", name)
    parts = [part for part in re.split(r"[\s_\-.]+", spaced.lower()) if part]
    parts = [*parts[:-1], "number"] if len(parts) > 1 and parts[-1] == "no" else parts
    return tuple(" ".join(_ABBREVIATIONS.get(part, part) for part in parts).split())


def table_words(name: str) -> tuple[str, ...]:
    """The words of a table's name without such as `tbl_`, `t_` and `_mst` around them."""
    words = split(name)
    while len(words) > 1 and (words[0] in _TABLES or name.lower().startswith("trx_") and words[0] == "transaction"):
        words, name = words[1:], ""
    return words[:-1] if len(words) > 1 and words[-1] in _TABLES | {"table", "master"} else words


def _native(name: str) -> tuple[str, ...]:
    """A Japanese name word by word, the longest known first; the name itself where a part of it is not known."""
    found: list[str] = []
    for part in _NATIVE.findall(name):
        while part:
            known = next((part[:end] for end in range(len(part), 0, -1) if part[:end].lower() in ENGLISH), "")
            if not known:
                return (name.lower(),)
            found += ENGLISH[known.lower()].split()
            part = part[len(known) :]
    return tuple(found)


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
    vowel = (
        re.match(r"[aei](?!u)|o(?!ne\b|nce)|u(?!ni|se|su|ti|k\b|s\b|ra)|hour|honest|heir|a", phrase.lower()) is not None
    )
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

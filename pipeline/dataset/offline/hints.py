"""What a comment says about its table or column besides its meaning: the Japanese word, another English one, the unit.

A comment in, one word or phrase out, empty where the comment begins with a sentence rather than a name.
"""

from __future__ import annotations

import re

from pipeline.dataset.offline.words import word_set

_UNITS = {
    "yen": "yen", "jpy": "yen", "円": "yen", "dollars": "dollars", "usd": "dollars", "ドル": "dollars", "euros": "euros",
    "eur": "euros", "kg": "kg", "kilograms": "kg", "grams": "grams", "km": "km", "kilometers": "km", "meters": "meters",
    "metres": "meters", "miles": "miles", "minutes": "minutes", "分": "minutes", "hours": "hours", "時間": "hours",
    "days": "days", "日数": "days",
}  # fmt: skip
_UNIT = re.compile(r"(?<![a-z])(" + "|".join(sorted(_UNITS, key=len, reverse=True)) + r")(?![a-z])")
_JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠々]")
_NAME_JA = re.compile(r"[ぁ-んァ-ヶー一-龠々・A-Za-z0-9]{1,12}")
_SENTENCE_JA = re.compile(r"[はがをで]|です|ます|する|場合|または|単位")
_NO_NAME = word_set(
    "what who whose when where how which why empty null the a an if is are true false one this see in for of from references "
    "foreign primary unique possible date not"
)


def japanese_of(comment: str) -> str:
    """The Japanese name that the comment begins with."""
    first = re.split(r"[、。,;:：（(「\s|/]", comment.strip(), maxsplit=1)[0]
    named = _NAME_JA.fullmatch(first) and _JAPANESE.search(first) and not _SENTENCE_JA.search(first)
    return first.removesuffix("テーブル").removesuffix("マスタ") if named else ""


def unit_of(comment: str) -> str:
    """What a column's numbers count: `yen`, `minutes`."""
    found = _UNIT.search(comment.lower())
    return _UNITS[found[1]] if found else ""


def also_of(comment: str, words: str) -> tuple[str, ...]:
    """Another name for a column, as `list price` for `price`: the comment's first words, where they end in the same one."""
    first = re.split(r"[,;:.(]|\s-", comment.strip().lower(), maxsplit=1)[0].removesuffix(" today")
    plain = re.fullmatch(r"[a-z]+( [a-z]+){1,2}", first) is not None and not _NO_NAME & {first.split()[0]}
    same = plain and first != words and first.split()[-1] == words.split()[-1]
    return (first,) if same else ()

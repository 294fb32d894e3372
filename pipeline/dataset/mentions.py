"""Where a value stands in a question, and how another one is worded in its place.

A value or a question in → `Mention`s out. The form of the wording is kept: case, plural, commas, number words, scales such
as "million" and 万. One limit: a value under another name ("American" for USA) is not found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.dataset.grounding import fold
from pipeline.dataset.offline.words import plural


@dataclass(frozen=True)
class Mention:
    """A stretch of a question that words one value."""

    start: int
    end: int
    reword: Callable[[str], str | None]
    """Another value, as the query has it, in this form; None where it does not take it."""


# Text

_SMALL = frozenset(["of", "the", "and", "in", "on", "at", "de", "la", "du", "da", "le"])
_KANJI, _KATAKANA = "\u4e00-\u9fff々", "ァ-ヶー"


def text_mentions(value: str, question: str) -> list[Mention]:
    """Every place where the value stands in the question, whatever its case, width and accents."""
    folded, places = _folded(question)
    found = []
    for match in _pattern(fold(value)).finditer(folded):
        start, end = places[match.start()], places[match.end() - 1] + 1
        found.append(Mention(start, end, _like(value, question[start:end], match["many"] or "")))
    return found


def _folded(text: str) -> tuple[str, list[int]]:
    """The text folded letter by letter, and the place that each letter comes from."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", letter).casefold())
        plain = unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", plain))
        plain = plain.replace("_", " ").replace("’", "'")
        letters.append(plain)
        places += [place] * len(plain)
    return "".join(letters), places


def _pattern(value: str) -> re.Pattern[str]:
    gap = r"[\s-]+" if value.isascii() else r"[\s・･-]*"
    body = gap.join(re.escape(word) for word in re.split(r"[\s-]+", value) if word)
    many = "(?P<many>(?:es|s)(?![0-9a-z]))?" if value[-1:].isascii() and value[-1:].isalpha() else "(?P<many>)"
    return re.compile(rf"{_edge(value[:1], '<!')}{_not_after_apostrophe(value)}{body}{many}{_edge(value[-1:], '!')}")


def _edge(letter: str, look: str) -> str:
    """Where a word may begin or end: not within a run of its own script, since 東京 is another place than 東京都."""
    for script in ("0-9a-z", _KANJI, _KATAKANA):
        if re.match(f"[{script}]", letter):
            return f"(?{look}[{script}])"
    return ""


def _not_after_apostrophe(value: str) -> str:
    return "(?<![a-z]')" if value[:1].isascii() else ""


def _like(value: str, written: str, many: str) -> Callable[[str], str | None]:
    body = written[: -len(many)] if many else written

    def reword(other: str) -> str | None:
        if many and not re.search(r"[A-Za-z]$", other):
            return None
        text = _cased(plural(other) if many else other, value, body)
        squeezed = text is not None and not value.isascii() and " " in value and not re.search(r"\s", body)
        return text.replace(" ", "") if text is not None and squeezed else text

    return reword


def _cased(other: str, value: str, written: str) -> str | None:
    """Another value in the case in which the first one is written."""
    if written == value or (written.lower() == written and written == written.upper()):
        return other
    if written == written.lower():
        return other.lower()
    if value == value.lower() and written in (title(value), value[:1].upper() + value[1:]):
        return title(other)
    if written == written.upper() and value != value.upper() and len(value) > 2:
        return other.upper()
    return other if fold(written) == fold(value) and written.split()[0][:1] == value[:1] else None


def title(value: str) -> str:
    """A name in lower case as it is written in a sentence: `district of columbia` → District of Columbia."""
    words = value.split(" ")
    return " ".join(
        word if place and word in _SMALL else re.sub(r"(^|[-.(])([^\W\d_])", lambda m: m[1] + m[2].upper(), word)
        for place, word in enumerate(words)
    )


# Numbers

_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
_BY_WORD = {word: float(number) for number, word in enumerate(_WORDS)} | {"a": 1.0, "an": 1.0}
_KANJI_DIGITS = "〇一二三四五六七八九"
_COUNTERS = "つ|人|名|件|個|社|冊|回|台|本|店|種|枚|杯|点|品|匹|頭|組|軒|都市|[かカヵヶ箇]国|[かカヵヶ箇]所|州"
_SCALES = {
    "k": 1e3, "m": 1e6, "b": 1e9, "bn": 1e9, "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9,
    "百": 1e2, "千": 1e3, "万": 1e4, "億": 1e8,
}  # fmt: skip
_SCALE = "hundred|thousand|million|billion|bn|k|m|b"
_DIGITS = re.compile(
    r"(?<![0-9A-Za-z_.,/:-])(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"(?![0-9]|[.,/:-]\d|st\b|nd\b|rd\b|th\b|s\b|['’]s\b)(?:(?P<gap>[ -]?)(?P<scale>(?:{_SCALE})(?![0-9a-z])|[百千万億]))?",
    re.IGNORECASE,
)
_NO_COUNT = re.compile(r"[A-Za-z]|\s?(?:月|日|年|時|分|番|位|割|%|％|percent)", re.IGNORECASE)
_IN_WORDS = re.compile(
    rf"(?<![\w-])(?P<number>{'|'.join(_WORDS)}|an?)(?![\w-])(?:(?P<gap> )(?P<scale>hundred|thousand|million|billion)(?!\w))?",
    re.IGNORECASE,
)
_IN_KANJI = re.compile(
    rf"(?<![第〇一二三四五六七八九十百千万億\d])(?P<number>[二三四五六七八九])(?=\s?(?:{_COUNTERS}))"
)


def number_mentions(value: float, question: str) -> list[Mention]:
    """Every place where the question words that number: 2,000, three, 1.5 million, 100k, 三つ, 20万."""
    found: list[Mention] = []
    for match in _DIGITS.finditer(question):
        number = float(match["number"].replace(",", ""))
        scale = _SCALES[match["scale"].lower()] if match["scale"] else 1.0
        if match["scale"] and _same(number * scale, value):
            found.append(Mention(match.start(), match.end(), _digits(match, scale)))
        elif _same(number, value) and not _NO_COUNT.match(question, match.end("number")):
            found.append(Mention(match.start(), match.end("number"), _digits(match, 1.0)))
    return sorted([*found, *_worded(value, question)], key=lambda mention: mention.start)


def _worded(value: float, question: str) -> Iterator[Mention]:
    for match in _IN_WORDS.finditer(question):
        scale = _SCALES[match["scale"].lower()] if match["scale"] else 1.0
        bare_article = match["number"].lower() in ("a", "an") and scale == 1
        if not bare_article and _same(_BY_WORD[match["number"].lower()] * scale, value):
            yield Mention(match.start(), match.end(), _word(match, scale))
    for match in _IN_KANJI.finditer(question):
        if _KANJI_DIGITS.index(match["number"]) == value:
            yield Mention(match.start(), match.end(), _kanji)


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-9 * max(1.0, abs(other))


def _digits(match: re.Match[str], scale: float) -> Callable[[str], str | None]:
    written = match["number"]
    tail = match["gap"] + match["scale"] if scale > 1 else ""

    def reword(other: str) -> str | None:
        number = round(float(other) / scale, 6)
        if scale > 1 and not (1 <= number < 1000 and number == round(number, 1)):
            return None
        short = other if scale == 1 else f"{number:g}"
        whole, point, part = short.partition(".")
        return (f"{int(whole):,}" if "," in written or tail and number >= 1000 else whole) + point + part + tail

    return reword


def _word(match: re.Match[str], scale: float) -> Callable[[str], str | None]:
    written = match["number"]
    tail = match["gap"] + match["scale"] if scale > 1 else ""

    def reword(other: str) -> str | None:
        number = round(float(other) / scale, 6)
        if number != int(number) or not 2 <= number < len(_WORDS):
            return None
        word = _WORDS[int(number)]
        return (word.capitalize() if written[0].isupper() else word) + tail

    return reword


def _kanji(other: str) -> str | None:
    return _KANJI_DIGITS[int(other)] if other in "23456789" else None

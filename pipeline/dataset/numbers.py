"""The numbers a question mentions, in English and Japanese: text in → set of floats out.

`10,000`, `4.5 million`, `700k`, `three`, `a dozen`, `half`, `20%`, `1万5千`, `三つ`, `3割`, `2番目`. Generous on purpose: it
answers "may this number have come from the question", not "what does the question mean".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_UNITS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_WORDS = {word: float(value) for value, word in enumerate(_UNITS)}
_DECADES = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_TENS = {word: 10.0 * (n + 2) for n, word in enumerate(_DECADES)}
_SCALES = {
    "dozen": 12.0, "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
    "k": 1e3, "m": 1e6, "mn": 1e6, "mil": 1e6, "b": 1e9, "bn": 1e9,
}  # fmt: skip
_IMPLIED = {
    "once": 1, "twice": 2, "thrice": 3, "both": 2, "pair": 2, "pairs": 2, "couple": 2, "double": 2, "triple": 3, "single": 1,
    "half": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifth": 5, "tenth": 10, "noon": 12, "no": 0, "none": 0,
    "first": 1, "second": 2, "fourth": 4, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "teen": 13, "century": 100,
    "runner": 2, "decade": 10, "week": 7, "fortnight": 14, "year": 12,
    "半分": 2, "半数": 2, "両方": 2, "二倍": 2, "ダース": 12,
}  # fmt: skip
_PARTS = {"half": 0.5, "third": 1 / 3, "quarter": 0.25, "fifth": 0.2, "tenth": 0.1, "thirds": 2 / 3, "quarters": 0.75}
_PARTS_JA = {"半分": 0.5, "半数": 0.5, "過半数": 0.5}

_DIGITS = re.compile(r"(\d[\d,]*(?:\.\d+)?|\.\d+)\s*-?\s*(%|percent|per cent|パーセント|割|[a-z]+)?")
_TOKEN = re.compile(r"[a-z]+|\d[\d,.]*")
_RANGE = re.compile(
    r"(\d[\d,]*(?:\.\d+)?|[a-z]+)\s*(?:and|to|or|-|–|~|〜|から)\s*(\d[\d,]*(?:\.\d+)?|[a-z]+)\s*"
    r"(million|thousand|hundred|billion|dozen|k|m|bn|万|億|千)"
)
_AND_A_HALF = re.compile(r"(\d+|[a-z]+) and a half(?: (hundred|thousand|million|billion))?")
_PART_OF_SCALE = re.compile(r"(half|quarter)(?: of)?(?: an?)? (dozen|hundred|thousand|million|billion)")
_KANJI = re.compile(r"[\d,.〇零一二三四五六七八九十百千万億兆]+")
_KANJI_DIGITS = {letter: n for n, letter in enumerate("零一二三四五六七八九")} | {"〇": 0}
_KANJI_SMALL = {"十": 10.0, "百": 100.0, "千": 1000.0}
_KANJI_BIG = {"万": 1e4, "億": 1e8, "兆": 1e12}


def numbers_in(text: str) -> set[float]:
    """All numbers that `text` (NFKC, case-folded) mentions or plainly implies."""
    return {*_digit_numbers(text), *_word_numbers(text), *_japanese_numbers(text), *_parts(text)}


def _digit_numbers(text: str) -> Iterator[float]:
    for match in _DIGITS.finditer(text):
        value, unit = _to_float(match[1]), match[2] or ""
        yield value
        if unit in _SCALES:
            yield round(value * _SCALES[unit], 6)
        elif unit == "割":
            yield from (value / 10, value * 10, 1 - value / 10, 1 + value / 10)
        elif unit in ("%", "percent", "per", "パーセント"):
            yield from (value / 100, round(1 - value / 100, 9), round(1 + value / 100, 9))


def _to_float(digits: str) -> float:
    return float(digits.replace(",", "").rstrip(".") or 0)


def _word_numbers(text: str) -> Iterator[float]:
    """Numbers in words: `twenty-five`, `two hundred thousand`, `a million`, `3 million`, `one hundred and fifty`."""
    total, group, open_number, last = 0.0, 0.0, False, ""
    for token in [*_TOKEN.findall(text), ""]:
        if token in _IMPLIED:
            yield float(_IMPLIED[token])
        if token in _SCALES and (len(token) > 2 or last[:1].isdigit()):
            scaled = (group or 1.0) * _SCALES[token]
            group, total = (scaled, total) if token == "hundred" else (0.0, total + scaled)
        elif token in _WORDS or token in _TENS or token[:1].isdigit():
            value = _WORDS.get(token, _TENS.get(token, -1.0))
            value = _to_float(token) if value < 0 else value
            if open_number and not (last in _SCALES or (last in _TENS and value < 10) or last == "and"):
                yield total + group
                total = group = 0.0
            group += value
        elif token == "and" and last in _SCALES:
            last = token
            continue
        else:
            if open_number:
                yield total + group
            total, group, open_number, last = 0.0, 0.0, False, token
            continue
        open_number, last = True, token


def _japanese_numbers(text: str) -> Iterator[float]:
    for run in _KANJI.findall(text):
        if run.strip(",."):
            yield _kanji_number(run)
    for first, second, scale in _RANGE.findall(text):
        factor = _SCALES.get(scale) or _KANJI_BIG.get(scale) or _KANJI_SMALL[scale]
        for word in (first, second):
            value = _to_float(word) if word[0].isdigit() else _WORDS.get(word)
            if value is not None:
                yield value * factor
    for word, number in _IMPLIED.items():
        if not word.isascii() and word in text:
            yield float(number)


def _kanji_number(run: str) -> float:
    total = section = 0.0
    pending = ""
    for letter in run:
        if letter in _KANJI_DIGITS:
            pending += str(_KANJI_DIGITS[letter])
        elif letter in _KANJI_SMALL:
            section += (_to_float(pending) if pending else 1.0) * _KANJI_SMALL[letter]
            pending = ""
        elif letter in _KANJI_BIG:
            section += _to_float(pending) if pending else 0.0
            total += (section or 1.0) * _KANJI_BIG[letter]
            section, pending = 0.0, ""
        else:
            pending += letter
    return (
        total + section + (_to_float(pending.split(".")[0] if pending.count(".") > 1 else pending) if pending else 0.0)
    )


def _parts(text: str) -> Iterator[float]:
    for word in _TOKEN.findall(text):
        if word in _PARTS:
            yield from (_PARTS[word], 100 * _PARTS[word])
    for word, part in _PARTS_JA.items():
        if word in text:
            yield from (part, 100 * part)
    for part_word, scale in _PART_OF_SCALE.findall(text):
        yield _PARTS[part_word] * _SCALES[scale]
    for word, scale in _AND_A_HALF.findall(text):
        value = float(word) if word.isdigit() else _WORDS.get(word)
        if value is not None:
            yield (value + 0.5) * _SCALES.get(scale, 1.0)

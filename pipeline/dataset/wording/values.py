"""Names, numbers, years and months that stand in a question and nowhere in its query: a condition is missing.

A name is a value that a column of the tables read is known to hold. Words of the query's own identifiers, counts of
what is listed, units and bounds one beside the number are no sign of anything missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from sqlglot import exp

from pipeline.database.schema import Column
from pipeline.dataset.aliases import other_words
from pipeline.dataset.grounding import fold, stem
from pipeline.dataset.wording.facts import Case, latin_words

_PATTERN = re.compile(
    r"\b(start|starts|starting|begin|begins|beginning|end|ends|ending) (with|"
    r"in)( the)? (letters? )?['\"“]?\w{1,4}\b(?! (of|year))"
    r"|(で|から)(始ま|はじま)る|を含む名前|(で|に)終わる名前"
)
_LONGEST_NAME = 6
"""Words of a name that are looked for together."""
_NOT_A_NAME = frozenset((
    "other", "none", "null", "unknown", "true", "false", "yes", "no", "the", "and", "all", "any", "new", "open",
    "high", "low", "medium", "many", "some", "more", "most", "less", "least", "first", "last", "next", "once", "one",
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "day", "days", "week", "month", "year",
    "today", "date", "time", "name", "names", "number", "count", "total", "average", "list", "show", "give", "with",
    "from", "have", "has", "had", "does", "what", "which", "who", "where", "when", "how", "type", "kind", "item",
    "items", "unit", "test", "main", "best", "good", "free", "right", "left", "full", "empty", "point", "points",
    "sale", "sales", "order", "orders", "online", "store", "stores", "people", "male", "female",
))  # fmt: skip
"""Values that are common words of questions: they say nothing by standing there."""
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_NEGATED = re.compile(r"\b(not|no|never|yet|still|un\w+|other|except|excluding|but)\b|n't|ない|以外|除|未|まだ")

_NUMBER = re.compile(
    r"(?<![a-z0-9_.,'’/-])(?P<value>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<scale>\s*(?:million|billion|thousand|hundred|dozen|bn|mn|k|m)\b|[万億千百])?(?![\d/,-])"
)
_NUMBER_WORDS = "two three four five six seven eight nine ten".split()  # noqa: SIM905 - one word a number
_NUMBER_WORD = re.compile(
    rf"\b(?:exactly|more than|less than|fewer than|at least|at most|top|only) ({'|'.join(_NUMBER_WORDS)})\b"
)
_SCALES = {"million": 1e6, "billion": 1e9, "thousand": 1e3, "hundred": 100, "dozen": 12, "bn": 1e9, "mn": 1e6, "k": 1e3,
           "m": 1e6, "万": 1e4, "億": 1e8, "千": 1e3, "百": 100}  # fmt: skip
_FACTORS = (7, 10, 12, 24, 30, 60, 100, 365, 1000, 3600, 86400, 1e6, 0.3048, 1.60934, 0.621371, 2.589988, 0.386102)
_NOT_COUNTED = re.compile(
    r"^\s*(%|percent|パーセント|割|st\b|nd\b|rd\b|th\b|'?s\b|年代|代|つ目|位|番|半|月|日|時|週|四半期)"
)
_THE_WHOLE = re.compile(r"\b(all|the|all the)\s+$")
_SUPERLATIVE = re.compile(r"\s+(\w+ )?(most|least|top|best|\w+est)\b")
_YEAR = re.compile(
    r"(?<![\d.,/-])(?:19|20)\d\d(?![\d.,]*\d)(?!\s*(?:%|yen|dollars|円|ドル|人|個|件|people|metres|meters))"
)
_DAYS_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:-\d\d-\d\d|年\d{1,2}月\d{1,2}日)")
_LOOSE_TIME = re.compile(
    r"\d0'?s\b|年代|centur|世紀|fiscal|年度|令和|平成|昭和|decade|since|until|between|から|まで|\bto\b|[-–~〜]"
)
_MONTH = re.compile(
    r"\b(january|february|april|june|july|august|september|october|november|december)\b|\b(march|"
    r"may) (?:of )?(?:19|20)\d\d"
)
_MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
           "december"]  # fmt: skip
_MONTH_JA = re.compile(r"(?<!\d)(\d{1,2})月(?!目)")


def unfollowed_value(case: Case) -> str:
    """A known value of a column that is read stands in the question and nowhere in the query, or with another column."""
    return _missing_name(case) or _misplaced(case) or _missing_pattern(case)


def _missing_pattern(case: Case) -> str:
    """`starts with P` and nothing that looks into a text."""
    told = case.told
    looks = told.has(
        exp.Like, exp.Glob, exp.Substring, exp.StrPosition, exp.Left, exp.Right, exp.RegexpLike, exp.Length
    )
    if case.says(_PATTERN) and not looks and not told.calls("instr") and not told.has(exp.Between, exp.GTE):
        return "no LIKE in the SQL"
    return ""


def _misplaced(case: Case) -> str:
    """A value compared with a column that does not hold it, where another column of the table does."""
    for node in case.told.all(exp.EQ):
        literal = node.expression
        if not (isinstance(node.this, exp.Column) and isinstance(literal, exp.Literal) and literal.is_string):
            continue
        source = case.told.source(node.this)
        if source is None or source[1].type != "TEXT" or not _is_complete(case, source[1]):
            continue
        value = str(literal.this)
        if value in case.known(source[1].name.lower()):
            continue
        for other in source[0].columns:
            if other.type == "TEXT" and value in case.known(other.name.lower()):
                return f"'{value}' is a {other.name}, not a {source[1].name}"
    return ""


def _is_complete(case: Case, column: Column) -> bool:
    """Whether all values of the column are known: a closed list, or more than the schema's samples, from its rows."""
    name = column.name.lower()
    columns = [own for table in case.schema.tables for own in table.columns if own.name.lower() == name]
    return bool(column.allowed) or not set(case.known(name)) <= {one for own in columns for one in own.samples}


def _missing_name(case: Case) -> str:
    said = _phrases(case.text)
    japanese = bool(_CJK.search(case.text))
    for column in {own.name.lower() for table in case.told.tables for own in table.columns if own.type == "TEXT"}:
        values = case.known(column)
        if not values:
            continue
        index, cjk = _index(frozenset(values))
        found = [(index[phrase], phrase) for phrase in said if phrase in index]
        if japanese:
            found += [(value, value) for value in cjk if re.sub(r"[\s・･]", "", value) in case.asked.squeezed]
        for value, phrase in found:
            if _is_missing(case, column, value, phrase):
                return f"'{value}' is not in the SQL"
    return ""


def _phrases(text: str) -> set[str]:
    """All runs of up to six Latin words."""
    words = latin_words(text)
    return {
        " ".join(words[at : at + size]) for size in range(1, _LONGEST_NAME + 1) for at in range(len(words) - size + 1)
    }


@lru_cache(maxsize=256)
def _index(values: frozenset[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Latin values by their words, and the folded values in kana and kanji of three letters or more."""
    latin: dict[str, str] = {}
    cjk = []
    for value in values:
        folded = fold(value)
        if _CJK.search(folded):
            if len(folded) >= 3:
                cjk.append(folded)
            continue
        words = " ".join(latin_words(folded))
        if len(words) >= 4 and not words.isdigit() and words not in _NOT_A_NAME:
            latin[words] = value
            if words.isalpha():
                latin.setdefault(words + "s", value)
    return latin, tuple(cjk)


def _is_missing(case: Case, column: str, value: str, phrase: str) -> bool:
    folded = fold(value)
    words = latin_words(phrase)
    told = case.told
    given = " ".join(told.strings)
    others = (folded, phrase, *other_words(folded))
    if any(word in given for word in others) or _all_given(words, told.strings):
        return False
    names = told.stems if len(words) == 1 else told.stems | told.stems_of_tables
    if words and all(any(name.startswith(stem(word)) for name in names) for word in words):
        return False
    return not _is_told_by_column(case, column)


def _all_given(words: list[str], strings: tuple[str, ...]) -> bool:
    """Whether the words are part of one value in the query, by stems, or each of a pattern's letters begins them."""
    stems = {stem(word) for word in words}
    return bool(stems) and any(
        stems <= {stem(word) for word in latin_words(text)} or any(word.startswith(text.strip("%_")) for word in words)
        for text in strings
        if text.strip("%_")
    )


def _is_told_by_column(case: Case, column: str) -> bool:
    """`how many are pending, shipped …` grouped by status; `not delivered` as the other statuses."""
    grouped = any(
        node.name.lower() == column for group in case.told.all(exp.Group) for node in group.find_all(exp.Column)
    )
    return grouped or (column in case.told.columns and bool(_NEGATED.search(case.text)))


# Numbers, years and months


def unfollowed_number(case: Case) -> str:
    """A number, a year or a month of the question that no literal of the query can stand for."""
    for year in _YEAR.findall(case.text):
        if not _LOOSE_TIME.search(case.text) and not _year_is_told(int(year), case.told.numbers):
            return f"{year} is not in the SQL"
    for year in _DAYS_YEAR.findall(case.text):
        if not {float(year), float(year) + 1, float(year) - 1} & case.told.numbers:
            return f"a day of {year} is not in the SQL"
    if case.told.numbers and (month := _missing_month(case)):
        return f"month {month} is not in the SQL"
    for value, shown in (*_numbers_said(case.text), *_words_said(case.text)):
        if not _is_told(value, case):
            return f"{shown} is not in the SQL"
    return ""


def _year_is_told(year: int, numbers: frozenset[float]) -> bool:
    return bool({float(year), year - 1.0, year + 1.0, float(year % 100)} & numbers)


def _missing_month(case: Case) -> int:
    """A month that is named beside a year while the query names none near it; 0 where none is missing."""
    if len(case.asked.said.years) == 0:
        return 0
    months = {1 + _MONTHS.index(full or short) for full, short in _MONTH.findall(case.text)}
    months |= {int(month) for month in _MONTH_JA.findall(case.text) if 1 <= int(month) <= 12}
    for month in sorted(months):
        if not {float((month + step - 1) % 12 + 1) for step in (-1, 0, 1)} & case.told.numbers:
            return month
    return 0


def _numbers_said(text: str) -> Iterator[tuple[float, str]]:
    """Amounts written in digits, two or more, that are not part of a date, a name or an ordinal."""
    for match in _NUMBER.finditer(text):
        rest = text[match.end() :]
        value = float(match["value"].replace(",", ""))
        scale = (match["scale"] or "").strip()
        whole = _THE_WHOLE.search(text[: match.start()]) and not _SUPERLATIVE.match(rest)
        if whole or _NOT_COUNTED.match(rest) or _YEAR.match(match["value"]) or _is_in_date(text, match):
            continue
        value *= _SCALES.get(scale, 1)
        if value >= 2:
            yield value, match[0].strip()


def _words_said(text: str) -> Iterator[tuple[float, str]]:
    """`exactly two`, `more than three`: number words right behind a word that makes them a bound."""
    for match in _NUMBER_WORD.finditer(text):
        yield float(_NUMBER_WORDS.index(match[1]) + 2), match[0]


def _is_in_date(text: str, match: re.Match[str]) -> bool:
    """`March 5`, `5 March`, `3月5日`, `2025年`."""
    near = text[max(0, match.start() - 11) : match.end() + 11]
    if float(match["value"].replace(",", "")) <= 31 and (
        _MONTH.search(near) or re.search(r"\b(jan|feb|mar|apr|may|march|jun|jul|aug|sept?|oct|nov|dec)\b|月|日", near)
    ):
        return True
    return text[match.end() : match.end() + 1] in "年月日" and match.end() < len(text)


def _is_told(value: float, case: Case) -> bool:
    numbers = case.told.numbers
    if any(abs(value + step - number) < 1e-6 for number in numbers for step in (-1, 0, 1)):
        return True
    if any(_ratio(number, value) for number in numbers):
        return True
    return any(len(node.expressions) == value for node in case.told.all(exp.In))


def _ratio(number: float, value: float) -> bool:
    """A number in another unit."""
    if number == 0 or value == 0:
        return False
    ratio = number / value
    return any(abs(ratio / factor - 1) < 1e-4 or abs(ratio * factor - 1) < 1e-4 for factor in _FACTORS)

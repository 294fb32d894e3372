"""Are the values in the SQL those of the question? A parsed SELECT and a question in → the first value that is not.

Text is compared without case, width and accents, by stems, and part of a known value's words is enough; numbers and dates
go through `numbers` and `dates`. Structural numbers (`LIMIT 1`, `COUNT(*) > 0`, `100.0 *`) need no mention.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlglot import exp

from pipeline.dataset.aliases import other_words
from pipeline.dataset.dates import Mentioned, date_is_grounded, dates_in, is_date

Known = Callable[[str], Collection[str]]
"""The values a column of that name (lower case) is known to hold: a closed list, samples, an uploaded database's."""

_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.NullSafeEQ, exp.Like, exp.Glob)
_ARITHMETIC = (exp.Mul, exp.Div, exp.Add, exp.Sub, exp.Mod, exp.IntDiv)
_CONVERSIONS = frozenset(
    (0, 1, 2, 7, 10, 12, 24, 30, 60, 100, 365, 365.25, 1000, 1024, 3600, 86400, 1e6, 3.28084, 0.3048, 0.621371, 1.60934,
     2.589988, 0.386102, 0.453592, 2.20462)
)  # fmt: skip
"""Factors between units and shares: they may stand in arithmetic without being in the question."""
_FLAGS = frozenset(["y", "n", "yes", "no", "true", "false", "t", "f"])
_ONE = re.compile(
    r"\b(only|just|any|sole|another|multiple|several|many|various|repeat\w*|duplicat\w*|share[sd]?|same|more than once|"
    r"an?|each|unique|different|again|top|most|least|biggest|largest|smallest|highest|lowest)\b|複数|だけ|のみ|重複|同じ|何度も|一"
)
_MORE = re.compile(
    r"(?<!or )\b(more|over|above|exceed\w*|after|greater|higher|longer|larger|bigger|beyond|past)\b|超|より|後"
)
_LEAST = re.compile(
    r"\b(at least|since|from|minimum|starting|or (more|above|over|later|higher|longer|larger))\b|以上|以降|から"
)
_LESS = re.compile(r"(?<!or )\b(less|fewer|under|below|before|lower|shorter|smaller|cheaper|until)\b|未満|より|前")
_MOST = re.compile(
    r"\b(at most|up to|no more|through|until|maximum|within|or (less|fewer|below|under|earlier|lower))\b|以下|まで|以内"
)
_NEIGHBOURS: dict[type[exp.Expr], tuple[int, re.Pattern[str]]] = {
    exp.GTE: (-1, _MORE),
    exp.GT: (1, _LEAST),
    exp.LTE: (1, _LESS),
    exp.LT: (-1, _MOST),
}
"""`more than three` may be written `>= 4`: per operator, the step to the number in the question and its cue."""
_LATIN = re.compile(r"[0-9a-z]+")
_NOT_LATIN = re.compile(r"[^\x00-\x7f]")
_ENDINGS = ("ations", "ation", "ments", "ment", "ings", "ing", "ies", "ions", "ion", "ers", "er", "ed", "es", "ly", "al",
            "s", "y", "e")  # fmt: skip
_SMALL_WORDS = frozenset(("from", "item", "other", "with"))
_MODIFIER = re.compile(r"(start|end) of \w+|weekday \d|utc|localtime|unixepoch|auto|([+-]?\d+(?:\.\d+)?) (\w+)")


def fold(text: str) -> str:
    """Text without width, case, accents on Latin letters, underscores and runs of space."""
    text = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    text = unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", text))
    return " ".join(text.replace("_", " ").replace("’", "'").split())


@dataclass(frozen=True)
class Question:
    """A question taken apart once, for all values of its query."""

    text: str
    said: Mentioned
    stems: frozenset[str]
    telling: frozenset[str]
    """The stems that are not words of the schema."""
    squeezed: str
    """The text without spaces, as Japanese is written."""

    @classmethod
    def of(cls, question: str, names: frozenset[str] = frozenset()) -> Question:
        """Take a question apart."""
        text = fold(question)
        stems = stems_of(text)
        return cls(text, dates_in(text), stems, stems - names, re.sub(r"[\s・･]", "", text))


def stems_of(text: str) -> frozenset[str]:
    """The stems of all Latin words in a text."""
    return frozenset(stem(word) for word in _LATIN.findall(fold(text)))


def stem(word: str) -> str:
    """A Latin word without the commonest endings: cancelled, cancellation → cancel; shipped, shipment → ship."""
    for _ in range(2):
        for ending in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= 3:
                word = word[: -len(ending)]
                break
        if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "s":
            word = word[:-1]
    return word


def first_ungrounded(tree: exp.Expr, question: str, known: Known, names: frozenset[str] = frozenset()) -> str | None:
    """The first value of the query that the question does not give, or None.

    `names` are the stems of the schema's own words: standing in a question, they tell nothing about a value.
    """
    asked = Question.of(question, names)
    for literal in tree.find_all(exp.Literal):
        grounded = _text_fits(literal, asked, known) if literal.is_string else _number_fits(literal, asked)
        if not grounded:
            return str(literal.this)
    return None


def _outer(literal: exp.Expr) -> tuple[exp.Expr | None, exp.Expr]:
    """The first ancestor that is more than a sign, a bracket or a cast, and the child it is reached from."""
    child, parent = literal, literal.parent
    while isinstance(parent, (exp.Neg, exp.Paren, exp.Cast, exp.Collate)):
        child, parent = parent, parent.parent
    return parent, child


# Numbers


def _number_fits(literal: exp.Literal, asked: Question) -> bool:
    parent, child = _outer(literal)
    value = float(literal.this)
    said = asked.said.numbers | asked.said.years
    if isinstance(parent, exp.Limit):
        return value <= 1 or value in said
    if isinstance(parent, exp.Offset):
        return value + 1 in said or value in said
    if isinstance(parent, _ARITHMETIC):
        quarter = value == 3 and re.search("quarter|四半期", asked.text) is not None  # months
        return value in _CONVERSIONS or quarter or _close(value, said)
    if parent is None or not isinstance(parent, (*_COMPARISONS, exp.In, exp.Between)):
        return True  # an argument such as ROUND(x, 2), a result of CASE, SELECT 1
    if value == 0 or _close(value, said) or _is_listed_count(value, literal):
        return True
    if value == 1 and (_ONE.search(asked.text) or not _plain_column(parent, child)):
        return True
    step, cue = _NEIGHBOURS.get(type(parent), (0, _MORE))
    return bool(step and value == int(value) and value + step in said and cue.search(asked.text))


def _close(value: float, said: Collection[float]) -> bool:
    return any(abs(value - number) <= 1e-9 * max(1.0, abs(value)) for number in said)


def _plain_column(parent: exp.Expr, child: exp.Expr) -> exp.Column | None:
    """The number column compared with; None where it is a flag, or something computed."""
    other = parent.this if parent.this is not child else parent.args.get("expression")
    if isinstance(other, exp.Column) and not re.match(r"(is|has|can|was)_|.*(flag|active|enabled)", other.name, re.I):
        return other
    return None


def _is_listed_count(value: float, literal: exp.Expr) -> bool:
    """`HAVING COUNT(DISTINCT …) = 3` after `IN (…)` with three values: the values themselves say it."""
    select = literal.find_ancestor(exp.Select)
    return any(len(found.expressions) == value for found in select.find_all(exp.In)) if select else False


# Text and dates


def _text_fits(literal: exp.Literal, asked: Question, known: Known) -> bool:
    parent, child = _outer(literal)
    raw = str(literal.this)
    if isinstance(parent, exp.Escape) or not re.search(r"\w", raw.strip("%_")):
        return True
    value = fold(raw)
    if is_date(value.strip("%")):
        return date_is_grounded(value.strip("%"), asked.said) or value.strip("%") in asked.text
    if not isinstance(parent, (*_COMPARISONS, exp.In, exp.Between)):
        return _argument_fits(value, asked)
    other = _compared(parent, child)
    pattern = isinstance(parent, (exp.Like, exp.Glob))
    value = fold(re.sub(r"[%_*?]+", " ", raw)).strip("- ") if pattern else value
    if re.fullmatch(r"\d+(\.\d+)?", value) and _digits_fit(value, other, asked):
        return True
    if value in _FLAGS or _stands_in(value, asked, whole=not pattern):
        return True
    return isinstance(other, exp.Column) and _partly_stands_in(value, asked, known(other.name.lower()))


def _compared(parent: exp.Expr, child: exp.Expr) -> exp.Expr | None:
    other = parent.args.get("expression") if parent.this is child else parent.this
    while isinstance(other, (exp.Paren, exp.Cast, exp.Collate, exp.Lower, exp.Upper, exp.Trim)):
        other = other.this
    return other


def _argument_fits(value: str, asked: Question) -> bool:
    """Formats, separators, labels and fall-backs are the query's own; `+3 months` is the question's."""
    modifier = _MODIFIER.fullmatch(value)
    if modifier and modifier[2]:
        number = abs(float(modifier[2]))
        return number in _CONVERSIONS or number in asked.said.numbers
    return True


def _digits_fit(value: str, other: exp.Expr | None, asked: Question) -> bool:
    """Digits as text: a year, month, weekday or hour out of strftime, or a number kept as text."""
    number, said = float(value), asked.said
    if number in said.numbers or number in said.years:
        return True
    if isinstance(other, exp.Column) or other is None:
        return False
    afternoon = bool(re.search(r"\bp\.?m\b|afternoon|evening|午後|夜", asked.text)) and number - 12 in said.numbers
    return number in said.months or number in said.weekdays or afternoon


def _stands_in(value: str, asked: Question, whole: bool = True) -> bool:
    """The value, another word for it, or the stems of all its words stand in the question."""
    for word in (value, *other_words(value)):
        if _NOT_LATIN.search(word) or not whole:
            found = re.sub(r"[\s・･]", "", word) in asked.squeezed
        else:
            found = bool(re.search(rf"(?<![0-9a-z]){re.escape(word)}(?![0-9a-z])", asked.text))
        if found:
            return True
    words = _LATIN.findall(value)
    return bool(words) and not _NOT_LATIN.search(value) and all(stem(word) in asked.stems for word in words)


def _partly_stands_in(value: str, asked: Question, known: Collection[str]) -> bool:
    """A telling word of a known value stands in the question, and no other known value stands there more fully."""
    shared = _telling(value) & asked.telling
    if not shared or not any(fold(other) == value for other in known):
        return False
    rivals = (fold(other) for other in known)
    return not any(
        rival != value
        and _telling(rival) & shared
        and _stands_in(rival, asked)
        and not _telling(rival) <= _telling(value)
        for rival in rivals
    )


def _telling(value: str) -> frozenset[str]:
    return frozenset(stem(word) for word in _LATIN.findall(value) if len(word) > 3 and word not in _SMALL_WORDS)

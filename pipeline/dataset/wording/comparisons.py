"""More than, at least, under, at most, 以上, 未満: whether the query compares the same number the same way.

Only a comparison with the very number (or day) of the question is judged, and only where no other comparison with it
is right: `more than 3` may be `> 3` or `>= 4`, never `>= 3`. Years alone are judged by direction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from sqlglot import exp

from pipeline.dataset.grounding import fold
from pipeline.dataset.wording.facts import Case, number_of

_N = (
    r"(?:[¥$€£]\s?)?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![\d.,]*\d)(?!-)"
    r"(?:\s*(million|billion|thousand|hundred|k|m)\b)?(?!\s*%|\s*percent)"
)
_UNIT = (
    r"(?:\s*(?:yen|dollars|円|ドル|件|個|人|回|点|つ|種類|本|km|cm|m|kg|歳|km2|平方キロ|日|店|か所|社|名|年|kg)){0,1}"
)
_ADJECTIVE = r"(?:higher|greater|larger|bigger|longer|taller|older|heavier|pricier|more expensive)"
_LOW_ADJECTIVE = r"(?:lower|smaller|shorter|cheaper|younger|lighter|less expensive)"
_JA = r"(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)([万億千百])?" + _UNIT
_CUES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        ">",
        re.compile(
            rf"(?<!no )(?<!not )(?:\bmore than|\bover|\babove|\bexceed(?:s|ing)?|"
            rf"\b{_ADJECTIVE} than) {_N}(?! or more)"
        ),
    ),
    (">", re.compile(rf"{_JA}(?:より(?:も)?(?:多|高|大き|長|広|上)|を(?:超|こ)え|超)")),
    (">=", re.compile(rf"(?:\bat least|\bno (?:less|fewer) than|\bnot less than|\bminimum of) {_N}")),
    (">=", re.compile(rf"{_N}(?: \w+)? or (?:more|above|over|higher|greater|larger)\b")),
    (">=", re.compile(rf"{_JA}以上")),
    (
        "<",
        re.compile(
            rf"(?<!no )(?<!not )(?:\b(?:less|fewer) than|\bunder|\bbelow|\b{_LOW_ADJECTIVE} than) {_N}(?! or less)"
        ),
    ),
    ("<", re.compile(rf"{_JA}(?:未満|より(?:も)?(?:少な|安|低|小さ|短|狭|下)|に満たない|を下回)")),
    ("<=", re.compile(rf"(?:\bat most|\bno more than|\bnot more than|\bup to|\bmaximum of) {_N}")),
    ("<=", re.compile(rf"{_N}(?: \w+)? or (?:less|fewer|below|lower|under)\b")),
    ("<=", re.compile(rf"{_JA}以下")),
)
_SCALES = {"million": 1e6, "billion": 1e9, "thousand": 1e3, "hundred": 100, "k": 1e3, "m": 1e6,
           "万": 1e4, "億": 1e8, "千": 1e3, "百": 100}  # fmt: skip
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})|(\d{4})年(\d{1,2})月(\d{1,2})日")
_BEFORE_DAY = re.compile(r"\b(before|earlier than|prior to) (?:the )?$")
_AFTER_DAY = re.compile(r"\b(?<!or )(after|later than) (?:the )?$")
_JA_DAY = ((">=", re.compile(r"^以降|^以後")), ("<=", re.compile(r"^以前|^まで")), ("<", re.compile(r"^より前|^よりも前")),
           (">", re.compile(r"^より後|^よりも後")))  # fmt: skip
_AROUND_DAY = re.compile(r"\b(before|after|later|earlier|prior|since|until|till)\b|より|前|後|まで")
_UP_THAN = re.compile(
    r"\b(more|larger|bigger|higher|longer|taller|greater|heavier|pricier|costlier|dearer|above|"
    r"exceed\w*) (?:\w+ ){0,3}?(?:than|average)\b"
    r"|より(も)?(多|大き|高|長|広)"
)
_DOWN_THAN = re.compile(
    r"\b(less|fewer|smaller|lower|shorter|cheaper|lighter|below) (?:\w+ ){0,3}?(?:than|average)\b|"
    r"より(も)?(少な|小さ|低|短|狭|安)"
)
_OR_EQUAL = re.compile(
    r"\b(at least|at most|equal|same|or (more|less|fewer)|no (more|less|fewer)|not|as \w+ as|and above|"
    r"up to)\b|n't|以上|以下|同じ|ない"
)
_FLIPPED = {">": "<", ">=": "<=", "<": ">", "<=": ">=", "=": "="}
_NEGATED = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "=": "="}
_OPERATORS: dict[type[exp.Binary], str] = {exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<=", exp.EQ: "="}
_YEAR_SIDE = (
    (
        ">",
        re.compile(
            r"\b(?:after|since|later than|from) (?:the year |year )?((?:19|20)\d\d)(?![\d-])(?! to| until|"
            r" and| through)"
        ),
    ),
    ("<", re.compile(r"\b(?:before|prior to|earlier than|until) (?:the year |year )?((?:19|20)\d\d)(?![\d-])")),
    (">", re.compile(r"((?:19|20)\d\d)年(?:以降|より後|以後)")),
    ("<", re.compile(r"((?:19|20)\d\d)年(?:以前|より前|まで)")),
)


def unfollowed_comparison(case: Case) -> str:
    """The comparison of the question that the query makes another way, such as `more than 3 became >= 3`."""
    if detail := _with_rows(case) or _day_beside(case):
        return detail
    told = list(_comparisons(case))
    if not told:
        return ""
    for sign, value, words in _asked_numbers(case.text):
        signs = {one for one, number in told if isinstance(number, float) and abs(number - value) < 1e-6}
        if signs and sign not in signs and not _beside(sign, value, told):
            return f"{words} became {sorted(signs)[0]} {value:g}"
    for sign, day in _asked_days(case.text):
        for step in (-1, 1):
            near = {one for one, text in told if text == _shifted(day, step)}
            if near and (sign, step) not in ((">", 1), (">=", -1), ("<", -1), ("<=", 1)):
                return f"{sign} {day} became {sorted(near)[0]} {_shifted(day, step)}"
            if near & {">", "<"} and sign in (">", "<") or near & {">=", "<="} and sign in (">=", "<="):
                return f"{sign} {day} became {sorted(near)[0]} {_shifted(day, step)}"
        signs = {one for one, text in told if text == day}
        if signs and sign not in signs:
            return f"{sign} {day} became {sorted(signs)[0]} {day}"
    return _year_side(case, told)


def _with_rows(case: Case) -> str:
    """`cheaper than the Bread Knife` compared by `<=`, or by `>`."""
    signs = set()
    for kind, sign in _OPERATORS.items():
        for node in case.told.all(kind):
            if isinstance(node.expression, exp.Subquery) and not isinstance(node.parent, exp.Not):
                signs.add(sign)
            elif isinstance(node.this, exp.Subquery) and not isinstance(node.parent, exp.Not):
                signs.add(_FLIPPED[sign])
    signs -= {"="}
    if len(signs) != 1 or case.says(_OR_EQUAL):
        return ""
    sign = signs.pop()
    up, down = case.says(_UP_THAN), case.says(_DOWN_THAN)
    if (up or down) and sign in (">=", "<="):
        return f"than became {sign}"
    if up != down and (sign == ">") != up:
        return f"{'more' if up else 'less'} than became {sign}"
    return ""


def _day_beside(case: Case) -> str:
    """A day of the question that is only nearly in the query: between its day and another, one day off."""
    for match in _DAY.finditer(case.text):
        day = _iso(match)
        if any(text.startswith(day) for text in case.told.strings) or _AROUND_DAY.search(
            case.text[max(0, match.start() - 14) : match.end() + 6]
        ):
            continue
        near = {_shifted(day, step) for step in (-1, 1)} - {""}
        held = [text for node in case.told.all(exp.Between) for text in _bounds(node)]
        if near & set(held):
            return f"{day} is not in the SQL"
    return ""


def _shifted(day: str, step: int) -> str:
    """The day before or after, as ISO text; empty where there is none."""
    try:
        return str(date.fromisoformat(day) + timedelta(days=step))
    except (ValueError, OverflowError):
        return ""


def _bounds(between: exp.Between) -> list[str]:
    return [str(side.this) for side in (between.args["low"], between.args["high"]) if isinstance(side, exp.Literal)]


def _beside(sign: str, value: float, told: list[tuple[str, float | str]]) -> bool:
    """`more than 3` as `>= 4`."""
    step, other = {">": (1, ">="), ">=": (-1, ">"), "<": (-1, "<="), "<=": (1, "<")}[sign]
    return (other, value + step) in told


def _asked_numbers(text: str) -> Iterator[tuple[str, float, str]]:
    for sign, pattern in _CUES:
        for match in pattern.finditer(text):
            value = float(match[1].replace(",", "")) * _SCALES.get(match[2] or "", 1)
            if not (1900 <= value < 2100 and value == int(value)):
                yield sign, value, match[0].strip()


def _asked_days(text: str) -> Iterator[tuple[str, str]]:
    for match in _DAY.finditer(text):
        iso = _iso(match)
        before, after = text[: match.start()], text[match.end() :]
        if _BEFORE_DAY.search(before):
            yield "<", iso
        elif _AFTER_DAY.search(before):
            yield ">", iso
        for sign, pattern in _JA_DAY:
            if pattern.match(after):
                yield sign, iso


def _iso(match: re.Match[str]) -> str:
    year, month, day = match.groups()[:3] if match[1] else match.groups()[3:]
    return f"{year}-{int(month):02}-{int(day):02}"


def _comparisons(case: Case) -> Iterator[tuple[str, float | str]]:
    """Sign and number or text of each comparison with a literal, turned so that the literal is on the right."""
    for kind, sign in _OPERATORS.items():
        for node in case.told.all(kind):
            negated = isinstance(node.find_ancestor(exp.Not, exp.Select), exp.Not)
            for one, side in ((sign, node.expression), (_FLIPPED[sign], node.this)):
                value = _constant(side)
                if value is not None:
                    yield (_NEGATED[one] if negated else one), value
    for between in case.told.all(exp.Between):
        for sign, side in ((">=", between.args["low"]), ("<=", between.args["high"])):
            value = _constant(side)
            if value is not None:
                yield sign, value


def _constant(node: exp.Expr) -> float | str | None:
    if isinstance(node, exp.Literal) and node.is_string:
        text = fold(str(node.this))
        return float(text) if re.fullmatch(r"\d{1,3}", text) else text
    return number_of(node)


def _year_side(case: Case, told: list[tuple[str, float | str]]) -> str:
    """`after 2020` compared only downwards, and the other way round."""
    for side, pattern in _YEAR_SIDE:
        for match in pattern.finditer(case.text):
            year = match[1]
            signs = {one[0] for one, value in told if _is_in_year(value, year)} - {"="}
            if signs and side not in signs:
                return f"{match[0].strip()} is compared with {sorted(signs)[0]}"
    return ""


def _is_in_year(value: float | str, year: str) -> bool:
    return value.startswith(year) if isinstance(value, str) else value == float(year)

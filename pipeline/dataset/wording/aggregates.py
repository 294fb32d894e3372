"""Words of aggregates in a question, and the aggregates of its query: average, total, how many, for each.

Both ways: an average that is asked for and not computed, and one computed though nobody asked for it.
"""

from __future__ import annotations

import re

from sqlglot import exp

from pipeline.dataset.wording.facts import Case, latin_words, stems_of_name

_AVERAGE = re.compile(r"\b(average|averages|averaged|avg|the mean)\b|平均")
_AVERAGE_LOOSE = re.compile(r"averag|\bavg\b|\bmean\b|\btypical|\busual|\bexpected\b|平均|あたり|当たり")
_SUM_OF_MONEY = re.compile(
    r"\b(total|combined|overall|summed|sum of(?: the| all| their)?) (?:\w+ ){0,2}?(amount|price|refunds?|"
    r"refunded|salary|"
    r"salaries|revenue|quantity|population|cost|costs|value|turnover|spending|length|area|stock|payments?)\b"
    r"|総額|合計(金額|額)|売上合計|(金額|総?数量|給料|給与|返金額|人口|面積|価格|売上)(を|の)(合計|総計)|"
    r"総(人口|面積|売上)"
)
_COUNT = re.compile(
    r"\b(how many|"
    r"(?<!phone )(?<!order )(?<!card )(?<!account )(?<!serial )(?<!model )(?<!telephone )number of|count of)\b"
    r"|何(件|人|個|回|点|店|種類|つ|社|名|本|カ国|か国)|いくつ(あ|の|い)|(件|人|個|回)数"
)
_COUNT_LOOSE = re.compile(
    r"\b(how (many|much|often|big|large)|number|numbers|count\w*|tally|total|totals|amount|quantity|sum|"
    r"times|frequency|volume|most|"
    r"least|fewest|more|less|fewer|than|any|is there|are there|does|do|did|has|have|share|percent\w*|size|"
    r"proportion|once|twice|popular|busiest)\b|%|"
    r"何|数|いくつ|件|幾|多|少|回|合計|総|割合|率|度"
)
_SUM_LOOSE = re.compile(
    r"\b(total\w*|sum\w*|combined|altogether|in all|overall|all|together|how (many|much|big|large)|revenue|"
    r"sales|turnover|spen[dt]\w*|earn\w*|"
    r"paid|pay|pays|worth|value|sold|sell\w*|bought|made|brought|money|average|per|share|percent\w*|most|"
    r"least|highest|lowest|"
    r"number|amount|amounts|units|pieces|quantity|quantities|copies|best|worst|top|more|less|fewest|income|"
    r"gross|cumulative|running|biggest|"
    r"largest|smallest|ratio|proportion|density|refunded|cost|costs|taken|cash|volume|popular|ever|"
    r"population|people)\b|%|"
    r"合計|総|全部|合わせ|計|いくら|いくつ|売上|売り上げ|何個|累計|金額|額|最|一番|いちばん|もっとも|多|少|"
    r"上位|平均|割合|率|何|数|売れ"
)
_EACH = re.compile(
    r"\b(for each|for every|each of the|per (store|category|product|customer|month|year|city|country|"
    r"employee|state))\b|ごと|毎に|別に|別の|各"
)
_SEVERAL = (exp.Group, exp.Window, exp.Subquery, exp.Div, exp.Exists, exp.Union, exp.In)
_EXTREME_LOOSE = re.compile(
    r"\b(\w+est|most|least|max\w*|min\w*|top|latest|first|last|best|worst|record|peak|newest|extreme|range|"
    r"spread|up to|as of|"
    r"ever|recent\w*|all|any|every|bottom|leading|number one|no\. 1|early|how (far|long|high|low|deep|large|"
    r"big)|since when|ceiling|floor|cap)\b|"
    r"最|一番|いちばん|もっとも|トップ|初|上限|下限|どの|より|ピーク"
)


def unfollowed_aggregate(case: Case) -> str:
    """What is to be averaged, summed, counted or told for each and is not; or an aggregate nobody asked for."""
    return _compared(case) or _missing(case) or _unasked(case) or _each(case)


def _missing(case: Case) -> str:
    told = case.told
    summed = told.has(exp.Sum) or told.calls("total")
    if case.says(_AVERAGE) and not (told.has(exp.Avg) or told.has(exp.Div) or _is_named(case, ("avg", "average"))):
        return "no average in the SQL"
    averaged = told.has(exp.Avg) and case.says(_AVERAGE)
    if case.says(_SUM_OF_MONEY) and told.has(exp.Count, exp.Avg, exp.Max, exp.Min) and not (summed or averaged):
        return "" if _is_named(case, ("total", "sum")) else "no SUM in the SQL"
    if case.says(_COUNT) and not (told.has(exp.Count, exp.Window) or summed or _shows_number(case)):
        return "nothing is counted in the SQL"
    return ""


def _compared(case: Case) -> str:
    """A value set equal to an average or a total of its own column, or held against its total: nobody asks that."""
    for kind in (exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE):
        for node in case.told.all(kind):
            inner = node.expression.this if isinstance(node.expression, exp.Subquery) else None
            shown = inner.selects[0] if isinstance(inner, exp.Select) and len(inner.selects) == 1 else None
            if inner and isinstance(shown, (exp.Sum, exp.Avg)) and isinstance(node.this, exp.Column):
                same = isinstance(shown.this, exp.Column) and shown.this.name.lower() == node.this.name.lower()
                if same and (isinstance(shown, exp.Sum) or kind is exp.EQ) and not inner.args.get("group"):
                    return f"{node.this.name} is compared with its own {shown.key.upper()}"
    return ""


def _is_named(case: Case, words: tuple[str, ...]) -> bool:
    return any(word in latin_words(name.replace("_", " ")) for name in case.told.columns for word in words)


def _shows_number(case: Case) -> bool:
    """Whether a number that is no key, or something computed, is selected, compared with or ordered by."""
    if not all(isinstance(item, (exp.Column, exp.Star)) for item in case.told.shown):
        return True
    for column in case.told.all(exp.Column):
        source = case.told.source(column)
        if source is None:
            return True
        keys = {*source[0].primary_key, *(name for key in source[0].foreign_keys for name in key.columns)}
        if source[1].type in ("INTEGER", "REAL") and source[1].name not in keys:
            return True
    return False


def _unasked(case: Case) -> str:
    """An aggregate among the columns of the answer for which the question has no word, however loose."""
    for item in case.told.shown:
        if isinstance(item, exp.Avg) and not case.says(_AVERAGE_LOOSE):
            return "AVG is not asked for"
        if isinstance(item, exp.Count) and not (case.told.has(exp.Group) or case.says(_COUNT_LOOSE)):
            return "COUNT is not asked for"
        if isinstance(item, exp.Sum) and not case.says(_SUM_LOOSE) and not _stands(case, item):
            return "SUM is not asked for"
        if isinstance(item, (exp.Max, exp.Min)) and not case.says(_EXTREME_LOOSE):
            return f"{item.key.upper()} is not asked for"
    return ""


def _stands(case: Case, item: exp.Expr) -> bool:
    """Whether the column aggregated is named, as a measure of its own may be: `units sold`."""
    return any(stems_of_name(column.name) & case.asked.stems for column in item.find_all(exp.Column))


def _each(case: Case) -> str:
    """One row of aggregates where each of several is asked about."""
    select = case.told.outermost
    if select is None or not case.says(_EACH) or case.told.has(*_SEVERAL):
        return ""
    shown = case.told.shown
    if shown and all(isinstance(item, exp.AggFunc) for item in shown):
        return "no GROUP BY in the SQL"
    return ""

"""Without, never, ない: whether the query leaves anything out; and whether it leaves out what nobody asked to.

And `different`: whether the answer can hold the same row twice.
"""

from __future__ import annotations

import re

from sqlglot import exp

from pipeline.dataset.wording.facts import Case, number_of

_NO = re.compile(
    r"\b(without|never|nobody|nothing|neither|not|no|(?:do|does|did|has|have|had|is|are|was|were)n't)\b"
    r"|(?<!少)(?<!し)(?<!いえ)ない(?!と|しは)|ません(?!か)|なかった|一度も|以外"
)
_HARMLESS = re.compile(
    r"\b(no|not) (more|less|fewer|later|earlier|higher|lower|matter|longer|over|under|above|exceed\w*|only|"
    r"just|counting)\b"
    r"|\bnot necessarily\b|\b(with|for|"
    r"=) ['\"]?no\b['\"]?(?! \w)|"
    r"\bor not\b|\bnot (sure|known|twice)\b|\bif not\b|\bwhy not\b|\bno\. ?\d|\bleave out\b|\bwith no particular"
    r"|かもしれ|かどうか|ください|問わ|だけで(は)?な"
)
_DIFFERENT = re.compile(
    r"\b(distinct|unique|without duplicates|no duplicates)\b|重複(なし|を除|なく|しない|させず)|ユニーク"
)
_NO_LOOSE = re.compile(
    r"\b(no|not|without|never|nobody|none|nothing|neither|nor|except\w*|exclud\w*|excl|other|others|but|"
    r"un\w+|dis\w+|in(active|complete|valid)|"
    r"miss\w*|lack\w*|still|yet|only|empty|outside|besides|different|else|away|apart|elsewhere|aside|online|"
    r"top|root|top-level|zero|unlike|"
    r"differ\w*|remain\w*|open|pending|beyond|rather|instead|less|independent|alone|solely|main|head|heads|"
    r"highest-level|non\w*|null|blank|"
    r"minus|leave|leaving|ignor\w*|drop\w*|skip\w*|left|absent|fail\w*|free|rest|remaining|every|all|always|"
    r"each|just|than|another|"
    r"neighbou?r\w*|border\w*|adjacent|same|together|pairs?|both|twice|opposite|most|\w+est|boss|current\w*|"
    r"until|ongoing|late|overdue)\b|n't|non-"
    r"|ない|な(し|く)|ません|ず|未|以外|除|他|ほか|違|異|別|不|無|のみ|だけ|まだ|最上位|トップ|空|すべて|"
    r"全て|常|同|最|待ち|中の"
)


def unfollowed_negation(case: Case) -> str:
    """A negation that is only in the question or only in the query, or `distinct` that is only in the question."""
    text = _HARMLESS.sub(" ", case.text)
    if _NO.search(text) and text == case.text and not _leaves_out(case):
        return f"'{_NO.search(text)[0]}' is not in the SQL"  # type: ignore[index]
    if (found := _plainly_leaves_out(case)) and not case.says(_NO_LOOSE):
        return f"{found} is not asked for"
    if case.says(_DIFFERENT) and not _is_distinct(case):
        return "no DISTINCT in the SQL"
    return ""


def _leaves_out(case: Case) -> bool:
    told = case.told
    if told.has(exp.Not, exp.NEQ, exp.Except, exp.Is, exp.NullSafeNEQ, exp.Distinct, exp.Sub, exp.Union, exp.Coalesce):
        return True
    if any(node.args.get("negate") for kind in (exp.Like, exp.Glob) for node in told.all(kind)):
        return True
    if any(join.side in ("LEFT", "RIGHT", "FULL") for join in told.all(exp.Join)):
        return True
    if any(_is_of_list(case, node.this) for kind in (exp.EQ, exp.In) for node in told.all(kind)):
        return True
    comparisons = [node for kind in (exp.EQ, exp.LT, exp.LTE) for node in told.all(kind)]
    return any(number_of(node.expression) in (0.0, 1.0) for node in comparisons) or told.has(exp.LT, exp.LTE, exp.GT)


def _is_of_list(case: Case, node: exp.Expr) -> bool:
    """A column with a closed list of values: one of them chosen leaves out the others."""
    source = case.told.source(node) if isinstance(node, exp.Column) else None
    return bool(source and source[1].allowed)


def _plainly_leaves_out(case: Case) -> str:
    """NOT IN, NOT EXISTS, EXCEPT, IS NULL or `<> value`; empty where the query only leaves out NULLs."""
    for node in case.told.all(exp.Not):
        inner = node.this.unnest() if node.this else None
        if isinstance(inner, (exp.In, exp.Exists)):
            return f"NOT {inner.key.upper()}"
    if case.told.has(exp.Except):
        return "EXCEPT"
    for test in case.told.all(exp.Is):
        if isinstance(test.expression, exp.Null) and not isinstance(test.parent, exp.Not):
            return "IS NULL" if not test.find_ancestor(exp.Case, exp.If) else ""
    if any(isinstance(node.expression, exp.Literal) for node in case.told.all(exp.NEQ)):
        return "<>"
    return ""


def _is_distinct(case: Case) -> bool:
    """Whether no row can stand twice: DISTINCT, a group, a set, a subquery, or a unique column among what is shown."""
    if case.told.has(exp.Distinct, exp.Group, exp.Union, exp.Intersect, exp.Except, exp.Exists, exp.Window):
        return True
    for item in case.told.shown:
        source = case.told.source(item) if isinstance(item, exp.Column) else None
        if source and (source[1].unique or source[0].primary_key == (source[1].name,)):
            return True
    return not case.told.has(exp.Join) and not any(isinstance(item, exp.Count) for item in case.told.shown)

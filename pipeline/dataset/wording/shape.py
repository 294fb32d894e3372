"""The columns of the answer: one too many, a key nobody asked for, a value the question gave, groups nobody named.

A question that joins nothing (no and, with, per, と, 、) asks for one thing. Columns count as hinted at by any telling
word of their name, in Japanese by its word in the glossary.
"""

from __future__ import annotations

import re

from sqlglot import exp

from pipeline.database.schema import Column, Table
from pipeline.dataset.grounding import stem
from pipeline.dataset.offline.glossary import GLOSSARY
from pipeline.dataset.wording.facts import Case, words_of_name

_PARTS = re.compile(
    r"\b(and|with|plus|per|each|every|by|along|including|also|as well|their|its|whose|then|between|both|"
    r"how|when|who|what|which|where|in which)\b"
    r"|[,&/+:;(]|と(?!い|な|し|も|は|か|こ)|や|、|ごと|毎|別|それぞれ|各|・|および|及び|組|どこ|いつ|誰|いく"
)
"""Each may bring in another column."""
_FRONT = re.compile(r"^\W*(which|what|who|in which|in what|how (many|much|long|big|tall|high|far))\b")
_MANY = re.compile(
    r"\b(details?|info\w*|data|records?|everything|all about|respective\w*|pairs?|table|compare\w*|"
    r"next to|beside|alongside|against|"
    r"versus|vs|profile|contact|where|address\w*|full|overview|summary|report|describe)\b|一覧表|詳細|情報|どこ|連絡先|住所|概要"
)
_PER = re.compile(r"\b(revenue|total|average|number|count|amount|sales|turnover)\b.*\b(per|for each|by)\b|ごとの|別の")
_KEY_WORDS = re.compile(r"\b(ids?|numbers?|no|codes?|keys?|identif\w*|#)\b|番号|コード")
_EACH = re.compile(
    r"\b(each|per|by|every|respective\w*|monthly|yearly|daily|weekly|annual\w*|sizes?|counts|numbers|distribution|all|grouped|broken|"
    r"split|breakdown|across|among|averages|totals|than|at least|at most|exactly|most|least)\b|ごと|毎|別|各|それぞれ|以上|以下"
)


def unfollowed_shape(case: Case) -> str:
    """A column that the answer has and the question does not ask for, or groups it does not name."""
    select = case.told.outermost
    if select is None or any(item.is_star for item in case.told.shown):
        return ""
    return _key(case) or _extra(case) or _fixed(case, select) or _grouped(case, select) or _summed_key(case)


def hinted(case: Case, table: Table, column: Column) -> bool:
    """Whether a telling word of the column stands in the question; of a plain `name`, a word of its table."""
    words = telling(table, column)
    if any(stem(word) in case.asked.stems for word in words):
        return True
    return case.language == "ja" and any(GLOSSARY.get(one, one) in case.text for one in (" ".join(words), *words))


def telling(table: Table, column: Column) -> tuple[str, ...]:
    """The words of a column that tell what it is: of `customer_name` customer, of `name` those of the table."""
    words = tuple(
        word for word in words_of_name(column.name) if word not in ("name", "title", "id", "on", "at", "date")
    )
    return words or tuple(word.removesuffix("s") for word in words_of_name(table.name))


def is_key(table: Table, column: Column) -> bool:
    """Whether it is the primary key, or part of a foreign one."""
    keys = {name for key in table.foreign_keys for name in key.columns}
    return column.name in keys or (table.primary_key == (column.name,) and column.type == "INTEGER")


def _key(case: Case) -> str:
    """A key of something that the question does not name at all."""
    for item in case.told.shown:
        source = case.told.source(item) if isinstance(item, exp.Column) else None
        if source and is_key(*source) and not hinted(case, *source) and not case.says(_KEY_WORDS):
            return f"{source[1].name} is not asked for"
    return ""


def _extra(case: Case) -> str:
    """A further column beside the first that nothing in the question stands for."""
    shown = case.told.shown
    if len(shown) < 2 or case.told.has(exp.Group):
        return ""
    if len({item.sql() for item in shown}) < len(shown):
        return "a column is shown twice"
    parts = 1 + len(_PARTS.findall(_FRONT.sub("", case.text)))
    for item in shown[1:]:
        source = case.told.source(item) if isinstance(item, exp.Column) else None
        if source is None:
            continue
        if is_key(*source):
            if not case.says(_KEY_WORDS):
                return f"{source[1].name} is not asked for"
        elif (
            not _is_compared(case, source[1].name)
            and not hinted(case, *source)
            and parts < len(shown)
            and not case.says(_MANY)
        ):
            return f"{source[1].name} is not asked for"
    return ""


def _is_compared(case: Case, name: str) -> bool:
    """Whether the query also compares or sorts by it: then the question has words for it; one fixed value aside."""
    others = [
        node
        for node in case.told.all(exp.Column)
        if node.name.lower() == name.lower()
        and not isinstance(node.parent, (exp.Select, exp.Alias))
        and not (isinstance(node.parent, exp.EQ) and isinstance(node.parent.expression, exp.Literal))
    ]
    return bool(others)


def _fixed(case: Case, select: exp.Select) -> str:
    """The only column of the answer, or of a subquery, is the one that the query itself sets to a value."""
    for one in case.told.all(exp.Select):
        where = one.args.get("where")
        if where is None or len(one.selects) != 1 or not isinstance(one.selects[0].unalias(), exp.Column):
            continue
        shown = one.selects[0].unalias()
        if one is not select and not _is_listed_under(one, shown.name):
            continue  # EXISTS, a branch of a set
        for term in where.this.flatten() if isinstance(where.this, exp.And) else [where.this]:
            if isinstance(term, exp.EQ) and isinstance(term.expression, exp.Literal) and term.this == shown:
                return f"the answer can only be {term.expression.sql()}"
    return ""


def _is_listed_under(select: exp.Select, name: str) -> bool:
    """`name IN (SELECT name …)`."""
    outer = select.parent.parent if isinstance(select.parent, exp.Subquery) else None
    return isinstance(outer, exp.In) and isinstance(outer.this, exp.Column) and outer.this.name.lower() == name.lower()


def _grouped(case: Case, select: exp.Select) -> str:
    """Aggregates alone, by groups that neither the answer nor the question names."""
    group = select.args.get("group")
    if group is None:
        return ""
    if case.says(_PER) and not select.find(exp.AggFunc, exp.Distinct, exp.Anonymous):
        return "nothing is computed for each group"
    if select.args.get("having") or select.args.get("order"):
        return ""
    if all(isinstance(item, exp.AggFunc) for item in case.told.shown):
        return "the groups are not shown" if case.says(_EACH) else "GROUP BY is not asked for"
    return ""


def _summed_key(case: Case) -> str:
    """A total or an average of keys, or a product with one, which means nothing; the highest key where none is asked."""
    for kind in (exp.Sum, exp.Avg, exp.Mul, exp.Max, exp.Min):
        for node in case.told.all(kind):
            for side in (node.this, node.args.get("expression")):
                source = case.told.source(side) if isinstance(side, exp.Column) else None
                if source is None or not is_key(*source):
                    continue
                if kind in (exp.Sum, exp.Avg, exp.Mul) or not (hinted(case, *source) or case.says(_KEY_WORDS)):
                    return f"{source[1].name} is a key, not an amount"
    return ""

"""What requests say: kinds of queries by level, each with the clauses it brings, and ways of speaking with their manner.

Texts for Claude, in English, but for the ways of speaking Japanese, which say themselves how they sound. One limit: what
a text brings is what Claude usually makes of it; the coverage of the pairs says what it did.
"""

from __future__ import annotations

CLAUSES: dict[str, dict[str, tuple[str, ...]]] = {
    "one-table": {
        "look-ups of one thing by its name": (),
        "two conditions at once with AND": (),
        "alternatives with OR or IN": ("or",),
        "two or three things of one kind named together, each by its name": ("or",),
        "exclusion with <> or NOT": ("not",),
        "a range with BETWEEN, or above and below a number": (),
        "part of a text with LIKE": ("like",),
        "values that are missing or present (IS NULL, IS NOT NULL)": ("null",),
        "sorting, and the top n with ORDER BY and LIMIT": ("order",),
        "the different values of a column (DISTINCT)": ("distinct",),
        "how many there are (COUNT), with and without a condition": ("count",),
        "how many there are of everything, in a word for the whole: in all, altogether": ("count", "whole"),
        "sums and averages, with and without a condition": ("aggregate",),
        "the highest or lowest value itself (MAX, MIN)": ("aggregate",),
        "plain superlatives, the thing that has the most or the least: = (SELECT MAX(...)) or MIN": ("superlative",),
        "counts or totals per group": ("group", "count"),
        "groups that pass a limit (HAVING)": ("having", "group"),
        "dates by year, by month or in a range": ("dates",),
        "several columns of one thing at once": (),
        "questions about everything there is, without any condition": ("whole",),
    },
    "join": {
        "a property of one thing found through the thing it belongs to": ("join",),
        "all things that belong to one named thing": ("join",),
        "all things that belong to one of two named things": ("join", "or"),
        "conditions on two tables at once": ("join",),
        "how many things belong to one named thing": ("join", "count"),
        "counts per thing, most first": ("count", "group", "order"),
        "sums or averages per thing across a join": ("aggregate", "group"),
        "different things reached through a join (DISTINCT)": ("distinct",),
        "things that have none of something, with LEFT JOIN": ("null", "join"),
        "groups across a join that pass a limit (HAVING)": ("having", "group"),
        "a join with a range of dates or numbers": ("dates",),
        "three tables where the one in the middle is not mentioned": ("join",),
        "a table joined with itself, where its keys allow that": ("join",),
        "the top n across a join": ("order",),
        "a join over everything there is, without any condition": ("whole",),
        "everything but what belongs to one named thing": ("not",),
    },
    "nested": {
        "plain superlatives with = (SELECT MAX(...)) or MIN": ("superlative", "subquery"),
        "a superlative among the things of one kind or place": ("superlative", "subquery"),
        "a property of the thing that is the highest or lowest": ("superlative", "subquery"),
        "more or less than the average": ("subquery", "aggregate"),
        "compared with one named thing": ("subquery",),
        "IN or NOT IN with a query": ("subquery", "not"),
        "EXISTS and NOT EXISTS": ("subquery", "not"),
        "the best of each group": ("subquery", "group"),
        "the group with the most or the least members": ("superlative", "group", "count"),
        "how many things have more than the average, or more than one named thing": ("count", "subquery"),
        "UNION, INTERSECT or EXCEPT": ("set",),
        "shares and percentages of the whole": ("subquery", "count"),
        "CASE, to sort things into kinds": (),
        "two superlatives, one inside the other": ("superlative", "subquery"),
    },
}
"""Kinds of queries by level → the clauses (`coverage.TARGETS`) that a lack of makes it likelier."""

STYLES = {
    "en": {
        "short orders, as typed into a search box: list, show, give": "order",
        "fragments and keywords, as typed into a search box": "keywords",
        "complete questions, as in a mail to a colleague": "question",
        "casual questions in lower case without a final mark": "question",
        "polite requests": "order",
        "questions of a manager who wants a figure for a report": "question",
        "questions that begin with different words: which, who, where, when, how many, is there": "question",
    },
    "ja": {
        "「〜を教えてください」のような丁寧な文": "order",
        "「〜の一覧」「〜の件数」のような体言止め": "keywords",
        "話し言葉の短い質問": "question",
        "検索欄に打ち込むような、単語を並べた文": "keywords",
        "報告のために数字が必要な上司の質問": "question",
        "「どの」「誰」「いつ」「いくつ」「どこ」と、始まりの違う質問": "question",
    },
}
"""Ways of speaking by language, with the manner (`manner.MANNERS`) they mostly come to."""

"""Which values of a query a question gives, and that planted wrong ones are caught."""

from __future__ import annotations

import pytest
from sqlglot import parse_one

from pipeline.dataset.dates import date_is_grounded, dates_in
from pipeline.dataset.grounding import first_ungrounded, fold, stem, stems_of
from pipeline.dataset.numbers import numbers_in

KNOWN = {
    "city": {"Tokyo", "Osaka", "New York", "San Diego", "Kansas City"},
    "state": {"north carolina", "south carolina", "new york", "texas", "kansas"},
    "name": {"Cast Iron Pan", "Cast Iron Teapot", "Bread Knife"},
    "status": {"pending", "shipped", "delivered", "cancelled"},
    "reason": {"damaged", "wrong item", "too late", "unwanted"},
    "country": {"usa", "Japan", "United States", "France"},
}
NAMES = stems_of("city state customers orders name status price country ordered_on")

# question, condition with the right value, condition with a planted wrong one
CASES = [
    ("customers in Tokyo", "city = 'Tokyo'", "city = 'Osaka'"),
    ("customers in tokyo", "city = 'Tokyo'", "city = 'Kyoto'"),
    ("Ｔｏｋｙｏの客", "city = 'Tokyo'", "city = 'Osaka'"),
    ("東京の客", "city = '東京'", "city = '大阪'"),
    ("田中さくらさんの注文", "name = '田中 さくら'", "name = '田中 太郎'"),
    ("customers from New York", "city = 'New York'", "city = 'San Diego'"),
    ("Zürich customers", "city = 'Zurich'", "city = 'Bern'"),
    ("population of south carolina", "state = 'south carolina'", "state = 'north carolina'"),
    ("total area of the carolinas", "state IN ('north carolina', 'south carolina')", "state IN ('texas', 'kansas')"),
    ("what is the area of kansas", "state = 'kansas'", "state = 'texas'"),
    ("the most populous city in kansas", "state = 'kansas'", "city = 'Kansas City Star'"),
    ("price of the iron pan", "name = 'Cast Iron Pan'", "name = 'Bread Knife'"),
    ("price of the Cast Iron Teapot", "name = 'Cast Iron Teapot'", "name = 'Cast Iron Pan'"),
    ("how many cancellations", "status = 'cancelled'", "status = 'shipped'"),
    ("orders still pending", "status = 'pending'", "status = 'delivered'"),
    ("shipments last year", "status = 'shipped'", "status = 'pending'"),
    ("キャンセルされた注文", "status = 'cancelled'", "status = 'shipped'"),
    ("returns that came late", "reason = 'too late'", "reason = 'damaged'"),
    ("how many people live in the US", "country = 'usa'", "country = 'France'"),
    ("how many paid us in France", "country = 'France'", "country = 'United States'"),
    ("Japanese customers", "country = 'Japan'", "country = 'France'"),
    ("names that start with 'san'", "city LIKE 'san%'", "city LIKE 'los%'"),
    ("states beginning with the letter m", "state LIKE 'm%'", "state LIKE 'k%'"),
    ("over 10,000 yen", "price > 10000", "price > 1000"),
    ("more than 4.5 million people", "n > 4500000", "n > 4000000"),
    ("between 4 and 5 million people", "n BETWEEN 4000000 AND 5000000", "n BETWEEN 4000000 AND 6000000"),
    ("cities above 700k", "n > 700000", "n > 7000"),
    ("half a million people", "n > 500000", "n > 5000000"),
    ("a dozen or more", "n >= 12", "n >= 13"),
    ("at least twenty-five", "n >= 25", "n >= 20"),
    ("more than three items", "n >= 4", "n >= 5"),
    ("1万5千円以上", "price >= 15000", "price >= 10000"),
    ("三つ以上の注文", "n >= 3", "n >= 4"),
    ("2割以上", "share >= 0.2", "share >= 0.3"),
    ("more than 20% of them", "share > 0.2", "share > 0.25"),
    ("orders per quarter", "(month + 2) / 3 > 0", "(month + 2) / 6 > 0"),
    ("a quarter of all", "share >= 0.25", "share >= 0.5"),
    ("orders in 2025", "ordered_on BETWEEN '2025-01-01' AND '2025-12-31'", "ordered_on >= '2024-01-01'"),
    ("orders in 2025", "ordered_on >= '2025-01-01' AND ordered_on < '2026-01-01'", "ordered_on < '2027-01-01'"),
    ("orders in March 2025", "ordered_on < '2025-04-01'", "ordered_on < '2025-06-01'"),
    ("2025年3月の注文", "ordered_on BETWEEN '2025-03-01' AND '2025-03-31'", "ordered_on >= '2025-02-01'"),
    ("orders since May 5, 2024", "ordered_on >= '2024-05-05'", "ordered_on >= '2024-05-15'"),
    ("Q1 2024 orders", "ordered_on < '2024-04-01'", "ordered_on < '2024-07-01'"),
    ("first half of 2024", "ordered_on <= '2024-06-30'", "ordered_on <= '2024-09-30'"),
    ("2024年上半期", "ordered_on <= '2024-06-30'", "ordered_on <= '2024-10-31'"),
    ("in the 1990s", "y BETWEEN 1990 AND 1999", "y BETWEEN 1980 AND 1989"),
    ("orders placed in March", "strftime('%m', ordered_on) = '03'", "strftime('%m', ordered_on) = '04'"),
    ("orders of March 2025", "strftime('%Y-%m', ordered_on) = '2025-03'", "strftime('%Y-%m', ordered_on) = '2025-05'"),
    ("orders on weekends", "strftime('%w', ordered_on) IN ('0', '6')", "strftime('%w', ordered_on) = '3'"),
    ("orders of 2024", "ordered_on LIKE '2024-%'", "ordered_on LIKE '2023-%'"),
    ("who bought all of a, b and c", "p IN ('a', 'b', 'c') AND n = 3", "p IN ('a', 'b', 'd')"),
    ("delivered within 3 days", "d <= date(ordered_on, '+3 days')", "d <= date(ordered_on, '+5 days')"),
]


def ungrounded(question: str, condition: str) -> str | None:
    tree = parse_one(f"SELECT x FROM t WHERE {condition}", read="sqlite")
    return first_ungrounded(tree, question, lambda column: KNOWN.get(column, ()), NAMES)


@pytest.mark.parametrize(("question", "right", "wrong"), CASES)
def test_the_value_of_the_question_passes_and_a_planted_one_is_caught(question: str, right: str, wrong: str) -> None:
    assert ungrounded(question, right) is None
    assert ungrounded(question, wrong) is not None


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("the most expensive product", "LIMIT 1", "LIMIT 2"),
        ("top three products", "LIMIT 3", "LIMIT 5"),
        ("上位5件", "LIMIT 5", "LIMIT 3"),
        ("the second tallest", "LIMIT 1 OFFSET 1", "LIMIT 1 OFFSET 4"),
        ("2番目に高い商品", "LIMIT 1 OFFSET 1", "LIMIT 1 OFFSET 3"),
    ],
)
def test_a_limit_is_grounded_by_a_count_or_a_rank(question: str, right: str, wrong: str) -> None:
    found = [
        first_ungrounded(parse_one(f"SELECT x FROM t ORDER BY y {end}", read="sqlite"), question, lambda _: ())
        for end in (right, wrong)
    ]
    assert found[0] is None
    assert found[1] is not None


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 100.0 * SUM(a = 1) / COUNT(*) FROM t",
        "SELECT a FROM t GROUP BY a HAVING COUNT(*) > 0",
        "SELECT ROUND(AVG(a), 2), strftime('%Y-%m', d), substr(b, 1, 4) FROM t",
        "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u)",
        "SELECT COALESCE(a, 0), GROUP_CONCAT(b, ', '), CASE WHEN a > 0 THEN 'some' ELSE 'none' END FROM t",
        "SELECT a FROM t WHERE is_active = 1 AND flag = 'Y'",
        "SELECT julianday(b) - julianday(a) FROM t WHERE a * 24 > 0",
    ],
)
def test_numbers_and_texts_that_are_the_querys_own_need_no_mention(sql: str) -> None:
    assert first_ungrounded(parse_one(sql, read="sqlite"), "how many", lambda _: ()) is None


def test_part_of_a_value_is_enough_only_where_the_value_is_known() -> None:
    tree = parse_one("SELECT x FROM t WHERE name = 'Cast Iron Pan'", read="sqlite")
    assert first_ungrounded(tree, "price of the iron pan", lambda _: ["Cast Iron Pan"]) is None
    assert first_ungrounded(tree, "price of the iron pan", lambda _: []) == "Cast Iron Pan"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1億2000万", 120_000_000), ("二十五", 25), ("3.5万", 35_000), ("one hundred and fifty", 150),
        ("two and a half million", 2.5e6),
        ("5m", 5e6), ("１２３", 123), ("過半数", 0.5), ("two hundred thousand", 200_000),
    ],
)  # fmt: skip
def test_numbers_are_read_in_both_languages(text: str, number: float) -> None:
    assert number in numbers_in(fold(text))


def test_a_date_without_its_year_in_the_question_is_not_grounded() -> None:
    assert not date_is_grounded("2025-03-01", dates_in("orders in march"))
    assert date_is_grounded("2025-03-01", dates_in("orders in march 2025"))
    assert not date_is_grounded("2025-13-01", dates_in("orders in march 2025"))


def test_stems_join_forms_of_a_word_but_not_neighbouring_names() -> None:
    assert stem("cancelled") == stem("cancellations") == stem("cancel")
    assert stem("shipped") == stem("shipment") == stem("shipping")
    assert stem("austria") != stem("australia")
    assert stem("springfield") != stem("springdale")

"""The same question about other values: question and SQL change together, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest

from pipeline.database.sql import template
from pipeline.dataset.column_values import Value
from pipeline.dataset.resample import resampled
from pipeline.records import Pair

HELD: dict[str, Sequence[Value]] = {
    "city": ("Osaka", "Kyoto", "Kobe", "New York", "York"),
    "state": ("Texas", "Ohio", "Mississippi", "Kansas"),
    "river": ("Mississippi", "Ohio", "Red"),
    "name": ("Kansas City", "Kansas", "Texarkana", "Tulsa"),
    "country": ("United Kingdom", "Germany", "Spain"),
    "price": tuple(range(100, 20_000, 100)),
    "people": tuple(range(100_000, 30_000_000, 100_000)),
    "day": ("2023-01-05", "2025-12-20"),
    "customer_id": tuple(range(1, 60)),
    "word": ("Red Pen", "Blue Pen", "Red Mug"),
}


def siblings(question: str, sql: str, wanted: int = 8, language: str = "en") -> list[tuple[str, str]]:
    pair = Pair(question, sql, language, "claude")
    found = list(resampled(pair, lambda name: HELD.get(name.split(".")[-1], ()), Random("1"), wanted))
    assert {each.source for each in found} <= {"resampled"} and {each.language for each in found} <= {language}
    assert {template(each.sql) for each in found} <= {template(sql)}
    return [(each.question, each.sql) for each in found]


def test_every_other_value_of_the_column_is_asked_for_once() -> None:
    found = siblings("Customers in Osaka?", "SELECT name FROM c WHERE city = 'Osaka'")
    assert sorted(found) == [
        (f"Customers in {city}?", f"SELECT name FROM c WHERE city = '{city}'")
        for city in ("Kobe", "Kyoto", "New York", "York")
    ]


def test_the_same_random_gives_the_same_siblings() -> None:
    asked = ("Products under 900 yen?", "SELECT name FROM p WHERE price < 900")
    assert siblings(*asked) == siblings(*asked) and siblings(*asked, 3) == siblings(*asked)[:3]


def test_one_value_in_two_places_changes_in_both() -> None:
    sql = "SELECT n FROM c WHERE city = 'Kobe' AND p = (SELECT MAX(p) FROM c WHERE city = 'Kobe')"
    for question, other in siblings("dearest in Kobe", sql):
        city = question.removeprefix("dearest in ")
        assert city != "Kobe" and other.count(f"'{city}'") == 2


def test_a_value_compared_with_two_columns_stays_one_that_both_hold() -> None:
    asked = "SELECT 1 FROM r WHERE river = '{0}' AND state = '{0}'"
    found = siblings("does the Ohio run through Ohio", asked.format("Ohio"))
    assert found == [("does the Mississippi run through Mississippi", asked.format("Mississippi"))]


def test_a_list_keeps_its_values_apart_and_a_range_its_order() -> None:
    for question, sql in siblings("Osaka or Kyoto?", "SELECT n FROM c WHERE city IN ('Osaka', 'Kyoto')"):
        first, second = question.rstrip("?").split(" or ")
        assert first != second and sql.endswith(f"IN ('{first}', '{second}')")
    found = siblings("between 300 and 5,000 yen", "SELECT n FROM p WHERE price BETWEEN 300 AND 5000")
    assert len(found) == 8
    for question, sql in found:
        low, high = (int(word.replace(",", "")) for word in question.split() if word[0].isdigit())
        assert low < high and sql.endswith(f"BETWEEN {low} AND {high}")


def test_the_edge_that_is_not_worded_alone_holds_the_order() -> None:
    found = siblings("between 4 and 5 million people", "SELECT n FROM s WHERE people BETWEEN 4000000 AND 5000000")
    assert found and all(int(question.split()[3]) > 4 for question, _ in found)


def test_limits_and_counts_change_and_a_single_one_does_not() -> None:
    tops = siblings("the three dearest products", "SELECT n FROM p ORDER BY price DESC LIMIT 3")
    assert ("the five dearest products", "SELECT n FROM p ORDER BY price DESC LIMIT 5") in tops
    counts = siblings("cities with more than 15 stores", "SELECT city FROM s GROUP BY city HAVING COUNT(*) > 15")
    assert counts and all(sql.endswith(f"> {question.split()[4]}") for question, sql in counts)
    assert siblings("the dearest product", "SELECT n FROM p ORDER BY price DESC LIMIT 1") == []
    assert siblings("more than one store", "SELECT city FROM s GROUP BY city HAVING COUNT(*) > 1") == []


def test_numbers_stay_as_round_as_they_were() -> None:
    for _, sql in siblings("over 5000 yen", "SELECT n FROM p WHERE price > 5000"):
        number = sql.rpartition(" ")[2]
        assert len(number.rstrip("0")) == 1 and 625 <= int(number) <= 40_000


def test_a_number_that_is_a_key_becomes_another_key() -> None:
    for question, sql in siblings("orders of customer 17", "SELECT id FROM o WHERE customer_id = 17"):
        assert int(question.rpartition(" ")[2]) in range(2, 60) and sql.endswith(question.rpartition(" ")[2])


def test_a_pattern_takes_parts_of_the_columns_values() -> None:
    assert ("names with Mug", "SELECT n FROM p WHERE word LIKE '%Mug%'") in siblings(
        "names with Pen", "SELECT n FROM p WHERE word LIKE '%Pen%'"
    )
    assert siblings("cities starting with t", "SELECT n FROM c WHERE name LIKE 't%'") == [
        ("cities starting with k", "SELECT n FROM c WHERE name LIKE 'k%'")
    ]


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("people of kansas city", "SELECT p FROM c WHERE name = 'kansas'"),  # stands inside another value
        ("Osaka, I mean the city of Osaka", "SELECT p FROM c WHERE city = 'Osaka'"),  # twice for one
        ("british customers", "SELECT n FROM c WHERE country = 'United Kingdom'"),  # another word
        ("the Carolinas and Texas", "SELECT a FROM s WHERE state IN ('North Carolina', 'Texas')"),  # one is not told
        ("every city", "SELECT city FROM c"),
        ("in Osaka", "SELECT n FROM c WHERE unknown = 'Osaka'"),  # nothing is known of the column
    ],
)
def test_what_is_not_told_for_certain_is_left_alone(question: str, sql: str) -> None:
    assert siblings(question, sql) == []


def test_a_value_inside_another_one_of_the_same_query_is_told_apart() -> None:
    found = siblings("people of Kansas City, Kansas", "SELECT p FROM c WHERE name = 'Kansas City' AND state = 'Kansas'")
    assert ("people of Tulsa, Texas", "SELECT p FROM c WHERE name = 'Tulsa' AND state = 'Texas'") in found


def test_articles_follow_the_value() -> None:
    found = siblings("Customers in the United Kingdom", "SELECT n FROM c WHERE country = 'United Kingdom'")
    assert {question for question, _ in found} == {"Customers in Germany", "Customers in Spain"}
    assert ("an Osaka shop", "SELECT n FROM c WHERE city = 'Osaka'") in siblings(
        "a Kobe shop", "SELECT n FROM c WHERE city = 'Kobe'"
    )


@pytest.mark.parametrize(
    ("question", "sql", "step"),
    [
        ("orders in 2024", "SELECT n FROM o WHERE strftime('%Y', day) = '2024'", 12),
        ("orders in March 2024", "SELECT n FROM o WHERE day >= '2024-03-01' AND day <= '2024-03-31'", 1),
        ("2024年3月の注文", "SELECT n FROM o WHERE strftime('%Y-%m', day) = '2024-03'", 1),
        ("orders in the first quarter of 2024", "SELECT n FROM o WHERE day BETWEEN '2024-01-01' AND '2024-03-31'", 12),
        ("orders after 2024-03-31", "SELECT n FROM o WHERE day > '2024-03-31'", 1),
    ],
)
def test_dates_move_together_within_what_the_column_holds(question: str, sql: str, step: int) -> None:
    found = siblings(question, sql, 6)
    assert found
    for other, query in found:
        year = next(year for year in ("2023", "2024", "2025") if year in query)
        assert year in other and query.count(year) == sql.count("2024")
        assert step == 1 or query.replace(year, "2024") == sql


def test_the_last_day_of_a_month_stays_one() -> None:
    found = siblings("orders up to February 29, 2024", "SELECT n FROM o WHERE day <= '2024-02-29'", 20)
    assert ("orders up to February 28, 2025", "SELECT n FROM o WHERE day <= '2025-02-28'") in found
    assert ("orders up to June 30, 2023", "SELECT n FROM o WHERE day <= '2023-06-30'") in found

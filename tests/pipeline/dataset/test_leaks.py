"""What the two sides of the split may not share."""

from __future__ import annotations

import time
from dataclasses import replace

from pipeline.database.sql import template
from pipeline.dataset.leaks import Leaks, joined, leaks
from pipeline.dataset.masked import MASK, masked
from pipeline.dataset.split import split
from pipeline.records import JudgedPair, Pair, Verdict

LONG = "which of the customers that live in the same city as one of our stores"


def one(question: str, sql: str, language: str = "en", side: str = "", **certificate: object) -> JudgedPair:
    return JudgedPair(
        Pair(question, sql, language), Verdict(True), template(sql), "one-table", side, certificate=dict(certificate)
    )


def groups(*pairs: JudgedPair) -> int:
    return len(set(joined(pairs).values()))


def test_a_question_is_masked_where_its_query_has_values() -> None:
    pair = Pair("Orders over 2,000 yen in Kyoto in May 2024?", "SELECT 1 FROM o WHERE a > 2000 AND c = 'Kyoto'")
    assert masked(pair) == f"orders over {MASK} yen in {MASK} in {MASK}"


def test_questions_that_differ_in_values_alone_join_their_templates() -> None:
    osaka = one("Customers in Osaka?", "SELECT name FROM customers WHERE city = 'Osaka'")
    kyoto = one("customers in Kyoto", "SELECT DISTINCT name FROM customers WHERE city = 'Kyoto'")
    assert osaka.template != kyoto.template
    assert groups(osaka, kyoto) == 1


def test_a_typo_joins_and_another_question_about_the_same_place_does_not() -> None:
    asked = one("Which customers have placed an order in Osaka?", "SELECT name FROM customers WHERE city = 'Osaka'")
    typo = one("Which customers have placed an oder in Osaka?", "SELECT id FROM customers WHERE city = 'Osaka'")
    other = one("How many customers are in Osaka?", "SELECT COUNT(*) FROM customers WHERE city = 'Osaka'")
    assert groups(asked, typo) == 1
    assert groups(asked, other) == 2


def test_thirteen_words_in_a_row_join_and_twelve_do_not() -> None:
    words = LONG.split()
    first = one(f"{LONG} buy tea every single week of the whole long year", "SELECT a FROM t")
    assert len(words) >= 13
    assert groups(first, one(f"{LONG} never came back", "SELECT b FROM t")) == 1
    short = " ".join(words[:9])
    assert groups(first, one(f"{short} village sell rice near stations", "SELECT b FROM t")) == 2


def test_twins_of_two_languages_with_other_sql_are_known_by_their_answers() -> None:
    answers = ["a1", "b2", "c3"]
    english = one("Who lives in Kyoto?", "SELECT name FROM c WHERE city = 'Kyoto'", answers=answers)
    japanese = one("京都の顧客は誰ですか。", "SELECT DISTINCT name FROM c WHERE city = 'Kyoto'", "ja", answers=answers)
    assert groups(english, japanese) == 1
    assert groups(english, replace(japanese, certificate={"answers": ["a1", "b2", "d4"]})) == 2
    assert groups(english, replace(japanese, certificate={"answers": ["a1", None, "c3"]})) == 2


def test_a_planted_leak_is_counted_and_dealing_mends_it() -> None:
    pairs = [one(f"question number {'abcdefgh'[n] * 9}", f"SELECT {'abcdefgh'[n]} FROM t") for n in range(8)]
    pairs += [
        one("Customers in Osaka?", "SELECT x FROM t WHERE c = 'Osaka'", side="heldout"),
        one("Customers in Kyoto?", "SELECT y FROM t WHERE c = 'Kyoto'", side="train"),
        one(f"{LONG} buy tea every week of the year", "SELECT m FROM t", side="heldout"),
        one(f"{LONG} never came back", "SELECT n FROM t", side="train"),
    ]
    found = leaks(pairs)
    assert (found.heldout, found.train, found.near, found.ngrams, found.templates) == (2, 2, 1, 1, 0)
    dealt = split(pairs, 0.3, 7)
    mended = leaks(dealt)
    assert (mended.templates, mended.ngrams, mended.near) == (0, 0, 0)
    assert mended.heldout > 0
    assert {each.split for each in dealt[8:]} == {"train"}


def test_a_template_on_both_sides_is_counted() -> None:
    pair = one("Who?", "SELECT name FROM t", side="heldout")
    assert leaks([pair, replace(pair, split="train")]) == Leaks(1, 1, templates=1, ngrams=0, near=1)


def test_a_hundred_questions_are_held_against_a_thousand_in_less_than_a_second() -> None:
    def asked(n: int) -> JudgedPair:
        words = f"{n * 7919 % 9973:04x}ab {n * 104729 % 99991:05x}cd rows"
        return one(
            f"which {words} were sold last {n}", f"SELECT c{n} FROM t", side="heldout" if n % 11 == 0 else "train"
        )

    pairs = [asked(n) for n in range(1, 1_100)]
    started = time.process_time()
    found = leaks(pairs)
    assert time.process_time() - started < 1
    assert (found.heldout, found.train) == (99, 1000)

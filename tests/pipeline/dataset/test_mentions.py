"""Where a value stands in a question, and how another one is worded there."""

from __future__ import annotations

import pytest

from pipeline.dataset.mentions import Mention, number_mentions, text_mentions


def put(question: str, mentions: list[Mention], other: str) -> str | None:
    """The question with another value in the place of its only mention."""
    (mention,) = mentions
    word = mention.reword(other)
    return None if word is None else question[: mention.start] + word + question[mention.end :]


@pytest.mark.parametrize(
    ("question", "value", "other", "becomes"),
    [
        ("capital of oregon", "oregon", "new york", "capital of new york"),
        ("What is the capital of Oregon?", "oregon", "district of columbia", "What is the capital of District of Columbia?"),
        ("Maine's neighbors", "maine", "texas", "Texas's neighbors"),
        ("the PRICE of the rice cooker", "Rice Cooker", "Donabe Pot", "the PRICE of the donabe pot"),
        ("Do we have any Lanterns?", "Lantern", "Watch", "Do we have any Watches?"),
        ("in Sao Paulo", "São Paulo", "Rio", "in Rio"),
        ("ＯＳＡＫＡの顧客", "Osaka", "Kyoto", "KYOTOの顧客"),
        ("加藤恵さんの注文", "加藤 恵", "木村 隆", "木村隆さんの注文"),
        ("Osakaの店", "Osaka", "京都", "京都の店"),
        ("wash-out sales", "wash out", "sold", "sold sales"),
    ],
)  # fmt: skip
def test_another_text_takes_the_form_of_the_wording(question: str, value: str, other: str, becomes: str) -> None:
    assert put(question, text_mentions(value, question), other) == becomes


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("cities in arkansas", "kansas"),
        ("東京都の店", "東京"),
        ("コーヒー豆", "コーヒ"),
        ("what's new", "s"),
        ("americans", "usa"),
    ],
)
def test_a_part_of_a_word_is_no_mention(question: str, value: str) -> None:
    assert text_mentions(value, question) == []


@pytest.mark.parametrize(
    ("question", "value", "other", "becomes"),
    [
        ("over 2,000 yen", 2000, "15000", "over 15,000 yen"),
        ("over 2000 yen", 2000, "15000", "over 15000 yen"),
        ("more than three orders", 3, "8", "more than eight orders"),
        ("Three stores", 3, "12", "Twelve stores"),
        ("more than 1.5 million people", 1_500_000, "4000000", "more than 4 million people"),
        ("over a million people", 1_000_000, "3000000", "over three million people"),
        ("over 100k people", 100_000, "40000", "over 40k people"),
        ("4,600 m high", 4600, "3100", "3,100 m high"),
        ("100万円を超える", 1_000_000, "5000000", "500万円を超える"),
        ("5000円以上", 5000, "300", "300円以上"),
        ("三つ以上の店", 3, "5", "五つ以上の店"),
        ("$2.5 each", 2.5, "7.25", "$7.25 each"),
    ],
)
def test_another_number_takes_the_form_of_the_wording(question: str, value: float, other: str, becomes: str) -> None:
    assert put(question, number_mentions(value, question), other) == becomes


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("the 3rd order", 3), ("on 2024-03-05", 3), ("3月の注文", 3), ("twenty-three orders", 3), ("5%", 5),
        ("第三四半期", 3), ("an order", 1), ("in the 1990s", 1990), ("3位の店", 3),
    ],
)  # fmt: skip
def test_ordinals_dates_and_parts_of_numbers_are_no_mentions(question: str, value: float) -> None:
    assert number_mentions(value, question) == []


def test_a_number_that_the_form_cannot_say_is_refused() -> None:
    assert put("more than three orders", number_mentions(3, "more than three orders"), "35") is None
    assert put("over a million", number_mentions(1e6, "over a million"), "2500000") is None
    assert put("over 5 million", number_mentions(5e6, "over 5 million"), "123456") is None

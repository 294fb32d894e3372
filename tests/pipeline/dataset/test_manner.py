"""Questions, orders and bare words are told apart by their form, in both languages."""

from __future__ import annotations

import pytest

from pipeline.dataset.manner import MANNERS, SHARES, manner


@pytest.mark.parametrize(
    ("expected", "language", "question"),
    [
        ("question", "en", "how many orders came from kyoto"),
        ("question", "en", "Orders from Kyoto, are there any?"),
        ("question", "en", "In which city is the store?"),
        ("order", "en", "List all stores in Osaka."),
        ("order", "en", "please show me the five oldest customers"),
        ("keywords", "en", "orders from kyoto last march"),
        ("keywords", "en", "Stores with more than 10 employees"),
        ("question", "ja", "大阪の店舗はいくつありますか"),
        ("question", "ja", "一番高い商品はどれ？"),
        ("order", "ja", "大阪の店舗を教えてください。"),
        ("order", "ja", "売上の多い順に並べてください"),
        ("keywords", "ja", "大阪の店舗一覧"),
        ("keywords", "ja", "東京 顧客 件数"),
    ],
)
def test_the_form_of_a_question_tells_its_manner(expected: str, language: str, question: str) -> None:
    assert manner(question, language) == expected


def test_the_shares_are_a_whole() -> None:
    assert tuple(SHARES) == MANNERS and sum(SHARES.values()) == pytest.approx(1)

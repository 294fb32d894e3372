"""Wilson's interval against values worked out elsewhere, and where it must not go."""

from __future__ import annotations

import math

import pytest

from pipeline.evaluation.statistics import mcnemar, questions_for, said_p, wilson


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [
        (15, 20, 0.5313, 0.8881),
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I: method 3
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0),
    ],
)
def test_the_interval_is_the_published_one(right: int, n: int, low: float, high: float) -> None:
    assert wilson(right, n) == pytest.approx((low, high), abs=5e-5)


def test_no_question_tells_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def test_the_interval_holds_the_share_and_stays_a_share() -> None:
    for n in (1, 2, 7, 100, 100_000):
        for right in {0, 1, n // 2, n - 1, n}:
            low, high = wilson(right, n)
            assert 0 <= low <= right / n <= high <= 1
            assert high - low < 1


def test_more_questions_tell_more() -> None:
    widths = [wilson(n // 2, n)[1] - wilson(n // 2, n)[0] for n in (10, 100, 1000)]
    assert widths == sorted(widths, reverse=True)


@pytest.mark.parametrize(
    ("gained", "lost", "p"),
    [
        (10, 2, 0.038574),  # 2 · (1 + 12 + 66) / 2¹²
        (2, 10, 0.038574),
        (0, 0, 1.0),
        (3, 3, 1.0),
        (1, 0, 1.0),
        (6, 0, 0.03125),
        (69, 2, 2.166e-18),
        (520, 480, 0.21748),  # R: binom.test(480, 1000)$p.value
        (5_000, 5_400, 9.132e-05),
    ],
)
def test_the_paired_test_is_the_exact_one(gained: int, lost: int, p: float) -> None:
    assert mcnemar(gained, lost) == pytest.approx(p, rel=2e-3)


def test_the_paired_test_is_the_sum_it_is_defined_as() -> None:
    for gained in range(8):
        for lost in range(8):
            n, small = gained + lost, min(gained, lost)
            assert mcnemar(gained, lost) == min(1.0, 2 * sum(math.comb(n, k) for k in range(small + 1)) / 2**n)


def test_a_probability_is_said_with_two_digits_that_count() -> None:
    assert [said_p(p) for p in (0.0, 0.00099, 0.001, 0.0042, 0.03857, 0.2345, 1.0)] == [
        "p < 0.001", "p < 0.001", "p = 0.001", "p = 0.0042", "p = 0.039", "p = 0.23", "p = 1",
    ]  # fmt: skip


def test_so_many_questions_make_the_interval_as_narrow_as_asked_and_one_less_does_not() -> None:
    for share in (0.0, 0.08, 0.5, 0.62, 1.0):
        n = questions_for(share, 0.05)
        assert n <= 385
        widths = [wilson(round(share * each), each) for each in (n + 30, max(1, n - 30))]
        assert (widths[0][1] - widths[0][0]) / 2 <= 0.0505
        assert n == 1 or (widths[1][1] - widths[1][0]) / 2 > 0.0495 or n < 60
    assert 340 <= questions_for(0.62, 0.05) <= 380

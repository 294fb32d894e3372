"""Intervals for shares of right answers, and the test of two models on the same questions. Pure arithmetic, exact."""

from __future__ import annotations

import math

Z95 = 1.959963984540054
"""Two-sided 95% quantile of the normal distribution."""
SURE = 0.05
"""A difference is called proved where chance alone would show it less often than this."""


def wilson(right: int, n: int) -> tuple[float, float]:
    """The 95% Wilson score interval of a share, as fractions (E. B. Wilson 1927); (0, 1) for n = 0.

    Unlike the textbook interval it stays inside [0, 1] and is honest for small n and for shares near 0 and 1.
    """
    if n == 0:
        return 0.0, 1.0
    share = right / n
    middle = (share + Z95 * Z95 / (2 * n)) / (1 + Z95 * Z95 / n)
    half = _half_width(share, n)
    low = max(0.0, middle - half) if right else 0.0  # exactly, without the last digits of the sum
    return low, min(1.0, middle + half) if right < n else 1.0


def _half_width(share: float, n: int) -> float:
    return Z95 / (1 + Z95 * Z95 / n) * math.sqrt(share * (1 - share) / n + Z95 * Z95 / (4 * n * n))


def questions_for(share: float, half_width: float) -> int:
    """How many questions make the Wilson interval of `share` no wider than ± `half_width`; both fractions."""
    most = math.ceil(Z95 * Z95 / (4 * half_width * half_width))  # what a share of one half needs
    return next(n for n in range(1, most + 1) if _half_width(share, n) <= half_width)


def mcnemar(gained: int, lost: int) -> float:
    """Two-sided p of McNemar's exact test (Q. McNemar 1947): would a fair coin split these questions as unevenly?

    `gained` and `lost` are the questions that one model alone, and the other alone, got right; 1 where there are none.
    """
    n = gained + lost
    term = total = 1
    for k in range(min(gained, lost)):  # whole numbers throughout, so that large counts stay exact
        term = term * (n - k) // (k + 1)
        total += term
    return min(1.0, 2 * total / (1 << n))


def said_p(p: float) -> str:
    """`p < 0.001`, else with two digits that count: `p = 0.039`."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"
